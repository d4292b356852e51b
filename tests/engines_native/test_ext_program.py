"""Programs of the executor: runs, many steps, fallbacks to Python, threads, interruption and mistakes."""

import gc
import os
import signal
import subprocess
import sys
import threading
import time
import weakref

import numpy as np
import pytest

from tests.engines_native.ext_run import ARENA, CODES, CONSTANT, INPUT, OPS, OUTPUT, _ext, build, ended, run, threads  # noqa: F401

F32, I64 = CODES["float32"], CODES["int64"]
ADD = [OPS["LOAD"], 0, 0, 0, 0, OPS["LOAD"], 1, 1, 0, 0, OPS["ADD"], 2, 0, 1, 0, OPS["STORE"], 0, 2, 0, 0]


def adder(size=3, batch=2, in_place=False):
    """Return a program: the state grows by the sum of a batch (batch, size); the sum is given out too."""
    values = [
        (F32, [size], INPUT, 0),
        (F32, [batch, size], INPUT, 1),
        (F32, [size], OUTPUT, 0),
        (F32, [size], OUTPUT, 1),
    ]
    program = _ext.Program(values, 0, [], "adder")
    program.reduce(3, 1, "sum", 1, batch, size)
    program.tile([2], [0, 3], ADD, [], [size], [[1], [1]], F32)
    if in_place:
        program.in_place([0])
    return program


def test_opcodes_are_those_of_the_table():
    opcodes = pytest.importorskip("onionskin.engines.native.opcodes")
    assert _ext.opcodes() == opcodes.CODES
    assert {name: opcodes.DTYPES[name] for name in CODES} == CODES


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("steps", [0, 1, 2, 7])
def test_steps_equal_a_loop_in_python(steps, in_place, threads):  # noqa: F811
    rng = np.random.default_rng(0)
    data = rng.integers(0, 100, (20, 3)).astype("float32")
    order = rng.integers(0, 20, 2 * steps)
    start = np.array([1, 2, 3], "float32")
    program = adder(in_place=in_place)
    (state,), (sums,) = program.run_steps([start], [], [data], order, 2, 1)
    expected, parts = start.copy(), []
    for step in range(steps):
        parts.append(data[order[2 * step : 2 * step + 2]].sum(axis=0))
        expected += parts[-1]
    np.testing.assert_array_equal(state, expected)
    np.testing.assert_array_equal(sums, np.reshape(parts, (steps, 3)))
    np.testing.assert_array_equal(start, [1, 2, 3])


@pytest.mark.parametrize("view", [lambda x: x[::-1], lambda x: x.T.copy().T, lambda x: np.repeat(x, 2, axis=1)[:, ::2]])
def test_columns_may_be_strided_anyhow(view):
    data = np.arange(60, dtype="float32").reshape(20, 3)
    column = view(data)
    (state,), _ = adder().run_steps([np.zeros(3, "float32")], [], [column], np.arange(20), 2, 1)
    np.testing.assert_array_equal(state, column.sum(axis=0))


def test_inputs_may_be_strided_or_unaligned():
    x = np.arange(12, dtype="float32").reshape(3, 4).T
    raw = np.zeros(49, "uint8")[1:].view("float32").reshape(4, 3)
    raw[...] = x
    for given in (x, raw):
        (y,) = run("tile", [np.ascontiguousarray(given)], [((4, 3), "float32")], outs=[1], ins=[0],
                   code=[OPS["LOAD"], 0, 0, 0, 0, OPS["STORE"], 0, 0, 0, 0], consts=[], shape=[4, 3],
                   strides=[[3, 1]], dtype=F32)  # fmt: skip
        np.testing.assert_array_equal(y, x)
    program = build(
        "copy_strided", [np.zeros((4, 3), "float32")], [((4, 3), "float32")], out=1, a=0, shape=[12], strides=[1]
    )
    for given in (x, raw):
        np.testing.assert_array_equal(program.run([given])[0], x)


def test_arena_constants_and_views():
    values = [(F32, [6], CONSTANT, 0), (F32, [2, 3], ARENA, 64), (F32, [6], ARENA, 64), (F32, [3], OUTPUT, 0)]
    program = _ext.Program(values, 128, [np.arange(6, dtype="float32")], "views")
    program.copy_strided(2, 0, [6], [1])
    program.reduce(3, 1, "sum", 1, 2, 3)
    np.testing.assert_array_equal(program.run([])[0], [3, 5, 7])


def test_a_fallback_runs_python_and_its_arrays_may_be_kept():
    kept = []

    def function(x):
        kept.append(x)
        return x.T, np.float32(x.sum())

    x = np.arange(6, dtype="float32").reshape(2, 3)
    program = build("call", [x], [((3, 2), "float32"), ((), "float32")], function=function, outs=[1, 2], ins=[0])
    transposed, total = program.run([x])
    np.testing.assert_array_equal(transposed, x.T)
    assert total == 15
    del program
    np.testing.assert_array_equal(kept[0], x)


def test_an_error_in_a_fallback_reaches_the_caller_and_the_program_lives_on():
    def function(x):
        if x[0] > 0:
            raise KeyError("mine")
        return x

    x = np.zeros(2, "float32")
    program = build("call", [x], [((2,), "float32")], function=function, outs=[1], ins=[0])
    with pytest.raises(KeyError, match="mine"):
        program.run([x + 1])
    np.testing.assert_array_equal(program.run([x])[0], x)


def test_a_program_and_its_function_are_collected_together():
    class Holder:
        def __call__(self, x):
            return x

    holder = Holder()
    program = build("call", [np.zeros(2, "float32")], [((2,), "float32")], function=holder, outs=[1], ins=[0])
    holder.program = program
    gone = weakref.ref(holder)
    del holder, program
    gc.collect()
    assert gone() is None


def test_outputs_are_fresh_at_every_run():
    program = adder()
    first = program.run([np.zeros(3, "float32"), np.ones((2, 3), "float32")])[0]
    program.run([np.zeros(3, "float32"), np.full((2, 3), 5, "float32")])
    np.testing.assert_array_equal(first, [2, 2, 2])


def test_several_threads_of_python_run_one_program():
    data = np.random.default_rng(1).normal(size=(64, 200)).astype("float32")
    program = adder(200, 64)
    wrong = []

    def work(scale):
        for _ in range(100):
            (grown, total) = program.run([np.full(200, scale, "float32"), data * scale])
            if not np.array_equal(grown, total + scale):
                wrong.append(scale)

    workers = [threading.Thread(target=work, args=(np.float32(i + 1),)) for i in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert wrong == []


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers of signals here")
def test_many_steps_are_interrupted_soon():
    def stop(*_):
        raise KeyboardInterrupt

    values = [(F32, [2000], INPUT, 0), (F32, [1, 2000], INPUT, 1), (F32, [2000], OUTPUT, 0)]
    program = _ext.Program(values, 0, [], "endless")
    for _ in range(20):
        program.tile([2], [0, 1], ADD, [], [2000], [[1], [1]], F32)
    before = signal.signal(signal.SIGALRM, stop)
    try:
        start = time.perf_counter()
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(KeyboardInterrupt):
            program.run_steps(
                [np.zeros(2000, "float32")], [], [np.zeros((1, 2000), "float32")], order_of(0).repeat(2_000_000), 1, 1
            )
        taken = time.perf_counter() - start
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert taken < 2.0  # 0.2 s and one look at the signals, with room for a busy machine


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_computes_too(threads):  # noqa: F811
    threads(2)
    x = np.ones((500, 500), "float32")
    program = build("matmul", [x, x], [((500, 500), "float32")], out=2, a=0, b=1)
    expected = program.run([x, x])[0]
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if np.array_equal(program.run([x, x])[0], expected) else 1
        finally:
            os._exit(status)
    assert ended(child) == 0


def test_times_are_kept_when_asked_for():
    program = adder()
    program.profile(True)
    program.run([np.zeros(3, "float32"), np.ones((2, 3), "float32")])
    assert len(program.times()) == program.instructions() == 2
    assert all(0 <= one < 1 for one in program.times())


def order_of(*rows):
    return np.array(rows, "int64")


STATE, DATA = np.zeros(3, "float32"), np.zeros((4, 3), "float32")
RUN_MISTAKES = [
    (ValueError, "input 0: an array of another shape. expected: (3). given: (4)",
     lambda p: p.run([np.zeros(4, "float32"), DATA[:2]])),
    (TypeError, "input 0: an array of another dtype than float32", lambda p: p.run([np.zeros(3), DATA[:2]])),
    (TypeError, "input 0: a NumPy array is needed", lambda p: p.run([[1, 2, 3], DATA[:2]])),
    (ValueError, "the program takes 2 inputs. given: 1", lambda p: p.run([STATE])),
    (IndexError, "order: an index lies outside the rows. expected: 0 <= index < 4. given: 4",
     lambda p: p.run_steps([STATE], [], [DATA], order_of(0, 4), 2, 1)),
    (IndexError, "order: an index lies outside the rows. expected: 0 <= index < 4. given: -1",
     lambda p: p.run_steps([STATE], [], [DATA], order_of(0, -1), 2, 1)),
    (ValueError, "run_steps: the order is as long as some batches. given: 3 of 2",
     lambda p: p.run_steps([STATE], [], [DATA], order_of(0, 1, 2), 2, 1)),
    (ValueError, "run_steps: input 1 does not take batches of 1",
     lambda p: p.run_steps([STATE], [], [DATA], order_of(0), 1, 1)),
    (TypeError, "order: a contiguous array of int64 is needed",
     lambda p: p.run_steps([STATE], [], [DATA], np.zeros(2, "int32"), 2, 1)),
    (ValueError, "in_place: there are no input and output of one size at position 1", lambda p: p.in_place([1])),
]  # fmt: skip


@pytest.mark.parametrize(("error", "words", "use"), RUN_MISTAKES, ids=[one[1] for one in RUN_MISTAKES])
def test_wrong_use_is_told_in_words(error, words, use):
    with pytest.raises(error) as e:
        use(adder())
    assert str(e.value) == words


BUILD_MISTAKES = {
    "there is no dtype with the code 11": ([(11, [1], INPUT, 0)], 0, []),
    "there is no kind of value with the code 5": ([(F32, [1], 5, 0)], 0, []),
    "there is no constant 0": ([(F32, [1], CONSTANT, 0)], 0, []),
    "constant 0 is not what the value says": ([(F32, [1], CONSTANT, 0)], 0, [np.zeros(2)]),
    "a value of shape (17) does not lie in the arena, at a multiple of 64 bytes": ([(F32, [17], ARENA, 0)], 64, []),
    "two values of one place differ in size": ([(F32, [1], INPUT, 0), (F32, [2], INPUT, 0)], 0, []),
    "a size is negative: (-1)": ([(F32, [-1], INPUT, 0)], 0, []),
    "the arena's size is negative": ([], -1, []),
}


@pytest.mark.parametrize("words", BUILD_MISTAKES)
def test_values_that_do_not_fit_together_are_refused(words):
    with pytest.raises(ValueError) as e:
        _ext.Program(*BUILD_MISTAKES[words], "wrong")
    assert str(e.value) == words


def test_memory_that_is_not_there_is_a_memory_error():
    program = _ext.Program([(F32, [2**50], ARENA, 0), (F32, [1], OUTPUT, 0)], 2**52, [], "huge")
    with pytest.raises(MemoryError) as caught:
        program.run([])
    assert str(caught.value) == (
        "there is no memory for 4503599627370496 bytes (4194304.0 GiB).\n"
        "  to fix:   use smaller batches or arrays, or float32 instead of float64"
    )
    big = _ext.Program([(F32, [2**50], OUTPUT, 0)], 0, [], "huge")
    with pytest.raises(MemoryError):
        big.run([])


def test_an_instruction_set_that_is_not_there_is_refused():
    with pytest.raises(ValueError) as e:
        _ext.set_isa("avx1024")
    expected = ", ".join(_ext.isas())
    assert str(e.value) == (
        f"this processor has no instruction set of this name. expected: one of {expected}. given: avx1024"
    )


def test_the_environment_chooses_the_instruction_set():
    code = "from onionskin.engines.native import _ext; print(_ext.isa())"
    environment = {**os.environ, "ONIONSKIN_ISA": "baseline"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "baseline"
