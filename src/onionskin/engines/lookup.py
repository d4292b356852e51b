"""Which engine a name stands for, and which one is set."""

from __future__ import annotations

from onionskin.base import config
from onionskin.base.errors import MissingExtraError, UnknownNameError, suggest
from onionskin.engines.protocol import Engine
from onionskin.engines.reference import ReferenceEngine

NAMES = ("native", "reference")
_ENGINES: dict[str, Engine] = {"reference": ReferenceEngine()}


def get(name: str | None = None) -> Engine:
    """Return an engine by name, the one that is set where None.

    Raises:
        UnknownNameError: there is no such engine.
        MissingExtraError: the native engine is asked for and its compiled part is not installed.

    Example:
        >>> get("reference").name
        'reference'
    """
    wanted = config.engine() if name is None else name
    if wanted == "native" and wanted not in _ENGINES:
        _ENGINES[wanted] = _native()
    if wanted not in _ENGINES:
        raise UnknownNameError("there is no engine of this name.", given=repr(wanted), fix=suggest(wanted, NAMES))
    return _ENGINES[wanted]


def _native() -> Engine:
    try:
        import onionskin.engines.native._ext  # noqa: F401 - compiled, so it may be missing
    except ImportError as error:
        raise MissingExtraError(
            "the native engine's compiled part is not installed, so programs cannot run on it.",
            where="engine 'native'",
            given=str(error),
            fix="install a C++20 compiler (g++ 12, clang 16 or later) and then onionskin again: "
            "pip install --force-reinstall --no-deps onionskin; or use the engine 'reference', which runs anywhere",
        ) from None
    from onionskin.engines.native.engine import NativeEngine

    return NativeEngine()


def set_engine(name: str) -> None:
    """Set the engine that programs are compiled for from now on.

    Raises:
        UnknownNameError: there is no such engine.
        MissingExtraError: the native engine is asked for and its compiled part is not installed.
    """
    get(name)
    config.set_engine(name)
