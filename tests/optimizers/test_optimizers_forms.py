"""Optimizers beyond Keras's numbers: traces, the learning rate, subclasses, names, errors."""

import numpy as np
import pytest

from onionskin import Variable, jit, ops, optimizers
from onionskin.base.errors import ArgumentError, NotBuiltError, ShapeError, UnknownNameError
from onionskin.base.registry import custom_objects, register_serializable
from onionskin.constraints import NonNeg
from onionskin.optimizers import SGD, Adam, Optimizer, RMSprop, schedules

G = np.array([1.0, -2.0], "float32")


def failing(call, error):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


EVERY = [
    lambda: SGD(0.1, momentum=0.9, nesterov=True, clipnorm=1.0),
    lambda: RMSprop(0.1, momentum=0.5, centered=True, weight_decay=0.1),
    lambda: optimizers.Adagrad(0.1, global_clipnorm=0.5),
    lambda: Adam(schedules.PiecewiseConstantDecay([1, 3], [0.3, 0.2, 0.1]), amsgrad=True),
    lambda: Adam(lambda step: 0.1 / (1 + ops.cast(step, "float32"))),
]


@pytest.mark.parametrize("make", EVERY)
def test_a_traced_step_is_an_eager_step(make):
    states = []
    for traced in (False, True):
        optimizer, weight = make(), Variable(np.array([0.5, 1.5], "float32"), name="w")
        optimizer.build([weight])

        def step(gradient, optimizer=optimizer, weight=weight):
            optimizer.apply([gradient], [weight])

        run = jit(step) if traced else step
        for index in range(4):
            run(np.asarray(G * (index + 1), "float32"))
        assert int(optimizer.iterations) == 4
        states.append([weight.numpy(), *[variable.numpy() for variable in optimizer.variables]])
    for eager, traced in zip(*states, strict=True):
        np.testing.assert_allclose(traced, eager, rtol=1e-6, atol=1e-7)
        assert traced.dtype == eager.dtype


def test_one_program_serves_every_step():
    """Count, rate and slots are inputs of the graph: nothing of them is fixed when it is traced."""
    traces = []
    weight, optimizer = Variable([1.0, 1.0]), SGD(1.0)
    optimizer.build([weight])

    @jit
    def step(gradient):
        traces.append(1)
        optimizer.apply([gradient], [weight])

    step(G)
    optimizer.learning_rate = 0.5
    step(G)
    assert len(traces) == 1
    np.testing.assert_array_equal(weight.numpy(), [1 - 1.5, 1 + 3.0])


def test_learning_rate():
    optimizer = SGD(1)
    assert float(optimizer.learning_rate) == 1.0
    optimizer.learning_rate = 0.25
    assert float(optimizer.learning_rate) == 0.25
    assert optimizer.variables[1].numpy() == 0.25
    assert optimizer.get_config()["learning_rate"] == 0.25
    optimizer.learning_rate = schedules.ExponentialDecay(0.5, 1, 0.5)
    assert [one.name for one in optimizer.variables] == ["iteration"]
    assert float(optimizer.learning_rate) == 0.5
    assert SGD(0.001).get_config()["learning_rate"] == 0.001
    back = SGD.from_config(optimizer.get_config())
    assert isinstance(back._learning_rate, schedules.ExponentialDecay)
    assert float(SGD(lambda: 0.125).learning_rate) == 0.125
    assert failing(lambda: setattr(optimizer, "learning_rate", 0.1), ArgumentError) == (
        "SGD: the learning rate follows a schedule and cannot be set to a number.\n  given:    0.1\n"
        "  to fix:   make the optimizer with a number as learning_rate, or set another schedule"
    )
    for wrong in ("fast", None, float("nan"), True, -0.1):
        assert failing(lambda wrong=wrong: SGD(wrong), ArgumentError) == (
            "SGD: the learning rate is a number, a schedule or a function of the step.\n"
            "  expected: at least 0, such as 0.01\n"
            f"  given:    learning_rate={wrong!r}"
        )
    assert failing(lambda: SGD(lambda step: 0.1).get_config(), ArgumentError).startswith(
        "a function cannot be written to a file as learning rate.\n  given:    <function"
    )


def test_arguments_not_known_or_out_of_range():
    assert failing(lambda: SGD(lr=0.1), ArgumentError).startswith(
        "SGD: unknown argument.\n  given:    lr=0.1\n  to fix:   "
    )
    assert failing(lambda: Adam(beta1=0.1), ArgumentError).startswith(
        "Adam: unknown argument.\n  given:    beta1=0.1\n  to fix:   did you mean 'beta_1'?"
    )
    for arguments, words in [
        ({"use_ema": True, "ema_momentum": 1.5}, "ema_momentum is a share.\n  expected: 0 to 1\n  given:    1.5"),
        ({"use_ema": True, "ema_overwrite_frequency": 2.5},
         "ema_overwrite_frequency is a number of steps.\n  expected: an integer, at least 1\n  given:    2.5"),
        ({"gradient_accumulation_steps": 1},
         "gradient_accumulation_steps is a number of steps.\n  expected: an integer, at least 2\n  given:    1"),
    ]:  # fmt: skip
        assert failing(lambda arguments=arguments: Adam(**arguments), ArgumentError) == f"Adam: {words}"
    assert failing(lambda: SGD(clipnorm=1.0, clipvalue=0.5), ArgumentError) == (
        "SGD: only one kind of clipping can be used.\n  given:    clipnorm=1.0, clipvalue=0.5"
    )
    for wrong in (1.5, -0.1, "much"):
        assert failing(lambda wrong=wrong: SGD(momentum=wrong), ArgumentError) == (
            f"SGD: momentum is a share.\n  expected: 0 to 1\n  given:    momentum={wrong!r}"
        )


def test_wrong_variables_and_gradients():
    a, b = Variable([1.0, 2.0], name="a"), Variable([1.0, 2.0], name="b")
    assert failing(lambda: SGD().apply([G]), NotBuiltError) == (
        "SGD.apply: the optimizer does not know its variables yet.\n"
        "  to fix:   call build(variables) first, or pass the variables too"
    )
    assert failing(lambda: SGD().apply([G], [a, b]), ArgumentError) == (
        "SGD.apply: there must be one gradient for each variable.\n  expected: 2 gradients\n  given:    1"
    )
    optimizer = SGD()
    optimizer.build([a])
    assert failing(lambda: optimizer.apply([G], [b]), ArgumentError) == (
        "SGD.apply: the optimizer was built for other variables.\n  expected: one of a\n  given:    b\n"
        "  to fix:   make a new optimizer for a new set of variables"
    )
    assert failing(lambda: SGD().apply([None, None], [a, b]), ArgumentError) == (
        "SGD.apply: no variable has a gradient.\n  given:    None for a, b\n"
        "  to fix:   compute the loss from these variables"
    )
    assert failing(lambda: optimizer.apply([G[:1]], [a]), ShapeError) == (
        "SGD.apply, a: a gradient has another shape than its variable.\n  expected: (2,)\n  given:    (1,)"
    )
    np.testing.assert_array_equal(a.numpy(), [1.0, 2.0])
    assert int(optimizer.iterations) == 0
    with pytest.warns(UserWarning) as caught:
        SGD(1.0).apply([None, G], [a, b])
    assert str(caught[0].message) == "no gradient was given for a; they stay as they are"
    np.testing.assert_array_equal(b.numpy(), [0.0, 4.0])
    optimizer.apply([])
    assert int(optimizer.iterations) == 0


def test_apply_gradients_counts_and_constrains():
    weight = Variable([0.5, 0.5])
    weight.constraint = NonNeg()
    optimizer = SGD(1.0)
    assert optimizer.apply_gradients(zip([G], [weight], strict=True)) is optimizer.iterations
    np.testing.assert_array_equal(weight.numpy(), [0.0, 2.5])
    assert int(optimizer.iterations) == 1


def test_weight_decay_can_be_left_out():
    kernel, bias = Variable([1.0], name="kernel"), Variable([1.0], name="bias")
    optimizer = SGD(0.5, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    optimizer.apply([np.zeros(1, "float32")] * 2, [kernel, bias])
    assert (float(kernel[0]), float(bias[0])) == (0.75, 1.0)
    assert failing(lambda: optimizer.exclude_from_weight_decay(var_list=[kernel]), ArgumentError) == (
        "SGD.exclude_from_weight_decay: weight decay is arranged before the optimizer is built."
    )
    other = SGD(0.5, weight_decay=0.5)
    other.exclude_from_weight_decay(var_list=[kernel])
    other.apply([np.zeros(1, "float32")], [kernel])
    assert float(kernel[0]) == 0.75


def test_gradients_that_are_not_finite_are_not_clipped_into_numbers():
    weight = Variable([1.0, 1.0])
    SGD(1.0, global_clipnorm=1.0).apply([np.array([np.inf, 0.0], "float32")], [weight])
    assert np.isnan(weight.numpy()).all()  # as Keras: the whole step shows that something was wrong


def test_an_optimizer_of_ones_own_written_for_keras():
    @register_serializable("tests")
    class Momentum(Optimizer):
        def __init__(self, learning_rate=0.1, share=0.5, **kwargs):
            super().__init__(learning_rate=learning_rate, **kwargs)
            self.share = share

        def build(self, variables):
            super().build(variables)
            self.momentums = []
            for variable in variables:
                self.momentums.append(self.add_variable_from_reference(reference_variable=variable, name="momentum"))

        def update_step(self, gradient, variable, learning_rate):
            m = self.momentums[self._get_variable_index(variable)]
            self.assign(m, ops.subtract(ops.multiply(m, self.share), ops.multiply(gradient, learning_rate)))
            self.assign_add(variable, m)

        def get_config(self):
            return {**super().get_config(), "share": self.share}

    try:
        mine, weight = Momentum(0.5), Variable([1.0, 1.0], name="dense/kernel")
        for _ in range(2):
            mine.apply([G], [weight])
        np.testing.assert_array_equal(weight.numpy(), [1 - 0.5 - 0.75, 1 + 1.0 + 1.5])
        assert [one.path for one in mine.variables] == [
            "momentum/iteration", "momentum/learning_rate", "momentum/dense_kernel_momentum"
        ]  # fmt: skip
        config = optimizers.serialize(mine)
        assert config["registered_name"] == "tests>Momentum"
        back = optimizers.deserialize(config)
        assert isinstance(back, Momentum) and back.share == 0.5
    finally:
        custom_objects.pop("tests>Momentum")
    with pytest.raises(NotImplementedError, match=r"^Optimizer needs a method update_step"):
        Optimizer(0.1).apply([G], [Variable([1.0, 1.0])])
    assert failing(lambda: mine.add_variable((2,), "random"), ArgumentError) == (
        "Momentum, variable None: unknown initializer.\n  expected: 'zeros', 'ones' or a function\n"
        "  given:    'random'\n  to fix:   pass onionskin.initializers.get('random')"
    )


def test_names():
    for name, kind in [("sgd", SGD), ("SGD", SGD), ("rmsprop", RMSprop), ("RMSprop", RMSprop), ("ADAM", Adam)]:
        assert type(optimizers.get(name)) is kind
    made = SGD()
    assert optimizers.get(made) is made and optimizers.get(None) is None and optimizers.serialize(None) is None
    assert type(optimizers.get(Adam)) is Adam
    assert type(optimizers.deserialize("own", custom_objects={"own": Adam})) is Adam
    assert failing(lambda: optimizers.get("rmsprp"), UnknownNameError).startswith(
        "there is no optimizer of this name.\n  given:    'rmsprp'\n  to fix:   did you mean 'rmsprop'?"
    )
    assert failing(lambda: optimizers.get(3), ArgumentError) == (
        "this is no optimizer.\n  expected: a name, a configuration, a class, an optimizer or None\n  given:    3"
    )
    assert failing(lambda: optimizers.deserialize({"config": {}}), ArgumentError) == (
        "this is no configuration of an optimizer.\n  expected: a name, or a dictionary with class_name and config\n"
        "  given:    {'config': {}}"
    )


def test_schedules():
    assert failing(lambda: schedules.ExponentialDecay(0.1, 0, 0.5), ArgumentError) == (
        "ExponentialDecay: decay_steps is a positive number.\n  expected: more than 0\n  given:    0"
    )
    assert failing(lambda: schedules.PiecewiseConstantDecay([1], [0.1]), ArgumentError) == (
        "PiecewiseConstantDecay: a piecewise learning rate has one value more than boundaries.\n"
        "  given:    1 boundaries and 1 values"
    )
    assert failing(lambda: schedules.PiecewiseConstantDecay([2, 1], [0.1, 0.2, 0.3]), ArgumentError) == (
        "PiecewiseConstantDecay: the boundaries of a piecewise learning rate rise.\n  given:    boundaries=[2, 1]"
    )
    assert failing(lambda: schedules.deserialize("ExponentialDecay"), ArgumentError) == (
        "this is no configuration of a learning-rate schedule.\n  expected: a dictionary with class_name and config\n"
        "  given:    'ExponentialDecay'"
    )
    for made in (schedules.ExponentialDecay(0.1, 3, 0.5, True), schedules.PiecewiseConstantDecay([1], [0.1, 0.2])):
        back = schedules.deserialize(schedules.serialize(made))
        assert type(back) is type(made) and back.get_config() == made.get_config()
    for call in (lambda: schedules.LearningRateSchedule()(0), schedules.LearningRateSchedule().get_config):
        with pytest.raises(NotImplementedError, match=r"^LearningRateSchedule needs a method"):
            call()
