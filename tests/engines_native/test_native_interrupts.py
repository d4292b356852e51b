"""Ctrl-C in the middle of the executor's work: it ends soon, whatever it is at, and nothing has changed."""

from __future__ import annotations

import os
import signal
import threading
import time

import numpy as np
import pytest

import onionskin
from onionskin import ops
from onionskin.base.specs import Spec
from onionskin.graph import trace
from onionskin.prims import TABLE
from tests.engines_native.ext_run import _ext, threads  # noqa: F401
from tests.engines_native.test_native_parity import native

SOON = 0.1 if "asan" not in os.environ.get("LD_PRELOAD", "") else 1.0  # seconds from the signal to the exception
TRIES = 4  # a busy machine may take its time once


def delay_of(call, after=0.15):
    """Interrupt a call by a real signal; return the seconds from the signal to the exception."""
    sent = []

    def send():
        sent.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)

    def until_then():
        call()
        time.sleep(5)  # it was done before the signal

    timer = threading.Timer(after, send)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        until_then()
    delay = time.perf_counter() - sent[0]
    timer.join()
    return delay


def assert_soon(call):
    delays = []
    while len(delays) < TRIES and min(delays, default=1) >= SOON:
        delays.append(delay_of(call))
    assert min(delays) < SOON, f"seconds from the signal to the exception: {delays}"


def waves(x):
    for _ in range(60):
        x = TABLE["sin"](x)
    return x


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize(
    ("function", "shapes"),
    [
        (waves, [(30_000_000,)]),
        (lambda x: TABLE["softmax"](waves(x), axis=1), [(300, 100_000)]),
        (lambda x, y: x @ y, [(5000, 5000), (5000, 5000)]),
    ],
    ids=["elementwise", "rows", "product"],
)
def test_one_long_call_is_interrupted_soon(function, shapes, count, threads):  # noqa: F811
    threads(count)
    program = native(trace(function, [Spec(shape, "float32") for shape in shapes]))
    arrays = [np.zeros(shape, np.float32) for shape in shapes]
    assert_soon(lambda: program(*arrays))


def test_a_long_step_leaves_the_variables_as_they_were():
    v = onionskin.Variable(np.arange(3_000_000, dtype="float32"), name="v")

    @onionskin.jit
    def step(x):
        for _ in range(600):
            v.assign(ops.sin(v) + x)
        return ops.sum(v)

    onionskin.set_engine("native")
    step.program(np.float32(0.5))
    assert_soon(lambda: step(np.float32(0.5)))
    np.testing.assert_array_equal(v.numpy(), np.arange(3_000_000, dtype="float32"))


def test_many_steps_that_change_state_in_place_are_dropped_as_a_whole():
    def step(v, x):
        return v + TABLE["mean"](x, axis=(0,), keepdims=False), TABLE["sum"](x, axis=(0,), keepdims=False)

    graph = trace(step, [Spec((4000,), "float32"), Spec((2,), "float32")])
    program = native(graph, 1)
    begin = [np.zeros(4000, np.float32)]
    order = np.zeros(2_000_000, np.int64)
    assert_soon(lambda: program.run_steps(begin, [], [np.ones(4, np.float32)], order, 2))
    np.testing.assert_array_equal(begin[0], 0)


def test_a_call_in_another_thread_goes_on():
    program = native(trace(waves, [Spec((3_000_000,), "float32")]))
    x = np.ones(3_000_000, np.float32)
    wanted, found = program(x)[0], []
    other = threading.Thread(target=lambda: found.append(program(x)[0]))
    other.start()
    delay_of(lambda: None, after=0.02)
    other.join()
    np.testing.assert_array_equal(found[0], wanted)


def test_a_handler_that_raises_nothing_stops_nothing():
    seen = []
    program = native(trace(waves, [Spec((10_000_000,), "float32")]))
    x = np.ones(10_000_000, np.float32)
    wanted = program(x)[0]
    before = signal.signal(signal.SIGINT, lambda *_: seen.append(1))
    try:
        timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        np.testing.assert_array_equal(program(x)[0], wanted)
        timer.join()
    finally:
        signal.signal(signal.SIGINT, before)
    assert seen == [1]
