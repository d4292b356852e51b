"""PyDataset: batches by number, read in order by hand and by fit, by one thread or several."""

import threading
import time

import numpy as np
import pytest

import onionskin
from onionskin.base.errors import ArgumentError
from onionskin.data import PyDataset, indexed, make_source


class Numbered(PyDataset):
    """Batches that hold their number; the log says what was asked and by how many threads."""

    def __init__(self, count=7, **kwargs):
        super().__init__(**kwargs)
        self.count, self.log, self.threads = count, [], set()

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        self.log.append(index)
        self.threads.add(threading.get_ident())
        time.sleep(0.002 * (index % 3))
        return np.full((2, 1), float(index)), np.full((2, 1), float(index))

    def on_epoch_begin(self):
        self.log.append("begin")

    def on_epoch_end(self):
        self.log.append("end")


def numbers(source):
    return [int(x[0, 0]) for x, *_ in source]


@pytest.mark.parametrize("workers", [0, 1, 4])
def test_batches_come_in_order(workers):
    data = Numbered(workers=workers, max_queue_size=3)
    source = make_source(data)
    assert numbers(source) == list(range(7))
    assert sorted(one for one in data.log if isinstance(one, int)) == list(range(7))
    assert (data.log[0], data.log[1], data.log[-1]) == (0, "begin", "end")
    assert numbers(source) == list(range(7))
    assert (len(data.threads) > 1) == (workers > 1)


def test_no_more_is_made_ahead_than_allowed():
    data = Numbered(20, workers=2, max_queue_size=4)
    passed = iter(make_source(data))
    for done in range(5):
        next(passed)
        assert max(one for one in data.log if isinstance(one, int)) <= done + 4
    passed.close()
    assert len(data.log) < 15


def test_an_error_in_a_thread_is_the_users():
    class Failing(Numbered):
        def __getitem__(self, index):
            if index == 3:
                raise KeyError("the user's own")
            return super().__getitem__(index)

    with pytest.raises(KeyError, match="the user's own"):
        numbers(make_source(Failing(workers=2)))


def test_a_reading_that_is_left_waits_for_no_thread():
    """It may be collected while another thread starts, which would then wait for itself."""
    go, begun = threading.Event(), threading.Event()

    class Slow(Numbered):
        def __getitem__(self, index):
            if index > 1:
                begun.set()
                assert go.wait(20), "nobody waits for this thread, so nobody can keep it"
            return super().__getitem__(index)

    reading = indexed.read(Slow(workers=2, max_queue_size=3), range(7))
    left = threading.Thread(target=lambda: (next(reading), begun.wait(20), reading.close()))
    left.start()
    assert begun.wait(20)
    left.join(20)
    waited = left.is_alive()
    go.set()
    left.join(20)
    assert not waited, "closing a reading waited for a batch that nobody will use"


@pytest.mark.parametrize("workers", [1, 3])
def test_fit_reads_it(workers):
    model = onionskin.Sequential([onionskin.Input((1,)), onionskin.layers.Dense(1, use_bias=False)])
    model.compile("sgd", "mse")
    data = Numbered(workers=workers)
    model.fit(data, epochs=2, verbose=0, shuffle=False)
    assert data.log.count("begin") == data.log.count("end") == 2
    assert model.predict(data, verbose=0).shape == (14, 1)
    assert np.isfinite(model.evaluate(data, verbose=0))


def test_num_batches_in_place_of_a_length():
    class Endless(PyDataset):
        num_batches = None

        def __getitem__(self, index):
            return np.full((1, 1), float(index))

    walk = iter(Endless())
    assert [float(next(walk)[0, 0]) for _ in range(3)] == [0.0, 1.0, 2.0]
    source = make_source(Endless(), steps=2)
    assert numbers(source) == [0, 1]
    assert numbers(source) == [2, 3]


def test_a_subclass_that_forgets_its_base_works():
    class Forgetful(PyDataset):
        def __init__(self):
            pass

        def __len__(self):
            return 2

        def __getitem__(self, index):
            return np.full((1, 1), float(index))

    assert (Forgetful().workers, Forgetful().max_queue_size, Forgetful().use_multiprocessing) == (1, 10, False)
    assert [float(one[0, 0]) for one in Forgetful()] == [0.0, 1.0]


def test_words():
    def said(call, kind):
        with pytest.raises(kind) as caught:
            call()
        return str(caught.value)

    assert said(lambda: Numbered(use_multiprocessing=True), ArgumentError) == (
        "Numbered: data sets are read by threads, not by processes.\n"
        "  given:    use_multiprocessing=True\n"
        "  to fix:   leave it out and set workers to the number of threads"
    )
    assert said(lambda: Numbered(workers=-1), ArgumentError) == (
        "Numbered: workers is a number.\n  expected: 0 or more\n  given:    -1"
    )
    assert said(lambda: Numbered(max_queue_size=0), ArgumentError) == (
        "Numbered: max_queue_size is a number.\n  expected: 1 or more\n  given:    0"
    )
    assert said(lambda: PyDataset().num_batches, NotImplementedError) == (
        "PyDataset needs a method __len__ or a property num_batches"
    )
    assert said(lambda: PyDataset()[0], NotImplementedError) == (
        "PyDataset needs a method __getitem__(index) that returns a batch"
    )
