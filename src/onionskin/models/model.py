"""`Model`: a layer that can be trained, asked, looked at and saved; `trainer.py` has how it is trained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from onionskin.base import config
from onionskin.base.errors import ArgumentError, NotBuiltError, OnionskinError, UnknownNameError
from onionskin.base.registry import LAYERS
from onionskin.base.specs import Spec, dtype_name
from onionskin.base.trees import flatten, map_tree
from onionskin.layers import Layer
from onionskin.models.keeping import Kept
from onionskin.models.summary import summary_text
from onionskin.models.trainer import Trainer


@LAYERS.entry()
class Model(Kept, Trainer):
    """A network with what it takes to train it.

    `Model(inputs, outputs)` makes one from tensors that layers were called on (the functional API);
    a subclass with `call` makes one in code.

    Args:
        inputs: an `Input`, or a list or dictionary of them.
        outputs: a tensor computed from them, or a list or dictionary.
        name: its name.
        kwargs: as for `Layer`.

    Example:
        >>> from onionskin.layers import Dense, Input
        >>> x = Input((4,))
        >>> model = Model(x, Dense(1)(Dense(8, activation="relu")(x)))
        >>> model.count_params()
        49
    """

    _untracked_specs: tuple[Any, Any] = (None, None)  # what `_output_specs` found the last time, and for what
    _untracked_call_specs: Any = None  # specs of the inputs, where a model in code was built for them
    _bearing_nothing: ClassVar[frozenset[str]] = Trainer._bearing_nothing | {
        "_untracked_call_specs",
        "_untracked_specs",
    }

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make a functional model where inputs and outputs are given."""
        functional = cls is Model and (len(args) >= 2 or "inputs" in kwargs or "outputs" in kwargs)
        if functional:
            return super().__new__(LAYERS.get("Functional"))
        return super().__new__(cls)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args:
            raise ArgumentError(
                "a model takes its inputs and outputs together.",
                where=type(self).__name__,
                given=f"{len(args)} positional argument{'s' if len(args) > 1 else ''}",
                fix="Model(inputs, outputs), or name=… in a subclass",
            )
        super().__init__(**kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output for arrays or tensors; building the model where needed."""
        quick = self._untracked_quick
        if quick is not None and (outputs := quick.call(self, args, kwargs)) is not None:
            return outputs
        return super().__call__(*args, **kwargs)

    @property
    def layers(self) -> list[Layer]:
        """The layers directly inside."""
        return self._layers

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return a layer by its name or its place.

        Raises:
            UnknownNameError: there is none.
        """
        own = self.layers
        if index is not None:
            if -len(own) <= index < len(own):
                return own[index]
            raise UnknownNameError("there is no layer at this place.", where=f"model '{self.name}'",
                                   expected=f"0 to {len(own) - 1}", given=index)  # fmt: skip
        for layer in own:
            if layer.name == name:
                return layer
        raise UnknownNameError(
            "there is no layer of this name.",
            where=f"model '{self.name}'",
            expected=", ".join(layer.name for layer in own),
            given=repr(name),
        )

    def _output_specs(self, x: Any, where: str) -> Any:
        """Return the spec of each output for inputs of these specs, through a trace without numbers."""
        leaves, form = flatten(x)
        settings = (tuple(leaves), form, config.traced_settings())
        known, outputs = self._untracked_specs
        if known == (settings, self._edition):
            return outputs
        try:
            arguments = {"training": False} if self._supports_training else {}
            outputs = self.compute_output_spec(x, **arguments)
        except OnionskinError as error:
            raise error.within(where) from None
        self._untracked_specs = ((settings, self._edition), outputs)
        return outputs

    def _output_names(self, outputs: Any) -> list[str]:
        if isinstance(outputs, dict):
            return sorted(outputs)
        count = len(flatten(outputs)[0])
        return ["output"] if count == 1 else [f"output_{index}" for index in range(count)]

    def _build_for(self, x: Any) -> None:
        """Build from the specs of the inputs."""
        self.build(map_tree(lambda spec: spec.shape, x))
        self._output_specs(x, f"model '{self.name}'")
        self._untracked_call_specs = map_tree(lambda spec: Spec((None, *spec.shape[1:]), spec.dtype), x)

    def _build_from(self, args: tuple[Any, ...]) -> None:
        super()._build_from(args)
        if len(args) == 1 and all(hasattr(one, "shape") for one in flatten(args)[0]):
            self._untracked_call_specs = map_tree(
                lambda one: Spec((None, *one.shape[1:]), dtype_name(one.dtype)), args[0]
            )

    # --- look ---

    def summary(
        self,
        line_length: int | None = None,
        positions: Any = None,
        print_fn: Any = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Sequence[str] | None = None,
    ) -> None:
        """Print the layers, the shapes of their outputs and their numbers of parameters.

        Args:
            line_length: width in characters; as wide as needed where None.
            positions: accepted for Keras's signature.
            print_fn: called with the text instead of `print`.
            expand_nested: list the layers of inner models too.
            show_trainable: say which layers are trained.
            layer_range: names of the first and the last layer to list.

        Raises:
            NotBuiltError: the model is not built.
        """
        if not self.built:
            raise NotBuiltError(
                "the model has no weights yet.",
                where=f"summary, model '{self.name}'",
                fix="give the first layer an input shape, call build(input_shape), or call the model on data",
            )
        text = summary_text(self, line_length, expand_nested, show_trainable, layer_range)
        (print if print_fn is None else print_fn)(text)
