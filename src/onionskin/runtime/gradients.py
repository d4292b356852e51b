"""`grad`, `value_and_grad` and `jvp` as functions of functions, over arguments and variables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, DTypeError, ShapeError
from onionskin.base.specs import is_float, spec_of
from onionskin.base.trees import flatten, map_tree, unflatten
from onionskin.graph import Graph, as_node, substitute
from onionskin.runtime.arguments import Call, checked_function, take_apart
from onionskin.runtime.program import BoundProgram
from onionskin.state import Pure, Variable, current, purify
from onionskin.transforms import pullback, push_forward, stabilize


def value_and_grad(
    function: Callable[..., Any],
    argnums: int | Sequence[int] | None = None,
    has_aux: bool = False,
    variables: Sequence[Variable] | None = None,
) -> Callable[..., Any]:
    """Return a function that gives both the value of a function and its gradient.

    Args:
        function: returns a single number; with `has_aux`, a tuple of it and anything else.
        argnums: which positional arguments to differentiate by (each may be a nested structure); the
            first where neither this nor `variables` is given.
        has_aux: the function also returns something that is handed through.
        variables: differentiate by these variables, which the function uses.

    Returns:
        A function of the same arguments that returns `(value, gradient)`: the gradient by one argument,
        a tuple of them, or a list in the order of `variables`; with both, a pair (by arguments, by
        variables). With `has_aux`, `((value, aux), gradient)`.

    Raises:
        ShapeError: the value is not a single number.
        DTypeError: the value, an argument or a variable is no float.
        ArgumentError: there is no such argument, or the function returns something else.

    Example:
        >>> from onionskin.runtime import value_and_grad
        >>> value, slope = value_and_grad(lambda x: (x * x).sum())(np.array([1.0, 3.0]))
        >>> print(value, slope)
        10.0 [2. 6.]
    """
    checked_function(function, "value_and_grad")
    _check_choice(function, argnums, variables)
    if argnums is None and variables is None:
        argnums = 0

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        call = take_apart(args, kwargs)
        pure, finish = _gradient(function, call, args, argnums, has_aux, variables)
        if call.traced or current() is not None:
            return finish(pure.apply(call.tensors))
        bound = BoundProgram(pure)
        return finish(bound.pure.result(bound([np.asarray(tensor) for tensor in call.tensors])))

    wrapped.__name__ = f"gradient_of_{getattr(function, '__name__', 'function')}"
    return wrapped


def grad(
    function: Callable[..., Any],
    argnums: int | Sequence[int] | None = None,
    has_aux: bool = False,
    variables: Sequence[Variable] | None = None,
) -> Callable[..., Any]:
    """Return the gradient of a function of arrays, as a function.

    Arguments as in `value_and_grad`. It can be applied again, for higher derivatives.

    Example:
        >>> from onionskin.runtime import grad
        >>> cube = lambda x: x * x * x
        >>> print(grad(cube)(np.float64(2.0)), grad(grad(cube))(np.float64(2.0)))
        12.0 12.0
    """
    both = value_and_grad(function, argnums, has_aux, variables)

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        value, gradient = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    wrapped.__name__ = both.__name__
    return wrapped


def _gradient(
    function: Callable[..., Any], call: Call, args: Any, argnums: Any, has_aux: bool, variables: Any
) -> tuple[Pure, Callable[..., Any]]:
    """Return the pure function (value, aux, gradients) and what brings its result into form."""
    where = f"the gradient of {getattr(function, '__name__', 'function')}"
    wanted = [] if argnums is None else [argnums] if isinstance(argnums, int) else list(argnums)
    places = [_tensors_of(args, index, call, where) for index in wanted]
    pure = purify(call.runner(function), call.specs, name=getattr(function, "__name__", "function"))
    pure = pure.with_graph(stabilize(pure.graph))
    graph, changed = pure.graph, len(pure.changed)
    loss = graph.outputs[changed] if len(graph.outputs) > changed else None
    if has_aux and (pure.form.kind is not tuple or len(pure.form.children) != 2):
        raise ArgumentError(
            "with has_aux, the function must return a pair.",
            where=where,
            expected="(value, anything else)",
            given="a single value" if pure.form.kind is None else f"{len(pure.form.children)} values",
            fix="return (value, other), or leave has_aux out",
        )
    if loss is None or 0 in pure.static or (not has_aux and pure.form.kind is not None):
        raise ArgumentError(
            "the function must return a single number.",
            where=where,
            given="several values" if pure.form.kind is not None else "no number",
            fix="return (value, other) and pass has_aux=True to hand other values through",
        )
    if loss.shape != ():
        raise ShapeError("a gradient needs a single number to be the gradient of.", where=where,
                         expected="a value of shape ()", given=f"shape {loss.shape}",
                         fix="take ops.sum or ops.mean of it")  # fmt: skip
    if not is_float(loss.dtype):
        raise DTypeError("only a float has a gradient.", where=where, given=f"a value of dtype {loss.dtype}")
    offset = len(pure.variables)
    nodes = [graph.inputs[offset + place] for group in places for place in group[0]]
    own = dict(zip(pure.variables, graph.inputs, strict=False))
    listed = [] if variables is None else list(variables)
    nodes += [own[variable] for variable in listed if variable in own]
    found = iter(pullback([loss], [np.ones((), loss.dtype)], nodes))
    gradients: list[Any] = [[next(found) for _ in group[0]] for group in places]
    by_variable = [next(found) if variable in own else _no_use(variable) for variable in listed]
    flat = [node for group in gradients for node in group] + by_variable
    outputs = (*graph.outputs, *flat)

    def finish(result: Any) -> Any:
        own_result, parts = result
        supply = iter(parts)
        by_argument = [unflatten(group[1], [next(supply) for _ in group[0]]) for group in places]
        first = by_argument[0] if isinstance(argnums, int) else tuple(by_argument)
        rest = list(supply)
        return own_result, (rest if argnums is None else first if variables is None else (first, rest))

    extended = _Extended(
        Graph(graph.inputs, outputs, f"{graph.name}_gradient"), pure.changed, pure.read, pure.form, pure.static
    )
    return extended.counting(len(flat)), finish


class _Extended(Pure):
    """A pure function with gradients behind its own results: its result is the pair of both."""

    def counting(self, extra: int) -> _Extended:
        object.__setattr__(self, "extra", extra)
        return self

    def with_graph(self, graph: Graph) -> _Extended:
        made = _Extended(graph, self.changed, self.read, self.form, self.static)
        return made.counting(self.extra)  # type: ignore[attr-defined]

    def result(self, outputs: Sequence[Any]) -> Any:
        split = len(outputs) - self.extra  # type: ignore[attr-defined]
        return super().result(outputs[:split]), list(outputs[split:])


def _check_choice(function: Any, argnums: Any, variables: Any) -> None:
    """Check what the user wants to differentiate by."""
    where = f"the gradient of {getattr(function, '__name__', 'function')}"
    wanted = argnums if isinstance(argnums, tuple | list) else () if argnums is None else (argnums,)
    if any(isinstance(one, bool) or not isinstance(one, int) for one in wanted):
        raise DTypeError(
            "argnums counts positional arguments.", where=where, expected="0, 1 … or a tuple", given=repr(argnums)
        )
    if variables is None:
        return
    if isinstance(variables, Variable) or not all(isinstance(one, Variable) for one in variables):
        given = variables if isinstance(variables, Variable) else next(
            one for one in variables if not isinstance(one, Variable)
        )  # fmt: skip
        raise DTypeError(
            "variables is a list of variables.",
            where=where,
            expected="such as model.trainable_variables",
            given=repr(given) if isinstance(given, Variable) else f"an object of type {type(given).__name__}",
        )
    for one in variables:
        if not is_float(one.dtype):
            raise DTypeError("only a float has a gradient.", where=f"{where}, variable '{one.path}'",
                             given=f"dtype {one.dtype}", fix="leave it out of variables")  # fmt: skip


def _no_use(variable: Variable) -> Any:
    return as_node(np.zeros(variable.shape, variable.dtype))


def _tensors_of(args: Any, index: int, call: Call, where: str) -> tuple[list[int], Any]:
    """Return which tensors of a call make up one positional argument, and that argument's structure."""
    if not -len(args) <= index < len(args):
        raise ArgumentError(
            "there is no such positional argument.",
            where=where,
            expected=f"argnums from 0 to {len(args) - 1}" if args else "a call with positional arguments",
            given=f"argnums {index}, {len(args)} positional arguments",
            fix="pass the argument by position, or name variables=[…]",
        )
    index %= len(args)
    start = sum(len(flatten(one)[0]) for one in args[:index])
    leaves, form = flatten(args[index])
    places = []
    for leaf in range(start, start + len(leaves)):
        tensor = call.tensors[call.places.index(leaf)] if leaf in call.places else None
        dtype = None if tensor is None else spec_of(tensor).dtype
        if dtype is None or not is_float(dtype):
            raise DTypeError(
                "only a float has a gradient.",
                where=f"{where}, argument {index}",
                given=f"dtype {dtype}" if dtype else repr(call.leaves[leaf]),
                fix="pass an array of floats, or leave the argument out of argnums",
            )
        places.append(call.places.index(leaf))
    return places, form


def jvp(function: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Return a function's value and its derivative along a direction, y and J·dx.

    Args:
        function: of arrays.
        primals: its positional arguments.
        tangents: the direction: for each float argument an array of its shape.

    Returns:
        `(value, derivative)`, both in the form that the function returns; the derivative of an integer
        result is left out.

    Raises:
        ShapeError: a tangent has another shape than its primal.
        DTypeError: primals or tangents are no tuple.

    Example:
        >>> from onionskin.runtime import jvp
        >>> y, dy = jvp(lambda x: x * x, (np.array([3.0]),), (np.array([1.0]),))
        >>> print(y, dy)
        [9.] [6.]
    """
    checked_function(function, "jvp")
    for name, one in (("primals", primals), ("tangents", tangents)):
        if not isinstance(one, tuple | list):
            raise DTypeError(f"{name} is a tuple, one entry for each argument.", where="jvp",
                             given=f"an object of type {type(one).__name__}", fix=f"pass ({name[:-1]},)")  # fmt: skip
    call = take_apart(tuple(primals), {})
    moving = [tensor for tensor in call.tensors if is_float(spec_of(tensor).dtype)]
    whole_numbers_too = map_tree(lambda one: float(one) if isinstance(one, int) else one, tuple(tangents))
    directions = take_apart(whole_numbers_too, {}).tensors
    _check_tangents(moving, directions)
    pure = purify(call.runner(function), call.specs)
    graph = pure.graph
    results = len(graph.outputs) - len(pure.changed)
    tail = push_forward(Graph(graph.inputs, graph.outputs[len(pure.changed) :], graph.name))
    fixed = [one for one in graph.inputs[: len(pure.variables)] if is_float(one.dtype)]
    still = {node: np.zeros(node.shape, node.dtype) for node in tail.inputs[len(graph.inputs) :][: len(fixed)]}
    outputs = substitute(tail.outputs, still)
    inputs = (*graph.inputs, *tail.inputs[len(graph.inputs) + len(fixed) :])
    whole = Graph(inputs, (*graph.outputs[: len(pure.changed)], *map(as_node, outputs)), tail.name)
    extra = len(outputs) - results
    made = _Extended(whole, pure.changed, pure.read, pure.form, pure.static).counting(extra)
    arguments = [*call.tensors, *[_cast(one, like) for one, like in zip(directions, moving, strict=True)]]
    if call.traced or current() is not None:
        value, pushed = made.apply(arguments)
    else:
        bound = BoundProgram(made)
        value, pushed = bound.pure.result(bound([np.asarray(one) for one in arguments]))
    return value, _in_form(pure, pushed)


def _cast(tangent: Any, like: Any) -> Any:
    return tangent.astype(spec_of(like).dtype)


def _check_tangents(moving: Sequence[Any], directions: Sequence[Any]) -> None:
    shapes = [tuple(one.shape) for one in moving], [tuple(one.shape) for one in directions]
    if shapes[0] != shapes[1]:
        raise ShapeError(
            "jvp needs a tangent of the same shape for each float argument.",
            where="jvp",
            expected=", ".join(map(str, shapes[0])) or "none, as there is no float argument",
            given=", ".join(map(str, shapes[1])) or "none",
        )


def _in_form(pure: Pure, pushed: list[Any]) -> Any:
    outputs = pure.graph.outputs[len(pure.changed) :]
    supply = iter(pushed)
    parts = [next(supply) if is_float(node.dtype) else None for node in outputs]
    return pure.result(parts)
