"""Case W: the whole program of source S5 as a process, from start to the accuracy on the test."""

from __future__ import annotations

from benchmarks.agreement import Tolerance
from benchmarks.case import Case, Chosen, Race
from benchmarks.cases.processes import process
from benchmarks.peers import ours
from benchmarks.timing import Rival


def rivals(chosen: Chosen) -> list[Rival]:
    """Return ourselves on each engine, and Keras where it is chosen."""
    name = "first_network.py"
    entered = [
        process("onionskin", ours.label(engine), name, "onionskin", ONIONSKIN_ENGINE=engine)
        for engine in chosen.engines
    ]
    if "keras" in chosen.peers:
        entered.append(process("keras", chosen.peers["keras"].LABEL, name, "keras"))
    return entered


CASE = Case(
    "W",
    "the whole program of source S5",
    lambda: [
        Race(
            name="W",
            title="program: import, read, train, test",
            work="start, import, read MNIST, 784-512-10 for 5 epochs of batch 128, evaluate on the test",
            unit="process",
            rounds=3,
            rivals=rivals,
            targets={"keras": 3.0},
            tolerance=Tolerance(accuracy=0.01),
            warm=False,
        )
    ],
)
