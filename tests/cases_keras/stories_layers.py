"""Stories of layers: configurations, building, weights, losses, metrics, calls."""

# ruff: noqa: N806 - the classes of a library keep their names

import numpy as np

from tests.cases_keras.model_api import drawn, filled, refused, story

# --- layers ---


@story
def configurations_of_layers(library):
    class Own(library.layers.Layer):
        def __init__(self, units, rate=0.5, **kwargs):
            super().__init__(**kwargs)
            self.units, self.rate = units, rate

        def get_config(self):
            return {**super().get_config(), "units": self.units, "rate": self.rate}

    own = Own(3, name="own", dtype="mixed_float16", trainable=False, activity_regularizer="l2")
    again = Own.from_config(own.get_config())
    return own.get_config(), again.get_config() == own.get_config(), again.dtype_policy.name, again.trainable


@story
def building(library):
    layers = library.layers

    class Two(layers.Layer):
        def build(self, a_shape, b_shape):
            self.w = self.add_weight(shape=(a_shape[-1], b_shape[-1]), initializer="ones", name="w")

        def call(self, b, a):
            return library.ops.matmul(a, self.w) + b

        def compute_output_shape(self, b_shape, a_shape):
            return b_shape

    two = Two(name="two")
    out = two(drawn(2, 3), a=drawn(2, 4))
    fresh = Two(name="two")
    fresh.build_from_config(two.get_build_config())
    dense = layers.Dense(2)
    dense.build_from_config({"input_shape": [None, 5]})
    listed = layers.Layer(name="plain")
    listed.build([(None, 2), (None, 3)])
    return (
        out,
        two.get_build_config(),
        [tuple(v.shape) for v in fresh.weights],
        dense.get_build_config(),
        [tuple(v.shape) for v in dense.weights],
        listed.built,
        two.path,
        two.w.path,
    )


@story
def shapes_of_outputs(library):
    layers, ops = library.layers, library.ops

    class Pair(layers.Layer):
        def call(self, inputs):
            return {"sum": inputs[0] + inputs[1], "both": ops.concatenate(inputs, axis=-1)}

        def compute_output_shape(self, shapes):
            return {"sum": shapes[0], "both": (*shapes[0][:-1], shapes[0][-1] + shapes[1][-1])}

    stack = library.root.Sequential([library.Input((4,)), layers.Dense(3)])
    return (
        layers.Dense(3).compute_output_shape((None, 4)),
        layers.Dense(3).compute_output_shape((2, None, 4)),
        Pair().compute_output_shape([(None, 2), (None, 2)]),
        stack.compute_output_shape((7, 4)),
    )


@story
def weights_and_freezing(library):
    layers = library.layers

    class Own(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.fixed = self.add_weight(shape=(), name="fixed", trainable=False)
            self.moving = self.add_weight(
                shape=(2,),
                initializer="ones",
                name="moving",
                regularizer="l2",
                constraint="non_neg",
                aggregation="mean",
            )
            self.count = self.add_weight(dtype="int32", name="count", trainable=False)
            self.inner = layers.Dense(1, name="inner")

        def build(self, input_shape):
            self.inner.build(input_shape)

        def call(self, inputs):
            return self.inner(inputs)

    def state(layer):
        return (
            [(v.name, v.trainable, str(v.dtype), tuple(v.shape)) for v in layer.weights],
            [v.name for v in layer.trainable_weights],
            [v.name for v in layer.non_trainable_weights],
        )

    own = Own(name="own")
    own.build((None, 3))
    found = [state(own)]
    own.trainable = False
    found.append(state(own))
    own.trainable = True
    own.inner.trainable = False
    found.append(state(own))
    frozen = Own(trainable=False)
    frozen.build((None, 3))
    found.append(state(frozen))
    return found, own.count_params(), refused(lambda: own.add_weight("name")), own.inner.path, own.inner.kernel.path


@story
def stored_variables(library):
    dense = library.layers.Dense(2)
    dense.build((None, 3))
    filled(dense)
    store = {}
    dense.save_own_variables(store)
    other = library.layers.Dense(2)
    other.build((None, 3))
    other.load_own_variables({key: np.asarray(one) for key, one in store.items()})
    outer = library.root.Sequential([library.Input((3,)), dense])
    empty = {}
    outer.save_own_variables(empty)
    return (
        sorted(store),
        other.get_weights(),
        empty,
        refused(lambda: other.load_own_variables({"0": np.ones((3, 2))})),
        refused(lambda: library.layers.Dense(2).load_own_variables({"0": np.ones(2)})),
    )


@story
def losses_of_calls(library):
    layers, ops = library.layers, library.ops

    class Adds(layers.Layer):
        def call(self, inputs):
            self.add_loss(ops.sum(inputs))
            self.add_loss([ops.mean(inputs), ops.max(inputs)])
            return inputs

    adds = Adds()
    dense = layers.Dense(2, activity_regularizer="l2", kernel_regularizer="l1")
    model = filled(library.root.Sequential([library.Input((4,)), adds, dense]))
    x = drawn(3, 4)
    model(x), model(x)
    found = [model.losses, adds.losses, dense.losses]
    model.compile(library.root.optimizers.SGD(0.1), "mse")
    scored = model.evaluate(x, drawn(3, 2), verbose=0)
    frozen = layers.Dense(2, kernel_regularizer="l1")
    frozen.build((None, 2))
    both = [len(frozen.losses)]
    frozen.trainable = False
    return found, scored, [*both, len(frozen.losses)]


@story
def metrics_of_layers(library):
    root = library.root

    class Counts(library.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.seen = root.metrics.Mean(name="seen")
            self.others = [root.metrics.Sum(name="total")]

        def call(self, inputs):
            self.seen.update_state(inputs)
            self.others[0].update_state(inputs)
            return inputs

    counts = Counts()
    model = root.Sequential([library.Input((3,)), counts])
    x = drawn(4, 3)
    model(x)
    found = [m.name for m in counts.metrics], [m.result() for m in counts.metrics], len(counts.variables)
    own = [m.name for m in model.metrics], len(counts.metrics_variables)
    model.reset_metrics()
    return found, own, [float(m.result()) for m in counts.metrics]


@story
def calls_without_side_effects(library):
    layers = library.layers

    class Counts(layers.Layer):
        def build(self, input_shape):
            self.scale = self.add_weight(shape=(), initializer="ones", name="scale", regularizer="l2")
            self.count = self.add_weight(shape=(), initializer="zeros", name="count", trainable=False)

        def call(self, inputs, training=False):
            if training:
                self.count.assign(self.count + 1.0)
            return inputs * self.scale

    layer = Counts()
    layer.build((None, 2))
    x = np.ones((1, 2), "float32")
    moving, fixed = [np.float32(3.0)], [np.float32(5.0)]
    out, state = layer.stateless_call(moving, fixed, x, training=True)
    again, kept, losses = layer.stateless_call(moving, fixed, x, return_losses=True)
    return (
        out,
        state,
        again,
        kept,
        losses,
        layer.get_weights(),
        refused(lambda: layer.stateless_call([], fixed, x)),
        refused(lambda: Counts().stateless_call([], [], x)),
    )


@story
def specs_of_inputs(library):
    InputSpec = library.layers.InputSpec
    found = []
    for settings, shapes in {
        (("ndim", 2),): [(2, 3), (2, 3, 4), (2,)],
        (("min_ndim", 2), ("max_ndim", 3)): [(2,), (2, 3), (2, 3, 4), (1, 2, 3, 4)],
        (("axes", ((-1, 3),)),): [(2, 3), (2, 4), (3,)],
        (("shape", (None, 3)),): [(2, 3), (2, 4), (2, 3, 1)],
        (("shape", (None, 3, 1)), ("allow_last_axis_squeeze", True)): [(2, 3), (2, 3, 1), (2, 4)],
        (("dtype", "float32"),): [(2,)],
        (("dtype", "int32"),): [(2,)],
    }.items():
        given = {key: dict(one) if key == "axes" else one for key, one in settings}
        spec = InputSpec(**given)

        class Checked(library.layers.Layer):
            def __init__(self, spec=spec):
                super().__init__()
                self.input_spec = spec

            def call(self, inputs):
                return inputs

        found.append(
            [
                repr(spec),
                spec.get_config(),
                [refused(lambda s=s, c=Checked: c()(np.ones(s, "float32"))) for s in shapes],
            ]
        )
    wrong = [refused(lambda: InputSpec(ndim=2, axes={3: 4})), refused(lambda: InputSpec(axes=4))]
    i = library.Input((4, 1), name="i")
    spec = library.Model(i, i * 2.0).input_spec
    return found, wrong, [(one.shape, one.name, one.allow_last_axis_squeeze) for one in spec]


@story
def training_reaches_the_layers_inside(library):
    seen = []

    class Asks(library.layers.Layer):
        def call(self, inputs, training=None):
            seen.append(bool(training))
            return inputs

    class Default(library.layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = Asks()

        def call(self, inputs, training=True):
            seen.append(bool(training))
            return self.inner(inputs)

    x = np.ones((1, 2), "float32")
    layer = Default()
    layer(x), layer(x, training=False)
    i = library.Input((2,))
    model = library.Model(i, layer(i))
    del seen[:]
    model(x), model(x, training=True), model(x, training=False)
    return seen


@story
def what_is_refused(library):
    layers = library.layers
    layer = layers.Dense(2)
    layer.build((None, 2))
    i = library.Input((3,))
    model = library.Model(i, layers.Dense(2)(i))
    return [
        refused(one)
        for one in (
            lambda: layer.add_metric("m"),
            lambda: layer.quantize("int9"),
            lambda: model.add_loss(1.0),
            lambda: setattr(model, "layers", []),
            lambda: layers.Dense(2, dtype="float33"),
            lambda: layers.Dense(2, unknown=3),
            lambda: library.Model(i, library.Input((3,))),
            lambda: model.get_layer("nothing"),
            lambda: model.get_layer(index=9),
            lambda: layer(np.ones((2, 5), "float32")),
        )
    ]
