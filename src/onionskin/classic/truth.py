"""The truth tables of logic as samples to learn from."""

from __future__ import annotations

import numpy as np

from onionskin.base.errors import UnknownNameError, suggest

_TABLES = {"and": (0, 0, 0, 1), "or": (0, 1, 1, 1), "xor": (0, 1, 1, 0), "nand": (1, 1, 1, 0), "nor": (1, 0, 0, 0),
           "not": (1, 0)}  # fmt: skip


def truth_table(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of a truth table.

    Args:
        name: "and", "or", "xor", "nand", "nor" (of two inputs) or "not" (of one).

    Returns:
        Inputs (4, 2) or (2, 1), float64 0 and 1, and results (4,) or (2,), int64.

    Raises:
        UnknownNameError: there is no such table.

    Example:
        >>> x, y = truth_table("xor")
        >>> print(x.tolist(), y)
        [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]] [0 1 1 0]
    """
    if not isinstance(name, str) or name not in _TABLES:
        raise UnknownNameError("there is no truth table of this name.", where="truth_table", given=repr(name),
                               fix=suggest(str(name), _TABLES))  # fmt: skip
    results = np.array(_TABLES[name], np.int64)
    inputs = results.size.bit_length() - 1
    bits = [[row >> place & 1 for place in reversed(range(inputs))] for row in range(results.size)]
    return np.array(bits, np.float64), results
