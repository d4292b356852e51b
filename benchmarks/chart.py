"""The chart of a measurement: how many times our time each rival takes; `python -m benchmarks.chart FILE.json OUT.svg`.

A bar begins at our own time, 1, on a logarithmic axis; a mark across it is what must be reached.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.report import digits, seconds
from onionskin.base.errors import require
from onionskin.plot.theme import THEMES, Theme, settings

KINDS = (".svg", ".png")
SIZE = 8.0  # inches across
ROW = 0.2  # inches of a bar
COLOURS = {"numpy": 0, "torch": 1, "jax": 2, "keras": 3, "sklearn": 4}  # of a theme's series
NAMES = {
    "numpy": "NumPy",
    "torch": "PyTorch",
    "jax": "JAX",
    "keras": "Keras",
    "keras predict": "Keras predict",
    "keras 1": "Keras default",
    "numpy careful": "NumPy, careful",
    "sklearn": "scikit-learn",
    "bare": "bare products",
    "onionskin": "our reference",
}


def check() -> None:
    """Raise MissingExtraError where the plotting library is missing."""
    require("matplotlib", "plot", "draws the chart")


def panels(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the races that the chart shows: those with rivals."""
    return [part for part in result["parts"] if part["kind"] == "race" and part["chart"] and len(part["rows"]) > 1]


def columns(shown: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return the races in two columns of about the same number of rows, in order."""
    heights = [len(part["rows"]) + 1 for part in shown]
    cut = min(range(len(shown) + 1), key=lambda at: (max(sum(heights[:at]), sum(heights[at:])), -at))
    return [column for column in (shown[:cut], shown[cut:]) if column]


def draw(result: dict[str, Any], path: str, style: str = "light") -> None:
    """Draw the races of a result.

    Args:
        result: what the command stores as JSON.
        path: the .svg or .png file to write.
        style: "light" or "dark".

    Raises:
        ValueError: it has no race with rivals.
    """
    check()
    import matplotlib as mpl
    from matplotlib.figure import Figure

    shown = panels(result)
    if not shown:
        raise ValueError("there is no race with rivals to draw")
    look, sides = THEMES[style], columns(shown)
    rows = max(sum(len(part["rows"]) + 0.6 for part in side) for side in sides)
    with mpl.rc_context({**mpl.rcParamsDefault, **settings(look, ["DejaVu Sans"])}):
        top, bottom = 0.62, 0.3
        figure = Figure(figsize=(SIZE, rows * ROW + top + bottom))
        height = figure.get_figheight()
        ratios = [row["ratio"] for part in shown for row in part["rows"][1:]]
        low, high = min(0.7, *(value * 0.8 for value in ratios)), max(ratios) * 9
        for place, side in enumerate(sides):
            left = 0.125 + 0.5 * place
            axes = figure.add_axes((left, bottom / height, 0.365, rows * ROW / height))
            axes.set(xscale="log", xlim=(low, high), ylim=(rows, 0))
            _column(axes, side, look, low)
        figure.text(0.015, 1 - 0.22 / height, "Time of other libraries / time of onionskin", fontsize=12.5)
        found = result["machine"]
        text = "bar: times as long as onionskin takes, whose time is in grey; |: target"
        text = f"{text}; {found['processor']}, {found['cores']} cores"
        figure.text(0.015, 1 - 0.42 / height, text, fontsize=8.5, color=look.muted)
        figure.savefig(path, metadata={"Date": None} if Path(path).suffix == ".svg" else None, dpi=200)


def _column(axes: Any, side: list[dict[str, Any]], look: Theme, low: float) -> None:
    across, place = axes.get_yaxis_transform(), 0.5
    for part in side:
        axes.text(-0.3, place, part["title"], transform=across, fontsize=8.5, weight="bold", va="center")
        axes.text(1, place, _ours(part), transform=across, fontsize=8.5, color=look.muted, ha="right", va="center")
        axes.plot([1, 1], [place + 0.5, place + len(part["rows"]) - 0.5], color=look.ink, linewidth=1)
        for row in part["rows"][1:]:
            place += 1
            _bar(axes, row, place, look, low)
        place += 1.6
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(visible=True, axis="x")
    ticks = [10**power for power in range(6) if 10**power < axes.get_xlim()[1]]
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.minorticks_off()


def _bar(axes: Any, row: dict[str, Any], place: float, look: Theme, low: float) -> None:
    number = COLOURS.get(row["key"].partition(" ")[0])
    axes.barh(place, row["ratio"] - 1, left=1, height=0.62, color=look.muted if number is None else look.series[number])
    if row["target"] is not None:
        axes.plot([row["target"]] * 2, [place - 0.42, place + 0.42], color=look.ink, linewidth=1.4)
    end = max(row["ratio"], row["target"] or 0, 1)
    common = {"textcoords": "offset points", "fontsize": 8, "va": "center", "annotation_clip": False}
    axes.annotate(digits(row["ratio"]), (end, place), (4, 0), **common)
    axes.annotate(NAMES.get(row["key"], row["label"]), (low, place), (-5, 0), ha="right", **common)


def _ours(part: dict[str, Any]) -> str:
    return f"{seconds(part['rows'][0]['median'])} {'an' if part['unit'] == 'epoch' else 'a'} {part['unit']}"


def main(arguments: list[str] | None = None) -> int:
    """Draw the chart of a stored measurement."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chart", description="The chart of stored figures.")
    parser.add_argument("figures", metavar="FILE.json", help="what `python -m benchmarks --json` wrote")
    parser.add_argument("picture", metavar="OUT.svg", help="the .svg or .png file to write")
    parser.add_argument("--style", choices=tuple(THEMES), default="light")
    options = parser.parse_args(arguments)
    if Path(options.picture).suffix not in KINDS:
        parser.error(f"{options.picture!r} ends neither in .svg nor in .png")
    try:
        with open(options.figures, encoding="utf-8") as file:
            draw(json.load(file), options.picture, options.style)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
