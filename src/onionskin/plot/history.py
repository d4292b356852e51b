"""Learning curves: loss and metrics of training and validation, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from onionskin.base.errors import DataError, DTypeError, require
from onionskin.plot.checks import whole
from onionskin.plot.sheet import Sheet, StrPath, sheet
from onionskin.plot.theme import MARKED_EPOCHS, PANEL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_EPOCHS = 10**9
_RATES = ("learning_rate", "lr")
_Series = dict[str, tuple[np.ndarray, np.ndarray]]  # name → epochs, values


def curves(
    history: Mapping[str, Sequence[float]],
    *,
    initial_epoch: int = 0,
    validation_freq: int = 1,
    path: StrPath | None = None,
    style: str = "light",
    language: str = "en",
) -> Figure:
    """Draw loss and metrics by epoch, the loss in one panel and the other metrics in a second.

    What was measured in training is a whole line, its validation (the same name after "val_") a broken
    line of the same colour. The learning rate, where it was recorded, has a panel of its own. Values that
    are NaN or infinite leave gaps.

    Args:
        history: name → one number for each epoch, such as `History.history`.
        initial_epoch: epochs trained before; the first value is drawn at `initial_epoch + 1`.
        validation_freq: validation was done at the epochs that this divides.
        path: a .png, .svg or .pdf file to write as well; its folder is made.
        style: "light" or "dark".
        language: "en" or "ko".

    Returns:
        A Matplotlib figure with one to three axes.

    Raises:
        DTypeError: the history is no dictionary of lists of numbers.
        DataError: it is empty, or its lists differ in length.
        ArgumentError: an epoch number is none, or the file cannot be written.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> figure = curves({"loss": [0.9, 0.4], "val_loss": [0.8, 0.5], "accuracy": [0.7, 0.9]})
        >>> [axes.get_title(loc="left") for axes in figure.axes]
        ['loss', 'accuracy']
    """
    start = whole(initial_epoch, 0, _EPOCHS, "curves(initial_epoch)") + 1
    freq = whole(validation_freq, 1, _EPOCHS, "curves(validation_freq)")
    series = _series(history, start, freq)
    panels = _panels(series)
    with sheet("curves", path, style, language, series) as page:
        rows = max(len(names) if len({_base(name) for name in names}) > 1 else 1 for _, names in panels)
        figure = page.figure(PANEL[0] * len(panels), PANEL[1] + 0.18 * (rows - 1))
        grid = figure.subplots(1, len(panels), squeeze=False)
        for axes, (title, members) in zip(grid[0], panels, strict=True):
            _panel(page, axes, title, {name: series[name] for name in members})
        return page.finish(figure)


def _series(history: Mapping[str, Sequence[float]], start: int, freq: int) -> _Series:
    """Return each list with the epochs its values belong to, or refuse."""
    if not isinstance(history, Mapping):
        raise DTypeError(
            "the history must be a dictionary.",
            where="curves(history)",
            expected="name → one number for each epoch",
            given=type(history).__name__,
            fix="pass History.history" if hasattr(history, "history") else None,
        )
    values: dict[str, np.ndarray] = {}
    for name, entry in history.items():
        try:
            array = np.asarray(entry, dtype=np.float64)
        except (TypeError, ValueError):
            array = np.empty((0, 0))
        if array.ndim != 1:
            raise DTypeError(
                "these are no numbers, one for each epoch.",
                where=f"curves(history[{name!r}])",
                expected="a list of numbers",
                given=f"{entry!r:.60}",
            )
        values[str(name)] = array
    trained = [name for name in values if not name.startswith("val_")]
    epochs = max((values[name].size for name in trained), default=0)
    if not epochs:
        raise DataError(
            "the history is empty.",
            where="curves(history)",
            expected="at least one epoch of training",
            given=f"{list(values)}",
        )
    every = np.arange(start, start + epochs)
    validated = every[every % freq == 0]
    series: _Series = {}
    for name, array in values.items():
        x = validated if name.startswith("val_") else every
        if array.size != x.size:
            raise DataError(
                "the lists of the history differ in length.",
                where=f"curves(history[{name!r}])",
                expected=f"{x.size} numbers",
                given=f"{array.size}",
                fix="give the validation_freq that the model was fitted with" if name.startswith("val_") else None,
            )
        series[name] = (x, array)
    return series


def _base(name: str) -> str:
    return name.removeprefix("val_")


def _panels(series: _Series) -> list[tuple[str, list[str]]]:
    """Return (title, names) of each panel: losses, metrics, learning rate; empty ones are left out."""
    panels: dict[str, list[str]] = {"loss": [], "metrics": [], "learning rate": []}
    for name in series:
        base = _base(name)
        kind = "learning rate" if base in _RATES else "metrics"
        panels["loss" if base == "loss" or base.endswith("_loss") else kind].append(name)
    return [(title, names) for title, names in panels.items() if names]


def _panel(page: Sheet, axes: Axes, title: str, series: _Series) -> None:
    ticker = require("matplotlib.ticker", "plot", "plots")
    bases = list(dict.fromkeys(_base(name) for name in series))
    single = len(bases) == 1
    for place, base in enumerate(bases):
        color = page.look.series[place % len(page.look.series)]
        for name, role in ((base, "train"), (f"val_{base}", "validation")):
            if name in series:
                label = page.word(role) if single else f"{base}, {page.word(role)}"
                _line(page, axes, *series[name], color, role == "train", label)
    if single and title == "metrics":  # a metric has the name that its user gave it; one is known to everybody
        axes.set_title(page.word("accuracy") if bases == ["accuracy"] else bases[0])
    else:
        axes.set_title(page.word(title))
    axes.set_xlabel(page.word("epoch"))
    axes.grid(visible=True, axis="y")
    first = min(x[0] for x, _ in series.values() if x.size)
    last = max(x[-1] for x, _ in series.values() if x.size)
    pad = 0.5 if first == last else 0.04 * (last - first)
    axes.set_xlim(first - pad, last + pad)
    axes.xaxis.set_major_locator(
        ticker.FixedLocator([first]) if first == last else ticker.MaxNLocator(nbins=7, integer=True, min_n_ticks=2)
    )
    axes.xaxis.set_major_formatter(ticker.StrMethodFormatter("{x:.0f}"))
    axes.margins(y=0.08)
    if title == "learning rate":
        axes.yaxis.set_major_formatter(ticker.StrMethodFormatter("{x:g}"))
    if len(axes.get_lines()) > 1:
        _legend(axes, columns=2 if single else 1)


def _legend(axes: Axes, columns: int) -> None:
    """Name the lines below the axes, where the legend can cover none of them."""
    translation = require("matplotlib.transforms", "plot", "plots").ScaledTranslation
    below = axes.transAxes + translation(0.0, -0.46, axes.get_figure().dpi_scale_trans)  # type: ignore[union-attr]
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), bbox_transform=below, borderaxespad=0.0, ncols=columns)


def _line(page: Sheet, axes: Axes, x: np.ndarray, y: np.ndarray, color: str, whole: bool, label: str) -> None:
    marker = ("o" if whole else "s") if x.size <= MARKED_EPOCHS else None
    axes.plot(
        x,
        y,
        color=color,
        linestyle="-" if whole else (0, (4, 2)),
        marker=marker,
        markerfacecolor=color if whole else page.look.background,
        label=label,
    )
