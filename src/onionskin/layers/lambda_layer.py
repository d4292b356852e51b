"""`Lambda`: a function as a layer, in memory alone."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from onionskin.base.errors import ArgumentError
from onionskin.base.registry import LAYERS
from onionskin.layers.layer import Layer

_INSTEAD = "write a class of your own: class Mine(onionskin.Layer) with call(self, inputs)"


@LAYERS.entry()
class Lambda(Layer):
    """Apply a function of yours, written with operators and `onionskin.ops`.

    A model with it runs and trains, but has no configuration: a function in a file would be code to run.

    Args:
        function: takes the inputs; may also take `mask` and `training`.
        output_shape: shape of a sample's output, or a function of the input's shape; found out where None.
        mask: the mask of the output: a tensor, or a function (inputs, mask) -> mask; none where None.
        arguments: further named arguments of the function.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: it is no function; from `get_config`, always.

    Example:
        >>> from onionskin.layers import Lambda
        >>> print(Lambda(lambda x: x**2)(np.array([1.0, 3.0])))
        [1. 9.]
    """

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        mask: Any = None,
        arguments: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not callable(function):
            raise ArgumentError(
                "Lambda takes a function, and none is made from a file.",
                where=f"Lambda '{self.name}'",
                given=f"an object of type {type(function).__name__}",
                fix=_INSTEAD,
            )
        self.function = function
        self.arguments = dict(arguments or {})
        self.mask = mask
        self.supports_masking = mask is not None
        self._untracked_output_shape = output_shape
        self._untracked_takes = _argument_names(function)
        self.built = True

    def call(self, inputs: Any, mask: Any = None, training: bool | None = None) -> Any:
        """Return function(inputs)."""
        named = dict(self.arguments)
        if "mask" in self._untracked_takes:
            named["mask"] = mask
        if "training" in self._untracked_takes:
            named["training"] = training
        return self.function(inputs, **named)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Return the mask that was given, or what its function says."""
        return self.mask(inputs, previous_mask) if callable(self.mask) else self.mask

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the output's shape: as it was given, else found by running the function on a tensor."""
        given = self._untracked_output_shape
        if given is None:
            return super().compute_output_shape(input_shape)
        return tuple(given(input_shape)) if callable(given) else (input_shape[0], *given)

    def get_config(self) -> dict[str, Any]:
        """Refuse: a function cannot be written as data.

        Raises:
            ArgumentError: always.
        """
        raise ArgumentError(
            "a Lambda layer cannot be saved or copied: its function is code, which no file may hold.",
            where=f"Lambda '{self.name}'",
            fix=_INSTEAD,
        )


def _argument_names(function: Callable[..., Any]) -> tuple[str, ...]:
    try:
        return tuple(inspect.signature(function).parameters)
    except ValueError:  # some functions written in C do not tell
        return ()
