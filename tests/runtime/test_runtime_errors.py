"""What grad, value_and_grad and jvp refuse, word for word."""

import numpy as np
import pytest

import onionskin
from onionskin import ops
from onionskin.base import errors
from onionskin.layers.naming import reset_names

X = np.ones(2)


def total(x):
    return ops.sum(x)


def pair(x):
    return ops.sum(x), x


def triple(x):
    return ops.sum(x), x, x


def same(x):
    return x


def nothing(x):
    return None


def whole(x):
    return ops.cast(ops.sum(x), "int32")


def square(x):
    return x * x


CASES = {
    "whole numbers": (
        lambda: onionskin.grad(total)(np.arange(2)),
        errors.DTypeError,
        "the gradient of total, argument 0: only a float has a gradient.\n"
        "  given:    dtype int64\n"
        "  to fix:   pass an array of floats, or leave the argument out of argnums",
    ),
    "a Python whole number": (
        lambda: onionskin.grad(square)(3),
        errors.DTypeError,
        "the gradient of square, argument 0: only a float has a gradient.\n"
        "  given:    3\n"
        "  to fix:   pass an array of floats, or leave the argument out of argnums",
    ),
    "several numbers": (
        lambda: onionskin.grad(same)(X),
        errors.ShapeError,
        "the gradient of same: a gradient needs a single number to be the gradient of.\n"
        "  expected: a value of shape ()\n"
        "  given:    shape (2,)\n"
        "  to fix:   take ops.sum or ops.mean of it",
    ),
    "no number": (
        lambda: onionskin.grad(nothing)(X),
        errors.ArgumentError,
        "the gradient of nothing: the function must return a single number.\n"
        "  given:    no number\n"
        "  to fix:   return (value, other) and pass has_aux=True to hand other values through",
    ),
    "a whole number as value": (
        lambda: onionskin.grad(whole)(X),
        errors.DTypeError,
        "the gradient of whole: only a float has a gradient.\n  given:    a value of dtype int32",
    ),
    "two values without aux": (
        lambda: onionskin.grad(pair)(X),
        errors.ArgumentError,
        "the gradient of pair: the function must return a single number.\n"
        "  given:    several values\n"
        "  to fix:   return (value, other) and pass has_aux=True to hand other values through",
    ),
    "aux that is not there": (
        lambda: onionskin.grad(total, has_aux=True)(X),
        errors.ArgumentError,
        "the gradient of total: with has_aux, the function must return a pair.\n"
        "  expected: (value, anything else)\n"
        "  given:    a single value\n"
        "  to fix:   return (value, other), or leave has_aux out",
    ),
    "too much aux": (
        lambda: onionskin.value_and_grad(triple, has_aux=True)(X),
        errors.ArgumentError,
        "the gradient of triple: with has_aux, the function must return a pair.\n"
        "  expected: (value, anything else)\n"
        "  given:    3 values\n"
        "  to fix:   return (value, other), or leave has_aux out",
    ),
    "an argument that is not there": (
        lambda: onionskin.grad(total, argnums=1)(X),
        errors.ArgumentError,
        "the gradient of total: there is no such positional argument.\n"
        "  expected: argnums from 0 to 0\n"
        "  given:    argnums 1, 1 positional arguments\n"
        "  to fix:   pass the argument by position, or name variables=[…]",
    ),
    "an argument by name": (
        lambda: onionskin.grad(total)(x=X),
        errors.ArgumentError,
        "the gradient of total: there is no such positional argument.\n"
        "  expected: a call with positional arguments\n"
        "  given:    argnums 0, 0 positional arguments\n"
        "  to fix:   pass the argument by position, or name variables=[…]",
    ),
    "argnums as text": (
        lambda: onionskin.grad(total, argnums="x"),
        errors.DTypeError,
        "the gradient of total: argnums counts positional arguments.\n  expected: 0, 1 … or a tuple\n  given:    'x'",
    ),
    "argnums as truth value": (
        lambda: onionskin.grad(total, argnums=True),
        errors.DTypeError,
        "the gradient of total: argnums counts positional arguments.\n  expected: 0, 1 … or a tuple\n  given:    True",
    ),
    "arrays as variables": (
        lambda: onionskin.grad(total, variables=[X]),
        errors.DTypeError,
        "the gradient of total: variables is a list of variables.\n"
        "  expected: such as model.trainable_variables\n"
        "  given:    an object of type ndarray",
    ),
    "one variable": (
        lambda: onionskin.grad(total, variables=onionskin.Variable(1.0, name="v")),
        errors.DTypeError,
        "the gradient of total: variables is a list of variables.\n"
        "  expected: such as model.trainable_variables\n"
        "  given:    <Variable v float32[]>",
    ),
    "a variable of whole numbers": (
        lambda: onionskin.grad(total, variables=[onionskin.Variable(1, name="count")]),
        errors.DTypeError,
        "the gradient of total, variable 'count': only a float has a gradient.\n"
        "  given:    dtype int32\n"
        "  to fix:   leave it out of variables",
    ),
    "no function": (
        lambda: onionskin.value_and_grad(3),
        errors.DTypeError,
        "value_and_grad: a function is needed.\n  given:    3\n  to fix:   pass the function itself: value_and_grad(f)",
    ),
    "tangent of another shape": (
        lambda: onionskin.jvp(square, (np.ones(3),), (X,)),
        errors.ShapeError,
        "jvp: jvp needs a tangent of the same shape for each float argument.\n  expected: (3,)\n  given:    (2,)",
    ),
    "tangent for whole numbers": (
        lambda: onionskin.jvp(square, (np.arange(3),), (X,)),
        errors.ShapeError,
        "jvp: jvp needs a tangent of the same shape for each float argument.\n"
        "  expected: none, as there is no float argument\n"
        "  given:    (2,)",
    ),
    "no tangent": (
        lambda: onionskin.jvp(square, (X,), ()),
        errors.ShapeError,
        "jvp: jvp needs a tangent of the same shape for each float argument.\n  expected: (2,)\n  given:    none",
    ),
    "primals in no tuple": (
        lambda: onionskin.jvp(square, X, X),
        errors.DTypeError,
        "jvp: primals is a tuple, one entry for each argument.\n"
        "  given:    an object of type ndarray\n"
        "  to fix:   pass (primal,)",
    ),
    "tangents in no tuple": (
        lambda: onionskin.jvp(square, (X,), X),
        errors.DTypeError,
        "jvp: tangents is a tuple, one entry for each argument.\n"
        "  given:    an object of type ndarray\n"
        "  to fix:   pass (tangent,)",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_words(name):
    reset_names()
    call, kind, words = CASES[name]
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == words


def test_several_values_before_what_is_handed_through():
    with pytest.raises(errors.ArgumentError) as caught:
        onionskin.value_and_grad(lambda x: ((ops.sum(x), x), x), has_aux=True)(X)
    assert str(caught.value) == (
        "the gradient of <lambda>: the function must return a single number.\n"
        "  expected: (number, anything else), as has_aux says\n"
        "  given:    several values\n"
        "  to fix:   return (value, other) and pass has_aux=True to hand other values through"
    )
