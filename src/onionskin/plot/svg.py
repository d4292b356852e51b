"""A diagram as SVG: plain text that needs no program to draw it, in light and dark."""

from __future__ import annotations

import hashlib
import re
from xml.sax.saxutils import escape, quoteattr

from onionskin.plot.diagram import ROUND, Diagram, Label, Scene, Shape, inks, paints, scene
from onionskin.plot.fonts import LATIN, PREFERRED
from onionskin.plot.theme import Theme, theme

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FAMILIES = ", ".join(f'"{name}"' for name in (LATIN, "Verdana", *PREFERRED)) + ", sans-serif"


def svg(diagram: Diagram, style: str = "auto", where: str = "svg", keyed: bool = False) -> str:
    """Return a diagram as the text of an SVG file.

    Args:
        diagram: what to draw.
        style: "light", "dark", or "auto" for what the reader's screen is set to.
        where: the function that asks, for errors.
        keyed: what stands for a box or a group bears its key, in `data-key`, so that a page can find it.

    Raises:
        UnknownNameError: there is no such style.

    Example:
        >>> from onionskin.plot.diagram import Diagram, Node
        >>> text = svg(Diagram("one layer", (Node("a", "Dense"),)))
        >>> text.startswith("<svg "), "Dense</text>" in text
        (True, True)
    """
    looks = [theme(style, where)] if style != "auto" else [theme("light", where), theme("dark", where)]
    drawn = scene(diagram)
    body = [*(_shape(one, keyed) for one in drawn.shapes), *(_label(one, keyed) for one in drawn.labels)]
    name = "o" + hashlib.sha256("\n".join([style, *body]).encode()).hexdigest()[:10]  # rules stay in this drawing
    rules = _rules(looks[0], f"#{name}", drawn)
    if len(looks) > 1:
        rules += ["@media (prefers-color-scheme: dark) {", *_rules(looks[1], f"#{name}", drawn), "}"]
    size = f'width="{_number(drawn.width)}" height="{_number(drawn.height)}"'
    box = f'viewBox="0 0 {_number(drawn.width)} {_number(drawn.height)}"'
    label = quoteattr(_clean(diagram.name))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" id="{name}" {size} {box} role="img" aria-label={label}>',
            f"<title>{escape(_clean(diagram.name))}</title>",
            "<style>",
            *rules,
            "</style>",
            f'<rect class="ground" {size}/>',
            *body,
            "</svg>\n",
        ]
    )


def _rules(look: Theme, scope: str, drawn: Scene) -> list[str]:
    """Return the colours of a style as CSS, for what is drawn only."""
    used = {one.look for one in drawn.shapes}
    rules = [f"{scope} .ground {{fill: {look.background}}}"]
    rules.append(f"{scope} text {{fill: {look.ink}; font-family: {_FAMILIES}; white-space: pre}}")
    for name, paint in paints(look).items():
        if name in used:
            dash = f"; stroke-dasharray: {' '.join(map(_number, paint.dash))}" if paint.dash else ""
            line = f"stroke: {paint.stroke or 'none'}; stroke-width: {_number(paint.width)}{dash}"
            rules.append(f"{scope} .{name} {{fill: {paint.fill or 'none'}; {line}}}")
    written = {one.look for one in drawn.labels}
    rules += [f"{scope} .{name} {{fill: {color}}}" for name, color in inks(look).items() if name in written]
    return rules


def _shape(one: Shape, keyed: bool) -> str:
    if one.size is None:
        data = " ".join(code + " ".join(map(_number, values)) for code, values in one.path)
        return f'<path class="{one.look}" d="{data}"/>'
    place = f'x="{_number(one.corner[0])}" y="{_number(one.corner[1])}"'
    size = f'width="{_number(one.size[0])}" height="{_number(one.size[1])}"'
    key = f" data-key={quoteattr(_clean(one.key))}" if keyed and one.key else ""
    return f'<rect class="{one.look}" {place} {size} rx="{ROUND}"{key}/>'


def _label(one: Label, keyed: bool) -> str:
    weight = ' font-weight="bold"' if one.bold else ""
    anchor = ' text-anchor="middle"' if one.middle else ""
    place = f'x="{_number(one.x)}" y="{_number(one.y)}" font-size="{_number(one.size)}"'
    look = f' class="{one.look}"' if one.look else ""
    look += f" data-key={quoteattr(_clean(one.key))}" if keyed and one.key else ""
    return f"<text{look} {place}{weight}{anchor}>{escape(_clean(one.text))}</text>"


def _clean(text: str) -> str:
    """Return a text with what XML cannot hold replaced by a mark."""
    return _NOT_XML.sub("\ufffd", text)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
