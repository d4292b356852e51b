"""Functions of one number side by side, such as activations, each with its slope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from onionskin.base.errors import DataError, DTypeError, ShapeError
from onionskin.plot.checks import numbers, shortened
from onionskin.plot.sheet import Sheet, StrPath, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLUMNS = 4
_LETTERS = 16  # of a title: a panel's width
_JUMP = 0.2  # of all that a function covers, between two neighbouring numbers: it jumps there, no line is drawn


def functions(
    x: Any,
    curves: Mapping[str, Any],
    *,
    slopes: Mapping[str, Any] | None = None,
    path: StrPath | None = None,
    style: str = "light",
    language: str = "en",
) -> Figure:
    """Draw functions of one number on the same scale, each in a panel of its own, with their slopes broken.

    Args:
        x: (m,) rising numbers.
        curves: name → (m,) the function's values; where it jumps, its line is interrupted.
        slopes: name → (m,) its slope, for some or all of the names.
        path: a .png, .svg or .pdf file to write as well; its folder is made.
        style: "light" or "dark".
        language: "en" or "ko".

    Returns:
        A Matplotlib figure with one axes for each function.

    Raises:
        ShapeError: arrays differ in length.
        DTypeError: these are no numbers, or no dictionary.
        DataError: there is no function, x does not rise, a slope is of no function, or a number is not finite.
        ArgumentError: the file cannot be written.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> figure = functions([-1, 0, 1], {"square": [1, 0, 1]}, slopes={"square": [-2, 0, 2]})
        >>> figure.axes[0].get_title(loc="left"), len(figure.axes[0].lines)
        ('square', 2)
    """
    place = numbers(x, "functions(x)").astype(np.float64)
    if place.ndim != 1 or place.size < 2 or not (np.diff(place) > 0).all():
        raise DataError("the numbers must rise.", where="functions(x)", expected="(m,) rising, m at least 2",
                        given=f"numbers of shape {place.shape}")  # fmt: skip
    values, bends = _named(curves, place.size, "curves"), _named(slopes or {}, place.size, "slopes")
    if not values:
        raise DataError("there is no function.", where="functions(curves)", expected="name → (m,) values")
    strange = [name for name in bends if name not in values]
    if strange:
        raise DataError("a slope is of no function.", where="functions(slopes)", expected=", ".join(values),
                        given=strange[0])  # fmt: skip
    columns = min(len(values), _COLUMNS)
    rows = -(-len(values) // columns)
    with sheet("functions", path, style, language, values) as page:
        figure = page.figure(max(2.3 * columns + 0.6, 3.8), 2.3 * rows + 0.6)
        grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
        for axes, (name, curve) in zip(grid.ravel(), values.items(), strict=False):
            _panel(page, axes, place, curve, bends.get(name))
            axes.set_title(shortened(name, _LETTERS))
        for axes in grid.ravel()[len(values) :]:
            axes.set_axis_off()
        for axes in grid.ravel()[max(len(values) - columns, 0) : len(values)]:  # the lowest of each column
            axes.set_xlabel("x")
            axes.tick_params(labelbottom=True)
        if bends:
            drawn = next(axes for axes, name in zip(grid.ravel(), values, strict=False) if name in bends)
            figure.legend(*drawn.get_legend_handles_labels(), loc="outside lower center", ncols=2)
        return page.finish(figure)


def _named(given: Any, n: int, what: str) -> dict[str, np.ndarray]:
    """Return rows of n numbers by their names."""
    if not isinstance(given, Mapping):
        raise DTypeError(f"the {what} must be a dictionary.", where=f"functions({what})",
                         expected="name → (m,) values", given=type(given).__name__)  # fmt: skip
    found = {}
    for name, one in given.items():
        where = f"functions({what}[{name!r}])"
        found[str(name)] = numbers(one, where).astype(np.float64)
        if found[str(name)].shape != (n,):
            raise ShapeError("the arrays differ in length.", where=where, expected=(n,), given=found[str(name)].shape)
    return found


def _panel(page: Sheet, axes: Axes, x: np.ndarray, curve: np.ndarray, slope: np.ndarray | None) -> None:
    """Draw one function, and its slope over it."""
    look = page.look
    axes.grid(True, axis="both")
    if slope is not None:
        axes.plot(*_interrupted(x, slope), color=look.series[1], linestyle=(0, (4, 2)), zorder=3,
                  label=page.word("slope"))  # fmt: skip
    axes.plot(*_interrupted(x, curve), color=look.series[0], linewidth=2.4, label=page.word("curve"))


def _interrupted(x: np.ndarray, curve: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a curve with a gap wherever it jumps between two neighbouring numbers."""
    steps = np.abs(np.diff(curve))
    jumps: Any = np.empty(0, np.int64)
    if len(x) > 4 / _JUMP:  # of fewer numbers every step is a large one
        jumps = np.flatnonzero(steps > _JUMP * max(float(np.ptp(curve)), 1e-300)) + 1
    return np.insert(x, jumps, np.nan), np.insert(curve, jumps, np.nan)
