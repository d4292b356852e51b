"""Diagrams as SVG, DOT text, PNG and PDF: what is asked is there, whole, escaped, and no wider than its box."""

import re
import struct
import warnings
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onionskin.base.errors import ArgumentError, UnknownNameError
from onionskin.plot.diagram import Diagram, Group, Node, Shape, inks, paints, scene
from onionskin.plot.dot import Dot
from onionskin.plot.letters import text_width, wrapped
from onionskin.plot.picture import Picture
from onionskin.plot.svg import svg
from onionskin.plot.theme import THEMES, luminance

ODD = "a<b & \"c\" 'd' \\n\\"
TEXT = st.text(max_size=60)
PLAIN = Diagram(
    ODD,
    (Node("x", "input", ("shape: (None, 4)",), "input"), Node("y", ODD, (), "model", "g"), Node("z", "합치기")),
    (("x", "y"), ("y", "z"), ("x", "z")),
    (Group("g", "안쪽 모델 <1>"),),
)
NAMESPACE = "{http://www.w3.org/2000/svg}"


def texts(code):
    return [element.text for element in ET.fromstring(code).iter(f"{NAMESPACE}text")]


@pytest.mark.parametrize("style", ["auto", "light", "dark"])
def test_svg_holds_every_text_escaped(style):
    code = svg(PLAIN, style)
    root = ET.fromstring(code)
    assert root.get("aria-label") == root.find(f"{NAMESPACE}title").text == ODD
    assert set(texts(code)) == {"input", "shape: (None, 4)", ODD, "합치기", "안쪽 모델 <1>"}
    assert len(root.findall(f"{NAMESPACE}path[@class='arrow']")) == 3
    assert len(root.findall(f"{NAMESPACE}rect")) == 1 + 3 + 1
    assert ("prefers-color-scheme: dark" in code) == (style == "auto")
    for name, look in THEMES.items():
        assert (look.ink in code) == (style in ("auto", name)), name


@settings(max_examples=100, deadline=None)
@given(TEXT, TEXT, TEXT, st.sampled_from(["TB", "LR"]))
def test_svg_and_dot_of_any_text_are_whole(name, title, line, direction):
    diagram = Diagram(name, (Node("a", title, (line,), group="g"),), (), (Group("g", title),), direction)
    ET.fromstring(svg(diagram))
    tokens = dot_tokens(str(Dot(diagram)))
    assert tokens.count("{") == tokens.count("}") == 2


def dot_tokens(code):
    """The tokens of DOT text, by its grammar; anything else is a fault."""
    pattern = re.compile(r'\s+|->|[{}\[\],;=]|[A-Za-z_][A-Za-z_0-9]*|"(?:[^"\\]|\\.)*"', re.S)
    place, tokens = 0, []
    while place < len(code):
        found = pattern.match(code, place)
        assert found, code[place : place + 40]
        place = found.end()
        if found.group().strip():
            tokens.append(found.group())
    return tokens


def test_dot_is_the_graph_in_quotes():
    assert str(Dot(PLAIN, {"dpi": "96"})).splitlines() == [
        r"""digraph "a<b & \"c\" 'd' \\n\\" {""",
        '  graph [rankdir="TB", dpi="96"];',
        '  node [shape="box"];',
        r'  "x" [label="input\nshape: (None, 4)"];',
        '  "z" [label="합치기"];',
        '  subgraph "cluster_g" {',
        '    graph [label="안쪽 모델 <1>", labeljust="l", style="dashed"];',
        r"""    "y" [label="a<b & \"c\" 'd' \\n\\"];""",
        "  }",
        '  "x" -> "y";',
        '  "y" -> "z";',
        '  "x" -> "z";',
        "}",
    ]
    assert Dot(PLAIN, subgraph=True).to_string().splitlines()[0] == r"""subgraph "cluster_a<b & \"c\" 'd' \\n\\" {"""
    assert repr(Dot(Diagram("m", PLAIN.nodes, PLAIN.edges))) == "<DOT text of m: 3 nodes, 3 edges>"


def box_of(label, drawn):
    """The smallest rectangle around the middle of a label."""
    middle = label.x + (0 if label.middle else label.width / 2)
    around = [
        shape for shape in drawn.shapes
        if shape.size and shape.corner[0] <= middle <= shape.corner[0] + shape.size[0]
        and shape.corner[1] <= label.y <= shape.corner[1] + shape.size[1]
    ]  # fmt: skip
    return min(around, key=lambda shape: shape.size[0] * shape.size[1])


@settings(max_examples=100, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=4), TEXT, st.sampled_from(["TB", "BT", "LR", "RL"]))
def test_no_text_is_cut(lines, title, direction):
    nodes = Node("a", title, tuple(lines), group="g"), Node("b", lines[0], group="g")
    drawn = scene(Diagram("m", nodes, (("a", "b"),), (Group("g", title),), direction))
    framed = [label for label in drawn.labels if box_of(label, drawn).look == "group"]
    assert [label.text for label in framed] == wrapped(title, 340.0, 12.0, True)
    for label in drawn.labels:
        left = label.x - (label.width / 2 if label.middle else 0)
        box = box_of(label, drawn)
        assert box.corner[0] + 5 <= left and left + label.width <= box.corner[0] + box.size[0] - 5, (label, box)
        assert box.corner[1] + 5 <= label.y - label.size * 0.76, (label, box)
        assert label.y + label.size * 0.24 <= box.corner[1] + box.size[1], (label, box)


@settings(max_examples=200, deadline=None)
@given(TEXT, st.floats(20, 300), st.booleans())
def test_wrapping_loses_no_letter(text, most, bold):
    lines = wrapped(text, most, 12.0, bold)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(text_width(line, 12.0, bold) <= most or len(line.strip()) == 1 for line in lines), lines


def test_a_shape_stays_on_one_line():
    text = "Input shape: [" + ", ".join(["(None, 224, 224, 4)"] * 4) + "]"
    for line in wrapped(text, 200.0, 12.0):
        assert line.count("(") == line.count(")"), line


@pytest.mark.parametrize("bold", [False, True])
def test_measured_widths_are_those_of_the_font(bold):
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    words = ["Input shape: (None, 28, 28, 1)", "batch_normalization_12", "WAVE [^_~] {|}", "Dense"]
    font = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")
    for word in words:
        drawn = TextPath((0, 0), word, size=100, prop=font).get_extents()
        np.testing.assert_array_less(drawn.x1 - 1, text_width(word, 100, bold), err_msg=word)  # kerning is not counted
        np.testing.assert_allclose(text_width(word, 100, bold), drawn.x1, rtol=0.05, err_msg=word)


@pytest.mark.parametrize("style", THEMES)
def test_outlines_and_texts_stand_out(style):
    look = THEMES[style]

    def contrast(one, other):
        light, dark = sorted(luminance(tuple(int(c[i : i + 2], 16) / 255 for i in (1, 3, 5))) for c in (one, other))
        return (dark + 0.05) / (light + 0.05)

    for name, paint in paints(look).items():
        if paint.fill and not name.endswith("arrow"):
            assert contrast(look.ink, paint.fill) >= 7, name
        if paint.stroke and not name.endswith("-rule"):
            assert contrast(paint.stroke, look.background) >= 3, name
    for name, color in inks(look).items():
        assert contrast(color, look.background) >= 4.5, name


def test_straight_arrows_have_no_curves():
    def codes(lines):
        drawn = scene(Diagram("m", PLAIN.nodes, PLAIN.edges, PLAIN.groups, lines=lines))
        return {code for shape in drawn.shapes for code, _ in shape.path}

    assert codes("curved") == {"M", "L", "C", "Z"}
    assert codes("straight") == {"M", "L", "Z"}


def test_arrow_heads_touch_their_boxes():
    for direction, axis, side in (("TB", 1, 0), ("BT", 1, 1), ("LR", 0, 0), ("RL", 0, 1)):
        drawn = scene(Diagram("m", (Node("a", "a"), Node("b", "b", kind="model")), (("a", "b"),), (), direction))
        (tip,) = [shape.path[1][1] for shape in drawn.shapes if shape.look == "arrow"]
        (box,) = [shape for shape in drawn.shapes if shape.look == "model"]
        np.testing.assert_allclose(tip[axis], box.corner[axis] + side * box.size[axis], err_msg=direction)


def test_an_empty_diagram_is_a_picture_too():
    ET.fromstring(svg(Diagram("nothing", ())))
    ET.fromstring(svg(Diagram("nothing", (), (), (Group("g", "empty"),))))


@pytest.mark.parametrize("style", ["light", "dark"])
def test_png_has_its_size_and_colours(style, korean):
    from matplotlib.colors import to_rgb
    from matplotlib.image import imread

    picture = Picture(PLAIN, style)
    content = picture.encoded("png", 96)
    drawn = scene(PLAIN)
    np.testing.assert_allclose(struct.unpack(">II", content[16:24]), (drawn.width, drawn.height), atol=1)
    import io

    pixels = imread(io.BytesIO(content))[..., :3]
    np.testing.assert_allclose(pixels[2, 2], to_rgb(THEMES[style].background), atol=0.01)
    (box,) = [shape for shape in drawn.shapes if shape.look == "model" and isinstance(shape, Shape)]
    x, y = (round(corner + 10) for corner in box.corner)
    np.testing.assert_allclose(pixels[y - 5, x], to_rgb(paints(THEMES[style])["model"].fill), atol=0.01)


def test_files_are_the_same_twice_and_say_nothing(korean, caplog):
    for form in ("svg", "png", "pdf"):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            once, twice = (Picture(PLAIN).encoded(form, 60) for _ in range(2))
        assert once == twice, form
    assert once.startswith(b"%PDF-")
    assert not caplog.records


def test_a_notebook_shows_the_svg():
    picture = Picture(PLAIN)
    assert picture._repr_svg_() == picture.svg == picture.encoded("svg").decode()
    assert repr(Picture(Diagram("m", ()))) == "<picture of m>"


def test_words_of_errors():
    with pytest.raises(UnknownNameError) as caught:
        Picture(PLAIN, "drak", "plot_model")
    assert str(caught.value) == (
        "plot_model(style): there is no style of this name.\n  given:    'drak'\n"
        "  to fix:   did you mean 'dark'? Known: dark, light"
    )
    with pytest.raises(ArgumentError) as caught:
        Picture(PLAIN).encoded("gif")
    assert str(caught.value) == (
        "picture: a picture cannot be written in this form.\n  expected: svg, png, pdf\n  given:    'gif'"
    )
    tall = Diagram("m", tuple(Node(str(i), "a") for i in range(900)), tuple((str(i), str(i + 1)) for i in range(899)))
    with pytest.raises(ArgumentError) as caught:
        Picture(tall).encoded("png", 200)
    size = scene(tall)
    assert str(caught.value) == (
        "picture: the picture is too large for a PNG.\n"
        "  expected: at most 65,535 pixels a side and 268,435,456 in all\n"
        f"  given:    {size.width / 96 * 200:,.0f} x {size.height / 96 * 200:,.0f} pixels at dpi=200\n"
        f"  to fix:   write an .svg file, or pass dpi={int(65535 / size.height * 96)} or less"
    )
