"""`clone_model`: a model of the same architecture, with layers and weights of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.trees import flatten, map_tree, unflatten
from onionskin.graph import CALL, Node, replay, substitute
from onionskin.layers import InputLayer, Layer
from onionskin.layers.describe import is_described
from onionskin.layers.input import input_layer_of
from onionskin.models.config import deserialize_layer, serialize_layer
from onionskin.models.described import Described
from onionskin.models.describing import takes_description
from onionskin.models.functional import Functional
from onionskin.models.sequential import Sequential

Clone = Callable[[Any], Any]


def clone_model(
    model: Any,
    input_tensors: Any = None,
    clone_function: Clone | None = None,
    call_function: Callable[..., Any] | None = None,
    recursive: bool = False,
) -> Any:
    """Return a model of the same architecture, whose layers are new and whose weights newly started.

    Args:
        model: the model; it stays as it is.
        input_tensors: tensors of a description to begin the clone at, in the structure of `model.input`; new inputs
            where None.
        clone_function: `(layer) -> layer` that clones each layer but the inputs; made from its configuration where
            None. A layer that it returns as it is, is shared by both models.
        call_function: `(layer, *args, **kwargs) -> outputs` that calls each clone, for functional models.
        recursive: clone the layers of inner models by the same functions.

    Returns:
        The clone; it is compiled as the model was.

    Raises:
        ArgumentError: the arguments are not for a model of this kind.

    Example:
        >>> from onionskin.layers import Dense, Input
        >>> from onionskin.models import Sequential, clone_model
        >>> model = Sequential([Input((2,)), Dense(3)])
        >>> clone_model(model).layers[0] is model.layers[0]
        False
        >>> clone_model(model, clone_function=lambda layer: layer).layers[0] is model.layers[0]
        True
    """
    return _cloned(model, input_tensors, clone_function, call_function, recursive, {})


def _cloned(
    model: Any,
    tensors: Any,
    clone: Clone | None,
    call: Callable[..., Any] | None,
    recursive: bool,
    known: dict[int, Any],
) -> Any:
    where = f"clone_model, model '{getattr(model, 'name', model)}'"
    made: Any
    if not isinstance(model, Described):
        raise ArgumentError("only models are cloned.", where=where, given=f"an object of type {type(model).__name__}",
                            fix="of a layer, make another: type(layer).from_config(layer.get_config())")  # fmt: skip
    if isinstance(model, Sequential):
        if call is not None:
            raise ArgumentError(
                "call_function is for functional models.", where=where, given="a Sequential model",
                fix="put the further layers into the list of layers",
            )  # fmt: skip
        made = _sequential(model, tensors, _each_once(clone, call, recursive, known), where)
    elif isinstance(model, Functional):
        made = _functional(model, tensors, _each_once(clone, call, recursive, known), call, where)
    else:
        given = [name for name, one in (("input_tensors", tensors), ("clone_function", clone), ("call_function", call))
                 if one is not None]  # fmt: skip
        if given:
            raise ArgumentError(
                f"{given[0]} is for models that are described, as this one is written in code.",
                where=where,
                given=type(model).__name__,
                fix="type(model).from_config(model.get_config())",
            )
        made = _again(model)
    settings = getattr(model, "get_compile_config", None)
    if settings is not None and getattr(model, "compiled", False):
        made.compile_from_config(settings())
    return made


def _again(layer: Any) -> Any:
    """Return a layer made from another's configuration."""
    if type(layer).get_config is Layer.get_config or isinstance(layer, Described):
        return deserialize_layer(serialize_layer(layer), {type(one).__name__: type(one) for one in _within(layer)})
    return type(layer).from_config(layer.get_config())


def _within(layer: Any) -> list[Any]:
    found = [layer]
    for inner in getattr(layer, "layers", layer._layers):
        found += _within(inner)
    return found


def _each_once(clone: Clone | None, call: Callable[..., Any] | None, recursive: bool, known: dict[int, Any]) -> Clone:
    """Return what clones each layer at its first place, and finds that clone again at the others."""

    def once(layer: Any) -> Any:
        if id(layer) not in known:
            if recursive and isinstance(layer, Sequential | Functional):
                own = None if isinstance(layer, Sequential) else call
                known[id(layer)] = _cloned(layer, None, clone, own, True, known)
            else:
                known[id(layer)] = (clone or _again)(layer)
        return known[id(layer)]

    return once


def _sequential(model: Sequential, tensors: Any, clone: Clone, where: str) -> Sequential:
    given = flatten(tensors)[0] if tensors is not None else []
    if tensors is not None and (len(given) != 1 or not is_described(given[0])):
        raise ArgumentError(
            "input_tensors of a Sequential model is one tensor of a description.",
            where=where,
            given=f"{len(given)} of them" if len(given) != 1 else f"an object of type {type(given[0]).__name__}",
            fix="pass Input(shape=…)",
        )
    layers = [clone(layer) for layer in model.layers]
    start = model._input_layer
    begin: list[Any] = []
    if given:
        begin = [InputLayer(input_tensor=given[0], name=None if start is None else start.name)]
    elif start is not None:
        begin = [_same_input(start)]
    return Sequential([*begin, *layers], trainable=model.trainable, name=model.name)


def _functional(
    model: Functional, tensors: Any, clone: Clone, call: Callable[..., Any] | None, where: str
) -> Functional:
    if tensors is None:
        tensors = map_tree(lambda node: _same_input(input_layer_of(node)).output, model.input)
    given, form = flatten(tensors)
    if not all(is_described(one) for one in given):
        raise ArgumentError(
            "input_tensors are tensors of a description.",
            where=where,
            given=", ".join(type(one).__name__ for one in given),
            fix="pass Input(shape=…) for each input",
        )
    if form != flatten(model.input)[1]:
        raise ShapeError(
            "input_tensors has another structure than the model's inputs.",
            where=where,
            expected=f"that of {[node.params['name'] for node in model.inputs]}",
            given=f"{len(given)} tensors" if len(given) != len(model.inputs) else type(tensors).__name__,
        )

    def visit(node: Node, arguments: tuple[Any, ...]) -> Any:
        if node.primitive is not CALL:
            return replay(node, arguments)
        record = node.params["call"]
        args, kwargs = record.arguments(arguments)
        layer = clone(record.layer)
        return tuple(flatten(layer(*args, **kwargs) if call is None else call(layer, *args, **kwargs))[0])

    outputs = substitute(model.outputs, dict(zip(model.inputs, given, strict=True)), visit, keep=False)
    cls = type(model) if takes_description(type(model)) else Functional
    made: Functional = cls(tensors, unflatten(model.description[3], outputs), name=model.name)
    return made


def _same_input(layer: InputLayer) -> InputLayer:
    return InputLayer(batch_shape=layer.batch_shape, dtype=layer.dtype, optional=layer.optional, name=layer.name)
