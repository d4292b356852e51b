"""Stories of functional and Sequential models, of their configurations and clones."""

# ruff: noqa: N806 - the classes of a library keep their names

import numpy as np

from tests.cases_keras.model_api import drawn, filled, names, refused, story

# --- functional models ---


@story
def orders_of_layers_and_weights(library):
    Input, Model, layers = library.Input, library.Model, library.layers
    a, b, unused = Input((4,), name="a"), Input((3,), name="b"), Input((2,), name="unused")
    d1, d2, d3 = (layers.Dense(5, name=f"d{n}") for n in (1, 2, 3))
    y = d2(b)
    shared = d3(layers.Activation("relu", name="r")(d1(a)))
    z = d3(y)
    o, p = layers.Dense(1, name="o")(z), layers.Dense(2, name="p")(shared)
    model = Model([b, a, unused], {"q": p, "k": o}, name="m")
    branch = layers.Dense(4, name="one")(a)
    long = layers.Dense(4, name="three")(layers.Dense(4, name="two")(a))
    inner = Model(a, layers.Dense(2, name="last")(layers.Flatten(name="f")(long)), name="inner")
    outer = Model([a, b], [inner(branch), layers.Dense(2, name="side")(b), long], name="outer")
    stack = library.root.Sequential([Input((4,)), inner, layers.Dense(1, name="end")], name="stack")
    return [
        (names(one), [v.path for v in one.weights], one.input_shape, one.output_shape)
        for one in (model, inner, outer, stack)
    ], [v.name for v in outer.trainable_weights]


@story
def features_of_layers_within(library):
    layers, Model = library.layers, library.Model
    stack = library.root.Sequential(
        [library.Input((4,)), layers.Dense(5, "relu", name="d1"), layers.Dense(2, name="d2")]
    )
    filled(stack)
    x = drawn(3, 4)
    first = Model(stack.inputs, stack.get_layer("d1").output)
    every = Model(stack.inputs, [layer.output for layer in stack.layers])
    middle = Model(stack.get_layer("d1").output, stack.outputs)
    h = drawn(3, 5)
    i = library.Input((4,))
    functional = Model(i, layers.Dense(2, name="b")(layers.Dense(3, name="a")(i)))
    filled(functional)
    part = Model(functional.input, functional.get_layer("a").output)
    return (
        [first(x), every([x]), middle([h]), part(x)],
        [type(one).__name__ for one in middle.layers],
        len(middle.weights),
        [one.get_layer(index=1).name for one in (stack, part)],
        stack.get_layer("d1").input.shape,
        refused(lambda: layers.Dense(2).output),
        hasattr(layers.Dense(2), "input"),
    )


@story
def subclasses_that_say_inputs_and_outputs(library):
    Input, layers = library.Input, library.layers

    class Mine(library.Model):
        def __init__(self, units=3, **kwargs):
            i = Input((4,), name="i")
            super().__init__(inputs=i, outputs=layers.Dense(units, name="dense")(i), **kwargs)
            self.units = units

        def doubled(self, x):
            return self(x) * 2

    made = filled(Mine(2, name="mine"))
    again = Mine()
    x = drawn(3, 4)
    plain = library.Model(inputs=made.input, outputs=made.output)
    return (
        made(x),
        made.doubled(x),
        made.output_shape,
        names(made),
        type(made).__name__,
        isinstance(made, library.Model),
        again.output_shape,
        plain(x),
        [v.path for v in made.weights],
    )


@story
def dictionaries_in_and_out(library):
    Input, layers = library.Input, library.layers
    a, b = Input((4,), name="a"), Input((3,), name="b")
    model = library.Model({"a": a, "b": b}, {"s": layers.Dense(1, name="s")(a), "t": layers.Dense(2, name="t")(b)})
    filled(model)
    x = {"a": drawn(3, 4), "b": drawn(3, 3)}
    by_list = library.Model([a, b], [model.output["t"], model.output["s"]])
    nested = library.Model({"a": a, "b": b}, model({"b": b, "a": a})["s"])
    return model(x), model.predict(x, verbose=0), by_list(x), nested(x), [one.shape for one in model.inputs]


@story
def optional_inputs(library):
    class Maybe(library.layers.Layer):
        def call(self, x, y=None):
            return x if y is None else x + y

    a, b = library.Input((4,), name="a"), library.Input((4,), name="b", optional=True)
    model = library.Model([a, b], Maybe()(a, b))
    ones = np.ones((2, 4), "float32")
    return model([ones, None]), model([ones, ones]), refused(lambda: model([None, ones])), names(model)


@story
def inputs(library):
    Input, InputLayer = library.Input, library.layers.InputLayer
    configs = [
        InputLayer((3,), name="i").get_config(),
        InputLayer(batch_shape=(2, None), dtype="int32", name="j").get_config(),
        InputLayer(shape=(), batch_size=5, optional=True, name="k").get_config(),
    ]
    x = Input((3,), dtype="int32")
    again = Input(tensor=x)
    wrong = [
        refused(one)
        for one in (
            lambda: Input(),
            lambda: Input((3,), batch_shape=(2, 3)),
            lambda: Input(batch_size=3, batch_shape=(2, 3)),
            lambda: Input(tensor=x, dtype="float32"),
            lambda: Input(tensor=x, shape=(4,)),
            lambda: Input(tensor=np.ones(3)),
        )
    ]
    return configs, tuple(again.shape), str(again.dtype), wrong


@story
def sizes_that_vary(library):
    Input, Model, layers, ops = library.Input, library.Model, library.layers, library.ops
    i = Input((None, 8))
    o = layers.Dense(3, name="d")(i)
    model = filled(Model(i, [o, ops.mean(o, axis=1)]))
    k = Input((None, None, 3))
    joined = ops.max(layers.Dense(2)(ops.concatenate([layers.Activation("relu")(k), k], axis=-1)), axis=(1, 2))
    wide = filled(Model(k, joined))
    turned = Model(k, ops.transpose(k, (0, 2, 1, 3)))
    rows = library.root.Sequential([Input((None, 4)), layers.Dropout(0.5), layers.Rescaling(0.5), layers.Dense(1)])
    return (
        [model.output_shape, wide.output_shape, turned.output_shape, rows.output_shape],
        model(drawn(2, 5, 8)),
        model(drawn(2, 3, 8)),
        wide(drawn(1, 2, 3, 3)),
        turned(drawn(1, 2, 3, 3)),
    )


@story
def shared_layers(library):
    shared = library.layers.Dense(4, "tanh", name="shared")
    a, b = library.Input((4,)), library.Input((4,))
    model = filled(library.Model([a, b], shared(shared(a)) - shared(b)))
    twice = library.root.Sequential([library.Input((4,)), shared, shared])
    return model([drawn(3, 4), drawn(3, 4, seed=5)]), len(model.weights), twice(drawn(3, 4)), len(twice.layers)


# --- Sequential ---


@story
def stacks_that_grow_and_shrink(library):
    layers = library.layers
    model = library.root.Sequential(name="s")
    model.add(library.Input((4,)))
    for units in (5, 3, 2):
        model.add(layers.Dense(units, name=f"d{units}"))
    shapes = [model.output_shape]
    popped = model.pop()
    shapes.append(model.output_shape)
    model.add(layers.Activation("relu", name="r"))
    unknown = library.root.Sequential([layers.Dense(2, name="u")])
    before = (unknown.built, hasattr(unknown, "output_shape"), len(unknown.weights))
    unknown.build((None, 7))
    return (
        shapes,
        popped.name,
        names(model),
        [v.path for v in model.weights],
        before,
        unknown.built,
        [tuple(v.shape) for v in unknown.weights],
        unknown.input_shape,
        library.root.Sequential([layers.Dense(2)]).compute_output_shape((3, 4)),
        refused(lambda: model.add(layers.Dense(1, name="d5"))),
        refused(lambda: model.add("dense")),
    )


# --- configurations and clones ---


@story
def clones(library):
    layers, clone = library.layers, library.root.models.clone_model
    shared = layers.Dense(4, "tanh", name="shared")
    a, b = library.Input((4,), name="a"), library.Input((4,), name="b")
    inner = library.root.Sequential([library.Input((4,)), layers.Dense(3, name="deep")], name="inner")
    model = library.Model([a, b], [inner(shared(shared(a))), shared(b)], name="m")

    def bigger(layer):
        config = layer.get_config()
        if "units" in config and layer.name == "deep":
            config["units"] = 6
        return type(layer).from_config(config)

    def called(layer, *args, **kwargs):
        out = layer(*args, **kwargs)
        return layers.Activation("relu")(out) if isinstance(layer, layers.Dense) else out

    plain, deep = clone(model), clone(model, clone_function=bigger, recursive=True)
    kept = clone(model, clone_function=lambda layer: layer, call_function=called)
    other = clone(model, input_tensors=[library.Input((4,), name="x"), library.Input((4,), name="y")])
    stack = clone(inner)
    positive = kept([drawn(2, 4), drawn(2, 4)])
    return (
        [(names(one), [v.path for v in one.weights], one.output_shape) for one in (plain, deep, other, stack)],
        plain.get_layer("shared") is shared,
        kept.get_layer("shared") is shared,
        len(kept.layers) > len(model.layers),
        [bool((np.asarray(one) >= 0).all()) for one in positive[1:]],
        refused(lambda: clone(inner, call_function=called)),
    )


@story
def models_from_configurations(library):
    layers = library.layers
    a = library.Input((4,), name="a")
    model = filled(library.Model(a, layers.Dense(2, name="y")(layers.Dense(3, "relu", name="x")(a)), name="m"))
    again = library.Model.from_config(model.get_config())
    again.set_weights(model.get_weights())
    stack = library.root.Sequential([library.Input((4,)), layers.Dense(2, name="y")], name="s")
    other = library.root.Sequential.from_config(stack.get_config())
    return again(drawn(2, 4)), names(again), again.name, other.name, other.output_shape, type(again).__name__
