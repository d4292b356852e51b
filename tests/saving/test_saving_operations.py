"""Operations between the layers of a model, kept in its file by name, settings and constants."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import onionskin
from onionskin import layers, ops
from onionskin.base.errors import ArgumentError, OnionskinError, UnknownNameError
from onionskin.layers.operation import Operation
from onionskin.models import clone_model, load_model, model_from_json
from onionskin.saving import read_archive, write_archive

RNG = np.random.default_rng(5)
X = [RNG.normal(size=(6, 3)).astype("float32"), RNG.normal(size=(6, 4)).astype("float32")]


def two_inputs() -> Any:
    """Return a model of two inputs and two outputs with many kinds of operations between its layers."""
    a, b = onionskin.Input((3,), name="a"), onionskin.Input((4,), name="b")
    joined = ops.concatenate([layers.Dense(5, "relu")(a), layers.Dense(5, name="add")(b)], axis=-1)
    scaled = joined * 2.0 + np.arange(10, dtype="float32")
    first = layers.Dense(1)(scaled[:, 2:])
    shares = ops.softmax(ops.reshape(scaled, (-1, 2, 5)), axis=-1)
    padded = ops.pad(shares, ((0, 0), (0, 0), (1, 0)))
    return onionskin.Model([a, b], [first, ops.mean(ops.where(padded > 0.1, padded, 0.0), axis=1)])


def test_round_trips_give_the_same_bits(tmp_path: Any) -> None:
    model = two_inputs()
    for turn in range(2):  # a model that was loaded is saved again
        model.save(tmp_path / f"{turn}.onionskin")
        again = load_model(tmp_path / f"{turn}.onionskin")
        for one, other in zip(model.predict(X, verbose=0), again.predict(X, verbose=0), strict=True):
            np.testing.assert_array_equal(one, other)
        model = again
    names = [layer.name for layer in model.layers]
    assert len(set(names)) == len(names)
    assert [v.shape for v in clone_model(model).weights] == [v.shape for v in model.weights]


def test_a_loaded_model_learns(tmp_path: Any) -> None:
    x = onionskin.Input((4,))
    model = onionskin.Model(x, layers.Dense(1)(ops.tanh(layers.Dense(8)(x)) * 0.5))
    model.compile("adam", "mse")
    model.save(tmp_path / "m.onionskin")
    again = load_model(tmp_path / "m.onionskin")
    y = X[1].sum(axis=1, keepdims=True)
    losses = [one.fit(X[1], y, epochs=3, shuffle=False, verbose=0).history["loss"] for one in (model, again)]
    assert losses[0] == losses[1]
    assert losses[0][-1] < losses[0][0]


@pytest.mark.parametrize("name", ["scan", "cond", "random_bits", "constant", "os.system", "Add"])
def test_operations_that_no_file_may_name(name: str) -> None:
    with pytest.raises(UnknownNameError) as e:
        Operation(name)
    assert str(e.value).startswith(
        f"Operation: there is no operation of this name.\n  given:    {name!r}\n  to fix:   "
    )


def test_a_setting_that_is_none_is_refused() -> None:
    with pytest.raises(ArgumentError) as e:
        Operation("sum", {"axis": {"of": "evil"}})
    assert str(e.value) == (
        "Operation: an operation's setting is a number, a text or a list of them.\n  given:    {'of': 'evil'}"
    )


@pytest.mark.parametrize(
    "damage",
    [
        {"params": {"axis": 99}},
        {"params": {"nothing": 1}},
        {"params": None, "constants": {"0": {"dtype": "object", "value": 1}}},
        {"constants": {"x": 1}},
        {"constants": {"1": {"dtype": "float32", "value": [[1], [2, 3]]}}},
        {"primitive": 7},
        {"constants": [1, 2]},
    ],
)
def test_damaged_operations_are_answered_in_our_words(damage: dict[str, Any], tmp_path: Any) -> None:
    two_inputs().save(tmp_path / "m.onionskin")
    description, arrays = read_archive(tmp_path / "m.onionskin")
    entries = description["model"]["config"]["layers"]
    next(one for one in entries if one["class_name"] == "Operation")["config"].update(damage)
    write_archive(tmp_path / "bad.onionskin", {k: v for k, v in description.items() if k != "format"}, arrays)
    with pytest.raises(OnionskinError):
        load_model(tmp_path / "bad.onionskin")


def test_json_holds_operations() -> None:
    model = two_inputs()
    again = model_from_json(json.dumps(json.loads(model.to_json())))
    again.set_weights(model.get_weights())
    for one, other in zip(model.predict(X, verbose=0), again.predict(X, verbose=0), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", ["svd", "qr", "eigh", "slogdet", "inv", "solve", "lu_factor", "fft"])
def test_models_that_factorize_between_layers_are_kept(name: str, tmp_path: Any) -> None:
    x = onionskin.Input((9,))
    h = ops.reshape(layers.Dense(9)(x), (-1, 3, 3))
    square = ops.matmul(h, ops.swapaxes(h, 1, 2)) + np.eye(3, dtype="float32")
    found = {
        "solve": lambda: ops.solve(square, h),
        "fft": lambda: ops.fft((h, h * 0.5)),
        "slogdet": lambda: ops.slogdet(square),
    }.get(name, lambda: getattr(ops, name)(square))()
    parts = list(found) if isinstance(found, list | tuple) else [found]
    model = onionskin.Model(x, parts)
    given = RNG.normal(size=(4, 9)).astype("float32")
    model.save(tmp_path / "m.onionskin")
    for one, other in zip(
        model.predict(given, verbose=0), load_model(tmp_path / "m.onionskin").predict(given, verbose=0), strict=True
    ):
        np.testing.assert_array_equal(one, other)
