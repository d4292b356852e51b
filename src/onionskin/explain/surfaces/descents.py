"""Descents: the library's own optimizers stepping over a loss of one or two numbers, with every step kept."""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from onionskin.base.errors import ArgumentError, DataError, ShapeError
from onionskin.base.specs import Spec
from onionskin.explain.surfaces.landscapes import Landscape, as_function, losses_at, single, slopes_at
from onionskin.explain.surfaces.model import drawn_surface, name_of, span_around
from onionskin.optimizers import SGD, Optimizer, get
from onionskin.plot import surfaces as pictures
from onionskin.plot.words import WORDS
from onionskin.runtime import BoundProgram, value_and_grad
from onionskin.state import Variable, purify

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES = {"sgd": "SGD", "momentum": "momentum", "nesterov": "Nesterov", "adagrad": "Adagrad",
         "rmsprop": "RMSprop", "adam": "Adam"}  # fmt: skip
_MOMENTUM = 0.9
_DIVERGED = 100.0  # a run that is so many times as high as it began does not come back
_SETTLED = 0.02  # of the slope at the start: less is level ground
_NEAR = 0.01  # of the landscape, or of the way: nearer than this is there
_ALIKE = 1e-6  # of the loss at the start: minima that differ by less are equally low
_STAYED = 0.9  # of the steps: who arrives later has not shown that it stays


@dataclass(frozen=True, repr=False)
class OptimizerPath:
    """One descent.

    Attributes:
        optimizer: name of the optimizer, or the label that it was given.
        learning_rate: its learning rate at the start; None where it is a schedule.
        batch_size: samples in a step; None for the whole set, and where there is no data.
        points: (k + 1, d) float64, the start and the point after each of k steps.
        losses: (k + 1,) float64, the loss at each point, of the whole set.
        gradients: (k, d) float64, what each step went by: the gradient of its batch.
        outcome: "arrived" at the lowest minimum, in a "local minimum", or "on the way"; "at rest" or "moving"
            where the minima of a function are not known; "diverged".
        arrived: after how many steps it was there, and stayed; None where it is not there.
        cut: after how many steps the run was cut since it diverged, else None.
        told_by: what tells it from the others of its picture: "optimizer", "learning_rate", "batch_size".
    """

    optimizer: str
    learning_rate: float | None
    batch_size: int | None
    points: np.ndarray
    losses: np.ndarray
    gradients: np.ndarray
    outcome: str
    arrived: int | None = None
    cut: int | None = None
    told_by: tuple[str, ...] = ("optimizer",)

    def __repr__(self) -> str:
        return f"<{self.label()}: {self.losses[0]:.4g} → {self.losses[-1]:.4g}, {self.said()}>"

    def label(self, language: str = "en") -> str:
        """Return what tells the path from the others of its picture, in a language."""
        word = WORDS.get(language, WORDS["en"])
        parts = []
        if "optimizer" in self.told_by:
            parts.append(
                word.get(self.optimizer, self.optimizer) if self.optimizer in NAMES.values() else self.optimizer
            )
        if "learning_rate" in self.told_by and self.learning_rate is not None:
            parts.append(word["learning rate of"].format(rate=self.learning_rate))
        if "batch_size" in self.told_by:
            kind = "whole set" if self.batch_size is None else "one sample" if self.batch_size == 1 else "batches of"
            parts.append(word[kind].format(size=self.batch_size))
        return ", ".join(parts)

    def said(self, language: str = "en") -> str:
        """Return in words how it ended."""
        kind = "cut" if self.cut is not None else self.outcome
        steps = len(self.points) - 1
        return WORDS.get(language, WORDS["en"])[f"outcome {kind}"].format(
            steps=steps, cut=self.cut, arrived=self.arrived
        )


class OptimizerPaths(Mapping[str, OptimizerPath]):
    """Descents over one loss, by label; see `optimizer_paths`.

    Attributes:
        function: the loss.
        surface: what it is drawn over: a `LossSurface` of two numbers, or a curve (x, losses) of one.
    """

    def __init__(self, function: Any, paths: Mapping[str, OptimizerPath], data: Sequence[np.ndarray] = ()) -> None:
        self.function, self._paths, self._data = function, dict(paths), data
        self._surface: Any = None

    def __getitem__(self, label: str) -> OptimizerPath:
        return self._paths[label]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def __repr__(self) -> str:
        rows = [f"  {label}: {one.losses[0]:.4g} → {one.losses[-1]:.4g}, {one.said()}" for label, one in self.items()]
        name = name_of(self.function) or "a function"
        return "\n".join([f"<{len(self)} path{'s' * (len(self) > 1)} over {name}", *rows]) + ">"

    @property
    def dimensions(self) -> int:
        """How many numbers the loss takes."""
        return int(next(iter(self.values())).points.shape[1])

    @property
    def surface(self) -> Any:
        """What the descents are drawn over, computed when first asked for."""
        if self._surface is None:
            span = span_around(self.function, self._seen())
            if self.dimensions == 1:
                x = np.linspace(*span[0], 401)
                self._surface = x, losses_at(self.function, x[:, None], self._data)
            else:
                self._surface = drawn_surface(self.function, span, data=self._data)
        return self._surface

    def _seen(self) -> np.ndarray:
        """Return the points that a picture must show: of a path that diverges, those near to the others."""
        start = np.stack([one.points[0] for one in self.values()])
        settled = [one.points for one in self.values() if one.outcome != "diverged"]
        if isinstance(self.function, Landscape):
            own = np.asarray(self.function.span, dtype="float64")
            reach = 0.5 * (own[:, 1] - own[:, 0])
            points = np.concatenate([one.points for one in self.values()] if len(reach) == 1 else [start, *settled])
            return points[((points >= own[:, 0] - reach) & (points <= own[:, 1] + reach)).all(axis=1)]
        return np.concatenate(settled or [one.points[:3] for one in self.values()])

    def plot(
        self,
        kind: str | None = None,
        *,
        apart: bool = False,
        path: Any = None,
        style: str = "light",
        language: str = "en",
    ) -> Figure:
        """Draw the descents over their loss.

        Args:
            kind: "contour" or "3d"; for a loss of one number there is only its curve, one panel for each descent.
            apart: draw each descent in a panel of its own.
            path: a .png, .svg or .pdf file to write as well.
            style: "light" or "dark".
            language: "en" or "ko".

        Returns:
            A Matplotlib figure.

        Raises:
            ArgumentError: there is no such kind, or the file cannot be written.
        """
        paths = self.named(language)
        common: dict[str, Any] = {"path": path, "style": style, "language": language}
        if self.dimensions == 1:
            if kind is not None:
                raise ArgumentError(
                    "a loss of one number is drawn as a curve.", where="plot(kind)", expected=None, given=repr(kind),
                    fix="leave kind out",
                )  # fmt: skip
            x, losses = self.surface
            return pictures.steps_on_curve(x, losses, paths, notes=self.notes(language), **common)
        return self.surface.plot(paths, kind=kind or "contour", apart=apart, notes=self.notes(language), **common)

    def animate(self, path: Any, *, style: str = "light", language: str = "en", frames: int = 60) -> None:
        """Write the descents as a moving picture, step by step.

        Args:
            path: a .gif file, or an .html page with a slider that needs nothing from outside.
            style: "light" or "dark".
            language: "en" or "ko".
            frames: the most pictures; where there are more steps, some are left out.

        Raises:
            ArgumentError: the file has another suffix, cannot be written, or the loss is one of one number.
        """
        if self.dimensions == 1:
            raise ArgumentError(
                "only paths over two numbers are animated.", where="animate", given="a loss of one number",
                fix="draw it with plot()",
            )  # fmt: skip
        self.surface.animate(
            path, self.named(language), notes=self.notes(language), style=style, language=language, frames=frames
        )

    def named(self, language: str = "en") -> dict[str, np.ndarray]:
        """Return the points of each path, by its label in a language."""
        found: dict[str, np.ndarray] = {}
        for one in self.values():
            found[_free(one.label(language), found)] = one.points
        return found

    def notes(self, language: str = "en") -> dict[str, str]:
        """Return in words how each path ended, by the labels of `named`."""
        return {label: one.said(language) for label, one in zip(self.named(language), self.values(), strict=True)}


def optimizer_paths(
    function: Any,
    start: Any = None,
    optimizers: Any = None,
    steps: int = 100,
    *,
    learning_rate: Any = None,
    data: Any = (),
    batch_size: Any = None,
    seed: int = 0,
) -> OptimizerPaths:
    """Let optimizers step over a loss of one or two numbers, and keep where they were.

    The optimizers are those of `onionskin.optimizers`, and a step is compiled with the gradient and run as in `fit`.
    A run whose loss is not finite any more, or more than a hundred times what it was, is cut and said to diverge.

    Args:
        function: takes one or two numbers, and the arrays of `data` behind them, returns the loss, written with
            operators and `onionskin.ops`; or the name of a `landscape`.
        start: the number or pair of numbers to start from; the landscape's own where None.
        optimizers: names among "sgd", "momentum" (0.9), "nesterov", "adagrad", "rmsprop", "adam" and all others of
            `onionskin.optimizers`, or optimizers, of which copies are used: one, a list of them, or a dictionary
            label → one. The first six where None.
        steps: how many steps each makes.
        learning_rate: for those given by name: a number, or a list of numbers, each of which is tried; the
            landscape's own where None, else the optimizer's.
        data: arrays (n, …) whose rows belong together; each step's batch of rows is given to the function.
        batch_size: rows in a step, None for all: a number, or a list of them, each of which is tried.
        seed: of the order of the rows, which is a new one when all were used.

    Returns:
        label → `OptimizerPath`, with `plot` and `animate`.

    Raises:
        UnknownNameError: a name is not known.
        ArgumentError: an argument cannot be used.
        DTypeError: an argument is something else.
        ShapeError: the function returns no single number, or the start is no pair.
        DataError: the data differ in length.

    Example:
        >>> paths = optimizer_paths("bowl", optimizers=["sgd", "adam"], steps=40)
        >>> paths["SGD"].points.shape, paths["SGD"].outcome
        ((41, 2), 'arrived')
    """
    where = "optimizer_paths"
    function = as_function(function, f"{where}(function)")
    begin = _start(start, function)
    if isinstance(steps, bool) or not isinstance(steps, int | np.integer) or steps < 1:
        raise ArgumentError("this is no number of steps.", where=f"{where}(steps)", expected="a whole number from 1",
                            given=repr(steps))  # fmt: skip
    rows = _rows(data)
    count = len(rows[0]) if rows else 0
    rates = _each(learning_rate)
    sizes = [_size(one, count) for one in _each(batch_size)]
    rules = _rules(optimizers)
    several = {"optimizer": len(rules) > 1, "learning_rate": len(rates) > 1, "batch_size": len(sizes) > 1}
    told_by = tuple(name for name, many in several.items() if many) or ("optimizer",)
    found: dict[str, OptimizerPath] = {}
    for (label, given), rate, size in itertools.product(rules, rates, sizes):
        rule, name = _made(given, rate, function)
        one = _descend(function, begin, rule, int(steps), rows, size, np.random.default_rng(seed))
        one = replace(one, optimizer=label or name, told_by=told_by)
        found[_free(one.label(), found)] = one
    return OptimizerPaths(function, found, rows)


def _start(start: Any, function: Any) -> np.ndarray:
    """Return the point to start from, float64 (1,) or (2,)."""
    where = "optimizer_paths(start)"
    if start is None:
        if not isinstance(function, Landscape):
            raise ArgumentError("a function of your own needs a start.", where=where,
                                expected="a number, or a pair of numbers", given=None)  # fmt: skip
        start = function.start
    try:
        point = np.atleast_1d(np.asarray(start, dtype="float64"))
    except (TypeError, ValueError):
        point = np.empty(0)
    wanted = (len(function.span),) if isinstance(function, Landscape) else None
    if point.shape not in ((1,), (2,)) or not np.isfinite(point).all() or (wanted and point.shape != wanted):
        expected = {None: "a number, or a pair of numbers", (1,): "a number", (2,): "a pair of numbers"}[wanted]
        raise ShapeError("this is no point to start from.", where=where, expected=expected, given=f"{start!r:.60}")
    return point


def _rows(data: Any) -> list[np.ndarray]:
    """Return the arrays of the data, floats as float64."""
    where = "optimizer_paths(data)"
    arrays = [np.asarray(one) for one in (data if isinstance(data, tuple | list) else (data,))]
    arrays = [one.astype("float64") if one.dtype.kind == "f" else one for one in arrays]
    lengths = [one.shape[0] if one.ndim else None for one in arrays]
    if arrays and (None in lengths or len(set(lengths)) > 1 or not lengths[0]):
        raise DataError("the arrays of the data must have one length.", where=where, expected="(n, …), n at least 1",
                        given=", ".join(str(one.shape) for one in arrays))  # fmt: skip
    return arrays


def _each(value: Any) -> list[Any]:
    return list(value) if isinstance(value, tuple | list | np.ndarray) else [value]


def _size(size: Any, count: int) -> int | None:
    """Return a batch size, None where a batch is the whole set."""
    if size is None:
        return None
    if isinstance(size, bool) or not isinstance(size, int | np.integer) or not 1 <= size <= count:
        raise ArgumentError(
            "this is no batch size.", where="optimizer_paths(batch_size)",
            expected=f"a whole number from 1 to {count}, or None" if count else "None, as there is no data",
            given=repr(size),
        )  # fmt: skip
    return None if size == count else int(size)


def _rules(given: Any) -> list[tuple[str | None, Any]]:
    """Return (label or None, what it was given as) of each optimizer."""
    if given is None:
        given = list(NAMES)
    if isinstance(given, Mapping):
        pairs: list[tuple[str | None, Any]] = [(str(label), one) for label, one in given.items()]
    else:
        pairs = [(None, one) for one in (given if isinstance(given, tuple | list) else [given])]
    if not pairs:
        raise ArgumentError("there is no optimizer.", where="optimizer_paths(optimizers)",
                            expected="names or optimizers, at least one", given=repr(given))  # fmt: skip
    return pairs


def _made(given: Any, rate: Any, function: Any) -> tuple[Any, str]:
    """Return an optimizer of its own for one descent, and its name."""
    if isinstance(given, Optimizer) or hasattr(given, "apply"):
        if rate is not None:
            raise ArgumentError("an optimizer brings its own learning rate.", where="optimizer_paths(learning_rate)",
                                given=f"{rate!r} beside {type(given).__name__}",
                                fix="give the optimizer by name, or leave learning_rate out")  # fmt: skip
        rule = type(given).from_config(given.get_config()) if given.built else copy.deepcopy(given)
        return rule, type(rule).__name__
    key = given.lower() if isinstance(given, str) else ""
    if rate is None and isinstance(function, Landscape):
        rate = function.rates.get(key)
    if key in ("momentum", "nesterov"):
        rule = SGD(0.01 if rate is None else rate, momentum=_MOMENTUM, nesterov=key == "nesterov")
    else:
        rule = get(given)
        if rate is not None:
            rule.learning_rate = rate
    return rule, NAMES.get(key, type(rule).__name__)


def _descend(
    function: Any, begin: np.ndarray, rule: Any, steps: int, rows: list[np.ndarray], size: int | None,
    rng: np.random.Generator,
) -> OptimizerPath:  # fmt: skip
    """Run one descent: gradient and update are one compiled step, which the engine repeats."""
    point = Variable(begin, dtype="float64", name="point")
    rule.build([point])
    rate = float(str(rule.learning_rate.numpy())) if isinstance(rule.learning_rate, Variable) else None

    def step(*batch: Any) -> Any:
        own = batch if rows else ()
        before = point.current()
        _, (gradient,) = value_and_grad(
            lambda: single(function(*[point[i] for i in range(len(begin))], *own), function), variables=[point]
        )()
        rule.apply([rule.scale_loss(gradient)], [point])
        return before, gradient

    count = len(rows[0]) if rows else 1
    batch = (size or count) if rows else 1
    columns = rows or [np.zeros(count)]
    specs = [Spec((batch, *one.shape[1:]), one.dtype.name) for one in columns]
    each = count // batch
    order = np.concatenate([
        rng.permutation(count)[: each * batch] if size else np.arange(count) for _ in range(math.ceil(steps / each))
    ])[: steps * batch]  # fmt: skip
    bound = BoundProgram(purify(step, specs, name=f"{rule.name}_step"))
    with np.errstate(all="ignore"):  # a run that diverges is cut below
        before, gradients = bound.run_steps(columns, order, batch)
    points = np.concatenate([before, point.numpy()[None]])
    return _ended(function, points, gradients, rows, rate, size)


def _ended(
    function: Any, points: np.ndarray, gradients: np.ndarray, rows: list[np.ndarray], rate: float | None,
    size: int | None,
) -> OptimizerPath:  # fmt: skip
    """Return a path with its losses, cut where it diverged."""
    losses = losses_at(function, points, rows)
    if not np.isfinite(losses[0]):
        raise DataError("the loss is not finite at the start.", where="optimizer_paths(start)",
                        given=f"{losses[0]} at {points[0].tolist()}")  # fmt: skip
    finite = np.isfinite(losses) & np.isfinite(points).all(axis=1)
    with np.errstate(invalid="ignore"):
        wrong = ~finite | (losses - losses[0] > _DIVERGED * max(abs(losses[0]), 1e-12))
    cut = int(np.argmax(wrong)) if wrong.any() else None
    if cut is not None:
        kept = cut + bool(finite[cut])
        points, losses, gradients = points[:kept], losses[:kept], gradients[: kept - 1]
    outcome, arrived = _outcome(function, points, losses, rows) if cut is None else ("diverged", None)
    return OptimizerPath("", rate, size, points, losses, gradients, outcome, arrived, cut)


def _outcome(function: Any, points: np.ndarray, losses: np.ndarray, rows: list[np.ndarray]) -> tuple[str, int | None]:
    """Return how a path ended, and from which step on it was there."""
    if losses[-1] > losses[0] and losses[-1] == losses.max():
        return "diverged", None
    if isinstance(function, Landscape):
        minima = np.asarray(function.minima)
        reach = _NEAR * float(np.linalg.norm(np.diff(np.asarray(function.span, dtype="float64"), axis=1)))
        nearest = int(np.argmin(np.linalg.norm(minima - points[-1], axis=1)))
        goal = minima[nearest]
        low = [float(function(*one)) for one in minima]
        deep = low[nearest] - min(low) <= _ALIKE * abs(losses[0] - min(low))
        kind, other = "arrived" if deep else "local minimum", "on the way"
    else:
        goal, kind, other = points[-1], "at rest", "moving"
        reach = _NEAR * float(np.linalg.norm(np.ptp(points, axis=0)))
        first, last = np.linalg.norm(slopes_at(function, points[[0, -1]], rows), axis=1)
        if last > _SETTLED * first:
            return "moving", None
    away = np.flatnonzero(np.linalg.norm(points - goal, axis=1) > reach)
    arrived = int(away[-1]) + 1 if away.size else 0
    return (kind, arrived) if arrived <= _STAYED * (len(points) - 1) else (other, None)


def _free(label: str, taken: Mapping[str, Any]) -> str:
    """Return a label that is not taken, with a number behind it where it is."""
    labels = itertools.chain([label], (f"{label} {number}" for number in itertools.count(2)))
    return next(one for one in labels if one not in taken)
