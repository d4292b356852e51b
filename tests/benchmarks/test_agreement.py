"""Tests of the judge: its own forward pass, its scores, and that rivals who differ are caught with their numbers."""

from __future__ import annotations

import numpy as np

from benchmarks.agreement import Score, Tolerance, disagreement, forward, score_outputs, score_weights
from benchmarks.tasks import Network, Predicting, Training

NETWORK = Network((2, 3, 2), "sigmoid", "softmax")


def training(network, loss, t_test):
    rng = np.random.default_rng(0)
    x = rng.random((len(t_test), network.sizes[0]), np.float32)
    return Training(network, loss, "sgd", 0.1, 1, 1, False, x, t_test, x, t_test, network.weights())


def test_the_judge_computes_source_s4s_network():
    network = Network((2, 3, 2), "sigmoid", "softmax")
    weights = [np.array(w) for w in ([[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]], [0.1, 0.2, 0.3])]
    weights += [np.array(w) for w in ([[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]], [0.1, 0.2])]
    hidden = 1 / (1 + np.exp(-np.array([0.3, 0.7, 1.1])))
    z = np.array([0.1 * hidden[0] + 0.2 * hidden[1] + 0.3 * hidden[2] + 0.1, hidden @ [0.4, 0.5, 0.6] + 0.2])
    right = np.exp(z) / np.exp(z).sum()
    np.testing.assert_allclose(forward(network, weights, np.array([[1.0, 0.5]])), right[None], rtol=1e-14)


def test_pixels_are_scaled():
    weights = NETWORK.weights()
    pixels = np.array([[0, 255], [51, 102]], np.uint8)
    np.testing.assert_array_equal(forward(NETWORK, weights, pixels), forward(NETWORK, weights, pixels / 255.0))


def test_squared_error_and_accuracy_of_one_output():
    task = training(
        Network((2, 3, 1), "relu", "sigmoid"), "squared", np.array([[1.0], [0.0], [1.0], [1.0]], np.float32)
    )
    weights = [np.zeros_like(weight) for weight in task.weights]
    weights[-1] = np.array([np.log(3.0)])  # outputs of 0.75 for every row
    score = score_weights(task, weights)
    assert score.accuracy == 0.75
    np.testing.assert_allclose(score.loss, (3 * 0.25**2 + 0.75**2) / 4, rtol=1e-12)


def test_cross_entropy_of_several_outputs_and_of_one():
    t = np.eye(2, dtype=np.float32)[[0, 1, 1]]
    task = training(NETWORK, "crossentropy", t)
    weights = [np.zeros_like(weight) for weight in task.weights]
    weights[-1] = np.log([0.25, 0.75])
    np.testing.assert_allclose(score_weights(task, weights).loss, -(np.log(0.25) + 2 * np.log(0.75)) / 3, rtol=1e-9)
    one = training(Network((2, 3, 1), "relu", "sigmoid"), "crossentropy", t[:, 1:])
    weights = [np.zeros_like(weight) for weight in one.weights]
    weights[-1] = np.array([np.log(3.0)])
    score = score_weights(one, weights)
    np.testing.assert_allclose(score.loss, -(np.log(0.25) + 2 * np.log(0.75)) / 3, rtol=1e-9)


def test_outputs_are_scored_by_their_largest_fault_and_their_shape():
    task = Predicting(NETWORK, NETWORK.weights(), np.ones((4, 2), np.float32))
    right = forward(NETWORK, task.weights, task.x)
    wrong = right.copy()
    wrong[2, 1] += 0.125
    np.testing.assert_allclose(score_outputs(task, wrong).error, 0.125, rtol=1e-12)
    assert score_outputs(task, right[:3]).error == float("inf")


def test_rivals_within_tolerance_agree():
    scores = {"ours": Score(0.97, 0.10), "other": Score(0.98, 0.12)}
    assert disagreement(scores, Tolerance(accuracy=0.02, loss=0.05)) is None
    assert disagreement(scores, Tolerance()) is None


def test_rivals_apart_are_named_with_their_numbers():
    scores = {"ours": Score(0.97, 0.10), "other": Score(0.90, 0.12)}
    assert (
        disagreement(scores, Tolerance(accuracy=0.02))
        == "rivals do not reach the same accuracy (tolerance 0.02): ours 0.97, other 0.9"
    )


def test_what_is_not_finite_agrees_with_nothing():
    scores = {"ours": Score(loss=0.1), "other": Score(loss=float("nan"))}
    assert (
        disagreement(scores, Tolerance(loss=1.0))
        == "rivals do not reach the same loss (tolerance 1): ours 0.1, other nan"
    )


def test_errors_are_measured_from_the_right_outputs_so_that_equal_faults_do_not_pass():
    scores = {"ours": Score(error=0.5), "other": Score(error=0.5)}
    assert (
        disagreement(scores, Tolerance(error=1e-5))
        == "outputs are not the right ones (tolerance 1e-05): ours 0.5, other 0.5"
    )
