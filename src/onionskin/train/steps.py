"""The steps of training, evaluation and prediction as programs: traced once for each form of a batch."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from onionskin.base import config
from onionskin.base.errors import OnionskinError
from onionskin.base.specs import Spec
from onionskin.base.trees import flatten
from onionskin.runtime import BoundProgram, value_and_grad
from onionskin.state import purify
from onionskin.state.call import CallContext, calling

_SMALL = 1024  # elements whose squares are summed sooner than their smallest and largest are found
Unflatten = Callable[[Sequence[Any]], tuple[Any, Any, Any]]


class Steps:
    """The programs of one compiled model.

    Args:
        model: called as `model(x)`; has `trainable_variables` and `losses`.
        objective: its losses and metrics; None where it only predicts.
        optimizer: changes the weights; None where it is not trained.
        engine: engine to compile for; the one that is set where None.
    """

    def __init__(self, model: Any, objective: Any, optimizer: Any, engine: str | None = None) -> None:
        self.model, self.objective, self.optimizer, self.engine = model, objective, optimizer, engine
        self._programs: dict[Any, BoundProgram] = {}
        self._edition: Any = None  # the model's when it was last looked at, with its edits and its variables
        self._edits: list[int] = []
        self._variables: list[Any] = []

    def __getstate__(self) -> dict[str, Any]:
        """Leave the programs out of a copy of the model: they are bound to its own variables, and soon made again."""
        return {**self.__dict__, "_programs": {}, "_edition": None}

    def program(self, phase: str, specs: Sequence[Spec], unflatten: Unflatten) -> BoundProgram:
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
            step = getattr(self, f"_{phase}")

            def run(*leaves: Any) -> Any:
                return step(*unflatten(leaves))

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
        return edition, switches, config.traced_settings(), self.engine or config.engine()

    def _forward(self, x: Any, y: Any, sample_weight: Any, training: bool) -> tuple[Any, list[Any], Any]:
        with calling(CallContext(training=training)):
            y_pred = self.model(x)
            penalties = self.model.losses
        total, parts = self.objective.loss(y, y_pred, sample_weight, penalties)
        return total, parts, y_pred

    def _train(self, x: Any, y: Any, sample_weight: Any) -> Any:
        variables = self.model.trainable_variables

        def loss() -> tuple[Any, Any]:
            total, parts, y_pred = self._forward(x, y, sample_weight, training=True)
            return total, (parts, y_pred)

        (total, (parts, y_pred)), gradients = value_and_grad(loss, has_aux=True, variables=variables)()
        if variables:
            self.optimizer.apply(gradients, variables)
        self.objective.measure(total, parts, y, y_pred, sample_weight, _count(x))
        return total

    def _test(self, x: Any, y: Any, sample_weight: Any) -> Any:
        total, parts, y_pred = self._forward(x, y, sample_weight, training=False)
        self.objective.measure(total, parts, y, y_pred, sample_weight, _count(x))
        return total

    def _predict(self, x: Any, y: Any, sample_weight: Any) -> Any:
        with calling(CallContext(training=False)):
            return self.model(x)


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
