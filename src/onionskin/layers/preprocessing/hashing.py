"""`Hashing` and `HashedCrossing`: categories, and combinations of them, as numbers of bins, with no vocabulary."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base import config
from onionskin.base.errors import ArgumentError, DTypeError, OnionskinError, ShapeError
from onionskin.base.registry import LAYERS
from onionskin.data.frames import is_table
from onionskin.layers.layer import Layer
from onionskin.layers.preprocessing import fingerprint
from onionskin.layers.preprocessing.encoding import checked_mode, encoded, refuse_sparse
from onionskin.layers.preprocessing.raw import refuse_node, texts
from onionskin.layers.preprocessing.vocabulary import checked_salt

WHY = "a hash cannot be part of a graph."


@LAYERS.entry()
class Hashing(Layer):
    """Put texts or whole numbers into bins by a hash that is the same on every machine.

    Args:
        num_bins: number of bins; with a mask_value, the first is for it alone.
        mask_value: the value that stands for a missing one.
        salt: one or two numbers, for SipHash64 with this key; FarmHash64 where None.
        output_mode: "int", "one_hot", "multi_hot" or "count", as in `CategoryEncoding`.
        sparse: not supported.
        kwargs: as for `Layer`; dtype is that of the result, "int64" for "int" and the default float otherwise.

    Raises:
        ArgumentError: num_bins is no positive whole number, or another setting makes no sense.
        GraphError: it is called on a tensor of a model; it works on arrays, before they go into one.

    Example:
        >>> from onionskin.layers import Hashing
        >>> print(Hashing(num_bins=3)([["A"], ["B"], ["C"], ["D"], ["E"]]).ravel())
        [1 0 1 1 2]

    Source: Weinberger and others, "Feature hashing for large scale multitask learning", ICML 2009.
    """

    def __init__(
        self,
        num_bins: int,
        mask_value: Any = None,
        salt: Any = None,
        output_mode: str = "int",
        sparse: bool = False,
        **kwargs: Any,
    ) -> None:
        if kwargs.get("dtype") is None:
            kwargs["dtype"] = "int64" if output_mode == "int" else config.floatx()
        super().__init__(**kwargs)
        where = f"Hashing '{self.name}'"
        self.num_bins = _checked_bins(num_bins, where)
        self.output_mode = checked_mode(output_mode, where)
        _check_dtype(self, where)
        refuse_sparse(sparse, where)
        self.mask_value, self.salt, self.sparse = mask_value, checked_salt(salt, where), False
        self.supports_jit = False
        self.built = True

    def __call__(self, inputs: Any, **kwargs: Any) -> Any:
        """Return the bins of an array, list or column."""
        where = f"Hashing '{self.name}'"
        refuse_node(inputs, where, WHY)
        return self.call(_categories(inputs, where), **kwargs)

    def call(self, inputs: Any) -> Any:
        """Return the bins, in the output mode."""
        alone = self.mask_value is not None and self.num_bins > 1
        numbers = fingerprint.bins(_as_texts(inputs), self.num_bins - alone, self.salt)
        if alone:
            numbers = np.where(inputs == self.mask_value, np.int64(0), numbers + 1)
        return encoded(numbers, self.output_mode, self.num_bins, self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {
            **super().get_config(),
            "num_bins": self.num_bins,
            "salt": self.salt,
            "mask_value": self.mask_value,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
        }


@LAYERS.entry()
class HashedCrossing(Layer):
    """Put combinations of categories into bins: the hash of two or more columns together.

    Args:
        num_bins: number of bins.
        output_mode: "int" or "one_hot".
        sparse: not supported.
        name: its name.
        dtype: dtype of the result, "int64" for "int" and the default float otherwise.

    Raises:
        ArgumentError: num_bins is no positive whole number, or another setting makes no sense.
        GraphError: it is called on tensors of a model; it works on arrays, before they go into one.

    Example:
        >>> from onionskin.layers import HashedCrossing
        >>> letters, numbers = np.array(["A", "B", "A", "B", "A"]), np.array([101, 101, 101, 102, 102])
        >>> print(HashedCrossing(num_bins=5)((letters, numbers)))
        [1 4 1 1 3]
    """

    def __init__(
        self,
        num_bins: int,
        output_mode: str = "int",
        sparse: bool = False,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        default = "int64" if output_mode == "int" else config.floatx()
        super().__init__(name=name, dtype=default if dtype is None else dtype, **kwargs)
        where = f"HashedCrossing '{self.name}'"
        self.num_bins = _checked_bins(num_bins, where)
        self.output_mode = checked_mode(output_mode, where, ("int", "one_hot"))
        _check_dtype(self, where)
        refuse_sparse(sparse, where)
        self.sparse, self.supports_jit, self.built = False, False, True

    def __call__(self, inputs: Any, **kwargs: Any) -> Any:
        """Return the bins of a list of two or more columns."""
        where = f"HashedCrossing '{self.name}'"
        if not isinstance(inputs, list | tuple) or len(inputs) < 2:
            raise ArgumentError("two or more columns are crossed.", where=where, given=type(inputs).__name__)
        for one in inputs:
            refuse_node(one, where, WHY)
        try:
            return self.call([_categories(one, where) for one in inputs], **kwargs)
        except OnionskinError as error:
            raise (error if error.where is not None else error.within(where)) from None

    def call(self, inputs: Any) -> Any:
        """Return the bins, in the output mode."""
        shapes = {one.shape for one in inputs}
        shape = inputs[0].shape
        if len(shapes) > 1 or len(shape) > 2 or (len(shape) == 2 and shape[1] != 1):
            raise ShapeError(
                "columns of one length are crossed.",
                expected="shapes (), (batch,) or (batch, 1), all the same",
                given=" and ".join(str(one.shape) for one in inputs),
            )
        if any(one.dtype.kind == "f" for one in inputs):
            raise DTypeError("texts and whole numbers are crossed.", given="float numbers", fix="put them into bins")
        numbers = fingerprint.crossed([_as_words(one) for one in inputs], self.num_bins)
        return encoded(numbers, self.output_mode, self.num_bins, self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        base = super().get_config()
        return {
            "num_bins": self.num_bins,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
            "name": base["name"],
            "dtype": base["dtype"],
        }


def _checked_bins(count: Any, where: str) -> int:
    """Return a number of bins.

    Raises:
        ArgumentError: it is no positive whole number.
    """
    if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1:
        raise ArgumentError("num_bins is a positive whole number.", where=where, given=f"num_bins={count!r}")
    return int(count)


def _check_dtype(layer: Any, where: str) -> None:
    """Compare the dtype with the output mode.

    Raises:
        ArgumentError: numbers of bins would be no whole numbers.
    """
    if layer.output_mode == "int" and layer.compute_dtype not in ("int32", "int64"):
        raise ArgumentError("numbers of bins are int32 or int64.", where=where, given=f"dtype={layer.compute_dtype!r}")


def _categories(value: Any, where: str) -> np.ndarray:
    """Return categories as an array of texts or of numbers."""
    array = np.asarray(value.to_numpy() if is_table(value) else value)
    if array.dtype.kind in "iu":
        return array.astype(np.int64)
    return array if array.dtype.kind == "f" else texts(array, where)


def _as_texts(values: np.ndarray) -> np.ndarray:
    return values if values.dtype.kind == "U" else values.astype(np.int64).astype(str)


def _as_words(values: np.ndarray) -> np.ndarray:
    """Return categories as 64 bits: numbers as they are, texts by their FarmHash64."""
    if values.dtype.kind != "U":
        return values.astype(np.int64).view(np.uint64)
    distinct, inverse = np.unique(values, return_inverse=True)
    hashed = [fingerprint.farmhash64(str(one).encode()) for one in distinct.tolist()]
    return np.array(hashed, np.uint64)[inverse].reshape(values.shape)
