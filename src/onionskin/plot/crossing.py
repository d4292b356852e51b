"""The surface where a field over a cube crosses 0.5, as triangles (marching tetrahedra), with NumPy alone."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np

from onionskin.base.errors import DataError, DTypeError, ShapeError
from onionskin.plot.checks import numbers

Field = Callable[[np.ndarray], Any]
_HALVINGS = 20  # of an edge: down to a millionth of it


def ask(predict: Field, points: np.ndarray, where: str) -> np.ndarray:
    """Return what `predict` says of points, (m,), checked to be probabilities.

    Args:
        predict: (m, 3) array → (m,) or (m, 1) probabilities.
        points: (m, 3).
        where: the argument, for errors.

    Raises:
        DTypeError: it cannot be called, or returned no numbers.
        ShapeError: it returned another shape.
        DataError: a number is outside of 0 to 1 or not finite.
    """
    if not callable(predict):
        raise DTypeError(
            "predict cannot be called.",
            where=where,
            expected="a function from an (m, 3) array to (m,) probabilities",
            given=type(predict).__name__,
        )
    result = numbers(predict(points), f"{where} result")
    m = len(points)
    if result.shape not in ((m,), (m, 1)):
        raise ShapeError(
            "there must be one probability for each colour.",
            where=f"{where} result",
            expected=(m,),
            given=result.shape,
        )
    result = result.reshape(m).astype(np.float64)
    if m and (result.min() < 0 or result.max() > 1):
        raise DataError(
            "a probability is outside of 0 to 1.",
            where=f"{where} result",
            given=f"{result.min():g} to {result.max():g}",
        )
    return result


def crossing_surface(
    predict: Field, side: float, steps: int = 16, where: str = "crossing_surface(predict)"
) -> tuple[np.ndarray, np.ndarray]:
    """Return the surface in the cube [0, side]³ on which predict is 0.5.

    The cube is cut into `steps`³ small ones and each of them into six tetrahedra around its diagonal; a
    tetrahedron with corners on both sides of 0.5 holds one or two triangles, whose corners are found on
    its edges by halving. Neighbours share their edges, so that the surface has no cracks.

    Args:
        predict: (m, 3) array → (m,) probabilities.
        side: length of the cube's edges.
        steps: small cubes along an edge.
        where: the argument, for errors.

    Returns:
        Corners, (v, 3) float64, and triangles, (t, 3) numbers of corners; both empty where there is no crossing.

    Raises:
        DTypeError, ShapeError, DataError: predict does not return one probability for each point.

    Example:
        >>> corners, triangles = crossing_surface(lambda c: c[:, 1] * 0.8, side=1.0, steps=2)
        >>> float(abs(corners[:, 1] - 0.625).max()) < 1e-6, triangles.shape
        (True, (32, 3))

    Source: Doi and Koide, "An Efficient Method of Triangulating Equi-Valued Surfaces by Using Tetrahedral
        Cells", IEICE Transactions E74 (1991); the cut along the diagonal is Kuhn's.
    """
    axis = np.linspace(0.0, side, steps + 1)
    points = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    above = ask(predict, points, where) >= 0.5
    tetrahedra = _tetrahedra(steps)
    inside = above[tetrahedra]
    # Corners above 0.5 first: one pattern of edges for each number of them then covers all cases.
    order = np.argsort(~inside, axis=1, kind="stable")
    ordered, many = np.take_along_axis(tetrahedra, order, axis=1), inside.sum(axis=1)
    one, two, three = (ordered[many == k] for k in (1, 2, 3))
    pieces = [
        _triangles(one, ((0, 1), (0, 2), (0, 3))),
        _triangles(three, ((0, 3), (1, 3), (2, 3))),
        _triangles(two, ((0, 2), (0, 3), (1, 3))),
        _triangles(two, ((0, 2), (1, 3), (1, 2))),
    ]
    edges, numbering = np.unique(np.concatenate(pieces).reshape(-1, 2), axis=0, return_inverse=True)
    if not len(edges):
        return np.empty((0, 3)), np.empty((0, 3), dtype=np.int64)
    corners = _halve(predict, points[edges[:, 0]], points[edges[:, 1]], where)
    return corners, numbering.reshape(-1, 3)


def _tetrahedra(steps: int) -> np.ndarray:
    """Return the corners of all tetrahedra, (6 · steps³, 4) numbers of grid points."""
    stride = np.array([(steps + 1) ** 2, steps + 1, 1])
    base = np.stack(np.meshgrid(*[np.arange(steps)] * 3, indexing="ij"), axis=-1).reshape(-1, 3) @ stride
    paths = [np.concatenate([[0], np.cumsum(stride[list(path)])]) for path in permutations(range(3))]
    return np.concatenate([base[:, None] + path for path in paths])


def _triangles(tetrahedra: np.ndarray, edges: tuple[tuple[int, int], ...]) -> np.ndarray:
    """Return (t, 3, 2): for each corner of a triangle the edge it lies on, the end above 0.5 first."""
    return np.stack([tetrahedra[:, edge] for edge in edges], axis=1)


def _halve(predict: Field, above: np.ndarray, below: np.ndarray, where: str) -> np.ndarray:
    """Return the points between `above` and `below` at which predict crosses 0.5."""
    for _ in range(_HALVINGS):
        middle = (above + below) / 2
        up = (ask(predict, middle, where) >= 0.5)[:, None]
        above, below = np.where(up, middle, above), np.where(up, below, middle)
    return np.asarray((above + below) / 2)
