"""Functions of users as operations: with a gradient of their own, or vectorized."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from typing import Any

from onionskin.base.errors import ArgumentError, DTypeError, ShapeError
from onionskin.base.specs import broadcast_shapes, is_float
from onionskin.base.trees import flatten, unflatten
from onionskin.graph import Node, Primitive, concrete
from onionskin.ops.arguments import public, tensor
from onionskin.ops.control import vectorized_map
from onionskin.prims import movement
from onionskin.prims.operators import shaped


@public
def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function whose gradient is not derived but computed by a function of its own.

    Args:
        f: takes tensors (or nested structures of them) and returns the result and `grad`; `grad` takes the
            derivative of the loss by the result, as `upstream=` where it has such an argument, else as its only
            one, and returns the derivative by each tensor of the arguments.

    Returns:
        A function that takes what f takes and returns its first result.

    Raises:
        DTypeError: f is not callable, or does not return a pair.

    Example:
        >>> @custom_gradient
        ... def gentle(x):
        ...     return x * x, lambda upstream: upstream * 0.5
        >>> print(gentle(np.array([3.0])))
        [9.]
    """
    if not callable(f):
        raise DTypeError("a function is needed here.", given=repr(f))

    @functools.wraps(f)
    def call(*args: Any, **kwargs: Any) -> Any:
        leaves, form = flatten(args)
        leaves = [concrete(leaf) for leaf in leaves]
        pair = f(*unflatten(form, leaves), **kwargs)
        if not isinstance(pair, tuple) or len(pair) != 2 or not callable(pair[1]):
            raise DTypeError(
                "a function with a gradient of its own returns two things.",
                where="ops.custom_gradient",
                expected="(result, grad)",
                given=f"an object of type {type(pair).__name__}",
            )
        result, grad = pair
        outputs, result_form = flatten(result)
        tensors = [leaf for leaf in leaves if isinstance(leaf, Node)]
        if not tensors or not any(isinstance(one, Node) for one in outputs):
            return result
        outputs = [tensor(one) for one in outputs]
        places = [index for index, leaf in enumerate(leaves) if isinstance(leaf, Node)]
        record = _with_gradient(
            getattr(f, "__name__", "function"), grad, result_form, len(outputs), len(leaves), places
        )
        parts = record(*outputs, *tensors)
        return unflatten(result_form, list(parts))

    return call


def _with_gradient(
    name: str, grad: Callable[..., Any], form: Any, outputs: int, count: int, places: list[int]
) -> Primitive:
    """Return an operation that hands results through; their cotangents go to the arguments, by way of grad."""

    def vjp(g: tuple[Node, ...], y: Node, *xs: Node) -> tuple[Any, ...]:
        upstream = unflatten(form, list(g))
        arguments = xs[outputs:]
        given = grad(*arguments, upstream=upstream) if _by_name(grad) else grad(upstream)
        back = flatten(given)[0] if isinstance(given, tuple | list | dict) else [given]
        if len(back) != count:
            raise ArgumentError(
                "grad returned another number of derivatives than there are arguments.",
                where=f"ops.custom_gradient({name})",
                expected=count,
                given=len(back),
            )
        shares: list[Any] = [None] * outputs
        for place, argument in zip(places, arguments, strict=True):
            if back[place] is None or not is_float(argument.dtype):
                shares.append(None)
                continue
            share = tensor(back[place], argument.dtype)
            if tuple(share.shape) != tuple(argument.shape):
                raise ShapeError(
                    f"grad returned a derivative of the wrong shape for argument {place}.",
                    where=f"ops.custom_gradient({name})",
                    expected=tuple(argument.shape),
                    given=tuple(share.shape),
                )
            shares.append(share)
        return tuple(shares)

    return Primitive(
        "custom_gradient",
        "custom",
        lambda *specs: tuple(specs[:outputs]),
        lambda *arrays: tuple(arrays[:outputs]),
        vjp,
        formula="{0}",
        fresh=False,
    )


def _by_name(grad: Callable[..., Any]) -> bool:
    """Tell whether a function takes the arguments and `upstream=`, rather than one argument."""
    try:
        parameters = inspect.signature(grad).parameters
    except (TypeError, ValueError):
        return False
    kinds = [one.kind for one in parameters.values()]
    return "upstream" in parameters and (
        inspect.Parameter.VAR_POSITIONAL in kinds or parameters["upstream"].kind is inspect.Parameter.KEYWORD_ONLY
    )


@public
def vectorize(pyfunc: Callable[..., Any], *, excluded: Any = None, signature: str | None = None) -> Callable[..., Any]:
    """Return a function of arrays that calls a function of single elements for each.

    Args:
        pyfunc: takes numbers (or, with a signature, small arrays) and returns them.
        excluded: positions and names of arguments that are handed on as they are.
        signature: axes that each call sees, such as "(m,n),(n)->(m)"; none where None.

    Returns:
        A function whose arguments broadcast against each other.

    Raises:
        DTypeError: pyfunc is not callable.
        ArgumentError: the signature is malformed.

    Example:
        >>> print(vectorize(lambda a, b: a + b)(np.array([1, 2, 3]), 2))
        [3 4 5]
    """
    if not callable(pyfunc):
        raise DTypeError("a function is needed here.", given=repr(pyfunc))
    cores = None if signature is None else _cores(signature)
    outside = set(excluded or ())

    @functools.wraps(pyfunc)
    def call(*args: Any, **kwargs: Any) -> Any:
        moving = [place for place, arg in enumerate(args) if place not in outside and arg is not None]
        named = [name for name in kwargs if name not in outside]
        if named:
            raise ArgumentError(
                "arguments that run over elements are given by position.", where="ops.vectorize", given=repr(named[0])
            )
        arrays = [tensor(args[place]) for place in moving]
        depths = [0] * len(arrays) if cores is None else cores
        _check_cores(depths, arrays)
        outer = [tuple(one.shape[: one.ndim - depth]) for one, depth in zip(arrays, depths, strict=True)]
        batch = broadcast_shapes(*outer)
        if not batch:
            return _called(pyfunc, args, kwargs, moving, arrays)
        rows = []
        for one, depth in zip(arrays, depths, strict=True):
            inner = tuple(one.shape[one.ndim - depth :])
            rows.append(shaped(movement.broadcast_to(one, shape=(*batch, *inner)), (-1, *inner)))
        made = vectorized_map(lambda row: _called(pyfunc, args, kwargs, moving, row), tuple(rows))
        leaves, form = flatten(made)
        return unflatten(form, [shaped(leaf, (*batch, *leaf.shape[1:])) for leaf in leaves])

    return call


def _called(function: Callable[..., Any], args: Any, kwargs: Any, moving: list[int], values: Any) -> Any:
    filled = list(args)
    for place, value in zip(moving, values, strict=True):
        filled[place] = value
    return function(*filled, **kwargs)


def _cores(signature: str) -> list[int]:
    """Return the number of axes of each argument that a call sees."""
    group = r"\((\w+(,\w+)*)?\)"
    plain = re.sub(r"\s+", "", signature)
    if not re.fullmatch(rf"{group}(,{group})*->{group}(,{group})*", plain):
        raise ArgumentError("the signature is malformed.", expected="'(m,n),(n)->(m)'", given=repr(signature))
    return [len(inner.split(",")) if inner else 0 for inner in re.findall(r"\(([^)]*)\)", plain.partition("->")[0])]


def _check_cores(depths: list[int], arrays: list[Any]) -> None:
    if len(depths) != len(arrays):
        raise ArgumentError(
            "the signature names another number of arguments.",
            where="ops.vectorize",
            expected=len(depths),
            given=len(arrays),
        )
    for place, (depth, array) in enumerate(zip(depths, arrays, strict=True)):
        if array.ndim < depth:
            raise ShapeError(
                f"argument {place} has less axes than each call is to see.",
                where="ops.vectorize",
                expected=f"{depth} axes or more",
                given=tuple(array.shape),
            )
