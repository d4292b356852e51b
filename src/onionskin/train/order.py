"""The random words that an epoch's order of samples is drawn from, made by the engine that is set."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from onionskin import engines
from onionskin.base import config
from onionskin.base.specs import Spec
from onionskin.graph import Graph, make_input
from onionskin.prims.random import random_bits


def random_words(seed: np.ndarray, count: int) -> np.ndarray:
    """Return the first `count` 32-bit words of the stream of a seed, as `base.philox.random_bits` does.

    Args:
        seed: uint32 array of shape (4,).
        count: how many words.

    Returns:
        uint32 array of shape (count,).
    """
    words: np.ndarray = _program(config.engine(), count)(seed)[0]
    return words


@functools.lru_cache(maxsize=8)
def _program(engine: str, count: int) -> Any:
    seed = make_input(Spec((4,), "uint32"), "seed")
    return engines.get(engine).compile(Graph((seed,), (random_bits(seed, shape=(count,)),), "order"))
