"""The table of a measurement as plain text of 100 columns; `python -m benchmarks.report FILE.json` prints it again."""

from __future__ import annotations

import json
import sys
from typing import Any

from benchmarks import machine

WIDTH = 100
_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def seconds(value: float) -> str:
    """Return a time with three digits and its unit.

    Example:
        >>> seconds(0.000_081_23), seconds(1.5), seconds(0.0)
        ('81.2 µs', '1.50 s', '0 s')
    """
    if value == 0:
        return "0 s"
    size, unit = next((pair for pair in _UNITS if value >= pair[0] * 0.9995), _UNITS[-1])
    return f"{digits(value / size)} {unit}"


def digits(value: float) -> str:
    """Return a positive number with three digits, all of them where there are more before the point.

    Example:
        >>> digits(0.8333), digits(12.345), digits(5111.1)
        ('0.833', '12.3', '5,111')
    """
    if value >= 99.95:
        return f"{value:,.0f}"
    if value >= 9.995:
        return f"{value:.1f}"
    return f"{value:.2f}" if value >= 0.9995 else f"{value:.3f}"


def part(figures: dict[str, Any]) -> str:
    """Return the lines of one race or probe."""
    head = _wrapped(f"{figures['name']}: {figures['work']}", "")
    if figures["kind"] == "failure":
        return "\n".join([*head, *_wrapped(f"NOT MEASURED: {figures['error']}", "   "), ""])
    if figures["kind"] == "probe":
        return "\n".join([*head, *(line for value in figures["values"] for line in _value(value)), ""])
    first = f"time of one {figures['unit']}, {figures['rounds']} round{'s' * (figures['rounds'] > 1)}"
    columns = f"   {first:<29}{'median':>9}{'fastest – slowest':>21}"
    lines = [*head, f"{columns}{'x ours':>9}{'must be':>10}{'':<9}{'first run':>10}"]
    lines += [_row(row) for row in figures["rows"]]
    if figures["disagreement"]:
        lines += _wrapped(f"DISAGREEMENT: {figures['disagreement']}", "   ")
    elif figures["apart"]:
        lines += _wrapped(f"agreed: {_apart(figures)}", "   ")
    return "\n".join([*lines, *(line for note in figures["notes"] for line in _wrapped(note, "   ")), ""])


def _row(row: dict[str, Any]) -> str:
    spread = f"{seconds(row['fastest'])} – {seconds(row['slowest'])}"
    times = "" if row["ratio"] is None else f"{digits(row['ratio'])} x"
    must = ""
    if row["target"] is not None:
        must = f"≤ {seconds(row['target'])}" if row["ratio"] is None else f"≥ {_target(row['target'])} x"
    reached = {None: "", True: " reached", False: " MISSED"}[row["reached"]]
    pause = "" if row["pause"] is None or row["pause"] < 0.005 else f"+ {seconds(row['pause'])}"
    return (
        f"   {row['label']:<29}{seconds(row['median']):>9}{spread:>21}{times:>9}{must:>10}{reached:<9}{pause:>10}"
    ).rstrip()


def _target(value: float) -> str:
    return f"{value:g}" if value >= 1 else f"{value:.2f}"


def _value(value: dict[str, Any]) -> list[str]:
    if value["at_most"] is None:
        return _wrapped(f"{value['name']}: {value['text']}", "   ")
    reached = "reached" if value["reached"] else "MISSED"
    return _wrapped(f"{value['name']}: {value['text']} (must be ≤ {value['at_most']:g} x: {reached})", "   ")


def _apart(figures: dict[str, Any]) -> str:
    names = {"accuracy": "accuracies", "loss": "losses"}
    said = []
    for name, width in figures["apart"].items():
        allowed = f"({figures['tolerance'][name]:g} allowed)"
        if name == "error":
            said.append(f"no output is off by more than {width:.1e} {allowed}")
        else:
            said.append(f"{names[name]} within {width:.4f} {allowed}")
    ours = figures["rows"][0]["score"]
    if ours and ours["accuracy"] is not None:
        said.append(f"ours has accuracy {ours['accuracy']:.4f}")
    return ", ".join(said)


def _wrapped(text: str, indent: str) -> list[str]:
    lines, line = [], indent
    for word in text.split():
        if len(line) + 1 + len(word) > WIDTH and line.strip():
            lines.append(line)
            line = indent
        line += f" {word}" if line.strip() else word
    return [*lines, line]


def summary(parts: list[dict[str, Any]]) -> str:
    """Return how many targets were reached, and which not."""
    done, missed = 0, []
    for figures in parts:
        for row in figures.get("rows", []):
            done += row["reached"] is True
            if row["reached"] is False and row["ratio"] is None:
                missed.append(f"{figures['name']}: {seconds(row['median'])} (≤ {seconds(row['target'])})")
            elif row["reached"] is False:
                missed.append(
                    f"{figures['name']}: {row['label']} {digits(row['ratio'])} x (≥ {_target(row['target'])} x)"
                )
        for value in figures.get("values", []):
            done += value["reached"] is True
            if value["reached"] is False:
                missed.append(f"{figures['name']}: {value['name']} {value['value']:.2f} (≤ {value['at_most']:g})")
    text = [f"Targets reached: {done} of {done + len(missed)}."]
    return "\n".join(text + [line for each in missed for line in _wrapped(f"missed: {each}", "   ")])


def whole(result: dict[str, Any]) -> str:
    """Return the table of a stored measurement."""
    parts = [part(figures) for figures in result["parts"]]
    return "\n".join([machine.line(result["machine"]), "", *parts, summary(result["parts"])])


def main(arguments: list[str]) -> int:
    """Print the table of a JSON file."""
    if len(arguments) != 1:
        print("usage: python -m benchmarks.report FILE.json", file=sys.stderr)
        return 2
    with open(arguments[0], encoding="utf-8") as file:
        print(whole(json.load(file)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
