"""What layers and models say and do, as short stories told to Keras and to onionskin alike: how they are told.

Each story, in the modules `stories_*`, is a function of a library that returns plain data: names, shapes, numbers,
True where an error came.
"""

import json
from pathlib import Path

import numpy as np

RECORD = Path(__file__).parent / "model_api.json"
STORIES = {}


def story(function):
    """Note a function as a story under its name."""
    STORIES[function.__name__] = function
    return function


class Onionskin:
    """How the stories reach onionskin."""

    def __init__(self):
        import onionskin
        from onionskin.state import mask_of

        self.root, self.mask_of = onionskin, mask_of
        self.layers, self.ops, self.Input, self.Model = (
            onionskin.layers,
            onionskin.ops,
            onionskin.Input,
            onionskin.Model,
        )


class Keras:
    """How the stories reach Keras, which must run on JAX."""

    def __init__(self):
        import keras
        from keras.src.backend import get_keras_mask

        assert keras.backend.backend() == "jax", "set KERAS_BACKEND=jax"
        self.root, self.mask_of = keras, get_keras_mask
        self.layers, self.ops, self.Input, self.Model = keras.layers, keras.ops, keras.Input, keras.Model


# --- helpers ---


def told(library, name):
    """Return a story as plain data."""
    return json.loads(json.dumps(_plain(STORIES[name](library))))


def recorded():
    """Return the stories as Keras told them, by name."""
    return {case["id"]: case["told"] for case in json.loads(RECORD.read_text())["cases"]}


def _plain(value):
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    array = np.asarray(value.numpy() if hasattr(value, "numpy") else value)
    rounded = [float(f"{one:.9g}") for one in array.ravel()] if array.dtype.kind == "f" else array.ravel().tolist()
    return {"array": rounded, "shape": list(array.shape), "dtype": array.dtype.name} if array.ndim else rounded[0]


def compare(got, wanted, where):
    """Compare two stories; arrays may differ by rounding."""
    if isinstance(wanted, dict) and "array" in wanted:
        assert {key: got[key] for key in ("shape", "dtype")} == {key: wanted[key] for key in ("shape", "dtype")}, where
        tolerance = 2e-3 if wanted["dtype"] == "float16" else 1e-5
        np.testing.assert_allclose(got["array"], wanted["array"], rtol=tolerance, atol=tolerance, err_msg=where)
    elif isinstance(wanted, dict):
        assert sorted(got) == sorted(wanted), where
        for key in wanted:
            compare(got[key], wanted[key], f"{where}.{key}")
    elif isinstance(wanted, list):
        assert len(got) == len(wanted), f"{where}: {got} is not {wanted}"
        for index, (one, other) in enumerate(zip(got, wanted, strict=True)):
            compare(one, other, f"{where}[{index}]")
    elif isinstance(wanted, float):
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6, err_msg=where)
    else:
        assert got == wanted, f"{where}: {got!r} is not {wanted!r}"


def filled(model, seed=0):
    """Give a model or layer drawn weights; both libraries get the same."""
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(size=tuple(one.shape)).astype(str(one.dtype)) * 0.5 for one in model.weights])
    return model


def drawn(*shape, seed=1):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def refused(function):
    try:
        function()
    except (ValueError, TypeError, AttributeError, NotImplementedError):
        return True
    return False


def names(model):
    """Return the names of a model's layers; Keras's operations between them, and ours, are none."""
    return [layer.name for layer in model.layers]
