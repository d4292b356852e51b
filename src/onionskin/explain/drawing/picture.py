"""`draw`: the computational graph of a function, a layer, a loss or a step of training, as a picture and as text."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from onionskin.base.errors import ArgumentError, DTypeError, UnknownNameError, suggest
from onionskin.explain.arguments import named_arguments, title_of
from onionskin.explain.drawing import page
from onionskin.explain.drawing.boxes import Boxes
from onionskin.explain.drawing.chart import LOSS, Chart, Manner, short
from onionskin.explain.drawing.clusters import line_of
from onionskin.explain.drawing.tree import Tree
from onionskin.explain.drawing.words import words_of
from onionskin.explain.recording import Recording, record
from onionskin.graph import Graph, Node, inline
from onionskin.plot.diagram import Diagram
from onionskin.plot.dot import Dot
from onionskin.plot.layered import DIRECTIONS
from onionskin.plot.mermaid import mermaid
from onionskin.plot.picture import Picture
from onionskin.saving import write_atomically

_SMALL = 24  # operations that are all shown where nothing else is asked for
_FORMS = (".svg", ".png", ".pdf", ".html", ".dot", ".mmd", ".txt")


class Drawing:
    """A computational graph, drawn: a picture in notebooks and files, a tree in a terminal.

    Args:
        chart: what is drawn.
        name: what it is a picture of.
        expand: layers that are open; see `draw`.
        direction: "TB", "BT", "LR", "RL", or None for to the right where there is room, else down.
        style: "light", "dark", or "auto".
        language: "en" or "ko".
        where: the function that asks, for errors.
    """

    def __init__(
        self, chart: Chart, name: str, expand: Any, direction: str | None, style: str, language: str, where: str
    ) -> None:
        self.chart, self.name, self.direction, self.style = chart, name, direction, style
        self.language, self.where = language, where
        self.opened = _opened(chart, expand, where)
        self.picture = Picture(self.diagram, style, where)

    @cached_property
    def diagram(self) -> Diagram:
        """Boxes, arrows and groups as plain data."""
        title = self.chart.words["graph of"].format(name=self.name)
        return Boxes(self.chart, self.opened).diagram(title, self.direction)

    @property
    def svg(self) -> str:
        """The picture as the text of an SVG file."""
        return self.picture.svg

    @cached_property
    def html(self) -> str:
        """The picture as a page of its own, in which a click on a layer opens or closes it."""
        return page.page(self._fragment, self.diagram.name, self.language, self.style, self.where)

    @cached_property
    def dot(self) -> str:
        """The graph in the DOT language."""
        return str(Dot(self.diagram))

    @cached_property
    def mermaid(self) -> str:
        """The graph as a Mermaid flowchart."""
        return mermaid(self.diagram)

    @cached_property
    def text(self) -> str:
        """The graph as a tree in 80 columns, from the output inwards."""
        return Tree(self.chart, self.opened).text(self.diagram.name)

    def save(self, path: str | os.PathLike[str], dpi: float = 200.0) -> None:
        """Write it into a file, in the form that the name's ending says.

        Args:
            path: ends in .svg, .png, .pdf, .html, .dot, .mmd (Mermaid) or .txt.
            dpi: pixels per inch of a PNG.

        Raises:
            DTypeError: it is no path.
            ArgumentError: there is no such form, or it cannot be written; what was there before is still whole.
            MissingExtraError: Matplotlib, which draws PNG and PDF, is not installed.
        """
        if not isinstance(path, str | os.PathLike):
            raise DTypeError("this is no path.", where=f"{self.where}, to_file", expected="a string or a pathlib.Path",
                             given=type(path).__name__)  # fmt: skip
        target = Path(os.fspath(path))
        form = target.suffix.lower()
        if form not in _FORMS:
            raise ArgumentError(
                "a graph cannot be written in this form.",
                where=f"{self.where}, to_file",
                expected=f"a file name that ends in {', '.join(_FORMS)}",
                given=repr(str(target)),
            )
        texts = {".html": "html", ".dot": "dot", ".mmd": "mermaid", ".txt": "text"}
        content = str(getattr(self, texts[form])).encode() if form in texts else self.picture.encoded(form[1:], dpi)
        write_atomically(target, lambda file: _write(file, content))

    @cached_property
    def _fragment(self) -> str:
        return page.fragment(self.chart, self.opened, self.diagram.name, self.style, self.where)

    def _repr_html_(self) -> str:
        return self._fragment

    def _repr_svg_(self) -> str:
        return self.svg

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<drawing of {self.name}: {len(self.diagram.nodes)} boxes, {len(self.diagram.edges)} arrows>"

    def __rich__(self) -> Any:
        """Return the tree in colours, for rich."""
        from onionskin.explain.drawing.tree import colored

        return colored(Tree(self.chart, self.opened), self.diagram.name)


def draw(
    what: Recording | Graph | Callable[..., Any],
    *args: Any,
    names: Sequence[str] = (),
    backward: bool | str = True,
    update: bool = False,
    values: bool = True,
    expand: bool | str | Collection[str] | None = None,
    direction: str | None = None,
    style: str = "auto",
    language: str = "en",
    to_file: str | os.PathLike[str] | None = None,
) -> Drawing:
    """Draw the computational graph of a function: values flow forward, derivatives backward.

    What is drawn is the graph that would train, stabilised and simplified, and nothing is left out of it but numbers
    that stand in the boxes of the operations that take them. Nothing is changed by it.

    Args:
        what: a function of arrays, a layer, a loss, a graph, or a recorded step.
        args: the arrays that it is called on, or specs for shapes only; none for a recorded step.
        names: what to call them; else as the function calls its arguments.
        backward: True or "edges" writes the derivatives of the result on the arrows; "nodes" draws the operations
            that compute them; False leaves them out.
        update: the operations that change the weights too, of a step that was recorded with them.
        values: numbers, where there are some, and not shapes only.
        expand: True shows the operations of all layers, False one box for each; names of layers open these. None opens
            all where they are few.
        direction: where arrows lead: "TB" down, "BT" up, "LR" to the right, "RL" to the left; None for to the right
            where there is room for it, else down.
        style: "light", "dark", or "auto" for what the reader's screen is set to.
        language: "en" or "ko".
        to_file: a file to write too; see `Drawing.save`.

    Returns:
        The drawing: a notebook shows it, `print` writes it as a tree, `save` writes it into a file.

    Raises:
        DTypeError: it is nothing that can be drawn, or its result is no float.
        ArgumentError: an argument cannot be used.
        UnknownNameError: there is no such layer, style or language.

    Example:
        >>> drawn = draw(lambda x, w: x * w + 1, 3.0, 2.0)
        >>> print(drawn)
        computational graph of function · output first
                                                                   value    ∂ derivative
        result = v2                                                    7               1
        └─ v2 = v1 + 1                                                 7               1
           └─ v1 = x × w                                               6               1
              ├─ x                                                     3               2
              └─ w                                                     2               3
        <BLANKLINE>

    Source: the pictures of graphs follow Saito, Deep Learning from Scratch (2016), chapter 5.
    """
    where, silent = "draw", tuple[str, ...]()
    if isinstance(what, Recording):
        if args:
            raise ArgumentError("a recorded step has its arguments already.", where=where, given=f"{len(args)} more")
        step = what
    else:
        step, silent = _recorded(what, args, names, where)
    return drawn(step, backward=backward, update=update, values=values, expand=expand, direction=direction,
                 style=style, language=language, to_file=to_file, silent=silent, where=where)  # fmt: skip


def drawn(
    step: Recording,
    *,
    backward: bool | str = True,
    update: bool = False,
    values: bool = True,
    expand: Any = None,
    direction: str | None = None,
    style: str = "auto",
    language: str = "en",
    to_file: str | os.PathLike[str] | None = None,
    silent: Collection[str] = (),
    batch: int = 0,
    where: str = "draw",
) -> Drawing:
    """Draw a recorded step.

    Args:
        step: the step.
        backward: this, and what is not said here, as in `draw`.
        update: likewise.
        values: likewise.
        expand: likewise.
        direction: likewise.
        style: likewise.
        language: likewise.
        to_file: likewise.
        silent: arguments whose derivatives are of no interest, such as labels.
        batch: a size that stands for any number of samples, 0 for none.
        where: the function that asks, for errors.
    """
    words = words_of(language, where)
    manners = {True: "edges", False: "", "edges": "edges", "nodes": "nodes"}
    if not isinstance(backward, bool | str) or backward not in manners:
        raise ArgumentError(
            "this is no way to draw the backward pass.",
            where=f"{where}, backward",
            expected='True, False, "edges" or "nodes"',
            given=repr(backward),
        )
    if direction is not None and direction not in DIRECTIONS:
        raise ArgumentError(
            "there is no such direction.",
            where=f"{where}, direction",
            expected=", ".join(DIRECTIONS),
            given=repr(direction),
        )
    if update and not step.updated:
        raise ArgumentError(
            "nothing is updated in what is drawn.",
            where=f"{where}, update",
            fix="draw a model that is compiled with an optimizer: model.draw(x, y, update=True)",
        )
    manner = Manner("nodes" if update else manners[backward], update, bool(values))
    chart = Chart(step, manner, words, silent, batch)
    name = step.graph.name if step.graph.name not in ("", "<lambda>") else "function"
    found = Drawing(chart, name, expand, direction, style, language, where)
    if to_file is not None:
        found.save(to_file)
    return found


def _write(file: Any, content: bytes) -> None:
    file.write(content)


def _recorded(what: Any, args: Sequence[Any], names: Sequence[str], where: str) -> tuple[Recording, tuple[str, ...]]:
    """Return something that was called as a step, and the arguments that are no one's derivative is asked by."""
    if isinstance(what, Graph):
        graph = what
        labels = names or [str(node.params.get("name") or f"x{place}") for place, node in enumerate(graph.inputs)]
        given = args or [node.spec for node in graph.inputs]

        def run(*nodes: Node) -> Any:
            found = inline(graph, list(nodes))
            return found[0] if len(found) == 1 else (found[0], tuple(found[1:]))

        return record(run, given, labels, name=graph.name, where=where), ()
    arrays, known = named_arguments(what, args, names, where)
    step = record(what, arrays, known, name=title_of(what), where=where)
    return step, tuple(one for one in known if one == "y_true")


def _opened(chart: Chart, expand: Any, where: str) -> set[str]:
    """Return the keys of the clusters that are open."""
    clusters = chart.clusters
    if expand is None:
        expand = sum(bool(node.inputs) for node in chart.nodes) <= _SMALL
    if isinstance(expand, bool):
        return set(clusters) if expand else set()
    if not isinstance(expand, str | Collection):
        raise ArgumentError("this names no layers.", where=f"{where}, expand",
                            expected="True, False, the name of a layer, or names", given=repr(expand))  # fmt: skip
    wanted = [expand] if isinstance(expand, str) else list(expand)
    found: set[str] = set()
    for name in wanted:
        keys = [key for key, one in clusters.items() if name in (one.path, short(one.path), one.path.strip("()"))]
        if not keys:
            known = [short(one.path) for one in clusters.values() if one.path != LOSS]
            raise UnknownNameError(
                "there is no layer of this name in what is drawn.",
                where=f"{where}, expand",
                given=repr(name),
                fix=suggest(str(name), known),
            )
        for key in keys:
            found.update(line_of(key, clusters))
    return found
