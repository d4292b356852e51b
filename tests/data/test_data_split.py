"""The samples kept for validation: which they are, what they stay, and the words of every refusal."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onionskin.base.errors import ArgumentError, DataError
from onionskin.data import make_source, split_validation, unpack


@pytest.mark.parametrize(
    ("count", "fraction", "training"),
    # floor(count · (1 - fraction)) in floating point, as Keras 3.15 gives them: 10 · (1 - 0.8) is 1.99…
    [(10, 0.1, 9), (10, 0.2, 8), (10, 0.8, 1), (10, 0.7, 3), (3, 0.34, 1), (60000, 0.2, 48000), (100, 0.33, 67)],
)
def test_how_many_samples_are_kept(count, fraction, training):
    train, validation = split_validation(np.arange(count), None, None, fraction)
    assert (len(train[0]), len(validation[0])) == (training, count - training)


@settings(deadline=None)
@given(st.integers(2, 60), st.floats(0.01, 0.99))
def test_the_last_samples_are_kept_in_order(count, fraction):
    at = int(np.floor(count * (1.0 - fraction)))
    y = [i * 10 for i in range(count)]
    if at in (0, count):
        with pytest.raises(ArgumentError, match="leaves no sample for"):
            split_validation(np.arange(count), y, None, fraction)
        return
    train, validation = split_validation(np.arange(count), y, None, fraction)
    assert train[0].tolist() + validation[0].tolist() == list(range(count))
    assert train[1].tolist() + validation[1].tolist() == y
    assert (train[2], validation[2]) == (None, None)
    assert len(train[0]) == at


def test_trees_keep_their_form_and_arrays_are_views():
    x = {"a": np.zeros((4, 2), "uint8"), "b": [[1, 2, 3, 4], np.arange(4)]}
    train, validation = split_validation(x, (np.arange(4), None), np.ones((4, 1)), 0.25)
    assert np.shares_memory(train[0]["a"], x["a"])
    assert validation[0]["a"].shape == (1, 2)
    assert validation[0]["b"][0].tolist() == [4]
    assert train[0]["b"][1].tolist() == [0, 1, 2]
    assert (train[1][0].tolist(), train[1][1]) == ([0, 1, 2], None)
    assert validation[2].tolist() == [[1.0]]
    assert make_source(*train).names == ["x['a']", "x['b'][0]", "x['b'][1]", "y[0]", "sample_weight[0]"]


def test_sparse_matrices_stay_sparse():
    sparse = pytest.importorskip("scipy.sparse")
    train, validation = split_validation(sparse.coo_matrix(np.eye(4)), None, None, 0.5)
    assert sparse.issparse(validation[0])
    np.testing.assert_array_equal(validation[0].toarray(), np.eye(4)[2:])
    assert train[0].shape == (2, 4)


@pytest.mark.parametrize("fraction", [0, 1, 0.0, 1.0, -0.1, 1.5, float("nan"), True, "0.2", None])
def test_fraction_must_lie_between(fraction):
    with pytest.raises(ArgumentError) as e:
        split_validation(np.arange(4), None, None, fraction)
    assert str(e.value) == (
        "fit: validation_split must be a share of the samples.\n"
        f"  expected: a number above 0 and below 1\n  given:    {fraction!r}"
    )


@pytest.mark.parametrize(("fraction", "part"), [(0.9, "training"), (1e-20, "validation")])
def test_no_part_may_be_empty(fraction, part):
    with pytest.raises(ArgumentError) as e:
        split_validation(np.arange(2), None, None, fraction)
    assert str(e.value) == (
        f"fit: validation_split={fraction} leaves no sample for {part}.\n"
        "  given:    2 sample(s)\n  to fix:   give more samples, or another share"
    )


def test_streams_cannot_be_split():
    for stream in ((i for i in range(3)), make_source(np.zeros(3))):
        with pytest.raises(DataError) as e:
            split_validation(stream, None, None, 0.5)
        assert str(e.value) == (
            "fit: validation_split works only with arrays held in memory.\n"
            f"  given:    x of type {type(stream).__name__}\n"
            "  to fix:   give validation_data, a second stream of batches"
        )


def test_lengths_and_holes_are_found_before_the_split():
    with pytest.raises(DataError, match="given:    x 4, y 3"):
        split_validation(np.zeros(4), np.zeros(3), None, 0.5)
    with pytest.raises(DataError, match=r"^fit: x is missing\."):
        split_validation(None, np.zeros(3), None, 0.5)
    with pytest.raises(DataError, match=r"^fit: x\[1\] is a single number\."):
        split_validation([np.zeros(3), np.array(3)], None, None, 0.5)


def test_unpack():
    assert unpack(("x", "y")) == ("x", "y", None)
    assert unpack(["x", "y", "w"]) == ("x", "y", "w")
    assert unpack(("x",)) == ("x", None, None)
    source = make_source(np.zeros(3))
    assert unpack(source) == (source, None, None)
    stream = iter([])
    assert unpack(stream) == (stream, None, None)


@pytest.mark.parametrize("value", [(), (1, 2, 3, 4)])
def test_unpack_words(value):
    with pytest.raises(DataError) as e:
        unpack(value)
    assert str(e.value) == (
        "fit, validation_data: this cannot be taken apart.\n"
        f"  expected: (x, y) or (x, y, sample_weight)\n  given:    {len(value)} parts"
    )
