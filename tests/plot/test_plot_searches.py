"""Pictures of searches: what is drawn is what was recorded, every text is on the sheet, what is refused."""

import numpy as np
import pytest

from onionskin import classic, plot
from onionskin.base.errors import ArgumentError, DataError, DTypeError, ShapeError


@pytest.fixture(scope="module")
def search():
    return classic.anneal(lambda x: (x * x - 4.0) ** 2 + x, 3.0, steps=800, temperature=5.0, cooling=0.99, seed=1)


def arrays(search):
    return (search.losses, search.current, search.accepted, search.worse, search.probability, search.temperature)


def test_the_worse_steps_that_were_accepted_are_marked(search):
    figure = plot.annealing(*arrays(search))
    top, middle, bottom = figure.axes
    marks = top.collections[0].get_offsets().data
    np.testing.assert_array_equal(marks[:, 0], search.accepted_worse)
    np.testing.assert_array_equal(marks[:, 1], search.current[search.accepted_worse])
    np.testing.assert_array_equal(top.lines[0].get_ydata(), search.current)
    assert top.lines[1].get_ydata()[-1] == search.best_loss
    refused, went = (one.get_offsets().data for one in middle.collections)
    assert len(refused) + len(went) == search.worse.sum()
    np.testing.assert_array_equal(went[:, 1], search.probability[search.accepted_worse - 1])
    np.testing.assert_array_equal(bottom.lines[0].get_ydata(), search.temperature)
    assert bottom.get_yscale() == "log"
    assert top.get_title(loc="left") == f"800 proposals, {len(marks)} accepted though worse"


def test_paths_are_drawn_over_the_curve(search):
    x = np.linspace(-4, 4, 100)
    y = (x**2 - 4) ** 2 + x
    worse = np.append(False, search.accepted & search.worse)
    paths = {"annealing": (search.positions, search.current, worse), "one": ([3.0, 2.0], [28.0, 2.0])}
    figure = plot.search_paths(x, y, paths)
    first, second = figure.axes
    np.testing.assert_array_equal(first.lines[0].get_ydata(), y)
    np.testing.assert_array_equal(first.lines[1].get_xdata(), search.positions)
    assert len(first.collections[0].get_offsets()) == len(search.accepted_worse)
    start, end = (one.get_offsets().data[0] for one in second.collections)
    assert (start.tolist(), end.tolist()) == ([3.0, 28.0], [2.0, 2.0])


def test_starts_name_those_that_were_stuck_and_the_best():
    curves = [[0.5, 0.2, 0.001], [0.5, 0.3, 0.25], [0.5, 0.3, 0.002], [0.6, 0.3, 0.251]]
    figure = plot.starts(curves, stuck=[False, True, False, True], names=[11, 22, 33, 44])
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.texts] == ["11", "22, 44"]
    assert axes.get_title(loc="left") == "4 starts: 2 stuck, lowest loss 0.001"
    widths = {tuple(line.get_ydata()): line.get_linewidth() for line in axes.lines}
    assert max(widths, key=widths.get) == tuple(curves[0])


def test_numbers_of_logarithmic_axes_are_written_out():
    figure = plot.starts([[1.0, 0.001], [1.0, 0.01]])
    figure.draw_without_rendering()
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels() if label.get_text()]
    assert "0.001" in labels
    assert all("$" not in label for label in labels)


@pytest.mark.parametrize(("style", "language"), [("light", "en"), ("dark", "ko")])
def test_nothing_is_cut_off(search, style, language, korean, cut_off, tmp_path):
    look = {"style": style, "language": language}
    path = tmp_path / "search.svg"
    assert cut_off(plot.annealing(*arrays(search), path=path, **look)) == []
    assert path.read_bytes()[:5] == b"<?xml"
    curve = np.linspace(-1, 1, 9)
    for count in (1, 3, 4):
        paths = {f"{number} 경사 하강법": (curve, curve**2) for number in range(count)}
        figure = plot.search_paths(curve, curve**2, paths, **look)
        assert cut_off(figure) == []
        assert sum(axes.get_xlabel() == "x" for axes in figure.axes) == min(count, 2)
    curves = np.column_stack([np.ones(16), np.linspace(0.001, 0.5, 16)])
    assert cut_off(plot.starts(curves, stuck=curves[:, 1] > 0.2, **look)) == []


@pytest.mark.parametrize(
    ("act", "kind", "words"),
    [
        (lambda: plot.annealing([1.0], [1.0], [1], [0], [1.0], [1.0]), ShapeError,
         "annealing(current): the arrays differ in length.\n  expected: (2,)\n  given:    (1,)"),
        (lambda: plot.annealing([1.0], [1.0, 1.0], [1], [0, 1], [1.0], [1.0]), ShapeError,
         "annealing(worse): the arrays differ in length.\n  expected: (1,)\n  given:    (2,)"),
        (lambda: plot.search_paths([0, 1], [0, 1], [([0], [0])]), DTypeError,
         "search_paths(paths): the paths must be a dictionary.\n  expected: name → (positions, values)\n"
         "  given:    list"),
        (lambda: plot.search_paths([0, 1], [0, 1], {}), DataError,
         "search_paths(paths): there must be paths of positions and values.\n"
         "  expected: name → (positions, values) or (positions, values, worse)\n  given:    0 paths"),
        (lambda: plot.search_paths([0, 1], [0, 1], {"a": ([0, 1], [0])}), ShapeError,
         "search_paths(paths['a']): the arrays differ in length.\n  expected: (2,)\n  given:    (1,)"),
        (lambda: plot.starts([1.0]), ShapeError,
         "starts(curves): there must be a loss for each start and epoch.\n  expected: (starts, epochs)\n"
         "  given:    (1,)"),
        (lambda: plot.starts([[1.0]], best=1), ArgumentError,
         "starts(best): this number cannot be used.\n  expected: a whole number from 0 to 0\n  given:    1"),
        (lambda: plot.starts([[1.0]], names=["a", "b"]), ShapeError,
         "starts(names): there must be a name for each start.\n  expected: 1\n  given:    2"),
        (lambda: plot.starts([[1.0]], stuck=[True, False]), ShapeError,
         "starts(stuck): the arrays differ in length.\n  expected: (1,)\n  given:    (2,)"),
    ],
)  # fmt: skip
def test_what_is_refused(act, kind, words):
    with pytest.raises(kind) as caught:
        act()
    assert str(caught.value) == words
