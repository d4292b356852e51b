"""The instructions of tile programs and the codes of dtypes, as the executor numbers them."""

from __future__ import annotations

NAMES = (
    "LOAD", "CONST", "STORE", "ADD", "SUB", "MUL", "DIV", "MAX", "MIN", "NEG", "ABS", "SQRT", "RSQRT", "EXP", "EXPM1",
    "LOG", "LOG1P", "TANH", "SIGMOID", "SOFTPLUS", "ERF", "SIN", "COS", "SIGN", "FLOOR", "CEIL", "ROUND", "POW", "MOD",
    "EQ", "NE", "LT", "LE", "GT", "GE", "AND", "OR", "NOT", "WHERE", "CLIP", "RELU", "ISFINITE", "ISNAN", "ISINF",
    "FMA", "ATAN", "ATAN2", "XOR", "MUL_ADD", "MUL_SUB", "MUL_FROM", "MUL_MUL", "MUL_DIV", "SUB_MUL", "ADD_MUL",
    "DIV_ADD", "DIV_FROM", "GT_MUL", "SQRT_ADD", "ADD_SQRT",
)  # fmt: skip
CODES = {name: code for code, name in enumerate(NAMES)}
REGISTERS = 48  # as many as a tile program may use
AXES = 6  # of an index space, once axes that go on in each other are one

_DTYPES = ("bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64")
DTYPES = {name: code for code, name in enumerate(_DTYPES)}
DTYPES["float16"] = DTYPES["uint16"]  # has no arithmetic in the executor: its bits are carried as they are
SIZES = {
    "bool": 1, "uint8": 1, "int8": 1, "uint16": 2, "int16": 2, "float16": 2, "uint32": 4, "int32": 4, "float32": 4,
    "uint64": 8, "int64": 8, "float64": 8,
}  # fmt: skip
