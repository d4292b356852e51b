"""Models that go through files between Keras and onionskin: each made with either library from one recipe."""

import numpy as np

import onionskin.layers  # noqa: F401 - it fills the registry
from onionskin.base.registry import LAYERS

ROWS = 12


def _x(*shape, kind="float", high=7):
    rng = np.random.default_rng(sum(shape) + ROWS)
    if kind == "int":
        return rng.integers(0, high, (ROWS, *shape)).astype("int32")
    return rng.normal(size=(ROWS, *shape)).astype("float32")


class Recipe:
    """One model: how it is made with a library, what it is given, what it is trained to give.

    Args:
        make: library → model.
        inputs: arrays, one or a list or dictionary.
        outputs: widths of the outputs, or targets as they are.
        compiled: library → arguments of compile.
        layers: layers that a library must have for it.
    """

    def __init__(self, make, inputs, outputs, compiled, layers=()):
        self.make, self.inputs, self.compiled, self.layers = make, inputs, compiled, layers
        self.targets = [_x(*one) for one in outputs] if isinstance(outputs, list) else outputs

    def missing(self):
        """Return the layers that it needs and that onionskin does not have yet."""
        return [name for name in self.layers if name not in LAYERS]

    @property
    def y(self):
        return self.targets[0] if isinstance(self.targets, list) and len(self.targets) == 1 else self.targets


RECIPES = {}


def recipe(inputs, outputs, compiled, layers=()):
    def add(make):
        RECIPES[make.__name__] = Recipe(make, inputs, outputs, compiled, layers)
        return make

    return add


def adam(lib):
    return {"optimizer": lib.optimizers.Adam(0.01), "loss": "mse"}


def labels(count):
    return np.random.default_rng(3).integers(0, count, ROWS).astype("int32")


# --- Sequential ---


@recipe(_x(4), [(1,)], adam)
def dense(lib):
    return lib.Sequential([lib.Input((4,)), lib.layers.Dense(5, "relu"), lib.layers.Dense(1)])


@recipe(_x(4), labels(3), lambda lib: {
    "optimizer": lib.optimizers.SGD(0.1, momentum=0.9, nesterov=True), "loss": "sparse_categorical_crossentropy",
    "metrics": ["accuracy"]})  # fmt: skip
def classifier(lib):
    return lib.Sequential(
        [lib.Input((4,)), lib.layers.Dense(6, "gelu", kernel_initializer="he_normal"),
         lib.layers.Dropout(0.0), lib.layers.Dense(3, "softmax", kernel_regularizer=lib.regularizers.L1L2(1e-3, 1e-2))]
    )  # fmt: skip


@recipe(_x(4), [(3,)], lambda lib: {"optimizer": "rmsprop", "loss": lib.losses.Huber(),
                                    "metrics": [lib.metrics.MeanAbsoluteError(name="off")]})  # fmt: skip
def built_later(lib):
    model = lib.Sequential([lib.layers.Dense(5, "tanh"), lib.layers.Dense(3)])
    model.build((None, 4))
    return model


@recipe(_x(2, 3), [(2,)], lambda lib: {"optimizer": lib.optimizers.Adagrad(0.05), "loss": "mae"})
def reshaping(lib):
    return lib.Sequential(
        [lib.Input((2, 3)), lib.layers.Rescaling(0.5, offset=0.1), lib.layers.Flatten(), lib.layers.Reshape((3, 2)),
         lib.layers.Activation("softplus"), lib.layers.Dense(4), lib.layers.Flatten(), lib.layers.Dense(2)]
    )  # fmt: skip


@recipe(_x(4), [(2,)], adam)
def nested_sequentials(lib):
    inner = lib.Sequential([lib.Input((4,)), lib.layers.Dense(5, "elu"), lib.layers.Dense(3)], name="inner")
    other = lib.Sequential([lib.layers.Dense(3, "selu")], name="other")
    return lib.Sequential([inner, other, lib.layers.Dense(2)])


@recipe(_x(4), [(2,)], lambda lib: {"optimizer": lib.optimizers.Adam(
    lib.optimizers.schedules.ExponentialDecay(0.05, 3, 0.8)), "loss": "mse"})  # fmt: skip
def a_schedule(lib):
    return lib.Sequential([lib.Input((4,)), lib.layers.Dense(3, use_bias=False), lib.layers.Dense(2, "sigmoid")])


@recipe(_x(4), [(2,)], lambda lib: {"optimizer": lib.optimizers.Adam(0.01, amsgrad=True, clipnorm=0.5,
                                                                     weight_decay=0.01), "loss": "mse"})  # fmt: skip
def frozen(lib):
    model = lib.Sequential([lib.Input((4,)), lib.layers.Dense(3, "relu"), lib.layers.Dense(3), lib.layers.Dense(2)])
    model.layers[1].trainable = False
    return model


@recipe(_x(4), [(2,)], lambda lib: {"optimizer": lib.optimizers.SGD(0.05, global_clipnorm=1.0), "loss": "mse"})
def constrained(lib):
    return lib.Sequential(
        [lib.Input((4,)), lib.layers.Dense(3, kernel_constraint=lib.constraints.MaxNorm(1.5)),
         lib.layers.Dense(2, kernel_constraint="non_neg", bias_initializer=lib.initializers.Constant(0.3))]
    )  # fmt: skip


# --- functional ---


@recipe(_x(4), [(3,)], adam)
def branches(lib):
    x = lib.Input((4,), name="x")
    left = lib.layers.Dense(3, "relu")(lib.layers.Dense(5, "tanh")(x))
    right = lib.layers.Dense(3)(x)
    return lib.Model(x, lib.layers.Dense(3)(left + right * 0.5))


@recipe(_x(4), [(4,)], adam)
def shared(lib):
    x = lib.Input((4,))
    twice = lib.layers.Dense(4, "tanh", name="twice")
    return lib.Model(x, lib.layers.Dense(4)(twice(twice(x)) - x))


@recipe([_x(4), _x(3)], [(2,), (1,)], lambda lib: {
    "optimizer": lib.optimizers.RMSprop(0.01, momentum=0.5, centered=True), "loss": ["mse", "mae"],
    "loss_weights": [1.0, 0.3], "metrics": [["mae"], ["mse"]]})  # fmt: skip
def two_and_two(lib):
    a, b = lib.Input((4,), name="a"), lib.Input((3,), name="b")
    h = lib.layers.Dense(5, "relu", name="joint")
    one = lib.layers.Dense(4)(b)
    return lib.Model([a, b], [lib.layers.Dense(2, name="p")(h(a) + h(one)), lib.layers.Dense(1, name="q")(h(one))])


@recipe({"left": _x(4), "right": _x(4)}, [(2,)], adam)
def named_inputs(lib):
    left, right = lib.Input((4,), name="left"), lib.Input((4,), name="right")
    return lib.Model({"left": left, "right": right}, lib.layers.Dense(2)(left * right - lib.ops.tanh(left)))


@recipe(_x(4), [(2,)], adam)
def nested_functional(lib):
    y = lib.Input((4,))
    inner = lib.Model(y, lib.layers.Dense(3, "relu")(lib.layers.Dense(5)(y)), name="inner")
    x = lib.Input((4,))
    return lib.Model(x, lib.layers.Dense(2)(inner(x) + inner(lib.layers.Dense(4)(x))))


@recipe(_x(4), [(3,), (3,)], lambda lib: {"optimizer": "adam", "loss": ["mse", "mse"]})
def nested_as_outputs(lib):
    y = lib.Input((4,))
    inner = lib.Model(y, lib.layers.Dense(3, "relu")(y), name="inner")
    x = lib.Input((4,))
    return lib.Model(x, [inner(x), inner(lib.layers.Dense(4)(x))])


@recipe(_x(4), [(2,)], adam)
def three_deep(lib):
    a = lib.Input((4,))
    first = lib.Model(a, lib.layers.Dense(3)(a), name="first")
    second = lib.Sequential([first, lib.layers.Dense(4, "relu")], name="second")
    x = lib.Input((4,))
    return lib.Model(x, lib.layers.Dense(2)(second(x)))


@recipe(_x(4), [(2,)], adam)
def unequal_depths(lib):
    x = lib.Input((4,))
    short = lib.layers.Dense(2, name="short")(x)
    middle = lib.layers.Dense(2, name="middle")(lib.layers.Dense(3, name="before")(x))
    long = lib.layers.Dense(2, name="long")(lib.ops.relu(lib.layers.Dense(3, name="first")(lib.ops.sin(x))))
    return lib.Model(x, short + (middle - long))


@recipe(_x(3, 4), [(2,)], adam)
def operations(lib):
    ops = lib.ops
    x = lib.Input((3, 4))
    h = ops.mean(lib.layers.Dense(5)(x), axis=1) + ops.max(x, axis=-1)[:, :1]
    joined = ops.concatenate([h, ops.reshape(x, (-1, 12))[:, 2:9]], axis=-1)
    scores = ops.softmax(ops.matmul(x, ops.transpose(x, (0, 2, 1))) / 2.0, axis=-1)
    return lib.Model(x, lib.layers.Dense(2)(joined) + ops.sum(scores[:, 0, 1:], axis=-1, keepdims=True))


@recipe(_x(4), [(2,)], adam)
def more_operations(lib):
    ops = lib.ops
    x = lib.Input((4,))
    h = lib.layers.Dense(6)(x)
    h = ops.where(h > 0.1, ops.square(h), -ops.abs(h)) + ops.clip(h, -0.5, 0.5) ** 2
    h = ops.sqrt(ops.abs(h) + 1.0) - ops.log(2.0 + ops.exp(-h)) * ops.sigmoid(h)
    h = h + np.arange(6, dtype="float32") / 3 + ops.expand_dims(ops.logsumexp(h, axis=-1), -1)
    return lib.Model(x, lib.layers.Dense(2)(ops.maximum(h, ops.minimum(1.0 - h, 0.2))))


@recipe(
    _x(4),
    [(2,)],
    lambda lib: {
        "optimizer": "sgd",
        "loss": {"a": "mse", "b": lib.losses.LogCosh()},
        "metrics": {"a": ["mae"], "b": ["mse"]},
    },
)
def named_losses(lib):
    x = lib.Input((4,))
    h = lib.layers.Dense(3)(x)
    return lib.Model(x, [lib.layers.Dense(2, name="a")(h), lib.layers.Dense(2, name="b")(h)])


RECIPES["named_losses"].targets = [_x(2), _x(2) * 2]


@recipe(_x(4), [(2,)], lambda lib: {})
def not_compiled(lib):
    return lib.Sequential([lib.Input((4,)), lib.layers.Dense(3, "leaky_relu"), lib.layers.Dense(2)])


# --- with layers of the wider families ---


def wider(name, inputs, outputs, layers, compiled=adam):
    def add(build):
        def make(lib):
            x = lib.Input(inputs.shape[1:], dtype=inputs.dtype.name)
            return lib.Model(x, build(lib, x))

        make.__name__ = name
        recipe(inputs, outputs, compiled, layers)(make)
        return build

    return add


wider("batch_normalised", _x(4), [(2,)], ["BatchNormalization"])(
    lambda lib, x: lib.layers.Dense(2)(
        lib.layers.BatchNormalization(momentum=0.7)(lib.layers.Dense(5, use_bias=False)(x))
    )
)  # before it a bias has no gradient, only noise
wider("layer_normalised", _x(4), [(2,)], ["LayerNormalization"])(
    lambda lib, x: lib.layers.Dense(2)(lib.layers.LayerNormalization()(lib.layers.Dense(5)(x)))
)
wider("group_normalised", _x(6), [(2,)], ["GroupNormalization", "UnitNormalization", "RMSNormalization"])(
    lambda lib, x: lib.layers.Dense(2)(
        lib.layers.UnitNormalization()(lib.layers.RMSNormalization()(lib.layers.GroupNormalization(2)(x)))
    )
)
wider("merged", _x(4), [(2,)], ["Concatenate", "Add", "Multiply", "Subtract", "Average", "Maximum", "Dot"])(
    lambda lib, x: lib.layers.Dense(2)(
        lib.layers.Concatenate()(
            [
                lib.layers.Add()([lib.layers.Dense(3, name="a")(x), lib.layers.Dense(3, name="b")(x)]),
                lib.layers.Multiply()([x, x]),
                lib.layers.Average()([x, lib.layers.Subtract()([x, lib.layers.Dense(4)(x)])]),
                lib.layers.Dot(1)([x, x]),
            ]
        )
    )
)
wider("embedded", _x(5, kind="int"), [(2,)], ["Embedding", "GlobalAveragePooling1D"])(
    lambda lib, x: lib.layers.Dense(2)(lib.layers.GlobalAveragePooling1D()(lib.layers.Embedding(7, 4)(x)))
)
wider("embedded_flat", _x(5, kind="int"), [(2,)], ["Embedding"])(
    lambda lib, x: lib.layers.Dense(2)(lib.layers.Flatten()(lib.layers.Embedding(7, 4)(x)))
)
wider("masked", _x(5, kind="int"), [(5, 2)], ["Embedding", "TimeDistributed"])(
    lambda lib, x: lib.layers.TimeDistributed(lib.layers.Dense(2))(lib.layers.Embedding(7, 4, mask_zero=True)(x))
)
wider("einsum_dense", _x(3, 4), [(3, 2)], ["EinsumDense"])(
    lambda lib, x: lib.layers.EinsumDense("abc,cd->abd", output_shape=(None, 2), bias_axes="d")(x)
)
wider("activations", _x(4), [(2,)], ["ReLU", "LeakyReLU", "ELU", "PReLU", "Softmax"])(
    lambda lib, x: lib.layers.Dense(2)(
        lib.layers.Softmax()(
            lib.layers.PReLU()(
                lib.layers.ReLU(negative_slope=0.1)(lib.layers.LeakyReLU(0.2)(lib.layers.ELU()(lib.layers.Dense(5)(x))))
            )
        )
    )
)
wider("moved", _x(3, 4), [(2,)], ["Permute", "RepeatVector", "ZeroPadding1D", "Cropping1D"])(
    lambda lib, x: lib.layers.Dense(2)(
        lib.layers.Flatten()(
            lib.layers.RepeatVector(2)(
                lib.layers.Flatten()(
                    lib.layers.Cropping1D(1)(lib.layers.ZeroPadding1D(1)(lib.layers.Permute((2, 1))(x)))
                )
            )
        )
    )
)
wider(
    "spectral",
    _x(4),
    [(2,)],
    ["SpectralNormalization"],
    lambda lib: {"optimizer": lib.optimizers.SGD(0.1), "loss": "mse"},
)(lambda lib, x: lib.layers.SpectralNormalization(lib.layers.Dense(2))(x))
wider("gaussian", _x(4), [(2,)], ["GaussianNoise", "GaussianDropout", "ActivityRegularization"])(
    lambda lib, x: lib.layers.Dense(2)(
        lib.layers.ActivityRegularization(0.01)(lib.layers.GaussianDropout(0.0)(lib.layers.GaussianNoise(0.0)(x)))
    )
)
wider("adamw", _x(4), [(2,)], [], lambda lib: {"optimizer": lib.optimizers.AdamW(0.01), "loss": "mse"})(
    lambda lib, x: lib.layers.Dense(2)(lib.layers.Dense(3, "tanh")(x))
)
wider("nadam", _x(4), [(2,)], [], lambda lib: {"optimizer": lib.optimizers.Nadam(0.01), "loss": "mse"})(
    lambda lib, x: lib.layers.Dense(2)(lib.layers.Dense(3, "tanh")(x))
)
wider("adamax", _x(4), [(2,)], [], lambda lib: {"optimizer": lib.optimizers.Adamax(0.01), "loss": "mse"})(
    lambda lib, x: lib.layers.Dense(2)(lib.layers.Dense(3, "tanh")(x))
)
wider("adadelta", _x(4), [(2,)], [], lambda lib: {"optimizer": lib.optimizers.Adadelta(0.5), "loss": "mse"})(
    lambda lib, x: lib.layers.Dense(2)(lib.layers.Dense(3, "tanh")(x))
)
wider("ftrl", _x(4), [(2,)], [], lambda lib: {"optimizer": lib.optimizers.Ftrl(0.05), "loss": "mse"})(
    lambda lib, x: lib.layers.Dense(2)(lib.layers.Dense(3, "tanh")(x))
)
wider("lion", _x(4), [(2,)], [], lambda lib: {"optimizer": lib.optimizers.Lion(0.01), "loss": "mse"})(
    lambda lib, x: lib.layers.Dense(2)(lib.layers.Dense(3, "tanh")(x))
)
wider("adafactor", _x(4), [(2,)], [], lambda lib: {"optimizer": lib.optimizers.Adafactor(0.01), "loss": "mse"})(
    lambda lib, x: lib.layers.Dense(2)(lib.layers.Dense(3, "tanh")(x))
)
wider(
    "averaged_weights",
    _x(4),
    [(2,)],
    [],
    lambda lib: {"optimizer": lib.optimizers.Adam(0.01, use_ema=True, ema_overwrite_frequency=3), "loss": "mse"},
)(lambda lib, x: lib.layers.Dense(2)(lib.layers.Dense(3, "tanh")(x)))
wider(
    "accumulated",
    _x(4),
    [(2,)],
    [],
    lambda lib: {"optimizer": lib.optimizers.SGD(0.05, momentum=0.9, gradient_accumulation_steps=2), "loss": "mse"},
)(lambda lib, x: lib.layers.Dense(2)(lib.layers.Dense(3, "tanh")(x)))
wider(
    "mixed_rates",
    _x(4),
    [(2,)],
    [],
    lambda lib: {"optimizer": lib.optimizers.SGD(lib.optimizers.schedules.CosineDecay(0.1, 20)), "loss": "mse"},
)(lambda lib, x: lib.layers.Dense(2)(lib.layers.Dense(3, "tanh")(x)))
