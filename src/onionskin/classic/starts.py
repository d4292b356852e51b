"""Training from several starting points, of which the best is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, DTypeError
from onionskin.classic.backpropagation import BackPropagation
from onionskin.classic.checks import count, positive
from onionskin.classic.descent import descend
from onionskin.classic.feedforward import FeedForward
from onionskin.classic.targets import ModelTarget
from onionskin.classic.texts import Table, figure, vector, words
from onionskin.models import Model
from onionskin.plot.checks import numbers

_NEAR = 0.1  # of the way from the first losses to the best: what ends above has missed it
_STILL = 0.01  # of the same way: what falls by less in the last tenth of its epochs has come to rest


@dataclass(frozen=True)
class Starts:
    """Trainings from several starting points.

    Attributes:
        starts: seeds of the models, or the points that a function was followed from.
        curves: (starts, epochs) loss after each epoch; of a function (starts, steps + 1), the start's value first.
        losses: (starts,) at the end.
        gradients: (starts,) length of the gradient at the end.
        best: number of the best start, from 0.
        model: the best model, None of a function.
        ends: (starts,) or (starts, d) points where a function's paths ended; None of models.
    """

    starts: list[Any]
    curves: np.ndarray = field(repr=False)
    losses: np.ndarray
    gradients: np.ndarray = field(repr=False)
    best: int
    model: Any = field(repr=False)
    ends: np.ndarray | None = field(repr=False)

    @property
    def missed(self) -> np.ndarray:
        """(starts,) whether the loss ended more than a tenth of the way down above the best."""
        lowest = self.losses[self.best]
        missed: np.ndarray = ~(self.losses <= lowest + _NEAR * (np.mean(self.curves[:, 0]) - lowest))
        return missed

    @property
    def stuck(self) -> np.ndarray:
        """(starts,) whether training missed the best loss and came to rest: what textbooks call a local minimum.

        For the 2-2-1 network and XOR these are, strictly, plateaus that fall off ever more gently towards infinite
        weights (Hamey, "XOR has no local minima", Neural Networks 11, 1998): a gradient method stays there all the
        same.
        """
        way = np.mean(self.curves[:, 0]) - self.losses[self.best]
        late = self.curves[:, -1 - max(self.curves.shape[1] // 10, 1)]
        stuck: np.ndarray = self.missed & (late - self.losses < _STILL * way)
        return stuck

    def table(self, language: str = "en") -> Table:
        """Return all starts with their final losses as a table to print.

        Raises:
            UnknownNameError: there is no such language.
        """
        word = words(language, "Starts.table")
        rows = []
        for place, start in enumerate(self.starts):
            kind = "best" if place == self.best else "stuck" if self.stuck[place] else "good"
            kind = "falling" if kind == "good" and self.missed[place] else kind
            name = str(start) if self.model is not None else figure(start) if np.ndim(start) == 0 else vector(start)
            rows.append([name, figure(self.curves[place, 0]), figure(self.losses[place]),
                         f"{self.gradients[place]:.1e}".replace("e-", "e−"), word[kind]])  # fmt: skip
        first = word["start" if self.model is None else "seed"]
        return Table([first, *[word[key] for key in ("first loss", "last loss", "gradient", "verdict")]], rows)

    def __str__(self) -> str:
        return str(self.table())


def multi_start(
    make_model: Any,
    x: Any,
    y: Any = None,
    starts: int = 10,
    epochs: int = 2000,
    learning_rate: float | None = None,
    mode: str = "accumulated",
    seed: int = 0,
) -> Starts:
    """Train from several starting points and keep the best.

    Args:
        make_model: given a seed, returns a `FeedForward`, or a compiled `Model`, which is trained on all samples at a
            time; or a function of a number, or of (d,) numbers, whose slope is followed.
        x: the models' inputs; or (starts,) or (starts, d) points where the function's paths begin.
        y: the models' targets; None for a function.
        starts: how many models; a function's points are counted by themselves.
        epochs: passes over the samples for each; steps of a function's paths.
        learning_rate: η of networks (0.5 where None) and of functions (0.01); a compiled model has its own.
        mode: of networks, as in `BackPropagation`.
        seed: the models' seeds are this number and those after it.

    Raises:
        ArgumentError: an argument cannot be used.
        DTypeError: make_model cannot be called, or returns no model.
        OnionskinError: samples do not fit the model.

    Example:
        >>> from onionskin.classic import truth_table
        >>> found = multi_start(lambda seed: FeedForward((2, 2, 1), seed=seed), *truth_table("xor"), starts=3)
        >>> found.losses.shape, bool(found.losses[found.best] == found.losses.min())
        ((3,), True)
    """
    if not callable(make_model):
        raise DTypeError("make_model must be a function.", where="multi_start(make_model)",
                         expected="a function of a seed that returns a model, or a function of numbers",
                         given=f"an object of type {type(make_model).__name__}")  # fmt: skip
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
        raise ArgumentError("a seed is a whole number.", where="multi_start(seed)", given=repr(seed))
    epochs = count(epochs, "multi_start(epochs)")
    rate = None if learning_rate is None else positive(learning_rate, "multi_start(learning_rate)")
    if y is None:
        return _paths(make_model, x, epochs, 0.01 if rate is None else rate)
    curves, gradients, best, model = [], [], 0, None
    seeds = [seed + place for place in range(count(starts, "multi_start(starts)"))]
    for place, one in enumerate(seeds):
        made = make_model(one)
        curve, gradient, loss = _trained(made, x, y, epochs, rate, mode)
        curves.append(np.append(curve, loss))
        gradients.append(gradient)
        if model is None or loss < curves[best][-1]:
            best, model = place, made
    table = np.array(curves)
    return Starts(seeds, table[:, :-1], table[:, -1], np.array(gradients), best, model, None)


def _trained(model: Any, x: Any, y: Any, epochs: int, rate: float | None, mode: str) -> tuple[np.ndarray, float, float]:
    """Train a model; returns the loss of each epoch, and the length of the gradient and the loss at the end."""
    if isinstance(model, FeedForward):
        curve = BackPropagation(model, 0.5 if rate is None else rate, mode, seed=0).fit(x, y, epochs).errors_
    elif isinstance(model, Model):
        if rate is not None:
            raise ArgumentError("a compiled model has its own learning rate.", where="multi_start(learning_rate)",
                                expected="None", given=repr(rate))  # fmt: skip
        ModelTarget(model, x, y, "multi_start")
        history = model.fit(x, y, batch_size=len(x), epochs=epochs, verbose=0, shuffle=False)
        curve = np.asarray(history.history["loss"])
    else:
        raise DTypeError("make_model must return a model.", where="multi_start(make_model)",
                         expected="a FeedForward or a compiled Model",
                         given=f"an object of type {type(model).__name__}")  # fmt: skip
    target = ModelTarget(model, x, y, "multi_start")
    return curve, target.slope_size(), target.loss(target.start)


def _paths(function: Any, points: Any, steps: int, rate: float) -> Starts:
    """Follow a function's slope from several points."""
    begun = numbers(points, "multi_start(x)").astype(np.float64)
    if begun.ndim not in (1, 2) or not begun.size:
        raise ArgumentError("a function starts at several points.", where="multi_start(x)",
                            expected="(starts,) or (starts, d)", given=begun.shape)  # fmt: skip
    found = [descend(function, one, steps, rate) for one in begun]
    curves, ends = np.array([one.values for one in found]), np.array([one.last for one in found])
    moved = [(one.positions[-2] - one.positions[-1]) / rate for one in found]
    sizes = np.array([float(np.linalg.norm(one)) for one in moved])
    return Starts(list(begun), curves, curves[:, -1], sizes, int(curves[:, -1].argmin()), None, ends)
