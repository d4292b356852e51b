"""Every optimizer and schedule with every option over five steps, eager and compiled: the recorded answers of Keras."""

import numpy as np
import pytest

from onionskin import Variable, jit
from onionskin.base import config
from onionskin.optimizers import Adafactor, Muon, schedules
from tests.cases_keras import optimizer_cases

LIBRARY = optimizer_cases.Onionskin()
CASES = optimizer_cases.recorded()


def test_every_case_has_its_answer():
    assert [case["id"] for case in CASES] == [case["id"] for case in optimizer_cases.cases()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_as_keras(case):
    optimizer_cases.compare(case, optimizer_cases.answer(LIBRARY, case), case["answer"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_compiled_as_keras(case, each_engine):
    optimizer_cases.compare(case, optimizer_cases.answer(LIBRARY, case, jit), case["answer"])


# --- what Keras computes in float32 whatever the dtype: NumPy says what float64 gives ---


def _steps(optimizer, start, gradients):
    weight = Variable(start, name="kernel")
    for gradient in gradients:
        optimizer.apply([gradient], [weight])
    return weight.numpy()


@pytest.fixture
def matrices():
    config.set_floatx("float64")
    rng = np.random.default_rng(0)
    return rng.normal(size=(3, 2)), rng.normal(size=(4, 3, 2))


def test_adafactor_in_float64(matrices):
    start, gradients = matrices
    w, r, c = start.copy(), np.zeros(3), np.zeros(2)
    for t, g in enumerate(gradients, 1):
        beta, squares = 1 - t**-0.8, g * g + 1e-30
        r, c = beta * r + (1 - beta) * squares.mean(1), beta * c + (1 - beta) * squares.mean(0)
        u = g / np.sqrt(np.outer(r / r.mean(), c))
        rate = max(1e-3, np.sqrt((w * w).mean())) * min(0.1, 1 / t**0.5)
        w = w - rate * u / max(1, np.sqrt((u * u).mean()) / 0.5)
    got = _steps(Adafactor(0.1, clip_threshold=0.5), start, gradients)
    np.testing.assert_allclose(got, w, rtol=1e-12)


def test_muon_in_float64(matrices):
    start, gradients = matrices
    w, m = start.copy(), np.zeros((3, 2))
    for g in gradients:
        w = w - w * 0.1 * 0.004
        m = 0.95 * m + g
        x = (g + 0.95 * m).T
        x = x / (np.linalg.norm(x) + 1e-7)
        for _ in range(5):
            a = x @ x.T
            x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
        w = w - 0.1 * x.T * 3**0.5 * 0.2
    np.testing.assert_allclose(_steps(Muon(0.1), start, gradients), w, rtol=1e-12)


def test_cosines_in_float64(matrices):
    once = schedules.CosineDecay(0.3, 7, alpha=0.2)
    again = schedules.CosineDecayRestarts(0.3, 2, t_mul=2.0, m_mul=0.5)
    for step in range(14):
        share = 0.8 * (1 + np.cos(np.pi * min(step, 7) / 7)) / 2 + 0.2
        np.testing.assert_allclose(float(once(step)), 0.3 * share, rtol=1e-14)
        period, begin, length = 0, 0, 2
        while step >= begin + length:
            period, begin, length = period + 1, begin + length, length * 2
        wanted = 0.3 * 0.5**period * (1 + np.cos(np.pi * (step - begin) / length)) / 2
        np.testing.assert_allclose(float(again(step)), wanted, rtol=1e-12, atol=1e-16)
