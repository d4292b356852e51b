"""fit: what a step does, in which order, on which data, and what the logs say."""

import numpy as np
import pandas as pd
import pytest

import onionskin
from onionskin import callbacks
from tests.train.train_help import LABELS, RNG, X, Y, linear, regression, same_weights

pytestmark = pytest.mark.usefixtures("each_engine")


def by_hand(model, x, y, batch, rate=0.01, weights=None):
    """Return kernel, bias and each batch's loss after one epoch of SGD on the mean squared error."""
    kernel, bias = (w.astype("float64") for w in model.get_weights())
    losses = []
    for start in range(0, len(x), batch):
        rows = slice(start, start + batch)
        error = x[rows] @ kernel + bias - y[rows]
        share = np.ones(len(error)) if weights is None else weights[rows]
        losses.append(((error**2).mean(1) * share).sum() / len(error))
        slope = 2 * error * share[:, None] / error.size
        kernel, bias = kernel - rate * x[rows].T @ slope, bias - rate * slope.sum(0)
    return kernel, bias, losses


def test_an_epoch_by_hand_with_a_smaller_last_batch():
    model = linear(metrics=["mae"])
    kernel, bias, losses = by_hand(model, X, Y, 16)
    logs = model.fit(X, Y, batch_size=16, shuffle=False, verbose=0).history
    np.testing.assert_allclose(model.get_weights()[0], kernel, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(model.get_weights()[1], bias, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(logs["loss"], [np.average(losses, weights=[16, 16, 16, 2])], rtol=1e-5)


def test_sample_and_class_weights_by_hand():
    weights = RNG.uniform(0, 2, 50)
    model = linear()
    kernel, _, losses = by_hand(model, X, Y, 10, weights=weights)
    logs = model.fit(X, Y, batch_size=10, shuffle=False, sample_weight=weights, verbose=0).history
    np.testing.assert_allclose(model.get_weights()[0], kernel, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(logs["loss"], [np.mean(losses)], rtol=1e-5)
    classes = {0: 0.5, 1: 2.0, 2: 1.0}
    one, other = (linear(loss="sparse_categorical_crossentropy", units=3) for _ in range(2))
    one.fit(X, LABELS, class_weight=classes, shuffle=False, verbose=0)
    other.fit(X, LABELS, sample_weight=np.array([classes[k] for k in LABELS]), shuffle=False, verbose=0)
    same_weights(one, other)


def test_metrics_are_means_over_the_samples_and_use_weights_only_where_asked():
    weights = RNG.uniform(0, 2, 50).astype("float32")
    model = linear(metrics=["mae"], weighted_metrics=["mse"])
    logs = model.evaluate(X, Y, batch_size=16, sample_weight=weights, verbose=0, return_dict=True)
    error = model.predict(X, verbose=0) - Y
    np.testing.assert_allclose(logs["mae"], np.abs(error).mean(), rtol=1e-5)
    np.testing.assert_allclose(logs["mse"], np.average((error**2).mean(1), weights=weights), rtol=1e-5)
    np.testing.assert_allclose(logs["loss"], ((error**2).mean(1) * weights).mean(), rtol=1e-5)


@pytest.mark.parametrize("size", [1, 7, 50, 64])
def test_the_loss_is_the_mean_over_samples_whatever_the_batch(size):
    model = regression()
    expected = ((model.predict(X, verbose=0) - Y) ** 2).mean()
    np.testing.assert_allclose(model.evaluate(X, Y, batch_size=size, verbose=0), expected, rtol=1e-5)


def test_all_kinds_of_data_train_alike():
    def batches():
        for start in range(0, 50, 10):
            yield X[start : start + 10], Y[start : start + 10]

    class Batches:
        def __len__(self):
            return 5

        def __getitem__(self, index):
            return X[index * 10 : index * 10 + 10], Y[index * 10 : index * 10 + 10]

    arrays = regression()
    arrays.fit(X, Y, batch_size=10, shuffle=False, verbose=0)
    given = {
        "frames": lambda m: m.fit(pd.DataFrame(X), pd.DataFrame(Y), batch_size=10, shuffle=False, verbose=0),
        "lists": lambda m: m.fit(X.tolist(), Y.tolist(), batch_size=10, shuffle=False, verbose=0),
        "strided": lambda m: m.fit(np.repeat(X, 2, 0)[::2], Y[::-1][::-1], batch_size=10, shuffle=False, verbose=0),
        "generator": lambda m: m.fit(batches(), verbose=0),
        "sequence": lambda m: m.fit(Batches(), shuffle=False, verbose=0),
        "single steps": lambda m: [m.train_on_batch(*one) for one in batches()],
    }
    for name, train in given.items():
        model = regression()
        train(model)
        for one, other in zip(model.get_weights(), arrays.get_weights(), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-7, err_msg=name)


def test_shuffling_takes_every_sample_once_an_epoch_in_new_orders():
    seen = []

    class Order(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(float(self.model.get_weights()[0].sum()))

    # With a single input of distinct sizes, learning rate 1 and loss -w·x, each step adds its batch's mean to w.
    def trained(shuffle):
        seen.clear()
        onionskin.utils.set_random_seed(4)
        x = (2.0 ** np.arange(8, dtype="float32"))[:, None]
        model = onionskin.Sequential(
            [onionskin.Input((1,)), onionskin.layers.Dense(1, use_bias=False, kernel_initializer="zeros")]
        )
        model.compile(onionskin.optimizers.SGD(1.0), lambda y, p: -p)
        model.fit(x, x, batch_size=2, epochs=3, shuffle=shuffle, callbacks=[Order()], verbose=0)
        return (np.diff([0.0, *seen]) * 2).reshape(3, 4)

    fixed, mixed, batched = trained(False), trained(True), trained("batch")
    np.testing.assert_array_equal(fixed, [[3, 12, 48, 192]] * 3)
    np.testing.assert_array_equal(mixed.sum(1), [255] * 3)
    assert len({tuple(row) for row in mixed}) == 3
    assert any(set(row) != {3, 12, 48, 192} for row in mixed)
    for row in batched:
        assert set(row) == {3, 12, 48, 192}
    assert len({tuple(row) for row in batched}) > 1


def test_validation_split_is_the_end_and_is_not_trained_on():
    one, other = regression(), regression()
    logs = one.fit(X, Y, validation_split=0.2, shuffle=False, verbose=0, epochs=2).history
    held = other.fit(X[:40], Y[:40], validation_data=(X[40:], Y[40:]), shuffle=False, verbose=0, epochs=2).history
    same_weights(one, other)
    assert logs == held
    np.testing.assert_allclose(logs["val_loss"][-1], one.evaluate(X[40:], Y[40:], verbose=0), rtol=1e-6)


def test_validation_does_not_change_the_training():
    one = regression()
    logs = one.fit(X, Y, validation_data=(X, Y), validation_freq=2, epochs=4, verbose=0).history
    other = regression()
    other.fit(X, Y, epochs=4, verbose=0)
    same_weights(one, other)
    assert (len(logs["loss"]), len(logs["val_loss"])) == (4, 2)
    listed = regression().fit(X, Y, validation_data=(X, Y), validation_freq=[1, 4], epochs=4, verbose=0).history
    assert len(listed["val_loss"]) == 2


def test_initial_epoch_steps_and_epochs():
    history = linear().fit(X, Y, initial_epoch=2, epochs=5, verbose=0)
    assert (history.epoch, len(history.history["loss"])) == ([2, 3, 4], 3)
    assert linear().fit(X, Y, initial_epoch=5, epochs=5, verbose=0).history == {}
    model = linear()
    kernel, _, _ = by_hand(model, X[:20], Y[:20], 10)
    model.fit(X, Y, batch_size=10, steps_per_epoch=2, shuffle=False, verbose=0)
    np.testing.assert_allclose(model.get_weights()[0], kernel, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        model.evaluate(X, Y, batch_size=10, steps=2, verbose=0), model.evaluate(X[:20], Y[:20], verbose=0), rtol=1e-5
    )
    assert model.predict(X, batch_size=10, steps=2, verbose=0).shape == (20, 3)


def test_learning_goes_on_where_the_last_call_ended():
    once = regression(optimizer="adam")
    once.fit(X, Y, epochs=4, verbose=0)
    twice = regression(optimizer="adam")
    twice.fit(X, Y, epochs=2, verbose=0)
    twice.fit(X, Y, initial_epoch=2, epochs=4, verbose=0)
    same_weights(once, twice)


def test_compiling_again_starts_the_optimizer_anew_and_keeps_the_weights():
    model = linear(optimizer="adam", metrics=["mae"])
    model.fit(X, Y, verbose=0)
    before = model.get_weights()
    model.compile("sgd", "mse")
    np.testing.assert_array_equal(model.get_weights()[0], before[0])
    kernel, _, _ = by_hand(model, X, Y, 50)
    assert set(model.fit(X, Y, batch_size=50, verbose=0).history) == {"loss"}
    np.testing.assert_allclose(model.get_weights()[0], kernel, rtol=1e-5, atol=1e-6)


def test_freezing_between_fits_is_heeded_and_thawing_too():
    model = regression()
    model.fit(X, Y, verbose=0)
    for frozen in (True, False):
        model.layers[0].trainable = not frozen
        before = model.get_weights()
        model.fit(X, Y, verbose=0)
        same = [np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)]
        assert same == [frozen, frozen, False, False]


def test_a_call_that_fails_trains_nothing():
    model = regression(optimizer="adam")
    model.fit(X, Y, verbose=0)
    before = [v.numpy() for v in (*model.variables, *model.optimizer.variables)]
    for wrong in ((X[:, :3], Y), (X, Y[:, :2]), (X * np.nan, Y), (X, Y[:9]), (X[:0], Y[:0])):
        with pytest.raises(ValueError):
            model.fit(*wrong, verbose=0)
    for one, other in zip(before, (*model.variables, *model.optimizer.variables), strict=True):
        np.testing.assert_array_equal(one, other.numpy())
    model.fit(X, Y, verbose=0)


def test_a_failed_first_call_leaves_a_model_that_can_be_trained():
    model = onionskin.Sequential([onionskin.layers.Dense(3)])
    model.compile("adam", "mse", metrics=["mae"])
    with pytest.raises(ValueError):
        model.fit(X, Y[:, :2], verbose=0)
    assert set(model.fit(X, Y, verbose=0).history) == {"loss", "mae"}


def test_losses_and_metrics_of_ones_own():
    def half(y_true, y_pred):
        return onionskin.ops.mean((y_true - y_pred) ** 2, axis=-1) / 2

    one, other = linear(loss=half, metrics=[half]), linear(loss="mse", optimizer=onionskin.optimizers.SGD(0.005))
    logs = one.fit(X, Y, shuffle=False, verbose=0).history
    other.fit(X, Y, shuffle=False, verbose=0)
    np.testing.assert_allclose(one.get_weights()[0], other.get_weights()[0], rtol=1e-5)
    np.testing.assert_allclose(logs["half"], logs["loss"], rtol=1e-5)
