"""Streams of batches: places kept between passes, hooks, orders, checks of each batch, and running out."""

from __future__ import annotations

import numpy as np
import pytest

from onionskin.base import philox
from onionskin.base.errors import ArgumentError, DataError
from onionskin.base.specs import Spec
from onionskin.data import StreamSource, make_source


def batch(number, size=2):
    """Return batch `number`: x holds the number, y twice it."""
    return np.full((size, 3), float(number)), np.full(size, 2 * number)


def generator(count):
    yield from map(batch, range(count))


def seen(batches):
    """Return which batches these were."""
    return [int(x[0, 0]) for x, _, _ in batches]


class Indexed:
    """A data set in the manner of a Keras PyDataset; it counts what is asked of it."""

    def __init__(self, count):
        self.count = count
        self.log = []

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        self.log.append(index)
        return batch(index)

    def on_epoch_begin(self):
        self.log.append("begin")

    def on_epoch_end(self):
        self.log.append("end")


class Endless(Indexed):
    """A PyDataset without an end."""

    @property
    def num_batches(self):
        raise NotImplementedError


class Loader:
    """Something that can be iterated again and again, perhaps of known length."""

    def __init__(self, count):
        self.count = count
        self.opened = 0

    def __iter__(self):
        self.opened += 1
        return generator(self.count)


class SizedLoader(Loader):
    """A loader that knows its length."""

    def __len__(self):
        return self.count


def test_a_generator_is_read_to_its_end_and_nothing_is_lost():
    source = make_source(generator(3))
    assert type(source) is StreamSource
    assert source.steps is None
    assert source.specs() == [Spec((None, 3), "float32"), Spec((None,), "int64")]
    batches = list(source)
    assert seen(batches) == [0, 1, 2]
    x, y, weights = batches[1]
    assert x.dtype == np.float32
    assert y.tolist() == [2, 2]
    assert weights is None


def test_only_the_first_batch_is_read_before_training():
    pulled = []
    source = make_source((pulled.append(i) or batch(i)) for i in range(5))
    assert pulled == [0]
    passing = iter(source)
    assert (seen([next(passing)]), pulled) == ([0], [0])
    assert (seen([next(passing)]), pulled) == ([1], [0, 1])


def test_a_generator_keeps_its_place_between_passes():
    pulled = []
    source = make_source(((pulled.append(i) or batch(i)) for i in range(7)), steps=3)
    assert source.steps == 3
    assert seen(source) == [0, 1, 2]
    assert pulled == [0, 1, 2]
    assert seen(source) == [3, 4, 5]


def test_a_pass_that_is_broken_off_keeps_the_place_of_a_generator():
    source = make_source(generator(5))
    passing = iter(source)
    next(passing)
    passing.close()
    assert seen(source) == [1, 2, 3, 4]


def test_running_out_within_a_pass_warns_and_then_raises():
    source = make_source(generator(5), steps=3)
    assert seen(source) == [0, 1, 2]
    with pytest.warns(UserWarning) as record:
        assert seen(source) == [3, 4]
    assert [str(one.message) for one in record] == [
        (
            "fit: the data ran out after 2 of 3 batches; give a number of steps that the data can fill in every epoch, "
            "or a generator that starts again."
        )
    ]
    with pytest.raises(DataError) as e:
        list(source)
    assert str(e.value) == (
        "fit: the data ran out after 5 batches.\n"
        "  expected: 3 more batches\n"
        "  given:    an exhausted generator\n"
        "  to fix:   give a number of steps that the data can fill in every epoch, or a generator that starts again"
    )


def test_a_second_pass_over_a_generator_without_steps_raises():
    source = make_source(generator(2), where="evaluate")
    assert seen(source) == [0, 1]
    with pytest.raises(DataError) as e:
        list(source)
    assert str(e.value) == (
        "evaluate: the data ran out after 2 batches.\n"
        "  expected: more batches\n"
        "  given:    an exhausted generator\n"
        "  to fix:   give a number of steps that the data can fill in every epoch, or a generator that starts again"
    )


def test_an_iterable_begins_anew_and_is_opened_once_for_each_pass():
    loader = Loader(3)
    source = make_source(loader)
    assert source.steps is None
    assert [seen(source), seen(source)] == [[0, 1, 2], [0, 1, 2]]
    assert loader.opened == 2
    assert source.steps == 3


def test_an_iterable_that_is_empty_the_second_time():
    loader = Loader(2)
    source = make_source(loader)
    assert seen(source) == [0, 1]
    loader.count = 0
    with pytest.raises(DataError, match=r"^fit: the data ran out after 0 batches\.") as e:
        list(source)
    assert e.value.given == "an empty stream"


def test_a_sized_iterable_that_is_shorter_than_it_says():
    loader = SizedLoader(3)
    source = make_source(loader)
    assert source.steps == 3
    assert seen(source) == [0, 1, 2]
    loader.count = 2
    with pytest.warns(UserWarning, match="^fit: the data ran out after 2 of 3 batches;"):
        assert seen(source) == [0, 1]


@pytest.mark.parametrize("kind", [Loader, SizedLoader, Indexed])
def test_steps_go_on_where_the_last_pass_stood_as_in_keras(kind):
    source = make_source(kind(4), steps=2)
    assert [seen(source) for _ in range(3)] == [[0, 1], [2, 3], [0, 1]]
    source = make_source(kind(3), steps=2)
    assert seen(source) == [0, 1]
    with pytest.warns(UserWarning, match="^fit: the data ran out after 1 of 2 batches;"):
        assert seen(source) == [2]
    assert seen(source) == [0, 1]


def test_an_indexed_data_set_is_read_once_for_each_batch_and_its_hooks_are_called():
    data = Indexed(3)
    source = make_source(data)
    assert (source.steps, data.log) == (3, [0])
    assert seen(source) == [0, 1, 2]
    assert data.log == [0, "begin", 1, 2, "end"]
    assert seen(source) == [0, 1, 2]
    assert data.log[5:] == ["begin", 0, 1, 2, "end"]


def test_an_indexed_data_set_is_shuffled_by_the_seed():
    words = philox.make_seed(5)
    data = Indexed(9)
    source = make_source(data, shuffle=True)
    order = seen(source.batches(words))
    assert order == philox.permutation(words, 9).tolist()
    assert order != sorted(order)
    assert sorted(entry for entry in data.log if isinstance(entry, int)) == list(range(9))
    assert seen(source.batches(words)) == order
    assert seen(source) == list(range(9))
    assert seen(make_source(Indexed(9)).batches(words)) == list(range(9))


def test_an_endless_data_set_needs_steps():
    source = make_source(Endless(0), steps=4)
    assert [seen(source), seen(source)] == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert make_source(Endless(0)).steps is None


def test_num_batches_goes_before_len():
    class Counted(Indexed):
        num_batches = 2

    assert seen(make_source(Counted(5))) == [0, 1]


def test_batches_may_differ_in_size():
    source = make_source(batch(i, size=4 - i) for i in range(3))
    assert [len(x) for x, _, _ in source] == [4, 3, 2]


@pytest.mark.parametrize(
    ("item", "names"),
    [
        (np.zeros((2, 3)), ["x"]),
        ((np.zeros((2, 3)),), ["x"]),
        ([np.zeros((2, 3)), np.zeros(2)], ["x", "y"]),
        ((np.zeros((2, 3)), np.zeros(2), np.ones(2)), ["x", "y", "sample_weight"]),
        ((np.zeros((2, 3)), None, np.ones(2)), ["x", "sample_weight"]),
        ({"a": np.zeros(2), "b": [1, 2]}, ["x['a']", "x['b']"]),
        (({"a": np.zeros(2)}, (np.zeros(2), np.zeros(2))), ["x['a']", "y[0]", "y[1]"]),
    ],
)
def test_forms_of_batches(item, names):
    source = make_source(iter([item, item]))
    assert source.names == names
    assert len(list(source)) == 2


def test_class_weights_are_applied_to_each_batch():
    items = [([[1.0]], [0]), ([[1.0]], [3])]  # the second holds no class that is named
    source = make_source(iter(items), class_weight={0: 5.0})
    assert [weights.tolist() for _, _, weights in source] == [[5.0], [1.0]]
    with pytest.raises(ArgumentError, match=r"^fit, batch 0: class_weight and sample_weight exclude each other\."):
        make_source(iter([([[1.0]], [0], [1.0])]), class_weight={0: 5.0})


@pytest.mark.parametrize(
    ("item", "given"),
    [
        ((1, 2, 3, 4), "a tuple of 4"),
        ((), "a tuple of 0"),
        (object(), "a object"),
        ((np.zeros(2), object()), "a tuple of 2"),
        (None, "a NoneType"),
    ],
)
def test_items_that_are_no_batches(item, given):
    with pytest.raises(DataError) as e:
        make_source(iter([item]))
    if item is None:
        assert str(e.value).startswith("fit, batch 0: x is missing.")
        return
    assert str(e.value) == (
        "fit, batch 0: the stream yields something that is no batch.\n"
        "  expected: (x,), (x, y) or (x, y, sample_weight)\n"
        f"  given:    {given}"
    )


def test_samples_instead_of_batches():
    with pytest.raises(DataError, match=r"^fit, batch 0: y is a single number\."):
        make_source(iter([(np.zeros(3), 1)]))


@pytest.mark.parametrize(("stream", "kind"), [(iter([]), "list_iterator"), (Indexed(0), "Indexed"), (set(), "set")])
def test_empty_streams(stream, kind):
    with pytest.raises(DataError) as e:
        make_source(stream)
    assert str(e.value) == (
        "fit: the stream holds no batch.\n"
        "  expected: at least one batch (x,), (x, y) or (x, y, sample_weight)\n"
        f"  given:    an empty {kind}\n"
        "  to fix:   a generator that was read before is empty: make a new one"
    )


def test_another_structure_later():
    source = make_source(iter([batch(0), batch(1), batch(2)[:1]]))
    with pytest.raises(DataError) as e:
        list(source)
    assert str(e.value) == (
        "fit, batch 2: this batch has another structure than the first.\n  expected: x, y\n  given:    x"
    )


@pytest.mark.parametrize(
    ("later", "given"),
    [(np.zeros(2, "int32"), "int32 with 1 axes"), (np.zeros((2, 1), "int64"), "int64 with 2 axes")],
)
def test_another_dtype_or_rank_later(later, given):
    source = make_source(iter([batch(0), (np.zeros((2, 3)), later)]))
    with pytest.raises(DataError) as e:
        list(source)
    assert str(e.value) == (
        "fit, batch 1: y has another dtype or number of axes than in the first batch.\n"
        f"  expected: int64 with 1 axes\n  given:    {given}\n"
        "  to fix:   give every batch one dtype, such as with astype('float32')"
    )


def test_nan_later_names_the_batch():
    bad = batch(1)
    bad[0][1, 2] = np.nan
    source = make_source(iter([batch(0), bad]))
    with pytest.raises(DataError, match=r"^fit, batch 1: x has NaN or infinite values\."):
        list(source)


def test_a_wrong_batch_is_counted_and_the_next_one_can_be_read():
    source = make_source(iter([batch(0), (np.full((2, 3), np.nan), np.zeros(2, int)), batch(2), (1, 2)]))
    with pytest.raises(DataError, match=r"^fit, batch 1: x has NaN"):
        list(source)
    passing = iter(source)
    assert seen([next(passing)]) == [2]
    with pytest.raises(DataError, match=r"^fit, batch 3: x is a single number"):
        next(passing)


def test_lengths_within_a_batch():
    with pytest.raises(DataError, match=r"(?s)^fit, batch 0: the arrays have different.*x 2, y 3"):
        make_source(iter([(np.zeros(2), np.zeros(3))]))


def test_errors_of_the_users_own_code_pass_unchanged():
    def broken():
        yield batch(0)
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        list(make_source(broken()))


def test_a_source_made_without_a_place_names_only_the_batch():
    with pytest.raises(DataError, match=r"^batch 0: x has NaN"):
        StreamSource(iter([(np.array([np.nan]),)]))
    with pytest.warns(UserWarning, match="^the data ran out after 1 of 2 batches"):
        list(StreamSource(iter([batch(0)]), steps=2))
