"""The network of an estimator as a model, and its compiled steps; networks of equal settings share their programs."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from onionskin import layers, ops
from onionskin.base import philox
from onionskin.base.specs import Spec
from onionskin.models import Sequential
from onionskin.runtime import BoundProgram, value_and_grad
from onionskin.sklearn.losses import AVERAGED, LOSSES
from onionskin.sklearn.updates import RULES
from onionskin.state import Variable, purify

HIDDEN = {"identity": "linear", "logistic": "sigmoid"}  # scikit-learn's names of activations that have others here
OUTPUT = {"logistic": "sigmoid", "softmax": "softmax", "exp": "exponential"}
NETWORKS = 64  # recipes whose programs are kept: a grid search meets the same ones again and again
PROGRAMS = 32  # of one network, one for each kind and size of batch
LARGE = 2**22  # elements of all layers over a batch, beyond which a program takes longer to run than to make
BLOCK = 256  # rows that are predicted at a time
FEW = 16  # rows for which a whole block would be a waste


@dataclass(frozen=True)
class Recipe:
    """What a network is made of; equal recipes make equal programs, whatever the numbers in them.

    Args:
        units: sizes of all layers, the inputs first.
        activations: of each hidden layer.
        output: scikit-learn's name of the last activation.
        loss: a name in `LOSSES`.
        dtype: "float32" or "float64".
        dropout: share of each hidden layer's outputs that is silenced in training.
        normalization: None, "batch" or "layer", before each hidden activation.
        number: what the loss depends on besides, such as the quantile.
    """

    units: tuple[int, ...]
    activations: tuple[Any, ...]
    output: str
    loss: str
    dtype: str
    dropout: tuple[float, ...] = ()
    normalization: str | None = None
    number: float = 0.0

    def model(self, name: str = "mlp") -> Sequential:
        """Return a new model of this recipe, with weights of 0."""
        parts: list[Any] = [layers.Input((self.units[0],), dtype=self.dtype)]
        named: dict[str, Any] = {"dtype": self.dtype}
        for number, units in enumerate(self.units[1:-1]):
            plain: dict[str, Any] = {"kernel_initializer": "zeros", **named}
            parts.append(layers.Dense(units, name=f"hidden_{number + 1}", **plain))
            if self.normalization is not None:
                name_of_it = f"normalization_{number + 1}"
                if self.normalization == "batch":
                    parts.append(layers.BatchNormalization(momentum=0.9, name=name_of_it, **named))
                else:
                    parts.append(layers.LayerNormalization(name=name_of_it, **named))
            activation = self.activations[number]
            own = HIDDEN.get(activation, activation) if isinstance(activation, str) else activation
            if own != "linear":
                parts.append(layers.Activation(own, name=f"activation_{number + 1}", **named))
            if self.dropout and self.dropout[number] > 0:
                parts.append(layers.Dropout(self.dropout[number], seed=number, name=f"dropout_{number + 1}", **named))
        parts.append(layers.Dense(self.units[-1], kernel_initializer="zeros", name="output", **named))
        if self.output in OUTPUT:
            parts.append(layers.Activation(OUTPUT[self.output], name="output_activation", **named))
        model = Sequential(parts, name=name)
        model.dtype_policy = self.dtype
        return model


class Network:
    """A model and the programs that train it and predict with it.

    The programs are bound to no estimator: each call is given the numbers of its variables, by variable.

    Args:
        recipe: what it is made of.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.model = recipe.model()
        dense = [layer for layer in self.model.layers if isinstance(layer, layers.Dense)]
        self.kernels = [layer.kernel for layer in dense]
        self.biases = [layer.bias for layer in dense]
        own = {id(one) for one in (*self.kernels, *self.biases)}
        self.others = [one for one in self.model.variables if id(one) not in own]  # of normalisation and dropout
        self.trained: list[Variable] = [*self.kernels, *self.biases]
        self.trained += [one for one in self.others if one.trainable]
        self.alpha = Variable(np.zeros((), recipe.dtype), name="alpha")
        self._programs: OrderedDict[Hashable, BoundProgram] = OrderedDict()
        self._rules: dict[str, Any] = {}
        self._lock = threading.Lock()  # a trace goes through the same layers, so one at a time

    def start(self, coefs: Sequence[np.ndarray], intercepts: Sequence[np.ndarray], others: Any) -> dict[Any, Any]:
        """Return the numbers of all weights by variable."""
        rest = [one.kept for one in self.others] if others is None else others
        return dict(zip((*self.kernels, *self.biases, *self.others), (*coefs, *intercepts, *rest), strict=True))

    def draw_others(self, random_state: Any) -> list[np.ndarray]:
        """Return the first numbers of what is neither kernel nor bias; seeds come from a NumPy RandomState."""
        return [
            philox.make_seed(int(random_state.randint(2**31 - 1))) if one.dtype.startswith("uint") else one.kept
            for one in self.others
        ]

    def rule(self, solver: str) -> Any:
        """Return the variables and the step of a solver, a key of `RULES`."""
        if solver not in self._rules:
            self._rules[solver] = RULES[solver](self.trained, self.recipe.dtype)
        return self._rules[solver]

    def step(self, solver: str, batch: int, weighted: bool) -> BoundProgram:
        """Return the program (X, y[, weights]) → reported loss, which changes weights and slots by one step."""
        rule = self.rule(solver)

        def step(*columns: Any) -> Any:
            (_, reported), slopes = value_and_grad(self._objective, has_aux=True, variables=self.trained)(*columns)
            rule.apply(slopes)
            return reported

        return self._program(("step", solver, batch, weighted), step, self._specs(batch, weighted))

    def slope(self, count: int, weighted: bool) -> BoundProgram:
        """Return the program (X, y[, weights]) → objective, gradients by kernels and biases."""

        def slope(*columns: Any) -> Any:
            (value, _), slopes = value_and_grad(self._objective, has_aux=True, variables=self.trained)(*columns)
            return value, slopes

        return self._program(("slope", count, weighted), slope, self._specs(count, weighted))

    def predict(self, values: dict[Any, Any], x: Any) -> np.ndarray:
        """Return the outputs (n, outputs) for rows, dense or sparse, in blocks of a fixed size."""
        count = x.shape[0]
        rows = 1 if count == 1 else FEW if count <= 4 * FEW else BLOCK
        program = self._program(("predict", rows), lambda part: self._through(part, False), self._specs(rows)[:1])
        fixed = [values[one] for one in program.pure.read]
        order = np.zeros(-(-count // rows) * rows, np.int64)  # the last block is filled up with row 0
        order[:count] = np.arange(count)
        found = []
        for start, part, places in _dense_parts(x, order, rows, self.recipe.dtype):
            _, results = program.program.run_steps([], fixed, [part], places, rows)
            found.append(results[0].reshape(-1, self.recipe.units[-1])[: count - start])
        return found[0] if len(found) == 1 else np.concatenate(found)

    def _objective(self, x: Any, y: Any, weight: Any = None) -> tuple[Any, Any]:
        """Return what is made small, with its gradient scikit-learn's, and the loss as scikit-learn reports it."""
        z = self._through(x, True, before=1 if self.recipe.output in OUTPUT else 0)
        pointwise, reported = LOSSES[self.recipe.loss](y, z, self.recipe.output, self.recipe.number)
        if weight is None:
            total = x.shape[0]
        else:
            total = ops.sum(weight)
            pointwise, reported = pointwise * weight[:, None], reported * weight[:, None]
        penalty = ops.multiply(self.alpha.value, 0.5) * sum(ops.sum(ops.square(one)) for one in self.kernels)
        shared = self.recipe.units[-1] if self.recipe.loss in AVERAGED else 1
        return (ops.sum(pointwise) + penalty) / total, (ops.sum(reported) / shared + penalty) / total

    def _through(self, x: Any, training: bool, before: int = 0) -> Any:
        """Return what comes out of the layers, or goes into the last of them."""
        for layer in self.model.layers[: len(self.model.layers) - before]:
            x = layer(x, training=training) if isinstance(layer, _BY_PHASE) else layer(x)
        return x

    def _specs(self, batch: int, weighted: bool = False) -> list[Spec]:
        dtype, units = self.recipe.dtype, self.recipe.units
        shapes = [(batch, units[0]), (batch, units[-1])] + ([(batch,)] if weighted else [])
        return [Spec(shape, dtype) for shape in shapes]

    def _program(self, key: Hashable, function: Callable[..., Any], specs: Sequence[Spec]) -> BoundProgram:
        with self._lock:
            if key not in self._programs:
                program = BoundProgram(purify(function, specs))
                if (specs[0].shape[0] or 0) * sum(self.recipe.units) > LARGE:
                    return program
                self._programs[key] = program
                while len(self._programs) > PROGRAMS:
                    self._programs.popitem(last=False)
            self._programs.move_to_end(key)
            return self._programs[key]


_BY_PHASE = (layers.Dropout, layers.BatchNormalization)  # what does one thing in training and another after it
_PART = 2**22  # elements of a sparse matrix that are written out at a time


def _dense_parts(x: Any, order: np.ndarray, rows: int, dtype: str) -> Any:
    """Give (first row, dense rows, their order) for a matrix, all at once where it is dense."""
    if isinstance(x, np.ndarray):
        yield 0, np.ascontiguousarray(x, dtype), order
        return
    most = max(1, _PART // max(1, x.shape[1] * rows)) * rows
    for start in range(0, len(order), most):
        part = order[start : start + most]
        yield start, np.ascontiguousarray(x[part].toarray(), dtype), np.arange(len(part))


@lru_cache(maxsize=NETWORKS)
def network_of(recipe: Recipe, engine: str) -> Network:
    """Return the network of a recipe, with the programs that it has had since; each engine has its own."""
    return Network(recipe)
