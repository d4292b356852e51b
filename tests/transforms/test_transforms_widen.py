"""The same function in float64: dtypes, values, constants, random numbers and graphs within."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import onionskin
from onionskin import layers, ops
from onionskin.base import philox
from onionskin.base.specs import Spec, spec_of
from onionskin.graph import trace, verify
from onionskin.prims import TABLE
from onionskin.prims.control import run_graph
from onionskin.transforms import differentiate, widened
from tests.expressions import arguments, graphs

SETTINGS = settings(deadline=None, max_examples=40, derandomize=True, database=None)


@SETTINGS
@given(graphs(dtype="float32"), st.integers(0, 2**32 - 1))
def test_every_float_is_wide_and_the_values_are_those_of_more_digits(graph, seed):
    wide = verify(widened(graph))
    for node in wide.nodes:
        specs = node.spec if isinstance(node.spec, tuple) else (node.spec,)
        assert not any(spec.dtype in ("float16", "float32") for spec in specs), node
    args = arguments(graph, seed)
    with np.errstate(all="ignore"):
        narrow = run_graph(graph, args)
        found = run_graph(wide, [one.astype("float64") if one.dtype.kind == "f" else one for one in args])
    for one, other in zip(found, narrow, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-3, atol=2e-3)


def test_constants_keep_the_value_they_had():
    graph = widened(trace(lambda x: x * np.float32(0.1), [Spec((), "float32")]))
    assert float(run_graph(graph, [np.float64(1.0)])[0]) == float(np.float32(0.1))


def test_random_numbers_stay_the_same():
    seed = philox.make_seed(3)
    graph = trace(lambda s: TABLE["random_uniform"](s, shape=(5,), dtype="float32"), [spec_of(seed)])
    wide = widened(graph)
    assert wide.out_specs[0].dtype == "float64"
    np.testing.assert_array_equal(run_graph(wide, [seed])[0], run_graph(graph, [seed])[0])


def test_bits_stay_those_of_the_narrow_number():
    graph = trace(lambda x: TABLE["bitcast"](x, dtype="uint32"), [Spec((2,), "float32")])
    x = np.array([1.5, -2.0], "float32")
    np.testing.assert_array_equal(run_graph(widened(graph), [x.astype("float64")])[0], x.view("uint32"))
    back = trace(lambda x: TABLE["bitcast"](x, dtype="float32"), [Spec((2,), "uint32")])
    np.testing.assert_array_equal(run_graph(widened(back), [x.view("uint32")])[0], x)


def test_graphs_within_are_widened_too():
    def f(x):
        total = ops.scan(lambda c, n: (c * 0.5 + n, c), x, ops.ones(4))[0]
        return ops.cond(total > 0, lambda: ops.sin(total), lambda: total * 2)

    graph = trace(f, [Spec((), "float32")])
    wide = verify(widened(differentiate(graph)))
    assert wide.out_specs == (Spec((), "float64"),)
    x, step = 0.3, 1e-6
    numeric = (float(f(np.float64(x + step))) - float(f(np.float64(x - step)))) / (2 * step)
    np.testing.assert_allclose(run_graph(wide, [np.float64(x)])[0], numeric, rtol=1e-6)


def test_mixed_precision_is_widened_through():
    layer = layers.Dense(3, dtype="mixed_float16")
    layer.build((None, 2))
    graph = widened(onionskin.trace(layer, Spec((2, 2), "float32")))
    assert graph.out_specs == (Spec((2, 3), "float64"),)
    kernel, bias = (one.numpy().astype("float64") for one in layer.variables)
    values = {"kernel": kernel, "bias": bias}
    x = np.array([[0.1, 0.2], [0.3, -0.4]])
    given_ = [values.get(node.params["name"].rpartition("/")[2], x) for node in graph.inputs]
    np.testing.assert_allclose(run_graph(graph, given_)[0], x @ kernel + bias, rtol=1e-12)
