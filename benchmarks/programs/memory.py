"""The memory of case K's training as a program: `memory.py float32` or `memory.py uint8`.

The data is drawn in place, as many bytes as MNIST has: so the peak is the training's own, not that of reading files.
"""

import json
import sys

import numpy as np

import onionskin
from onionskin import layers


def peak():
    """Return the most bytes that this process has held.

    Linux tells of this very program in /proc; its ru_maxrss would begin at what the process that started this one held.
    """
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            return 1024 * int(next(line for line in file if line.startswith("VmHWM")).split()[1])
    except FileNotFoundError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


dtype, rng = sys.argv[1], np.random.default_rng(0)
before = peak()
if dtype == "uint8":
    x = np.frombuffer(bytearray(60_000 * 784), np.uint8).reshape(60_000, 784)
    for rows in np.split(x, 600):
        rows[:] = rng.integers(0, 256, rows.shape, np.uint8)
else:
    x = rng.random((60_000, 784), np.float32)
t = np.zeros((60_000, 10), np.float32)
t[np.arange(60_000), rng.integers(0, 10, 60_000)] = 1
model = onionskin.Sequential(
    [
        onionskin.Input((784,), dtype=dtype),
        *([layers.Rescaling(1 / 255)] if dtype == "uint8" else []),
        layers.Dense(512, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile("rmsprop", "categorical_crossentropy", metrics=["accuracy"])
model.fit(x, t, batch_size=128, epochs=2, verbose=0)
print(json.dumps({"peak": peak() - before, "data": x.nbytes + t.nbytes}))
