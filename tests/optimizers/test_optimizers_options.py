"""Options of all optimizers: signatures, exact words of errors, values set at once, averages, accumulation, scales."""

import inspect

import numpy as np
import pytest

from onionskin import Sequential, Variable, jit, layers, optimizers
from onionskin.base.errors import ArgumentError, DTypeError, NotBuiltError, ShapeError, UnknownNameError
from onionskin.optimizers import SGD, Adam, AdamW, LossScaleOptimizer, Muon, schedules

G = np.array([1.0, -2.0], "float32")
COMMON = ["weight_decay", "clipnorm", "clipvalue", "global_clipnorm", "use_ema", "ema_momentum",
          "ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps", "name", "unknown"]  # fmt: skip


def failing(call, error):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def test_signatures_show_every_argument_in_keras_order():
    assert list(inspect.signature(SGD).parameters) == ["learning_rate", "momentum", "nesterov", *COMMON]
    beginning = ["learning_rate", "weight_decay", "beta_1", "beta_2", "epsilon", "amsgrad"]
    assert list(inspect.signature(AdamW).parameters) == beginning + COMMON[1:]
    given = Adam(0.1, 0.8, 0.9, 1e-3, True, 0.2, 1.5).get_config()
    assert (given["weight_decay"], given["clipnorm"], given["amsgrad"]) == (0.2, 1.5, True)
    assert AdamW(0.1, 0.3, 0.8, 0.9, 1e-3, False, 0.5).get_config()["clipnorm"] == 0.5


@pytest.mark.parametrize("argument", ["weight_decay", "clipnorm", "clipvalue", "global_clipnorm"])
@pytest.mark.parametrize("value", ["a", -1.0, [0.1]])
def test_what_is_no_number(argument, value):
    assert failing(lambda: Adam(**{argument: value}), ArgumentError) == (
        f"Adam: {argument} is a number, or None.\n  expected: 0 or more\n  given:    {argument}={value!r}"
    )


def test_what_is_no_variable():
    assert failing(lambda: SGD().apply([np.ones(2)], [np.ones(2)]), DTypeError) == (
        "SGD: an optimizer changes variables.\n  expected: Variables, such as model.trainable_variables\n"
        "  given:    an object of type ndarray"
    )


def test_what_is_not_here_is_refused_by_name():
    for name in ("MultiOptimizer", "OptimizerMap"):
        assert failing(lambda name=name: getattr(optimizers, name), UnknownNameError) == (
            f"onionskin.optimizers.{name}: several optimizers for one model are not here yet.\n"
            "  to fix:   use one optimizer; trainable=False keeps layers as they are"
        )
    assert not hasattr(optimizers, "no_such_name")


def test_errors_at_construction():
    assert failing(lambda: AdamW(weight_decay=None), ArgumentError) == (
        "AdamW: weight_decay is a number.\n  given:    weight_decay=None\n  to fix:   use Adam"
    )
    assert failing(lambda: optimizers.Lion(beta_1=0.0), ArgumentError) == (
        "Lion: beta_1 is a share, and not 0.\n  expected: more than 0, at most 1\n  given:    0.0\n"
        "  to fix:   with 0 the momentum would do nothing"
    )
    assert failing(lambda: optimizers.Ftrl(learning_rate_power=0.1), ArgumentError) == (
        "Ftrl: learning_rate_power is out of range.\n  expected: 0 or less\n  given:    0.1"
    )
    assert failing(lambda: optimizers.Ftrl(l1_regularization_strength=-1), ArgumentError) == (
        "Ftrl: l1_regularization_strength is out of range.\n  expected: 0 or more\n  given:    -1"
    )
    assert failing(lambda: LossScaleOptimizer("sgd"), ArgumentError) == (
        "LossScaleOptimizer: this cannot be scaled for.\n  expected: another optimizer\n  given:    'sgd'"
    )
    assert failing(lambda: LossScaleOptimizer(SGD(), clipnorm=1.0), ArgumentError) == (
        "LossScaleOptimizer: clipnorm belongs to the optimizer inside.\n  given:    clipnorm=1.0\n"
        "  to fix:   set it there: LossScaleOptimizer(SGD(clipnorm=1.0))"
    )
    assert failing(lambda: LossScaleOptimizer(SGD(), dynamic=True), ArgumentError) == (
        "LossScaleOptimizer: unknown argument.\n  given:    dynamic=True"
    )
    for made in (schedules.PolynomialDecay, schedules.CosineDecay):
        assert failing(lambda made=made: made(0.1, 0), ArgumentError) == (
            f"{made.__name__}: decay_steps is a positive number.\n  expected: more than 0\n  given:    0"
        )
    assert failing(lambda: schedules.CosineDecayRestarts(0.1, 0), ArgumentError) == (
        "CosineDecayRestarts: first_decay_steps is a positive number.\n  expected: more than 0\n  given:    0"
    )
    assert failing(lambda: schedules.CosineDecay(0.1, 5, warmup_steps=-1), ArgumentError) == (
        "CosineDecay: warmup_steps is a number of steps.\n  expected: 0 or more\n  given:    -1"
    )


def test_values_are_set_all_or_not_at_all():
    optimizer, weight = Adam(), Variable([1.0, 2.0], name="w")
    assert failing(lambda: optimizer.set_weights([]), NotBuiltError) == (
        "Adam.set_weights: the optimizer has no slots yet.\n  to fix:   call build(trainable_variables) first"
    )
    optimizer.build([weight])
    values = [np.array(5, "int32"), np.float32(0.5), G, G * 2]
    assert failing(lambda: optimizer.set_weights(values[:3]), ArgumentError) == (
        "Adam.set_weights: there must be one value for each variable.\n  expected: 4\n  given:    3"
    )
    assert failing(lambda: optimizer.set_weights([*values[:3], G[:1]]), ShapeError) == (
        "Adam.set_weights, adam/w_velocity: a value has another shape than its variable.\n"
        "  expected: (2,)\n  given:    (1,)"
    )
    assert int(optimizer.iterations) == 0
    optimizer.set_weights(values)
    store = {}
    optimizer.save_own_variables(store)
    again = Adam()
    again.build([weight])
    again.load_own_variables(store)
    for one, other in zip(optimizer.variables, again.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())
    with pytest.warns(UserWarning) as caught:
        Adam().load_own_variables(store)
    assert str(caught[0].message) == (
        "optimizer 'adam' stays as it is: it has 2 variables, the file 4; it is not built yet"
    )
    assert failing(lambda: again.add_variable((), layout="x"), ArgumentError) == (
        "Adam, variable None: a layout over devices is not supported.\n  given:    layout='x'"
    )
    assert failing(lambda: again.add_optimizer_variables([weight], ["a", "b"], ["zeros"]), ArgumentError) == (
        "Adam.add_optimizer_variables: there must be one initializer for each name.\n  expected: 2\n  given:    1"
    )


def test_stateless_apply_changes_nothing():
    optimizer, weight = SGD(0.5, momentum=0.5), Variable([1.0, 2.0], name="w")
    assert failing(lambda: optimizer.stateless_apply([], [G], [G]), NotBuiltError) == (
        "SGD.stateless_apply: the optimizer has no slots yet.\n  to fix:   call build(trainable_variables) first"
    )
    optimizer.build([weight])
    own = [one.numpy() for one in optimizer.variables]
    assert failing(lambda: optimizer.stateless_apply(own[1:], [G], [G]), ArgumentError) == (
        "SGD.stateless_apply: optimizer_variables does not have one value for each variable.\n"
        "  expected: 3\n  given:    2"
    )
    for run in (optimizer.stateless_apply, jit(optimizer.stateless_apply)):
        (changed,), (count, _, momentum) = run(own, [G], [np.array([3.0, 3.0], "float32")])
        np.testing.assert_array_equal(changed, [2.5, 4.0])
        np.testing.assert_array_equal(momentum, -0.5 * G)
        assert int(count) == 1
    np.testing.assert_array_equal(weight.numpy(), [1.0, 2.0])
    assert int(optimizer.iterations) == 0


def test_averages_are_put_in_at_the_end():
    optimizer, weight = SGD(1.0, use_ema=True, ema_momentum=0.5), Variable([1.0, 1.0], name="w")
    for _ in range(2):
        optimizer.apply([G], [weight])
    np.testing.assert_array_equal(weight.numpy(), [-1.0, 5.0])
    other = Variable([1.0], name="other")
    assert failing(lambda: optimizer.finalize_variable_values([other]), ArgumentError) == (
        "SGD.finalize_variable_values: no running average is kept of this variable.\n  given:    other"
    )
    optimizer.finalize_variable_values([weight])
    np.testing.assert_array_equal(weight.numpy(), [-0.5, 4.0])
    SGD().finalize_variable_values([weight])  # keeps none, changes none
    np.testing.assert_array_equal(weight.numpy(), [-0.5, 4.0])


def test_accumulated_steps_count_as_one():
    optimizer, weight = SGD(1.0, gradient_accumulation_steps=2), Variable([1.0, 1.0])
    counts = []
    for _ in range(4):
        optimizer.apply([G], [weight])
        counts.append((int(optimizer.iterations), int(optimizer._iterations), float(weight[0])))
    assert counts == [(0, 1, 1.0), (1, 2, 0.0), (1, 3, 0.0), (2, 4, -1.0)]


def test_losses_are_scaled():
    assert SGD().scale_loss(2.0) == 2.0
    assert SGD(loss_scale_factor=4.0).scale_loss(2.0) == 8.0
    scaled = LossScaleOptimizer(SGD(1.0, loss_scale_factor=3.0), initial_scale=8.0)
    assert scaled.inner_optimizer.loss_scale_factor is None  # or gradients would be divided twice
    assert scaled.scale_loss(np.float32(2.0)) == 16.0
    weight = Variable([1.0, 1.0])
    scaled.apply([G * 8], [weight])
    np.testing.assert_array_equal(weight.numpy(), 1 - G)
    assert scaled.scale_loss(np.float32(2.0)) == 16.0
    scaled.apply([])
    scaled.learning_rate = 0.5
    assert float(scaled.learning_rate) == 0.5 == float(scaled.inner_optimizer.learning_rate)
    assert int(scaled.iterations) == 1
    back = optimizers.deserialize(optimizers.serialize(scaled))
    assert type(back.inner_optimizer) is SGD and back.get_config() == scaled.get_config()
    scaled.finalize_variable_values([weight])


def test_which_variables_go_by_adamw():
    muon = Muon(exclude_layers=["out"])
    table = {"dense/kernel": False, "dense_out/kernel": True, "embedding/embeddings": True}
    for path, adam in table.items():
        variable = Variable(np.zeros((2, 2), "float32"), name=path)
        assert muon.by_adamw(variable) is adam, path
    assert muon.by_adamw(Variable(np.zeros(2, "float32"), name="bias"))
    assert not Muon(exclude_embeddings=False).by_adamw(Variable(np.zeros((2, 2), "float32"), name="embedding"))


@pytest.mark.parametrize("made", [lambda: SGD(0.1), lambda: SGD(0.1, momentum=0.9), optimizers.RMSprop, Adam, AdamW])
def test_the_update_is_the_end_of_the_product_that_makes_the_gradient(made):
    """On the native engine a gradient of a kernel never goes to memory."""
    pytest.importorskip("onionskin.engines.native._ext", reason="the native engine's compiled part is not built")
    model = Sequential([layers.Input((64,)), layers.Dense(32, activation="relu"), layers.Dense(10)])
    model.compile(optimizer=made(), loss="mse", engine="native")
    model.fit(np.ones((64, 64), "float32"), np.ones((64, 10), "float32"), verbose=0)
    (program,) = [bound.program for key, bound in model._steps._programs.items() if key[0] == "train"]
    kernels = [line for line in program.describe().splitlines() if "matmul Aᵀ B, then" in line]
    assert len(kernels) == 2
    for line in kernels:
        assert "subtract" in line or "add" in line
        assert "float32[64, 32]," in line or "float32[32, 10]," in line
