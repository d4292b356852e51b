"""Models as diagrams: each layer once, each tensor an arrow, models within as groups, and what is said in the boxes."""

import numpy as np
import pytest

import onionskin as osk
from onionskin import layers, ops
from onionskin.base.errors import ArgumentError, NotBuiltError
from onionskin.models.drawing import Shown, diagram_of
from onionskin.plot.layered import DIRECTIONS
from onionskin.plot.svg import svg


def graph(model, **shown):
    """Titles of the boxes, arrows between them by title, and the group of each."""
    drawn = diagram_of(model, Shown(names=True, **shown))
    for direction in DIRECTIONS:
        svg(diagram_of(model, Shown(**shown), direction))  # can be laid out
    name = {node.key: node.title.split(" (")[0] + "\n".join(node.title.split("\n")[1:]) for node in drawn.nodes}
    groups = {group.key: group.title for group in drawn.groups}
    return sorted(name.values()), sorted((name[a], name[b]) for a, b in drawn.edges), {
        name[node.key]: groups[node.group] for node in drawn.nodes if node.group
    }  # fmt: skip


def stack():
    return osk.Sequential([osk.Input((4,)), layers.Dense(8, name="a"), layers.Dense(2, name="b")], name="stack")


def two_ways():
    x, y = osk.Input((4,), name="x"), osk.Input((3,), name="y")
    hidden = layers.Dense(4, name="h")(x)
    added = layers.Add(name="add")([hidden, x])
    joined = layers.Concatenate(name="join")([added, layers.Dense(2, name="k")(y)])
    return osk.Model([x, y], [layers.Dense(1, name="p")(joined), layers.Dense(3, name="q")(joined)], name="two")


def test_a_stack_is_a_row_of_its_layers():
    assert graph(stack()) == (["a", "b"], [("a", "b")], {})


def test_inputs_outputs_and_shortcuts():
    names, arrows, _ = graph(two_ways())
    assert names == ["add", "h", "join", "k", "p", "q", "x", "y"]
    assert arrows == [
        ("add", "join"), ("h", "add"), ("join", "p"), ("join", "q"), ("k", "join"), ("x", "add"), ("x", "h"),
        ("y", "k"),
    ]  # fmt: skip


def test_a_shared_layer_is_one_box_and_one_that_comes_back_a_box_for_each_call():
    x, y = osk.Input((4,), name="x"), osk.Input((4,), name="y")
    shared, again = layers.Dense(4, name="shared"), layers.Dense(4, name="again")
    model = osk.Model([x, y], again(again(layers.Add(name="add")([shared(x), shared(y)]))))
    names, arrows, _ = graph(model, shapes=True)
    assert names == ["add", "againcall 1 of 2", "againcall 2 of 2", "shared", "x", "y"]
    assert arrows == [
        ("add", "againcall 1 of 2"), ("againcall 1 of 2", "againcall 2 of 2"), ("shared", "add"), ("x", "shared"),
        ("y", "shared"),
    ]  # fmt: skip


def test_what_lies_between_two_calls_of_a_layer_is_drawn_once():
    x = osk.Input((4,), name="x")
    twice = layers.Dense(4, name="twice")
    model = osk.Model(x, twice(layers.Dense(4, name="middle")(twice(x))))
    assert graph(model)[1] == [
        ("middle", "twicecall 2 of 2"), ("twicecall 1 of 2", "middle"), ("x", "twicecall 1 of 2")
    ]  # fmt: skip


def nested():
    k = osk.Input((2,), name="k")
    inner = osk.Model(k, [layers.Dense(3, name="d")(k), layers.Dense(2, name="e")(k)], name="inner")
    x = osk.Input((4,), name="x")
    d, e = inner(stack()(x))
    return osk.Model(x, [layers.Dense(1, name="on_d")(d), layers.Dense(1, name="on_e")(e)], name="outer")


def test_models_within_are_one_box_or_a_group():
    assert graph(nested())[:2] == (
        ["inner", "on_d", "on_e", "stack", "x"],
        [("inner", "on_d"), ("inner", "on_e"), ("stack", "inner"), ("x", "stack")],
    )
    names, arrows, groups = graph(nested(), nested=True)
    assert names == ["a", "b", "d", "e", "k", "on_d", "on_e", "x"]
    assert arrows == [("a", "b"), ("b", "k"), ("d", "on_d"), ("e", "on_e"), ("k", "d"), ("k", "e"), ("x", "a")]
    inner, outer = "inner (Functional)", "stack (Sequential)"
    assert groups == {"a": outer, "b": outer, "d": inner, "e": inner, "k": inner}


def test_a_model_within_a_model_within():
    x = osk.Input((4,), name="x")
    model = osk.Model(x, osk.Sequential([osk.Input((4,)), nested_stack()], name="shell")(x), name="whole")
    drawn = diagram_of(model, Shown(nested=True))
    titles = {group.key: group.title.split()[0] for group in drawn.groups}
    assert [(titles[group.key], titles.get(group.parent)) for group in drawn.groups] == [
        ("shell", None), ("middle", "shell"), ("stack", "middle")
    ]  # fmt: skip
    assert graph(model, nested=True)[1] == [("a", "b"), ("b", "c"), ("x", "a")]


def nested_stack():
    return osk.Sequential([osk.Input((4,)), stack(), layers.Dense(1, name="c")], name="middle")


def test_a_shared_model_within_is_expanded_once_and_fed_twice():
    x, y = osk.Input((4,), name="x"), osk.Input((4,), name="y")
    twin = stack()
    model = osk.Model([x, y], layers.Subtract(name="minus")([twin(x), twin(y)]))
    assert graph(model, nested=True)[:2] == (
        ["a", "b", "minus", "x", "y"],
        [("a", "b"), ("b", "minus"), ("x", "a"), ("y", "a")],
    )


def test_a_model_within_that_comes_back_is_expanded_for_each_call():
    k = osk.Input((4,), name="k")
    step = osk.Model(k, layers.Dense(4, name="d")(k), name="step")
    x = osk.Input((4,), name="x")
    drawn = diagram_of(osk.Model(x, step(step(x))), Shown(nested=True))
    assert [group.title for group in drawn.groups] == [
        "step (Functional), call 1 of 2",
        "step (Functional), call 2 of 2",
    ]
    assert len(drawn.nodes) == 5 and len(drawn.edges) == 4


def test_inputs_given_by_name_reach_the_right_boxes():
    first, second = osk.Input((2,), name="first"), osk.Input((3,), name="second")
    inner = osk.Model([second, first], layers.Concatenate(name="c")([first, second]), name="inner")
    x, y = osk.Input((2,), name="x"), osk.Input((3,), name="y")
    model = osk.Model([x, y], inner({"second": y, "first": x}))
    assert {("x", "first"), ("y", "second")} <= set(graph(model, nested=True)[1])


def test_operations_and_unused_inputs_are_drawn():
    x, unused = osk.Input((4,), name="x"), osk.Input((4,), name="unused")
    drawn = diagram_of(osk.Model([x, unused], ops.sum(x * 2.0 + 1.0, axis=1)), Shown())
    assert [(node.title, node.kind) for node in drawn.nodes] == [
        ("InputLayer", "input"), ("InputLayer", "input"), ("Multiply", "operation"), ("Add", "operation"),
        ("Sum", "operation"),
    ]  # fmt: skip
    assert len(drawn.edges) == 3


class Mine(osk.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = layers.Dense(2)

    def call(self, x):
        return self.inner(x)


def test_a_model_in_code_is_one_box():
    model = Mine(name="mine")
    model(np.zeros((3, 4), "float32"))
    (node,) = diagram_of(model, Shown(names=True, shapes=True)).nodes
    assert node.title == "mine (Mine)" and node.kind == "model"
    assert node.lines[0] == "Input shape: (None, 4)"


def test_lines_say_what_was_asked():
    model = two_ways()
    model.get_layer("h").trainable = False
    lines = {node.title: node.lines for node in diagram_of(model, Shown(True, True, True, False, True, True)).nodes}
    assert lines["h (Dense)"] == (
        "Activation: linear", "Input shape: (None, 4)", "Output shape: (None, 4)", "Output dtype: float32",
        "Non-trainable",
    )  # fmt: skip
    assert lines["add (Add)"] == (
        "Input shape: [(None, 4), (None, 4)]", "Output shape: (None, 4)", "Output dtype: float32",
    )  # fmt: skip
    assert lines["x (InputLayer)"] == ("Output shape: (None, 4)", "Output dtype: float32")
    assert lines["q (Dense)"][-1] == "Trainable"
    assert all(node.lines == () and "(" not in node.title for node in diagram_of(model, Shown()).nodes)


def test_a_layer_called_on_other_shapes_says_both():
    x, y = osk.Input((4,)), osk.Input((5, 4))
    shared = layers.Dense(2, name="shared")
    model = osk.Model([x, y], [shared(x), shared(y)])
    lines = {node.title: node.lines for node in diagram_of(model, Shown(shapes=True)).nodes}
    assert lines["Dense"] == (
        "Input shape: (None, 4) or (None, 5, 4)", "Output shape: (None, 2) or (None, 5, 2)",
    )  # fmt: skip


ERRORS = {
    "no model": (
        lambda: diagram_of(layers.Dense(2), Shown(), where="plot_model"),
        ArgumentError,
        "plot_model: only models are drawn.\n  given:    an object of type Dense\n"
        "  to fix:   of layers, make a model: Sequential([Input(shape), layer, …])",
    ),
    "not built": (
        lambda: diagram_of(osk.Sequential([layers.Dense(2)], name="s"), Shown(), where="plot_model"),
        NotBuiltError,
        "plot_model, model 's': a model that is not built has no shapes and connections to draw yet.\n"
        "  to fix:   call build(input_shape), call it on data, or put Input(shape=…) first",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_words_of_errors(name):
    call, kind, words = ERRORS[name]
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == words
