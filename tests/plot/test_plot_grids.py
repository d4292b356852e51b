"""Grids of pictures: the right pictures under the right words, the surest mistakes first; what is refused."""

import numpy as np
import pytest

from onionskin import plot
from onionskin.base.errors import ArgumentError, DataError, DTypeError, ShapeError

RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 256, (30, 6, 5)).astype(np.uint8)
TRUTH = np.arange(30) % 10


def drawn(figure):
    return [np.asarray(axes.images[0].get_array()) for axes in figure.axes]


def titles(figure):
    return [axes.get_title() for axes in figure.axes]


def test_samples_in_order_with_their_labels():
    figure = plot.images(PICTURES, TRUTH, count=7)
    np.testing.assert_array_equal(drawn(figure), PICTURES[:7])
    assert titles(figure) == ["0", "1", "2", "3", "4", "5", "6"]
    assert len(plot.images(PICTURES).axes) == 25
    assert len(plot.images(PICTURES[:2]).axes) == 2


def test_shapes_of_pictures():
    np.testing.assert_array_equal(drawn(plot.images(PICTURES[..., None], count=3)), PICTURES[:3])
    square = PICTURES.reshape(-1)[:50].reshape(2, 25)
    np.testing.assert_array_equal(drawn(plot.images(square)), square.reshape(2, 5, 5))
    colour = RNG.integers(0, 256, (2, 4, 4, 3)).astype(np.uint8)
    np.testing.assert_allclose(drawn(plot.images(colour)), colour / 255.0)
    assert drawn(plot.images(np.zeros((1, 3, 3))))[0].shape == (3, 3)


def test_one_scale_for_the_whole_set():
    image = plot.images(PICTURES / 255.0 - 0.5, count=1).axes[0].images[0]
    np.testing.assert_allclose(image.get_clim(), (-0.5, 0.5), atol=0.01)
    assert plot.images(PICTURES, count=1).axes[0].images[0].get_clim() == (0.0, 255.0)
    assert image.get_cmap().name == "gray_r"
    assert plot.images(PICTURES, count=1, style="dark").axes[0].images[0].get_cmap().name == "gray"


def test_surest_mistakes_first():
    guess = TRUTH.copy()
    wrong = [3, 8, 20, 21]
    guess[wrong] = [5, 1, 9, 0]
    share = np.full((30, 10), 0.01)
    share[np.arange(30), guess] = 0.99
    share[wrong, guess[wrong]] = [0.6, 0.9, 0.7, 0.9]
    figure = plot.wrong_images(PICTURES, TRUTH, guess, share)
    np.testing.assert_array_equal(drawn(figure), PICTURES[[8, 21, 20, 3]])
    assert titles(figure) == [
        "read 1, is 8 (0.90)",
        "read 0, is 1 (0.90)",
        "read 9, is 0 (0.70)",
        "read 5, is 3 (0.60)",
    ]
    assert figure.get_suptitle() == "4 of 30 images read wrong"
    few = plot.wrong_images(PICTURES, TRUTH, guess, share[np.arange(30), guess], count=2)
    assert titles(few) == titles(figure)[:2]
    assert few.get_suptitle() == "4 of 30 images read wrong: the 2 surest"


def test_mistakes_in_order_where_nothing_says_how_sure():
    guess = (TRUTH + 1) % 10
    figure = plot.wrong_images(PICTURES, TRUTH, guess, count=2, class_names=["a" * 30, *"bcdefghij"])
    np.testing.assert_array_equal(drawn(figure), PICTURES[:2])
    assert titles(figure) == ["read b,\nis aaaaaaaaaaaaaaa…", "read c, is b"]
    assert figure.get_suptitle() == "30 of 30 images read wrong: the first 2"


def test_no_mistakes_are_said():
    figure = plot.wrong_images(PICTURES, TRUTH, TRUTH)
    assert figure.axes == []
    assert [text.get_text() for text in figure.texts] == ["None of 30 images was read wrong."]


@pytest.mark.parametrize("count", [1, 2, 25])
@pytest.mark.parametrize("names", [None, [f"long garment name {i}" for i in range(10)]])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_nothing_is_cut_off_and_no_titles_overlap(count, names, language, cut_off, korean):
    share = np.linspace(0.5, 1, 30)
    figure = plot.wrong_images(PICTURES, TRUTH, (TRUTH + 3) % 10, share, count, names, language=language)
    assert cut_off(figure) == []
    boxes = [axes.title.get_window_extent() for axes in figure.axes]
    assert not [(a, b) for i, a in enumerate(boxes) for b in boxes[:i] if a.overlaps(b)]
    pictures = [axes.get_window_extent() for axes in figure.axes]
    assert not [box for box in boxes for picture in pictures if box.overlaps(picture)]


SHAPES = "(n, height, width), (n, height, width, 1 or 3), or (n, pixels) of square pictures"
BAD = [
    (
        (np.zeros((3, 7)), [0] * 3, [0] * 3),
        ShapeError,
        f"wrong_images(images): these are no pictures.\n  expected: {SHAPES}\n  given:    (3, 7)",
    ),
    (
        (np.zeros((3, 4, 0)), [0] * 3, [0] * 3),
        ShapeError,
        f"wrong_images(images): these are no pictures.\n  expected: {SHAPES}\n  given:    (3, 4, 0)",
    ),
    (
        (np.zeros((0, 4, 4)), [], []),
        DataError,
        "wrong_images(images): there are no pictures.\n  expected: at least one\n  given:    (0, 4, 4)",
    ),
    (
        (PICTURES, TRUTH[:4], TRUTH),
        ShapeError,
        "wrong_images(y_true): there must be one label for each sample.\n  expected: (30,)\n  given:    (4,)",
    ),
    (
        (PICTURES, TRUTH, np.zeros((30, 10))),
        ShapeError,
        "wrong_images(y_pred): there must be one label for each sample.\n  expected: (30,)\n  given:    (30, 10)\n"
        "  to fix:   take argmax(axis=1) of one-hot labels or probabilities",
    ),
    (
        (PICTURES, TRUTH - 1, TRUTH),
        DataError,
        "wrong_images(y_true): a label is no class number.\n  expected: whole numbers from 0\n  given:    -1 at [0]",
    ),
    (
        (PICTURES, TRUTH, TRUTH + 0.5),
        DataError,
        "wrong_images(y_pred): a label is no class number.\n  expected: whole numbers from 0\n  given:    0.5 at [0]",
    ),
    (
        (PICTURES, TRUTH, TRUTH, np.zeros((30, 9))),
        ShapeError,
        "wrong_images(probabilities): the probabilities do not fit the predictions.\n"
        "  expected: (30,) of the predicted class, or (30, classes) with at least 10 classes\n  given:    (30, 9)",
    ),
    (
        (PICTURES, TRUTH, TRUTH, np.full(30, 1.5)),
        DataError,
        "wrong_images(probabilities): a probability is outside of 0 to 1.\n  given:    1.5 to 1.5",
    ),
    (
        (PICTURES, TRUTH, TRUTH, None, 0),
        ArgumentError,
        "wrong_images(count): this number cannot be used.\n  expected: a whole number from 1 to 400\n  given:    0",
    ),
    (
        (PICTURES, TRUTH, TRUTH, None, 2.0),
        ArgumentError,
        "wrong_images(count): this number cannot be used.\n  expected: a whole number from 1 to 400\n  given:    2.0",
    ),
    (
        (PICTURES, TRUTH, TRUTH, None, 25, ["a"]),
        DataError,
        "wrong_images(class_names): there are fewer names than classes.\n  expected: 10\n  given:    1",
    ),
    (
        (PICTURES, TRUTH, TRUTH, None, 25, 7),
        DTypeError,
        "wrong_images(class_names): the class names must be a list.\n"
        "  expected: one string for each class\n  given:    7",
    ),
]


@pytest.mark.parametrize(("given", "kind", "words"), BAD)
def test_what_is_refused(given, kind, words):
    with pytest.raises(kind) as caught:
        plot.wrong_images(*given)
    assert str(caught.value) == words


def test_images_names_its_own_arguments():
    with pytest.raises(ShapeError) as caught:
        plot.images(PICTURES, [1, 2])
    assert str(caught.value) == (
        "images(y): there must be one label for each sample.\n  expected: (30,)\n  given:    (2,)"
    )
    with pytest.raises(DataError) as caught:
        plot.images(np.full((1, 2, 2), np.inf))
    assert str(caught.value) == "images(images): a number is not finite.\n  given:    inf at [0, 0, 0]"
