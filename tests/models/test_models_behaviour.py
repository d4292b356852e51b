"""Models of every kind: made, changed, called, asked, printed."""

import copy

import numpy as np
import pytest

import onionskin
from onionskin import layers, ops
from onionskin.base import errors
from onionskin.layers.naming import reset_names

pytestmark = pytest.mark.usefixtures("each_engine")

RNG = np.random.default_rng(2)
X = RNG.normal(size=(20, 4)).astype("float32")
Y = RNG.normal(size=(20, 3)).astype("float32")


class Tower(onionskin.Model):
    """A model in code, with weights of its own and layers in a list."""

    def __init__(self, widths=(5, 3)):
        super().__init__()
        self.stack = [layers.Dense(width, "tanh") for width in widths]

    def build(self, input_shape):
        self.scale = self.add_weight((input_shape[-1],), "ones", name="scale")

    def call(self, inputs, training=None):
        out = inputs * self.scale
        for layer in self.stack:
            out = layer(out)
        return out


def test_a_stack_grows_and_shrinks():
    model = onionskin.Sequential()
    model.add(onionskin.Input((4,)))
    model.add(layers.Dense(5))
    assert (model.output_shape, model.built, model.count_params()) == ((None, 5), True, 25)
    model.add(layers.Dense(3))
    np.testing.assert_array_equal(model.predict(X, verbose=0), model.layers[1](model.layers[0](X)))
    top = model.pop()
    np.testing.assert_array_equal(model.predict(X, verbose=0), model.layers[0](X))
    assert (top.units, model.output_shape, len(model.weights)) == (3, (None, 5), 2)
    model.pop(), model.add(layers.Dense(2))
    assert model.output_shape == (None, 2)


def test_a_stack_without_a_shape_is_built_by_the_first_data():
    for first in (lambda m: m(X), lambda m: m.predict(X, verbose=0), lambda m: m.build((None, 4)),
                  lambda m: (m.compile("sgd", "mse"), m.fit(X, Y, verbose=0))):  # fmt: skip
        model = onionskin.Sequential([layers.Dense(5, "relu"), layers.Dense(3)])
        assert (model.built, model.weights, model.inputs) == (False, [], None)
        first(model)
        assert (model.built, model.input_shape, model.count_params()) == (True, (None, 4), 43)


def test_models_are_layers_of_models():
    inner = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(5)])
    x = onionskin.Input((4,))
    middle = onionskin.Model(x, inner(x) + inner(x * 2.0))
    outer = onionskin.Sequential([middle, layers.Dense(3)])
    kernel, bias = inner.get_weights()
    expected = outer.layers[1]((X @ kernel + bias) + (2 * X @ kernel + bias))
    np.testing.assert_allclose(outer.predict(X, verbose=0), expected, rtol=1e-5, atol=1e-5)
    assert [v.path for v in outer.weights] == [v.path for v in (*inner.weights, *outer.layers[1].weights)]
    outer.compile("sgd", "mse")
    outer.fit(X, Y, verbose=0)
    assert not np.array_equal(inner.get_weights()[0], kernel)


def test_fit_and_predict_say_more_than_the_training_of_a_description():
    """As in Keras 3: what the description says holds for a call of the model that says nothing."""
    drop = layers.Dropout(0.9)
    x = onionskin.Input((4,))
    model = onionskin.Model(x, drop(x, training=False))
    model.compile("sgd", "mse")
    np.testing.assert_allclose(model(X), X)
    assert model.train_on_batch(X, X) > 0.5
    always = onionskin.Model(x, drop(x, training=True))
    assert (np.asarray(always(X)) == 0).mean() > 0.6
    np.testing.assert_allclose(always.predict(X, verbose=0), X)


@pytest.mark.parametrize("form", ["list", "dict", "single"])
def test_structures_of_outputs_are_kept(form):
    x = onionskin.Input((4,))
    p, q = layers.Dense(2, name="p")(x), layers.Dense(3, name="q")(x)
    outputs = {"list": [p, q], "dict": {"q": q, "p": p}, "single": q}[form]
    out = onionskin.Model(x, outputs).predict(X, batch_size=7, verbose=0)
    if form == "single":
        assert out.shape == (20, 3)
    elif form == "list":
        assert isinstance(out, list) and [one.shape for one in out] == [(20, 2), (20, 3)]
    else:
        assert {name: one.shape for name, one in out.items()} == {"p": (20, 2), "q": (20, 3)}


def test_structures_of_inputs_by_place_and_by_name():
    a, b = onionskin.Input((4,), name="a"), onionskin.Input((3,), name="b")
    total = ops.sum(a, axis=1) - ops.sum(b, axis=1)
    expected = X.sum(1) - Y.sum(1)
    for inputs, given in [([a, b], [X, Y]), ([a, b], {"b": Y, "a": X}), ({"a": a, "b": b}, {"a": X, "b": Y}),
                          ([a, b], (X, Y)), ({"one": [a], "two": b}, {"one": [X], "two": Y})]:  # fmt: skip
        model = onionskin.Model(inputs, total)
        np.testing.assert_allclose(model.predict(given, verbose=0), expected, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(model(given), expected, rtol=1e-5, atol=1e-5)


def test_losses_of_several_outputs_by_list_and_by_name():
    def made(**settings):
        onionskin.utils.set_random_seed(3)
        x = onionskin.Input((4,))
        model = onionskin.Model(x, {"p": layers.Dense(2, name="p")(x), "q": layers.Dense(3, name="q")(x)})
        model.compile("sgd", **settings)
        return model, model.predict(X, verbose=0)

    targets = {"p": Y[:, :2], "q": Y}
    model, out = made(loss={"p": "mse", "q": "mae"}, loss_weights={"q": 0.5}, metrics={"q": ["mse", "mae"]})
    logs = model.evaluate(X, targets, verbose=0, return_dict=True)
    p, q = ((out["p"] - targets["p"]) ** 2).mean(), np.abs(out["q"] - Y).mean()
    expected = {"loss": p + q / 2, "p_loss": p, "q_loss": q, "q_mse": ((out["q"] - Y) ** 2).mean(), "q_mae": q}
    assert list(logs) == list(expected)
    np.testing.assert_allclose(list(logs.values()), list(expected.values()), rtol=1e-5)
    assert model.metrics_names == list(expected)
    model, out = made(loss="mse")  # one loss is every output's
    np.testing.assert_allclose(model.evaluate(X, targets, verbose=0)[0], p + ((out["q"] - Y) ** 2).mean(), rtol=1e-5)


def test_a_model_in_code():
    model = Tower()
    assert not model.built
    model.compile("adam", "mse")
    model.fit(X, Y, epochs=2, verbose=0)
    assert [v.shape for v in model.weights] == [(4,), (4, 5), (5,), (5, 3), (3,)]
    scale, k1, b1, k2, b2 = model.get_weights()
    expected = np.tanh(np.tanh((X * scale) @ k1 + b1) @ k2 + b2)
    np.testing.assert_allclose(model.predict(X, verbose=0), expected, rtol=1e-5, atol=1e-6)
    assert model.layers == model.stack
    with pytest.raises(errors.ShapeError) as caught:
        model.predict(X[:, :3], verbose=0)
    assert "(4,)" in str(caught.value) and "(20, 3)" in str(caught.value)


def test_single_steps_return_what_evaluate_returns():
    model = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(3)])
    model.compile(onionskin.optimizers.SGD(0.1), "mse", metrics=["mae"])
    loss, mae = model.evaluate(X, Y, verbose=0)
    model.reset_metrics()
    np.testing.assert_allclose(model.test_on_batch(X, Y), [loss, mae], rtol=1e-6)
    model.reset_metrics()
    logs = model.train_on_batch(X, Y, return_dict=True)
    np.testing.assert_allclose([logs["loss"], logs["mae"]], [loss, mae], rtol=1e-6)
    model.reset_metrics()
    assert model.test_on_batch(X, Y)[0] < loss
    np.testing.assert_array_equal(model.predict_on_batch(X[:7]), model.predict(X[:7], verbose=0))
    assert model.predict_on_batch([[1, 2, 3, 4]]).shape == (1, 3)


def test_predict_takes_any_number_of_rows():
    model = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(3)])
    whole = model.predict(X, batch_size=20, verbose=0)
    for rows, size in [(1, 32), (20, 1), (20, 6), (19, 19), (20, 100)]:
        np.testing.assert_allclose(
            model.predict(X[:rows], batch_size=size, verbose=0), whole[:rows], rtol=1e-5, atol=1e-6
        )


def test_layers_by_name_and_place():
    model = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(5, name="first"), layers.Dense(3, name="last")])
    assert model.get_layer("last") is model.layers[1] is model.get_layer(index=-1)
    assert model.get_layer(index=0).name == "first"


def printed(model, **settings):
    lines = []
    model.summary(print_fn=lines.append, **settings)
    return lines[0]


def test_the_summary():
    reset_names()
    inner = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(1000), layers.Dropout(0.5)], name="inner")
    model = onionskin.Sequential([onionskin.Input((4,)), inner, layers.Dense(3, name="out")], name="outer")
    inner.trainable = False
    assert (
        printed(model)
        == """\
Model: "outer"
┌────────────────────┬──────────────┬─────────┐
│ Layer (type)       │ Output Shape │ Param # │
├────────────────────┼──────────────┼─────────┤
│ inner (Sequential) │ (None, 1000) │   5,000 │
│ out (Dense)        │ (None, 3)    │   3,003 │
└────────────────────┴──────────────┴─────────┘
 Total params: 8,003 (31.26 KB)
 Trainable params: 3,003 (11.73 KB)
 Non-trainable params: 5,000 (19.53 KB)"""
    )
    assert printed(model, expand_nested=True, show_trainable=True).split("\n")[3:9] == [
        "├─────────────────────┼──────────────┼─────────┼───────────┤",
        "│ inner (Sequential)  │ (None, 1000) │   5,000 │ N         │",
        "│ └ dense (Dense)     │ (None, 1000) │   5,000 │ N         │",
        "│ └ dropout (Dropout) │ (None, 1000) │       0 │ -         │",
        "│ out (Dense)         │ (None, 3)    │   3,003 │ Y         │",
        "└─────────────────────┴──────────────┴─────────┴───────────┘",
    ]
    assert "inner" not in printed(model, layer_range=["out", "out"])
    assert max(map(len, printed(model, line_length=80).split("\n"))) == 80
    model.compile("adam", "mse")
    model.fit(X, Y, verbose=0)
    assert printed(model).endswith(" Optimizer params: 6,008 (23.47 KB)")


def test_the_summary_of_a_model_in_code_knows_the_shapes():
    model = Tower((5, 3))
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    rows = printed(model).split("\n")[4:6]
    assert [row.split("│")[2].strip() for row in rows] == ["(None, 5)", "(None, 3)"]


@pytest.mark.parametrize(("verbose", "lines"), [(0, 0), (1, 4), (2, 4)])
def test_what_fit_prints_where_there_is_no_terminal(verbose, lines, capsys):
    model = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(3)])
    model.compile("sgd", "mse")
    model.fit(X, Y, epochs=2, verbose=verbose)
    shown = capsys.readouterr().out.splitlines()
    assert len(shown) == lines
    assert [line for line in shown if line.startswith("Epoch")] == ["Epoch 1/2", "Epoch 2/2"][: lines // 2]
    assert sum("loss: " in line for line in shown) == lines // 2


def test_the_history_can_be_drawn(tmp_path):
    pytest.importorskip("matplotlib")
    model = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(3)])
    model.compile("sgd", "mse", metrics=["mae"])
    history = model.fit(X, Y, epochs=3, validation_split=0.2, verbose=0)
    assert set(history.history) == {"loss", "mae", "val_loss", "val_mae"}
    assert history is model.history
    figure = history.plot(tmp_path / "curves.svg")
    drawn = [line.get_ydata() for axes in figure.axes for line in axes.lines if len(line.get_ydata()) == 3]
    for name in ("loss", "val_mae"):
        assert any(np.allclose(values, history.history[name]) for values in drawn), name
    assert (tmp_path / "curves.svg").stat().st_size > 1000


def test_a_stack_changed_after_its_programs_were_traced_runs_as_it_is_now():
    model = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(3)])
    model.compile("sgd", "mse", metrics=["mae"])
    before, measured = model.predict(X, verbose=0), model.evaluate(X, Y, verbose=0)
    model.add(layers.Activation("relu"))
    np.testing.assert_array_equal(model.predict(X, verbose=0), np.maximum(before, 0))
    np.testing.assert_allclose(
        model.evaluate(X, Y, verbose=0),
        [((np.maximum(before, 0) - Y) ** 2).mean(), np.abs(np.maximum(before, 0) - Y).mean()],
        rtol=1e-5,
    )
    model.pop()
    np.testing.assert_array_equal(model.predict(X, verbose=0), before)
    assert model.evaluate(X, Y, verbose=0) == measured


def test_a_copy_of_a_trained_model_trains_on_as_the_original_and_apart_from_it():
    onionskin.utils.set_random_seed(3)
    model = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(3)])
    optimizer = onionskin.optimizers.Adam(weight_decay=0.1)
    optimizer.exclude_from_weight_decay([model.layers[0].bias])
    model.compile(optimizer, "mse", metrics=["mae", "mae"])
    model.fit(X, Y, verbose=0)
    other, before = copy.deepcopy(model), model.get_weights()
    history = other.fit(X, Y, shuffle=False, verbose=0).history
    np.testing.assert_array_equal(model.get_weights()[0], before[0])
    assert model.fit(X, Y, shuffle=False, verbose=0).history == history
    np.testing.assert_array_equal(other.get_weights()[1], model.get_weights()[1])


def test_a_list_of_one_input_is_that_input():
    for first in (lambda m: m([X]), lambda m: m.fit([X], [Y], verbose=0), lambda m: m.predict([X], verbose=0)):
        model = onionskin.Sequential([layers.Dense(3)])
        model.compile("sgd", "mse")
        first(model)
        assert model.input_shape == (None, 4)
        np.testing.assert_array_equal(model.predict([X], verbose=0), model.predict(X, verbose=0))


def test_the_tensors_of_a_described_model_make_another():
    a, b = onionskin.Input((4,), name="a"), onionskin.Input((4,), name="b")
    two = onionskin.Model([a, b], {"sum": a + b})
    assert two.input == [a, b] and two.output == {"sum": two.outputs[0]}
    stack = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(3)])
    longer = onionskin.Model(stack.input, layers.Activation("relu")(stack.output))
    np.testing.assert_array_equal(longer.predict(X, verbose=0), np.maximum(stack.predict(X, verbose=0), 0))
    with pytest.raises(errors.NotBuiltError):
        onionskin.Sequential([layers.Dense(3)], name="s").input  # noqa: B018 - reading it is what is tested
