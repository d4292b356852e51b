"""Philox4x32-10, the counter-based random numbers that every engine draws alike.

Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
A seed is four 32-bit words: two of key, and the two high words of the counter (the stream). The low
64 bits of the counter number the blocks of four outputs, so any part of a stream can be computed alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

_MULTIPLY = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (0x9E3779B9, 0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)
ROUNDS = 10


def random_bits(seed: np.ndarray, count: int) -> np.ndarray:
    """Return the first `count` 32-bit words of the stream of a seed.

    Args:
        seed: uint32 array of shape (4,): key0, key1, stream0, stream1.
        count: how many words.

    Returns:
        uint32 array of shape (count,).
    """
    key0, key1, stream0, stream1 = (int(word) for word in np.asarray(seed, np.uint32))
    block = np.arange((count + 3) // 4, dtype=np.uint64)
    c0, c1 = block & _LOW, block >> _32
    c2 = np.full_like(block, stream0)
    c3 = np.full_like(block, stream1)
    for _ in range(ROUNDS):
        low, high = c0 * _MULTIPLY[0], c2 * _MULTIPLY[1]
        c0, c1, c2, c3 = (
            (high >> _32) ^ c1 ^ np.uint64(key0),
            high & _LOW,
            (low >> _32) ^ c3 ^ np.uint64(key1),
            low & _LOW,
        )
        key0, key1 = (key0 + _WEYL[0]) & 0xFFFFFFFF, (key1 + _WEYL[1]) & 0xFFFFFFFF
    words = np.stack([c0, c1, c2, c3], axis=1).astype(np.uint32)
    return words.reshape(-1)[:count]


def uniform(seed: np.ndarray, shape: tuple[int, ...], dtype: str = "float32") -> np.ndarray:
    """Return numbers spread evenly over [0, 1).

    float32 takes the upper 24 bits of one word, float64 53 bits of two words; both grids are exact.

    Args:
        seed: uint32 array of shape (4,).
        shape: shape of the result.
        dtype: "float32", "float64" or "float16" (11 bits).
    """
    count = math.prod(shape)
    if dtype == "float64":
        words = random_bits(seed, 2 * count).astype(np.uint64)
        mantissa = ((words[0::2] >> np.uint64(5)) << np.uint64(26)) | (words[1::2] >> np.uint64(6))
        return (mantissa * 2.0**-53).reshape(shape)
    bits = 11 if dtype == "float16" else 24
    words = random_bits(seed, count) >> np.uint32(32 - bits)
    return (words.astype(np.float32) * np.float32(2.0**-bits)).astype(dtype, copy=False).reshape(shape)


def permutation(
    seed: np.ndarray, count: int, bits: Callable[[np.ndarray, int], np.ndarray] = random_bits
) -> np.ndarray:
    """Return the numbers 0 … count-1 in random order, int64 of shape (count,).

    Args:
        seed: uint32 array of shape (4,).
        count: how many.
        bits: gives what `random_bits` does, perhaps faster.
    """
    # The order of the words, ties by place: each word with its place below it, sorted as one number.
    keys = bits(seed, count).astype(np.uint64)
    keys <<= _32
    keys |= np.arange(count, dtype=np.uint64)
    keys.sort()
    keys &= _LOW
    return keys.view(np.int64)


def make_seed(seed: int, stream: int = 0) -> np.ndarray:
    """Return the four seed words of an integer seed and a stream number.

    Args:
        seed: any Python integer; its low 64 bits are the key.
        stream: which of the 2^64 independent streams.
    """
    key, high = seed & (2**64 - 1), stream & (2**64 - 1)
    words = (key & 0xFFFFFFFF, key >> 32, high & 0xFFFFFFFF, high >> 32)
    return np.array(words, dtype=np.uint32)
