"""Broadcasting shown: how two shapes are lined up, what is repeated, what does not fit, and the repeated numbers."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np

from onionskin import ops, plot
from onionskin.base.errors import DTypeError, ShapeError, UnknownNameError, suggest
from onionskin.base.languages import known_language
from onionskin.base.specs import broadcast_shapes
from onionskin.explain.columns import padded
from onionskin.explain.columns import width as text_width
from onionskin.explain.pages import Block, Code, Heading, Page, Sentence, Table
from onionskin.explain.tensors.describing import shape_text
from onionskin.explain.tensors.words import say

_OPERATIONS = {
    "add": (ops.add, "+"),
    "subtract": (ops.subtract, "-"),
    "multiply": (ops.multiply, "×"),
    "divide": (ops.divide, "÷"),
    "maximum": (ops.maximum, "max"),
    "minimum": (ops.minimum, "min"),
}
_MOST_CELLS = 80  # numbers of a grid that still can be read
_MOST_COLUMNS = 12


@dataclass(frozen=True)
class Axis:
    """One axis of two shapes that were lined up from the right.

    Attributes:
        a: the size in a, None where a has no such axis.
        b: the size in b, None where b has no such axis.
        size: the size in the result, None where the two do not fit.
        change: "equal", "adds a", "adds b", "stretches a", "stretches b", "stretch both" or "clash".
    """

    a: int | None
    b: int | None
    size: int | None
    change: str


@dataclass(frozen=True, eq=False)
class Broadcasting(Page):
    """How two arrays, or shapes, are broadcast; `print` shows it, `plot` draws it.

    Attributes:
        a_shape: the first shape.
        b_shape: the second shape.
        axes: what happens to each axis of the result, from left to right.
        shape: of the result, None where the shapes do not fit.
        error: the words in which the library refuses shapes that do not fit, else None.
        arrays: (a, b, result), None where only shapes were given or they do not fit.
        operation: that makes the result.
        language: "en" or "ko".
    """

    a_shape: tuple[int, ...]
    b_shape: tuple[int, ...]
    axes: tuple[Axis, ...]
    shape: tuple[int, ...] | None
    error: str | None
    arrays: tuple[np.ndarray, np.ndarray, np.ndarray] | None
    operation: str
    language: str

    @property
    def fits(self) -> bool:
        """Whether the shapes can be broadcast."""
        return self.shape is not None

    def blocks(self) -> list[Block]:
        """Return what stands on the page."""
        word = self._word
        page: list[Block] = [
            Heading(word("broadcasting", a=shape_text(self.a_shape), b=shape_text(self.b_shape))),
            self._alignment(),
            Sentence(self.verdict),
        ]
        if self.error is not None:
            hint = self.hint
            page += [Sentence(hint)] if hint else []
            return [*page, Sentence(word("library says")), Code(self.error)]
        grid = self._grid()
        return page if grid is None else [*page, Code(grid), Sentence(word("copies"))]

    @property
    def verdict(self) -> str:
        """One sentence: the shape of the result, or the axis that does not fit and why."""
        if self.shape is not None:
            return self._word("fits", shape=shape_text(self.shape))
        axis, clash = next((i, one) for i, one in reversed(list(enumerate(self.axes))) if one.change == "clash")
        return self._word("no fit", axis=axis, place=len(self.axes) - axis, a=clash.a, b=clash.b)

    @property
    def hint(self) -> str | None:
        """Where a vector b has the size of another axis of a: the shape that would put it there."""
        if self.fits or len(self.b_shape) != 1:
            return None
        places = [axis for axis, size in enumerate(self.a_shape) if size == self.b_shape[0]]
        if not places:
            return None
        shape = (self.b_shape[0],) + (1,) * (len(self.a_shape) - 1 - places[-1])
        return self._word("try", shape=shape_text(shape), axis=places[-1])

    def plot(self, *, path: Any = None, style: str = "light") -> Any:
        """Draw the numbers of a, b and the result as cells, with virtual copies dimmed.

        Args:
            path: a .png, .svg or .pdf file to write as well; its folder is made.
            style: "light" or "dark".

        Returns:
            A Matplotlib figure.

        Raises:
            ShapeError: the shapes do not fit, or are too large to draw.
            ArgumentError: the file cannot be written.
            UnknownNameError: there is no such style.
            MissingExtraError: Matplotlib is not installed.
        """
        if self.error is not None:
            raise ShapeError(
                "what does not fit cannot be drawn.",
                where="broadcasting(…).plot",
                expected="shapes that can be broadcast",
                given=f"{shape_text(self.a_shape)} and {shape_text(self.b_shape)}",
            )
        a, b, result = self.arrays or (np.broadcast_to(0.0, self.a_shape), np.broadcast_to(0.0, self.b_shape), None)
        symbol = _OPERATIONS[self.operation][1]
        settings = {"path": path, "style": style, "language": self.language}
        return plot.broadcasting(a, b, result, symbol=symbol, **settings)

    def _alignment(self) -> Table:
        word = self._word
        rows = []
        for axis, one in enumerate(self.axes):
            sizes = ["" if size is None else str(size) for size in (one.a, one.b, one.size)]
            rows.append((str(axis), *sizes, self._change(one)))
        heads = [word(key) for key in ("axis", "first", "second", "together", "what happens")]
        return Table(heads, rows, frozenset({0, 1, 2, 3}))

    def _change(self, axis: Axis) -> str:
        change, _, which = axis.change.partition(" ")
        if which in ("a", "b"):
            return self._word(change, name=which, times=axis.size)
        return self._word(axis.change, a=axis.a, b=axis.b)

    def _grid(self) -> str | None:
        """Return a, b and the result as grids of numbers side by side; copies stand in brackets."""
        if self.arrays is None or self.shape is None or len(self.shape) > 2 or not self.shape:
            return None
        rows, width = (1, *self.shape)[-2:]
        if rows * width > _MOST_CELLS or width > _MOST_COLUMNS or not rows * width:
            return None
        parts = [_cells(one, self.shape) for one in self.arrays]
        joints = [_OPERATIONS[self.operation][1], "="]
        names = [self._word(key) for key in ("first", "second", "together")]
        wide = [max(text_width(line) for line in [*part, name]) for part, name in zip(parts, names, strict=True)]
        lines = [names, *[[part[row] for part in parts] for row in range(rows)]]
        out = []
        for number, line in enumerate(lines):
            cells = [padded(text, size) for text, size in zip(line, wide, strict=True)]
            between = [f"  {joint if number == 1 + (rows - 1) // 2 else ' ' * len(joint)}  " for joint in joints]
            out.append("".join(itertools.chain(*zip(cells, [*between, ""], strict=True))).rstrip())
        return "\n".join(out)

    def _word(self, key: str, **values: Any) -> str:
        return say(self.language, key, **values)

    def __repr__(self) -> str:
        outcome = "no fit" if self.shape is None else shape_text(self.shape)
        return f"<broadcasting {shape_text(self.a_shape)} with {shape_text(self.b_shape)}: {outcome}>"


def broadcasting(a: Any, b: Any, *, operation: str = "add", language: str = "en") -> Broadcasting:
    """Show how two arrays are broadcast: how their axes line up, what is repeated, what the result is.

    Shapes that do not fit are explained, not refused: which axis, why, and what would fit.

    Args:
        a: an array, or a shape as a tuple of sizes.
        b: an array, or a shape as a tuple of sizes.
        operation: "add", "subtract", "multiply", "divide", "maximum" or "minimum".
        language: of what is printed, "en" or "ko".

    Returns:
        The explanation, printable, with `.plot()`.

    Raises:
        DTypeError: these are neither arrays of numbers nor shapes.
        UnknownNameError: there is no such operation or language.

    Example:
        >>> shown = broadcasting((32, 10), (10,))
        >>> shown.shape, [axis.change for axis in shown.axes]
        ((32, 10), ['adds b', 'equal'])
        >>> print(broadcasting([[0, 10, 20]], [[1], [2]]))
        Broadcasting (1, 3) with (2, 1)
          axis  a  b  result  what happens
          ────  ─  ─  ──────  ─────────────────────────
             0  1  2       2  a has size 1: repeated 2×
             1  3  1       3  b has size 1: repeated 3×
        Lined up from the right, the shapes fit: the result has shape (2, 3).
            a                  b               result
              0   10   20   +   1  (1) (1)  =   1 11 21
             (0) (10) (20)      2  (2) (2)      2 12 22
        In brackets: virtual copies, which take no memory.
    """
    where = "broadcasting"
    known_language(language, where)
    if not isinstance(operation, str) or operation not in _OPERATIONS:
        raise UnknownNameError("there is no operation of this name here.", where=f"{where}(operation)",
                               given=repr(operation), fix=suggest(str(operation), _OPERATIONS))  # fmt: skip
    (first, a_shape), (second, b_shape) = _given(a, f"{where}(a)"), _given(b, f"{where}(b)")
    rank = max(len(a_shape), len(b_shape))
    padded = [(None,) * (rank - len(shape)) + shape for shape in (a_shape, b_shape)]
    axes = tuple(_axis(x, y) for x, y in zip(*padded, strict=True))
    try:
        shape = tuple(size or 0 for size in broadcast_shapes(a_shape, b_shape))
        if first is None or second is None:
            return Broadcasting(a_shape, b_shape, axes, shape, None, None, operation, language)
        result = np.asarray(_OPERATIONS[operation][0](first, second))
    except ShapeError as error:
        return Broadcasting(a_shape, b_shape, axes, None, str(_refusal(error, operation)), None, operation, language)
    return Broadcasting(a_shape, b_shape, axes, shape, None, (first, second, result), operation, language)


def _refusal(error: ShapeError, operation: str) -> ShapeError:
    """Return the error as the operation raises it."""
    return error if error.where is not None else error.within(f"ops.{operation}")  # type: ignore[return-value]


def _given(value: Any, where: str) -> tuple[np.ndarray | None, tuple[int, ...]]:
    """Return the array, None where a shape was given, and the shape."""
    if isinstance(value, tuple):
        if all(isinstance(size, int) and not isinstance(size, bool) and size >= 0 for size in value):
            return None, value
        array = np.empty(0, object)
    else:
        try:
            array = np.asarray(value)
        except ValueError:
            array = np.empty(0, object)
    if array.dtype.kind not in "biuf":
        raise DTypeError(
            "this is neither an array of numbers nor a shape.",
            where=where,
            expected="an array, or a tuple of sizes",
            given=f"{value!r:.60}",
        )
    return array, array.shape


def _axis(a: int | None, b: int | None) -> Axis:
    if a is None or b is None:
        size = b if a is None else a
        return Axis(a, b, size, "adds a" if a is None else "adds b")
    if a == b:
        return Axis(a, b, a, "stretch both" if a == 1 else "equal")
    if 1 in (a, b):
        return Axis(a, b, b if a == 1 else a, "stretches a" if a == 1 else "stretches b")
    return Axis(a, b, None, "clash")


def _cells(array: np.ndarray, shape: tuple[int, ...]) -> list[str]:
    """Return the rows of an array stretched to a shape; a number that is a copy stands in brackets."""
    numbers = np.atleast_2d(np.broadcast_to(array, shape))
    own = np.zeros(shape, bool)
    whole = (1,) * (len(shape) - array.ndim) + array.shape
    own[tuple(slice(0, size) for size in whole)] = True
    own = np.atleast_2d(own)
    bracketed = not own.all()
    texts = [[f"{number:.4g}" for number in row] for row in numbers.tolist()]
    width = max(len(text) for row in texts for text in row)
    lines = []
    for row, kept in zip(texts, own, strict=True):
        cells = [
            f" {text:>{width}} " if mine else f"({text})".rjust(width + 2) for text, mine in zip(row, kept, strict=True)
        ]
        lines.append(" ".join(cells) if bracketed else " ".join(f"{text:>{width}}" for text in row))
    return [line.rstrip() for line in lines]
