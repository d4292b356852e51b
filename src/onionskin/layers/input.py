"""`Input` and `InputLayer`: where a described model begins."""

from __future__ import annotations

from typing import Any

from onionskin.base.config import floatx
from onionskin.base.errors import ArgumentError, DTypeError, OnionskinError
from onionskin.base.registry import LAYERS
from onionskin.base.specs import dtype_name
from onionskin.graph import Node
from onionskin.layers.describe import as_shape, described_input, is_described
from onionskin.layers.layer import Layer


@LAYERS.entry()
class InputLayer(Layer):
    """The start of a model: says what shape and dtype it is given.

    Args:
        shape: shape of one sample, None for a size that varies.
        batch_size: samples in a batch, None for any number.
        dtype: dtype of the input.
        sparse: not supported.
        ragged: not supported.
        batch_shape: shape with the batch, instead of `shape` and `batch_size`.
        input_tensor: a tensor of a description to begin at, instead of a shape.
        optional: the model may be given None for it.
        name: its name.

    Raises:
        ArgumentError: neither shape is given, or a sparse or ragged input is asked for.
        DTypeError: the dtype is none of numbers.
    """

    def __init__(
        self,
        shape: Any = None,
        batch_size: int | None = None,
        dtype: Any = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        batch_shape: Any = None,
        input_tensor: Any = None,
        optional: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        shape = kwargs.pop("input_shape", shape)
        batch_shape = kwargs.pop("batch_input_shape", batch_shape)
        super().__init__(name=name, **kwargs)
        where = f"Input '{self.name}'"
        if sparse:
            raise ArgumentError("sparse inputs are not supported.", where=where, fix="pass dense arrays")
        if ragged:
            raise ArgumentError(
                "ragged inputs are not supported.", where=where, fix="pad the samples to one length, with a mask"
            )
        self.sparse, self.ragged, self.optional = False, False, bool(optional)
        if input_tensor is not None:
            batch_shape = _shape_of(input_tensor, shape, batch_shape, batch_size, dtype, where)
            self._input_dtype = input_tensor.dtype
        else:
            whole = _whole_shape(shape, batch_shape, batch_size, where)
            batch_shape, self._input_dtype = whole, _dtype_of(dtype, where)
        self._batch_shape = batch_shape
        self._untracked_tensor: Node
        if input_tensor is None:
            self._begin()
        else:
            self._untracked_tensor = input_tensor
        self.built = True

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        if self._untracked_tensor.params.get("layer") is self:
            del state["_untracked_tensor"]  # which is known by its layer: a copy begins another
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "_untracked_tensor" not in state:
            self._begin()

    def _begin(self) -> None:
        """Make the tensor that stands for the input."""
        self._untracked_tensor = described_input(self._batch_shape, self._input_dtype, self.name)
        self._untracked_tensor.params["layer"] = self

    @property
    def batch_shape(self) -> tuple[int | None, ...]:
        """Shape with the batch."""
        return self._batch_shape

    @property
    def dtype(self) -> str:
        """Dtype of the input."""
        return self._input_dtype

    @property
    def input(self) -> Node:
        """The tensor that it begins."""
        return self._untracked_tensor

    @property
    def output(self) -> Node:
        """The tensor that it begins."""
        return self._untracked_tensor

    def call(self, inputs: Any = None) -> Any:
        """Return the input."""
        return inputs

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {
            "batch_shape": self.batch_shape, "dtype": self.dtype, "sparse": False, "ragged": False,
            "name": self.name, "optional": self.optional,
        }  # fmt: skip


def _dtype_of(dtype: Any, where: str) -> str:
    """Return the dtype of an input."""
    if dtype is None:
        return floatx()
    if dtype is str or (isinstance(dtype, str) and dtype in ("string", "str")):
        raise DTypeError(
            "texts cannot be part of a graph of numbers.",
            where=where,
            given=f"dtype={dtype!r}",
            fix="turn texts into numbers before they go into the model: call StringLookup, Hashing or FeatureSpace on "
            "the arrays, and make the Input for what they return, with dtype='int64'",
        )
    try:
        return dtype_name(dtype)
    except OnionskinError as error:
        raise error.within(where) from None


def _whole_shape(shape: Any, batch_shape: Any, batch_size: Any, where: str) -> tuple[int | None, ...]:
    """Return the shape with the batch that the arguments of an input say."""
    if (shape is None) == (batch_shape is None):
        raise ArgumentError(
            "exactly one of shape and batch_shape is needed.",
            where=where,
            given=f"shape={shape!r}, batch_shape={batch_shape!r}",
            fix="Input(shape=(784,)) for samples of 784 numbers",
        )
    if batch_shape is not None and batch_size is not None:
        raise ArgumentError(
            "batch_shape says the size of the batch already.",
            where=where,
            given=f"batch_shape={batch_shape!r}, batch_size={batch_size!r}",
            fix="leave batch_size out",
        )
    return as_shape(batch_shape if batch_shape is not None else (batch_size, *as_shape(shape, where)), where)


def _shape_of(tensor: Any, shape: Any, batch_shape: Any, batch_size: Any, dtype: Any, where: str) -> Any:
    """Return the shape of a tensor that an input is to begin at, after a look at what else was said of it."""
    if not is_described(tensor):
        raise ArgumentError(
            "an input begins at a tensor of a model's description.",
            where=where,
            given=f"an object of type {type(tensor).__name__}",
            fix="Input(shape=…), or a tensor that a layer returned for one",
        )
    own = tensor.shape
    said = {
        "shape": shape is None or tuple(shape) == own[1:],
        "batch_shape": batch_shape is None or tuple(batch_shape) == own,
        "batch_size": batch_size is None or own[:1] == (batch_size,),
        "dtype": dtype is None or dtype_name(dtype) == tensor.dtype,
    }
    wrong = next((name for name, fits in said.items() if not fits), None)
    if wrong is not None:
        raise ArgumentError(
            f"{wrong} is not that of the tensor.", where=where, given=f"tensor {tensor.spec}", fix=f"leave {wrong} out"
        )
    return own


def input_layer_of(tensor: Node) -> InputLayer:
    """Return the layer that begins a tensor, making one where the tensor came from elsewhere."""
    found = tensor.params.get("layer")
    return found if isinstance(found, InputLayer) else InputLayer(input_tensor=tensor, name=tensor.params["name"])


def Input(  # noqa: N802 - Keras's name
    shape: Any = None,
    batch_size: int | None = None,
    dtype: Any = None,
    sparse: bool | None = None,
    ragged: bool | None = None,
    batch_shape: Any = None,
    name: str | None = None,
    tensor: Any = None,
    optional: bool = False,
) -> Node:
    """Return the tensor that a described model begins with.

    Args:
        shape: shape of one sample, such as (784,); None for a size that varies from batch to batch.
        batch_size: samples in a batch, None for any number.
        dtype: dtype; the default float where None.
        sparse: not supported.
        ragged: not supported.
        batch_shape: shape with the batch, instead of `shape` and `batch_size`.
        name: its name.
        tensor: a tensor of a description to begin at, which is returned.
        optional: the model may be given None for it.

    Raises:
        ArgumentError: neither shape is given, or something is asked for that is not supported.
        DTypeError: the dtype is none of numbers.

    Example:
        >>> from onionskin.layers import Dense, Input
        >>> x = Input((4,))
        >>> Dense(2)(x).shape
        (None, 2)
    """
    return InputLayer(
        shape, batch_size, dtype, sparse, ragged, batch_shape, input_tensor=tensor, optional=optional, name=name
    ).output
