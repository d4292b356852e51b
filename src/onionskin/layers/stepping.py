"""`Stepwise`: what lets every layer be stepped through by hand, forward and backward, as in the textbooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from onionskin.layers.weights import Holder
from onionskin.state import Variable
from onionskin.state.call import CallContext, calling

if TYPE_CHECKING:
    import numpy as np

    from onionskin.runtime.stepping import Stepping


class _Gradients:
    """The attribute `gradients`; one that a layer of the user's own sets under this name comes before it."""

    def __get__(self, layer: Any, owner: Any = None) -> Mapping[str, np.ndarray]:
        return {} if layer is None else layer.__dict__.get("_untracked_gradients", {})


class Stepwise(Holder):
    """A base of layers that computes them one by one: forward, then backward through the same numbers.

    `gradients` is what the last backward found: name of the weight → derivative by it, of its shape. Names are
    the variables' own, such as "kernel"; those of layers within have the inner layer's name in front, as
    "dense/kernel".
    """

    _untracked_steps: Stepping | None = None
    _not_copied: ClassVar[frozenset[str]] = Holder._not_copied | {"_untracked_steps", "_untracked_gradients"}
    gradients = _Gradients()

    def forward(self, *inputs: Any, training: bool = False, **arguments: Any) -> Any:
        """Compute the output, and keep what `backward` needs.

        y = f(x; w). What a call changes, such as the moving statistics of batch normalization, changes here too.

        Args:
            inputs: as the layer is called: x, a list of inputs, or several; a last True or False is `training`.
            training: compute as in a training step.
            arguments: further named arguments of the call; nothing is differentiated by them.

        Returns:
            What the layer returns, as arrays.

        Raises:
            GraphError: within a trace.

        Example:
            >>> import numpy as np
            >>> from onionskin.layers import Dense
            >>> layer = Dense(1, kernel_initializer="ones")
            >>> print(layer.forward(np.array([[1.0, 2.0], [3.0, 4.0]])))
            [[3.]
             [7.]]
            >>> print(layer.backward(np.ones((2, 1))))
            [[1. 1.]
             [1. 1.]]
            >>> print(layer.gradients["kernel"].ravel(), layer.gradients["bias"])
            [4. 6.] [2.]
        """
        from onionskin.runtime.stepping import Stepping

        if len(inputs) > 1 and isinstance(inputs[-1], bool):
            inputs, training = inputs[:-1], inputs[-1]
        layer: Any = self
        steps = self._untracked_steps
        if steps is None:
            steps = self._untracked_steps = Stepping()

        def stepped(training: bool, *inputs: Any, **arguments: Any) -> Any:
            with calling(CallContext(training=training)):
                return layer(*inputs, **arguments)

        return steps.forward(
            stepped,
            (bool(training), *inputs),
            arguments,
            self._called(),
            wrt=range(1, len(inputs) + 1),
            variables=lambda: list(named_weights(self).values()),
            edition=lambda: (self._edition, tuple(map(id, self.trainable_variables))),
        )

    def backward(self, dout: Any) -> Any:
        """Return the derivative by the input, and put those by the weights into `gradients`.

        dx = (∂y/∂x)ᵀ·dout,  dw = (∂y/∂w)ᵀ·dout, at the numbers of the last `forward`. No weight changes; penalties
        of regularizers are not part of it.

        Args:
            dout: derivative of the result by each output of forward, in its shape and structure; None for none.

        Returns:
            An array for each input, in the structure of the input (a tuple where forward had several); None for an
            input that is no float.

        Raises:
            NotBuiltError: there was no forward before.
            ShapeError: dout has another shape than the output.
            DTypeError: dout is made of no real numbers.
            ArgumentError: dout has another structure.
        """
        from onionskin.runtime.stepping import Stepping

        steps = self._untracked_steps or Stepping()  # the second has had no forward, and says so
        found = steps.backward(dout, self._called())
        names = {variable: name for name, variable in named_weights(self).items()}
        gradients = {names[one]: value for one, value in found.by_variables.items() if one in names}
        self.__dict__["_untracked_gradients"] = gradients  # those frozen since have none
        return found.by_inputs[0] if len(found.by_inputs) == 1 else found.by_inputs


def named_weights(layer: Holder) -> dict[str, Variable]:
    """Return the trainable weights of a layer and those within by name: "kernel", "inner/kernel".

    A name that stands twice is told apart by a number, in the order of the weights: "scale", "scale_1".
    """
    moving = {id(one) for one in layer.trainable_variables}
    found: dict[str, Variable] = {}
    _name(layer, "", moving, found, set())
    for variable in layer.trainable_variables:  # held by what is no layer of ours, such as a model's own list
        if all(variable is not one for one in found.values()):
            found[_free(variable.path, found)] = variable
    return found


def _name(layer: Any, before: str, moving: set[int], found: dict[str, Variable], done: set[int]) -> None:
    for variable in layer._variables_here():
        if id(variable) in moving and id(variable) not in done:
            done.add(id(variable))
            found[_free(f"{before}{variable.name}", found)] = variable
    for inner in layer._layers:
        if isinstance(inner, Holder):
            _name(inner, f"{before}{inner.name}/", moving, found, done)


def _free(name: str, taken: Mapping[str, Any]) -> str:
    """Return a name that is not taken: itself, or with a number behind it."""
    count, free = 0, name
    while free in taken:
        count += 1
        free = f"{name}_{count}"
    return free
