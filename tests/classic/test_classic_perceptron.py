"""The perceptron: its updates against the rule in exact fractions, against scikit-learn's, and what it reports."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onionskin import classic
from onionskin.base.errors import ArgumentError, DataError, DTypeError, NotBuiltError, ShapeError, UnknownNameError
from onionskin.plot.checks import letter_widths


def by_the_rule(x, y, rate, start, epochs):
    """The textbook's rule in exact fractions; returns (epoch, sample, ŷ, before, after) and weights by epoch."""
    rate = Fraction(str(rate))
    w = [Fraction(one) for one in start]
    updates, by_epoch = [], [list(w)]
    for epoch in range(1, epochs + 1):
        wrong = 0
        for row, (inputs, target) in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
            full = [*map(Fraction, inputs), Fraction(-1)]
            output = int(sum(a * b for a, b in zip(w, full, strict=True)) >= 0)
            if output != target:
                before = list(w)
                w = [a + rate * (target - output) * b for a, b in zip(w, full, strict=True)]
                updates.append((epoch, row, output, before, list(w)))
                wrong += 1
        by_epoch.append(list(w))
        if not wrong:
            break
    return updates, by_epoch


def floats(rows):
    return np.array([[float(one) for one in row] for row in rows])


def check_against_the_rule(x, y, rate, learnt):
    updates, by_epoch = by_the_rule(x, y, rate, [0] * (x.shape[1] + 1), learnt.n_iter_)
    np.testing.assert_allclose(learnt.epoch_weights_, floats(by_epoch), rtol=1e-12, atol=1e-12)
    assert [(one.epoch, one.sample, one.output) for one in learnt.history_] == [one[:3] for one in updates]
    for mine, (_, row, output, before, after) in zip(learnt.history_, updates, strict=True):
        np.testing.assert_allclose(mine.before, floats([before])[0], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(mine.after, floats([after])[0], rtol=1e-12, atol=1e-12)
        np.testing.assert_array_equal(mine.x, x[row])
        assert (mine.target, mine.error) == (y[row], y[row] - output)


@pytest.mark.parametrize("name", ["and", "or", "not", "nand", "nor", "xor"])
@pytest.mark.parametrize("rate", [0.1, 0.3, 0.7, 1.0])
def test_every_update_is_that_of_the_rule(name, rate):
    x, y = classic.truth_table(name)
    learnt = classic.Perceptron(rate).fit(x, y)
    check_against_the_rule(x, y, rate, learnt)
    assert learnt.converged_ == (name != "xor")
    assert learnt.score(x, y) == 1.0 if learnt.converged_ else learnt.score(x, y) < 1.0


@given(st.integers(0, 2**16 - 1), st.sampled_from([0.1, 0.05, 1.0]))
def test_any_labels_of_points_on_a_grid(bits, rate):
    """A run that ends early either parts the classes or repeats; the exact rule says the same."""
    x = np.array([[a, b] for a in range(4) for b in range(4)], np.float64)
    y = np.array([bits >> place & 1 for place in range(16)])
    if len(set(y)) == 1:
        return
    learnt = classic.Perceptron(rate, max_epochs=40).fit(x, y)
    check_against_the_rule(x, y, rate, learnt)
    if learnt.cycle_ is not None:
        first, last = learnt.cycle_
        _, by_epoch = by_the_rule(x, y, rate, [0, 0, 0], last + 3)
        assert by_epoch[first] == by_epoch[last]
        assert by_epoch[first : first + 3] == by_epoch[last : last + 3]


@pytest.mark.parametrize("seed", range(5))
def test_weights_equal_those_of_scikit_learn(seed):
    linear_model = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(200, 4))
    y = np.where(x @ rng.normal(size=4) + 0.2 * rng.normal(size=200) > 0.1, "yes", "no")
    y[0] = "no"  # where all weights are 0, scikit-learn's is wrong about either class; this one only about the first
    theirs = linear_model.Perceptron(eta0=0.1, shuffle=False, tol=None, max_iter=7).fit(x, y)
    ours = classic.Perceptron(0.1, max_epochs=7).fit(x, y)
    assert ours.n_iter_ == 7
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(ours.predict(x), theirs.predict(x))
    np.testing.assert_allclose(ours.decision_function(x), theirs.decision_function(x), rtol=1e-9, atol=1e-12)
    assert ours.score(x, y) == theirs.score(x, y)
    np.testing.assert_array_equal(ours.classes_, theirs.classes_)


def test_from_zero_the_rate_only_scales_the_weights():
    x, y = classic.truth_table("and")
    one, tenth = (classic.Perceptron(rate).fit(x, y) for rate in (1.0, 0.1))
    np.testing.assert_allclose(tenth.epoch_weights_, 0.1 * one.epoch_weights_, rtol=1e-15)
    np.testing.assert_array_equal(one.errors_, tenth.errors_)
    random = [classic.Perceptron(rate, start="random", seed=0).fit(x, y) for rate in (0.01, 1.0)]
    np.testing.assert_array_equal(random[0].epoch_weights_[0], random[1].epoch_weights_[0])
    assert random[0].n_iter_ != random[1].n_iter_


def test_the_seed_decides_start_and_order():
    x, y = np.random.default_rng(0).normal(size=(40, 3)), np.arange(40) % 2
    runs = [classic.Perceptron(0.1, 5, seed, "random", True).fit(x, y) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(runs[0].epoch_weights_, runs[1].epoch_weights_)
    assert not np.array_equal(runs[0].epoch_weights_, runs[2].epoch_weights_)
    assert abs(runs[0].epoch_weights_[0]).max() <= 0.5
    for epoch in (1, 2):  # each sample is met once in an epoch
        met = runs[0].history_.samples[runs[0].history_.epochs == epoch]
        assert len(set(met.tolist())) == len(met)
    assert np.diff(runs[0].history_.samples[runs[0].history_.epochs == 1]).min() < 0


def test_a_start_of_ones_own():
    x, y = classic.truth_table("or")
    learnt = classic.Perceptron(start=[1.0, 1.0, 0.5]).fit(x, y)
    assert (learnt.n_iter_, len(learnt.history_)) == (1, 0)
    assert str(learnt.history_).splitlines()[-1] == "no sample was wrong: nothing was updated"
    np.testing.assert_array_equal(learnt.weights_, [1.0, 1.0, 0.5])
    np.testing.assert_array_equal(learnt.intercept_, [-0.5])


def test_large_integers_and_labels_of_any_kind():
    x = np.array([[1e6, 2e6], [3e6, -1e6], [-2e6, 5e5]])
    for labels in (["b", "a", "b"], [True, False, True], [-1, 1, -1], [2.5, 7.5, 2.5]):
        learnt = classic.Perceptron(1.0).fit(x, labels)
        np.testing.assert_array_equal(learnt.predict(x), labels)


REPORTS = {
    ("or", "en"): "Learnt: epoch 4 saw no mistake, after 5 updates.\nDecision: y = step(0.1·x1 + 0.1·x2 − 0.1)",
    ("or", "ko"): "학습 완료: 5번 갱신한 뒤 4번째 에포크에서 틀린 표본이 없었습니다.\n"
    "판정식: y = step(0.1·x1 + 0.1·x2 − 0.1)",
    ("xor", "en"): "Not learnt: 3 epochs tried. The weights after epoch 3 are those after\n"
    "epoch 2: the rule goes round for ever, so no line parts these classes.\n"
    "The weights that repeat, update by update:\n"
    "(−0.1, 0 | 0) → (−0.1, 0 | 0.1) → (−0.1, 0.1 | 0) → (0, 0.1 | −0.1) → (−0.1, 0 | 0)",
    ("xor", "ko"): "학습 실패: 3 에포크를 시도했습니다.\n"
    "3번째 에포크 뒤의 가중치가 2번째 에포크 뒤와 같습니다.\n"
    "규칙이 끝없이 제자리를 도니, 이 클래스들을 나누는 직선은 없습니다.\n"
    "되풀이되는 가중치(갱신할 때마다):\n"
    "(−0.1, 0 | 0) → (−0.1, 0 | 0.1) → (−0.1, 0.1 | 0) → (0, 0.1 | −0.1) → (−0.1, 0 | 0)",
}  # fmt: skip


@pytest.mark.parametrize(("name", "language"), REPORTS)
def test_the_report(name, language):
    learnt = classic.Perceptron().fit(*classic.truth_table(name))
    assert learnt.report(language) == REPORTS[name, language]
    assert max(map(letter_widths, learnt.report(language).splitlines()[:-1])) <= 80


def test_a_run_that_is_cut_short_does_not_claim_that_nothing_can_be_learnt():
    learnt = classic.Perceptron(max_epochs=2).fit(*classic.truth_table("and"))
    assert (learnt.converged_, learnt.cycle_) == (False, None)
    assert learnt.report() == (
        "Not learnt: 2 epochs tried, 3 mistakes in the last. Either no line\n"
        "parts the classes, or more epochs are needed (max_epochs)."
    )


def test_the_table_of_updates():
    history = classic.Perceptron().fit(*classic.truth_table("or")).history_
    assert str(history.table(most=2)) == (
        "epoch  sample  x       y  ŷ  y−ŷ  w before | θ  w after | θ\n"
        "    1       0  (0, 0)  0  1   −1  (0, 0 | 0)    (0, 0 | 0.1)\n"
        "    1       1  (0, 1)  1  0    1  (0, 0 | 0.1)  (0, 0.1 | 0)\n"
        "… and 3 more"
    )
    assert (len(history), len(history[1:3]), history[-1].epoch, repr(history)) == (5, 2, 3, "<5 updates>")
    with pytest.raises(IndexError):
        history[5]


def test_one_rate_is_a_table_of_one_row():
    x, y = classic.truth_table("and")
    assert str(classic.learning_rates(x, y, rates=0.1)) == str(classic.learning_rates(x, y, rates=[0.1]))


def test_the_rates_side_by_side():
    text = str(classic.learning_rates(*classic.truth_table("xor"), rates=(0.1, 1), start="zeros", language="ko"))
    assert text == (
        "  η  에포크  갱신 횟수  학습됨  갱신 후 w | θ\n"
        "0.1       3         10  아니요  (−0.1, 0 | 0)\n"
        "  1       3         10  아니요  (−1, 0 | 0)"
    )


X, Y = classic.truth_table("and")
FITTED = classic.Perceptron().fit(X, Y)


@pytest.mark.parametrize(
    ("act", "kind", "words"),
    [
        (lambda: classic.Perceptron(0.0).fit(X, Y), ArgumentError,
         "Perceptron(learning_rate): this number cannot be used.\n  expected: a number above 0\n  given:    0.0"),
        (lambda: classic.Perceptron(max_epochs=0).fit(X, Y), ArgumentError,
         "Perceptron(max_epochs): this number cannot be used.\n  expected: a whole number from 1\n  given:    0"),
        (lambda: classic.Perceptron(start="ones").fit(X, Y), ArgumentError,
         "Perceptron(start): there is no such start.\n  expected: 'zeros', 'random' or d + 1 numbers\n"
         "  given:    'ones'"),
        (lambda: classic.Perceptron(start=[1.0]).fit(X, Y), ShapeError,
         "Perceptron(start): a start has a weight for each input, and the threshold.\n"
         "  expected: (3,)\n  given:    (1,)"),
        (lambda: classic.Perceptron().fit(X, [1, 1, 1, 1]), DataError,
         "Perceptron.fit(y): a perceptron learns two classes.\n  expected: two labels\n  given:    1: 1"),
        (lambda: classic.Perceptron().fit(X, [0, 1, 2, 0]), DataError,
         "Perceptron.fit(y): a perceptron learns two classes.\n  expected: two labels\n  given:    3: 0, 1, 2"),
        (lambda: classic.Perceptron().fit(X, [0.0, np.nan, 0.0, np.nan]), DataError,
         "Perceptron.fit(y): a label is missing.\n  expected: a label for each sample\n  given:    nan at [1]"),
        (lambda: classic.Perceptron().fit(X, np.array(["a", 1, "a", None], object)), DTypeError,
         "Perceptron.fit(y): the labels are of kinds that have no common order.\n"
         "  expected: all of one kind, such as numbers or text\n  given:    NoneType and int and str"),
        (lambda: classic.Perceptron().fit(X, [0, 1]), ShapeError,
         "Perceptron.fit(y): there must be one label for each sample.\n  expected: (4,)\n  given:    (2,)"),
        (lambda: classic.Perceptron().fit([1.0, 2.0], [0, 1]), ShapeError,
         "Perceptron.fit(X): samples are rows of inputs.\n  expected: (n, d), each at least 1\n  given:    (2,)"),
        (lambda: classic.Perceptron().fit([[1.0], [np.nan]], [0, 1]), DataError,
         "Perceptron.fit(X): a number is not finite.\n  given:    nan at [1, 0]"),
        (lambda: classic.Perceptron().fit([["a"], ["b"]], [0, 1]), DTypeError,
         "Perceptron.fit(X): these are no numbers.\n  expected: real numbers\n  given:    <U1"),
        (lambda: classic.Perceptron().predict(X), NotBuiltError,
         "Perceptron.predict: nothing was learnt yet.\n  to fix:   call fit(X, y) first"),
        (lambda: classic.Perceptron().report(), NotBuiltError,
         "Perceptron.report: nothing was learnt yet.\n  to fix:   call fit(X, y) first"),
        (lambda: FITTED.predict([[1.0]]), ShapeError,
         "Perceptron.predict(X): the samples have another number of inputs than those that were learnt.\n"
         "  expected: (n, 2)\n  given:    (1, 1)"),
        (lambda: FITTED.report("fr"), UnknownNameError,
         "Perceptron.report(language): there is no language of this name.\n  given:    'fr'\n"
         "  to fix:   Known: en, ko"),
    ],
)  # fmt: skip
def test_what_is_refused(act, kind, words):
    with pytest.raises(kind) as caught:
        act()
    assert str(caught.value) == words


def test_the_neuron_that_was_learnt():
    neuron = FITTED.neuron_
    np.testing.assert_array_equal(neuron(X), Y)
    assert neuron.formula() == "y = step(0.2·x1 + 0.1·x2 − 0.3)"
