"""Random primitives: the words and the uniform numbers of a Philox stream; all else is composed of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from onionskin.base import philox
from onionskin.base.errors import ShapeError
from onionskin.base.specs import Spec
from onionskin.graph import Primitive
from onionskin.prims.elementwise import add, cast, equal
from onionskin.prims.families import define
from onionskin.prims.movement import concatenate, slice_along


def _seeded(seed: Spec) -> None:
    if seed != Spec((4,), "uint32"):
        raise ShapeError("a random seed is four 32-bit words.", expected="uint32[4]", given=str(seed))


def _bits_spec(seed: Spec, *, shape: tuple[Any, ...]) -> Spec:
    _seeded(seed)
    return Spec(shape, "uint32")


def _uniform_spec(seed: Spec, *, shape: tuple[Any, ...], dtype: str) -> Spec:
    _seeded(seed)
    return Spec(shape, dtype)


random_bits: Primitive = define(
    Primitive(
        "random_bits",
        "random",
        _bits_spec,
        lambda seed, *, shape: philox.random_bits(seed, math.prod(shape)).reshape(shape),
        formula=r"\mathrm{{Philox}}({0})",
        domain=("seed",),
    )
)
random_uniform: Primitive = define(
    Primitive(
        "random_uniform",
        "random",
        _uniform_spec,
        lambda seed, *, shape, dtype: philox.uniform(seed, shape, dtype),
        formula=r"u \sim U[0, 1)",
        domain=("seed",),
    )
)


def next_seed(seed: Any) -> Any:
    """Return the seed of the next stream: its low stream word counted up, carried into the high one.

    Args:
        seed: uint32 array or node of shape (4,).
    """
    low = add(slice_along(seed, 0, 2, 3), np.ones(1, np.uint32))
    carry = cast(equal(low, np.zeros(1, np.uint32)), dtype="uint32")
    high = add(slice_along(seed, 0, 3, 4), carry)
    return concatenate(slice_along(seed, 0, 0, 2), low, high, axis=0)
