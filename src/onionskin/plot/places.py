"""What plots of surfaces ask of places, losses and paths, and the words in which they refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from onionskin.base.errors import DataError, DTypeError, ShapeError
from onionskin.plot.checks import numbers

Paths = Mapping[str, Any]


def grid(x: Any, y: Any, losses: Any, where: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return places and losses as float64, checked against each other."""
    across, up = places(x, f"{where}(x)"), places(y, f"{where}(y)")
    z = real(losses, f"{where}(losses)")
    if z.shape != (len(up), len(across)):
        raise ShapeError("there must be one loss for each place.", where=f"{where}(losses)",
                         expected=(len(up), len(across)), given=z.shape)  # fmt: skip
    if not np.isfinite(z).any():
        raise DataError("no loss is finite.", where=f"{where}(losses)", expected="at least one number")
    return across, up, z


def places(value: Any, where: str) -> np.ndarray:
    """Return places along an axis as float64 (n,), rising."""
    array = numbers(value, where)
    if array.ndim != 1 or len(array) < 2:
        raise ShapeError("these are no places along an axis.", where=where, expected="(n,), n at least 2",
                         given=array.shape)  # fmt: skip
    if not (np.diff(array) > 0).all():
        raise DataError("the places along an axis must rise.", where=where, expected="each greater than the last")
    return array.astype("float64")


def real(value: Any, where: str) -> np.ndarray:
    """Return numbers of which some may be NaN or infinite."""
    try:
        return np.asarray(value, dtype="float64")
    except (TypeError, ValueError):
        raise DTypeError(
            "these are no numbers.", where=where, expected="real numbers", given=f"{value!r:.60}"
        ) from None


def points_of(paths: Paths | None, where: str, columns: int = 2) -> dict[str, np.ndarray]:
    """Return paths as label → float64 (k, columns).

    Raises:
        DTypeError: they are no dictionary.
        ShapeError: one has another shape.
    """
    if paths is None:
        return {}
    if not isinstance(paths, Mapping):
        raise DTypeError("the paths must be a dictionary.", where=f"{where}(paths)",
                         expected=f"label → points (k, {columns})", given=type(paths).__name__)  # fmt: skip
    found = {}
    for label, points in paths.items():
        array = real(points, f"{where}(paths[{label!r}])")
        if columns == 1 and array.ndim == 1:
            array = array[:, None]
        if array.ndim != 2 or array.shape[1] != columns or not len(array):
            raise ShapeError("this is no path.", where=f"{where}(paths[{label!r}])",
                             expected=f"points (k, {columns}), k at least 1", given=array.shape)  # fmt: skip
        found[str(label)] = array
    return found


def heights_of(heights: Paths | None, label: str, count: int, where: str) -> np.ndarray:
    """Return the losses at the points of one path as float64 (count,)."""
    array = real((heights or {}).get(label, ()), f"{where}(heights[{label!r}])")
    if array.shape != (count,):
        raise ShapeError("there must be one loss for each point of a path.", where=f"{where}(heights[{label!r}])",
                         expected=(count,), given=array.shape)  # fmt: skip
    return array
