"""Records in forms.json the signatures and configurations of Keras's optimizers, schedules and callbacks."""

import inspect
import json
from pathlib import Path

from tests.cases_keras.optimizer_cases import NAMES, OWN, SCHEDULES

FILE = Path(__file__).parent / "forms.json"
CALLBACKS = [
    "BackupAndRestore", "CSVLogger", "Callback", "CallbackList", "EarlyStopping", "History", "LambdaCallback",
    "LearningRateScheduler", "ModelCheckpoint", "ProgbarLogger", "ReduceLROnPlateau", "RemoteMonitor",
    "SwapEMAWeights", "TensorBoard", "TerminateOnNaN",
]  # fmt: skip
COMMON = {
    "weight_decay": 0.2, "global_clipnorm": 0.5, "use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 3,
    "loss_scale_factor": 8.0, "gradient_accumulation_steps": 4, "name": "mine",
}  # fmt: skip


def _signature(cls):
    """Return (name, default) of every argument in order; those of no default have "required"."""
    skipped = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD
    return [
        [one.name, "required" if one.default is one.empty else one.default]
        for one in inspect.signature(cls).parameters.values()
        if one.kind not in skipped
    ]


def forms(optimizers, callbacks):
    """Return all signatures and configurations of a library."""
    schedules = optimizers.schedules
    signatures = {name: _signature(getattr(optimizers, name)) for name in [*NAMES, "LossScaleOptimizer"]}
    signatures |= {name: _signature(getattr(schedules, name)) for name, _ in SCHEDULES}
    signatures |= {name: _signature(getattr(callbacks, name)) for name in CALLBACKS}
    configs = []
    for name in NAMES:
        rows = ({}, *OWN[name], {**COMMON, **OWN[name][-1]})
        configs += [optimizers.serialize(getattr(optimizers, name)(**row)) for row in rows]
    scaled = optimizers.LossScaleOptimizer(optimizers.Lion(0.5), dynamic_growth_steps=5, name="scaled")
    configs.append(optimizers.serialize(scaled))
    for name, row in SCHEDULES:
        made = getattr(schedules, name)(**row)
        configs += [schedules.serialize(made), optimizers.serialize(optimizers.SGD(made))]
    return json.loads(json.dumps({"signatures": signatures, "configs": configs}))


def main():
    """Ask Keras."""
    import keras

    found = forms(keras.optimizers, keras.callbacks)
    FILE.write_text(json.dumps({"source": f"Keras {keras.__version__}", **found}, indent=0) + "\n")
    print(len(found["signatures"]), "signatures,", len(found["configs"]), "configurations,", FILE.stat().st_size)


if __name__ == "__main__":
    main()
