"""Records in rates.json what Keras's learning-rate callbacks and CSVLogger do; run it where Keras is installed."""

import json
import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from tests.callbacks.record_cases import SERIES

FILE = Path(__file__).parent / "rates.json"
PLATEAUS = [
    {},
    {"patience": 1},
    {"patience": 2, "factor": 0.5},
    {"patience": 1, "cooldown": 2},
    {"patience": 1, "min_lr": 0.02},
    {"patience": 2, "min_delta": 0.1},
    {"patience": 1, "mode": "max", "factor": 0.7},
    {"patience": 0},
]
SCHEDULES = {
    "of epoch": lambda epoch: 0.1 / (epoch + 1),
    "of both": lambda epoch, rate: rate * 0.9 if epoch else rate,
    "a number of NumPy": lambda epoch, rate: np.float32(rate * 0.5),
}
TABLES = {
    "plain": [{"loss": 0.5, "accuracy": 0.25}, {"loss": 0.4, "accuracy": 0.5}],
    "validated": [{"loss": 0.5, "val_loss": 0.75}, {"loss": 0.25, "val_loss": 1e-9}],
    "later": [{"loss": 0.5}, {"loss": 0.4, "val_loss": 0.3, "more": 1.0}],
    "lists": [{"loss": 0.5, "f1": np.array([0.5, 0.25])}, {"loss": np.array(0.5), "f1": "none"}],
}
SETTINGS = [{}, {"separator": ";"}, {"append": True}]


def _model(rate=0.1):
    return SimpleNamespace(optimizer=SimpleNamespace(learning_rate=rate), stop_training=False)


def plateau(callbacks, settings, series):
    """Return the learning rate after each epoch."""
    callback = callbacks.ReduceLROnPlateau(monitor="loss", **settings)
    callback.set_model(_model())
    callback.on_train_begin()
    rates = []
    for epoch, loss in enumerate(SERIES[series]):
        logs = {"loss": loss}
        callback.on_epoch_end(epoch, logs)
        rates.append([float(callback.model.optimizer.learning_rate), float(logs["learning_rate"])])
    return rates


def schedule(callbacks, name):
    """Return the learning rate within each epoch."""
    callback = callbacks.LearningRateScheduler(SCHEDULES[name])
    callback.set_model(_model())
    rates = []
    for epoch in range(4):
        callback.on_epoch_begin(epoch)
        logs = {"loss": 1.0}
        callback.on_epoch_end(epoch, logs)
        rates.append([float(callback.model.optimizer.learning_rate), logs["learning_rate"]])
    return rates


def table(callbacks, settings, name):
    """Return the file after two trainings."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.csv"
        for _ in range(2):
            callback = callbacks.CSVLogger(str(path), **settings)
            callback.on_train_begin()
            for epoch, logs in enumerate(TABLES[name]):
                callback.on_epoch_end(epoch, dict(logs))
            callback.on_train_end()
        return path.read_bytes().decode()


def answers(callbacks):
    """Return what a library's callbacks do in every case."""
    return {
        "plateau": [[settings, name, plateau(callbacks, settings, name)] for settings in PLATEAUS for name in SERIES],
        "schedule": [[name, schedule(callbacks, name)] for name in SCHEDULES],
        "table": [[settings, name, table(callbacks, settings, name)] for settings in SETTINGS for name in TABLES],
    }


def main():
    """Ask Keras."""
    import keras

    FILE.write_text(json.dumps({"source": f"Keras {keras.__version__}", **answers(keras.callbacks)}) + "\n")


if __name__ == "__main__":
    main()
