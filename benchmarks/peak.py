"""The bare matrix products of a training step, each by the fastest kernel at hand: a bound that no step goes below."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np

import onionskin
from benchmarks.timing import Rival
from onionskin import ops

CALLS = 60  # of each product with each kernel in a round


def products(sizes: tuple[int, ...], batch: int, seed: int = 0) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the operands (a, b) of all products a @ b of one training step of a dense network.

    Forward x W for every layer; back d W' for every layer but the first, and x' d for every layer. Transposed operands
    are views, as in a step.

    Args:
        sizes: inputs, units of each layer.
        batch: rows.
        seed: of the numbers.
    """
    rng = np.random.default_rng(seed)
    made = []
    for place, (rows, columns) in enumerate(pairwise(sizes)):
        x, w, d = (rng.random(shape, np.float32) for shape in ((batch, rows), (rows, columns), (batch, columns)))
        made += [(x, w), (x.T, d)]
        if place:
            made.append((d, w.T))
    return made


def bare_products(sizes: tuple[int, ...], batch: int, steps: float, engine: str) -> Rival:
    """Return a rival that measures the products of so many steps.

    Args:
        sizes: inputs, units of each layer.
        batch: rows of a step.
        steps: how many steps; a part of one where the last batch is smaller.
        engine: whose product is measured beside NumPy's.
    """
    kernels = [_kernels(a, b, engine) for a, b in products(sizes, batch)]

    def run() -> float:
        return steps * sum(min(map(_fastest, each)) for each in kernels)

    return Rival("bare", "bare products", run, prepare=lambda: onionskin.set_engine(engine))


def _kernels(a: np.ndarray, b: np.ndarray, engine: str) -> list[Callable[[], object]]:
    out = np.empty((a.shape[0], b.shape[1]), np.float32)
    kernels: list[Callable[[], object]] = [partial(np.matmul, a, b, out=out)]
    if engine == "native":
        # A transposed operand reaches the engine as the view's base, as it does in a training step's graph.
        left, right = a.flags.c_contiguous, b.flags.c_contiguous

        def product(a: object, b: object) -> object:
            return ops.matmul(a if left else ops.transpose(a), b if right else ops.transpose(b))

        ours = onionskin.jit(product)
        kernels.append(partial(ours, a if left else a.T, b if right else b.T))
    return kernels


def _fastest(kernel: Callable[[], object]) -> float:
    taken = []
    for _ in range(CALLS):
        began = time.perf_counter()
        kernel()
        taken.append(time.perf_counter() - began)
    return min(taken)
