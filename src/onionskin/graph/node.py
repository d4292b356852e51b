"""Nodes: frozen, shared values of a graph, and how they are made.

Two nodes with the same primitive, inputs and parameters are one node (hash-consing), so common
subexpressions are shared by construction. Only `input` nodes are each their own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from onionskin.base.errors import GraphError
from onionskin.base.specs import Spec, dtype_name, spec_of
from onionskin.graph.primitive import CONSTANT, INPUT, PICK, Primitive

OPERATORS: dict[str, Callable[..., Any]] = {}  # what +, @, [] … mean; filled in by the vocabulary above
NUMBERS: list[Callable[[Any], Any]] = []  # finds the numbers of a node where steps run on numbers; set by `state`


def _operator(name: str) -> Callable[[Any, Any], Any]:
    return lambda self, other: OPERATORS[name](self, other)


def _reflected(name: str) -> Callable[[Any, Any], Any]:
    return lambda self, other: OPERATORS[name](other, self)


def _unary(name: str) -> Callable[[Any], Any]:
    return lambda self: OPERATORS[name](self)


class Node:
    """One value in a graph: what made it, from what, and its shape and dtype.

    Users meet it as the tensor that their function is called with while it is traced: it takes
    part in arithmetic and in every function of `onionskin.ops`, but has no numbers yet; only where a step
    runs eagerly does it show them, and Python code may branch on them.
    """

    __slots__ = ("__weakref__", "described", "inputs", "params", "primitive", "spec")

    primitive: Primitive
    inputs: tuple[Node, ...]
    params: dict[str, Any]
    spec: Any  # Spec, or a tuple of Specs where the primitive has several outputs
    described: bool  # part of a model's description: some size may be unknown, runs only by replay

    @property
    def shape(self) -> tuple[Any, ...]:
        """Sizes of the axes; None where not known yet."""
        return self._single().shape

    @property
    def dtype(self) -> str:
        """Name of the dtype."""
        return self._single().dtype

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self._single().shape)

    @property
    def size(self) -> int:
        """Number of elements."""
        return self._single().size

    def _single(self) -> Spec:
        if isinstance(self.spec, Spec):
            return self.spec
        raise GraphError("this node has several outputs; pick one first.", given=f"{self.primitive.name} node")

    def __repr__(self) -> str:
        made = f"{self.primitive.name}({', '.join(n.primitive.name for n in self.inputs)})"
        numbers = _numbers(self)
        return f"<tensor {self.spec} = {made}{'' if numbers is None else f': {numbers}'}>"

    def __bool__(self) -> bool:
        return bool(_known(self, "the truth of"))

    def __float__(self) -> float:
        return float(_known(self, "float() of"))

    def __int__(self) -> int:
        return int(_known(self, "int() of"))

    __index__ = __int__

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array(_known(self, "a NumPy array of"), dtype=dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        name = _UFUNCS.get(ufunc.__name__, ufunc.__name__)
        if method == "__call__" and name in OPERATORS and not kwargs:  # array + node comes here
            return OPERATORS[name](*inputs)
        raise _no_numpy(self, ufunc.__name__)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        if function in (np.shape, np.ndim) and len(args) == 1 and args[0] is self:
            return self.shape if function is np.shape else self.ndim
        raise _no_numpy(self, function.__name__)

    def __len__(self) -> int:
        if not self.shape or self.shape[0] is None:
            raise GraphError("the length is not known.", given=f"tensor of shape {self.shape}")
        return int(self.shape[0])

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in range(len(self)))

    # An elementwise == would make nodes unusable as dictionary keys only where two hashes collide;
    # hashes come from identity, so lookups always settle on `is` first.
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> Any:
        return OPERATORS["equal"](self, other)

    def __ne__(self, other: object) -> Any:
        return OPERATORS["not_equal"](self, other)

    def __getitem__(self, key: Any) -> Any:
        return OPERATORS["getitem"](self, key)

    # --- operators: each looks its operation up when it is used ---

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
    __neg__, __abs__, __invert__ = _unary("negative"), _unary("abs"), _unary("logical_not")

    @property
    def T(self) -> Any:
        """The axes in reverse order."""
        return OPERATORS["transpose"](self)

    def astype(self, dtype: Any) -> Any:
        """Cast to another dtype."""
        return OPERATORS["cast"](self, dtype)

    def reshape(self, *shape: Any) -> Any:
        """Give another shape; one size may be -1."""
        return OPERATORS["reshape"](self, shape[0] if len(shape) == 1 and not np.isscalar(shape[0]) else shape)

    def sum(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Sum over axes."""
        return OPERATORS["sum"](self, axis, keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Mean over axes."""
        return OPERATORS["mean"](self, axis, keepdims)


_UFUNCS = {"absolute": "abs", "remainder": "mod", "true_divide": "divide"}  # NumPy's name → ours


def _no_numpy(node: Node, name: str) -> GraphError:
    return GraphError(
        f"numpy.{name} computes with numbers, which this tensor does not have yet.",
        given=f"tensor {node.spec} while a function is traced",
        fix="use the function of onionskin.ops instead",
    )


def _numbers(node: Node) -> Any:
    return next((one for find in NUMBERS if (one := find(node)) is not None), None)


def _known(node: Node, what: str) -> Any:
    numbers = _numbers(node)
    if numbers is not None:
        return numbers
    raise GraphError(
        f"{what} a tensor that has no numbers yet cannot be taken.",
        given=f"tensor {node.spec} while a function is traced",
        fix="use onionskin.ops (ops.where, ops.cond …) here, or call the function on arrays",
    )


class ConstantArray:
    """A constant's numbers with a key of their own, so that equal constants are one node."""

    __slots__ = ("array", "key", "spec")

    def __init__(self, array: np.ndarray) -> None:
        self.array = np.array(array)  # a copy: the caller may change theirs later
        self.array.setflags(write=False)
        self.spec = spec_of(self.array)
        self.key = (self.spec, self.array.tobytes()) if self.array.nbytes <= 1024 else (self.spec, id(self))

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ConstantArray) and self.key == other.key

    def __repr__(self) -> str:
        return repr(self.array.tolist()) if self.array.size <= 8 else f"array of {self.spec}"


_interned: WeakValueDictionary[Any, Node] = WeakValueDictionary()
_lock = threading.RLock()


def make(primitive: Primitive, inputs: tuple[Node, ...], params: dict[str, Any]) -> Node:
    """Return the node for an operation on nodes, making it where it does not exist yet.

    The shape rule runs here, so that a mistake surfaces on the caller's own line.
    """
    key = (primitive, tuple(params.items()), *map(id, inputs))
    with _lock:
        node = _interned.get(key)
        if node is None:
            spec = primitive.spec(*[node.spec for node in inputs], **params)
            node = _new(primitive, inputs, params, spec)
            _interned[key] = node
    return node


def _new(primitive: Primitive, inputs: tuple[Node, ...], params: dict[str, Any], spec: Any) -> Node:
    node = Node.__new__(Node)
    node.primitive, node.inputs, node.params, node.spec = primitive, inputs, params, spec
    node.described = any(one.described for one in inputs)
    return node


def living() -> list[Node]:
    """Return every shared node there is, so that a caller can tell what was recorded after this moment."""
    with _lock:
        return list(_interned.values())


def make_input(spec: Spec, name: str = "", described: bool = False) -> Node:
    """Return a new input node, unlike any other.

    Args:
        spec: its shape and dtype.
        name: what to call it in pictures and messages.
        described: it stands for the input of a model that is being described.
    """
    node = _new(INPUT, (), {"name": name, "spec": spec}, spec)
    node.described = described
    return node


def make_constant(array: Any) -> Node:
    """Return the node of a constant array (copied)."""
    return make(CONSTANT, (), {"value": ConstantArray(np.asarray(array))})


def pick(node: Node, index: int) -> Node:
    """Return one output of a node that has several."""
    return make(PICK, (node,), {"index": index})


def as_node(value: Any) -> Node:
    """Return the value as a node: nodes as they are, arrays and numbers as constants."""
    if isinstance(value, Node):
        return value
    array = np.asarray(value)
    dtype_name(array.dtype)
    return make_constant(array)
