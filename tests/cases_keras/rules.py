"""Cases of losses, optimizers, metrics and the other rules, as data, and how one library answers them.

The same code asks Keras and onionskin, since the names are the same; what differs is in two small adapters.
A case is a dictionary: kind, name, arguments, inputs, and once recorded the outputs.
"""

import contextlib
import json
from pathlib import Path
from unittest import mock

import numpy as np

FOLDER = Path(__file__).parent
RTOL, ATOL = {"float32": 1e-5, "float64": 1e-10}, {"float32": 1e-6, "float64": 1e-11}


class Onionskin:
    """How the cases reach onionskin."""

    def __init__(self):
        import onionskin
        from onionskin import activations, constraints, initializers, losses, metrics, optimizers, regularizers

        self.activations, self.constraints, self.initializers = activations, constraints, initializers
        self.losses, self.metrics, self.optimizers, self.regularizers = losses, metrics, optimizers, regularizers
        self.Variable, self.ops = onionskin.Variable, onionskin.ops

    def gradient(self, function, x):
        from onionskin.runtime import grad

        return grad(function)(x)

    @contextlib.contextmanager
    def floats(self, dtype):
        """Compute in a dtype."""
        from onionskin.base import config

        before = config.floatx()
        config.set_floatx(dtype)
        try:
            yield
        finally:
            config.set_floatx(before)

    @contextlib.contextmanager
    def masked(self, y_pred, mask):
        """Give predictions a mask, as layers do."""
        from onionskin.losses import loss

        with mock.patch.object(loss, "mask_of", return_value=mask):
            yield y_pred

    def resolved(self, y_shape, output_shape):
        return type(self.metrics.resolve("accuracy", None, y_shape, output_shape)).__name__

    def fans(self, shape):
        return self.initializers.compute_fans(shape)


class Keras:
    """How the cases reach Keras, which must run on JAX."""

    def __init__(self):
        import keras

        assert keras.backend.backend() == "jax", "set KERAS_BACKEND=jax"
        self.activations, self.constraints, self.initializers = keras.activations, keras.constraints, keras.initializers
        self.losses, self.metrics, self.optimizers = keras.losses, keras.metrics, keras.optimizers
        self.regularizers = keras.regularizers
        self.Variable, self.ops = keras.Variable, keras.ops

    def gradient(self, function, x):
        import jax

        return jax.grad(function)(x)

    @contextlib.contextmanager
    def floats(self, dtype):
        """Compute in a dtype; on JAX, Keras makes float32 of every float64 unless its own table is mended."""
        import jax
        import keras
        from keras.src.backend.common import dtypes

        with contextlib.ExitStack() as stack:
            if dtype == "float64":
                stack.enter_context(jax.enable_x64(True))
                stack.enter_context(mock.patch.dict(dtypes.BIT64_TO_BIT32_DTYPE, float64="float64"))
            keras.config.set_floatx(dtype)
            try:
                yield
            finally:
                keras.config.set_floatx("float32")

    @contextlib.contextmanager
    def masked(self, y_pred, mask):
        """Give predictions a mask, as layers do."""
        import keras
        from keras.src import backend

        y_pred = keras.ops.convert_to_tensor(y_pred)
        backend.set_keras_mask(y_pred, keras.ops.convert_to_tensor(mask))
        yield y_pred

    def resolved(self, y_shape, output_shape):
        from keras.src.trainers.compile_utils import get_metric

        return type(get_metric("accuracy", np.zeros(y_shape), np.zeros(output_shape))).__name__

    def fans(self, shape):
        from keras.src.initializers.random_initializers import compute_fans

        return compute_fans(shape)


# --- how a case is answered ---


def _array(value):
    return np.asarray(value if not hasattr(value, "numpy") else value.numpy(), dtype="float64")


def read(inputs):
    """Return recorded lists as arrays of the dtypes that they were made with."""
    return {name: np.array(one["values"], one["dtype"]) for name, one in inputs.items()}


def _activation(library, case, x):
    function = getattr(library.activations, case["name"])
    return [function(x, **case["arguments"])]


def _with_gradient(library, function, x):
    """Return a function's values, and the gradient of the sum of their squares."""
    return [function(x), library.gradient(lambda one: library.ops.sum(library.ops.square(function(one))), x)]


def _activation_with_gradient(library, case, x):
    function = getattr(library.activations, case["name"])
    return _with_gradient(library, lambda one: function(one, **case["arguments"]), x)


def _loss(library, case, y_true, y_pred, sample_weight=None):
    loss = getattr(library.losses, case["name"])(**case["arguments"])
    value = loss(y_true, y_pred, sample_weight)
    if np.shape(value) != ():
        return [value]
    return [value, library.gradient(lambda p: loss(y_true, p, sample_weight), y_pred)]


def _loss_function(library, case, y_true, y_pred):
    return [getattr(library.losses, case["name"])(y_true, y_pred, **case["arguments"])]


def _loss_function_with_gradient(library, case, y_true, y_pred):
    function = getattr(library.losses, case["name"])
    return _with_gradient(library, lambda p: function(y_true, p, **case["arguments"]), y_pred)


def _masked_loss(library, case, y_true, y_pred, mask, sample_weight=None):
    loss = getattr(library.losses, case["name"])(**case["arguments"])
    with library.masked(y_pred, mask) as masked:
        return [loss(y_true, masked, sample_weight)]


def _masked_metric(library, case, y_true, y_pred, mask, sample_weight=None):
    metric = getattr(library.metrics, case["name"])(**case["arguments"])
    with library.masked(y_pred, mask) as masked:
        value = metric(y_true, masked, sample_weight=sample_weight)
    return [value, *[_array(variable) for variable in metric.variables]]


def _metric(library, case, y_true, y_pred, sample_weight=None):
    """Two batches, then one after a reset."""
    metric = getattr(library.metrics, case["name"])(**case["arguments"])
    half = len(y_true) // 2
    weights = [None, None] if sample_weight is None else [sample_weight[:half], sample_weight[half:]]
    parts = [
        metric(y_true[:half], y_pred[:half], sample_weight=weights[0]),
        metric(y_true[half:], y_pred[half:], sample_weight=weights[1]),
    ]
    state = [_array(variable) for variable in metric.variables]
    metric.reset_state()
    return [*parts, *state, metric(y_true[half:], y_pred[half:], sample_weight=weights[1])]


def _values_metric(library, case, values, sample_weight=None):
    metric = getattr(library.metrics, case["name"])(**case["arguments"])
    return [metric(values, sample_weight=sample_weight), metric(values), *[_array(one) for one in metric.variables]]


def _optimizer(library, case, **inputs):
    """Five steps on a matrix and a vector with changing gradients; weights, slots, count and rate at the end."""
    arguments = dict(case["arguments"])
    if "schedule" in arguments:
        name, own = arguments.pop("schedule")
        arguments["learning_rate"] = getattr(library.optimizers.schedules, name)(**own)
    optimizer = getattr(library.optimizers, case["name"])(**arguments)
    variables = [library.Variable(inputs["kernel"], name="kernel"), library.Variable(inputs["bias"], name="bias")]
    for step in range(5):
        optimizer.apply([inputs["kernel_gradients"][step], inputs["bias_gradients"][step]], variables)
    return [*map(_array, variables), *map(_array, optimizer.variables)]


def _schedule(library, case, steps):
    schedule = getattr(library.optimizers.schedules, case["name"])(**case["arguments"])
    return [np.array([float(schedule(int(step))) for step in steps])]


def _on_weights(room):
    def answer(library, case, w):
        rule = getattr(getattr(library, room), case["name"])(**case["arguments"])
        return [rule(library.Variable(w))]

    return answer


def _on_weights_with_gradient(room):
    def answer(library, case, w):
        rule = getattr(getattr(library, room), case["name"])(**case["arguments"])
        return _with_gradient(library, lambda one: rule(library.ops.convert_to_tensor(one)), w)

    return answer


def _initializer(library, case, shape):
    made = getattr(library.initializers, case["name"])(**case["arguments"])
    return [made(tuple(shape.tolist()), dtype=case.get("floatx", "float32"))]


ANSWERS = {
    "activation": _activation,
    "activation_with_gradient": _activation_with_gradient,
    "loss_function_with_gradient": _loss_function_with_gradient,
    "masked_loss": _masked_loss,
    "masked_metric": _masked_metric,
    "regularizer_with_gradient": _on_weights_with_gradient("regularizers"),
    "constraint_with_gradient": _on_weights_with_gradient("constraints"),
    "initializer": _initializer,
    "loss": _loss,
    "loss_function": _loss_function,
    "metric": _metric,
    "values_metric": _values_metric,
    "optimizer": _optimizer,
    "schedule": _schedule,
    "regularizer": _on_weights("regularizers"),
    "constraint": _on_weights("constraints"),
    "fans": lambda library, case, shape: [np.array(library.fans(tuple(shape.tolist())))],
}


def answer(library, case):
    """Return a library's answers to a case, float64 arrays."""
    with library.floats(case.get("floatx", "float32")):
        return [_array(one) for one in ANSWERS[case["kind"]](library, case, **read(case["inputs"]))]


def config(library, case):
    """Return the configuration of an object of a case with its arguments, name left out."""
    found = getattr(getattr(library, case["room"]), case["name"])(**case["arguments"]).get_config()
    return {key: value for key, value in found.items() if key != "name"}


def compare(case, got, expected):
    """Compare answers with those expected; the numbers are shown where they differ."""
    assert len(got) == len(expected), case["id"]
    for index, (one, wanted) in enumerate(zip(got, expected, strict=True)):
        assert one.shape == np.shape(wanted), f"{case['id']}, output {index}"
        floatx = case.get("floatx", "float32")
        message = f"{case['id']}, output {index}"
        np.testing.assert_allclose(one, wanted, rtol=RTOL[floatx], atol=ATOL[floatx], err_msg=message)


def recorded(*kinds):
    """Return the recorded cases of some kinds; files of another form hold none."""
    cases = []
    for path in sorted(FOLDER.glob("*.json")):
        cases += [case for case in json.loads(path.read_text()).get("cases", ()) if case.get("kind") in kinds]
    return cases


def expected(case):
    """Return the outputs that were recorded with a case."""
    return [np.array(one, dtype="float64") for one in case["outputs"]]
