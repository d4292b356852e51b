"""Tensor operations as geometry: translations, rotations, scalings, affine maps and layers, as maps of the plane."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from onionskin import ops, plot
from onionskin.base.errors import DTypeError, ShapeError
from onionskin.base.languages import known_language
from onionskin.explain.pages import Block, Heading, Page, Table
from onionskin.explain.tensors.words import say


@dataclass(frozen=True, eq=False)
class Transformation(Page):
    """A map of the plane made of tensor operations: y = M·x + b, with relu after it or not, one or several in turn.

    Called on points (n, 2) it returns points (n, 2); `a.then(b)` is first a, then b. A layer's kernel is the
    transpose of M, since a layer's points are rows: y = x·kernel + b with kernel = Mᵀ.

    Attributes:
        name: what it is.
        steps: (M, b, whether relu follows) of each affine map, in turn.
        language: "en" or "ko".
    """

    name: str
    steps: tuple[tuple[np.ndarray, np.ndarray, bool], ...]
    language: str = "en"

    def __call__(self, points: Any) -> np.ndarray:
        """Return where points (n, 2) go, (n, 2).

        Raises:
            ShapeError: these are no points of the plane.
        """
        h = np.asarray(points, np.float64)
        if h.ndim != 2 or h.shape[1] != 2:
            raise ShapeError("these are no points of the plane.", where=self.name, expected="(n, 2)", given=h.shape)
        for matrix, offset, bent in self.steps:
            h = ops.add(ops.matmul(h, ops.transpose(matrix)), offset)
            h = ops.relu(h) if bent else h
        return np.asarray(h)

    def then(self, other: Transformation) -> Transformation:
        """Return this map followed by another; affine maps become one affine map: M = M₂·M₁, b = M₂·b₁ + b₂.

        Example:
            >>> turn = rotation(90).then(translation(1, 0))
            >>> len(turn.steps), turn([[1.0, 0.0]]).round(6).tolist()
            (1, [[1.0, 1.0]])
        """
        steps = list(self.steps)
        for matrix, offset, bent in other.steps:
            if steps and not steps[-1][2]:
                first, shift, _ = steps.pop()
                steps.append((matrix @ first, matrix @ shift + offset, bent))
            else:
                steps.append((matrix, offset, bent))
        return Transformation(f"{self.name} → {other.name}", tuple(steps), self.language)

    @property
    def is_affine(self) -> bool:
        """Whether it is one affine map: straight lines stay straight and parallels parallel."""
        return len(self.steps) == 1 and not self.steps[0][2]

    @property
    def formula(self) -> str:
        """The map as a formula with its numbers."""
        text = "x"
        for matrix, offset, bent in self.steps:
            rows = ", ".join(f"[{_number(a)}, {_number(b)}]" for a, b in matrix)
            turned = text if np.array_equal(matrix, np.eye(2)) else f"[{rows}]·{text}"
            moved = f"{turned} + [{_number(offset[0])}, {_number(offset[1])}]" if offset.any() else turned
            text = f"relu({moved})" if bent else f"({moved})"
        return "y = " + (text[1:-1] if text.startswith("(") else text)

    def plot(self, *, figure: Any = None, path: Any = None, style: str = "light") -> Any:
        """Draw a figure, a grid and the unit vectors before and after the map; see `onionskin.plot.transformations`."""
        return plot_transformations([self], figure=figure, path=path, style=style, language=self.language)

    def blocks(self) -> list[Block]:
        """Return what stands on the page."""
        heads = [say(self.language, key) for key in ("transformation name", "formula", "area")]
        row = (self.name, self.formula, f"{self.area:.4g}" if self.is_affine else "")
        return [Heading(say(self.language, "transformation")), Table(heads, [row], frozenset({2}))]

    @property
    def area(self) -> float:
        """By how much an affine map multiplies areas, negative where it mirrors: det M."""
        return float(np.prod([np.linalg.det(matrix) for matrix, _, _ in self.steps]))

    def __repr__(self) -> str:
        return f"<{self.name}: {self.formula}>"


def translation(dx: float, dy: float, *, language: str = "en") -> Transformation:
    """Return y = x + (dx, dy): adding a vector moves a figure.

    Example:
        >>> translation(1, 2)([[0.0, 0.0]]).tolist()
        [[1.0, 2.0]]
    """
    return _made("translation", np.eye(2), [dx, dy], False, language)


def rotation(degrees: float, *, language: str = "en") -> Transformation:
    """Return the turn by an angle against the clock: the dot product with [[cos, -sin], [sin, cos]].

    Example:
        >>> rotation(90)([[1.0, 0.0]]).round(6).tolist()
        [[0.0, 1.0]]
    """
    angle = math.radians(_finite([degrees], (1,), "rotation", "degrees")[0])
    cos, sin = math.cos(angle), math.sin(angle)
    return _made("rotation", [[cos, -sin], [sin, cos]], [0, 0], False, language)


def scaling(horizontal: float, vertical: float, *, language: str = "en") -> Transformation:
    """Return the dot product with a diagonal matrix: each axis is stretched for itself.

    Example:
        >>> scaling(2, 0.5)([[1.0, 1.0]]).tolist()
        [[2.0, 0.5]]
    """
    return _made("scaling", [[horizontal, 0], [0, vertical]], [0, 0], False, language)


def shear(horizontal: float, vertical: float = 0.0, *, language: str = "en") -> Transformation:
    """Return the map that slides each point by a multiple of its other coordinate.

    Example:
        >>> shear(1)([[0.0, 2.0]]).tolist()
        [[2.0, 2.0]]
    """
    return _made("shear", [[1, horizontal], [vertical, 1]], [0, 0], False, language)


def linear(matrix: Any, *, language: str = "en") -> Transformation:
    """Return y = M·x.

    Raises:
        ShapeError: the matrix is not (2, 2).
        DTypeError: it holds no finite numbers.

    Example:
        >>> linear([[0, 1], [1, 0]])([[3.0, 4.0]]).tolist()
        [[4.0, 3.0]]
    """
    return _made("linear", matrix, [0, 0], False, language)


def affine(matrix: Any, vector: Any, *, relu: bool = False, language: str = "en") -> Transformation:
    """Return y = M·x + b, or relu(M·x + b), which is what a layer with two inputs and two units does.

    Args:
        matrix: M, (2, 2); the transpose of a layer's kernel.
        vector: b, (2,).
        relu: whether relu follows.
        language: of what is printed and drawn, "en" or "ko".

    Raises:
        ShapeError: the matrix is not (2, 2), or the vector not (2,).
        DTypeError: they hold no finite numbers.
        UnknownNameError: there is no such language.

    Example:
        >>> affine([[1, 0], [0, 1]], [0, -1], relu=True)([[2.0, 0.5]]).tolist()
        [[2.0, 0.0]]
    """
    return _made("affine relu" if relu else "affine", matrix, vector, relu, language)


def example_transformations(language: str = "en") -> list[Transformation]:
    """Return one map of each kind, to be drawn with `plot_transformations`.

    Example:
        >>> [one.name for one in example_transformations()]
        ['translation', 'rotation', 'scaling', 'shear', 'affine', 'affine, then relu']
    """
    matrix, vector = [[0.9, -0.6], [0.5, 0.8]], [0.6, -0.5]
    return [
        translation(0.8, 0.5, language=language),
        rotation(40, language=language),
        scaling(1.6, 0.6, language=language),
        shear(0.8, language=language),
        affine(matrix, vector, language=language),
        affine(matrix, vector, relu=True, language=language),
    ]


def plot_transformations(
    maps: Sequence[Transformation] | None = None,
    *,
    figure: Any = None,
    path: Any = None,
    style: str = "light",
    language: str = "en",
) -> Any:
    """Draw what maps do to a figure, a grid and the unit vectors, a panel for each.

    Args:
        maps: the maps; one of each kind where None.
        figure: (n, 2) corners of a closed figure; a letter F where None.
        path: a .png, .svg or .pdf file to write as well; its folder is made.
        style: "light" or "dark".
        language: "en" or "ko".

    Returns:
        A Matplotlib figure.

    Raises:
        DTypeError: these are no transformations.
        ArgumentError: there are none or more than 12, or the file cannot be written.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib is not installed.

    Example:
        >>> len(plot_transformations().axes)
        6
    """
    known_language(language, "plot_transformations")
    chosen = example_transformations(language) if maps is None else maps
    if not isinstance(chosen, Sequence) or not all(isinstance(one, Transformation) for one in chosen):
        raise DTypeError(
            "these are no transformations.",
            where="plot_transformations(maps)",
            expected="a list of transformations, such as [rotation(30)]",
            given=f"a {type(maps).__name__} that holds something else",
        )
    titled: dict[str, Transformation] = {}
    for one in chosen:
        same = sum(title.split(" #")[0] == one.name for title in titled)
        titled[one.name if not same else f"{one.name} #{same + 1}"] = one
    notes = {title: _note(one.formula) for title, one in titled.items()}
    return plot.transformations(titled, figure=figure, notes=notes, path=path, style=style, language=language)


_NOTE = 46  # letters that fit below a panel


def _note(formula: str) -> str:
    """Return a formula in at most two lines below a panel; nothing where it is longer."""
    if len(formula) <= _NOTE:
        return formula
    head, _, tail = formula.rpartition(" + ")
    return f"{head}\n+ {tail}" if head and max(len(head), len(tail) + 2) <= _NOTE else ""


def _made(key: str, matrix: Any, vector: Any, relu: bool, language: str) -> Transformation:
    name = say(known_language(language, key.split(maxsplit=1)[0]), key)
    where = key.split(maxsplit=1)[0]
    return Transformation(
        name,
        ((_finite(matrix, (2, 2), where, "matrix"), _finite(vector, (2,), where, "vector"), relu),),
        language,
    )


def _finite(value: Any, shape: tuple[int, ...], where: str, what: str) -> np.ndarray:
    try:
        array = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        array = np.full(shape, np.nan)
    if array.shape != shape:
        raise ShapeError("this does not fit the plane.", where=f"{where}({what})", expected=shape, given=array.shape)
    if not np.isfinite(array).all():
        raise DTypeError("these are no finite numbers.", where=f"{where}({what})", expected=f"real numbers, {shape}",
                         given=f"{value!r:.60}")  # fmt: skip
    return array


def _number(value: float) -> str:
    return f"{value + 0.0:.2f}".rstrip("0").rstrip(".").replace("-0", "0") if abs(value) < 0.005 else f"{value:.3g}"
