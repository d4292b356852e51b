"""The command line: which cases, engines and peers are measured, and where the table, the JSON and the chart go."""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from pathlib import Path
from typing import Any

from benchmarks import chart, machine, peers, report
from benchmarks.case import Case, Chosen
from benchmarks.cases import CASES
from benchmarks.measure import run_part
from onionskin import engines
from onionskin.base.errors import MissingExtraError, OnionskinError


def main(arguments: list[str] | None = None) -> int:
    """Measure and report; returns 1 where a case could not be measured or rivals disagree, else 0.

    Targets that are missed are reported, and no failure.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Speed against peers, in one run.")
    parser.add_argument(
        "--cases", type=_names(CASES), default=list(CASES), metavar="NAMES", help=f"of {','.join(CASES)}"
    )
    parser.add_argument(
        "--peers", type=_names(peers.PEERS), default=list(peers.PEERS), metavar="NAMES",
        help=f"of {','.join(peers.PEERS)}; '' for none; by default all that are installed",
    )  # fmt: skip
    parser.add_argument("--engines", type=_names(engines.lookup.NAMES), metavar="NAMES", help="of native,reference")
    parser.add_argument(
        "--rounds", type=_positive, help="counted runs of each rival, instead of each case's own number"
    )
    parser.add_argument("--json", type=_writable, metavar="FILE", help="write all figures to this file")
    parser.add_argument("--chart", type=_drawable, metavar="FILE", help="draw them to this .svg or .png file")
    parser.add_argument("--style", choices=("light", "dark"), default="light", help="of the chart")
    options = parser.parse_args(arguments)
    try:
        names = tuple(options.engines or _default_engine())
        for name in names:
            engines.get(name)
        if options.chart:
            chart.check()
    except OnionskinError as error:
        parser.error(str(error))
    if not names or not options.cases:
        parser.error("no engine, or no case, is named")
    chosen = Chosen(names, _found(options.peers))
    result: dict[str, Any] = {"machine": machine.facts(names, chosen.peers), "parts": []}
    print(machine.line(result["machine"]), end="\n\n", flush=True)
    for name in options.cases:
        _run(CASES[name], chosen, options.rounds, result["parts"])
        if options.json:  # after each case: what is measured is kept, whatever comes
            Path(options.json).write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(report.summary(result["parts"]))
    if options.chart:
        chart.draw(result, options.chart, options.style)
    failed = [one for one in result["parts"] if one["kind"] == "failure" or one.get("disagreement")]
    for one in failed:
        print(f"{one['name']}: {one.get('error') or one['disagreement']}", file=sys.stderr)
    return 1 if failed else 0


def _run(case: Case, chosen: Chosen, rounds: int | None, done: list[dict[str, Any]]) -> None:
    """Measure the parts of a case, print each and add its figures; one that fails does not stop the others."""
    name, work = case.name, case.title
    try:
        for part in case.parts():
            name, work = part.name, part.work
            done.append({"case": case.name, **run_part(part, chosen, rounds)})
            print(report.part(done[-1]), flush=True)
    except Exception as error:  # of a peer too, whatever it may be
        if not isinstance(error, OnionskinError):
            traceback.print_exc()
        text = f"{type(error).__name__}: {error}"
        done.append({"case": case.name, "kind": "failure", "name": name, "work": work, "error": text})
        print(report.part(done[-1]), flush=True)


def _default_engine() -> list[str]:
    try:
        engines.get("native")
    except MissingExtraError:
        return ["reference"]
    return ["native"]


def _found(names: list[str]) -> dict[str, Any]:
    found = {}
    for name in names:
        try:
            found[name] = peers.find(name)
        except Exception as error:  # a library that is there and does not load fails in its own ways
            print(f"{name} is skipped: {error}")
    return found


def _names(known: Any) -> Any:
    def read(text: str) -> list[str]:
        names = [name.strip() for name in text.split(",") if name.strip()]
        unknown = [name for name in names if name not in known]
        if unknown:
            raise argparse.ArgumentTypeError(f"there is no {unknown[0]!r}; there are {', '.join(known)}")
        return list(dict.fromkeys(names))

    return read


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 up")
    return int(text)


def _writable(text: str) -> str:
    path = Path(text)
    if path.is_dir() or not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is a folder or lies in none")
    return text


def _drawable(text: str) -> str:
    if Path(text).suffix not in chart.KINDS:
        raise argparse.ArgumentTypeError(f"{text!r} ends neither in .svg nor in .png")
    return _writable(text)
