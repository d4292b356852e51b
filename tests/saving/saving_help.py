"""Models of many kinds for the tests of files, and a small file to damage."""

import json
import zipfile

import numpy as np

import onionskin
from onionskin import layers, ops, saving

RNG = np.random.default_rng(0)
X = RNG.normal(size=(24, 4)).astype("float32")
Y = RNG.normal(size=(24, 3)).astype("float32")


@saving.register_keras_serializable("tests")
class Gate(layers.Layer):
    """A registered layer with a weight and a setting."""

    def __init__(self, sharpness=1.0, **kwargs):
        super().__init__(**kwargs)
        self.sharpness = sharpness

    def build(self, input_shape):
        self.w = self.add_weight((input_shape[-1],), "normal", name="w")

    def call(self, inputs):
        return inputs * ops.sigmoid(inputs * self.w * self.sharpness)


class Residual(layers.Layer):
    """A layer of one's own that is not registered, with layers in a list."""

    def __init__(self, units, depth=2, **kwargs):
        super().__init__(**kwargs)
        self.inner = [layers.Dense(units, "tanh") for _ in range(depth)]
        self.units, self.depth = units, depth

    def call(self, inputs):
        out = inputs
        for layer in self.inner:
            out = layer(out)
        return inputs + out


class InCode(onionskin.Model):
    """A model written in code that takes no common arguments."""

    def __init__(self, width=5):
        super().__init__()
        self.first, self.drop, self.last = layers.Dense(width, "relu"), layers.Dropout(0.3), layers.Dense(3)

    def call(self, inputs, training=False):
        return self.last(self.drop(self.first(inputs), training=training))


OWN = {"Residual": Residual, "InCode": InCode}


def sequential():
    return onionskin.Sequential([layers.Dense(6, "relu", input_shape=(4,)), layers.Dropout(0.2), layers.Dense(3)])


def deferred():
    model = onionskin.Sequential([layers.Dense(6, "relu"), layers.Dense(3)])
    model.build((None, 4))
    return model


def sequential_of_sequentials():
    inner = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(5), layers.Dropout(0.3)], name="inner")
    return onionskin.Sequential([inner, onionskin.Sequential([layers.Dense(4), Gate(2.0)]), layers.Dense(3)])


def reshaped():
    return onionskin.Sequential(
        [onionskin.Input((4,)), layers.Rescaling(0.5, offset=[0.0, 1.0, 2.0, 3.0]), layers.Reshape((2, -1)),
         layers.Activation("tanh"), layers.Flatten(), layers.Dense(3, kernel_regularizer="l2")]
    )  # fmt: skip


def functional():
    x = onionskin.Input((4,), name="x")
    hidden = layers.Dense(5, "gelu")(x)
    return onionskin.Model(x, layers.Dense(3)(layers.Dropout(0.1)(hidden)), name="plain")


def shared():
    x, twice = onionskin.Input((4,)), layers.Dense(4, "tanh")
    return onionskin.Model(x, layers.Dense(3)(twice(twice(x))))


def nested():
    x = onionskin.Input((4,))
    return onionskin.Model(x, layers.Dense(3)(functional()(x)))


def registered():
    return onionskin.Sequential([onionskin.Input((4,)), Gate(3.0, name="gate"), layers.Dense(3)])


def own_classes():
    return onionskin.Sequential([onionskin.Input((4,)), Residual(4, depth=3), layers.Dense(3)])


def in_code():
    model = InCode(7)
    model(X)
    return model


def frozen():
    model = sequential()
    model.layers[0].trainable = False
    return model


def double_precision():
    return onionskin.Sequential([onionskin.Input((4,), dtype="float64"), layers.Dense(3, dtype="float64")])


MODELS = [sequential, deferred, sequential_of_sequentials, reshaped, functional, shared, nested, registered,
          own_classes, in_code, frozen, double_precision]  # fmt: skip


def small_file(path):
    """Write the file that the tests of damage start from; returns its bytes."""
    onionskin.utils.set_random_seed(0)
    model = onionskin.Sequential([onionskin.Input((4,)), Gate(), layers.Dropout(0.5), layers.Dense(3)], name="small")
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(X, Y, verbose=0)
    model.save(path)
    return path.read_bytes()


def rewritten(source, target, change=lambda description: description, entries=None, drop=()):
    """Copy a file with its description changed and entries replaced, added or left out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename in drop or info.filename in (entries or {}):
                continue
            if info.filename == "model.json":
                data = json.dumps(change(json.loads(data))).encode()
            new.writestr(info.filename, data)
        for name, data in (entries or {}).items():
            new.writestr(name, data)
    return target
