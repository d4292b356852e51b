"""Weights by name made into a model: what it computes, and the words of weights that are none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onionskin.base.errors import DataError, DTypeError, OnionskinError, ShapeError
from onionskin.classic import network_from_params


@given(st.lists(st.integers(1, 5), min_size=2, max_size=5), st.integers(0, 2**31))
@settings(max_examples=20)
def test_the_model_computes_what_the_weights_say(widths: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    params: dict[str, Any] = {}
    for k in range(1, len(widths)):
        params[f"b{k}"] = rng.normal(size=widths[k])
        params[f"W{k}"] = rng.normal(size=(widths[k - 1], widths[k]))
    x = rng.normal(size=(4, widths[0]))
    z = x
    for k in range(1, len(widths)):
        z = z @ params[f"W{k}"] + params[f"b{k}"]
        z = np.tanh(z) if k < len(widths) - 1 else np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    given = network_from_params(params, "tanh", "softmax", name="mine")
    assert given.name == "mine"
    assert [layer.name for layer in given.layers] == [f"layer_{k}" for k in range(1, len(widths))]
    np.testing.assert_allclose(given.predict(x.astype(np.float32), verbose=0), z, rtol=2e-4, atol=1e-5)


def test_more_than_nine_layers_stay_in_order() -> None:
    params: dict[str, Any] = {f"W{k}": np.full((1, 1), float(k)) for k in range(1, 12)}
    params |= {f"b{k}": np.zeros(1) for k in range(1, 12)}
    kernels = network_from_params(params).get_weights()[::2]
    assert [float(one[0, 0]) for one in kernels] == list(range(1, 12))


def test_one_array_may_stand_for_several_layers() -> None:
    shared, zero = np.eye(2), np.zeros(2)
    params = {"W1": shared, "b1": zero, "W2": shared, "b2": zero}
    model = network_from_params(params, "relu", "linear")
    assert [layer.activation.__name__ for layer in model.layers] == ["relu", "linear"]


W, B = np.zeros((2, 3)), np.zeros(3)
WHERE = "network_from_params(params)"
SAID = [
    ({}, DTypeError, f"{WHERE}: there are no weights by name.\n  expected: a dictionary with W1, b1, W2, b2 …\n"
     "  given:    an empty one"),
    ([W, B], DTypeError, f"{WHERE}: there are no weights by name.\n  expected: a dictionary with W1, b1, W2, b2 …\n"
     "  given:    list"),
    ({"W1": W}, DataError, f"{WHERE}: the weights are not named layer by layer.\n  expected: W1, b1\n"
     "  given:    no b1"),
    ({"W1": W, "b1": B, "W3": W, "b3": B}, DataError, f"{WHERE}: the weights are not named layer by layer.\n"
     "  expected: W1, b1, W2, b2\n  given:    no W2, no b2, 'W3', 'b3'"),
    ({"W1": W, "b1": ["a", "b", "c"]}, DTypeError, f"{WHERE}, b1: these weights are no numbers.\n  given:    <U1"),
    ({"W1": [[1.0, 2.0], [3.0]], "b1": B}, DataError, f"{WHERE}, W1: the rows of a weight differ in length."),
    ({"W1": W * np.nan, "b1": B}, DataError, f"{WHERE}, W1: a weight is not finite."),
    ({"W1": W, "b1": np.zeros(2)}, ShapeError, f"{WHERE}, W1: the weights of a layer do not fit each other.\n"
     "  expected: W1 (units before, units), b1 (units,)\n  given:    (2, 3) and (2,)"),
    ({"W1": B, "b1": B}, ShapeError, f"{WHERE}, W1: the weights of a layer do not fit each other.\n"
     "  expected: W1 (units before, units), b1 (units,)\n  given:    (3,) and (3,)"),
    ({"W1": W, "b1": B, "W2": W, "b2": B}, ShapeError, f"{WHERE}, W2: the weights of a layer do not fit those before "
     "it.\n  expected: (3, units)\n  given:    (2, 3)"),
]  # fmt: skip


@pytest.mark.parametrize(("params", "kind", "words"), SAID)
def test_weights_that_make_no_network_are_refused(params: Any, kind: type[OnionskinError], words: str) -> None:
    with pytest.raises(kind) as caught:
        network_from_params(params)
    assert str(caught.value) == words
