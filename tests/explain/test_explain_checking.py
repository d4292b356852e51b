"""Gradient checks: what is right passes, planted faults are found and named, kinks are told from faults."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import onionskin
from onionskin import layers, losses, ops
from onionskin.base import config
from onionskin.base.errors import ArgumentError, DTypeError, NotBuiltError, ShapeError, UnknownNameError
from onionskin.engines import lookup
from onionskin.engines.reference import ReferenceEngine
from onionskin.explain import gradient_check
from onionskin.graph import Graph
from onionskin.prims import define_primitive
from onionskin.state import Variable

RNG = np.random.default_rng(0)
X = RNG.normal(size=(6, 4)).astype("float32")
LABELS = RNG.integers(0, 3, 6)


def small_model(*parts, loss="sparse_categorical_crossentropy"):
    model = onionskin.Sequential([layers.Dense(5, "tanh"), *parts, layers.Dense(3, "softmax")])
    model.compile("sgd", loss)
    return model


# --- what is right ---


def test_samples_have_the_weights_of_training():
    model = onionskin.Sequential([onionskin.Input((2,)), layers.Dense(1, name="out")])
    model.compile("sgd", "mse")
    x, y, weights = np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[0.5], [2.0]]), np.array([1.0, 3.0])
    result = model.gradient_check(x, y, sample_weight=weights)
    assert result.passed, str(result)
    error = 2 * (x @ model.layers[0].kernel.numpy() - y) * weights[:, None] / 2
    row = result.rows[0]
    np.testing.assert_allclose(row.numeric, (x.T @ error)[row.worst], rtol=1e-5)
    with pytest.raises(ArgumentError) as refused:
        gradient_check(lambda x: ops.sum(x), x, sample_weight=weights)
    assert str(refused.value) == (
        "gradient_check, sample_weight: weights of samples are part of a compiled loss.\n"
        "  to fix:   compile the model with its loss and pass y"
    )


def test_a_function_is_checked_by_each_of_its_arguments():
    w, x = np.array([0.5, -1.0, 2.0]), np.array([1.0, 2.0, 3.0])
    result = gradient_check(lambda w, x: ops.sum(ops.tanh(w * x)), w, x)
    assert result
    assert [(row.name, row.checked, row.verdict) for row in result.rows] == [("w", 3, "ok"), ("x", 3, "ok")]
    row = result.rows[0]
    exact = x * (1 - np.tanh(w * x) ** 2)
    np.testing.assert_allclose([row.analytic, row.numeric], exact[row.worst], rtol=1e-6)
    assert row.error < 1e-6
    assert row.own_error is None


def test_a_float32_model_is_checked_in_float64_and_in_its_own_dtype():
    model = small_model(layers.BatchNormalization(), layers.Dropout(0.5, seed=3))
    result = gradient_check(model, X, LABELS)
    assert result.passed, str(result)
    assert [row.name.rpartition("/")[2] for row in result.rows] == [
        "kernel", "bias", "gamma", "beta", "kernel", "bias", "inputs",
    ]  # fmt: skip
    assert max(row.error for row in result.rows) < 1e-6
    assert 0 < max(row.own_error for row in result.rows) < 1e-5
    assert result.dtypes == ("float32",)


def test_a_model_checks_itself_in_the_same_words():
    model = small_model()
    asked = model.gradient_check(X, LABELS, samples=5, language="ko")
    assert str(asked) == str(gradient_check(model, X, LABELS, samples=5, language="ko"))
    bare = onionskin.Sequential([onionskin.Input((X.shape[1],)), layers.Dense(2, "tanh")])
    assert bare.gradient_check(X, weights="random").passed


def test_nothing_is_changed_by_a_check():
    model = small_model(layers.BatchNormalization(), layers.Dropout(0.5, seed=3))
    model.fit(X, LABELS, epochs=1, verbose=0)
    kept = [variable.numpy() for variable in [*model.variables, *[v for m in model.metrics for v in m.variables]]]
    seeds = [layer.seed_generator.state.numpy() for layer in model.layers if isinstance(layer, layers.Dropout)]
    gradient_check(model, X, LABELS)
    after = [variable.numpy() for variable in [*model.variables, *[v for m in model.metrics for v in m.variables]]]
    for one, other in zip(kept, after, strict=True):
        np.testing.assert_array_equal(one, other)
    assert [layer.seed_generator.state.numpy().tolist() for layer in model.layers if hasattr(layer, "seed_generator")
            ] == [seed.tolist() for seed in seeds]  # fmt: skip


def test_regularizers_are_part_of_the_loss_that_is_checked():
    model = small_model(layers.Dense(4, kernel_regularizer=onionskin.regularizers.L2(0.3)))
    plain = gradient_check(model, X, LABELS, loss="sparse_categorical_crossentropy")
    whole = gradient_check(model, X, LABELS)
    assert plain.passed
    assert whole.passed
    kernel = next(row for row in whole.rows if row.shape == (5, 4))
    alone = next(row for row in plain.rows if row.shape == (5, 4))
    weights = next(v for v in model.trainable_variables if v.shape == (5, 4)).numpy()
    assert kernel.analytic != alone.analytic
    reference = onionskin.value_and_grad(
        lambda: ops.mean(losses.sparse_categorical_crossentropy(LABELS, model(X))), variables=model.trainable_variables
    )()[1]
    place = [v.shape for v in model.trainable_variables].index((5, 4))
    expected = np.asarray(reference[place]) + 0.6 * weights
    np.testing.assert_allclose(kernel.analytic, expected[kernel.worst], rtol=1e-4)


def test_layers_and_losses_are_checked_as_they_are():
    result = gradient_check(layers.Dense(3, "relu"), X)
    assert result.passed, str(result)
    assert result.shape == (6, 3)
    assert "summed with random weights" in str(result)
    predictions = RNG.dirichlet([1, 1, 1], 6)
    for loss, target in ((losses.CategoricalCrossentropy(), np.eye(3)[LABELS]), (losses.Huber(), predictions + 0.3),
                         (losses.SparseCategoricalCrossentropy(), LABELS), (losses.KLDivergence(), predictions[::-1]),
                         (losses.CosineSimilarity(), predictions[::-1])):  # fmt: skip
        result = gradient_check(loss, target, predictions)
        assert result.passed, str(result)
        assert [row.name for row in result.rows] == ["y_pred"]
    result = gradient_check(layers.Dense(2), X, y=np.ones((6, 2)), loss="mse")
    assert result.passed, str(result)


def test_random_layers_draw_the_same_numbers_in_each_evaluation():
    result = gradient_check(layers.Dropout(0.4, seed=1), np.ones((3, 5)), training=True)
    assert result.passed, str(result)
    noisy = gradient_check(layers.GaussianNoise(0.3, seed=1), np.ones((3, 5)), training=True)
    assert noisy.passed, str(noisy)


@settings(deadline=None, max_examples=12, derandomize=True, database=None)
@given(
    st.lists(st.sampled_from(["relu", "tanh", "sigmoid", "softplus", "gelu", "elu", "linear"]), min_size=1, max_size=3),
    st.sampled_from(["mse", "mae", "huber", "log_cosh"]),
    st.sampled_from([None, "norm", "drop"]),
    st.integers(0, 2**31),
)
def test_random_architectures_pass(activations, loss, extra, seed):
    onionskin.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    parts = [layers.Dense(int(rng.integers(1, 5)), one) for one in activations]
    if extra:
        parts.append(layers.LayerNormalization() if extra == "norm" else layers.Dropout(0.3, seed=1))
    model = onionskin.Sequential([*parts, layers.Dense(2)])
    model.compile("sgd", loss)
    result = gradient_check(model, rng.normal(size=(4, 3)), rng.normal(size=(4, 2)), samples=12)
    assert result.passed, str(result)


def test_large_parameters_are_sampled_and_small_ones_checked_whole():
    w = RNG.normal(size=(50, 40))
    result = gradient_check(lambda w, b: ops.sum(ops.sin(w) * b), w, np.ones(40), samples=20, seed=4)
    assert [row.checked for row in result.rows] == [20, 20]
    assert gradient_check(lambda b: ops.sum(b * b), np.ones(40), samples=40).rows[0].checked == 40
    again = gradient_check(lambda w, b: ops.sum(ops.sin(w) * b), w, np.ones(40), samples=20, seed=4)
    assert result.rows == again.rows


def test_a_size_between_once_and_twice_the_sample_is_sampled_too():
    w = RNG.normal(size=72)
    assert gradient_check(lambda w: ops.sum(ops.sin(w)), w).rows[0].checked == 64


def test_a_gradient_that_is_zero_but_for_rounding_is_not_imprecise():
    x = np.random.default_rng(0).normal(size=(2, 3)).astype("float32")
    result = gradient_check(lambda x: ops.sum(x / ops.norm(x, axis=-1, keepdims=True) * x / ops.norm(x)), x)
    assert result.passed, str(result)
    # the weights are of another stream than data drawn by the same seed, which they would be orthogonal to
    row = gradient_check(layers.UnitNormalization(), x).rows[0]
    assert (row.verdict, abs(row.analytic) > 1e-3) == ("ok", True)


def test_lists_of_numbers_are_arrays():
    assert gradient_check(losses.MeanSquaredError(), [[0.0, 1.0]], [[0.2, 0.8]]).rows[0].shape == (1, 2)
    assert gradient_check(lambda x, axis: ops.sum(ops.sum(x * x, axis=axis)), [[0.2, 0.8]], (0, 1)).passed
    model = small_model()
    assert gradient_check(model, X, LABELS.tolist()).passed


def test_models_of_several_outputs_are_checked_by_their_own_losses():
    inputs = onionskin.Input((4,))
    hidden = layers.Dense(2, "tanh")(inputs)
    model = onionskin.Model(inputs, [layers.Dense(1)(hidden), layers.Dense(2)(hidden)])
    model.compile("sgd", ["mse", "huber"], loss_weights=[1.0, 0.5])
    targets = [np.ones((6, 1)), np.zeros((6, 2))]
    result = gradient_check(model, X, targets)
    assert result.passed, str(result)
    with pytest.raises(ArgumentError) as error:
        gradient_check(model, X, targets, loss="mse")
    assert str(error.value) == (
        "gradient_check: one loss is given, and there are several outputs.\n  given:    2\n"
        "  to fix:   compile the model with a loss for each"
    )


@pytest.mark.parametrize("name", ["LayerNormalization", "GroupNormalization", "BatchNormalization", "PReLU", "ELU",
                                  "RMSNormalization", "SpatialDropout1D", "GaussianDropout", "Softmax"])  # fmt: skip
def test_layers_of_the_library_pass(name):
    more = {"GroupNormalization": {"groups": 3}, "SpatialDropout1D": {"rate": 0.5, "seed": 1},
            "GaussianDropout": {"rate": 0.5, "seed": 1}}.get(name, {})  # fmt: skip
    x = RNG.normal(size=(4, 5, 3)).astype("float32")
    result = gradient_check(getattr(layers, name)(**more), x, training=True)
    assert result.passed, str(result)


def test_second_derivatives_and_compiled_functions_are_checked_like_any_other():
    cubes = onionskin.grad(lambda x: ops.sum(ops.tanh(x) ** 3))
    assert gradient_check(cubes, np.array([0.3, 0.4]), weights="random").passed
    assert gradient_check(onionskin.jit(lambda x: ops.sum(ops.tanh(x))), np.array([0.3, 0.4])).passed


def test_half_of_a_sample_has_a_gradient_where_few_elements_do():
    cube = define_primitive("cube_wrong", lambda x: x**3, lambda g, y, x: g * 3.3 * x**2)
    w = np.ones(5000)
    result = gradient_check(lambda w: ops.sum(cube(w[:3])), w, samples=8)
    assert result.rows[0].verdict == "wrong"


# --- planted faults ---


def test_a_wrong_derivative_is_found_and_named():
    wrong = define_primitive("wrong_cube", lambda x: x**3, lambda g, y, x: g * 6 * x**2)
    result = gradient_check(lambda w, b: ops.sum(wrong(w) * b + b), np.array([1.0, 2.0]), np.array([2.0, 0.5]))
    assert not result
    assert [row.verdict for row in result.rows] == ["wrong", "ok"]
    assert [one.name for one in result.suspects] == ["wrong_cube"]
    assert result.suspects[0].analytic == pytest.approx(2 * result.suspects[0].numeric, rel=1e-6)
    row = result.rows[0]
    assert (row.analytic, row.numeric) == pytest.approx((12.0, 6.0), rel=1e-6)
    assert row.error == pytest.approx(0.5, rel=1e-6)


def test_a_derivative_that_is_wrong_by_one_part_in_a_thousand_is_found():
    wrong = define_primitive("a_little_wrong", np.sin, lambda g, y, x: g * np.cos(x) * 1.001)
    result = gradient_check(lambda x: ops.sum(wrong(x)), np.array([0.3, 1.2]))
    assert result.rows[0].verdict == "wrong"
    assert result.rows[0].error == pytest.approx(1e-3, rel=0.01)


def test_a_wrong_activation_of_a_model_is_named():
    planted = define_primitive("planted_tanh", np.tanh, lambda g, y, x: g * (1 - y), graph_backward=True)
    model = onionskin.Sequential([layers.Dense(3, planted), layers.Dense(1)])
    model.compile("sgd", "mse")
    result = gradient_check(model, X, np.ones((6, 1)))
    assert not result.passed
    assert [one.name for one in result.suspects] == ["planted_tanh"]
    assert [row.verdict for row in result.rows] == ["wrong", "wrong", "ok", "ok", "wrong"]  # what lies before it


class _BrokenEngine(ReferenceEngine):
    """An engine whose exponentials are right and whose products are not, where a gradient is computed."""

    name = "broken"

    def compile(self, graph: Graph, state: int = 0):
        program = super().compile(graph, state)
        return (lambda *arrays: tuple(1.5 * one for one in program(*arrays))) if "gradient" in graph.name else program


def test_a_wrong_engine_is_told_from_a_wrong_derivative(monkeypatch):
    monkeypatch.setitem(lookup._ENGINES, "broken", _BrokenEngine())
    config.set_engine("broken")
    result = gradient_check(lambda x: ops.sum(ops.exp(x)), np.array([0.3]))
    assert not result.passed
    assert result.suspects == ()
    assert result.engine_at_fault
    assert "The reference engine's gradient is right: what is wrong is the broken engine." in str(result)


def test_a_gradient_that_single_precision_spoils_is_imprecise():
    small = Variable(np.array([1e-3, 2e-3], "float32"), name="w")
    result = gradient_check(lambda: ops.sum(small - ops.sin(small)), variables=[small])  # 1 - cos(w) loses its digits
    assert result.rows[0].verdict == "imprecise"
    assert not result
    assert result.rows[0].error < 1e-6


def test_infinite_gradients_are_not_finite():
    result = gradient_check(lambda x: ops.sum(ops.sqrt(x)), np.array([0.0]))
    assert result.rows[0].verdict == "not finite"
    assert not result


# --- kinks, and what is not differentiated ---


def test_kinks_are_recognised_at_and_beside_the_point():
    result = gradient_check(lambda x: ops.sum(ops.relu(x)), np.array([0.0, 1.0, 2e-6, -3e-6]))
    assert result.passed, str(result)
    assert result.rows[0].kinks == 3
    assert "3 elements lie at a kink" in str(result)
    assert gradient_check(lambda x: ops.relu(x), np.float64(0.0)).rows[0].verdict == "kink"
    assert gradient_check(lambda x: ops.max(x) + ops.abs(x[2]), np.array([1.0, 1.0, 0.0])).rows[0].verdict == "ok"
    assert gradient_check(lambda x: ops.floor(x), np.float64(2.0)).rows[0].verdict == "kink"


def test_kinks_too_dense_to_step_between_are_no_faults():
    onionskin.utils.set_random_seed(4)
    hidden = [layers.Dense(8, "relu") for _ in range(30)]  # whose values shrink below the step, near the kink of each
    model = onionskin.Sequential([onionskin.Input((3,)), *hidden, layers.Dense(2)])
    model.compile("sgd", "mse")
    result = model.gradient_check(np.random.default_rng(4).normal(size=(4, 3)), np.ones((4, 2)))
    assert result.passed, str(result)
    assert sum(row.kinks for row in result.rows) > 0
    assert result.rows[-2].verdict == "ok", str(result)  # the bias behind them all


def test_a_fault_beside_kinks_is_still_a_fault():
    leaky = define_primitive(
        "leaky_wrong", lambda x: np.maximum(x, 0.1 * x), lambda g, y, x: g * np.where(x > 0, 1, 0.2)
    )
    result = gradient_check(lambda x: ops.sum(leaky(x)), np.array([0.0, 1.0, -1.0]))
    assert (result.rows[0].verdict, result.rows[0].kinks, result.rows[0].worst) == ("wrong", 1, (2,))
    for error in (0.05, 1e-3):  # within what the one-sided differences of the first step, and of the finest, enclose
        bent = define_primitive("bent", lambda x: 1e4 * x**2, lambda g, y, x, error=error: g * (2e4 * x + error))
        assert gradient_check(lambda x, bent=bent: bent(x), np.float64(0.0)).rows[0].verdict == "wrong"


def test_a_gradient_outside_of_both_sides_of_a_kink_is_wrong():
    steep = define_primitive("steep", np.abs, lambda g, y, x: g * 3.0)
    assert gradient_check(lambda x: steep(x), np.float64(0.0)).rows[0].verdict == "wrong"


def test_a_narrow_curve_is_no_fault():
    result = gradient_check(lambda x: ops.sum(ops.sin(3000.0 * x)), np.array([0.1, 0.2]), epsilon=1e-5)
    assert result.passed, str(result)


def test_what_stop_gradient_keeps_out_does_not_move():
    result = gradient_check(lambda x: ops.sum(ops.stop_gradient(x) * x), np.array([2.0, 3.0]))
    assert result.passed, str(result)
    assert result.rows[0].analytic in (2.0, 3.0)


def test_a_weight_that_is_not_used_is_said():
    used, idle = Variable([1.0], name="used"), Variable([1.0], name="idle")
    result = gradient_check(lambda: ops.sum(used * used), variables=[used, idle])
    assert [(row.name, row.verdict) for row in result.rows] == [("used", "ok"), ("idle", "not used")]
    assert result.passed


# --- the arguments ---


def test_inputs_may_be_nested_and_chosen():
    def f(pair, scale, axis):
        return ops.sum(ops.sum(pair["a"] * pair["b"], axis=axis) * scale)

    pair = {"a": RNG.normal(size=(2, 3)), "b": RNG.normal(size=(2, 3))}
    names = lambda result: [row.name for row in result.rows]  # noqa: E731 - one line beside its uses
    assert names(gradient_check(f, pair, 2.0, axis=1)) == ["pair[0]", "pair[1]", "scale"]
    assert names(gradient_check(f, pair, 2.0, 1, argnums=1)) == ["scale"]
    assert names(gradient_check(lambda i, x: ops.sum(ops.take(x, i)), np.array([0, 2]), np.ones(3))) == ["x"]


def test_weights_sum_a_result_of_several_numbers():
    result = gradient_check(lambda x: x * x, np.array([1.0, 2.0]), weights=np.array([3.0, 5.0]), samples=2)
    assert result.rows[0].worst in ((0,), (1,))
    assert result.rows[0].analytic in (6.0, 20.0)
    assert gradient_check(lambda x: ops.sin(x), np.ones((2, 2)), weights="random").passed


def said(error, call):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def test_what_is_refused_says_why():
    vector = np.ones(2)
    for options, words in (
        ({"epsilon": "small"}, "epsilon must be positive.\n  given:    'small'"),
        ({"tolerance": None}, "tolerance must be positive.\n  given:    None"),
        ({"samples": 1.5}, "samples must be a whole number.\n  given:    1.5"),
    ):
        refused = said(ArgumentError, lambda options=options: gradient_check(ops.sum, vector, **options))
        assert refused == f"gradient_check: {words}"
    assert said(DTypeError, lambda: gradient_check(3, vector)) == (
        "gradient_check: a function is needed.\n  given:    3\n  to fix:   pass the function itself: gradient_check(f)"
    )
    assert said(ShapeError, lambda: gradient_check(lambda x: x * 2, vector)) == (
        "gradient_check of <lambda>: a gradient needs a single number to be the gradient of.\n"
        "  expected: a result of shape ()\n  given:    shape (2,)\n"
        '  to fix:   take ops.sum or a loss of it, or pass weights="random" to sum it with'
    )
    assert said(ShapeError, lambda: gradient_check(lambda x: x * 2, vector, weights=np.ones(3))) == (
        "gradient_check of <lambda>: the weights do not have the shape of the result.\n"
        "  expected: (2,)\n  given:    (3,)"
    )
    assert said(ArgumentError, lambda: gradient_check(lambda x: x * 2, vector, weights="ones")) == (
        "gradient_check of <lambda>: there are no weights of this name.\n"
        "  expected: \"random\", or an array\n  given:    'ones'"
    )
    assert said(DTypeError, lambda: gradient_check(lambda x: ops.argmax(x), vector)) == (
        "gradient_check of <lambda>: only a float has a gradient.\n  given:    a result of dtype int32"
    )
    assert said(ArgumentError, lambda: gradient_check(lambda x: ops.sum(x) * 1.0, np.array([1, 2]))) == (
        "gradient_check of <lambda>: there is nothing to differentiate by.\n"
        "  expected: variables that are trained, or arguments that are arrays of floats\n  given:    int64[2]"
    )
    assert said(ArgumentError, lambda: gradient_check(lambda x: ops.sum(x), vector, argnums=1)) == (
        "gradient_check, argnums: there is no such argument.\n  expected: 0 to 0\n  given:    1"
    )
    assert said(ArgumentError, lambda: gradient_check(lambda x: ops.sum(x), vector, epsilon=0)) == (
        "gradient_check: epsilon must be positive.\n  given:    0"
    )
    assert said(UnknownNameError, lambda: gradient_check(lambda x: ops.sum(x), vector, language="kr")) == (
        "gradient_check(language): there is no language of this name.\n  given:    'kr'\n"
        "  to fix:   did you mean 'ko'? Known: en, ko"
    )
    assert said(NotBuiltError, lambda: gradient_check(layers.Dense(2, name="d"), X, y=X)) == (
        "gradient_check of d: targets are given and there is no loss.\n"
        "  to fix:   pass loss=, or compile the model first"
    )
    assert said(ArgumentError, lambda: gradient_check(layers.Dense(2), X, loss="mse")) == (
        "gradient_check: a loss needs targets.\n  to fix:   pass y="
    )
    assert said(ArgumentError, lambda: gradient_check(small_model(), y=LABELS)) == (
        "gradient_check: a model needs inputs beside its targets.\n  to fix:   gradient_check(model, x, y)"
    )
    whole = Variable(np.array([1, 2]), name="n")
    assert said(DTypeError, lambda: gradient_check(lambda: ops.sum(whole) * 1.0, variables=[whole])) == (
        "gradient_check, variables: only a variable of floats has a gradient to be checked.\n"
        "  given:    <Variable n int64[2]>"
    )
