"""`jit`: a function traced once for each form of its arguments, then run from its program."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import MethodType
from typing import Any

import numpy as np

from onionskin.base import config
from onionskin.graph import Graph
from onionskin.runtime.arguments import Call, checked_function, take_apart
from onionskin.runtime.program import BoundProgram
from onionskin.state import Pure, current, purify


class Jitted:
    """A function that is traced once for each form of its arguments and then runs as a program."""

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)
        self._function = function
        self._programs: dict[Any, BoundProgram] = {}
        self._of_arrays: dict[Any, BoundProgram] = {}  # those of calls on arrays alone, found without a closer look

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the function; within another trace it is simply part of that trace."""
        if not kwargs and current() is None and all(type(one) is np.ndarray for one in args):
            forms = [(one.shape, one.dtype) for one in args]
            key = (*forms, config.traced_settings(), config.engine())
            bound = self._of_arrays.get(key)
            if bound is None:
                bound = self._of_arrays[key] = self._program(take_apart(args, kwargs))
            return bound.pure.result(bound(args))
        call = take_apart(args, kwargs)
        if call.traced or current() is not None:
            return self._function(*args, **kwargs)
        bound = self._program(call)
        outputs = bound([np.asarray(tensor) for tensor in call.tensors])
        return bound.pure.result(outputs)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Bind to an object, as methods are; the object itself is a setting."""
        return self if instance is None else MethodType(self, instance)

    def _program(self, call: Call) -> BoundProgram:
        kinds = tuple(map(type, call.leaves))  # True and 1 are equal and have one hash, but are two settings
        key = (call.form, call.leaves, kinds, call.specs, config.traced_settings(), config.engine())
        try:
            bound = self._programs.get(key)
        except TypeError:  # a setting that cannot be a key: trace each time rather than guess
            return BoundProgram(self._pure(call))
        if bound is None:
            bound = self._programs[key] = BoundProgram(self._pure(call))
        return bound

    def _pure(self, call: Call) -> Pure:
        return purify(call.runner(self._function), call.specs, name=getattr(self, "__name__", "function"))

    def program(self, *args: Any, **kwargs: Any) -> Any:
        """Return the compiled program for these arguments, for a look at it with `describe()`."""
        return self._program(take_apart(args, kwargs)).program

    def graph(self, *args: Any, **kwargs: Any) -> Graph:
        """Return the simplified graph for these arguments."""
        return self._program(take_apart(args, kwargs)).pure.graph


def trace(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Graph:
    """Return the graph of a function, as it was written: nothing is run and nothing simplified.

    Args:
        function: takes and returns arrays, numbers, and tuples, lists and dictionaries of them.
        args: arrays, or a `Spec` for each: only shapes and dtypes are looked at.
        kwargs: likewise.

    Returns:
        The graph; variables that the function uses are its first inputs.

    Example:
        >>> from onionskin.base.specs import Spec
        >>> print(trace(lambda x: x * 2.0 + 1.0, Spec((3,), "float32")))
        <graph <lambda>: (float32[3]) -> (float32[3]), 5 nodes>
          x0: float32[3] = input()
          %1: float32[] = constant(value=2.0)
          %2: float32[3] = multiply(x0, %1)
          %3: float32[] = constant(value=1.0)
          %4: float32[3] = add(%2, %3)
          return %4
    """
    call = take_apart(args, kwargs)
    return purify(call.runner(function), call.specs, name=getattr(function, "__name__", "function")).graph


def jit(function: Callable[..., Any]) -> Jitted:
    """Compile a function: it is traced at the first call with each form of arguments, then only run.

    Variables that the function reads or assigns to are read and changed at each call. Python code runs
    while tracing only. Arrays and floats are traced; whole numbers, truth values and strings are
    settings: each value has a program of its own.

    Args:
        function: takes and returns arrays, numbers, and tuples, lists and dictionaries of them.

    Returns:
        A function of the same arguments.

    Raises:
        DTypeError: it is no function.

    Example:
        >>> from onionskin.runtime import jit
        >>> @jit
        ... def scaled(x, times):
        ...     return x * times
        >>> print(scaled(np.array([1.0, 2.0]), times=3))
        [3. 6.]
    """
    return Jitted(checked_function(function, "jit"))
