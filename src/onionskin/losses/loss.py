"""The base of losses, and losses made of a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from onionskin import ops
from onionskin.base.config import floatx
from onionskin.base.errors import OnionskinError
from onionskin.base.registry import snake_case
from onionskin.base.specs import dtype_name, is_float
from onionskin.losses.lookup import LOSSES, deserialize, serialize
from onionskin.losses.reduction import checked_reduction, reduce_weighted_values, squeeze_or_expand_to_same_rank
from onionskin.state import mask_of

_class_number_functions: set[Callable[..., Any]] = set()


def takes_class_numbers(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator of loss functions whose targets are class numbers, which a loss leaves as they are."""
    _class_number_functions.add(function)
    return function


@LOSSES.entry()
class Loss:
    """Base of losses: `loss(y_true, y_pred, sample_weight)` returns one number.

    Subclasses define `call(y_true, y_pred)`, which returns the loss of each sample.

    Args:
        name: name; that of the class in snake_case where None.
        reduction: "sum_over_batch_size" or "mean" (sum over count), "sum", "mean_with_sample_weight" (sum
            over sum of weights), "none" or None (the loss of each sample).
        dtype: float dtype to compute in, the default one where None.

    Raises:
        ArgumentError: unknown reduction.

    Example:
        >>> class Distance(Loss):
        ...     def call(self, y_true, y_pred):
        ...         return ops.mean(ops.absolute(y_true - y_pred), axis=-1)
        >>> print(Distance()([[0.0, 1.0]], [[1.0, 3.0]]))
        1.5
    """

    # Whole-number targets stay what they are; all others are cast to the loss's dtype.
    integer_targets = False

    def __init__(self, name: str | None = None, reduction: Any = "sum_over_batch_size", dtype: Any = None) -> None:
        self.name = name or snake_case(type(self).__name__)
        self.reduction = checked_reduction(reduction)
        self._given_dtype = None if dtype is None else dtype_name(dtype)
        self._dtype = self._given_dtype or floatx()

    @property
    def dtype(self) -> str:
        """Name of the dtype that the loss is computed in."""
        return self._dtype

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return the loss.

        Args:
            y_true: targets.
            y_pred: predictions; where they carry a mask, only what it lets through counts.
            sample_weight: weight of each sample, (batch,) or broadcasting to the losses.

        Raises:
            ShapeError: the shapes do not fit each other.
        """
        try:
            carried = mask_of(y_pred)
            y_pred = ops.convert_to_tensor(y_pred, dtype=self.dtype)
            y_true = ops.convert_to_tensor(y_true)
            if is_float(dtype_name(y_true.dtype)) or not self.integer_targets:
                y_true = ops.cast(y_true, self.dtype)
            with np.errstate(all="ignore"):  # infinity and NaN go on into the loss, as in a compiled step
                values = self.call(y_true, y_pred)
                mask = self.mask(y_true, y_pred)
                if carried is not None:
                    mask = carried if mask is None else ops.logical_and(carried, mask)
                return reduce_weighted_values(values, sample_weight, mask, self.reduction, self.dtype)
        except OnionskinError as error:
            raise error.within(f"loss '{self.name}'") from None

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of each sample."""
        raise NotImplementedError(f"{type(self).__name__} needs a method call(self, y_true, y_pred)")

    def mask(self, y_true: Any, y_pred: Any) -> Any:
        """Return which of the losses that `call` returns count; None for all."""
        return None

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal loss."""
        config = {"name": self.name, "reduction": self.reduction}
        return config if self._given_dtype is None else {**config, "dtype": self._given_dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Loss:
        """Make a loss from what `get_config` returned."""
        return cls(**config)


@LOSSES.entry()
class LossFunctionWrapper(Loss):
    """A loss made of a function `(y_true, y_pred, **kwargs) -> loss of each sample`.

    Args:
        fn: the function.
        reduction: as in `Loss`.
        name: as in `Loss`.
        dtype: as in `Loss`.
        kwargs: further arguments of the function.

    Example:
        >>> from onionskin.losses.regression import huber
        >>> print(LossFunctionWrapper(huber, delta=2.0)([0.0], [1.0]))
        0.5
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        reduction: Any = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.fn = fn
        self.integer_targets = fn in _class_number_functions
        self.kwargs = kwargs

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of each sample."""
        y_true, y_pred = squeeze_or_expand_to_same_rank(y_true, y_pred)
        return self.fn(y_true, y_pred, **self.kwargs)

    def __repr__(self) -> str:
        arguments = "".join(f", {key}={value!r}" for key, value in self.kwargs.items())
        return f"<{type(self).__name__} {self.name!r}{arguments}>"

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal loss."""
        config = {**super().get_config(), **self.kwargs}
        return {**config, "fn": serialize(self.fn)} if type(self) is LossFunctionWrapper else config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Loss:
        """Make a loss from what `get_config` returned."""
        if "fn" in config and not callable(config["fn"]):
            config = {**config, "fn": deserialize(config["fn"])}
        return cls(**config)
