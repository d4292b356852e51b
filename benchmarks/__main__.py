"""The command: `python -m benchmarks [CASE …] [--engines NAMES] [--json FILE]` measures and prints a table."""

from __future__ import annotations

import argparse
import json
import platform
import sys
from typing import Any

import numpy as np

from benchmarks.cases import CASES
from benchmarks.timing import interleaved, ratio
from onionskin import engines
from onionskin.base import config
from onionskin.base.errors import OnionskinError

AGREEMENT = 0.02  # accuracies of rivals that train the same network must be this close


def main(arguments: list[str] | None = None) -> int:
    """Run the cases and print medians, spread and ratios."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Speed against peers, in one run.")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"which of {', '.join(sorted(CASES))}; all if none")
    parser.add_argument("--engines", default=config.engine(), help="engines to measure, such as native,reference")
    parser.add_argument("--rounds", type=int, help="counted runs of each rival")
    parser.add_argument("--json", help="write the figures to this file too")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.cases if name not in CASES]
    if unknown:
        parser.error(f"there is no case {unknown[0]}; known: {', '.join(sorted(CASES))}")
    chosen = options.engines.split(",")
    try:
        for name in chosen:
            engines.get(name)
    except OnionskinError as error:
        parser.error(str(error))
    print(f"{platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}")
    print(f"{'case':<5}{'rival':<12}{'median s':>10}{'fastest':>10}{'slowest':>10}{'first / it':>11}")
    figures = []
    for name in options.cases or sorted(CASES):
        try:
            figures.append(_measure(name, options.rounds, chosen))
        except OnionskinError as error:
            print(f"{name:<5}not measured: {error}", file=sys.stderr)
            return 1
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=1)
    return 0


def _measure(name: str, rounds: int | None, chosen: list[str]) -> dict[str, Any]:
    case = CASES[name]
    rivals = case.rivals(chosen)
    last: dict[str, Any] = {}

    def keeping(label: str) -> Any:
        run = rivals[label]

        def timed() -> None:
            last[label] = run()

        return timed

    timings = interleaved({label: keeping(label) for label in rivals}, rounds or case.rounds)
    ours = timings[0]
    print(f"{name}: {case.work}")
    for timing in timings:
        low, high = timing.spread
        against = "" if timing is ours else f"{ratio(ours, timing):>11.3f}"
        print(f"{'':<5}{timing.name:<12}{timing.median:>10.3f}{low:>10.3f}{high:>10.3f}{against}")
    accuracies = {label: float(result[1]) for label, result in last.items()}
    if max(accuracies.values()) - min(accuracies.values()) > AGREEMENT:
        raise SystemExit(f"{name}: the rivals do not reach the same accuracy: {accuracies}")
    return {
        "case": name,
        "work": case.work,
        "rivals": {timing.name: {"seconds": timing.seconds, "accuracy": accuracies[timing.name]} for timing in timings},
    }


if __name__ == "__main__":
    sys.exit(main())
