"""A diagram as text in the DOT language, for programs that read it; nothing is drawn or started here."""

from __future__ import annotations

from collections.abc import Iterator

from onionskin.plot.diagram import Diagram


class Dot:
    """A diagram in the DOT language, which Graphviz and others read.

    Args:
        diagram: the diagram.
        settings: attributes of the whole graph, such as dpi.
        subgraph: write it as a cluster to be put into another graph.

    Example:
        >>> from onionskin.plot.diagram import Diagram, Node
        >>> print(Dot(Diagram("m", (Node("x", "Input"), Node("y", "Dense")), (("x", "y"),))))
        digraph "m" {
          graph [rankdir="TB"];
          node [shape="box"];
          "x" [label="Input"];
          "y" [label="Dense"];
          "x" -> "y";
        }
    """

    def __init__(self, diagram: Diagram, settings: dict[str, str] | None = None, subgraph: bool = False) -> None:
        self._diagram, self._settings, self._subgraph = diagram, dict(settings or {}), subgraph

    def to_string(self) -> str:
        """Return the text."""
        return "\n".join(self._lines())

    __str__ = to_string

    def __repr__(self) -> str:
        return f"<DOT text of {self._diagram.name}: {len(self._diagram.nodes)} nodes, {len(self._diagram.edges)} edges>"

    def _lines(self) -> Iterator[str]:
        diagram = self._diagram
        if self._subgraph:
            yield f"subgraph {_quoted('cluster_' + diagram.name)} {{"
            yield f'  graph [label={_quoted(diagram.name)}, labeljust="l", style="dashed"];'
        else:
            settings = {"rankdir": diagram.direction, **self._settings}
            yield f"digraph {_quoted(diagram.name)} {{"
            yield f"  graph [{', '.join(f'{key}={_quoted(value)}' for key, value in settings.items())}];"
        yield '  node [shape="box"];'
        yield from self._inside(None, 1)
        for number, (source, target) in enumerate(diagram.edges):
            edge = diagram.of(number)
            written = "\n".join(text for text in (edge.value, edge.derivative) if text)
            label = f" [label={_quoted(written)}]" if written else ""
            yield f"  {_quoted(source)} -> {_quoted(target)}{label};"
        yield "}"

    def _inside(self, group: str | None, depth: int) -> Iterator[str]:
        space = "  " * depth
        for node in self._diagram.nodes:
            if node.group == group:
                yield f"{space}{_quoted(node.key)} [label={_quoted(chr(10).join([node.title, *node.lines]))}];"
        for one in self._diagram.groups:
            if one.parent == group:
                yield f"{space}subgraph {_quoted('cluster_' + one.key)} {{"
                yield f'{space}  graph [label={_quoted(one.title)}, labeljust="l", style="dashed"];'
                yield from self._inside(one.key, depth + 1)
                yield f"{space}}}"


def _quoted(text: str) -> str:
    """Return a text as a DOT string: in a label, a backslash begins an escape, so each is doubled."""
    text = text.replace("\0", "\ufffd").replace("\\", "\\\\").replace('"', '\\"')
    return '"' + text.replace("\r\n", "\n").replace("\n", "\\n") + '"'
