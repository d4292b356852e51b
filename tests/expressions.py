"""Random expression graphs for property tests, and their plain evaluation node by node."""

import numpy as np
from hypothesis import strategies as st

from onionskin.base.specs import Spec
from onionskin.graph import Graph, make_constant, make_input
from onionskin.prims import TABLE
from onionskin.prims.control import run_graph

SHAPE = (2, 3)
UNARY = ("tanh", "sigmoid", "relu", "negative", "abs", "sin", "softplus", "exp", "stop_gradient")
BINARY = ("add", "subtract", "multiply", "maximum", "minimum")
CONSTANTS = (0.0, 1.0, -1.0, 2.0, 0.5)


def _bounded(node):
    return TABLE["sin"](node)  # keeps the numbers of long expressions small


@st.composite
def with_a_constant(draw, x, y):
    number = make_constant(np.asarray(draw(st.sampled_from(CONSTANTS)), x.dtype))
    operand = TABLE["broadcast_to"](number, shape=draw(st.sampled_from([(), (3,), (2, 1), SHAPE])))
    pair = (x, operand) if draw(st.booleans()) else (operand, x)
    return TABLE[draw(st.sampled_from(["add", "subtract", "multiply", "maximum"]))](*pair)


@st.composite
def moved(draw, x, y):
    turned = TABLE["transpose"](x, perm=tuple(draw(st.permutations((0, 1)))))
    if draw(st.booleans()):
        axes = draw(st.sampled_from([(), (0,), (1,)]))
        return TABLE["flip"](TABLE["reshape"](turned, shape=SHAPE), axes=axes)
    back = TABLE["transpose"](TABLE["transpose"](turned, perm=(1, 0)), perm=(0, 1))
    return back if back.shape == SHAPE else TABLE["transpose"](back, perm=(1, 0))


@st.composite
def reduced(draw, x, y):
    name = draw(st.sampled_from(["sum", "mean", "max", "logsumexp"]))
    axis = draw(st.sampled_from([(0,), (1,), (0, 1)]))
    return TABLE["broadcast_to"](TABLE[name](_bounded(x), axis=axis, keepdims=True), shape=SHAPE)


def rows(x, y):
    first = TABLE["slice"](x, start=(0, 0), stop=(1, 3), step=(1, 1))
    return TABLE["concatenate"](first, TABLE["slice"](y, start=(1, 0), stop=(2, 3), step=(1, 1)), axis=0)


def product(x, y):
    turned = TABLE["transpose"](_bounded(y), perm=(1, 0))
    return TABLE["matmul"](TABLE["matmul"](_bounded(x), turned), _bounded(x))


KINDS = (
    lambda x, y: st.sampled_from(UNARY).map(lambda name: TABLE[name](_bounded(x))),
    lambda x, y: st.sampled_from(("tanh", "relu", "negative", "abs", "sigmoid")).map(lambda name: TABLE[name](x)),
    lambda x, y: st.sampled_from(BINARY).map(lambda name: TABLE[name](x, y)),
    lambda x, y: st.just(rows(x, y)),
    lambda x, y: st.just(product(x, y)),
    lambda x, y: st.just(TABLE["where"](TABLE["greater"](x, y), y, x)),
    with_a_constant,
    moved,
    reduced,
)


@st.composite
def steps(draw, values):
    """Draw one more operation on what there is; every value keeps the shape (2, 3)."""
    x, y = draw(st.sampled_from(values)), draw(st.sampled_from(values))
    return draw(draw(st.sampled_from(KINDS))(x, y))


@st.composite
def graphs(draw, dtype="float64", inputs=3, outputs=3, length=10):
    """Draw a graph of (2, 3)-shaped values; an input may be an output, and an output may stand there twice."""
    nodes = [make_input(Spec(SHAPE, dtype), f"x{index}") for index in range(inputs)]
    values = list(nodes)
    for _ in range(draw(st.integers(1, length))):
        values.append(draw(steps(values)))
    results = [draw(st.sampled_from(values[-6:] + nodes)) for _ in range(outputs)]
    return Graph(tuple(nodes), tuple(results), "drawn")


def plainly(graph, args):
    """Return the outputs, each operation computed on its own, with every value kept."""
    with np.errstate(all="ignore"):
        return [np.array(one) for one in run_graph(graph, [np.array(one) for one in args])]


def arguments(graph, seed):
    rng = np.random.default_rng(seed)
    return [np.asarray(rng.normal(size=node.shape), node.dtype) for node in graph.inputs]
