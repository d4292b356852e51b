"""Every primitive as SymPy expressions: complete, and of the values that plain loops give."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onionskin.base.errors import GraphError
from onionskin.base.specs import spec_of
from onionskin.graph import Graph, as_node, make_input, trace
from onionskin.interop.symbolic import to_sympy, write_out
from onionskin.interop.symbolic_rows import GAPS, ROWS, row_of
from onionskin.prims import TABLE, define_primitive
from onionskin.prims.control import run_graph
from tests.cases import CASES
from tests.checks import graph_of
from tests.expressions import graphs

sympy = pytest.importorskip("sympy")
BUILT_IN = list(TABLE)
SETTINGS = settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
WRITTEN = [case for case in CASES if case.name not in GAPS]


def test_every_primitive_is_written_out_or_a_declared_gap():
    for name in BUILT_IN:
        written = name in ROWS or (TABLE[name].definition is not None and name not in GAPS)
        assert written != (name in GAPS), f"{name}: a row or definition: {written}; a gap: {name in GAPS}"
    assert not [name for name in (*ROWS, *GAPS) if name not in TABLE]


def value_of(expression, dtype):
    if dtype == "bool":
        return bool(expression)
    value = complex(sympy.N(expression, 17))
    assert value.imag == 0, expression
    return value.real


def numbers_of(outputs, graph, known):
    found = []
    for output, spec in zip(outputs, graph.out_specs, strict=True):
        array = np.empty(spec.shape, spec.dtype)
        for place in np.ndindex(*spec.shape):
            one = output[place] if spec.shape else output
            array[place] = value_of(one.subs(known) if hasattr(one, "subs") else one, spec.dtype)
        found.append(array)
    return found


def written_out(graph, args):
    """Convert with symbols for floats and numbers for the rest, then put the numbers in."""
    given = [f"s{index}" if arg.dtype.kind == "f" else np.asarray(arg) for index, arg in enumerate(args)]
    symbolic = to_sympy(graph, inputs=given)
    known = {}
    for value, arg in zip(symbolic.inputs.values(), args, strict=True):
        if arg.dtype.kind == "f":
            symbols = value.flat if isinstance(value, np.ndarray) else [value]
            known |= {symbol: sympy.Float(float(number)) if np.isfinite(number) else sympy.sympify(float(number))
                      for symbol, number in zip(symbols, np.asarray(arg).flat, strict=True)}  # fmt: skip
    return numbers_of(symbolic.outputs, graph, known)


@pytest.mark.parametrize("case", [one for one in WRITTEN if one.name not in ("isfinite", "isnan", "isinf")], ids=str)
def test_values_are_those_of_plain_loops(case):
    for dtype in [one for one in case.dtypes if one in ("float64", "int32", "bool")] or ["uint8"]:

        @settings(SETTINGS, max_examples=5)
        @given(case.sample(dtype, True) if dtype == "float64" else case.sample(dtype, False))
        def check(drawn):
            args, params = drawn
            with np.errstate(all="ignore"):
                expected = case.oracle(*args, **params)
            expected = expected if isinstance(expected, tuple) else (expected,)
            found = written_out(graph_of(TABLE[case.name], args, params), args)
            for mine, theirs in zip(found, expected, strict=True):
                np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-9)

        check()


def test_symbols_are_finite_and_numbers_that_are_not_are_told_apart():
    values = np.array([1.0, np.inf, np.nan])
    for name, expected in (("isfinite", [True, False, False]), ("isnan", [False, False, True]),
                           ("isinf", [False, True, False])):  # fmt: skip
        graph = trace(TABLE[name], [spec_of(values)])
        assert [bool(one) for one in to_sympy(graph, inputs=[values]).output] == expected
        symbols = to_sympy(graph).output
        assert [bool(one) for one in symbols] == [name == "isfinite"] * 3


@settings(SETTINGS, max_examples=25)
@given(graphs(), st.integers(0, 2**32 - 1))
def test_random_graphs_have_the_values_of_their_primitives(graph, seed):
    rng = np.random.default_rng(seed)
    args = [rng.normal(size=spec.shape).astype(spec.dtype) for spec in graph.in_specs]
    with np.errstate(all="ignore"):
        expected = run_graph(graph, args)
    for mine, theirs in zip(written_out(graph, args), expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-5)


def test_a_gap_says_why():
    graph = trace(lambda x: TABLE["sort"](x, axis=0), [spec_of(np.ones(2))])
    with pytest.raises(GraphError) as error:
        to_sympy(graph)
    assert str(error.value) == (
        "to_sympy: the primitive 'sort' has no expression in SymPy: which element comes where depends on the values "
        "of all of them.\n  to fix:   convert the part of the graph before it, or the part behind it"
    )


def test_a_users_own_primitive_has_none_either():
    cube = define_primitive("cube", lambda x: x**3, lambda g, y, x: g * 3 * x**2)
    with pytest.raises(GraphError) as error:
        to_sympy(trace(cube, [spec_of(np.ones(2))]))
    assert str(error.value) == (
        "to_sympy: the primitive 'cube' has no expression in SymPy: it is made of NumPy functions of the user's, "
        "which cannot be read as a formula.\n  to fix:   convert the part of the graph before it, or the part behind it"
    )
    assert row_of(TABLE["sigmoid"]) is None  # written out by its definition


def test_an_index_that_is_a_symbol_is_refused():
    graph = trace(lambda x, i: TABLE["take"](x, i, axis=0), [spec_of(np.ones(3)), spec_of(np.zeros(1, np.int32))])
    with pytest.raises(GraphError) as error:
        to_sympy(graph)
    assert str(error.value) == (
        "to_sympy: primitive take: what an index chooses is not known while the index is a symbol.\n"
        "  expected: indices that are constants of the graph\n"
        "  given:    x1_1\n"
        "  to fix:   give the numbers of the index with inputs="
    )
    assert str(to_sympy(graph, inputs=["x", np.array([2])]).output) == "[x_3]"


def test_a_graph_with_a_foreign_input_is_refused():
    stranger = make_input(spec_of(np.ones(2)), "far")
    with pytest.raises(GraphError) as error:
        write_out(Graph((), (TABLE["sin"](stranger), as_node(1.0))), [])
    assert str(error.value) == (
        "to_sympy: the graph needs an input node that is none of its inputs.\n  given:    input 'far' float64[2]"
    )
