"""Places that values lie in, and views of them: shapes with strides, so that movements need no instruction."""

from __future__ import annotations

import math
from dataclasses import dataclass

from onionskin.engines.native.opcodes import SIZES

INPUT, CONSTANT, ARENA, OUTPUT, SCRATCH = range(5)  # as the executor numbers them
Shape = tuple[int, ...]


@dataclass(eq=False, slots=True)
class Place:
    """Memory of one array, C-contiguous.

    Args:
        kind: INPUT, CONSTANT, ARENA, OUTPUT, or SCRATCH: memory of a step's own.
        where: position among the inputs, constants or outputs; in the arena its offset in bytes, once it is known.
        dtype: name of the dtype.
        shape: the shape it was made with.
    """

    kind: int
    where: int
    dtype: str
    shape: Shape

    @property
    def count(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Size in bytes."""
        return self.count * SIZES[self.dtype]


def row_major(shape: Shape) -> Shape:
    """Return the strides, in elements, of a C-contiguous array."""
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= size
    return tuple(reversed(strides))


@dataclass(frozen=True, slots=True)
class View:
    """A value as it lies in a place: its shape, its strides and the offset of its first element, in elements."""

    place: Place
    shape: Shape
    strides: Shape
    offset: int = 0

    @property
    def whole(self) -> bool:
        """Whether it is all of its place, in order: the same memory in this shape."""
        if self.offset or math.prod(self.shape) != self.place.count:
            return False
        fits = zip(self.shape, self.strides, row_major(self.shape), strict=True)
        return not self.place.count or all(size == 1 or mine == wanted for size, mine, wanted in fits)

    @property
    def readable(self) -> bool:
        """Whether a tile program can read it where it lies."""
        axes = sum(size != 1 for size in self.shape)
        return not self.offset and all(stride >= 0 for stride in self.strides) and axes <= 6

    def transposed(self, perm: Shape) -> View:
        """Return it with its axes in another order."""
        return View(self.place, tuple(self.shape[a] for a in perm), tuple(self.strides[a] for a in perm), self.offset)

    def broadcast(self, shape: Shape) -> View:
        """Return it repeated along new axes and along axes of size 1."""
        extra = len(shape) - len(self.shape)
        own = zip(self.shape, self.strides, shape[extra:], strict=True)
        strides = tuple(0 if size == 1 and target != 1 else stride for size, stride, target in own)
        return View(self.place, shape, (0,) * extra + strides, self.offset)

    def sliced(self, start: Shape, step: Shape, shape: Shape) -> View:
        """Return every step-th element from a start on."""
        offset = self.offset + sum(first * stride for first, stride in zip(start, self.strides, strict=True))
        return View(self.place, shape, tuple(a * b for a, b in zip(self.strides, step, strict=True)), offset)

    def flipped(self, axes: Shape) -> View:
        """Return it backwards along some axes."""
        last = sum((self.shape[axis] - 1) * self.strides[axis] for axis in axes if self.shape[axis])
        strides = tuple(-stride if axis in axes else stride for axis, stride in enumerate(self.strides))
        return View(self.place, self.shape, strides, self.offset + last)

    def reshaped(self, shape: Shape) -> View | None:
        """Return it in another shape, None where that needs a copy."""
        if self.whole:
            return whole(self.place, shape)
        kept = [(size, stride) for size, stride in zip(self.shape, self.strides, strict=True) if size != 1]
        if [size for size, _ in kept] != [size for size in shape if size != 1]:
            return None
        supply = iter(kept)
        return View(self.place, shape, tuple(0 if size == 1 else next(supply)[1] for size in shape), self.offset)

    def matrix(self) -> tuple[View, bool] | None:
        """Return what a product reads (all of a place, and whether it is transposed), None where it needs a copy."""
        if self.whole:
            return self, False
        swapped = self.transposed((*range(len(self.shape) - 2), len(self.shape) - 1, len(self.shape) - 2))
        return (swapped, True) if swapped.whole else None


def whole(place: Place, shape: Shape | None = None) -> View:
    """Return all of a place, in its own or another shape of as many elements."""
    shape = place.shape if shape is None else shape
    return View(place, shape, row_major(shape))
