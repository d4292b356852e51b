"""The textbooks' layers as functions: what `draw`, `peel` and `gradient_check` say of them."""

import numpy as np
import pytest

from onionskin import explain
from onionskin.base.errors import ArgumentError
from onionskin.classic import AddLayer, Affine, MulLayer, Relu, Sigmoid, SoftmaxWithLoss

X = np.array([[1.0, -2.0], [3.0, 0.5], [-1.0, 2.0]])
T = np.eye(2)[[0, 1, 1]]


@pytest.mark.parametrize(("layer", "given", "rules"), [
    (Affine(np.ones((2, 3)), np.zeros(3)), (X, np.ones((2, 3)), np.zeros(3)),
     {"x": "∂C/∂Z·Wᵀ", "W": "xᵀ·∂C/∂Z", "b": "Σₙ ∂C/∂Z"}),
    (Relu(), (X,), {"X": "∂C/∂A0 ⊙ [X > 0]"}),
    (Sigmoid(), (X,), {"X": "∂C/∂A0 ⊙ A0 ⊙ (1 − A0)"}),
    (SoftmaxWithLoss(), (X, T), {"x": "(softmax(x) − t)/3"}),
], ids=["Affine", "Relu", "Sigmoid", "SoftmaxWithLoss"])  # fmt: skip
def test_a_layer_is_peeled_and_checked_as_it_is(layer, given, rules):
    derivation = explain.peel(layer, *given)
    assert {name: derivation.text(name) for name in rules} == rules
    places = range(len(rules))
    weights = None if isinstance(layer, SoftmaxWithLoss) else "random"
    result = explain.gradient_check(layer, *given, argnums=tuple(places), weights=weights)
    assert [row.verdict for row in result.rows] == ["ok"] * len(rules), str(result)
    value = layer.forward(*given) if isinstance(layer, SoftmaxWithLoss) else layer.forward(given[0])
    np.testing.assert_allclose(layer(*given), value)


def test_what_is_called_is_not_kept():
    layer = Affine(np.ones((2, 1)), np.zeros(1))
    np.testing.assert_array_equal(layer(X), [[-1.0], [3.5], [1.0]])
    np.testing.assert_array_equal(layer(X, W=np.zeros((2, 1)), b=np.ones(1)), [[1.0], [1.0], [1.0]])
    assert layer.x is None


@pytest.mark.parametrize(("layer", "by"), [(AddLayer(), (1.0, 1.0)), (MulLayer(), (2.0, 3.0))])
def test_the_first_nodes_are_drawn(layer, by):
    lines = explain.draw(layer, 3.0, 2.0).text.splitlines()
    found = {line.split()[-3]: float(line.split()[-1]) for line in lines[-2:]}
    assert found == {"x": by[0], "y": by[1]}


def test_a_backward_of_ones_own_is_not_passed_over():
    """The graph knows nothing of it, so that a check of the graph would say that a mistake in it is right."""

    class Forgetful(Relu):
        def backward(self, dout):
            return dout

    with pytest.raises(ArgumentError) as caught:
        explain.gradient_check(Forgetful(), X, weights="random")
    assert str(caught.value) == (
        "Forgetful: the layer's own backward is NumPy code, and what is looked at here is a graph.\n"
        "  to fix:   compare backward with classic.numerical_gradient"
    )
