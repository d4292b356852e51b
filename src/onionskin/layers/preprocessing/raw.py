"""What users pass to preprocessing layers as it comes: batches to adapt to, texts, categories."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, DataError, DTypeError, GraphError
from onionskin.data.frames import is_table
from onionskin.graph import Node


def batches(data: Any, where: str, steps: int | None = None) -> Iterator[Any]:
    """Yield the batches of what a layer is adapted to.

    Args:
        data: an array, a table, a list of numbers or texts (one batch each), or an iterable of such batches: a list
            of arrays, a generator, anything with a length and items. Of a tuple, its first part is taken.
        where: who asks.
        steps: how many batches to take of an iterable; all where None.

    Raises:
        DataError: an iterable holds no batch.
        ArgumentError: it is nothing of these, or steps is given with an array.
    """
    if is_table(data) or _is_array(data) or _is_plain(data):
        if steps is not None and not _is_plain(data):
            raise ArgumentError(
                "steps is for iterables of batches.", where=where, given=f"steps={steps} with an array",
                fix="leave steps out, or pass data[:n]",
            )  # fmt: skip
        yield data.to_numpy() if is_table(data) else data
        return
    count = 0
    for batch in itertools.islice(_items(data, where), steps):
        count += 1
        first = batch[0] if isinstance(batch, tuple) else batch
        yield first.to_numpy() if is_table(first) else first
    if not count:
        raise DataError("there is no batch to adapt to.", where=where, given=f"an empty {type(data).__name__}")


def _items(data: Any, where: str) -> Iterable[Any]:
    if hasattr(data, "__iter__"):
        return iter(data)
    if hasattr(data, "__getitem__") and hasattr(data, "__len__"):
        return (data[index] for index in range(len(data)))
    raise ArgumentError(
        "a layer is adapted to an array, a table or an iterable of batches.", where=where, given=type(data).__name__
    )


def _is_array(data: Any) -> bool:
    return isinstance(data, np.ndarray | np.generic) or (hasattr(data, "__array__") and hasattr(data, "dtype"))


def _is_plain(data: Any) -> bool:
    """Tell whether data are numbers and texts in lists, one array rather than several."""
    if isinstance(data, list | tuple):
        return bool(data) and all(_is_plain(one) for one in data)
    return isinstance(data, str | bytes | bool | int | float | np.generic)


def texts(value: Any, where: str, encoding: str = "utf-8") -> np.ndarray:
    """Return texts as an array of str of any shape; bytes are decoded.

    Raises:
        DTypeError: there is something else among them.
        GraphError: it is a tensor of a description or of a traced function.
    """
    refuse_node(value, where)
    array = np.asarray(value.to_numpy() if is_table(value) else value)
    if array.dtype.kind == "U":
        return array
    if array.dtype.kind == "S":
        return np.char.decode(array, encoding)
    flat: list[str] = []
    for one in array.ravel().tolist() if array.dtype.kind in "OT" else []:
        if not isinstance(one, str | bytes):
            raise _no_text(one, where)
        flat.append(one.decode(encoding) if isinstance(one, bytes) else one)
    if array.dtype.kind not in "OT" and array.size:
        raise _no_text(array.ravel()[0].item(), where)
    return np.array(flat, dtype=str).reshape(array.shape)


def _no_text(value: Any, where: str) -> DTypeError:
    fix = "use IntegerLookup" if isinstance(value, int | np.integer) else "give missing values a text of their own"
    return DTypeError("this is no text.", where=where, expected="str or bytes", given=repr(value), fix=fix)


def refuse_node(value: Any, where: str, why: str = "texts cannot be part of a graph of numbers.") -> None:
    """Refuse a tensor where only arrays can be.

    Raises:
        GraphError: it is one.
    """
    if isinstance(value, Node):
        raise GraphError(
            why,
            where=where,
            given=f"a tensor of shape {tuple(value.shape)}",
            fix="call the layer on arrays before they go into the model, and make the Input for what it returns",
        )


def whole_numbers(value: Any, where: str) -> np.ndarray:
    """Return categories given as whole numbers, int64.

    Raises:
        DTypeError: there is something else among them.
    """
    array = np.asarray(value.to_numpy() if is_table(value) else value)
    if array.dtype.kind == "f" and np.all(array == np.floor(array)):
        return array.astype(np.int64)
    if array.dtype.kind not in "iub" and array.size:
        first = array.ravel()[0]
        raise DTypeError(
            "these are no whole numbers.",
            where=where,
            given=f"dtype {array.dtype}, such as {first.item() if isinstance(first, np.generic) else first!r}",
            fix="use StringLookup for texts" if array.dtype.kind in "USOT" else "round them first",
        )
    return array.astype(np.int64)
