"""The steps of training, evaluation and prediction as programs: traced once for each form of a batch."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from onionskin import data, ops
from onionskin.base import config
from onionskin.base.errors import ArgumentError, OnionskinError
from onionskin.base.specs import Spec
from onionskin.base.trees import flatten
from onionskin.graph import Node, concrete
from onionskin.runtime import BoundProgram, EagerProgram, value_and_grad
from onionskin.state import purify
from onionskin.state.call import CallContext, calling

_SMALL = 1024  # elements whose squares are summed sooner than their smallest and largest are found
Unflatten = Callable[[Sequence[Any]], tuple[Any, Any, Any]]
MethodT = TypeVar("MethodT", bound=Callable[..., Any])


def standard(method: MethodT) -> MethodT:
    """Decorator of the steps that a model has from its base class; those without it are the user's own."""
    method.is_standard = True  # type: ignore[attr-defined]
    return method


class Steps:
    """The programs of one compiled model.

    Args:
        model: called as `model(x)`; has `trainable_variables`, `train_step` and what else a step consists of.
        objective: its losses and metrics; None where it only predicts.
        optimizer: changes the weights; None where it is not trained.
        engine: engine to compile for; the one that is set where None.
        eager: run every step in Python, on numbers.
        per_execution: steps to run at once where a callback asks for batches.
    """

    def __init__(
        self,
        model: Any,
        objective: Any,
        optimizer: Any,
        engine: str | None = None,
        eager: bool = False,
        per_execution: int = 1,
    ) -> None:
        self.model, self.objective, self.optimizer, self.engine = model, objective, optimizer, engine
        self.eager, self.per_execution = eager, per_execution
        self._programs: dict[Any, BoundProgram | EagerProgram] = {}
        self._edition: Any = None  # the model's when it was last looked at, with its edits and its variables
        self._edits: list[int] = []
        self._variables: list[Any] = []

    def __getstate__(self) -> dict[str, Any]:
        """Leave the programs out of a copy of the model: they are bound to its own variables, and soon made again."""
        return {**self.__dict__, "_programs": {}, "_edition": None}

    def has_own(self, phase: str) -> bool:
        """Tell whether the model's own code says what a step of a phase is, and what it reports."""
        names = {"predict": ("predict_step",), "train": ("train_step", "compute_metrics")}
        methods = [getattr(type(self.model), name) for name in names.get(phase, ("test_step", "compute_metrics"))]
        return not all(getattr(method, "is_standard", False) for method in methods)

    def program(self, phase: str, specs: Sequence[Spec], unflatten: Unflatten) -> BoundProgram | EagerProgram:
        """Return the program of a phase for a batch of these specs, tracing it where there is none yet.

        Args:
            phase: "train", "test" or "predict".
            specs: spec of each array of a batch.
            unflatten: brings the arrays into the form (x, y, sample_weight).
        """
        version = self.version()
        probe = flatten(unflatten(range(len(specs))))
        form = (probe[1], tuple(probe[0]))
        key = (phase, tuple(specs), form, version)
        bound = self._programs.get(key)
        if bound is None:
            step = getattr(self, f"_own_{phase}" if self.has_own(phase) else f"_{phase}")

            def run(*leaves: Any) -> Any:
                return step(*unflatten(leaves))

            if self.eager:
                self._programs[key] = EagerProgram(run)
                return self._programs[key]
            names = [f"batch_{index}" for index in range(len(specs))]
            try:
                pure = purify(run, specs, names, name=f"{self.model.name}_{phase}_step")
            except OnionskinError as error:
                raise error.within({"train": "fit", "test": "evaluate"}.get(phase, phase)) from None
            bound = self._programs[key] = BoundProgram(pure, self.engine)
        return bound

    def version(self) -> tuple[Any, ...]:
        """Return what a program depends on besides its phase and its specs: the model as it is, and the settings."""
        edition = self.model._edition
        if edition is not self._edition:
            edits = [edit for edit, _ in edition]
            if edits != self._edits:  # programs traced before the model was changed are never met again
                self._programs.clear()
            self._edition, self._edits, self._variables = edition, edits, self.model.variables
        switches = tuple([variable.trainable for variable in self._variables])
        rule = getattr(self.optimizer, "_edition", 0)  # another schedule of the learning rate is another program
        return edition, switches, config.traced_settings(), self.engine or config.engine(), self.eager, rule

    def _forward(self, x: Any, y: Any, sample_weight: Any, training: bool) -> tuple[Any, Any]:
        """Return the loss and the outputs; both are of one call, so that the loss sees what layers have added."""
        compute_loss = self.model.compute_loss
        told = {"training": training} if "training" in inspect.signature(compute_loss).parameters else {}
        with calling(CallContext(training=training)):
            y_pred = self.model(x)
            return compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, **told), y_pred

    def _train(self, x: Any, y: Any, sample_weight: Any) -> Any:
        total, y_pred = self._learn(x, y, sample_weight)
        self.objective.measure(y, y_pred, sample_weight)
        return total

    def _learn(self, x: Any, y: Any, sample_weight: Any) -> tuple[Any, Any]:
        """Change the weights by the gradients of the loss; returns the loss and the outputs.

        A weight that a layer assigns to in its call has that value in this call only, as in Keras on JAX: the
        gradient is that of the weight as the step found it, and the optimizer goes on from there.
        """
        variables = self.model.trainable_variables

        if variables:
            self.optimizer.build(variables)  # a scale that it adjusts is one of its variables

        def loss() -> tuple[Any, Any]:
            total, y_pred = self._forward(x, y, sample_weight, training=True)
            return self.optimizer.scale_loss(total) if variables else total, (total, y_pred)

        before = [variable.current() for variable in variables]
        (_, (total, y_pred)), gradients = value_and_grad(loss, has_aux=True, variables=variables)()
        for variable, value in zip(variables, before, strict=True):
            if variable.current() is not value:
                variable.assign(value)
        if variables:
            self.optimizer.apply(gradients, variables)
        self.objective.loss_tracker.update_state(total, sample_weight=_count(x))
        return total, y_pred

    def _test(self, x: Any, y: Any, sample_weight: Any) -> Any:
        total, y_pred = self._look(x, y, sample_weight)
        self.objective.measure(y, y_pred, sample_weight)
        return total

    def _look(self, x: Any, y: Any, sample_weight: Any) -> tuple[Any, Any]:
        total, y_pred = self._forward(x, y, sample_weight, training=False)
        self.objective.loss_tracker.update_state(total, sample_weight=_count(x))
        return total, y_pred

    def _predict(self, x: Any, y: Any, sample_weight: Any) -> Any:
        with calling(CallContext(training=False)):
            return self.model(x)

    # --- steps that the model's own code has a part in ---

    def train_step(self, x: Any, y: Any, sample_weight: Any) -> dict[str, Any]:
        """Do what a model's `train_step` does where nobody wrote another; returns the metrics so far."""
        _, y_pred = self._learn(x, y, sample_weight)
        metrics: dict[str, Any] = self.model.compute_metrics(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        return metrics

    def test_step(self, x: Any, y: Any, sample_weight: Any) -> dict[str, Any]:
        """Do what a model's `test_step` does where nobody wrote another; returns the metrics so far."""
        _, y_pred = self._look(x, y, sample_weight)
        metrics: dict[str, Any] = self.model.compute_metrics(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)
        return metrics

    def _own_train(self, x: Any, y: Any, sample_weight: Any) -> Any:
        return _loss_and_logs("train_step", self.model.train_step(data.pack(x, y, sample_weight)))

    def _own_test(self, x: Any, y: Any, sample_weight: Any) -> Any:
        return _loss_and_logs("test_step", self.model.test_step(data.pack(x, y, sample_weight)))

    def _own_predict(self, x: Any, y: Any, sample_weight: Any) -> Any:
        with calling(CallContext(training=False)):
            return self.model.predict_step(data.pack(x, None, None))


def _loss_and_logs(where: str, logs: Any) -> tuple[Any, dict[str, Any]]:
    """Return what a step of the user's own reports, its loss in front.

    Raises:
        ArgumentError: it reports something else than numbers by name.
    """
    if not isinstance(logs, dict) or not all(isinstance(name, str) for name in logs):
        raise ArgumentError(
            "a step returns the figures to report, by name.",
            where=where,
            expected="a dictionary, such as {'loss': loss}",
            given="None" if logs is None else f"an object of type {type(logs).__name__}",
            fix="end it with return {metric.name: metric.result() for metric in self.metrics}",
        )
    logs = {name: concrete(value) for name, value in logs.items()}
    loss = logs.get("loss", np.zeros((), "float32"))
    return (loss if isinstance(loss, Node) else ops.convert_to_tensor(loss)), logs


def _count(x: Any) -> int:
    """Return the number of samples in a batch."""
    return int(flatten(x)[0][0].shape[0])


def first_wrong(losses: np.ndarray) -> int | None:
    """Return the first step whose loss is not finite, None where all are (losses: one for each step)."""
    if all_finite(losses):
        return None
    return int(np.argmax(~np.isfinite(losses)))


def all_finite(array: np.ndarray) -> bool:
    """Tell whether an array holds neither NaN nor infinity; only its smallest and largest numbers are looked at."""
    if array.dtype.kind != "f" or not array.size:
        return True
    if array.size <= _SMALL and math.isfinite(np.vdot(array, array)):  # squares of large numbers may overflow
        return True
    return bool(np.isfinite(array.min()) and np.isfinite(array.max()))
