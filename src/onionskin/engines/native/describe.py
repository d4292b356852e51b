"""A plan as a table that a person can read."""

from __future__ import annotations

from collections.abc import Sequence

from onionskin.engines.native.memory import Layout


def describe(name: str, layout: Layout, times: Sequence[float]) -> str:
    """Return a line for each instruction: what it computes, what it writes, FLOPs, bytes and, once measured, its share.

    Args:
        name: of the program.
        layout: its instructions.
        times: seconds of each in a profiled run; empty where there was none.
    """
    total = sum(times)
    rows = [["", "instruction", "writes", "FLOPs", "bytes", *(["time", "share"] if total else [])]]
    for index, one in enumerate(layout.instructions):
        written = ", ".join(f"{view.place.dtype}{list(view.place.shape)}" for view in one.outs[:2])
        if len(one.outs) > 2:
            written += f" and {len(one.outs) - 2} more"
        row = [str(index), one.text, written, _short(one.flops), _short(one.nbytes)]
        if total:
            row += [f"{times[index] * 1e6:.1f} µs", f"{times[index] / total:.1%}"]
        rows.append(row)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) if 0 < at < 3 else cell.rjust(width)
                 for at, (cell, width) in enumerate(zip(row, widths, strict=True))]  # fmt: skip
        lines.append("  ".join(cells).rstrip())
    flops = sum(one.flops for one in layout.instructions)
    fallbacks = sum(one.reference for one in layout.instructions)
    end = f"{len(layout.instructions)} instructions, {_short(flops)} FLOPs, arena of {_short(layout.arena)} bytes"
    if layout.in_place:
        end += f", state in place: {len(layout.in_place)}"
    if layout.ungathered:
        end += f", batches read by rows: {len(layout.ungathered)}"
    if fallbacks:
        end += f"; {fallbacks} by the reference engine's NumPy values"
    return "\n".join([f"native program {name}", *lines, end]) + "\n"


def _short(number: float) -> str:
    for unit in ("", "k", "M", "G"):
        if number < 1000:
            return f"{number:.3g}{unit}" if unit else str(int(number))
        number /= 1000
    return f"{number:.4g}T"
