"""Averages, accumulation, schedules and callbacks within `fit`: the same training in Keras on JAX and here."""

import numpy as np
import pytest

keras = pytest.importorskip("keras", reason="Keras is not installed; `make test-peers` installs it")

pytestmark = pytest.mark.filterwarnings("ignore")  # of Keras and JAX

RNG = np.random.default_rng(0)
X = RNG.normal(size=(24, 5)).astype("float32")
Y = (X[:, :2] * 0.5 + 0.1).astype("float32")
WEIGHTS = [RNG.normal(size=shape).astype("float32") * 0.3 for shape in ((5, 4), (4,), (4, 2), (2,))]


def train(library, optimizer, hooks):
    layers = library.layers
    inner, last = layers.Dense(4, activation="tanh", name="inner"), layers.Dense(2, name="last")
    model = library.Sequential([layers.Input((5,)), inner, last])
    model.set_weights(WEIGHTS)
    model.compile(optimizer=optimizer(library.optimizers), loss="mse", metrics=["mae"])
    history = model.fit(X, Y, batch_size=4, epochs=4, shuffle=False, verbose=0, callbacks=hooks(library.callbacks),
                        validation_data=(X[:8], Y[:8]))  # fmt: skip
    return model, history


AVERAGED = {"use_ema": True, "ema_momentum": 0.8}
ROWS = {
    "averages": (lambda o: o.Adam(0.05, **AVERAGED), lambda c: []),
    "averages put in": (lambda o: o.SGD(0.1, momentum=0.5, ema_overwrite_frequency=5, **AVERAGED), lambda c: []),
    "accumulated": (
        lambda o: o.RMSprop(o.schedules.CosineDecay(0.05, 20), gradient_accumulation_steps=3),
        lambda c: [],
    ),
    "swapped": (lambda o: o.Adam(0.05, **AVERAGED), lambda c: [c.SwapEMAWeights(swap_on_epoch=True)]),
    "plateaus": (
        lambda o: o.Nadam(0.05),
        lambda c: [
            c.ReduceLROnPlateau("val_loss", factor=0.5, patience=1, min_delta=0.5),
            c.LearningRateScheduler(lambda epoch, rate: rate * 0.9),
        ],
    ),
    "by two rules": (lambda o: o.Muon(0.05, global_clipnorm=0.5, exclude_layers=["last"]), lambda c: []),
}


@pytest.mark.parametrize("name", ROWS)
def test_the_same_training(name):
    if keras.backend.backend() != "jax":
        pytest.skip("Keras does not run on JAX; set KERAS_BACKEND=jax")
    import onionskin

    keras.utils.clear_session()
    theirs, wanted = train(keras, *ROWS[name])
    ours, history = train(onionskin, *ROWS[name])
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
    assert set(history.history) == set(wanted.history)
    for key, values in wanted.history.items():
        np.testing.assert_allclose(history.history[key], values, rtol=1e-4, atol=1e-6, err_msg=key)
    for one, other in zip(ours.optimizer.variables, theirs.optimizer.variables, strict=True):
        np.testing.assert_allclose(one.numpy(), np.asarray(other), rtol=1e-3, atol=1e-5, err_msg=one.path)
