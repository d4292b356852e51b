"""Losses beyond Keras's numbers: masks, several tensors, sequences, and the words of errors."""

import itertools

import numpy as np
import pytest

from onionskin import jit, losses, ops
from onionskin.base.errors import ArgumentError, DataError, ShapeError
from onionskin.dtype_policies import DTypePolicy
from onionskin.losses import loss as loss_module
from onionskin.losses.checks import check_targets
from onionskin.runtime import grad
from tests.cases_keras import rules


def failing(call, error):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def test_words():
    assert failing(lambda: losses.CategoricalGeneralizedCrossEntropy(q=1.0), ArgumentError) == (
        "CategoricalGeneralizedCrossEntropy: q lies between 0 and 1.\n  expected: 0 < q < 1\n  given:    q=1.0\n"
        "  to fix:   for q = 0 use SparseCategoricalCrossentropy"
    )
    for function in (losses.categorical_crossentropy, losses.categorical_focal_crossentropy):
        assert failing(lambda f=function: f([[1.0, 0.0]], [[0.5, 0.5]], axis=True), ArgumentError) == (
            "axis: the axis of the classes is a whole number.\n  given:    True"
        )
    assert failing(lambda: losses.CTC()([1, 2], np.zeros((2, 3, 4), "float32")), ShapeError) == (
        "loss 'ctc' > ctc: CTC takes labels of another shape.\n  expected: (batch, most labels)\n  given:    (2,)"
    )
    assert failing(lambda: losses.ctc([[1, 2]], np.zeros((2, 3), "float32")), ShapeError) == (
        "ctc: CTC takes logits of another shape.\n  expected: (batch, steps, classes)\n  given:    (2, 3)"
    )


def test_weights_that_do_not_fit():
    y = np.ones((2, 2), "float32")
    for shape, expected in (((3,), "(2,)"), ((2, 3), "(2,)")):
        assert failing(lambda s=shape: losses.MeanSquaredError()(y, y, sample_weight=np.ones(s)), ShapeError) == (
            "loss 'mean_squared_error' > sample_weight: the sample weights do not fit the losses.\n"
            f"  expected: a shape that broadcasts to {expected}\n  given:    {shape}"
        )


def test_a_configuration_with_settings_of_another_class():
    config = {"class_name": "MeanSquaredError", "config": {"delta": 3}}
    assert failing(lambda: losses.deserialize(config), ArgumentError) == (
        "MeanSquaredError: the settings of a configuration are not those that its class takes.\n"
        "  given:    {'delta': 3}: MeanSquaredError.__init__() got an unexpected keyword argument 'delta'"
    )


def test_targets_are_checked_by_name():
    assert failing(
        lambda: check_targets(losses.CategoricalFocalCrossentropy(), np.array([2, 0]), (None, 3), "fit, y"), DataError
    ).startswith("fit, y: categorical_focal_crossentropy takes one-hot targets, and these are class numbers.")
    assert failing(
        lambda: check_targets(losses.BinaryFocalCrossentropy(), np.array([[2.0]]), (None, 1), "fit, y"), DataError
    ).startswith("fit, y: binary_focal_crossentropy takes targets from 0 to 1.")
    assert failing(
        lambda: check_targets(losses.CategoricalGeneralizedCrossEntropy(), np.array([3]), (None, 3), "fit, y"),
        DataError,
    ).startswith("fit, y: a label is none of the classes.")


def test_masks_of_predictions_and_of_losses_meet(monkeypatch):
    carried = np.array([True, True, False, True])
    monkeypatch.setattr(loss_module, "mask_of", lambda y_pred: carried)
    numbers, chances = np.array([0, 1, 1, 2]), np.full((4, 3), 1 / 3, "float32")
    chances[0] = [0.5, 0.25, 0.25]
    loss = losses.SparseCategoricalCrossentropy(ignore_class=2)
    np.testing.assert_allclose(loss(numbers, chances), (np.log(2) + np.log(3)) / 2, rtol=1e-6)


def test_several_tensors():
    class Both(losses.Loss):
        def call(self, y_true, y_pred):
            return ops.square(y_true["a"] - y_pred["a"]) + ops.absolute(y_true["b"][0] - y_pred["b"][0])

    one, two = np.array([1.0, 2.0]), np.array([3.0, 5.0])
    value = Both()({"a": one, "b": [one]}, {"a": two, "b": [two]})
    np.testing.assert_allclose(value, np.mean([4 + 2, 9 + 3]))
    assert value.dtype == np.float32


def test_rows_in_a_list():
    rows = [np.array([0.5, 0.5]), np.array([0.25, 0.75])]
    np.testing.assert_allclose(losses.SparseCategoricalCrossentropy(ignore_class=1)([0, 1], rows), np.log(2), rtol=1e-6)
    np.testing.assert_allclose(losses.MeanSquaredError()(rows, rows), 0)


def test_a_policy_says_the_dtype():
    for policy in (DTypePolicy("mixed_float16"), "mixed_float16"):
        loss = losses.MeanSquaredError(dtype=policy)
        assert loss.dtype == "float16" and loss([1.0], [2.0]).dtype == np.float16
    assert failing(lambda: losses.MeanSquaredError(dtype="mixed_bfloat16"), ArgumentError) == (
        "dtype: bfloat16 is not supported.\n  given:    'mixed_bfloat16'\n  to fix:   use 'mixed_float16', or 'float32'"
    )


def test_circle_leaves_out_samples_without_a_partner():
    x = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    values = losses.circle([0, 1, 1], x)
    assert values[0] == 0 and (values[1:] > 0).all()
    np.testing.assert_allclose(losses.Circle(dtype="float64")([0, 1, 1], x), values[1:].mean())
    slopes = grad(lambda p: losses.Circle(dtype="float64")(np.array([0, 1, 1]), p))(x)
    assert np.isfinite(slopes).all() and slopes[1:].any()
    compared = losses.circle([0], x[:1], ref_labels=[0, 1], ref_embeddings=x[:2], remove_diagonal=False, gamma=1.0)
    near, far = -0.4 * 0.4, 0.4 * (1 - 0.4 - 1.0)
    np.testing.assert_allclose(compared, np.log1p(np.exp(near + far)), rtol=1e-6)


def test_generalized_cross_entropy_takes_a_column():
    chances = np.array([[0.75, 0.25], [0.0, 1.0]])
    np.testing.assert_allclose(losses.categorical_generalized_cross_entropy([[1], [1]], chances, q=0.5), [1.0, 0.0])


def paths(labels, steps, classes):
    """Return all ways to say labels in so many steps: runs merged, then blanks left out."""
    for path in itertools.product(range(classes), repeat=steps):
        merged = [one for one, _ in itertools.groupby(path)]
        if [one for one in merged if one] == list(labels):
            yield path


@pytest.mark.parametrize("labels", [[1], [1, 2], [2, 2], [1, 1], []])
def test_ctc_sums_over_all_paths(each_engine, labels):
    rng = np.random.default_rng(3)
    logits = rng.normal(size=(1, 4, 3))
    shares = np.exp(logits[0]) / np.exp(logits[0]).sum(-1, keepdims=True)
    total = sum(np.prod([shares[t, c] for t, c in enumerate(path)]) for path in paths(labels, 4, 3))
    padded = np.array([labels + [0] * (3 - len(labels))])
    np.testing.assert_allclose(losses.ctc(padded, logits), [-np.log(total)], rtol=1e-10)
    compiled = jit(lambda t, p: losses.ctc(t, p))(padded, logits)
    np.testing.assert_allclose(compiled, [-np.log(total)], rtol=1e-10)


def test_planted_faults_are_found(monkeypatch):
    def failures(name):
        found = 0
        for case in rules.recorded("loss", "masked_loss"):
            if case["name"] == name and "drawn" in case["id"]:
                try:
                    rules.compare(case, rules.answer(rules.Onionskin(), case), rules.expected(case))
                except AssertionError:
                    found += 1
        return found

    assert failures("Tversky") == failures("MeanSquaredError") == failures("Circle") == 0
    monkeypatch.setattr(losses.overlap, "epsilon", lambda: 1e-4)
    assert failures("Tversky") >= 6
    monkeypatch.setattr(loss_module, "both_masks", lambda first, second: second)
    assert failures("MeanSquaredError") >= 8
    monkeypatch.setattr(loss_module, "mask_of_values", lambda *_: None)
    assert failures("Circle") >= 1
