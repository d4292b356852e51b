"""Small models asked of Keras and of onionskin alike: one recipe, the same weights and data."""

import json
from pathlib import Path

import numpy as np

from tests.models import keras_training

FILE = Path(__file__).parent.parent / "cases_keras" / "models_small.json"
TOLERANCE = {"rtol": 1e-5, "atol": 1e-5}


def stack(lib):
    return lib.Sequential(
        [lib.Input((6,)), lib.layers.Dense(5, activation="relu", kernel_regularizer="l2"), lib.layers.Dropout(0.0),
         lib.layers.Dense(3, activation="softmax")]
    )  # fmt: skip


def image(lib):
    return lib.Sequential(
        [lib.Input((2, 3)), lib.layers.Rescaling(0.5, offset=-0.1), lib.layers.Flatten(),
         lib.layers.Dense(4, activation="gelu", use_bias=False), lib.layers.Dense(1, activation="sigmoid")]
    )  # fmt: skip


def rows(lib):
    return lib.Sequential(
        [lib.Input((6,)), lib.layers.Reshape((2, -1)),
         lib.layers.Dense(4, activation="tanh", activity_regularizer="l1"),
         lib.layers.Flatten("channels_first"), lib.layers.Dense(3), lib.layers.Activation("softplus")]
    )  # fmt: skip


def shared(lib):
    x = lib.Input((6,))
    twice = lib.layers.Dense(6, activation="elu")
    return lib.Model(x, lib.layers.Dense(3)(twice(twice(x)) + x * 0.5))


def nested(lib):
    inner = lib.Sequential([lib.Input((6,)), lib.layers.Dense(4, activation="sigmoid"), lib.layers.Dropout(0.0)])
    x = lib.Input((6,))
    return lib.Model(x, lib.layers.Dense(3, activation="softmax")(inner(x)))


def dropped(lib):
    """Return a model that is only asked to predict, as the two draw other random numbers."""
    return lib.Sequential([lib.Input((6,)), lib.layers.Dense(8), lib.layers.Dropout(0.5), lib.layers.Dense(3)])


MODELS = {one.__name__: one for one in (stack, image, rows, shared, nested, dropped)}
RULES = {
    "sgd": ("SGD", {"learning_rate": 0.1}),
    "nesterov": ("SGD", {"learning_rate": 0.05, "momentum": 0.9, "nesterov": True}),
    "rmsprop": ("RMSprop", {"learning_rate": 0.01}),
    "adagrad": ("Adagrad", {"learning_rate": 0.1}),
    "adam": ("Adam", {"learning_rate": 0.01}),
}
LOSSES = {
    "stack": ("SparseCategoricalCrossentropy", {}),
    "image": ("BinaryCrossentropy", {"label_smoothing": 0.1}),
    "rows": ("MeanSquaredError", {}),
    "shared": ("CategoricalCrossentropy", {"from_logits": True}),
    "nested": ("SparseCategoricalCrossentropy", {"reduction": "sum"}),
}
REDUCTIONS = ["sum", "sum_over_batch_size", "mean", "mean_with_sample_weight"]
METRICS = {"stack": ["accuracy"], "image": ["accuracy"], "rows": ["mae"], "shared": ["accuracy"], "nested": []}


def data(name):
    """Return inputs, targets and sample weights of a model."""
    rng = np.random.default_rng(len(name))
    x = rng.normal(size=(20, 6)).astype("float32")
    labels = rng.integers(0, 3, 20)
    y = {"image": labels[:, None] > 1, "rows": rng.normal(size=(20, 3)), "shared": np.eye(3)[labels]}.get(name, labels)
    weights = rng.uniform(0.2, 2, 20).astype("float32")
    return x.reshape(20, 2, 3) if name == "image" else x, y.astype("float32" if y.ndim > 1 else "int32"), weights


def built(lib, name):
    """Return a model with the weights that both libraries are given."""
    model = MODELS[name](lib)
    rng = np.random.default_rng(7)
    model.set_weights([rng.normal(size=w.shape).astype("float32") * 0.5 for w in model.get_weights()])
    return model


def outputs(lib, name):
    """Return predictions and the number of parameters."""
    model = built(lib, name)
    return {"predicted": np.asarray(model.predict(data(name)[0], verbose=0)), "parameters": model.count_params()}


def reduced(lib, name, reduction, weighted):
    """Return the loss that evaluate gives with a reduction, for batches of 8, 8 and 4."""
    model = built(lib, name)
    loss, settings = LOSSES[name]
    model.compile("sgd", getattr(lib.losses, loss)(**{**settings, "reduction": reduction}))
    x, y, weights = data(name)
    given = weights if weighted else None
    return float(model.evaluate(x, y, batch_size=8, sample_weight=given, verbose=0))


def trained(lib, name, rule, weighted=False):
    """Return weights and logs after two epochs of three steps, the last one smaller."""
    model = built(lib, name)
    loss, settings = LOSSES[name]
    optimizer, arguments = RULES[rule]
    model.compile(getattr(lib.optimizers, optimizer)(**arguments), getattr(lib.losses, loss)(**settings),
                  metrics=METRICS[name])  # fmt: skip
    x, y, weights = data(name)
    given = weights if weighted else None
    logs = model.fit(x, y, batch_size=8, epochs=2, shuffle=False, sample_weight=given, verbose=0).history
    return {"weights": [np.asarray(w) for w in model.get_weights()],
            "logs": {key: [float(one) for one in value] for key, value in logs.items()}}  # fmt: skip


def questions():
    """Yield the name of each question and the function of a library that answers it."""
    for name in MODELS:
        yield f"outputs:{name}", lambda lib, name=name: outputs(lib, name)
        if name not in LOSSES:
            continue
        for reduction in REDUCTIONS:
            for weighted in (False, True):
                yield (f"loss:{name}:{reduction}:{'weighted' if weighted else 'plain'}",
                       lambda lib, a=(name, reduction, weighted): reduced(lib, *a))  # fmt: skip
        for rule in RULES:
            yield f"fit:{name}:{rule}", lambda lib, a=(name, rule): trained(lib, *a)
        yield f"fit:{name}:adam:weighted", lambda lib, a=(name, "adam", True): trained(lib, *a)
    yield from keras_training.questions()


QUESTIONS = dict(questions())


def compare(ours, theirs, path=""):
    """Compare two answers, numbers within the tolerance."""
    if isinstance(theirs, dict):
        assert set(ours) == set(theirs)
        for key, one in theirs.items():
            compare(ours[key], one, f"{path} {key}")
    elif isinstance(theirs, list) and theirs and isinstance(theirs[0], list | np.ndarray) and "weights" in path:
        for index, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            compare(one, other, f"{path[: -len('weights')]} number {index}")
    else:
        np.testing.assert_allclose(ours, theirs, **TOLERANCE, err_msg=path)


def recorded():
    """Return the answers that Keras gave."""
    return {case["id"]: case["answer"] for case in json.loads(FILE.read_text())["cases"]}
