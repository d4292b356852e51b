"""The confusion matrix: the texts are the counts and shares, readable on their cells; what is refused."""

import numpy as np
import pytest

from onionskin import plot
from onionskin.base.errors import DataError, DTypeError, ShapeError
from onionskin.plot.theme import luminance

LONG = [f"garment number {i} of the autumn catalogue" for i in range(10)]


def counts(classes):
    rng = np.random.default_rng(classes)
    return rng.integers(0, 30, (classes, classes)) + 900 * np.eye(classes, dtype=np.int64)


def test_texts_are_counts_and_shares_of_the_rows():
    axes = plot.confusion_matrix([[6, 2], [0, 3]], ["light font", "dark font"]).axes[0]
    assert [(t.get_text(), t.get_position()) for t in axes.texts] == [
        ("6\n75.0%", (0, 0)),
        ("2\n25.0%", (1, 0)),
        ("0", (0, 1)),
        ("3\n100.0%", (1, 1)),
    ]
    assert axes.get_title(loc="left") == "11 samples, 81.8% right"
    assert [label.get_text() for label in axes.get_xticklabels()] == ["light font", "dark font"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["light font", "dark font"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted class", "true class")


@pytest.mark.parametrize("classes", [1, 10, 14, 15, 40])
def test_every_count_is_written(classes):
    matrix = counts(classes)
    texts = [text.get_text() for text in plot.confusion_matrix(matrix).axes[0].texts]
    np.testing.assert_array_equal([int(text.split("\n")[0]) for text in texts], matrix.ravel())
    assert any("%" in text for text in texts) == (classes <= 14)


def test_very_many_classes_are_colours_alone():
    axes = plot.confusion_matrix(counts(41)).axes[0]
    assert list(axes.texts) == []
    assert axes.images[0].get_array().shape == (41, 41, 3)


def test_empty_rows_and_an_empty_matrix():
    assert [t.get_text() for t in plot.confusion_matrix([[0, 0], [1, 1]]).axes[0].texts] == [
        "0",
        "0",
        "1\n50.0%",
        "1\n50.0%",
    ]
    assert plot.confusion_matrix(np.zeros((2, 2))).axes[0].get_title(loc="left") == "no samples"


@pytest.mark.parametrize("style", ["light", "dark"])
def test_numbers_are_readable_on_their_cells(style):
    from matplotlib.colors import to_rgb

    figure = plot.confusion_matrix(counts(10), style=style)
    cells = figure.axes[0].images[0].get_array()
    for text, cell in zip(figure.axes[0].texts, cells.reshape(-1, 3), strict=True):
        pair = sorted(luminance(tuple(float(c) for c in color)) for color in (to_rgb(text.get_color()), cell))
        assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5, (text.get_text(), text.get_color(), cell)


@pytest.mark.parametrize("names", [None, LONG, ["a"] * 10])
@pytest.mark.parametrize("classes", [2, 10])
def test_nothing_is_cut_off_and_no_names_overlap(classes, names, cut_off):
    figure = plot.confusion_matrix(counts(classes) * 1_000, names)
    assert cut_off(figure) == []
    axes = figure.axes[0]
    below = axes.get_window_extent().y0
    for label in axes.get_xticklabels():
        assert label.get_window_extent().y1 <= below + 1, label
        assert label.get_rotation() == (45 if names is LONG else 0)
    cell = axes.get_window_extent().width / classes
    for text in axes.texts:
        assert text.get_window_extent().width < 0.95 * cell, text


def test_long_names_are_cut():
    axes = plot.confusion_matrix(counts(10), LONG).axes[0]
    assert axes.get_yticklabels()[3].get_text() == "garment number 3 of t…"


BAD = [
    (
        ([[1, 2, 3], [4, 5, 6]],),
        ShapeError,
        "confusion_matrix(matrix): the matrix must be square.\n"
        "  expected: (classes, classes) counts\n  given:    (2, 3)",
    ),
    (
        (np.empty((0, 0)),),
        ShapeError,
        "confusion_matrix(matrix): the matrix must be square.\n"
        "  expected: (classes, classes) counts\n  given:    (0, 0)",
    ),
    (
        ([[1, 2], [0.5, 1]],),
        DataError,
        "confusion_matrix(matrix): this is no count.\n"
        "  expected: whole numbers from 0\n  given:    0.5 in row 1, column 0",
    ),
    (
        ([[1, -2], [0, 1]],),
        DataError,
        "confusion_matrix(matrix): this is no count.\n"
        "  expected: whole numbers from 0\n  given:    -2 in row 0, column 1",
    ),
    (
        ([[1, np.nan], [0, 1]],),
        DataError,
        "confusion_matrix(matrix): a number is not finite.\n  given:    nan at [0, 1]",
    ),
    (
        ([[1, 2], [3]],),
        DataError,
        "confusion_matrix(matrix): the rows differ in length.\n  expected: a regular array of numbers",
    ),
    (
        ([["a"]],),
        DTypeError,
        "confusion_matrix(matrix): these are no numbers.\n  expected: real numbers\n  given:    <U1",
    ),
    (
        ([[1, 2], [3, 4]], ["one"]),
        DataError,
        "confusion_matrix(class_names): there are fewer names than classes.\n  expected: 2\n  given:    1",
    ),
    (
        ([[1, 2], [3, 4]], "ab"),
        DTypeError,
        "confusion_matrix(class_names): the class names must be a list.\n"
        "  expected: one string for each class\n  given:    'ab'",
    ),
]


@pytest.mark.parametrize(("given", "kind", "words"), BAD)
def test_what_is_refused(given, kind, words):
    with pytest.raises(kind) as caught:
        plot.confusion_matrix(*given)
    assert str(caught.value) == words
