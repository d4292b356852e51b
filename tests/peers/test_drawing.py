"""Pictures of models against the graphs that Keras gives to pydot: the same boxes, arrows, clusters and words."""

import html
import inspect
import os
import re

import pytest

os.environ.setdefault("KERAS_BACKEND", "jax")
keras = pytest.importorskip("keras", reason="Keras is not installed: see `make test-peers`")
pytest.importorskip("pydot", reason="Keras makes its graphs with pydot")

import onionskin  # noqa: E402 - Keras decides its backend when it is imported
from onionskin.models.drawing import Shown, diagram_of  # noqa: E402

pytestmark = pytest.mark.peers


def stack(k):
    return k.Sequential([k.Input((4,)), k.layers.Dense(8, name="a", activation="relu"), k.layers.Dense(2, name="b")],
                        name="stack")  # fmt: skip


def two_ways(k):
    x, y = k.Input((4,), name="x"), k.Input((3,), name="y")
    hidden = k.layers.Dense(4, name="h", trainable=False)(x)
    added = k.layers.Add(name="add")([hidden, x])
    joined = k.layers.Concatenate(name="join")([added, k.layers.Dense(2, name="k")(y)])
    return k.Model([x, y], [k.layers.Dense(1, name="p")(joined), k.layers.Dense(3, name="q")(joined)], name="two")


def nested(k):
    z = k.Input((2,), name="z")
    inner = k.Model(z, [k.layers.Dense(3, name="d")(z), k.layers.Dense(2, name="e")(z)], name="inner")
    x = k.Input((4,), name="x")
    d, e = inner(stack(k)(x))
    return k.Model(x, [k.layers.Dense(1, name="on_d")(d), k.layers.Dense(1, name="on_e")(e)], name="outer")


def deeper(k):
    x = k.Input((4,), name="x")
    middle = k.Sequential([k.Input((4,)), stack(k), k.layers.Dense(1, name="c")], name="middle")
    return k.Model(x, k.layers.Dense(2, name="last")(middle(x)), name="deeper")


def shared(k):
    x, y = k.Input((4,), name="x"), k.Input((4,), name="y")
    one, twin = k.layers.Dense(4, name="one"), stack(k)
    return k.Model([x, y], k.layers.Subtract(name="minus")([twin(one(x)), twin(one(y))]), name="shared")


MODELS = {one.__name__: one for one in (stack, two_ways, nested, deeper, shared)}
FACTS = ["show_shapes", "show_dtype", "show_layer_activations", "show_trainable"]


def of_keras(dot, cluster=None):
    """Title → (lines, cluster), and arrows between titles by key, of a pydot graph and the graphs within it."""
    nodes, edges = {}, [(edge.get_source(), edge.get_destination()) for edge in dot.get_edge_list()]
    for node in dot.get_node_list():
        label = node.get("label")
        if node.get_name() == "node":
            continue  # the defaults
        cells = [
            html.unescape(re.sub("<[^>]*>", "", cell)).replace("'", "") for cell in re.findall("<td.*?</td>", label)
        ]
        nodes[node.get_name()] = (cells[0], tuple(sorted(cells[1:])), cluster)
    for inner in dot.get_subgraph_list():
        more, others = of_keras(inner, inner.get("label"))
        nodes.update(more)
        edges += others
    return nodes, edges


@pytest.mark.parametrize("expanded", [False, True])
@pytest.mark.parametrize("name", MODELS)
def test_the_same_boxes_and_arrows(name, expanded):
    settings = dict.fromkeys(FACTS, True)
    theirs = keras.utils.model_to_dot(MODELS[name](keras), expand_nested=expanded, **settings)
    nodes, edges = of_keras(theirs)
    wanted = {key: title for key, (title, _, _) in nodes.items()}
    drawn = diagram_of(MODELS[name](onionskin), Shown(True, True, True, expanded, True, True))
    groups = {group.key: group.title.split()[0] for group in drawn.groups}
    mine = {node.key: node.title for node in drawn.nodes}
    assert sorted((node.title, tuple(sorted(node.lines)), groups.get(node.group)) for node in drawn.nodes) == sorted(
        nodes.values()
    )
    assert sorted((mine[a], mine[b]) for a, b in drawn.edges) == sorted((wanted[a], wanted[b]) for a, b in edges)


@pytest.mark.parametrize("name", ["plot_model", "model_to_dot"])
def test_signatures_are_those_of_keras_and_a_style(name):
    mine, theirs = (inspect.signature(getattr(one.utils, name)).parameters for one in (onionskin, keras))
    shown = [(one.name, one.kind, one.default) for one in mine.values() if one.name != "style"]
    wanted = [(one.name, one.kind, one.default) for one in theirs.values()]
    assert shown == wanted


@pytest.mark.parametrize(
    "odd", ['a<b & "c"', "back\\slash\\", "\\", 'end"', "\\n", "두 줄\n이름", "{|}<port>", "// /* #"]
)
@pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")  # of pyparsing, by pydot
def test_pydot_reads_our_text(odd):
    import pydot

    from onionskin.plot.diagram import Diagram, Group, Node
    from onionskin.plot.dot import Dot

    nodes = Node("0", odd, (odd,), group="1"), Node("2", "plain")
    (read,) = pydot.graph_from_dot_data(str(Dot(Diagram(odd, nodes, (("0", "2"),), (Group("1", odd),)))))
    (cluster,) = read.get_subgraph_list()
    (node,) = [one for one in cluster.get_node_list() if one.get_name() == '"0"']
    text = node.get("label")[1:-1]
    assert len(read.get_edge_list()) == 1
    undone = re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), text)
    assert undone == f"{odd}\n{odd}"
