"""A diagram as text in Mermaid's flowchart language, which many pages and editors draw; nothing is drawn here."""

from __future__ import annotations

import re
from collections.abc import Iterator

from onionskin.plot.diagram import Diagram

_SAFE = re.compile(r"[^\w .,:()=\[\]∂δΣ‖·×−+/→←√-]")  # all else is written by its number
_ENDED = {"input": ("([", "])"), "weight": ("[(", ")]"), "loss": ("((", "))")}


def mermaid(diagram: Diagram) -> str:
    r"""Return a diagram as a Mermaid flowchart.

    Args:
        diagram: the diagram.

    Example:
        >>> from onionskin.plot.diagram import Diagram, Edge, Node
        >>> boxes = Node("x", "x", kind="input"), Node("y", "Dense")
        >>> print(mermaid(Diagram("m", boxes, (("x", "y"),), written=(Edge("2", "∂ 1"),))))
        flowchart TB
          n0(["x"])
          n1["Dense"]
          n0 -->|"2<br/>∂ 1"| n1
        <BLANKLINE>
    """
    return "\n".join(_lines(diagram)) + "\n"


def _lines(diagram: Diagram) -> Iterator[str]:
    number = {node.key: f"n{index}" for index, node in enumerate(diagram.nodes)}
    yield f"flowchart {diagram.direction}"
    yield from _inside(diagram, None, number, 1)
    for index, (source, target) in enumerate(diagram.edges):
        edge = diagram.of(index)
        texts = [text for text in (edge.value, edge.derivative) if text]
        label = f"|{_quoted(*texts)}|" if texts else ""
        yield f"  {number[source]} {'-.->' if edge.kind == 'backward' else '-->'}{label} {number[target]}"


def _inside(diagram: Diagram, group: str | None, number: dict[str, str], depth: int) -> Iterator[str]:
    space = "  " * depth
    for node in diagram.nodes:
        if node.group == group:
            before, after = _ENDED.get(node.kind, ("[", "]"))
            yield f"{space}{number[node.key]}{before}{_quoted(node.title, *node.lines)}{after}"
    for place, one in enumerate(diagram.groups):
        if one.parent == group:
            yield f"{space}subgraph g{place}[{_quoted(one.title)}]"
            yield from _inside(diagram, one.key, number, depth + 1)
            yield f"{space}end"


def _quoted(*lines: str) -> str:
    """Return lines as a Mermaid string; what means something to it, or to HTML, is written by its number."""
    texts = [line for text in lines for line in text.split("\n")]
    return '"' + "<br/>".join(_SAFE.sub(lambda found: f"#{ord(found[0])};", text) for text in texts) + '"'
