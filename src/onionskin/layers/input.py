"""`Input` and `InputLayer`: where a described model begins."""

from __future__ import annotations

from typing import Any

from onionskin.base.config import floatx
from onionskin.base.errors import ArgumentError
from onionskin.base.registry import LAYERS
from onionskin.base.specs import dtype_name
from onionskin.graph import Node
from onionskin.layers.describe import as_shape, described_input
from onionskin.layers.layer import Layer


@LAYERS.entry()
class InputLayer(Layer):
    """The start of a model: says what shape and dtype it is given.

    Args:
        shape: shape of one sample.
        batch_size: samples in a batch, None for any number.
        dtype: dtype of the input.
        sparse: not supported.
        batch_shape: shape with the batch, instead of `shape` and `batch_size`.
        name: its name.

    Raises:
        ArgumentError: neither shape is given, or a sparse input is asked for.
    """

    def __init__(
        self,
        shape: Any = None,
        batch_size: int | None = None,
        dtype: Any = None,
        sparse: bool | None = None,
        batch_shape: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        where = f"Input '{self.name}'"
        if sparse:
            raise ArgumentError("sparse inputs are not supported.", where=where, fix="pass dense arrays")
        if (shape is None) == (batch_shape is None):
            raise ArgumentError(
                "exactly one of shape and batch_shape is needed.",
                where=where,
                given=f"shape={shape!r}, batch_shape={batch_shape!r}",
                fix="Input(shape=(784,)) for samples of 784 numbers",
            )
        whole = batch_shape if batch_shape is not None else (batch_size, *as_shape(shape, where))
        self.batch_shape = as_shape(tuple(whole), where)
        self._dtype = dtype_name(dtype) if dtype is not None else floatx()
        self.output = described_input(self.batch_shape, self._dtype, self.name)
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Return the input."""
        return inputs

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {"batch_shape": list(self.batch_shape), "dtype": self._dtype, "sparse": False, "name": self.name}


def Input(  # noqa: N802 - Keras's name
    shape: Any = None,
    batch_size: int | None = None,
    dtype: Any = None,
    sparse: bool | None = None,
    batch_shape: Any = None,
    name: str | None = None,
    tensor: Any = None,
) -> Node:
    """Return the tensor that a described model begins with.

    Args:
        shape: shape of one sample, such as (784,).
        batch_size: samples in a batch, None for any number.
        dtype: dtype; the default float where None.
        sparse: not supported.
        batch_shape: shape with the batch, instead of `shape` and `batch_size`.
        name: its name.
        tensor: not supported.

    Raises:
        ArgumentError: neither shape is given, or something is asked for that is not supported.

    Example:
        >>> from onionskin.layers import Dense, Input
        >>> x = Input((4,))
        >>> Dense(2)(x).shape
        (None, 2)
    """
    if tensor is not None:
        raise ArgumentError(
            "an input around an existing tensor is not supported.", where="Input", fix="leave tensor out"
        )
    return InputLayer(shape, batch_size, dtype, sparse, batch_shape, name).output
