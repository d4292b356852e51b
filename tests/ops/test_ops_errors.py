"""Mistakes in calls that make, move, choose and compare: found at the call, and said in these words."""

import numpy as np
import pytest

from onionskin import ops
from onionskin.base.errors import ArgumentError, DTypeError, ShapeError
from onionskin.base.specs import Spec
from onionskin.graph import make_input

whole = make_input(Spec((), "int32"))
whole_row = make_input(Spec((2,), "int32"))
table = make_input(Spec((2, 2), "float32"))
unknown = make_input(Spec((None, 2), "float32"))

MISTAKES = [
    (
        lambda: ops.zeros((2, -1)),
        ShapeError,
        "ops.zeros: every size of a new array must be known.\n  expected: whole numbers >= 0\n  given:    (2, -1)",
    ),
    (
        lambda: ops.zeros((None, 2)),
        ShapeError,
        "ops.zeros: every size of a new array must be known.\n  expected: whole numbers >= 0\n  given:    (None, 2)",
    ),
    (
        lambda: ops.convert_to_tensor([1.0], sparse=True),
        ArgumentError,
        "ops.convert_to_tensor: sparse and ragged tensors are not supported.\n  given:    sparse=True",
    ),
    (
        lambda: ops.convert_to_tensor([1.0], ragged=True),
        ArgumentError,
        "ops.convert_to_tensor: sparse and ragged tensors are not supported.\n  given:    ragged=True",
    ),
    (
        lambda: ops.convert_to_tensor("text"),
        DTypeError,
        "ops.convert_to_tensor: an array or tensor is needed here.\n  given:    'text'",
    ),
    (
        lambda: ops.cast([1.0], "complex64"),
        DTypeError,
        "ops.cast: this dtype cannot be used for tensors.\n"
        "  given:    'complex64'\n"
        "  to fix:   Known: bool, float16, float32, float64, int16, int32, int64, int8, uint16, uint32, uint64, uint8",
    ),
    (
        lambda: ops.arange(whole),
        ArgumentError,
        "ops.arange: the ends of a range must be known while the function is traced.\n  given:    a tensor",
    ),
    (
        lambda: ops.arange(0, 3, 0),
        ArgumentError,
        "ops.arange: a range needs a step other than 0.\n  given:    step=0",
    ),
    (
        lambda: ops.ldexp([1.0], [0.5]),
        DTypeError,
        "ops.ldexp: the exponent is a whole number.\n  expected: an integer dtype\n  given:    float32",
    ),
    (
        lambda: ops.take([1.0], [0.5]),
        DTypeError,
        "ops.take: positions are whole numbers.\n  expected: an integer dtype\n  given:    float32",
    ),
    (
        lambda: ops.take([1.0, 2.0], [2]),
        ArgumentError,
        "ops.take: take: an index lies outside the axis.\n  expected: -2 <= index < 2\n  given:    2",
    ),
    (
        lambda: ops.take_along_axis(np.ones((2, 3)), [0], axis=1),
        ShapeError,
        "ops.take_along_axis: indices need as many axes as the array.\n  expected: 2 axes\n  given:    (1,)",
    ),
    (
        lambda: ops.take_along_axis(np.ones((2, 3)), [[3], [0]], axis=1),
        ArgumentError,
        "ops.take_along_axis: an index lies outside its axis.\n  expected: -3 <= index < 3 at axis 1\n  given:    3",
    ),
    (
        lambda: ops.one_hot([1], 3, sparse=True),
        ArgumentError,
        "ops.one_hot: sparse tensors are not supported.\n  given:    sparse=True\n  to fix:   leave it out",
    ),
    (
        lambda: ops.one_hot([1.0], 3),
        DTypeError,
        "ops.one_hot: positions are whole numbers.\n  expected: an integer dtype\n  given:    float32",
    ),
    (
        lambda: ops.nonzero(table),
        ArgumentError,
        "ops.nonzero: the places that nonzero finds must be known while the function is traced.\n"
        "  expected: numbers\n"
        "  given:    tensor float32[2, 2]",
    ),
    (
        lambda: ops.scatter(0, [1.0], (2,)),
        ShapeError,
        "ops.scatter: each row of indices names the first positions of a place.\n"
        "  expected: indices (…, k) with 1 <= k <= 1\n"
        "  given:    ()",
    ),
    (
        lambda: ops.scatter([[0]], [1.0, 2.0], (2,)),
        ShapeError,
        "ops.scatter: the values do not fit the places.\n  expected: (1,)\n  given:    (2,)",
    ),
    (
        lambda: ops.scatter([[2]], [1.0], (2,)),
        ArgumentError,
        "ops.scatter: an index lies outside its axis.\n  expected: -2 <= index < 2 at axis 0\n  given:    2",
    ),
    (
        lambda: ops.segment_sum(np.ones(3), [0, 1], 2),
        ShapeError,
        "ops.segment_sum: each row needs the number of its segment.\n"
        "  expected: segment_ids of shape (3,)\n"
        "  given:    (2,)",
    ),
    (
        lambda: ops.segment_sum(np.ones(2), whole_row),
        ArgumentError,
        "ops.segment_sum: the number of segments must be known while the function is traced.\n"
        "  expected: numbers\n"
        "  given:    tensor int32[2]",
    ),
    (
        lambda: ops.segment_sum(np.ones(2), [0, 5], 2),
        ArgumentError,
        "ops.segment_sum: scatter_add: an index lies outside the axis.\n  expected: -2 <= index < 2\n  given:    5",
    ),
    (
        lambda: ops.concatenate([1, 2]),
        ShapeError,
        "ops.concatenate: single numbers have no axis to be joined along.\n  to fix:   use ops.stack",
    ),
    (
        lambda: ops.concatenate([]),
        ArgumentError,
        "ops.concatenate: there is nothing to join.\n  expected: at least one array\n  given:    an empty sequence",
    ),
    (
        lambda: ops.concatenate([np.ones((2, 2)), np.ones((3, 3))]),
        ShapeError,
        "ops.concatenate: these shapes cannot be joined.\n"
        "  expected: equal sizes on every axis but 0\n"
        "  given:    (2, 2) and (3, 3)",
    ),
    (
        lambda: ops.stack([np.ones(2), np.ones(3)]),
        ShapeError,
        "ops.stack: only arrays of one shape can be stacked.\n  expected: (2,)\n  given:    (2,) and (3,)",
    ),
    (
        lambda: ops.unstack(np.ones(3), num=2),
        ShapeError,
        "ops.unstack: the number of parts is the size of the axis.\n  expected: 3\n  given:    num=2",
    ),
    (
        lambda: ops.split(unknown, 2),
        ShapeError,
        "ops.split: an axis of unknown size cannot be cut.\n  given:    axis 0 of shape (None, 2)",
    ),
    (
        lambda: ops.split(np.ones(5), 2),
        ShapeError,
        "ops.split: the axis cannot be cut into equal parts.\n  expected: a divisor of 5\n  given:    2",
    ),
    (
        lambda: ops.repeat(np.ones(3), [1, 2]),
        ShapeError,
        "ops.repeat: repeats is one number, or one for each element.\n  expected: 3 numbers >= 0\n  given:    [1, 2]",
    ),
    (
        lambda: ops.repeat(np.ones(2), whole),
        ArgumentError,
        "ops.repeat: the number of repeats must be known while the function is traced.\n"
        "  expected: numbers\n"
        "  given:    tensor int32[]",
    ),
    (
        lambda: ops.roll(np.ones((2, 2)), (1, 2), axis=0),
        ArgumentError,
        "ops.roll: each axis needs a shift.\n  expected: 1 shifts\n  given:    (1, 2)",
    ),
    (
        lambda: ops.pad(np.ones(2), -1),
        ArgumentError,
        "ops.pad: a border is given in whole numbers >= 0.\n  given:    pad_width=-1",
    ),
    (
        lambda: ops.pad(np.ones(2), ((1, 1), (2, 2))),
        ShapeError,
        "ops.pad: pad_width does not fit the axes.\n  expected: 1 pairs (before, after)\n  given:    ((1, 1), (2, 2))",
    ),
    (
        lambda: ops.pad(np.ones(2), 1, mode="mirror"),
        ArgumentError,
        "ops.pad: there is no such mode.\n  expected: constant, edge, reflect, symmetric or wrap\n  given:    'mirror'",
    ),
    (
        lambda: ops.pad(np.ones(2), 1, mode="edge", constant_values=1),
        ArgumentError,
        "ops.pad: constant_values belongs to mode='constant'.\n  given:    mode='edge'",
    ),
    (
        lambda: ops.where(True, 1),
        ArgumentError,
        "ops.where: where takes either both values or none.\n  given:    only x1",
    ),
    (
        lambda: ops.select([True], [1, 2]),
        ArgumentError,
        "ops.select: each condition needs a choice.\n  expected: 1 choices\n  given:    2",
    ),
    (
        lambda: ops.binary_crossentropy(np.ones(2), np.ones(3)),
        ShapeError,
        "ops.binary_crossentropy: target and output differ in shape.\n"
        "  expected: target of shape (3,)\n"
        "  given:    shape (2,)",
    ),
    (
        lambda: ops.categorical_crossentropy(np.ones((2, 3)), np.ones((2, 2))),
        ShapeError,
        "ops.categorical_crossentropy: target and output differ in shape.\n"
        "  expected: target of shape (2, 2)\n"
        "  given:    shape (2, 3)",
    ),
    (
        lambda: ops.categorical_crossentropy(1.0, 1.0),
        ShapeError,
        "ops.categorical_crossentropy: target and output need an axis of classes.\n"
        "  expected: one axis or more\n"
        "  given:    shape ()",
    ),
    (
        lambda: ops.sparse_categorical_crossentropy(np.ones((2, 3)), np.ones((2, 3))),
        ShapeError,
        "ops.sparse_categorical_crossentropy: target and output do not fit.\n"
        "  expected: target of shape (2,), output without its classes\n"
        "  given:    shape (2, 3)\n"
        "  to fix:   use categorical_crossentropy for one-hot targets",
    ),
    (
        lambda: ops.sparse_categorical_crossentropy(1, 1.0),
        ShapeError,
        "ops.sparse_categorical_crossentropy: output needs an axis of classes.\n"
        "  expected: one axis or more\n"
        "  given:    shape ()",
    ),
]


@pytest.mark.parametrize(("call", "kind", "words"), MISTAKES)
def test_mistakes_are_said(call, kind, words):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == words
