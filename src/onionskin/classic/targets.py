"""What a search makes small, as one compiled function of one list of numbers: a model's loss, or a user's function."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from onionskin import runtime
from onionskin.base.errors import ArgumentError, DTypeError, GraphError, NotBuiltError, NumericError, ShapeError
from onionskin.base.specs import spec_of
from onionskin.classic.feedforward import FeedForward
from onionskin.models import Model
from onionskin.plot.checks import numbers
from onionskin.state import CallContext, Variable, calling, purify
from onionskin.state.variable import held


class FunctionTarget:
    """A function of a number, or of a list of numbers, that returns a number.

    It is recorded and compiled once where its code allows it, and called as it is where not; `compiled` tells.

    Args:
        function: of a float64 array of shape () or (d,).
        start: where to begin, a number or (d,) numbers.
        where: who asks, for errors.

    Raises:
        DTypeError: this is no function, it returns no number, or the start is none.
        ShapeError: the start is no list, or the function returns something else than a number.
        NumericError: its value at the start is not finite.
    """

    def __init__(self, function: Any, start: Any, where: str) -> None:
        if not callable(function):
            raise DTypeError("this can be neither called nor trained.", where=where,
                             expected="a model, or a function of numbers",
                             given=f"an object of type {type(function).__name__}")  # fmt: skip
        self.function: Callable[..., Any] = function
        self.where = where
        self.start = numbers(start, f"{where}(x)").astype(np.float64)
        if self.start.ndim > 1 or not self.start.size:
            raise ShapeError("a function starts at a number or at a list of numbers.", where=f"{where}(x)",
                             expected="() or (d,)", given=self.start.shape)  # fmt: skip
        plain = self._plain(self.start)
        if not math.isfinite(plain):
            raise NumericError("the value at the start is not finite.", where=where, given=f"{plain}")
        self.compiled, self._call = False, self._plain
        try:  # Python's own mathematics, and branches on the value, cannot be recorded
            quick = runtime.BoundProgram(purify(function, [spec_of(self.start)], ["x"], name="function"))
            recorded = float(quick([np.array(self.start)])[0])
        except Exception:
            return
        if recorded == plain or math.isclose(recorded, plain, rel_tol=1e-9, abs_tol=1e-12):
            self.compiled, self._call = True, lambda point: float(quick([np.asarray(point)])[0])

    def loss(self, point: np.ndarray) -> float:
        """Return the function's value at a point of the start's shape."""
        return self._call(point)

    def put(self, point: np.ndarray) -> None:
        """Do nothing: a function remembers no point."""

    def slope(self) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
        """Return a compiled function that gives value and gradient at a point.

        Raises:
            GraphError: the function's code cannot be recorded.
        """
        both = runtime.jit(runtime.value_and_grad(self.function))
        try:
            both(np.array(self.start))
        except Exception as error:
            raise GraphError("the gradient of this function cannot be found.", where=self.where,
                             given=f"{type(error).__name__}: {str(error).splitlines()[0]}",
                             fix="write it with operators and onionskin.ops") from error  # fmt: skip

        def at(point: np.ndarray) -> tuple[float, np.ndarray]:
            value, gradient = both(np.array(point))
            return float(value), np.asarray(gradient)

        return at

    def _plain(self, point: np.ndarray) -> float:
        value = self.function(point[()])  # a NumPy number, so that float64 stays float64
        if np.shape(value) != ():
            raise ShapeError("the function must return a single number.", where=self.where, expected=(),
                             given=np.shape(value))  # fmt: skip
        try:
            if not isinstance(value, str | bytes | complex | np.complexfloating):  # "1.5" and 1.5 + 0j can be made one
                return float(value)
            raise TypeError
        except (TypeError, ValueError):
            raise DTypeError("the function must return a number.", where=self.where,
                             given=f"an object of type {type(value).__name__}",
                             fix="pass y as well where it makes a model") from None  # fmt: skip


class ModelTarget:
    """A compiled model's loss on some samples, as a function of all its trainable weights in one row.

    Args:
        model: a compiled `Model` or a `FeedForward`.
        x: its inputs.
        y: its targets.
        where: who asks, for errors.

    Raises:
        NotBuiltError: the model was not compiled.
        ArgumentError: there are no targets, or there is no weight to train.
        NumericError: the loss at the start is not finite.
        OnionskinError: inputs and targets do not fit the model.
    """

    compiled = True

    def __init__(self, model: Any, x: Any, y: Any, where: str) -> None:
        if y is None:
            raise ArgumentError("a model needs targets.", where=f"{where}(y)", given="None")
        if isinstance(model, FeedForward):
            x = model._inputs(x, where)
            y, model = model.targets(y, len(x)), model.model
        if not model.compiled:
            raise NotBuiltError("the model has no loss.", where=where, fix="call model.compile(loss=…) first")
        x, y = np.asarray(x), np.asarray(y)
        model.evaluate(x, y, batch_size=len(x), verbose=0)  # builds it, and says what does not fit
        self.model, self.weights = model, list[Variable](model.trainable_variables)
        if not self.weights:
            raise ArgumentError("the model has no weight to train.", where=where)

        def loss(inputs: Any, targets: Any) -> Any:
            with calling(CallContext(training=False)):
                return model.compute_loss(x=inputs, y=targets, y_pred=model(inputs))

        self._loss, self._samples = loss, [x, y]
        pure = purify(loss, [spec_of(x), spec_of(y)], ["x", "y"], name="loss")
        self._bound = runtime.BoundProgram(pure)
        sizes = np.cumsum([0, *[int(np.prod(one.shape)) for one in self.weights]])
        self._slices = {one: slice(int(a), int(b)) for one, a, b in zip(self.weights, sizes, sizes[1:], strict=False)}
        self.start = np.concatenate([one.numpy().ravel() for one in self.weights]).astype(np.float64)
        first = self.loss(self.start)
        if not math.isfinite(first):
            raise NumericError("the loss at the start is not finite.", where=where, given=f"{first}")

    def loss(self, point: np.ndarray) -> float:
        """Return the loss with these weights; the model keeps its own."""
        fixed = held(self._bound.pure.variables)
        own = [self._part(one, point) if one in self._slices else array
               for one, array in zip(self._bound.pure.variables, fixed, strict=True)]  # fmt: skip
        outputs: Sequence[Any] = self._bound.program(*own, *self._samples)
        return float(outputs[len(self._bound.pure.changed)])

    def put(self, point: np.ndarray) -> None:
        """Give the model these weights."""
        for one in self.weights:
            one.assign(self._part(one, point))

    def slope_size(self) -> float:
        """Return the length of the gradient of the loss at the weights that the model has."""
        found = runtime.value_and_grad(self._loss, variables=self.weights)(*self._samples)[1]
        return math.sqrt(sum(float(np.vdot(one, one)) for one in found))

    def _part(self, variable: Variable, point: np.ndarray) -> np.ndarray:
        return point[self._slices[variable]].reshape(variable.shape).astype(variable.dtype)


def target_of(target: Any, x: Any, y: Any, where: str) -> FunctionTarget | ModelTarget:
    """Return what a search makes small: a model's loss on (x, y), or a function that starts at x."""
    if isinstance(target, Model | FeedForward):
        return ModelTarget(target, x, y, where)
    if y is not None:
        raise ArgumentError("a function of numbers has no targets.", where=f"{where}(y)", expected="None",
                            given=f"an object of type {type(y).__name__}",
                            fix="pass the start as x, or pass a model")  # fmt: skip
    return FunctionTarget(target, x, where)
