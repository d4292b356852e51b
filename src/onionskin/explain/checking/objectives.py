"""How a function, layer, loss or model becomes one pure function whose result is a single number."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from onionskin import losses
from onionskin.base.errors import ArgumentError, DTypeError, NotBuiltError, ShapeError
from onionskin.base.specs import is_float
from onionskin.base.trees import flatten, map_tree
from onionskin.graph import Graph, Node, as_node
from onionskin.prims.families import TABLE, joined, operand
from onionskin.runtime.arguments import Call, checked_function, take_apart
from onionskin.state import CallContext, Pure, Variable, calling, purify
from onionskin.state.variable import held


@dataclass(frozen=True, eq=False)
class Parameter:
    """What a number is differentiated by.

    Attributes:
        name: a variable's path, or the name of an argument.
        place: of its input among the graph's; None where the graph does not use it.
        array: its value.
    """

    name: str
    place: int | None
    array: np.ndarray


@dataclass(frozen=True, eq=False)
class Objective:
    """A number as a pure function of parameters.

    Attributes:
        name: of what was given.
        graph: variables and arguments → the number.
        arrays: the value of each input of the graph.
        parameters: what it may be differentiated by.
        shape: that of the result before it was summed with weights; None where it was a single number by itself.
    """

    name: str
    graph: Graph
    arrays: tuple[np.ndarray, ...]
    parameters: tuple[Parameter, ...]
    shape: tuple[int, ...] | None


def objective(
    what: Any,
    inputs: Sequence[Any],
    settings: dict[str, Any],
    y: Any = None,
    loss: Any = None,
    variables: Sequence[Variable] | None = None,
    argnums: int | Sequence[int] | None = None,
    weights: Any = None,
    training: bool | None = None,
    seed: int = 0,
    sample_weight: Any = None,
) -> Objective:
    """Return what is to be differentiated; arguments as for `gradient_check`, settings passed on to the call.

    Raises:
        DTypeError: `what` cannot be called, or its result is no float.
        ShapeError: its result is no single number, and no weights sum it.
        NotBuiltError: targets are given and there is no loss.
        ArgumentError: there is nothing to differentiate by.
    """
    checked_function(what, "gradient_check")
    layer = hasattr(what, "trainable_variables")
    if layer and y is None and hasattr(what, "compute_loss") and len(inputs) == 2 and weights is None:
        inputs, y = inputs[:1], inputs[1]  # a model's data, in the order of fit
    if argnums is None and hasattr(what, "reduction") and not layer:
        argnums = 1  # of a loss, the predictions
    rule = _rule(what, y, loss)
    if rule is not None and loss is None:
        if not inputs:
            raise ArgumentError("a model needs inputs beside its targets.", where="gradient_check",
                                fix="gradient_check(model, x, y)")  # fmt: skip
        what._prepared(inputs[0], y, sample_weight, where="gradient_check")
        training = True if training is None else training
    elif sample_weight is not None:
        raise ArgumentError(
            "weights of samples are part of a compiled loss.",
            where="gradient_check, sample_weight",
            fix="compile the model with its loss and pass y",
        )
    targets = _array(y, whole=True), None if sample_weight is None else map_tree(np.asarray, sample_weight)
    call = take_apart((tuple(_array(one) for one in inputs), settings, targets), {})
    name = str(getattr(what, "name", None) or getattr(what, "__name__", None) or type(what).__name__)
    if weights is None and layer and rule is None:
        weights = "random"
    noted: list[tuple[int, ...]] = []

    def run(*tensors: Any) -> Any:
        (args, named, (target, counts)), _ = call.rebuild(tensors)
        with calling(CallContext(training=training)):
            found = what(*args, **named)
            if rule is not None:
                found = rule(args, target, found, counts)
            return _single(found, weights, name, seed, noted)

    pure = purify(run, call.specs, _labels(what, call, layer), name=name)
    graph = Graph(pure.graph.inputs, pure.graph.outputs[len(pure.changed) :][:1], name)
    arrays = (*held(pure.variables), *[np.asarray(one) for one in call.tensors])
    parameters = (*_variables(what, pure, variables), *_arguments(pure, call, len(inputs), argnums, graph, arrays))
    if not parameters:
        raise ArgumentError(
            "there is nothing to differentiate by.",
            where=f"gradient_check of {name}",
            expected="variables that are trained, or arguments that are arrays of floats",
            given=", ".join(str(spec) for spec in call.specs) or "no arrays",
        )
    return Objective(name, graph, arrays, parameters, noted[0] if noted else None)


def _rule(what: Any, y: Any, loss: Any) -> Callable[[Any, Any, Any, Any], Any] | None:
    """Return `(inputs, y, outputs, weights of samples) -> loss`; None where what is called gives the number itself."""
    if loss is not None:
        if y is None:
            raise ArgumentError("a loss needs targets.", where="gradient_check", fix="pass y=")

        def given(args: Any, target: Any, found: Any, counts: Any) -> Any:
            count = len(flatten(found)[0])
            if count != 1:
                raise ArgumentError("one loss is given, and there are several outputs.", where="gradient_check",
                                    given=count, fix="compile the model with a loss for each")  # fmt: skip
            rule = losses.resolve(loss, np.shape(target), found.shape)  # as compile does: a function's mean
            return found if rule is None else rule(target, found)

        return given
    if y is None:
        return None
    if not getattr(what, "compiled", False):
        raise NotBuiltError(
            "targets are given and there is no loss.",
            where=f"gradient_check of {getattr(what, 'name', what)}",
            fix="pass loss=, or compile the model first",
        )

    def compiled(args: Any, target: Any, found: Any, counts: Any) -> Any:
        told = {"training": True} if "training" in inspect.signature(what.compute_loss).parameters else {}
        return what.compute_loss(x=args[0], y=target, y_pred=found, sample_weight=counts, **told)

    return compiled


def _array(value: Any, whole: bool = False) -> Any:
    """Return nested lists of floats as an array, those of whole numbers too where they are no setting."""
    leaves = flatten(value)[0] if isinstance(value, list | tuple) else []
    numbers = leaves and all(isinstance(one, bool | int | float) for one in leaves)
    return operand(value) if numbers and (whole or any(isinstance(one, float) for one in leaves)) else value


def _single(found: Any, weights: Any, name: str, seed: int, noted: list[tuple[int, ...]]) -> Any:
    """Return a result as one number, summed with weights where it is none."""
    leaves = [as_node(joined(one)[0]) for one in flatten(found)[0] if one is not None]
    floats = [one for one in leaves if is_float(one.dtype)]
    if not floats:
        given = ", ".join(f"dtype {one.dtype}" for one in leaves) or "nothing"
        raise DTypeError(
            "only a float has a gradient.", where=f"gradient_check of {name}", given=f"a result of {given}"
        )
    if weights is None:
        if len(floats) > 1 or floats[0].shape != ():
            raise ShapeError(
                "a gradient needs a single number to be the gradient of.",
                where=f"gradient_check of {name}",
                expected="a result of shape ()",
                given=" and ".join(f"shape {one.shape}" for one in floats),
                fix='take ops.sum or a loss of it, or pass weights="random" to sum it with',
            )
        return floats[0]
    noted.append(floats[0].shape)
    rng = np.random.default_rng([seed, len("weights")])  # not the stream that a user draws data from by the same seed
    total = None
    for one, factor in zip(floats, _factors(weights, floats, name, rng), strict=True):
        part = TABLE["sum"](one * factor.astype(one.dtype), axis=tuple(range(one.ndim)), keepdims=False)
        total = part if total is None else total + part
    return total


def _factors(weights: Any, floats: Sequence[Node], name: str, rng: np.random.Generator) -> list[np.ndarray]:
    if isinstance(weights, str):
        if weights != "random":
            raise ArgumentError("there are no weights of this name.", where=f"gradient_check of {name}",
                                expected='"random", or an array', given=repr(weights))  # fmt: skip
        return [rng.normal(size=one.shape) for one in floats]
    given = [np.asarray(one) for one in (weights if isinstance(weights, list | tuple) else [weights])]
    if [one.shape for one in given] != [one.shape for one in floats]:
        raise ShapeError("the weights do not have the shape of the result.", where=f"gradient_check of {name}",
                         expected=" and ".join(str(one.shape) for one in floats),
                         given=" and ".join(str(one.shape) for one in given))  # fmt: skip
    return given


def _labels(what: Any, call: Call, layer: bool) -> list[str]:
    """Return what to call each tensor of a call: its argument's name, and its place in a nested one."""
    try:
        names = list(inspect.signature(what.call if layer and hasattr(what, "call") else what).parameters)
    except (TypeError, ValueError):
        names = []
    args, named, (target, counts) = _placed(call)
    labels = {}
    parts = [(names[place] if place < len(names) else f"argument {place}", one) for place, one in enumerate(args)]
    for label, one in [*parts, *named.items(), ("y", target), ("sample_weight", counts)]:
        leaves = flatten(one)[0]
        for place, leaf in enumerate(leaves):
            if isinstance(leaf, _Place):
                labels[leaf] = label if len(leaves) == 1 else f"{label}[{place}]"
    return [labels[_Place(place)] for place in range(len(call.tensors))]


class _Place(int):
    """Where a tensor stands among those of a call."""


def _placed(call: Call) -> Any:
    """Return (args, settings, y) with the place of each tensor in the place of it."""
    return call.rebuild([_Place(place) for place in range(len(call.tensors))])[0]


def _variables(what: Any, pure: Pure, variables: Sequence[Variable] | None) -> list[Parameter]:
    """Return the variables to differentiate by: those asked for, or all that are trained."""
    used = {variable: place for place, variable in enumerate(pure.variables)}
    if variables is None:
        own = list(getattr(what, "trainable_variables", []))
        variables = [*own, *[one for one in used if one.trainable and is_float(one.spec.dtype) and one not in own]]
        variables = [one for one in variables if is_float(one.spec.dtype)]
    found = []
    for one in variables:
        if not isinstance(one, Variable) or not is_float(one.spec.dtype):
            raise DTypeError("only a variable of floats has a gradient to be checked.",
                             where="gradient_check, variables", given=repr(one))  # fmt: skip
        found.append(Parameter(one.path, used.get(one), one.numpy()))
    return found


def _arguments(
    pure: Pure, call: Call, count: int, argnums: Any, graph: Graph, arrays: Sequence[np.ndarray]
) -> list[Parameter]:
    """Return the float arrays among the arguments that were asked for, or all of them."""
    wanted = range(count) if argnums is None else [argnums] if isinstance(argnums, int) else list(argnums)
    for one in wanted:
        if not 0 <= one < count:
            raise ArgumentError("there is no such argument.", where="gradient_check, argnums",
                                expected=f"0 to {count - 1}", given=one)  # fmt: skip
    args, _, _ = _placed(call)
    places = sorted({leaf for one in wanted for leaf in flatten(args[one])[0] if isinstance(leaf, _Place)})
    first = len(pure.variables)
    return [
        Parameter(graph.inputs[first + place].params["name"], first + place, arrays[first + place])
        for place in places
        if is_float(call.specs[place].dtype)
    ]
