"""Arrays in memory: batch sizes, steps, orders, forms, and the words of every refusal."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onionskin.base import philox
from onionskin.base.errors import ArgumentError, DataError
from onionskin.base.specs import Spec
from onionskin.data import ArraySource, StreamSource, make_source
from onionskin.data.source import DEFAULT_BATCH

SEED = philox.make_seed(3)


def test_attributes_of_plain_arrays():
    x, y = np.zeros((100, 4), "uint8"), np.zeros(100, "int32")
    source = make_source(x, y)
    assert type(source) is ArraySource
    assert (source.count, source.batch_size, source.steps, source.shuffle) == (100, 32, 4, False)
    assert source.names == ["x", "y"]
    assert source.arrays[0] is x
    assert source.arrays[1] is y
    assert source.specs() == [Spec((None, 4), "uint8"), Spec((None,), "int32")]
    assert source.unflatten(["X", "Y"]) == ("X", "Y", None)


@settings(deadline=None)
@given(st.integers(1, 50), st.none() | st.integers(1, 60))
def test_steps_are_the_batches_that_hold_all_samples(count, batch_size):
    source = make_source(np.arange(count), batch_size=batch_size)
    assert source.batch_size == (batch_size or DEFAULT_BATCH)
    rows = [source.order(SEED)[i * source.batch_size : (i + 1) * source.batch_size] for i in range(source.steps)]
    assert all(len(part) for part in rows)
    assert [int(i) for part in rows for i in part] == list(range(count))


@settings(deadline=None)
@given(st.integers(1, 50), st.integers(1, 60), st.data())
def test_steps_limit_a_pass_and_make_the_batch_size(count, batch_size, data):
    there = math.ceil(count / batch_size)
    steps = data.draw(st.integers(1, there))
    assert make_source(np.arange(count), batch_size=batch_size, steps=steps).steps == steps
    # Keras: without a batch size, so many samples in a batch that the steps hold them all
    assert make_source(np.arange(count), steps=1).batch_size == count
    assert make_source(np.arange(count), steps=count).batch_size == 1


@pytest.mark.parametrize(("count", "steps", "batch_size"), [(10, 4, 3), (10, 3, 4), (100, 7, 15), (5, 5, 1)])
def test_batch_size_from_steps(count, steps, batch_size):
    assert make_source(np.arange(count), steps=steps).batch_size == batch_size


def test_more_steps_than_batches_warns():
    with pytest.warns(UserWarning) as record:
        source = make_source(np.arange(10), batch_size=4, steps=5)
    assert [str(one.message) for one in record] == [
        "fit: 5 steps were asked for, but 10 samples give only 3 batches of 4; a pass has 3 steps."
    ]
    assert record[0].filename == __file__
    assert source.steps == 3


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(0, 2**64 - 1))
def test_shuffle_is_the_permutation_of_the_seed(count, seed):
    words = philox.make_seed(seed)
    source = make_source(np.arange(count), shuffle=True)
    order = source.order(words)
    assert order.dtype == np.int64
    np.testing.assert_array_equal(order, philox.permutation(words, count))
    np.testing.assert_array_equal(order, source.order(words))
    assert sorted(order.tolist()) == list(range(count))


def test_another_seed_gives_another_order():
    source = make_source(np.arange(30), shuffle=True)
    assert source.order(SEED).tolist() != source.order(philox.make_seed(4)).tolist()


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(1, 12))
def test_shuffle_batch_moves_whole_batches_only(count, batch_size):
    order = make_source(np.arange(count), shuffle="batch", batch_size=batch_size).order(SEED)
    assert order.dtype == np.int64
    batches = [order[i : i + batch_size].tolist() for i in range(0, count, batch_size)]
    plain = [list(range(count))[i : i + batch_size] for i in range(0, count, batch_size)]
    assert sorted(batches) == plain
    if count % batch_size:
        assert batches[-1] == plain[-1]


def test_shuffle_batch_does_move_them():
    order = make_source(np.arange(40), shuffle="batch", batch_size=2).order(SEED)
    assert order.tolist() != list(range(40))


def test_trees_come_back_in_their_form_with_none_where_there_was_none():
    x = {"b": np.arange(3), "a": [np.zeros((3, 2)), [1.0, 2.0, 3.0]]}
    y = (np.arange(3), None)
    source = make_source(x, y)
    assert source.names == ["x['a'][0]", "x['a'][1]", "x['b']", "y[0]"]
    inputs, targets, weights = source.batch(np.array([2, 0]))
    assert inputs["b"].tolist() == [2, 0]
    assert inputs["a"][1].tolist() == [3, 1]
    assert targets[0].tolist() == [2, 0]
    assert targets[1] is None
    assert weights is None
    assert source.unflatten([0, 1, 2, 3]) == ({"a": [0, 1], "b": 2}, (3, None), None)


def test_a_source_passes_through():
    for source in (make_source(np.zeros(3)), make_source(iter([np.zeros(3)]))):
        assert make_source(source) is source


def test_a_source_can_be_copied_by_pickle():
    source = pickle.loads(pickle.dumps(make_source(np.arange(3), [1, 2, 3], batch_size=2)))
    assert (source.steps, source.batch(slice(0, 2))[1].tolist()) == (2, [1, 2])


@pytest.mark.parametrize("value", [0, -1, True, 2.0, "8", np.float32(2), np.True_])
@pytest.mark.parametrize(("argument", "called"), [("batch_size", "batch_size"), ("steps", "the number of steps")])
def test_sizes_must_be_positive_whole_numbers(argument, called, value):
    with pytest.raises(ArgumentError) as e:
        make_source(np.zeros(3), **{argument: value})
    assert str(e.value) == (
        f"fit: {called} must be a positive whole number.\n  expected: 1, 2, 3, … or None\n  given:    {value!r}"
    )


def test_whole_numbers_of_numpy_are_taken():
    assert make_source(np.zeros(9), batch_size=np.int64(4)).steps == 3


@pytest.mark.parametrize("value", ["epoch", 1, None, np.zeros(3)])
def test_shuffle_must_be_one_of_three(value):
    with pytest.raises(ArgumentError) as e:
        make_source(np.zeros(3), shuffle=value)
    assert str(e.value) == (f"fit: shuffle cannot be this.\n  expected: True, False or 'batch'\n  given:    {value!r}")


@pytest.mark.parametrize("argument", ["y", "sample_weight"])
def test_nothing_may_stand_beside_a_stream(argument):
    with pytest.raises(DataError) as e:
        make_source((batch for batch in ()), **{argument: np.zeros(3)})
    assert str(e.value) == (
        f"fit: {argument} cannot be given beside a stream of batches (generator).\n"
        "  expected: batches (x, y) or (x, y, sample_weight)\n"
        f"  given:    {argument} of type ndarray\n"
        f"  to fix:   put {argument} into the batches"
    )
    with pytest.raises(DataError, match=rf"^evaluate: {argument} cannot be given beside a source\."):
        make_source(make_source(np.zeros(3)), **{argument: np.zeros(3)}, where="evaluate")


def test_the_kind_of_source_follows_from_x():
    assert type(make_source([np.zeros(2)])) is ArraySource
    assert type(make_source(iter([np.zeros(2)]))) is StreamSource
