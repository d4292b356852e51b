"""jit: when it traces again, what is a setting, how variables are read and changed."""

import numpy as np
import pytest

import onionskin
from onionskin import ops
from onionskin.base import config, errors

pytestmark = pytest.mark.usefixtures("each_engine")


class Counted:
    """A function that counts how often Python runs it, which is how often it is traced."""

    def __init__(self, function):
        self.function, self.count = function, 0
        self.jitted = onionskin.jit(self)

    def __call__(self, *args, **kwargs):
        self.count += 1
        return self.function(*args, **kwargs)


def test_traced_once_for_each_shape_and_dtype():
    doubled = Counted(lambda x: x * 2)
    for shape, dtype, traces in [((2,), "float32", 1), ((2,), "float32", 1), ((3,), "float32", 2),
                                 ((2,), "float64", 3), ((2,), "int32", 4), ((3,), "float32", 4)]:  # fmt: skip
        x = np.arange(shape[0], dtype=dtype)
        out = doubled.jitted(x)
        np.testing.assert_array_equal(out, x * 2)
        assert out.dtype == dtype
        assert doubled.count == traces


def test_whole_numbers_truth_values_and_text_are_settings():
    def chosen(x, how, times):
        return x * times if how == "times" else x + 1 if how is True else x - 1

    one = Counted(chosen)
    x = np.array([1.0, 2.0])
    np.testing.assert_array_equal(one.jitted(x, "times", 3), [3, 6])
    np.testing.assert_array_equal(one.jitted(x, "times", 4), [4, 8])
    np.testing.assert_array_equal(one.jitted(x, True, 4), [2, 3])
    np.testing.assert_array_equal(one.jitted(x, 1, 4), [0, 1])  # 1 == True, but it is another setting
    np.testing.assert_array_equal(one.jitted(x, "times", 3), [3, 6])
    assert one.count == 4


def test_floats_are_tensors_and_do_not_trace_again():
    scaled = Counted(lambda x, by: x * by)
    for by in (0.5, 1.5, -2.0, float("inf")):
        np.testing.assert_array_equal(scaled.jitted(np.array([1.0, 2.0], "float32"), by), np.float32([1, 2]) * by)
    assert scaled.count == 1


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_floats_are_as_exact_as_in_the_untraced_function(dtype):
    def scaled(x, by):
        return x * by

    x = np.array([1.0, 3.0], dtype)
    out = onionskin.jit(scaled)(x, 0.1)
    np.testing.assert_array_equal(out, scaled(x, 0.1))
    assert out.dtype == dtype


def test_text_of_numpy_is_a_setting_too():
    chosen = onionskin.jit(lambda x, how: x + 1 if how == "plus" else x - 1)
    np.testing.assert_array_equal(chosen(np.ones(2), np.str_("plus")), [2, 2])


class Counter:
    """A class with a compiled method."""

    step = 2.0

    @onionskin.jit
    def advanced(self, x):
        return x + self.step


def test_methods_are_bound_to_their_object():
    np.testing.assert_array_equal(Counter().advanced(np.ones(2)), [3, 3])
    np.testing.assert_array_equal(Counter.advanced(Counter(), np.ones(2)), [3, 3])


def test_a_changed_epsilon_is_seen():
    small = onionskin.jit(lambda x: x + config.epsilon())
    before = config.epsilon()
    np.testing.assert_array_equal(small(np.zeros(1)), [before])
    try:
        config.set_epsilon(0.5)
        np.testing.assert_array_equal(small(np.zeros(1)), [0.5])
    finally:
        config.set_epsilon(before)


def test_settings_without_a_hash_trace_each_time():
    counted = Counted(lambda x, names: x * len(names))
    np.testing.assert_array_equal(counted.jitted(np.ones(2), {"a", "b"}), [2, 2])
    np.testing.assert_array_equal(counted.jitted(np.ones(2), {"a"}), [1, 1])
    assert counted.count == 2


def test_trees_keywords_and_results_that_are_no_tensors():
    @onionskin.jit
    def mixed(tree, *, shift=None, word="w"):
        total = tree["a"][0] + tree["b"]
        return {"total": total if shift is None else total + shift, "rest": (None, word, [tree["b"]])}

    a, b = np.array([1.0, 2.0]), np.array([10.0, 20.0])
    out = mixed({"b": b, "a": (a,)}, shift=1.0, word="x")
    np.testing.assert_array_equal(out["total"], [12, 23])
    assert out["rest"][:2] == (None, "x")
    np.testing.assert_array_equal(out["rest"][2][0], b)
    np.testing.assert_array_equal(mixed({"a": (a,), "b": b})["total"], [11, 22])


def test_variables_are_read_and_changed_at_each_call():
    total, factor = onionskin.Variable(0.0, name="total"), onionskin.Variable(2.0, name="factor")

    def add(x):
        total.assign_add(ops.sum(x) * factor)
        return total * 1.0

    counted = Counted(add)
    x = np.ones(3, "float32")
    assert [float(counted.jitted(x)) for _ in range(3)] == [6.0, 12.0, 18.0]
    factor.assign(10.0)
    assert float(counted.jitted(x)) == 48.0
    assert float(total) == 48.0
    assert counted.count == 1
    same = onionskin.jit(lambda x: add(x))  # in another program the same variable
    assert float(same(x)) == 78.0


def test_a_call_that_fails_changes_no_variable():
    v = onionskin.Variable([1.0, 2.0])

    @onionskin.jit
    def broken(x):
        v.assign(v + 1.0)
        return ops.matmul(x, np.ones((4, 4)))

    with pytest.raises(errors.ShapeError):
        broken(np.ones((2, 3)))
    np.testing.assert_array_equal(v.numpy(), [1, 2])
    np.testing.assert_array_equal(v + 1.0, [2, 3])  # and tracing is over


def test_jit_within_jit_is_part_of_the_outer_program():
    inner = Counted(lambda x: x * x)
    outer = Counted(lambda x: inner.jitted(x) + inner.jitted(x + 1))
    for _ in range(3):
        np.testing.assert_array_equal(outer.jitted(np.array([1.0, 2.0])), [5, 13])
    assert (outer.count, inner.count) == (1, 2)


def test_closures_are_kept_as_they_were_when_traced():
    box = {"by": 2.0}
    jitted = onionskin.jit(lambda x: x * box["by"])
    np.testing.assert_array_equal(jitted(np.ones(2)), [2, 2])
    box["by"] = 3.0
    np.testing.assert_array_equal(jitted(np.ones(2)), [2, 2])
    np.testing.assert_array_equal(jitted(np.ones(3)), [3, 3, 3])


def test_results_are_the_callers_own():
    x, v = np.ones(2), onionskin.Variable([1.0, 2.0])
    for jitted, args in ((onionskin.jit(lambda z: z), (x,)), (onionskin.jit(lambda: v.value), ())):
        out = jitted(*args)
        out += 1
    np.testing.assert_array_equal(x, [1, 1])
    np.testing.assert_array_equal(v.numpy(), [1, 2])


def test_python_runs_while_tracing_only_and_branches_need_ops():
    with pytest.raises(errors.GraphError) as caught:
        onionskin.jit(lambda x: x if x > 0 else -x)(np.float32(1))
    assert str(caught.value) == (
        "the truth of a tensor that has no numbers yet cannot be taken.\n"
        "  given:    tensor bool[] while a function is traced\n"
        "  to fix:   use onionskin.ops (ops.where, ops.cond …) here, or call the function on arrays"
    )
    absolute = onionskin.jit(lambda x: ops.where(x > 0, x, -x))
    np.testing.assert_array_equal(absolute(np.array([-1.0, 2.0])), [1, 2])


def test_the_graph_and_the_program_can_be_looked_at(each_engine):
    jitted = onionskin.jit(lambda x: ops.tanh(x) + 0.0 * 3)
    assert [node.primitive.name for node in jitted.graph(np.ones(200)).nodes if node.inputs] == ["tanh"]
    shown = jitted.program(np.ones(200)).describe()
    assert ("tanh float64[200]" in shown) if each_engine == "reference" else ("0  tanh         float64[200]" in shown)


def test_no_function():
    with pytest.raises(errors.DTypeError) as caught:
        onionskin.jit(3)
    assert (
        str(caught.value) == "jit: a function is needed.\n  given:    3\n  to fix:   pass the function itself: jit(f)"
    )


@pytest.mark.parametrize("array", [np.array(["a"]), np.array([None]), np.array([1j])])
def test_arrays_of_no_tensors(array):
    with pytest.raises(errors.DTypeError) as caught:
        onionskin.jit(lambda x: x)(array)
    assert f"given:    {array.dtype!r}" in str(caught.value)


def test_a_tensor_kept_from_an_earlier_trace_is_refused():
    kept = []
    onionskin.jit(lambda x: kept.append(x) or x + 1)(np.ones(2, "float32"))

    def stale(y):
        return y + kept[0]

    with pytest.raises(errors.GraphError) as caught:
        onionskin.jit(stale)(np.ones(2, "float32"))
    assert str(caught.value) == (
        "stale: the graph needs an input node that is none of its inputs.\n"
        "  given:    input 'x0' float32[2]\n"
        "  to fix:   pass the tensor as an argument instead of keeping it from an earlier trace"
    )
