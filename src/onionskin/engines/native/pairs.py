"""Pairs of operations of a tile program as one instruction: one pass over the tile where there were two.

Both results are rounded as they are in two passes, so that the bits do not depend on what is paired.
"""

from __future__ import annotations

from collections.abc import Collection

Line = tuple[str, int, tuple[int, ...]]  # name; number of the input or constant; the lines it reads

_PAIRS = {  # (first, second, which operand of the second is the result of the first) -> both
    ("MUL", "ADD", 0): "MUL_ADD", ("MUL", "ADD", 1): "MUL_ADD", ("MUL", "SUB", 0): "MUL_SUB",
    ("MUL", "SUB", 1): "MUL_FROM", ("MUL", "MUL", 0): "MUL_MUL", ("MUL", "MUL", 1): "MUL_MUL",
    ("MUL", "DIV", 0): "MUL_DIV", ("SUB", "MUL", 0): "SUB_MUL", ("SUB", "MUL", 1): "SUB_MUL",
    ("ADD", "MUL", 0): "ADD_MUL", ("ADD", "MUL", 1): "ADD_MUL", ("DIV", "ADD", 0): "DIV_ADD",
    ("DIV", "ADD", 1): "DIV_ADD", ("DIV", "SUB", 1): "DIV_FROM", ("GT", "MUL", 0): "GT_MUL",
    ("GT", "MUL", 1): "GT_MUL", ("SQRT", "ADD", 0): "SQRT_ADD", ("SQRT", "ADD", 1): "SQRT_ADD",
    ("ADD", "SQRT", 0): "ADD_SQRT",
}  # fmt: skip


def paired(lines: list[Line], kept: Collection[int]) -> tuple[list[Line], dict[int, int]]:
    """Return a program with operations paired, and for each line that is left its new number.

    An operation joins the one that reads its result where nothing else does.

    Args:
        lines: of the program, each after those it reads.
        kept: lines whose results are stored.

    Example:
        >>> paired([("LOAD", 0, ()), ("MUL", 0, (0, 0)), ("ADD", 0, (1, 0))], {2})
        ([('LOAD', 0, ()), ('MUL_ADD', 0, (0, 0, 0))], {0: 0, 2: 1})
    """
    times = [0] * len(lines)
    for _, _, operands in lines:
        for one in operands:
            times[one] += 1
    made, gone = list(lines), set[int]()
    for index, (name, number, operands) in enumerate(lines):
        for place, one in enumerate(operands):
            both = _PAIRS.get((made[one][0], name, place))
            if both is not None and times[one] == 1 and one not in kept:
                rest = tuple(other for at, other in enumerate(operands) if at != place)
                made[index] = (both, number, (*made[one][2], *rest))
                gone.add(one)
                break
    left = [index for index in range(len(lines)) if index not in gone]
    new = {index: at for at, index in enumerate(left)}
    return [(made[at][0], made[at][1], tuple(new[one] for one in made[at][2])) for at in left], new
