"""Loss surfaces: the loss of a model over a plane through its weights, or of a function over its two numbers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from onionskin import data as batches
from onionskin import ops
from onionskin.base.errors import (
    ArgumentError,
    DTypeError,
    NotBuiltError,
    ShapeError,
    UnknownNameError,
    suggest,
)
from onionskin.base.specs import Spec
from onionskin.explain.surfaces.directions import Plane, flat, plane_of
from onionskin.explain.surfaces.landscapes import Landscape, Span, as_function, losses_at
from onionskin.explain.surfaces.weight_paths import PathRecorder
from onionskin.plot import animated_paths
from onionskin.plot import surfaces as pictures
from onionskin.plot.words import WORDS
from onionskin.runtime import BoundProgram
from onionskin.state import CallContext, StatelessScope, Variable, calling, opened, purify

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FINE, _COARSE = 121, 41  # points on an axis, of a function and of a model
_MOST = 2001
KINDS = ("contour", "3d")


class LossSurface:
    """A loss at the points of a grid; see `loss_surface`.

    Attributes:
        x: (n,) places along the first direction.
        y: (m,) places along the second.
        losses: (m, n) the loss at each; NaN and infinity where it is that.
        here: (a, b) of a model's weights as they are; None of a function.
        minima: places of known minima.
        trail: (k, 2) the recorded path, where the surface lies along one.
        shares: of the path's variance along each principal direction, likewise.
    """

    def __init__(
        self,
        x: np.ndarray,
        y: np.ndarray,
        at: Callable[[np.ndarray], np.ndarray],
        *,
        title: str = "",
        names: tuple[str, str] = ("", ""),
        plane: Plane | None = None,
        minima: Sequence[Sequence[float]] = (),
        recorder: PathRecorder | None = None,
    ) -> None:
        self.x, self.y, self._at = x, y, at
        self.title, self.names, self.plane = title, names, plane
        self.here = None if plane is None else plane.here
        self.shares = None if plane is None else plane.shares
        self.minima = tuple(tuple(one) for one in minima)
        self.trail = None if recorder is None or plane is None else plane.project(recorder.matrix())
        self._counted = _counted(recorder)
        grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        self.losses = at(grid).reshape(len(y), len(x))

    def __repr__(self) -> str:
        finite = self.losses[np.isfinite(self.losses)]
        said = f"losses {finite.min():.4g} to {finite.max():.4g}" if finite.size else "no finite loss"
        return f"<loss surface of {self.title}, {len(self.x)} × {len(self.y)} points, {said}>"

    def at(self, points: Any) -> np.ndarray:
        """Return the loss at points of the plane, exactly as on the grid.

        Args:
            points: (k, 2).

        Returns:
            (k,) float64.

        Raises:
            ShapeError: the points have another shape.
        """
        array = np.asarray(points, dtype="float64")
        if array.ndim != 2 or array.shape[1] != 2:
            raise ShapeError("points of a surface are pairs.", where="LossSurface.at(points)", expected="(k, 2)",
                             given=array.shape)  # fmt: skip
        return self._at(array)

    def project(self, recorder: PathRecorder) -> np.ndarray:
        """Return where a recorded path lies on the surface: the nearest point of the plane to each copy, (k, 2).

        Raises:
            ArgumentError: it is the surface of a function, which has no weights.
            ShapeError: the path is that of another model.
        """
        if self.plane is None:
            raise ArgumentError("a function has no weights to project.", where="LossSurface.project",
                                fix="pass points (k, 2) as paths")  # fmt: skip
        rows, size = recorder.matrix(), flat(self.plane.origin).size
        if rows.shape[1] != size:
            raise ShapeError("the recorder has the path of another model.", where="LossSurface.project",
                             expected=f"{size:,} weights", given=f"{rows.shape[1]:,} weights")  # fmt: skip
        return self.plane.project(rows)

    def plot(
        self,
        paths: Any = None,
        *,
        kind: str = "contour",
        apart: bool = False,
        notes: Mapping[str, str] | None = None,
        path: Any = None,
        style: str = "light",
        language: str = "en",
    ) -> Figure:
        """Draw the surface, with the paths over it.

        Args:
            paths: label → points (k, 2), `OptimizerPaths`, or a `PathRecorder`; where None the path that the
                surface lies along, or where a model's weights are.
            kind: "contour" or "3d".
            apart: draw each path in a panel of its own.
            notes: label → what to say beside it.
            path: a .png, .svg or .pdf file to write as well.
            style: "light" or "dark".
            language: "en" or "ko".

        Returns:
            A Matplotlib figure.

        Raises:
            UnknownNameError: there is no such kind.
            DTypeError: these are no paths.
            ArgumentError: the file cannot be written.
        """
        if not isinstance(kind, str) or kind not in KINDS:
            raise UnknownNameError("there is no kind of plot of this name.", where="plot(kind)", given=repr(kind),
                                   fix=suggest(str(kind), KINDS))  # fmt: skip
        drawn, notes = self._paths(paths, notes, language, "plot")
        common = {**self._words(language), "notes": notes, "path": path, "style": style, "language": language}
        if kind == "contour":
            return pictures.contour(self.x, self.y, self.losses, drawn, minima=self.minima, apart=apart, **common)
        heights = {label: self.at(points) for label, points in drawn.items()}
        return pictures.surface(self.x, self.y, self.losses, drawn, heights, apart=apart, **common)

    def animate(
        self,
        path: Any,
        paths: Any = None,
        *,
        notes: Mapping[str, str] | None = None,
        style: str = "light",
        language: str = "en",
        frames: int = 60,
    ) -> None:
        """Write the paths over the surface as a moving picture.

        Args:
            path: a .gif file, or an .html page with a slider that needs nothing from outside.
            paths: as for `plot`.
            notes: as for `plot`.
            style: "light" or "dark".
            language: "en" or "ko".
            frames: the most frames.

        Raises:
            ArgumentError: there is no path, or the file has another suffix or cannot be written.
        """
        drawn, notes = self._paths(paths, notes, language, "animate")
        counted = self._counted if paths is None else _counted(paths if isinstance(paths, PathRecorder) else None)
        heights = {label: self.at(points) for label, points in drawn.items()}
        animated_paths.animate(
            self.x, self.y, self.losses, drawn, heights, path=path, minima=self.minima, notes=notes, style=style,
            language=language, frames=frames, **self._words(language), **counted,
        )  # fmt: skip

    def _paths(
        self, paths: Any, notes: Mapping[str, str] | None, language: str, where: str
    ) -> tuple[dict[str, np.ndarray], dict[str, str]]:
        """Return paths as label → points, with the notes that belong to them."""
        word = WORDS.get(language, WORDS["en"])
        if paths is None:
            if self.trail is not None:
                return {word["training"]: self.trail}, dict(notes or {})
            return {} if self.here is None else {word["here"]: np.array([self.here])}, dict(notes or {})
        if isinstance(paths, PathRecorder):
            return {word["training"]: self.project(paths)}, dict(notes or {})
        if hasattr(paths, "named"):
            return paths.named(language), dict(notes if notes is not None else paths.notes(language))
        if not isinstance(paths, Mapping):
            raise DTypeError("these are no paths.", where=f"{where}(paths)",
                             expected="label → points (k, 2), OptimizerPaths or a PathRecorder",
                             given=f"an object of type {type(paths).__name__}")  # fmt: skip
        drawn = {
            str(label): self.project(one) if isinstance(one, PathRecorder) else one for label, one in paths.items()
        }
        return drawn, dict(notes or {})

    def _words(self, language: str) -> dict[str, Any]:
        """Return the title and the names of the axes in a language."""
        word = WORDS.get(language, WORDS["en"])
        names = list(self.names)
        if self.plane is not None and self.plane.kind != "parameters":
            shares = self.shares or (0.0, 0.0)
            names = [
                word[f"{self.plane.kind} direction"].format(number=i + 1, share=share) for i, share in enumerate(shares)
            ]
        return {"title": word.get(f"surface {self.title}", self.title), "xlabel": names[0], "ylabel": names[1]}


def loss_surface(
    what: Any,
    x: Any = None,
    y: Any = None,
    *,
    along: Any = None,
    span: Any = None,
    points: int | None = None,
    sample_weight: Any = None,
    batch_size: int | None = None,
    seed: int = 0,
) -> LossSurface:
    """Compute the loss over a plane: of a model over two directions of its weights, or of a function of two numbers.

    The whole grid is run by one compiled program. The model is not changed: its weights stand in the program as
    θ + a·d₁ + b·d₂ and are never assigned.

    Args:
        what: a compiled model; a function of two numbers (with x, and y where given, behind them), written with
            operators and `onionskin.ops`; or the name of a `landscape`.
        x: inputs (samples, …) of a model; all of them in one batch.
        y: targets (samples, …).
        along: of a model. Two parameters, such as (("dense/kernel", (0, 0)), ("dense/kernel", (0, 1))), whose values
            the axes are; "random", two filter-normalised directions, also where None; a `PathRecorder`, for the first
            two principal components of a training's path; or two lists of arrays, one for each trainable variable.
        span: ((low, high), (low, high)) of both axes; chosen where None: of a function the landscape's own or ±3.
        points: on each axis; 121 of a function and 41 of a model where None. Each point costs one pass of the data
            through the model.
        sample_weight: weights (samples,).
        batch_size: samples at a time, to need less memory; the loss is then the mean over batches, as in `evaluate`.
        seed: of the random directions.

    Returns:
        The surface, with `plot`, `animate` and `at`.

    Raises:
        NotBuiltError: the model has not been compiled.
        ArgumentError: an argument cannot be used.
        DTypeError: an argument is something else.
        DataError: the data cannot be used, or a direction is zero.
        ShapeError: shapes do not fit.
        UnknownNameError: a landscape or a variable is not known.

    Example:
        >>> surface = loss_surface(lambda a, b: a * a + 4.0 * b * b, span=((-1, 1), (-1, 1)), points=3)
        >>> print(surface.losses)
        [[5. 4. 5.]
         [1. 0. 1.]
         [5. 4. 5.]]

    Source: Li, Xu, Taylor, Studer, Goldstein, "Visualizing the loss landscape of neural nets", 2018.
    """
    if points is not None and (
        isinstance(points, bool) or not isinstance(points, int | np.integer) or not 2 <= points <= _MOST
    ):
        raise ArgumentError("this is no number of points.", where="loss_surface(points)",
                            expected=f"a whole number from 2 to {_MOST}", given=repr(points))  # fmt: skip
    if not hasattr(what, "compute_loss"):
        if along is not None:
            raise ArgumentError("a function has no weights to go along.", where="loss_surface(along)",
                                given=type(along).__name__, fix="leave along out; span says where to look")  # fmt: skip
        function = as_function(what, "loss_surface(what)")
        rows = tuple(np.asarray(one) for one in (x, y) if one is not None)
        return drawn_surface(function, checked_span(span) if span is not None else None, points, rows)
    if not getattr(what, "compiled", True):
        raise NotBuiltError("the model has not been compiled.", where=f"loss_surface, model '{what.name}'",
                            fix="call model.compile(optimizer=…, loss=…) first")  # fmt: skip
    parts = _prepared(what, x, y, sample_weight, batch_size)
    plane = plane_of(list(what.trainable_variables), along, seed)
    (left, right), (low, high) = checked_span(span) if span is not None else plane.span
    count = points or _COARSE
    recorder = along if isinstance(along, PathRecorder) else None
    return LossSurface(
        np.linspace(left, right, count), np.linspace(low, high, count), _ModelLoss(what, plane, parts),
        title=what.name, names=plane.names, plane=plane, recorder=recorder,
    )  # fmt: skip


class _ModelLoss:
    """The loss of a model at points (k, 2) of a plane; holds copies, so that later training does not change it."""

    def __init__(self, model: Any, plane: Plane, parts: Sequence[tuple[Any, list[np.ndarray]]]) -> None:
        self.model, self.parts = model, parts
        groups = [
            [Variable(one, dtype=one.dtype) for one in group] for group in (plane.origin, plane.first, plane.second)
        ]
        self.rows = list(zip(plane.variables, *groups, strict=True))
        moved = set(plane.variables)
        self.still = {one: Variable(one.numpy(), dtype=one.dtype) for one in model.variables if one not in moved}
        self.programs: dict[Any, tuple[list[Variable], BoundProgram]] = {}

    def __call__(self, points: np.ndarray) -> np.ndarray:
        total, samples = np.zeros(len(points)), 0
        for unflatten, arrays in self.parts:
            key = tuple((one.shape, one.dtype) for one in arrays)
            if key not in self.programs:
                self.programs[key] = self._program(unflatten, arrays)
            held, program = self.programs[key]
            for variable, array in zip(held, arrays, strict=True):
                variable.replace(array)
            with np.errstate(all="ignore"):
                losses = program.run_steps([np.ascontiguousarray(points)], np.arange(len(points)), 1)[0]
            total, samples = total + len(arrays[0]) * losses, samples + len(arrays[0])
        return np.asarray(total / samples)

    def _program(self, unflatten: Any, arrays: Sequence[np.ndarray]) -> tuple[list[Variable], BoundProgram]:
        """Return the program (a, b) → loss of a batch, and the variables that the batch is put into."""
        model, held = self.model, [Variable(one, dtype=one.dtype) for one in arrays]

        def loss(row: Any) -> Any:
            values: dict[Variable, Any] = {own: copy.value for own, copy in self.still.items()}
            for own, origin, first, second in self.rows:
                a, b = (ops.cast(row[0, i], own.dtype) for i in range(2))
                values[own] = origin + a * first + b * second
            x, y, weight = unflatten([one.value for one in held])
            compute = model.compute_loss
            told = {"training": False} if "training" in inspect.signature(compute).parameters else {}
            with opened(StatelessScope(values)), calling(CallContext(training=False)):
                value = compute(x=x, y=y, y_pred=model(x), sample_weight=weight, **told)
            return ops.cast(value, "float64")

        return held, BoundProgram(purify(loss, [Spec((1, 2), "float64")], name=f"{model.name}_loss"))


def _prepared(model: Any, x: Any, y: Any, weight: Any, batch_size: int | None) -> list[tuple[Any, list[np.ndarray]]]:
    """Return the batches that the loss is the mean of, after the checks of a test step; the model stays as it was."""
    where = f"loss_surface, model '{model.name}'"
    source = batches.make_source(x, y, weight, batch_size=batch_size, where=where)
    if not isinstance(source, batches.ArraySource):
        raise DTypeError("the data of a loss surface are arrays.", where=where, expected="x and y as arrays",
                         given=f"an object of type {type(x).__name__}")  # fmt: skip
    before = [(one, one.numpy()) for one in (*model.variables, *_of_metrics(model))]
    model.test_on_batch(*source.batch(slice(0, 1)))  # builds what is not built, and says what does not fit
    model.reset_metrics()
    for variable, value in before:
        if not np.array_equal(variable.numpy(), value, equal_nan=value.dtype.kind == "f"):
            variable.assign(value)
    size = batch_size or source.count
    cuts = range(0, source.count, size)
    return [(source.unflatten, [array[at : at + size] for array in source.arrays]) for at in cuts]


def _of_metrics(model: Any) -> list[Variable]:
    return [variable for metric in model.metrics for variable in metric.variables]


def _counted(recorder: PathRecorder | None) -> dict[str, Any]:
    """Return what the points of a recorded path count, for moving pictures."""
    if recorder is None:
        return {}
    return {"numbers": list(recorder.steps), "unit": "epoch" if recorder.every == "epoch" else "step"}


# --- surfaces of functions ---


def drawn_surface(
    function: Any, span: Span | None = None, points: int | None = None, data: Sequence[np.ndarray] = ()
) -> LossSurface:
    """Return the surface of a function of two numbers, over the landscape's own span or ±3 where there is none."""
    known = isinstance(function, Landscape)
    if known and len(function.span) != 2:
        raise ArgumentError("a surface needs a loss of two numbers.", where="loss_surface(what)",
                            given=repr(function.name), fix="draw its steps: optimizer_paths(…).plot()")  # fmt: skip
    (left, right), (low, high) = span or (function.span if known else ((-3.0, 3.0), (-3.0, 3.0)))
    count = points or _FINE
    return LossSurface(
        np.linspace(left, right, count), np.linspace(low, high, count), lambda at: losses_at(function, at, data),
        title=name_of(function), names=_names(function), minima=function.minima if known else (),
    )  # fmt: skip


def name_of(function: Any) -> str:
    """Return what a function is called, nothing of a lambda."""
    name = str(getattr(function, "name", None) or getattr(function, "__name__", ""))
    return "" if name == "<lambda>" else name


def _names(function: Any) -> tuple[str, str]:
    try:
        names = list(inspect.signature(getattr(function, "function", function)).parameters)[:2]
    except (TypeError, ValueError):  # what is written in C does not say
        names = []
    return (names[0], names[1]) if len(names) > 1 else ("w1", "w2")


def checked_span(span: Any) -> Span:
    """Return ((low, high), (low, high)) as floats.

    Raises:
        ArgumentError: it is something else.
    """
    try:
        array = np.asarray(span, dtype="float64")
    except (TypeError, ValueError):
        array = np.empty(0)
    if array.shape != (2, 2) or not np.isfinite(array).all() or not (array[:, 0] < array[:, 1]).all():
        raise ArgumentError("this is no span.", where="loss_surface(span)", expected="((low, high), (low, high))",
                            given=f"{span!r:.60}")  # fmt: skip
    return tuple((float(low), float(high)) for low, high in array)


def span_around(function: Any, points: np.ndarray) -> Span:
    """Return the span to draw paths in: their points with a margin, and the landscape's own span.

    Args:
        function: the loss.
        points: (n, d) all points of all paths.
    """
    known = isinstance(function, Landscape)
    low, high = points.min(axis=0), points.max(axis=0)
    margin = np.maximum(0.25 * (high - low), 0.02 * np.maximum(np.abs(low) + np.abs(high), 1.0))
    low, high = low - (0.04 if known else 1.0) * margin, high + (0.04 if known else 1.0) * margin
    if known:
        own = np.asarray(function.span, dtype="float64")
        low, high = np.minimum(low, own[:, 0]), np.maximum(high, own[:, 1])
    return tuple((float(a), float(b)) for a, b in zip(low, high, strict=True))
