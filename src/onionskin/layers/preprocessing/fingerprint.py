"""The two hash functions of categories: FarmHash64, and SipHash64 with a key, on bytes, the same on every machine.

Both are written with Python's whole numbers, cut to 64 bits; each text is hashed once however often it comes.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

import numpy as np

_MASK = 2**64 - 1
# FarmHash's constants: primes between 2^63 and 2^64, and the seed of long texts
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F
_LONG_SEED = 81
_CROSS = 0xC6A4A7935BD1E995  # the multiplier that joins two fingerprints
CROSS_START = 0xDECAFCAFFE  # what the first feature of a cross is joined to


def _rotated(value: int, bits: int) -> int:
    """Return 64 bits turned to the right."""
    return ((value >> bits) | (value << (64 - bits))) & _MASK


def _turned(value: int, bits: int) -> int:
    """Return 64 bits turned to the left."""
    return ((value << bits) | (value >> (64 - bits))) & _MASK


def _shift_mix(value: int) -> int:
    return value ^ (value >> 47)


def _word(text: bytes, place: int) -> int:
    return int.from_bytes(text[place : place + 8], "little")


def _half(text: bytes, place: int) -> int:
    return int.from_bytes(text[place : place + 4], "little")


def _joined(u: int, v: int, mul: int) -> int:
    a = _shift_mix(((u ^ v) * mul) & _MASK)
    b = _shift_mix(((v ^ a) * mul) & _MASK)
    return (b * mul) & _MASK


def _to_16(text: bytes) -> int:
    length = len(text)
    mul = (_K2 + length * 2) & _MASK
    if length >= 8:
        a, b = (_word(text, 0) + _K2) & _MASK, _word(text, length - 8)
        c = (_rotated(b, 37) * mul + a) & _MASK
        d = ((_rotated(a, 25) + b) * mul) & _MASK
        return _joined(c, d, mul)
    if length >= 4:
        return _joined(length + (_half(text, 0) << 3), _half(text, length - 4), mul)
    if length:
        y = text[0] + (text[length >> 1] << 8)
        z = length + (text[length - 1] << 2)
        return (_shift_mix((y * _K2 & _MASK) ^ (z * _K0 & _MASK)) * _K2) & _MASK
    return _K2


def _to_32(text: bytes) -> int:
    length = len(text)
    mul = (_K2 + length * 2) & _MASK
    a, b = _word(text, 0) * _K1 & _MASK, _word(text, 8)
    c, d = _word(text, length - 8) * mul & _MASK, _word(text, length - 16) * _K2 & _MASK
    u = _rotated((a + b) & _MASK, 43) + _rotated(c, 30) + d
    v = a + _rotated((b + _K2) & _MASK, 18) + c
    return _joined(u & _MASK, v & _MASK, mul)


def _to_64(text: bytes) -> int:
    length = len(text)
    mul = (_K2 + length * 2) & _MASK
    a, b = _word(text, 0) * _K2 & _MASK, _word(text, 8)
    c, d = _word(text, length - 8) * mul & _MASK, _word(text, length - 16) * _K2 & _MASK
    y = (_rotated((a + b) & _MASK, 43) + _rotated(c, 30) + d) & _MASK
    z = _joined(y, (a + _rotated((b + _K2) & _MASK, 18) + c) & _MASK, mul)
    e, f = _word(text, 16) * mul & _MASK, _word(text, 24)
    g, h = (y + _word(text, length - 32)) * mul & _MASK, (z + _word(text, length - 24)) * mul & _MASK
    u = _rotated((e + f) & _MASK, 43) + _rotated(g, 30) + h
    v = e + _rotated((f + a) & _MASK, 18) + g
    return _joined(u & _MASK, v & _MASK, mul)


def _weak(text: bytes, place: int, a: int, b: int) -> tuple[int, int]:
    """Return 32 bytes of a text and two seeds as 16 bytes."""
    w, x, y, z = struct.unpack_from("<4Q", text, place)
    a = (a + w) & _MASK
    b = _rotated((b + a + z) & _MASK, 21)
    start = a
    a = (a + x + y) & _MASK
    b = (b + _rotated(a, 44)) & _MASK
    return (a + z) & _MASK, (b + start) & _MASK


def _stirred(text: bytes, s: int, state: tuple[int, ...], mul: int, nine: int) -> tuple[int, ...]:
    """Return the state of the long form after 64 more bytes; `nine` weighs two of its words at the end."""
    x, y, z, v0, v1, w0, w1 = state
    x = _rotated((x + y + v0 + _word(text, s + 8)) & _MASK, 37) * mul & _MASK
    y = _rotated((y + v1 + _word(text, s + 48)) & _MASK, 42) * mul & _MASK
    x ^= w1 * nine & _MASK
    y = (y + v0 * nine + _word(text, s + 40)) & _MASK
    z = _rotated((z + w0) & _MASK, 33) * mul & _MASK
    v0, v1 = _weak(text, s, v1 * mul & _MASK, (x + w0) & _MASK)
    w0, w1 = _weak(text, s + 32, (z + w1) & _MASK, (y + _word(text, s + 16)) & _MASK)
    return z, y, x, v0, v1, w0, w1


def farmhash64(text: bytes) -> int:
    """Return the 64-bit fingerprint of bytes that FarmHash gives.

    Example:
        >>> hex(farmhash64(b"a"))
        '0xb3454265b6df75e3'

    Source: Pike, Alakuijala, "Introducing FarmHash", 2014 (Fingerprint64).
    """
    length = len(text)
    if length <= 64:
        return _to_16(text) if length <= 16 else _to_32(text) if length <= 32 else _to_64(text)
    y = (_LONG_SEED * _K1 + 113) & _MASK
    z = _shift_mix((y * _K2 + 113) & _MASK) * _K2 & _MASK
    state: tuple[int, ...] = ((_LONG_SEED * _K2 + _word(text, 0)) & _MASK, y, z, 0, 0, 0, 0)
    for s in range(0, (length - 1) // 64 * 64, 64):
        state = _stirred(text, s, state, _K1, 1)
    x, y, z, v0, v1, w0, w1 = state
    mul = (_K1 + ((z & 0xFF) << 1)) & _MASK
    w0 = (w0 + ((length - 1) & 63)) & _MASK
    v0 = (v0 + w0) & _MASK
    w0 = (w0 + v0) & _MASK
    x, y, z, v0, v1, w0, w1 = _stirred(text, length - 64, (x, y, z, v0, v1, w0, w1), mul, 9)
    u = _joined(v0, w0, mul) + _shift_mix(y) * _K0 + z
    return _joined(u & _MASK, (_joined(v1, w1, mul) + x) & _MASK, mul)


def siphash64(text: bytes, key: Sequence[int]) -> int:
    """Return the 64-bit SipHash-2-4 of bytes under a key of two numbers.

    Example:
        >>> hex(siphash64(bytes(range(15)), (0x0706050403020100, 0x0F0E0D0C0B0A0908)))
        '0xa129ca6149be45e5'

    Source: Aumasson, Bernstein, "SipHash", INDOCRYPT 2012 (the example is that of appendix A).
    """
    low, high = (int(one) & _MASK for one in key)
    v = [low ^ 0x736F6D6570736575, high ^ 0x646F72616E646F6D, low ^ 0x6C7967656E657261, high ^ 0x7465646279746573]

    def rounds(count: int) -> None:
        a, b, c, d = v
        for _ in range(count):
            a, c = (a + b) & _MASK, (c + d) & _MASK
            b, d = _turned(b, 13) ^ a, _turned(d, 16) ^ c
            a, c = (_turned(a, 32) + d) & _MASK, (c + b) & _MASK
            d, b = _turned(d, 21) ^ a, _turned(b, 17) ^ c
            c = _turned(c, 32)
        v[:] = a, b, c, d

    padded = text + bytes(-(len(text) + 1) % 8) + bytes([len(text) & 0xFF])
    for (word,) in struct.iter_unpack("<Q", padded):
        v[3] ^= word
        rounds(2)
        v[0] ^= word
    v[2] ^= 0xFF
    rounds(4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def bins(texts: np.ndarray, count: int, salt: Sequence[int] | None = None, encoding: str = "utf-8") -> np.ndarray:
    """Return the bin of each text: its hash modulo the number of bins.

    Args:
        texts: array of str.
        count: number of bins.
        salt: the two numbers of a key, for SipHash64; FarmHash64 where None.
        encoding: how texts become bytes.

    Returns:
        int64 array of the shape of texts.

    Example:
        >>> print(bins(np.array(["A", "B", "C", "D", "E"]), 3))
        [1 0 1 1 2]
    """
    hashed: Callable[[bytes], int] = farmhash64 if salt is None else lambda text: siphash64(text, salt)
    distinct, inverse = np.unique(texts, return_inverse=True)
    found = [hashed(str(one).encode(encoding)) % count for one in distinct.tolist()]
    return np.array(found, np.int64)[inverse].reshape(texts.shape) if found else np.zeros(texts.shape, np.int64)


def crossed(columns: Sequence[np.ndarray], count: int) -> np.ndarray:
    """Return the bin of each combination of categories.

    Args:
        columns: uint64 arrays of one shape: whole numbers as they are, texts by their FarmHash64.
        count: number of bins.

    Returns:
        int64 array of that shape.
    """
    multiplier, mixed = np.uint64(_CROSS), np.full(columns[0].shape, CROSS_START, np.uint64)
    shift = np.uint64(47)
    for column in columns:
        product = column * multiplier  # whole numbers of 64 bits: arrays wrap around in silence
        mixed = (mixed ^ multiplier) ^ ((product ^ (product >> shift)) * multiplier)
        mixed = mixed * multiplier
        mixed = (mixed ^ (mixed >> shift)) * multiplier
        mixed = mixed ^ (mixed >> shift)
    return (mixed % np.uint64(count)).astype(np.int64)
