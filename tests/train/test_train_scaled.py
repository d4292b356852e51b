"""Losses that are scaled while they are differentiated, so that small gradients survive in 16 bits."""

import numpy as np
import pytest

import onionskin
from onionskin import dtype_policies, layers, optimizers
from tests.train.train_help import X, Y, linear

pytestmark = pytest.mark.usefixtures("each_engine")


def test_a_scaled_loss_trains_as_an_unscaled_one_and_reports_the_same():
    plain, scaled = linear(), linear(optimizer=optimizers.SGD(loss_scale_factor=1024.0))
    histories = [one.fit(X, Y, epochs=2, shuffle=False, verbose=0).history["loss"] for one in (plain, scaled)]
    np.testing.assert_allclose(histories[1], histories[0], rtol=1e-6)
    for one, other in zip(plain.weights, scaled.weights, strict=True):
        np.testing.assert_allclose(other.numpy(), one.numpy(), rtol=1e-5, atol=1e-6)


def test_mixed_precision_scales_the_loss_unless_told_not_to():
    model = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(3, dtype="mixed_float16")])
    model.compile("sgd", "mse")
    assert isinstance(model.optimizer, optimizers.SGD)  # the policy asked is that of the model
    model = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(3)])
    before = dtype_policies.dtype_policy()
    dtype_policies.set_dtype_policy("mixed_float16")
    try:
        mixed = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(3)])
    finally:
        dtype_policies.set_dtype_policy(before)
    mixed.set_weights(model.get_weights())
    mixed.compile("sgd", "mse", auto_scale_loss=False)
    assert isinstance(mixed.optimizer, optimizers.SGD)
    mixed.compile("sgd", "mse")
    assert isinstance(mixed.optimizer, optimizers.LossScaleOptimizer)
    model.compile("sgd", "mse")
    wide = model.fit(X, Y, epochs=3, shuffle=False, verbose=0).history["loss"]
    narrow = mixed.fit(X, Y, epochs=3, shuffle=False, verbose=0).history["loss"]
    np.testing.assert_allclose(narrow, wide, rtol=0.02)
    assert {one.dtype for one in mixed.trainable_variables} == {"float32"}


def test_a_schedule_set_between_two_fits_is_followed():
    model = linear(optimizer=optimizers.SGD(0.1))
    model.fit(X, Y, verbose=0)
    model.optimizer.learning_rate = optimizers.schedules.ExponentialDecay(0.0, 1, 0.5)
    before = model.get_weights()
    model.fit(X, Y, verbose=0)
    for one, other in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)
