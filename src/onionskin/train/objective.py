"""What training aims at and is measured by: the losses and metrics of each output, as `compile` named them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin import losses, metrics, ops
from onionskin.base.errors import ArgumentError
from onionskin.base.trees import flatten


class Objective:
    """The losses and metrics of a model, one set for each of its outputs.

    Args:
        loss: a loss or its name, or a list or dictionary of them by output.
        metric: metrics or their names; for several outputs a list or dictionary of lists.
        weighted: metrics that use the sample weights, likewise.
        weights: factor of each output's loss, a list or dictionary.
    """

    def __init__(self, loss: Any, metric: Any = None, weighted: Any = None, weights: Any = None) -> None:
        self.loss_given, self.metric_given, self.weighted_given, self.weights_given = loss, metric, weighted, weights
        self.loss_tracker = metrics.Mean(name="loss")
        self.losses: list[Any] = []
        self.weights: list[float] = []
        self.names: list[str] = []
        self.labels: dict[Any, str] = {}  # the user's metric keeps its name: it may serve other models too
        self.by_output: list[list[tuple[Any, bool]]] = []  # (metric, whether it uses the weights)
        self.trackers: list[Any] = []  # the loss of each output that has one, where there are several outputs
        self.built = False
        for one in flatten(loss)[0]:
            losses.resolve(one, (None,), (None, 1))  # an unknown name is found when compiling
        for one in flatten(weights)[0]:
            if one is not None and (isinstance(one, bool) or not isinstance(one, int | float | np.number)):
                raise ArgumentError(
                    "loss_weights are numbers.",
                    where="loss_weights",
                    given=repr(one),
                    fix="name the argument where metrics are meant: metrics=['accuracy']",
                )
        for one in (*flatten(metric)[0], *flatten(weighted)[0]):
            if one is not None and not callable(one):
                metrics.resolve(one)

    def build(self, names: Sequence[str], target_shapes: Sequence[Any], output_shapes: Sequence[Any]) -> None:
        """Assign losses and metrics to the outputs, now that their shapes are known."""
        if self.built:
            return
        self.names = list(names)
        given = self._by_output(self.loss_given, "loss", share=True)
        known = [shape or (None,) for shape in target_shapes]
        self.losses = [losses.resolve(*row) for row in zip(given, known, output_shapes, strict=True)]
        factors = self._by_output(self.weights_given, "loss_weights", share=False)
        self.weights = [1.0 if one is None else float(one) for one in factors]
        plain = self._lists(self.metric_given, "metrics")
        weighted = self._lists(self.weighted_given, "weighted_metrics")
        taken: dict[str, int] = {}
        self.by_output = [[] for _ in self.names]  # and not what a call that failed halfway left
        for given_metrics, uses in ((plain, False), (weighted, True)):
            for index, name in enumerate(self.names):
                shapes = target_shapes[index], output_shapes[index]
                before = "" if len(self.names) == 1 else f"{name}_"
                for identifier in given_metrics[index]:
                    metric = metrics.resolve(identifier, self.losses[index], *shapes)
                    label = f"{before}{metric.name}"
                    if uses and label in taken:
                        label = f"{before}weighted_{metric.name}"
                    taken[label] = taken.get(label, 0) + 1
                    self.labels[metric] = label if taken[label] == 1 else f"{label}_{taken[label] - 1}"
                    self.by_output[index].append((metric, uses))
        if len(self.names) > 1:
            lossy = [name for name, one in zip(self.names, self.losses, strict=True) if one is not None]
            self.trackers = [metrics.Mean(name=f"{name}_loss") for name in lossy]
        self.built = True

    def _by_output(self, given: Any, what: str, share: bool) -> list[Any]:
        count = len(self.names)
        if isinstance(given, dict):
            unknown = [name for name in given if name not in self.names]
            if unknown:
                raise ArgumentError(
                    f"{what} names an output that the model does not have.",
                    where="compile",
                    expected=", ".join(self.names),
                    given=unknown[0],
                )
            return [given.get(name) for name in self.names]
        if isinstance(given, list | tuple):
            if len(given) != count:
                raise ArgumentError(
                    f"{what} does not have one entry for each output.",
                    where="compile",
                    expected=count,
                    given=len(given),
                )
            return list(given)
        return [given] * count if share or given is None else [given]

    def _lists(self, given: Any, what: str) -> list[list[Any]]:
        """Return the metrics of each output as lists."""
        if given is None:
            return [[] for _ in self.names]
        nested = isinstance(given, list | tuple) and any(isinstance(one, list | tuple) for one in given)
        if not isinstance(given, dict) and not nested:
            flat = list(given) if isinstance(given, list | tuple) else [given]
            if len(flat) == len(self.names) > 1:
                return [[] if one is None else [one] for one in flat]
            if len(self.names) > 1:
                raise ArgumentError(
                    f"{what} of a model with several outputs is a list with an entry for each output or a dictionary.",
                    where="compile",
                    expected=f"a metric, or a list of them, for each of {', '.join(self.names)}",
                    given=repr(given),
                )
            return [flat]
        parts = self._by_output(given, what, share=False)
        return [[] if one is None else list(one) if isinstance(one, list | tuple) else [one] for one in parts]

    # --- used within a step ---

    def loss(self, y: Any, y_pred: Any, sample_weight: Any, penalties: Sequence[Any]) -> Any:
        """Return the total loss; with several outputs, each one's own is noted by its tracker."""
        targets, outputs, weights = self._aligned(y, y_pred, sample_weight)
        parts = [
            one(target, output, weight)
            for one, target, output, weight in zip(self.losses, targets, outputs, weights, strict=True)
            if one is not None
        ]
        for tracker, part, output in zip(self.trackers, parts, outputs, strict=False):
            tracker.update_state(part, sample_weight=int(output.shape[0]))
        used = [weight for one, weight in zip(self.losses, self.weights, strict=True) if one is not None]
        terms = [part if weight == 1 else part * weight for part, weight in zip(parts, used, strict=True)]
        terms += list(penalties)
        if not terms:
            raise ArgumentError(
                "there is no loss to train by.",
                given="loss=None, and no layer adds a penalty",
                fix="model.compile(loss=…), such as 'mse' or 'categorical_crossentropy'",
            )
        total = terms[0]
        for term in terms[1:]:
            total = ops.add(total, term)
        return total

    def measure(self, y: Any, y_pred: Any, sample_weight: Any) -> None:
        """Bring the metrics that `compile` was given up to date with one batch."""
        targets, outputs, weights = self._aligned(y, y_pred, sample_weight)
        for row, target, output, weight in zip(self.by_output, targets, outputs, weights, strict=True):
            for metric, uses in row:
                metric.update_state(target, output, sample_weight=weight if uses else None)

    def _aligned(self, y: Any, y_pred: Any, sample_weight: Any) -> tuple[list[Any], list[Any], list[Any]]:
        """Return targets, outputs and weights, one of each for an output."""
        outputs = flatten(y_pred)[0]
        count = len(outputs)
        targets = [None] * count if y is None else in_order(y, self.names, "y")
        weights = [sample_weight] * count if not isinstance(sample_weight, list | tuple | dict) else (
            in_order(sample_weight, self.names, "sample_weight")
        )  # fmt: skip
        if len(targets) != count:
            raise ArgumentError(
                "the model has another number of outputs than there are targets.",
                where="y",
                expected=f"{count}: {', '.join(self.names)}",
                given=len(targets),
            )
        return targets, outputs, weights

    # --- used between steps ---

    @property
    def metrics(self) -> list[Any]:
        """All metrics, the loss first."""
        return [self.loss_tracker, *self.trackers, *[metric for row in self.by_output for metric, _ in row]]

    def label(self, metric: Any) -> str:
        """Return the name that a metric has in the logs: its own, with the output's where there are several."""
        return self.labels.get(metric, str(metric.name))


def in_order(parts: Any, names: Sequence[str], what: str) -> list[Any]:
    """Return the leaves of targets or weights in the order of the outputs; a dictionary's keys are their names.

    Args:
        parts: one leaf for each output.
        names: the outputs' names, in their order.
        what: the argument, for messages.

    Raises:
        ArgumentError: a dictionary names other outputs.
    """
    if not isinstance(parts, dict) or len(names) < 2:
        return flatten(parts)[0]
    if set(parts) != set(names):
        raise ArgumentError(
            f"the dictionary {what} does not name each output of the model once.",
            where=what,
            expected=", ".join(names),
            given=", ".join(map(str, parts)),
        )
    return [parts[name] for name in names]
