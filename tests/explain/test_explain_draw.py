"""Drawn graphs: derivatives by central differences, legible at the sizes that are asked for, the same in all forms."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onionskin import Input, Model, Sequential, layers, losses, ops
from onionskin.base.errors import ArgumentError, DTypeError, NotBuiltError, UnknownNameError
from onionskin.base.specs import Spec
from onionskin.explain import Drawing, draw
from onionskin.explain.drawing.shares import shares_of
from onionskin.explain.recording import record
from onionskin.graph import trace
from onionskin.plot.checks import letter_widths
from tests.legible import check_legible

RANDOM = np.random.default_rng(3)
SMALL = {"a": np.float64(0.7), "b": np.float64(-1.3), "c": np.float64(2.1)}
UNARY = (ops.sin, ops.exp, ops.square, ops.tanh, lambda x: -x, lambda x: 0.5 * x, lambda x: x * x)
BINARY = (ops.add, ops.subtract, ops.multiply, lambda a, b: a / (b * b + 1.0))


@st.composite
def scalars(draw):
    """A function of three numbers, whose values are used again and again."""
    count = draw(st.integers(1, 8))
    steps = [(draw(st.integers(0, 10)), draw(st.integers(0, 20)), draw(st.integers(0, 20))) for _ in range(count)]

    def function(a, b, c):
        values = [a, b, c]
        for kind, one, other in steps:
            one, other = values[one % len(values)], values[other % len(values)]
            values.append(UNARY[kind](one) if kind < len(UNARY) else BINARY[kind - len(UNARY)](one, other))
        return values[-1] + 0.0 * a

    return function


def forms(drawn):
    """What is written on each edge, by the boxes that it joins."""
    return [(*ends, one.value, one.derivative) for ends, one in
            zip(drawn.diagram.edges, drawn.diagram.written, strict=True)]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(scalars())
def test_the_derivatives_on_the_arrows_of_an_input_add_up_to_the_central_difference(function):
    drawn = draw(function, *SMALL.values(), names=list(SMALL))
    check_legible(drawn.diagram)
    title = {box.key: box.title for box in drawn.diagram.nodes}
    for name, value in SMALL.items():
        found = sum(float(back[2:]) for source, _, _, back in forms(drawn) if title[source] == name and back)
        low, high = ({**SMALL, name: value + step} for step in (-1e-6, 1e-6))
        slope = (float(function(*high.values())) - float(function(*low.values()))) / 2e-6
        uses = sum(title[source] == name for source, *_ in forms(drawn))
        size = max([abs(float(back[2:])) for *_, back in forms(drawn) if back], default=0.0)
        np.testing.assert_allclose(found, slope, rtol=1e-3, atol=1e-3 * (1 + uses * size))


@settings(max_examples=60, deadline=None)
@given(scalars())
def test_the_shares_of_a_value_add_up_to_its_derivative(function):
    step = record(function, list(SMALL.values()), list(SMALL))
    shares = shares_of(step, step.nodes)
    numbers = step.run(wanted=list(shares.values()))
    for node, bar in step.gradients.items():
        own = [numbers[share] for (user, place), share in shares.items() if user.inputs[place] is node]
        if node is not step.loss:
            np.testing.assert_allclose(sum(own), numbers[bar], rtol=1e-9, atol=1e-12)


def test_a_value_that_is_used_twice_has_the_share_of_each_use_on_its_arrow():
    drawn = draw(lambda x: x * x + 3.0 * x, 2.0)
    assert forms(drawn) == [
        ("n0", "n1", "2", "∂ 2"), ("n0", "n1", "2", "∂ 2"), ("n0", "n2", "2", "∂ 3"),
        ("n1", "n3", "4", "∂ 1"), ("n2", "n3", "6", "∂ 1"), ("n3", "end", "10", "∂ 1"),
    ]  # fmt: skip


def digits(optimizer):
    model = Sequential([Input((784,)), layers.Dense(50, "relu", name="hidden"),
                        layers.Dense(10, "softmax", name="out")], name="digits")  # fmt: skip
    model.compile(optimizer, "categorical_crossentropy")
    return model


def branching():
    image, text = Input((8,), name="image"), Input((3,), name="text")
    left, right = layers.Dense(6, "relu", name="left")(image), layers.Dense(6, "tanh", name="right")(text)
    joined = layers.Add(name="joined")([left, right])
    beside = layers.Concatenate(name="beside")([joined, left])
    outputs = [layers.Dense(1, name="price")(beside), layers.Dense(4, "softmax", name="kind")(joined)]
    model = Model([image, text], outputs, name="branching")
    model.compile("adam", ["mse", "sparse_categorical_crossentropy"])
    return model


X = RANDOM.random((100, 784), dtype=np.float32)
Y = np.eye(10, dtype=np.float32)[RANDOM.integers(0, 10, 100)]


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize("manner", ["edges", "nodes", "step"])
@pytest.mark.parametrize("expand", [False, True, ["hidden"]])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_784_50_10_step_is_legible(optimizer, manner, expand, language):
    backward = "nodes" if manner == "step" else manner
    drawn = digits(optimizer).draw(X, Y, backward=backward, update=manner == "step", expand=expand, language=language)
    check_legible(drawn.diagram)
    kinds = {box.kind for box in drawn.diagram.nodes}
    assert ("backward" in kinds) == (manner != "edges") and ("update" in kinds) == (manner == "step")
    assert any(edge.back for edge in drawn.diagram.written) == (manner == "edges")


@pytest.mark.parametrize("expand", [False, True])
@pytest.mark.parametrize("manner", ["edges", "nodes"])
def test_a_branching_model_is_legible(expand, manner):
    check_legible(branching().draw(expand=expand, backward=manner).diagram)


def test_closed_layers_say_their_equations_and_weights():
    drawn = digits("sgd").draw(update=True)
    lines = {box.title: box.lines for box in drawn.diagram.nodes}
    assert lines["hidden (Dense)"] == ("relu(x·W + b)", "W (784, 50), b (50,)", "39,250 weights")
    assert lines["out (Dense)"] == ("softmax(x·W + b)", "W (50, 10), b (10,)", "510 weights")
    assert lines["loss"] == ("mean(−Σ y × log_softmax(z))",)
    assert lines["out: backward"] == ("∂W = xᵀ·δ", "∂b = Σ δ", "∂x = δ·Wᵀ")
    assert lines["hidden: backward"] == ("∂W = xᵀ·(δ × float32(a > 0))", "∂b = Σ δ × float32(a > 0)")
    assert lines["out: update"] == ("W ← W − learning_rate × ∂W", "b ← b − learning_rate × ∂b")
    assert lines["loss: backward"] == ("δ = (-1/N) × y − exp(log_softmax(z)) × (Σ (-1/N) × y)",)


def test_adam_is_told_by_the_names_of_its_slots():
    drawn = digits("adam").draw(update=True)
    lines = {box.title: box.lines for box in drawn.diagram.nodes}
    assert lines["out: update"][:3] == (
        "W.momentum ← W.momentum + 0.1 × (∂W − W.momentum)",
        "W.velocity ← W.velocity + 0.001 × (∂W × ∂W − W.velocity)",
        "W ← W − α × W.momentum / (√W.velocity + 1e-07)",
    )


def test_without_data_the_number_of_samples_is_n():
    model = branching()
    images, texts = RANDOM.random((7, 8), dtype=np.float32), RANDOM.random((7, 3), dtype=np.float32)
    prices, kinds = RANDOM.random((7, 1), dtype=np.float32), np.arange(7, dtype=np.int32) % 4
    known = model.draw([images, texts], [prices, kinds], values=False)
    unknown = model.draw()
    assert known.diagram.edges == unknown.diagram.edges
    told = [text.replace("(7,", "(N,") for _, _, value, back in forms(known) for text in (value, back)]
    assert told == [text for _, _, value, back in forms(unknown) for text in (value, back)]


def test_values_are_those_of_the_engine_and_nothing_is_changed():
    model = Sequential([Input((2,)), layers.Dense(1, "sigmoid", name="neuron")], name="one")
    model.compile("adam", "binary_crossentropy")
    before = [weight.numpy().copy() for weight in model.weights]
    x, y = np.array([[0.5, -1.0]], np.float32), np.array([[1.0]], np.float32)
    drawn = model.draw(x, y, update=True, expand=True)
    for weight, old in zip(model.weights, before, strict=True):
        np.testing.assert_array_equal(weight.numpy(), old)
    loss = float(model.evaluate(x, y, verbose=0))
    last = next(value for _, target, value, _ in forms(drawn) if target == "end")
    np.testing.assert_allclose(float(last), loss, rtol=1e-3)


def test_layers_open_by_their_names_and_all_phases_with_them():
    drawn = digits("sgd").draw(backward="nodes", expand="out")
    assert sorted(group.title for group in drawn.diagram.groups) == ["out (Dense)", "out: backward"]


def test_a_layer_that_is_called_twice_is_drawn_twice_and_its_weights_once():
    shared, given = layers.Dense(4, name="shared"), Input((4,))
    model = Model(given, shared(ops.tanh(shared(given))), name="twice")
    drawn = model.draw(expand=True)
    assert [group.title for group in drawn.diagram.groups] == ["shared (Dense)", "shared#2 (Dense)"]
    assert [box.title for box in drawn.diagram.nodes].count("W") == 1
    check_legible(drawn.diagram)
    first, second = layers.Dense(4, name="first"), layers.Dense(4, name="second")
    model = Model(given, second(first(second(first(given)))), name="twice")
    weights = {box.title for box in model.draw().diagram.nodes if box.kind == "weight"}
    assert weights == {"first.W", "first.b", "second.W", "second.b"}


def test_models_within_models_are_groups_within_groups():
    inner = Sequential([Input((5,)), layers.Dense(4, name="first"), layers.Dense(5, name="second")], name="inner")
    given = Input((5,))
    model = Model(given, layers.Dense(1, name="last")(inner(given)), name="outer")
    groups = {one.title: one.parent for one in model.draw(expand=True).diagram.groups}
    assert groups == {
        "inner (Sequential)": None, "first (Dense)": "forward:outer/inner", "second (Dense)": "forward:outer/inner",
        "last (Dense)": None,
    }  # fmt: skip
    boxes = [box.title for box in model.draw(expand="inner").diagram.nodes]
    assert "first (Dense)" in boxes and "last (Dense)" in boxes and "inner (Sequential)" not in boxes


def test_functions_layers_losses_graphs_and_recordings_are_drawn():
    function = draw(lambda first, second: first * second, 2.0, 3.0)
    assert [box.title for box in function.diagram.nodes] == ["first", "second", "×", "result"]
    layer = draw(layers.Dense(2, name="own"), np.ones((1, 3), np.float32))
    assert [group.title for group in layer.diagram.groups] == ["own (Dense)"]
    loss = draw(losses.MeanSquaredError(), np.ones((2, 2)), np.zeros((2, 2)))
    assert {box.title for box in loss.diagram.nodes} >= {"y_true", "y_pred"}
    assert all(not back for source, _, _, back in forms(loss) if source == "n0")
    graph = draw(trace(lambda a: ops.sum(ops.exp(a)), [Spec((3,), "float32")]))
    assert forms(graph)[0] == ("n0", "n1", "float32 (3,)", "∂ (3,)")
    assert forms(draw(record(lambda a: a * a, [3.0], ["a"])))[-1] == ("n1", "end", "9", "∂ 1")


def test_forward_alone_shows_what_the_function_returns():
    drawn = draw(lambda x: x * 2.0, np.array([1.0, 2.0]), backward=False)
    assert forms(drawn) == [("n0", "n1", "[1 2]", ""), ("n1", "end", "[2 4]", "")]


# --- other forms ---


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("expand", [False, True])
def test_the_tree_fits_80_columns_and_has_every_box(language, expand):
    drawn = digits("adam").draw(X, Y, update=True, expand=expand, language=language)
    lines = drawn.text.splitlines()
    assert max(map(letter_widths, lines)) <= 80
    for group in drawn.diagram.groups:
        assert any(re.fullmatch(rf"[│├└─ ]*{re.escape(group.title)}", line) for line in lines), group.title
    assert str(drawn) == drawn.text and isinstance(drawn, Drawing) and repr(drawn).startswith("<drawing of digits: ")
    operations = [line for line in lines if " = " in line and not line.startswith("C")]
    if expand:
        assert len(operations) == sum(bool(node.inputs) for node in drawn.chart.nodes)


TREE = """\
computational graph of function · output first
                                                           value    ∂ derivative
result = v4                                                 -0.8               1
└─ v4 = −v3                                                 -0.8               1
   └─ v3 = v2 + b                                            0.8              -1
      ├─ v2 = Σ v1                                           0.6              -1
      │  └─ v1 = x × w                                 [0.2 0.4]         [-1 -1]
      │     ├─ x                                           [1 2]     [-0.2 -0.2]
      │     └─ w                                       [0.2 0.2]         [-1 -2]
      └─ b                                                   0.2              -1
"""


def test_the_tree_of_a_function_is_nested():
    drawn = draw(lambda x, w, b: -(ops.sum(x * w) + b), np.array([1.0, 2.0]), np.array([0.2, 0.2]), 0.2)
    assert drawn.text == TREE


def test_the_page_is_whole_by_itself_and_has_a_layout_for_each_set_of_open_layers():
    page = digits("sgd").draw().html
    assert page.startswith("<!DOCTYPE html>") and "prefers-color-scheme: dark" in page
    outside = re.findall(r"(?:src|href|url|@import)\s*[=(]", page)
    assert not outside and set(re.findall(r"https?://[^\s\"']+", page)) == {"http://www.w3.org/2000/svg"}
    states = [json.loads(one.replace("&quot;", '"')) for one in re.findall(r'data-open="([^"]*)"', page)]
    assert sorted(map(len, states)) == [0, 1, 1, 1, 2, 2, 2, 3]
    assert page.count("<div data-open") - page.count(" hidden>") == 1
    for key in ("forward:digits/hidden", "forward:(loss)"):
        assert f'data-key="{key}"' in page


def test_a_page_of_many_layers_stays_small():
    many = Sequential([Input((4,)), *[layers.Dense(4, name=f"layer_{place}") for place in range(60)]])
    assert re.findall(r'data-open="([^"]*)"', many.draw().html)[0] == "[]"
    assert len(re.findall("data-open=", many.draw().html)) == 2


def test_names_cannot_break_out_of_the_page():
    hostile = "</script><b>&\"'`"
    drawn = draw(lambda x: x * 2.0, 1.0, names=[hostile])
    assert hostile not in drawn.html and "&lt;/script&gt;" in drawn.html


def test_names_of_layers_cannot_break_out_of_the_script():
    model = Sequential([Input((2,)), layers.Dense(1, name="one<!--<script>")], name="m")
    model.compile("sgd", "mse")
    script = re.search(r"<script>(.*?)</script>", model.draw().html, re.DOTALL)[1]
    assert "one\\u003c!--\\u003cscript>" in script and "<!--" not in script


def test_dot_has_what_is_written_on_the_arrows():
    assert '"n0" -> "n1" [label="2\\n∂ 2"];' in draw(lambda x: x * x, 2.0).dot


def test_files_of_every_form(tmp_path):
    drawn = draw(lambda x: x * x, 2.0)
    starts = {"svg": b"<svg ", "html": b"<!DOCTYPE html>", "dot": b"digraph ", "mmd": b"flowchart LR",
              "png": b"\x89PNG", "pdf": b"%PDF", "txt": b"computational graph"}  # fmt: skip
    for form, start in starts.items():
        drawn.save(tmp_path / f"graph.{form}", dpi=60)
        assert (tmp_path / f"graph.{form}").read_bytes().startswith(start), form
    draw(lambda x: x * x, 2.0, to_file=tmp_path / "again.svg")
    assert (tmp_path / "again.svg").read_text(encoding="utf-8") == drawn.svg == drawn._repr_svg_()


def test_a_light_and_a_dark_style_and_both():
    drawings = [draw(lambda x: x * x, 2.0, style=style).svg for style in ("light", "dark", "auto")]
    assert ["#16181d" in one for one in drawings] == [False, True, True]
    assert ["#ffffff" in one for one in drawings] == [True, False, True]


def test_rich_prints_it_in_colours():
    console = pytest.importorskip("rich.console")
    drawn = draw(lambda x: x * x, 2.0)
    out = console.Console(width=80, record=True, file=open("/dev/null", "w"))  # noqa: SIM115 - closed with the process
    out.print(drawn)
    assert [line.rstrip() for line in out.export_text().splitlines()] == drawn.text.splitlines()
    out.file.close()


def test_the_picture_needs_numpy_only():
    code = (
        "import sys\n"
        "from onionskin.explain import draw\n"
        "d = draw(lambda x: x * x, 2.0)\n"
        "d.svg, d.html, d.dot, d.mermaid, d.text\n"
        "print(sorted({'matplotlib', 'rich', 'sympy'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n", done.stderr


ERRORS = {
    "object": (
        lambda: draw(3),
        DTypeError,
        "draw: this cannot be called.\n  expected: a model, a layer, a loss or a function\n"
        "  given:    an object of type int",
    ),
    "expand": (
        lambda: draw(lambda x: x, 1.0, expand=3),
        ArgumentError,
        "draw, expand: this names no layers.\n  expected: True, False, the name of a layer, or names\n  given:    3",
    ),
    "recording with arguments": (
        lambda: draw(record(lambda a: a * a, [3.0]), 1.0),
        ArgumentError,
        "draw: a recorded step has its arguments already.\n  given:    1 more",
    ),
    "backward": (
        lambda: draw(lambda x: x, 1.0, backward="both"),
        ArgumentError,
        "draw, backward: this is no way to draw the backward pass.\n"
        '  expected: True, False, "edges" or "nodes"\n  given:    \'both\'',
    ),
    "direction": (
        lambda: draw(lambda x: x, 1.0, direction="up"),
        ArgumentError,
        "draw, direction: there is no such direction.\n  expected: TB, BT, LR, RL\n  given:    'up'",
    ),
    "update": (
        lambda: draw(lambda x: x, 1.0, update=True),
        ArgumentError,
        "draw, update: nothing is updated in what is drawn.\n"
        "  to fix:   draw a model that is compiled with an optimizer: model.draw(x, y, update=True)",
    ),
    "language": (
        lambda: draw(lambda x: x, 1.0, language="kr"),
        UnknownNameError,
        "draw(language): there is no language of this name.\n  given:    'kr'\n"
        "  to fix:   did you mean 'ko'? Known: en, ko",
    ),
    "layer": (
        lambda: digits("sgd").draw(expand="hiden"),
        UnknownNameError,
        "draw, model 'digits', expand: there is no layer of this name in what is drawn.\n  given:    'hiden'\n"
        "  to fix:   did you mean 'hidden'? Known: hidden, out",
    ),
    "form": (
        lambda: draw(lambda x: x, 1.0).save("graph.gif"),
        ArgumentError,
        "draw, to_file: a graph cannot be written in this form.\n"
        "  expected: a file name that ends in .svg, .png, .pdf, .html, .dot, .mmd, .txt\n  given:    'graph.gif'",
    ),
    "path": (
        lambda: draw(lambda x: x, 1.0).save(3),
        DTypeError,
        "draw, to_file: this is no path.\n  expected: a string or a pathlib.Path\n  given:    int",
    ),
    "not built": (
        lambda: Sequential([layers.Dense(2)], name="open").draw(),
        NotBuiltError,
        "draw, model 'open': a model that is not built has no shapes to draw yet.\n"
        "  to fix:   pass a batch: model.draw(x, y), or put Input(shape=…) first",
    ),
    "targets alone": (
        lambda: digits("sgd").draw(y=Y),
        ArgumentError,
        "draw, model 'digits': targets are drawn with their batch.\n  to fix:   pass x too: model.draw(x, y)",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_say_what_to_do(name):
    call, kind, text = ERRORS[name]
    with pytest.raises(kind) as error:
        call()
    assert str(error.value) == text


# --- of all kinds of graphs and models ---


def test_an_operation_of_several_outputs_is_one_box():
    drawn = draw(lambda a: ops.slogdet(a)[1], np.array([[2.0, 0.5], [0.1, 3.0]]))
    titles = {box.key: box.title for box in drawn.diagram.nodes}
    assert list(titles.values()) == ["a", "slogdet", "result"]
    source, target, value, back = forms(drawn)[-1]
    assert (titles[source], target, back) == ("slogdet", "end", "∂ 1")
    np.testing.assert_allclose(float(value), np.log(5.95), rtol=1e-3)


def test_weights_of_one_name_in_one_box_are_told_apart():
    inner = Sequential([Input((5,)), layers.Dense(4, name="first"), layers.Dense(5, name="second")], name="inner")
    given = Input((5,))
    model = Model(given, layers.Dense(1, name="last")(inner(given)), name="outer")
    model.compile("adam", "mse")
    lines = {box.title: box.lines for box in model.draw(update=True).diagram.nodes}
    assert lines["inner (Sequential)"][0] == "(x·first.W + first.b)·second.W + second.b"
    assert lines["last (Dense)"][0] == "x·W + b"
    assert "∂second.W = (x·first.W + first.b)ᵀ·δ" in lines["inner: backward"]
    assert lines["inner: update"][0].startswith("first.W.momentum ← first.W.momentum + ")


def test_weights_that_are_not_trained_have_no_backward_pass():
    model = Sequential([Input((4,)), layers.Dense(3, name="one"), layers.Dense(2, name="two")], name="frozen")
    model.layers[0].trainable = False
    model.compile("sgd", "mse")
    titles = {box.title for box in model.draw(update=True).diagram.nodes}
    assert {"two: backward", "two: update"} <= titles and not {"one: backward", "one: update"} & titles


def test_every_operation_of_the_backward_pass_is_in_the_layer_that_it_is_part_of():
    model = Sequential([Input((6,)), layers.Dense(4, name="dense"), layers.BatchNormalization(name="normed"),
                        layers.Activation("relu", name="act")], name="three")  # fmt: skip
    model.compile("sgd", "mse")
    drawn = model.draw(update=True, expand=True)
    homes = {box.group for box in drawn.diagram.nodes if box.kind == "backward"}
    assert homes == {f"backward:{path}" for path in ("(loss)", "three/act", "three/normed", "three/dense")}
    named = {line: box.group for box in drawn.diagram.nodes for line in box.lines if box.kind == "backward"}
    assert named == {
        "∂W": "backward:three/dense", "∂b": "backward:three/dense",
        "∂γ": "backward:three/normed", "∂β": "backward:three/normed",
    }  # fmt: skip


def test_what_metrics_count_is_not_drawn():
    lines = {box.title: box.lines for box in branching().draw(update=True).diagram.nodes}["optimizer"]
    assert [line.split(" ")[0] for line in lines] == ["α", "iteration"]


def test_moving_averages_belong_to_the_update_of_their_layer():
    model = Sequential([Input((4,)), layers.BatchNormalization(name="normed")], name="averaged")
    model.compile("sgd", "mse")
    lines = {box.title: box.lines for box in model.draw(update=True).diagram.nodes}["normed: update"]
    assert [line.partition(" ← ")[0] for line in lines if "moving" in line][:2] == ["moving_mean", "moving_variance"]


@st.composite
def architectures(draw):
    """A functional model whose layers are called on any earlier tensors, some of them twice."""
    given = [Input((3,), name="given")]
    shared = [layers.Dense(3, draw(st.sampled_from(["relu", "tanh", None])), name=f"dense_{one}") for one in range(3)]
    inner = Sequential([Input((3,)), layers.Dense(2, name="in"), layers.Dense(3, name="out")], name="inner")
    for _ in range(draw(st.integers(1, 6))):
        one, other = (given[draw(st.integers(0, 20)) % len(given)] for _ in range(2))
        kind = draw(st.sampled_from(["layer", "inner", "add", "ops", "norm"]))
        if kind == "layer":
            given.append(draw(st.sampled_from(shared))(one))
        elif kind == "inner":
            given.append(inner(one))
        elif kind == "norm":
            given.append(layers.BatchNormalization()(one))
        else:
            given.append(layers.Add()([one, other]) if kind == "add" else ops.tanh(one) * other)
    model = Model(given[0], layers.Dense(1)(given[-1]), name="any")
    model.compile(draw(st.sampled_from(["sgd", "adam"])), "mse")
    return model


@settings(max_examples=20, deadline=None)
@given(architectures(), st.sampled_from(["edges", "nodes", "step"]), st.booleans())
def test_any_architecture_is_drawn_and_legible_and_keeps_its_weights(model, manner, expand):
    before = [weight.numpy().copy() for weight in model.weights]
    drawn = model.draw(backward="nodes" if manner == "step" else manner, update=manner == "step", expand=expand)
    check_legible(drawn.diagram)
    assert max(map(letter_widths, drawn.text.splitlines())) <= 80
    if expand:
        seen = sum(bool(node.inputs) for node in drawn.chart.nodes)
        assert sum(box.kind in ("forward", "backward", "update") for box in drawn.diagram.nodes) == seen
    for weight, old in zip(model.weights, before, strict=True):
        np.testing.assert_array_equal(weight.numpy(), old)
