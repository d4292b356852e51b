"""S3, row 1: the shopping graph, with values flowing forward and derivatives backward, as `draw` shows it."""

import re

import numpy as np

from onionskin.explain import draw

GIVEN = {"apple": 100.0, "apples": 2.0, "orange": 150.0, "oranges": 3.0, "tax": 1.1}
DERIVATIVES = {"apple": 2.2, "apples": 110.0, "orange": 3.3, "oranges": 165.0, "tax": 650.0}


def price(apple, apples, orange, oranges, tax):
    return (apple * apples + orange * oranges) * tax


def test_s3_1_values_forward_derivatives_backward_at_each_node():
    drawn = draw(price, *GIVEN.values())
    titles = {box.key: box.title for box in drawn.diagram.nodes}
    on_edges = {}
    for (source, target), edge in zip(drawn.diagram.edges, drawn.diagram.written, strict=True):
        on_edges[titles[source], titles[target], edge.value] = edge.derivative
        assert edge.back, "each arrow has one that leads back"
    assert on_edges == {
        ("apple", "×", "100"): "∂ 2.2",
        ("apples", "×", "2"): "∂ 110",
        ("orange", "×", "150"): "∂ 3.3",
        ("oranges", "×", "3"): "∂ 165",
        ("×", "+", "200"): "∂ 1.1",
        ("×", "+", "450"): "∂ 1.1",
        ("+", "×", "650"): "∂ 1.1",
        ("tax", "×", "1.1"): "∂ 650",
        ("×", "result", "715"): "∂ 1",
    }
    written = re.findall(r"<text[^>]*>([^<]*)</text>", drawn.svg)
    for text in ("715", "∂ 2.2", "∂ 110", "∂ 3.3", "∂ 165", "∂ 650"):
        assert written.count(text) == 1, text


def test_s3_1_the_tree_in_the_terminal_has_the_same_figures():
    rows = [line.split() for line in draw(price, *GIVEN.values()).text.splitlines()[2:]]
    assert rows[0] == ["result", "=", "v4", "715", "1"]
    found = {row[-3]: (float(row[-2]), float(row[-1])) for row in rows if row[-3] in GIVEN}
    for name, value in GIVEN.items():
        np.testing.assert_allclose(found[name], (value, DERIVATIVES[name]))
