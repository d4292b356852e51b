"""What is checked of every primitive and graph; each function raises AssertionError with the numbers."""

import dataclasses

import numpy as np

from onionskin.base.specs import Spec, is_float, spec_of
from onionskin.engines import get
from onionskin.graph import Graph, bind, make_input, trace, verify
from onionskin.transforms import pullback, push_forward


def rebuilt(primitive, **changes):
    """Return a changed copy of a record: a fault to plant."""
    return dataclasses.replace(primitive, **changes)


def graph_of(primitive, args, params):
    """Return the graph of one operation on inputs like these."""
    return verify(trace(lambda *xs: bind(primitive, xs, params), [spec_of(one) for one in args]))


def outputs_of(value):
    return value if isinstance(value, tuple) else (value,)


def check_value(primitive, args, params, expected, tolerance):
    """Compare with the oracle: eagerly, through the engine, in shape, dtype and numbers; inputs stay as they are."""
    before = [np.array(one) for one in args]
    graph = graph_of(primitive, args, params)
    eager = outputs_of(bind(primitive, tuple(args), params))
    run = get("reference").compile(graph)(*args)
    expected = outputs_of(expected)
    assert len(eager) == len(run) == len(expected) == len(graph.outputs)
    for one, other, wanted, spec in zip(eager, run, expected, graph.out_specs, strict=True):
        assert Spec(wanted.shape, wanted.dtype.name) == spec
        for value in (np.asarray(one), other):
            assert spec_of(value) == spec
            # sums cancel, so their error is measured against the largest element; single operations have no excuse
            sums = is_float(spec.dtype) and primitive.kind != "elementwise"
            scale = np.max(np.abs(wanted), initial=0, where=np.isfinite(wanted)) if sums else 0
            np.testing.assert_allclose(value, wanted, rtol=tolerance, atol=tolerance * float(scale))
    for one, was in zip(args, before, strict=True):
        np.testing.assert_array_equal(one, was)
    check_fresh(primitive, args, eager)


def check_fresh(primitive, args, results):
    """A record that says its value is fresh must not share memory with an input, or it would be written over."""
    if primitive.fresh:
        for result in results:
            for one in args:
                assert not np.shares_memory(result, one), f"{primitive.name} shares memory with its input"


def _directions(rng, nodes_or_arrays):
    return [np.asarray(rng.uniform(-1, 1, one.shape), one.dtype) for one in nodes_or_arrays]


def _dot(left, right):
    return float(sum(np.sum(a * b) for a, b in zip(left, right, strict=True)))


def check_derivative(graph, args, rng, tolerance=1e-6, order=2, step=1e-3, forward_mode=True):
    """Compare reverse and forward mode with central differences, and with each other; then the same of the gradient.

    u·(J v), by forward mode, (Jᵀ u)·v, by reverse mode, and the difference quotient of u·f along v are one number.
    The quotient is of fourth order, so its error stays far below the tolerance. Forward mode can be left out for
    operations whose derivative rule has no derivative itself.
    """
    engine = get("reference")
    moving = [index for index, node in enumerate(graph.inputs) if is_float(node.dtype)]
    floats = [index for index, node in enumerate(graph.outputs) if is_float(node.dtype)]
    v = _directions(rng, [args[index] for index in moving])
    u = _directions(rng, [graph.outputs[index] for index in floats])

    program = engine.compile(graph)

    def along(t):
        shifted = list(args)
        for index, direction in zip(moving, v, strict=True):
            shifted[index] = args[index] + t * direction
        results = program(*shifted)
        return _dot(u, [results[index] for index in floats])

    near, far = along(step) - along(-step), along(2 * step) - along(-2 * step)
    numeric = (8 * near - far) / (12 * step)

    cotangents = [make_input(graph.outputs[index].spec, f"u{index}") for index in floats]
    inputs = [graph.inputs[index] for index in moving]
    back = pullback([graph.outputs[index] for index in floats], cotangents, inputs)
    gradient = verify(Graph((*graph.inputs, *cotangents), tuple(back), f"{graph.name}_back"))
    assert gradient.out_specs == tuple(node.spec for node in inputs)
    reverse_parts = engine.compile(gradient)(*args, *u)
    reverse = _dot(reverse_parts, v)

    scale = sum(float(np.sum(np.abs(a * b))) for a, b in zip(reverse_parts, v, strict=True)) + abs(near / step) + 1e-3
    if forward_mode:
        pushed = engine.compile(verify(push_forward(graph)))(*args, *v)[len(graph.outputs) :]
        forward = _dot(u, [pushed[index] for index in range(len(floats))])
        np.testing.assert_allclose(forward, reverse, rtol=1e-9, atol=1e-11 * scale, err_msg="forward and reverse mode")
    np.testing.assert_allclose(reverse, numeric, rtol=tolerance, atol=tolerance * scale, err_msg=f"order {order}")
    if order > 1:
        check_derivative(gradient, [*args, *u], rng, tolerance, order - 1, step, forward_mode)


def check_same(first, second, args, tolerance=0.0):
    """Compare two graphs on the same inputs, in specs and numbers."""
    assert first.out_specs == second.out_specs
    engine = get("reference")
    for one, other in zip(engine.compile(first)(*args), engine.compile(second)(*args), strict=True):
        np.testing.assert_allclose(other, one, rtol=tolerance, atol=tolerance, equal_nan=True)


def message_of(caught):
    """Return the words of a caught error."""
    return str(caught.value)
