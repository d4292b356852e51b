"""A small machine that does what the opcodes of a pickle say where that makes plain values, and refuses all else.

It knows by name the few NumPy functions that stand for arrays, imports and calls none of them, and makes each array
from its bytes after looking at dtype, shape and length: `__setstate__` of NumPy never sees what a stranger wrote.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from onionskin.datasets.bounded import count, plain, shape_text

_MOST_VALUES = 1_000_000  # values inside each other, shared ones counted wherever they stand
_DEEPEST = 100  # values inside values
_MAX_RANK = 32
_MOST_KEY_BITS = 60  # Python finds smaller numbers by themselves; larger ones can be made to share one place
_DTYPE = re.compile(r"[<>|=]?(?:b1|[iu][1248]|f[248])")

# What NumPy's arrays are written as, under the names of NumPy 1 and 2 and of Python 2 and 3: (module, name) → what
# stands for it here. A name that is missing is refused; none is ever looked up.
_KNOWN = {
    ("numpy", "ndarray"): "ndarray",
    ("numpy", "dtype"): "dtype",
    **{(f"numpy.{core}.multiarray", "_reconstruct"): "array" for core in ("core", "_core")},
    **{(f"numpy.{core}.multiarray", "scalar"): "scalar" for core in ("core", "_core")},
    **{(f"numpy.{core}.numeric", "_frombuffer"): "buffer" for core in ("core", "_core")},
    ("_codecs", "encode"): "encode",
    **{(module, "bytes"): "bytes" for module in ("__builtin__", "builtins")},
    **{(module, "bytearray"): "bytes" for module in ("__builtin__", "builtins")},
}
# Opcodes that call or import what no pickle of numbers needs.
_CALLING = {
    "INST": "makes an object of a class", "OBJ": "makes an object of a class", "NEWOBJ": "makes an object of a class",
    "NEWOBJ_EX": "makes an object of a class", "EXT1": "calls by a number of copyreg",
    "EXT2": "calls by a number of copyreg", "EXT4": "calls by a number of copyreg",
    "PERSID": "asks for an object outside of the file", "BINPERSID": "asks for an object outside of the file",
}  # fmt: skip


class _Mark:
    """Where a run of values on the stack begins."""


@dataclass(frozen=True, slots=True)
class _Name:
    """A function that the file names, by what it stands for; never the function itself."""

    role: str


@dataclass(slots=True)
class _Dtype:
    """A dtype of plain numbers, whose byte order may still come."""

    value: np.dtype[Any]


@dataclass(slots=True)
class _Array:
    """An array whose contents may still come."""

    value: np.ndarray | None = None


class PickleFormError(Exception):
    """What is wrong with the file, to which the reader adds the place."""

    def __init__(self, what: str, **details: Any) -> None:
        super().__init__(what)
        self.what, self.details = what, details


class Machine:
    """The stack, the memo, and what is left of the bytes that may be made."""

    def __init__(self, max_bytes: int) -> None:
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.max_bytes = self.left = max_bytes

    def read(self, steps: Iterable[tuple[str, Any, int]]) -> Any:
        """Go through opcodes, each a name, an argument and a position, and return the one value that is left."""
        for name, argument, at in steps:
            if name in _CALLING:
                raise PickleFormError(
                    "this pickle would run code, and is not read.",
                    expected="numbers, text and arrays",
                    given=f"{name} at {count(at)}, which {_CALLING[name]}",
                    fix="have the weights saved as .npz, or use only arrays and numbers",
                )
            if name in _PUSHED:
                self.stack.append(_PUSHED[name](argument))
            elif name in _DONE:
                try:
                    _DONE[name](self, argument)
                except (IndexError, KeyError):
                    raise damaged(f"{name} at {count(at)} finds nothing to work on") from None
            elif name not in ("PROTO", "FRAME", "STOP"):
                raise PickleFormError(
                    "this pickle holds something other than numbers, text and arrays.", given=f"{name} at {count(at)}"
                )
        if len(self.stack) != 1 or isinstance(self.stack[0], _Mark):
            raise damaged(f"{len(self.stack)} values at its end, where one should be")
        return _Finishing().value(self.stack.pop()).value

    # Each of these does one opcode.

    def run(self) -> list[Any]:
        """Take the values above the topmost mark, and the mark."""
        at = len(self.stack) - 1
        while not isinstance(self.stack[at], _Mark):
            at -= 1
            if at < 0:
                raise IndexError
        values = self.stack[at + 1 :]
        del self.stack[at:]
        return values

    def pop(self) -> Any:
        """Take the topmost value."""
        value = self.stack.pop()
        if isinstance(value, _Mark):
            raise damaged("a mark where a value should be")
        return value

    def top(self, kind: type) -> Any:
        """Return the topmost value, which must be of a kind."""
        value = self.stack[-1]
        if type(value) is not kind:
            raise damaged(f"{_kind(value)} where a {kind.__name__} should be")
        return value

    def taken(self, number: int) -> tuple[Any, ...]:
        """Take so many values, the topmost last."""
        values = [self.pop() for _ in range(number)]
        return tuple(reversed(values))

    def put(self, index: int) -> None:
        """Remember the topmost value under a number."""
        self.memo[index] = self.stack[-1]

    def into(self, values: list[Any]) -> None:
        """Put keys and values, in turn, into the dictionary on top."""
        target = self.top(dict)
        if len(values) % 2:
            raise damaged("a key without its value")
        for key, value in zip(values[::2], values[1::2], strict=True):
            if type(key) not in (str, int):
                raise PickleFormError(
                    "this pickle holds something other than numbers, text and arrays.",
                    expected="keys that are text or whole numbers",
                    given=f"{_kind(key)} as a key",
                )
            if type(key) is int and key.bit_length() > _MOST_KEY_BITS:
                raise PickleFormError(
                    "a key is too large a number.",
                    expected=f"whole numbers of at most {_MOST_KEY_BITS} bits",
                    given=f"{count(key.bit_length())} bits",
                )
            target[key] = value

    def name(self, module: Any, name: Any) -> None:
        """Push what a name stands for; nothing is imported."""
        if type(module) is not str or type(name) is not str:
            raise damaged("a name that is no text")
        role = _KNOWN.get((module, name))
        if role is None:
            raise PickleFormError(
                "this pickle would run code, and is not read.",
                expected="numbers, text and arrays",
                given=f"it names {plain(module, 60)}.{plain(name, 60)}",
                fix="have the weights saved as .npz, or use only arrays and numbers",
            )
        self.stack.append(_Name(role))

    def call(self) -> None:
        """Push what a known function would give for its arguments."""
        name, arguments = self.taken(2)
        if type(name) is not _Name or type(arguments) is not tuple or name.role not in _MADE:
            raise PickleFormError(
                "this pickle would run code, and is not read.",
                expected="numbers, text and arrays",
                given="it calls a value",
                fix="get the file again",
            )
        self.stack.append(_MADE[name.role](self, arguments))

    def build(self) -> None:
        """Give a dtype its byte order, or an array its contents."""
        target, state = self.taken(2)
        if type(state) is not tuple or type(target) not in (_Array, _Dtype):
            raise PickleFormError(
                "this pickle holds something other than numbers, text and arrays.",
                given="an object with a state of its own",
            )
        if type(target) is _Dtype:
            target.value = _ordered(target.value, state)
        elif len(state) == 5 and target.value is None:
            target.value = self.array(state[4], state[2], state[1], fortran=state[3])
        else:
            raise damaged("an array whose state is not that of an array")
        self.stack.append(target)

    def spend(self, size: int) -> None:
        """Count bytes that are about to be made."""
        self.left -= size
        if self.left < 0:
            raise PickleFormError(
                "this pickle makes more of its bytes than is accepted.",
                expected=f"at most {count(self.max_bytes)} bytes",
                given="more",
                fix="if the file is genuine, pass a larger max_bytes",
            )

    def array(self, raw: Any, dtype: Any, shape: Any, *, fortran: Any) -> np.ndarray:
        """Return an array of a copy of some bytes, once they are known to be just its own."""
        if type(raw) is str:
            raw = _latin1(raw)
        if type(dtype) is not _Dtype or type(fortran) not in (bool, int) or type(shape) is not tuple:
            raise damaged("an array whose state is not that of an array")
        if not isinstance(raw, bytes | bytearray):
            raise damaged(f"an array whose numbers are {_kind(raw)}")
        if len(shape) > _MAX_RANK or not all(type(size) is int and 0 <= size < 1 << 48 for size in shape):
            raise damaged("an array whose shape is none")
        promised = math.prod(shape) * dtype.value.itemsize
        # a size of 0 must not hide sizes too large for NumPy beside it
        if promised != len(raw) or math.prod(max(size, 1) for size in shape) >= 1 << 48:
            raise PickleFormError(
                "the size of an array does not fit its numbers.",
                expected=f"{count(promised)} bytes, for shape {shape_text(shape)} of {dtype.value.name}",
                given=f"{count(len(raw))} bytes",
                fix="get the file again",
            )
        self.spend(promised)
        if dtype.value.kind == "b":  # a bool byte other than 0 and 1 would misbehave later
            flat = np.frombuffer(raw, np.uint8) != 0
        else:
            flat = np.frombuffer(raw, dtype.value).astype(dtype.value.newbyteorder("="))
        return np.ascontiguousarray(flat.reshape(shape, order="F" if fortran else "C")).reshape(shape)


def _kind(value: Any) -> str:
    name = type(value).__name__.strip("_").lower()
    return "nothing" if value is None else f"a{'n' if name[0] in 'aeiou' else ''} {name}"


def damaged(given: str) -> PickleFormError:
    """Return the error of a pickle whose opcodes do not fit each other."""
    return PickleFormError("this pickle is damaged.", given=given, fix="get the file again")


def _latin1(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        raise damaged("bytes written as text, with letters that are none") from None


def _ordered(dtype: np.dtype[Any], state: tuple[Any, ...]) -> np.dtype[Any]:
    """Return a dtype in the byte order of its pickled state, which must say no more than that."""
    if len(state) < 5 or state[1] not in ("<", ">", "|", "=") or any(one is not None for one in state[2:5]):
        raise _not_numbers("a dtype of several fields, or of none")
    if len(state) > 8:
        raise _not_numbers("a dtype with more than numbers")
    return dtype if state[1] == "|" else dtype.newbyteorder(state[1])


def _not_numbers(given: str) -> PickleFormError:
    return PickleFormError(
        "an array does not hold plain numbers, and is not read: objects in a file could run code.",
        expected="bool, integers or floats of up to 8 bytes",
        given=given,
        fix="save it again as an array of numbers",
    )


def _as_dtype(_: Machine, arguments: tuple[Any, ...]) -> _Dtype:
    code = arguments[0] if arguments else None
    if type(code) is not str or not _DTYPE.fullmatch(code):
        raise _not_numbers(f"{f'dtype {plain(code, 40)}' if type(code) is str else f'{_kind(code)} as the dtype'}")
    return _Dtype(np.dtype(code))


def _as_array(_: Machine, arguments: tuple[Any, ...]) -> _Array:
    if not arguments or type(arguments[0]) is not _Name or arguments[0].role != "ndarray":
        raise damaged("an array of a class that is not NumPy's")
    return _Array()


def _as_scalar(machine: Machine, arguments: tuple[Any, ...]) -> Any:
    if len(arguments) != 2:
        raise damaged("a number without its bytes")
    return machine.array(arguments[1], arguments[0], (), fortran=False)[()]


def _from_buffer(machine: Machine, arguments: tuple[Any, ...]) -> _Array:
    if len(arguments) != 4 or arguments[3] not in ("C", "F"):
        raise damaged("an array whose state is not that of an array")
    raw, dtype, shape, order = arguments
    return _Array(machine.array(raw, dtype, shape, fortran=order == "F"))


def _encoded(machine: Machine, arguments: tuple[Any, ...]) -> bytes:
    if len(arguments) != 2 or type(arguments[0]) is not str or arguments[1] not in ("latin1", "latin-1"):
        raise damaged("bytes that are not written in latin-1")
    machine.spend(len(arguments[0]))
    return _latin1(arguments[0])


def _as_bytes(machine: Machine, arguments: tuple[Any, ...]) -> bytes:
    """What `bytes()` and `bytearray(b"…")` give; never `bytes(10**12)`."""
    if not arguments:
        return b""
    if len(arguments) != 1 or not isinstance(arguments[0], bytes | bytearray):
        raise damaged("bytes that are made of something else")
    machine.spend(len(arguments[0]))
    return bytes(arguments[0])


_MADE: dict[str, Callable[[Machine, tuple[Any, ...]], Any]] = {
    "dtype": _as_dtype, "array": _as_array, "scalar": _as_scalar, "buffer": _from_buffer, "encode": _encoded,
    "bytes": _as_bytes,
}  # fmt: skip


def _itself(value: Any) -> Any:
    return value


# Opcodes that push a value: a constant, or their own argument.
_PUSHED: dict[str, Callable[[Any], Any]] = {
    "MARK": lambda _: _Mark(), "NONE": lambda _: None, "NEWTRUE": lambda _: True, "NEWFALSE": lambda _: False,
    "EMPTY_LIST": lambda _: [], "EMPTY_TUPLE": lambda _: (), "EMPTY_DICT": lambda _: {},
    **dict.fromkeys(
        ["INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "STRING", "BINSTRING",
         "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8", "UNICODE", "SHORT_BINUNICODE",
         "BINUNICODE", "BINUNICODE8"], _itself,
    ),
}  # fmt: skip


def _extended(machine: Machine, values: list[Any]) -> None:
    machine.top(list).extend(values)


def _setitem(machine: Machine, _: Any) -> None:
    values = list(machine.taken(2))
    machine.into(values)


def _appended(machine: Machine, _: Any) -> None:
    value = machine.pop()
    machine.top(list).append(value)


def _as_dict(machine: Machine, _: Any) -> None:
    values = machine.run()
    machine.stack.append({})
    machine.into(values)


# Opcodes that work on the stack or the memo.
_DONE: dict[str, Callable[[Machine, Any], Any]] = {
    "POP": lambda machine, _: machine.stack.pop(),
    "POP_MARK": lambda machine, _: machine.run(),
    "DUP": lambda machine, _: machine.stack.append(machine.stack[-1]),
    **dict.fromkeys(["PUT", "BINPUT", "LONG_BINPUT"], Machine.put),
    **dict.fromkeys(["GET", "BINGET", "LONG_BINGET"], lambda machine, index: machine.stack.append(machine.memo[index])),
    "MEMOIZE": lambda machine, _: machine.put(len(machine.memo)),
    "APPEND": _appended,
    "APPENDS": lambda machine, _: _extended(machine, machine.run()),
    "LIST": lambda machine, _: machine.stack.append(machine.run()),
    "TUPLE": lambda machine, _: machine.stack.append(tuple(machine.run())),
    "TUPLE1": lambda machine, _: machine.stack.append(machine.taken(1)),
    "TUPLE2": lambda machine, _: machine.stack.append(machine.taken(2)),
    "TUPLE3": lambda machine, _: machine.stack.append(machine.taken(3)),
    "DICT": _as_dict,
    "SETITEM": _setitem,
    "SETITEMS": lambda machine, _: machine.into(machine.run()),
    "GLOBAL": lambda machine, names: machine.name(*names.split(" ", 1)),
    "STACK_GLOBAL": lambda machine, _: machine.name(*machine.taken(2)),
    "REDUCE": lambda machine, _: machine.call(),
    "BUILD": lambda machine, _: machine.build(),
}


@dataclass(frozen=True, slots=True)
class _Finished:
    """A value with arrays in place of what stood for them.

    Args:
        value: the value.
        number: how many values are in it, shared ones counted wherever they stand.
        height: how deep they lie in it.
    """

    value: Any
    number: int = 1
    height: int = 0


class _Finishing:
    """Puts arrays in place of what stood for them; each value once, so that lists of lists cost what the file does."""

    def __init__(self) -> None:
        self.done: dict[int, _Finished] = {}  # id → what came of a dictionary, list or tuple

    def value(self, value: Any, depth: int = 0) -> _Finished:
        """Return a value with all that is inside it."""
        if type(value) is _Array:
            if value.value is None:
                raise damaged("an array without its numbers")
            return _Finished(value.value)
        if isinstance(value, _Name | _Dtype | _Mark):
            raise PickleFormError(
                "this pickle holds something other than numbers, text and arrays.", given=f"{_kind(value)} by itself"
            )
        if type(value) not in (dict, list, tuple):
            return _Finished(value)
        found = self.done.get(id(value))
        if found is None:
            self._check(0, depth)  # a list that holds itself ends here
            inner = [self.value(one, depth + 1) for one in (value.values() if type(value) is dict else value)]
            values = [one.value for one in inner]
            found = _Finished(
                dict(zip(value, values, strict=True)) if type(value) is dict else type(value)(values),
                1 + sum(one.number for one in inner),
                1 + max((one.height for one in inner), default=0),
            )
            self.done[id(value)] = found
        self._check(found.number, depth + found.height)
        return found

    @staticmethod
    def _check(number: int, depth: int) -> None:
        if number > _MOST_VALUES or depth > _DEEPEST:
            raise PickleFormError(
                "this pickle holds too many values inside each other.",
                expected=f"at most {count(_MOST_VALUES)} values, {_DEEPEST} deep",
            )
