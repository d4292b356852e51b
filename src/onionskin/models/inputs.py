"""What a model is given against what it was described for: number, shapes and ranks of its inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin import ops
from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.trees import flatten
from onionskin.graph import Node
from onionskin.layers.input import input_layer_of
from onionskin.state import mask_of, set_mask


def fit_inputs(inputs: Sequence[Node], given: Any, form: Any, name: str) -> list[Any]:
    """Return the tensors for a model's inputs, in order.

    Args:
        inputs: the model's described inputs.
        given: what it was called with.
        form: structure that the inputs were given in when the model was made.
        name: the model's name.

    Raises:
        ShapeError: another number of inputs, or a shape that does not fit.
    """
    if isinstance(given, dict) and form.kind is not dict:
        by_name = {node.params["name"]: node for node in inputs}
        missing = [label for label in by_name if label not in given]
        if missing:
            raise ShapeError(
                "an input of the model is missing.",
                where=f"model '{name}'",
                expected=", ".join(by_name),
                given=", ".join(map(str, given)),
            )
        tensors = [given[label] for label in by_name]
    else:
        tensors = flatten(given)[0]
    if len(tensors) != len(inputs):
        raise ShapeError(
            "the model was given another number of inputs.", where=f"model '{name}'", expected=len(inputs),
            given=len(tensors),
        )  # fmt: skip
    return [_fit(node, tensor) for node, tensor in zip(inputs, tensors, strict=True)]


def with_masks(tensors: list[Any], mask: Any) -> list[Any]:
    """Return the tensors for a model's inputs, carrying masks that were given beside them.

    Args:
        tensors: one for each input.
        mask: a mask for each, in any structure; None where none was given.
    """
    if mask is None:
        return tensors
    own = []
    for tensor, one in zip(tensors, flatten(mask)[0], strict=False):
        if one is not None:
            tensor = tensor.view() if isinstance(tensor, np.ndarray) else tensor  # the user's array stays as it is
            set_mask(tensor, one)
        own.append(tensor)
    return own


def _fit(node: Node, tensor: Any) -> Any:
    if tensor is None:
        if input_layer_of(node).optional:
            return None
        raise ArgumentError(
            "the input is not optional.",
            where=f"input '{node.params['name']}'",
            given="None",
            fix="pass an array, or make the model with Input(…, optional=True)",
        )
    mask = mask_of(tensor)
    expected, shape = node.shape, tuple(tensor.shape)
    if len(shape) == len(expected) - 1 and expected[-1] == 1:
        tensor = ops.reshape(tensor, (*shape, 1))  # a column given as a row of numbers
    elif len(shape) == len(expected) + 1 and shape[-1] == 1:
        tensor = ops.reshape(tensor, shape[:-1])
    now = tuple(tensor.shape)
    if len(now) != len(expected) or any(a != b for a, b in zip(now, expected, strict=True) if None not in (a, b)):
        raise ShapeError(
            "the data does not have the shape that the model was made for.",
            where=f"input '{node.params['name']}'",
            expected=f"{_sizes(expected)}",
            given=f"{_sizes(shape)}",
            fix="reshape the data, or make the model with Input(shape=…) for it",
        )
    if mask is not None:
        set_mask(tensor, mask)
    return tensor


def _sizes(shape: Sequence[Any]) -> str:
    return (
        "("
        + ", ".join("batch" if size is None else str(size) for size in shape)
        + ("," if len(shape) == 1 else "")
        + ")"
    )
