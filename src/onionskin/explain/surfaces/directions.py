"""The plane through a model's weights that a loss surface is drawn over: parameters, random or principal directions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, DataError, DTypeError, ShapeError, UnknownNameError, suggest
from onionskin.explain.surfaces.weight_paths import PathRecorder
from onionskin.state import Variable

_MARGIN = 0.25  # of a path's extent, on each side
_RANDOM = ((-1.0, 1.0), (-1.0, 1.0))


@dataclass(frozen=True)
class Plane:
    """Weights θ(a, b) = origin + a·first + b·second.

    Attributes:
        variables: the trainable variables.
        origin: an array for each variable.
        first: likewise.
        second: likewise.
        kind: "parameters", "random", "principal" or "given".
        names: what the axes are, where they are parameters.
        here: (a, b) of the weights as they are.
        span: (low, high) of a and of b.
        shares: of the path's variance that lie along each principal direction.
    """

    variables: list[Variable]
    origin: list[np.ndarray]
    first: list[np.ndarray]
    second: list[np.ndarray]
    kind: str
    names: tuple[str, str]
    here: tuple[float, float]
    span: tuple[tuple[float, float], tuple[float, float]]
    shares: tuple[float, float] | None = None

    def project(self, rows: np.ndarray) -> np.ndarray:
        """Return (a, b) of the point of the plane that is nearest to each row of weights, (n, P) → (n, 2)."""
        basis = np.stack([flat(self.first), flat(self.second)], axis=1)
        return np.asarray(np.linalg.lstsq(basis, (rows - flat(self.origin)).T, rcond=None)[0].T)


def flat(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """Return arrays as one row of float64."""
    return np.concatenate([np.asarray(one, dtype="float64").ravel() for one in arrays])


def plane_of(variables: list[Variable], along: Any, seed: int) -> Plane:
    """Return the plane that `along` names, through the weights as they are.

    Args:
        variables: the trainable variables.
        along: as for `loss_surface`.
        seed: of the random directions.

    Raises:
        DTypeError: it names no directions.
        UnknownNameError: a variable is not known.
        ArgumentError: both directions are the same.
        ShapeError: a direction has other shapes than the weights.
        DataError: a direction is zero, or the recorder has fewer than three copies.
    """
    values = [one.numpy() for one in variables]
    if along is None or (isinstance(along, str) and along == "random"):
        rng = np.random.default_rng(seed)
        first, second = random_direction(values, rng), random_direction(values, rng)
        plane = Plane(variables, values, first, second, "random", ("", ""), (0.0, 0.0), _RANDOM)
    elif isinstance(along, PathRecorder):
        plane = _principal(variables, values, along)
    elif isinstance(along, tuple | list) and len(along) == 2:
        if all(_is_parameter(one) for one in along):
            return _parameters(variables, values, along)
        first, second = (_given(one, values, f"loss_surface(along)[{i}]") for i, one in enumerate(along))
        plane = Plane(variables, values, first, second, "given", ("", ""), (0.0, 0.0), _RANDOM)
    else:
        raise DTypeError(
            "this names no directions.",
            where="loss_surface(along)",
            expected="'random', a PathRecorder, two parameters (name, index), or two lists of arrays",
            given=repr(along) if isinstance(along, str) else f"an object of type {type(along).__name__}",
        )
    _check(plane)
    return plane


def random_direction(values: Sequence[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Return a normally distributed direction, each filter of which is as long as that of the weights.

        d[…, j] ← d[…, j] · ‖w[…, j]‖ / ‖d[…, j]‖

    so that a step of 1 means as much in every layer, however its weights are scaled. A filter is what makes one
    output: a column of a kernel (inputs, outputs), the last axis of all. Biases and scales (rank 1 or 0) stay as
    they are.

    Args:
        values: an array for each variable.
        rng: where the numbers come from.

    Source: Li, Xu, Taylor, Studer, Goldstein, "Visualizing the loss landscape of neural nets", 2018, section 4.
    """
    found = []
    for value in values:
        drawn = rng.standard_normal(value.shape)
        if value.ndim < 2:
            found.append(np.zeros(value.shape, value.dtype))
            continue
        axes = tuple(range(value.ndim - 1))
        lengths = [np.sqrt(np.square(one.astype("float64")).sum(axis=axes)) for one in (value, drawn)]
        found.append((drawn * (lengths[0] / lengths[1])).astype(value.dtype))
    return found


def _principal(variables: list[Variable], values: list[np.ndarray], recorder: PathRecorder) -> Plane:
    """Return the plane of the first two principal components of a path, through its last point."""
    rows = recorder.matrix()
    size = sum(one.size for one in values)
    if rows.shape[1] != size:
        raise ShapeError("the recorder has the path of another model.", where="loss_surface(along)",
                         expected=f"{size:,} weights", given=f"{rows.shape[1]:,} weights")  # fmt: skip
    if len(rows) < 3:
        raise DataError("a path needs three points to have two directions.", where="loss_surface(along)",
                        given=f"{len(rows)} copies of the weights",
                        fix="train for more epochs, or record with PathRecorder(every=1)")  # fmt: skip
    centred = rows - rows.mean(axis=0)
    _, lengths, directions = np.linalg.svd(centred, full_matrices=False)
    total = float(np.square(lengths).sum())
    if lengths[1] <= 1e-9 * lengths[0]:
        raise DataError("the path is a line or a point, which has no second direction.", where="loss_surface(along)",
                        given=f"lengths {lengths[0]:.3g} and {lengths[1]:.3g}")  # fmt: skip
    shares = (float(lengths[0] ** 2 / total), float(lengths[1] ** 2 / total))
    # The sign of a principal component is free: the end lies to the right of and above the start.
    signs = [1.0 if d @ (rows[-1] - rows[0]) >= 0 else -1.0 for d in directions[:2]]
    first, second = (_unflat(sign * d, values) for sign, d in zip(signs, directions, strict=False))
    end = _unflat(rows[-1], values)
    plane = Plane(variables, end, first, second, "principal", ("", ""), (0.0, 0.0), _RANDOM, shares)
    here, points = plane.project(flat(values)[None])[0], plane.project(rows)
    low, high = points.min(axis=0), points.max(axis=0)
    margin = _MARGIN * (high - low)
    span = tuple((float(a), float(b)) for a, b in zip(low - margin, high + margin, strict=True))
    return Plane(variables, end, first, second, "principal", ("", ""), (float(here[0]), float(here[1])),
                 (span[0], span[1]), shares)  # fmt: skip


def _unflat(row: np.ndarray, values: Sequence[np.ndarray]) -> list[np.ndarray]:
    ends = np.cumsum([one.size for one in values])
    parts = np.split(row, ends[:-1])
    return [part.reshape(one.shape).astype(one.dtype) for part, one in zip(parts, values, strict=True)]


def _is_parameter(one: Any) -> bool:
    return isinstance(one, tuple | list) and len(one) == 2 and isinstance(one[0], str | Variable)


def _parameters(variables: list[Variable], values: list[np.ndarray], along: Sequence[Any]) -> Plane:
    """Return the plane of two single parameters, whose axes are their values."""
    chosen = [_parameter(variables, one, f"loss_surface(along)[{i}]") for i, one in enumerate(along)]
    if chosen[0] == chosen[1]:
        raise ArgumentError(
            "both axes are the same parameter.", where="loss_surface(along)", given=_named(variables, chosen[0])
        )
    origin = [one.copy() for one in values]
    axes, here, span = [], [], []
    for which, place in chosen:
        value = float(values[which][place])
        origin[which][place] = 0
        direction = [np.zeros_like(one) for one in values]
        direction[which][place] = 1
        axes.append(direction)
        here.append(value)
        reach = max(1.0, 1.5 * abs(value))
        span.append((value - reach, value + reach))
    names = (_named(variables, chosen[0]), _named(variables, chosen[1]))
    return Plane(variables, origin, axes[0], axes[1], "parameters", names, (here[0], here[1]), (span[0], span[1]))


def _parameter(variables: list[Variable], one: Any, where: str) -> tuple[int, tuple[int, ...]]:
    """Return which variable and which place in it a pair (name, index) means."""
    name, index = one
    if isinstance(name, Variable):
        found = [i for i, variable in enumerate(variables) if variable is name]
        name = name.path
    else:
        found = [i for i, variable in enumerate(variables) if variable.path == name]
        found = found or [i for i, variable in enumerate(variables) if f"/{variable.path}".endswith(f"/{name}")]
    if len(found) != 1:
        raise UnknownNameError(
            "no trainable variable has this name." if not found else "several variables have this name.",
            where=where,
            given=repr(name),
            fix=suggest(name, [variables[i].path for i in found] or [variable.path for variable in variables]),
        )
    shape = variables[found[0]].shape
    place = (index,) if isinstance(index, int | np.integer) else tuple(index)
    if len(place) != len(shape) or any(not -size <= i < size for i, size in zip(place, shape, strict=True)):
        raise ShapeError("the variable has no such element.", where=where,
                         expected=f"an index into shape {shape}", given=repr(index))  # fmt: skip
    return found[0], tuple(int(i) % size for i, size in zip(place, shape, strict=True))


def _named(variables: list[Variable], chosen: tuple[int, tuple[int, ...]]) -> str:
    which, place = chosen
    return f"{variables[which].path}[{', '.join(map(str, place))}]"


def _given(direction: Any, values: list[np.ndarray], where: str) -> list[np.ndarray]:
    arrays = [np.asarray(one) for one in direction] if isinstance(direction, tuple | list) else []
    shapes = [one.shape for one in arrays]
    if shapes != [one.shape for one in values]:
        raise ShapeError(
            "a direction has one array for each trainable variable.",
            where=where,
            expected=", ".join(str(one.shape) for one in values),
            given=", ".join(map(str, shapes)) or f"an object of type {type(direction).__name__}",
        )
    return [one.astype(value.dtype) for one, value in zip(arrays, values, strict=True)]


def _check(plane: Plane) -> None:
    rows = [flat(plane.first), flat(plane.second)]
    for row in rows:
        if not np.any(row):
            raise DataError(
                "a direction is zero.", where="loss_surface(along)",
                given=f"{plane.kind} directions of {len(plane.variables)} variables",
                fix="choose two parameters: along=((name, index), (name, index))",
            )  # fmt: skip
    if abs(rows[0] @ rows[1]) >= (1 - 1e-9) * np.linalg.norm(rows[0]) * np.linalg.norm(rows[1]):
        raise ArgumentError("both directions are the same line.", where="loss_surface(along)")
