"""The perceptron: one neuron with a step, learnt by correcting it wherever it is wrong."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from onionskin import random
from onionskin.base.errors import ArgumentError, DataError, DTypeError, NotBuiltError, ShapeError
from onionskin.classic.checks import count, positive, samples
from onionskin.classic.neuron import Neuron
from onionskin.classic.texts import Table, figure, vector, words
from onionskin.classic.updates import Updates
from onionskin.plot.checks import numbers
from onionskin.state import SeedGenerator

_BLOCK = 16  # samples that are looked at together at least; twice as many after none was wrong


class Perceptron:
    """A neuron with a step for two classes, trained by the perceptron rule.

        ŷ = step(w·x − θ),  Δw = η (y − ŷ) x,  Δθ = −η (y − ŷ)

    The threshold θ is the weight of a further input that is always −1. The classes are learnt as 0 and 1, in
    sorted order. Training ends at the first epoch without a mistake, or when the weights repeat those after an
    earlier epoch: with the samples always in one order, all would then repeat for ever, which proves that no line
    parts the classes.

    Args:
        learning_rate: η; from a start at zero it only scales the weights.
        max_epochs: passes over the samples at most.
        seed: of the random start and of shuffling; one drawn from the process where None.
        start: "zeros", "random" (evenly from −0.5 to 0.5), or d + 1 numbers, the threshold last.
        shuffle: new order of the samples in each epoch.

    Attributes:
        coef_: (1, d) weights.
        intercept_: (1,), −θ.
        weights_: (d + 1,) weights, the threshold last.
        classes_: (2,) the labels.
        n_features_in_: d.
        n_iter_: epochs that were run.
        converged_: whether the last epoch saw no mistake.
        errors_: (n_iter_,) mistakes in each epoch.
        epoch_weights_: (n_iter_ + 1, d + 1) weights at the start and after each epoch.
        cycle_: (first, last) epochs after which the weights were the same, None where none repeated.
        history_: every update, as `Updates`.

    Raises:
        ArgumentError: in `fit`, where an argument cannot be used.

    Example:
        >>> from onionskin.classic import truth_table
        >>> x, y = truth_table("and")
        >>> learnt = Perceptron(learning_rate=0.1).fit(x, y)
        >>> print(learnt.predict(x), learnt.converged_, learnt.n_iter_)
        [0 0 0 1] True 6
        >>> Perceptron().fit(*truth_table("xor")).converged_
        False

    Source: Rosenblatt, "The perceptron", Psychological Review 65, 1958.
    """

    def __init__(
        self,
        learning_rate: float = 0.1,
        max_epochs: int = 1000,
        seed: int | None = None,
        start: Any = "zeros",
        shuffle: bool = False,
    ) -> None:
        self.learning_rate, self.max_epochs, self.seed = learning_rate, max_epochs, seed
        self.start, self.shuffle = start, shuffle

    def fit(self, X: Any, y: Any) -> Perceptron:  # noqa: N803 - scikit-learn's name
        """Learn two classes; whatever was learnt before is forgotten.

        Args:
            X: (n, d) numbers.
            y: (n,) labels of two kinds.

        Returns:
            The perceptron itself.

        Raises:
            ShapeError: samples and labels do not fit each other.
            DataError: there are not two classes, or a number is not finite.
            DTypeError: labels are of kinds that have no common order, or samples hold no numbers.
            ArgumentError: an argument of the perceptron cannot be used.
        """
        rate = positive(self.learning_rate, "Perceptron(learning_rate)")
        most = count(self.max_epochs, "Perceptron(max_epochs)")
        inputs, labels = samples(X, y, "Perceptron.fit")
        classes, targets = _classes(labels)
        if len(classes) != 2:
            raise DataError("a perceptron learns two classes.", where="Perceptron.fit(y)", expected="two labels",
                            given=f"{len(classes)}: {', '.join(map(str, classes[:5].tolist()))}")  # fmt: skip
        seeds = SeedGenerator(self.seed)
        start = self._start(inputs.shape[1], seeds)
        extended = _extended(inputs)
        order: Any = (lambda: random.permutation(len(inputs), seed=seeds)) if self.shuffle else None
        learning = _Learning(extended, targets, start, rate)
        learning.run(most, order)
        self.classes_, self.n_features_in_ = classes, inputs.shape[1]
        self.weights_ = learning.weights[-1]
        self._parts = start, rate, learning.u
        self.coef_, self.intercept_ = self.weights_[None, :-1].copy(), -self.weights_[-1:]
        self.n_iter_, self.errors_ = len(learning.errors), np.array(learning.errors, np.int64)
        self.epoch_weights_, self.cycle_ = np.array(learning.weights), learning.cycle
        self.converged_ = learning.errors[-1] == 0
        self.history_ = Updates(extended, targets, start, rate, *learning.updates())
        return self

    def _start(self, d: int, seeds: SeedGenerator) -> np.ndarray:
        if isinstance(self.start, str):
            if self.start == "zeros":
                return np.zeros(d + 1)
            if self.start == "random":
                return np.asarray(random.uniform((d + 1,), -0.5, 0.5, dtype="float64", seed=seeds))
            raise ArgumentError("there is no such start.", where="Perceptron(start)",
                                expected="'zeros', 'random' or d + 1 numbers", given=repr(self.start))  # fmt: skip
        start = numbers(self.start, "Perceptron(start)").astype(np.float64)
        if start.shape != (d + 1,):
            raise ShapeError("a start has a weight for each input, and the threshold.", where="Perceptron(start)",
                             expected=(d + 1,), given=start.shape)  # fmt: skip
        return start

    # --- what was learnt ---

    def _learnt(self, method: str) -> None:
        if not hasattr(self, "weights_"):
            raise NotBuiltError("nothing was learnt yet.", where=f"Perceptron.{method}", fix="call fit(X, y) first")

    @property
    def neuron_(self) -> Neuron:
        """The neuron that was learnt."""
        self._learnt("neuron_")
        return Neuron(self.weights_[:-1], self.weights_[-1])

    def decision_function(self, X: Any) -> np.ndarray:  # noqa: N803
        """Return w·x − θ for each sample, (n,); 0 and above is the second class.

        Raises:
            NotBuiltError: nothing was learnt yet.
            ShapeError: the samples have another number of inputs.
        """
        self._learnt("decision_function")
        inputs, _ = samples(X, None, "Perceptron.predict")
        if inputs.shape[1] != self.n_features_in_:
            raise ShapeError("the samples have another number of inputs than those that were learnt.",
                             where="Perceptron.predict(X)", expected=f"(n, {self.n_features_in_})",
                             given=inputs.shape)  # fmt: skip
        return _net(_extended(inputs), *self._parts)

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """Return the label of each sample, (n,); raises as `decision_function`."""
        self._learnt("predict")
        found: np.ndarray = self.classes_[(self.decision_function(X) >= 0).astype(np.int64)]
        return found

    def score(self, X: Any, y: Any) -> float:  # noqa: N803
        """Return the share of samples whose label is predicted right; raises as `fit` and `predict`."""
        self._learnt("score")
        inputs, labels = samples(X, y, "Perceptron.score")
        return float((self.predict(inputs) == labels).mean())

    def report(self, language: str = "en") -> str:
        """Return in words whether it learnt, and why not.

        Args:
            language: "en" or "ko".

        Raises:
            NotBuiltError: nothing was learnt yet.

        Example:
            >>> from onionskin.classic import truth_table
            >>> print(Perceptron().fit(*truth_table("or")).report())
            Learnt: epoch 4 saw no mistake, after 5 updates.
            Decision: y = step(0.1·x1 + 0.1·x2 − 0.1)
        """
        self._learnt("report")
        word = words(language, "Perceptron.report")
        if self.converged_:
            learnt = word["converged"].format(n=self.n_iter_, updates=len(self.history_))
            return f"{learnt}\n{word['line'].format(formula=self.neuron_.formula())}"
        if self.cycle_ is None:
            return word["gave up"].format(n=self.n_iter_, wrong=int(self.errors_[-1]))
        first, last = self.cycle_
        text = word["cycle"].format(n=self.n_iter_, first=first, last=last)
        around = self.history_.between(first, last)
        steps = " → ".join(vector(one, tail=True) for one in [around[0].before, *[one.after for one in around]])
        return f"{text}\n{word['cycle weights']}\n{steps}"


def _classes(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the labels that there are, in order, and the place of each sample's among them."""
    missing = [place for place, one in enumerate(labels.tolist()) if isinstance(one, float) and math.isnan(one)]
    if missing:
        raise DataError("a label is missing.", where="Perceptron.fit(y)", expected="a label for each sample",
                        given=f"{labels[missing[0]]} at [{missing[0]}]")  # fmt: skip
    try:
        classes, targets = np.unique(labels, return_inverse=True)
    except TypeError:
        kinds = sorted({type(one).__name__ for one in labels.tolist()})
        raise DTypeError("the labels are of kinds that have no common order.", where="Perceptron.fit(y)",
                         expected="all of one kind, such as numbers or text",
                         given=" and ".join(kinds)) from None  # fmt: skip
    return classes, targets


def _extended(inputs: np.ndarray) -> np.ndarray:
    """Return samples with the input of the threshold, which is always −1."""
    return np.column_stack([inputs, np.full(len(inputs), -1.0)])


def _net(inputs: np.ndarray, start: np.ndarray, rate: float, u: np.ndarray) -> np.ndarray:
    """Return w·x − θ for weights of start + rate·u, without first rounding them."""
    return inputs @ start + rate * (inputs @ u)


class _Learning:
    """One run of the rule.

    The weights are start + η·u, where u is the sum of (y − ŷ)·x: of whole numbers it is exact, so that a sum that is
    zero on paper is zero here, and weights that repeat on paper repeat here.
    """

    def __init__(self, inputs: np.ndarray, targets: np.ndarray, start: np.ndarray, rate: float) -> None:
        self.inputs, self.targets, self.start, self.rate = inputs, targets, start, rate
        self.u, self.block = np.zeros_like(start), _BLOCK
        self.weights, self.errors = [start.copy()], list[int]()
        self.cycle: tuple[int, int] | None = None
        self._updates: list[tuple[int, int, int]] = []

    def updates(self) -> tuple[np.ndarray, ...]:
        """Return epoch (from 1), sample and error of each update."""
        table = np.array(self._updates, np.int64).reshape(-1, 3)
        return table[:, 0], table[:, 1], table[:, 2]

    def run(self, most: int, order: Any) -> None:
        seen = {self.u.tobytes(): 0}
        for epoch in range(1, most + 1):
            self.errors.append(self._epoch(epoch, np.arange(len(self.inputs)) if order is None else order()))
            self.weights.append(self.start + self.rate * self.u)
            if not self.errors[-1]:
                return
            state = (self.u + 0.0).tobytes()  # -0 and 0 are one weight
            if order is None and state in seen:
                self.cycle = seen[state], epoch
                return
            seen[state] = epoch

    def _epoch(self, epoch: int, order: np.ndarray) -> int:
        """Pass over the samples, looking for the next mistake in blocks; returns how many there were."""
        inputs, targets = self.inputs[order], self.targets[order]
        at, wrong = 0, 0
        while at < len(inputs):
            rows = slice(at, at + self.block)
            mistakes = np.flatnonzero((_net(inputs[rows], self.start, self.rate, self.u) >= 0) != targets[rows])
            if not mistakes.size:
                at, self.block = at + self.block, 2 * self.block
                continue
            at += int(mistakes[0])
            error = 2 * int(targets[at]) - 1
            self.u += error * inputs[at]
            self._updates.append((epoch, int(order[at]), error))
            at, wrong, self.block = at + 1, wrong + 1, max(self.block // 2, _BLOCK)
        return wrong


def learning_rates(
    X: Any,  # noqa: N803
    y: Any,
    rates: Any = (0.01, 0.1, 1.0, 10.0),
    start: Any = "random",
    seed: int = 0,
    max_epochs: int = 1000,
    language: str = "en",
) -> Table:
    """Return what a perceptron learns with several learning rates from one start, as a table to print.

    Args:
        X: (n, d) numbers.
        y: (n,) labels of two kinds.
        rates: one learning rate or several.
        start: as in `Perceptron`.
        seed: of a random start.
        max_epochs: passes over the samples at most.
        language: "en" or "ko".

    Raises:
        OnionskinError: as in `Perceptron.fit`.

    Example:
        >>> from onionskin.classic import truth_table
        >>> print(learning_rates(*truth_table("and"), rates=(0.1, 1.0), start="zeros"))
          η  epoch  updates  learnt  w after | θ
        0.1      6       11  yes     (0.2, 0.1 | 0.3)
          1      6       11  yes     (2, 1 | 3)
    """
    word = words(language, "learning_rates")
    rows = []
    for rate in [rates] if np.ndim(rates) == 0 else rates:
        one = Perceptron(rate, max_epochs, seed, start).fit(X, y)
        learnt = word["yes" if one.converged_ else "no"]
        rows.append([figure(rate), str(one.n_iter_), str(len(one.history_)), learnt, vector(one.weights_, tail=True)])
    return Table([word[key] for key in ("rate", "epoch", "updates", "result", "after")], rows)
