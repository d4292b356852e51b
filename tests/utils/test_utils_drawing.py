"""`plot_model` and `model_to_dot`: files written whole or not at all, arguments as in Keras, others refused by name."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

import onionskin as osk
from onionskin import layers, utils
from onionskin.base.errors import ArgumentError, DTypeError, UnknownNameError


def model():
    return osk.Sequential([osk.Input((4,)), layers.Dense(8, name="a<&\"'>"), layers.Dense(2, name="나")], name="small")


@pytest.mark.parametrize(
    ("name", "begin"), [("m.svg", b"<svg "), ("m.PNG", b"\x89PNG"), ("m.pdf", b"%PDF-"), ("m", b"\x89PNG")]
)
def test_files_by_their_endings(name, begin, tmp_path, korean_font):
    picture = utils.plot_model(model(), tmp_path / "new" / name, show_layer_names=True, dpi=60)
    content = (tmp_path / "new" / name).read_bytes()
    assert content.startswith(begin)
    assert os.listdir(tmp_path / "new") == [name]
    ET.fromstring(picture._repr_svg_())


@pytest.fixture
def korean_font():
    from onionskin.plot.fonts import hangul_family

    if hangul_family() is None:
        pytest.skip("no installed font has Hangul")


def test_png_is_written_where_no_file_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    utils.plot_model(osk.Sequential([osk.Input((4,)), layers.Dense(2)]))
    assert (tmp_path / "model.png").read_bytes().startswith(b"\x89PNG")


def test_svg_needs_no_matplotlib(tmp_path):
    code = (
        "import sys, onionskin as o\n"
        "sys.modules['matplotlib'] = None\n"
        "m = o.Sequential([o.Input((4,)), o.layers.Dense(2)])\n"
        "o.utils.plot_model(m, 'm.svg'); print(o.utils.model_to_dot(m))\n"
        "try:\n    o.utils.plot_model(m, 'm.png')\n"
        "except ImportError as error:\n    print(error)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60,
                         check=False)  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "plots need the library 'matplotlib', which is not installed." in run.stdout
    assert os.listdir(tmp_path) == ["m.svg"]


def test_a_failure_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "m.svg"
    path.write_text("old")

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("onionskin.saving.archive.os.replace", full)
    with pytest.raises(ArgumentError) as caught:
        utils.plot_model(model(), path)
    assert str(caught.value) == (
        f"{path}: the file cannot be written.\n  given:    No space left on device\n"
        "  to fix:   what stood there before is unchanged; free space, or choose another folder"
    )
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["m.svg"]


def test_arguments_reach_the_picture():
    plain = utils.plot_model(model(), None).svg
    assert "Dense" in plain and "shape" not in plain and "나" not in plain
    asked = utils.plot_model(
        model(), None, True, True, True, "LR", False, 100, True, True, splines="polyline", style="dark"
    )
    for text in ("Input shape: (None, 4)", "Output dtype: float32", "나 (Dense)", "Activation: linear", "Trainable"):
        assert text in asked.svg, text
    assert "a&lt;&amp;" in asked.svg and "prefers-color-scheme" not in asked.svg
    assert ET.fromstring(asked.svg).get("aria-label") == "small"
    assert asked.diagram.direction == "LR" and asked.diagram.lines == "straight"


def test_dot_text():
    assert str(utils.model_to_dot(model(), True, rankdir="LR", dpi=72)).splitlines() == [
        'digraph "small" {',
        '  graph [rankdir="LR", concentrate="true", dpi="72", splines="ortho"];',
        '  node [shape="box"];',
        '  "0" [label="a<&\\"\'> (Dense)\\nInput shape: (None, 4)\\nOutput shape: (None, 8)"];',
        '  "1" [label="나 (Dense)\\nInput shape: (None, 8)\\nOutput shape: (None, 2)"];',
        '  "0" -> "1";',
        "}",
    ]
    cluster = utils.model_to_dot(model(), show_layer_names=False, subgraph=True).to_string()
    assert cluster.startswith('subgraph "cluster_small" {\n  graph [label="small", labeljust="l", style="dashed"];\n')
    assert '"0" [label="Dense"];' in cluster


PLOT, DOT = utils.plot_model, utils.model_to_dot
ERRORS = {
    "ending": (
        lambda: PLOT(model(), "m.gif"),
        ArgumentError,
        "utils.plot_model, to_file: a picture of a model cannot be written in this form.\n"
        "  expected: a file name that ends in .png, .svg or .pdf\n  given:    'm.gif'\n"
        "  to fix:   for the graph as text: str(model_to_dot(model))",
    ),
    "path": (
        lambda: PLOT(model(), 3),
        DTypeError,
        "utils.plot_model, to_file: this is no path.\n  expected: a string or a pathlib.Path, or None\n  given:    int",
    ),
    "rankdir": (
        lambda: PLOT(model(), None, rankdir="up"),
        ArgumentError,
        "utils.plot_model: rankdir says where arrows lead.\n  expected: TB, BT, LR, RL\n  given:    'up'",
    ),
    "dpi": (
        lambda: DOT(model(), dpi=0),
        ArgumentError,
        "utils.model_to_dot: dpi is a number above 0.\n  given:    0",
    ),
    "splines": (
        lambda: PLOT(model(), None, splines="line"),
        ArgumentError,
        "utils.plot_model, splines: arrows cannot be drawn in this way.\n  expected: ortho, spline, curved, polyline\n"
        "  given:    'line'",
    ),
    "splines of dot": (
        lambda: DOT(model(), splines="wavy"),
        ArgumentError,
        "utils.model_to_dot, splines: arrows cannot be drawn in this way.\n"
        "  expected: ortho, spline, curved, polyline, line\n  given:    'wavy'",
    ),
    "layer_range": (
        lambda: PLOT(model(), None, layer_range=["a", "b"]),
        ArgumentError,
        "utils.plot_model: layer_range is not supported, as in Keras.\n"
        "  to fix:   make a model of the layers to draw: Model(first.input, last.output)",
    ),
    "unknown": (
        lambda: DOT(model(), colour="red", layer_range=None),
        ArgumentError,
        "utils.model_to_dot: there is no such argument.\n  given:    colour",
    ),
    "style": (
        lambda: PLOT(model(), None, style="drak"),
        UnknownNameError,
        "utils.plot_model(style): there is no style of this name.\n  given:    'drak'\n"
        "  to fix:   did you mean 'dark'? Known: dark, light",
    ),
    "model": (
        lambda: DOT(layers.Dense(2)),
        ArgumentError,
        "utils.model_to_dot: only models are drawn.\n  given:    an object of type Dense\n"
        "  to fix:   of layers, make a model: Sequential([Input(shape), layer, …])",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_words_of_errors(name):
    call, kind, words = ERRORS[name]
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == words
