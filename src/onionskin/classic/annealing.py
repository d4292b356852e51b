"""Simulated annealing: a search that accepts worse steps too, ever more rarely, and so can leave a local minimum."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from onionskin import random
from onionskin.base.errors import ArgumentError
from onionskin.classic.checks import count, positive
from onionskin.classic.targets import FunctionTarget, target_of
from onionskin.classic.texts import Table, figure, words
from onionskin.state import SeedGenerator

_AT_ONCE = 2**16  # numbers of the noise that are drawn together


@dataclass(frozen=True)
class Annealing:
    """A search by simulated annealing, with every proposal; arrays have one entry for each, unless said otherwise.

    Attributes:
        losses: of the proposals.
        current: (steps + 1,) loss where the search stood: at the start, and after each proposal.
        accepted: whether the search went there.
        worse: whether it was worse than where the search stood.
        probability: of accepting it, 1 where it was not worse.
        temperature: T.
        best_loss: the lowest loss that was met.
        best_step: the number of its proposal, from 1; 0 for the start.
        best: the number, or (d,) numbers, where that was; a model now has them as its weights.
        proposals: of a function, (steps,) or (steps, d) points; None of a model.
        positions: of a function, (steps + 1,) or (steps + 1, d) points where the search stood; None of a model.
        compiled: whether the function was compiled.
    """

    losses: np.ndarray = field(repr=False)
    current: np.ndarray = field(repr=False)
    accepted: np.ndarray = field(repr=False)
    worse: np.ndarray = field(repr=False)
    probability: np.ndarray = field(repr=False)
    temperature: np.ndarray = field(repr=False)
    best_loss: float
    best_step: int
    best: Any
    proposals: np.ndarray | None = field(repr=False)
    positions: np.ndarray | None = field(repr=False)
    compiled: bool

    @property
    def accepted_worse(self) -> np.ndarray:
        """Numbers, from 1, of the proposals that were worse and accepted."""
        return np.flatnonzero(self.accepted & self.worse) + 1

    def report(self, language: str = "en") -> str:
        """Return in words what was accepted and what was found.

        Raises:
            UnknownNameError: there is no such language.
        """
        better = int((~self.worse & self.accepted).sum())
        return words(language, "Annealing.report")["annealed"].format(
            steps=self.losses.size, better=better, worse=self.accepted_worse.size,
            refused=int((~self.accepted).sum()), best=figure(self.best_loss), at=self.best_step,
            first=figure(self.current[0]),
        )  # fmt: skip

    def table(self, language: str = "en", most: int = 20, start: int = 1) -> Table:
        """Return some proposals as a table to print.

        Args:
            language: "en" or "ko".
            most: rows at most.
            start: the first proposal to show, from 1.

        Raises:
            UnknownNameError: there is no such language.
            ArgumentError: there is no proposal of that number.
        """
        word = words(language, "Annealing.table")
        start, rows = count(start, "Annealing.table(start)"), []
        for place in range(start - 1, min(start - 1 + most, self.losses.size)):
            verdict = word["no"] if not self.accepted[place] else word["worse" if self.worse[place] else "better"]
            chance = figure(self.probability[place], 3) if self.worse[place] else ""
            change = figure(self.losses[place] - self.current[place])
            rows.append([str(place + 1), figure(self.losses[place]), change, figure(self.temperature[place], 3), chance,
                         verdict])  # fmt: skip
        return Table(
            [word[key] for key in ("proposal", "loss", "change", "temperature", "probability", "accepted")], rows
        )


def anneal(
    model_or_function: Any,
    x: Any,
    y: Any = None,
    steps: int = 5000,
    temperature: float = 1.0,
    cooling: float = 0.998,
    seed: int | None = None,
    step_size: float = 0.5,
) -> Annealing:
    """Search for a minimum by simulated annealing.

        T = temperature · coolingᵏ;  a proposal whose loss is Δ higher is accepted with probability exp(−Δ/T)

    A proposal is where the search stands, each number moved by a normally distributed step. No gradient is used.

    Args:
        model_or_function: a compiled `Model` or a `FeedForward`, whose weights are searched; or a function of a
            float64 number, or of (d,) numbers, that returns a number.
        x: the model's inputs; or where the function starts.
        y: the model's targets; None for a function.
        steps: proposals.
        temperature: T at first.
        cooling: what T is multiplied by after each proposal, above 0 and at most 1.
        seed: of the proposals and of what is accepted; one drawn from the process where None. The same seed gives the
            same search, bit for bit.
        step_size: standard deviation of a step.

    Returns:
        Every proposal, and the best. A model has the best weights that were met.

    Raises:
        ArgumentError: a number cannot be used, or targets are given for a function or none for a model.
        DTypeError: what is searched is neither a model nor a function.
        ShapeError: a function returns something else than a number.
        NotBuiltError: the model was not compiled.
        NumericError: the loss at the start is not finite.

    Example:
        >>> found = anneal(lambda x: (x * x - 4.0) ** 2 + x, 3.0, temperature=20.0, seed=1)  # minima near ±2
        >>> print(round(float(found.best), 1), found.accepted_worse.size > 100)
        -2.0 True

    Source: Kirkpatrick, Gelatt, Vecchi, "Optimization by simulated annealing", Science 220, 1983.
    """
    steps = count(steps, "anneal(steps)")
    heat, size = positive(temperature, "anneal(temperature)"), positive(step_size, "anneal(step_size)")
    factor = positive(cooling, "anneal(cooling)")
    if factor > 1:
        raise ArgumentError("the temperature must not rise.", where="anneal(cooling)",
                            expected="a number above 0, at most 1", given=repr(cooling))  # fmt: skip
    target, seeds = target_of(model_or_function, x, y, "anneal"), SeedGenerator(seed)
    temperatures = heat * factor ** np.arange(steps)
    chances = np.asarray(random.uniform((steps,), dtype="float64", seed=seeds)).tolist()
    here, current = target.start, target.loss(target.start)
    best, lowest, at = here, current, 0
    losses, probability = np.empty(steps), np.ones(steps)
    levels = np.full(steps + 1, current)
    accepted, worse = np.zeros(steps, bool), np.zeros(steps, bool)
    keep = isinstance(target, FunctionTarget)
    met: list[np.ndarray] = []
    stood: list[np.ndarray] = [here]
    noise = _noise(steps, here.shape, seeds)
    for place, (warmth, chance) in enumerate(zip(temperatures.tolist(), chances, strict=True)):
        proposal = here + size * next(noise)
        loss = target.loss(proposal)
        change = loss - current
        if not change <= 0:  # worse, or no number at all
            worse[place], probability[place] = True, _probability(change, warmth)
        losses[place], accepted[place] = loss, chance < probability[place]
        if accepted[place]:
            here, current = proposal, loss
            if current < lowest:
                best, lowest, at = here, current, place + 1
        levels[place + 1] = current
        if keep:
            met.append(proposal)
            stood.append(here)
    target.put(best)
    return Annealing(
        losses, levels, accepted, worse, probability, temperatures, lowest, at, best[()] if keep else best,
        np.array(met) if keep else None, np.array(stood) if keep else None, target.compiled,
    )  # fmt: skip


def _probability(change: float, warmth: float) -> float:
    """Return exp(−change / T), 0 where either is no number that allows it."""
    return math.exp(-change / warmth) if warmth > 0 and math.isfinite(change) else 0.0


def _noise(steps: int, shape: tuple[int, ...], seeds: SeedGenerator) -> Iterator[np.ndarray]:
    """Yield the step of each proposal, normally distributed; many are drawn together."""
    block = max(_AT_ONCE // max(math.prod(shape), 1), 1)
    for first in range(0, steps, block):
        rows = (min(block, steps - first), *shape)
        yield from np.asarray(random.normal(rows, dtype="float64", seed=seeds))
