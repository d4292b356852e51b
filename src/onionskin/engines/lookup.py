"""Which engine a name stands for, and which one is set."""

from __future__ import annotations

from onionskin.base import config
from onionskin.base.errors import UnknownNameError, suggest
from onionskin.engines.protocol import Engine
from onionskin.engines.reference import ReferenceEngine

_ENGINES: dict[str, Engine] = {"reference": ReferenceEngine()}


def get(name: str | None = None) -> Engine:
    """Return an engine by name, the one that is set where None.

    Raises:
        UnknownNameError: there is no such engine.

    Example:
        >>> get("reference").name
        'reference'
    """
    wanted = config.engine() if name is None else name
    if wanted not in _ENGINES:
        raise UnknownNameError("there is no engine of this name.", given=repr(wanted), fix=suggest(wanted, _ENGINES))
    return _ENGINES[wanted]


def set_engine(name: str) -> None:
    """Set the engine that programs are compiled for from now on.

    Raises:
        UnknownNameError: there is no such engine.
    """
    get(name)
    config.set_engine(name)
