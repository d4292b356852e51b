"""Makes the pictures of the lessons by running their code, in a light and a dark file and in each language.

Run `python tools/lesson_pictures.py [LESSON …]`, where LESSON is a number such as 1; it writes lessons/pictures. A
lesson draws with `path="pictures/NAME.png"` (or .svg) and says neither style nor language, since the code of both
languages is the same: this tool runs it with other defaults for each. Of `pictures/1-onion.png` come 1-onion.png,
1-onion-dark.png, 1-onion.ko.png and 1-onion-dark.ko.png. It needs ONIONSKIN_DATA, the extras of the lessons, and a font
with Hangul.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import io
import os
import pkgutil
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from onionskin.plot.frames import few_colors
from onionskin.plot.theme import THEMES

ROOT = Path(__file__).resolve().parent.parent
LESSONS, TARGET = ROOT / "lessons", ROOT / "lessons" / "pictures"
# The rooms whose functions take a style or a language.
ROOMS = [f"onionskin.{room}" for room in ("plot", "explain", "classic", "models.explaining")]
STYLES, LANGUAGES = ("light", "dark"), ("en", "ko")
MOST = 80_000  # bytes of a picture
WIDTH = 1400  # pixels of a picture at most; it is shown at half as many
_PYTHON = re.compile(r"^```python[^\n]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)


def functions() -> list[Any]:
    """Return the functions and methods of the rooms that draw or explain."""
    found: list[Any] = []
    for room in map(importlib.import_module, ROOMS):
        files = pkgutil.walk_packages(
            getattr(room, "__path__", []), f"{room.__name__}."
        )  # those of folders within, too
        for module in [room, *[importlib.import_module(one.name) for one in files]]:
            for thing in [one for one in vars(module).values() if getattr(one, "__module__", "") == module.__name__]:
                if inspect.isfunction(thing):
                    found.append(thing)
                elif inspect.isclass(thing):
                    found += [one for one in vars(thing).values() if inspect.isfunction(one)]
    return found


def set_defaults(**chosen: str) -> None:
    """Give every function of these rooms other defaults, such as style="dark", where it has a default already."""
    for function in functions():
        code, plain = function.__code__, list(function.__defaults__ or ())
        names = code.co_varnames[code.co_argcount - len(plain) : code.co_argcount]
        given = {
            name: value for name, value in chosen.items() if name in names or name in (function.__kwdefaults__ or {})
        }
        for name, value in given.items():
            if name in names:
                plain[names.index(name)] = value
            else:
                function.__kwdefaults__[name] = value
        if plain:
            function.__defaults__ = tuple(plain)


def run(lesson: Path, style: str, language: str) -> None:
    """Run a lesson's Python in the folder that this process is in, with this style and language by default."""
    set_defaults(style=style, language=language)
    namespace: dict[str, object] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        for content in _PYTHON.findall(lesson.read_text(encoding="utf-8")):
            exec(compile(content, lesson.name, "exec"), namespace)  # noqa: S102 - our own documents


def kept(content: bytes, suffix: str, style: str) -> bytes:
    """Return a picture as it is kept: a PNG of few colours and no greater width than is shown."""
    if suffix != ".png":
        return content
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    for width, colors in ((WIDTH, 240), (WIDTH, 120), (WIDTH, 60), (WIDTH * 3 // 4, 60), (WIDTH * 2 // 3, 30)):
        packed, size = io.BytesIO(), (width, round(picture.height * width / picture.width))
        shown = picture.resize(size, Image.Resampling.LANCZOS) if picture.width > width else picture
        few_colors([shown], THEMES[style], colors)[0].save(packed, "PNG", optimize=True)
        if packed.tell() <= MOST:
            break
    return packed.getvalue()


def make(lesson: Path, style: str, language: str) -> None:
    """Run a lesson in a process and a folder of its own, and keep its pictures."""
    with tempfile.TemporaryDirectory() as name:
        command = [sys.executable, str(Path(__file__).resolve()), "--run", str(lesson), style, language]
        subprocess.run(command, cwd=name, env={**os.environ, "MPLBACKEND": "Agg", "COLUMNS": "80"}, check=True)
        for path in sorted((Path(name) / "pictures").glob("*")):
            end = ("-dark" if style == "dark" else "") + ("" if language == "en" else f".{language}")
            content = kept(path.read_bytes(), path.suffix, style)
            target = TARGET / f"{path.stem}{end}{path.suffix}"
            target.write_bytes(content)
            print(f"{target.name}: {len(content):,} bytes" + (", too large" if len(content) > MOST else ""))


def main(arguments: list[str]) -> int:
    """Make the pictures of the lessons whose numbers are given, or of all; returns the exit status."""
    if arguments[:1] == ["--run"]:
        run(Path(arguments[1]), arguments[2], arguments[3])
        return 0
    TARGET.mkdir(exist_ok=True)
    for lesson in sorted(LESSONS.glob("[1-9]-*.md")):
        if lesson.name.endswith(".ko.md") or (arguments and lesson.name[0] not in arguments):
            continue
        for language in LANGUAGES:
            for style in STYLES:
                make(lesson, style, language)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
