"""Broadcasting, maps of the plane and unfolded layers as pictures and animations: what is drawn is what was given."""

import itertools
import re
from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest

from onionskin import plot
from onionskin.base.errors import ArgumentError
from onionskin.plot.geometry import FIGURE, grid_lines
from onionskin.plot.theme import THEMES
from onionskin.plot.unfolded import Stage

RNG = np.random.default_rng(0)
LABELS = np.arange(30) % 2
LINES = grid_lines(count=3, fine=5)
STAGES = [
    Stage("input", RNG.normal(size=(30, 2)), LINES, 0.6, (1.0, 0.5, 0.1)),
    Stage("hidden", RNG.normal(size=(30, 2)) * 3 + 5, LINES * 3 + 5, 0.9, (1.0, -1.0, 0.0), "a note"),
    Stage("output", RNG.normal(size=(30, 2)), LINES / 2, 1.0),
]
MAPS = {"turn": lambda p: p @ [[0, 1], [-1, 0]], "fold": lambda p: np.abs(p)}
PLOTS = {
    "broadcasting": lambda **s: plot.broadcasting([[0], [10]], [1, 2, 3], [[1, 2, 3], [11, 12, 13]], **s),
    "stacks": lambda **s: plot.broadcasting(np.ones((2, 2, 3)), 2.5, np.full((2, 2, 3), 3.5), symbol="×", **s),
    "shapes": lambda **s: plot.broadcasting(np.ones((4, 1)), np.ones(3), **s),
    "a single column": lambda **s: plot.broadcasting([[1], [2]], [[1], [2]], [[2], [4]], **s),
    "transformations": lambda **s: plot.transformations(MAPS, notes={"turn": "y = M·x", "fold": "y = |x|"}, **s),
    "one map": lambda **s: plot.transformations({"turn": MAPS["turn"]}, **s),
    "unfolding": lambda **s: plot.unfolding(STAGES, LABELS, heading="layer by layer", **s),
    "ten classes": lambda **s: plot.unfolding([STAGES[0]] * 5, np.arange(30) % 10, **s),
    "one stage": lambda **s: plot.unfolding(STAGES[:1], np.arange(30) % 10, heading="one", **s),
}
every = pytest.mark.parametrize("name", PLOTS)


def overlapping(figure):
    """Pairs of texts that cover each other."""
    from matplotlib.text import Text

    figure.draw_without_rendering()
    boxes = [
        (t.get_text(), t.get_window_extent())
        for t in figure.findobj(Text)
        if t.get_visible() and t.get_text().strip() and t.get_text() not in "−2−1012.5"
    ]
    return [
        (a, b)
        for i, (a, one) in enumerate(boxes)
        for b, two in boxes[i + 1 :]
        if one.padded(-1).overlaps(two.padded(-1))
    ]


@every
@pytest.mark.parametrize("language", ["en", "ko"])
def test_texts_lie_on_the_sheet_and_not_on_each_other(name, language, korean, cut_off):
    figure = PLOTS[name](language=language)
    assert cut_off(figure) == []
    assert overlapping(figure) == []


@every
@pytest.mark.parametrize("style", ["light", "dark"])
def test_the_same_plot_is_the_same_file(name, style, tmp_path):
    for copy in ("a.svg", "b.svg"):
        PLOTS[name](path=tmp_path / copy, style=style)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert THEMES[style].background in (tmp_path / "a.svg").read_text()


def test_cells_hold_the_numbers_and_copies_are_dimmed():
    axes = PLOTS["broadcasting"]().axes[0]
    numbers = [text.get_text() for text in axes.texts if re.fullmatch(r"\d+", text.get_text())]
    assert numbers == ["0"] * 3 + ["10"] * 3 + ["1", "2", "3"] * 2 + ["1", "2", "3", "11", "12", "13"]
    filled = [patch.get_facecolor()[3] > 0 for patch in axes.patches]
    assert filled == [True, False, False] * 2 + [True] * 3 + [False] * 3 + [True] * 6
    dotted = [line.get_linestyle() != "-" for line in axes.lines]
    assert dotted == [not one for one in filled]
    assert [text.get_text() for text in axes.texts if "(" in text.get_text()] == ["(2, 1)", "(3,)", "(2, 3)"]


def test_copies_are_explained_only_where_there_are_some():
    note = "dotted cells: virtual copies, which take no memory"
    for name, there in (("broadcasting", True), ("a single column", False)):
        assert (note in [text.get_text() for text in PLOTS[name]().axes[0].texts]) is there


def test_shapes_alone_have_empty_cells():
    axes = PLOTS["shapes"]().axes[0]
    assert len(axes.patches) == 36
    assert [text.get_text() for text in axes.texts if text.get_text().isdigit()] == []


def test_maps_are_applied_to_figure_grid_and_unit_vectors():
    figure = PLOTS["transformations"]()
    turn, fold = figure.axes
    grid = turn.collections[1].get_segments()
    np.testing.assert_allclose(grid, grid_lines() @ [[0, 1], [-1, 0]], atol=1e-15)
    np.testing.assert_allclose(fold.collections[1].get_segments(), np.abs(grid_lines()))
    corners = {tuple(np.round(point, 6)) for point in turn.lines[1].get_xydata()}
    assert {tuple(np.round(point, 6)) for point in FIGURE @ [[0, 1], [-1, 0]]} <= corners
    ends = {tuple(np.round(one.xy, 6)) for one in turn.texts}
    assert {(0.0, 1.0), (-1.0, 0.0)} <= ends
    limits = turn.get_xlim()
    assert limits == fold.get_xlim() == turn.get_ylim()
    assert limits[1] >= np.abs(grid).max()


def test_points_that_stay_get_no_arrow():
    axes = plot.transformations({"same": lambda points: points}).axes[0]
    assert len(axes.texts) == 2  # the unit vectors


def test_stages_show_their_points_grids_and_cuts():
    figure = PLOTS["unfolding"]()
    assert [axes.get_title() for axes in figure.axes] == ["input", "hidden", "output"]
    assert [axes.get_xlabel() for axes in figure.axes] == [
        "linearly separated: 60.0%",
        "linearly separated: 90.0%\na note",
        "linearly separated: 100.0%",
    ]
    for axes, stage in zip(figure.axes, STAGES, strict=True):
        grid, *classes = axes.collections
        np.testing.assert_allclose(grid.get_segments(), stage.lines)
        for number, drawn in enumerate(classes):
            np.testing.assert_allclose(drawn.get_offsets(), stage.points[np.flatnonzero(number == LABELS)])
        for line in axes.lines:  # both ends of the cut lie on w·p + b = 0, out of sight
            np.testing.assert_allclose(line.get_xydata() @ stage.cut[:2] + stage.cut[2], 0.0, atol=1e-12)
            assert not any(axes.viewLim.contains(*end) for end in line.get_xydata())
    assert [len(axes.lines) for axes in figure.axes] == [1, 1, 0]


def frames_of_gif(path):
    from PIL import Image

    with Image.open(path) as image:
        assert image.info["loop"] == 0
        frames, times = [], []
        for number in range(image.n_frames):
            image.seek(number)
            frames.append(np.asarray(image.convert("RGB")))
            times.append(image.info["duration"])
        return frames, times


@pytest.mark.parametrize("style", ["light", "dark"])
def test_the_gif_rests_at_each_layer_and_moves_between(style, tmp_path):
    path = plot.animate_unfolding(STAGES, LABELS, tmp_path / "new" / "a.gif", fps=25, style=style)
    frames, times = frames_of_gif(path)
    assert len(frames) == 2 * 24 + 1
    assert {times[0], times[24], times[48]} == {900} and set(times[1:24]) == {40}
    background = tuple(int(THEMES[style].background[i : i + 2], 16) for i in (1, 3, 5))
    assert {tuple(frame[0, 0]) for frame in frames} == {background}
    assert all((one != other).any() for one, other in itertools.pairwise(frames))
    assert [one.name for one in path.parent.iterdir()] == ["a.gif"]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_holds_all_its_pictures_and_asks_nothing_of_the_net(language, tmp_path, korean):
    from PIL import Image

    path = plot.animate_unfolding(STAGES, LABELS, tmp_path / "a.html", heading="<spirals>", language=language)
    page = path.read_text("utf-8")
    pictures = re.findall(r"data:image/png;base64,([^\"]+)\"", page)
    assert len(pictures) == 49
    assert len({Image.open(BytesIO(b64decode(one))).size for one in pictures}) == 1
    assert "http" not in page and "<spirals>" not in page and "&lt;spirals&gt;" in page
    assert f'<html lang="{language}">' in page and {"en": "pause", "ko": "멈춤"}[language] in page
    assert "prefers-reduced-motion" in page


def test_an_animation_that_cannot_be_written_leaves_nothing(tmp_path):
    (tmp_path / "file").write_text("kept")
    target = tmp_path / "file" / "a.gif"
    with pytest.raises(ArgumentError) as refused:
        plot.animate_unfolding(STAGES[:1], LABELS, target)
    assert str(refused.value) == (
        "animate_unfolding(path): the plot cannot be written: file exists.\n"
        f"  given:    {str(target)!r}\n"
        "  to fix:   give a file in a folder that can be written to"
    )
    assert (tmp_path / "file").read_text() == "kept"


def test_without_pillow_or_matplotlib_the_extra_is_named(monkeypatch, tmp_path):
    import sys

    from onionskin.base.errors import MissingExtraError

    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(MissingExtraError) as refused:
        plot.animate_unfolding(STAGES, LABELS, tmp_path / "a.gif")
    assert str(refused.value) == (
        "animations need the library 'PIL', which is not installed.\n  to fix:   pip install 'onionskin[plot]'"
    )
