"""`grad` and `value_and_grad` as functions of functions, over arguments and variables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, DTypeError, ShapeError
from onionskin.base.specs import is_float, spec_of
from onionskin.base.trees import flatten, unflatten
from onionskin.graph import Graph, Node, as_node
from onionskin.runtime.arguments import Call, checked_function, take_apart
from onionskin.runtime.eager import applied
from onionskin.runtime.program import BoundProgram
from onionskin.state import EagerScope, NumberedScope, Pure, Variable, current, number_of, purify
from onionskin.transforms import pullback, stabilize


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
        return finish(evaluated(pure, call, call.tensors))

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
    name = getattr(function, "__name__", "function")
    pure = purify(call.runner(function), call.specs, name=name, numbers=_numbers_of(call.tensors))
    pure = pure.with_graph(stabilize(pure.graph))
    graph = pure.graph
    loss = _value_of(pure, has_aux, where)
    offset = len(pure.variables)
    nodes = [graph.inputs[offset + place] for group in places for place in group[0]]
    own = dict(zip(pure.variables, graph.inputs, strict=False))
    listed = [] if variables is None else list(variables)
    nodes += [own[variable] for variable in listed if variable in own]
    found = iter(pullback([loss], [np.ones((), loss.dtype)], nodes))
    gradients: list[Any] = [[next(found) for _ in group[0]] for group in places]
    by_variable = [next(found) if variable in own else _no_use(variable) for variable in listed]
    flat = [node for group in gradients for node in group] + by_variable

    def finish(result: Any) -> Any:
        own_result, parts = result
        supply = iter(parts)
        by_argument = [unflatten(group[1], [next(supply) for _ in group[0]]) for group in places]
        first = by_argument[0] if isinstance(argnums, int) else tuple(by_argument)
        rest = list(supply)
        return own_result, (rest if argnums is None else first if variables is None else (first, rest))

    return pure.extended(Graph(graph.inputs, (*graph.outputs, *flat), f"{graph.name}_gradient")), finish


def _value_of(pure: Pure, has_aux: bool, where: str) -> Node:
    """Return the node of the value to differentiate, after a look at what the function returned."""
    form, given = pure.form, pure.graph.outputs[len(pure.changed) :]
    if has_aux and (form.kind is not tuple or len(form.children) != 2):
        raise ArgumentError(
            "with has_aux, the function must return a pair.",
            where=where,
            expected="(value, anything else)",
            given="a single value" if form.kind is None else f"{len(form.children)} values",
            fix="return (value, other), or leave has_aux out",
        )
    value_form = form.children[0] if has_aux else form
    if not given or 0 in pure.static or value_form.kind is not None:
        raise ArgumentError(
            "the function must return a single number.",
            where=where,
            expected="(number, anything else), as has_aux says" if has_aux else None,
            given="several values" if value_form.kind is not None else "no number",
            fix="return (value, other) and pass has_aux=True to hand other values through",
        )
    loss = given[0]
    if loss.shape != ():
        raise ShapeError(
            "a gradient needs a single number to be the gradient of.",
            where=where,
            expected="a value of shape ()",
            given=f"shape {loss.shape}",
            fix="take ops.sum or ops.mean of it",
        )
    if not is_float(loss.dtype):
        raise DTypeError("only a float has a gradient.", where=where, given=f"a value of dtype {loss.dtype}")
    return loss


def _numbers_of(tensors: Sequence[Any]) -> list[Any] | None:
    """Return the numbers of tensors within a step run on numbers, None elsewhere and where one has none."""
    if not isinstance(current(), EagerScope | NumberedScope):
        return None
    numbers = [number_of(tensor) for tensor in tensors]
    return None if any(one is None for one in numbers) else numbers


def evaluated(pure: Pure, call: Call, tensors: Sequence[Any]) -> Any:
    """Return a pure function's result: within a trace as part of it, else from a program of its own."""
    if call.traced or current() is not None:
        return applied(pure, tensors)
    bound = BoundProgram(pure)
    return bound.pure.result(bound([np.asarray(tensor) for tensor in tensors]))


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
