"""Where randomness comes from: the process's seed, and generators that count their draws."""

from __future__ import annotations

import os
import random as python_random
from typing import Any

import numpy as np

from onionskin.base import philox
from onionskin.base.errors import ArgumentError
from onionskin.prims.random import next_seed
from onionskin.state import scope
from onionskin.state.variable import Variable


class _Process:
    seed = int.from_bytes(os.urandom(8), "little") >> 1
    drawn = 0
    generator: SeedGenerator | None = None  # what traced functions draw from that were given no seed


def set_random_seed(seed: int) -> None:
    """Start all randomness of the process anew: onionskin's, Python's `random` and NumPy's global one.

    The same seed gives the same bits, run after run.

    Args:
        seed: a whole number from 0 to 2^32 - 1.

    Raises:
        ArgumentError: it is not.
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= int(seed) < 2**32:
        raise ArgumentError(
            "a random seed is a whole number.", where="set_random_seed", expected="0 to 2**32 - 1", given=repr(seed)
        )
    _Process.seed, _Process.drawn = int(seed), 0
    if _Process.generator is not None:  # programs that draw from it keep it; only its numbers start anew
        _Process.generator.state.assign(_traced_stream())
    python_random.seed(int(seed))
    np.random.seed(int(seed))


def _traced_stream() -> np.ndarray:
    """Return the first seed of the traced functions: of a stream that no drawn seed is taken from."""
    return philox.make_seed(_Process.seed, 2**63)


def draw_seed() -> int:
    """Return the next seed of the process, for whatever was given none of its own."""
    _Process.drawn += 1
    words = philox.random_bits(philox.make_seed(_Process.seed, _Process.drawn), 2)
    return int(words[0]) | (int(words[1] & np.uint32(0x7FFFFFFF)) << 32)


class SeedGenerator:
    """A stream of random seeds: each draw takes the next one, also within a traced function.

    Args:
        seed: a whole number; one drawn from the process where None.
        name: name of its state variable; "seed_generator" where None.
        kwargs: none is supported.

    Raises:
        ArgumentError: the seed is no whole number, or an argument is not supported.

    Example:
        >>> first, second = SeedGenerator(1).next(), SeedGenerator(1).next()
        >>> bool((first == second).all())
        True
    """

    def __init__(self, seed: int | None = None, name: str | None = None, **kwargs: Any) -> None:
        for key in kwargs:
            raise ArgumentError("a seed generator has no such argument.", where="SeedGenerator", given=repr(key))
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int | np.integer)):
            raise ArgumentError(
                "a seed is a whole number.", where="SeedGenerator", expected="int or None", given=repr(seed)
            )
        self.name = name or "seed_generator"
        self._given = None if seed is None else int(seed)
        self.seed = draw_seed() if self._given is None else self._given
        self.state = Variable(philox.make_seed(self.seed), trainable=False, name=f"{self.name}_state")

    def next(self, ordered: bool = True) -> Any:
        """Return the seed words of the next draw and count it.

        Args:
            ordered: accepted, and without effect: all streams are independent.
        """
        seed = self.state.value
        self.state.assign(next_seed(seed))
        return seed

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal generator."""
        return {"seed": self._given, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> SeedGenerator:
        """Return a generator made with these arguments; one without a seed draws a new one."""
        return cls(**config)


def seed_words(seed: Any) -> Any:
    """Return four seed words from what users pass as `seed`.

    Args:
        seed: a `SeedGenerator` (its next draw), a whole number (the same words each time), or None (the
            process's next seed; in a traced function or a step, the next draw of a generator of the process, so that
            each run of the program draws anew).
    """
    if isinstance(seed, SeedGenerator):
        return seed.next()
    if seed is None and scope.current() is not None:  # steps run on numbers draw as compiled ones do
        if _Process.generator is None:
            with scope.opened(None):  # made outside of the trace that meets it first
                _Process.generator = SeedGenerator(0)
                _Process.generator.state.assign(_traced_stream())
        return _Process.generator.next()
    if seed is None:
        return philox.make_seed(draw_seed())
    if isinstance(seed, int | np.integer) and not isinstance(seed, bool):
        return philox.make_seed(int(seed))
    raise ArgumentError(
        "a seed is a whole number, a SeedGenerator or None.", expected="int, SeedGenerator or None", given=repr(seed)
    )
