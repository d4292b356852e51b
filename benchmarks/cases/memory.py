"""Case M: the memory that case K takes at its peak, over the bytes of its data."""

from __future__ import annotations

from benchmarks.case import Case, Chosen, Probe, Value
from benchmarks.cases.processes import run_program

AT_MOST = 1.3


def measure(chosen: Chosen, rounds: int | None) -> list[Value]:
    """Return the ratio for float32 and for uint8 pixels, each from one process of its own."""
    values = []
    for dtype in ("float32", "uint8"):
        found = run_program("memory.py", dtype, ONIONSKIN_ENGINE=chosen.engines[0])
        share = found["peak"] / found["data"]
        text = f"{share:.2f} x: {found['peak'] / 1e6:.0f} MB for {found['data'] / 1e6:.0f} MB of data"
        values.append(Value(f"{dtype} pixels", share, text, AT_MOST, found))
    return values


CASE = Case(
    "M",
    "peak memory",
    lambda: [
        Probe(
            "M", "peak memory of case K's training, beyond that after the imports, over the bytes of x and t", measure
        )
    ],
)
