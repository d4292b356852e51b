"""Philox against the vectors of its authors and a version in Python integers; its numbers and its seeds."""

import numpy as np
import pytest

from onionskin.base import philox
from onionskin.base.specs import Spec
from onionskin.engines import get
from onionskin.graph import trace
from onionskin.prims.random import next_seed
from tests.prims import oracles

ONES = 0xFFFFFFFF
# counter, key, result: file kat_vectors of Random123 (Salmon and others, SC 2011), philox 4x32 10
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "wanted"), KNOWN)
def test_the_version_in_python_integers_gives_the_authors_vectors(counter, key, wanted):
    assert oracles.philox(counter, key) == wanted


def test_block_zero_of_seed_zero_is_the_first_vector():
    np.testing.assert_array_equal(philox.random_bits(np.zeros(4, np.uint32), 4), KNOWN[0][2])


@pytest.mark.parametrize(("counter", "key", "wanted"), KNOWN)
def test_the_authors_vectors_come_out_of_a_stream(counter, key, wanted, monkeypatch):
    # the low counter words number the blocks; numbering starts at the vector's own block here
    first = np.array([counter[0] | counter[1] << 32], np.uint64)
    monkeypatch.setattr(philox.np, "arange", lambda *_, **__: first)
    words = philox.random_bits(np.array([*key, *counter[2:]], np.uint32), 4)
    np.testing.assert_array_equal(words, wanted)


@pytest.mark.parametrize("seed", [(0, 0, 0, 0), (1, 2, 3, 4), (ONES, 0, ONES, 7), (ONES,) * 4])
@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 41])
def test_words_are_those_of_the_plain_version(seed, count):
    words = philox.random_bits(np.array(seed, np.uint32), count)
    assert words.dtype == np.uint32
    np.testing.assert_array_equal(words, np.array(oracles.words(seed, count), np.uint32))


def test_a_stream_begins_alike_however_long_it_is_drawn():
    seed = philox.make_seed(5)
    np.testing.assert_array_equal(philox.random_bits(seed, 1000)[:37], philox.random_bits(seed, 37))


@pytest.mark.parametrize(("dtype", "step"), [("float16", 2.0**-11), ("float32", 2.0**-24), ("float64", 2.0**-53)])
def test_uniform_numbers_lie_on_their_grid_below_one(dtype, step):
    x = philox.uniform(philox.make_seed(3), (100, 1000), dtype)
    assert x.dtype == dtype
    assert x.min() >= 0
    assert x.max() < 1
    steps = x.astype(np.float64) / step
    np.testing.assert_array_equal(steps, np.round(steps))
    wide = x.astype(np.float64)
    # four standard errors of 100,000 draws
    np.testing.assert_allclose(wide.mean(), 0.5, atol=4 * np.sqrt(1 / 12 / 1e5) + step)
    np.testing.assert_allclose(wide.var(), 1 / 12, atol=4 * np.sqrt(1 / 180 / 1e5) + step)
    counts = np.histogram(wide, bins=20, range=(0, 1))[0]
    assert np.sum((counts - 5000) ** 2 / 5000) < 43.8  # chi-squared of 19 degrees, 99.9 %
    correlation = np.corrcoef(wide.reshape(-1)[:-1], wide.reshape(-1)[1:])[0, 1]
    assert abs(correlation) < 4 / np.sqrt(1e5)


def test_the_largest_word_stays_below_one(monkeypatch):
    monkeypatch.setattr(philox, "random_bits", lambda seed, count: np.full(count, ONES, np.uint32))
    for dtype in ("float16", "float32", "float64"):
        assert philox.uniform(philox.make_seed(0), (2,), dtype).max() < 1


def test_permutation_names_each_number_once():
    order = philox.permutation(philox.make_seed(1), 1000)
    np.testing.assert_array_equal(np.sort(order), np.arange(1000))
    assert np.any(order != philox.permutation(philox.make_seed(2), 1000))
    np.testing.assert_array_equal(philox.permutation(philox.make_seed(1), 0), [])


def test_make_seed_splits_seed_and_stream_into_words():
    np.testing.assert_array_equal(philox.make_seed(0x1122334455667788, 0x99AABBCCDDEEFF00), [
        0x55667788, 0x11223344, 0xDDEEFF00, 0x99AABBCC,
    ])  # fmt: skip
    np.testing.assert_array_equal(philox.make_seed(-1), [ONES, ONES, 0, 0])
    np.testing.assert_array_equal(philox.make_seed(2**64 + 5), philox.make_seed(5))


@pytest.mark.parametrize(
    ("seed", "wanted"),
    [((1, 2, 0, 0), (1, 2, 1, 0)), ((1, 2, ONES, 6), (1, 2, 0, 7)), ((1, 2, ONES, ONES), (1, 2, 0, 0))],
)
def test_next_seed_counts_the_stream_up_with_carry(seed, wanted):
    words = np.array(seed, np.uint32)
    graph = trace(next_seed, [Spec((4,), "uint32")])
    for value in (next_seed(words), get("reference").compile(graph)(words)[0]):
        assert value.dtype == np.uint32
        np.testing.assert_array_equal(value, wanted)
    np.testing.assert_array_equal(words, seed)
