"""Contours, surfaces, steps on curves and moving pictures: what is drawn where, nothing cut off, what is refused."""

import base64
import doctest
import html.parser
import importlib
import json
import re
from io import BytesIO

import numpy as np
import pytest

from onionskin import plot
from onionskin.base.errors import ArgumentError, DataError, DTypeError, MissingExtraError, ShapeError, UnknownNameError
from onionskin.plot import fonts
from onionskin.plot.surfaces import log_levels
from onionskin.plot.theme import THEMES, luminance

X, Y = np.linspace(-2, 3, 41), np.linspace(-1, 1, 31)
Z = X**2 + 10 * Y[:, None] ** 2
WAYS = {
    "SGD": np.array([[-1.5, 0.8], [-1.0, -0.5], [-0.5, 0.2]]),
    "Adam": np.array([[-1.5, 0.8], [0.0, 0.5], [5.0, 0.1], [1e300, 0.0]]),
}
UP = {label: np.minimum(points[:, 0], 1e9) ** 2 + 10 * points[:, 1] ** 2 for label, points in WAYS.items()}
CURVE = {"small": [-1.9, -1.8, -1.7], "large": [-1.5, 1.6, -1.9, 2.4, -3.0, 4.0]}
WORDS = {"title": "loss of a model", "xlabel": "w", "ylabel": "b"}
NOTES = {"SGD": "arrives after 2 steps", "Adam": "diverges, cut after 3 steps"}
PLOTS = {
    "contour": lambda **s: plot.contour(X, Y, Z, WAYS, minima=[(0.0, 0.0), (9.0, 9.0)], notes=NOTES, **WORDS, **s),
    "surface": lambda **s: plot.surface(X, Y, Z, WAYS, UP, notes=NOTES, **WORDS, **s),
    "steps_on_curve": lambda **s: plot.steps_on_curve(X, X**2, CURVE, **s),
}
every = pytest.mark.parametrize("name", PLOTS)


def test_levels_are_spaced_by_the_logarithm():
    levels = log_levels(Z)
    assert levels[0] == Z.min()
    assert levels[-1] == pytest.approx(Z.max())
    ratios = levels[2:] / levels[1:-1]
    np.testing.assert_allclose(ratios, ratios[0])
    assert log_levels(np.full((2, 2), 3.0)) is None
    shifted = log_levels(Z - 1000)
    np.testing.assert_allclose(shifted + 1000, levels, atol=1e-9)
    holes = Z.copy()
    holes[0, 0], holes[1, 1] = np.nan, np.inf
    assert np.isfinite(log_levels(holes)).all()


def test_contours_and_paths_lie_where_they_were_given():
    figure = PLOTS["contour"]()
    axes = figure.axes[0]
    assert (axes.get_xlim(), axes.get_ylim()) == ((-2.0, 3.0), (-1.0, 1.0))
    for label, points in WAYS.items():
        (line,) = [one for one in axes.get_lines() if one.get_label() == label]
        np.testing.assert_array_equal(np.column_stack(line.get_data()), points)
    marks = [(one.get_marker(), tuple(float(v[0]) for v in one.get_data())) for one in axes.get_lines() if
             len(one.get_xdata()) == 1]  # fmt: skip
    assert marks == [
        ("*", (0.0, 0.0)), ("o", (-1.5, 0.8)), ("o", (-0.5, 0.2)), ("o", (-1.5, 0.8)), ("X", (0.0, 0.5)),
    ]  # fmt: skip
    fills, lines = axes.collections
    for collection in (fills, lines):
        for level, path in zip(lines.levels, lines.get_paths(), strict=True):
            x, y = path.vertices.T
            np.testing.assert_allclose(x**2 + 10 * y**2, level, atol=0.08)
        assert collection.get_paths()
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        "SGD: arrives after 2 steps", "Adam: diverges, cut after 3 steps", "start", "end", "minimum",
    ]  # fmt: skip
    assert figure.axes[1].get_ylabel() == "loss"


def test_paths_on_the_surface_lie_on_it():
    axes = PLOTS["surface"]().axes[0]
    paths = [np.array(one.get_data_3d()) for one in axes.get_lines() if len(one.get_data_3d()[0]) > 1]
    assert {path.shape for path in paths} == {(3, 3), (3, 2)}  # Adam leaves the picture after two points
    for x, y, z in paths:
        np.testing.assert_allclose(z, x**2 + 10 * y**2)
    assert not axes.computed_zorder


def test_steep_surfaces_are_drawn_by_the_logarithm_and_marked_by_losses():
    steep = np.exp(4 * np.abs(X)) * np.ones((31, 1))
    axes = plot.surface(X, Y, steep, {"a": [[0.0, 0.0], [1.0, 0.0]]}, {"a": [1.0, np.exp(4.0)]}).axes[0]
    heights, labels = axes.get_zticks(), [text.get_text() for text in axes.get_zticklabels()]
    low, high = steep.min(), steep.max()
    least = 10.0 ** heights[0]
    for height, label in zip(heights, labels, strict=True):
        loss = low + (high - low) * (10.0**height - least)
        assert float(label.replace(",", "")) == pytest.approx(loss, rel=0.06, abs=1.0)


def test_steps_lie_on_the_curve_and_end_where_they_leave_it():
    figure = PLOTS["steps_on_curve"]()
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["small", "large"]
    small, large = (axes.get_lines()[1] for axes in figure.axes)
    np.testing.assert_array_equal(small.get_xdata(), CURVE["small"])
    np.testing.assert_array_equal(large.get_xdata(), CURVE["large"][:4])
    for line in (small, large):
        np.testing.assert_allclose(line.get_ydata(), np.square(line.get_xdata()), atol=0.01)
    assert [axes.get_lines()[-1].get_marker() for axes in figure.axes] == ["o", "X"]


def test_panels_apart(cut_off):
    for draw in (plot.contour, plot.surface):
        more = (UP,) if draw is plot.surface else ()
        figure = draw(X, Y, Z, WAYS, *more, notes=NOTES, apart=True, title="both", xlabel="w", ylabel="b")
        assert cut_off(figure) == []
        assert [axes.get_title(loc="left") for axes in figure.axes] == [
            "SGD\narrives after 2 steps", "Adam\ndiverges, cut after 3 steps",
        ]  # fmt: skip
        assert [text.get_text() for text in figure.legends[0].get_texts()] == ["start", "end"]


def test_blank_where_nothing_is_known_and_level_planes():
    holes = Z.copy()
    holes[:, :10] = np.nan
    for draw in (plot.contour, plot.surface):
        draw(X, Y, holes).draw_without_rendering()
        draw(X, Y, np.full_like(Z, 2.0)).draw_without_rendering()


@pytest.mark.parametrize("style", ["light", "dark"])
def test_every_path_stands_out_from_the_deepest_fill(style):
    from onionskin.plot.surfaces import _FILLS

    def rgb(color):
        return tuple(int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))

    def contrast(a, b):
        pair = sorted((luminance(rgb(a)), luminance(rgb(b))))
        return (pair[1] + 0.05) / (pair[0] + 0.05)

    found = {color: round(min(contrast(color, fill) for fill in _FILLS[style]), 2) for color in THEMES[style].series}
    assert min(found.values()) >= 2.4, found


@every
@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("style", ["light", "dark"])
def test_nothing_is_cut_off(name, language, style, cut_off, korean):
    figure = PLOTS[name](language=language, style=style)
    assert cut_off(figure) == []
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert any(fonts.has_hangul(word) for word in words) == (language == "ko")


@every
def test_files_are_whole_and_the_same_twice(name, tmp_path):
    for suffix in (".png", ".svg"):
        for copy in "ab":
            PLOTS[name](path=tmp_path / f"{copy}{suffix}", style="dark")
        assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


# --- animations ---


def moved(path, **settings):
    plot.animate(X, Y, Z, WAYS, UP, path=path, minima=[(0, 0)], **{"notes": NOTES, **WORDS, **settings})
    return path.read_bytes()


@pytest.mark.parametrize("style", ["light", "dark"])
def test_gif_grows_step_by_step(style, tmp_path):
    from PIL import Image

    content = moved(tmp_path / "new" / "a.gif", style=style)
    assert len(content) < 3_000_000
    assert content == moved(tmp_path / "b.GIF", style=style)
    picture = Image.open(BytesIO(content))
    assert picture.n_frames == 4
    assert picture.info["loop"] == 0
    seen, times = [], []
    color = np.array([int(THEMES[style].series[0][i : i + 2], 16) for i in (1, 3, 5)])
    for frame in range(4):
        picture.seek(frame)
        times.append(picture.info["duration"])
        pixels = np.asarray(picture.convert("RGB")).astype(int)
        seen.append(int((abs(pixels - color).max(axis=2) <= 8).sum()))
    assert times == [90, 90, 90, 1600]
    assert seen[0] < seen[1] < seen[2], seen


def test_frames_are_left_out_where_there_are_many_steps(tmp_path):
    from PIL import Image

    turn = np.linspace(0, 6 * np.pi, 500)
    spiral = {"way": np.column_stack([np.cos(turn), np.sin(turn)]) * np.linspace(1, 0, 500)[:, None]}
    plot.animate(X, Y, Z, spiral, {"way": turn}, path=tmp_path / "a.gif", frames=12)
    with Image.open(tmp_path / "a.gif") as picture:
        assert picture.n_frames == 12


class Reader(html.parser.HTMLParser):
    """Collects the addresses that a page asks for, and its scripts."""

    def __init__(self, text):
        super().__init__()
        self.addresses, self.scripts, self.tags, self.within = [], [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.within = tag
        self.addresses += [value for name, value in attrs if name in ("src", "href", "srcset", "action")]

    def handle_data(self, data):
        if self.within == "script":
            self.scripts.append(data)

    def handle_endtag(self, tag):
        self.within = None


def test_page_is_one_file_that_asks_for_nothing(tmp_path):
    evil = {'</script><b onclick="x">%DATA%': WAYS["SGD"], "Adam": WAYS["Adam"]}
    up = dict(zip(evil, UP.values(), strict=True))
    path = tmp_path / "a.html"
    plot.animate(X, Y, Z, evil, up, path=path, title="<i>a</i> & b", language="ko", style="dark")
    text = path.read_text()
    assert len(text) < 3_000_000
    page = Reader(text)
    assert page.addresses == []
    assert page.tags.count("script") == 1
    assert {"i", "b", "link", "iframe"} & set(page.tags) == set()
    assert "&lt;i&gt;a&lt;/i&gt; &amp; b" in text
    assert not re.search(r"url\(\s*['\"]?(?!#)|@import|fetch\(|https?://(?!www\.w3\.org/2000/svg)", text)
    data = json.loads(re.search(r"const data = (.*);\n", text)[1])
    assert len(data["pictures"]) == 4
    assert data["times"] == [90, 90, 90, 1600]
    assert data["captions"][1] == "3단계 중 1단계"
    assert data["play"] == "재생"
    assert data["tables"][1] == [[label, f"손실 {up[label][1]:.4g}", ""] for label in evil]


def test_the_page_says_the_loss_of_each_path_at_each_step_and_its_note_at_its_end(tmp_path):
    page = moved(tmp_path / "a.html").decode()
    tables = json.loads(re.search(r"const data = (.*);\n", page)[1])["tables"]
    for step, rows in enumerate(tables):
        for label, loss, note in rows:
            last = len(UP[label]) - 1
            assert loss == f"loss {UP[label][min(step, last)]:.4g}"
            assert note == (NOTES.get(label, "") if step >= last else "")


def test_each_frame_of_the_page_is_a_picture_of_one_more_step(tmp_path):
    from PIL import Image

    page = moved(tmp_path / "a.html").decode()
    color = np.array([int(THEMES["light"].series[0][i : i + 2], 16) for i in (1, 3, 5)])
    seen = []
    for source in json.loads(re.search(r"const data = (.*);\n", page)[1])["pictures"]:
        pixels = np.asarray(Image.open(BytesIO(base64.b64decode(source.partition(",")[2]))).convert("RGB")).astype(int)
        seen.append(int((abs(pixels - color).max(axis=2) <= 8).sum()))
    assert seen[0] < seen[1] < seen[2], seen


# --- what is refused ---


def refusal(kind, call):
    with pytest.raises(kind) as caught:
        call()
    return str(caught.value)


def test_what_is_refused(tmp_path):
    cases = [
        (ShapeError, lambda: plot.contour([1.0], Y, Z),
         "contour(x): these are no places along an axis.\n  expected: (n,), n at least 2\n  given:    (1,)"),
        (DataError, lambda: plot.contour(X[::-1], Y, Z),
         "contour(x): the places along an axis must rise.\n  expected: each greater than the last"),
        (ShapeError, lambda: plot.contour(X, Y, Z.T),
         "contour(losses): there must be one loss for each place.\n  expected: (31, 41)\n  given:    (41, 31)"),
        (DTypeError, lambda: plot.contour(X, Y, [["a"]]),
         "contour(losses): these are no numbers.\n  expected: real numbers\n  given:    [['a']]"),
        (DataError, lambda: plot.surface(X, Y, np.full_like(Z, np.nan)),
         "surface(losses): no loss is finite.\n  expected: at least one number"),
        (DTypeError, lambda: plot.contour(X, Y, Z, [[0, 0]]),
         "contour(paths): the paths must be a dictionary.\n  expected: label → points (k, 2)\n  given:    list"),
        (ShapeError, lambda: plot.contour(X, Y, Z, {"a": [1.0, 2.0]}),
         "contour(paths['a']): this is no path.\n  expected: points (k, 2), k at least 1\n  given:    (2,)"),
        (ShapeError, lambda: plot.surface(X, Y, Z, WAYS, {"SGD": [1.0]}),
         "surface(heights['SGD']): there must be one loss for each point of a path.\n  expected: (3,)\n"
         "  given:    (1,)"),
        (ShapeError, lambda: plot.steps_on_curve(X, Z, CURVE),
         "steps_on_curve(losses): there must be one loss for each place.\n  expected: (41,)\n  given:    (31, 41)"),
        (DataError, lambda: plot.steps_on_curve(X, X**2, {}),
         "steps_on_curve(paths): there is no path to draw.\n  expected: label → points (k,)"),
        (DataError, lambda: plot.steps_on_curve(X, X * np.nan, CURVE),
         "steps_on_curve(losses): no loss is finite.\n  expected: at least one number"),
        (UnknownNameError, lambda: plot.contour(X, Y, Z, style="drak"),
         "contour(style): there is no style of this name.\n  given:    'drak'\n"
         "  to fix:   did you mean 'dark'? Known: dark, light"),
        (ArgumentError, lambda: plot.contour(X, Y, Z, path="a.gif"),
         "contour(path): a plot cannot be written in this format.\n"
         "  expected: a file name that ends in .png, .svg or .pdf\n  given:    'a.gif'"),
        (ArgumentError, lambda: moved(tmp_path / "a.mp4"),
         "animate(path): an animation cannot be written in this format.\n"
         f"  expected: a file name that ends in .gif or .html\n  given:    {str(tmp_path / 'a.mp4')!r}"),
        (DTypeError, lambda: plot.animate(X, Y, Z, WAYS, UP, path=3),
         "animate(path): this is no path.\n  expected: a string or a pathlib.Path\n  given:    int"),
        (ArgumentError, lambda: plot.animate(X, Y, Z, {}, {}, path="a.gif"),
         "animate(paths): there is no path to move along.\n  expected: label → points (k, 2)"),
        (ShapeError, lambda: moved(tmp_path / "a.gif", numbers=[0, 2]),
         "animate(numbers): there must be one number for each point of the longest path.\n  expected: (4,)\n"
         "  given:    (2,)"),
        (ArgumentError, lambda: moved(tmp_path / "a.gif", frames=1),
         "animate(frames): this number cannot be used.\n  expected: a whole number from 2 to 400\n  given:    1"),
    ]  # fmt: skip
    for kind, call, words in cases:
        assert refusal(kind, call) == words


def test_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    assert refusal(ArgumentError, lambda: moved(tmp_path / "file" / "a.html")).startswith(
        "animate(path): the plot cannot be written: "
    )


def test_pillow_is_asked_for_by_its_extra(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    assert refusal(MissingExtraError, lambda: moved(tmp_path / "a.gif")) == (
        "animations need the library 'PIL', which is not installed.\n  to fix:   pip install 'onionskin[plot]'"
    )
    assert not (tmp_path / "a.gif").exists()


@pytest.mark.parametrize("name", ["animated_paths", "frames", "places", "surfaces"])
def test_examples(name):
    assert doctest.testmod(importlib.import_module(f"onionskin.plot.{name}")).failed == 0
