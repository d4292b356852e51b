"""Metrics beyond Keras's numbers: names, what compile means, metrics of one's own, traces, errors."""

import numpy as np
import pytest

from onionskin import initializers, jit, losses, metrics, ops
from onionskin.base.errors import ArgumentError, NotBuiltError, ShapeError, UnknownNameError
from onionskin.base.registry import custom_objects, register_serializable

SHARES = np.array([[0.2, 0.8], [0.6, 0.4], [0.9, 0.1]], "float32")
NUMBERS = np.array([1, 1, 0], "uint8")


def failing(call, error):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def test_a_metric_within_a_traced_step():
    metric, eager = metrics.SparseCategoricalAccuracy(), metrics.SparseCategoricalAccuracy()
    step = jit(lambda y, p: metric(y, p))
    for batch in (slice(0, 2), slice(2, 3)):
        np.testing.assert_allclose(step(NUMBERS[batch], SHARES[batch]), eager(NUMBERS[batch], SHARES[batch]), rtol=1e-6)
    assert [float(one.numpy()) for one in metric.variables] == [2.0, 3.0]
    assert [one.path for one in metric.variables] == [
        "sparse_categorical_accuracy/total", "sparse_categorical_accuracy/count"
    ]  # fmt: skip


def test_every_metric_can_be_traced():
    hot = np.eye(2, dtype="float32")[NUMBERS]
    for made, y in [
        (metrics.CategoricalAccuracy(), hot), (metrics.BinaryAccuracy(), hot), (metrics.MeanSquaredError(), hot),
        (metrics.RootMeanSquaredError(), hot), (metrics.BinaryCrossentropy(), hot), (metrics.Precision(), hot),
        (metrics.Recall(thresholds=[0.2, 0.7]), hot), (metrics.TopKCategoricalAccuracy(1), hot),
        (metrics.SparseCategoricalCrossentropy(), NUMBERS), (metrics.SparseTopKCategoricalAccuracy(1), NUMBERS),
    ]:  # fmt: skip
        eager = type(made).from_config(made.get_config())
        np.testing.assert_allclose(jit(lambda t, p, one=made: one(t, p))(y, SHARES), eager(y, SHARES), rtol=1e-6)


def test_names():
    for name in ("mse", "MSE", "MeanSquaredError", "mean_squared_error"):
        assert isinstance(metrics.get(name), metrics.MeanSquaredError)
    assert metrics.get("huber") is losses.huber
    assert metrics.get(None) is None and metrics.serialize(None) is None
    assert isinstance(metrics.get(metrics.Mean), metrics.Mean)
    assert metrics.get(losses.huber) is losses.huber
    assert failing(lambda: metrics.get("acuracy"), UnknownNameError).startswith(
        "there is no metric of this name.\n  given:    'acuracy'\n  to fix:   did you mean 'accuracy'?"
    )
    assert failing(lambda: metrics.get(3), ArgumentError) == (
        "this is no metric.\n  expected: a name, a configuration, a class, a function or None\n  given:    3"
    )
    assert failing(lambda: metrics.deserialize({"config": {}}), ArgumentError) == (
        "this is no configuration of a metric.\n  expected: a name, or a dictionary with class_name and config\n"
        "  given:    {'config': {}}"
    )


def test_resolve():
    assert metrics.resolve("acc", y_shape=(8, 3), output_shape=(8, 3)).name == "acc"
    for loss, kind in [
        ("binary_crossentropy", metrics.BinaryAccuracy),
        ("sparse_categorical_crossentropy", metrics.SparseCategoricalAccuracy),
        ("categorical_crossentropy", metrics.CategoricalAccuracy),
    ]:
        assert type(metrics.resolve("accuracy", losses.get(loss))) is kind
        assert type(metrics.resolve("accuracy", losses.as_loss(loss))) is kind
    assert type(metrics.resolve("accuracy", None, None, (8, 1))) is metrics.BinaryAccuracy
    logits = losses.SparseCategoricalCrossentropy(from_logits=True)
    entropy = metrics.resolve("crossentropy", logits, (8,), (8, 3))
    assert type(entropy) is metrics.SparseCategoricalCrossentropy and entropy.name == "crossentropy"
    np.testing.assert_allclose(entropy([1], [[0.0, 2.0]]), logits([1], [[0.0, 2.0]]), rtol=1e-6)
    assert metrics.resolve("mse").name == "mse"
    assert metrics.resolve(losses.huber).name == "huber"
    assert metrics.resolve(losses.Huber(name="h")).name == "h"
    mine = metrics.Mean(name="mine")
    assert metrics.resolve(mine) is mine and mine.name == "mine"
    own = metrics.resolve(lambda y_true, y_pred: ops.mean(y_pred, axis=-1))
    assert own.name == "<lambda>" and own._direction is None
    np.testing.assert_allclose(own(SHARES, SHARES), 0.5)
    assert metrics.resolve(losses.huber)._direction == "down"
    assert metrics.Accuracy()._direction == "up" and metrics.Mean()._direction is None


def test_means_of_functions_there_and_back():
    for made in (
        metrics.MeanMetricWrapper(losses.huber, name="h", delta=2.0),
        metrics.MeanMetricWrapper(metrics.binary_accuracy, threshold=0.9),
    ):
        back = metrics.deserialize(metrics.serialize(made))
        assert back.get_config() == made.get_config() and back.fn is made.fn and back.kwargs == made.kwargs
    assert metrics.deserialize(metrics.serialize(losses.huber)) is losses.huber


def test_a_metric_of_ones_own():
    @register_serializable("tests")
    class Hits(metrics.Metric):
        def __init__(self, name="hits", **kwargs):
            super().__init__(name=name, **kwargs)
            self.count = self.add_weight(name="count", initializer="zeros")
            self.inner = metrics.Mean(name="inner")

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.count.assign_add(ops.sum(ops.cast(y_true == y_pred, "float32")))
            self.inner.update_state(y_pred)

        def result(self):
            return self.count.value

    try:
        hits = Hits()
        assert float(hits(np.array([1.0, 2.0]), np.array([1.0, 3.0]))) == 1.0
        assert [one.path for one in hits.variables] == ["hits/count", "inner/total", "inner/count"]
        assert [float(one.numpy()) for one in hits.variables] == [1.0, 4.0, 2.0]
        hits.reset_state()
        assert [float(one.numpy()) for one in hits.variables] == [0.0, 0.0, 0.0]
        back = metrics.deserialize(metrics.serialize(hits))
        assert isinstance(back, Hits)
        assert repr(back) == "<Hits name=hits>"
    finally:
        custom_objects.pop("tests>Hits")


def test_variables_start_from_initializers():
    def start(initializer):
        return metrics.Metric().add_weight((2, 2), initializer=initializer).numpy().tolist()

    assert start("identity") == [[1.0, 0.0], [0.0, 1.0]]
    assert start("ones") == start(1) == start(initializers.Ones()) == start(initializers.Ones) == [[1.0, 1.0]] * 2
    assert start({"class_name": "Constant", "config": {"value": 2.0}}) == [[2.0, 2.0]] * 2
    assert start([[1, 2], [3, 4]] @ np.eye(2)) == [[1.0, 2.0], [3.0, 4.0]] and start(None) == [[0.0, 0.0]] * 2
    drawn = metrics.Metric().add_weight((3, 4), initializer="he_normal").numpy()
    assert drawn.std() > 0


def test_a_mask_of_the_values_counts_beside_weights_only(monkeypatch):
    """As in Keras 3.15: Mean()(x) with x._keras_mask = [True, False, True] is 7/3, with equal weights 3."""
    monkeypatch.setattr(metrics.mean, "mask_of", lambda values: np.array([True, False, True]))
    for metric, plain, weighted in ((metrics.Mean, 7 / 3, 3.0), (metrics.Sum, 7.0, 6.0)):
        np.testing.assert_allclose(metric()([1.0, 1.0, 5.0]), plain, rtol=1e-6)
        np.testing.assert_allclose(metric()([1.0, 1.0, 5.0], sample_weight=[2.0, 2.0, 2.0]), weighted * (
            2 if metric is metrics.Sum else 1), rtol=1e-6)  # fmt: skip


def test_a_policy_says_the_dtype():
    assert metrics.Mean(dtype="mixed_float16").dtype == "float16"


def test_words():
    class Forgetful(metrics.Metric):
        def __init__(self):
            self.total = self.add_weight(name="total")

    assert failing(Forgetful, NotBuiltError) == (
        "Forgetful: a metric has no variables before super().__init__() was called.\n"
        "  to fix:   call super().__init__() first in __init__"
    )
    assert failing(lambda: metrics.Metric().add_weight(name="w", initializer="he_norma"), UnknownNameError) == (
        "metric, variable 'w': there is no initializer of this name.\n"
        "  given:    'he_norma'\n  to fix:   did you mean 'he_normal'?"
    )
    assert failing(lambda: metrics.Recall(thresholds=[0.5, 1.5]), ArgumentError) == (
        "Recall: thresholds lie between 0 and 1.\n  given:    thresholds=[0.5, 1.5]"
    )
    assert failing(lambda: metrics.Recall(class_id=0)([1.0], [0.5]), ShapeError) == (
        "metric 'recall': class_id needs predictions for several classes.\n  expected: shape (batch, classes)\n"
        "  given:    shape (1,)"
    )
    for call, method in ((metrics.Metric().update_state, "update_state"), (metrics.Metric().result, "result")):
        with pytest.raises(NotImplementedError, match=rf"^Metric needs a method {method}\("):
            call()
