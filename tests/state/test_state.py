"""Variables, scopes, purify and seeds: what is read, what is written, what is drawn, and the words of refusals."""

import subprocess
import sys
import threading

import numpy as np
import pytest

from onionskin.base import config, philox
from onionskin.base.errors import ArgumentError, DTypeError, GraphError, ShapeError
from onionskin.base.specs import Spec
from onionskin.engines import get
from onionskin.graph import make_input, verify
from onionskin.prims import TABLE
from onionskin.state import (
    Scope,
    SeedGenerator,
    Variable,
    current,
    draw_seed,
    opened,
    purify,
    seed_words,
    set_random_seed,
)
from onionskin.state.variable import as_spec

V = Spec((2,), "float32")


def run(pure, *arguments):
    """Run a pure function on the variables as they are; return (new values, what the function returned)."""
    program = get("reference").compile(verify(pure.graph), len(pure.changed))
    outputs = program(*[one.numpy() for one in pure.variables], *arguments)
    return outputs[: len(pure.changed)], pure.result(outputs[len(pure.changed) :])


# --- variables ---


def test_a_variable():
    w = Variable([1.0, 2.0], name="w")
    assert (w.name, w.path, w.shape, w.dtype, w.ndim, w.size, w.trainable) == ("w", "w", (2,), "float32", 1, 2, True)
    assert repr(w) == "<Variable w float32[2]>"
    assert repr(Variable(0, trainable=False)).endswith(", not trainable>")
    assert as_spec(w) == V == as_spec(np.zeros(2, np.float32))
    copied = w.numpy()
    copied[:] = 9
    np.testing.assert_array_equal(w.value, [1, 2])
    np.testing.assert_array_equal(np.asarray(w), [1, 2])
    np.testing.assert_array_equal(w[1:], [2])
    assert len(w) == 2
    assert (float(Variable(2.5)), int(Variable(3))) == (2.5, 3)


@pytest.mark.parametrize(
    ("initializer", "dtype", "wanted"),
    [
        (1.5, None, "float32"),
        ([1, 2], None, "int32"),
        ([True], None, "bool"),
        (np.float64(1), None, "float64"),
        (np.ones(2), None, "float64"),
        (np.ones(2), "float16", "float16"),
        ([1, 2], "float32", "float32"),
    ],
)
def test_dtypes_of_variables(initializer, dtype, wanted):
    assert Variable(initializer, dtype=dtype).dtype == wanted


def test_an_initializer_function_is_given_shape_and_dtype(monkeypatch):
    seen = []

    def initializer(shape, dtype):
        seen.append((shape, dtype))
        return np.ones(shape, dtype)

    assert Variable(initializer, shape=[2, 3]).shape == (2, 3)
    assert Variable(initializer, shape=(1,), dtype="float64").dtype == "float64"
    monkeypatch.setattr(config, "_settings", dict(config._settings, floatx="float16"))
    assert Variable(initializer, shape=()).dtype == "float16"
    assert seen == [((2, 3), "float32"), ((1,), "float64"), ((), "float16")]


def test_the_callers_array_stays_apart():
    mine = np.ones(2, np.float32)
    w = Variable(mine)
    mine[:] = 5
    np.testing.assert_array_equal(w.value, [1, 1])
    w.assign(mine)
    mine[:] = 7
    np.testing.assert_array_equal(w.value, [5, 5])


def test_assign():
    w, other = Variable([1.0, 2.0]), Variable([3, 4])
    w.assign(other)
    np.testing.assert_array_equal(w.value, [3, 4])
    assert w.dtype == "float32"
    w.assign_add([1, 1])
    w.assign_sub(2)
    np.testing.assert_array_equal(w.value, [2, 3])
    taken = np.zeros(2, np.float32)
    w.replace(taken)
    assert w.value is taken


def test_arithmetic_is_that_of_the_value():
    w, x = Variable([1.0, -2.0], name="w"), np.array([3.0, 4.0], np.float32)
    for function in (
        lambda w: w + x, lambda w: x + w, lambda w: w - 1, lambda w: 1 - w, lambda w: w * x, lambda w: 2 * w,
        lambda w: w / x, lambda w: 1 / w, lambda w: w % 2, lambda w: 2 % w, lambda w: w**2, lambda w: 2**w,
        lambda w: w @ x, lambda w: x @ w, lambda w: -w, lambda w: w < 0, lambda w: w <= 1, lambda w: w > 0,
        lambda w: w >= 1, lambda w: w == 1, lambda w: w != 1, lambda w: w[0], lambda w: w + w, lambda w: w == x,
    ):  # fmt: skip
        wanted = function(np.array([1.0, -2.0], np.float32))
        np.testing.assert_allclose(function(w), wanted, rtol=1e-6)
        _, traced = run(purify(lambda function=function: function(w), []))
        np.testing.assert_allclose(traced, wanted, rtol=1e-6)
    assert (w == w, w == Variable([1.0, -2.0]), w != Variable([1.0, -2.0])) == (True, False, True)  # noqa: PLR0124
    assert {w: 1}[w] == 1


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        (
            lambda: Variable(np.zeros, name="w"),
            ArgumentError,
            "variable 'w': a variable made by a function needs a shape.\n  to fix:   pass shape=",
        ),
        (
            lambda: Variable(np.zeros, shape=(None, 2), name="w"),
            ShapeError,
            "variable 'w': a variable needs every size.\n  given:    shape (None, 2)",
        ),
        (
            lambda: Variable([1.0, 2.0], shape=(3,), name="w"),
            ShapeError,
            "variable 'w': the initial value has another shape.\n  expected: (3,)\n  given:    (2,)",
        ),
        (
            lambda: Variable(lambda shape, dtype: np.zeros(5), shape=(3,)),
            ShapeError,
            "variable 'variable': the initial value has another shape.\n  expected: (3,)\n  given:    (5,)",
        ),
        (
            lambda: Variable([1.0, 2.0], name="w").assign([1.0]),
            ShapeError,
            "variable 'w': a variable keeps its shape.\n  expected: (2,)\n  given:    (1,)",
        ),
    ],
)
def test_words_of_variables(make, kind, words):
    with pytest.raises(kind) as caught:
        make()
    assert str(caught.value) == words


def test_text_is_no_variable():
    with pytest.raises(DTypeError) as caught:
        Variable("text")
    assert str(caught.value).splitlines()[0] == "this dtype cannot be used for tensors."


# --- scopes and purify ---


def test_outside_of_a_trace_there_is_no_scope():
    assert current() is None
    scope = Scope()
    with opened(scope) as inside:
        assert inside is scope is current()
        with opened(Scope()) as inner:
            assert current() is inner
        assert current() is scope
    assert current() is None
    with pytest.raises(KeyError), opened(Scope()):
        raise KeyError
    assert current() is None


def test_reads_after_writes_see_what_was_written():
    w = Variable([1.0, 2.0], name="w")

    def function(x):
        before = w * 1.0
        w.assign(w + x)
        w.assign_add(x)
        return before, w * 10.0

    pure = purify(function, [V])
    assert (pure.changed, pure.read, pure.variables) == ((w,), (), (w,))
    (new,), (before, after) = run(pure, np.array([1, 1], np.float32))
    np.testing.assert_array_equal(before, [1, 2])
    np.testing.assert_array_equal(after, [30, 40])
    np.testing.assert_array_equal(new, [3, 4])
    np.testing.assert_array_equal(w.value, [1, 2])  # tracing and running change nothing by themselves


def test_what_is_only_read_is_no_state():
    w, b, unused = Variable([1.0, 2.0], name="w"), Variable([5.0, 5.0], name="b"), Variable(0.0)

    def function(x):
        w.assign(w * x)
        return {"sum": w + b, "note": "text", "none": None, "three": 3}

    pure = purify(function, [V], ["input"], "step")
    assert (pure.changed, pure.read) == ((w,), (b,))
    assert unused not in pure.variables
    assert [node.params["name"] for node in pure.graph.inputs] == ["w", "b", "input"]
    assert pure.graph.name == "step"
    assert pure.graph.out_specs[0] == V
    (new,), result = run(pure, np.array([2, 3], np.float32))
    np.testing.assert_array_equal(new, [2, 6])
    np.testing.assert_array_equal(result["sum"], [7, 11])
    assert (result["note"], result["none"]) == ("text", None)
    assert pure.with_graph(pure.graph).changed == pure.changed


def test_assigning_without_reading_makes_state_too():
    w, n = Variable([1.0, 2.0], name="w"), Variable(3, name="n", dtype="int32")

    def function(x):
        w.assign(x)
        n.assign(7.9)  # cast to its dtype
        return w.shape, n

    (new_w, new_n), ((size,), seen) = run(purify(function, [V]), np.array([8, 9], np.float32))
    np.testing.assert_array_equal(new_w, [8, 9])
    assert (int(new_n), new_n.dtype, int(seen), int(size)) == (7, np.int32, 7, 2)


def test_pure_functions_inside_pure_functions():
    w = Variable([1.0, 1.0], name="w")

    def inner(x):
        w.assign_add(x)
        return w * 100.0, "label"

    step = purify(inner, [V])

    def outer(x):
        w.assign(w * 2.0)
        first, label = step.apply([x])
        second, _ = step.apply([x])
        return first, second, label

    pure = purify(outer, [V])
    (new,), (first, second, label) = run(pure, np.array([1, 2], np.float32))
    np.testing.assert_array_equal(first, [300, 400])
    np.testing.assert_array_equal(second, [400, 600])
    np.testing.assert_array_equal(new, [4, 6])
    assert label == "label"


def test_a_wrong_shape_is_found_while_tracing():
    w = Variable([1.0, 2.0], name="w")

    def function(x):
        w.assign(x)

    with pytest.raises(ShapeError) as caught:
        purify(function, [Spec((3,), "float32")])
    assert str(caught.value) == "variable 'w': a variable keeps its shape.\n  expected: (2,)\n  given:    (3,)"
    assert current() is None
    np.testing.assert_array_equal(w.value, [1, 2])


def test_a_tensor_cannot_be_kept_or_turned_into_numbers():
    w = Variable([1.0, 2.0], name="w")
    with pytest.raises(GraphError):
        w.assign(make_input(V))
    np.testing.assert_array_equal(w.value, [1, 2])
    with pytest.raises(GraphError) as caught:
        purify(lambda: np.asarray(w), [])
    assert str(caught.value).startswith("a NumPy array of a tensor that has no numbers yet cannot be taken.")
    with pytest.raises(GraphError):
        purify(lambda: float(w[0]), [])


def test_a_trace_of_one_thread_is_not_seen_by_another():
    w, seen = Variable([1.0, 2.0]), []
    with opened(Scope()):
        thread = threading.Thread(target=lambda: seen.append(w.value))
        thread.start()
        thread.join()
        assert not isinstance(w.value, np.ndarray)
    np.testing.assert_array_equal(seen[0], [1, 2])


# --- seeds ---


def draws(generator, count):
    return [np.array(generator.next()) for _ in range(count)]


def test_equal_generators_draw_alike_and_no_draw_twice():
    first, second = draws(SeedGenerator(7), 5), draws(SeedGenerator(7), 5)
    np.testing.assert_array_equal(first, second)
    assert len({one.tobytes() for one in [*first, *draws(SeedGenerator(8), 5)]}) == 10
    np.testing.assert_array_equal(first[0], philox.make_seed(7))
    np.testing.assert_array_equal(first[3], philox.make_seed(7, 3))
    generator = SeedGenerator(7, name="dropout")
    assert generator.get_config() == {"seed": 7, "name": "dropout"}
    assert SeedGenerator.from_config(generator.get_config()).get_config() == generator.get_config()
    assert SeedGenerator().get_config() == {"seed": None, "name": "seed_generator"}
    assert (generator.state.name, generator.state.trainable, generator.state.dtype) == (
        "dropout_state",
        False,
        "uint32",
    )


def uniform(generator, shape=(3,)):
    return TABLE["random_uniform"](seed_words(generator), shape=shape, dtype="float32")


def test_recorded_and_eager_draws_have_the_same_bits():
    eager, traced = SeedGenerator(3), SeedGenerator(3)
    wanted = [uniform(eager), uniform(eager), uniform(eager)]
    (new,), found = run(purify(lambda: (uniform(traced), uniform(traced), uniform(traced)), []))
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(new, eager.state.value)
    np.testing.assert_array_equal(traced.state.value, philox.make_seed(3))


def test_a_generator_is_state_of_the_steps_that_use_it():
    generator = SeedGenerator(5)
    pure = purify(lambda x: x + uniform(generator, (2,)), [V])
    program = get("reference").compile(verify(pure.graph), 1)
    column = np.zeros(8, np.float32)
    (state,), (results,) = program.run_steps([generator.state.value], [], [column], np.arange(8), 2)
    for found in results:
        np.testing.assert_array_equal(found, uniform(generator, (2,)))
    np.testing.assert_array_equal(state, generator.state.value)


def test_seed_words():
    np.testing.assert_array_equal(seed_words(5), philox.make_seed(5))
    np.testing.assert_array_equal(seed_words(np.int64(5)), philox.make_seed(5))
    set_random_seed(1)
    first = [seed_words(None), seed_words(None), philox.make_seed(draw_seed()), np.array(SeedGenerator().next())]
    set_random_seed(1)
    again = [seed_words(None), seed_words(None), philox.make_seed(draw_seed()), np.array(SeedGenerator().next())]
    np.testing.assert_array_equal(first, again)
    assert len({one.tobytes() for one in first}) == 4
    assert all(0 <= draw_seed() < 2**63 for _ in range(20))


def test_set_random_seed_also_sets_pythons_and_numpys():
    import random

    found = []
    for _ in range(2):
        set_random_seed(123)
        found.append((random.random(), np.random.rand(), draw_seed()))
    assert found[0] == found[1]


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, True, "1", None])
def test_words_of_set_random_seed(seed):
    with pytest.raises(ArgumentError) as caught:
        set_random_seed(seed)
    assert str(caught.value) == (
        f"set_random_seed: a random seed is a whole number.\n  expected: 0 to 2**32 - 1\n  given:    {seed!r}"
    )


def test_words_of_seeds():
    for seed in (1.5, "1", True):
        with pytest.raises(ArgumentError) as caught:
            seed_words(seed)
        assert str(caught.value) == (
            "a seed is a whole number, a SeedGenerator or None.\n"
            f"  expected: int, SeedGenerator or None\n  given:    {seed!r}"
        )
        with pytest.raises(ArgumentError) as caught:
            SeedGenerator(seed)
        assert str(caught.value) == (
            f"SeedGenerator: a seed is a whole number.\n  expected: int or None\n  given:    {seed!r}"
        )


DRAW = """
from onionskin.prims import TABLE
from onionskin.state import SeedGenerator, draw_seed, set_random_seed
set_random_seed(42)
g = SeedGenerator()
x = [TABLE["random_uniform"](g.next(), shape=(1000,), dtype=dtype).tobytes().hex() for dtype in ("float32", "float64")]
print(draw_seed(), *x)
"""


def test_the_same_seed_gives_the_same_bits_in_two_processes():
    found = [
        subprocess.run(
            [sys.executable, "-W", "error", "-c", DRAW],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": hashing},
        ).stdout
        for hashing in ("1", "2")
    ]
    assert found[0] == found[1]
    assert len(found[0]) > 20_000


def test_a_variable_made_while_tracing_may_draw_its_first_value_from_a_generator():
    inside, outside = SeedGenerator(3), SeedGenerator(3)
    made = []

    def build():
        made.append(Variable(lambda shape, dtype: inside.next(), (4,), "uint32"))
        return made[0]

    purify(build, [])
    np.testing.assert_array_equal(made[0].numpy(), outside.next())
    np.testing.assert_array_equal(inside.state.numpy(), outside.state.numpy())


def test_a_variable_of_numbers_that_int32_cannot_hold_keeps_them():
    assert Variable([2**40, 1]).dtype == "int64"
    np.testing.assert_array_equal(Variable([2**40, 1]).numpy(), [2**40, 1])
    assert (Variable([2, 1]).dtype, Variable(np.zeros((0,)).tolist()).dtype) == ("int32", "float32")


def test_a_variable_takes_keras_arguments_by_place_and_by_name():
    v = Variable([1.0], (1,), "float32", False, False, "sum", "none", "v")
    assert (v.trainable, v.autocast, v.aggregation, v.synchronization, v.name) == (False, False, "sum", "none", "v")
    assert (Variable(1.0).aggregation, Variable(1.0).synchronization) == ("none", "auto")


def test_a_variable_has_the_operators_of_its_value():
    v, b = Variable([1.5, -2.0]), Variable([True, False])
    for got, wanted in (
        (abs(v), [1.5, 2.0]), (+v, [1.5, -2.0]), (v // 2, [0.0, -1.0]), (3 // v, [2.0, -2.0]), (~b, [False, True]),
        (b & True, [True, False]), (True & b, [True, False]), (b | True, [True, True]), (b ^ True, [False, True]),
        (v.assign([1.0, 2.0]), [1.0, 2.0]), (v.assign_add([1.0, 1.0]), [2.0, 3.0]), (v.assign_sub([2.0, 2.0]), [0, 1]),
    ):  # fmt: skip
        np.testing.assert_array_equal(np.asarray(got), wanted)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda: bool(Variable(1.0, name="v")),
         "variable 'v': a variable is neither true nor false.\n"
         "  to fix:   ask `is not None` for whether there is one, or compare its value"),
        (lambda: Variable(1.0, name=3),
         "Variable: a variable's name is a text.\n  given:    name=3"),
        (lambda: Variable(1.0, aggregation="all"),
         "variable 'variable': there is no such aggregation.\n"
         "  expected: None, 'none', 'mean', 'sum', 'only_first_replica'\n  given:    'all'"),
        (lambda: Variable(1.0, synchronization="on"),
         "variable 'variable': there is no such synchronization.\n"
         "  expected: None, 'none', 'auto', 'on_write', 'on_read'\n  given:    'on'"),
        (lambda: Variable(1.0, layout="rows"),
         "variable 'variable': a variable has no layout over several devices here.\n  given:    layout='rows'\n"
         "  to fix:   leave layout out"),
    ],
)  # fmt: skip
def test_words_of_refused_arguments(act, words):
    with pytest.raises(ArgumentError) as caught:
        act()
    assert str(caught.value) == words
