"""Error backpropagation as the textbooks tell it: after every sample or after the whole set, compiled or by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from onionskin import random
from onionskin.base.errors import ArgumentError
from onionskin.classic.checks import count, positive
from onionskin.classic.feedforward import Backward, FeedForward
from onionskin.classic.texts import Table, figure, vector, words
from onionskin.state import SeedGenerator

MODES = ("standard", "accumulated")
_STEPS = 2**14  # updates that are run at once


@dataclass(frozen=True)
class BackwardStep:
    """One update of a network, all of whose numbers can be read.

    Attributes:
        x: (n, inputs) its samples.
        y: (n, outputs) their targets.
        passed: the pass forward and back that it was made of.
        learning_rate: η.
        before: weights before it, as `FeedForward.get_weights` gives them.
        after: weights after it.
    """

    x: np.ndarray
    y: np.ndarray
    passed: Backward
    learning_rate: float
    before: list[np.ndarray]
    after: list[np.ndarray]

    def table(self, language: str = "en", sample: int = 0) -> Table:
        """Return net, out and δ of each node for one sample, from the output layer back, as a table to print.

        Args:
            language: "en" or "ko".
            sample: which sample of the step, from 0.

        Raises:
            UnknownNameError: there is no such language.
            ArgumentError: there is no such sample.
        """
        word = words(language, "BackwardStep.table")
        if isinstance(sample, bool) or not isinstance(sample, int | np.integer) or not 0 <= sample < len(self.x):
            raise ArgumentError("the step has no such sample.", where="BackwardStep.table(sample)",
                                expected=f"0 to {len(self.x) - 1}", given=repr(sample))  # fmt: skip
        found, rows = self.passed, []
        for layer in reversed(range(len(found.nets))):
            last = layer == len(found.nets) - 1
            for node in range(found.nets[layer].shape[1]):
                name = word["output node" if last else "hidden node"].format(layer=layer + 1, node=node + 1)
                parts = (found.nets, found.outs, found.above, found.slopes, found.deltas)
                rows.append([name, *[figure(part[layer][sample, node]) for part in parts]])
        error = 0.5 * float(((self.y[sample] - found.outs[-1][sample]) ** 2).sum())
        above = [f"x = {vector(self.x[sample])}, t = {vector(self.y[sample])}",
                 word["squared error"].format(value=figure(error))]  # fmt: skip
        headers = [word["node"], "net", "out", word["from above"], "f'(net)", "δ"]
        return Table(headers, rows, above, [word["delta rule"].format(above=word["from above"]), word["above note"]])

    def weights_table(self, language: str = "en") -> Table:
        """Return every weight before and after, from the output layer back, as a table to print.

        Raises:
            UnknownNameError: there is no such language.
        """
        word = words(language, "BackwardStep.weights_table")
        rows = []
        for layer in reversed(range(len(self.before) // 2)):
            for part in (2 * layer, 2 * layer + 1):
                for place in np.ndindex(self.before[part].shape):
                    source = word["bias"] if part % 2 else f"{'x' if layer == 0 else f'{layer}.'}{place[0] + 1}"
                    was, now = float(self.before[part][place]), float(self.after[part][place])
                    name = f"{source} → {layer + 1}.{place[-1] + 1}"
                    gradient = -self.learning_rate * float(self.passed.gradients[part][place])
                    rows.append([name, figure(was), figure(gradient), figure(now)])
        headers = [word["weight"], word["weight before"], "Δw", word["weight after"]]
        return Table(headers, rows, [word["weight rule"].format(rate=figure(self.learning_rate))])

    def __str__(self) -> str:
        return f"{self.table()}\n\n{self.weights_table()}"


class BackPropagation:
    """Trains a network by error backpropagation, Δw = η · δ · input, with δ = −∂E/∂net.

    "standard" updates the weights after every sample; "accumulated" adds up Δw over the whole set and updates once an
    epoch, by the gradient of E = ½ ΣΣ (target − out)². (Where a text divides E by the m samples, its η is m times
    this one.) Standard backpropagation with the samples in a new order each epoch is stochastic gradient descent.

    Args:
        network: what to train.
        learning_rate: η.
        mode: "standard" or "accumulated".
        shuffle: new order of the samples in each epoch.
        seed: of the order; one drawn from the process where None.

    Attributes:
        errors_: E of each epoch of all `fit` so far; in standard mode each sample's is from before its update.

    Raises:
        ArgumentError: an argument cannot be used.

    Example:
        >>> from onionskin.classic import truth_table
        >>> x, y = truth_table("xor")
        >>> network = FeedForward((2, 2, 1), seed=1)
        >>> trainer = BackPropagation(network, learning_rate=0.5).fit(x, y, epochs=10000)
        >>> print(network.predict(x).round(1).ravel())
        [0. 1. 1. 0.]
    """

    def __init__(
        self,
        network: FeedForward,
        learning_rate: float = 0.5,
        mode: str = "standard",
        shuffle: bool = False,
        seed: int | None = None,
    ) -> None:
        if not isinstance(network, FeedForward):
            raise ArgumentError("this trains a FeedForward network.", where="BackPropagation(network)",
                                given=f"an object of type {type(network).__name__}",
                                fix="train other models by their fit")  # fmt: skip
        if not isinstance(mode, str) or mode not in MODES:
            raise ArgumentError("there is no such mode.", where="BackPropagation(mode)",
                                expected="'standard' or 'accumulated'", given=repr(mode))  # fmt: skip
        self.network, self.mode, self.shuffle = network, mode, bool(shuffle)
        self.learning_rate = positive(learning_rate, "BackPropagation(learning_rate)")
        self.seed, self._seeds = seed, SeedGenerator(seed)
        self.errors_ = np.empty(0)

    def fit(self, x: Any, y: Any, epochs: int = 1000, until: float | None = None) -> BackPropagation:
        """Train in one compiled program.

        Args:
            x: (n, inputs).
            y: (n, outputs) targets, or (n,) for a single output.
            epochs: passes over the samples.
            until: stop at the end of an epoch whose E is at most this.

        Returns:
            The trainer itself.

        Raises:
            ShapeError: samples and targets fit neither each other nor the network.
            ArgumentError: an argument cannot be used.
        """
        inputs, targets = self._checked(x, y)
        epochs = count(epochs, "BackPropagation.fit(epochs)")
        goal = None if until is None else positive(until, "BackPropagation.fit(until)", zero=True)
        n = len(inputs)
        batch = 1 if self.mode == "standard" else n
        program = self.network.learning(batch, self.learning_rate)
        chunk = max(_STEPS * batch // n, 1) if goal is None else 1  # epochs between two looks at Ctrl-C, or at E
        for first in range(0, epochs, chunk):
            now = min(chunk, epochs - first)
            order = np.concatenate([self._order(n) for _ in range(now)])
            (errors,) = program.run_steps([inputs, targets], order, batch)
            self.errors_ = np.append(self.errors_, np.asarray(errors).reshape(now, -1).sum(axis=1))
            if goal is not None and self.errors_[-1] <= goal:
                break
        return self

    def step(self, x: Any, y: Any) -> BackwardStep:
        """Make one update with these samples together, and return all of its numbers.

        Args:
            x: (n, inputs), or (inputs,) for one sample.
            y: (n, outputs) targets, (n,) for a single output, or (outputs,) for one sample.

        Raises:
            ShapeError: samples and targets fit neither each other nor the network.
        """
        single = np.ndim(x) == 1
        inputs, targets = self._checked([x] if single else x, np.reshape(y, (1, -1)) if single else y)
        before, passed = self.network.get_weights(), self.network.backward(inputs, targets)
        after = [old - self.learning_rate * slope for old, slope in zip(before, passed.gradients, strict=True)]
        self.network.set_weights(after)
        return BackwardStep(inputs, targets, passed, self.learning_rate, before, after)

    def steps(self, x: Any, y: Any) -> Iterator[BackwardStep]:
        """Yield the updates of one epoch, each made when it is asked for; raises as `step`."""
        inputs, targets = self._checked(x, y)
        if self.mode == "accumulated":
            yield self.step(inputs, targets)
            return
        for row in self._order(len(inputs)):
            yield self.step(inputs[row : row + 1], targets[row : row + 1])

    def _order(self, n: int) -> np.ndarray:
        """Return the samples in the order of the next epoch."""
        return np.asarray(random.permutation(n, seed=self._seeds) if self.shuffle else np.arange(n), np.int64)

    def _checked(self, x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
        inputs = self.network._inputs(x, "BackPropagation")
        return inputs, self.network.targets(y, len(inputs))
