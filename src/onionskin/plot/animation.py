"""Pictures one after the other as a file: a GIF, or an HTML page with a slider that needs nothing from elsewhere."""

from __future__ import annotations

import base64
import html
import os
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from onionskin.base.errors import ArgumentError, DTypeError, require
from onionskin.plot.checks import whole
from onionskin.plot.sheet import Sheet, StrPath, put_in_place

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SUFFIXES = (".gif", ".html")
_COLORS = 128  # the same for all frames, so that nothing flickers
_SAME = 24  # a colour so near to the background's is the background, in steps of the three channels
_HOLD = 0.9  # seconds that a frame stands where the motion rests


def animation_path(path: Any, where: str) -> Path:
    """Return the path of an animation's file, or refuse.

    Raises:
        DTypeError: it is no path.
        ArgumentError: it has another suffix.
    """
    if not isinstance(path, str | os.PathLike):
        raise DTypeError(
            "this is no path.",
            where=f"{where}(path)",
            expected="a string or a pathlib.Path",
            given=type(path).__name__,
        )
    target = Path(path)
    if target.suffix.lower() not in _SUFFIXES:
        raise ArgumentError(
            "an animation cannot be written in this format.",
            where=f"{where}(path)",
            expected="a file name that ends in .gif or .html",
            given=repr(str(path)),
        )
    return target


def picture_of(figure: Figure) -> np.ndarray:
    """Return a figure as it looks now, (height, width, 3) uint8."""
    canvas = require("matplotlib.backends.backend_agg", "plot", "plots").FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def save_frames(
    page: Sheet,
    frames: Iterable[np.ndarray],
    path: StrPath,
    *,
    fps: int = 20,
    rests: Sequence[int] = (),
    title: str = "",
) -> Path:
    """Write pictures as an animation that repeats.

    Args:
        page: the sheet they were drawn on: colours and language of the HTML page.
        frames: pictures (height, width, 3) uint8, all of one size.
        path: a .gif or .html file; its folder is made.
        fps: frames a second, 1 to 50.
        rests: the numbers of the frames on which the motion rests for a while.
        title: of the HTML page.

    Returns:
        The path.

    Raises:
        DTypeError: the path is no path.
        ArgumentError: the suffix or the frame rate cannot be used, there are no frames, or the file cannot be written.
        MissingExtraError: Pillow is not installed.
    """
    target = animation_path(path, page.where)
    rate = whole(fps, 1, 50, f"{page.where}(fps)")
    image = require("PIL.Image", "plot", "animations")
    pictures = [image.fromarray(frame) for frame in frames]
    if not pictures:
        raise ArgumentError("there are no frames.", where=page.where, expected="at least one picture")
    resting = set(rests)
    times = [_HOLD if number in resting else 1 / rate for number in range(len(pictures))]
    palette = _palette(pictures, image, page.look.background)
    flat = [picture.quantize(palette=palette, dither=0) for picture in pictures]
    content = _gif(flat, times) if target.suffix.lower() == ".gif" else _html(page, flat, times, title)
    put_in_place(target, content, page.where)
    return target


def _gif(flat: list[Any], times: list[float]) -> bytes:
    file = BytesIO()
    # GIFs count in hundredths of a second.
    durations = [max(20, 10 * round(100 * seconds)) for seconds in times]
    flat[0].save(file, format="GIF", save_all=True, append_images=flat[1:], duration=durations, loop=0, optimize=False)
    return file.getvalue()


def _palette(pictures: list[Any], image: Any, background: str) -> Any:
    """Return a picture whose palette has the colours of all frames: of a few of them, put side by side."""
    ground = [int(background[place : place + 2], 16) for place in (1, 3, 5)]
    chosen = [pictures[i] for i in sorted({0, len(pictures) // 3, 2 * len(pictures) // 3, len(pictures) - 1})]
    width, height = chosen[0].size
    wide = image.new("RGB", (width * len(chosen), height))
    for place, picture in enumerate(chosen):
        wide.paste(picture, (place * width, 0))
    mixed = wide.quantize(colors=_COLORS)
    colors = np.array(mixed.getpalette()).reshape(-1, 3)
    colors[np.abs(colors - ground).sum(axis=1) <= _SAME] = ground  # exactly, not mixed with the edges on it
    mixed.putpalette(colors.ravel().tolist())
    return mixed


def _html(page: Sheet, pictures: list[Any], times: list[float], title: str) -> bytes:
    sources = ",\n".join(f'"{text}"' for text in _encoded(pictures))
    width, height = pictures[0].size
    milliseconds = ",".join(str(round(1000 * seconds)) for seconds in times)
    return _PAGE.format(
        language=page.language,
        title=html.escape(title),
        background=page.look.background,
        ink=page.look.ink,
        width=width,
        height=height,
        play=page.word("play"),
        pause=page.word("pause"),
        frame=page.word("frame"),
        last=len(pictures) - 1,
        sources=sources,
        milliseconds=milliseconds,
    ).encode()


def _encoded(pictures: list[Any]) -> Iterator[str]:
    for picture in pictures:
        file = BytesIO()
        picture.save(file, format="PNG", optimize=False)
        yield "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ margin: 0; padding: 1rem; background: {background}; color: {ink}; font-family: sans-serif; }}
main {{ max-width: {width}px; margin: 0 auto; }}
img {{ width: 100%; height: auto; display: block; }}
form {{ display: flex; gap: 0.8rem; align-items: center; }}
button {{ font: inherit; min-width: 5em; }}
input {{ flex: 1; }}
</style>
</head>
<body>
<main>
<img id="picture" width="{width}" height="{height}" alt="{title}">
<form onsubmit="return false">
<button id="play" type="button">{pause}</button>
<input id="place" type="range" min="0" max="{last}" value="0" aria-label="{frame}">
<output id="number"></output>
</form>
</main>
<script>
const sources = [
{sources}
];
const times = [{milliseconds}];
const picture = document.getElementById("picture"), place = document.getElementById("place");
const play = document.getElementById("play"), number = document.getElementById("number");
let at = 0, timer = null;
function show(k) {{
  at = k; picture.src = sources[k]; place.value = k; number.textContent = (k + 1) + " / " + sources.length;
}}
function next() {{ show((at + 1) % sources.length); timer = setTimeout(next, times[at]); }}
function stop() {{ clearTimeout(timer); timer = null; play.textContent = "{play}"; }}
function start() {{ play.textContent = "{pause}"; timer = setTimeout(next, times[at]); }}
play.onclick = () => timer === null ? start() : stop();
place.oninput = () => {{ stop(); show(Number(place.value)); }};
show(0);
if (matchMedia("(prefers-reduced-motion: reduce)").matches) {{ stop(); }} else {{ start(); }}
</script>
</body>
</html>
"""
