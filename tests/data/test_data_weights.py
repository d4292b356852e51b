"""Weights of samples: class weights against values worked out by hand, shapes, and the words of every refusal."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onionskin.base.errors import ArgumentError, DataError
from onionskin.data import apply_class_weight, make_source

WEIGHTS = {0: 1.0, 1: 2.5, 2: 4.0}


@pytest.mark.parametrize(
    ("y", "expected"),
    [
        ([0, 1, 2, 1], [1, 2.5, 4, 2.5]),
        (np.array([[2], [0]], "uint8"), [4, 1]),
        (np.array([1, 3, 7], "int64"), [2.5, 1, 1]),  # classes that are not named weigh 1
        (np.array([0.9, 2.1, 0.0], "float32"), [2.5, 4, 1]),  # smoothed labels are rounded
        (np.array([[0, 0, 1], [1, 0, 0]]), [4, 1]),
        (np.array([[0.1, 0.8, 0.1], [0.4, 0.3, 0.3]]), [2.5, 1]),
        (np.array([True, False]), [2.5, 1]),
        (np.array([[False, True, False]]), [2.5]),
    ],
)
def test_values_worked_out_by_hand(y, expected):
    out = apply_class_weight(y, None, WEIGHTS)
    assert out.dtype == np.float32
    assert out.tolist() == expected


@settings(deadline=None)
@given(st.lists(st.integers(-3, 9), min_size=1, max_size=40), st.dictionaries(st.integers(0, 9), st.floats(0, 100)))
def test_labels_against_a_plain_loop(labels, weights):
    weights[0] = 3.0
    labels = [0, *labels]
    expected = np.array([weights.get(label, 1.0) for label in labels], "float32")
    np.testing.assert_array_equal(apply_class_weight(np.array(labels), None, weights), expected)
    columns = np.eye(10)[np.abs(labels)]
    expected = np.array([weights.get(abs(label), 1.0) for label in labels], "float32")
    np.testing.assert_array_equal(apply_class_weight(columns, None, weights), expected)


def test_keys_of_numpy_and_whole_floats():
    assert apply_class_weight([0, 1], None, {np.int64(1): np.float32(2), 0.0: 3}).tolist() == [3, 2]


def test_the_source_carries_them():
    source = make_source(np.zeros((3, 2)), [0, 1, 1], class_weight={1: 2.0})
    assert source.names == ["x", "y", "sample_weight"]
    assert source.arrays[2].tolist() == [1, 2, 2]


NO_CLASS = (
    "fit: class_weight needs one class for each sample.\n"
    "  expected: y of shape (samples,), (samples, 1) or one-hot (samples, classes)\n"
)
WORDS = {
    "both": (
        {"y": [0], "sample_weight": [1.0], "class_weight": {0: 1}},
        (
            "fit: class_weight and sample_weight exclude each other.\n"
            "  to fix:   multiply the class weights into sample_weight, and pass that alone"
        ),
    ),
    "no dictionary": (
        {"y": [0], "class_weight": "balanced"},
        (
            "fit: class_weight must be a dictionary.\n  expected: {class number: weight}\n  given:    'balanced'\n"
            "  to fix:   for balanced weights: n_samples / (n_classes * np.bincount(labels)), one for each class"
        ),
    ),
    "a name": (
        {"y": [0], "class_weight": {"cat": 1}},
        "fit: a key of class_weight is no class number.\n  expected: whole numbers from 0\n  given:    'cat'",
    ),
    "a boolean": (
        {"y": [0], "class_weight": {True: 1}},
        "fit: a key of class_weight is no class number.\n  expected: whole numbers from 0\n  given:    True",
    ),
    "a negative class": (
        {"y": [0], "class_weight": {-1: 1}},
        "fit: a key of class_weight is no class number.\n  expected: whole numbers from 0\n  given:    -1",
    ),
    "half a class": (
        {"y": [0], "class_weight": {0.5: 1}},
        "fit: a key of class_weight is no class number.\n  expected: whole numbers from 0\n  given:    0.5",
    ),
    "a class that is NaN": (
        {"y": [0], "class_weight": {float("nan"): 1}},
        "fit: a key of class_weight is no class number.\n  expected: whole numbers from 0\n  given:    nan",
    ),
    "an infinite weight": (
        {"y": [0], "class_weight": {0: float("inf")}},
        "fit: the weight of class 0 in class_weight is no finite number.\n  given:    inf",
    ),
    "a weight of text": (
        {"y": [0], "class_weight": {0: "2"}},
        "fit: the weight of class 0 in class_weight is no finite number.\n  given:    '2'",
    ),
    "outside the columns": (
        {"y": [[1.0, 0.0]], "class_weight": {0: 1, 2: 3}},
        (
            "fit: class_weight names class 2, which there is not.\n"
            "  expected: classes from 0 to 1, as y has 2 columns\n  given:    keys 0, 2"
        ),
    ),
    "none of the labels": (
        {"y": [1, 2], "class_weight": {0: 2.0, 3: 1.0}},
        "fit: class_weight names no class that y holds.\n  expected: some of the labels 1, 2\n  given:    keys 0, 3",
    ),
    "many labels": (
        {"y": list(range(1, 11)), "class_weight": {0: 2.0}},
        (
            "fit: class_weight names no class that y holds.\n"
            "  expected: some of the labels 1, 2, 3, 4, 5, 6, 7, 8, … (10 in all)\n  given:    keys 0"
        ),
    ),
    "no targets": (
        {"class_weight": {0: 2.0}},
        "fit: class_weight needs targets, but y is missing.",
    ),
    "several targets": (
        {"y": [np.zeros(1), np.zeros(1)], "class_weight": {0: 2.0}},
        (
            "fit: class_weight works only with a single output, but y holds several arrays.\n"
            "  to fix:   give sample_weight instead, one array for each output"
        ),
    ),
    "three axes": (
        {"y": np.zeros((1, 2, 3)), "class_weight": {0: 2.0}},
        NO_CLASS + "  given:    y of shape (1, 2, 3)\n  to fix:   give sample_weight instead",
    ),
    "no columns": (
        {"y": np.zeros((1, 0)), "class_weight": {0: 2.0}},
        NO_CLASS + "  given:    y of shape (1, 0)\n  to fix:   give sample_weight instead",
    ),
}


@pytest.mark.parametrize("case", WORDS)
def test_words_of_refusals(case):
    arguments, words = WORDS[case]
    with pytest.raises(ArgumentError) as e:
        make_source(np.zeros((len(arguments.get("y", [0])), 1)), **arguments)
    assert str(e.value) == words


def test_no_samples_goes_first():
    with pytest.raises(DataError) as e:
        apply_class_weight(np.zeros(0), None, {0: 1.0}, where="fit")
    assert str(e.value) == "fit: there are no samples.\n  given:    y 0"


@pytest.mark.parametrize(
    ("y", "weights"),
    [
        (np.zeros(3), [1, 2, 3]),
        (np.zeros(3), [[1], [2], [3]]),
        (np.zeros((3, 4)), [-1.0, 0.0, 2.0]),
        (np.zeros((3, 2, 5)), np.ones((3, 2))),
        (np.zeros((3, 2)), np.ones((3, 2), bool)),
        (None, [1, 2, 3]),
    ],
)
def test_weights_that_fit(y, weights):
    out = make_source(np.zeros(3), y, weights).arrays[-1]
    assert out.dtype == np.float32
    np.testing.assert_array_equal(out, np.array(weights, "float32"))


def test_one_array_counts_for_every_target_as_in_keras():
    source = make_source(np.zeros(2), {"a": np.zeros(2), "b": np.zeros((2, 3))}, [1.0, 2.0])
    _, _, weights = source.batch(slice(None))
    assert {name: one.tolist() for name, one in weights.items()} == {"a": [1, 2], "b": [1, 2]}


def test_one_array_for_each_target_or_none():
    source = make_source(np.zeros(2), [np.zeros(2), np.zeros(2)], [np.array([1.0, 2.0]), None])
    assert source.names == ["x", "y[0]", "y[1]", "sample_weight[0]"]


def test_words_of_shapes_that_do_not_fit():
    with pytest.raises(DataError) as e:
        make_source(np.zeros(3), np.zeros((3, 4)), np.ones((3, 2)))
    assert str(e.value) == (
        "fit: sample_weight has a shape that does not fit.\n"
        "  expected: (samples,), (samples, 1), or the leading axes of y (3, 4)\n  given:    (3, 2)"
    )
    with pytest.raises(DataError) as e:
        make_source(np.zeros(3), None, np.ones((3, 2)))
    assert str(e.value) == (
        "fit: sample_weight has a shape that does not fit.\n  expected: (samples,), (samples, 1)\n  given:    (3, 2)"
    )
    with pytest.raises(DataError, match=r"^fit: sample_weight of target 1 has a shape that does not fit\."):
        make_source(np.zeros(3), [np.zeros(3)] * 2, [np.ones(3), np.ones((3, 2))])
    with pytest.raises(DataError) as e:
        make_source(np.zeros(3), [np.zeros(3)] * 2, np.ones((3, 2)))
    assert str(e.value) == (
        "fit: one sample_weight array for several targets must hold one weight for each sample.\n"
        "  expected: shape (samples,)\n  given:    shape (3, 2)\n"
        "  to fix:   give one array for each target, in the structure of y"
    )
    with pytest.raises(DataError) as e:
        make_source(np.zeros(3), np.zeros(3), [np.ones(3), np.ones(3)])
    assert str(e.value) == (
        "fit: sample_weight has another structure than y.\n"
        "  expected: one array for each of the 1 target(s), nested like y\n  given:    2 array(s)"
    )


def test_weights_of_another_length_are_listed():
    with pytest.raises(DataError, match="given:    x 3, y 3, sample_weight 2"):
        make_source(np.zeros(3), np.zeros(3), np.ones(2))
