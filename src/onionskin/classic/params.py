"""A dictionary of weights, W1, b1, W2, b2 …, as a textbook keeps them, made into a model."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from onionskin.base.errors import DataError, DTypeError, ShapeError
from onionskin.layers import Dense, Input
from onionskin.models import Sequential


def network_from_params(
    params: Mapping[str, Any], activation: Any = "sigmoid", output_activation: Any = "softmax", name: str | None = None
) -> Sequential:
    """Return a model of dense layers with given weights.

    z_k = h(z_(k-1) · Wk + bk), with h the activation, and that of the output for the last k.

    Args:
        params: "W1", "b1", "W2", "b2" … → arrays: Wk (units before, units), bk (units,).
        activation: of the hidden layers.
        output_activation: of the last layer; None for none.
        name: of the model.

    Returns:
        A built model, (n, inputs) → (n, units of the last layer), float32; its layers are layer_1, layer_2 …

    Raises:
        DataError: a name is missing or none of these, a weight is not finite, or its rows differ in length.
        ShapeError: the weights do not fit each other.
        DTypeError: these are no numbers.

    Example:
        >>> model = network_from_params({"W1": np.array([[0.1, 0.3], [0.2, 0.4]]), "b1": np.array([0.1, 0.2])},
        ...                             output_activation=None)
        >>> model.predict(np.array([[1.0, 0.5]]), verbose=0).round(4).tolist()
        [[0.30000001192092896, 0.699999988079071]]

    Source: K. Saito, *Deep Learning from Scratch* (O'Reilly Japan, 2016), chapter 3.
    """
    weights = _checked(params)
    kernels = weights[::2]
    model = Sequential([Input((kernels[0].shape[0],))], name=name)
    for k, kernel in enumerate(kernels, start=1):
        model.add(Dense(kernel.shape[1], output_activation if k == len(kernels) else activation, name=f"layer_{k}"))
    model.set_weights(weights)
    return model


def _checked(params: Mapping[str, Any]) -> list[np.ndarray]:
    """Return W1, b1, W2, b2 … as arrays that fit each other."""
    where = "network_from_params(params)"
    if not isinstance(params, Mapping) or not params:
        raise DTypeError("there are no weights by name.", where=where, expected="a dictionary with W1, b1, W2, b2 …",
                         given="an empty one" if isinstance(params, Mapping) else type(params).__name__)  # fmt: skip
    names = [f"{letter}{k}" for k in range(1, -(-len(params) // 2) + 1) for letter in "Wb"]
    if set(names) != set(params):
        missing, extra = [one for one in names if one not in params], [one for one in params if one not in names]
        given = ", ".join([f"no {one}" for one in missing] + [repr(one)[:40] for one in extra])
        raise DataError(
            "the weights are not named layer by layer.", where=where, expected=", ".join(names), given=given
        )
    weights = []
    for name in names:
        try:
            array = np.asarray(params[name])
        except ValueError:
            raise DataError("the rows of a weight differ in length.", where=f"{where}, {name}") from None
        if array.dtype.kind not in "buif":
            raise DTypeError("these weights are no numbers.", where=f"{where}, {name}", given=array.dtype)
        if not np.isfinite(array).all():
            raise DataError("a weight is not finite.", where=f"{where}, {name}")
        weights.append(array)
    for kernel, bias, name in zip(weights[::2], weights[1::2], names[::2], strict=True):
        if kernel.ndim != 2 or not kernel.size or bias.shape != kernel.shape[1:]:
            raise ShapeError("the weights of a layer do not fit each other.", where=f"{where}, {name}",
                             expected=f"{name} (units before, units), b{name[1:]} (units,)",
                             given=f"{kernel.shape} and {bias.shape}")  # fmt: skip
    for k, (before, after) in enumerate(itertools.pairwise(weights[::2]), start=2):
        if before.shape[1] != after.shape[0]:
            raise ShapeError("the weights of a layer do not fit those before it.", where=f"{where}, W{k}",
                             expected=f"({before.shape[1]}, units)", given=after.shape)  # fmt: skip
    return weights
