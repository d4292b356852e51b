"""The one error frame of the library: what failed, where, expected, given, how to fix it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class OnionskinError(Exception):
    """Base of every error that onionskin raises on purpose.

    Inner code raises the short reason; an outer door that knows more (the layer's path, the
    argument's name) adds it with `within` and lets the same exception pass on.

    Args:
        what: what failed, one sentence.
        where: the layer, argument or file it failed in.
        expected: what would have been right.
        given: what was there instead.
        fix: what to do about it.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        expected: object = None,
        given: object = None,
        fix: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.expected = expected
        self.given = given
        self.fix = fix

    def within(self, where: str) -> OnionskinError:
        """Add an outer place in front of where the error happened; returns the same exception."""
        self.where = where if self.where is None else f"{where} > {self.where}"
        return self

    def __str__(self) -> str:
        lines = [self.what if self.where is None else f"{self.where}: {self.what}"]
        for label, value in (("expected", self.expected), ("given", self.given), ("to fix", self.fix)):
            if value is not None:
                lines.append(f"  {label + ':':<10}{value}")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.what, self.__dict__))


def _rebuild(cls: type[OnionskinError], what: str, state: dict[str, Any]) -> OnionskinError:
    error = cls(what)
    error.__dict__.update(state)
    return error


class ShapeError(OnionskinError, ValueError):
    """Shapes that do not fit each other or a layer."""


class DTypeError(OnionskinError, TypeError):
    """A dtype, or a Python type, that cannot be used here."""


class ArgumentError(OnionskinError, ValueError):
    """An argument whose value cannot be used."""


class UnknownNameError(OnionskinError, ValueError):
    """A name that nothing is registered under."""


class NotBuiltError(OnionskinError, ValueError):
    """A model or layer that has no weights yet, or was not compiled."""


class NotDescribedError(NotBuiltError, AttributeError):
    """A tensor or shape of a layer or model that has not been described yet; `hasattr` understands it."""


class DataError(OnionskinError, ValueError):
    """Data that cannot be trained on: wrong counts, labels, NaN, text among numbers."""


class FileFormatError(OnionskinError, ValueError):
    """A file that is truncated, corrupt, oversized or not what its name says."""


class DownloadError(OnionskinError, OSError):
    """A data set that no source could deliver."""


class MissingExtraError(OnionskinError, ImportError):
    """An optional library that a feature needs and that is not installed."""


class GraphError(OnionskinError, ValueError):
    """A graph that is malformed, or a tensor used where only numbers can be."""


class NumericError(OnionskinError, ArithmeticError):
    """A value that became NaN or infinite."""


FEW_NAMES = 12  # more than these are no help beside the one that was meant


def suggest(name: str, known: Iterable[str]) -> str:
    """Return "did you mean …?" with the nearest known name, and the known names where they are few or none is near.

    Example:
        >>> suggest("rleu", ["relu", "tanh"])
        "did you mean 'relu'? Known: relu, tanh"
    """
    import difflib

    names = sorted(known)
    near = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
    listed = "Known: " + (", ".join(names) if names else "none")
    if not near:
        return listed
    return f"did you mean {near[0]!r}?" + (f" {listed}" if len(names) <= FEW_NAMES else "")


def require(module: str, extra: str, purpose: str) -> Any:
    """Import an optional library, or say which extra brings it.

    Args:
        module: its import name, such as "matplotlib.pyplot".
        extra: the extra of this package that installs it, such as "plot".
        purpose: what needs it, such as "plots".

    Raises:
        MissingExtraError: it is not installed.
    """
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"{purpose} need the library {module.partition('.')[0]!r}, which is not installed.",
            fix=f"pip install 'onionskin[{extra}]'",
        ) from error
