"""Source S5, row 6: backpropagation is the chain rule, and reverse-mode automatic differentiation."""

from __future__ import annotations

import numpy as np
import pytest

import onionskin as osk
from onionskin import ops
from onionskin.base.specs import Spec
from onionskin.graph import CONSTANT, INPUT, PICK, Graph, trace
from onionskin.runtime import grad, jvp
from onionskin.transforms import differentiate


def function(*numbers):
    """A chain of products, sines and exponentials in which each number is used, some of them twice."""
    total = numbers[0]
    for place, number in enumerate(numbers[1:]):
        total = ops.sin(total) * number + (ops.exp(-number * number) if place % 2 else ops.tanh(total))
    return total * numbers[0]


def operations(graph: Graph) -> int:
    """How many operations a graph computes; inputs, constants and picks are none."""
    return sum(node.primitive not in (INPUT, CONSTANT, PICK) for node in graph.nodes)


def central(numbers: np.ndarray, step: float = 1e-6) -> np.ndarray:
    """Derivatives by each number from two values of the function, with an error of step²."""
    out = np.empty_like(numbers)
    for place in range(len(numbers)):
        up, down = numbers.copy(), numbers.copy()
        up[place] += step
        down[place] -= step
        out[place] = (float(function(*up)) - float(function(*down))) / (2 * step)
    return out


@pytest.mark.parametrize("count", [1, 2, 5, 30])
def test_s5_6_one_reverse_pass_gives_all_derivatives(count: int) -> None:
    numbers = np.random.default_rng(count).uniform(-1, 1, count)
    args = tuple(np.float64(one) for one in numbers)
    backward = np.array(grad(function, argnums=tuple(range(count)))(*args), dtype=np.float64)
    forward = [jvp(function, args, tuple(np.float64(i == k) for k in range(count)))[1] for i in range(count)]
    np.testing.assert_allclose(backward, np.array(forward, dtype=np.float64), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(backward, central(numbers), rtol=1e-7, atol=1e-8)


def test_s5_6_the_reverse_pass_costs_a_small_multiple_of_the_function() -> None:
    """However many inputs: Baur and Strassen's bound is 5 operations for each of the function's; see the counts."""
    counts = {}
    for count in (2, 10, 50, 200):
        graph = trace(function, [Spec((), "float64")] * count)
        gradient = differentiate(graph, range(count), with_value=True)
        counts[count] = operations(graph), operations(gradient)
        assert len(gradient.outputs) == count + 1
    ratios = {count: backward / forward for count, (forward, backward) in counts.items()}
    assert max(ratios.values()) <= 5, counts
    assert abs(ratios[200] - ratios[50]) < 0.1, counts  # it does not grow with the inputs
    # Forward mode has to run once for each input.
    assert counts[200][1] < 200 * counts[200][0] / 20, counts


def test_s5_6_backpropagation_is_the_chain_rule() -> None:
    """By the chain rule f'·g'·h', each factor by itself, equals what the engine's single pass gives."""
    x = np.float64(0.7)
    h, g, f = ops.sin, ops.exp, ops.tanh
    inner, middle = h(x), g(h(x))
    product = grad(f)(middle) * grad(g)(inner) * grad(h)(x)
    whole = grad(lambda value: f(g(h(value))))(x)
    np.testing.assert_allclose(whole, product, rtol=1e-14)
    np.testing.assert_allclose(whole, (1 - np.tanh(middle) ** 2) * np.exp(inner) * np.cos(x), rtol=1e-14)


def test_s5_6_the_gradient_of_a_network_s_weights_in_one_pass() -> None:
    """All 8,000 weights of a small network from one pass; some of them checked by central differences."""
    rng = np.random.default_rng(0)
    osk.utils.set_random_seed(0)
    osk.config.set_floatx("float64")
    kernels = [rng.normal(size=(60, 100)) / 8, rng.normal(size=(100, 20)) / 10]
    x, target = rng.normal(size=(5, 60)), rng.normal(size=(5, 20))

    def loss(first, second):
        return ops.mean((ops.matmul(ops.tanh(ops.matmul(x, first)), second) - target) ** 2)

    gradients = grad(loss, argnums=(0, 1))(*kernels)
    assert sum(np.size(one) for one in gradients) == 8000
    for which, place in [(0, (3, 4)), (0, (59, 99)), (1, (0, 0)), (1, (50, 7))]:
        values = []
        for step in (1e-5, -1e-5):
            moved = [one.copy() for one in kernels]
            moved[which][place] += step
            values.append(float(loss(*moved)))
        slope = (values[0] - values[1]) / 2e-5
        np.testing.assert_allclose(np.asarray(gradients[which])[place], slope, rtol=1e-6, atol=1e-9)
