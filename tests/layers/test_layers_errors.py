"""What layers refuse, word for word."""

import numpy as np
import pytest

import onionskin
from onionskin import config, layers
from onionskin.base import errors
from onionskin.layers import unsupported
from onionskin.layers.merging import Merge
from onionskin.layers.wrappers import MAX_DEPTH, layer_of_config

X = np.ones((2, 3, 4), "float32")
A, B = np.ones((2, 3), "float32"), np.ones((2, 4), "float32")
ADD = "layer 'n' (Add): "

CONSTRUCTION = [
    (lambda: layers.ReLU(max_value=-1, name="n"),
     "ReLU 'n': max_value is a number that is not negative.\n  expected: 0 or more\n  given:    -1"),
    (lambda: layers.ReLU(negative_slope=None, name="n"),
     "ReLU 'n': negative_slope is a number that is not negative.\n  expected: 0 or more\n  given:    None"),
    (lambda: layers.LeakyReLU(-0.5, name="n"),
     "LeakyReLU 'n': negative_slope is a number that is not negative.\n  expected: 0 or more\n  given:    -0.5"),
    (lambda: layers.Flatten("first", name="n"),
     "Flatten 'n': there is no such data_format.\n  expected: 'channels_last' or 'channels_first'\n"
     "  given:    'first'"),
    (lambda: layers.Reshape((-1, -1), name="n"),
     "Reshape 'n': target_shape is a tuple of sizes, one of which may be -1.\n  given:    (-1, -1)"),
    (lambda: layers.Permute((0, 1), name="n"),
     "Permute 'n': dims names each axis behind the batch once, counted from 1.\n  expected: such as (2, 1)\n"
     "  given:    (0, 1)"),
    (lambda: layers.RepeatVector(0, name="n"),
     "RepeatVector 'n': n is a positive whole number.\n  expected: 1, 2 …\n  given:    0"),
    (lambda: layers.Cropping1D((1, 2, 3), name="n"),
     "Cropping1D 'n': cropping is a number, or numbers for each axis, none negative.\n"
     "  expected: 2 or (before, after)\n  given:    cropping=(1, 2, 3)"),
    (lambda: layers.ZeroPadding2D(((1, 2), -1), name="n"),
     "ZeroPadding2D 'n': padding is a number, or numbers for each axis, none negative.\n"
     "  expected: 2, ('2', '2'), or a tuple of 2 pairs (before, after)\n  given:    padding=((1, 2), -1)"),
    (lambda: layers.UpSampling2D((0, 2), name="n"),
     "UpSampling2D 'n': size is a factor, or one for each axis.\n  expected: 2 or (2, 2)\n  given:    size=(0, 2)"),
    (lambda: layers.UpSampling2D(2, interpolation="bilinar", name="n"),
     "UpSampling2D 'n': there is no such interpolation.\n  given:    'bilinar'\n"
     "  to fix:   did you mean 'bilinear'? Known: bicubic, bilinear, lanczos3, lanczos5, nearest"),
    (lambda: layers.Concatenate(1.5, name="n"),
     "Concatenate 'n': the axis is a whole number.\n  given:    axis=1.5"),
    (lambda: layers.Dot((1, 2, 3), name="n"),
     "Dot 'n': axes is a whole number or a pair of them.\n  given:    axes=(1, 2, 3)"),
    (lambda: layers.Embedding(0, 3),
     "Embedding: input_dim must be a positive whole number.\n  expected: 1, 2 …\n  given:    0"),
    (lambda: layers.Embedding(3, 2.5),
     "Embedding: output_dim must be a positive whole number.\n  expected: 1, 2 …\n  given:    2.5"),
    (lambda: layers.Embedding(3, 2, lora_rank=1),
     "Embedding: LoRA is not supported.\n  to fix:   leave lora_rank and lora_alpha out"),
    (lambda: layers.Dense(3, lora_alpha=1),
     "Dense: LoRA is not supported.\n  to fix:   leave lora_rank and lora_alpha out"),
    (lambda: layers.EinsumDense("ab,bc->ac", 2, quantization_config="int8"),
     "EinsumDense: quantization is not supported.\n  to fix:   leave quantization_config out"),
    (lambda: layers.EinsumDense("ab,bc", 2),
     "equation: this is no equation that EinsumDense can read.\n"
     "  expected: 'ab,bc->ac', '...b,bc->...c' or 'ab...,bc->ac...', a letter for each axis\n  given:    'ab,bc'"),
    (lambda: layers.Lambda("lambda x: x", name="n"),
     "Lambda 'n': Lambda takes a function, and none is made from a file.\n  given:    an object of type str\n"
     "  to fix:   write a class of your own: class Mine(onionskin.Layer) with call(self, inputs)"),
    (lambda: layers.Lambda(abs, name="n").get_config(),
     "Lambda 'n': a Lambda layer cannot be saved or copied: its function is code, which no file may hold.\n"
     "  to fix:   write a class of your own: class Mine(onionskin.Layer) with call(self, inputs)"),
    (lambda: layers.TimeDistributed("dense"),
     "TimeDistributed: there must be a layer to wrap.\n  expected: a layer, such as Dense(3)\n  given:    'dense'"),
    (lambda: layers.Embedding(3, 2, name="n").embeddings,
     "Embedding 'n': the embeddings are not made yet.\n  to fix:   call it, or build() it"),
    (lambda: layers.Input((1,), dtype="string", name="n"),
     "Input 'n': texts cannot be part of a graph of numbers.\n  given:    dtype='string'\n"
     "  to fix:   turn texts into numbers before they go into the model: call StringLookup, Hashing or FeatureSpace on "
     "the arrays, and make the Input for what they return, with dtype='int64'"),
    (lambda: layers.Input((1,), dtype="float3", name="n"),
     "Input 'n': this dtype cannot be used for tensors.\n  given:    'float3'\n  to fix:   did you mean 'float32'? "
     "Known: bool, float16, float32, float64, int16, int32, int64, int8, uint16, uint32, uint64, uint8"),
    (lambda: config.set_image_data_format("last"),
     "set_image_data_format: there is no such data_format.\n  expected: 'channels_last' or 'channels_first'\n"
     "  given:    'last'"),
]  # fmt: skip

CALLS = [
    (lambda: layers.Embedding(3, 2, name="n").enable_lora(2),
     "Embedding 'n', enable_lora: LoRA is not supported.\n  given:    rank=2\n"
     "  to fix:   train the layer whole, or freeze it with trainable=False and train a Dense behind it"),
    (lambda: layers.serialize("Dense"), "layers.serialize: this is no layer.\n  given:    an object of type str"),
    (lambda: layers.deserialize(onionskin.saving.serialize_keras_object(onionskin.losses.Huber())),
     "layers.deserialize: this is no layer.\n  given:    an object of type Huber"),
    (lambda: layers.Add(name="n")(A),
     ADD + "a layer that merges is called on a list of tensors.\n  given:    ndarray\n  to fix:   Add()([a, b])"),
    (lambda: Merge(name="n")([A, A]),
     "layer 'n' (Merge): this layer says nothing about how it merges.\n"
     "  to fix:   define merge(self, inputs) in the class"),
    (lambda: layers.Dot(1, name="n")([A, A[:1]]),
     "layer 'n' (Dot): tensors of different batch sizes cannot be merged.\n  given:    (2, 3), (1, 3)"),
    (lambda: layers.Subtract(name="n")([A, A, A]),
     "layer 'n' (Subtract): a layer that merges is called on a list of 2 tensors.\n  given:    a list of 3\n"
     "  to fix:   Subtract()([a, b])"),
    (lambda: layers.Add(name="n")([A, A[:1]]),
     ADD + "tensors of different batch sizes cannot be merged.\n  given:    (2, 3), (1, 3)"),
    (lambda: layers.Add(name="n")([A, B]),
     ADD + "the inputs have shapes that do not fit each other.\n  expected: equal sizes, or 1, behind the batch\n"
     "  given:    (2, 3), (2, 4)"),
    (lambda: layers.Concatenate(name="n")([A, X]),
     "layer 'n' (Concatenate): the inputs cannot be joined along this axis.\n"
     "  expected: equally many axes, axis -1 among them\n  given:    (2, 3), (2, 3, 4)"),
    (lambda: layers.Concatenate(1, name="n")([X, X[:, :, :2]]),
     "layer 'n' (Concatenate): the inputs cannot be joined along this axis.\n"
     "  expected: equal sizes on all axes but 1\n  given:    (2, 3, 4), (2, 3, 2)"),
    (lambda: layers.Dot(1, name="n")([A, B]),
     "layer 'n' (Dot): the axes to multiply along have different sizes.\n  expected: equal sizes\n"
     "  given:    3 (axis 1 of (2, 3)) and 4 (axis 1 of (2, 4))"),
    (lambda: layers.Dot(0, name="n")([A, A]),
     "layer 'n' (Dot): there is no such axis behind the batch.\n  expected: axis 0\n  given:    shape (2, 3)"),
    (lambda: layers.Add(name="n").compute_mask([A, A], [None]),
     "a layer that merges takes a list of masks, one for each input.\n  expected: 2 masks\n  given:    1"),
    (lambda: layers.Softmax(name="n")(A, mask=np.ones((2, 2), bool)),
     "layer 'n' (Softmax): the mask does not fit the inputs.\n  expected: shape (2, 3), or 1 in places\n"
     "  given:    (2, 2)"),
    (lambda: layers.PReLU(shared_axes=3, name="n")(A),
     "layer 'n' (PReLU): shared_axes names an axis that the input does not have.\n  expected: 1 to 1\n  given:    3"),
    (lambda: layers.PReLU(name="n")(onionskin.Input((None, 3))),
     "layer 'n' (PReLU): PReLU has a slope for each place, and the size of an axis is not known.\n"
     "  given:    shape (None, None, 3)\n  to fix:   name the axis in shared_axes"),
    (lambda: layers.Permute((2, 1), name="n")(A),
     "layer 'n' (Permute) > input 0: the input has another number of axes.\n  expected: 3\n"
     "  given:    shape (2, 3)"),
    (lambda: layers.Cropping1D((1, 2), name="n")(X),
     "layer 'n' (Cropping1D): the cropping leaves nothing of an axis.\n  expected: less than 3 cut off axis 1\n"
     "  given:    1 + 2"),
    (lambda: layers.UpSampling2D(interpolation="bicubic", name="n").call(onionskin.Input((None, 4, 1))),
     "images of unknown size are only enlarged by repetition.\n"
     "  given:    shape (None, None, 4, 1), interpolation 'bicubic'\n"
     "  to fix:   use interpolation='nearest', or give the input a size"),
    (lambda: layers.TimeDistributed(layers.Dense(2), name="n")(A),
     "layer 'n' (TimeDistributed): TimeDistributed needs an axis of time.\n"
     "  expected: shape (batch, time, …) of 3 axes or more\n  given:    (2, 3)"),
    (lambda: layers.TimeDistributed(layers.Dense(2), name="n")(X, mask=np.ones((2, 4), bool)),
     "layer 'n' (TimeDistributed): the mask does not fit the inputs.\n  expected: shape (2, 3) and more\n"
     "  given:    (2, 4)"),
    (lambda: layers.EinsumDense("abc,cd->abd", 2, name="n")(X),
     "layer 'n' (EinsumDense) > equation 'abc,cd->abd': output_shape has another number of sizes than the equation's "
     "output has axes behind the batch.\n  expected: sizes for 'abd'\n  given:    output_shape (2,)"),
    (lambda: layers.EinsumDense("abc,cd->abd", (5, 2), name="n")(X),
     "layer 'n' (EinsumDense) > equation 'abc,cd->abd': the input and the output have different sizes at axis 'b'.\n"
     "  expected: 5, as output_shape says\n  given:    3"),
    (lambda: layers.EinsumDense("ab,bc->ad", 2, name="n")(A),
     "layer 'n' (EinsumDense) > equation 'ab,bc->ad': the output has an axis 'd' that neither the input nor the "
     "kernel has."),
    (lambda: layers.EinsumDense("ab,bcd->ac", 2, name="n")(A),
     "layer 'n' (EinsumDense) > equation 'ab,bcd->ac': the kernel has an axis 'd' that neither the input nor the "
     "output has."),
    (lambda: layers.EinsumDense("ab,bc->ac", 2, bias_axes="e", name="n")(A),
     "layer 'n' (EinsumDense) > equation 'ab,bc->ac': the bias has an axis 'e' that the output lacks.\n"
     "  expected: letters of 'ac'\n  given:    bias_axes='e'"),
    (lambda: layers.EinsumDense("ab,bc->ac", 2, name="n")(X),
     "layer 'n' (EinsumDense) > equation 'ab,bc->ac': the input has another number of axes than the equation.\n"
     "  expected: 2 axes\n  given:    shape (2, 3, 4)"),
    (lambda: layers.EinsumDense("abc,bd->adc", (None, 4), name="n")(onionskin.Input((3, 4))),
     "layer 'n' (EinsumDense) > equation 'abc,bd->adc': the equation gives a weight an axis of unknown size.\n"
     "  given:    input (None, 3, 4), kernel (3, None), bias None\n"
     "  to fix:   give the size in output_shape, or give the input a known size"),
    (lambda: layer_of_config({"class_name": "Dense"}),
     "a layer's description is malformed.\n  expected: class_name and config, at most 64 deep\n"
     "  given:    {'class_name': 'Dense'}"),
    (lambda: layer_of_config({"class_name": "Dense", "config": {}}, depth=MAX_DEPTH + 1),
     "a layer's description is malformed.\n  expected: class_name and config, at most 64 deep\n  given:    65 deep"),
]  # fmt: skip


@pytest.mark.parametrize(("begin", "words"), CONSTRUCTION + CALLS)
def test_words(begin, words):
    with pytest.raises(errors.OnionskinError) as caught:
        begin()
    assert str(caught.value) == words


def test_an_embedding_refuses_numbers_outside():
    with pytest.raises(errors.ArgumentError) as caught:
        layers.Embedding(3, 2, name="n")(np.array([[0, 3]]))
    words = "take: an index lies outside the axis.\n  expected: -3 <= index < 3\n  given:    3"
    assert str(caught.value) == f"layer 'n' (Embedding) > ops.take: {words}"


def test_an_unknown_layer_inside_is_named():
    with pytest.raises(errors.UnknownNameError) as caught:
        layers.TimeDistributed.from_config({"layer": {"class_name": "Dens", "config": {}}})
    assert str(caught.value).startswith(
        "there is no layer class of this name.\n  given:    'Dens'\n  to fix:   did you"
    )


@pytest.mark.parametrize(("begin", "words"), [
    (lambda: layers.LeakyReLU(alpha=0.5), "LeakyReLU: alpha is an old name, use negative_slope."),
    (lambda: layers.Embedding(3, 2, input_length=4), "Embedding: input_length is not needed, remove it."),
])  # fmt: skip
def test_old_arguments_are_taken_with_a_warning(begin, words):
    with pytest.warns(UserWarning) as caught:
        made = begin()
    assert str(caught[0].message) == words and caught[0].filename == __file__
    assert getattr(made, "negative_slope", 0.5) == 0.5


# --- layers that are not here ---


@pytest.mark.parametrize(("family", "name"), [(family, name) for family, (_, names) in unsupported.LATER.items()
                                              for name in names])  # fmt: skip
def test_layers_that_come_later_are_refused_by_name(family, name):
    with pytest.raises(errors.UnknownNameError) as caught:
        getattr(layers, name)
    instead = unsupported.LATER[family][0]
    assert str(caught.value) == (
        f"onionskin.layers.{name}: layers for {family} are not here yet.\n  to fix:   {instead}"
    )
    assert name not in dir(layers)


def test_the_words_reach_those_who_import_by_name():
    with pytest.raises(errors.UnknownNameError, match="layers for convolution are not here yet"):
        from onionskin.layers import Conv2D  # noqa: F401


def test_other_names_are_no_attributes():
    with pytest.raises(AttributeError) as caught:
        layers.Dens  # noqa: B018
    assert str(caught.value) == "module 'onionskin.layers' has no attribute 'Dens'"


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("DTypePolicyMap", "give each layer its own dtype="),
        ("QuantizedDTypePolicy", "nothing is quantized here: use DTypePolicy('mixed_float16') where memory is short"),
    ],
)
def test_policies_that_are_not_here_are_refused_by_name(name, fix):
    with pytest.raises(errors.UnknownNameError) as caught:
        getattr(onionskin.dtype_policies, name)
    assert str(caught.value) == (f"onionskin.dtype_policies.{name}: there is no such policy here.\n  to fix:   {fix}")
    assert not hasattr(onionskin.dtype_policies, "Other")


ONE = [
    lambda: layers.Dense(2), layers.Softmax, layers.PReLU, layers.Flatten, lambda: layers.Reshape((-1,)),
    lambda: layers.Permute((2, 1)), lambda: layers.RepeatVector(2), lambda: layers.Dropout(0.5),
    lambda: layers.SpatialDropout1D(0.5), lambda: layers.GaussianNoise(0.5), layers.BatchNormalization,
    layers.LayerNormalization, layers.Normalization, lambda: layers.GroupNormalization(1), layers.RMSNormalization,
    layers.UnitNormalization, lambda: layers.SpectralNormalization(layers.Dense(2)), lambda: layers.Embedding(3, 2),
    lambda: layers.EinsumDense("ab,bc->ac", 2), lambda: layers.ZeroPadding1D(1), lambda: layers.Cropping1D(1),
    lambda: layers.UpSampling1D(2),
]  # fmt: skip


@pytest.mark.parametrize("make", ONE)
@pytest.mark.parametrize(("inputs", "given"), [([A, A], "a list of 2"), ({"a": A}, "a dict of 1"), (None, "nothing")])
def test_layers_of_one_tensor_say_so(make, inputs, given):
    layer = make()
    with pytest.raises(errors.ArgumentError) as caught:
        layer(inputs)
    what, fix = "this layer is called on one array", "call it on each, or join them first: Concatenate()([a, b])"
    if inputs is None:
        what = "a layer is called on an array"
        fix = "pass an array (samples, …), or Input(shape=…) where a model is described"
    assert str(caught.value).replace("or a tensor", "or tensor") == (
        f"layer '{layer.name}' ({type(layer).__name__}): {what} or tensor.\n  given:    {given}\n  to fix:   {fix}"
    )
