"""What layers of Keras there are not, by name, and the refusal of LoRA and quantization."""

from __future__ import annotations

from typing import Any, NoReturn

from onionskin.base.errors import ArgumentError, UnknownNameError

_CONVOLUTION = "use Dense, or Flatten and Dense, until convolution is here"
_POOLING = "use ops.max or ops.mean over a Reshape, until pooling is here"
_RECURRENT = "use ops.scan in a layer of your own, or Flatten and Dense"
_ATTENTION = "use ops.softmax and ops.matmul in a layer of your own"
_IMAGES = "change the images before fit, in the data that it reads"
_SOUND = "compute the spectrogram before fit, in the data that it reads"

# family of layers → (what to do instead, their names)
LATER: dict[str, tuple[str, tuple[str, ...]]] = {
    "convolution": (_CONVOLUTION, (
        "Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "DepthwiseConv1D",
        "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D", "Convolution1D", "Convolution2D", "Convolution3D",
        "Convolution1DTranspose", "Convolution2DTranspose", "Convolution3DTranspose", "SeparableConvolution1D",
        "SeparableConvolution2D")),
    "pooling": (_POOLING, (
        "AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D", "AdaptiveMaxPooling1D",
        "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D",
        "AvgPool1D", "AvgPool2D", "AvgPool3D", "GlobalAveragePooling1D", "GlobalAveragePooling2D",
        "GlobalAveragePooling3D", "GlobalAvgPool1D", "GlobalAvgPool2D", "GlobalAvgPool3D", "GlobalMaxPooling1D",
        "GlobalMaxPooling2D", "GlobalMaxPooling3D", "GlobalMaxPool1D", "GlobalMaxPool2D", "GlobalMaxPool3D",
        "MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "MaxPool1D", "MaxPool2D", "MaxPool3D")),
    "recurrence": (_RECURRENT, (
        "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GRU", "GRUCell", "LSTM", "LSTMCell", "RNN",
        "SimpleRNN", "SimpleRNNCell", "StackedRNNCells")),
    "attention": (_ATTENTION, (
        "AdditiveAttention", "Attention", "GroupQueryAttention", "GroupedQueryAttention", "MultiHeadAttention")),
    "changing images": (_IMAGES, (
        "AugMix", "AutoContrast", "CenterCrop", "ContrastLimitedAdaptiveHistogramEqualization", "CutMix",
        "Equalization", "MaxNumBoundingBoxes", "MixUp", "Pipeline",
        "RandAugment", "RandomBrightness", "RandomColorDegeneration", "RandomColorJitter", "RandomContrast",
        "RandomCrop", "RandomElasticTransform", "RandomErasing", "RandomFlip", "RandomGaussianBlur",
        "RandomGrayscale", "RandomHue", "RandomInvert", "RandomPerspective", "RandomPosterization",
        "RandomRotation", "RandomSaturation", "RandomSharpness", "RandomShear", "RandomTranslation", "RandomZoom",
        "Resizing", "Solarization")),
    "sound": (_SOUND, ("MelSpectrogram", "STFTSpectrogram")),
    "text in several steps": ("use StringLookup on words that were split before", ("TextVectorization",)),
    "running other libraries' parts": ("write a layer of your own with onionskin.ops", (
        "FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper")),
    "reversed embeddings": ("use Embedding, and ops.matmul with ops.transpose(embedding.embeddings)", (
        "ReversibleEmbedding",)),
}  # fmt: skip


def refuse_absent(name: str) -> NoReturn:
    """Refuse a layer of Keras that is not here by saying so, and any other name as Python does.

    Raises:
        UnknownNameError: Keras has a layer of this name, and it comes later or not at all. It is no AttributeError,
            in place of which `from onionskin.layers import …` would say that there is no such name, and no more.
        AttributeError: nothing has this name.
    """
    for family, (instead, names) in LATER.items():
        if name in names:
            raise UnknownNameError(
                f"layers for {family} are not here yet.", where=f"onionskin.layers.{name}", fix=instead
            )
    raise AttributeError(f"module 'onionskin.layers' has no attribute {name!r}")


def refuse_lora(where: str, lora_rank: Any = None, lora_alpha: Any = None, quantization_config: Any = None) -> None:
    """Refuse the arguments that ask for low-rank adaptation or quantization.

    Raises:
        ArgumentError: one is given.
    """
    if lora_rank is not None or lora_alpha is not None:
        raise ArgumentError("LoRA is not supported.", where=where, fix="leave lora_rank and lora_alpha out")
    if quantization_config is not None:
        raise ArgumentError("quantization is not supported.", where=where, fix="leave quantization_config out")


def no_lora(layer: Any, rank: Any = None, *args: Any, **kwargs: Any) -> NoReturn:
    """Refuse low-rank adaptation; `enable_lora` of the layers that have it in Keras.

    Raises:
        ArgumentError: always.
    """
    raise ArgumentError(
        "LoRA is not supported.",
        where=f"{type(layer).__name__} '{layer.name}', enable_lora",
        given=f"rank={rank!r}",
        fix="train the layer whole, or freeze it with trainable=False and train a Dense behind it",
    )
