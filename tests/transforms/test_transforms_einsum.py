"""Einsum of two operands runs as one matrix product: the same numbers and gradients, on each engine."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onionskin import jit, ops, value_and_grad

SIZES = {"a": 2, "b": 3, "c": 4, "d": 1, "e": 5}


@st.composite
def contractions(draw):
    """Two operands whose indices are each in one, in both, in the result or not, in any order."""
    letters = draw(st.lists(st.sampled_from("abcde"), min_size=1, max_size=5, unique=True))
    left, right, out = [], [], []
    for letter in letters:
        where = draw(st.sampled_from(["l", "r", "lr", "lo", "ro", "lro"]))
        for mark, one in (("l", left), ("r", right), ("o", out)):
            if mark in where:
                one.append(letter)
    left, right, out = ("".join(draw(st.permutations(one))) for one in (left, right, out))
    return f"{left},{right}->{out}"


@pytest.mark.parametrize("engine", ["reference", "native"])
@settings(max_examples=60, deadline=None)
@given(subscripts=contractions(), dtype=st.sampled_from(["float32", "float64"]), seed=st.integers(0, 99))
def test_values_and_gradients(engine, subscripts, dtype, seed):
    import onionskin

    rng = np.random.default_rng(seed)
    terms, _, out = subscripts.partition("->")
    a, b = (rng.normal(size=[SIZES[one] for one in term]).astype(dtype) for term in terms.split(","))
    onionskin.set_engine(engine)
    try:
        function = jit(lambda a, b: ops.einsum(subscripts, a, b))
        (_, slopes) = jit(
            lambda a, b: value_and_grad(lambda a, b: ops.sum(ops.einsum(subscripts, a, b) ** 2), (0, 1))(a, b)
        )(a, b)
        found = function(a, b)
    finally:
        onionskin.set_engine("auto")
    tolerance = {"rtol": 2e-5, "atol": 2e-5} if dtype == "float32" else {"rtol": 1e-12, "atol": 1e-12}
    wanted = np.einsum(subscripts, a, b)
    np.testing.assert_allclose(found, wanted, err_msg=subscripts, **tolerance)
    left, right = terms.split(",")
    for slope, target, other_term, other, own in ((slopes[0], left, right, b, a), (slopes[1], right, left, a, b)):
        kept = "".join(one for one in target if one in out or one in other_term)
        part = np.einsum(f"{out},{other_term}->{kept}", 2 * wanted, other)
        shape = [SIZES[one] if one in kept else 1 for one in target]
        np.testing.assert_allclose(
            slope, np.broadcast_to(part.reshape(shape), own.shape), err_msg=subscripts, **tolerance
        )


def test_nothing_is_left_to_numpy():
    pytest.importorskip("onionskin.engines.native._ext", reason="the native engine is not built")
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(8, 5, 6)).astype("float32"), rng.normal(size=(6, 3, 4)).astype("float32")
    step = jit(value_and_grad(lambda b, a: ops.sum(ops.einsum("abc,cde->abde", a, b) ** 2)))
    assert "reference:" not in step.program(b, a).describe()
