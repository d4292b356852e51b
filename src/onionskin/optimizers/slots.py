"""The variables that an optimizer owns: made in Keras's order, under its names, set and kept as a list."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

import numpy as np

from onionskin.base.config import floatx
from onionskin.base.errors import ArgumentError, NotBuiltError, ShapeError
from onionskin.state import Variable


class Slots:
    """Base of `Optimizer`: its own variables.

    Attributes:
        name: begins the path of every variable.
        built: whether the slots are made.

    Example:
        >>> slots = Slots("mine")
        >>> slots.add_variable_from_reference(Variable([1.0, 2.0], name="kernel"), "momentum").path
        'mine/kernel_momentum'
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.built = False
        self._variables: list[Variable] = []

    @property
    def variables(self) -> list[Variable]:
        """The optimizer's own variables: step count, learning rate, then the slots."""
        return list(self._variables)

    def add_variable(
        self,
        shape: Sequence[int],
        initializer: Any = "zeros",
        dtype: Any = None,
        aggregation: str = "none",
        layout: Any = None,
        name: str | None = None,
    ) -> Variable:
        """Return a new variable of the optimizer.

        Args:
            shape: its shape.
            initializer: "zeros", "ones" or a function `(shape, dtype) -> array`.
            dtype: its dtype, the default float dtype where None.
            aggregation: accepted; there is one replica.
            layout: accepted if None; there is one device.
            name: its name.

        Raises:
            ArgumentError: the initializer is none of these, or a layout is given.
        """
        where = f"{type(self).__name__}, variable {name!r}"
        if layout is not None:
            raise ArgumentError("a layout over devices is not supported.", where=where, given=f"layout={layout!r}")
        start = initializer if callable(initializer) else {"zeros": np.zeros, "ones": np.ones}.get(initializer)
        if start is None:
            raise ArgumentError(
                "unknown initializer.", where=where,
                expected="'zeros', 'ones' or a function", given=repr(initializer),
                fix=f"pass onionskin.initializers.get({initializer!r})",
            )  # fmt: skip
        variable = Variable(start, shape, dtype or floatx(), trainable=False, name=name)
        variable.path = f"{self.name}/{variable.name}"
        return self._own(variable)

    def _own(self, variable: Variable) -> Variable:
        self._variables.append(variable)
        return variable

    def add_variable_from_reference(
        self, reference_variable: Variable, name: str | None = None, initializer: Any = "zeros"
    ) -> Variable:
        """Return a new slot of the shape and dtype of a model's variable."""
        label = f"{reference_variable.path.replace('/', '_')}_{name or 'var'}"
        return self.add_variable(reference_variable.shape, initializer, reference_variable.dtype, name=label)

    def add_optimizer_variables(
        self, trainable_variables: Sequence[Variable], name: Any, initializer: Any = "zeros"
    ) -> Any:
        """Return a slot for each variable; for several names a tuple of lists, made variable by variable.

        Args:
            trainable_variables: the model's variables.
            name: what the slots are called, or a list of names.
            initializer: as for `add_variable`, one for all names or one for each.

        Raises:
            ArgumentError: there are other numbers of names and initializers.
        """
        names = [name] if isinstance(name, str) else list(name)
        starts = list(initializer) if isinstance(initializer, list | tuple) else [initializer] * len(names)
        if len(starts) != len(names):
            raise ArgumentError(
                "there must be one initializer for each name.",
                where=f"{type(self).__name__}.add_optimizer_variables",
                expected=len(names),
                given=len(starts),
            )
        slots = [
            [self.add_variable_from_reference(variable, *pair) for pair in zip(names, starts, strict=True)]
            for variable in trainable_variables
        ]
        columns = tuple([row[index] for row in slots] for index in range(len(names)))
        return columns[0] if isinstance(name, str) else columns

    # --- all of them at once ---

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Give every variable a new value.

        Args:
            weights: arrays in the order of `variables`.

        Raises:
            NotBuiltError: the slots are not made yet.
            ArgumentError: there are more or fewer.
            ShapeError: one has another shape.
        """
        where = f"{type(self).__name__}.set_weights"
        if not self.built:
            raise NotBuiltError(
                "the optimizer has no slots yet.", where=where, fix="call build(trainable_variables) first"
            )
        own = self.variables
        if len(weights) != len(own):
            raise ArgumentError(
                "there must be one value for each variable.", where=where, expected=len(own), given=len(weights)
            )
        for variable, weight in zip(own, weights, strict=True):  # before any is changed
            if np.shape(weight) != variable.shape:
                raise ShapeError(
                    "a value has another shape than its variable.", where=f"{where}, {variable.path}",
                    expected=variable.shape, given=np.shape(weight),
                )  # fmt: skip
        for variable, weight in zip(own, weights, strict=True):
            variable.assign(weight)

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Put the value of every variable into a store, under its number."""
        for index, variable in enumerate(self.variables):
            store[str(index)] = variable.numpy()

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        """Take the value of every variable from a store; where there are others, warn and leave all as they are."""
        own = self.variables
        if len(store) != len(own):
            built = "" if self.built else "; it is not built yet"
            warnings.warn(
                f"optimizer '{self.name}' stays as it is: it has {len(own)} variables, the file {len(store)}{built}",
                stacklevel=2,
            )
            return
        for index, variable in enumerate(own):
            variable.assign(np.asarray(store[str(index)]))

    # --- changing one ---

    def assign(self, variable: Variable, value: Any) -> None:
        """Give a variable a new value."""
        variable.assign(value)

    def assign_add(self, variable: Variable, value: Any) -> None:
        """Add to a variable."""
        variable.assign_add(value)

    def assign_sub(self, variable: Variable, value: Any) -> None:
        """Subtract from a variable."""
        variable.assign_sub(value)
