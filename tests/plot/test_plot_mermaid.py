"""Mermaid text: one line for each box, group and arrow, and no letter of a label that Mermaid reads as its own."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from onionskin.plot.diagram import Diagram, Edge, Group, Node
from onionskin.plot.mermaid import mermaid

# The forms of lines that are written, each as Mermaid's grammar of flowcharts has it.
STRING = r'"[^"\n`]*"'
BOX = rf"n\d+(?:\[{STRING}\]|\(\[{STRING}\]\)|\[\({STRING}\)\]|\(\({STRING}\)\))"
LINES = re.compile(
    rf"flowchart (?:TB|BT|LR|RL)|\s+(?:{BOX}|subgraph g\d+\[{STRING}\]|end|n\d+ (?:-->|-\.->)(?:\|{STRING}\|)? n\d+)"
)


def read(string):
    """What a reader sees of a Mermaid string."""
    return html.unescape(re.sub(r"#(\d+);", r"&#\1;", string.replace("<br/>", "\n")))


def test_groups_boxes_and_arrows():
    boxes = (Node("x", "x", kind="input"), Node("w", "W", kind="weight", group="g"), Node("y", "x·W", group="g"),
             Node("l", "loss", ("mean(z)",), "loss"))  # fmt: skip
    edges = (("x", "y"), ("w", "y"), ("y", "l"))
    written = (Edge("2", "∂ 1", True), Edge(), Edge(derivative="3", kind="backward"))
    found = mermaid(Diagram("m", boxes, edges, (Group("g", "hidden (Dense)"),), "LR", written=written))
    assert found.splitlines() == [
        "flowchart LR",
        '  n0(["x"])',
        '  n3(("loss<br/>mean(z)"))',
        '  subgraph g0["hidden (Dense)"]',
        '    n1[("W")]',
        '    n2["x·W"]',
        "  end",
        '  n0 -->|"2<br/>∂ 1"| n2',
        "  n1 --> n2",
        '  n2 -.->|"3"| n3',
    ]


@given(st.text(max_size=30))
def test_no_label_breaks_out_of_its_string(text):
    boxes = Node("a", text, (text,), "input", "g"), Node("b", text, kind="weight")
    found = mermaid(Diagram("m", boxes, (("a", "b"),), (Group("g", text),), written=(Edge(text, text),)))
    lines = found.split("\n")
    assert lines.pop() == "" and len(lines) == 6
    for line in lines:
        assert LINES.fullmatch(line), line
    label = re.search(r'n0\(\["(.*)"\]\)', found)[1]
    control = {chr(one) for one in (*range(32), *range(127, 160))} - {"\n"}
    if not control & set(text) and not any("\ud800" <= letter <= "\udfff" for letter in text):
        assert read(label) == f"{text}\n{text}"
