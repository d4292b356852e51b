"""The sheet a plot is drawn on: its look and language, and how it becomes a file; nothing global is changed."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from onionskin.base.errors import ArgumentError, DTypeError, require
from onionskin.base.languages import known_language
from onionskin.plot.fonts import LATIN, hangul_family, has_hangul, say_no_hangul
from onionskin.plot.theme import DPI, Theme, settings, theme
from onionskin.plot.words import WORDS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

StrPath: TypeAlias = str | os.PathLike[str]

# No date in the file: the same plot gives the same bytes.
_METADATA: dict[str, dict[str, Any]] = {".png": {}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}


@dataclass(frozen=True)
class Sheet:
    """What a plotting function draws with.

    Attributes:
        look: the colours.
        language: of the words, "en" or "ko".
        path: the file to write, or None.
        where: the function that draws, for errors.
    """

    look: Theme
    language: str
    path: Path | None
    where: str

    def word(self, key: str, **values: Any) -> str:
        """Return a text of the plots in the sheet's language, with values filled in."""
        return WORDS[self.language][key].format(**values)

    def figure(self, width: float, height: float) -> Figure:
        """Return an empty figure, in inches, that arranges its parts by itself and knows no window."""
        figure: Figure = require("matplotlib.figure", "plot", "plots").Figure(
            figsize=(width, height), dpi=DPI, layout="constrained"
        )
        return figure

    def finish(self, figure: Figure) -> Figure:
        """Write the figure to the sheet's path, if it has one; returns the figure.

        Raises:
            ArgumentError: the file cannot be written. What was there before is still whole.
        """
        if self.path is not None:
            suffix = self.path.suffix.lower()
            picture = BytesIO()
            figure.savefig(picture, format=suffix[1:], metadata=_METADATA[suffix])
            put_in_place(self.path, picture.getvalue(), self.where)
        return figure


@contextlib.contextmanager
def sheet(
    where: str, path: StrPath | None, style: str, language: str, names: Iterable[str] | None = None
) -> Iterator[Sheet]:
    """Open a sheet; while it is open, and only then, Matplotlib's settings are those of the style.

    Args:
        where: the function that draws, for errors.
        path: the file to write: .png, .svg or .pdf; None for none.
        style: "light" or "dark".
        language: "en" or "ko"; English where no installed font has Hangul, which a warning says.
        names: texts of the user that will be drawn, such as class names.

    Raises:
        ArgumentError: the path has another suffix.
        DTypeError: the path is no path.
        UnknownNameError: there is no such style or language.
        MissingExtraError: Matplotlib is not installed.
    """
    look = theme(style, where)
    known_language(language, where)
    target = None if path is None else file_of(path, where, "a plot", _METADATA, "a string or a pathlib.Path, or None")
    matplotlib_style = require("matplotlib.style", "plot", "plots")
    families = [LATIN]
    if language == "ko" or any(has_hangul(name) for name in names or ()):
        family = hangul_family()
        if family is None:
            say_no_hangul(where)
            language = "en"
        else:
            families = [family, LATIN] if language == "ko" else [LATIN, family]
    with matplotlib_style.context(["default", settings(look, families)]):
        yield Sheet(look, language, target, where)


def file_of(
    path: Any, where: str, what: str, suffixes: Iterable[str], kinds: str = "a string or a pathlib.Path"
) -> Path:
    """Return the file to write, or refuse it before anything is drawn.

    Args:
        path: what was given.
        where: the function that was given it.
        what: is to be written, for the error.
        suffixes: those that it may have.
        kinds: what may be given, for the error.

    Raises:
        DTypeError: it is no path.
        ArgumentError: it has another suffix.
    """
    if not isinstance(path, str | os.PathLike):
        raise DTypeError("this is no path.", where=f"{where}(path)", expected=kinds, given=type(path).__name__)
    target, known = Path(path), list(suffixes)
    if target.suffix.lower() not in known:
        raise ArgumentError(
            f"{what} cannot be written in this format.",
            where=f"{where}(path)",
            expected=f"a file name that ends in {', '.join(known[:-1])} or {known[-1]}",
            given=repr(str(path)),
        )
    return target


def put_in_place(path: Path, content: bytes, where: str) -> None:
    """Put the content in place in one step, so that no reader and no broken write sees half a file."""
    part = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        os.replace(part, path)
    except OSError as error:
        raise ArgumentError(
            f"the plot cannot be written: {(error.strerror or type(error).__name__).lower()}.",
            where=f"{where}(path)",
            given=repr(str(path)),
            fix="give a file in a folder that can be written to",
        ) from None
    finally:
        with contextlib.suppress(OSError):  # also where its folder could not be made
            part.unlink(missing_ok=True)
