"""A recorded step is the step that trains: same loss, same new weights; each node belongs to the layer that made it."""

import numpy as np
import pytest

import onionskin
from onionskin import ops
from onionskin.base.errors import DTypeError
from onionskin.base.specs import Spec
from onionskin.explain.recording import record

RNG = np.random.default_rng(5)
X = RNG.normal(size=(6, 4)).astype("float32")
Y = np.eye(3, dtype="float32")[[0, 1, 2, 2, 1, 0]]


def network(*layers):
    onionskin.utils.set_random_seed(3)
    return onionskin.Sequential([onionskin.Input((4,)), *layers, onionskin.layers.Dense(3, "softmax")])


CASES = {
    "dense": lambda: network(onionskin.layers.Dense(5, "relu", name="hidden")),
    "norm": lambda: network(onionskin.layers.Dense(5, "tanh"), onionskin.layers.BatchNormalization()),
    "dropout": lambda: network(onionskin.layers.Dense(5, "tanh"), onionskin.layers.Dropout(0.5, seed=1)),
    "nested": lambda: network(onionskin.Sequential([onionskin.layers.Dense(5, "gelu")], name="inner")),
}


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop", "adam"])
@pytest.mark.parametrize("case", CASES)
def test_the_recorded_update_is_that_of_training(case, optimizer, engine):
    model = CASES[case]()
    model.compile(optimizer, "categorical_crossentropy", engine=engine)
    step = model._recording(X, Y, where="a test", update=True)
    values = step.run()
    before = {one.path: one.numpy() for one in model.variables}
    loss = model.train_on_batch(X, Y)
    np.testing.assert_allclose(values[step.loss], loss, rtol=1e-6)
    assert {one.path for one in model.trainable_variables} <= {one.path for one in step.updated}
    changed = 0
    for variable, node in step.updated.items():
        np.testing.assert_allclose(values[node], variable.numpy(), rtol=2e-5, atol=1e-6, err_msg=variable.path)
        changed += variable.path in before and not np.array_equal(before[variable.path], variable.numpy())
    assert changed >= 4, "training changed too little for this to be a test"


def test_recording_changes_nothing():
    model = CASES["norm"]()
    model.compile("adam", "categorical_crossentropy")
    before = [one.numpy() for one in model.variables]
    model._recording(X, Y, where="a test", update=True).run()
    for one, kept in zip(model.variables, before, strict=True):
        np.testing.assert_array_equal(one.numpy(), kept, err_msg=one.path)


def test_every_gradient_is_that_of_the_engine():
    model = CASES["dense"]()
    model.compile("sgd", "categorical_crossentropy")
    step = model._recording(X, Y, where="a test")
    values = step.run()
    weights = model.trainable_variables
    loss = lambda: model.compute_loss(x=X, y=Y, y_pred=model(X), sample_weight=None)  # noqa: E731
    for variable, expected in zip(weights, onionskin.value_and_grad(loss, variables=weights)()[1], strict=True):
        np.testing.assert_allclose(values[step.gradients[step.weights[variable]]], expected, rtol=1e-5, atol=1e-7)


def test_nodes_belong_to_the_layer_that_made_them():
    model = CASES["nested"]()
    model.compile("sgd", "categorical_crossentropy")
    step = model._recording(X, Y, where="a test")
    paths = [part.path for part in step.parts]
    assert [path.partition("/")[2] for path in paths] == [f"inner/{model.layers[0].layers[0].name}", "inner",
                                                          model.layers[1].name, ""]  # fmt: skip
    made = [[node.primitive.name for node in part.own] for part in step.parts]
    assert made[0][:2] == ["matmul", "add"]
    assert made[1] == []
    assert made[2] == ["matmul", "add", "softmax"]
    outside = [node.primitive.name for node in step.nodes if node.inputs and node not in step.part_of]
    assert outside == ["log_softmax", "multiply", "sum", "negative", "mean"]


def test_a_layer_called_twice_has_two_parts():
    dense = onionskin.layers.Dense(4, name="twice")
    step = record(lambda x: ops.sum(dense(dense(x))), [X], ["x"])
    assert [part.path for part in step.parts] == ["twice", "twice#2"]
    assert [len(part.own) for part in step.parts] == [2, 2]


def test_what_is_no_number_is_summed():
    step = record(lambda x: x * 2.0, [np.ones((2, 3), "float32")])
    assert step.loss.shape == () and step.result.shape == (2, 3)
    np.testing.assert_array_equal(step.run()[step.gradients[step.given[0]]], np.full((2, 3), 2.0))


def test_shapes_alone_can_be_recorded_but_not_run():
    step = record(lambda x: ops.sum(x * x), [Spec((2,), "float32")])
    np.testing.assert_array_equal(step.run([np.array([1.0, 3.0], "float32")])[step.loss], 10.0)
    with pytest.raises(onionskin.base.errors.ArgumentError) as caught:
        step.run()
    assert str(caught.value) == (
        "explain: there are no numbers to run it on.\n  given:    shapes only\n"
        "  to fix:   record it with arrays, or pass some"
    )


def test_whole_numbers_have_no_derivative():
    with pytest.raises(DTypeError) as caught:
        record(lambda x: ops.argmax(x), [X], where="peel")
    assert str(caught.value) == "peel: only a float has a derivative.\n  given:    a result of dtype int32"
