"""The base of metrics: numbers that are gathered over batches in variables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from onionskin import initializers, losses
from onionskin.base.errors import ArgumentError, NotBuiltError, OnionskinError
from onionskin.base.registry import snake_case
from onionskin.base.specs import dtype_name
from onionskin.graph import Node
from onionskin.state import Scope, Variable, current, opened
from onionskin.state.variable import held

AGGREGATIONS = ("none", "sum", "mean", "only_first_replica")


class Metric:
    """Base of metrics: `update_state` takes in a batch, `result` returns the figure so far.

    Subclasses make their variables with `add_weight` and define `update_state` and `result`. The
    variables change within a traced function as well, so a metric is part of the training step's graph.

    Args:
        dtype: float dtype to compute in, the default one where None.
        name: name; that of the class in snake_case where None.

    Example:
        >>> from onionskin import ops
        >>> class Largest(Metric):
        ...     def __init__(self, name="largest"):
        ...         super().__init__(name=name)
        ...         self.top = self.add_weight(name="top", initializer="zeros")
        ...     def update_state(self, y_true, y_pred, sample_weight=None):
        ...         self.top.assign(ops.maximum(self.top, ops.max(y_pred)))
        ...     def result(self):
        ...         return self.top.value
        >>> print(Largest()([0.0], [3.0]))
        3.0
    """

    _direction: str | None = None  # "up" where more is better, "down" where less is, None where neither

    made: ClassVar[int] = 0  # how many there ever were: where it is the same as before, no list has a new one

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        Metric.made += 1
        self.name = name or snake_case(type(self).__name__)
        self._dtype = losses.compute_dtype(dtype)
        self._variables: list[Variable] = []
        self._metrics: list[Metric] = []

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Metric) and "_metrics" in self.__dict__ and value not in self._metrics:
            self._metrics.append(value)
        if isinstance(value, Variable) and "_variables" in self.__dict__ and value not in self._variables:
            self._variables.append(value)
        super().__setattr__(name, value)

    @property
    def dtype(self) -> str:
        """Name of the dtype that the metric is computed in."""
        return self._dtype

    @property
    def variables(self) -> list[Variable]:
        """The metric's variables and those of metrics that are its attributes."""
        return [*self._variables, *[variable for metric in self._metrics for variable in metric.variables]]

    def add_variable(
        self,
        shape: Sequence[int] = (),
        initializer: Any = None,
        dtype: Any = None,
        aggregation: str | None = "sum",
        name: str | None = None,
    ) -> Variable:
        """Return a new variable of the metric, zeros where no initializer is given.

        Args:
            shape: its shape.
            initializer: a name such as "zeros", an initializer, a number, an array or a function
                `(shape, dtype) -> array`.
            dtype: its dtype, the metric's where None.
            aggregation: how copies on several machines are put together; there is only one here, so that
                "sum", "mean", "only_first_replica", "none" and None come to the same.
            name: its name.

        Raises:
            ArgumentError: the initializer or the aggregation is none of these.
            UnknownNameError: there is no initializer of this name.
            NotBuiltError: `super().__init__()` was not called yet.
        """
        if "_variables" not in self.__dict__:
            raise NotBuiltError(
                "a metric has no variables before super().__init__() was called.",
                where=type(self).__name__,
                fix="call super().__init__() first in __init__",
            )
        if aggregation is not None and aggregation not in AGGREGATIONS:
            raise ArgumentError(
                "unknown aggregation.", where=f"{self.name}, variable {name!r}", expected=", ".join(AGGREGATIONS),
                given=repr(aggregation),
            )  # fmt: skip
        kind = self.dtype if dtype is None else dtype_name(dtype)
        try:
            start = _initial_values(initializer)
        except OnionskinError as error:
            raise error.within(f"{self.name}, variable {name!r}") from None
        variable = Variable(start, tuple(shape), kind, trainable=False, name=name)
        variable.path = f"{self.name}/{variable.name}"
        self._variables.append(variable)
        return variable

    def add_weight(
        self, shape: Sequence[int] = (), initializer: Any = None, dtype: Any = None, name: str | None = None
    ) -> Variable:
        """Return a new variable of the metric; the same as `add_variable`."""
        return self.add_variable(shape, initializer, dtype, name=name)

    def reset_state(self) -> None:
        """Set all variables to zero."""
        for variable in self.variables:
            zeros = np.zeros(variable.shape, variable.dtype)
            if current() is None:
                variable.replace(zeros)
            else:
                variable.assign(zeros)

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Take in a batch: `(y_true, y_pred, sample_weight=None)`."""
        raise NotImplementedError(f"{type(self).__name__} needs a method update_state(self, y_true, y_pred, …)")

    def result(self) -> Any:
        """Return the figure so far."""
        raise NotImplementedError(f"{type(self).__name__} needs a method result(self)")

    def stateless_update_state(self, metric_variables: Sequence[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Return the values that a batch gives the metric's variables, which stay as they are.

        Args:
            metric_variables: values to start from, one for each of `variables`.
            args: as for `update_state`.
            kwargs: as for `update_state`.

        Raises:
            ArgumentError: there are not as many values as variables.
            NotBuiltError: the metric makes its variables at its first batch, and has seen none.

        Example:
            >>> from onionskin.metrics import Mean
            >>> [float(value) for value in Mean().stateless_update_state([4.0, 1.0], [2.0, 3.0])]
            [9.0, 3.0]
        """
        return self._stateless(metric_variables, lambda: self.update_state(*args, **kwargs))[1]

    def stateless_result(self, metric_variables: Sequence[Any]) -> Any:
        """Return the figure that values of the metric's variables stand for; arguments as above."""
        return self._stateless(metric_variables, self.result)[0]

    def stateless_reset_state(self) -> list[Any]:
        """Return the values that the metric's variables start from."""
        return self._stateless(held(self.variables), self.reset_state)[1]

    def _stateless(self, values: Sequence[Any], action: Callable[[], Any]) -> tuple[Any, list[Any]]:
        """Return the result of a method that finds these values in the variables, and the values it leaves there."""
        variables = self.variables
        if len(values) != len(variables):
            raise ArgumentError(
                "there is one value for each variable of a metric.", where=f"metric '{self.name}'",
                expected=len(variables), given=len(values),
            )  # fmt: skip
        scope = Scope()
        for variable, value in zip(variables, values, strict=True):
            scope.reads[variable] = value if isinstance(value, Node) else np.asarray(value, variable.dtype)  # type: ignore[assignment]
        with opened(scope):
            result = action()
            if len(self.variables) != len(variables):
                raise NotBuiltError(
                    "the metric makes its variables at its first batch, and has seen none.",
                    where=f"metric '{self.name}'", fix="call update_state once, then reset_state",
                )  # fmt: skip
            return result, [scope.read(variable) for variable in variables]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Take in a batch and return the figure so far."""
        self.update_state(*args, **kwargs)
        return self.result()

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal metric."""
        return {"name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Metric:
        """Make a metric from what `get_config` returned."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


def _initial_values(initializer: Any) -> Any:
    """Return the function `(shape, dtype) -> array` that an initializer, a number or an array stands for."""
    if initializer is None:
        return initializers.Zeros()
    if isinstance(initializer, bool | int | float | np.ndarray | np.generic):
        return lambda shape, dtype: np.full(shape, initializer, dtype)
    return initializers.get(initializer)
