"""The same seed gives the same bits: twice in one process, and in two processes."""

import subprocess
import sys
import textwrap

import numpy as np
import pytest

import onionskin
from onionskin import layers
from tests.train.train_help import X, Y, regression, same_weights

pytestmark = pytest.mark.usefixtures("each_engine")


def trained(seed):
    model = regression(seed, optimizer="adam")
    history = model.fit(X, Y, batch_size=8, epochs=3, validation_split=0.1, verbose=0).history
    return model, history


def test_twice_in_one_process():
    (one, logs), (other, again) = trained(5), trained(5)
    same_weights(one, other)
    assert logs == again


def test_other_seeds_give_other_bits():
    (one, _), (other, _) = trained(5), trained(6)
    assert not any(np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


def test_dropout_differs_from_step_to_step_in_fit():
    seen = []
    onionskin.utils.set_random_seed(2)
    model = onionskin.Sequential([onionskin.Input((1000,)), layers.Dropout(0.5), layers.Dense(1, use_bias=False)])
    model.compile(onionskin.optimizers.SGD(0.0), lambda y, p: p)
    model.layers[1].set_weights([2.0 ** -np.arange(1000.0).clip(0, 22)[:, None]])

    class Each(onionskin.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(logs["loss"] * (batch + 1))

    ones = np.ones((4, 1000))
    model.fit(ones, ones[:, :1], batch_size=1, epochs=2, callbacks=[Each()], verbose=0)
    steps = np.diff([0.0, *seen[:4]]).tolist() + np.diff([0.0, *seen[4:]]).tolist()
    assert len(set(np.round(steps, 4))) == 8
    np.testing.assert_array_equal(model.predict(ones, verbose=0), model.predict(ones, batch_size=1, verbose=0))


SCRIPT = """
    import hashlib
    import numpy as np
    import onionskin
    from onionskin import layers
    onionskin.utils.set_random_seed({seed})
    x = np.random.rand(100, 6).astype("float32")
    stack = [onionskin.Input((6,)), layers.Dense(16, "relu"), layers.Dropout(0.4), layers.Dense(2)]
    model = onionskin.Sequential(stack)
    model.compile("adam", "mse")
    history = model.fit(x, x[:, :2], batch_size=16, epochs=3, verbose=0).history
    digest = hashlib.sha256(b"".join(v.numpy().tobytes() for v in model.variables))
    print(digest.hexdigest(), history["loss"])
"""


def run(seed):
    command = [sys.executable, "-c", textwrap.dedent(SCRIPT.format(seed=seed))]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def test_in_two_processes():
    first, second, third = run(7), run(7), run(8)
    assert first == second
    assert first != third
