"""Chunks of steps: their sizes, what is looked at between them, what they leave in memory."""

from __future__ import annotations

import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest

import onionskin
from onionskin import layers
from onionskin.base import errors, philox
from onionskin.callbacks import Callback
from onionskin.data import make_source
from onionskin.runtime import BoundProgram
from onionskin.train import loop
from onionskin.train.order import random_words
from onionskin.train.steps import all_finite, first_wrong

pytestmark = pytest.mark.usefixtures("each_engine")
RNG = np.random.default_rng(5)
X = RNG.normal(size=(1000, 3)).astype("float32")
Y = X[:, :1] * 2


@pytest.fixture
def chunks(monkeypatch):
    """Note the steps of each chunk that is run; `seconds` is what each step is said to take."""
    told, run_steps = SimpleNamespace(found=[], seconds=1e-6), BoundProgram.run_steps

    def noted(self, columns, order, batch, keep=None):
        results = run_steps(self, columns, order, batch, keep)
        told.found.append(len(order) // batch)
        self.seconds = told.seconds
        return results

    monkeypatch.setattr(BoundProgram, "run_steps", noted)
    return told


def network(loss="mse", **settings):
    model = onionskin.Sequential([onionskin.Input((3,)), layers.Dense(1)])
    model.compile(onionskin.optimizers.SGD(0.01), loss, **settings)
    return model


def test_chunks_grow_fast_and_the_next_epoch_begins_where_the_last_was(chunks):
    network().fit(X, Y, batch_size=1, epochs=3, verbose=0)
    assert chunks.found == [1, 64, 935, 1000, 1000]


def test_a_chunk_takes_a_tenth_of_a_second(chunks):
    chunks.seconds = 0.002
    network().fit(X, Y, batch_size=1, epochs=2, verbose=0)
    assert chunks.found == [1, *[50] * 19, 49, *[50] * 20]
    chunks.found, chunks.seconds = [], 1.0
    network().fit(X[:4], Y[:4], batch_size=1, verbose=0)
    assert chunks.found == [1, 1, 1, 1]


def test_the_last_smaller_batch_is_a_chunk_of_its_own(chunks):
    model = network()
    model.fit(X[:70], Y[:70], batch_size=32, epochs=2, verbose=0)
    assert chunks.found == [1, 1, 1, 2, 1]
    chunks.found = []
    assert model.predict(X[:70], batch_size=32, verbose=0).shape == (70, 1)
    assert chunks.found == [1, 1, 1]


def test_who_asks_for_batches_gets_each(chunks):
    class Batches(Callback):
        seen = ()

        def on_train_batch_end(self, batch, logs=None):
            self.seen = (*self.seen, (batch, round(logs["loss"], 3) > 0))

    each = Batches()
    network().fit(X[:100], Y[:100], batch_size=10, epochs=2, verbose=0, callbacks=[each])
    assert chunks.found == [1] * 20
    assert each.seen == tuple((batch, True) for batch in range(10)) * 2


def test_metrics_are_worked_out_only_where_they_are_seen(monkeypatch):
    model = network(metrics=["mae"])
    model.fit(X, Y, verbose=0)
    asked, results = [], type(model).get_metrics_result
    monkeypatch.setattr(type(model), "get_metrics_result", lambda self: asked.append(0) or results(self))
    model.fit(X, Y, batch_size=1, epochs=4, verbose=0)
    assert len(asked) == 4

    class Shown(Callback):
        steps = ()

        def on_progress(self, phase, step, logs=None):
            self.steps = (*self.steps, (phase, step, sorted(logs)))

    shown = Shown()
    model.fit(X, Y, batch_size=500, epochs=2, verbose=0, callbacks=[shown])
    assert shown.steps == (("train", 2, ["loss", "mae"]),) * 2


def test_a_callback_may_change_the_model_between_chunks(monkeypatch):
    monkeypatch.setattr(loop, "CHUNK_SECONDS", 0.0)  # a step at a time, with progress after each

    class Freezes(Callback):
        def on_progress(self, phase, step, logs=None):
            if step == 3:
                self.model.layers[0].trainable = False
                self.kept = self.model.get_weights()[0]

    frozen = Freezes()
    model = network()
    begin = model.get_weights()[0]
    model.fit(X[:8], Y[:8], batch_size=1, verbose=0, callbacks=[frozen])
    np.testing.assert_array_equal(model.get_weights()[0], frozen.kept)
    assert not np.array_equal(begin, frozen.kept)


def test_the_step_that_went_wrong_is_named_in_a_chunk_of_many():
    x, y = np.ones((300, 3), "float32"), np.zeros((300, 1), "float32")
    y[217] = 3e38
    model = network()
    model.fit(x[:200], y[:200], batch_size=1, shuffle=False, verbose=0)  # now an epoch is one chunk
    kept = model.get_weights()
    with pytest.raises(errors.NumericError) as caught:
        model.fit(x, y, batch_size=1, shuffle=False, verbose=0)
    assert str(caught.value) == (
        "fit, epoch 1, step 218: the loss became inf.\n"
        "  expected: a finite number\n"
        "  to fix:   a smaller learning rate, clipnorm=1.0 in the optimizer, or inputs scaled to about 0 to 1; "
        "the model keeps its weights from before step 1 of this epoch, and model.find_nan() names the operation"
    )
    for one, wanted in zip(model.get_weights(), kept, strict=True):
        np.testing.assert_array_equal(one, wanted)


@pytest.mark.parametrize("count", [0, 1, 5, 1024, 1025, 5000])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32"])
def test_all_finite(count, dtype):
    array = np.full(count, 100, dtype)
    assert all_finite(array)
    if count and dtype != "int32":
        largest = np.finfo(dtype).max
        assert all_finite(np.full(count, largest, dtype))
        assert all_finite(np.full(count, -largest, dtype))
        for wrong in (np.nan, np.inf, -np.inf):
            for place in {0, count // 2, count - 1}:
                bad = np.array(array)
                bad[place] = wrong
                assert not all_finite(bad)
                assert not all_finite(bad.reshape(-1, 1))
                assert first_wrong(bad) == place
    assert first_wrong(array) is None


@pytest.mark.parametrize("count", [1, 4, 1000, 4099])
def test_the_order_is_the_same_whoever_makes_the_words(count):
    seed = philox.make_seed(7, count)
    words = random_words(seed, count)
    assert words.dtype == np.uint32
    np.testing.assert_array_equal(words, philox.random_bits(seed, count))
    for shuffle in (True, "batch", False):
        source = make_source(np.zeros(count, "float32"), batch_size=3, shuffle=shuffle)
        order = source.order(seed, random_words)
        assert (order.dtype, sorted(order)) == (np.int64, list(range(count)))
        np.testing.assert_array_equal(order, source.order(seed))


FORMS = {
    "float32": lambda x: x,
    "uint8": lambda x: x.astype("uint8"),
    "columns first": np.asfortranarray,
    "rows from the end": lambda x: x[::-1],
    "columns from the end": lambda x: x[:, ::-1],
    "every other column": lambda x: np.repeat(x, 2, axis=1)[:, ::2],
}


@pytest.mark.parametrize("form", FORMS)
def test_nobodys_arrays_are_copied(form):
    x = FORMS[form](RNG.random((6000, 400)).astype("float32"))
    y = RNG.integers(0, 3, len(x))
    model = onionskin.Sequential([onionskin.Input((400,)), layers.Rescaling(0.5), layers.Dense(3, "softmax")])
    model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x[:256], y[:256], batch_size=128, verbose=0)  # what is loaded and compiled once
    calls = {
        "fit": lambda: model.fit(x, y, batch_size=128, epochs=2, verbose=0),
        "evaluate": lambda: model.evaluate(x, y, batch_size=128, verbose=0),
        "predict": lambda: model.predict(x, batch_size=128, verbose=0),
    }
    for name, call in calls.items():
        tracemalloc.start()
        call()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 3e6, f"{name}: {peak / 1e6:.1f} MB beside data of {x.nbytes / 1e6:.1f} MB"


def test_outputs_are_joined_in_order_and_those_of_one_chunk_without_a_copy(monkeypatch):
    model = network()
    wanted = X @ model.get_weights()[0] + model.get_weights()[1]
    for seconds in (0.1, 0.0):
        monkeypatch.setattr(loop, "CHUNK_SECONDS", seconds)
        for batch in (1, 8, 7, 1000, 2000):
            found = model.predict(X[:120], batch_size=batch, verbose=0)
            np.testing.assert_allclose(found, wanted[:120], rtol=1e-5, atol=1e-6, err_msg=f"batches of {batch}")
    monkeypatch.undo()
    assert not model.predict(X[:120], batch_size=8, verbose=0).flags.owndata
    assert model.predict(X[:120], batch_size=7, verbose=0).flags.owndata
