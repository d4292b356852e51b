"""The colour boundary: its points lie where the predictor is 0.5, its surface has no cracks; what is refused."""

import numpy as np
import pytest

from onionskin import plot
from onionskin.base.errors import DataError, DTypeError, ShapeError
from onionskin.plot.crossing import crossing_surface

RNG = np.random.default_rng(0)
RGB = RNG.integers(0, 256, (60, 3))
WEIGHTS = np.array([0.299, 0.587, 0.114])


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-np.clip(z, -500, 500)))


def brightness(colors):
    return sigmoid(0.1 * (colors @ WEIGHTS - 127.5))


def ball(colors):
    return sigmoid(40.0 * (0.31 - np.linalg.norm(colors - [0.5, 0.45, 0.52], axis=1)))


def areas(corners, triangles):
    a, b, c = (corners[triangles[:, i]] for i in range(3))
    return np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2


def test_points_of_a_plane():
    corners, triangles = crossing_surface(brightness, 255.0)
    np.testing.assert_allclose(corners @ WEIGHTS, 127.5, atol=1e-3)
    np.testing.assert_allclose(brightness(corners), 0.5, atol=1e-4)
    assert corners.min() >= 0 and corners.max() <= 255
    # A plane w·c = d cuts the cube in a polygon; over red and blue its area is their square's, by |w| / w_green.
    inside = (127.5 - np.array([0.299, 0.0, 0.114]) @ np.array([255.0, 0, 255.0])) / 0.587
    assert 0 < inside < 255  # so that every red and blue has its green on the plane
    expected = 255.0**2 * np.linalg.norm(WEIGHTS) / 0.587
    np.testing.assert_allclose(areas(corners, triangles).sum(), expected, rtol=1e-6)


def test_surface_of_a_ball_is_closed():
    corners, triangles = crossing_surface(ball, 1.0, steps=20)
    np.testing.assert_allclose(np.linalg.norm(corners - [0.5, 0.45, 0.52], axis=1), 0.31, atol=1e-6)
    edges = np.sort(triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    unique, times = np.unique(edges, axis=0, return_counts=True)
    np.testing.assert_array_equal(times, 2)
    assert len(corners) - len(unique) + len(triangles) == 2  # Euler: the surface of a ball
    np.testing.assert_allclose(areas(corners, triangles).sum(), 4 * np.pi * 0.31**2, rtol=0.02)


def test_no_crossing_is_no_surface():
    for value in (0.0, 1.0):
        corners, triangles = crossing_surface(lambda c, value=value: np.full(len(c), value), 1.0)
        assert (corners.shape, triangles.shape) == ((0, 3), (0, 3))


def test_the_drawn_surface_is_the_boundary(monkeypatch):
    from mpl_toolkits.mplot3d import Axes3D, art3d

    drawn = []

    class Spy(art3d.Poly3DCollection):
        def __init__(self, faces, **settings):
            drawn.append(faces)
            super().__init__(faces, **settings)

    monkeypatch.setattr(art3d, "Poly3DCollection", Spy)
    figure = plot.color_boundary(RGB, brightness(RGB), brightness(RGB) > 0.5, brightness)
    assert isinstance(figure.axes[0], Axes3D)
    assert [type(c) for c in figure.axes[0].collections].count(Spy) == len(drawn) == 1
    faces = np.asarray(drawn[0])
    assert faces.shape[1:] == (3, 3) and len(faces) > 500
    np.testing.assert_allclose(brightness(255 * faces.reshape(-1, 3)), 0.5, atol=1e-4)


def test_points_in_their_own_colour_by_label():
    from mpl_toolkits.mplot3d.art3d import Path3DCollection

    labels = (RGB[:, 1] > 128).astype(int)
    figure = plot.color_boundary(RGB, brightness(RGB), labels, brightness)
    figure.draw_without_rendering()  # Matplotlib orders points by depth when it draws
    axes = figure.axes[0]
    clouds = [c for c in axes.collections if isinstance(c, Path3DCollection) and len(c._offsets3d[0])]
    for label, cloud in enumerate(clouds):
        wanted = RGB[labels == label] / 255
        np.testing.assert_allclose(np.column_stack(cloud._offsets3d), wanted)
        farthest_first = cloud._z_markers_idx
        np.testing.assert_allclose(cloud.get_facecolor()[:, :3], wanted[farthest_first])
    assert len(clouds) == 2
    assert len(clouds[0].get_paths()[0].vertices) != len(clouds[1].get_paths()[0].vertices)
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_zlabel()) == ("red", "green", "blue")
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["light font", "dark font", "boundary"]
    right = ((brightness(RGB) >= 0.5) == labels).mean()
    assert axes.get_title(loc="left") == f"60 backgrounds, {right:.1%} right"


def test_text_is_written_in_the_predicted_colour():
    share = brightness(RGB)
    truth = (share >= 0.5).astype(int)
    flipped = int(np.argmin(abs(share - 0.5)))  # the first of those next to the boundary
    truth[flipped] = 1 - truth[flipped]
    axes = plot.color_boundary(RGB, share, truth, brightness).axes[1]
    words, marks = axes.texts[::2], axes.texts[1::2]
    assert len(words) == len(marks) == len(axes.patches) == 24
    seen = []
    for patch, word, mark in zip(axes.patches, words, marks, strict=True):
        (i,) = np.flatnonzero((abs(RGB / 255 - patch.get_facecolor()[:3]) < 1e-9).all(axis=1))
        seen.append(int(i))
        assert word.get_text() == "Aa"
        assert word.get_color() == mark.get_color() == ("#000000" if share[i] >= 0.5 else "#ffffff")
        assert mark.get_text() == ("× " if i == flipped else "") + f"{share[i]:.2f}"
    assert flipped in seen
    assert len(set(seen)) == 24
    assert list(share[seen].round(2)) == sorted(share[seen].round(2))
    assert axes.get_xlabel() == "number: probability of the dark font\n× the label says otherwise"


def test_units_are_those_of_the_colours():
    seen = []

    def predict(colors):
        seen.append(colors.max())
        return colors[:, 1] / colors.max()

    for scale, top in ((1.0, "1"), (255.0, "255")):
        figure = plot.color_boundary(RGB / 255 * scale, np.zeros(60), np.zeros(60), predict)
        assert seen[0] == scale
        assert figure.axes[0].zaxis.get_ticklabels()[-1].get_text() == top
        seen.clear()
    plot.color_boundary(RGB // 255, np.zeros(60), np.zeros(60), predict)
    assert seen[0] == 255.0  # integers are of 255, however small


def test_few_colours_and_no_boundary():
    figure = plot.color_boundary([[0, 0, 0]], [0.2], [0], lambda c: np.zeros((len(c), 1)))
    texts = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert texts == ["light font", "dark font", "no boundary: the same font everywhere"]
    assert [text.get_text() for text in figure.axes[1].texts] == ["Aa", "0.20"]


def test_many_colours_are_thinned_and_said():
    rgb = RNG.uniform(size=(1500, 3))
    axes = plot.color_boundary(rgb, np.ones(1500), np.ones(1500), lambda c: c[:, 0]).axes[0]
    assert axes.get_title(loc="left") == "1,500 backgrounds, 100.0% right (700 drawn)"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_nothing_is_cut_off(language, cut_off, korean):
    figure = plot.color_boundary(RGB, brightness(RGB), RGB[:, 0] > 128, brightness, language=language)
    assert cut_off(figure) == []
    cube, backgrounds = figure.axes
    assert cube.zaxis.label.get_window_extent().x1 < backgrounds.get_window_extent().x0 - 5
    assert cube._left_title.get_window_extent().x1 < backgrounds._left_title.get_window_extent().x0 - 5


def refused(**changes):
    return {"colors": RGB, "probability": brightness(RGB), "labels": np.zeros(60), "predict": brightness} | changes


BAD = [
    (
        {"colors": RGB[:, :2]},
        ShapeError,
        "color_boundary(colors): these are no colours.\n  expected: (n, 3), n at least 1\n  given:    (60, 2)",
    ),
    (
        {"colors": np.empty((0, 3))},
        ShapeError,
        "color_boundary(colors): these are no colours.\n  expected: (n, 3), n at least 1\n  given:    (0, 3)",
    ),
    (
        {"colors": RGB + 1000},
        DataError,
        f"color_boundary(colors): a colour is out of range.\n  expected: 0 to 1, or 0 to 255\n"
        f"  given:    {RGB.min() + 1000} to {RGB.max() + 1000}",
    ),
    (
        {"probability": [0.5]},
        ShapeError,
        "color_boundary(probability): there must be one probability for each colour.\n"
        "  expected: (60,)\n  given:    (1,)",
    ),
    (
        {"probability": np.linspace(-1, 2, 60)},
        DataError,
        "color_boundary(probability): a probability is outside of 0 to 1.\n  given:    -1 to 2",
    ),
    (
        {"labels": np.full(60, 2)},
        DataError,
        "color_boundary(labels): a label is neither 0 nor 1.\n"
        "  expected: 0 for the light font, 1 for the dark font\n  given:    2",
    ),
    (
        {"predict": 0.5},
        DTypeError,
        "color_boundary(predict): predict cannot be called.\n"
        "  expected: a function from an (m, 3) array to (m,) probabilities\n  given:    float",
    ),
    (
        {"predict": lambda c: c},
        ShapeError,
        "color_boundary(predict) result: there must be one probability for each colour.\n"
        "  expected: (4913,)\n  given:    (4913, 3)",
    ),
    (
        {"predict": lambda c: c[:, 0]},
        DataError,
        "color_boundary(predict) result: a probability is outside of 0 to 1.\n  given:    0 to 255",
    ),
    (
        {"predict": lambda c: np.full(len(c), np.nan)},
        DataError,
        "color_boundary(predict) result: a number is not finite.\n  given:    nan at [0]",
    ),
]


@pytest.mark.parametrize(("changes", "kind", "words"), BAD)
def test_what_is_refused(changes, kind, words):
    with pytest.raises(kind) as caught:
        plot.color_boundary(**refused(**changes))
    assert str(caught.value) == words
