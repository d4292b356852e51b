"""`NumpyLayer` where it is not trained but looked at: other weights than the last forward's, other dtypes, checks."""

import numpy as np
import pytest

import onionskin
from onionskin import explain, layers, ops, runtime
from onionskin.layers import NumpyLayer

RNG = np.random.default_rng(11)


class MatMul:
    def __init__(self, W):  # noqa: N803 - W is what the textbooks call it
        self.W = W

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W)

    def backward(self, dout):
        self.dW = np.dot(self.x.T, dout)
        return np.dot(dout, self.W.T)


def test_backward_goes_by_the_weights_that_it_is_given(each_engine):
    """Where the output is of no interest, no forward ran for these weights: the last one was with others."""
    layer, x = NumpyLayer(MatMul(np.ones((2, 1)))), np.ones((1, 2), "float32")
    layer(x)
    by_x = runtime.jit(onionskin.grad(lambda x, w: ops.sum(layer.stateless_call([w], [], x)[0])))
    for value in (1.0, 5.0):
        np.testing.assert_array_equal(by_x(x, np.full((2, 1), value, "float32")), [[value, value]])


class Swish:
    """The input times its sigmoid."""

    def forward(self, x):
        self.x, self.share = x, 1 / (1 + np.exp(-x))
        return x * self.share

    def backward(self, dout):
        return dout * self.share * (1 + self.x * (1 - self.share))


class SwishWithoutItsSecondTerm(Swish):
    def backward(self, dout):
        return dout * self.share


@pytest.mark.parametrize("kind", [Swish, SwishWithoutItsSecondTerm])
def test_a_gradient_check_in_float64_finds_the_mistake_in_a_layer_of_float32(kind, each_engine):
    last = NumpyLayer(MatMul(RNG.standard_normal((4, 2))))
    inner = [layers.Dense(4, name="hidden"), NumpyLayer(kind(), name="own"), last]
    model = onionskin.Sequential([onionskin.Input((3,)), *inner])
    model.compile("sgd", "mse")
    x, y = RNG.standard_normal((5, 3)).astype("float32"), RNG.standard_normal((5, 2)).astype("float32")
    result = explain.gradient_check(model, x, y, argnums=())
    verdicts = [row.verdict for row in result.rows]
    if kind is Swish:
        assert verdicts == ["ok"] * 3, str(result)
        assert max(row.error for row in result.rows) < 1e-6, str(result)
    else:
        assert verdicts == ["wrong", "wrong", "ok"], str(result)
        assert [one.name for one in result.suspects] == ["SwishWithoutItsSecondTerm"]
