"""What layers, policies, inputs and clones say when they are used in a way that cannot be."""

import numpy as np
import pytest

import onionskin
from onionskin import dtype_policies, layers
from onionskin.base import errors
from onionskin.layers import InputSpec
from onionskin.layers.naming import reset_names
from onionskin.models import clone_model

X = np.ones((2, 3), "float32")


def built(**kwargs):
    layer = layers.Dense(2, name="d", **kwargs)
    layer.build((None, 3))
    return layer


def checked(size, /, **spec):
    class Checked(layers.Layer):
        def __init__(self):
            super().__init__(name="c")
            self.input_spec = InputSpec(**spec)

        def call(self, inputs):
            return inputs

    return Checked()(np.ones(size, "float32"))


def several(inputs, **spec):
    class Checked(layers.Layer):
        def __init__(self):
            super().__init__(name="c")
            self.input_spec = [InputSpec(ndim=2, name="a"), InputSpec(ndim=2, name="b")]

        def call(self, inputs):
            return inputs

    return Checked()(inputs)


def functional():
    i = onionskin.Input((3,), name="i")
    return onionskin.Model(i, layers.Dense(2, name="d")(i), name="m")


def in_code():
    class Mine(onionskin.Model):
        def call(self, inputs):
            return inputs

    return Mine(name="mine")


CASES = {
    "shape by name": (
        lambda: built().add_weight("kernel"),
        errors.ArgumentError,
        "layer 'd' (Dense), add_weight: the first argument is the shape.\n  given:    'kernel'\n"
        "  to fix:   pass name='kernel'",
    ),
    "overwrite": (
        lambda: built().add_weight(overwrite_with_gradient=True),
        errors.ArgumentError,
        "layer 'd' (Dense), add_weight: overwrite_with_gradient is not supported.\n"
        "  to fix:   leave it out, and assign in call",
    ),
    "aggregation": (
        lambda: built().add_weight(aggregation="max"),
        errors.ArgumentError,
        "layer 'd' (Dense), add_weight: there is no such aggregation.\n"
        "  expected: (None, 'none', 'mean', 'sum', 'only_first_replica')\n  given:    'max'",
    ),
    "stored elsewhere": (
        lambda: built().load_own_variables({"0": np.ones((3, 2))}),
        errors.ShapeError,
        "layer 'd' (Dense): the stored variables are not those of the layer.\n"
        "  expected: 2: d/kernel (3, 2), d/bias (2,)\n  given:    1: 0",
    ),
    "stored but not built": (
        lambda: layers.Dense(2, name="d").load_own_variables({"0": np.ones(2)}),
        errors.ShapeError,
        "layer 'd' (Dense): the stored variables are not those of the layer.\n"
        "  expected: 0: none\n  given:    1: 0\n"
        "  to fix:   build the layer first: its build() must make all variables, also those of layers within it",
    ),
    "quantize": (
        lambda: built().quantize("int8"),
        errors.ArgumentError,
        "layer 'd' (Dense), quantize: quantization is not supported.\n  given:    'int8'\n"
        "  to fix:   train and run in float32, or in 'mixed_float16' where memory is short",
    ),
    "add_metric": (
        lambda: built().add_metric("acc"),
        errors.ArgumentError,
        "layer 'd' (Dense): add_metric is no longer a part of Keras.\n"
        "  to fix:   name the metric in compile(metrics=[…]), or set it as an attribute in __init__ and call its "
        "update_state in call",
    ),
    "output": (
        lambda: layers.Dense(2, name="d").output,
        errors.NotDescribedError,
        "layer 'd' (Dense): the layer has not been called in the description of a model, and has no output yet.\n"
        "  to fix:   call it on a tensor that Input(shape=…) begins",
    ),
    "stateless unbuilt": (
        lambda: layers.Dense(2, name="d").stateless_call([], [], X),
        errors.NotBuiltError,
        "layer 'd' (Dense), stateless_call: the layer has no weights yet.\n  to fix:   call it on data first",
    ),
    "stateless values": (
        lambda: built().stateless_call([X], [], X),
        errors.ShapeError,
        "layer 'd' (Dense), stateless_call: trainable_variables has another number of values than the layer has "
        "variables.\n  expected: 2\n  given:    1",
    ),
    "spec ndim": (
        lambda: checked((2,), ndim=2),
        errors.ShapeError,
        "layer 'c' (Checked) > input 0: the input has another number of axes.\n  expected: 2\n  given:    shape (2,)",
    ),
    "spec max_ndim": (
        lambda: checked((2, 3, 4), max_ndim=2),
        errors.ShapeError,
        "layer 'c' (Checked) > input 0: the input has too many axes.\n  expected: at most 2\n"
        "  given:    shape (2, 3, 4)",
    ),
    "spec min_ndim": (
        lambda: checked((2,), min_ndim=2),
        errors.ShapeError,
        "layer 'c' (Checked) > input 0: the input has too few axes.\n  expected: at least 2\n  given:    shape (2,)",
    ),
    "spec dtype": (
        lambda: checked((2,), dtype="int32"),
        errors.DTypeError,
        "layer 'c' (Checked) > input 0: the input has another dtype.\n  expected: int32\n  given:    float32",
    ),
    "spec axes": (
        lambda: checked((2, 4), axes={-1: 3}, name="x"),
        errors.ShapeError,
        "layer 'c' (Checked) > input 'x': an axis of the input has another size.\n  expected: 3 along axis -1\n"
        "  given:    shape (2, 4)",
    ),
    "spec shape": (
        lambda: checked((2, 4), shape=(None, 3)),
        errors.ShapeError,
        "layer 'c' (Checked) > input 0: the input has another shape.\n  expected: (None, 3)\n  given:    shape (2, 4)",
    ),
    "spec key": (
        lambda: several({"a": X}),
        errors.ArgumentError,
        "layer 'c' (Checked): an input is missing.\n  expected: a, b\n  given:    a",
    ),
    "spec count": (
        lambda: several([X]),
        errors.ShapeError,
        "layer 'c' (Checked): the layer was given another number of inputs.\n  expected: 2\n  given:    1",
    ),
    "spec of nothing": (
        lambda: several([X, None]),
        errors.ArgumentError,
        "layer 'c' (Checked) > input 'b': a layer is called on an array or a tensor.\n"
        "  given:    an object of type NoneType",
    ),
    "axes of a spec": (
        lambda: InputSpec(axes=3),
        errors.ArgumentError,
        "InputSpec: axes is a dictionary from axes to sizes.\n  expected: such as {-1: 8}\n  given:    3",
    ),
    "axis of a spec": (
        lambda: InputSpec(ndim=2, axes={2: 8}),
        errors.ArgumentError,
        "InputSpec: axes names an axis that the input cannot have.\n  expected: below 2\n  given:    axis 2",
    ),
    "ragged": (
        lambda: onionskin.Input((3,), ragged=True, name="i"),
        errors.ArgumentError,
        "Input 'i': ragged inputs are not supported.\n  to fix:   pad the samples to one length, with a mask",
    ),
    "two batches": (
        lambda: onionskin.Input(batch_size=2, batch_shape=(2, 3), name="i"),
        errors.ArgumentError,
        "Input 'i': batch_shape says the size of the batch already.\n  given:    batch_shape=(2, 3), batch_size=2\n"
        "  to fix:   leave batch_size out",
    ),
    "another tensor": (
        lambda: onionskin.Input((4,), tensor=onionskin.Input((3,)), name="i"),
        errors.ArgumentError,
        "Input 'i': shape is not that of the tensor.\n  given:    tensor float32[None, 3]\n  to fix:   leave shape out",
    ),
    "no option": (
        lambda: functional()([None]),
        errors.ArgumentError,
        "layer 'm' (Functional) > input 'i': the input is not optional.\n  given:    None\n"
        "  to fix:   pass an array, or make the model with Input(…, optional=True)",
    ),
    "loss of a description": (
        lambda: functional().add_loss(1.0),
        errors.ArgumentError,
        "model 'm', add_loss: a described model has no call to add a loss in.\n"
        "  to fix:   call self.add_loss in the call of a layer of your own, and put that layer into the model",
    ),
    "layers set": (
        lambda: setattr(functional(), "layers", []),
        errors.ArgumentError,
        "model 'm': the attribute layers of a model is its list of layers.\n"
        "  to fix:   give the attribute another name",
    ),
    "positions": (
        lambda: functional().summary(positions=[0.5, 0.2, 1.0]),
        errors.ArgumentError,
        "summary, positions: positions says where each column ends.\n"
        "  expected: 3 growing numbers, for Layer (type), Output Shape, Param #\n  given:    [0.5, 0.2, 1.0]",
    ),
    "narrow": (
        lambda: functional().summary(line_length=20),
        errors.ArgumentError,
        "summary: the summary's columns do not fit the width.\n"
        "  expected: at least 4 characters for each of Layer (type), Output Shape, Param #\n"
        "  given:    line_length=20, positions=None\n"
        "  to fix:   leave line_length out, and the table is as wide as it needs",
    ),
    "range": (
        lambda: functional().summary(layer_range=["d"]),
        errors.ArgumentError,
        "summary, layer_range: layer_range names the first and the last layer.\n"
        "  expected: two texts, such as ['dense', 'dense_2']\n  given:    ['d']",
    ),
    "clone of a layer": (
        lambda: clone_model(built()),
        errors.ArgumentError,
        "clone_model, model 'd': only models are cloned.\n  given:    an object of type Dense\n"
        "  to fix:   of a layer, make another: type(layer).from_config(layer.get_config())",
    ),
    "calls of a stack": (
        lambda: clone_model(onionskin.Sequential(name="s"), call_function=print),
        errors.ArgumentError,
        "clone_model, model 's': call_function is for functional models.\n  given:    a Sequential model\n"
        "  to fix:   put the further layers into the list of layers",
    ),
    "clone of code": (
        lambda: clone_model(in_code(), clone_function=print),
        errors.ArgumentError,
        "clone_model, model 'mine': clone_function is for models that are described, as this one is written in code.\n"
        "  given:    Mine\n  to fix:   type(model).from_config(model.get_config())",
    ),
    "inputs of a stack": (
        lambda: clone_model(onionskin.Sequential([layers.Dense(2)], name="s"), input_tensors=[X]),
        errors.ArgumentError,
        "clone_model, model 's': input_tensors of a Sequential model is one tensor of a description.\n"
        "  given:    an object of type ndarray\n  to fix:   pass Input(shape=…)",
    ),
    "arrays as inputs": (
        lambda: clone_model(functional(), input_tensors=X),
        errors.ArgumentError,
        "clone_model, model 'm': input_tensors are tensors of a description.\n  given:    ndarray\n"
        "  to fix:   pass Input(shape=…) for each input",
    ),
    "structure of inputs": (
        lambda: clone_model(functional(), input_tensors=[onionskin.Input((3,)), onionskin.Input((3,))]),
        errors.ShapeError,
        "clone_model, model 'm': input_tensors has another structure than the model's inputs.\n"
        "  expected: that of ['i']\n  given:    2 tensors",
    ),
    "bfloat16": (
        lambda: dtype_policies.get("bfloat16"),
        errors.ArgumentError,
        "dtype: bfloat16 is not supported.\n  given:    'bfloat16'\n  to fix:   use 'float16', or 'float32'",
    ),
    "quantized": (
        lambda: layers.Dense(2, dtype="int8_from_mixed_float16", name="d"),
        errors.ArgumentError,
        "layer 'd' (Dense) > dtype: quantized dtype policies are not supported.\n"
        "  given:    'int8_from_mixed_float16'\n  to fix:   use 'mixed_float16', the policy without quantization",
    ),
    "no policy": (
        lambda: dtype_policies.get("mixed_float61"),
        errors.DTypeError,
        "there is no dtype policy of this name.\n  given:    'mixed_float61'\n"
        "  to fix:   did you mean 'mixed_float16'?",
    ),
    "policy by number": (
        lambda: dtype_policies.DTypePolicy(16),
        errors.DTypeError,
        "a dtype policy is named by text.\n  expected: such as 'mixed_float16'\n  given:    16",
    ),
    "policy of a list": (
        lambda: dtype_policies.get(["float32"]),
        errors.DTypeError,
        "this is no dtype policy.\n  expected: a dtype, 'mixed_float16' or a DTypePolicy\n  given:    ['float32']",
    ),
    "policy of another kind": (
        lambda: dtype_policies.deserialize({"class_name": "DTypePolicyMap", "config": {}}),
        errors.ArgumentError,
        "dtype: dtype policies of this kind are not supported.\n  expected: DTypePolicy\n  given:    DTypePolicyMap\n"
        "  to fix:   give each layer a dtype or 'mixed_float16'",
    ),
    "policy without a class": (
        lambda: dtype_policies.deserialize({"config": 3}),
        errors.FileFormatError,
        "a dtype policy's description is malformed.\n  expected: class_name and config\n  given:    {'config': 3}",
    ),
    "policies of one's own": (
        lambda: dtype_policies.deserialize({}, custom_objects={"A": int}),
        errors.ArgumentError,
        "deserialize: dtype policies of one's own are not supported.\n  to fix:   leave custom_objects out",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_words(name):
    reset_names()
    act, kind, words = CASES[name]
    with pytest.raises(kind) as caught:
        act()
    assert str(caught.value) == words
