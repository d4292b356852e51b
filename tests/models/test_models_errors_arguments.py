"""What models say about arguments that cannot be used, word for word."""

import numpy as np
import pytest

import onionskin
from onionskin import layers, train
from onionskin.base import errors
from onionskin.layers.naming import reset_names

X = np.ones((10, 4), "float32")
Y = np.ones((10, 3), "float32")
LABELS = np.arange(10) % 3


def made(loss="mse", units=3, optimizer="sgd", **settings):
    model = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(units)])
    model.compile(optimizer, loss, **settings)
    return model


def fit(x, y=None, model=None, **settings):
    (model or made()).fit(x, y, verbose=0, **settings)


def with_nan(shape, value=np.nan):
    array = np.ones(shape, "float32")
    array[2, 1] = value
    return array


def grown():
    model = made()
    fit(X, Y, model)
    model.add(layers.Dense(3))
    fit(X, Y, model)


CASES = {
    "fit before compile": (
        lambda: onionskin.Sequential([layers.Dense(2)]).fit(X, Y),
        errors.NotBuiltError,
        "fit, model 'sequential': the model has not been compiled.\n"
        "  to fix:   call model.compile(optimizer=…, loss=…) first",
    ),
    "evaluate before compile": (
        lambda: onionskin.Sequential([layers.Dense(2)]).evaluate(X, Y),
        errors.NotBuiltError,
        "evaluate, model 'sequential': the model has not been compiled.\n"
        "  to fix:   call model.compile(optimizer=…, loss=…) first",
    ),
    "train_on_batch before compile": (
        lambda: onionskin.Sequential([layers.Dense(2)]).train_on_batch(X, Y),
        errors.NotBuiltError,
        "train_on_batch, model 'sequential': the model has not been compiled.\n"
        "  to fix:   call model.compile(optimizer=…, loss=…) first",
    ),
    "count unbuilt": (
        lambda: onionskin.Sequential([layers.Dense(2)]).count_params(),
        errors.NotBuiltError,
        "layer 'sequential' (Sequential): the parameters cannot be counted before the input's sha"
        "pe is known.\n"
        "  to fix:   call it on data, or give it an input shape",
    ),
    "save unbuilt": (
        lambda: onionskin.Sequential([layers.Dense(2)]).save("m.onionskin"),
        errors.NotBuiltError,
        "save, model 'sequential': a model without weights cannot be saved.\n"
        "  to fix:   train it, call it on data, or give the first layer an input shape",
    ),
    "save_weights unbuilt": (
        lambda: onionskin.Sequential([layers.Dense(2)]).save_weights("m.weights.npz"),
        errors.NotBuiltError,
        "save_weights, model 'sequential': the model has no weights yet.\n"
        "  to fix:   train it, call it on data, or give the first layer an input shape",
    ),
    "predict without layers": (
        lambda: onionskin.Sequential([]).predict(X, verbose=0),
        errors.NotBuiltError,
        "predict, model 'sequential' > Sequential 'sequential': the model has no layers.\n  to fix:   add layers first",
    ),
    "shape unbuilt": (
        lambda: onionskin.Sequential([layers.Dense(2)]).input_shape,
        errors.NotBuiltError,
        "Sequential 'sequential': the input's shape is not known.\n"
        "  to fix:   put Input(shape=…) first, or call build(input_shape)",
    ),
    "build without a shape": (
        lambda: onionskin.Sequential([layers.Dense(2)]).build(),
        errors.NotBuiltError,
        "Sequential 'sequential': the input's shape is not known.\n"
        "  to fix:   put Input(shape=…) first, or call build(input_shape)",
    ),
    "optimizer name": (
        lambda: made(optimizer="adamm"),
        errors.UnknownNameError,
        "compile, model 'sequential': there is no optimizer of this name.\n"
        "  given:    'adamm'\n"
        "  to fix:   did you mean 'adam'?",
    ),
    "optimizer of another kind": (
        lambda: made(optimizer=3),
        errors.ArgumentError,
        "compile, model 'sequential': this is no optimizer.\n"
        "  expected: a name, a configuration, a class, an optimizer or None\n"
        "  given:    3",
    ),
    "loss of another kind": (
        lambda: made(loss=3),
        errors.ArgumentError,
        "compile, model 'sequential': this is no loss.\n"
        "  expected: a name, a configuration, a class, a function or None\n"
        "  given:    3",
    ),
    "metric of another kind": (
        lambda: made(metrics=[3]),
        errors.ArgumentError,
        "compile, model 'sequential': this is no metric.\n"
        "  expected: a name, a configuration, a class, a function or None\n"
        "  given:    3",
    ),
    "loss names an output": (
        lambda: fit(X, Y, made({"nine": "mse"})),
        errors.ArgumentError,
        "fit, model 'sequential' > compile: loss names an output that the model does not have.\n"
        "  expected: output\n"
        "  given:    nine",
    ),
    "too many losses": (
        lambda: fit(X, Y, made(["mse", "mse"])),
        errors.ArgumentError,
        "fit, model 'sequential' > compile: loss does not have one entry for each output.\n"
        "  expected: 1\n"
        "  given:    2",
    ),
    "loss weights of another count": (
        lambda: fit(X, Y, made(loss_weights=[1, 2])),
        errors.ArgumentError,
        "fit, model 'sequential' > compile: loss_weights does not have one entry for each output."
        "\n"
        "  expected: 1\n"
        "  given:    2",
    ),
    "steps per execution": (
        lambda: made(steps_per_execution=0),
        errors.ArgumentError,
        "compile, model 'sequential': steps_per_execution must be a whole number.\n"
        "  expected: at least 1\n"
        "  given:    0",
    ),
    "epochs 0": (
        lambda: fit(X, Y, epochs=0),
        errors.ArgumentError,
        "fit, model 'sequential': epochs must be a whole number.\n  expected: at least 1\n  given:    0",
    ),
    "epochs as text": (
        lambda: fit(X, Y, epochs="3"),
        errors.ArgumentError,
        "fit, model 'sequential': epochs must be a whole number.\n  expected: at least 1\n  given:    '3'",
    ),
    "initial_epoch -1": (
        lambda: fit(X, Y, initial_epoch=-1),
        errors.ArgumentError,
        "fit, model 'sequential': initial_epoch must be a whole number.\n  expected: at least 0\n  given:    -1",
    ),
    "batch_size 0": (
        lambda: fit(X, Y, batch_size=0),
        errors.ArgumentError,
        "fit: batch_size must be a positive whole number.\n  expected: 1, 2, 3, … or None\n  given:    0",
    ),
    "batch_size 3.0": (
        lambda: fit(X, Y, batch_size=3.0),
        errors.ArgumentError,
        "fit: batch_size must be a positive whole number.\n  expected: 1, 2, 3, … or None\n  given:    3.0",
    ),
    "verbose 5": (
        lambda: made().fit(X, Y, verbose=5),
        errors.ArgumentError,
        "fit: this verbose cannot be used.\n"
        "  expected: 0 (silent), 1 (progress bar), 2 (one line per epoch) or 'auto'\n"
        "  given:    5",
    ),
    "validation_split 1": (
        lambda: fit(X, Y, validation_split=1.0),
        errors.ArgumentError,
        "fit: validation_split must be a share of the samples.\n"
        "  expected: a number above 0 and below 1\n"
        "  given:    1.0",
    ),
    "validation_freq 0": (
        lambda: fit(X, Y, validation_data=(X, Y), validation_freq=0),
        errors.ArgumentError,
        "fit, model 'sequential': validation_freq is a number of epochs, or a list of their numbe"
        "rs, the first being 1.\n"
        "  expected: such as 2 or [1, 5, 10]\n"
        "  given:    0",
    ),
    "validation_freq as text": (
        lambda: fit(X, Y, validation_data=(X, Y), validation_freq="two"),
        errors.ArgumentError,
        "fit, model 'sequential': validation_freq is a number of epochs, or a list of their numbe"
        "rs, the first being 1.\n"
        "  expected: such as 2 or [1, 5, 10]\n"
        "  given:    'two'",
    ),
    "shuffle as text": (
        lambda: fit(X, Y, shuffle="x"),
        errors.ArgumentError,
        "fit: shuffle cannot be this.\n  expected: True, False or 'batch'\n  given:    'x'",
    ),
    "no callback": (
        lambda: fit(X, Y, callbacks=[3]),
        errors.DTypeError,
        "callbacks[0]: this is not a callback.\n"
        "  expected: an instance of onionskin.callbacks.Callback\n"
        "  given:    an object of type builtins.int\n"
        "  to fix:   pass an instance of a subclass of onionskin.callbacks.Callback",
    ),
    "layer name": (
        lambda: made().get_layer("x"),
        errors.UnknownNameError,
        "model 'sequential': there is no layer of this name.\n  expected: dense\n  given:    'x'",
    ),
    "layer index": (
        lambda: made().get_layer(index=3),
        errors.UnknownNameError,
        "model 'sequential': there is no layer at this place.\n  expected: 0 to 0\n  given:    3",
    ),
    "range of the summary": (
        lambda: made().summary(layer_range=["dense", "x"]),
        errors.UnknownNameError,
        "summary, layer_range: there is no layer of this name.\n  expected: dense\n  given:    x",
    ),
    "too few weights": (
        lambda: made().set_weights([1]),
        errors.ShapeError,
        "layer 'sequential' (Sequential): set_weights was given another number of arrays than the"
        "re are weights.\n"
        "  expected: 2: sequential/dense/kernel (4, 3), sequential/dense/bias (3,)\n"
        "  given:    1",
    ),
    "weights of another shape": (
        lambda: made().set_weights([np.ones((3, 3)), np.ones(3)]),
        errors.ShapeError,
        "layer 'sequential' (Sequential), sequential/dense/kernel: a weight was given an array of "
        "another shape.\n"
        "  expected: (4, 3)\n"
        "  given:    (3, 3)",
    ),
    "weights of text": (
        lambda: made().set_weights([np.array([["a"] * 3] * 4), np.ones(3)]),
        errors.DTypeError,
        "layer 'sequential' (Sequential), sequential/dense/kernel: a weight is made of numbers.\n"
        "  given:    an array of dtype <U1",
    ),
    "new layer after compiling": (
        lambda: grown(),
        errors.NotBuiltError,
        "fit, model 'sequential': the model has weights to train that it did not have when its op"
        "timizer was built.\n"
        "  given:    sequential/dense_1/kernel, sequential/dense_1/bias\n"
        "  to fix:   call model.compile(…) again, with a new optimizer, after adding layers or setting trainable",
    ),
    "nothing to plot": (
        lambda: train.History().plot(),
        errors.NotBuiltError,
        "History.plot: there is nothing to plot yet.\n  to fix:   train the model with fit() first",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_words(name):
    reset_names()
    call, kind, words = CASES[name]
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == words


@pytest.mark.parametrize("door", [lambda model: model.save(None), lambda model: onionskin.models.load_model(None)])
def test_a_file_is_named_by_text_or_a_path(door):
    model = onionskin.Sequential([onionskin.Input((2,)), layers.Dense(1)])
    with pytest.raises(errors.ArgumentError) as caught:
        door(model)
    assert (
        str(caught.value).partition(": ")[2].startswith("a file is named by text or a path.\n  expected: a name that")
    )
    assert str(caught.value).endswith("\n  given:    None")


def test_jit_compile_is_kept_or_refused():
    model = onionskin.Sequential([onionskin.Input((2,)), layers.Dense(1)], name="m")
    model.compile("sgd", "mse", jit_compile=True)
    assert model.jit_compile is True and model.get_compile_config()["jit_compile"] is True
    with pytest.raises(errors.ArgumentError) as caught:
        model.compile("sgd", "mse", jit_compile="yes")
    assert str(caught.value) == (
        "compile, model 'm': jit_compile cannot be this.\n  expected: True, False or 'auto'\n"
        "  given:    'yes'\n  to fix:   leave it out; steps are compiled unless run_eagerly=True"
    )


@pytest.mark.parametrize(("arguments", "given"), [({}, "neither"), ({"name": "dense", "index": 0}, "both")])
def test_a_layer_is_found_by_its_name_or_by_its_place(arguments, given):
    model = onionskin.Sequential([layers.Dense(1, name="dense")], name="m")
    with pytest.raises(errors.ArgumentError) as caught:
        model.get_layer(**arguments)
    assert str(caught.value) == (
        f"model 'm', get_layer: a layer is found by its name or by its place.\n  given:    {given}\n"
        "  to fix:   pass name=… or index=…"
    )
