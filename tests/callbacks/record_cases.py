"""Records in cases.json what Keras's own callbacks do; run it where Keras is installed: python record_cases.py."""

import json
import tempfile
import warnings
from pathlib import Path

import numpy as np

SERIES = {
    "falling": [0.9, 0.8, 0.7, 0.6, 0.5, 0.4],
    "rising": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
    "flat": [0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
    "valley": [0.9, 0.5, 0.3, 0.4, 0.45, 0.5, 0.6, 0.7],
    "two_valleys": [0.9, 0.5, 0.6, 0.7, 0.4, 0.5, 0.6, 0.7, 0.8],
    "small_steps": [0.5, 0.49, 0.48, 0.47, 0.46, 0.45, 0.44],
    "exact_steps": [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3],
    "negative": [-0.1, -0.5, -0.4, -0.3, -0.6, -0.55],
    "nan_late": [0.5, 0.4, float("nan"), 0.3, float("nan"), float("nan")],
    "nan_first": [float("nan"), 0.5, 0.4, 0.3],
    "one": [0.5],
}
SETTINGS = [
    {},
    {"patience": 1},
    {"patience": 2},
    {"patience": 2, "restore_best_weights": True},
    {"patience": 2, "min_delta": 0.1},
    {"patience": 2, "min_delta": -0.1, "restore_best_weights": True},
    {"patience": 2, "baseline": 0.45},
    {"patience": 3, "baseline": 0.2, "restore_best_weights": True},
    {"patience": 1, "start_from_epoch": 3, "restore_best_weights": True},
    {"patience": 0, "start_from_epoch": 2},
]
CHECKPOINTS = [
    {"filepath": "{epoch:02d}-{val_loss:.2f}.keras"},
    {"filepath": "best.keras", "save_best_only": True},
    {"filepath": "{epoch}.keras", "save_best_only": True, "mode": "max"},
    {"filepath": "{epoch}.keras", "save_best_only": True, "initial_value_threshold": 0.5},
    {"filepath": "sub/{epoch:03d}.weights.h5", "save_weights_only": True},
    {"filepath": "{epoch}-{batch}.keras", "save_freq": 3},
    {"filepath": "{epoch}-{batch:02d}-{loss:.1f}.keras", "save_freq": 7},
    {"filepath": "{epoch}-{batch}.weights.h5", "save_freq": 1, "save_weights_only": True},
]
HOOKS = ["train_begin", "epoch_begin", "train_batch_begin", "train_batch_end", "batch_begin", "batch_end"]
HOOKS += ["test_begin", "test_batch_begin", "test_batch_end", "test_end"]
HOOKS += ["predict_begin", "predict_batch_begin", "predict_batch_end", "predict_end", "epoch_end", "train_end"]
LOGS = {"loss": np.float32(0.5), "accuracy": np.float64(0.25), "more": {"auc": 1}, "outputs": "kept"}
BATCHES = 4


class FakeModel:
    """Weights that tell the epoch, and a record of what was saved."""

    def __init__(self):
        self.stop_training = False
        self.weights = [np.array([-1.0])]
        self.saved = []

    def get_weights(self):
        return [np.array(weight) for weight in self.weights]

    def set_weights(self, weights):
        self.weights = [np.array(weight) for weight in weights]

    def save(self, path, overwrite=True):
        self.saved.append(["save", path])

    def save_weights(self, path, overwrite=True):
        self.saved.append(["save_weights", path])


def run_early_stopping(cls, values, mode, settings):
    """Drive an EarlyStopping over the values of `val_loss`, and tell where it ends."""
    callback, model = cls(mode=mode, **settings), FakeModel()
    callback.set_model(model)
    callback.on_train_begin()
    epoch = -1
    for epoch, value in enumerate(values):
        model.weights = [np.array([float(epoch)])]
        callback.on_epoch_end(epoch, {"val_loss": value})
        if model.stop_training:
            break
    callback.on_train_end()
    return {
        "last_epoch": epoch,
        "stopped": model.stop_training,
        "stopped_epoch": callback.stopped_epoch,
        "best": None if callback.best is None else float(callback.best),
        "weights": float(model.weights[0][0]),
    }


def run_checkpoint(cls, values, settings, folder):
    """Drive a ModelCheckpoint over the values, four batches an epoch, and tell what was saved."""
    settings = {**settings, "filepath": str(Path(folder) / settings["filepath"])}
    callback, model = cls(**settings), FakeModel()
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, value in enumerate(values):
        callback.on_epoch_begin(epoch)
        for batch in range(BATCHES):
            callback.on_train_batch_end(batch, {"loss": value})
        callback.on_epoch_end(epoch, {"loss": value, "val_loss": value})
    callback.on_train_end()
    return [[how, Path(path).relative_to(folder).as_posix()] for how, path in model.saved]


def run_hooks(base, list_cls):
    """Call each hook of a list of two callbacks, and tell which calls arrive, in which order and how."""
    calls = []

    def recorder(who, hook):
        def record(self, *args, **kwargs):
            calls.append([who, hook, list(args), sorted(kwargs), kwargs.get("logs")])

        return record

    everything = type("Everything", (base,), {f"on_{hook}": recorder("a", f"on_{hook}") for hook in HOOKS})
    older = type("Older", (base,), {f"on_{hook}": recorder("b", f"on_{hook}") for hook in ("batch_begin", "batch_end")})
    hooks = list_cls([everything(), older()])
    for hook in HOOKS:
        args = (3,) if "batch" in hook or "epoch" in hook else ()
        getattr(hooks, f"on_{hook}")(*args, dict(LOGS))
    return calls


def main():
    """Write cases.json."""
    import keras  # here, so that the tests can use the functions above without it

    warnings.simplefilter("error")
    stopping = [
        {"values": values, "mode": mode, "settings": settings, "series": name}
        for name, values in SERIES.items()
        for mode in ("auto", "max")
        for settings in SETTINGS
    ]
    for case in stopping:
        case["expected"] = run_early_stopping(
            keras.callbacks.EarlyStopping, case["values"], case["mode"], case["settings"]
        )
    checkpoints = []
    for name in ("valley", "two_valleys", "rising"):
        for settings in CHECKPOINTS:
            with tempfile.TemporaryDirectory() as folder:
                saved = run_checkpoint(keras.callbacks.ModelCheckpoint, SERIES[name], settings, folder)
            checkpoints.append({"values": SERIES[name], "settings": settings, "expected": saved})
    cases = {
        "keras": keras.__version__,
        "early_stopping": stopping,
        "checkpoint": checkpoints,
        "hooks": run_hooks(keras.callbacks.Callback, keras.callbacks.CallbackList),
    }
    lines = [f'"keras": {json.dumps(cases["keras"])}']
    lines.extend(
        f'"{key}": [\n' + ",\n".join(json.dumps(case) for case in cases[key]) + "\n]"
        for key in ("early_stopping", "checkpoint", "hooks")
    )
    Path(__file__).with_name("cases.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
