"""Reductions over axes, and the operations that run along one axis (softmax, cumsum, sort)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from onionskin.base.errors import DTypeError, ShapeError
from onionskin.base.specs import Spec, is_float, normalize_axis
from onionskin.graph import Node, Primitive
from onionskin.prims.elementwise import cast, equal, exp, log, number, where
from onionskin.prims.families import define, reduction
from onionskin.prims.indexing import take_along
from onionskin.prims.movement import broadcast_to, flip, pad, reshape, slice_, transpose


def _sum_dtype(dtype: str) -> str:
    """Return the dtype of a sum: small integers are widened to 32 bits, as in Keras."""
    return {"bool": "int32", "int8": "int32", "int16": "int32", "uint8": "uint32", "uint16": "uint32"}.get(dtype, dtype)


_add_up: Callable[..., Any] = np.add.reduce


def _sum_value(x: Any, *, axis: tuple[int, ...], keepdims: bool) -> Any:
    if x.dtype.kind == "f":  # the usual case, without the cost of looking a dtype up
        return _add_up(x, axis, None, None, keepdims)
    return _add_up(x, axis=axis, keepdims=keepdims, dtype=_sum_dtype(x.dtype.name))


def _count(x: Any, axis: tuple[int, ...]) -> int:
    return math.prod(x.shape[index] for index in axis)


def _mean_value(x: Any, *, axis: tuple[int, ...], keepdims: bool) -> Any:
    count = math.prod([x.shape[index] for index in axis])
    if x.dtype.itemsize == 2:  # float16: neither the sum nor the count need fit in it
        total = _add_up(x, axis=axis, keepdims=keepdims, dtype="float32")
        return np.true_divide(total, count).astype(x.dtype)
    total = _add_up(x, axis, None, None, keepdims)
    return np.true_divide(total, x.dtype.type(count))


def _to_shape(g: Any, x: Node) -> Any:
    return broadcast_to(g, shape=x.shape)


def _share_of_ties(g: Node, y: Node, x: Node, axis: tuple[int, ...]) -> Any:
    """Give the cotangent to the extreme elements, in equal parts where several tie."""
    chosen = cast(equal(x, y), dtype=g.dtype)
    return g * chosen / sum_(chosen, axis=axis, keepdims=True)


def _not_empty(x: Spec, axis: tuple[int, ...]) -> None:
    if any(x.shape[one] == 0 for one in axis):
        raise ShapeError("no extreme can be taken of no elements.", given=f"shape {x.shape}, over axes {axis}")


def _floats(x: Spec, axis: Any) -> None:
    if not is_float(x.dtype):
        raise DTypeError("a float is needed here.", given=x.dtype, fix="cast to a float first")


sum_: Primitive = reduction(
    "sum", _sum_value, lambda g, y, x, axis: _to_shape(g, x), r"\sum_{{{axis}}} {0}", dtype=_sum_dtype
)
mean: Primitive = reduction(
    "mean",
    _mean_value,
    lambda g, y, x, axis: _to_shape(g / _count(x, axis), x),
    r"\operatorname{{mean}}_{{{axis}}} {0}",
    definition=lambda x, *, axis, keepdims: sum_(x, axis=axis, keepdims=keepdims) / _count(x, axis),
    check=_floats,
)
max_: Primitive = reduction(
    "max",
    lambda x, axis, keepdims: np.max(x, axis=axis, keepdims=keepdims),
    _share_of_ties,
    r"\max_{{{axis}}} {0}",
    check=_not_empty,
)
min_: Primitive = reduction(
    "min",
    lambda x, axis, keepdims: np.min(x, axis=axis, keepdims=keepdims),
    _share_of_ties,
    r"\min_{{{axis}}} {0}",
    check=_not_empty,
)


def running_product(x: Any, axis: int, reverse: bool = False, groups: Any = None) -> Any:
    """Return the product of all elements before each one along an axis (behind it where reversed).

    Doubling shifts keep it exact at zeros and differentiable any number of times.

    Args:
        x: array or node.
        axis: the axis to run along.
        reverse: from its end.
        groups: whole numbers >= 0 of the shape of x, equal ones side by side along the axis: only elements of the
            same group are multiplied. All where None.
    """
    length, ndim = x.shape[axis], x.ndim

    def moved(values: Any, by: int, end: int) -> Any:
        zeros, ones = (0,) * ndim, (1,) * ndim
        start = tuple(by if reverse and index == axis else 0 for index in range(ndim))
        stop = tuple(
            size - (0 if reverse else by) if index == axis else size for index, size in enumerate(values.shape)
        )
        part = slice_(values, start=start, stop=stop, step=ones)
        ends = tuple(by if index == axis else 0 for index in range(ndim))
        low, high = (zeros, ends) if reverse else (ends, zeros)
        return pad(part, number(end, values), low=low, high=high, interior=zeros)

    def shifted(values: Any, by: int) -> Any:
        y = moved(values, by, 1)
        return y if groups is None else where(equal(groups, moved(groups, by, -1)), y, number(1, values))

    total, step = (shifted(x, 1), 1) if length else (x, 1)
    while step < length:
        total = total * shifted(total, step)
        step *= 2
    return total


def _prod_derivative(g: Node, y: Node, x: Node, axis: tuple[int, ...]) -> Any:
    # the product of the others, which y / x would not give where x has zeros
    kept = tuple(index for index in range(x.ndim) if index not in axis)
    order = (*kept, *axis)
    moved = transpose(x, perm=order)
    flat = reshape(moved, shape=(*[x.shape[index] for index in kept], _count(x, axis)))
    others = running_product(flat, len(kept)) * running_product(flat, len(kept), reverse=True)
    back = transpose(reshape(others, shape=moved.shape), perm=tuple(order.index(index) for index in range(x.ndim)))
    return g * back


prod: Primitive = reduction(
    "prod",
    lambda x, axis, keepdims: np.prod(x, axis=axis, keepdims=keepdims, dtype=_sum_dtype(x.dtype.name)),
    _prod_derivative,
    r"\prod_{{{axis}}} {0}",
    dtype=_sum_dtype,
)
any_: Primitive = reduction(
    "any",
    lambda x, axis, keepdims: np.any(x, axis=axis, keepdims=keepdims),
    None,
    r"\exists_{{{axis}}} {0}",
    lambda dtype: "bool",
    "bool",
)
all_: Primitive = reduction(
    "all",
    lambda x, axis, keepdims: np.all(x, axis=axis, keepdims=keepdims),
    None,
    r"\forall_{{{axis}}} {0}",
    lambda dtype: "bool",
    "bool",
)


def _var_definition(x: Node, *, axis: tuple[int, ...], keepdims: bool) -> Any:
    centred = x - mean(x, axis=axis, keepdims=True)
    return mean(centred * centred, axis=axis, keepdims=keepdims)


def _var_value(x: Any, *, axis: tuple[int, ...], keepdims: bool) -> Any:
    centred = x - _mean_value(x, axis=axis, keepdims=True)  # np.var would warn of an empty axis
    return _mean_value(np.multiply(centred, centred), axis=axis, keepdims=keepdims)


var: Primitive = reduction(
    "var",
    _var_value,
    lambda g, y, x, axis: g * (x - mean(x, axis=axis, keepdims=True)) * (2 / max(_count(x, axis), 1)),
    r"\operatorname{{var}}_{{{axis}}} {0}",
    definition=_var_definition,
    check=_floats,
)


def _finite_max(x: Any, axis: Any) -> Any:
    top = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    return np.where(np.isfinite(top), top, x.dtype.type(0))


def _logsumexp_value(x: Any, *, axis: tuple[int, ...], keepdims: bool) -> Any:
    top = _finite_max(x, axis)
    total = np.log(np.add.reduce(np.exp(x - top), axis=axis, keepdims=True)) + top
    return total if keepdims else np.squeeze(total, axis=axis)


logsumexp: Primitive = reduction(
    "logsumexp",
    _logsumexp_value,
    lambda g, y, x, axis: g * exp(x - y),
    r"\ln \sum_{{{axis}}} e^{{{0}}}",
    definition=lambda x, *, axis, keepdims: log(sum_(exp(x), axis=axis, keepdims=keepdims)),
    check=_floats,
)

# --- along one axis, the shape stays ---


def _along_spec(x: Spec, *, axis: int, **_: Any) -> Spec:
    normalize_axis(axis, x.ndim)
    return x


def _along(
    name: str, value: Any, vjp: Any, formula: str, definition: Any = None, spec: Callable[..., Spec] = _along_spec
) -> Primitive:
    return define(Primitive(name, "reduction", spec, value, vjp, definition=definition, formula=formula))


def _along_floats_spec(x: Spec, *, axis: int) -> Spec:
    _floats(x, axis)
    return _along_spec(x, axis=axis)


def _softmax_value(x: Any, *, axis: int) -> Any:
    weights = np.exp(x - x.max(axis, keepdims=True)) if x.size else np.exp(x)
    return np.divide(weights, np.add.reduce(weights, axis=axis, keepdims=True), out=weights)


def _log_softmax_value(x: Any, *, axis: int) -> Any:
    shifted = x - x.max(axis, keepdims=True) if x.size else x
    return shifted - np.log(_add_up(np.exp(shifted), axis, None, None, True))


softmax: Primitive = _along(
    "softmax",
    _softmax_value,
    lambda g, y, x, axis: (y * (g - sum_(g * y, axis=(axis,), keepdims=True)),),
    r"\operatorname{{softmax}}({0})",
    lambda x, *, axis: exp(x) / sum_(exp(x), axis=(axis,), keepdims=True),
    _along_floats_spec,
)
log_softmax: Primitive = _along(
    "log_softmax",
    _log_softmax_value,
    # exp(y) is the softmax; y is there already
    lambda g, y, x, axis: (g - exp(y) * sum_(g, axis=(axis,), keepdims=True),),
    r"\ln \operatorname{{softmax}}({0})",
    lambda x, *, axis: x - logsumexp(x, axis=(axis,), keepdims=True),
    _along_floats_spec,
)


def _cumsum_vjp(g: Node, y: Node, x: Node, *, axis: int) -> tuple[Any]:
    return (flip(cumsum(flip(g, axes=(axis,)), axis=axis), axes=(axis,)),)


cumsum: Primitive = _along(
    "cumsum", lambda x, axis: np.cumsum(x, axis=axis, dtype=x.dtype), _cumsum_vjp, r"\operatorname{{cumsum}}({0})"
)


def _sort_vjp(g: Node, y: Node, x: Node, *, axis: int) -> tuple[Any]:
    back = argsort(argsort(x, axis=axis), axis=axis)  # where each element of x went
    return (take_along(g, back, axis=axis),)


sort: Primitive = _along(
    "sort", lambda x, axis: np.sort(x, axis=axis, kind="stable"), _sort_vjp, r"\operatorname{{sort}}({0})"
)


def _index_spec(x: Spec, *, axis: int, **_: Any) -> Spec:
    return Spec(_along_spec(x, axis=axis).shape, "int32")


def _picked_spec(x: Spec, *, axis: int, keepdims: bool) -> Spec:
    axis = normalize_axis(axis, x.ndim)
    _not_empty(x, (axis,))
    shape = (*x.shape[:axis], *((1,) if keepdims else ()), *x.shape[axis + 1 :])
    return Spec(shape, "int32")


def _arg(method: str) -> Callable[..., Any]:
    def value(x: Any, *, axis: int, keepdims: bool) -> Any:
        found = getattr(x, method)(axis).astype(np.int32)
        return np.expand_dims(found, axis) if keepdims else found

    return value


argsort: Primitive = define(
    Primitive(
        "argsort",
        "reduction",
        _index_spec,
        lambda x, axis: np.argsort(x, axis=axis, kind="stable").astype(np.int32),
        formula=r"\operatorname{{argsort}}({0})",
    )
)
argmax: Primitive = define(
    Primitive("argmax", "reduction", _picked_spec, _arg("argmax"), formula=r"\operatorname{{argmax}}({0})")
)
argmin: Primitive = define(
    Primitive("argmin", "reduction", _picked_spec, _arg("argmin"), formula=r"\operatorname{{argmin}}({0})")
)
