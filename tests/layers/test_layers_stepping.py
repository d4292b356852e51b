"""Layers stepped by hand: forward, then backward through the same numbers; Keras's recorded answers and `grad`."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import onionskin
from onionskin import layers, losses, ops
from onionskin.base import errors
from onionskin.base.trees import map_tree
from onionskin.prims import define_primitive
from tests.cases_keras import layer_rules as rules

CASES = [case for family in rules.FAMILIES for case in rules.recorded(family) if case["inputs"]]
RNG = np.random.default_rng(7)


def draw(*shape):
    return RNG.normal(size=shape).astype("float32")


def words(kind, call):
    with pytest.raises(kind) as caught:
        call()
    return str(caught.value)


# --- every layer ---


class Hand(rules.Onionskin):
    """How the cases of all layers are answered by forward and backward; sum(outputs²) has the derivative 2·outputs."""

    def run(self, layer, inputs, call):
        start = layer.get_weights()
        out = call(inputs, layer.forward)
        state = [one.numpy() for one in layer.non_trainable_weights]
        dx = layer.backward(map_tree(lambda one: 2 * one, out))
        layer.set_weights(start)
        by_inputs = [one for one, x in zip(rules._leaves(dx), inputs, strict=True) if x.dtype.kind == "f"]
        return out, None, by_inputs, list(layer.gradients.values()), state


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_every_layer_as_keras(case, each_engine):
    expected = rules.read_answer(case["answer"])
    got = rules.answer(Hand(), {**case, "skip": [*case.get("skip", []), "losses", "config", "described"]})
    for key in ("outputs", "inputs", "gradients", "state"):
        if key in expected and key in got:
            rules._same_arrays(f"{case['id']}: {key}", got[key], expected[key])


def test_gradients_have_the_names_of_the_weights():
    model = onionskin.Sequential([layers.Dense(3, "relu"), layers.Dense(2)])
    model.forward(draw(4, 5))
    assert model.gradients == {}
    model.backward(np.ones((4, 2)))
    first, second = [one.name for one in model.layers]
    assert {name: one.shape for name, one in model.gradients.items()} == {
        f"{first}/kernel": (5, 3), f"{first}/bias": (3,), f"{second}/kernel": (3, 2), f"{second}/bias": (2,),
    }  # fmt: skip
    model.layers[0].forward(draw(4, 5))
    model.layers[0].backward(np.ones((4, 3)))
    assert list(model.layers[0].gradients) == ["kernel", "bias"]


def test_weights_of_one_name_are_told_apart_and_those_fixed_left_out():
    class Twins(layers.Layer):
        def build(self, input_shape):
            self.one = self.add_weight((2,), "ones", name="scale")
            self.two = self.add_weight((2,), "ones", name="scale")
            self.fixed = self.add_weight((2,), "ones", trainable=False, name="fixed")

        def call(self, inputs):
            return inputs * self.one + 3 * self.two * self.fixed

    layer = Twins()
    layer.forward(np.array([[1.0, 2.0]]))
    layer.backward(np.ones((1, 2)))
    assert {name: one.tolist() for name, one in layer.gradients.items()} == {"scale": [1, 2], "scale_1": [3, 3]}


def test_an_unused_weight_has_zeros():
    class Idle(layers.Layer):
        def build(self, input_shape):
            self.idle = self.add_weight((2,), "ones", name="idle")

        def call(self, inputs):
            return ops.tanh(inputs)

    layer = Idle()
    layer.forward(draw(1, 2))
    layer.backward(np.ones((1, 2)))
    np.testing.assert_array_equal(layer.gradients["idle"], np.zeros(2))


def test_frozen_weights_have_none_from_then_on():
    layer = layers.Dense(2)
    layer.forward(draw(3, 2))
    layer.backward(np.ones((3, 2)))
    assert list(layer.gradients) == ["kernel", "bias"]
    layer.trainable = False
    layer.backward(np.ones((3, 2)))
    assert layer.gradients == {}
    layer.forward(draw(3, 2))
    layer.backward(np.ones((3, 2)))
    assert layer.gradients == {}


# --- random layers ---


@pytest.mark.parametrize(
    "make", [lambda: layers.Dropout(0.5), lambda: layers.GaussianDropout(0.5), lambda: layers.SpatialDropout1D(0.5)]
)
def test_what_was_drawn_is_the_same_backward(make, each_engine):
    layer, x = make(), np.ones((50, 4, 4), "float32")
    drawn = []
    for _ in range(2):
        out = layer.forward(x, training=True)
        np.testing.assert_array_equal(layer.backward(np.ones_like(x)), out)  # dy/dx is the factor itself
        np.testing.assert_array_equal(layer.backward(np.ones_like(x)), out)  # and again
        drawn.append(out)
    assert (drawn[0] != drawn[1]).any()
    np.testing.assert_array_equal(layer.forward(x), x)
    assert (layer.forward(x, True) != x).any()  # training by position, as the textbooks write it


# --- models by their layers ---


@st.composite
def networks(draw_one):
    """A stack of layers on rows of 6 numbers."""
    kinds = {
        "dense": lambda: layers.Dense(draw_one(st.integers(1, 5)), draw_one(st.sampled_from(["relu", "tanh", None]))),
        "norm": layers.BatchNormalization,
        "layer norm": layers.LayerNormalization,
        "dropout": lambda: layers.Dropout(0.3),
        "sigmoid": lambda: layers.Activation("sigmoid"),
        "softmax": layers.Softmax,
    }
    names = draw_one(st.lists(st.sampled_from(sorted(kinds)), min_size=1, max_size=5))
    return [kinds[name]() for name in names]


@pytest.mark.parametrize("engine", ["reference", "native"])
@settings(max_examples=15)
@given(stack=networks(), seed=st.integers(0, 99), training=st.booleans())
def test_layer_by_layer_equals_the_gradient_of_the_model(engine, stack, seed, training):
    if engine == "native":
        pytest.importorskip("onionskin.engines.native._ext", reason="the native engine is not built")
    onionskin.engines.set_engine(engine)
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(7, 6)).astype("float32")
    model = onionskin.Sequential(stack)
    target = rng.normal(size=model(x).shape).astype("float32")
    loss = losses.MeanSquaredError()
    start = [one.numpy() for one in model.variables]

    def total(inputs):
        return loss(target, model(inputs, training=training))

    wanted, (dx, dw) = onionskin.value_and_grad(total, argnums=0, variables=model.trainable_variables)(x)
    for variable, value in zip(model.variables, start, strict=True):  # the random counters and statistics too
        variable.assign(value)
    values = x
    for layer in model.layers:
        values = layer.forward(values, training=training)
    np.testing.assert_allclose(loss.forward(target, values), wanted, rtol=1e-5)
    back = loss.backward()
    for layer in reversed(model.layers):
        back = layer.backward(back)
    np.testing.assert_allclose(back, dx, rtol=1e-3, atol=1e-5)
    found = [one for layer in model.layers for one in layer.gradients.values()]
    assert len(found) == len(dw)
    for one, other in zip(found, dw, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


def test_a_model_with_several_inputs_and_outputs():
    left, right = onionskin.Input((3,)), onionskin.Input((2,))
    both = layers.Concatenate()([layers.Dense(4, "tanh")(left), right])
    model = onionskin.Model([left, right], {"a": layers.Dense(2)(both), "b": layers.Activation("sigmoid")(both)})
    xs = [draw(5, 3), draw(5, 2)]
    out = model.forward(xs)
    assert {name: one.shape for name, one in out.items()} == {"a": (5, 2), "b": (5, 6)}
    douts = {"a": draw(5, 2), "b": draw(5, 6)}

    def total(one, other):
        found = model([one, other])
        return sum(ops.sum(found[name] * douts[name]) for name in douts)

    wanted, by_weights = onionskin.grad(total, argnums=(0, 1), variables=model.trainable_variables)(*xs)
    found = model.backward(douts)
    assert type(found) is list
    for one, other in zip([*found, *model.gradients.values()], [*wanted, *by_weights], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    model.backward({"a": None, "b": douts["b"]})
    np.testing.assert_array_equal(list(model.gradients.values())[-2], np.zeros((6, 2)))


def test_whole_numbers_have_no_derivative_and_text_neither():
    table = layers.Embedding(5, 2)
    assert table.forward(np.array([[1, 1, 4]])).shape == (1, 3, 2)
    assert table.backward(np.ones((1, 3, 2))) is None
    np.testing.assert_array_equal(table.gradients["embeddings"].sum(1), [0, 4, 0, 0, 2])
    lookup = layers.StringLookup(vocabulary=["a", "b"])
    assert lookup.forward(np.array(["b", "a"])).tolist() == [2, 1]
    assert lookup.backward(None) is None
    assert lookup.gradients == {}


def test_statistics_move_as_in_a_call():
    x = draw(6, 3)
    stepped, called = layers.BatchNormalization(), layers.BatchNormalization()
    for _ in range(2):
        stepped.forward(x, training=True)
        called(x, training=True)
    for one, other in zip(stepped.get_weights(), called.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)
    before = stepped.get_weights()
    stepped.backward(draw(6, 3))
    for one, other in zip(stepped.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)


def test_masks_go_from_layer_to_layer():
    places = np.array([[1, 2, 0, 0], [3, 0, 0, 0]])
    start = np.random.default_rng(0).normal(size=(5, 2))
    table = layers.Embedding(5, 2, embeddings_initializer=onionskin.initializers.Constant(0), mask_zero=True)
    table(places)
    table.set_weights([start])
    norms = [layers.BatchNormalization() for _ in range(3)]
    values = norms[0].forward(table.forward(places), training=True)
    np.testing.assert_allclose(values, norms[1](table(places), training=True), rtol=1e-4, atol=1e-5)
    unmasked = norms[2].forward(np.array(table(places)), training=True)
    assert np.abs(values - unmasked).max() > 0.01  # what is masked does not count in the statistics
    table.backward(norms[0].backward(draw(2, 4, 2)))
    assert table.gradients["embeddings"].shape == (5, 2)


def test_mixed_precision_gives_derivatives_in_the_dtype_of_what_they_are_of():
    layer = layers.Dense(3, dtype="mixed_float16")
    assert layer.forward(draw(2, 4)).dtype == "float16"
    assert layer.backward(np.ones((2, 3))).dtype == "float32"
    assert [one.dtype.name for one in layer.gradients.values()] == ["float32", "float32"]


# --- what is kept ---


def test_backward_goes_through_the_numbers_of_forward(each_engine):
    layer = layers.Dense(2, use_bias=False)
    x = draw(3, 2)
    given = x.copy()
    out = layer.forward(given)
    kernel = layer.get_weights()[0]
    given[...] = 99
    out[...] = 99
    layer.set_weights([np.zeros((2, 2))])
    np.testing.assert_allclose(layer.backward(np.ones((3, 2))), np.ones((3, 2)) @ kernel.T, rtol=1e-6)
    np.testing.assert_allclose(layer.gradients["kernel"], x.T @ np.ones((3, 2)), rtol=1e-6)


def test_relu_is_not_misled_by_writing_to_its_output(each_engine):
    layer = layers.ReLU()
    out = layer.forward(np.array([[-1.0, 2.0]]))
    out[...] = 5
    dout = np.ones((1, 2))
    dx = layer.backward(dout)
    np.testing.assert_array_equal(dx, [[0, 1]])
    identity = layers.Identity()
    identity.forward(np.ones((1, 2)))
    identity.backward(dout)[...] = 7
    np.testing.assert_array_equal(dout, [[1, 1]])


@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_copies_have_not_been_forward(how):
    layer = layers.Dense(2)
    layer.forward(draw(1, 2))
    layer.backward(np.ones((1, 2)))
    twin = how(layer)
    assert twin.gradients == {}
    assert "backward was called before forward." in words(errors.NotBuiltError, lambda: twin.backward(np.ones((1, 2))))
    loss = losses.MeanSquaredError()
    loss.forward(np.ones((1, 2)), np.zeros((1, 2)))
    assert "before forward" in words(errors.NotBuiltError, how(loss).backward)
    assert loss.backward().shape == (1, 2)
    model = onionskin.Sequential([layers.Dense(2)])
    model.forward(draw(1, 2))
    assert "before forward" in words(errors.NotBuiltError, lambda: how(model).backward(np.ones((1, 2))))


def test_a_layer_changed_after_a_forward_is_traced_anew():
    layer = layers.LeakyReLU(negative_slope=0.5)
    x = -np.ones((1, 1), "float32")
    assert layer.forward(x) == -0.5
    layer.negative_slope = 0.25
    assert layer.forward(x) == -0.25
    assert layer.backward(np.ones((1, 1))) == 0.25
    loss = losses.Huber(delta=1.0)
    first = loss.forward(np.zeros((1, 1)), np.full((1, 1), 3.0))
    loss.kwargs["delta"] = 2.0
    assert loss.forward(np.zeros((1, 1)), np.full((1, 1), 3.0)) != first


def test_one_program_serves_all_forwards_of_a_form():
    traced = []

    class Counting(layers.Layer):
        def call(self, inputs):
            traced.append(inputs.shape)
            return inputs * 2

    layer = Counting()
    for rows in (3, 3, 2, 3):
        layer.forward(draw(rows, 2))
        layer.backward(np.ones((rows, 2)))
    assert traced == [(3, 2), (2, 2)]


# --- layers of one's own ---


def test_own_methods_of_these_names_change_nothing_else():
    class Own(layers.Layer):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)
            self.gradients = {"mine": 1}

        def forward(self, inputs):
            return self.dense(inputs)

        def backward(self):
            raise AssertionError

        def call(self, inputs):
            return self.forward(inputs)

    model = onionskin.Sequential([Own()])
    model.compile("sgd", "mse")
    x = draw(8, 2)
    history = model.fit(x, x[:, :1], epochs=2, verbose=0)
    assert history.history["loss"][1] < history.history["loss"][0]
    assert model.layers[0].gradients == {"mine": 1}
    model.forward(x)
    assert model.backward(np.ones((8, 1))).shape == (8, 2)


# --- losses ---


def test_losses_step_too(each_engine):
    t, p = np.eye(3, dtype="float32"), np.full((3, 3), 1 / 3, "float32")
    loss = losses.CategoricalCrossentropy(from_logits=True)
    scores = draw(3, 3)
    value = loss.forward(t, scores)
    shares = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    np.testing.assert_allclose(value, -np.mean(np.log((shares * t).sum(1))), rtol=1e-5)
    np.testing.assert_allclose(loss.backward(), (shares - t) / 3, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(loss.backward(2.0), 2 * (shares - t) / 3, rtol=1e-4, atol=1e-7)
    weighted = losses.MeanSquaredError(reduction="none")
    np.testing.assert_allclose(weighted.forward(t, p, np.array([1.0, 0.0, 2.0])).shape, (3,))
    np.testing.assert_allclose(weighted.backward(np.ones(3)), 2 / 3 * (p - t) * [[1.0], [0.0], [2.0]], rtol=1e-5)
    numbers = losses.SparseCategoricalCrossentropy(from_logits=True)
    numbers.forward(np.array([0, 1, 2]), scores)
    np.testing.assert_allclose(numbers.backward(), (shares - t) / 3, rtol=1e-4, atol=1e-7)


# --- mistakes ---


def test_mistakes_are_told():
    layer = layers.Dense(2, name="hidden")
    assert words(errors.NotBuiltError, lambda: layer.backward(np.ones((1, 2)))) == (
        "layer 'hidden' (Dense), backward: backward was called before forward.\n"
        "  to fix:   call forward(…) first: backward goes back through the last one"
    )
    layer.forward(np.ones((3, 4)))
    assert words(errors.ShapeError, lambda: layer.backward(np.ones((2, 3)))) == (
        "layer 'hidden' (Dense), backward: dout has another shape than the output of forward.\n"
        "  expected: (3, 2)\n"
        "  given:    (2, 3)"
    )
    assert words(errors.DTypeError, lambda: layer.backward(np.ones((3, 2), "complex64"))) == (
        "layer 'hidden' (Dense), backward: a derivative is made of real numbers.\n"
        "  expected: dout of dtype float32\n"
        "  given:    dtype complex64"
    )
    assert "given:    dtype bool" in words(errors.DTypeError, lambda: layer.backward(np.ones((3, 2), bool)))
    assert layer.backward(np.ones((3, 2))).shape == (3, 4)  # nothing is lost by a mistake
    assert words(errors.NotBuiltError, losses.MeanSquaredError(name="mse").backward) == (
        "loss 'mse', backward: backward was called before forward.\n"
        "  to fix:   call forward(…) first: backward goes back through the last one"
    )


def test_a_mistake_in_forward_leaves_nothing_to_go_back_through():
    layer = layers.Dense(2, name="hidden")
    layer.forward(np.ones((3, 4)))
    assert "layer 'hidden' (Dense)" in words(errors.ShapeError, lambda: layer.forward(np.ones((3, 5))))
    assert "before forward" in words(errors.NotBuiltError, lambda: layer.backward(np.ones((3, 2))))


def test_the_structure_of_dout_is_that_of_the_outputs():
    begin = onionskin.Input((2,))
    model = onionskin.Model(begin, [layers.Dense(1)(begin), layers.Dense(2)(begin)], name="two")
    model.forward(np.ones((3, 2)))
    assert words(errors.ArgumentError, lambda: model.backward(np.ones((3, 1)))) == (
        "layer 'two' (Functional), backward: dout has another structure than the output of forward.\n"
        "  expected: a list of 2\n"
        "  given:    one array"
    ).replace("Functional", type(model).__name__)
    assert words(errors.ShapeError, lambda: model.backward((np.ones((3, 1)), np.ones((3, 1))))) == (
        f"layer 'two' ({type(model).__name__}), backward: dout, output 1 has another shape than the output of forward."
        "\n  expected: (3, 2)\n  given:    (3, 1)"
    )
    assert model.backward((np.ones((3, 1)), np.ones((3, 2)))).shape == (3, 2)


def test_stepping_is_no_part_of_a_trace():
    layer = layers.Dense(2, name="hidden")
    expected = (
        "layer 'hidden' (Dense), forward: forward computes with numbers, outside of any trace.\n"
        "  given:    a tensor without numbers, or a call within a step that is traced\n"
        "  to fix:   call the object itself there: it is differentiated with the rest"
    )
    assert words(errors.GraphError, lambda: layer.forward(onionskin.Input((2,)))) == expected
    assert words(errors.GraphError, lambda: onionskin.jit(layer.forward)(np.ones((1, 2)))) == expected


def test_an_operation_without_derivative_says_so_backward():
    step = define_primitive("step", lambda x: np.sign(x))
    layer = layers.Lambda(step)
    np.testing.assert_array_equal(layer.forward(np.array([[-2.0, 3.0]])), [[-1, 1]])
    assert "the primitive 'step' has no backward function" in words(
        errors.GraphError, lambda: layer.backward(np.ones((1, 2)))
    )


LOSS_NAMES = sorted(
    name
    for name in dir(losses)
    if isinstance(getattr(losses, name), type)
    and issubclass(getattr(losses, name), losses.Loss)
    and name not in ("Loss", "LossFunctionWrapper")
)


@pytest.mark.parametrize("name", LOSS_NAMES)
def test_every_loss_has_the_derivative_of_grad(name):
    rng = np.random.default_rng(3)
    p = rng.uniform(0.1, 0.9, (4, 5)).astype("float32")
    t = np.eye(5, dtype="float32")[rng.integers(0, 5, 4)]
    if name == "CTC":
        p, t = rng.normal(size=(3, 6, 4)).astype("float32"), np.array([[1, 2], [2, 1], [3, 3]], "int32")
    elif name in ("SparseCategoricalCrossentropy", "CategoricalGeneralizedCrossEntropy", "Circle"):
        t = np.array([0, 1, 0, 1], "int32")
    loss = getattr(losses, name)()
    value, wanted = onionskin.value_and_grad(lambda y: loss(t, y))(p)
    np.testing.assert_allclose(loss.forward(t, p), value, rtol=1e-5)
    np.testing.assert_allclose(loss.backward(), wanted, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(loss.backward(-2.0), -2 * wanted, rtol=1e-4, atol=1e-6)
    assert np.abs(wanted).max() > 0
