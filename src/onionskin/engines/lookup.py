"""Which engine a name stands for, and which one is set."""

from __future__ import annotations

import importlib
import os
import warnings

from onionskin.base import config
from onionskin.base.errors import ArgumentError, MissingExtraError, UnknownNameError, suggest
from onionskin.engines.protocol import Engine
from onionskin.engines.reference import ReferenceEngine

NAMES = ("native", "reference", config.AUTO)
_ENGINES: dict[str, Engine] = {"reference": ReferenceEngine()}
_MENDED = (
    "install a C++20 compiler (g++ 12, clang 16 or later) and then onionskin again: "
    "pip install --force-reinstall --no-deps --no-cache-dir onionskin"
)


def get(name: str | None = None) -> Engine:
    """Return an engine by name, the one that is set where None.

    "auto", which is set where no engine has been chosen, stands for the native engine, or for the reference
    engine where the compiled part of the native one is missing; that is said once, in a warning.

    Raises:
        UnknownNameError: there is no such engine.
        MissingExtraError: the native engine is asked for and its compiled part is not installed.
        ArgumentError: ONIONSKIN_ISA names an instruction set that this processor lacks.

    Example:
        >>> get("reference").name
        'reference'
    """
    wanted = config.engine() if name is None else name
    if wanted not in _ENGINES:
        if wanted == "native":
            _ENGINES[wanted] = _native()
        elif wanted == config.AUTO:
            _ENGINES[wanted] = _best()
        else:
            where = "ONIONSKIN_ENGINE" if name is None else None  # a name that was set had been looked up before
            raise UnknownNameError(
                "there is no engine of this name.", where=where, given=repr(wanted), fix=suggest(wanted, NAMES)
            )
    return _ENGINES[wanted]


def _best() -> Engine:
    """Return the native engine; where it is missing the reference engine, with a warning that says why."""
    try:
        return get("native")
    except MissingExtraError as error:
        warnings.warn(
            f"onionskin runs on its reference engine, in NumPy: the native engine's compiled part cannot be used "
            f"({error.given}). To mend it, {_MENDED}. To do without it, set ONIONSKIN_ENGINE=reference.",
            RuntimeWarning,
            stacklevel=3,
        )
        return get("reference")


def _native() -> Engine:
    try:
        _ext = importlib.import_module("onionskin.engines.native._ext")  # compiled, so it may be missing
    except ImportError as error:
        raise MissingExtraError(
            "the native engine's compiled part is not installed, so programs cannot run on it.",
            where="engine 'native'",
            given=str(error),
            fix=f"{_MENDED}; or use the engine 'reference', which runs anywhere",
        ) from None
    try:
        _ext.isa()
    except ValueError:
        raise ArgumentError(
            "this processor has no instruction set of this name.",
            where="ONIONSKIN_ISA",
            expected=_ext.isas(),
            given=repr(os.environ.get("ONIONSKIN_ISA")),
        ) from None
    from onionskin.engines.native.engine import NativeEngine

    return NativeEngine()


def set_engine(name: str) -> None:
    """Set the engine that programs are compiled for from now on.

    Args:
        name: "native", "reference", or "auto" for the native engine where it is installed, else the reference engine.

    Raises:
        UnknownNameError: there is no such engine.
        MissingExtraError: the native engine is asked for and its compiled part is not installed.
        ArgumentError: ONIONSKIN_ISA names an instruction set that this processor lacks.
    """
    get(name)
    config.set_engine(name)
