"""`NumpyLayer`: layers of the user's own with forward and backward in NumPy, trained in models."""

# ruff: noqa: N803, N806 - W is what the textbooks call it
import copy
import pickle
import threading

import numpy as np
import pytest

import onionskin
from onionskin import layers, losses, ops
from onionskin.base import errors
from onionskin.layers import NumpyLayer
from onionskin.layers.handwritten import Handwritten, call_primitive

RNG = np.random.default_rng(11)


class Affine:
    """A layer as the chapter's readers write it."""

    def __init__(self, W, b):
        self.W = W
        self.b = b
        self.x = None
        self.dW = None
        self.db = None

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        dx = np.dot(dout, self.W.T)
        self.dW = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0)
        return dx


class Relu:
    def __init__(self):
        self.mask = None

    def forward(self, x):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dout[self.mask] = 0  # in place, as it is written there
        return dout


class MatMul:
    """With lists of params and grads, the second filled in place."""

    def __init__(self, W):
        self.params = [W]
        self.grads = [np.zeros_like(W)]

    def forward(self, x):
        self.x = x
        return x @ self.params[0]

    def backward(self, dout):
        self.grads[0][...] = self.x.T @ dout
        return dout @ self.params[0].T


class Scale:
    """With dictionaries."""

    def __init__(self, width):
        self.params = {"gain": np.full(width, 2.0)}
        self.grads = {}

    def forward(self, x):
        self.x = x
        return x * self.params["gain"]

    def backward(self, dout):
        self.grads["gain"] = (dout * self.x).sum(0)
        return dout * self.params["gain"]


class Noise:
    """Random: backward must go through what forward drew."""

    def forward(self, x, train_flg=True):
        if not train_flg:
            return x
        self.mask = np.random.rand(*x.shape) > 0.5
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


class NoiseInPlace(Noise):
    def forward(self, x, train_flg=True):
        self.mask = np.random.rand(*x.shape) > 0.5
        x *= self.mask
        return x


class Centred:
    """Keeps a running mean, as batch normalization does."""

    def __init__(self):
        self.running = None

    def forward(self, x, train_flg=True):
        if self.running is None:
            self.running = np.zeros(x.shape[1])
        if not train_flg:
            return x - self.running
        self.running = 0.5 * self.running + 0.5 * x.mean(0)
        return x - x.mean(0)

    def backward(self, dout):
        return dout - dout.mean(0)


class Adding:
    def forward(self, x, y):
        return x + 2 * y

    def backward(self, dout):
        return dout, 2 * dout


class Table:
    def __init__(self, W):
        self.W, self.dW = W, None

    def forward(self, places):
        self.places = places
        return self.W[places]

    def backward(self, dout):
        self.dW = np.zeros_like(self.W)
        np.add.at(self.dW, self.places, dout)


def draw(*shape):
    return RNG.normal(size=shape)


def words(kind, call):
    with pytest.raises(kind) as caught:
        call()
    return str(caught.value)


def by_hand_and_by_name():
    weights = [0.3 * one for one in (draw(6, 5), draw(5), draw(5, 3), draw(3))]
    hand = onionskin.Sequential(
        [NumpyLayer(Affine(*weights[:2])), NumpyLayer(Relu()), NumpyLayer(Affine(*weights[2:])), layers.Softmax()]
    )
    name = onionskin.Sequential([layers.Dense(5), layers.ReLU(), layers.Dense(3), layers.Softmax()])
    x = draw(20, 6).astype("float32")
    hand(x), name(x)
    name.set_weights(weights)
    return hand, name, x, np.eye(3, dtype="float32")[RNG.integers(0, 3, 20)]


def test_training_is_that_of_the_librarys_own_layers(each_engine):
    hand, name, x, t = by_hand_and_by_name()
    for model in (hand, name):
        model.compile(onionskin.optimizers.Adam(0.05), "categorical_crossentropy")
        model.fit(x, t, epochs=8, batch_size=6, verbose=0, shuffle=False)
    assert [one.name for one in hand.weights] == ["W", "b", "W", "b"]
    for one, other in zip(hand.get_weights(), name.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-4, atol=2e-5)
    np.testing.assert_allclose(hand.predict(x, verbose=0), name.predict(x, verbose=0), rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(hand.evaluate(x, t, verbose=0), name.evaluate(x, t, verbose=0), rtol=1e-4)


def test_gradients_by_grad_and_by_stepping(each_engine):
    hand, name, x, t = by_hand_and_by_name()
    loss = losses.CategoricalCrossentropy()

    def of(model):
        return onionskin.grad(lambda one: loss(t, model(one)), argnums=0, variables=model.trainable_variables)(x)

    (dx, dw), (wanted, by_weights) = of(hand), of(name)
    values = x
    for layer in hand.layers:
        values = layer.forward(values)
    loss.forward(t, values)
    back = loss.backward()
    for layer in reversed(hand.layers):
        back = layer.backward(back)
    np.testing.assert_allclose(dx, wanted, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(back, wanted, rtol=1e-4, atol=1e-6)
    stepped = [one for layer in hand.layers for one in layer.gradients.values()]
    for one, two, other in zip(dw, stepped, by_weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(two, other, rtol=1e-4, atol=1e-6)
    assert list(hand.layers[0].gradients) == ["W", "b"]


def test_the_object_changes_when_it_is_asked_for():
    affine = Affine(draw(2, 1), np.zeros(1))
    W = affine.W
    begun = W.copy()
    layer = NumpyLayer(affine)
    model = onionskin.Sequential([layer])
    x = draw(16, 2).astype("float32")
    model.compile("sgd", "mse")
    model.fit(x, x.sum(1, keepdims=True), epochs=3, verbose=0)
    np.testing.assert_array_equal(affine.W, begun)
    assert affine.x is None and affine.dW is None
    assert layer.module is affine
    assert affine.W is W and W.dtype == np.float64  # its own array, filled
    np.testing.assert_array_equal(W, layer.get_weights()[0])
    assert (begun != W).any()
    assert affine.dW.shape == (2, 1) and affine.x.shape[1] == 2
    layer.set_weights([np.ones((2, 1)), np.ones(1)])
    layer.sync()
    np.testing.assert_array_equal(affine.forward(np.ones((1, 2))), [[3.0]])


@pytest.mark.parametrize(
    ("make", "names"),
    [(lambda: MatMul(np.ones((3, 3))), ["param_0"]), (lambda: Scale(3), ["gain"]), (lambda: Noise(), [])],
)
def test_other_ways_to_keep_weights(make, names):
    module = make()
    layer = NumpyLayer(module)
    x = draw(4, 3)
    layer.forward(x, training=True)
    layer.backward(np.ones((4, 3)))
    assert [one.name for one in layer.weights] == names
    for value in layer.gradients.values():
        np.testing.assert_allclose(value, (x.T @ np.ones((4, 3))) if value.ndim == 2 else x.sum(0), rtol=1e-4)
    assert not np.any(module.grads) if isinstance(module, MatMul) else True  # the object's own are as they were
    layer.backward(np.ones((4, 3)))  # again: nothing adds up
    for value in layer.gradients.values():
        np.testing.assert_allclose(value, (x.T @ np.ones((4, 3))) if value.ndim == 2 else x.sum(0), rtol=1e-4)


def test_weights_by_name():
    layer = NumpyLayer(Affine(np.ones((2, 1)), np.zeros(1)), weights=("W",))
    layer.forward(np.ones((3, 2)))
    layer.backward(np.ones((3, 1)))
    assert list(layer.gradients) == ["W"]
    named = NumpyLayer(Scale(2), weights=["gain"])
    named.forward(np.ones((3, 2)))
    assert [one.name for one in named.weights] == ["gain"]
    none = NumpyLayer(Affine(np.ones((2, 1)), np.zeros(1)), weights=())
    none.forward(np.ones((3, 2)))
    assert none.weights == []


@pytest.mark.parametrize("kind", [Noise, NoiseInPlace])
def test_a_random_object_goes_back_through_what_it_drew(kind, each_engine):
    layer = NumpyLayer(kind())
    x = np.ones((30, 4), "float32")

    def total(inputs):
        out = layer(inputs, training=True)
        return ops.sum(out), out

    for _ in range(3):
        (_, out), dx = onionskin.value_and_grad(total, has_aux=True)(x)
        np.testing.assert_array_equal(out, dx)
    drawn = layer.forward(x, training=True)
    np.testing.assert_array_equal(layer.backward(np.ones_like(x)), drawn)
    if kind is Noise:
        np.testing.assert_array_equal(layer.forward(x), x)
    np.testing.assert_array_equal(x, np.ones((30, 4)))


def test_a_trial_draws_nothing_from_numpys_generator():
    np.random.seed(0)
    before = np.random.get_state()[2]
    always = type("Always", (Noise,), {"forward": lambda self, x: Noise.forward(self, x, True)})
    layer = NumpyLayer(always())
    onionskin.Model(begin := onionskin.Input((4,)), layer(begin))
    assert np.random.get_state()[2] == before


def test_what_forward_keeps_goes_on():
    layer = NumpyLayer(Centred())
    x = np.array([[2.0, 4.0], [4.0, 8.0]])
    for _ in range(2):
        layer.forward(x, training=True)
        layer.backward(np.ones((2, 2)))
    np.testing.assert_allclose(layer.forward(x), x - 0.75 * np.array([3.0, 6.0]))
    np.testing.assert_allclose(layer.module.running, 0.75 * np.array([3.0, 6.0]))


def test_one_layer_called_twice_keeps_the_two_calls_apart(each_engine):
    W = draw(3, 3)
    layer, dense = NumpyLayer(Affine(W, np.zeros(3))), layers.Dense(3)
    x = draw(5, 3).astype("float32")
    dense(x)
    dense.set_weights([W, np.zeros(3)])

    def of(one):
        one(x)

        def total(inputs):
            return ops.sum(ops.square(one(ops.tanh(one(inputs)))))

        return onionskin.grad(total, argnums=0, variables=one.trainable_variables)(x)

    (dx, dw), (wanted, by_weights) = of(layer), of(dense)
    np.testing.assert_allclose(dx, wanted, rtol=1e-3, atol=1e-4)
    for one, other in zip(dw, by_weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4)


def test_steps_of_a_loop_go_back_one_by_one(each_engine):
    W = 0.5 * draw(3, 3)
    layer, dense = NumpyLayer(Affine(W, np.zeros(3))), layers.Dense(3)
    x = draw(4, 2, 3).astype("float32")  # four steps of two samples
    layer(x[0]), dense(x[0])
    dense.set_weights([W, np.zeros(3)])

    def of(one):
        def total(steps):
            carry, _ = ops.scan(lambda state, now: (ops.tanh(one(state + now)), state), steps[0], steps)
            return ops.sum(carry)

        return onionskin.value_and_grad(total, argnums=0, variables=one.trainable_variables)(x)

    (value, (dx, dw)), (total, (wanted, by_weights)) = of(layer), of(dense)
    np.testing.assert_allclose(value, total, rtol=1e-4)
    np.testing.assert_allclose(dx, wanted, rtol=1e-3, atol=1e-5)
    for one, other in zip(dw, by_weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


def test_backward_after_another_batch_has_gone_forward(each_engine):
    """The program of a step holds its call apart from those of others, and looks at what it went forward on."""
    layer = NumpyLayer(Affine(np.eye(2), np.zeros(2)))
    x = draw(3, 2).astype("float32")
    layer.forward(x)
    layer.forward(2 * x[:1])
    layer(7 * x)
    layer.backward(np.ones((1, 2)))
    np.testing.assert_allclose(layer.gradients["W"], (2 * x[:1]).T @ np.ones((1, 2)), rtol=1e-6)


def test_a_backward_that_writes_to_dout_harms_no_other_branch(each_engine):
    x = draw(4, 3).astype("float32")
    for layer in (NumpyLayer(Relu()), layers.ReLU()):
        dx = onionskin.grad(lambda one, layer=layer: ops.sum(ops.square(layer(one) + one)))(x)
        np.testing.assert_allclose(dx, np.where(x > 0, 8 * x, 2 * x), rtol=1e-5)
    dout = np.ones((4, 3), "float32")
    layer = NumpyLayer(Relu())
    layer.forward(x)
    layer.backward(dout)
    np.testing.assert_array_equal(dout, 1)


@pytest.mark.parametrize("make", [lambda W: Affine(W, np.zeros(2)), MatMul])
def test_backward_goes_through_the_weights_of_forward(make):
    W, x = np.array([[1.0, 2.0], [3.0, 4.0]]), np.ones((1, 2), "float32")
    layer = NumpyLayer(make(W))
    layer.forward(x)
    layer.set_weights([np.zeros_like(one) for one in layer.get_weights()])
    layer(x)
    np.testing.assert_allclose(layer.backward(np.ones((1, 2))), [[3.0, 7.0]])


def test_one_operation_that_went_forward_twice_goes_back_through_each(each_engine):
    """Where a graph runs a call twice before it goes back, forward is run again on the first."""
    W, b = draw(2, 2).astype("float32"), np.zeros(2, "float32")
    own = Handwritten(Affine(W, b), None, "layer", "float32")
    own.look([(3, 2)])
    operation = call_primitive(own, 1, False)
    one, other = draw(3, 2).astype("float32"), draw(3, 2).astype("float32")

    def total(weights):
        return ops.sum(operation(one, weights, b) * 2.0 + operation(other, weights, b) * 3.0)

    ones = np.ones((3, 2))
    np.testing.assert_allclose(onionskin.grad(total)(W), 2 * one.T @ ones + 3 * other.T @ ones, rtol=1e-4, atol=1e-5)


def test_functional_models_with_two_inputs_and_whole_numbers(tmp_path, each_engine):
    begin, places = onionskin.Input((3,)), onionskin.Input((), dtype="int32")
    table = NumpyLayer(Table(draw(5, 3)))
    summed = NumpyLayer(Adding())([begin, table(places)])
    assert summed.shape == (None, 3)
    model = onionskin.Model([begin, places], NumpyLayer(Affine(draw(3, 1), np.zeros(1)))(summed))
    x, words_of = draw(12, 3).astype("float32"), np.arange(12, dtype="int32") % 4
    model.compile("sgd", "mse")
    before = model.get_weights()
    history = model.fit([x, words_of], x[:, :1], epochs=5, verbose=0).history["loss"]
    assert history[-1] < history[0]
    np.testing.assert_array_equal(model.get_weights()[0][4], before[0][4])  # a word that never came
    assert (model.get_weights()[0][:4] != before[0][:4]).all()
    model.save_weights(tmp_path / "kept.weights.h5") if _has_h5py() else None
    if _has_h5py():
        now = model.get_weights()
        model.set_weights(before)
        model.load_weights(tmp_path / "kept.weights.h5")
        for one, other in zip(model.get_weights(), now, strict=True):
            np.testing.assert_array_equal(one, other)


def _has_h5py():
    try:
        import h5py  # noqa: F401
    except ImportError:
        return False
    return True


@pytest.mark.parametrize("how", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_copies_are_apart(how):
    layer = NumpyLayer(Affine(np.ones((2, 1)), np.zeros(1)))
    layer(np.ones((1, 2)))
    twin = how(layer)
    twin.set_weights([np.zeros((2, 1)), np.ones(1)])
    np.testing.assert_array_equal(layer(np.ones((1, 2))), [[2.0]])
    np.testing.assert_array_equal(twin(np.ones((1, 2))), [[1.0]])
    assert twin.module is not layer.module


# --- mistakes ---


def broken(**methods):
    """Return an Affine with other methods."""
    return type("Affine", (Affine,), methods)(np.ones((2, 3)), np.zeros(3))


def test_an_object_without_methods():
    bare = type("Bare", (), {"forward": lambda self, x: x})()
    assert words(errors.ArgumentError, lambda: NumpyLayer(bare, name="mine")) == (
        "layer 'mine' (NumpyLayer): the object has no backward.\n"
        "  given:    an object of class Bare\n"
        "  to fix:   define backward(self, dout) in Bare"
    )
    assert words(errors.ArgumentError, lambda: NumpyLayer(3, name="mine")) == (
        "layer 'mine' (NumpyLayer): the object has no forward.\n"
        "  given:    an object of class int\n"
        "  to fix:   define forward(self, x) in int"
    )
    assert words(errors.ArgumentError, lambda: NumpyLayer(Relu, name="mine")) == (
        "layer 'mine' (NumpyLayer): an object is needed.\n  given:    the class Relu\n  to fix:   make one: Relu(…)"
    )


def test_an_object_that_cannot_be_copied():
    module = Relu()
    module.lock = threading.Lock()
    assert words(errors.ArgumentError, lambda: NumpyLayer(module, name="mine")) == (
        "layer 'mine' (NumpyLayer): the object cannot be copied, and the layer needs a copy of its own.\n"
        "  given:    TypeError: cannot pickle '_thread.lock' object\n"
        "  to fix:   keep open files, locks and generators out of it"
    )


def test_unknown_weights():
    layer = NumpyLayer(Affine(np.ones((2, 3)), np.zeros(3)), weights=("V",), name="mine")
    assert words(errors.ArgumentError, lambda: layer(np.ones((4, 2)))) == (
        "layer 'mine' (NumpyLayer): the object has no weight 'V'.\n"
        "  expected: an attribute V or params['V'], an array of floats\n"
        "  given:    an object of class Affine"
    )


def test_forward_of_another_batch_size():
    layer = NumpyLayer(broken(forward=lambda self, x: x.sum(0)), weights=(), name="mine")
    assert words(errors.ShapeError, lambda: layer(np.ones((4, 2)))) == (
        "layer 'mine' (NumpyLayer) > Affine.forward: forward returned another number of samples than it was given.\n"
        "  expected: shape (4, …)\n"
        "  given:    shape (2,)\n"
        "  to fix:   keep the first axis, which counts the samples"
    )


def test_forward_of_nothing():
    layer = NumpyLayer(broken(forward=lambda self, x: None), weights=(), name="mine")
    assert words(errors.ArgumentError, lambda: layer(np.ones((4, 2)))) == (
        "layer 'mine' (NumpyLayer) > Affine.forward: forward returns one array.\n"
        "  given:    None\n"
        "  to fix:   end forward(self, x) with return …"
    )


def test_forward_of_text():
    layer = NumpyLayer(broken(forward=lambda self, x: np.array(["a"] * len(x))), weights=(), name="mine")
    assert words(errors.DTypeError, lambda: layer(np.ones((4, 2)))) == (
        "layer 'mine' (NumpyLayer) > Affine.forward: forward returns numbers.\n  given:    dtype <U1"
    )


def test_forward_that_depends_on_the_numbers():
    layer = NumpyLayer(broken(forward=lambda self, x: x[:, : int(x[0, 0])]), weights=(), name="mine")
    assert words(errors.ShapeError, lambda: layer(np.full((4, 2), 2.0))) == (
        "layer 'mine' (NumpyLayer) > Affine.forward: forward returned another shape than for ones of the same shape.\n"
        "  expected: (4, 1)\n"
        "  given:    (4, 2)"
    )


def test_forward_that_fails_names_the_line():
    layer = NumpyLayer(Affine(np.ones((5, 3)), np.zeros(3)), name="mine")
    told = words(errors.ArgumentError, lambda: layer(np.ones((4, 2))))
    line = Affine.forward.__code__.co_firstlineno + 2
    assert told == (
        "layer 'mine' (NumpyLayer) > Affine.forward: forward failed: ValueError: "
        "shapes (4,2) and (5,3) not aligned: 2 (dim 1) != 5 (dim 0)\n"
        "  given:    inputs of shape (4, 2)\n"
        f"  to fix:   see line {line} of {__file__}"
    )


def test_gradients_of_a_wrong_shape():
    def backward(self, dout):
        self.dW, self.db = np.dot(self.x.T, dout).T, dout.sum(0)
        return dout @ self.W.T

    layer = NumpyLayer(broken(backward=backward), name="mine")
    assert words(errors.ShapeError, lambda: layer(np.ones((4, 2)))) == (
        "layer 'mine' (NumpyLayer) > Affine.backward: dW has another shape than W.\n"
        "  expected: (2, 3)\n"
        "  given:    (3, 2)"
    )


def test_an_input_gradient_of_a_wrong_shape():
    layer = NumpyLayer(broken(backward=lambda self, dout: dout), weights=(), name="mine")
    layer.forward(np.ones((4, 2)))
    assert words(errors.ShapeError, lambda: layer.backward(np.ones((4, 3)))) == (
        "layer 'mine' (NumpyLayer), Affine.backward: dx has another shape than the input.\n"
        "  expected: (4, 2)\n"
        "  given:    (4, 3)"
    )


def test_backward_of_nothing_and_of_too_much():
    layer = NumpyLayer(broken(backward=lambda self, dout: None), weights=(), name="mine")
    layer.forward(np.ones((4, 2)))
    assert words(errors.ArgumentError, lambda: layer.backward(np.ones((4, 3)))) == (
        "layer 'mine' (NumpyLayer), Affine.backward: backward returned no dx.\n"
        "  given:    None\n"
        "  to fix:   end backward(self, dout) with return dx"
    )
    layer = NumpyLayer(broken(backward=lambda self, dout: (dout, dout)), weights=(), name="mine")
    layer.forward(np.ones((4, 2)))
    assert words(errors.ArgumentError, lambda: layer.backward(np.ones((4, 3)))) == (
        "layer 'mine' (NumpyLayer), Affine.backward: backward returned another number of gradients than there are "
        "inputs.\n  expected: 1\n  given:    2"
    )


def test_backward_without_the_gradient_of_a_weight():
    layer = NumpyLayer(broken(backward=lambda self, dout: dout @ self.W.T), weights=("W",), name="mine")
    layer.forward(np.ones((4, 2)))
    assert words(errors.ArgumentError, lambda: layer.backward(np.ones((4, 3)))) == (
        "layer 'mine' (NumpyLayer), Affine.backward: backward left no dW.\n"
        "  expected: the gradient of W, shape (2, 3)\n"
        "  given:    nothing\n"
        "  to fix:   set self.dW in backward"
    )
    told = NumpyLayer(broken(backward=lambda self, dout: dout @ self.W.T), name="mine")
    with pytest.warns(UserWarning) as caught:
        told(np.ones((4, 2)))
    assert str(caught[0].message) == (
        "layer 'mine' (NumpyLayer): backward of Affine leaves no dW, db, so W, b will not be trained; "
        "pass weights=() where that is meant."
    )


def test_one_forgotten_gradient_is_told_and_a_constant_is_not():
    def forgetful(self, dout):
        self.dW = self.x.T @ dout
        return dout @ self.W.T

    layer = NumpyLayer(broken(backward=forgetful), name="mine")
    with pytest.warns(UserWarning, match="leaves no db, so b will not be trained"):
        layer(np.ones((4, 2)))
    assert [one.name for one in layer.weights] == ["W"]
    module = Affine(np.ones((2, 3)), np.zeros(3))
    module.filter = np.ones(3)  # no dfilter anywhere
    quiet = NumpyLayer(module)
    quiet(np.ones((4, 2)))
    assert [one.name for one in quiet.weights] == ["W", "b"]


def test_a_second_derivative_is_refused():
    layer = NumpyLayer(Relu(), name="mine")
    square = onionskin.grad(lambda x: ops.sum(layer(x) ** 2))
    assert words(errors.GraphError, lambda: onionskin.grad(lambda x: ops.sum(square(x)))(np.ones((2, 2)))) == (
        "layer 'mine' (NumpyLayer): backward of Relu is NumPy code, which cannot be differentiated again.\n"
        "  to fix:   write the layer with onionskin.ops where second derivatives are needed"
    )


def test_no_file_holds_it():
    assert words(errors.ArgumentError, NumpyLayer(Relu(), name="mine").get_config) == (
        "layer 'mine' (NumpyLayer): a NumpyLayer cannot be saved or cloned: its object is code, which no file may "
        "hold.\n  to fix:   keep the weights with save_weights, and make the layer anew before load_weights"
    )


def test_a_call_on_nothing():
    layer = NumpyLayer(Relu(), name="mine")
    layer.build((None, 2))
    assert "the layer was called on no inputs.\n  given:    an empty list" in words(
        errors.ArgumentError, lambda: layer.call([])
    )
