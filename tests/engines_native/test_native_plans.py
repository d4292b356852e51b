"""Plans of the native engine: what is fused, what is shared, what is kept in place, and the words of what cannot be."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import onionskin
from onionskin import engines
from onionskin.base import config
from onionskin.base.errors import ArgumentError, MissingExtraError
from onionskin.base.specs import Spec
from onionskin.engines import lookup
from onionskin.graph import as_node, trace
from onionskin.prims import TABLE
from tests.engines.test_engines_reference import STEPS, V
from tests.engines_native.test_native_parity import assert_close, compare, native
from tests.expressions import arguments, graphs, plainly

pytest.importorskip("onionskin.engines.native._ext", reason="the native engine's compiled part is not built")

M = Spec((4, 4), "float32")


def texts(function, *specs, state=0):
    """Return what each instruction computes, in words."""
    return [one.text for one in native(trace(function, list(specs)), state)._layout.instructions]


def check(function, *specs, seed=0):
    graph = trace(function, list(specs))
    compare(graph, arguments(graph, seed))


# --- what is fused ---


def test_a_chain_is_one_instruction_with_its_casts_comparisons_and_broadcasts():
    def chain(x, row, mask):
        return TABLE["where"](mask, TABLE["cast"](x > 0.0, dtype="float32") * TABLE["exp"](x), x - row)

    specs = [M, Spec((4,), "float32"), Spec((4, 4), "bool")]
    assert texts(chain, *specs) == ["greater, cast, exp, multiply, subtract, where"]
    check(chain, *specs)


def test_a_product_takes_its_bias_and_what_follows():
    specs = [Spec((5, 3), "float32"), Spec((3, 4), "float32"), Spec((4,), "float32")]
    assert texts(lambda x, w, b: TABLE["relu"](x @ w + b), *specs) == ["matmul A B + bias, then relu"]
    assert texts(lambda x, w, b: x @ w + b, *specs) == ["matmul A B + bias"]
    turned = [Spec((3, 5), "float32"), Spec((4, 3), "float32"), Spec((4,), "float32")]
    assert texts(lambda x, w, b: TABLE["tanh"](b + x.T @ w.T), *turned) == ["matmul Aᵀ Bᵀ + bias, then tanh"]
    check(lambda x, w, b: TABLE["tanh"](b + x.T @ w.T), *turned)


def test_a_product_that_is_needed_itself_is_kept():
    def both(x, w, b):
        y = x @ w
        return y + b, y, TABLE["exp"](y)

    specs = [Spec((5, 3), "float32"), Spec((3, 4), "float32"), Spec((4,), "float32")]
    assert texts(both, *specs) == ["matmul A B, then add, exp"]
    check(both, *specs)


def test_a_product_of_many_matrices_and_one_is_one_product():
    specs = [Spec((2, 5, 3), "float32"), Spec((3, 4), "float32"), Spec((4,), "float32"), Spec((2, 5, 4), "float32")]
    assert texts(lambda x, w, b, r: TABLE["relu"](x @ w + b) * r, *specs) == ["matmul A B + bias, then relu, multiply"]
    check(lambda x, w, b, r: TABLE["relu"](x @ w + b) * r, *specs)
    check(lambda x, w, b, r: TABLE["relu"](x @ w + b) * r[:, :1, :], *specs)  # no row of the flat product
    check(lambda a, b: a @ b, Spec((2, 1, 3, 4), "float32"), Spec((5, 4, 2), "float32"))


def test_what_a_value_needs_on_its_way_back_to_itself_is_not_fused():
    def around(x):
        y = TABLE["exp"](x)
        return TABLE["tanh"](y + TABLE["sum"](y, axis=(0,), keepdims=True))

    def square(x):  # a factor of the product has the shape of the product
        y = TABLE["tanh"](x)
        return (y @ y) * y

    assert texts(around, M) == ["exp", "sum of 1×[4]×4", "add, tanh"]
    assert texts(square, M) == ["tanh", "matmul A B, then multiply"]
    check(around, M)
    check(square, M)


def test_a_mask_is_found_again_where_it_is_used():
    def back(x, w, g):
        y = TABLE["relu"](x @ w)
        return y, (g @ w) * TABLE["cast"](y > 0.0, dtype="float32")

    assert texts(back, M, M, M) == ["matmul A B, then relu", "matmul A B, then greater, cast, multiply"]
    check(back, M, M, M)


def test_numbers_that_have_nothing_to_do_with_each_other_share_an_instruction():
    number = Spec((), "float32")
    assert texts(lambda a, b, c: (a + 1.0, b * 2.0, c - a), number, number, number) == ["add, multiply, subtract"]


def test_groups_never_wait_for_each_other():
    def scores(x, labels):  # the labels' cast could run with the comparison, but what stands between needs it
        labels = TABLE["cast"](labels, dtype="int32")
        logs = TABLE["log_softmax"](x, axis=1)
        hot = TABLE["one_hot"](labels, num_classes=4, dtype="float32")
        right = TABLE["equal"](labels, TABLE["argmax"](TABLE["exp"](logs), axis=1, keepdims=False))
        loss = TABLE["sum"](hot * logs, axis=(1,), keepdims=False)
        return loss, TABLE["cast"](right, dtype="float32")

    check(scores, M, Spec((4,), "uint8"))


def test_a_program_with_more_values_than_registers_is_several():
    def wide(x):
        values = [TABLE["sin"](x * float(step + 2)) for step in range(60)]
        total = values[0]
        for one in reversed(values[1:]):
            total = total * 0.5 + one
        return total

    assert len(texts(wide, V)) > 1
    check(wide, V)


def test_known_values_are_computed_once_and_numbers_are_part_of_the_code():
    program = native(trace(lambda x: x * TABLE["exp"](as_node(np.float32(0.0))), [V]))
    assert [one.text for one in program._layout.instructions] == ["multiply"]
    np.testing.assert_array_equal(program(np.ones(3, np.float32))[0], np.ones(3))


def test_integers_wrap_around_where_they_are_used_again():
    def overflow(x):
        y = x + x
        return TABLE["cast"](y, dtype="float32"), y, -y, TABLE["abs"](y)

    for dtype in ("uint8", "int8", "int16", "uint16", "int32", "uint32"):
        graph = trace(overflow, [Spec((3,), dtype)])
        info = np.iinfo(dtype)
        compare(graph, [np.array([info.max, info.max // 2 + 1, 7], dtype)])


def test_half_floats_are_carried():
    half = Spec((2, 3), "float16")
    program = native(trace(lambda x: (x.T, TABLE["exp"](x) + 1.0, x), [half]), 0)
    x = np.arange(6, dtype=np.float16).reshape(2, 3) / 4
    turned, moved, same = program(x)
    assert {one.dtype for one in (turned, moved, same)} == {np.dtype("float16")}
    np.testing.assert_array_equal(turned, x.T)
    np.testing.assert_array_equal(same, x)
    np.testing.assert_allclose(moved, np.exp(x) + 1, rtol=2e-3)


def test_a_long_chain_needs_no_recursion_and_two_places():
    def chain(x):
        for _ in range(10_000):
            x = TABLE["sin"](x)
        return x

    program = native(trace(chain, [V]))
    assert program._layout.arena <= 128
    x = np.array([0.5, 1.0, -2.0], np.float32)
    assert_close(program(x)[0], plainly(program.graph, [x])[0], tolerance=1e-4)


# --- memory ---


@settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck), max_examples=200)
@given(graphs(length=20, outputs=3), st.integers(0, 2))
def test_values_that_live_at_one_time_do_not_overlap(graph, state):
    layout = native(graph, state)._layout
    lives = {}
    for step, one in enumerate(layout.instructions):
        for view in (*one.outs, *one.ins):
            if view.place.kind == 2:
                lives.setdefault(view.place, []).append(step)
    allowed = {pair for one in layout.instructions for pair in one.aliases}
    for place, steps in lives.items():
        assert place.where % 64 == 0 <= place.where <= layout.arena - place.nbytes
        for other, others in lives.items():
            shared = place.where < other.where + other.nbytes and other.where < place.where + place.nbytes
            if other is not place and shared and steps[0] <= others[0]:
                handed_on = steps[-1] == others[0] and (other, place) in allowed
                assert steps[-1] < others[0] or handed_on, f"{steps} and {others}"


@pytest.mark.parametrize("name", STEPS)
def test_state(name):
    """The hard cases of the reference engine: swapped, aliased, put out twice, as views."""
    program = native(trace(STEPS[name], [V, V, V]), 2)
    rng = np.random.default_rng(0)
    state = [rng.normal(size=3).astype(np.float32) for _ in range(2)]
    column = rng.normal(size=12).astype(np.float32)
    order = rng.permutation(12)
    before = [np.array(one) for one in state]
    final, results = program.run_steps(state, [], [column], order, 3)
    again = state
    for start, *found in zip(range(0, 12, 3), *results, strict=True):
        outputs = plainly(program.graph, [*again, column[order[start : start + 3]]])
        called = program(*again, column[order[start : start + 3]])
        for one, wanted in zip((*called, *found), (*outputs, *outputs[2:]), strict=True):
            assert_close(one, wanted, name)
        again = called[:2]
    for one, wanted in zip(final, again, strict=True):
        np.testing.assert_array_equal(one, wanted)
    for one, was in zip(state, before, strict=True):
        np.testing.assert_array_equal(one, was)


def test_a_value_is_read_before_it_is_written_over():
    def step(w, x):
        y = x @ w
        return w - 0.1 * (x.T @ y), y @ w.T  # the second product reads the old w

    program = native(trace(step, [M, M]), 1)
    assert program._layout.in_place == [0]
    rng = np.random.default_rng(1)
    w, column = rng.normal(size=(4, 4)).astype(np.float32), rng.normal(size=(8, 4)).astype(np.float32)
    (final,), results = program.run_steps([w], [], [column], np.arange(8), 4)
    wanted, expected = engines.get("reference").compile(program.graph, 1).run_steps(
        [w], [], [column], np.arange(8), 4
    )  # fmt: skip
    assert_close(final, wanted[0], tolerance=1e-5)
    for found, right in zip(results, expected, strict=True):
        assert_close(found, right, tolerance=1e-5)


# --- what it lacks, and what is wrong ---


def test_what_has_no_native_form_runs_by_its_numpy_value_and_says_so():
    program = native(trace(lambda x: TABLE["sort"](TABLE["tanh"](x), axis=0), [V], name="sorted"))
    assert program.describe() == (
        "native program sorted\n"
        "   instruction      writes      FLOPs  bytes\n"
        "0  tanh             float32[3]      3     24\n"
        "1  reference: sort  float32[3]      0     24\n"
        "2 instructions, 3 FLOPs, arena of 64 bytes; 1 by the reference engine's NumPy values\n"
    )
    check(lambda x: TABLE["sort"](TABLE["tanh"](x), axis=0), V)


def test_an_index_outside_is_the_same_mistake_on_both_engines():
    graph = trace(lambda x, i: TABLE["take"](x, i, axis=0), [V, Spec((2,), "int32")])
    said = []
    for name in ("native", "reference"):
        with pytest.raises(ArgumentError) as caught:
            engines.get(name).compile(graph)(np.zeros(3, np.float32), np.array([1, 5], np.int32))
        said.append(str(caught.value))
    wanted = "take: an index lies outside the axis.\n  expected: -3 <= index < 3\n  given:    5"
    assert said == [wanted, wanted]


def test_the_engine_is_chosen_by_name_everywhere(monkeypatch):
    monkeypatch.setattr(config, "_settings", dict(config._settings))
    onionskin.set_engine("native")
    assert config.engine() == "native"
    assert engines.get().name == "native"
    source = "from onionskin import engines; print(engines.get().name)"
    environment = {**os.environ, "ONIONSKIN_ENGINE": "native", "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True, env=environment)
    assert run.stdout == "native\n"


def test_without_the_compiled_part_the_engine_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(config, "_settings", dict(config._settings))
    monkeypatch.setattr(lookup, "_ENGINES", {"reference": engines.get("reference")})
    monkeypatch.setitem(sys.modules, "onionskin.engines.native._ext", None)
    before = config.engine()
    for call in (engines.get, engines.set_engine):
        with pytest.raises(MissingExtraError) as caught:
            call("native")
        assert str(caught.value) == (
            "engine 'native': the native engine's compiled part is not installed, so programs cannot run on it.\n"
            "  given:    import of onionskin.engines.native._ext halted; None in sys.modules\n"
            "  to fix:   install a C++20 compiler (g++ 12, clang 16 or later) and then onionskin again: "
            "pip install --force-reinstall --no-deps --no-cache-dir onionskin; or use the engine 'reference', "
            "which runs anywhere"
        )
    assert config.engine() == before


def test_a_variance_runs_by_its_definition_all_native():
    graph = trace(lambda x: TABLE["var"](x, axis=(1,), keepdims=False), [Spec((30, 40), "float32")])
    program = engines.get("native").compile(graph)
    assert not any(one.reference for one in program._layout.instructions)
    x = np.random.default_rng(0).normal(size=(30, 40)).astype(np.float32)
    np.testing.assert_allclose(program(x)[0], x.var(axis=1), rtol=1e-5)


def test_a_reduction_over_one_element_is_the_element():
    def over(name, x, axis):
        return TABLE[name](x, axis=(axis,), keepdims=False)

    column = Spec((6, 1), "float32")
    assert texts(lambda x: over("sum", over("mean", x, 1), 0), column) == ["sum of 1×[6]×1"]
    for name in ("sum", "mean", "max", "min", "prod"):
        check(lambda x, name=name: TABLE["exp"](over(name, x.T, 0)), column)
        check(lambda x, name=name: over(name, x, 1), column)
    check(lambda x: over("sum", x, 1), Spec((6, 1), "int8"))  # widened, so that it is computed
