"""Threads: as many as the environment, threadpoolctl and the processors allow; forks, and Python's threads at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

from onionskin.base.specs import Spec
from onionskin.graph import trace
from onionskin.prims import TABLE
from tests.engines_native.ext_run import _ext, ended, threads  # noqa: F401
from tests.engines_native.test_native_parity import native

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts threads in /proc")
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1

COUNTED = """
import os, sys
import numpy as np
from onionskin import engines, ops
from onionskin.base.specs import Spec
from onionskin.graph import trace

{before}
product = engines.get("native").compile(trace(ops.matmul, [Spec((700, 700), "float32")] * 2))
from onionskin.engines.native import _ext
x = np.ones((700, 700), np.float32)
first = len(os.listdir("/proc/self/task"))
{around}
    product(x, x)
print(_ext.threads(), len(os.listdir("/proc/self/task")) - first - 1)  # one counts the time
"""


def counted(before="", around="if True:", **environment):
    """Return how many threads a fresh process allows, and how many helpers a large product took."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("OMP_")}
    known = {**known, "PYTHONPATH": os.pathsep.join(sys.path), **environment}
    code = COUNTED.format(before=before, around=around)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=known)
    assert done.returncode == 0, done.stderr
    return tuple(map(int, done.stdout.split()))


@LINUX
def test_there_are_as_many_threads_as_processors_and_one_of_them_is_the_callers():
    allowed, helpers = counted()
    assert 1 <= allowed <= CORES  # a control group may grant less
    assert helpers == allowed - 1


@LINUX
def test_the_environment_lowers_the_number():
    assert counted(OMP_NUM_THREADS="1") == (1, 0)
    assert counted(OMP_NUM_THREADS="64") == counted()


@LINUX
def test_a_process_on_one_processor_takes_one_thread():
    assert counted("os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})") == (1, 0)
    assert counted(around="os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\nif True:") == (1, 0)


@LINUX
def test_threadpoolctl_lowers_the_number():
    pytest.importorskip("threadpoolctl")
    allowed, helpers = counted(around="from threadpoolctl import threadpool_limits\nwith threadpool_limits(1):")
    assert (allowed, helpers) == (counted()[0], 0)  # afterwards it is as before


def test_threadpoolctl_lowers_the_number_here_and_only_within():
    threadpoolctl = pytest.importorskip("threadpoolctl")
    before = _ext.threads()
    with threadpoolctl.threadpool_limits(limits=1, user_api="openmp"):
        assert _ext.threads() == 1
    assert _ext.threads() == before


def network(width):
    def function(x, w, v):
        hidden = TABLE["tanh"](x @ w)
        return TABLE["softmax"](hidden @ v, axis=1), TABLE["sum"](hidden, axis=(0,), keepdims=False)

    specs = [Spec((64, 128), "float32"), Spec((128, width), "float32"), Spec((width, 50), "float32")]
    return native(trace(function, specs)), specs


@pytest.mark.parametrize("count", [0, 2, 4])
def test_threads_of_python_run_several_programs_and_share_one_at_once(count, threads):  # noqa: F811
    threads(count)
    rng = np.random.default_rng(0)
    jobs = []
    for program, specs in [network(16), network(300), network(1000)]:
        for _ in range(3):
            arrays = [rng.standard_normal(spec.shape).astype(np.float32) for spec in specs]
            jobs.append((program, arrays, program(*arrays)))
    wrong = []

    def work(turn):
        for at in range(40):
            program, arrays, wanted = jobs[(turn + at) % len(jobs)]
            for one, other in zip(program(*arrays), wanted, strict=True):
                if not np.array_equal(one, other):
                    wrong.append((turn, at, np.abs(one - other).max()))

    workers = [threading.Thread(target=work, args=(turn,)) for turn in range(8)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert wrong == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_forked_amid_work_computes_with_threads_and_hears_ctrl_c(threads):  # noqa: F811
    threads(3)
    program, specs = network(1000)
    arrays = [np.ones(spec.shape, np.float32) for spec in specs]
    wanted = program(*arrays)[0]
    long = native(trace(lambda x: _waves(x), [Spec((30_000_000,), "float32")]))
    vast = np.zeros(30_000_000, np.float32)
    on = threading.Event()

    def keep_busy():
        while not on.is_set():
            program(*arrays)

    busy = threading.Thread(target=keep_busy)
    busy.start()
    try:
        for _ in range(5):
            child = os.fork()
            if child == 0:
                status = 1
                try:
                    if np.array_equal(program(*arrays)[0], wanted):
                        signal.signal(signal.SIGALRM, signal.default_int_handler)
                        signal.setitimer(signal.ITIMER_REAL, 0.05)
                        long(vast)
                except KeyboardInterrupt:
                    status = 0
                finally:
                    os._exit(status)
            assert ended(child) == 0
    finally:
        on.set()
        busy.join()


def _waves(x):
    for _ in range(60):
        x = TABLE["sin"](x)
    return x


@LINUX
def test_a_machine_that_gives_no_more_threads_computes_on_those_it_has():
    limit = "import resource\nif os.getuid() == 0: os.setuid(65534)\nresource.setrlimit(resource.RLIMIT_NPROC, (1, 1))"
    allowed, helpers = counted(around=f"{limit}\nif True:")
    assert allowed >= 1
    assert helpers == -1  # not even the one that counts the time
