"""Every primitive against its case: value, shape, dtype, first and second derivative, in both modes."""

import string

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onionskin.prims import TABLE
from tests.cases import CASES, EXACT
from tests.checks import check_derivative, check_value, graph_of

NAMES = [case.name for case in CASES]
SETTINGS = settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
BUILT_IN = list(TABLE)  # before any test adds one


def test_every_primitive_has_a_case_a_formula_and_a_derivative_check():
    assert sorted(NAMES) == sorted(BUILT_IN)
    for case in CASES:
        record = TABLE[case.name]
        assert record.formula, f"{case.name} has no formula"
        assert (record.vjp is not None or record.definition is not None) == case.derivative, case.name


@pytest.mark.parametrize("name", BUILT_IN)
def test_formula_has_no_field_that_is_neither_an_input_nor_a_parameter(name):
    record, case = TABLE[name], CASES[NAMES.index(name)]
    fields = {field for _, field, _, _ in string.Formatter().parse(record.formula) if field is not None}
    seen = []

    @settings(SETTINGS, max_examples=1)
    @given(case.sample(case.dtypes[0], False))
    def look(drawn):
        seen.append(drawn)

    look()
    args, params = seen[0]
    known = {str(index) for index in range(len(args))} | set(params)
    assert fields <= known | {"1", "2"}, f"{name}: {fields - known}"


def compare_with_the_plain_loop(case, args, params):
    with np.errstate(all="ignore"):
        expected = case.oracle(*args, **params)
    results = expected if isinstance(expected, tuple) else (expected,)
    names = [one.dtype.name for one in (*args, *results)]
    loosest = max(case.tolerance.get(name, EXACT.get(name, 0.0)) for name in names)
    check_value(TABLE[case.name], args, params, expected, loosest)


@pytest.mark.parametrize(("case", "dtype"), [(case, dtype) for case in CASES for dtype in case.dtypes], ids=str)
def test_value_is_what_the_plain_loop_gives(case, dtype):
    @settings(SETTINGS, max_examples=40)
    @given(case.sample(dtype, False))
    def check(drawn):
        compare_with_the_plain_loop(case, *drawn)

    check()


@pytest.mark.parametrize("case", [one for one in CASES if one.derivative], ids=lambda case: case.name)
def test_derivatives_are_what_differences_give(case):
    @settings(SETTINGS, max_examples=25)
    @given(case.sample("float64", True), st.integers(0, 2**32 - 1))
    def check(drawn, seed):
        args, params = drawn
        check_derivative(graph_of(TABLE[case.name], args, params), args, np.random.default_rng(seed))

    check()
