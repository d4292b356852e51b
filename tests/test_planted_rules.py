"""Tests of the tests: faults planted in an optimizer's step or a loss's reduction fail the checks against Keras."""

import numpy as np
import pytest

from onionskin import losses, metrics, ops, optimizers
from onionskin.losses import loss as loss_module
from onionskin.losses import reduction
from tests.cases_keras import rules


class Planted:
    """The library with other things in place of some."""

    def __init__(self, **rooms):
        self._sound = rules.Onionskin()
        for room, things in rooms.items():
            setattr(self, room, type("Room", (), {**vars(getattr(self._sound, room)), **things}))

    def __getattr__(self, name):
        return getattr(self._sound, name)


def faults(library, kind, name):
    """Return how many of the recorded cases of a class fail, and how many there are."""
    cases = [case for case in rules.recorded(kind) if case["name"] == name]
    failed = 0
    for case in cases:
        try:
            rules.compare(case, rules.answer(library, case), rules.expected(case))
        except AssertionError:
            failed += 1
    return failed, len(cases)


@pytest.mark.parametrize("name", ["SGD", "RMSprop", "Adagrad", "Adam"])
def test_the_sound_optimizers_pass(name):
    failed, count = faults(rules.Onionskin(), "optimizer", name)
    assert failed == 0 and count >= 2


class WrongSign(optimizers.SGD):
    def update_step(self, gradient, variable, learning_rate):
        super().update_step(-gradient, variable, learning_rate)


class NoLookingAhead(optimizers.SGD):
    def update_step(self, gradient, variable, learning_rate):
        nesterov, self.nesterov = self.nesterov, False
        super().update_step(gradient, variable, learning_rate)
        self.nesterov = nesterov


class EpsilonOutside(optimizers.RMSprop):
    def update_step(self, gradient, variable, learning_rate):
        v = self.velocities[self._get_variable_index(variable)]
        self.assign(v, self.rho * v + (1 - self.rho) * ops.square(gradient))
        self.assign_sub(variable, learning_rate * gradient / (ops.sqrt(v.value) + self.epsilon))


class NotCorrected(optimizers.Adam):
    def update_step(self, gradient, variable, learning_rate):
        steps = self._iterations
        self._iterations = optimizers.SGD().iterations  # always at the first step
        super().update_step(gradient, variable, learning_rate)
        self._iterations = steps


class OldSlots(optimizers.Adagrad):
    def update_step(self, gradient, variable, learning_rate):
        h = self.accumulators[self._get_variable_index(variable)]
        before = h.numpy()
        super().update_step(gradient, variable, learning_rate)
        h.assign(before)


class NotClipped(optimizers.SGD):
    def _clipped(self, gradients):
        return gradients


@pytest.mark.parametrize(
    ("kind", "at_least"),
    [
        (WrongSign, 8), (NoLookingAhead, 1), (EpsilonOutside, 1), (NotCorrected, 5), (OldSlots, 2),
        (NotClipped, 3),
    ],
)  # fmt: skip
def test_a_wrong_step_is_found(kind, at_least):
    name = kind.__mro__[1].__name__
    failed, _ = faults(Planted(optimizers={name: kind}), "optimizer", name)
    assert failed >= at_least


def by_weight(values, sample_weight=None, reduction="sum_over_batch_size"):
    """Divide by the sum of the weights where the count is asked for."""
    return reduce_values(values, sample_weight, "mean_with_sample_weight")


def over_samples(values, sample_weight=None, reduction="sum_over_batch_size"):
    """Divide by the batch size only."""
    whole = reduce_values(values, sample_weight, reduction)
    return whole * (values.size / len(values)) if np.shape(values) and np.shape(whole) == () else whole


def without_mask(sample_weight, mask, dtype, reduction):
    """Leave the mask out of the mean."""
    return sample_weight


reduce_values = reduction.reduce_values


@pytest.mark.parametrize(
    ("part", "fault", "name"),
    [
        ("reduce_values", by_weight, "MeanSquaredError"),
        ("reduce_values", over_samples, "MeanSquaredError"),
        ("reduce_values", lambda values, *_: ops.sum(values), "MeanSquaredError"),
        ("apply_mask", without_mask, "SparseCategoricalCrossentropy"),
    ],
)
def test_a_wrong_reduction_is_found(monkeypatch, part, fault, name):
    library = rules.Onionskin()
    assert faults(library, "loss", name)[0] == 0
    monkeypatch.setattr(reduction, part, fault)
    assert faults(library, "loss", name)[0] > 0


def test_a_wrong_weighting_is_found(monkeypatch):
    def unweighted(values, sample_weight=None, mask=None, reduction=None, dtype=None):
        return reduce_values(values, None, reduction)

    monkeypatch.setattr(loss_module, "reduce_weighted_values", unweighted)
    failed, count = faults(rules.Onionskin(), "loss", "MeanSquaredError")
    assert 10 <= failed < count


def test_a_wrong_loss_and_a_wrong_metric_are_found():
    class Halved(losses.MeanSquaredError):
        def call(self, y_true, y_pred):
            return 0.5 * super().call(y_true, y_pred)

    class NeverReset(metrics.MeanSquaredError):
        def reset_state(self):
            pass

    assert faults(Planted(losses={"MeanSquaredError": Halved}), "loss", "MeanSquaredError")[0] > 20
    assert faults(Planted(metrics={"MeanSquaredError": NeverReset}), "metric", "MeanSquaredError")[0] >= 2
