"""Cases of layers, as data, and how one library answers them: the same code asks Keras and onionskin.

A case module `layers_<family>.py` beside this file has a function `cases()` that returns what `case` made, and
`layers_<family>.json` holds Keras's answers to them (made by `python -m tests.peers.record_layers`).
An answer is a dictionary: outputs, mask (what compute_mask says), losses, gradients of sum(outputs²) by the float
inputs and the trainable weights, state after the call (non-trainable weights), weights (names, shapes, dtypes; paths),
described (shapes of the outputs on an Input without batch size) and config.
"""

import importlib
import json
from contextlib import contextmanager, nullcontext
from pathlib import Path
from unittest.mock import patch

import numpy as np

FOLDER = Path(__file__).parent
FAMILIES = sorted(path.stem for path in FOLDER.glob("layers_*.py"))
NAME = "layer"  # what the layer of every case is called
TOLERANCES = {"float32": (1e-5, 2e-6), "float64": (1e-10, 1e-12)}  # relative, and absolute where values are near 0

# what stands for functions in arguments, which data cannot hold: name → function of the library's ops
FUNCTIONS = {
    "double": lambda ops: lambda x: x * 2,
    "squares": lambda ops: lambda x: ops.square(x) + 1,
    "sums": lambda ops: lambda x, axis=-1: ops.sum(x, axis=axis),
    "product": lambda ops: lambda xs: xs[0] * xs[1],
}


def case(name, arguments=None, inputs=(), label="", **more):
    """Return a case.

    Args:
        name: class in `layers`.
        arguments: of its constructor, as JSON has them; {"make": "layers.Dense", "arguments": {…}} stands for an
            object, {"function": "double"} for one of FUNCTIONS, {"array": […], "dtype": …} for an array.
        inputs: arrays.
        label: what tells it from other cases of the same class and arguments.
        more: form ("one": the array itself, "list": a list as one argument, "args": several arguments), training,
            mask (an array, None, or a list of these), call (further named arguments), seed (of the weights),
            weights (arrays for them instead), build (shape to build for, instead of a first call), skip (parts of
            the answer that are not compared, with the reason in a comment where it is said), dtype (False: the
            float64 run does not give the layer a dtype).
    """
    arguments = arguments or {}
    inputs = [inputs] if isinstance(inputs, np.ndarray) else list(inputs)
    told = ",".join(f"{key}={value}" for key, value in arguments.items())
    mask = more.get("mask")
    return {
        "id": f"layer:{name}({told}){label}",
        "kind": "layer",
        "name": name,
        "arguments": arguments,
        "inputs": [_kept(one) for one in inputs],
        "form": "one" if len(inputs) == 1 else "list",
        "seed": 0,
        **more,
        **({} if mask is None else {"mask": _kept_all(mask)}),
        **({} if "weights" not in more else {"weights": [_kept(np.asarray(one)) for one in more["weights"]]}),
    }


def made(family):
    """Return the cases of a family."""
    return importlib.import_module(f"tests.cases_keras.{family}").cases()


def recorded(family):
    """Return the cases of a family with Keras's answers in them."""
    return json.loads((FOLDER / f"{family}.json").read_text())["cases"]


# --- arrays as data ---


def _kept(array):
    flat = [float(f"{one:.6g}") if array.dtype.kind == "f" else one for one in array.ravel().tolist()]
    return {"array": flat, "shape": list(array.shape), "dtype": array.dtype.name}


def _kept_all(value):
    if value is None or isinstance(value, np.ndarray):
        return None if value is None else _kept(value)
    return [_kept_all(one) for one in value]


def _array(kept, precision):
    dtype = precision if kept["dtype"] == "float32" else kept["dtype"]
    array = np.array(kept["array"], dtype)
    return array.reshape(kept["shape"]) if "shape" in kept else array


def _arrays(value, precision):
    if value is None or isinstance(value, dict):
        return None if value is None else _array(value, precision)
    return [_arrays(one, precision) for one in value]


def _leaves(value):
    if isinstance(value, dict):
        return [leaf for key in sorted(value) for leaf in _leaves(value[key])]
    return [leaf for one in value for leaf in _leaves(one)] if isinstance(value, list | tuple) else [value]


def _numbers(value):
    return None if value is None else np.asarray(value.numpy() if hasattr(value, "numpy") else value)


# --- the two libraries ---


class Onionskin:
    """How the cases reach onionskin: computed at once ("eager"), or traced and compiled by an engine."""

    def __init__(self, mode="eager"):
        import onionskin

        self.root, self.mode = onionskin, mode
        self.layers, self.ops = onionskin.layers, onionskin.ops

    def run(self, layer, inputs, call):
        """Return (outputs, losses, gradients by the float inputs, gradients by the weights, state)."""
        from onionskin.base import config as settings

        root, start = self.root, layer.get_weights()

        def outputs(inputs):
            out = call(inputs)
            return out, sum(layer.losses, 0.0)

        def total(inputs):
            return sum(root.ops.sum(root.ops.square(root.ops.cast(one, _float(one)))) for one in _leaves(call(inputs)))

        before = settings.engine()
        if self.mode != "eager":
            root.set_engine(self.mode)
        try:
            out, losses = (outputs if self.mode == "eager" else root.jit(outputs))(inputs)
            state = [one.numpy() for one in layer.non_trainable_weights]
            layer.set_weights(start)
            places = [index for index, one in enumerate(inputs) if one.dtype.kind == "f"]
            variables = layer.trainable_variables

            def of_floats(*floats):
                mixed = list(inputs)
                for place, one in zip(places, floats, strict=True):
                    mixed[place] = one
                return total(mixed)

            by_inputs, by_weights = [], []
            if places or variables:
                argnums = tuple(range(len(places))) or None
                found = root.value_and_grad(of_floats, argnums=argnums, variables=variables or None)(
                    *[inputs[place] for place in places]
                )[1]
                by_inputs, by_weights = found if places and variables else (found, []) if places else ([], found)
            layer.set_weights(start)
        finally:
            if self.mode != "eager":
                root.set_engine(before)
        return out, losses, list(by_inputs), list(by_weights), state

    def described(self, layer, shapes, dtypes, form):
        inputs = [self.root.Input(batch_shape=shape, dtype=dtype) for shape, dtype in zip(shapes, dtypes, strict=True)]
        return _leaves(_called(layer, inputs, form, {}))

    def precision(self, name):
        return nullcontext()


class Keras:
    """How the cases reach Keras, which must run on JAX."""

    def __init__(self):
        import keras

        assert keras.backend.backend() == "jax", "set KERAS_BACKEND=jax"
        self.root, self.layers, self.ops = keras, keras.layers, keras.ops

    def run(self, layer, inputs, call):
        import jax

        start = layer.get_weights()
        out = call(inputs)
        losses = sum(_numbers(one) for one in layer.losses)  # stateless_call would leave the activity's out
        state = [one.numpy() for one in layer.non_trainable_weights]
        layer.set_weights(start)
        places = [index for index, one in enumerate(inputs) if one.dtype.kind == "f"]
        fixed = [one.value for one in layer.non_trainable_variables]

        def total(weights, floats):
            mixed = list(inputs)
            for place, one in zip(places, floats, strict=True):
                mixed[place] = one
            again, _ = call(mixed, lambda *args, **kwargs: layer.stateless_call(weights, fixed, *args, **kwargs))
            return sum((self.ops.cast(one, _float(one)) ** 2).sum() for one in _leaves(again))

        weights = [one.value for one in layer.trainable_variables]
        floats = [self.ops.convert_to_tensor(inputs[place]) for place in places]
        by_weights, by_inputs = jax.grad(total, argnums=(0, 1))(weights, floats) if weights or floats else ([], [])
        return out, losses, by_inputs, by_weights, state

    def described(self, layer, shapes, dtypes, form):
        inputs = [self.root.Input(batch_shape=shape, dtype=dtype) for shape, dtype in zip(shapes, dtypes, strict=True)]
        return _leaves(_called(layer, inputs, form, {}))

    @contextmanager
    def precision(self, name):
        """Let Keras on JAX compute in float64, which it makes float32 of otherwise."""
        import jax
        from keras.src.backend.common import dtypes

        with jax.enable_x64(name == "float64"), patch.dict(dtypes.BIT64_TO_BIT32_DTYPE, {"float64": name}):
            yield


def _float(tensor):
    return "float64" if str(tensor.dtype) == "float64" else "float32"


def _called(call, inputs, form, named):
    if form == "one":
        return call(inputs[0], **named)
    return call(list(inputs), **named) if form == "list" else call(*inputs, **named)


# --- how a case is answered ---


def thing(library, value, precision="float32"):
    """Return an argument of a case as the object that it stands for."""
    if isinstance(value, dict) and "make" in value:
        found = library.root
        for part in value["make"].split("."):
            found = getattr(found, part)
        arguments = {key: thing(library, one, precision) for key, one in value.get("arguments", {}).items()}
        if value["make"].startswith("layers.") and precision == "float64":
            arguments["dtype"] = precision
        return found(**arguments)
    if isinstance(value, dict) and "function" in value and len(value) == 1:
        return FUNCTIONS[value["function"]](library.ops)
    if isinstance(value, dict) and "array" in value:
        return _array(value, precision)
    if isinstance(value, dict):
        return {key: thing(library, one, precision) for key, one in value.items()}
    return [thing(library, one, precision) for one in value] if isinstance(value, list) else value


def layer_of(library, case, precision="float32"):
    """Return the layer of a case, not built."""
    arguments = {key: thing(library, value, precision) for key, value in case["arguments"].items()}
    if precision != "float32" and case.get("dtype", True):
        arguments["dtype"] = precision
    return getattr(library.layers, case["name"])(**{"name": NAME, **arguments})


def drawn_weights(case, layer, precision):
    """Return values for a layer's weights: drawn, positive for what is a variance; numbers of no float stay."""
    if "weights" in case:
        return [_array(one, precision) for one in case["weights"]]
    rng = np.random.default_rng(case["seed"])
    values = []
    for variable in layer.weights:
        draw = (rng.normal(size=tuple(variable.shape)) * 0.7).astype("float32")
        if not str(variable.dtype).startswith("float"):
            values.append(_numbers(variable))
        else:
            values.append((np.abs(draw) + 0.5 if "variance" in variable.name else draw).astype(str(variable.dtype)))
    return values


def answer(library, case, precision="float32"):
    """Return a library's answer to a case."""
    with library.precision(precision):
        return _answer(library, case, precision)


def _answer(library, case, precision):
    layer = layer_of(library, case, precision)
    inputs = [_array(one, precision) for one in case["inputs"]]
    mask, skip = _arrays(case.get("mask"), precision), case.get("skip", [])
    named = dict(case.get("call", {}))
    if "training" in case:
        named["training"] = case["training"]
    if mask is not None and _takes_mask(layer):
        named["mask"] = mask
    if "build" in case:
        layer.build(tuple(case["build"]))
    elif inputs:
        _called(layer, inputs, case["form"], {**named, **({"training": False} if "training" in named else {})})
    layer.set_weights(drawn_weights(case, layer, precision))
    found = {"weights": [_told(v) for v in layer.trainable_weights]}
    found["fixed"] = [_told(v) for v in layer.non_trainable_weights]
    found["paths"] = [v.path for v in layer.weights]
    if inputs:
        out, losses, by_inputs, by_weights, state = library.run(
            layer, inputs, lambda given, call=layer: _called(call, given, case["form"], named)
        )
        found["outputs"] = [_numbers(one) for one in _leaves(out)]
        found["losses"] = _numbers(losses)
        found["inputs"] = [_numbers(one) for one in by_inputs]
        found["gradients"] = [_numbers(one) for one in by_weights]
        found["state"] = [_numbers(one) for one in state]
    if mask is not None:
        own = layer.compute_mask(inputs[0] if case["form"] == "one" else inputs, mask)
        found["mask"] = [_numbers(one) for one in _leaves(own)]
    if inputs and "described" not in skip and mask is None:
        shapes = [(None, *one.shape[1:]) for one in inputs]
        ours = library.described(layer_of(library, case, precision), shapes, [one.dtype.name for one in inputs],
                                 case["form"])  # fmt: skip
        found["described"] = [list(one.shape) for one in ours]
    if "config" not in skip:
        found["config"] = _plain(layer.get_config())
    return {key: value for key, value in found.items() if key not in skip}


def _takes_mask(layer):
    import inspect

    return "mask" in inspect.signature(layer.call).parameters


def _told(variable):
    return [variable.name, list(variable.shape), str(variable.dtype)]


def _plain(value):
    """Return a configuration as comparable data: names of inner layers and forms of dtypes left out."""
    if isinstance(value, dict):
        if value.get("class_name") == "DTypePolicy":
            return value["config"]["name"]
        return {str(key): _plain(one) for key, one in value.items() if key not in ("build_config", "module")}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "get_config"):
        return {"class_name": type(value).__name__, "config": _plain(value.get_config())}
    return value.tolist() if hasattr(value, "tolist") else value


# --- how answers are compared and kept ---


def compare(case, got, expected, precision="float32"):
    """Compare answers; the numbers are shown where they differ."""
    rtol, atol = TOLERANCES[precision]
    where = case["id"]
    for key in expected:
        if key in ("weights", "fixed", "paths", "described"):
            assert got[key] == expected[key], f"{where}: {key}"
        elif key == "config":
            same_config(where, got[key], expected[key])
        elif key == "losses":
            np.testing.assert_allclose(got[key], expected[key], rtol=rtol, atol=atol, err_msg=f"{where}: {key}")
        else:
            _same_arrays(f"{where}: {key}", got[key], expected[key])


def _same_arrays(where, got, expected):
    assert len(got) == len(expected), f"{where}: {len(got)} arrays, expected {len(expected)}"
    for index, (one, wanted) in enumerate(zip(got, expected, strict=True)):
        if wanted is None or one is None:
            assert one is None and wanted is None, f"{where}, {index}"
            continue
        assert (one.shape, one.dtype.name) == (wanted.shape, wanted.dtype.name), f"{where}, {index}"
        rtol, atol = TOLERANCES.get(wanted.dtype.name, TOLERANCES["float32"])
        scale = float(np.abs(wanted).max()) if wanted.size and wanted.dtype.kind == "f" else 1.0
        np.testing.assert_allclose(
            one, wanted, rtol=rtol, atol=atol * max(1.0, scale if np.isfinite(scale) else 1.0),
            err_msg=f"{where}, {index}",
        )  # fmt: skip


def same_config(where, got, wanted):
    """Compare two configurations; rates went through float32 in Keras."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        assert sorted(got) == sorted(wanted), f"{where}: keys of the configuration"
        for key in wanted:
            same_config(f"{where}.{key}", got[key], wanted[key])
    elif isinstance(wanted, list) and isinstance(got, list):
        assert len(got) == len(wanted), where
        for index, (one, other) in enumerate(zip(got, wanted, strict=True)):
            same_config(f"{where}[{index}]", one, other)
    elif isinstance(wanted, float) and isinstance(got, int | float):
        np.testing.assert_allclose(got, wanted, rtol=1e-6, err_msg=where)
    else:
        assert got == wanted, f"{where}: {got!r} is not {wanted!r}"


def kept_answer(found):
    """Return an answer as data; nine digits mean one float32."""
    kept = {}
    for key, value in found.items():
        if key in ("weights", "fixed", "paths", "described", "config"):
            kept[key] = value
        elif key == "losses":
            kept[key] = float(f"{float(value):.9g}")
        else:
            kept[key] = [None if one is None else _digits(one) for one in value]
    return json.loads(json.dumps(kept))


def _digits(array):
    flat = [float(f"{one:.9g}") if array.dtype.kind == "f" else one for one in array.ravel().tolist()]
    return {"array": flat, "shape": list(array.shape), "dtype": array.dtype.name}


def read_answer(kept):
    """Return a kept answer with its arrays."""
    return {
        key: value
        if key in ("weights", "fixed", "paths", "described", "config", "losses")
        else _arrays(value, "float32")
        for key, value in kept.items()
    }
