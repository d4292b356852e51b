"""A step walked through: every number is that of training, every gradient that of central differences."""

from __future__ import annotations

import io

import numpy as np
import pytest

import onionskin
from onionskin import ops
from onionskin.base.errors import ArgumentError, DTypeError, UnknownNameError
from onionskin.explain.columns import WIDTH, clipped, width, wrapped
from onionskin.explain.walking import trace_step, walk
from onionskin.graph import CONSTANT, substitute
from onionskin.graph.bind import bind

RNG = np.random.default_rng(11)
X = RNG.normal(size=(4, 3))
Y = np.eye(2)[[0, 1, 1, 0]]


@pytest.fixture
def double():
    before = onionskin.config.floatx()
    onionskin.config.set_floatx("float64")
    yield
    onionskin.config.set_floatx(before)


def network(*between):
    onionskin.utils.set_random_seed(3)
    return onionskin.Sequential(
        [onionskin.Input((3,)), *between, onionskin.layers.Dense(2, "softmax", name="out")], name="net"
    )


CASES = {
    "dense": lambda: network(onionskin.layers.Dense(4, "tanh", name="hidden")),
    "norm": lambda: network(onionskin.layers.Dense(3, "sigmoid"), onionskin.layers.BatchNormalization()),
    "layernorm": lambda: network(onionskin.layers.Dense(3, "gelu"), onionskin.layers.LayerNormalization()),
    "dropout": lambda: network(onionskin.layers.Dense(5, "softplus"), onionskin.layers.Dropout(0.4, seed=2)),
}


@pytest.mark.parametrize("case", CASES)
def test_every_gradient_equals_central_differences(case, double):
    """Each forward node is moved a little while all before it stay; the loss is computed anew by NumPy's values."""
    model = CASES[case]()
    model.compile("sgd", "categorical_crossentropy")
    trace = model.trace_step(X, Y)
    loss = next(one for one in trace if one.name == "loss")
    values = {one.node: one.value for one in trace.forward}
    looked = 0
    for entry in trace.forward:
        if entry.gradient is None:
            continue
        for place in list(np.ndindex(entry.shape))[:4]:
            around = []
            for step in (1e-5, -1e-5):
                moved = entry.value.copy()
                moved[place] += step
                kept = {node: value for node, value in values.items() if node.primitive.name == "input"}
                around.append(substitute([loss.node], {**kept, entry.node: moved}, visit=_value, keep=False)[0])
            slope = (around[0] - around[1]) / 2e-5
            np.testing.assert_allclose(entry.gradient[place], slope, rtol=2e-5, atol=1e-8, err_msg=str(entry))
            looked += 1
    assert looked > 40


def _value(node, inputs):
    if node.primitive is CONSTANT:
        return node.params["value"].array
    return bind(node.primitive, inputs, node.params)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("case", CASES)
def test_each_entry_follows_from_its_inputs_and_the_update_is_that_of_training(case, optimizer):
    model = CASES[case]()
    model.compile(optimizer, "categorical_crossentropy")
    trace = model.trace_step(X, Y)
    assert [one.number for one in trace] == list(range(len(trace)))
    phases = [one.phase for one in trace]
    assert phases == sorted(phases, key=["forward", "backward", "update"].index)
    assert len({one.name for one in trace}) == len(trace)
    for entry in trace:
        assert all(one.number < entry.number for one in entry.inputs)
        assert all(one.name in entry.formula for one in entry.inputs if entry.operation != "random_uniform"), entry
        if entry.gradient is not None:
            assert entry.gradient.shape == entry.value.shape == entry.shape
    before = {one.path: one.numpy() for one in model.variables}
    loss = model.train_on_batch(X, Y)
    np.testing.assert_allclose(trace["loss"].value, loss, rtol=1e-6)
    for variable in model.trainable_variables:
        name = variable.path.removeprefix("net/")
        np.testing.assert_array_equal(trace[name].value, before[variable.path])
        np.testing.assert_allclose(trace[f"{name}'"].value, variable.numpy(), rtol=2e-5, atol=1e-6, err_msg=name)


def test_a_layer_owns_its_forward_its_backward_and_its_update():
    model = network(onionskin.layers.Dense(4, "relu", name="hidden"))
    model.compile("sgd", "categorical_crossentropy")
    trace = model.trace_step(X[:1], Y[:1])
    assert trace.layers == ("hidden", "out")
    own = trace["hidden"]
    assert [one.equation for one in own.forward] == [
        "hidden/kernel", "%3 = x · hidden/kernel", "hidden/bias", "%5 = %3 + hidden/bias", "%6 = max(0, %5)",
    ]  # fmt: skip
    assert {"∂hidden/kernel", "∂hidden/bias", "∂x"} <= {one.name for one in own.backward}
    assert {"hidden/kernel'", "hidden/bias'"} <= {one.name for one in own.update}
    assert not {one.name for one in own} & {one.name for one in trace["out"]}
    assert [one.layer for one in trace if one.name in ("x", "y", "loss")] == ["", "", ""]


def test_moving_averages_belong_to_their_layer():
    model = network(onionskin.layers.BatchNormalization(name="norm"))
    model.compile("adam", "categorical_crossentropy")
    names = {one.name for one in model.trace_step(X, Y)["norm"].update}
    assert {"norm/moving_mean", "norm/moving_mean'", "norm/moving_variance'", "norm/gamma'"} <= names


def test_slices_names_and_searches():
    trace = trace_step(lambda x, w: ops.sum(ops.tanh(ops.matmul(x, w))), X, RNG.normal(size=(3, 2)))
    assert [one.name for one in trace[:3]] == ["x", "w", "%2"]
    assert isinstance(trace[:3], type(trace)) and trace[2].formula == "x · w" and trace[-1].phase == "backward"
    assert trace[2].inputs == (trace["x"], trace["w"])
    assert [one.operation for one in trace.find(lambda one: one.operation == "tanh")] == ["tanh"]
    np.testing.assert_allclose(trace["w"].gradient, X.T @ (1 - np.tanh(X @ trace["w"].value) ** 2))
    assert trace["w"].tex == "w" and trace[2].tex == "x w"
    assert repr(trace[2]) == "<entry 2: %2 = x · w, forward, float64 (4, 2)>"
    assert repr(trace).startswith("<trace of <lambda>: ")


def test_a_layer_and_a_loss_can_be_walked_through_alone():
    layer = onionskin.layers.Dense(2, name="alone")
    layer.build((None, 3))
    trace = trace_step(layer, X.astype("float32"), names=["x"])
    np.testing.assert_allclose(trace["x"].gradient, np.ones((4, 2)) @ layer.kernel.numpy().T, rtol=1e-6)
    loss = trace_step(onionskin.losses.MeanSquaredError(), Y, Y + 1.0, names=["y", "guess"])
    np.testing.assert_allclose(loss["guess"].gradient, np.full((4, 2), 2 / 8))


def test_a_model_without_loss_is_walked_through_forward_and_back():
    trace = network().trace_step(X)
    assert {one.phase for one in trace} == {"forward", "backward"}
    assert trace["out/kernel"].gradient.shape == (3, 2)


def test_one_entry_prints_formula_and_numbers():
    trace = trace_step(lambda x, w, b: ops.sigmoid(ops.matmul(x, w) + b), [[1.0, 2.0]], [[0.5], [-1.0]], [0.25])
    assert str(trace[2]) == (
        "%2 = x · w = [[1, 2]] · [[0.5], [-1]] = [[-1.5]]\n  forward, matmul, float64 (1, 1)\n  gradient: [[0.1731]]"
    )
    korean = trace_step(lambda x: ops.sum(ops.square(x)), np.arange(8.0), language="ko")
    assert str(korean["x"]) == "x\n  순전파, input, float64 (8,)\n  값: (8,) from 0 to 7\n  기울기: (8,) from 0 to 14"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_is_printed_fits_a_terminal(language):
    model = network(onionskin.layers.Dense(64, "relu", name="a_layer_with_a_very_long_name"))
    model.compile("adam", "categorical_crossentropy")
    trace = model.trace_step(X, Y, language=language)
    lines = str(trace).split("\n")
    assert max(map(width, lines)) <= WIDTH
    assert max(width(line) for one in trace for line in str(one).split("\n")) <= WIDTH
    assert sum(line.startswith("──") for line in lines) == 3
    assert len(lines) == len(trace) + 6
    assert trace._repr_html_().count("<tr>") == len(trace) + 1
    assert "&lt;b&gt;" in trace_step(lambda x: ops.sum(x * x), [1.0], names=["<b>"])._repr_html_()


def test_a_console_of_rich_shows_the_same_lines():
    console = pytest.importorskip("rich.console").Console(width=80, record=True, file=io.StringIO())
    model = network(onionskin.layers.Dense(2, "relu", name="hidden"))
    model.compile("sgd", "categorical_crossentropy")
    trace = model.trace_step(X[:1], Y[:1])
    console.print(trace)
    assert [line.rstrip() for line in console.export_text().rstrip().split("\n")] == str(trace).split("\n")


def test_columns_count_wide_letters_twice():
    assert clipped("가나다라", 5) == "가나…"
    assert wrapped("  aa bb cc", 7) == ["  aa bb", "  cc"]


def test_words_of_errors():
    with pytest.raises(UnknownNameError) as unknown:
        trace_step(lambda x: ops.sum(x), [1.0], language="kr")
    assert str(unknown.value) == (
        "trace_step(language): there is no language of this name.\n  given:    'kr'\n"
        "  to fix:   did you mean 'ko'? Known: en, ko"
    )
    with pytest.raises(DTypeError) as refused:
        trace_step(3)
    assert str(refused.value) == (
        "trace_step: this cannot be called.\n  expected: a model, a layer, a loss or a function\n"
        "  given:    an object of type int"
    )
    trace = trace_step(lambda x: ops.sum(x * x), [1.0])
    with pytest.raises(ArgumentError) as error:
        trace["y"]
    assert str(error.value) == (
        "trace: the trace has no layer and no entry of this name.\n  given:    'y'\n  to fix:   Known: loss, x, ∂x"
    )
    with pytest.raises(DTypeError) as error:
        trace_step(lambda x: ops.argmax(x), [1.0])
    assert str(error.value) == ("trace_step: only a float has a derivative.\n  given:    a result of dtype int32")
    from onionskin.base.specs import Spec
    from onionskin.explain.recording import record

    with pytest.raises(ArgumentError) as error:
        walk(record(lambda x: ops.sum(x * x), [Spec((2,), "float32")]))
    assert str(error.value) == (
        "explain: there are no numbers to run it on.\n"
        "  given:    shapes only\n"
        "  to fix:   record it with arrays, or pass some"
    )
