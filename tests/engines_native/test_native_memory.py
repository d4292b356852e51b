"""Where memory is short: a Python error that says how much was asked for, and everything goes on."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import numpy as np
import pytest

from onionskin.base.errors import ShapeError
from onionskin.base.specs import Spec
from onionskin.graph import trace
from onionskin.prims import TABLE
from tests.engines_native.test_native_parity import native

resource = pytest.importorskip("resource", reason="the memory of a process is limited by this module")

SHORT = """
import resource, traceback
import numpy as np
import onionskin
from onionskin import layers, ops

onionskin.set_engine("native")
x = np.ones(1_000_000, np.float32)
model = onionskin.Sequential([onionskin.Input((8,)), layers.Dense(5000, activation="relu"), layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(np.ones((8, 8), np.float32), np.ones((8, 1), np.float32), verbose=0)
before = model.get_weights()
rows = np.zeros((200_000, 8), np.float32), np.zeros((200_000, 1), np.float32)
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
cases = [
    lambda: onionskin.jit(lambda a: a[:, None] * a[None, :])(x),
    lambda: onionskin.jit(lambda a: ops.sum(ops.exp(a[:, None] * a[None, :]) @ a[:, None]))(x),
    lambda: onionskin.jit(lambda a: a[:, None] @ a[None, :])(x),
    lambda: model.fit(*rows, batch_size=200_000, verbose=0),
    lambda: model.predict(rows[0], batch_size=200_000, verbose=0),
    lambda: onionskin.jit(lambda a: onionskin.random.uniform((1 << 31,), seed=1) + a)(np.float32(1)),
]
for case in cases:
    try:
        case()
    except MemoryError as error:
        print(error)
assert all(np.array_equal(*pair) for pair in zip(before, model.get_weights()))
print(onionskin.jit(lambda a: a + 1)(np.ones(3)))
"""


@pytest.mark.skipif("asan" in os.environ.get("LD_PRELOAD", ""), reason="AddressSanitizer needs terabytes of addresses")
def test_memory_that_the_system_refuses_is_an_error_and_nothing_is_lost():
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "2"}
    done = subprocess.run([sys.executable, "-c", SHORT], capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    *said, last = done.stdout.splitlines()
    assert last == "[2. 2. 2.]"
    fix = "  to fix:   use smaller batches or arrays, or float32 instead of float64"
    assert said[1::2] == [fix] * 6
    sizes = [int(re.match(r"there is no memory for (\d+) bytes", line)[1]) for line in said[::2]]
    assert said[::2] == [f"there is no memory for {size} bytes ({size / 2**30:.1f} GiB)." for size in sizes]
    square, hidden = 4_000_000_000_000, 4_000_000_000  # bytes of what is asked for, or of the least of it
    assert sizes[0] == sizes[2] == square and sizes[5] == 2**33
    assert sizes[1] >= square and sizes[3] >= hidden and sizes[4] >= hidden


def test_a_shape_beyond_any_memory_is_refused_when_the_program_is_made():
    graph = trace(lambda a: TABLE["broadcast_to"](a, shape=(2**40, 2**30)) + 1.0, [Spec((), "float32")], name="vast")
    with pytest.raises(ShapeError) as caught:
        native(graph)
    assert str(caught.value) == (
        "broadcast_to in 'vast': a value is larger than any memory.\n"
        "  expected: at most 72057594037927936 elements\n"
        "  given:    float32[1099511627776, 1073741824], 1180591620717411303424 elements"
    )


def test_an_empty_array_of_vast_axes_is_just_empty():
    program = native(trace(lambda a: TABLE["exp"](a), [Spec((0, 2**40), "float32")]))
    assert program(np.zeros((0, 2**40), np.float32))[0].shape == (0, 2**40)
