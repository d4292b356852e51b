"""Metrics of classes, regions and correlations: outside oracles, stateless use, and the words of errors."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onionskin import jit, metrics
from onionskin.base.errors import ArgumentError, NotBuiltError, ShapeError
from tests.cases_keras import rules


def failing(call, error):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def drawn(seed, rows=40):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 2, rows).astype("float64"), np.round(rng.uniform(size=rows), 2), rng.uniform(0, 2, rows)


@given(st.integers(0, 9999), st.booleans())
@settings(max_examples=40)
def test_auc_is_the_share_of_pairs_in_order(seed, weighted):
    """With a threshold between any two predictions, the area under ROC is P(p⁺ > p⁻), ties counting half."""
    y, p, w = drawn(seed)
    w = w if weighted else np.ones_like(w)
    pairs = [((p[i] > p[j]) + 0.5 * (p[i] == p[j]), w[i] * w[j])
             for i, j in itertools.product(np.flatnonzero(y == 1), np.flatnonzero(y == 0))]  # fmt: skip
    levels = (np.unique(p)[:-1] + np.unique(p)[1:]) / 2
    area = metrics.AUC(thresholds=levels.tolist(), dtype="float64")(y, p, sample_weight=w if weighted else None)
    np.testing.assert_allclose(area, np.average(*np.array(pairs).T[:1], weights=np.array(pairs).T[1]), rtol=1e-12)


@given(st.integers(0, 9999), st.sampled_from([3, 11, 101]))
@settings(max_examples=40)
def test_buckets_count_as_comparisons_do(seed, count):
    """Evenly spaced thresholds are counted by buckets; off the thresholds the answer is that of comparing."""
    y, p, w = drawn(seed)
    p = (np.floor(np.minimum(p, 0.99) * (count - 1)) + 0.5) / (count - 1)
    levels = np.arange(count) / (count - 1)
    for kind, right, above in (
        (metrics.TruePositives, 1, True), (metrics.FalsePositives, 0, True),
        (metrics.TrueNegatives, 0, False), (metrics.FalseNegatives, 1, False),
    ):  # fmt: skip
        metric = kind(thresholds=levels.tolist(), dtype="float64")
        assert metric._even
        wanted = [w[(y == right) & ((p > level) == above)].sum() for level in levels]
        np.testing.assert_allclose(metric(y, p, sample_weight=w), wanted, rtol=1e-12, atol=1e-14)


def test_shares_against_their_definitions():
    y, p, _ = drawn(5)
    said = p > 0.5
    both, precision, recall = (said & (y == 1)).sum(), said.sum(), (y == 1).sum()
    np.testing.assert_allclose(metrics.Precision()(y, p), both / precision, rtol=1e-6)
    np.testing.assert_allclose(metrics.Recall()(y, p), both / recall, rtol=1e-6)
    f = metrics.FBetaScore("micro", 2.0, 0.5, dtype="float64")(y[:, None], p[:, None])
    np.testing.assert_allclose(f, 5 * both / (4 * recall + precision), rtol=1e-6)
    iou = metrics.BinaryIoU([1], 0.5)(y, np.where(p == 0.5, 0.4, p))
    np.testing.assert_allclose(iou, both / (precision + recall - both), rtol=1e-6)
    r2 = metrics.R2Score(dtype="float64")(y[:, None], p[:, None])
    np.testing.assert_allclose(r2, 1 - ((y - p) ** 2).sum() / ((y - y.mean()) ** 2).sum(), rtol=1e-10)
    rho = metrics.PearsonCorrelation(dtype="float64")(y[None], p[None])
    np.testing.assert_allclose(rho, np.corrcoef(y, p)[0, 1], rtol=1e-12)


def test_nan_means_no(each_engine):
    """A prediction that is NaN counts as the answer no, whichever way answers are counted."""
    y, p = np.array([1.0, 0.0, 1.0]), np.array([np.nan, np.nan, 0.9])
    for levels in ([0.5], [0.0, 0.5, 1.0], [0.1, 0.5, 0.7]):
        for kind, wanted in ((metrics.TruePositives, 1), (metrics.FalseNegatives, 1), (metrics.TrueNegatives, 1)):
            made, level = kind(thresholds=levels), levels.index(0.5)
            np.testing.assert_array_equal(np.atleast_1d(jit(lambda t, q, one=made: one(t, q))(y, p))[level], wanted)
    assert np.isfinite(metrics.AUC()(y, p))


def test_before_any_batch():
    for made in (metrics.AUC(multi_label=True), metrics.FBetaScore(), metrics.R2Score(), metrics.Precision()):
        assert made.result() == 0
        made.reset_state()
    assert metrics.MeanIoU(2).result() == 0


def test_stateless(each_engine):
    y, p, _ = drawn(7)
    kept, plain = metrics.AUC(num_thresholds=5, dtype="float64"), metrics.AUC(num_thresholds=5, dtype="float64")
    kept([1.0], [0.7])
    before = [one.numpy() for one in kept.variables]
    values = kept.stateless_reset_state()
    assert not any(one.any() for one in values)
    step = jit(lambda state, t, q: kept.stateless_update_state(state, t, q))
    for rows in (slice(0, 20), slice(20, 40)):
        values = step(values, y[rows], p[rows])
        plain.update_state(y[rows], p[rows])
    np.testing.assert_allclose(kept.stateless_result(values), plain.result(), rtol=1e-12)
    np.testing.assert_allclose(jit(kept.stateless_result)(values), plain.result(), rtol=1e-12)
    np.testing.assert_array_equal([one.numpy() for one in kept.variables], before)
    assert failing(lambda: kept.stateless_result(values[1:]), ArgumentError) == (
        "metric 'auc': there is one value for each variable of a metric.\n  expected: 4\n  given:    3"
    )
    assert failing(lambda: metrics.F1Score().stateless_update_state([], [[1.0]], [[1.0]]), NotBuiltError) == (
        "metric 'f1_score': the metric makes its variables at its first batch, and has seen none.\n"
        "  to fix:   call update_state once, then reset_state"
    )


def test_words_of_auc():
    assert failing(lambda: metrics.AUC(curve="ROCK"), ArgumentError) == (
        "AUC: unknown curve.\n  expected: ROC, PR, PRGAIN\n  given:    'ROCK'"
    )
    assert failing(lambda: metrics.AUC(summation_method="mean"), ArgumentError) == (
        "AUC: unknown summation_method.\n  expected: interpolation, minoring, majoring\n  given:    'mean'"
    )
    assert failing(lambda: metrics.AUC(1), ArgumentError) == (
        "AUC: a curve has at least two thresholds.\n  expected: 2 or more\n  given:    num_thresholds=1"
    )
    assert failing(lambda: metrics.AUC(num_labels=2), ArgumentError) == (
        "AUC: only areas of several labels need their number.\n  given:    num_labels=2\n"
        "  to fix:   pass multi_label=True too, or leave it out"
    )
    assert failing(lambda: metrics.AUC(multi_label=True)([1.0], [0.5]), ShapeError) == (
        "metric 'auc': areas of several labels need a row of predictions for each sample.\n"
        "  expected: shape (batch, labels)\n  given:    shape (1,)"
    )
    assert metrics.AUC(curve="pr", summation_method="Minoring").get_config()["curve"] == "PR"
    weighted = metrics.AUC(label_weights={"class_name": "__tensor__", "config": {"value": [1.0, 2.0]}})
    assert weighted.get_config()["label_weights"] == [1.0, 2.0]


def test_words_of_shares():
    assert failing(lambda: metrics.Precision()([[1.0, 0.0]], [[0.5, 0.1, 0.2]]), ShapeError) == (
        "metric 'precision': targets and predictions differ in shape.\n"
        "  expected: targets of shape (1, 3)\n  given:    shape (1, 2)"
    )
    assert failing(lambda: metrics.SensitivityAtSpecificity(1.5), ArgumentError) == (
        "SensitivityAtSpecificity: a share lies between 0 and 1.\n  given:    specificity=1.5"
    )
    assert failing(lambda: metrics.RecallAtPrecision(0.5, num_thresholds=0), ArgumentError) == (
        "RecallAtPrecision: there is at least one threshold.\n  expected: 1 or more\n  given:    num_thresholds=0"
    )
    assert failing(lambda: metrics.F1Score("mean"), ArgumentError) == (
        "F1Score: unknown average.\n  expected: (None, 'micro', 'macro', 'weighted')\n  given:    'mean'"
    )
    assert failing(lambda: metrics.FBetaScore(beta=0.0), ArgumentError) == (
        "FBetaScore: beta is no number that can be used.\n  expected: more than 0\n  given:    0.0"
    )
    assert failing(lambda: metrics.F1Score(threshold=1.5), ArgumentError) == (
        "F1Score: threshold is no number that can be used.\n  expected: more than 0, at most 1\n  given:    1.5"
    )
    assert failing(lambda: metrics.F1Score()([1.0], [1.0]), ShapeError) == (
        "metric 'f1_score': F-scores take a row of predictions for each sample.\n"
        "  expected: shape (batch, classes)\n  given:    shape (1,)"
    )
    assert failing(lambda: metrics.IoU(3, [3]), ArgumentError) == (
        "IoU: the classes to look at are some of the classes.\n  expected: numbers from 0 to 2\n"
        "  given:    target_class_ids=[3]"
    )


def test_words_of_correlations_and_variables():
    assert failing(lambda: metrics.R2Score("sum"), ArgumentError) == (
        "R2Score: unknown class_aggregation.\n"
        "  expected: (None, 'uniform_average', 'variance_weighted_average')\n  given:    'sum'"
    )
    assert failing(lambda: metrics.R2Score(num_regressors=-1), ArgumentError) == (
        "R2Score: a model has no less than 0 inputs.\n  given:    num_regressors=-1"
    )
    assert failing(lambda: metrics.R2Score()([1.0], [1.0]), ShapeError) == (
        "metric 'r2_score': R² takes a row of outputs for each sample.\n"
        "  expected: shape (batch, outputs)\n  given:    shape (1,)"
    )
    assert failing(lambda: metrics.Metric().add_variable(aggregation="last"), ArgumentError) == (
        "metric, variable None: unknown aggregation.\n  expected: none, sum, mean, only_first_replica\n"
        "  given:    'last'"
    )
    with pytest.warns(UserWarning, match=r"^R2Score: 2 targets are too few to adjust for 3 inputs; the result is not"):
        value = metrics.R2Score(num_regressors=3)([[0.0], [1.0]], [[0.0], [0.5]])
    assert value == 0.5
    with pytest.warns(UserWarning, match=r"^MeanIoU counts in int32, so that float weights lose their fraction"):
        metrics.MeanIoU(2)([0, 1], [0, 1], sample_weight=np.array([0.5, 1.5], "float32"))
    exact = metrics.MeanIoU(2, dtype="float32")
    exact.update_state([0, 1], [0, 1], sample_weight=np.array([0.5, 1.5], "float32"))
    np.testing.assert_array_equal(exact.total_cm.numpy(), [[0.5, 0], [0, 1.5]])


def test_planted_faults_are_found(monkeypatch):
    def failures(name):
        found = 0
        for case in rules.recorded("metric", "masked_metric"):
            if case["name"] == name and "drawn" in case["id"]:
                try:
                    rules.compare(case, rules.answer(rules.Onionskin(), case), rules.expected(case))
                except AssertionError:
                    found += 1
        return found

    assert failures("AUC") == failures("Precision") == failures("IoU") == failures("MeanSquaredError") == 0
    from onionskin.metrics import counts, overlap

    monkeypatch.setattr(counts.ThresholdCounts, "_told_even", lambda self, answers, weight: (
        counts.ThresholdCounts._told_each(self, answers, weight)[1],
        counts.ThresholdCounts._told_each(self, answers, weight)[0],
    ))  # fmt: skip
    assert failures("AUC") >= 10 and failures("Precision") >= 1
    monkeypatch.setattr(overlap, "epsilon", lambda: 1e-3)
    assert failures("IoU") >= 4
    monkeypatch.setattr(metrics.mean.losses, "prediction_mask", lambda y_pred: None)
    assert failures("MeanSquaredError") >= 4


def test_targets_and_predictions_that_do_not_fit():
    three, two = np.ones((3, 2), "float32"), np.ones((2, 2), "float32")
    for metric in (metrics.RootMeanSquaredError(), metrics.F1Score()):
        assert failing(lambda m=metric: m(three, two), ShapeError) == (
            f"metric '{metric.name}': targets and predictions differ in shape.\n"
            "  expected: targets of shape (2, 2)\n  given:    (3, 2)"
        )
    for metric in (metrics.R2Score(), metrics.PearsonCorrelation(), metrics.ConcordanceCorrelation()):
        assert failing(lambda m=metric: m(three, two), ShapeError).startswith(
            "targets and predictions differ in shape."
        )
    assert failing(lambda: metrics.Precision(class_id=9)(two, two), ArgumentError) == (
        "metric 'precision': class_id is none of the classes.\n  expected: 0 to 1\n  given:    9"
    )
    assert failing(lambda: metrics.F1Score()(two, two, sample_weight=[1.0, 2.0, 3.0]), ShapeError).startswith(
        "ops.multiply: these shapes do not broadcast."
    )
