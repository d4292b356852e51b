"""What a layer holds: weights, the layers within it, metrics, and whether optimizers change them."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from typing import Any

import numpy as np

from onionskin import constraints, initializers, regularizers
from onionskin.base.errors import ArgumentError, DTypeError, NotBuiltError, ShapeError
from onionskin.base.specs import dtype_name, is_float
from onionskin.dtype_policies import DTypePolicy
from onionskin.graph import concrete
from onionskin.layers.budget import spend
from onionskin.layers.naming import auto_name
from onionskin.layers.tracking import Tracker, latest_edit
from onionskin.state import Variable
from onionskin.state.call import path_of
from onionskin.state.variable import AGGREGATIONS


class Holder(Tracker):
    """A base that makes variables and finds those of the layers within it."""

    name: str
    built: bool
    _trainable: bool
    _dtype_policy: DTypePolicy
    _untracked_edition: tuple[int, tuple[Any, ...]] = (-1, ())

    # --- made ---

    def add_weight(
        self,
        shape: Any = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        aggregation: str | None = "none",
        overwrite_with_gradient: bool = False,
        name: str | None = None,
    ) -> Variable:
        """Make a weight.

        Args:
            shape: its shape; a single number where None.
            initializer: an initializer or its name; Glorot uniform where None (zeros for what is no float).
            dtype: the dtype of the layer's weights where None.
            trainable: whether optimizers change it.
            autocast: with mixed precision, read it in the dtype that the layer computes in.
            regularizer: penalty on it, added to the loss.
            constraint: applied after each update.
            aggregation: accepted for Keras's signature; there is one replica.
            overwrite_with_gradient: not supported.
            name: its name.

        Raises:
            ArgumentError: an argument cannot be used.
        """
        where = f"layer '{self.name}' ({type(self).__name__}), add_weight"
        if isinstance(shape, str):
            raise ArgumentError(
                "the first argument is the shape.", where=where, given=repr(shape), fix=f"pass name={shape!r}"
            )
        if overwrite_with_gradient:
            raise ArgumentError(
                "overwrite_with_gradient is not supported.", where=where, fix="leave it out, and assign in call"
            )
        if aggregation not in AGGREGATIONS:
            raise ArgumentError("there is no such aggregation.", where=where, expected=AGGREGATIONS,
                                given=repr(aggregation))  # fmt: skip
        kind = dtype_name(dtype or self._dtype_policy.variable_dtype)
        start = initializers.get(initializer or ("glorot_uniform" if is_float(kind) else "zeros"))
        sizes = () if shape is None else (shape,) if isinstance(shape, int | np.integer) else tuple(shape)
        spend(sizes)
        variable = Variable(start, sizes, kind, trainable, autocast, name=name or auto_name("Variable"))
        variable.path = f"{path_of(self)}/{variable.name}"
        variable.regularizer = regularizers.get(regularizer)
        variable.constraint = constraints.get(constraint)
        if not self._trainable:
            variable.trainable = False
        self._own_variables.append(variable)
        self._edited()
        return variable

    add_variable = add_weight

    # --- found ---

    @property
    def variables(self) -> list[Variable]:
        """All variables, random counters included: own trainable, own fixed, then the inner layers'."""
        return _each_once([*self._variables_here(), *self._seed_states()], [one.variables for one in self._layers])

    @property
    def weights(self) -> list[Variable]:
        """The variables without random counters, in Keras's order."""
        return _each_once(self._variables_here(), [one.weights for one in self._layers])

    @property
    def trainable_variables(self) -> list[Variable]:
        """The variables that optimizers change."""
        if not self._trainable:
            return []
        own = [v for v in self._variables_here() if v.trainable]
        return _each_once(own, [one.trainable_variables for one in self._layers])

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """The variables that optimizers leave alone."""
        moving = {id(v) for v in self.trainable_variables}
        return [v for v in self.variables if id(v) not in moving]

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that optimizers change."""
        return self.trainable_variables

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The weights that optimizers leave alone."""
        moving = {id(v) for v in self.trainable_variables}
        return [v for v in self.weights if id(v) not in moving]

    @property
    def metrics(self) -> list[Any]:
        """The metrics that are attributes of the layer or of a layer within it."""
        return [*self._metrics_here(), *[metric for layer in self._layers for metric in layer.metrics]]

    @property
    def metrics_variables(self) -> list[Variable]:
        """The variables of the metrics, which are no variables of the layer."""
        return [variable for metric in self.metrics for variable in metric.variables]

    @property
    def trainable(self) -> bool:
        """Whether optimizers change its weights; setting it sets the inner layers' too."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        for variable in self._variables_here():
            if variable.begun_trainable:
                variable.trainable = bool(value)
        for layer in self._layers:
            layer.trainable = value

    def _flatten_layers(self) -> list[Any]:
        found = [self]
        for layer in self._layers:
            found += layer._flatten_layers() if isinstance(layer, Holder) else []
        return found

    @property
    def _edition(self) -> tuple[Any, ...]:
        """What the layer and those within it are now: another after each change that a trace may have seen."""
        latest = latest_edit()
        if self._untracked_edition[0] != latest:
            parts = tuple([(layer._untracked_edit, layer._trainable) for layer in self._flatten_layers()])
            self._untracked_edition = (latest, parts)
        return self._untracked_edition[1]

    # --- read and set ---

    def get_weights(self) -> list[np.ndarray]:
        """Return copies of the weights, in the order of `weights`."""
        return [v.numpy() for v in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Give all weights new values; all are checked before one is changed.

        Raises:
            ShapeError: their number or a shape differs.
        """
        own = self.weights
        if len(own) != len(weights):
            raise ShapeError(
                "set_weights was given another number of arrays than there are weights.",
                where=self._called(),
                expected=f"{len(own)}: {', '.join(f'{v.path} {v.shape}' for v in own) or 'none'}",
                given=len(weights),
                fix=None if self.built else "build it first: call it on data, or give it an input shape",
            )
        self._assign_all(own, weights)

    def _assign_all(self, variables: Sequence[Variable], values: Sequence[Any]) -> None:
        arrays = [concrete(one) if isinstance(one, Variable) else np.asarray(one) for one in values]
        for variable, array in zip(variables, arrays, strict=True):
            if array.dtype.kind not in "biuf":
                raise DTypeError(
                    "a weight is made of numbers.",
                    where=f"{self._called()}, {variable.path}",
                    given=f"an array of dtype {array.dtype}",
                )
            if array.shape != variable.shape:
                raise ShapeError(
                    "a weight was given an array of another shape.",
                    where=f"{self._called()}, {variable.path}",
                    expected=variable.shape,
                    given=array.shape,
                )
        for variable, array in zip(variables, arrays, strict=True):
            variable.assign(array)

    def save_own_variables(self, store: MutableMapping[str, Any]) -> None:
        """Put the layer's own variables, without those of layers within it, into a store as "0", "1" ….

        Args:
            store: a dictionary, or a group of a file that takes arrays.
        """
        for index, variable in enumerate(self._variables_here()):
            store[str(index)] = variable.numpy()

    def load_own_variables(self, store: Any) -> None:
        """Take the layer's own variables from a store that `save_own_variables` filled.

        Args:
            store: its keys are "0", "1" ….

        Raises:
            ShapeError: it has another number of them, or one of another shape; then none is changed.
        """
        own = self._variables_here()
        keys = sorted(store.keys())
        if keys != sorted(str(index) for index in range(len(own))):
            raise ShapeError(
                "the stored variables are not those of the layer.",
                where=self._called(),
                expected=f"{len(own)}: {', '.join(f'{v.path} {v.shape}' for v in own) or 'none'}",
                given=f"{len(keys)}: {', '.join(keys[:8]) or 'none'}",
                fix=None
                if own or self.built
                else "build the layer first: its build() must make all variables, also those of layers within it",
            )
        self._assign_all(own, [np.asarray(store[str(index)]) for index in range(len(own))])

    def count_params(self) -> int:
        """Return the number of elements in all weights.

        Raises:
            NotBuiltError: it has no weights yet.
        """
        if not self.built:
            raise NotBuiltError(
                "the parameters cannot be counted before the input's shape is known.",
                where=self._called(),
                fix="call it on data, or give it an input shape",
            )
        return sum(v.size for v in self.weights)

    def _called(self) -> str:
        """Return what messages call the layer."""
        return f"layer '{self.name}' ({type(self).__name__})"


def _each_once(own: Sequence[Variable], inner: Sequence[Sequence[Variable]]) -> list[Variable]:
    """Return variables and those of inner layers, each at its first place."""
    found = {id(variable): variable for variable in own}
    for variables in inner:
        for variable in variables:
            found.setdefault(id(variable), variable)
    return list(found.values())
