"""`Operation`: one primitive operation of a description as a layer, which is how files keep it."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, UnknownNameError, suggest
from onionskin.base.registry import LAYERS
from onionskin.base.specs import dtype_name
from onionskin.graph import CONSTANT, Node
from onionskin.layers.layer import Layer
from onionskin.prims import TABLE

KINDS = ("elementwise", "reduction", "contraction", "factorization", "movement", "indexing")  # no code, no graph


@LAYERS.entry()
class Operation(Layer):
    """Apply a primitive operation: what `x + y` or `ops.mean(x)` between the layers of a model is in its file.

    Args:
        primitive: name of the operation.
        params: its settings: numbers, texts and nested lists of them.
        constants: position → {"dtype": …, "value": …} of the operands that are no tensors.
        kwargs: as for `Layer`.

    Raises:
        UnknownNameError: there is no operation of this name that a file can hold.
        ArgumentError: a setting is no number, text or list.

    Example:
        >>> from onionskin.layers.operation import Operation
        >>> print(Operation("multiply", constants={"1": {"dtype": "float32", "value": 2.0}})(np.array([1.0, 3.0])))
        [2. 6.]
    """

    def __init__(self, primitive: str, params: Any = None, constants: Any = None, **kwargs: Any) -> None:
        super().__init__(autocast=False, **kwargs)
        known = [name for name, one in TABLE.items() if one.kind in KINDS]
        if primitive not in known:
            raise UnknownNameError(
                "there is no operation of this name.", given=repr(primitive), fix=suggest(str(primitive), known)
            )
        self._untracked_record = TABLE[primitive]
        self._untracked_params = {str(key): _setting(value) for key, value in dict(params or {}).items()}
        self._untracked_constants = {
            int(place): np.asarray(one["value"], dtype_name(one["dtype"]))
            for place, one in dict(constants or {}).items()
        }
        self.built = True

    def call(self, *inputs: Any) -> Any:
        """Return the operation applied to the inputs, its constants at their places."""
        operands: list[Any] = []
        tensors = list(inputs)
        while tensors or len(operands) in self._untracked_constants:
            constant = self._untracked_constants.get(len(operands))
            operands.append(tensors.pop(0) if constant is None else constant)
        return self._untracked_record(*operands, **self._untracked_params)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        base = super().get_config()
        return {
            **{key: base[key] for key in ("name", "trainable", "dtype")},
            "primitive": self._untracked_record.name,
            "params": self._untracked_params,
            "constants": {
                str(place): {"dtype": str(one.dtype), "value": one.tolist()}
                for place, one in self._untracked_constants.items()
            },
        }


def operation_of(node: Node, name: str) -> tuple[Operation, list[Node]]:
    """Return the layer that does what an operation's node does, and the tensors that it is called on.

    Raises:
        UnknownNameError: a file cannot hold the operation.
    """
    constants = {
        str(place): {"dtype": one.dtype, "value": one.params["value"].array.tolist()}
        for place, one in enumerate(node.inputs)
        if one.primitive is CONSTANT
    }
    layer = Operation(node.primitive.name, node.params, constants, name=name)
    return layer, [one for one in node.inputs if one.primitive is not CONSTANT]


def _setting(value: Any) -> Any:
    """Return a setting in the form that primitives take: lists as tuples."""
    if isinstance(value, list | tuple):
        return tuple(_setting(one) for one in value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise ArgumentError("an operation's setting is a number, a text or a list of them.", given=repr(value)[:80])
