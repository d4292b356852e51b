"""`Model`: a layer that can be trained, asked, looked at and saved; `trainer.py` has how it is trained."""

from __future__ import annotations

from typing import Any, ClassVar

from onionskin.base import config
from onionskin.base.errors import ArgumentError, OnionskinError
from onionskin.base.registry import LAYERS
from onionskin.base.specs import Spec, dtype_name
from onionskin.base.trees import flatten, map_tree
from onionskin.models.describing import describes, make_functional
from onionskin.models.explaining import Explained
from onionskin.models.keeping import Kept
from onionskin.models.trainer import Trainer


@LAYERS.entry()
class Model(Kept, Explained, Trainer):
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
        if describes(args, kwargs):  # a subclass that says its inputs and outputs
            make_functional(type(self), Model, LAYERS.get("Functional"))
            LAYERS.get("Functional").__init__(self, *args, **kwargs)
            return
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

    def _build_from(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        super()._build_from(args, kwargs)
        if len(args) == 1 and all(hasattr(one, "shape") for one in flatten(args)[0]):
            self._untracked_call_specs = map_tree(
                lambda one: Spec((None, *one.shape[1:]), dtype_name(one.dtype)), args[0]
            )
