"""Runs the parts of cases and turns what was measured into figures: plain data for table, JSON and chart."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from benchmarks.agreement import Score, disagreement
from benchmarks.case import Chosen, Probe, Race, Value
from benchmarks.timing import Rival, Timing, interleaved, ratio

BUDGET = 75.0  # seconds of a race, unless its rounds are given: a busy machine shall not take an hour


def run_part(part: Race | Probe, chosen: Chosen, rounds: int | None) -> dict[str, Any]:
    """Return the figures of one race or probe; `rounds` replaces its own number of counted runs."""
    if isinstance(part, Probe):
        values = [_value(value) for value in part.measure(chosen, rounds)]
        return {"kind": "probe", "name": part.name, "work": part.work, "values": values}
    budget = BUDGET if rounds is None else float("inf")
    timings = interleaved(part.rivals(chosen), rounds or part.rounds, part.warm, budget)
    scores = {timing.rival.label: part.judge(timing.rival.outcome()) for timing in timings}
    wrong, apart = agreement(part, [timing.rival for timing in timings], scores)
    return {
        "kind": "race",
        "name": part.name,
        "title": part.title,
        "work": part.work,
        "unit": part.unit,
        "notes": list(part.notes),
        "chart": part.chart,
        "rounds": len(timings[0].seconds),
        "tolerance": asdict(part.tolerance),
        "apart": apart,
        "disagreement": wrong,
        "rows": [_row(part, timing, timings[0], scores[timing.rival.label]) for timing in timings],
    }


def agreement(
    part: Race, rivals: list[Rival], scores: dict[str, Score | None]
) -> tuple[str | None, dict[str, float | None]]:
    """Return what rivals disagree about, with the numbers (None where they agree), and how far apart they are at most.

    Those who did the same share of the work are compared with each other, and with what is expected after that share.
    """
    shares: dict[float, dict[str, Score]] = {}
    for rival in rivals:
        score = scores[rival.label]
        if score is not None:
            shares.setdefault(rival.units if part.expected else 0.0, {})[rival.label] = score
    wrong, apart = [], {}
    for units, group in shares.items():
        if part.expected:
            group["expected"] = part.expected(units)
        text = disagreement(group, part.tolerance)
        wrong += [f"after {units:g} {part.unit}s: {text}" if part.expected else text] if text else []
        for name in ("accuracy", "loss", "error"):
            found = [value for score in group.values() if (value := getattr(score, name)) is not None]
            if found and getattr(part.tolerance, name) is not None:
                width = max(found) - (0.0 if name == "error" else min(found))
                apart[name] = max(width, apart.get(name, 0.0))
    return "; ".join(wrong) or None, apart


def _row(part: Race, timing: Timing, ours: Timing, score: Score | None) -> dict[str, Any]:
    low, high = timing.spread
    first = timing is ours
    times = None if first else ratio(timing, ours)
    target = part.limit if first else part.targets.get(timing.rival.key)
    if timing.rival.key == ours.rival.key and not first:
        target = None  # another engine of ours
    reached = None
    if target is not None:
        reached = timing.median <= target if times is None else times >= target
    return {
        "key": timing.rival.key,
        "label": timing.rival.label,
        "units": timing.rival.units,
        "seconds": list(timing.seconds),
        "median": timing.median,
        "fastest": low,
        "slowest": high,
        "pause": timing.pause,
        "ratio": times,
        "target": target,
        "reached": reached,
        "score": None if score is None else asdict(score),
    }


def _value(value: Value) -> dict[str, Any]:
    reached = None if value.at_most is None else value.value <= value.at_most
    return {**asdict(value), "reached": reached}
