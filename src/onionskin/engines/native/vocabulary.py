"""What the executor has for each primitive: which elementwise ones fit into tiles, in which registers, and how.

A tile program computes in float32 or float64 registers. An operation fits where these give what the
primitive gives: floats of their own width; truth values as 0 and 1; integers of at most 32 bits in
float64, where sums and differences are exact. Everything else runs as the primitive's NumPy value.
"""

from __future__ import annotations

from typing import Any

from onionskin.engines.native.opcodes import AXES
from onionskin.graph import Node

FLOATS = frozenset({"float32", "float64"})
WIDE = frozenset({"float64"})
NONE: frozenset[str] = frozenset()

_SMALL = frozenset({"bool", "uint8", "int8", "uint16", "int16"})
_EXACT = _SMALL | {"uint32", "int32"}  # integers that float64 holds
_BITS = {"uint8": 8, "int8": 8, "uint16": 16, "int16": 16, "uint32": 32, "int32": 32}

COMPARISONS = {
    "equal": "EQ", "not_equal": "NE", "less": "LT", "less_equal": "LE", "greater": "GT", "greater_equal": "GE",
}  # fmt: skip
_LOGIC = {"logical_and": "AND", "logical_or": "OR", "logical_xor": "XOR", "logical_not": "NOT"}
_ARITHMETIC = {  # of floats and of integers
    "add": "ADD", "subtract": "SUB", "multiply": "MUL", "maximum": "MAX", "minimum": "MIN", "negative": "NEG",
    "abs": "ABS", "sign": "SIGN", "relu": "RELU", "clip": "CLIP", "where": "WHERE",
}  # fmt: skip
_FUNCTIONS = {  # of floats alone
    "divide": "DIV", "power": "POW", "mod": "MOD", "arctan2": "ATAN2", "floor": "FLOOR", "ceil": "CEIL",
    "round": "ROUND", "exp": "EXP", "expm1": "EXPM1", "log": "LOG", "log1p": "LOG1P", "sqrt": "SQRT",
    "rsqrt": "RSQRT", "tanh": "TANH", "sin": "SIN", "cos": "COS", "arctan": "ATAN", "erf": "ERF",
    "sigmoid": "SIGMOID", "softplus": "SOFTPLUS",
}  # fmt: skip
_TESTS = {"isfinite": "ISFINITE", "isnan": "ISNAN", "isinf": "ISINF"}
_OF_TRUTH = {"add": "OR", "multiply": "AND"}  # what arithmetic means for truth values
_MAY_OVERFLOW = frozenset({"add", "subtract", "multiply", "negative", "abs"})

TILED = frozenset({*COMPARISONS, *_LOGIC, *_ARITHMETIC, *_FUNCTIONS, *_TESTS, "cast"})
REDUCED = frozenset({"sum", "mean", "max", "min", "prod", "any", "all"})
ROWS = frozenset({"softmax", "log_softmax", "logsumexp", "argmax", "argmin"})
VIEWED = frozenset({"reshape", "transpose", "broadcast_to", "slice", "flip", "stop_gradient"})


def registers(node: Node) -> frozenset[str]:
    """Return the dtypes of registers in which a node can be computed within a tile program; none where it cannot."""
    name = node.primitive.name
    if name not in TILED or node.primitive.kind != "elementwise" or sum(size != 1 for size in node.shape) > AXES:
        return NONE
    source = node.inputs[-1].dtype  # of `where` one of the branches
    if "float16" in (source, node.dtype):
        return NONE
    if name == "cast":
        return _cast_registers(source, node.dtype)
    return _float_registers(name, source) if source in FLOATS or name in _LOGIC else _whole_registers(name, source)


def _float_registers(name: str, source: str) -> frozenset[str]:
    return FLOATS if name in _LOGIC else frozenset({source})


def _whole_registers(name: str, source: str) -> frozenset[str]:
    """Return the registers for whole numbers and truth values."""
    if name in COMPARISONS or name in _TESTS:
        return FLOATS if source in _SMALL else WIDE if source in _EXACT else NONE
    if name not in _ARITHMETIC or source not in _EXACT:
        return NONE
    if source == "bool":
        return NONE if name in ("negative", "sign", "subtract") else FLOATS
    return NONE if name == "multiply" and _BITS[source] == 32 else WIDE  # such a product does not fit


def _cast_registers(source: str, target: str) -> frozenset[str]:
    if source in FLOATS or source in ("int64", "uint64"):
        if target in FLOATS:
            return frozenset({target})  # converted as it is loaded
        return frozenset({source}) if target == "bool" and source in FLOATS else NONE
    if source not in _EXACT or target == "uint64":
        return NONE
    if target in FLOATS and source not in _SMALL:
        return frozenset({target})
    return FLOATS if target in FLOATS or target == "bool" else WIDE


def converts(node: Node) -> bool:
    """Tell whether a node is a cast that takes place as its operand is loaded, so that it must come from memory."""
    return node.primitive.name == "cast" and node.inputs[0].dtype not in _SMALL and node.dtype in FLOATS


class Code:
    """A tile program in the making: each instruction's result has a number of its own, registers come later.

    Args:
        dtype: of the registers.
    """

    def __init__(self, dtype: str) -> None:
        self.dtype = dtype
        self.lines: list[
            tuple[str, int, tuple[int, ...]]
        ] = []  # name, number of the input, constant or output; operands
        self.constants: list[float] = []
        self._known: dict[Any, int] = {}

    def _add(self, name: str, number: int, operands: tuple[int, ...]) -> int:
        self.lines.append((name, number, operands))
        return len(self.lines) - 1

    def load(self, number: int) -> int:
        """Read an input."""
        key = ("LOAD", number)
        if key not in self._known:
            self._known[key] = self._add("LOAD", number, ())
        return self._known[key]

    def constant(self, value: float) -> int:
        """Take one number for all elements."""
        key = ("CONST", repr(value))
        if key not in self._known:
            self.constants.append(value)
            self._known[key] = self._add("CONST", len(self.constants) - 1, ())
        return self._known[key]

    def apply(self, name: str, *operands: int) -> int:
        """Compute from earlier results."""
        return self._add(name, 0, operands)

    def node(self, node: Node, operands: list[int], read_again: bool) -> int:
        """Add what computes a node; an integer that is read again within the program must fit its dtype."""
        name = node.primitive.name
        if name == "cast":
            return self._cast(node, operands[0], read_again)
        if node.dtype == "bool" and name in _OF_TRUTH:
            return self.apply(_OF_TRUTH[name], *operands)
        result = self.apply(_OPS[name], *operands)
        overflows = read_again and node.dtype in _BITS and name in _MAY_OVERFLOW
        return self._wrapped(result, node.dtype) if overflows else result

    def _cast(self, node: Node, operand: int, read_again: bool) -> int:
        source, target = node.inputs[0].dtype, node.dtype
        if target == "bool":
            return operand if source == "bool" else self.apply("NE", operand, self.constant(0.0))
        if target in FLOATS:  # an integer has no negative zero
            return operand if source in FLOATS or source == "bool" else self.apply("ADD", operand, self.constant(0.0))
        return self._wrapped(operand, target) if read_again and target in _BITS else operand

    def _wrapped(self, operand: int, dtype: str) -> int:
        """Bring a whole number into the range of an integer dtype, as overflow does."""
        span = self.constant(float(2 ** _BITS[dtype]))
        if dtype.startswith("u"):
            return self.apply("MOD", operand, span)
        half = self.constant(float(2 ** (_BITS[dtype] - 1)))
        return self.apply("SUB", self.apply("MOD", self.apply("ADD", operand, half), span), half)


_OPS: dict[str, str] = {**COMPARISONS, **_LOGIC, **_ARITHMETIC, **_FUNCTIONS, **_TESTS}
