"""The words in which the views of tensors, operations and geometry refuse what they cannot show."""

from __future__ import annotations

import numpy as np
import pytest

import onionskin as osk
from onionskin import explain, plot
from onionskin.base.errors import OnionskinError
from onionskin.explain import loops
from onionskin.plot.unfolded import Stage

X, Y = explain.spirals(20)
NONE = np.zeros((0, 2, 2))
STAGES = [Stage("input", np.eye(2), NONE), Stage("dense", np.eye(2), NONE)]


def chain():
    return osk.models.Sequential([osk.layers.Input((2,)), osk.layers.Dense(2, name="only")], name="chain")


def fork():
    start = osk.layers.Input((2,))
    joined = osk.layers.add([osk.layers.Dense(3)(start), osk.layers.Dense(3)(start)])
    return osk.models.Model(start, joined, name="fork")


def endless():
    model = chain()
    model.layers[0].set_weights([np.full((2, 2), np.nan), np.zeros(2)])
    return model


CASES = {
    "no operation": lambda: explain.side_by_side("dott", [1.0], [1.0]),
    "no text": lambda: explain.side_by_side("relu", ["a"]),
    "ragged": lambda: explain.side_by_side("relu", [[1.0], [1.0, 2.0]]),
    "add of other shapes": lambda: explain.side_by_side("add", np.ones((2, 3)), np.ones((4, 3))),
    "dot of one": lambda: explain.side_by_side("dot", np.ones(3)),
    "dot that does not fit": lambda: explain.side_by_side("dot", np.ones(3), np.ones(4)),
    "transpose of a vector": lambda: explain.side_by_side("transpose", np.ones(3)),
    "relu of nothing": lambda: explain.side_by_side("relu"),
    "unknown option": lambda: explain.side_by_side("relu", np.ones(3), axis=0),
    "no shape": lambda: explain.side_by_side("reshape", np.ones(3)),
    "other shape": lambda: explain.side_by_side("reshape", np.ones(3), shape=(2, 2)),
    "no axis": lambda: explain.side_by_side("sum", np.ones(3), axis=1),
    "repeat": lambda: explain.side_by_side("relu", np.ones(3), repeat=0),
    "too long": lambda: explain.side_by_side("dot", np.ones((200, 200)), np.ones((200, 200))),
    "language": lambda: explain.side_by_side("relu", np.ones(3), language="kr"),
    "table size": lambda: explain.compare_operations(size=500),
    "naive_add": lambda: loops.naive_add(np.ones(2), np.ones(3)),
    "naive_matrix_vector_dot": lambda: loops.naive_matrix_vector_dot(np.ones((2, 3)), np.ones(2)),
    "tensor of text": lambda: explain.describe_tensor(["a"]),
    "tensor batch": lambda: explain.describe_tensor([1.0], batch_size=0),
    "tensor kind": lambda: explain.describe_tensor([1.0], kind="image"),
    "tensor axes": lambda: explain.describe_tensor(np.ones((2, 3)), kind="images"),
    "batch number": lambda: explain.describe_tensor(np.ones((2, 3))).batch(1),
    "batch of a scalar": lambda: explain.describe_tensor(1.0).batch(0),
    "kinds of dtype": lambda: explain.data_kinds("float3"),
    "no array to broadcast": lambda: explain.broadcasting("ab", (2,)),
    "no size to broadcast": lambda: explain.broadcasting((2,), (-1, "a")),
    "no operation to broadcast": lambda: explain.broadcasting((2,), (2,), operation="plus"),
    "no picture of a misfit": lambda: explain.broadcasting((2,), (3,)).plot(),
    "too large a picture": lambda: plot.broadcasting(np.ones((20, 3)), np.ones(3)),
    "picture of a misfit": lambda: plot.broadcasting(np.ones(2), np.ones(3)),
    "picture of another result": lambda: plot.broadcasting(np.ones(3), np.ones(3), np.ones(4)),
    "picture of text": lambda: plot.broadcasting(["a"], np.ones(3)),
    "points of space": lambda: explain.rotation(1)(np.ones((2, 3))),
    "matrix of space": lambda: explain.linear(np.eye(3)),
    "vector of text": lambda: explain.affine(np.eye(2), ["a", "b"]),
    "no maps": lambda: explain.plot_transformations([]),
    "no transformations": lambda: explain.plot_transformations([np.eye(2)]),
    "maps in a list": lambda: plot.transformations([abs]),
    "no figure": lambda: plot.transformations({"same": lambda p: p}, figure=np.ones((3, 3))),
    "a map that loses points": lambda: plot.transformations({"lost": lambda p: p[:1]}),
    "spiral points": lambda: explain.spirals(1),
    "spiral turns": lambda: explain.spirals(turns=-1),
    "spiral seed": lambda: explain.spirals(seed="a"),
    "no model": lambda: explain.unfold(abs, X, Y),
    "a fork": lambda: explain.unfold(fork(), X, Y),
    "text points": lambda: explain.unfold(chain(), ["a"], Y),
    "too many points": lambda: explain.unfold(chain(), np.zeros((5001, 2)), np.zeros(5001)),
    "endless points": lambda: explain.unfold(chain(), np.full((20, 2), np.inf), Y),
    "labels of text": lambda: explain.unfold(chain(), X, ["a"] * 20),
    "labels that are too few": lambda: explain.unfold(chain(), X, Y[:3]),
    "labels of one class": lambda: explain.unfold(chain(), X, np.zeros(20)),
    "a layer of NaN": lambda: explain.unfold(endless(), X, Y),
    "no stages": lambda: plot.unfolding([], []),
    "no points": lambda: plot.unfolding([Stage("input", np.zeros((0, 2)), NONE)], []),
    "other points": lambda: plot.unfolding([STAGES[0], Stage("dense", np.ones((3, 2)), NONE)], [0, 1]),
    "animation format": lambda: plot.animate_unfolding(STAGES, [0, 1], "a.mp4"),
    "animation path": lambda: plot.animate_unfolding(STAGES, [0, 1], 3),
    "animation rate": lambda: plot.animate_unfolding(STAGES, [0, 1], "a.gif", fps=0),
}
WORDS = {
    "no operation": (
        "UnknownNameError: side_by_side(name): there is no operation of this name here.\n"
        "  given:    'dott'\n"
        "  to fix:   did you mean 'dot'? Known: add, dot, relu, reshape, sum, transpose"
    ),
    "no text": (
        "DTypeError: side_by_side('relu'): these are no numbers.\n  expected: arrays of real numbers\n  given:    <U1"
    ),
    "ragged": (
        "DTypeError: side_by_side('relu'): these are no numbers.\n"
        "  expected: arrays of real numbers\n"
        "  given:    object"
    ),
    "add of other shapes": (
        "ShapeError: side_by_side('add'): the loop of this operation does not take these arrays.\n"
        "  expected: two arrays of one shape, or (rows, columns) and (columns,)\n"
        "  given:    (2, 3) and (4, 3)"
    ),
    "dot of one": (
        "ShapeError: side_by_side('dot'): the loop of this operation does not take these arrays.\n"
        "  expected: (n,) and (n,), (rows, n) and (n,), or (rows, n) and (n, columns)\n"
        "  given:    (3,)"
    ),
    "dot that does not fit": (
        "ShapeError: naive_vector_dot: these shapes do not fit this loop.\n"
        "  expected: two vectors of one length\n"
        "  given:    (3,) and (4,)"
    ),
    "transpose of a vector": (
        "ShapeError: side_by_side('transpose'): the loop of this operation does not take these arrays.\n"
        "  expected: one matrix (rows, columns)\n"
        "  given:    (3,)"
    ),
    "relu of nothing": (
        "ShapeError: side_by_side('relu'): the loop of this operation does not take these arrays.\n"
        "  expected: one array\n"
        "  given:    no array"
    ),
    "unknown option": (
        "ArgumentError: side_by_side('relu'): this operation has no such option.\n  expected: none\n  given:    axis"
    ),
    "no shape": (
        "ArgumentError: side_by_side('reshape'): reshape needs the new shape.\n"
        "  expected: shape=(…), a tuple of sizes\n"
        "  given:    None"
    ),
    "other shape": (
        "ShapeError: naive_reshape: these shapes do not fit this loop.\n"
        "  expected: a shape for 3 elements\n"
        "  given:    (2, 2)"
    ),
    "no axis": (
        "ArgumentError: naive_sum(axis): the array has no such axis.\n"
        "  expected: an axis of an array of rank 1\n"
        "  given:    1"
    ),
    "repeat": (
        "ArgumentError: side_by_side(repeat): this number cannot be used.\n"
        "  expected: a whole number from 1 to 1000\n"
        "  given:    0"
    ),
    "too long": (
        "ArgumentError: side_by_side('dot'): the plain loop would take too long.\n"
        "  expected: at most 2,000,000 steps\n"
        "  given:    8,000,000 steps\n"
        "  to fix:   take smaller arrays"
    ),
    "language": (
        "UnknownNameError: side_by_side(language): there is no language of this name.\n"
        "  given:    'kr'\n"
        "  to fix:   did you mean 'ko'? Known: en, ko"
    ),
    "table size": (
        "ArgumentError: compare_operations(size): this number cannot be used.\n"
        "  expected: a whole number from 1 to 120\n"
        "  given:    500"
    ),
    "naive_add": (
        "ShapeError: naive_add: these shapes do not fit this loop.\n"
        "  expected: two arrays of one shape\n"
        "  given:    (2,) and (3,)"
    ),
    "naive_matrix_vector_dot": (
        "ShapeError: naive_matrix_vector_dot: these shapes do not fit this loop.\n"
        "  expected: (rows, n) and (n,)\n"
        "  given:    (2, 3) and (2,)"
    ),
    "tensor of text": (
        "DTypeError: describe_tensor(x): this is no tensor of numbers.\n"
        "  expected: an array, or numbers in lists of equal lengths\n"
        "  given:    <U1"
    ),
    "tensor batch": (
        "ArgumentError: describe_tensor(batch_size): this number cannot be used.\n"
        "  expected: a whole number from 1\n"
        "  given:    0"
    ),
    "tensor kind": (
        "UnknownNameError: describe_tensor(kind): there is no kind of data of this name.\n"
        "  given:    'image'\n"
        "  to fix:   did you mean 'images'? Known: a vector, grey images, images, images first, scalar, seque"
        "nces, vector data, video, video first"
    ),
    "tensor axes": (
        "ShapeError: describe_tensor(kind): 'images' has another number of axes.\n"
        "  expected: rank 4: samples, height, width, channels\n"
        "  given:    (2, 3)"
    ),
    "batch number": (
        "ArgumentError: batch(n): there is no batch of this number.\n"
        "  expected: a whole number from 0 to 0\n"
        "  given:    1"
    ),
    "batch of a scalar": (
        "ArgumentError: batch(n): there is no batch of this number.\n"
        "  expected: none, as there are no samples\n"
        "  given:    0"
    ),
    "kinds of dtype": (
        "DTypeError: data_kinds(dtype): this dtype cannot be used for tensors.\n"
        "  given:    'float3'\n"
        "  to fix:   did you mean 'float32'? Known: bool, float16, float32, float64, int16, int32, int64, int"
        "8, uint16, uint32, uint64, uint8"
    ),
    "no array to broadcast": (
        "DTypeError: broadcasting(a): this is neither an array of numbers nor a shape.\n"
        "  expected: an array, or a tuple of sizes\n"
        "  given:    'ab'"
    ),
    "no size to broadcast": (
        "DTypeError: broadcasting(b): this is neither an array of numbers nor a shape.\n"
        "  expected: an array, or a tuple of sizes\n"
        "  given:    (-1, 'a')"
    ),
    "no operation to broadcast": (
        "UnknownNameError: broadcasting(operation): there is no operation of this name here.\n"
        "  given:    'plus'\n"
        "  to fix:   Known: add, divide, maximum, minimum, multiply, subtract"
    ),
    "no picture of a misfit": (
        "ShapeError: broadcasting(…).plot: what does not fit cannot be drawn.\n"
        "  expected: shapes that can be broadcast\n"
        "  given:    (2,) and (3,)"
    ),
    "too large a picture": (
        "ShapeError: broadcasting: these arrays cannot be drawn cell by cell.\n"
        "  expected: a result of at most 12 rows and 12 columns, or 4 such matrices; not empty\n"
        "  given:    (20, 3)"
    ),
    "picture of a misfit": (
        "ShapeError: broadcasting: these shapes do not broadcast.\n"
        "  expected: trailing axes equal, or one of them 1\n"
        "  given:    (2,) and (3,)"
    ),
    "picture of another result": (
        "ArgumentError: broadcasting(result): the result has another shape.\n  expected: (3,)\n  given:    (4,)"
    ),
    "picture of text": (
        "DTypeError: broadcasting(a): these are no numbers.\n  expected: real numbers\n  given:    <U1"
    ),
    "points of space": (
        "ShapeError: rotation: these are no points of the plane.\n  expected: (n, 2)\n  given:    (2, 3)"
    ),
    "matrix of space": (
        "ShapeError: linear(matrix): this does not fit the plane.\n  expected: (2, 2)\n  given:    (3, 3)"
    ),
    "vector of text": (
        "DTypeError: affine(vector): these are no finite numbers.\n"
        "  expected: real numbers, (2,)\n"
        "  given:    ['a', 'b']"
    ),
    "no maps": (
        "ArgumentError: transformations(maps): this number of maps cannot be drawn.\n  expected: 1 to 12\n  given:    0"
    ),
    "no transformations": (
        "DTypeError: plot_transformations(maps): these are no transformations.\n"
        "  expected: a list of transformations, such as [rotation(30)]\n"
        "  given:    a list that holds something else"
    ),
    "maps in a list": (
        "DTypeError: transformations(maps): the maps must be a dictionary of functions.\n"
        "  expected: title → function of points (n, 2)\n"
        "  given:    [<built-in function abs>]"
    ),
    "no figure": (
        "ShapeError: transformations(figure): this is no figure.\n  expected: (n, 2), n at least 2\n  given:    (3, 3)"
    ),
    "a map that loses points": (
        "ShapeError: transformations(maps['lost']): a map returned points of another shape.\n"
        "  expected: (1098, 2)\n"
        "  given:    (1, 2)"
    ),
    "spiral points": (
        "ArgumentError: spirals(n): this number cannot be used.\n"
        "  expected: a whole number from 2 to 1000000\n"
        "  given:    1"
    ),
    "spiral turns": (
        "ArgumentError: spirals(turns): this number cannot be used.\n  expected: a number from 0 to 10\n  given:    -1"
    ),
    "spiral seed": "ArgumentError: spirals(seed): a seed is a whole number.\n  given:    'a'",
    "no model": (
        "DTypeError: unfold(model): this is no model.\n"
        "  expected: a built model, such as a Sequential\n"
        "  given:    builtin_function_or_method"
    ),
    "a fork": (
        "ArgumentError: unfold, model 'fork': the layers of this model do not follow one another.\n"
        "  expected: a model in which each layer takes the output of the one before, such as a Sequential\n"
        "  to fix:   pass the part of the model that is such a chain"
    ),
    "text points": (
        "DTypeError: unfold(x): these are no points.\n  expected: an array of numbers, (n, …)\n  given:    <U1, (1,)"
    ),
    "too many points": (
        "DataError: unfold(x): this number of points cannot be shown.\n"
        "  expected: 2 to 5,000\n"
        "  given:    5001\n"
        "  to fix:   take some of them, x[:1000]"
    ),
    "endless points": ("DataError: unfold(x): a number is not finite."),
    "labels of text": (
        "DTypeError: unfold(y): these are no class numbers.\n"
        "  expected: (n,) whole numbers from 0\n"
        "  given:    <U1, (20,)"
    ),
    "labels that are too few": (
        "ShapeError: unfold(y): x and y differ in number.\n  expected: (20,)\n  given:    (3,)"
    ),
    "labels of one class": (
        "DataError: unfold(y): these labels cannot be parted.\n"
        "  expected: class numbers from 0, of two classes or more\n"
        "  given:    [0.]"
    ),
    "a layer of NaN": ("DataError: unfold, layer 'only': a layer gave a number that is not finite."),
    "no stages": (
        "ArgumentError: unfolding(stages): this number of layers cannot be drawn.\n"
        "  expected: 1 to 24, the input among them\n"
        "  given:    0"
    ),
    "no points": ("DataError: unfolding(stages): there are no points.\n  expected: at least one\n  given:    0"),
    "other points": (
        "ShapeError: unfolding(stages[1].points): these are not the same points in the plane.\n"
        "  expected: (2, 2)\n"
        "  given:    (3, 2)"
    ),
    "animation format": (
        "ArgumentError: animate_unfolding(path): an animation cannot be written in this format.\n"
        "  expected: a file name that ends in .gif or .html\n"
        "  given:    'a.mp4'"
    ),
    "animation path": (
        "DTypeError: animate_unfolding(path): this is no path.\n  expected: a string or a pathlib.Path\n  given:    int"
    ),
    "animation rate": (
        "ArgumentError: animate_unfolding(fps): this number cannot be used.\n"
        "  expected: a whole number from 1 to 50\n"
        "  given:    0"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_be_shown_is_refused_in_these_words(case):
    with pytest.raises(OnionskinError) as refused:
        CASES[case]()
    assert f"{type(refused.value).__name__}: {refused.value}" == WORDS[case]


def test_every_refusal_has_its_words():
    assert list(WORDS) == list(CASES)
