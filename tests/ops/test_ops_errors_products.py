"""Mistakes in calls that multiply, reduce and update: found at the call, and said in these words."""

import numpy as np
import pytest

from onionskin import ops
from onionskin.base.errors import ArgumentError, DTypeError, ShapeError
from onionskin.base.specs import Spec
from onionskin.graph import make_input

whole = make_input(Spec((), "int32"))
table = make_input(Spec((2, 2), "float32"))
unknown = make_input(Spec((None, 2), "float32"))

MISTAKES = [
    (
        lambda: ops.diagonal(np.ones(2)),
        ShapeError,
        "ops.diagonal: a matrix has two axes or more.\n  given:    (2,)",
    ),
    (
        lambda: ops.diag(np.ones((2, 2, 2))),
        ShapeError,
        "ops.diag: diag takes a row or a matrix.\n  given:    (2, 2, 2)",
    ),
    (
        lambda: ops.meshgrid([1], indexing="ji"),
        ArgumentError,
        "ops.meshgrid: there is no such indexing.\n  expected: xy or ij\n  given:    'ji'",
    ),
    (
        lambda: ops.vander(np.ones((2, 2))),
        ShapeError,
        "ops.vander: vander takes one row.\n  expected: shape (n,)\n  given:    (2, 2)",
    ),
    (
        lambda: ops.normalize(np.ones(2), order=0),
        ArgumentError,
        "ops.normalize: the order of a norm is a whole number >= 1.\n  given:    order=0",
    ),
    (
        lambda: ops.layer_normalization(np.ones(2), rms_scaling=True),
        ArgumentError,
        "ops.layer_normalization: layer_normalization has no such argument.\n  given:    'rms_scaling'",
    ),
    (
        lambda: ops.tensordot(np.ones(2), np.ones(2), axes=2),
        ArgumentError,
        "ops.tensordot: there are not so many axes to pair.\n  expected: 0 to 1\n  given:    axes=2",
    ),
    (
        lambda: ops.tensordot(np.ones(2), np.ones(2), axes=([0], [])),
        ArgumentError,
        "ops.tensordot: each axis needs one to pair with.\n  given:    axes=([0], [])",
    ),
    (
        lambda: ops.tensordot(np.ones(2), np.ones(3), axes=1),
        ShapeError,
        "ops.tensordot: the axes to sum over have different sizes.\n"
        "  expected: size 2, as in (2,)\n"
        "  given:    size 3 in (3,)",
    ),
    (
        lambda: ops.cross(np.ones(4), np.ones(4)),
        ShapeError,
        "ops.cross: a cross product is one of vectors of two or three components.\n  given:    4 and 4",
    ),
    (
        lambda: ops.correlate(np.ones((2, 2)), np.ones(2)),
        ShapeError,
        "ops.correlate: rows are correlated.\n  expected: shapes (n,) and (m,)\n  given:    (2, 2) and (2,)",
    ),
    (
        lambda: ops.correlate(np.ones(2), np.ones(2), mode="all"),
        ArgumentError,
        "ops.correlate: there is no such mode.\n  expected: valid, same or full\n  given:    'all'",
    ),
    (
        lambda: ops.cdist(np.ones((2, 3)), np.ones((2, 2))),
        ShapeError,
        "ops.cdist: rows of one length are compared.\n"
        "  expected: (…, n, d) and (…, m, d)\n"
        "  given:    (2, 3) and (2, 2)",
    ),
    (
        lambda: ops.dot(np.ones((2, 3)), np.ones((2, 3))),
        ShapeError,
        "ops.dot: the axes to sum over have different sizes.\n"
        "  expected: size 3, as in (2, 3)\n"
        "  given:    size 2 in (2, 3)",
    ),
    (
        lambda: ops.matmul(np.ones((2, 3)), np.ones((2, 3))),
        ShapeError,
        "ops.matmul: the inner sizes of a matrix product differ.\n"
        "  expected: the last size of (2, 3) equal to the last but one of (2, 3)\n"
        "  given:    3 and 2",
    ),
    (
        lambda: ops.matmul(1.0, np.ones((2, 3))),
        ShapeError,
        "ops.matmul: a matrix product needs at least one axis each.\n  given:    () and (2, 3)",
    ),
    (
        lambda: ops.einsum("ij->ji", np.ones((2, 3)), order="C"),
        ArgumentError,
        "ops.einsum: einsum has no such argument.\n  given:    'order'",
    ),
    (
        lambda: ops.einsum("ij,jk", np.ones((2, 3))),
        ArgumentError,
        "ops.einsum: einsum has another number of operands than its subscripts name.\n"
        "  expected: 2 for 'ij,jk'\n"
        "  given:    1",
    ),
    (
        lambda: ops.einsum("i1", np.ones((2, 3))),
        ArgumentError,
        "ops.einsum: einsum's indices are letters.\n  given:    'i1'",
    ),
    (
        lambda: ops.einsum("ijk...", np.ones((2, 3))),
        ShapeError,
        "ops.einsum: einsum's subscripts name more axes than an operand has.\n  given:    'ijk...'",
    ),
    (
        lambda: ops.einsum("ij->jk", np.ones((2, 3))),
        ArgumentError,
        "ops.einsum: einsum's result names an index that no operand has, or one twice.\n  given:    ij->jk",
    ),
    (
        lambda: ops.norm(np.ones((2, 2, 2)), 1),
        ShapeError,
        "ops.norm: a norm of this order is one of vectors or matrices.\n"
        "  expected: one or two axes\n"
        "  given:    3 axes",
    ),
    (
        lambda: ops.norm(np.ones(2), "fro"),
        ArgumentError,
        "ops.norm: vectors have no norm of this order.\n  expected: a number, inf or -inf\n  given:    'fro'",
    ),
    (
        lambda: ops.norm(np.ones((2, 2)), 3),
        ArgumentError,
        "ops.norm: matrices have no norm of this order.\n"
        "  expected: 'fro', 'nuc', 1, -1, 2, -2, inf or -inf\n"
        "  given:    3",
    ),
    (
        lambda: ops.linspace(0, 1, -1),
        ArgumentError,
        "ops.linspace: there are 0 numbers or more.\n  given:    num=-1",
    ),
    (
        lambda: ops.glu(np.ones(3)),
        ShapeError,
        "ops.glu: glu halves an axis.\n  expected: an even size\n  given:    size 3 at axis -1",
    ),
    (
        lambda: ops.max(np.ones((0, 2))),
        ShapeError,
        "ops.max: nothing has no extreme.\n  expected: axes of size 1 or more, or initial=\n  given:    (0, 2)",
    ),
    (
        lambda: ops.argmax(np.ones((0, 2)), axis=0),
        ShapeError,
        "ops.argmax: nothing has no extreme.\n  expected: an axis of size 1 or more\n  given:    (0, 2)",
    ),
    (
        lambda: ops.mean(np.ones(3), axis=1),
        ShapeError,
        "ops.mean: there is no such axis.\n  expected: -1 <= axis < 1 for 1 axes\n  given:    axis 1",
    ),
    (
        lambda: ops.sum(np.ones((3, 2)), axis=(0, 0)),
        ShapeError,
        "ops.sum: an axis is named twice.\n  given:    axis (0, 0)",
    ),
    (
        lambda: ops.top_k(np.ones(3), 4),
        ArgumentError,
        "ops.top_k: there are not so many elements.\n"
        "  expected: 0 <= k <= size of the last axis\n"
        "  given:    k=4, shape (3,)",
    ),
    (
        lambda: ops.in_top_k([[1]], np.ones((1, 3)), 2),
        ShapeError,
        "ops.in_top_k: in_top_k compares a class for each row of scores.\n"
        "  expected: targets (batch,), predictions (batch, classes)\n"
        "  given:    (1, 1) and (1, 3)",
    ),
    (
        lambda: ops.array_split(np.ones(3), 0),
        ShapeError,
        "ops.array_split: the axis cannot be cut into parts.\n"
        "  expected: 1 part or more of a known size\n"
        "  given:    0 of 3",
    ),
    (
        lambda: ops.rot90(np.ones((2, 2)), axes=(0,)),
        ArgumentError,
        "ops.rot90: a plane has two axes.\n  given:    axes=(0,)",
    ),
    (
        lambda: ops.moveaxis(np.ones((2, 2)), (0, 1), (0, 0)),
        ArgumentError,
        "ops.moveaxis: each axis moves to one place of its own.\n  given:    source (0, 1), destination (0, 0)",
    ),
    (
        lambda: ops.squeeze(np.ones((2, 1)), 0),
        ShapeError,
        "ops.squeeze: only an axis of size 1 can be left out.\n  expected: size 1 at axis 0\n  given:    (2, 1)",
    ),
    (
        lambda: ops.reshape(np.ones(6), (4, -1)),
        ShapeError,
        "ops.reshape: this reshape does not work out.\n"
        "  expected: one -1, and sizes that divide (6,)\n"
        "  given:    shape (4, -1)",
    ),
    (
        lambda: ops.reshape(np.ones(6), (4, 2)),
        ShapeError,
        "ops.reshape: this reshape changes the number of elements.\n"
        "  expected: 6 elements, as in (6,)\n"
        "  given:    shape (4, 2)",
    ),
    (
        lambda: ops.transpose(np.ones((2, 2)), (0, 0)),
        ShapeError,
        "ops.transpose: a transpose names each axis once.\n  expected: the numbers 0 to 1\n  given:    axes (0, 0)",
    ),
    (
        lambda: ops.broadcast_to(np.ones(3), (2,)),
        ShapeError,
        "ops.broadcast_to: these shapes do not broadcast.\n"
        "  expected: trailing axes equal, or one of them 1\n"
        "  given:    (3,) and (2,)",
    ),
    (
        lambda: ops.size(unknown),
        ShapeError,
        "ops.size: the number of elements is not known yet.\n  given:    shape (None, 2)",
    ),
    (
        lambda: ops.average(np.ones((2, 3)), weights=np.ones(3)),
        ShapeError,
        "ops.average: weights do not fit the array.\n"
        "  expected: shape (2, 3), or one axis and its length\n"
        "  given:    (3,)",
    ),
    (
        lambda: ops.quantile(np.ones(3), 0.5, method="cubic"),
        ArgumentError,
        "ops.quantile: there is no such method.\n"
        "  expected: linear, lower, higher, nearest or midpoint\n"
        "  given:    'cubic'",
    ),
    (
        lambda: ops.quantile(np.ones(3), 1.5),
        ArgumentError,
        "ops.quantile: a quantile lies between 0 and 1.\n  given:    1.5",
    ),
    (
        lambda: ops.diff(np.ones(3), -1),
        ArgumentError,
        "ops.diff: differences are taken 0 times or more.\n  given:    n=-1",
    ),
    (
        lambda: ops.searchsorted([1], [1], side="middle"),
        ArgumentError,
        "ops.searchsorted: there is no such side.\n  expected: left or right\n  given:    'middle'",
    ),
    (
        lambda: ops.searchsorted([[1]], [1]),
        ShapeError,
        "ops.searchsorted: the sequence has one axis.\n  expected: shape (n,)\n  given:    (1, 1)",
    ),
    (
        lambda: ops.bincount([1], sparse=True),
        ArgumentError,
        "ops.bincount: sparse tensors are not supported.\n  given:    sparse=True\n  to fix:   leave it out",
    ),
    (
        lambda: ops.bincount([-1]),
        ArgumentError,
        "ops.bincount: only whole numbers >= 0, in one row or several, are counted.\n  given:    int32(1,)",
    ),
    (
        lambda: ops.histogram(table),
        ArgumentError,
        "ops.histogram: the elements that histogram counts must be known while the function is traced.\n"
        "  expected: numbers\n"
        "  given:    tensor float32[2, 2]",
    ),
    (
        lambda: ops.corrcoef(np.ones((2, 2, 2))),
        ShapeError,
        "ops.corrcoef: correlations are those of rows.\n  expected: (variables, samples)\n  given:    (2, 2, 2)",
    ),
    (
        lambda: ops.moments(np.ones(2), 0, synchronized=True),
        ArgumentError,
        "ops.moments: moments over several replicas are not supported.\n  given:    synchronized=True",
    ),
    (
        lambda: ops.psnr(np.ones(2), np.ones(3), 1.0),
        ShapeError,
        "ops.psnr: the two signals differ in shape.\n  expected: (2,)\n  given:    (3,)",
    ),
    (
        lambda: ops.slice(np.ones((2, 2)), [0, 0], [1]),
        ShapeError,
        "ops.slice: a block has a size for each axis.\n  expected: 2 sizes\n  given:    [1]",
    ),
    (
        lambda: ops.slice(np.ones((2, 2)), [0, whole], [1, -1]),
        ArgumentError,
        "ops.slice: a block whose start is computed needs its size.\n  given:    size -1 at axis 1",
    ),
    (
        lambda: ops.slice(np.ones((2, 2)), [0], [1, 1]),
        ShapeError,
        "ops.slice: a block starts somewhere on each axis.\n  expected: 2 starts\n  given:    1",
    ),
    (
        lambda: ops.slice(np.ones((2, 2)), [0, 1], [1, 2]),
        ShapeError,
        "ops.slice: the block leaves the array.\n"
        "  expected: 0 <= start and start + size <= 2 at axis 1\n"
        "  given:    start 1, size 2",
    ),
    (
        lambda: ops.scatter_update(np.ones((2, 3)), [[0, -4]], [1.0]),
        ArgumentError,
        "ops.scatter_update: an index lies outside its axis.\n  expected: -3 <= index < 3 at axis 1\n  given:    -4",
    ),
    (
        lambda: ops.slice_update(np.ones((2, 2)), [0, 0], np.ones(1)),
        ShapeError,
        "ops.slice_update: the block needs as many axes as the array.\n  expected: 2 axes\n  given:    (1,)",
    ),
    (
        lambda: ops.slice_update(np.ones((2, 2)), [0, 1], np.ones((1, 2))),
        ShapeError,
        "ops.slice_update: the block leaves the array.\n"
        "  expected: 0 <= start and start + size <= 2 at axis 1\n"
        "  given:    start 1, size 2",
    ),
    (
        lambda: ops.scatter_update(np.ones(2), [[0]], [1.0], reduction="max"),
        ArgumentError,
        "ops.scatter_update: there is no such reduction here.\n  expected: None or 'add'\n  given:    'max'",
    ),
    (
        lambda: ops.scatter_update(np.ones(2), [0], [1.0]),
        ShapeError,
        "ops.scatter_update: each row of indices names the first positions of a place.\n"
        "  expected: (n, k) with 1 <= k <= 1\n"
        "  given:    (1,)",
    ),
    (
        lambda: ops.scatter_update(np.ones(2), [[5]], [1.0]),
        ArgumentError,
        "ops.scatter_update: an index lies outside its axis.\n  expected: -2 <= index < 2 at axis 0\n  given:    5",
    ),
    (
        lambda: ops.multi_hot([1], 3, hot=True),
        ArgumentError,
        "ops.multi_hot: multi_hot has no such argument.\n  given:    'hot'",
    ),
    (
        lambda: ops.multi_hot([1]),
        ArgumentError,
        "ops.multi_hot: multi_hot needs the number of classes.\n  given:    num_classes=None",
    ),
    (
        lambda: ops.add(np.ones(2), np.ones(3)),
        ShapeError,
        "ops.add: these shapes do not broadcast.\n"
        "  expected: trailing axes equal, or one of them 1\n"
        "  given:    (2,) and (3,)",
    ),
    (
        lambda: ops.add(table, np.ones(3)),
        ShapeError,
        "ops.add: these shapes do not broadcast.\n"
        "  expected: trailing axes equal, or one of them 1\n"
        "  given:    (2, 2) and (3,)",
    ),
    (
        lambda: ops.add(None, 1),
        DTypeError,
        "ops.add: an array or tensor is needed here.\n  given:    None",
    ),
]


@pytest.mark.parametrize(("call", "kind", "words"), MISTAKES)
def test_mistakes_are_said(call, kind, words):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == words
