"""Functions of users: a gradient of their own, and calls for each element; what they say when used wrongly."""

import numpy as np
import pytest

from onionskin import ops
from onionskin.base.errors import ArgumentError, DTypeError, ShapeError
from onionskin.base.specs import spec_of
from onionskin.engines import get
from onionskin.graph import Graph, trace
from onionskin.transforms import differentiate
from tests.conftest import NATIVE

ENGINES = ("reference", "native") if NATIVE else ("reference",)
x = np.array([0.5, -1.0, 2.0])


@ops.custom_gradient
def log1pexp(x):
    """The example of Keras's own documents: stable where exp overflows."""
    e = ops.exp(x)

    def grad(*args, upstream=None):
        if upstream is None:
            (upstream,) = args
        return ops.multiply(upstream, 1.0 - 1.0 / ops.add(1, e))

    return ops.log(1 + e), grad


@ops.custom_gradient
def rotated(pair, scale):
    """Two results, and gradients that are not the derivatives: each names its place."""
    a, b = pair
    return (a * scale, b), lambda upstream: (upstream[0] * 10, upstream[1] * 100, ops.sum(upstream[0]) * 1000)


def gradients(function, *arrays):
    graph = trace(function, [spec_of(one) for one in arrays])
    return [get(name).compile(differentiate(graph, range(len(arrays))))(*arrays) for name in ENGINES]


def test_the_gradient_is_the_one_given():
    for (found,) in gradients(lambda x: ops.sum(log1pexp(x)), x):
        np.testing.assert_allclose(found, 1 / (1 + np.exp(-x)), rtol=1e-14)


def test_structures_of_arguments_and_results():
    a, b, scale = x, x + 1, np.array(3.0)

    def loss(a, b, scale):
        first, second = rotated((a, b), scale)
        return ops.sum(first * np.array([1.0, 2.0, 3.0])) + ops.sum(second)

    for found in gradients(loss, a, b, scale):
        np.testing.assert_array_equal(found[0], [10.0, 20.0, 30.0])
        np.testing.assert_array_equal(found[1], [100.0, 100.0, 100.0])
        np.testing.assert_array_equal(found[2], 6000.0)


def test_the_given_gradient_can_be_differentiated_again():
    graph = trace(lambda x: ops.sum(log1pexp(x)), [spec_of(x)])
    first = differentiate(graph)
    total = Graph(first.inputs, (ops.sum(first.outputs[0]),), "total")
    second = differentiate(total)
    s = 1 / (1 + np.exp(-x))
    np.testing.assert_allclose(get("reference").compile(second)(x)[0], s * (1 - s), rtol=1e-13)


def test_arrays_are_computed_at_once():
    np.testing.assert_allclose(log1pexp(x), np.log1p(np.exp(x)), rtol=1e-14)


def test_vectorize_broadcasts():
    add = ops.vectorize(lambda a, b: a * 10 + b)
    np.testing.assert_array_equal(add(np.array([1, 2, 3]), 2), [12, 22, 32])
    np.testing.assert_array_equal(add(np.array([[1], [2]]), np.array([1, 2])), [[11, 12], [21, 22]])
    np.testing.assert_array_equal(add(1, 2), 12)


def test_vectorize_with_axes_of_its_own():
    product = ops.vectorize(lambda m, v: ops.matmul(m, v), signature="(m,n),(n)->(m)")
    m, v = np.arange(12.0).reshape(2, 2, 3), np.arange(6.0).reshape(2, 3)
    np.testing.assert_allclose(product(m, v), np.einsum("bij,bj->bi", m, v))
    graph = trace(product, [spec_of(m), spec_of(v)])
    for name in ENGINES:
        np.testing.assert_allclose(get(name).compile(graph)(m, v)[0], np.einsum("bij,bj->bi", m, v))


def test_vectorize_hands_on_what_is_excluded():
    power = ops.vectorize(lambda a, n: a**n, excluded={1})
    np.testing.assert_array_equal(power(np.array([2.0, 3.0]), 2), [4.0, 9.0])


def wrong_shape(x):
    return x * 1, lambda upstream: ops.sum(upstream)


def wrong_count(x):
    return x * 1, lambda upstream: (upstream, upstream)


MISTAKES = [
    (
        lambda: ops.custom_gradient(3),
        DTypeError,
        "ops.custom_gradient: a function is needed here.\n  given:    3",
    ),
    (
        lambda: ops.custom_gradient(lambda x: x)(x),
        DTypeError,
        "ops.custom_gradient: a function with a gradient of its own returns two things.\n"
        "  expected: (result, grad)\n"
        "  given:    an object of type ndarray",
    ),
    (
        lambda: gradients(lambda x: ops.sum(ops.custom_gradient(wrong_shape)(x)), x),
        ShapeError,
        "ops.custom_gradient(wrong_shape): grad returned a derivative of the wrong shape for argument 0.\n"
        "  expected: (3,)\n"
        "  given:    ()",
    ),
    (
        lambda: gradients(lambda x: ops.sum(ops.custom_gradient(wrong_count)(x)), x),
        ArgumentError,
        "ops.custom_gradient(wrong_count): grad returned another number of derivatives than there are arguments.\n"
        "  expected: 1\n"
        "  given:    2",
    ),
    (
        lambda: ops.vectorize(3),
        DTypeError,
        "ops.vectorize: a function is needed here.\n  given:    3",
    ),
    (
        lambda: ops.vectorize(abs, signature="(a->b)"),
        ArgumentError,
        "ops.vectorize: the signature is malformed.\n  expected: '(m,n),(n)->(m)'\n  given:    '(a->b)'",
    ),
    (
        lambda: ops.vectorize(abs)(a=x),
        ArgumentError,
        "ops.vectorize: arguments that run over elements are given by position.\n  given:    'a'",
    ),
    (
        lambda: ops.vectorize(abs, signature="(m)->()")(x, x),
        ArgumentError,
        "ops.vectorize: the signature names another number of arguments.\n  expected: 1\n  given:    2",
    ),
    (
        lambda: ops.vectorize(abs, signature="(m,n)->()")(x),
        ShapeError,
        "ops.vectorize: argument 0 has less axes than each call is to see.\n"
        "  expected: 2 axes or more\n"
        "  given:    (3,)",
    ),
]


@pytest.mark.parametrize(("call", "kind", "words"), MISTAKES)
def test_mistakes_are_said(call, kind, words):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == words
