"""Lines and regions of decisions: the lines are where the weights say, every text is on the sheet, what is refused."""

import numpy as np
import pytest

from onionskin import classic, plot
from onionskin.base.errors import DataError, DTypeError, ShapeError

X, Y = classic.truth_table("xor")
LINES = [[0.0, 0.0, 0.0], [1.0, 2.0, 0.5], [0.0, -3.0, 9.0], [2.0, 1.0, 2.5]]


def lines_of(axes):
    from matplotlib.lines import AxLine

    return [one for one in axes.lines if isinstance(one, AxLine)]


def test_lines_are_where_the_weighted_sum_is_the_threshold():
    figure = plot.decision_lines(X, [0, 0, 0, 1], LINES)
    drawn = lines_of(figure.axes[0])
    assert len(drawn) == 2  # that of no weights is none, and one passes outside of what is shown
    for line, (w1, w2, theta) in zip(drawn, (LINES[1], LINES[3]), strict=True):
        for x, y in (line.get_xy1(), line.get_xy2()):
            np.testing.assert_allclose(w1 * x + w2 * y, theta, atol=1e-12)
        assert line.get_xy1() != line.get_xy2()
    assert drawn[-1].get_linewidth() > 2 * drawn[0].get_linewidth()
    assert figure.axes[0].get_title(loc="left") == "3 epochs: 0 of 4 samples wrong"


def test_an_earlier_line_that_the_last_would_hide_is_neither_drawn_nor_named():
    last = [-1e-6, 0.0, -0.5e-6]
    figure = plot.decision_lines(X, Y, [[0, 0, 0], [2.0, 0.0, 1.0], [-4.0, 0.0, -2.0], [0.0, 1.0, 0.5], last])
    assert sum(line.get_linewidth() == 1.1 for line in figure.axes[0].lines) == 1
    figure = plot.decision_lines(X, Y, [[2.0, 0.0, 1.0], last])
    named = [text.get_text() for text in figure.legends[0].texts]
    assert named == ["after the last epoch", "class 0", "class 1", "side of class 1"]


def test_weights_of_zero_have_no_line():
    figure = plot.decision_lines(X, Y, [[0.0, 0.0, 0.5]], language="en")
    assert lines_of(figure.axes[0]) == []
    assert "the last weights are 0: no line" in [text.get_text() for text in figure.axes[0].texts]
    assert figure.axes[0].get_title(loc="left") == "0 epochs: 2 of 4 samples wrong"


def test_regions_show_outputs_and_hidden_lines():
    hidden = [[1.0, 1.0, 0.5], [1.0, 1.0, 1.5]]

    def band(points):
        s = points.sum(axis=1)
        return ((s > 0.5) & (s < 1.5)).astype(float)[:, None]

    figure = plot.decision_regions(X, Y, band, lines=hidden)
    axes = figure.axes[0]
    shown = np.asarray(axes.images[0].get_array())
    left, right, bottom, top = axes.images[0].get_extent()
    x, y = np.meshgrid(np.linspace(left, right, shown.shape[1]), np.linspace(bottom, top, shown.shape[0]))
    np.testing.assert_array_equal(shown, (x + y > 0.5) & (x + y < 1.5))
    for line, (w1, w2, theta) in zip(lines_of(axes), hidden, strict=True):
        for px, py in (line.get_xy1(), line.get_xy2()):
            np.testing.assert_allclose(w1 * px + w2 * py, theta, atol=1e-12)
    assert axes.get_title(loc="left") == "0 of 4 samples wrong"
    assert plot.decision_regions(X, Y, lambda p: 0.2 * band(p)).axes[0].get_title(loc="left") == "2 of 4 samples wrong"


@pytest.mark.parametrize(("style", "language"), [("light", "en"), ("dark", "ko")])
def test_nothing_is_cut_off(style, language, korean, cut_off, tmp_path):
    look = {"style": style, "language": language}
    names = ["아주 긴 이름의 클래스", "a class of a long name"]
    path = tmp_path / "deep" / "lines.png"
    assert cut_off(plot.decision_lines(X, Y, LINES, names=names, path=path, **look)) == []
    assert path.read_bytes()[:4] == b"\x89PNG"
    figure = plot.decision_regions(X, Y, lambda p: p[:, 0].clip(0, 1), lines=LINES[1:], names=names, **look)
    assert cut_off(figure) == []


@pytest.mark.parametrize(
    ("act", "kind", "words"),
    [
        (lambda: plot.decision_lines([1.0, 2.0], [0, 1], LINES), ShapeError,
         "decision_lines(points): these are no points of a plane.\n  expected: (n, 2), n at least 1\n  given:    (2,)"),
        (lambda: plot.decision_lines(X, [0, 1, 2, 0], LINES), DataError,
         "decision_lines(labels): a label is neither 0 nor 1.\n  expected: 0 and 1\n  given:    2"),
        (lambda: plot.decision_lines(X, Y, [1.0, 2.0, 3.0]), ShapeError,
         "decision_lines(lines): a line has two weights and a threshold.\n  expected: (lines, 3): w1, w2, θ\n"
         "  given:    (3,)"),
        (lambda: plot.decision_lines(X, Y, np.empty((0, 3))), ShapeError,
         "decision_lines(lines): there is no line.\n  expected: (epochs + 1, 3)\n  given:    (0, 3)"),
        (lambda: plot.decision_regions(X, Y, 3), DTypeError,
         "decision_regions(predict): predict must be a function.\n  expected: (m, 2) points → (m,) outputs\n"
         "  given:    int"),
        (lambda: plot.decision_regions(X, Y, lambda p: p), ShapeError,
         "decision_regions(predict): predict must return one output for each point.\n  expected: (40401,)\n"
         "  given:    (40401, 2)"),
    ],
)  # fmt: skip
def test_what_is_refused(act, kind, words):
    with pytest.raises(kind) as caught:
        act()
    assert str(caught.value) == words
