"""Variables: named arrays that layers, optimizers and metrics keep between calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from onionskin.base.config import floatx
from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.specs import Spec, dtype_name, is_float, spec_of, whole_dtype
from onionskin.graph import OPERATORS, Node, concrete
from onionskin.state import scope
from onionskin.state.autocast import autocast_dtype


def _operator(name: str) -> Callable[[Any, Any], Any]:
    return lambda self, other: OPERATORS[name](self, other)


def _reflected(name: str) -> Callable[[Any, Any], Any]:
    return lambda self, other: OPERATORS[name](other, self)


AGGREGATIONS = (None, "none", "mean", "sum", "only_first_replica")
_SYNCHRONIZATIONS = (None, "none", "auto", "on_write", "on_read")


class Variable:
    """A named array that changes: weights, optimizer slots, metric totals, random counters.

    While a function is traced, its value is a node and assignments become outputs of the graph;
    otherwise its value is a NumPy array.

    Args:
        initializer: an array or number, or a function `(shape, dtype) -> array`.
        shape: shape; needed with a function.
        dtype: dtype name; the initializer's own, or the default float.
        trainable: whether optimizers change it.
        autocast: within a layer of mixed precision, read it in the dtype that the layer computes in.
        aggregation: how several replicas would join theirs; there is one, which keeps what is said here.
        synchronization: likewise.
        name: its name, "variable" where None.
        layout: not supported.

    Raises:
        ArgumentError: a function without a shape, a name that is no text, a choice that there is not, a layout.
        ShapeError: the initializer gave another shape.

    Example:
        >>> v = Variable([1.0, 2.0], name="w")
        >>> _ = v.assign_add([1.0, 1.0])
        >>> print(v.numpy(), v.dtype)
        [2. 3.] float32
    """

    def __init__(
        self,
        initializer: Any,
        shape: Sequence[int] | None = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        aggregation: str | None = "none",
        synchronization: str | None = "auto",
        name: str | None = None,
        layout: Any = None,
    ) -> None:
        self.name = _checked_name(name)
        self.aggregation = _checked_choice("aggregation", aggregation, AGGREGATIONS, self.name)
        self.synchronization = _checked_choice("synchronization", synchronization, _SYNCHRONIZATIONS, self.name)
        if layout is not None:
            raise ArgumentError("a variable has no layout over several devices here.", where=f"variable '{self.name}'",
                                given=f"layout={layout!r}", fix="leave layout out")  # fmt: skip
        self.path = self.name
        self.trainable = self.begun_trainable = trainable  # a layer lists those begun trainable first, frozen or not
        self.autocast = autocast
        self.regularizer: Any = None
        self.constraint: Any = None
        self._value = _initial(initializer, shape, dtype, self.name)
        self.spec = spec_of(self._value)

    # --- what it is ---

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes of the axes."""
        return self._value.shape

    @property
    def dtype(self) -> str:
        """Name of the dtype that its value has here."""
        own: str = self.spec.dtype
        return self._cast_dtype() or own

    def _cast_dtype(self) -> str | None:
        """Return the dtype that it is read in where that is not its own."""
        wanted = autocast_dtype()
        other = wanted is not None and self.autocast and wanted != self.spec.dtype and is_float(self.spec.dtype)
        return wanted if other else None

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self._value.ndim

    @property
    def size(self) -> int:
        """Number of elements."""
        return self._value.size

    def __repr__(self) -> str:
        return f"<Variable {self.path} {self.spec}{'' if self.trainable else ', not trainable'}>"

    # --- its value ---

    @property
    def value(self) -> Any:
        """The array, or the node that stands for it in the trace that runs."""
        wanted = self._cast_dtype()
        return self.current() if wanted is None else OPERATORS["cast"](self.current(), wanted)

    def current(self) -> Any:
        """Return the value in the variable's own dtype, whatever the layer around computes in."""
        running = scope.current()
        return self._value if running is None else running.read(self)

    @property
    def kept(self) -> np.ndarray:
        """The array that is kept between calls, also where a trace runs; it must not be changed."""
        return self._value

    def __onionskin_value__(self) -> Any:
        return self.value

    def numpy(self) -> np.ndarray:
        """Return a copy of the array."""
        return np.array(self._value)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return getattr(ufunc, method)(*[concrete(one) for one in inputs], **kwargs)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.array(self.value, dtype=dtype)  # a node refuses in its own words

    def assign(self, value: Any) -> Any:
        """Give it a new value of the same shape, which is returned; other dtypes are cast.

        Raises:
            ShapeError: the shape differs.
        """
        running = scope.current()
        if isinstance(value, Variable):
            value = value.value
        shape = tuple(value.shape) if isinstance(value, Node) else np.shape(value)
        if shape != self.shape:
            raise ShapeError(
                "a variable keeps its shape.", where=f"variable '{self.path}'", expected=self.shape, given=shape
            )
        if running is None:
            self._value = np.array(value, dtype=self.spec.dtype)
        else:
            running.write(self, OPERATORS["cast"](value, self.spec.dtype))
        return self.value

    def assign_add(self, value: Any) -> Any:
        """Add to the value; returns the new one."""
        return self.assign(self + value)

    def assign_sub(self, value: Any) -> Any:
        """Subtract from the value; returns the new one."""
        return self.assign(self - value)

    def replace(self, value: np.ndarray) -> None:
        """Take over an array that a program made; it is not copied and must not be changed by others."""
        self._value = value

    # --- arithmetic: as its value ---

    __add__, __radd__ = _operator("add"), _reflected("add")
    __sub__, __rsub__ = _operator("subtract"), _reflected("subtract")
    __mul__, __rmul__ = _operator("multiply"), _reflected("multiply")
    __truediv__, __rtruediv__ = _operator("divide"), _reflected("divide")
    __floordiv__, __rfloordiv__ = _operator("floor_divide"), _reflected("floor_divide")
    __mod__, __rmod__ = _operator("mod"), _reflected("mod")
    __pow__, __rpow__ = _operator("power"), _reflected("power")
    __matmul__, __rmatmul__ = _operator("matmul"), _reflected("matmul")
    __and__, __rand__ = _operator("logical_and"), _reflected("logical_and")
    __or__, __ror__ = _operator("logical_or"), _reflected("logical_or")
    __xor__, __rxor__ = _operator("logical_xor"), _reflected("logical_xor")
    __lt__ = _operator("less")
    __le__ = _operator("less_equal")
    __gt__ = _operator("greater")
    __ge__ = _operator("greater_equal")

    def __neg__(self) -> Any:
        return OPERATORS["negative"](self.value)

    def __pos__(self) -> Any:
        return self.value

    def __abs__(self) -> Any:
        return OPERATORS["abs"](self.value)

    def __invert__(self) -> Any:
        return OPERATORS["logical_not"](self.value)

    def __bool__(self) -> bool:
        raise ArgumentError(
            "a variable is neither true nor false.",
            where=f"variable '{self.path}'",
            fix="ask `is not None` for whether there is one, or compare its value",
        )

    def __getitem__(self, key: Any) -> Any:
        return OPERATORS["getitem"](self.value, key)

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> Any:
        return self is other if isinstance(other, Variable) else OPERATORS["equal"](self, other)

    def __ne__(self, other: object) -> Any:
        return self is not other if isinstance(other, Variable) else OPERATORS["not_equal"](self, other)

    def __float__(self) -> float:
        return float(self.value)

    def __int__(self) -> int:
        return int(self.value)

    def __len__(self) -> int:
        return len(self._value)


def _checked_name(name: Any) -> str:
    if name is not None and not isinstance(name, str):
        raise ArgumentError("a variable's name is a text.", where="Variable", given=f"name={name!r}")
    return name or "variable"


def _checked_choice(what: str, given: str | None, known: tuple[str | None, ...], name: str) -> str:
    if given not in known:
        raise ArgumentError(f"there is no such {what}.", where=f"variable '{name}'",
                            expected=", ".join(map(repr, known)), given=repr(given))  # fmt: skip
    return given or "none"


def _initial(initializer: Any, shape: Sequence[int] | None, dtype: Any, name: str) -> np.ndarray:
    if callable(initializer):
        if shape is None:
            raise ArgumentError("a variable made by a function needs a shape.", where=f"variable '{name}'",
                                fix="pass shape=")  # fmt: skip
        if any(size is None for size in shape):
            raise ShapeError("a variable needs every size.", where=f"variable '{name}'", given=f"shape {tuple(shape)}")
        wanted = dtype_name(dtype) if dtype is not None else floatx()
        with scope.opened(None):  # numbers are needed now, also where a layer is built while a function is traced
            value = np.array(initializer(tuple(shape), wanted), dtype=wanted)
    else:
        array = np.asarray(initializer)
        own = dtype_name(array.dtype)
        if not hasattr(initializer, "dtype"):  # what Python numbers become
            whole = whole_dtype(array.min(), array.max()) if array.dtype.kind == "i" and array.size else "int32"
            own = {"f": floatx(), "i": whole}.get(array.dtype.kind, own)
        value = np.array(array, dtype=dtype_name(dtype) if dtype is not None else own)
    if shape is not None and value.shape != tuple(shape):
        raise ShapeError(
            "the initial value has another shape.", where=f"variable '{name}'", expected=tuple(shape), given=value.shape
        )
    return value


def held(variables: Sequence[Variable]) -> list[np.ndarray]:
    """Return the arrays of variables, also where a trace runs."""
    return [variable._value for variable in variables]


def as_spec(value: Any) -> Spec:
    """Return the spec of a variable, node or array."""
    return value.spec if isinstance(value, Variable) else spec_of(value)
