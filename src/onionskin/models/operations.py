"""Operations between the layers of a model, in the form that Keras's files give them: a class name, settings, a call.

Primitive nodes of a description are written in that form where Keras has an operation for them, and an operation
read from a file is the function of `onionskin.ops` that has its name. Both ways go through tables; nothing is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from onionskin import ops
from onionskin.base.errors import FileFormatError, UnknownNameError, suggest
from onionskin.base.registry import LAYERS, snake_case
from onionskin.base.specs import dtype_name
from onionskin.graph import CONSTANT, Node
from onionskin.layers import Layer

MODULES = frozenset({"keras.ops"} | {f"keras.src.ops.{name}" for name in ("numpy", "nn", "math", "core", "linalg")})
# functions of `ops` that are no operations on tensors, or that take functions
_NO_OPERATIONS = frozenset(
    {
        "associative_scan", "cond", "convert_to_numpy", "convert_to_tensor", "custom_gradient", "dtype", "fori_loop",
        "is_tensor", "map", "scan", "shape", "switch", "vectorize", "vectorized_map", "while_loop",
    }
)  # fmt: skip
TENSOR = "__keras_tensor__"


def _getitem(x: Any, key: Any) -> Any:
    return x[tuple(key) if isinstance(key, list) else key]


def _function(class_name: str) -> Callable[..., Any]:
    """Return the function of an operation's class.

    Raises:
        UnknownNameError: there is none.
    """
    name = snake_case(class_name)
    if name == "get_item":
        return _getitem
    for one in (name, name.replace("_", "")):
        found = getattr(ops, one, None) if one not in _NO_OPERATIONS and not one.startswith("_") else None
        if callable(found):
            return found
    known = [one for one in dir(ops) if one not in _NO_OPERATIONS and not one.startswith("_")]
    raise UnknownNameError(
        "there is no operation of this name.", given=repr(class_name), fix=suggest(snake_case(class_name), known)
    )


def filled(value: Any, tensors: Sequence[Any]) -> Any:
    """Return an argument of a call as data in a file gives it, with the tensors put at their places.

    Raises:
        FileFormatError: it names a tensor that is not there, or something that is no argument.
    """
    if isinstance(value, list):
        return [filled(one, tensors) for one in value]
    if not isinstance(value, dict) or "class_name" not in value:
        return {key: filled(one, tensors) for key, one in value.items()} if isinstance(value, dict) else value
    kind, settings = value["class_name"], value.get("config")
    if kind == TENSOR and type(settings) is int and 0 <= settings < len(tensors):
        return tensors[settings]
    if kind == "__ellipsis__":
        return Ellipsis
    if kind == "__slice__" and isinstance(settings, dict):
        return slice(*[settings.get(key) for key in ("start", "stop", "step")])
    if kind in ("__numpy__", "__tensor__") and isinstance(settings, dict):
        return np.asarray(settings.get("value"), dtype_name(settings.get("dtype")))
    raise FileFormatError("an operation is called on something that is no tensor.", given=repr(value)[:80])


@LAYERS.entry()
class KerasOperation(Layer):
    """An operation between the layers of a model that came from a file.

    Args:
        operation: name of its class, such as "Add" or "ExpandDims".
        settings: its arguments besides those that it is called on.
        args: what it is called on, as data, {"class_name": "__keras_tensor__", "config": i} for tensor i; the tensors
            themselves where None.
        call_kwargs: likewise by name.
        module: module that Keras's files name for it.
        kwargs: as for `Layer`.

    Raises:
        UnknownNameError: `onionskin.ops` has no such function.

    Example:
        >>> print(KerasOperation("Sum", {"axis": 1})(np.ones((2, 3), "float32")))
        [3. 3.]
    """

    def __init__(
        self,
        operation: str,
        settings: Mapping[str, Any] | None = None,
        args: Sequence[Any] | None = None,
        call_kwargs: Mapping[str, Any] | None = None,
        module: str = "keras.ops",
        **kwargs: Any,
    ) -> None:
        super().__init__(autocast=False, **kwargs)
        self._untracked_function = _function(operation)
        self._untracked_operation = operation
        self._untracked_module = module
        self._untracked_settings = dict(settings or {})
        self._untracked_args = None if args is None else list(args)
        self._untracked_call_kwargs = dict(call_kwargs or {})
        self.built = True

    def call(self, *tensors: Any) -> Any:
        """Return the operation of the tensors."""
        settings = {key: _tuples(one) for key, one in self._untracked_settings.items()}
        args = tensors if self._untracked_args is None else filled(self._untracked_args, tensors)
        return self._untracked_function(*args, **settings, **filled(self._untracked_call_kwargs, tensors))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {
            "name": self.name,
            "operation": self._untracked_operation,
            "settings": self._untracked_settings,
            "args": self._untracked_args,
            "call_kwargs": self._untracked_call_kwargs,
            "module": self._untracked_module,
        }

    def written(self, tensors: Sequence[Any]) -> Written:
        """Return the operation, called on tensors, in Keras's form."""
        args, kwargs = self._untracked_args, self._untracked_call_kwargs
        return Written(
            self._untracked_module,
            self._untracked_operation,
            self._untracked_settings,
            list(tensors) if args is None else _placed(args, tensors),
            _placed(kwargs, tensors),
        )


def _placed(value: Any, tensors: Sequence[Any]) -> Any:
    """Return data with other tensors at the places of its tensors, all else as it is."""
    if isinstance(value, list):
        return [_placed(one, tensors) for one in value]
    if isinstance(value, dict):
        if value.get("class_name") == TENSOR:
            return tensors[value["config"]]
        return {key: _placed(one, tensors) for key, one in value.items()}
    return value


def operation_from(entry: Mapping[str, Any], args: list[Any], kwargs: dict[str, Any]) -> KerasOperation:
    """Return the operation that an entry of a file describes.

    Args:
        entry: its module, class_name and config.
        args: what it is called on, as data with numbered tensors.
        kwargs: likewise by name.
    """
    settings = dict(entry["config"])
    name = settings.pop("name", None)
    return KerasOperation(entry["class_name"], settings, args, kwargs, entry["module"], name=name)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value


# --- primitives as Keras's operations ---


class Written(NamedTuple):
    """A primitive node in Keras's form.

    Args:
        module: the operation's module.
        class_name: its class.
        settings: what its constructor takes.
        arguments: what it is called on: nodes, numbers and other data.
        named: likewise by name.
    """

    module: str
    class_name: str
    settings: dict[str, Any]
    arguments: list[Any]
    named: Mapping[str, Any] = MappingProxyType({})

    def entry(self, name: str) -> dict[str, Any]:
        """Return the entry of a file, without the call."""
        return {
            "module": self.module,
            "class_name": self.class_name,
            "config": {"name": name, **self.settings},
            "registered_name": self.class_name,
        }


_NUMPY, _NN, _MATH, _CORE = (f"keras.src.ops.{name}" for name in ("numpy", "nn", "math", "core"))
_PLAIN = {
    **dict.fromkeys((
        "add", "subtract", "multiply", "power", "maximum", "minimum", "mod", "floor_divide", "arctan2", "negative",
        "sign", "floor", "ceil", "round", "exp", "expm1", "log", "log1p", "sqrt", "tanh", "sin", "cos", "arctan",
        "isfinite", "isnan", "isinf", "logical_not", "equal", "not_equal", "less", "less_equal", "greater",
        "greater_equal", "logical_and", "logical_or", "logical_xor", "where", "matmul",
    ), _NUMPY),
    **dict.fromkeys(("rsqrt", "erf", "erfinv"), _MATH),
    **dict.fromkeys(("sigmoid", "softplus", "relu"), _NN),
    "stop_gradient": _CORE,
}  # fmt: skip
_OTHER_NAMES = {"divide": (_NUMPY, "TrueDivide"), "abs": (_NUMPY, "Absolute")}
_REDUCTIONS = {
    **dict.fromkeys(("sum", "mean", "max", "min", "prod", "any", "all", "var", "argmax", "argmin"), _NUMPY),
    **dict.fromkeys(("sort", "argsort", "cumsum"), _NUMPY),
    "logsumexp": _MATH,
    "softmax": _NN,
    "log_softmax": _NN,
}


def written(node: Node) -> Written | None:
    """Return a primitive node of a description in Keras's form, None where Keras has no such operation."""
    name, params = node.primitive.name, node.params
    arguments = [_operand(one) for one in node.inputs]
    if name in _PLAIN and not params:
        return Written(_PLAIN[name], _camel(name), {}, arguments)
    if name in _OTHER_NAMES and not params:
        return Written(*_OTHER_NAMES[name], {}, arguments)
    if name in _REDUCTIONS and set(params) <= {"axis", "keepdims"}:
        settings = {key: list(one) if isinstance(one, tuple) else one for key, one in params.items()}
        return Written(_REDUCTIONS[name], _camel(name), settings, arguments)
    return _moved(name, params, arguments)


def _moved(name: str, params: Mapping[str, Any], arguments: list[Any]) -> Written | None:
    """Return a node of the other kinds in Keras's form."""
    module, called, settings = _NUMPY, arguments, {}
    if name == "reshape" and sum(size is None for size in params["shape"]) <= 1:
        settings = {"newshape": [-1 if size is None else size for size in params["shape"]]}
    elif name == "transpose":
        settings = {"axes": list(params["perm"])}
    elif name == "concatenate":
        settings, called = {"axis": params["axis"]}, [arguments]
    elif name == "einsum":
        settings = {"subscripts": params["subscripts"]}
    elif name == "cast":
        module, settings = _CORE, {"dtype": params["dtype"]}
    elif name == "slice" and min(params["step"], default=1) > 0:
        rows = zip(params["start"], params["stop"], params["step"], strict=True)
        name, called = "get_item", [*arguments, [_slice(*row) for row in rows]]
    elif name == "clip" and all(isinstance(one, int | float) for one in arguments[1:]):
        settings, called = {"x_min": arguments[1], "x_max": arguments[2]}, arguments[:1]
    elif name == "take" and set(params) == {"axis"}:
        settings = {"axis": params["axis"]}
    elif name == "flip":
        settings = {"axis": np.atleast_1d(params["axis"]).tolist()}
    else:
        return None
    return Written(module, _camel(name), settings, called)


def _slice(start: Any, stop: Any, step: Any) -> dict[str, Any]:
    return {"class_name": "__slice__", "config": {"start": start, "stop": stop, "step": step}}


def _operand(node: Node) -> Any:
    """Return an operand: the node, or a constant's number or array as data."""
    if node.primitive is not CONSTANT:
        return node
    array = node.params["value"].array
    if array.ndim == 0:
        return array.item()
    return {"class_name": "__numpy__", "config": {"value": array.tolist(), "dtype": node.dtype}}


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
