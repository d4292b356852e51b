"""`TwoLayerNet`: one compiled program against its layers gone through by hand, differences, and a reader's changes."""

# ruff: noqa: N803, N806 - W is what the textbooks call it
import copy
import pickle

import numpy as np
import pytest

import onionskin
from onionskin.base import errors
from onionskin.classic import Affine, Sigmoid, TwoLayerNet

KEYS = ("W1", "b1", "W2", "b2")
RNG = np.random.default_rng(4)
X = RNG.normal(size=(7, 5))
T = np.eye(3)[RNG.integers(0, 3, 7)]


def words(kind, call):
    with pytest.raises(kind) as caught:
        call()
    return str(caught.value)


def network(**more):
    given = {"input_size": 5, "hidden_size": 4, "output_size": 3, "weight_init_std": 0.5, "seed": 1}
    return TwoLayerNet(**{**given, **more})


def by_hand(net, x, t):
    """Return the gradient by plain NumPy."""
    W1, b1, W2, b2 = (net.params[key] for key in KEYS)
    a1 = x @ W1 + b1
    z1 = np.maximum(a1, 0)
    a2 = z1 @ W2 + b2
    y = np.exp(a2 - a2.max(1, keepdims=True))
    y /= y.sum(1, keepdims=True)
    loss = -np.sum(t * np.log(y)) / len(x)
    d2 = (y - t) / len(x)
    d1 = (d2 @ W2.T) * (a1 > 0)
    return loss, {"W1": x.T @ d1, "b1": d1.sum(0), "W2": z1.T @ d2, "b2": d2.sum(0)}


def test_what_it_is_made_of():
    net = TwoLayerNet(input_size=784, hidden_size=50, output_size=10, seed=0)
    assert {name: one.shape for name, one in net.params.items()} == {
        "W1": (784, 50), "b1": (50,), "W2": (50, 10), "b2": (10,),
    }  # fmt: skip
    assert abs(net.params["W1"].std() - 0.01) < 2e-4
    assert not net.params["b1"].any() and not net.params["b2"].any()
    assert list(net.layers) == ["Affine1", "Relu1", "Affine2"]
    assert net.lastLayer is net.last_layer
    assert net.layers["Affine1"].W is net.params["W1"]


def test_seeds():
    np.testing.assert_array_equal(network().params["W1"], network().params["W1"])
    onionskin.utils.set_random_seed(5)
    first = [network(seed=None).params["W1"] for _ in range(2)]
    assert (first[0] != first[1]).all()
    onionskin.utils.set_random_seed(5)
    np.testing.assert_array_equal(network(seed=None).params["W1"], first[0])


@pytest.mark.parametrize("labels", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_loss_and_gradient(labels, dtype, each_engine):
    net = network()
    t = T.argmax(1) if labels else T
    loss, wanted = by_hand(net, X.astype(dtype).astype(float), T)
    np.testing.assert_allclose(net.loss(X.astype(dtype), t), loss, rtol=1e-10)
    found = net.gradient(X.astype(dtype), t)
    assert list(found) == list(KEYS)
    for key in KEYS:
        np.testing.assert_allclose(found[key], wanted[key], rtol=1e-8, atol=1e-12)
    np.testing.assert_array_equal(net.layers["Affine2"].db, found["b2"])
    scores = net.predict(X)
    np.testing.assert_allclose(net.accuracy(X, t), np.mean(scores.argmax(1) == T.argmax(1)))


def test_the_program_is_the_loop_through_the_layers(each_engine):
    net = network()
    found = net.gradient(X, T)
    values = X
    for layer in net.layers.values():
        values = layer.forward(values)
    np.testing.assert_allclose(net.lastLayer.forward(values, T), net.loss(X, T), rtol=1e-12)
    dout = net.lastLayer.backward(1)
    for layer in reversed(list(net.layers.values())):
        dout = layer.backward(dout)
    for key, value in {"W1": net.layers["Affine1"].dW, "b1": net.layers["Affine1"].db,
                       "W2": net.layers["Affine2"].dW, "b2": net.layers["Affine2"].db}.items():  # fmt: skip
        np.testing.assert_allclose(value, found[key], rtol=1e-12, atol=1e-15)


def test_after_a_loss_the_layers_can_be_gone_back_through():
    """The body of the chapter's own gradient method, after the network has seen other samples."""
    net = network()
    net.gradient(X[:2], T[:2])
    net.loss(X, T)
    np.testing.assert_allclose(net.last_layer.y.sum(1), 1)
    assert net.layers["Relu1"].mask.shape == (7, 4) and net.layers["Affine1"].x.shape == (7, 5)
    dout = net.last_layer.backward(1)
    for layer in reversed(list(net.layers.values())):
        dout = layer.backward(dout)
    wanted = by_hand(net, X, T)[1]
    np.testing.assert_allclose(net.layers["Affine1"].dW, wanted["W1"], rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(net.layers["Affine2"].db, wanted["b2"], rtol=1e-8, atol=1e-12)


def test_numerical_gradient_checks_gradient():
    net = network()
    found, checked = net.gradient(X, T), net.numerical_gradient(X, T)
    for key in KEYS:
        np.testing.assert_allclose(found[key], checked[key], rtol=1e-5, atol=1e-8)


def test_changes_in_place_and_new_arrays_count():
    net = network()
    net.gradient(X, T)
    net.params["W1"] -= 0.3
    np.testing.assert_allclose(net.loss(X, T), by_hand(net, X, T)[0], rtol=1e-10)
    net.params["W2"] = np.ones((4, 3))
    np.testing.assert_allclose(net.gradient(X, T)["W1"], by_hand(net, X, T)[1]["W1"], rtol=1e-8, atol=1e-12)
    assert net.layers["Affine2"].W is net.params["W2"]
    net.params = network(seed=9).params
    np.testing.assert_allclose(net.loss(X, T), network(seed=9).loss(X, T), rtol=1e-12)
    assert net.layers["Affine1"].W is net.params["W1"]


def test_other_layers_in_it_are_gone_through_too(each_engine):
    net = network()
    net.layers["Relu1"] = Sigmoid()
    found, checked = net.gradient(X, T), net.numerical_gradient(X, T)
    for key in KEYS:
        np.testing.assert_allclose(found[key], checked[key], rtol=1e-5, atol=1e-8)

    class Own:
        """A reader's own layer in NumPy."""

        def __init__(self, W, b):
            self.W, self.b = W, b

        def forward(self, x):
            self.x = x
            return x @ self.W + self.b

        def backward(self, dout):
            self.dW, self.db = self.x.T @ dout, dout.sum(0)
            return dout @ self.W.T

    net.layers["Affine1"] = Own(net.params["W1"], net.params["b1"])
    again = net.gradient(X, T)
    for key in KEYS:
        np.testing.assert_allclose(again[key], found[key], rtol=1e-8, atol=1e-12)
    assert net.accuracy(X, T) == np.mean(net.predict(X).argmax(1) == T.argmax(1))


def test_a_subclass_of_a_layer_is_asked_itself():
    class Doubled(Affine):
        def forward(self, x):
            return 2 * super().forward(x)

    net = network()
    before = net.predict(X)
    net.layers["Affine2"] = Doubled(net.params["W2"], net.params["b2"])
    np.testing.assert_allclose(net.predict(X), 2 * before, rtol=1e-10)


def test_a_loss_of_ones_own_is_the_one_that_differences_check():
    class Decaying(TwoLayerNet):
        def loss(self, x, t):
            return super().loss(x, t) + 0.5 * np.sum(self.params["W1"] ** 2)

    net = Decaying(5, 4, 3, weight_init_std=0.5, seed=1)
    plain = network().numerical_gradient(X, T)
    found = net.numerical_gradient(X, T)
    np.testing.assert_allclose(found["W1"], plain["W1"] + net.params["W1"], rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(found["b2"], plain["b2"], rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("how", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_copies_are_apart(how):
    net = network()
    net.gradient(X, T)
    twin = how(net)
    twin.params["W1"] += 1
    assert twin.layers["Affine1"].W is twin.params["W1"]
    np.testing.assert_allclose(twin.loss(X, T), by_hand(twin, X, T)[0], rtol=1e-10)
    np.testing.assert_allclose(net.loss(X, T), by_hand(net, X, T)[0], rtol=1e-10)


def test_mistakes_are_told():
    assert words(errors.ArgumentError, lambda: TwoLayerNet(4, 0, 2)) == (
        "TwoLayerNet: hidden_size is a positive whole number.\n  given:    0"
    )
    assert words(errors.ArgumentError, lambda: TwoLayerNet(4, 3, 2, weight_init_std=-1)) == (
        "TwoLayerNet: weight_init_std is a standard deviation.\n  expected: 0 or more\n  given:    -1"
    )
    for wrong in ("a", np.inf, np.nan):
        assert words(errors.ArgumentError, lambda wrong=wrong: TwoLayerNet(4, 3, 2, weight_init_std=wrong)) == (
            f"TwoLayerNet: weight_init_std is a standard deviation.\n  expected: 0 or more\n  given:    {wrong!r}"
        )
    for wrong in ("a", -1, 1.5, True):
        assert words(errors.ArgumentError, lambda wrong=wrong: TwoLayerNet(4, 3, 2, seed=wrong)) == (
            f"TwoLayerNet: a seed is a whole number from 0.\n  given:    {wrong!r}"
        )
    net = network()
    assert words(errors.ShapeError, lambda: net.accuracy(X[:0], T[:0])) == (
        "TwoLayerNet, accuracy: there are no samples.\n  given:    shape (0, 5)"
    )
    with pytest.raises(errors.DTypeError) as refused:
        net.params = None
    assert str(refused.value) == (
        "TwoLayerNet, params: the parameters are arrays by name.\n"
        "  expected: a dictionary with W1, b1, W2, b2\n  given:    an object of type NoneType"
    )
    with pytest.raises(errors.DTypeError) as refused:
        net.params = {**net.params, "b1": np.array(["a"] * 4)}
    assert str(refused.value) == "a layer computes with numbers.\n  given:    an array of dtype <U1"
    assert words(errors.ShapeError, lambda: net.gradient(X, T[:, :2])) == (
        "TwoLayerNet: the targets do not fit the scores.\n"
        "  expected: shape (7, 3) (shares) or (7,) (class numbers)\n"
        "  given:    shape (7, 2)"
    )
    assert words(errors.ShapeError, lambda: net.predict(X[:, :4])) == (
        "Affine, forward: x does not fit W.\n  expected: samples of 5 numbers\n  given:    shape (7, 4)"
    )
    with pytest.raises(errors.ShapeError) as caught:
        net.params = {**net.params, "b1": np.zeros(5)}
    assert str(caught.value) == (
        "TwoLayerNet, params['b1']: the parameters do not fit the network.\n"
        "  expected: shape (4,)\n"
        "  given:    shape (5,)"
    )
    with pytest.raises(errors.ShapeError) as caught:
        net.params = {"W1": net.params["W1"]}
    assert "params['b1']" in str(caught.value) and "given:    nothing" in str(caught.value)
