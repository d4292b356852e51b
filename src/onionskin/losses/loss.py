"""The base of losses, and losses made of a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from onionskin import dtype_policies, ops
from onionskin.base.config import floatx
from onionskin.base.errors import OnionskinError
from onionskin.base.registry import snake_case
from onionskin.base.specs import dtype_name, is_float
from onionskin.losses.lookup import LOSSES, deserialize, serialize
from onionskin.losses.reduction import checked_reduction, reduce_weighted_values, squeeze_or_expand_to_same_rank
from onionskin.state import mask_of

_class_number_functions: set[Callable[..., Any]] = set()
_masks_of_values: dict[Any, Callable[..., Any]] = {}


def takes_class_numbers(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator of loss functions whose targets are class numbers, which a loss leaves as they are."""
    _class_number_functions.add(function)
    return function


def counting(which: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator of loss functions of which not all values count, also not in the mean.

    Args:
        which: `(y_true, y_pred, values, **kwargs) -> mask`, of the loss's arguments and the values it returned;
            None where all count.
    """

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        _masks_of_values[function] = which
        return function

    return add


def mask_of_values(function: Any, y_true: Any, y_pred: Any, values: Any, kwargs: dict[str, Any]) -> Any:
    """Return which of the values that a loss function returned count; None for all."""
    which = _masks_of_values.get(function)
    return None if which is None else which(y_true, y_pred, values, **kwargs)


def prediction_mask(y_pred: Any) -> Any:
    """Return the mask that the model's layers gave its predictions; None for none, or for several predictions."""
    return None if _is_structure(y_pred) else mask_of(y_pred)


def both_masks(first: Any, second: Any) -> Any:
    """Return the mask of what counts by both masks, of which either may be None."""
    if first is None or second is None:
        return second if first is None else first
    return ops.logical_and(first, second)


def compute_dtype(dtype: Any) -> str:
    """Return the name of the dtype that a rule computes in: a dtype's, a policy's, or the default where None.

    Example:
        >>> compute_dtype("mixed_float16"), compute_dtype(np.float64)
        ('float16', 'float64')
    """
    return floatx() if dtype is None else dtype_policies.get(dtype).compute_dtype


def _is_structure(value: Any) -> bool:
    """Tell whether a value is several tensors, rather than the numbers of one."""
    return isinstance(value, dict) or (
        isinstance(value, list | tuple) and any(hasattr(one, "shape") and len(one.shape) for one in value)
    )


def _each(convert: Callable[[Any], Any], value: Any) -> Any:
    """Return a tensor, or a dictionary or list of tensors, converted."""
    if isinstance(value, dict):
        return {key: _each(convert, one) for key, one in value.items()}
    return type(value)(_each(convert, one) for one in value) if _is_structure(value) else convert(value)


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
        self._dtype = compute_dtype(dtype)
        self._given_dtype = None if dtype is None else self._dtype

    @property
    def dtype(self) -> str:
        """Name of the dtype that the loss is computed in."""
        return self._dtype

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return the loss.

        Args:
            y_true: targets; a dictionary or list of them where `call` takes one.
            y_pred: predictions, likewise. Those that a mask of the model leaves out do not count.
            sample_weight: weight of each sample, (batch,) or broadcasting to the losses.

        Raises:
            ShapeError: the shapes do not fit each other.
        """
        try:
            given = prediction_mask(y_pred)
            y_pred = _each(lambda one: ops.convert_to_tensor(one, dtype=self.dtype), y_pred)
            y_true = _each(self._target, y_true)
            with np.errstate(all="ignore"):  # infinity and NaN go on into the loss, as in a compiled step
                values = self.call(y_true, y_pred)
                mask = both_masks(given, self._mask(y_true, y_pred, values))
                return reduce_weighted_values(values, sample_weight, mask, self.reduction, self.dtype)
        except OnionskinError as error:
            raise error.within(f"loss '{self.name}'") from None

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of each sample."""
        raise NotImplementedError(f"{type(self).__name__} needs a method call(self, y_true, y_pred)")

    def __getstate__(self) -> dict[str, Any]:
        """Leave out of a copy what the last `forward` kept."""
        return {name: value for name, value in self.__dict__.items() if name != "_steps"}

    def forward(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Compute the loss, and keep what `backward` needs; arguments as of a call.

        Example:
            >>> from onionskin.losses import MeanSquaredError
            >>> loss = MeanSquaredError()
            >>> print(loss.forward(np.array([[1.0, 2.0]]), np.array([[3.0, 3.0]])), loss.backward())
            2.5 [[2. 1.]]
        """
        from onionskin.runtime.stepping import Stepping

        steps = self.__dict__.setdefault("_steps", Stepping())
        settings = repr([one for one in self.__dict__.items() if one[1] is not steps])
        arguments = {} if sample_weight is None else {"sample_weight": sample_weight}
        return steps.forward(
            self.__call__, (y_true, y_pred), arguments, f"loss '{self.name}'", wrt=(1,), edition=lambda: settings
        )

    def backward(self, dout: Any = 1.0) -> Any:
        """Return the derivative by the predictions of the last `forward`, in their structure.

        dx = (∂L/∂y_pred)ᵀ·dout

        Args:
            dout: derivative of the result by the loss; of its shape where it is no single number.

        Raises:
            NotBuiltError: there was no forward before.
            ShapeError: dout has another shape than the loss.
            DTypeError: dout is made of no real numbers.
        """
        from onionskin.runtime.stepping import Stepping

        return self.__dict__.get("_steps", Stepping()).backward(dout, f"loss '{self.name}'").by_inputs[0]

    def _target(self, y_true: Any) -> Any:
        y_true = ops.convert_to_tensor(y_true)
        whole = self.integer_targets and not is_float(dtype_name(y_true.dtype))
        return y_true if whole else ops.cast(y_true, self.dtype)

    def _mask(self, y_true: Any, y_pred: Any, values: Any) -> Any:
        """Return which of the values that `call` returned count; None for all."""
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
        if not (_is_structure(y_true) or _is_structure(y_pred)):
            y_true, y_pred = squeeze_or_expand_to_same_rank(y_true, y_pred)
        return self.fn(y_true, y_pred, **self.kwargs)

    def _mask(self, y_true: Any, y_pred: Any, values: Any) -> Any:
        return mask_of_values(self.fn, y_true, y_pred, values, self.kwargs)

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
