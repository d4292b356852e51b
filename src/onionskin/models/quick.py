"""Programs that stand in for calls of a model on arrays like those that came before, at a few microseconds a call."""

from __future__ import annotations

from types import FunctionType
from typing import Any

import numpy as np

from onionskin import engines
from onionskin.base import config
from onionskin.base.specs import Spec, dtype_name
from onionskin.base.trees import flatten
from onionskin.data.arrays import standard_dtype
from onionskin.graph import Node
from onionskin.layers import Layer
from onionskin.layers.tracking import latest_edit
from onionskin.runtime import BoundProgram
from onionskin.state import CallContext, calling, current, current_call, mask_of, purify

AFTER = 2  # calls on one shape that are computed as they are written, before a program is made
MOST = 32  # shapes that programs are kept for
_RULES = ("initializer", "regularizer", "constraint")  # attributes that no output is computed with
_UNKNOWN: Any = object()
_Key = tuple[Any, ...]


class QuickCalls:
    """The programs of one model, by shape, dtype and kind of call; all are forgotten when the model changes.

    Whatever a program cannot do just as the model's own code does, it is not asked to do: then the answer is
    None, and the model goes its usual way, which says what is wrong in the usual words.
    """

    def __init__(self) -> None:
        self._programs: dict[_Key, BoundProgram | None] = {}  # None: not to be tried again
        self._calls: dict[_Key, int] = {}
        self._seen: tuple[Any, ...] = ()
        self._made_for: tuple[Any, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return QuickCalls, ()  # a copy of the model begins with none

    def call(self, model: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return what `model(*args, **kwargs)` is, or None where it is to be computed as it is written."""
        if len(args) != 1 or type(args[0]) is not np.ndarray or current_call() is not None or current() is not None:
            return None
        if mask_of(args[0]) is not None:
            return None
        training = None
        if kwargs:
            training = kwargs.get("training")
            if len(kwargs) > 1 or not isinstance(training, bool):
                return None
        x = args[0]
        key = (x.shape, x.dtype, training)
        programs = self._current(model)
        bound = programs.get(key, _UNKNOWN)
        if bound is _UNKNOWN:
            bound = self._made(model, key, programs)
        if bound is None:
            return None
        outputs = self._run(bound, x)
        if outputs is not None:
            model.__dict__["_untracked_losses"] = ()
        return outputs

    def predict(self, model: Any, x: np.ndarray) -> Any:
        """Return the outputs for a batch where a prediction like it was noted, else None."""
        bound = self._current(model).get((x.shape, x.dtype, "predict"))
        if bound is None:
            return None
        x = standard_dtype("x", x)
        if x.dtype.kind == "f" and not engines.get(model._engine).surely_finite((x,)) and not np.isfinite(x).all():
            return None  # the usual way says where
        return self._run(bound, x)

    def note(self, model: Any, x: np.ndarray, bound: BoundProgram) -> None:
        """Keep the program of a prediction on one batch, for others like it."""
        _keep(self._current(model), (x.shape, x.dtype, "predict"), bound)

    def _run(self, bound: BoundProgram, x: np.ndarray) -> Any:
        try:
            return bound.pure.result(bound([x]))
        except Exception:  # the usual way meets the same, and says it in the usual words
            return None

    def _current(self, model: Any) -> dict[_Key, BoundProgram | None]:
        """Return the programs of the model as it is; empty where it, a setting or the engine is another than before.

        What is made for a model that another thread has changed meanwhile goes to a dictionary that nobody asks again.
        """
        seen = (latest_edit(), model._engine or config.engine(), config.traced_settings())
        if seen != self._seen:
            made_for = (model._edition, *seen[1:])
            if made_for != self._made_for:
                self._programs, self._calls = {}, {}
            self._seen, self._made_for = seen, made_for
        return self._programs

    def _made(self, model: Any, key: _Key, programs: dict[_Key, BoundProgram | None]) -> BoundProgram | None:
        """Return a program for calls that come again and again."""
        if len(self._calls) >= 8 * MOST:
            self._calls = {}
        count = self._calls[key] = self._calls.get(key, 0) + 1
        if count <= AFTER:
            return None
        bound = _traced(model, key) if model.built and computes_plainly(model) else None
        _keep(programs, key, bound)
        return bound


def _keep(programs: dict[_Key, BoundProgram | None], key: _Key, bound: BoundProgram | None) -> None:
    if len(programs) >= MOST:
        oldest, *_ = programs
        programs.pop(oldest, None)
    programs[key] = bound


def _traced(model: Any, key: _Key) -> BoundProgram | None:
    """Return the program of a call, None where it does more than give arrays out."""
    context, (shape, dtype, training) = CallContext(), key

    def run(x: Node) -> Any:
        with calling(context):
            outputs = model(x) if training is None else model(x, training=training)
        masked.extend(one for one in flatten(outputs)[0] if mask_of(one) is not None)
        return outputs

    masked: list[Any] = []
    try:
        pure = purify(run, [Spec(shape, dtype_name(dtype))], name=f"{model.name}_call")
        outputs = pure.graph.outputs[len(pure.changed) :]
        if context.losses or masked or pure.static or not all(one.ndim for one in outputs):
            return None
        return BoundProgram(pure, model._engine)
    except Exception:  # what is wrong with the call is said by the model's own code
        return None


def computes_plainly(model: Any) -> bool:
    """Tell whether a model's layers are all the library's, so that nothing but the result of a call is to be seen.

    Code of the user's own may print, branch on values or note them, and is run at every call.
    """
    return all(_plain(layer) for layer in model._flatten_layers())


def _plain(layer: Any) -> bool:
    if not _ours(type(layer)) or layer.activity_regularizer is not None:
        return False
    return all(_stays(value) for name, value in vars(layer).items() if not name.endswith(_RULES))


def _stays(value: Any) -> bool:
    """Tell whether an attribute neither runs the user's code nor holds numbers that can be changed in place."""
    if isinstance(value, list):
        return not any(isinstance(one, int | float | list | np.ndarray | np.generic) for one in value)
    if isinstance(value, FunctionType):
        return _ours(value)
    return not isinstance(value, np.ndarray) and (isinstance(value, Layer) or not callable(value) or _ours(type(value)))


def _ours(one: Any) -> bool:
    return str(one.__module__).startswith("onionskin.")
