"""What primitives say when shapes, dtypes or parameters do not fit, to the word."""

import numpy as np
import pytest

from onionskin.base.errors import ArgumentError, DTypeError, ShapeError
from onionskin.base.specs import Spec
from onionskin.engines import get
from onionskin.graph import make_input, trace
from onionskin.prims import TABLE, movement, operators
from onionskin.prims.families import define, joined

AXES = "the numbers 0 to 1"
FITS = "  expected: {}\n  given:    {}"


def x(*shape, dtype="float32"):
    return make_input(Spec(shape, dtype), "x")


def whole(*shape, dtype="int32"):
    return x(*shape, dtype=dtype)


CAST_ONE = "\n  to fix:   cast one of them"
WORDS = [
    # families
    (lambda: define(TABLE["add"]), ArgumentError, "there is a primitive of this name already.\n  given:    'add'"),
    (
        lambda: TABLE["add"](x(2), whole(2)),
        DTypeError,
        f"operands of one dtype are needed.\n  given:    float32 and int32{CAST_ONE}",
    ),
    *[
        (
            lambda name=name: TABLE[name](*[x(2, dtype="bool")] * len(TABLE[name].domain)),
            DTypeError,
            "truth values cannot be calculated with like this.\n  given:    bool\n  to fix:   cast to a number first",
        )
        for name in ("subtract", "power", "mod", "floor_divide", "negative", "sign")
    ],
    *[
        (
            lambda name=name: TABLE[name](*[whole(2)] * len(TABLE[name].domain)),
            DTypeError,
            "a float is needed here.\n  given:    int32\n  to fix:   cast to a float first",
        )
        for name in (
            "divide",
            "arctan2",
            "floor",
            "ceil",
            "round",
            "exp",
            "expm1",
            "log",
            "log1p",
            "sqrt",
            "rsqrt",
            "tanh",
            "sin",
            "cos",
            "arctan",
            "erf",
            "erfinv",
            "sigmoid",
            "softplus",
        )
    ],
    # reductions
    *[
        (
            lambda name=name: TABLE[name](whole(2), axis=(0,), keepdims=False),
            DTypeError,
            "a float is needed here.\n  given:    int32\n  to fix:   cast to a float first",
        )
        for name in ("mean", "var", "logsumexp")
    ],
    (
        lambda: TABLE["softmax"](whole(2), axis=0),
        DTypeError,
        "a float is needed here.\n  given:    int32\n  to fix:   cast to a float first",
    ),
    *[
        (
            lambda name=name: TABLE[name](x(2, 0), axis=(1,), keepdims=False),
            ShapeError,
            "no extreme can be taken of no elements.\n  given:    shape (2, 0), over axes (1,)",
        )
        for name in ("max", "min")
    ],
    *[
        (
            lambda name=name: TABLE[name](x(0), axis=0, keepdims=True),
            ShapeError,
            "no extreme can be taken of no elements.\n  given:    shape (0,), over axes (0,)",
        )
        for name in ("argmax", "argmin")
    ],
    (
        lambda: TABLE["sum"](x(2), axis=(1,), keepdims=False),
        ShapeError,
        "there is no such axis.\n  expected: -1 <= axis < 1 for 1 axes\n  given:    axis 1",
    ),
    (
        lambda: TABLE["cumsum"](x(), axis=0),
        ShapeError,
        "there is no such axis.\n  expected: -0 <= axis < 0 for 0 axes\n  given:    axis 0",
    ),
    # contractions
    (
        lambda: TABLE["matmul"](x(2, 2), x(2, 2, dtype="float64")),
        DTypeError,
        f"factors of one dtype are needed.\n  given:    float32 and float64{CAST_ONE}",
    ),
    (
        lambda: TABLE["matmul"](x(2), x(2, 2)),
        ShapeError,
        "a matrix product needs at least two axes each.\n  given:    (2,) and (2, 2)",
    ),
    (
        lambda: TABLE["matmul"](x(2, 3), x(4, 5)),
        ShapeError,
        "the inner sizes of a matrix product differ.\n"
        + FITS.format("the last size of (2, 3) equal to the last but one of (4, 5)", "3 and 4"),
    ),
    (
        lambda: operators.matmul(x(), x(2)),
        ShapeError,
        "a matrix product needs at least one axis each.\n  given:    () and (2,)",
    ),
    (
        lambda: TABLE["einsum"](x(2, 3), subscripts="ij,jk->ik"),
        ArgumentError,
        "einsum has another number of operands than its subscripts name.\n" + FITS.format("2 for 'ij,jk->ik'", 1),
    ),
    (
        lambda: TABLE["einsum"](x(2, 3), subscripts="ijk->i"),
        ShapeError,
        "einsum's subscripts do not fit the operand's axes.\n" + FITS.format("3 axes for 'ijk'", "shape (2, 3)"),
    ),
    (
        lambda: TABLE["einsum"](x(2, 3), x(4, 5), subscripts="ij,jk->ik"),
        ShapeError,
        "einsum's index 'j' has two sizes.\n" + FITS.format(3, 4),
    ),
    *[
        (
            lambda subscripts=subscripts: TABLE["einsum"](x(2, 3), subscripts=subscripts),
            ArgumentError,
            f"einsum's result names an index that no operand has, or one twice.\n  given:    {subscripts}",
        )
        for subscripts in ("ij->ik", "ij->ii")
    ],
    (
        lambda: TABLE["einsum"](x(2), whole(2), subscripts="i,i->"),
        DTypeError,
        "operands of one dtype are needed.\n  given:    float32 and int32",
    ),
    # movements
    (
        lambda: TABLE["reshape"](x(2, 3), shape=(4,)),
        ShapeError,
        "this reshape changes the number of elements.\n" + FITS.format("6 elements, as in (2, 3)", "shape (4,)"),
    ),
    *[
        (
            lambda shape=shape: operators.shaped(x(2, 3), shape),
            ShapeError,
            "this reshape does not work out.\n" + FITS.format("one -1, and sizes that divide (2, 3)", f"shape {shape}"),
        )
        for shape in ((-1, -1), (-1, 4), (-1, 0))
    ],
    (
        lambda: TABLE["transpose"](x(2, 3), perm=(0, 0)),
        ShapeError,
        "a transpose names each axis once.\n" + FITS.format(AXES, "axes (0, 0)"),
    ),
    (
        lambda: TABLE["broadcast_to"](x(2, 3), shape=(3,)),
        ShapeError,
        "the value does not broadcast to this shape.\n" + FITS.format("shape (3,)", "(2, 3)"),
    ),
    (
        lambda: TABLE["concatenate"](axis=0),
        ShapeError,
        "there is nothing to join.\n" + FITS.format("one part or more", "none"),
    ),
    (
        lambda: TABLE["concatenate"](x(2), whole(2), axis=0),
        DTypeError,
        "parts of one dtype are needed.\n  given:    float32 and int32",
    ),
    (
        lambda: TABLE["concatenate"](x(2, 3), x(2, 4), axis=0),
        ShapeError,
        "these shapes cannot be joined.\n" + FITS.format("equal sizes on every axis but 0", "(2, 3) and (2, 4)"),
    ),
    (
        lambda: TABLE["concatenate"](x(2, 3), x(2), axis=0),
        ShapeError,
        "these shapes cannot be joined.\n" + FITS.format("equal sizes on every axis but 0", "(2, 3) and (2,)"),
    ),
    (
        lambda: TABLE["slice"](x(2, 3), start=(0,), stop=(1, 1), step=(1, 1)),
        ShapeError,
        "a slice needs start, stop and step for every axis.\n" + FITS.format("2 of each", "1, 2 and 2"),
    ),
    *[
        (
            lambda part=part: TABLE["slice"](x(3), start=(part[0],), stop=(part[1],), step=(part[2],)),
            ShapeError,
            "the slice lies outside the axis.\n"
            + FITS.format("0 <= start <= stop <= 3, step >= 1", "start {}, stop {}, step {}".format(*part)),
        )
        for part in ((0, 4, 1), (2, 1, 1), (-1, 2, 1), (0, 3, 0))
    ],
    (
        lambda: TABLE["pad"](x(3), x(1), low=(0,), high=(0,), interior=()),
        ShapeError,
        "a pad needs low, high and interior for every axis, and a scalar to fill with.\n"
        + FITS.format("1 of each", "1, 1 and 0, fill of shape (1,)"),
    ),
    (
        lambda: TABLE["flip"](x(3), axes=(0, 0)),
        ShapeError,
        "an axis is named twice.\n  given:    axis (0, 0)",
    ),
    # indexing
    (
        lambda: TABLE["take"](x(3), x(2), axis=0),
        DTypeError,
        "take needs whole numbers as indices.\n" + FITS.format("an integer dtype", "float32"),
    ),
    (
        lambda: TABLE["scatter_add"](x(3), whole(2), x(2, dtype="float64"), axis=0),
        DTypeError,
        "updates need the dtype of what they are added to.\n" + FITS.format("float32", "float64"),
    ),
    (
        lambda: TABLE["scatter_add"](x(3), whole(2), x(1), axis=0),
        ShapeError,
        "updates do not fit the places they are added to.\n" + FITS.format("(2,)", "(1,)"),
    ),
    (
        lambda: TABLE["one_hot"](x(3), num_classes=2, dtype="float32"),
        DTypeError,
        "one_hot needs whole numbers as indices.\n" + FITS.format("an integer dtype", "float32"),
    ),
    # random
    (
        lambda: TABLE["random_bits"](x(4), shape=(2,)),
        ShapeError,
        "a random seed is four 32-bit words.\n" + FITS.format("uint32[4]", "float32[4]"),
    ),
    (
        lambda: TABLE["random_uniform"](whole(2, dtype="uint32"), shape=(2,), dtype="float32"),
        ShapeError,
        "a random seed is four 32-bit words.\n" + FITS.format("uint32[4]", "uint32[2]"),
    ),
]


@pytest.mark.parametrize(("call", "kind", "words"), WORDS)
def test_words(call, kind, words):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == words


EAGER = [
    ("add", (np.zeros(2), np.zeros(3)), {}),
    ("max", (np.zeros((2, 0)),), {"axis": (1,), "keepdims": False}),
    ("argmin", (np.zeros(0),), {"axis": 0, "keepdims": False}),
    ("sum", (np.zeros(2),), {"axis": (1,), "keepdims": False}),
    ("matmul", (np.zeros((2, 3)), np.zeros((4, 5))), {}),
    ("einsum", (np.zeros((2, 3)), np.zeros((4, 5))), {"subscripts": "ij,jk->ik"}),
    ("reshape", (np.zeros(6),), {"shape": (4,)}),
    ("transpose", (np.zeros((2, 3)),), {"perm": (0, 0)}),
    ("broadcast_to", (np.zeros((2, 3)),), {"shape": (4, 5)}),
    ("concatenate", (np.zeros((2, 3)), np.zeros((2, 4))), {"axis": 0}),
    ("flip", (np.zeros(3),), {"axes": (0, 0)}),
    ("take", (np.zeros(3), np.zeros(2)), {"axis": 0}),
    ("scatter_add", (np.zeros(3), np.zeros(2, int), np.zeros(1)), {"axis": 0}),
    ("one_hot", (np.zeros(3),), {"num_classes": 2, "dtype": "float32"}),
    ("negative", (np.zeros(3, bool),), {}),
    ("subtract", (np.zeros(3, bool), np.zeros(3, bool)), {}),
]


@pytest.mark.parametrize(("name", "args", "params"), EAGER, ids=[one[0] for one in EAGER])
def test_arrays_get_the_same_words_as_tensors(name, args, params):
    words = []
    nodes = [make_input(Spec(one.shape, one.dtype.name)) for one in args]
    for operands in (args, nodes):
        with pytest.raises((ShapeError, DTypeError)) as caught:
            TABLE[name](*operands, **params)
        words.append(str(caught.value))
    assert words[0] == words[1]


@pytest.mark.parametrize(("index", "name"), [(3, "take"), (-4, "take"), (3, "scatter_add"), (-4, "scatter_add")])
def test_an_index_outside_the_axis_is_named(index, name):
    indices = np.array([[0, 1], [index, 7]])
    args = [np.zeros(3), indices, *([np.zeros((2, 2))] if name == "scatter_add" else [])]
    graph = trace(lambda *xs: TABLE[name](*xs, axis=0), [Spec(one.shape, one.dtype.name) for one in args])
    for call in (lambda: TABLE[name](*args, axis=0), lambda: get("reference").compile(graph)(*args)):
        with pytest.raises(ArgumentError) as caught:
            call()
        assert str(caught.value) == (
            f"{name}: an index lies outside the axis.\n  expected: -3 <= index < 3\n  given:    {index}"
        )


def test_sizes_not_known_yet_pass_through_the_shape_rules():
    batch = x(None, 4)
    assert (batch + 1.0).shape == (None, 4)
    assert TABLE["matmul"](batch, x(4, 2)).shape == (None, 2)
    assert TABLE["concatenate"](batch, x(2, 4), axis=0).shape == (None, 4)
    assert TABLE["concatenate"](batch, x(None, 3), axis=1).shape == (None, 7)
    assert TABLE["reshape"](batch, shape=(None, 2, 2)).shape == (None, 2, 2)
    assert operators.shaped(batch, (-1, 2)).shape == (None, 2)
    assert operators.shaped(batch, (None, -1)).shape == (None, 4)
    assert TABLE["sum"](batch, axis=(1,), keepdims=True).shape == (None, 1)
    assert TABLE["pad"](batch, np.float32(0), low=(1, 1), high=(0, 0), interior=(0, 0)).shape == (None, 5)
    assert movement.slice_(batch, start=(1, 0), stop=(None, 4), step=(1, 2)).shape == (None, 2)
    assert TABLE["einsum"](batch, x(4, 2), subscripts="bi,io->bo").shape == (None, 2)
    assert TABLE["transpose"](batch, perm=(1, 0)).shape == (4, None)
    assert TABLE["one_hot"](whole(None), num_classes=3, dtype="float32").shape == (None, 3)


def test_whole_numbers_that_int32_cannot_hold():
    for value in (2**40, [2**40], -(2**31) - 1):
        (joined_value,) = joined(value)
        np.testing.assert_array_equal(joined_value, value)
        assert joined_value.dtype == np.int64
    with pytest.raises(ArgumentError) as e:
        joined(np.zeros(2, np.uint8), -1)
    assert str(e.value) == (
        "a whole number does not fit the dtype that it is to take.\n"
        "  expected: uint8\n"
        "  given:    -1\n"
        "  to fix:   cast the other operand to a wider dtype first"
    )
