"""`Flatten`, `Reshape`, `Permute` and `RepeatVector`: layers that only give the numbers another form."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from onionskin import ops
from onionskin.base.config import checked_data_format
from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.registry import LAYERS
from onionskin.layers.input_spec import InputSpec
from onionskin.layers.layer import Layer


@LAYERS.entry()
class Flatten(Layer):
    """Make one row of each sample: (batch, a, b, …) becomes (batch, a·b·…).

    Args:
        data_format: "channels_last" (the order as it is) or "channels_first" (channels are moved last);
            `config.image_data_format()` where None.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: another data_format.

    Example:
        >>> from onionskin.layers import Flatten
        >>> Flatten()(np.zeros((2, 28, 28))).shape
        (2, 784)
    """

    _takes_one = True

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = checked_data_format(data_format, f"Flatten '{self.name}'")
        self.input_spec = InputSpec(min_ndim=1)
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Return the inputs as rows."""
        if self.data_format == "channels_first" and inputs.ndim > 2:
            inputs = ops.transpose(inputs, (0, *range(2, inputs.ndim), 1))
        sample = inputs.shape[1:]
        return ops.reshape(inputs, (inputs.shape[0], -1 if None in sample else math.prod(sample)))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "data_format": self.data_format}


@LAYERS.entry()
class Reshape(Layer):
    """Give each sample another shape.

    Args:
        target_shape: shape of a sample; one size may be -1.
        kwargs: as for `Layer`.

    Example:
        >>> from onionskin.layers import Reshape
        >>> Reshape((2, -1))(np.zeros((5, 6))).shape
        (5, 2, 3)
    """

    _takes_one = True

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        sizes = (target_shape,) if isinstance(target_shape, int) else tuple(target_shape)
        if sizes.count(-1) > 1 or any(not isinstance(size, int) or size < -1 for size in sizes):
            raise ArgumentError(
                "target_shape is a tuple of sizes, one of which may be -1.",
                where=f"Reshape '{self.name}'",
                given=repr(target_shape),
            )
        self._untracked_target = sizes
        self.built = True

    @property
    def target_shape(self) -> tuple[int, ...]:
        """Shape of a sample."""
        return self._untracked_target

    def call(self, inputs: Any) -> Any:
        """Return the inputs with each sample in the target shape."""
        return ops.reshape(inputs, (inputs.shape[0], *self._sizes(inputs.shape[1:])))

    def _sizes(self, sample: tuple[Any, ...]) -> tuple[int, ...]:
        if None in sample:  # in a description: what -1 stands for is known when there are numbers
            return self._untracked_target
        total = math.prod(sample)
        known = math.prod(size for size in self._untracked_target if size != -1)
        fits = total % known == 0 if -1 in self._untracked_target and known else total == known
        if not fits:
            raise ShapeError(
                "the samples have another number of elements than the target shape.",
                expected=f"{self._untracked_target}, a sample of {known} elements",
                given=f"{sample}, a sample of {total} elements",
            )
        return tuple(total // known if size == -1 else size for size in self._untracked_target)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "target_shape": list(self._untracked_target)}


@LAYERS.entry()
class Permute(Layer):
    """Put the axes of each sample in another order.

    Args:
        dims: which axis of the inputs comes first, second …, counted from 1, without the batch.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: dims does not name each axis once.
        ShapeError: the inputs have another number of axes.

    Example:
        >>> from onionskin.layers import Permute
        >>> Permute((2, 1))(np.zeros((5, 10, 64))).shape
        (5, 64, 10)
    """

    _takes_one = True

    def __init__(self, dims: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        order = tuple(dims) if isinstance(dims, list | tuple) else (dims,)
        if sorted(order) != list(range(1, len(order) + 1)):
            raise ArgumentError(
                "dims names each axis behind the batch once, counted from 1.",
                where=f"Permute '{self.name}'",
                expected="such as (2, 1)",
                given=repr(dims),
            )
        self._untracked_dims = order
        self.input_spec = InputSpec(ndim=len(order) + 1)
        self.built = True

    @property
    def dims(self) -> tuple[int, ...]:
        """The order of the axes."""
        return self._untracked_dims

    def call(self, inputs: Any) -> Any:
        """Return the inputs with their axes in the new order."""
        return ops.transpose(inputs, (0, *self._untracked_dims))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "dims": self._untracked_dims}


@LAYERS.entry()
class RepeatVector(Layer):
    """Repeat each sample: (batch, features) becomes (batch, n, features).

    Args:
        n: how often.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: n is no positive whole number.
        ShapeError: the inputs are no rows.

    Example:
        >>> from onionskin.layers import RepeatVector
        >>> RepeatVector(3)(np.zeros((5, 32))).shape
        (5, 3, 32)
    """

    _takes_one = True

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(n, bool) or not isinstance(n, int) or n < 1:
            raise ArgumentError(
                "n is a positive whole number.", where=f"RepeatVector '{self.name}'", expected="1, 2 …", given=repr(n)
            )
        self.n = n
        self.input_spec = InputSpec(ndim=2)
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Return each row n times."""
        return ops.repeat(ops.expand_dims(inputs, 1), self.n, axis=1)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "n": self.n}
