"""Frames, one after the other, as a file: a GIF, or an HTML page with a slider that needs nothing from elsewhere."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from onionskin.base.errors import ArgumentError, ShapeError, require
from onionskin.plot.sheet import Sheet, StrPath, file_of, put_in_place
from onionskin.plot.theme import Theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SUFFIXES = (".gif", ".html")
_COLORS = 200  # beside those of the theme; the same for all frames, so that nothing flickers


def animation_path(path: Any, where: str) -> Path:
    """Return the path of an animation's file, or refuse.

    Raises:
        DTypeError: it is no path.
        ArgumentError: it has another suffix.
    """
    return file_of(path, where, "an animation", _SUFFIXES)


def frame_of(figure: Figure) -> np.ndarray:
    """Return a figure as it looks now, (height, width, 3) uint8."""
    canvas = require("matplotlib.backends.backend_agg", "plot", "plots").FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def save_frames(
    page: Sheet,
    frames: Iterable[np.ndarray],
    path: StrPath,
    *,
    seconds: Sequence[float],
    title: str = "",
    captions: Sequence[str] = (),
    tables: Sequence[Sequence[Sequence[str]]] = (),
) -> Path:
    """Write frames as an animation that repeats.

    Args:
        page: the sheet they were drawn on: colours and language of the HTML page.
        frames: pictures (height, width, 3) uint8, all of one size.
        path: a .gif or .html file; its folder is made.
        seconds: how long each frame stands, 0.02 at least.
        title: of the HTML page.
        captions: what stands beside the page's slider, one for each frame; "3 / 49" where there are none.
        tables: what stands below it, one for each frame: rows of cells.

    Returns:
        The path.

    Raises:
        DTypeError: the path is no path.
        ArgumentError: the suffix cannot be used, there are no frames, or the file cannot be written.
        ShapeError: there is not one time, caption and table for each frame.
        MissingExtraError: Pillow is not installed.
    """
    target = animation_path(path, page.where)
    image = require("PIL.Image", "plot", "animations")
    pictures = [image.fromarray(frame) for frame in frames]
    if not pictures:
        raise ArgumentError("there are no frames.", where=page.where, expected="at least one picture")
    for name, given in (("seconds", seconds), ("captions", captions), ("tables", tables)):
        if len(given) != len(pictures) and (given or name == "seconds"):
            raise ShapeError("there must be one for each frame.", where=f"{page.where}({name})",
                             expected=(len(pictures),), given=(len(given),))  # fmt: skip
    flat = few_colors(pictures, page.look)
    if target.suffix.lower() == ".gif":
        content = _gif(flat, seconds)
    else:
        content = _html(page, flat, seconds, title, captions, tables)
    put_in_place(target, content, page.where)
    return target


def _gif(flat: list[Any], times: Sequence[float]) -> bytes:
    file = BytesIO()
    # GIFs count in hundredths of a second.
    durations = [max(20, 10 * round(100 * seconds)) for seconds in times]
    flat[0].save(file, format="GIF", save_all=True, append_images=flat[1:], duration=durations, loop=0, optimize=False)
    return file.getvalue()


def few_colors(pictures: Sequence[Any], look: Theme, colors: int = _COLORS) -> list[Any]:
    """Return pictures with one palette, in which thin lines keep their colours and the background its own.

    Args:
        pictures: Pillow images of one size, at least one.
        look: the theme they were drawn in, whose colours are in the palette as they are.
        colors: how many other colours there are, of a few of the pictures side by side.

    Returns:
        Pillow images with a palette.
    """
    image = require("PIL.Image", "plot", "animations")
    own = [[int(color[at : at + 2], 16) for at in (1, 3, 5)] for color in (look.background, look.ink, *look.series)]
    chosen = [pictures[i] for i in sorted({0, len(pictures) // 3, 2 * len(pictures) // 3, len(pictures) - 1})]
    width, height = chosen[0].size
    wide = image.new("RGB", (width * len(chosen), height))
    for place, picture in enumerate(chosen):
        wide.paste(picture, (place * width, 0))
    palette = image.new("P", (1, 1))
    palette.putpalette([*np.ravel(own).tolist(), *wide.quantize(colors=colors).getpalette()[: 3 * colors]])
    out = []
    for picture in pictures:
        places = np.array(picture.quantize(palette=palette, dither=0))
        # Pillow takes a colour that is near for the same; on a large even ground that would be seen.
        places[(np.asarray(picture) == own[0]).all(axis=2)] = 0
        flat = image.fromarray(places)
        flat.putpalette(palette.getpalette())
        out.append(flat)
    return out


def _html(
    page: Sheet, pictures: list[Any], times: Sequence[float], title: str, captions: Sequence[str],
    tables: Sequence[Sequence[Sequence[str]]],
) -> bytes:  # fmt: skip
    """Return a page that holds all its frames; what users wrote reaches its script as JSON and is only shown."""
    data = {
        "pictures": list(_encoded(pictures)), "times": [round(1000 * one) for one in times], "tables": list(tables),
        "captions": list(captions) or [f"{number + 1} / {len(pictures)}" for number in range(len(pictures))],
        "play": page.word("play"), "pause": page.word("pause"),
    }  # fmt: skip
    width, height = pictures[0].size
    look = page.look
    return _PAGE.format(
        language=page.language, title=html.escape(title), background=look.background, ink=look.ink, muted=look.muted,
        grid=look.grid, scheme="light" if look.background == "#ffffff" else "dark", width=width, height=height,
        frame=page.word("frame"), last=len(pictures) - 1,
        # "</" would end the script, whatever a label holds.
        data=json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"),
    ).encode()  # fmt: skip


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
<meta name="color-scheme" content="{scheme}">
<title>{title}</title>
<style>
body {{ margin: 0; padding: 16px; background: {background}; color: {ink}; font: 15px/1.4 system-ui, sans-serif; }}
main {{ max-width: {width}px; margin: 0 auto; }}
img {{ width: 100%; height: auto; display: block; }}
form {{ display: flex; gap: 12px; align-items: center; flex-wrap: wrap; margin: 8px 0 12px; }}
input {{ flex: 1 1 200px; accent-color: {ink}; }}
button {{ font: inherit; color: {ink}; background: transparent; border: 1px solid {muted}; border-radius: 6px;
  padding: 4px 14px; min-width: 5.5em; cursor: pointer; }}
button:focus-visible, input:focus-visible {{ outline: 2px solid {ink}; outline-offset: 2px; }}
output {{ min-width: 5em; text-align: right; font-variant-numeric: tabular-nums; }}
table {{ width: 100%; border-collapse: collapse; }}
td {{ padding: 4px 8px 4px 0; border-top: 1px solid {grid}; font-variant-numeric: tabular-nums; }}
</style>
</head>
<body>
<main>
<img id="picture" width="{width}" height="{height}" alt="{title}">
<form onsubmit="return false">
<button id="play" type="button"></button>
<input id="place" type="range" min="0" max="{last}" value="0" aria-label="{frame}">
<output id="caption" for="place"></output>
</form>
<table><tbody id="rows"></tbody></table>
</main>
<script>
"use strict";
const data = {data};
const picture = document.getElementById("picture"), place = document.getElementById("place");
const button = document.getElementById("play"), caption = document.getElementById("caption");
const rows = document.getElementById("rows");
let at = 0, timer = null;
function show(k) {{
  at = k;
  picture.src = data.pictures[k];
  place.value = k;
  caption.textContent = data.captions[k];
  rows.replaceChildren();
  for (const cells of data.tables[k] || []) {{
    const row = rows.insertRow();
    for (const cell of cells) row.insertCell().textContent = cell;
  }}
}}
function next() {{ show((at + 1) % data.pictures.length); timer = setTimeout(next, data.times[at]); }}
function stop() {{ clearTimeout(timer); timer = null; button.textContent = data.play; }}
function start() {{ button.textContent = data.pause; timer = setTimeout(next, data.times[at]); }}
button.onclick = () => timer === null ? start() : stop();
place.oninput = () => {{ stop(); show(Number(place.value)); }};
show(0);
if (matchMedia("(prefers-reduced-motion: reduce)").matches) {{ stop(); }} else {{ start(); }}
</script>
</body>
</html>
"""
