"""Losses beyond Keras's numbers: names, custom losses, descriptions, traces, errors."""

import numpy as np
import pytest

from onionskin import losses, ops
from onionskin.base.errors import ArgumentError, ShapeError, UnknownNameError
from onionskin.base.registry import custom_objects, register_serializable
from onionskin.base.specs import Spec
from onionskin.engines import get as engine
from onionskin.graph import make_input, trace

RNG = np.random.default_rng(0)
SHARES = np.array([[0.2, 0.8], [0.6, 0.4], [0.5, 0.5]], "float32")


def failing(call, error):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def test_names():
    assert losses.get("mse") is losses.get("MSE") is losses.get("mean_squared_error") is losses.mean_squared_error
    assert losses.mse is losses.mean_squared_error and losses.bce is losses.binary_crossentropy
    assert losses.get(None) is None and losses.serialize(None) is None
    assert isinstance(losses.get("MeanSquaredError"), losses.MeanSquaredError)
    assert isinstance(losses.get(losses.Huber), losses.Huber)
    assert losses.is_known("mse") and losses.is_known(losses.Huber()) and not losses.is_known(len)


def test_resolve():
    kinds = [((8,), (8, 1), "binary"), ((8,), (8, 3), "sparse_categorical"), ((8, 3), (8, 3), "categorical")]
    for y_shape, output_shape, kind in kinds:
        loss = losses.resolve("crossentropy", y_shape, output_shape)
        assert loss.fn.__name__ == f"{kind}_crossentropy" and loss.name == "crossentropy"
    mse = losses.resolve("mse", (8, 1), (8, 1))
    assert isinstance(mse, losses.Loss) and mse.name == "mse"
    assert losses.resolve(mse, (8, 1), (8, 1)) is mse
    assert losses.resolve(None, (8, 1), (8, 1)) is None


def test_words():
    assert failing(lambda: losses.get("mean_sqared_error"), UnknownNameError).startswith(
        "there is no loss of this name.\n  given:    'mean_sqared_error'\n"
        "  to fix:   did you mean 'mean_squared_error'?"
    )
    assert failing(lambda: losses.get(3), ArgumentError) == (
        "this is no loss.\n  expected: a name, a configuration, a class, a function or None\n  given:    3"
    )
    assert failing(lambda: losses.deserialize({"config": {}}), ArgumentError) == (
        "this is no configuration of a loss.\n  expected: a name, or a dictionary with class_name and config\n"
        "  given:    {'config': {}}"
    )
    assert failing(lambda: losses.serialize(len), ArgumentError) == (
        "a function of your own has no name that a file could use.\n  given:    'len'\n"
        "  to fix:   put @onionskin.saving.register_keras_serializable() above its definition"
    )
    assert failing(lambda: losses.Huber(reduction="average"), ArgumentError) == (
        "reduction: unknown reduction.\n  expected: ('sum_over_batch_size', 'sum', 'mean', 'mean_with_sample_weight', "
        "'none', None)\n  given:    'average'"
    )
    for name in ("mean_squared_error", "poisson"):
        assert failing(lambda name=name: losses.as_loss(name)(np.zeros((2, 3)), np.zeros((2, 4))), ShapeError) == (
            f"loss '{name}': these shapes do not broadcast.\n  expected: trailing axes equal, or one of them 1\n"
            "  given:    (2, 3) and (2, 4)"
        )
    with pytest.raises(NotImplementedError, match=r"^Loss needs a method call\(self, y_true, y_pred\)$"):
        losses.Loss()([1.0], [1.0])


def test_a_registered_loss_of_ones_own_is_found_by_its_name():
    @register_serializable("tests")
    def twice(y_true, y_pred):
        return 2 * ops.mean(ops.absolute(y_true - y_pred), axis=-1)

    @register_serializable("tests")
    class Thrice(losses.Loss):
        def call(self, y_true, y_pred):
            return 3 * ops.mean(ops.absolute(y_true - y_pred), axis=-1)

    try:
        assert losses.get("tests>twice") is twice
        assert losses.deserialize(losses.serialize(twice)) is twice
        config = losses.serialize(Thrice(reduction="sum"))
        assert config["registered_name"] == "tests>Thrice"
        back = losses.deserialize(config)
        assert isinstance(back, Thrice) and back.reduction == "sum" and back.name == "thrice"
        assert float(back([[1.0], [2.0]], [[2.0], [4.0]])) == 9.0
        wrapped = losses.as_loss(twice)
        again = losses.deserialize(losses.serialize(wrapped))
        assert again.fn is twice and float(again([[1.0]], [[2.0]])) == 2.0
    finally:
        for name in ("tests>twice", "tests>Thrice"):
            custom_objects.pop(name)


def test_custom_objects_by_argument():
    def own(y_true, y_pred):
        return y_pred

    assert losses.deserialize("own", custom_objects={"own": own}) is own


EVERY = [
    losses.MeanSquaredError, losses.MeanAbsoluteError, losses.MeanAbsolutePercentageError,
    losses.MeanSquaredLogarithmicError, losses.Huber, losses.LogCosh, losses.CosineSimilarity,
    losses.BinaryCrossentropy, losses.CategoricalCrossentropy, losses.KLDivergence, losses.Poisson, losses.Hinge,
]  # fmt: skip


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("weighted", [False, True])
def test_traced_and_described_as_eager(kind, weighted):
    """The traced loss gives the eager numbers; the described one, whose batch is not known, a number of shape ()."""
    loss, y_true, weight = kind(), SHARES[::-1].copy(), np.array([1.0, 0.0, 2.0], "float32")
    specs = [Spec((3, 2), "float32"), Spec((3, 2), "float32"), Spec((3,), "float32")]
    graph = trace(lambda t, p, w: loss(t, p, w if weighted else None), specs)
    traced = engine("reference").compile(graph)(y_true, SHARES, weight)[0]
    np.testing.assert_allclose(traced, loss(y_true, SHARES, weight if weighted else None), rtol=1e-6)
    described = [make_input(Spec((None, *spec.shape[1:]), spec.dtype), described=True) for spec in specs]
    value = loss(*described[:2], described[2] if weighted else None)
    assert value.shape == () and value.dtype == "float32"


@pytest.mark.parametrize("ignored", [None, 1])
def test_class_numbers_traced_and_described(ignored):
    loss, numbers = losses.SparseCategoricalCrossentropy(ignore_class=ignored), np.array([1, 0, 0], "uint8")
    graph = trace(loss, [Spec((3,), "uint8"), Spec((3, 2), "float32")])
    traced = engine("reference").compile(graph)(numbers, SHARES)[0]
    np.testing.assert_allclose(traced, loss(numbers, SHARES), rtol=1e-6)
    kept = [row for row in range(3) if ignored is None or numbers[row] != ignored]
    np.testing.assert_allclose(traced, -np.log(SHARES[kept, numbers[kept]]).mean(), rtol=1e-6)
    specs = Spec((None,), "uint8"), Spec((None, 2), "float32")
    described = [make_input(spec, described=True) for spec in specs]
    assert loss(*described).shape == ()


def test_float64_is_kept_where_asked_for():
    y_true, y_pred = RNG.normal(size=(2, 50, 4))
    value = losses.MeanSquaredError(dtype="float64")(y_true, y_pred)
    assert value.dtype == np.float64
    np.testing.assert_allclose(value, np.mean((y_true - y_pred) ** 2), rtol=1e-14)


def test_empty_batches():
    empty = np.zeros((0, 3), "float32")
    assert np.shape(losses.MeanSquaredError()(empty, empty)) == (0,)  # as Keras
    assert float(losses.MeanSquaredError()(np.zeros((0, 2, 3)), np.zeros((0, 2, 3)))) == 0.0
