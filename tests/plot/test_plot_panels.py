"""Functions side by side: what is drawn is what was given, jumps are no lines, what is refused."""

import numpy as np
import pytest

from onionskin import plot
from onionskin.base.errors import DataError, DTypeError, ShapeError


def test_functions_and_slopes_are_drawn_and_jumps_are_interrupted():
    x = np.linspace(-2, 2, 41)
    step = (x >= 0).astype(float)
    figure = plot.functions(x, {"step": step, "square": x**2}, slopes={"square": 2 * x})
    first, second = figure.axes
    (line,) = first.lines
    shown = np.isfinite(line.get_ydata())
    np.testing.assert_array_equal(line.get_ydata()[shown], step)
    np.testing.assert_array_equal(np.flatnonzero(~shown), [20])
    slope, curve = second.lines
    np.testing.assert_array_equal(curve.get_ydata(), x**2)
    np.testing.assert_array_equal(slope.get_ydata(), 2 * x)
    assert first.get_ylim() == second.get_ylim()
    assert [text.get_text() for text in figure.legends[0].texts] == ["slope", "function"]
    assert not plot.functions(x, {"step": step}).legends


@pytest.mark.parametrize(("style", "language"), [("light", "en"), ("dark", "ko")])
def test_nothing_is_cut_off(style, language, korean, cut_off):
    x = np.linspace(-3, 3, 50)
    for count in (1, 4, 6):
        curves = {f"{number} 아주 긴 이름을 가진 활성화 함수": x**number for number in range(count)}
        figure = plot.functions(x, curves, slopes=curves, style=style, language=language)
        assert cut_off(figure) == []
        assert sum(axes.get_xlabel() == "x" for axes in figure.axes) == min(count, 4)


@pytest.mark.parametrize(
    ("act", "kind", "words"),
    [
        (lambda: plot.functions([1, 0], {"a": [0, 1]}), DataError,
         "functions(x): the numbers must rise.\n  expected: (m,) rising, m at least 2\n"
         "  given:    numbers of shape (2,)"),
        (lambda: plot.functions([0, 1], [[0, 1]]), DTypeError,
         "functions(curves): the curves must be a dictionary.\n  expected: name → (m,) values\n  given:    list"),
        (lambda: plot.functions([0, 1], {}), DataError,
         "functions(curves): there is no function.\n  expected: name → (m,) values"),
        (lambda: plot.functions([0, 1], {"a": [0, 1]}, slopes={"b": [0, 1]}), DataError,
         "functions(slopes): a slope is of no function.\n  expected: a\n  given:    b"),
        (lambda: plot.functions([0, 1], {"a": [0, 1, 2]}), ShapeError,
         "functions(curves['a']): the arrays differ in length.\n  expected: (2,)\n  given:    (3,)"),
    ],
)  # fmt: skip
def test_what_is_refused(act, kind, words):
    with pytest.raises(kind) as caught:
        act()
    assert str(caught.value) == words
