"""Dtype names, promotion as Keras has it, broadcasting as NumPy has it, axes, and the words of their errors."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onionskin.base.errors import DTypeError, ShapeError
from onionskin.base.specs import (
    DTYPES,
    Spec,
    broadcast_shapes,
    dtype_name,
    is_float,
    normalize_axes,
    normalize_axis,
    promote,
    spec_of,
)

RECORDED = json.loads(Path(__file__).with_name("promotion.json").read_text())["table"]


def test_promotion_is_that_of_keras():
    assert {tuple(pair.split()) for pair in RECORDED} >= {(a, b) for a in DTYPES for b in DTYPES}
    given_here = {names: promote(names.split()) for names in RECORDED}
    assert given_here == RECORDED


def test_promotion_knows_no_order():
    for a in DTYPES:
        assert promote([a]) == a
        for b in DTYPES:
            assert promote([a, b]) == promote([b, a])


@given(st.lists(st.lists(st.sampled_from([0, 1, 1, 2, 3]), max_size=4).map(tuple), min_size=1, max_size=3))
def test_broadcasting_is_that_of_numpy(shapes):
    try:
        wanted = np.broadcast_shapes(*shapes)
    except ValueError:
        with pytest.raises(ShapeError) as caught:
            broadcast_shapes(*shapes)
        assert str(caught.value) == (
            "these shapes do not broadcast.\n  expected: trailing axes equal, or one of them 1\n  given:    "
            + " and ".join(map(str, shapes))
        )
    else:
        assert broadcast_shapes(*shapes) == wanted


def test_broadcasting_with_a_size_not_known_yet():
    assert broadcast_shapes((None, 3), (3,)) == (None, 3)
    assert broadcast_shapes((None, 3), (1, 1)) == (None, 3)
    assert broadcast_shapes((None,), (4,)) == (4,)
    assert broadcast_shapes((None, 1), (None, 5)) == (None, 5)


@pytest.mark.parametrize(
    ("dtype", "name"),
    [
        ("float", "float32"), ("int", "int32"), ("half", "float16"), ("double", "float64"), (float, "float32"),
        (int, "int32"), (bool, "bool"), (np.float64, "float64"), (np.dtype(">f4").newbyteorder("="), "float32"),
        ("<i8", "int64"), (np.dtype("uint8"), "uint8"), (None, "float32"),
    ],
)  # fmt: skip
def test_dtype_names(dtype, name):
    assert dtype_name(dtype) == name


def test_dtypes_that_tensors_cannot_have():
    known = "Known: " + ", ".join(sorted(DTYPES))
    for dtype, words in (
        ("flaot32", f"did you mean 'float32'? {known}"),
        ("complex64", f"did you mean 'float64'? {known}"),
        (np.dtype("datetime64[s]"), known),
        (object, known),
        ([1], known),
    ):
        with pytest.raises(DTypeError) as caught:
            dtype_name(dtype)
        lines = str(caught.value).splitlines()
        assert lines[:2] == ["this dtype cannot be used for tensors.", f"  given:    {dtype!r}"]
        assert lines[2].startswith("  to fix:   ")
        assert lines[2].endswith(words if words.startswith("Known") else words.partition("? ")[2])


def test_spec():
    spec = Spec((2, 3), "float32")
    assert (spec.ndim, spec.size, spec.nbytes, spec.known) == (2, 6, 24, True)
    assert (str(spec), repr(spec)) == ("float32[2, 3]", "Spec(float32[2, 3])")
    assert spec_of(np.zeros((2, 3), np.float32)) == spec
    assert Spec((), "bool").size == 1
    assert not Spec((None, 3), "float32").known
    assert [name for name in DTYPES if is_float(name)] == ["float16", "float32", "float64"]
    with pytest.raises(ShapeError) as caught:
        Spec((None, 3), "float32").nbytes  # noqa: B018 - the property raises
    assert str(caught.value) == "the number of elements is not known yet.\n  given:    shape (None, 3)"


def test_axes():
    assert normalize_axis(-1, 3) == 2
    assert normalize_axes(None, 3) == (0, 1, 2)
    assert normalize_axes((-1, 0), 3) == (0, 2)
    assert normalize_axes(np.int64(1), 3) == (1,)
    assert normalize_axes((), 3) == ()
    for axis, ndim in ((3, 3), (-4, 3), (0, 0)):
        with pytest.raises(ShapeError) as caught:
            normalize_axis(axis, ndim)
        assert str(caught.value) == (
            f"there is no such axis.\n  expected: -{ndim} <= axis < {ndim} for {ndim} axes\n  given:    axis {axis}"
        )
    with pytest.raises(ShapeError) as caught:
        normalize_axes((1, -2), 3)
    assert str(caught.value) == "an axis is named twice.\n  given:    axis (1, -2)"
