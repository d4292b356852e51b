"""Primitives that users define from a forward and a backward function of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, GraphError, ShapeError
from onionskin.base.specs import Spec, is_float, spec_of
from onionskin.graph import Node, Primitive
from onionskin.prims.families import joined


def define_primitive(
    name: str,
    forward: Callable[..., Any],
    backward: Callable[..., Any] | None = None,
    shape: Callable[..., Sequence[Any]] | None = None,
    graph_backward: bool = False,
) -> Callable[..., Any]:
    """Return an operation of your own, made of NumPy functions.

    y = forward(*x);  dL/dx = backward(dL/dy, y, *x)

    Args:
        name: what to call it in pictures and messages.
        forward: takes arrays, returns one array.
        backward: takes the gradient of the output, the output and the inputs, all arrays; returns one
            gradient for each input (a tuple, or the one array where there is one input; None where an
            input has no gradient). Without it the operation cannot be differentiated.
        shape: takes the inputs' shapes, returns the output's; where it is left out, forward is tried on
            ones of the inputs' shapes.
        graph_backward: backward is written with `onionskin.ops` and operators, so that it is recorded
            as a graph and can itself be differentiated.

    Returns:
        A function of arrays (computes at once) or tensors (records a node).

    Raises:
        ArgumentError: forward or backward is not callable.

    Example:
        >>> cube = define_primitive("cube", lambda x: x ** 3, lambda g, y, x: g * 3 * x ** 2)
        >>> print(cube(np.array([1.0, 2.0])))
        [1. 8.]
    """
    if not isinstance(name, str) or not name:
        raise ArgumentError(
            "a primitive needs a name.", where="define_primitive", expected="a string", given=repr(name)
        )
    for label, function in (("forward", forward), ("backward", backward)):
        if function is not None and not callable(function):
            raise ArgumentError(
                f"{label} must be a function.", where=f"define_primitive({name!r})", given=repr(function)
            )
    if forward is None:
        raise ArgumentError("forward must be a function.", where=f"define_primitive({name!r})", given="None")

    def spec(*xs: Spec) -> Spec:
        if shape is not None:
            return Spec(tuple(shape(*[x.shape for x in xs])), xs[0].dtype)
        if not all(x.known for x in xs):
            raise ShapeError(
                "the output's shape cannot be tried out while the batch size is not known.",
                where=f"primitive {name!r}",
                fix="give define_primitive a shape= function",
            )
        with np.errstate(all="ignore"):
            return spec_of(np.asarray(forward(*[np.ones(x.shape, x.dtype) for x in xs])))  # type: ignore[type-var]

    def value(*xs: Any) -> Any:
        y = np.asarray(forward(*xs))
        expected = spec(*[spec_of(x) for x in xs]) if shape is not None else spec_of(y)
        if y.shape != expected.shape:
            raise ShapeError(
                "forward returned another shape than shape= promised.",
                where=f"primitive {name!r}",
                expected=expected.shape,
                given=y.shape,
            )
        return y.astype(expected.dtype, copy=False)

    def vjp(g: Node, y: Node, *xs: Node) -> tuple[Any, ...]:
        if backward is None:
            raise GraphError(
                f"the primitive {name!r} has no backward function, so nothing before it has a gradient.",
                fix="give define_primitive a backward=, or put ops.stop_gradient around it",
            )
        if graph_backward:
            return _as_tuple(backward(g, y, *xs), len(xs), name)
        wanted = [index for index, x in enumerate(xs) if is_float(x.dtype)]
        parts = _numpy_backward(name, backward, len(xs), wanted)(g, y, *xs)
        parts = parts if isinstance(parts, tuple) else (parts,)
        return tuple(parts[wanted.index(index)] if index in wanted else None for index in range(len(xs)))

    formula = rf"\operatorname{{{{{_tex(name)}}}}}({{0}})"
    primitive = Primitive(name, "custom", spec, value, vjp, formula=formula, fresh=False)

    def operation(*args: Any) -> Any:
        return primitive(*joined(*args))

    operation.__name__ = operation.__qualname__ = name
    operation.__doc__ = forward.__doc__ or f"The user's primitive {name}."
    return operation


def _tex(name: str) -> str:
    """Return a name as TeX text: letters, digits and underscores; braces would also be read as fields."""
    return "".join(r"\_" if letter == "_" else letter for letter in name if letter.isalnum() or letter in "_ -")


def _as_tuple(given: Any, count: int, name: str) -> tuple[Any, ...]:
    parts: tuple[Any, ...] = tuple(given) if isinstance(given, tuple | list) else (given,)
    if len(parts) != count:
        raise ArgumentError(
            "backward returned another number of gradients than there are inputs.",
            where=f"primitive {name!r}",
            expected=count,
            given=len(parts),
        )
    return parts


def _numpy_backward(name: str, backward: Callable[..., Any], count: int, wanted: list[int]) -> Primitive:
    """Return the primitive that runs a NumPy backward function; its own derivative is not known."""

    def value(g: Any, y: Any, *xs: Any) -> tuple[Any, ...]:
        parts = _as_tuple(backward(g, y, *xs), count, name)
        results = []
        for index in wanted:
            part = np.zeros_like(xs[index]) if parts[index] is None else np.asarray(parts[index])
            if part.shape != xs[index].shape:
                raise ShapeError(
                    f"backward returned a gradient of the wrong shape for input {index}.",
                    where=f"primitive {name!r}",
                    expected=xs[index].shape,
                    given=part.shape,
                )
            results.append(part.astype(xs[index].dtype, copy=False))
        return tuple(results)

    def refuse(*_: Any, **__: Any) -> Any:
        raise GraphError(
            f"the backward function of the primitive {name!r} is NumPy code, which cannot be differentiated again.",
            fix="write backward with onionskin.ops and pass graph_backward=True",
        )

    def spec(g: Spec, y: Spec, *xs: Spec) -> tuple[Spec, ...]:
        return tuple(xs[index] for index in wanted)

    return Primitive(f"{name}_backward", "custom", spec, value, refuse, fresh=False)
