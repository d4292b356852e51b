"""Masks: kept beside tensors, gone with them, passed through traces, and warned of where they end."""

import gc

import numpy as np
import pytest

import onionskin
from onionskin import layers, ops
from onionskin.state import mask_of, masks, set_mask

ROWS = np.array([[[1.0, 0], [0, 0], [2, 2]]], "float32")
MASK = np.array([[True, False, True]])


class Ends(layers.Layer):
    """Does not support masking."""

    def call(self, inputs):
        return inputs + 1.0


def test_a_mask_goes_with_its_array():
    x = np.zeros((2, 2))
    set_mask(x, MASK)
    np.testing.assert_array_equal(mask_of(x), MASK)
    assert (mask_of(x.copy()), mask_of(x[:1]), mask_of(np.float32(1.0)), mask_of("x")) == (None, None, None, None)
    set_mask(x, None)
    assert mask_of(x) is None
    set_mask(np.float64(1.0), MASK)  # a number cannot be followed


def test_nothing_is_kept_of_arrays_that_are_gone():
    gc.collect()
    before = len(masks._of_arrays)
    for _ in range(100):
        y = layers.Masking()(ROWS)
        assert mask_of(y) is not None
        assert mask_of(np.zeros(y.shape, y.dtype)) is None  # in the place of another that is no more
    assert len(masks._of_arrays) == before + 1
    del y
    gc.collect()
    assert len(masks._of_arrays) == before


def test_nothing_is_kept_of_traces_that_are_over():
    model = onionskin.Sequential([onionskin.Input((3, 2)), layers.Masking(), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(ROWS, np.ones((1, 3, 1), "float32"), verbose=0)
    gc.collect()
    assert len(masks._of_traces) == 0


def test_a_mask_reaches_the_loss_of_a_gradient_and_comes_back_from_it():
    dense, masking = layers.Dense(1), layers.Masking()
    dense(ROWS)
    loss = onionskin.losses.MeanSquaredError()
    found = []

    @onionskin.jit
    def step(x, y):
        def value():
            y_pred = dense(masking(x))
            return loss(y, y_pred), y_pred

        (total, y_pred), _ = onionskin.value_and_grad(value, has_aux=True, variables=dense.trainable_variables)()
        found.append(mask_of(y_pred) is not None)
        return total, loss(y, y_pred)

    y = np.arange(3.0, dtype="float32").reshape(1, 3, 1)
    kernel, bias = dense.get_weights()
    out = ROWS @ kernel + bias
    wanted = ((out - y) ** 2)[0, [0, 2], 0].mean()
    np.testing.assert_allclose(step(ROWS, y), [wanted, wanted], rtol=1e-5)
    assert found == [True]


def test_where_a_mask_ends_is_said():
    y = layers.Masking()(ROWS)
    with pytest.warns(UserWarning) as caught:
        Ends(name="ends")(y)
    assert [str(one.message) for one in caught] == [
        "layer 'ends' (Ends) was given a mask, but it does not support masking: the mask ends here, and layers behind "
        "it count every entry"
    ]
    with pytest.warns(UserWarning, match="'ends'"):
        Ends(name="ends")(layers.Masking()(onionskin.Input((3, 2))))
    Ends()(ROWS)  # no mask, no warning


def test_a_model_called_again_and_again_keeps_masks():
    model = onionskin.Sequential([onionskin.Input((3, 2)), layers.Masking(), layers.Dense(1)])
    for _ in range(5):
        np.testing.assert_array_equal(mask_of(model(ROWS)), MASK)
    plain = onionskin.Sequential([onionskin.Input((3, 2)), layers.Activation("relu")])
    for _ in range(5):
        assert mask_of(plain(ROWS)) is None
    x = ROWS.copy()
    set_mask(x, MASK)
    np.testing.assert_array_equal(mask_of(plain(x)), MASK)


def test_masks_given_to_a_model_leave_the_array_as_it_is():
    i = onionskin.Input((3, 2))
    model = onionskin.Model(i, layers.Activation("relu")(i))
    out = model(ROWS, mask=MASK)
    np.testing.assert_array_equal(mask_of(out), MASK)
    assert mask_of(ROWS) is None


def test_a_mask_by_place():
    class Sees(layers.Layer):
        def call(self, inputs, mask=None):
            return inputs if mask is None else inputs * ops.cast(mask, inputs.dtype)[..., None]

    y = layers.Masking()(ROWS)
    with pytest.warns(UserWarning, match="does not support masking"):
        np.testing.assert_array_equal(Sees()(ROWS, MASK), ROWS * MASK[..., None])
    with pytest.warns(UserWarning, match="does not support masking"):
        np.testing.assert_array_equal(Sees()(y, None), ROWS * MASK[..., None])


def test_casts_keep_masks():
    y = layers.Masking(dtype="float64")(ROWS)
    np.testing.assert_array_equal(mask_of(layers.Dense(1, dtype="float16")(y)), MASK)
