"""Pairs of operations in one pass: the bits of two passes, and which operations join."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onionskin import engines, ops
from onionskin.base.specs import Spec
from onionskin.engines.native.pairs import paired
from onionskin.graph import Graph, make_input
from tests.engines_native.ext_run import chain, isa, threads  # noqa: F401 - fixtures

PAIRS = {  # name -> both operations one after another, on the registers 0, 1, 2
    "MUL_ADD": [("MUL", 0, 1), ("ADD", -1, 2)],
    "MUL_SUB": [("MUL", 0, 1), ("SUB", -1, 2)],
    "MUL_FROM": [("MUL", 0, 1), ("SUB", 2, -1)],
    "MUL_MUL": [("MUL", 0, 1), ("MUL", -1, 2)],
    "MUL_DIV": [("MUL", 0, 1), ("DIV", -1, 2)],
    "SUB_MUL": [("SUB", 0, 1), ("MUL", -1, 2)],
    "ADD_MUL": [("ADD", 0, 1), ("MUL", -1, 2)],
    "DIV_ADD": [("DIV", 0, 1), ("ADD", -1, 2)],
    "DIV_FROM": [("DIV", 0, 1), ("SUB", 2, -1)],
    "GT_MUL": [("GT", 0, 1), ("MUL", -1, 2)],
    "SQRT_ADD": [("SQRT", 0), ("ADD", -1, 1)],
    "ADD_SQRT": [("ADD", 0, 1), ("SQRT", -1)],
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", PAIRS)
def test_a_pair_gives_the_bits_of_two_passes(isa, name, dtype):  # noqa: F811
    rng = np.random.default_rng(0)
    numbers = (rng.normal(size=3001) * 10.0 ** rng.integers(-30, 30, 3001)).astype(dtype)
    specials = np.array([0.0, -0.0, 1.0, np.inf, -np.inf, np.nan, 0.1, -0.1], dtype)
    operands = [np.concatenate([rng.permutation(numbers), rng.choice(specials, 500)]) for _ in range(3)]
    count = 3 if name not in ("SQRT_ADD", "ADD_SQRT") else 2
    for alone in range(1 << count):  # which operands are one number for all elements
        inputs = [one[:1] if alone >> index & 1 else one for index, one in enumerate(operands[:count])]
        apart = [(op, *[count if one == -1 else one for one in reads]) for op, *reads in PAIRS[name]]
        shape = operands[0].shape
        got = chain([(name, *range(count))], inputs, dtype=dtype, shape=shape)
        want = chain(apart, inputs, dtype=dtype, shape=shape)
        np.testing.assert_array_equal(got, want)  # NaN in one place is NaN in the other


def test_what_is_read_twice_or_stored_stays_alone():
    load = ("LOAD", 0, ())
    assert paired([load, ("MUL", 0, (0, 0)), ("ADD", 0, (1, 1))], {2})[0] == [
        load, ("MUL", 0, (0, 0)), ("ADD", 0, (1, 1)),
    ]  # fmt: skip
    assert paired([load, ("MUL", 0, (0, 0)), ("ADD", 0, (1, 0))], {1, 2})[0][1:] == [
        ("MUL", 0, (0, 0)), ("ADD", 0, (1, 0)),
    ]  # fmt: skip
    assert paired([load, ("MUL", 0, (0, 0)), ("SUB", 0, (0, 1))], {2}) == (
        [load, ("MUL_FROM", 0, (0, 0, 0))], {0: 0, 2: 1},
    )  # fmt: skip
    assert paired([load, ("SUB", 0, (0, 0)), ("SUB", 0, (1, 0))], {2})[0][1] == ("SUB", 0, (0, 0))


BINARY = (
    ops.add,
    ops.subtract,
    ops.multiply,
    ops.divide,
    lambda a, b: ops.multiply(ops.cast(ops.greater(a, b), a.dtype), b),
)


@settings(max_examples=150, deadline=None)
@given(
    steps=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 40), st.integers(0, 40)), min_size=2, max_size=24),
    shapes=st.lists(st.sampled_from([(5, 7), (1, 7), (5, 1), ()]), min_size=2, max_size=4),
    dtype=st.sampled_from(["float32", "float64"]),
    extra=st.integers(0, 40),
    seed=st.integers(0, 99),
)
def test_drawn_chains_are_what_the_reference_engine_computes(steps, shapes, dtype, extra, seed):
    """Sums, products, quotients and roots are rounded alike on both engines, so that they agree to the bit."""
    nodes = [make_input(Spec(shape, dtype), f"x{index}") for index, shape in enumerate([(5, 7), *shapes])]
    inputs, known = tuple(nodes), list(nodes)
    for kind, left, right in steps:
        a, b = known[left % len(known)], known[right % len(known)]
        known.append(ops.sqrt(ops.abs(a)) if kind == 5 else BINARY[kind](a, b))
    graph = Graph(inputs, (known[-1], known[extra % len(known)]), "chain")
    rng = np.random.default_rng(seed)
    arrays = [rng.uniform(0.5, 2, node.shape).astype(dtype) for node in inputs]
    want = engines.get("reference").compile(graph)(*arrays)
    for one, other in zip(engines.get("native").compile(graph)(*arrays), want, strict=True):
        np.testing.assert_array_equal(one, other)


def test_powers_of_a_part_of_a_vector(isa):  # noqa: F811
    """Functions of the C library run for the elements that there are, and what follows sees them alone."""
    for count in (1, 5, 16, 17, 1030):
        x = np.linspace(0.1, 3, count).astype("float32")
        got = chain([("POW", 0, 1), ("ADD", 2, 0)], [x, x[::-1].copy()])
        np.testing.assert_allclose(got, x.astype("f8") ** x[::-1] + x, rtol=3e-7)
