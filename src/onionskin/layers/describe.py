"""A model described before there is data: layers called on tensors whose batch size is not known yet.

Such a call becomes one node that holds the layer; running the description means to call the layers
again, in order, on numbers or on the tensors of a trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from itertools import zip_longest
from typing import Any

import numpy as np

from onionskin.base.errors import GraphError
from onionskin.base.specs import Spec, spec_of
from onionskin.base.trees import TreeDef, flatten, map_tree, unflatten
from onionskin.graph import CALL, CONSTANT, INPUT, Node, make, make_input, pick, replay, substitute
from onionskin.layers.masks import carry, first_argument
from onionskin.state import CallContext, Scope, calling, current_call, mask_of, opened, set_mask

_SIZES = (1009, 1013)  # primes that stand for a number of samples; no layer of a model is likely to have as many
_sizes_stand_in: ContextVar[bool] = ContextVar("sizes_stand_in", default=False)


class LayerCall:
    """One call of a layer in a description: which arguments were tensors, what else was given, what came out.

    Args:
        layer: the layer.
        form: structure of (positional arguments, named arguments).
        leaves: its leaves; None at the tensors' places.
        places: where the tensors stand among the leaves.
        result: structure of the output.
    """

    def __init__(
        self,
        layer: Any,
        form: TreeDef,
        leaves: tuple[Any, ...],
        places: tuple[int, ...],
        result: TreeDef,
    ) -> None:
        self.layer, self.form, self.leaves, self.places, self.result = layer, form, leaves, places, result

    def arguments(self, tensors: Sequence[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments, positional and named, with other tensors."""
        leaves = list(self.leaves)
        for place, tensor in zip(self.places, tensors, strict=True):
            leaves[place] = tensor
        args, kwargs = unflatten(self.form, leaves)
        return args, kwargs

    def run(self, tensors: Sequence[Any]) -> tuple[Any, ...]:
        """Call the layer on other tensors; returns the leaves of its output.

        As in Keras 3, `training` of the description holds only where nobody says more: the training of the model's
        own call, which `fit` and `predict` give it, comes before it.
        """
        args, kwargs = self.arguments(tensors)
        context = current_call()
        if context is not None and context.training is not None:
            names = self.layer._call_names[: len(args)]
            args = tuple(context.training if name == "training" else one
                         for name, one in zip_longest(names, args))  # fmt: skip
            kwargs.pop("training", None)
        return tuple(flatten(self.layer(*args, **kwargs))[0])

    def __repr__(self) -> str:
        return f"{type(self.layer).__name__} '{self.layer.name}'"


def is_described(value: Any) -> bool:
    """Tell whether a value is a tensor of a description."""
    return isinstance(value, Node) and value.described


def output_specs(layer: Any, args: Sequence[Any], kwargs: dict[str, Any], masks: Sequence[Any] = ()) -> Any:
    """Return the spec of each leaf of a layer's output, in its structure.

    Code that asks for every size, such as a loop, is run for two numbers of samples: what differs is not known.

    Args:
        layer: the layer.
        args: positional arguments, with specs in place of tensors.
        kwargs: named arguments, likewise.
        masks: the spec of the mask that each leaf of the arguments carries, None where it carries none.
    """
    try:
        return _run_on_specs(layer, args, kwargs, masks)
    except Exception as error:  # whatever code makes of a size that is None
        leaves, form = flatten((tuple(args), kwargs))
        if all(leaf.known for leaf in (*leaves, *masks) if isinstance(leaf, Spec)):
            raise
        token = _sizes_stand_in.set(True)
        try:
            found = []
            for size in _SIZES:
                sized, named = unflatten(form, [_sized(leaf, size) for leaf in leaves])
                found.append(_run_on_specs(layer, sized, named, [_sized(mask, size) for mask in masks]))
            return map_tree(_common, *found)
        except Exception:
            raise error from None
        finally:
            _sizes_stand_in.reset(token)


def _sized(leaf: Any, size: int) -> Any:
    """Return a spec with a size in place of those that are not known."""
    return (
        Spec(tuple(size if one is None else one for one in leaf.shape), leaf.dtype) if isinstance(leaf, Spec) else leaf
    )


def _common(one: Spec, other: Spec) -> Spec:
    return Spec(tuple(a if a == b else None for a, b in zip(one.shape, other.shape, strict=True)), one.dtype)


def without_sizes(shape: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a shape for weights, with None for what only stands for a number of samples."""
    return tuple(None if size in _SIZES else size for size in shape) if _sizes_stand_in.get() else shape


def _run_on_specs(layer: Any, args: Sequence[Any], kwargs: dict[str, Any], masks: Sequence[Any]) -> Any:
    leaves, form = flatten((tuple(args), kwargs))
    nodes = [make_input(leaf, described=False) if isinstance(leaf, Spec) else leaf for leaf in leaves]
    outer = current_call()
    # Within a call nothing of a description counts: neither its losses, nor that its layers were called.
    with opened(Scope()), calling(CallContext(training=None if outer is None else outer.training)):
        for node, mask in zip(nodes, masks, strict=False):
            if mask is not None:
                set_mask(node, make_input(mask, described=False))
        filled, named = unflatten(form, nodes)
        if not layer.built:
            layer._build_from(filled, named)
            layer._check_inputs(filled, named)
        outputs = layer._run(filled, named)
    parts, result = flatten(outputs)
    return unflatten(result, [spec_of(part) for part in parts])


def call_node(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return the output of a layer called within a description, in the structure that `call` returns."""
    leaves, form = flatten((args, kwargs))
    places = tuple(index for index, leaf in enumerate(leaves) if isinstance(leaf, Node))
    specs = [leaf.spec if isinstance(leaf, Node) else leaf for leaf in leaves]
    masks = [None if mask is None else spec_of(mask) for mask in map(mask_of, leaves)]
    positional, named = unflatten(form, specs)
    parts, result = flatten(output_specs(layer, positional, named, masks))
    rest = tuple(None if isinstance(leaf, Node) else leaf for leaf in leaves)
    record = LayerCall(layer, form, rest, places, result)
    node = make(CALL, tuple(leaves[place] for place in places), {"call": record, "spec": tuple(parts)})
    outputs = unflatten(result, [pick(node, index) for index in range(len(parts))])
    first = first_argument(layer, args, kwargs)
    carry(layer, first, outputs, kwargs.get("mask", map_tree(mask_of, first)), warn=False)  # it was said above
    layer.__dict__.setdefault("_untracked_first_call", node)
    return outputs


def described_ends(node: Node) -> tuple[list[Node], list[Node]]:
    """Return the tensors that a call in a description was given, and those that it returned."""
    return list(node.inputs), [pick(node, index) for index in range(len(node.spec))]


def run_described(inputs: Sequence[Node], outputs: Sequence[Node], values: Sequence[Any]) -> list[Any]:
    """Compute the outputs of a description from values (arrays or nodes) of its inputs."""

    def visit(node: Node, arguments: tuple[Any, ...]) -> Any:
        if node.primitive is CALL:
            return node.params["call"].run(arguments)
        if node.primitive is CONSTANT:
            return node.params["value"].array
        if node.primitive is INPUT:
            raise GraphError(
                "an output of the model depends on an input that is none of its inputs.",
                given=f"Input {node.params['name']!r} of shape {node.shape}",
                fix="name it in Model(inputs=…)",
            )
        return replay(node, arguments)

    return substitute(outputs, dict(zip(inputs, values, strict=True)), visit, keep=False)


def described_again(before: Sequence[Node], outputs: Sequence[Node], after: Sequence[Node]) -> list[Node]:
    """Return the outputs of a description, described once more from other tensors in place of some of its own.

    Args:
        before: tensors of the description.
        outputs: its outputs.
        after: the tensors to put in their places, of the same shapes.
    """

    def visit(node: Node, arguments: tuple[Any, ...]) -> Any:
        if node.primitive is CALL:
            return tuple(flatten(call_node(node.params["call"].layer, *node.params["call"].arguments(arguments)))[0])
        return node if not node.inputs else replay(node, arguments)

    return substitute(outputs, dict(zip(before, after, strict=True)), visit, keep=False)


def described_input(shape: tuple[Any, ...], dtype: str, name: str) -> Node:
    """Return a tensor that stands for a model's input, its batch size not known yet."""
    return make_input(Spec(shape, dtype), name, described=True)


def as_shape(shape: Any, where: str) -> tuple[int | None, ...]:
    """Return a shape given by the user.

    Raises:
        GraphError: it is no sequence of whole numbers and None.
    """
    sizes = (shape,) if isinstance(shape, int | np.integer) else shape
    if not isinstance(sizes, tuple | list) or any(
        isinstance(size, bool) or not (size is None or (isinstance(size, int | np.integer) and size >= 0))
        for size in sizes
    ):
        raise GraphError(
            "a shape is a tuple of whole numbers, None for a size not known.",
            where=where,
            expected="such as (784,) or (28, 28)",
            given=repr(shape),
        )
    return tuple(None if size is None else int(size) for size in sizes)
