"""`InputSpec`: what a layer says of its inputs, and the check of a call against it."""

from __future__ import annotations

from typing import Any

from onionskin.base.errors import ArgumentError, DTypeError, ShapeError
from onionskin.base.specs import dtype_name
from onionskin.base.trees import flatten
from onionskin.layers.describe import as_shape


class InputSpec:
    """What one input of a layer must be like; a layer's attribute `input_spec` is one, or a list of them.

    Args:
        dtype: its dtype.
        shape: its shape with the batch, None for any size.
        ndim: number of its axes.
        max_ndim: most axes.
        min_ndim: fewest axes.
        axes: axis → size.
        allow_last_axis_squeeze: a last axis of size 1 may be there or not.
        name: the key of this input where inputs are given as a dictionary.
        optional: None may be passed.

    Raises:
        ArgumentError: axes is no dictionary of whole numbers, or names an axis that there is not.

    Example:
        >>> from onionskin.layers import InputSpec
        >>> InputSpec(min_ndim=2, axes={-1: 8})
        InputSpec(min_ndim=2, axes={-1: 8})
    """

    def __init__(
        self,
        dtype: Any = None,
        shape: Any = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: dict[int, int] | None = None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
        optional: bool = False,
    ) -> None:
        self.dtype = None if dtype is None else dtype_name(dtype)
        self.shape = None if shape is None else as_shape(shape, "InputSpec")
        self.ndim = ndim if self.shape is None else len(self.shape)
        self.max_ndim, self.min_ndim = max_ndim, min_ndim
        self.name, self.optional, self.allow_last_axis_squeeze = name, optional, allow_last_axis_squeeze
        try:
            self.axes = {int(axis): size for axis, size in (axes or {}).items()}
        except (AttributeError, ValueError, TypeError):
            raise ArgumentError(
                "axes is a dictionary from axes to sizes.", where="InputSpec", expected="such as {-1: 8}",
                given=repr(axes),
            ) from None  # fmt: skip
        most = self.ndim or self.max_ndim
        if self.axes and most and max(self.axes) >= most:
            raise ArgumentError(
                "axes names an axis that the input cannot have.",
                where="InputSpec",
                expected=f"below {most}",
                given=f"axis {max(self.axes)}",
            )

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal spec."""
        return {key: getattr(self, key) for key in ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes",
                                                    "optional")}  # fmt: skip

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> InputSpec:
        """Make a spec from what `get_config` returned."""
        return cls(**config)

    def __repr__(self) -> str:
        said = {key: getattr(self, key) for key in ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes")}
        return f"InputSpec({', '.join(f'{key}={value}' for key, value in said.items() if value)})"


def check_inputs(specs: Any, inputs: Any) -> None:
    """Compare the first argument of a call with what a layer says of it.

    Args:
        specs: an `InputSpec`, or a structure of them; None where the layer says nothing.
        inputs: the argument.

    Raises:
        ArgumentError: it is no tensor, or an input is missing.
        ShapeError: another number of inputs, or a shape that does not fit.
        DTypeError: another dtype.
    """
    if not specs:
        return
    wanted = flatten(specs)[0]
    names = [spec.name for spec in wanted if spec is not None]
    if isinstance(inputs, dict) and len(names) == len(wanted) and all(names):
        missing = [name for name in names if name not in inputs]
        if missing:
            raise ArgumentError("an input is missing.", expected=", ".join(names), given=", ".join(map(str, inputs)))
        inputs = [inputs[name] for name in names]
    given = flatten(inputs)[0]
    if len(given) != len(wanted):
        raise ShapeError("the layer was given another number of inputs.", expected=len(wanted), given=len(given))
    for index, (one, spec) in enumerate(zip(given, wanted, strict=True)):
        if spec is not None and not (one is None and spec.optional):
            _check(one, spec, f"input {index}" if spec.name is None else f"input '{spec.name}'")


def check_one(value: Any) -> None:
    """Check that the first argument of a call is one tensor.

    Raises:
        ArgumentError: it is none, or several.
    """
    if hasattr(value, "shape"):
        return
    if isinstance(value, list | tuple | dict) and value:
        raise ArgumentError(
            "this layer is called on one array or tensor.",
            given=f"a {type(value).__name__} of {len(value)}",
            fix="call it on each, or join them first: Concatenate()([a, b])",
        )
    raise ArgumentError(
        "a layer is called on an array or a tensor.",
        given="nothing" if value is None else type(value).__name__,
        fix="pass an array (samples, …), or Input(shape=…) where a model is described",
    )


def _check(one: Any, spec: InputSpec, where: str) -> None:
    if not hasattr(one, "shape"):
        raise ArgumentError(
            "a layer is called on an array or a tensor.", where=where, given=f"an object of type {type(one).__name__}"
        )
    shape, wanted = tuple(one.shape), spec.shape
    given = f"shape {shape}"
    if spec.ndim is not None and not spec.allow_last_axis_squeeze and len(shape) != spec.ndim:
        raise ShapeError("the input has another number of axes.", where=where, expected=spec.ndim, given=given)
    if spec.max_ndim is not None and len(shape) > spec.max_ndim:
        raise ShapeError("the input has too many axes.", where=where, expected=f"at most {spec.max_ndim}", given=given)
    if spec.min_ndim is not None and len(shape) < spec.min_ndim:
        raise ShapeError("the input has too few axes.", where=where, expected=f"at least {spec.min_ndim}", given=given)
    if spec.dtype is not None and dtype_name(one.dtype) != spec.dtype:
        raise DTypeError("the input has another dtype.", where=where, expected=spec.dtype, given=dtype_name(one.dtype))
    for axis, size in spec.axes.items():
        there = -len(shape) <= axis < len(shape)
        if size is not None and (not there or shape[axis] not in (size, None)):
            raise ShapeError(
                "an axis of the input has another size.", where=where, expected=f"{size} along axis {axis}", given=given
            )
    if wanted is not None:
        if spec.allow_last_axis_squeeze:
            shape = shape[:-1] if shape and shape[-1] == 1 else shape
            wanted = wanted[:-1] if wanted and wanted[-1] == 1 else wanted
        pairs = zip(shape, wanted, strict=False)
        if len(shape) != len(wanted) or any(a != b for a, b in pairs if None not in (a, b)):
            raise ShapeError("the input has another shape.", where=where, expected=spec.shape, given=given)
