"""Family builders: what all elementwise operations, reductions … share, and the table of primitives."""

from __future__ import annotations

import reprlib
from collections.abc import Callable
from typing import Any

import numpy as np

from onionskin.base.config import floatx
from onionskin.base.errors import ArgumentError, DTypeError, OnionskinError, ShapeError
from onionskin.base.specs import Spec, broadcast_shapes, dtype_name, is_float, normalize_axes, promote, whole_dtype
from onionskin.graph import Node, Primitive, concrete

TABLE: dict[str, Primitive] = {}


def define(primitive: Primitive) -> Primitive:
    """Put a primitive into the table under its name.

    Raises:
        ArgumentError: the name is taken.
    """
    if primitive.name in TABLE:
        raise ArgumentError("there is a primitive of this name already.", given=repr(primitive.name))
    TABLE[primitive.name] = primitive
    return primitive


def operand(value: Any) -> Any:
    """Return an argument as a node or an array; Python numbers stay as they are (they take the others' dtype)."""
    value = concrete(value)
    if isinstance(value, np.ndarray | np.generic):
        return _numbers(value)
    if isinstance(value, Node | bool | int | float):
        return value
    if value is None or isinstance(value, str | dict | set):
        raise DTypeError("an array or tensor is needed here.", given=repr(value))
    if isinstance(value, list | tuple):
        value = [concrete(one) for one in value]
        if any(isinstance(one, Node) for one in value):
            parts = joined(*value)
            return TABLE["concatenate"](*[TABLE["reshape"](one, shape=(1, *one.shape)) for one in parts], axis=0)
    try:
        array = _numbers(np.asarray(value))
    except OnionskinError:  # a tensor without numbers, nested deeper
        raise
    except ValueError as error:
        raise ShapeError(
            "the rows of nested lists differ in length.", given=reprlib.repr(value), fix="pad them to one length"
        ) from error
    if array.dtype == np.float64 and not hasattr(value, "dtype"):
        return array.astype(floatx())  # a list of Python floats has the default dtype
    if array.dtype == np.int64 and not hasattr(value, "dtype"):
        return array.astype(whole_dtype(array.min(), array.max()), copy=False) if array.size else array.astype(np.int32)
    return array


def _numbers(array: Any) -> Any:
    """Return an array as it is if it holds numbers or truth values.

    Raises:
        DTypeError: it holds text or objects.
    """
    if array.dtype.kind not in "fiub":
        raise DTypeError(
            "these are no numbers.",
            expected="an array of numbers or truth values",
            given=f"{array.dtype} of shape {array.shape}",
        )
    return array


def dtype_of(value: Any) -> str:
    """Return the dtype name that an operand has or, for a Python number, would take alone."""
    if isinstance(value, Node):
        return value.dtype
    if isinstance(value, np.generic):
        return value.dtype.name  # np.float64 is a Python float too, but has a dtype of its own
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return whole_dtype(value, value)
    return floatx() if isinstance(value, float) else dtype_name(value.dtype)


def cast_to(value: Any, dtype: str) -> Any:
    """Return an operand with this dtype; nodes get a cast where they need one.

    Raises:
        ArgumentError: a Python number that the dtype cannot hold.
    """
    if isinstance(value, Node):
        return value if value.dtype == dtype else TABLE["cast"](value, dtype=dtype)
    try:
        return np.asarray(value, dtype=dtype)
    except OverflowError:
        raise ArgumentError(
            "a whole number does not fit the dtype that it is to take.",
            expected=dtype,
            given=repr(value),
            fix="cast the other operand to a wider dtype first",
        ) from None


def joined(*values: Any, to_float: bool = False) -> list[Any]:
    """Return operands brought to one dtype by the promotion rule.

    Args:
        values: arrays, nodes, variables, lists or Python numbers; the latter do not widen a dtype of
            their own kind.
        to_float: integers become the default float dtype.
    """
    operands = [operand(value) for value in values]
    strong = [dtype_of(one) for one in operands if not isinstance(one, bool | int | float)]
    weak = [one for one in operands if isinstance(one, bool | int | float)]
    dtype = promote(strong) if strong else promote([dtype_of(one) for one in weak])
    if strong and any(isinstance(one, float) for one in weak) and not is_float(dtype):
        dtype = floatx()
    elif strong and dtype == "bool" and any(not isinstance(one, bool) for one in weak):
        dtype = "int32"
    if to_float and not is_float(dtype):
        dtype = floatx()
    return [cast_to(one, dtype) for one in operands]


def floating(value: Any) -> Any:
    """Return an operand as a float: floats as they are, integers and bools in the default dtype."""
    return joined(value, to_float=True)[0]


# --- elementwise ---


def same_spec(x: Spec, **_: Any) -> Spec:
    """Shape rule of an operation that keeps shape and dtype."""
    return x


def joint_spec(*specs: Spec, **_: Any) -> Spec:
    """Shape rule of a broadcasting operation on operands of one dtype.

    Raises:
        DTypeError: the dtypes differ.
        ShapeError: the shapes do not broadcast.
    """
    if any(spec.dtype != specs[0].dtype for spec in specs):
        raise DTypeError(
            "operands of one dtype are needed.",
            given=" and ".join(spec.dtype for spec in specs),
            fix="cast one of them",
        )
    return Spec(broadcast_shapes(*[spec.shape for spec in specs]), specs[0].dtype)


def number_spec(*specs: Spec, **_: Any) -> Spec:
    """Shape rule of arithmetic that truth values do not have.

    Raises:
        DTypeError: the operands are truth values, or their dtypes differ.
        ShapeError: the shapes do not broadcast.
    """
    joint = joint_spec(*specs)
    if joint.dtype == "bool":
        raise DTypeError(
            "truth values cannot be calculated with like this.", given="bool", fix="cast to a number first"
        )
    return joint


def float_spec(*specs: Spec, **_: Any) -> Spec:
    """Shape rule of a function of floats.

    Raises:
        DTypeError: the operands are no floats, or their dtypes differ.
        ShapeError: the shapes do not broadcast.
    """
    joint = joint_spec(*specs)
    if not is_float(joint.dtype):
        raise DTypeError("a float is needed here.", given=joint.dtype, fix="cast to a float first")
    return joint


def truth_spec(*specs: Spec, **_: Any) -> Spec:
    """Shape rule of a comparison: operands of one dtype, a bool comes out."""
    return Spec(joint_spec(*specs).shape, "bool")


def unbroadcast(g: Any, like: Node) -> Any:
    """Sum a cotangent over the axes along which its operand was broadcast.

    Args:
        g: cotangent with the broadcast shape.
        like: the operand, whose shape the result has.
    """
    if g.shape == like.shape:
        return g
    extra = g.ndim - like.ndim
    axes = tuple(
        axis for axis in range(g.ndim) if axis < extra or (like.shape[axis - extra] == 1 and g.shape[axis] != 1)
    )
    g = TABLE["sum"](g, axis=axes, keepdims=False) if axes else g
    return g if g.shape == like.shape else TABLE["reshape"](g, shape=like.shape)


def unary(
    name: str, value: Any, derivative: Callable[..., Any] | None, formula: str, domain: str = "real", **more: Any
) -> Primitive:
    """Define y = f(x) elementwise.

    Args:
        name: its name.
        value: NumPy function of one array that takes `out=`.
        derivative: `(g, y, x) -> cotangent of x`; None where the derivative is zero or not defined.
        formula: TeX with `{0}`.
        domain: where tests draw x from.
        more: further fields of the record.
    """
    vjp = None if derivative is None else (lambda g, y, x, **params: (derivative(g, y, x, **params),))
    more.setdefault("spec", same_spec)
    return define(Primitive(name, "elementwise", value=value, vjp=vjp, formula=formula, domain=(domain,), **more))


def binary(
    name: str,
    value: Any,
    derivatives: tuple[Callable[..., Any], Callable[..., Any]] | None,
    formula: str,
    domain: tuple[str, str] = ("real", "real"),
    spec: Callable[..., Spec] = joint_spec,
) -> Primitive:
    """Define y = f(a, b) elementwise with broadcasting.

    Args:
        name: its name.
        value: NumPy function of two arrays that takes `out=`.
        derivatives: `(g, y, a, b) -> cotangent` for each operand, before the sum over broadcast axes.
        formula: TeX with `{0}` and `{1}`.
        domain: where tests draw a and b from.
        spec: shape rule; comparisons give `truth_spec`.
    """

    def vjp(g: Node, y: Node, a: Node, b: Node) -> tuple[Any, Any]:
        assert derivatives is not None
        return unbroadcast(derivatives[0](g, y, a, b), a), unbroadcast(derivatives[1](g, y, a, b), b)

    rule = None if derivatives is None else vjp
    return define(Primitive(name, "elementwise", spec, value, rule, formula=formula, domain=domain))


# --- reductions ---


def reduced_shape(shape: tuple[Any, ...], axis: tuple[int, ...], keepdims: bool) -> tuple[Any, ...]:
    """Return a shape without (or with 1 at) the reduced axes."""
    if keepdims:
        return tuple(1 if index in axis else size for index, size in enumerate(shape))
    return tuple(size for index, size in enumerate(shape) if index not in axis)


def spread(part: Any, x: Node, axis: tuple[int, ...], keepdims: bool) -> Any:
    """Return a reduced value as it stands against the unreduced one, with 1 at the reduced axes."""
    return part if keepdims else TABLE["reshape"](part, shape=reduced_shape(x.shape, axis, keepdims=True))


def reduction(
    name: str,
    value: Callable[..., Any],
    derivative: Callable[..., Any] | None,
    formula: str,
    dtype: Callable[[str], str] = lambda dtype: dtype,
    domain: str = "real",
    definition: Callable[..., Any] | None = None,
    check: Callable[[Spec, tuple[int, ...]], None] | None = None,
) -> Primitive:
    """Define a reduction over `axis` (sorted, counted from the front) with `keepdims`.

    Args:
        name: its name.
        value: `(x, axis=…, keepdims=…) -> array`.
        derivative: `(g, y, x, axis) -> cotangent of x`, where g and y have 1 at the reduced axes.
        formula: TeX with `{0}` and `{axis}`.
        dtype: dtype of the result from that of x.
        domain: where tests draw x from.
        definition: plain definition of a fused form.
        check: raises where it cannot reduce a value over these axes.
    """

    def spec(x: Spec, *, axis: tuple[int, ...], keepdims: bool) -> Spec:
        axis = normalize_axes(axis, x.ndim)
        if check is not None:
            check(x, axis)
        return Spec(reduced_shape(x.shape, axis, keepdims), dtype(x.dtype))

    def vjp(g: Node, y: Node, x: Node, *, axis: tuple[int, ...], keepdims: bool) -> tuple[Any]:
        assert derivative is not None
        return (derivative(spread(g, x, axis, keepdims), spread(y, x, axis, keepdims), x, axis),)

    rule = None if derivative is None else vjp
    return define(
        Primitive(name, "reduction", spec, value, rule, definition=definition, formula=formula, domain=(domain,))
    )
