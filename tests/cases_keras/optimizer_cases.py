"""Cases of whole optimizers and schedules: every class and option over five steps, with all variables by name.

The arrays follow from a case's number, so that the recorded file holds only answers. Record them with
KERAS_BACKEND=jax python -m tests.cases_keras.optimizer_cases.
"""

import contextlib
import json
import random
import warnings
from pathlib import Path

import numpy as np

from tests.cases_keras import rules

FILE = Path(__file__).parent / "optimizers_whole.json"
STEPS = 5
TOLERANCE = {"float32": (1e-5, 1e-6), "float64": (1e-10, 1e-12)}
# Keras's means, norms and cosines of float64 are computed in float32 on JAX; NumPy is these classes' oracle there
SINGLE = ("Adafactor", "Muon", "CosineDecay", "CosineDecayRestarts")
NAMES = [
    "SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "AdamW", "Adamax", "Nadam", "Ftrl", "Lion", "Lamb", "Adafactor",
    "Muon", "ScheduleFreeAdamW",
]  # fmt: skip
OWN = {
    "SGD": [{"momentum": 0.9}, {"momentum": 0.8, "nesterov": True}],
    "RMSprop": [
        {"rho": 0.7, "momentum": 0.4},
        {"centered": True, "epsilon": 1e-3},
        {"centered": True, "momentum": 0.5},
    ],
    "Adagrad": [{"initial_accumulator_value": 0.4, "epsilon": 1e-3}],
    "Adadelta": [{"rho": 0.6, "epsilon": 1e-2}],
    "Adam": [{"amsgrad": True, "beta_2": 0.6}, {"beta_1": 0.5, "beta_2": 0.8, "epsilon": 1e-2}],
    "AdamW": [{"amsgrad": True, "beta_1": 0.7}, {"weight_decay": 0.3}],
    "Adamax": [{"beta_1": 0.6, "beta_2": 0.7, "epsilon": 1e-2}],
    "Nadam": [{"beta_1": 0.7, "beta_2": 0.8, "epsilon": 1e-2}],
    "Ftrl": [
        {"l1_regularization_strength": 0.3, "l2_regularization_strength": 0.2, "beta": 0.4},
        {"learning_rate_power": -0.7, "l2_shrinkage_regularization_strength": 0.3, "initial_accumulator_value": 0.5},
    ],
    "Lion": [{"beta_1": 0.6, "beta_2": 0.7}],
    "Lamb": [{"beta_1": 0.6, "beta_2": 0.7, "epsilon": 1e-2}],
    "Adafactor": [{"relative_step": False, "clip_threshold": 0.5}, {"beta_2_decay": -0.5, "epsilon_2": 0.1}],
    "Muon": [
        {"nesterov": False, "rms_rate": None, "ns_steps": 3},
        {"exclude_layers": ["kern"], "exclude_embeddings": False, "adam_lr_ratio": 0.5},
        {"momentum": 0.7, "adam_weight_decay": None, "weight_decay": 0.2},
        {"adam_beta_1": 0.6, "adam_beta_2": 0.7, "muon_a": 3.0, "muon_b": -4.0, "muon_c": 2.0, "weight_decay": None},
    ],
}
OWN["ScheduleFreeAdamW"] = [{"warmup_steps": 3, "beta_1": 0.8}, {"beta_2": 0.7, "epsilon": 1e-2}]
COMMON = [
    {"weight_decay": 0.1}, {"weight_decay": 0.1, "excluded": ["bias"]}, {"clipnorm": 0.5}, {"clipvalue": 0.3},
    {"global_clipnorm": 0.6}, {"use_ema": True, "ema_momentum": 0.6},
    {"use_ema": True, "ema_momentum": 0.7, "ema_overwrite_frequency": 2}, {"loss_scale_factor": 4.0},
    {"gradient_accumulation_steps": 2}, {"gradient_accumulation_steps": 3, "clipnorm": 0.4},
    {"gradient_accumulation_steps": 2, "use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 2},
    {"new_rate": 0.02}, {"missing": True}, {"constrained": True},
]  # fmt: skip
SCHEDULES = [
    ("ExponentialDecay", {"initial_learning_rate": 0.3, "decay_steps": 4, "decay_rate": 0.7}),
    ("ExponentialDecay", {"initial_learning_rate": 0.3, "decay_steps": 4, "decay_rate": 0.7, "staircase": True}),
    ("PiecewiseConstantDecay", {"boundaries": [2, 7], "values": [1.0, 0.5, 0.1]}),
    ("PiecewiseConstantDecay", {"boundaries": [3], "values": [0.2, 0.1]}),
    ("PolynomialDecay", {"initial_learning_rate": 0.3, "decay_steps": 5}),
    ("PolynomialDecay", {"initial_learning_rate": 0.3, "decay_steps": 5, "end_learning_rate": 0.1, "power": 2.0}),
    ("PolynomialDecay", {"initial_learning_rate": 0.3, "decay_steps": 5, "power": 0.5, "cycle": True}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.3, "decay_steps": 4, "decay_rate": 0.7}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.3, "decay_steps": 4, "decay_rate": 0.7, "staircase": True}),
    ("CosineDecay", {"initial_learning_rate": 0.3, "decay_steps": 7}),
    ("CosineDecay", {"initial_learning_rate": 0.3, "decay_steps": 7, "alpha": 0.2}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 6, "warmup_target": 0.4, "warmup_steps": 3}),
    ("CosineDecay", {"initial_learning_rate": 0.0, "decay_steps": 6, "warmup_target": 0.4, "alpha": 0.1}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.3, "first_decay_steps": 3}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.3, "first_decay_steps": 3, "t_mul": 1.0, "m_mul": 0.8}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.3, "first_decay_steps": 2, "t_mul": 1.5, "alpha": 0.1}),
]


OURS = ("excluded", "new_rate", "missing", "constrained", "schedule", "inner", "not_finite")  # not the optimizer's


def cases():
    """Return all cases, in an order that never changes."""
    made = []
    rng = random.Random(5)
    for name in NAMES:
        rows = [{}, *OWN[name]]
        # two common options for each class of their own, and one drawn mixture
        rows += [{"learning_rate": 0.1, **one} for one in COMMON if name in ("SGD", "Adam") or rng.random() < 0.3]
        rows.append({"learning_rate": 0.05, **rng.choice(OWN[name]), **rng.choice(COMMON[2:5]), "use_ema": True,
                     "ema_overwrite_frequency": 3, "gradient_accumulation_steps": 2, "weight_decay": 0.05})  # fmt: skip
        rows.append({"schedule": rng.randrange(len(SCHEDULES)), **rng.choice(OWN[name])})
        for index, row in enumerate(rows):
            made.append({"kind": "whole_optimizer", "name": name, "row": row, "dtype": "float32"})
            if index in (1, len(rows) - 2):
                made.append({"kind": "whole_optimizer", "name": name, "row": row, "dtype": "float64"})
    for growth, wrong in ((2, None), (2, 1), (3, 3)):
        row = {"inner": "Adam", "dynamic_growth_steps": growth, "initial_scale": 8.0, "not_finite": wrong}
        made.append({"kind": "whole_optimizer", "name": "LossScaleOptimizer", "row": row, "dtype": "float32"})
    for number in range(len(SCHEDULES)):
        made += [{"kind": "whole_schedule", "number": number, "dtype": dtype} for dtype in ("float32", "float64")]
    for number, case in enumerate(made):
        told = f"{case['name']}({case['row']})" if "name" in case else SCHEDULES[case["number"]]
        case["id"] = f"{number} {told} {case['dtype']}"
        case["seed"] = number
    return made


def _array(seed, shape, dtype):
    count = int(np.prod(shape))
    return (np.sin(np.arange(count) * 1.7 + seed * 0.37 + 0.1) * 1.5).round(3).reshape(shape).astype(dtype)


def _shapes(name):
    more = {"embeddings": (2, 3), "cube": (2, 1, 2)} if name in ("Muon", "Adafactor") else {}
    return {"kernel": (3, 2), "bias": (2,), **more}


def _make(library, case):
    row = {key: value for key, value in case["row"].items() if key not in OURS}
    if "schedule" in case["row"]:
        name, own = SCHEDULES[case["row"]["schedule"]]
        row["learning_rate"] = getattr(library.optimizers.schedules, name)(**own)
    if "inner" in case["row"]:
        inner = getattr(library.optimizers, case["row"]["inner"])(learning_rate=0.1, name="inner")
        return library.optimizers.LossScaleOptimizer(inner, name="own", **row)
    optimizer = getattr(library.optimizers, case["name"])(name="own", **row)
    if "excluded" in case["row"]:
        optimizer.exclude_from_weight_decay(var_names=case["row"]["excluded"])
    return optimizer


@contextlib.contextmanager
def _floats(library, dtype):
    """Run a block with this default dtype; float64 must be allowed on JAX."""
    before = library.floatx()
    library.set_floatx(dtype)
    try:
        with library.wide() if dtype == "float64" else contextlib.nullcontext():
            yield
    finally:
        library.set_floatx(before)


def answer(library, case, compiled=lambda step: step):
    """Return (arrays, names): of an optimizer the weights and all its variables after the steps.

    Args:
        library: an adapter, `Onionskin()` or `Keras()`.
        case: one of `cases()`.
        compiled: what the step function goes through, such as `jit`.
    """
    with _floats(library, case["dtype"]):
        if case["kind"] == "whole_schedule":
            name, own = SCHEDULES[case["number"]]
            schedule = getattr(library.optimizers.schedules, name)(**own)
            run = compiled(lambda step: schedule(step))
            return [np.array([float(run(np.int32(step))) for step in range(20)])], []
        shapes, row = _shapes(case["name"]), case["row"]
        variables = [library.Variable(_array(case["seed"] + index, shape, case["dtype"]), name=name)
                     for index, (name, shape) in enumerate(shapes.items())]  # fmt: skip
        if row.get("constrained"):
            variables[0].constraint = library.constraints.MaxNorm(0.9)
        optimizer = _make(library, case)
        optimizer.build(variables)
        step = compiled(lambda *gradients: optimizer.apply(list(gradients), variables))
        for number in range(STEPS):
            gradients = [_array(case["seed"] + 10 * number + index + 3, shape, case["dtype"])
                         for index, shape in enumerate(shapes.values())]  # fmt: skip
            if row.get("not_finite") == number:
                gradients[0][0, 0] = np.inf
            if number == 2 and "new_rate" in row:
                optimizer.learning_rate = row["new_rate"]
            if row.get("missing"):
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    optimizer.apply([gradients[0], None], variables)
            elif "inner" in row:  # on JAX this one works on values only
                parts = [[np.array(one) for one in group] for group in (optimizer.variables, variables)]
                new = compiled(optimizer.stateless_apply)(parts[0], gradients, parts[1])
                for one, value in zip((*variables, *optimizer.variables), (*new[0], *new[1]), strict=True):
                    one.assign(value)
            else:
                step(*gradients)
        arrays = [rules._array(one) for one in (*variables, *optimizer.variables)]
        names = [[one.name, one.path, list(one.shape), str(one.dtype)] for one in optimizer.variables]
        return arrays, names


class Onionskin(rules.Onionskin):
    """How the cases reach onionskin."""

    def __init__(self):
        from onionskin.base import config

        super().__init__()
        self.floatx, self.set_floatx, self.wide = config.floatx, config.set_floatx, contextlib.nullcontext


class Keras(rules.Keras):
    """How the cases reach Keras."""

    def __init__(self):
        import jax
        import keras

        super().__init__()
        self.floatx, self.set_floatx, self.wide = (
            keras.config.floatx,
            keras.config.set_floatx,
            lambda: jax.enable_x64(True),
        )


def _plain(name):
    """Return a name without the number that Keras gives to unnamed variables."""
    return "variable" if name.startswith("variable_") else name


def compare(case, got, wanted):
    """Compare two answers; the numbers and names are shown where they differ."""
    (arrays, names), (expected, labels) = got, wanted
    if case["dtype"] == "float32":  # with wide numbers allowed, JAX counts in int64
        assert names == [[_plain(name), _plain(path), *rest] for name, path, *rest in labels], case["id"]
    name = case["name"] if "name" in case else SCHEDULES[case["number"]][0]
    rtol, atol = TOLERANCE["float32" if name in SINGLE else case["dtype"]]
    assert len(arrays) == len(expected), case["id"]
    for index, (one, other) in enumerate(zip(arrays, expected, strict=True)):
        np.testing.assert_allclose(one, other, rtol=rtol, atol=atol, err_msg=f"{case['id']}, array {index}")


def recorded():
    """Return the cases with their recorded answers."""
    kept = json.loads(FILE.read_text())["cases"]
    return [
        {**case, "answer": ([np.array(array) for array in one["arrays"]], one["names"])}
        for case, one in zip(cases(), kept, strict=True)
        if case["id"] == one["id"]
    ]


def main():
    """Ask Keras and write its answers down."""
    import keras

    warnings.simplefilter("ignore")
    library, lines = Keras(), []
    for case in cases():
        arrays, names = answer(library, case)
        digits = 9 if case["dtype"] == "float32" else 17
        lists = json.loads(json.dumps([one.tolist() for one in arrays]),
                           parse_float=lambda text, digits=digits: float(f"{float(text):.{digits}g}"))  # fmt: skip
        lines.append(json.dumps({"id": case["id"], "kind": case["kind"], "arrays": lists, "names": names}))
    head = f'{{"source": "Keras {keras.__version__} on JAX, by {__spec__.name}", "cases": [\n'
    FILE.write_text(head + ",\n".join(lines) + "\n]}\n")
    print(f"{len(lines)} cases, {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
