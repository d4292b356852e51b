"""Trains a tiny model in processes that are killed at random batches, until one ends; compares with one left alone.

Run it as python -m tests.callbacks.kills [kills] [seed], for 100 kills where no number is given.
"""

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

EPOCHS, BATCHES = 4, 7
VARIANTS = {  # save_freq, and what the training is like
    "batch": (1, {}),
    "three": (3, {}),
    "epoch": ("epoch", {}),
    "stream": (2, {"stream": True}),
    "optimizer": (1, {"optimizer": True}),
}


def train(variant, folder):
    """Train, telling each batch; at the end write all that was learnt, and the history, to result.npz."""
    import numpy as np

    import onionskin
    from onionskin import callbacks, layers, optimizers

    freq, how = VARIANTS[variant]
    onionskin.utils.set_random_seed(7)
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(26, 5)).astype("float32"), rng.normal(size=(26, 2)).astype("float32")
    model = onionskin.Sequential(
        [layers.Input((5,)), layers.Dense(6, activation="tanh"), layers.Dropout(0.3), layers.Dense(2)]
    )
    optimizer = optimizers.Adam(0.05)
    if how.get("optimizer"):
        optimizer = optimizers.RMSprop(
            optimizers.schedules.CosineDecay(0.05, 20), momentum=0.5, use_ema=True, ema_momentum=0.8,
            ema_overwrite_frequency=5, gradient_accumulation_steps=2,
        )  # fmt: skip
    model.compile(optimizer=optimizer, loss="mse", metrics=["mae"])

    class Told(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            print("batch", flush=True)

    class Halved(callbacks.Callback):  # changes the rate before each epoch: twice would be once too often
        def on_epoch_begin(self, epoch, logs=None):
            if not how.get("optimizer"):
                self.model.optimizer.learning_rate = float(self.model.optimizer.learning_rate) * 0.9

    hooks = [
        callbacks.BackupAndRestore(folder / "backup", save_freq=freq, double_checkpoint=variant == "three"),
        callbacks.EarlyStopping(patience=EPOCHS, restore_best_weights=variant == "three"),
        callbacks.CSVLogger(folder / "log.csv"),
        Halved(),
        Told(),
    ]
    if not how.get("optimizer"):
        hooks.insert(1, callbacks.ReduceLROnPlateau(monitor="loss", patience=1, factor=0.5, min_delta=10.0))

    def batches():  # a generator that draws from NumPy's global numbers and never begins anew
        while True:
            rows = np.random.permutation(26)[:4]
            yield x[rows], y[rows]

    given = {"x": batches(), "steps_per_epoch": BATCHES} if how.get("stream") else {"x": x, "y": y, "batch_size": 4}
    history = model.fit(**given, epochs=EPOCHS, validation_data=(x[:9], y[:9]), callbacks=hooks, verbose=0)
    arrays = [variable.numpy() for variable in (*model.variables, *model.optimizer.variables)]
    figures = {f"history/{name}": values for name, values in sorted(history.history.items())}
    log = np.frombuffer((folder / "log.csv").read_bytes(), "uint8")
    np.savez(folder / "result.npz", *arrays, random=np.random.get_state()[1], log=log, **figures)


def run(variant, folder, kill_after=None):
    """Run one process; kill it after so many batches. Returns whether it ended by itself."""
    source = (
        f"from pathlib import Path; from tests.callbacks import kills; kills.train({variant!r}, Path({str(folder)!r}))"
    )
    child = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", source, variant, str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=Path(__file__).parents[2], env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    with child:
        for _ in range(kill_after or 0):
            if not child.stdout.readline():
                break
        if kill_after is not None:
            child.kill()
        _, said = child.communicate()
    if child.returncode not in (0, -9):
        raise RuntimeError(f"the training failed:\n{said}")
    return child.returncode == 0


def differences(folder, other):
    """Return the names of what differs between two results, bit by bit."""
    import numpy as np

    with np.load(folder / "result.npz") as one, np.load(other / "result.npz") as two:
        assert sorted(one) == sorted(two) and len(one) > 10
        return [name for name in one if one[name].tobytes() != two[name].tobytes()]


def survive(variant, kills, rng, folder):
    """Kill a training so often, let it end, and compare; returns what differs from a training left alone."""
    alone, killed = folder / "alone", folder / "killed"
    alone.mkdir()
    killed.mkdir()
    assert run(variant, alone)
    done = 0
    while done < kills:
        # early enough that most kills meet a running training, late enough that it gets on
        done += not run(variant, killed, rng.randint(1, BATCHES + 3))
        if (killed / "result.npz").exists():  # it had ended: the next kills meet a new training
            if found := differences(alone, killed):
                return found
            (killed / "result.npz").unlink()
    run(variant, killed)
    assert not (killed / "backup").exists()
    return differences(alone, killed)


def main():
    """Kill so often in all, each variant alike."""
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(2**32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    each, failed = -(-total // len(VARIANTS)), False
    for variant in VARIANTS:
        with tempfile.TemporaryDirectory() as folder:
            found = survive(variant, each, rng, Path(folder))
        print(f"{variant}: {each} kills, {'differs: ' + ', '.join(found) if found else 'the same bits'}")
        failed = failed or bool(found)
    sys.exit(failed)


if __name__ == "__main__":
    main()
