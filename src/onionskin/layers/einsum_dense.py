"""`EinsumDense`: a layer that multiplies by a kernel in the way that an equation says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from onionskin import activations, constraints, initializers, ops, regularizers
from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.registry import LAYERS
from onionskin.initializers import VarianceScaling
from onionskin.layers.layer import Layer
from onionskin.layers.unsupported import no_lora, refuse_lora

_FORMS = (  # inputs, kernel, outputs; 0 stands for the axes that the equation leaves out
    re.compile(r"(?P<left>)([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)"),
    re.compile(r"(?P<left>0)([a-zA-Z]+),([a-zA-Z]+)->0([a-zA-Z]+)"),
    re.compile(r"(?P<left>)([a-zA-Z]{2,})0,([a-zA-Z]+)->([a-zA-Z]+)0"),
)


@dataclass(frozen=True)
class Shapes:
    """What an equation and the input's shape say.

    Args:
        kernel: shape of the kernel.
        bias: shape of the bias, None without one.
        output: shape of the output.
        input_axes: axes of the kernel that are summed over.
        output_axes: axes of the kernel that the output has.
    """

    kernel: tuple[Any, ...]
    bias: tuple[Any, ...] | None
    output: tuple[Any, ...]
    input_axes: tuple[int, ...]
    output_axes: tuple[int, ...]


@LAYERS.entry()
class EinsumDense(Layer):
    """A dense layer of any number of axes.

    y = activation(einsum(equation, x, kernel) + bias)

    Args:
        equation: such as "ab,bc->ac", "...x,xy->...y" or "ab...,bc->ac...".
        output_shape: shape of a sample's output, without the axes that "..." stands for; None for sizes that
            are the input's.
        activation: function or its name; none where None.
        bias_axes: the letters of the output that the bias has; no bias where None.
        kernel_initializer: how the kernel starts.
        bias_initializer: how the bias starts.
        kernel_regularizer: penalty on the kernel.
        bias_regularizer: penalty on the bias.
        kernel_constraint: applied to the kernel after each update.
        bias_constraint: applied to the bias after each update.
        lora_rank: not supported.
        lora_alpha: not supported.
        gptq_unpacked_column_size: not supported.
        quantization_config: not supported.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: the equation is malformed, or a letter stands in the wrong place.
        ShapeError: the input does not fit the equation and the output's shape.

    Example:
        >>> from onionskin.layers import EinsumDense
        >>> EinsumDense("abc,cd->abd", output_shape=(None, 64), bias_axes="d")(np.ones((2, 32, 128))).shape
        (2, 32, 64)
    """

    _takes_one = True

    enable_lora = no_lora

    def __init__(
        self,
        equation: str,
        output_shape: int | Sequence[int | None],
        activation: Any = None,
        bias_axes: str | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        gptq_unpacked_column_size: int | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        refuse_lora(
            "EinsumDense", lora_rank, lora_alpha,
            quantization_config if gptq_unpacked_column_size is None else gptq_unpacked_column_size,
        )  # fmt: skip
        super().__init__(**kwargs)
        _parts(equation)
        self.equation = equation
        self._untracked_partial = (output_shape,) if isinstance(output_shape, int) else tuple(output_shape)
        self.bias_axes = bias_axes
        self.activation = activations.get(activation)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.bias: Any = None

    @property
    def partial_output_shape(self) -> tuple[int | None, ...]:
        """Shape of a sample's output as it was given."""
        return self._untracked_partial

    def build(self, input_shape: Any) -> None:
        """Make the kernel and the bias."""
        shapes = shapes_of(self.equation, self.bias_axes, tuple(input_shape), self._untracked_partial)
        if None in (*shapes.kernel, *(shapes.bias or ())):
            raise ShapeError(
                "the equation gives a weight an axis of unknown size.",
                where=f"equation '{self.equation}'",
                given=f"input {tuple(input_shape)}, kernel {shapes.kernel}, bias {shapes.bias}",
                fix="give the size in output_shape, or give the input a known size",
            )
        self.kernel = self.add_weight(
            shape=shapes.kernel,
            initializer=_with_axes(self.kernel_initializer, shapes),
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        if shapes.bias is not None:
            self.bias = self.add_weight(
                shape=shapes.bias,
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the output."""
        return shapes_of(self.equation, self.bias_axes, tuple(input_shape), self._untracked_partial).output

    def call(self, inputs: Any) -> Any:
        """Return activation(einsum(equation, inputs, kernel) + bias)."""
        shapes_of(self.equation, self.bias_axes, tuple(inputs.shape), self._untracked_partial)
        outputs = ops.einsum(self.equation, inputs, self.kernel)
        if self.bias is not None:
            outputs = ops.add(outputs, self.bias)
        return self.activation(outputs)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {
            **super().get_config(),
            "output_shape": self._untracked_partial,
            "equation": self.equation,
            "activation": activations.serialize(self.activation),
            "bias_axes": self.bias_axes,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
            "quantization_config": None,
        }


def _parts(equation: Any) -> tuple[str, str, str, bool]:
    """Return the letters of inputs, kernel and outputs, and whether "..." stands in front.

    Raises:
        ArgumentError: the equation has another form.
    """
    text = equation.replace(" ", "").replace("...", "0") if isinstance(equation, str) else ""
    for form in _FORMS:
        found = form.fullmatch(text)
        if found:
            left, inputs, kernel, outputs = found.groups()
            return inputs, kernel, outputs, bool(left)
    raise ArgumentError(
        "this is no equation that EinsumDense can read.",
        where="equation",
        expected="'ab,bc->ac', '...b,bc->...c' or 'ab...,bc->ac...', a letter for each axis",
        given=repr(equation),
    )


def shapes_of(equation: str, bias_axes: str | None, input_shape: Sequence[Any], output_shape: Sequence[Any]) -> Shapes:
    """Return the shapes of kernel, bias and output.

    Args:
        equation: as in `EinsumDense`.
        bias_axes: letters of the output that the bias has, or None.
        input_shape: shape of the input with the batch.
        output_shape: shape of a sample's output, without the axes that "..." stands for.

    Raises:
        ArgumentError: a letter stands where it cannot.
        ShapeError: the sizes do not fit each other.
    """
    inputs, kernel, outputs, left = _parts(equation)
    hidden = len(input_shape) - len(inputs)
    if hidden < 0 or (hidden > 0 and "..." not in equation):
        raise ShapeError(
            "the input has another number of axes than the equation.",
            where=f"equation '{equation}'",
            expected=f"{len(inputs)} axes{' or more' if '...' in equation else ''}",
            given=f"shape {tuple(input_shape)}",
        )
    between = list(input_shape[1:hidden]) if left else []
    behind = [] if left else list(input_shape[len(inputs) :])
    # with "..." in front the batch is one of the axes that it stands for, unless it stands for none
    whole = [input_shape[0], *between, *output_shape, *behind]
    own_input = dict(zip(inputs, input_shape[hidden:] if left else input_shape, strict=False))
    shown = whole[hidden:] if left else whole[: len(whole) - len(behind)]
    if len(shown) != len(outputs):
        raise ShapeError(
            "output_shape has another number of sizes than the equation's output has axes behind the batch.",
            where=f"equation '{equation}'",
            expected=f"sizes for '{outputs}'",
            given=f"output_shape {tuple(output_shape)}",
        )
    own_output = dict(zip(outputs, shown, strict=True))
    _check_letters(equation, own_input, own_output, kernel)
    for letter in inputs:
        if own_output.get(letter) is not None and own_output[letter] != own_input[letter]:
            raise ShapeError(
                f"the input and the output have different sizes at axis '{letter}'.",
                where=f"equation '{equation}'",
                expected=f"{own_output[letter]}, as output_shape says",
                given=own_input[letter],
            )
    return Shapes(
        tuple(own_output[letter] if letter in own_output else own_input[letter] for letter in kernel),
        None if bias_axes is None else _bias_shape(equation, bias_axes, own_output, len(behind)),
        tuple(whole),
        tuple(place for place, letter in enumerate(kernel) if letter not in own_output),
        tuple(place for place, letter in enumerate(kernel) if letter in own_output),
    )


def _check_letters(equation: str, inputs: dict[str, Any], outputs: dict[str, Any], kernel: str) -> None:
    for letter in outputs:
        if letter not in inputs and letter not in kernel:
            raise ArgumentError(
                f"the output has an axis '{letter}' that neither the input nor the kernel has.",
                where=f"equation '{equation}'",
            )
    for letter in kernel:
        if letter not in inputs and letter not in outputs:
            raise ArgumentError(
                f"the kernel has an axis '{letter}' that neither the input nor the output has.",
                where=f"equation '{equation}'",
            )


def _bias_shape(equation: str, bias_axes: str, outputs: dict[str, Any], behind: int) -> tuple[Any, ...]:
    missing = [letter for letter in bias_axes if letter not in outputs]
    if missing or not bias_axes:
        raise ArgumentError(
            f"the bias has an axis '{missing[0]}' that the output lacks." if missing else "bias_axes names no axis.",
            where=f"equation '{equation}'",
            expected=f"letters of '{''.join(outputs)}'",
            given=f"bias_axes={bias_axes!r}",
        )
    letters = list(outputs)
    first = min(letters.index(letter) for letter in bias_axes)
    own = [outputs[letter] if letter in bias_axes else 1 for letter in letters[first:]]
    return (*own, *[1] * behind)


def _with_axes(initializer: Any, shapes: Shapes) -> Any:
    """Return the kernel's initializer, told which axes are inputs and which outputs where it goes by them."""
    if not isinstance(initializer, VarianceScaling):
        return initializer
    if initializer.input_axes is not None and initializer.output_axes is not None:
        return initializer
    settings = {**initializer.get_config(), "seed": initializer.seed}
    settings.update(input_axes=list(shapes.input_axes), output_axes=list(shapes.output_axes))
    return type(initializer).from_config(settings)
