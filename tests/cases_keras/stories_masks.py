"""Stories of masks and of dtype policies."""

# ruff: noqa: N806 - the classes of a library keep their names

import numpy as np

from tests.cases_keras.model_api import drawn, filled, refused, story


def _masking(library):
    """Return a layer class that masks rows of zeros, one that notes what it was given, and one with two inputs."""
    ops = library.ops

    class Masks(library.layers.Layer):
        def compute_mask(self, inputs, previous_mask=None):
            return ops.any(ops.not_equal(inputs, 0.0), axis=-1)

        def call(self, inputs):
            return inputs * 2.0

    class Sees(library.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.supports_masking = True
            self.seen = []

        def call(self, inputs, mask=None):
            self.seen.append(mask is not None)
            return inputs if mask is None else inputs + ops.cast(ops.expand_dims(mask, -1), inputs.dtype)

    class Joins(library.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.supports_masking = True

        def compute_mask(self, inputs, previous_mask=None):
            return previous_mask[0]

        def call(self, inputs, mask=None):
            return inputs[0] + inputs[1] + (0.0 if mask is None or mask[1] is None else 100.0)

    class Pair(library.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.supports_masking = True

        def call(self, a, b, a_mask=None, b_mask=None):
            return a + b + (1.0 if a_mask is not None else 0.0) + (10.0 if b_mask is not None else 0.0)

    return Masks, Sees, Joins, Pair


ROWS = np.array([[[1.0, 0], [0, 0], [2, 2]], [[0, 0], [3, 1], [0, 1]]], "float32")


# --- masks ---


@story
def masks_go_from_layer_to_layer(library):
    Masks, Sees, _, _ = _masking(library)
    y = Masks()(ROWS)
    sees = Sees()
    z, given = sees(y), sees(y, mask=np.array([[True, True, True], [False, True, False]]))
    plain = sees(ROWS)
    return [library.mask_of(one) for one in (y, z, given, plain)], sees.seen, z, given


@story
def masks_of_several_inputs(library):
    Masks, _, Joins, Pair = _masking(library)
    y = Masks()(ROWS)
    joined, other = Joins()([y, ROWS]), Joins()([ROWS, y])
    pair = [Pair()(y, ROWS), Pair()(ROWS, y), Pair()(y, b=y), Pair()(ROWS, ROWS)]
    return joined, library.mask_of(joined), other, library.mask_of(other), pair, [library.mask_of(one) for one in pair]


@story
def masks_through_models(library):
    Masks, Sees, _, _ = _masking(library)
    layers = library.layers
    stack = filled(
        library.root.Sequential([library.Input((3, 2)), Masks(), Sees(), layers.Dense(2), layers.Dropout(0.5)])
    )
    i = library.Input((None, 2))
    described = library.Model(i, Sees()(Masks()(i)))
    plain = library.Input((3, 2))
    second = library.Model(plain, Sees()(plain))
    nested = library.Model(i, Sees()(described(i)))
    outs = [
        stack(ROWS),
        described(ROWS),
        second(ROWS),
        nested(ROWS),
        second(ROWS, mask=np.array([[True, False, True], [False, True, True]])),
    ]
    return outs, [library.mask_of(one) for one in outs], stack.predict(ROWS, verbose=0)


def _masked_model(library, loss, **kwargs):
    Masks, Sees, _, _ = _masking(library)
    model = library.root.Sequential([library.Input((3, 2)), Masks(), Sees(), library.layers.Dense(1)])
    model.compile(library.root.optimizers.SGD(0.05), loss, **kwargs)
    return filled(model)


@story
def masks_reach_losses_and_metrics(library):
    x, y = np.concatenate([ROWS, ROWS[::-1] * 0.5]), drawn(4, 3, 1)
    weights = np.arange(12.0, dtype="float32").reshape(4, 3)
    found = []
    for loss in (
        "mse",
        library.root.losses.MeanAbsoluteError(reduction="sum"),
        library.root.losses.Huber(reduction="mean_with_sample_weight"),
    ):
        model = _masked_model(library, loss, metrics=["mae"], weighted_metrics=["mse"])
        before = model.evaluate(x, y, verbose=0)
        weighted = model.evaluate(x, y, sample_weight=weights, verbose=0)
        # on JAX, Keras's metrics do not see the masks while it trains, though they do while it evaluates
        history = model.fit(x, y, batch_size=2, epochs=2, shuffle=False, verbose=0).history["loss"]
        found.append([before, weighted, history, model.get_weights()])
    return found


@story
def masks_reach_a_loss_that_is_called(library):
    Masks, _, _, _ = _masking(library)
    y_pred = Masks()(ROWS)
    loss = library.root.losses.MeanSquaredError()(np.ones((2, 3, 2), "float32"), y_pred)
    metric = library.root.metrics.MeanAbsoluteError()
    metric.update_state(np.ones((2, 3, 2), "float32"), y_pred)
    return loss, metric.result()


# --- dtype policies ---


@story
def policies(library):
    room = library.root.dtype_policies
    found = []
    for name in ("float32", "float16", "float64", "mixed_float16", "int32"):
        policy = room.DTypePolicy(name)
        layer = library.layers.Dense(2, dtype=policy)
        found.append(
            [
                policy.name,
                policy.compute_dtype,
                policy.variable_dtype,
                policy.get_config(),
                repr(policy),
                layer.dtype,
                layer.compute_dtype,
                layer.variable_dtype,
                layer.dtype_policy == room.get(name),
                room.serialize(policy),
                room.deserialize(room.serialize(policy)).name,
            ]
        )
    again = library.layers.Dense(2, dtype={"class_name": "DTypePolicy", "config": {"name": "mixed_float16"}})
    return found, again.get_config()["dtype"], refused(lambda: room.get("float33"))


@story
def the_default_policy(library):
    config = library.root.config
    before = config.dtype_policy().name
    config.set_dtype_policy("mixed_float16")
    layer = library.layers.Dense(2)
    config.set_dtype_policy("float32")
    return before, layer.dtype_policy.name, library.layers.Dense(2).dtype_policy.name


@story
def mixed_precision(library):
    layers, ops = library.layers, library.ops

    class Reads(layers.Layer):
        def build(self, input_shape):
            self.a = self.add_weight(shape=(2,), initializer="ones", name="a")
            self.b = self.add_weight(shape=(2,), initializer="ones", name="b", autocast=False)
            self.i = self.add_weight(shape=(2,), dtype="int32", name="i")

        def call(self, inputs):
            own = [str(ops.convert_to_tensor(one).dtype) for one in (inputs, self.a, self.b, self.i)]
            self.read = own
            return inputs * self.a

    reads = Reads(dtype="mixed_float16")
    out = reads(drawn(3, 2))
    model = library.root.Sequential(
        [
            library.Input((4,)),
            layers.Dense(3, "tanh", dtype="mixed_float16"),
            layers.Dense(1, dtype="float32"),
        ]
    )
    model.compile(library.root.optimizers.SGD(0.1), "mse")
    filled(model)
    x, y = drawn(8, 4), drawn(8, 1, seed=2)
    half = model.layers[0](x)
    history = model.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0).history["loss"]
    close = [bool(np.isfinite(one)) for one in history]
    dtypes = [str(one.dtype) for one in model.weights]
    ints = str(layers.Dense(2, dtype="float16")(np.ones((2, 3), "float64")).dtype)
    kept = str(layers.Activation("relu", autocast=False)(np.ones((2, 3), "float16")).dtype)
    return reads.read, str(out.dtype), half, close, dtypes, ints, kept
