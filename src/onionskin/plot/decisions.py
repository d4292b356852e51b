"""Decisions of two classes over a plane: the lines of a perceptron epoch by epoch, and the regions of a network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from onionskin.base.errors import DataError, DTypeError, ShapeError, require
from onionskin.plot.checks import class_labels, class_numbers, numbers, shortened
from onionskin.plot.sheet import Sheet, StrPath, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LETTERS = 16  # of a class name: two legends beside each other
_LINES = 30  # earlier ones hide each other
_GRID = 201  # points a side at which a network is asked
_MARKERS = ("o", "s")
_DASHES = ((0, (5, 2)), (0, (1.5, 1.5)), (0, (5, 1.5, 1.5, 1.5)), (0, (9, 3)))
_SIZE = (5.4, 4.9)


def decision_lines(
    points: Any,
    labels: Any,
    lines: Any,
    *,
    names: Sequence[str] | None = None,
    path: StrPath | None = None,
    style: str = "light",
    language: str = "en",
) -> Figure:
    """Draw samples of two classes and the line that parts them after each epoch, the last bold.

    Args:
        points: (n, 2) samples.
        labels: (n,) 0 and 1.
        lines: (epochs + 1, 3) w1, w2 and θ at the start and after each epoch, such as `Perceptron.epoch_weights_`;
            the line is where w1·x1 + w2·x2 = θ. Weights that are all 0 have none.
        names: of the classes.
        path: a .png, .svg or .pdf file to write as well; its folder is made.
        style: "light" or "dark".
        language: "en" or "ko".

    Returns:
        A Matplotlib figure.

    Raises:
        ShapeError: the arguments have other shapes.
        DataError: a label is neither 0 nor 1, or a number is not finite.
        DTypeError: these are no numbers.
        ArgumentError: the file cannot be written.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> corners = [[0, 0], [0, 1], [1, 0], [1, 1]]
        >>> figure = decision_lines(corners, [0, 0, 0, 1], [[0, 0, 0], [1, 1, 1], [2, 1, 2.5]])
        >>> figure.axes[0].get_title(loc="left")
        '2 epochs: 0 of 4 samples wrong'
    """
    where = "decision_lines"
    place, truth = _samples(points, labels, where)
    weights = _lines(lines, f"{where}(lines)")
    if not len(weights):
        raise ShapeError("there is no line.", where=f"{where}(lines)", expected="(epochs + 1, 3)", given=weights.shape)
    shown = [shortened(one, _LETTERS) for one in class_labels(names, 2, f"{where}(names)")]
    last = weights[-1]
    wrong = int(((place @ last[:2] - last[2] >= 0) != truth).sum())
    with sheet(where, path, style, language, shown) as page:
        figure = page.figure(*_SIZE)
        axes = figure.subplots()
        limits = _limits(place)
        drawn = bool(last[:2].any())
        if drawn:
            x, y = _grid(limits)
            net = last[0] * x + last[1] * y - last[2]
            axes.contourf(x, y, net, levels=[0.0, np.inf], colors=[page.look.series[1]], alpha=0.13, zorder=0)
        earlier = [one for one in weights[:-1] if _crosses(one, limits) and not _same(one, last)]
        earlier = [earlier[i] for i in np.linspace(0, len(earlier) - 1, min(len(earlier), _LINES)).astype(int)]
        for number, one in enumerate(earlier, 1):
            strength = 0.2 + 0.6 * number / len(earlier)
            label = page.word("line earlier") if number == len(earlier) else None
            _line(axes, one, color=page.look.muted, linewidth=1.1, alpha=strength, label=label)
        if drawn:
            _line(axes, last, color=page.look.ink, linewidth=2.8, label=page.word("line last"))
        _points(page, axes, place, truth, shown)
        epochs = len(weights) - 1
        unit = page.word("epoch one" if epochs == 1 else "epoch many")
        axes.set_title(page.word("lines", epochs=epochs, unit=unit, wrong=wrong, n=len(place)))
        side = page.word("fires", name=shown[1]) if drawn else page.word("line none")
        _finish(page, figure, axes, limits, side if drawn else None)
        if not drawn:
            axes.text(0.5, 0.5, side, transform=axes.transAxes, ha="center", va="center")
        return page.finish(figure)


def decision_regions(
    points: Any,
    labels: Any,
    predict: Callable[[np.ndarray], Any],
    *,
    lines: Any = None,
    level: float = 0.5,
    names: Sequence[str] | None = None,
    path: StrPath | None = None,
    style: str = "light",
    language: str = "en",
) -> Figure:
    """Draw samples of two classes over a network's output, the boundary bold, and the lines of its hidden nodes.

    Args:
        points: (n, 2) samples.
        labels: (n,) 0 and 1.
        predict: (m, 2) float64 points → (m,) or (m, 1) outputs, shaded from 0 to 1.
        lines: (nodes, 3) w1, w2 and θ of each hidden node, such as `FeedForward.hidden_lines()`, or None.
        level: output at which the decision changes.
        names: of the classes.
        path: a .png, .svg or .pdf file to write as well; its folder is made.
        style: "light" or "dark".
        language: "en" or "ko".

    Returns:
        A Matplotlib figure.

    Raises:
        ShapeError: the arguments have other shapes, or predict returns another number than it is asked for.
        DataError: a label is neither 0 nor 1, or a number is not finite.
        DTypeError: these are no numbers, or predict cannot be called.
        ArgumentError: the file cannot be written.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> import numpy as np
        >>> def between(p):
        ...     return 1.0 / (1.0 + np.exp(-20.0 * (0.25 - (p.sum(axis=1) - 1.0) ** 2)))
        >>> corners = [[0, 0], [0, 1], [1, 0], [1, 1]]
        >>> figure = decision_regions(corners, [0, 1, 1, 0], between, lines=[[1, 1, 0.5], [1, 1, 1.5]])
        >>> figure.axes[0].get_title(loc="left")
        '0 of 4 samples wrong'
    """
    where = "decision_regions"
    place, truth = _samples(points, labels, where)
    hidden = np.empty((0, 3)) if lines is None else _lines(lines, f"{where}(lines)")
    shown = [shortened(one, _LETTERS) for one in class_labels(names, 2, f"{where}(names)")]
    if not callable(predict):
        raise DTypeError("predict must be a function.", where=f"{where}(predict)",
                         expected="(m, 2) points → (m,) outputs", given=type(predict).__name__)  # fmt: skip
    limits = _limits(place)
    x, y = _grid(limits)
    output = _asked(predict, np.column_stack([x.ravel(), y.ravel()]), where).reshape(x.shape)
    wrong = int(((_asked(predict, place, where) >= level) != truth).sum())
    with sheet(where, path, style, language, shown) as page:
        figure = page.figure(_SIZE[0] + 0.6, _SIZE[1] + 0.2)
        axes = figure.subplots()
        look, colors = page.look, require("matplotlib.colors", "plot", "plots")
        shades = colors.LinearSegmentedColormap.from_list("classes", [look.series[0], look.background, look.series[1]])
        (left, bottom), (right, top) = limits
        filled = axes.imshow(output, vmin=0.0, vmax=1.0, cmap=shades, alpha=0.55, zorder=0, origin="lower",
                             extent=(left, right, bottom, top), aspect="auto", interpolation="bilinear")  # fmt: skip
        bar = figure.colorbar(filled, ax=axes, ticks=[0, 0.25, 0.5, 0.75, 1], shrink=0.85)
        bar.set_label(page.word("output"))
        bar.outline.set_visible(False)
        if output.min() < level < output.max():
            axes.contour(x, y, output, levels=[level], colors=[look.ink], linewidths=2.6)
            axes.plot([], [], color=look.ink, linewidth=2.6, label=page.word("level", level=level))
        for number, one in enumerate(hidden, 1):
            if one[:2].any():
                color = look.series[2 + (number - 1) % (len(look.series) - 2)]
                dash = _DASHES[(number - 1) % len(_DASHES)]
                _line(axes, one, color=color, linestyle=dash, linewidth=2.0, label=page.word("hidden", number=number))
        _points(page, axes, place, truth, shown)
        axes.set_title(page.word("regions", wrong=wrong, n=len(place)))
        _finish(page, figure, axes, limits, None)
        return page.finish(figure)


def _samples(points: Any, labels: Any, where: str) -> tuple[np.ndarray, np.ndarray]:
    place = numbers(points, f"{where}(points)").astype(np.float64)
    if place.ndim != 2 or place.shape[1] != 2 or not len(place):
        raise ShapeError("these are no points of a plane.", where=f"{where}(points)", expected="(n, 2), n at least 1",
                         given=place.shape)  # fmt: skip
    truth = class_numbers(labels, len(place), f"{where}(labels)")
    if truth.max() > 1:
        raise DataError("a label is neither 0 nor 1.", where=f"{where}(labels)", expected="0 and 1",
                        given=int(truth.max()))  # fmt: skip
    return place, truth == 1


def _lines(lines: Any, where: str) -> np.ndarray:
    array = numbers(lines, where).astype(np.float64)
    if array.ndim != 2 or array.shape[1] != 3:
        raise ShapeError("a line has two weights and a threshold.", where=where, expected="(lines, 3): w1, w2, θ",
                         given=array.shape)  # fmt: skip
    return array


def _asked(predict: Callable[[np.ndarray], Any], points: np.ndarray, where: str) -> np.ndarray:
    output = numbers(predict(points), f"{where}(predict)").astype(np.float64)
    if output.shape not in ((len(points),), (len(points), 1)):
        raise ShapeError("predict must return one output for each point.", where=f"{where}(predict)",
                         expected=(len(points),), given=output.shape)  # fmt: skip
    return output.reshape(len(points))


def _limits(place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    low, high = place.min(axis=0), place.max(axis=0)
    room = np.where(high > low, 0.35 * (high - low), 1.0)
    return low - room, high + room


def _grid(limits: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.meshgrid(*np.linspace(*limits, _GRID).T)
    return x, y


def _line(axes: Axes, line: np.ndarray, **look: Any) -> None:
    """Draw where w1·x1 + w2·x2 = θ: through its point nearest to the origin, at right angles to the weights."""
    size = np.hypot(*line[:2])
    normal = line[:2] / size
    foot = normal * (line[2] / size)
    axes.axline(tuple(foot), (foot[0] - normal[1], foot[1] + normal[0]), **look)


def _crosses(line: np.ndarray, limits: tuple[np.ndarray, np.ndarray]) -> bool:
    """Tell whether a line passes through the part of the plane that is drawn."""
    (left, bottom), (right, top) = limits
    nets = [line[0] * x + line[1] * y - line[2] for x in (left, right) for y in (bottom, top)]
    return bool(min(nets) < 0 < max(nets))


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    """Tell whether two lines are one, whichever side fires: the later would hide the earlier."""
    if not (one[:2].any() and other[:2].any()):
        return False
    one, other = one / np.hypot(*one[:2]), other / np.hypot(*other[:2])
    return bool(np.allclose(one, other, atol=1e-9) or np.allclose(one, -other, atol=1e-9))


def _points(page: Sheet, axes: Axes, place: np.ndarray, truth: np.ndarray, names: Sequence[str]) -> None:
    size = 90.0 if len(place) <= 16 else 26.0
    for number in (0, 1):
        own = place[truth == bool(number)]
        axes.scatter(
            own[:, 0],
            own[:, 1],
            s=size,
            marker=_MARKERS[number],
            color=page.look.series[number],
            edgecolors=page.look.background,
            linewidths=1.2,
            zorder=3,
            label=page.word("class of", name=names[number]),
        )


def _finish(page: Sheet, figure: Figure, axes: Axes, limits: tuple[np.ndarray, np.ndarray], side: str | None) -> None:
    """Set the axes, and name everything below them, where the legend covers nothing."""
    (left, bottom), (right, top) = limits
    axes.set(xlim=(left, right), ylim=(bottom, top), xlabel="x1", ylabel="x2")
    handles, labels = axes.get_legend_handles_labels()
    if side is not None:
        patch = require("matplotlib.patches", "plot", "plots").Patch
        handles.append(patch(color=page.look.series[1], alpha=0.13, linewidth=0.0))
        labels.append(side)
    figure.legend(handles, labels, loc="outside lower center", ncols=2)
