"""What layers and models say when they are put together wrongly, word for word."""

import numpy as np
import pytest

import onionskin
from onionskin import layers
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


def of_two_widths(layer):
    layer(np.ones((2, 3)))
    layer(np.ones((2, 4)))


def twice_the_name():
    x = onionskin.Input((4,))
    return onionskin.Model(x, layers.Dense(2, name="a")(layers.Dense(2, name="a")(x)))


class Begun(layers.Layer):
    def __init__(self):
        self.inner = layers.Dense(2)


class Silent(layers.Layer):
    pass


class Settings(layers.Layer):
    def __init__(self, thing):
        super().__init__()
        self.thing = thing

    def call(self, inputs):
        return inputs


CASES = {
    "units 0": (
        lambda: layers.Dense(0),
        errors.ArgumentError,
        "Dense: units must be a positive whole number.\n  expected: 1, 2, 3 …\n  given:    0",
    ),
    "units as text": (
        lambda: layers.Dense("3"),
        errors.ArgumentError,
        "Dense: units must be a positive whole number.\n  expected: 1, 2, 3 …\n  given:    '3'",
    ),
    "units 3.0": (
        lambda: layers.Dense(3.0),
        errors.ArgumentError,
        "Dense: units must be a positive whole number.\n  expected: 1, 2, 3 …\n  given:    3.0",
    ),
    "activation name": (
        lambda: layers.Dense(3, "rleu"),
        errors.UnknownNameError,
        "Dense: there is no activation of this name.\n  given:    'rleu'\n  to fix:   did you mean 'relu'?",
    ),
    "initializer name": (
        lambda: layers.Dense(3, kernel_initializer="glorot"),
        errors.UnknownNameError,
        "Dense: there is no initializer of this name.\n  given:    'glorot'\n  to fix:   did you mean 'glorot_normal'?",
    ),
    "regularizer name": (
        lambda: layers.Dense(3, kernel_regularizer="l3"),
        errors.UnknownNameError,
        "Dense: there is no regularizer of this name.\n"
        "  given:    'l3'\n"
        "  to fix:   did you mean 'l2'? Known: L1, L1L2, L2, OrthogonalRegularizer, l1, l1_l2, l1l2, l2, "
        "orthogonal_regularizer",
    ),
    "LoRA": (
        lambda: layers.Dense(3, lora_rank=2),
        errors.ArgumentError,
        "Dense: LoRA is not supported.\n  to fix:   leave lora_rank and lora_alpha out",
    ),
    "argument name": (
        lambda: layers.Dense(3, unit=3),
        errors.ArgumentError,
        "layer 'dense' (Dense): there is no such argument.\n  given:    unit=3",
    ),
    "layer name as number": (
        lambda: layers.Dense(3, name=3),
        errors.ArgumentError,
        "name: a layer's name is text without '/'.\n  given:    3",
    ),
    "layer name with a slash": (
        lambda: layers.Dense(3, name="a/b"),
        errors.ArgumentError,
        "name: a layer's name is text without '/'.\n  given:    'a/b'",
    ),
    "bfloat16": (
        lambda: layers.Dense(3, dtype="mixed_bfloat16"),
        errors.ArgumentError,
        "layer 'dense' (Dense) > dtype: bfloat16 is not supported.\n"
        "  given:    'mixed_bfloat16'\n"
        "  to fix:   use 'mixed_float16', or 'float32'",
    ),
    "dropout rate 2": (
        lambda: layers.Dropout(2),
        errors.ArgumentError,
        "Dropout 'dropout': the rate is a share.\n  expected: 0 <= rate <= 1\n  given:    2",
    ),
    "dropout rate as text": (
        lambda: layers.Dropout("0.5"),
        errors.ArgumentError,
        "Dropout 'dropout': the rate is a share.\n  expected: 0 <= rate <= 1\n  given:    '0.5'",
    ),
    "data_format": (
        lambda: layers.Flatten("channels_middle"),
        errors.ArgumentError,
        "Flatten 'flatten': there is no such data_format.\n"
        "  expected: 'channels_last' or 'channels_first'\n"
        "  given:    'channels_middle'",
    ),
    "two free sizes": (
        lambda: layers.Reshape((2, -1, -1)),
        errors.ArgumentError,
        "Reshape 'reshape': target_shape is a tuple of sizes, one of which may be -1.\n  given:    (2, -1, -1)",
    ),
    "sizes as text": (
        lambda: layers.Reshape("ab"),
        errors.ArgumentError,
        "Reshape 'reshape': target_shape is a tuple of sizes, one of which may be -1.\n  given:    'ab'",
    ),
    "reshape to another count": (
        lambda: onionskin.Sequential([onionskin.Input((4,)), layers.Reshape((3,))]),
        errors.ShapeError,
        "layer 'reshape' (Reshape): the samples have another number of elements than the target s"
        "hape.\n"
        "  expected: (3,), a sample of 3 elements\n"
        "  given:    (4,), a sample of 4 elements",
    ),
    "dense on unknown sizes": (
        lambda: layers.Dense(3)(onionskin.Input((None,))),
        errors.ShapeError,
        "layer 'dense' (Dense): Dense needs to know the size of the last axis of its input.\n"
        "  expected: shape (batch, features)\n"
        "  given:    (None, None)\n"
        "  to fix:   use Flatten or Reshape first, or give each sample a shape",
    ),
    "dense on a vector": (
        lambda: layers.Dense(3)(np.ones(4)),
        errors.ShapeError,
        "layer 'dense' (Dense): the input does not fit the kernel.\n"
        "  expected: shape (batch, …, 4)\n"
        "  given:    shape (4,)\n"
        "  to fix:   flatten each sample, or build the model for this shape",
    ),
    "dense on text": (
        lambda: layers.Dense(3)(np.array([["a"]])),
        errors.DTypeError,
        "layer 'dense' (Dense): a layer computes with numbers.\n"
        "  given:    an input of dtype <U1\n"
        "  to fix:   turn text and dates into numbers first",
    ),
    "dense on another width": (
        lambda: of_two_widths(layers.Dense(3)),
        errors.ShapeError,
        "layer 'dense' (Dense): the input does not fit the kernel.\n"
        "  expected: shape (batch, …, 3)\n"
        "  given:    shape (2, 4)\n"
        "  to fix:   flatten each sample, or build the model for this shape",
    ),
    "announced another width": (
        lambda: layers.Dense(3, input_shape=(5,))(X),
        errors.ShapeError,
        "layer 'dense' (Dense): the input has another shape than was announced.\n"
        "  expected: (None, 5)\n"
        "  given:    (10, 4)",
    ),
    "no call": (
        lambda: Silent()(X),
        errors.ArgumentError,
        "layer 'silent' (Silent): this layer says nothing about what it computes.\n"
        "  to fix:   define call(self, inputs) in the class",
    ),
    "super not called": (
        lambda: Begun(),
        errors.ArgumentError,
        "Begun.__init__: super().__init__() was not called.\n"
        "  to fix:   make super().__init__(**kwargs) the first line of __init__",
    ),
    "same name twice": (
        lambda: onionskin.Sequential([layers.Dense(2, name="a"), layers.Dense(3, name="a")]),
        errors.ArgumentError,
        "Sequential 'sequential', layer 1: every layer of a model needs a name of its own.\n"
        "  given:    'a'\n"
        "  to fix:   give name=…",
    ),
    "same name twice in a functional model": (
        lambda: twice_the_name(),
        errors.ArgumentError,
        "model 'functional': every layer of a model needs a name of its own.\n"
        "  given:    2 times 'a'\n"
        "  to fix:   give name=…",
    ),
    "a number as layer": (
        lambda: onionskin.Sequential([3]),
        errors.ArgumentError,
        "Sequential 'sequential', layer 0: only layers can be added.\n"
        "  given:    3\n"
        "  to fix:   pass a layer, such as Dense(10)",
    ),
    "a class as layer": (
        lambda: onionskin.Sequential([layers.Dense]),
        errors.ArgumentError,
        "Sequential 'sequential', layer 0: only layers can be added.\n"
        "  given:    Dense, a class\n"
        "  to fix:   make one: Dense(…)",
    ),
    "a layer as list": (
        lambda: onionskin.Sequential(layers.Dense(2)),
        errors.ArgumentError,
        "Sequential 'sequential': the layers of a model come in a list.\n"
        "  given:    an object of type Dense\n"
        "  to fix:   Sequential([layer, …])",
    ),
    "two inputs in a row": (
        lambda: onionskin.Sequential([onionskin.Input((3,)), onionskin.Input((3,))]),
        errors.ArgumentError,
        "Sequential 'sequential', layer 0: an input stands first.\n  to fix:   put Input before all other layers",
    ),
    "input behind a layer": (
        lambda: onionskin.Sequential([layers.Dense(2), onionskin.Input((3,))]),
        errors.ArgumentError,
        "Sequential 'sequential', layer 1: an input stands first.\n  to fix:   put Input before all other layers",
    ),
    "a tensor as layer": (
        lambda: onionskin.Sequential([layers.Dense(2)(onionskin.Input((3,)))]),
        errors.ArgumentError,
        "Sequential 'sequential', layer 0: only layers can be added.\n"
        "  given:    <tensor float32[None, 2] = pick(call)>\n"
        "  to fix:   for tensors that layers were called on use Model(inputs, outputs)",
    ),
    "a layer with two outputs": (
        lambda: onionskin.Sequential([onionskin.Input((4,)), onionskin.Model(x := onionskin.Input((4,)), [x, x])]),
        errors.ArgumentError,
        "Sequential 'sequential', layer 'functional': a layer of a Sequential model returns one t"
        "ensor.\n"
        "  given:    list\n"
        "  to fix:   use the functional API: Model(inputs, outputs)",
    ),
    "pop of nothing": (
        lambda: onionskin.Sequential([]).pop(),
        errors.ArgumentError,
        "Sequential 'sequential': there is no layer to take off.",
    ),
    "input shape as text": (
        lambda: onionskin.Input("a"),
        errors.GraphError,
        "Input 'input_layer': a shape is a tuple of whole numbers, None for a size not known.\n"
        "  expected: such as (784,) or (28, 28)\n"
        "  given:    'a'",
    ),
    "input of size -1": (
        lambda: onionskin.Input((-1,)),
        errors.GraphError,
        "Input 'input_layer': a shape is a tuple of whole numbers, None for a size not known.\n"
        "  expected: such as (784,) or (28, 28)\n"
        "  given:    (-1,)",
    ),
    "input of no shape": (
        lambda: onionskin.Input(),
        errors.ArgumentError,
        "Input 'input_layer': exactly one of shape and batch_shape is needed.\n"
        "  given:    shape=None, batch_shape=None\n"
        "  to fix:   Input(shape=(784,)) for samples of 784 numbers",
    ),
    "input of two shapes": (
        lambda: onionskin.Input((3,), batch_shape=(None, 3)),
        errors.ArgumentError,
        "Input 'input_layer': exactly one of shape and batch_shape is needed.\n"
        "  given:    shape=(3,), batch_shape=(None, 3)\n"
        "  to fix:   Input(shape=(784,)) for samples of 784 numbers",
    ),
    "sparse input": (
        lambda: onionskin.Input((3,), sparse=True),
        errors.ArgumentError,
        "Input 'input_layer': sparse inputs are not supported.\n  to fix:   pass dense arrays",
    ),
    "input around a tensor": (
        lambda: onionskin.Input(tensor=X),
        errors.ArgumentError,
        "Input 'input_layer': an input begins at a tensor of a model's description.\n"
        "  given:    an object of type ndarray\n"
        "  to fix:   Input(shape=…), or a tensor that a layer returned for one",
    ),
    "array as input": (
        lambda: onionskin.Model(X, X),
        errors.ArgumentError,
        "model 'functional': an input of a model comes from Input().\n"
        "  given:    ndarray of shape (10, 4)\n"
        "  to fix:   x = Input(shape=…); Model(x, layer(x))",
    ),
    "array as output": (
        lambda: onionskin.Model(onionskin.Input((3,)), X),
        errors.ArgumentError,
        "model 'functional': an output of a model is a tensor computed from its inputs.\n"
        "  given:    ndarray of shape (10, 4)\n"
        "  to fix:   call layers on Input tensors, not on arrays",
    ),
    "input of another model": (
        lambda: onionskin.Model(onionskin.Input((3,)), layers.Dense(2)(onionskin.Input((4,)))),
        errors.ArgumentError,
        "model 'functional': an output of the model depends on an Input that is none of its input"
        "s.\n"
        "  given:    Input 'input_layer_1' of shape (None, 4)\n"
        "  to fix:   name it in Model(inputs=…)",
    ),
    "an input twice": (
        lambda: onionskin.Model([x := onionskin.Input((3,)), x], layers.Dense(2)(x)),
        errors.ArgumentError,
        "model 'functional': an input of a model is named twice.\n"
        "  given:    input_layer, input_layer\n"
        "  to fix:   one Input for each array that the model is given",
    ),
    "only inputs": (
        lambda: onionskin.Model(onionskin.Input((3,))),
        errors.ArgumentError,
        "Model: a model takes its inputs and outputs together.\n"
        "  given:    1 positional argument\n"
        "  to fix:   Model(inputs, outputs), or name=… in a subclass",
    ),
    "settings that no file holds": (
        lambda: onionskin.Sequential([onionskin.Input((4,)), Settings(object)]).to_json(),
        errors.ArgumentError,
        "layer 'settings' (Settings).get_config: get_config() returned something that a file cann"
        "ot hold.\n"
        "  expected: numbers, text, lists, dictionaries and layers\n"
        "  given:    <class 'object'>",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_words(name):
    reset_names()
    call, kind, words = CASES[name]
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == words
