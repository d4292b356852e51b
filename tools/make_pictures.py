"""Makes the pictures of the README files from real runs: a terminal, the curves, the boundary, a computational graph.

Run `python tools/make_pictures.py [FOLDER]`; it writes docs/pictures, a light and a dark file of each in each language.
It needs the extras cli and plot, a system with pseudo-terminals, and for Korean a font of fixed width with Hangul.
"""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import tempfile
import unicodedata
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.patches import Rectangle
from PIL import Image
from rich.style import Style
from rich.text import Text

import onionskin
from onionskin.plot.theme import THEMES

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
COLUMNS = 100  # an epoch's line just fits
MARGIN = 2  # cells on each side
WIDTH, DPI = 8.0, 200  # inches and dots: 1600 pixels, shown at 800
ASPECT = 2.05  # height of a cell in widths of one
ADVANCE = 0.602  # width of a letter of DejaVu Sans Mono in its font size
HANGUL = {"NanumGothicCoding", "Noto Sans Mono CJK KR", "D2Coding"}  # of fixed width; what is installed is used
FONTS = ["DejaVu Sans Mono", *sorted(HANGUL & {entry.name for entry in fontManager.ttflist})]
ASKED = ("gold", "navy", "255,105,180", "crimson")
# The colours 31 to 36 of a terminal; each stands out from its background at least 4.5 to 1.
ANSI = {
    "light": ("#cf222e", "#116329", "#7d4e00", "#0550ae", "#8250df", "#1b7c83"),
    "dark": ("#ff7b72", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd"),
}
_CONTROL = re.compile(r"\x1b\[(\?)?([\d;]*)([A-Za-z])|([\r\n])|([^\x1b\r\n])")


def run_in_terminal(command: list[str], folder: Path, language: str) -> str:
    """Return all that a command writes when its output is a terminal; raises where it fails."""
    screen, end = pty.openpty()
    given = {**os.environ, "COLUMNS": str(COLUMNS), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    given |= {"LC_ALL": {"en": "C.UTF-8", "ko": "ko_KR.UTF-8"}[language]}
    given.pop("NO_COLOR", None)
    process = subprocess.Popen(command, cwd=folder, env=given, stdin=end, stdout=end, stderr=end)
    os.close(end)
    written = bytearray()
    while True:
        try:
            part = os.read(screen, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        written += part
    os.close(screen)
    if process.wait():
        raise SystemExit(f"{' '.join(command)} failed:\n{written.decode(errors='replace')}")
    return written.decode()


def rows_of(output: str) -> list[Text]:
    """Return the rows that a terminal shows in the end: returns to the line's start overwrite, as do cursor moves."""
    rows: list[dict[int, str]] = [{}]  # column → letter, in its style
    row, column, style = 0, 0, ""
    for private, numbers, letter, line, plain in _CONTROL.findall(output):
        if plain:
            rows[row][column] = f"{style}{plain}\x1b[0m"
            column += cells(plain)
        elif line == "\r":
            column = 0
        elif line == "\n":
            row += 1
            if row == len(rows):
                rows.append({})
        elif letter == "m":
            style = "" if numbers in ("", "0") else f"{style}\x1b[{numbers}m"
        elif letter == "A":
            row = max(0, row - int(numbers or 1))
        elif letter == "K":
            rows[row] = {} if numbers == "2" else {at: one for at, one in rows[row].items() if at < column}
        elif not private:
            raise SystemExit(f"the terminal of this tool does not know ESC[{numbers}{letter}")
    return [Text.from_ansi(_joined(one)) for one in rows]


def _joined(row: dict[int, str]) -> str:
    wide = {at + 1 for at, one in row.items() if cells(_plain(one)) == 2}
    return "".join(row.get(at, " ") for at in range(max(row, default=-1) + 1) if at not in wide)


def _plain(styled: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", styled)


def cells(letter: str) -> int:
    """Return how many cells of a terminal a letter takes."""
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def shortened(rows: list[Text]) -> list[Text]:
    """Return the rows with the epochs between the second and the last one left out, which a mark says."""
    starts = [at for at, row in enumerate(rows) if re.match(r"\S+ \d+/\d+$", row.plain.strip())]
    cut = [*rows[: starts[2]], Text("[...]", style="dim"), *rows[starts[-1] :]]
    while cut and not cut[-1].plain.strip():
        cut.pop()
    return cut


def draw(rows: list[Text], style: str, path: Path) -> None:
    """Draw rows of a terminal as a picture.

    Args:
        rows: what it shows.
        style: "light" or "dark".
        path: the .png file to write.
    """
    look = THEMES[style]
    longest = max(rows, key=lambda row: sum(map(cells, row.plain)))
    if sum(map(cells, longest.plain)) > COLUMNS:
        raise SystemExit(f"this row is wider than {COLUMNS} columns: {longest.plain}")
    across, down = COLUMNS + 2 * MARGIN, (len(rows) + 2) * ASPECT
    figure = Figure(figsize=(WIDTH, WIDTH * down / across), dpi=DPI, facecolor=look.background)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, across), ylim=(down, 0))
    axes.axis("off")
    size = WIDTH * 72 / across / ADVANCE
    for place, row in enumerate(rows):
        x, y = float(MARGIN), (place + 1) * ASPECT
        for at, letter in enumerate(row.plain):
            ink, ground, weight = _paint(row, at, style)
            if ground:
                axes.add_patch(Rectangle((x, y), cells(letter) * 1.02, ASPECT, color=ground, linewidth=0))
            if letter != " ":
                axes.text(x, y + 0.75 * ASPECT, letter, color=ink, fontsize=size, weight=weight, family=FONTS)
            x += cells(letter)
    picture = BytesIO()
    figure.savefig(picture, facecolor=look.background)
    # A terminal has few colours: so the file is a quarter as large.
    Image.open(picture).convert("RGB").quantize(96, dither=Image.Dither.NONE).save(path, optimize=True)


def _paint(row: Text, at: int, style: str) -> tuple[str, str | None, str]:
    """Return the colours of a letter and of its background, and its weight."""
    spans = [span.style for span in row.spans if span.start <= at < span.end]
    styles = [row.style, *spans]
    one = Style.combine(Style.parse(part) if isinstance(part, str) else part for part in styles)
    ink = _color(one.color, style) or (THEMES[style].muted if one.dim else THEMES[style].ink)
    return ink, _color(one.bgcolor, style), "bold" if one.bold else "normal"


def _color(color: Any, style: str) -> str | None:
    if color is None or color.is_default:
        return None
    if color.triplet is not None:
        return str(color.triplet.hex)
    named = {index + 1: one for index, one in enumerate(ANSI[style])} | {0: "#000000", 7: "#c0c0c0", 15: "#ffffff"}
    number = int(color.number)
    return named.get(number if number in named else number - 8) or str(color.get_truecolor().hex)


def make(language: str, target: Path) -> None:
    """Train and ask in one language, and write its pictures: the commands in them are the ones that ran."""
    end = ".png" if language == "en" else f".{language}.png"
    for style in THEMES:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            options = [] if style == "light" else ["--style", style]  # light is the default; the words are the same
            trained = run_in_terminal(["onionskin", "train", "font-shade", *options], folder, language)
            if style == "light":
                rows = [Text("$ onionskin train font-shade", style="bold"), *shortened(rows_of(trained)), Text()]
                model = "onionskin-output/font-shade/model.onionskin"
                answered = run_in_terminal(["onionskin", "predict", model, *ASKED], folder, language)
                rows += [Text(f"$ onionskin predict {model} {' '.join(ASKED)}", style="bold"), *rows_of(answered)]
                while not rows[-1].plain.strip():
                    rows.pop()
            draw(rows, style, target / f"terminal-{style}{end}")
            for picture in ("curves", "boundary"):
                written = folder / "onionskin-output" / "font-shade" / f"{picture}.png"
                (target / f"{picture}-{style}{end}").write_bytes(written.read_bytes())


def draw_graph(target: Path) -> None:
    """Draw a step of training of a 784-50-10 network on numbers from a seed, layer by layer."""
    onionskin.utils.set_random_seed(0)
    layers = [onionskin.layers.Dense(50, "relu", name="hidden"), onionskin.layers.Dense(10, "softmax", name="output")]
    model = onionskin.Sequential([onionskin.Input((784,)), *layers], name="two_layer_net")
    model.compile("sgd", "categorical_crossentropy")
    x = np.random.default_rng(0).random((100, 784), "float32")
    for style in ("light", "dark"):
        model.draw(x, np.eye(10, dtype="float32")[np.arange(100) % 10], style=style).save(target / f"draw-{style}.svg")


def main(arguments: list[str]) -> int:
    """Write every picture into the folder that is given, or docs/pictures; returns the exit status."""
    target = Path(arguments[0]) if arguments else FOLDER
    target.mkdir(parents=True, exist_ok=True)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    for language in ("en", "ko"):
        make(language, target)
    draw_graph(target)
    for path in sorted([*target.glob("*.png"), *target.glob("*.svg")]):
        print(f"{path.name}: {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
