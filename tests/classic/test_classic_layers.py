"""The textbooks' layer classes against plain loops, formulas and float64 central differences."""

# ruff: noqa: N806 - W is what the textbooks call it
import copy
import pickle

import numpy as np
import pytest

from onionskin.base import errors
from onionskin.classic import AddLayer, Affine, MulLayer, Relu, Sigmoid, SoftmaxWithLoss, numerical_gradient

RNG = np.random.default_rng(3)


def draw(*shape):
    return RNG.normal(size=shape)


def words(kind, call):
    with pytest.raises(kind) as caught:
        call()
    return str(caught.value)


# --- Affine ---


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_affine_against_loops(dtype, each_engine):
    x, W, b, dout = draw(4, 3).astype(dtype), draw(3, 2).astype(dtype), draw(2).astype(dtype), draw(4, 2)
    layer = Affine(W, b)
    out, dx = layer.forward(x), layer.backward(dout)
    assert out.dtype == dx.dtype == layer.dW.dtype == dtype
    for n in range(4):
        for j in range(2):
            np.testing.assert_allclose(out[n, j], sum(x[n, i] * W[i, j] for i in range(3)) + b[j], rtol=1e-4)
        for i in range(3):
            np.testing.assert_allclose(dx[n, i], sum(dout[n, j] * W[i, j] for j in range(2)), rtol=1e-4, atol=1e-6)
    for j in range(2):
        np.testing.assert_allclose(layer.db[j], sum(dout[n, j] for n in range(4)), rtol=1e-4)
        for i in range(3):
            wanted = sum(x[n, i] * dout[n, j] for n in range(4))
            np.testing.assert_allclose(layer.dW[i, j], wanted, rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(layer.x, x)
    assert layer.params["W"] is W and layer.grads["b"] is layer.db


def test_affine_of_one_sample_and_of_images():
    W, b = draw(6, 2), draw(2)
    layer = Affine(W, b)
    x = draw(6)
    np.testing.assert_allclose(layer.forward(x), x @ W + b)
    np.testing.assert_allclose(layer.backward(np.array([1.0, 2.0])), W @ [1.0, 2.0])
    np.testing.assert_allclose(layer.dW, np.outer(x, [1.0, 2.0]))
    images = draw(5, 1, 2, 3)
    np.testing.assert_allclose(layer.forward(images), images.reshape(5, 6) @ W + b)
    assert layer.backward(np.ones((5, 2))).shape == images.shape


def test_affine_computes_with_its_arrays_as_they_are_now():
    W, b = draw(2, 2), draw(2)
    layer, x = Affine(W, b), draw(3, 2)
    layer.forward(x)
    W -= 1.0
    b += 2.0
    np.testing.assert_allclose(layer.forward(x), x @ W + b)
    layer.W = np.eye(2)
    np.testing.assert_allclose(layer.forward(x), x + b)
    assert layer.params["W"] is layer.W


def test_affine_in_mixed_dtypes_computes_in_the_wider():
    layer = Affine(draw(2, 2), draw(2))
    assert layer.forward(np.ones((1, 2), "float32")).dtype == "float64"
    assert layer.backward(np.ones((1, 2))).dtype == "float32"
    assert layer.dW.dtype == "float64"
    assert layer.forward([[1, 2]]).dtype == "float64"  # whole numbers


@pytest.mark.parametrize("make", [lambda: Affine(draw(3, 3), draw(3)), Relu, Sigmoid])
def test_backward_against_central_differences(make, each_engine):
    layer, x, weighing = make(), draw(4, 3), draw(4, 3)
    layer.forward(x)
    dx = layer.backward(weighing)

    def total(_):
        return np.sum(layer.forward(x) * weighing)

    np.testing.assert_allclose(dx, numerical_gradient(total, x), rtol=1e-6, atol=1e-8)
    for name, array in getattr(layer, "params", {}).items():
        np.testing.assert_allclose(layer.grads[name], numerical_gradient(total, array), rtol=1e-6, atol=1e-8)


# --- Relu, Sigmoid ---


def test_relu_and_its_mask():
    layer = Relu()
    x = np.array([[1.0, -0.5], [-2.0, 3.0]])
    np.testing.assert_array_equal(layer.forward(x), [[1, 0], [0, 3]])
    np.testing.assert_array_equal(layer.mask, [[False, True], [True, False]])
    np.testing.assert_array_equal(layer.backward(np.full((2, 2), 7.0)), [[7, 0], [0, 7]])
    np.testing.assert_array_equal(x, [[1.0, -0.5], [-2.0, 3.0]])


def test_sigmoid_is_y_times_one_minus_y():
    layer, x = Sigmoid(), draw(3, 4)
    y = layer.forward(x)
    np.testing.assert_allclose(y, 1 / (1 + np.exp(-x)), rtol=1e-12)
    assert layer.out is y
    np.testing.assert_allclose(layer.backward(np.ones((3, 4))), y * (1 - y), rtol=1e-10)


# --- SoftmaxWithLoss ---


@pytest.mark.parametrize("labels", [False, True])
def test_softmax_with_loss_is_y_minus_t_by_batch(labels, each_engine):
    x, classes = draw(5, 4), np.array([0, 3, 1, 1, 2])
    t = classes if labels else np.eye(4)[classes]
    layer = SoftmaxWithLoss()
    loss = layer.forward(x, t)
    y = np.exp(x) / np.exp(x).sum(1, keepdims=True)
    np.testing.assert_allclose(loss, -np.mean(np.log(y[np.arange(5), classes])), rtol=1e-10)
    np.testing.assert_allclose(layer.y, y, rtol=1e-10)
    assert layer.loss == loss and layer.t is t
    np.testing.assert_allclose(layer.backward(), (y - np.eye(4)[classes]) / 5, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(layer.backward(3), 3 * (y - np.eye(4)[classes]) / 5, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(layer.backward(), numerical_gradient(lambda _: layer.forward(x, t), x), atol=1e-8)


def test_softmax_with_loss_of_one_sample_and_of_large_scores():
    layer = SoftmaxWithLoss()
    x = np.array([0.3, 2.9, 4.0])
    y = np.exp(x) / np.exp(x).sum()
    for t in (np.array([0, 0, 1]), np.array(2)):
        np.testing.assert_allclose(layer.forward(x, t), -np.log(y[2]), rtol=1e-10)
        np.testing.assert_allclose(layer.backward(), y - [0, 0, 1], rtol=1e-9)
    np.testing.assert_allclose(layer.forward(np.array([[1010.0, 1000.0]]), np.array([1])), 10 + np.log1p(np.exp(-10)))
    np.testing.assert_allclose(layer.backward().sum(), 0, atol=1e-12)


# --- AddLayer, MulLayer ---


def test_nodes_of_arrays_sum_over_what_was_broadcast():
    add, mul = AddLayer(), MulLayer()
    x, y, dout = draw(3, 2), draw(2), draw(3, 2)
    np.testing.assert_allclose(add.forward(x, y), x + y)
    np.testing.assert_allclose(add.backward(dout)[1], dout.sum(0))
    np.testing.assert_allclose(mul.forward(x, y), x * y)
    dx, dy = mul.backward(dout)
    np.testing.assert_allclose(dx, dout * y)
    np.testing.assert_allclose(dy, (dout * x).sum(0))
    assert mul.x is x and mul.y is y


# --- numerical_gradient ---


def test_numerical_gradient_moves_and_puts_back():
    x = np.array([[3.0, 4.0], [0.0, -2.0]])
    kept = x.copy()
    np.testing.assert_allclose(numerical_gradient(lambda a: np.sum(a**2), x), 2 * kept, atol=1e-7)
    np.testing.assert_array_equal(x, kept)

    def fails(a):
        raise KeyError

    with pytest.raises(KeyError):
        numerical_gradient(fails, x)
    np.testing.assert_array_equal(x, kept)
    assert numerical_gradient(lambda a: a * a, np.array(3.0)) == pytest.approx(6.0)
    single = numerical_gradient(lambda a: float(a.sum()), np.ones(3, "float32"))
    assert single.dtype == "float32"
    np.testing.assert_allclose(single, 1.0, rtol=1e-2)


def test_numerical_gradient_of_what_it_cannot_move():
    assert words(errors.DTypeError, lambda: numerical_gradient(np.sum, np.array([3, 4]))) == (
        "numerical_gradient: x is an array of floats.\n"
        "  given:    an array of dtype int64\n"
        "  to fix:   np.array(x, float)"
    )
    assert words(errors.DTypeError, lambda: numerical_gradient(np.sum, [3.0])) == (
        "numerical_gradient: x is an array of floats.\n"
        "  given:    an object of type list\n"
        "  to fix:   np.array(x, float)"
    )
    locked = np.ones(2)
    locked.flags.writeable = False
    assert words(errors.ArgumentError, lambda: numerical_gradient(np.sum, locked)) == (
        "numerical_gradient: x cannot be written to, and its elements are moved one by one.\n"
        "  given:    a read-only array\n"
        "  to fix:   pass x.copy()"
    )
    for wrong in ("a", 0, np.inf, np.nan):
        assert words(errors.ArgumentError, lambda wrong=wrong: numerical_gradient(np.sum, np.ones(2), wrong)) == (
            f"numerical_gradient: the step is a positive number.\n  given:    h={wrong!r}"
        )
    assert words(errors.DTypeError, lambda: numerical_gradient(3, np.ones(2))) == (
        "numerical_gradient: f is a function of the array.\n  given:    an object of type int"
    )
    assert words(errors.DTypeError, lambda: numerical_gradient(lambda a: None, np.ones(2))) == (
        "numerical_gradient: f returns a number.\n  given:    an object of type NoneType"
    )
    large = np.array([1.0, 1e30])
    assert words(errors.ArgumentError, lambda: numerical_gradient(np.sum, large)) == (
        "numerical_gradient: the step is lost beside an element of x.\n  given:    h=0.0001 and 1e+30 at [1]\n"
        "  to fix:   pass a larger h"
    )
    assert large[1] == 1e30
    assert words(errors.ShapeError, lambda: numerical_gradient(lambda a: a, np.ones(2))) == (
        "numerical_gradient: f returns a single number.\n  given:    shape (2,)"
    )
    assert words(errors.ArgumentError, lambda: numerical_gradient(np.sum, np.ones(2), h=0)) == (
        "numerical_gradient: the step is a positive number.\n  given:    h=0"
    )


# --- copies ---


@pytest.mark.parametrize("how", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_copies_are_apart(how):
    layer = Affine(draw(2, 2), draw(2))
    layer.forward(draw(1, 2))
    twin = how(layer)
    twin.W += 1
    assert (layer.W != twin.W).all()
    assert "before forward" in words(errors.NotBuiltError, lambda: twin.backward(np.ones((1, 2))))


# --- mistakes ---


def test_mistakes_are_told():
    assert words(errors.DTypeError, lambda: Affine(np.ones((2, 2), int), np.ones(2))) == (
        "Affine: W is an array of floats.\n  given:    an array of dtype int64"
    )
    assert words(errors.DTypeError, lambda: Affine(np.ones((2, 2)), [1.0, 2.0])) == (
        "Affine: b is an array of floats.\n  given:    an object of type list"
    )
    assert words(errors.ShapeError, lambda: Affine(np.ones(2), np.ones(2))) == (
        "Affine: W has 2 axes.\n  given:    shape (2,)"
    )
    assert words(errors.ShapeError, lambda: Affine(np.ones((2, 3)), np.ones((1, 3)))) == (
        "Affine: b has 1 axis.\n  given:    shape (1, 3)"
    )
    assert words(errors.ShapeError, lambda: Affine(np.ones((2, 3)), np.ones(2))) == (
        "Affine: b has an element for each column of W.\n  expected: shape (3,)\n  given:    shape (2,)"
    )
    layer = Affine(np.ones((2, 3)), np.ones(3))
    assert words(errors.ShapeError, lambda: layer.forward(np.ones((4, 5)))) == (
        "Affine, forward: x does not fit W.\n  expected: samples of 2 numbers\n  given:    shape (4, 5)"
    )
    assert words(errors.NotBuiltError, lambda: Relu().backward(1.0)) == (
        "Relu, backward: backward was called before forward.\n"
        "  to fix:   call forward(…) first: backward goes back through the last one"
    )
    assert words(errors.DTypeError, lambda: Sigmoid().forward(["a"])) == (
        "a layer computes with numbers.\n  given:    an array of dtype <U1"
    )
    layer.forward(np.ones((4, 2)))
    assert words(errors.ShapeError, lambda: layer.backward(np.ones((4, 2)))) == (
        "Affine, backward: dout has another shape than the output of forward.\n  expected: (4, 3)\n  given:    (4, 2)"
    )


def test_targets_that_do_not_fit():
    last = SoftmaxWithLoss()
    assert words(errors.NotBuiltError, last.backward) == (
        "SoftmaxWithLoss, backward: backward was called before forward.\n  to fix:   call forward(x, t) first"
    )
    assert words(errors.ShapeError, lambda: last.forward(np.ones((4, 3)), np.ones((4, 2)))) == (
        "SoftmaxWithLoss, forward: the targets do not fit the scores.\n"
        "  expected: shape (4, 3) (shares) or (4,) (class numbers)\n"
        "  given:    shape (4, 2)"
    )
    assert words(errors.DTypeError, lambda: last.forward(np.ones((4, 3)), np.ones(4))) == (
        "SoftmaxWithLoss, forward: class numbers are whole numbers.\n"
        "  given:    dtype float64\n"
        "  to fix:   give rows of shares, or t.astype(int)"
    )
    assert words(errors.ShapeError, lambda: last.forward(np.ones((2, 3)), np.array([0, 3]))) == (
        "SoftmaxWithLoss, forward: there is no such class.\n  expected: 0 to 2\n  given:    3"
    )
