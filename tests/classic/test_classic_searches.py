"""Annealing, gradient descent and several starts: the rules step by step, the same bits by seed, what is refused."""

import math

import numpy as np
import pytest

import onionskin
from onionskin import classic, ops
from onionskin.base.errors import ArgumentError, DTypeError, GraphError, NotBuiltError, NumericError, ShapeError
from onionskin.classic.starts import Starts

X, Y = classic.truth_table("xor")


def waves(x):
    """A curve with minima near -2.6, -0.5, 1.6 … of which that at -0.518 is the lowest."""
    return 0.05 * x * x + ops.sin(3.0 * x)


def lowest_of_waves():
    grid = np.linspace(-10, 10, 2_000_001)
    values = 0.05 * grid**2 + np.sin(3 * grid)
    return grid[values.argmin()], values.min()


@pytest.fixture(scope="module")
def search():
    return classic.anneal(waves, 6.0, steps=4000, temperature=2.0, seed=1)


def test_each_proposal_follows_the_rule(search):
    """Losses, probabilities and what was accepted, from the recorded points alone."""
    np.testing.assert_allclose(search.losses, 0.05 * search.proposals**2 + np.sin(3 * search.proposals), rtol=1e-12)
    np.testing.assert_allclose(search.current, 0.05 * search.positions**2 + np.sin(3 * search.positions), rtol=1e-12)
    np.testing.assert_allclose(search.temperature, [2.0 * 0.998**k for k in range(4000)], rtol=1e-12)
    for k in range(4000):
        change = search.losses[k] - search.current[k]
        assert search.worse[k] == (change > 0)
        expected = 1.0 if change <= 0 else math.exp(-change / search.temperature[k])
        assert search.probability[k] == pytest.approx(expected, rel=1e-12)
        went = search.proposals[k] if search.accepted[k] else search.positions[k]
        assert search.positions[k + 1] == went
    assert search.accepted[~search.worse].all()
    assert search.best_loss == search.current.min() == search.current[search.best_step]
    assert search.best == search.positions[search.best_step]


def test_worse_steps_are_accepted_about_as_often_as_their_probability_says(search):
    chances = search.probability[search.worse]
    expected, spread = chances.sum(), math.sqrt((chances * (1 - chances)).sum())
    assert abs(len(search.accepted_worse) - expected) < 4 * spread, (len(search.accepted_worse), expected, spread)
    early, late = (((search.accepted_worse > a) & (search.accepted_worse <= a + 1000)).sum() for a in (0, 3000))
    assert early > 2 * late
    np.testing.assert_array_equal(
        search.accepted_worse, [k + 1 for k in range(4000) if search.worse[k] and search.accepted[k]]
    )


def test_it_finds_the_lowest_minimum_where_descent_stays_in_the_next(search):
    place, value = lowest_of_waves()
    assert search.best == pytest.approx(place, abs=0.02)
    assert search.best_loss == pytest.approx(value, abs=1e-3)
    descent = classic.descend(waves, 6.0)
    assert descent.last_value > value + 1.0
    derivative = 0.1 * descent.last + 3 * math.cos(3 * descent.last)
    assert abs(derivative) < 1e-6


def test_the_same_seed_gives_the_same_bits(search):
    again = classic.anneal(waves, 6.0, steps=4000, temperature=2.0, seed=1)
    for name in ("losses", "current", "accepted", "worse", "probability", "proposals", "positions"):
        np.testing.assert_array_equal(getattr(again, name), getattr(search, name))
    other = classic.anneal(waves, 6.0, steps=4000, temperature=2.0, seed=2)
    assert (other.proposals != search.proposals).any()


def test_steps_are_normally_distributed(search):
    steps = (search.proposals - search.positions[:-1]) / 0.5
    assert abs(steps.mean()) < 4 / math.sqrt(4000)
    assert abs(steps.std() - 1) < 4 / math.sqrt(8000)


def test_functions_that_cannot_be_recorded_are_called_as_they_are():
    plain = classic.anneal(lambda x: 0.05 * x * x + math.sin(3.0 * x), 6.0, steps=500, seed=1)
    recorded = classic.anneal(waves, 6.0, steps=500, seed=1)
    assert (plain.compiled, recorded.compiled) == (False, True)
    np.testing.assert_allclose(plain.losses, recorded.losses, rtol=1e-12, atol=1e-14)

    def kinked(x):
        return -x if x < 0 else 2 * x

    found = classic.anneal(kinked, 3.0, steps=2000, seed=1)
    assert not found.compiled
    assert abs(found.best) < 0.01


def test_functions_of_several_numbers():
    found = classic.anneal(lambda v: ops.sum(ops.square(v - np.array([1.0, -2.0]))), [5.0, 5.0], seed=3)
    assert found.compiled
    assert np.asarray(found.positions).shape == (5001, 2)
    np.testing.assert_allclose(found.best, [1.0, -2.0], atol=0.1)


def test_a_loss_that_is_no_number_is_never_accepted():
    found = classic.anneal(lambda x: ops.log(x) + 1.0 / x, 1.5, steps=500, temperature=5.0, seed=0)
    wild = ~np.isfinite(found.losses)
    assert wild.any()
    assert not found.accepted[wild].any()
    assert np.isfinite(found.current).all()


def test_a_network_gets_the_best_weights_and_keeps_its_own_until_then():
    network = classic.FeedForward(seed=3)
    start = network.error(X, Y)
    found = classic.anneal(network, X, Y, steps=5000, temperature=0.05, cooling=0.999, seed=3)
    assert found.current[0] == pytest.approx(start, rel=1e-12)
    assert network.error(X, Y) == pytest.approx(found.best_loss, rel=1e-9, abs=1e-14)
    assert found.best.shape == (9,)
    np.testing.assert_allclose(np.concatenate([one.ravel() for one in network.get_weights()]), found.best)
    np.testing.assert_array_equal(network.predict(X).round().ravel(), Y)
    assert found.accepted_worse.size > 100
    assert (found.proposals, found.positions) == (None, None)


def test_any_compiled_model_can_be_annealed():
    onionskin.utils.set_random_seed(0)
    model = onionskin.Sequential([onionskin.Input((2,)), onionskin.layers.Dense(3, "tanh"), onionskin.layers.Dense(1)])
    model.compile(loss="mse")
    before = model.evaluate(X, Y, verbose=0)
    found = classic.anneal(model, X, Y, steps=4000, temperature=0.01, seed=1, step_size=0.1)
    assert found.current[0] == pytest.approx(before, rel=1e-5)
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(found.best_loss, rel=1e-4, abs=1e-6)
    assert found.best_loss < 0.05 < before


def test_it_makes_thousands_of_evaluations_a_second():
    import time

    network = classic.FeedForward(seed=1)
    classic.anneal(network, X, Y, steps=10, seed=1)
    began = time.perf_counter()
    classic.anneal(network, X, Y, steps=10_000, seed=1)
    assert 10_000 / (time.perf_counter() - began) > 3000


def test_reports_and_tables(search):
    worse, better = search.accepted_worse.size, int((search.accepted & ~search.worse).sum())
    assert search.report() == (
        f"4,000 proposals: {better} better or equal, {worse} worse ones accepted, "
        f"{4000 - worse - better:,} refused.\n"
        f"Best loss −0.9864, found at proposal {search.best_step:,}; loss at the start 1.049."
    )
    assert f"나쁘지만 수용 {worse}개" in search.report("ko")
    lines = str(search.table(most=3)).splitlines()
    assert len(lines) == 4
    assert lines[0].split() == ["proposal", "loss", "Δ", "T", "exp(−Δ/T)", "accepted"]
    first = search.accepted_worse[0]
    assert str(search.table("en", 1, start=int(first))).endswith("yes, though worse")


# --- gradient descent ---


def test_descent_is_the_plain_loop():
    found = classic.descend(waves, 2.0, steps=50, learning_rate=0.05)
    x = 2.0
    for k in range(50):
        assert found.positions[k] == pytest.approx(x, rel=1e-10)
        assert found.values[k] == pytest.approx(0.05 * x * x + math.sin(3 * x), rel=1e-10)
        x -= 0.05 * (0.1 * x + 3 * math.cos(3 * x))
    assert found.last == pytest.approx(x, rel=1e-10)


def test_noise_is_added_to_the_slope():
    found = classic.descend(waves, 1.0, steps=4000, learning_rate=0.01, noise=0.5, seed=1)
    x = found.positions[:-1]
    errors = (x - found.positions[1:]) / 0.01 - (0.1 * x + 3 * np.cos(3 * x))
    assert abs(errors.mean()) < 4 * 0.5 / math.sqrt(4000)
    assert abs(errors.std() - 0.5) < 4 * 0.5 / math.sqrt(8000)


def test_noise_can_carry_descent_over_a_ridge():
    _, lowest = lowest_of_waves()
    runs = [classic.descend(waves, 3.6, steps=2000, learning_rate=0.05, noise=8.0, seed=seed) for seed in range(5)]
    assert min(run.values.min() for run in runs) < lowest + 0.05
    assert classic.descend(waves, 3.6, steps=2000, learning_rate=0.05).last_value > lowest + 0.5
    again = classic.descend(waves, 3.6, steps=2000, learning_rate=0.05, noise=8.0, seed=0)
    np.testing.assert_array_equal(again.positions, runs[0].positions)


# --- several starts ---


def test_several_starts_of_a_function():
    points = [-6.0, -4.0, -0.7, 4.0, 6.0]
    found = classic.multi_start(waves, points, epochs=300)
    place, value = lowest_of_waves()
    assert (found.best, found.model) == (2, None)
    assert np.asarray(found.ends)[2] == pytest.approx(place, abs=1e-5)
    assert found.losses[2] == pytest.approx(value, abs=1e-9)
    np.testing.assert_array_equal(found.stuck, [True, True, False, True, True])
    np.testing.assert_allclose(found.gradients, 0.0, atol=1e-6)


@pytest.fixture(scope="module")
def trained():
    return classic.multi_start(
        lambda seed: classic.FeedForward(seed=seed), X, Y, starts=12, epochs=5000, learning_rate=1.0
    )


def test_several_starts_of_a_network_are_trainings_of_their_own(trained):
    for place in (0, 2):
        network = classic.FeedForward(seed=place)
        errors = classic.BackPropagation(network, 1.0, "accumulated").fit(X, Y, 5000).errors_
        np.testing.assert_array_equal(trained.curves[place], errors)
        assert trained.losses[place] == pytest.approx(network.error(X, Y), rel=1e-12)
        gradient = network.backward(X, Y).gradients
        size = math.sqrt(sum(float((one**2).sum()) for one in gradient))
        assert trained.gradients[place] == pytest.approx(size, rel=1e-9)
    assert trained.best == trained.losses.argmin()
    assert trained.model.error(X, Y) == pytest.approx(trained.losses[trained.best], rel=1e-12)


def test_those_that_are_stuck_have_learnt_only_part_of_the_table(trained):
    assert 0 < trained.stuck.sum() < 12
    for seed in np.flatnonzero(trained.stuck):
        network = classic.FeedForward(seed=int(seed))
        classic.BackPropagation(network, 1.0, "accumulated").fit(X, Y, 5000)
        outputs = network.predict(X).ravel()
        assert np.isclose(outputs, 0.5, atol=0.05).sum() >= 2, outputs
    good = trained.losses[~trained.stuck]
    assert good.max() < 0.01
    assert trained.losses[trained.stuck].min() > 0.2


def test_the_table_of_starts():
    found = Starts([7, 8, 9, 10], np.array([[1.0] * 20, [1.0] + [0.5] * 19, [1.0] * 19 + [0.4], [1.0] + [0.05] * 19]),
                   np.array([0.01, 0.5, 0.4, 0.05]), np.array([1e-3, 1e-4, 0.5, 2e-3]), 0, "model", None)  # fmt: skip
    assert str(found) == (
        "seed  loss at first  loss at last  gradient  verdict\n"
        "   7              1          0.01   1.0e−03  best\n"
        "   8              1           0.5   1.0e−04  stuck in a local minimum\n"
        "   9              1           0.4   5.0e−01  still falling\n"
        "  10              1          0.05   2.0e−03  good"
    )
    assert "지역 최솟값에 갇힘" in str(found.table("ko"))


def test_several_starts_of_compiled_models():
    def make(seed):
        start = onionskin.initializers.RandomNormal(seed=seed)
        model = onionskin.Sequential([onionskin.Input((2,)), onionskin.layers.Dense(1, kernel_initializer=start)])
        model.compile(onionskin.optimizers.SGD(0.1), loss="mse")
        return model

    found = classic.multi_start(make, X, Y, starts=3, epochs=100)
    np.testing.assert_allclose(found.losses, 0.25, atol=1e-3)  # the best that a line can do
    assert found.curves.shape == (3, 100)
    assert found.model.evaluate(X, Y, verbose=0) == pytest.approx(found.losses.min(), rel=1e-5)


UNCOMPILED = onionskin.Sequential([onionskin.Input((2,)), onionskin.layers.Dense(1)])


@pytest.mark.parametrize(
    ("act", "kind", "words"),
    [
        (lambda: classic.anneal(waves, 1.0, cooling=1.1), ArgumentError,
         "anneal(cooling): the temperature must not rise.\n  expected: a number above 0, at most 1\n  given:    1.1"),
        (lambda: classic.anneal(waves, 1.0, temperature=0), ArgumentError,
         "anneal(temperature): this number cannot be used.\n  expected: a number above 0\n  given:    0"),
        (lambda: classic.anneal(waves, 1.0, steps=1.5), ArgumentError,
         "anneal(steps): this number cannot be used.\n  expected: a whole number from 1\n  given:    1.5"),
        (lambda: classic.anneal(waves, 1.0, [1.0]), ArgumentError,
         "anneal(y): a function of numbers has no targets.\n  expected: None\n  given:    an object of type list\n"
         "  to fix:   pass the start as x, or pass a model"),
        (lambda: classic.anneal("waves", 1.0), DTypeError,
         "anneal: this can be neither called nor trained.\n  expected: a model, or a function of numbers\n"
         "  given:    an object of type str"),
        (lambda: classic.anneal(waves, [[1.0]]), ShapeError,
         "anneal(x): a function starts at a number or at a list of numbers.\n"
         "  expected: () or (d,)\n  given:    (1, 1)"),
        (lambda: classic.anneal(waves, [1.0, 2.0]), ShapeError,
         "anneal: the function must return a single number.\n  expected: ()\n  given:    (2,)"),
        (lambda: classic.anneal(lambda x: "1.5", 1.0), DTypeError,
         "anneal: the function must return a number.\n  given:    an object of type str\n"
         "  to fix:   pass y as well where it makes a model"),
        (lambda: classic.anneal(lambda x: x * 1j, 1.0), DTypeError,
         "anneal: the function must return a number.\n  given:    an object of type complex128\n"
         "  to fix:   pass y as well where it makes a model"),
        (lambda: classic.anneal(waves, 1.0, steps=3, seed=0).table(start=0), ArgumentError,
         "Annealing.table(start): this number cannot be used.\n  expected: a whole number from 1\n  given:    0"),
        (lambda: classic.multi_start(lambda x: x * x, [1.0], epochs=2000, learning_rate=5.0), NumericError,
         "descend: the path left the numbers.\n  given:    -inf after step 323\n"
         "  to fix:   take a smaller learning_rate"),
        (lambda: classic.anneal(lambda x: x * np.inf, 1.0), NumericError,
         "anneal: the value at the start is not finite.\n  given:    inf"),
        (lambda: classic.anneal(classic.FeedForward(), X), ArgumentError,
         "anneal(y): a model needs targets.\n  given:    None"),
        (lambda: classic.anneal(UNCOMPILED, X, Y), NotBuiltError,
         "anneal: the model has no loss.\n  to fix:   call model.compile(loss=…) first"),
        (lambda: classic.descend(lambda x: math.sin(x), 1.0), GraphError,
         "descend: the gradient of this function cannot be found.\n"
         "  given:    GraphError: float() of a tensor that has no numbers yet cannot be taken.\n"
         "  to fix:   write it with operators and onionskin.ops"),
        (lambda: classic.descend(lambda x: x * x * x, 5.0, learning_rate=1.0), NumericError,
         "descend: the path left the numbers.\n  given:    -inf after step 9\n"
         "  to fix:   take a smaller learning_rate"),
        (lambda: classic.multi_start(3, X, Y), DTypeError,
         "multi_start(make_model): make_model must be a function.\n"
         "  expected: a function of a seed that returns a model, or a function of numbers\n"
         "  given:    an object of type int"),
        (lambda: classic.multi_start(lambda seed: seed, X, Y), DTypeError,
         "multi_start(make_model): make_model must return a model.\n  expected: a FeedForward or a compiled Model\n"
         "  given:    an object of type int"),
        (lambda: classic.multi_start(lambda seed: UNCOMPILED, X, Y, learning_rate=0.1), ArgumentError,
         "multi_start(learning_rate): a compiled model has its own learning rate.\n  expected: None\n  given:    0.1"),
        (lambda: classic.multi_start(lambda seed: UNCOMPILED, [1.0]), DTypeError,
         "descend: the function must return a number.\n  given:    an object of type Sequential\n"
         "  to fix:   pass y as well where it makes a model"),
        (lambda: classic.multi_start(waves, [1.0], seed=0.5), ArgumentError,
         "multi_start(seed): a seed is a whole number.\n  given:    0.5"),
        (lambda: classic.anneal(classic.FeedForward(), [[1.0]], [0.0]), ShapeError,
         "anneal(X): the samples have another number of inputs than the network.\n"
         "  expected: (n, 2)\n  given:    (1, 1)"),
        (lambda: classic.multi_start(waves, 1.0), ArgumentError,
         "multi_start(x): a function starts at several points.\n  expected: (starts,) or (starts, d)\n  given:    ()"),
    ],
)  # fmt: skip
def test_what_is_refused(act, kind, words):
    with pytest.raises(kind) as caught:
        act()
    assert str(caught.value) == words


def test_a_model_whose_loss_is_not_finite_or_that_has_no_weights():
    network = classic.FeedForward((1, 1), "linear")
    network.set_weights([[[1e200]], [0.0]])
    with np.errstate(over="ignore"), pytest.raises(NumericError) as caught:
        classic.anneal(network, [[1.0]], [0.0])
    assert str(caught.value) == "anneal: the loss at the start is not finite.\n  given:    inf"
    empty = onionskin.Sequential([onionskin.Input((1,)), onionskin.layers.Activation("tanh")])
    empty.compile(loss="mse")
    with pytest.raises(ArgumentError) as refused:
        classic.anneal(empty, [[1.0]], [[0.0]])
    assert str(refused.value) == "anneal: the model has no weight to train."
