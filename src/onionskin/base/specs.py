"""Shapes and dtypes: the `Spec` of a value, dtype names, and the promotion rule."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from onionskin.base.errors import DTypeError, ShapeError, suggest

Shape = tuple[int | None, ...]

FLOATS = ("float16", "float32", "float64")
INTS = ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64")
DTYPES = ("bool", *INTS, *FLOATS)
_NAMES = {np.dtype(name): name for name in DTYPES}
_ALIASES = {"float": "float32", "int": "int32", "half": "float16", "double": "float64"}


def dtype_name(dtype: Any) -> str:
    """Return the canonical name of a dtype.

    Args:
        dtype: a name, a NumPy dtype, a Python type, or None for float32.

    Raises:
        DTypeError: it is not one of the dtypes that tensors may have.

    Example:
        >>> dtype_name(np.float32), dtype_name(bool)
        ('float32', 'bool')
    """
    try:
        if isinstance(dtype, str) and dtype in _ALIASES:
            return _ALIASES[dtype]
        if dtype is float or dtype is None:  # NumPy's own reading of None is float64
            return "float32"
        if dtype is int:
            return "int32"
        return _NAMES[np.dtype(dtype)]
    except (KeyError, TypeError):
        raise DTypeError(
            "this dtype cannot be used for tensors.", given=repr(dtype), fix=suggest(str(dtype), DTYPES)
        ) from None


def is_float(dtype: str) -> bool:
    """Tell whether a dtype name is a floating-point one."""
    return dtype in FLOATS


@dataclass(frozen=True, slots=True)
class Spec:
    """Shape and dtype of a value; a dimension of None is not known yet (the batch).

    Example:
        >>> Spec((None, 784), "float32")
        Spec(float32[None, 784])
    """

    shape: Shape
    dtype: str

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def known(self) -> bool:
        """Whether every dimension is known."""
        return None not in self.shape

    @property
    def size(self) -> int:
        """Number of elements; every dimension must be known."""
        total = 1
        for length in self.shape:
            if length is None:
                raise ShapeError("the number of elements is not known yet.", given=f"shape {self.shape}")
            total *= length
        return total

    @property
    def nbytes(self) -> int:
        """Number of bytes; every dimension must be known."""
        return self.size * np.dtype(self.dtype).itemsize

    def __repr__(self) -> str:
        return f"Spec({self})"

    def __str__(self) -> str:
        return f"{self.dtype}[{', '.join(map(str, self.shape))}]"


def spec_of(value: Any) -> Spec:
    """Return the `Spec` of an array or of anything with `shape` and `dtype`."""
    return Spec(tuple(value.shape), dtype_name(value.dtype))


def whole_dtype(low: int, high: int) -> str:
    """Return the dtype that whole numbers of Python have: int32, or int64 where one does not fit.

    Example:
        >>> whole_dtype(0, 5), whole_dtype(-(2**40), 5)
        ('int32', 'int64')
    """
    return "int32" if low >= -(2**31) and high < 2**31 else "int64"


def promote(dtypes: Sequence[str]) -> str:
    """Return the dtype that values of these dtypes are brought to before they meet.

    A float wins over every integer without growing (int64 with float32 is float32); within one
    kind the wider wins; bool yields to all. This is the rule of Keras 3.

    Example:
        >>> promote(["int64", "float32"]), promote(["bool", "uint8"]), promote(["float32", "float64"])
        ('float32', 'uint8', 'float64')
    """
    floats = [dtype for dtype in dtypes if dtype in FLOATS]
    if floats:
        return max(floats, key=FLOATS.index)
    joined = np.result_type(*[np.dtype(dtype) for dtype in dtypes])
    # uint64 with a signed integer has no common integer: NumPy says float64, Keras the default float
    return "float32" if joined.kind == "f" else _NAMES[joined]


def broadcast_shapes(*shapes: Shape) -> Shape:
    """Return the shape that these shapes broadcast to, None standing for a size not known yet.

    Raises:
        ShapeError: two sizes differ and neither is 1.

    Example:
        >>> broadcast_shapes((None, 3), (3,)), broadcast_shapes((2, 1), (1, 5))
        ((None, 3), (2, 5))
    """
    if all(shape == shapes[0] for shape in shapes):
        return shapes[0]
    rank = max(len(shape) for shape in shapes)
    padded = [(1,) * (rank - len(shape)) + tuple(shape) for shape in shapes]
    out: list[int | None] = []
    for sizes in zip(*padded, strict=True):
        fixed = {size for size in sizes if size is not None and size != 1}
        if len(fixed) > 1:
            raise ShapeError(
                "these shapes do not broadcast.",
                expected="trailing axes equal, or one of them 1",
                given=" and ".join(str(shape) for shape in shapes),
            )
        out.append(fixed.pop() if fixed else (None if None in sizes else 1))
    return tuple(out)


def whole_number(value: Any, what: str) -> int:
    """Return a number that counts or numbers something as an int.

    Raises:
        DTypeError: it is text, a fraction or something else.

    Example:
        >>> whole_number(np.int64(3), "a size")
        3
    """
    try:
        return operator.index(value)
    except TypeError:
        raise DTypeError(f"{what} is a whole number.", given=repr(value)) from None


def normalize_axis(axis: Any, ndim: int) -> int:
    """Return an axis counted from the front.

    Raises:
        ShapeError: there is no such axis.
        DTypeError: it is no whole number.

    Example:
        >>> normalize_axis(-1, 3)
        2
    """
    place = whole_number(axis, "an axis")
    if not -ndim <= place < ndim:
        raise ShapeError(
            "there is no such axis.", expected=f"-{ndim} <= axis < {ndim} for {ndim} axes", given=f"axis {axis}"
        )
    return place % ndim


def normalize_axes(axis: int | Sequence[int] | None, ndim: int) -> tuple[int, ...]:
    """Return sorted axes counted from the front; None means all of them.

    Raises:
        ShapeError: there is no such axis, or one is named twice.
        DTypeError: it is no whole number.
    """
    if axis is None:
        return tuple(range(ndim))
    given = tuple(axis) if isinstance(axis, Iterable) and not isinstance(axis, str) else (axis,)
    axes = tuple(sorted(normalize_axis(one, ndim) for one in given))
    if len(set(axes)) != len(axes):
        raise ShapeError("an axis is named twice.", given=f"axis {given}")
    return axes
