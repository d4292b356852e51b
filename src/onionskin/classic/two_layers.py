"""`TwoLayerNet`, the network of the chapter on backpropagation: arrays in a dictionary, layers in order, a loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from onionskin import runtime
from onionskin.base.errors import ArgumentError, DTypeError, ShapeError
from onionskin.classic.differences import numerical_gradient
from onionskin.classic.faces import Affine, Face, Relu, SoftmaxWithLoss, check_targets, numbers
from onionskin.state import draw_seed


class TwoLayerNet:
    """Affine, ReLU, affine, softmax with cross-entropy, over arrays that a training loop of yours changes.

    L = −(1/N) Σ t·log softmax(max(x·W1 + b1, 0)·W2 + b2)

    The layers hold the arrays of `params`: `network.params["W1"] -= 0.1 * grad["W1"]` trains it. `predict` and `loss`
    go forward through the layers one by one, after which you may go backward through them by hand; `gradient` gives
    the same from one compiled program, and leaves each layer its dW and db. With a layer of your own in `layers`
    it goes through them one by one, too.

    Args:
        input_size: numbers in a sample.
        hidden_size: units of the hidden layer.
        output_size: classes.
        weight_init_std: standard deviation that the weights are drawn with; the biases begin at 0.
        seed: of the drawing; the next of the process where None.

    Attributes:
        params: W1 (input_size, hidden_size), b1, W2 (hidden_size, output_size), b2, in float64.
        layers: Affine1, Relu1, Affine2, in order.
        last_layer, lastLayer: the SoftmaxWithLoss.

    Raises:
        ArgumentError: a size is no positive whole number, the deviation is negative, or the seed no whole number.

    Example:
        >>> import numpy as np
        >>> network = TwoLayerNet(input_size=4, hidden_size=3, output_size=2, seed=0)
        >>> x, t = np.ones((5, 4)), np.eye(2)[[0, 1, 1, 0, 1]]
        >>> begun = network.loss(x, t)
        >>> for _ in range(100):
        ...     grad = network.gradient(x, t)
        ...     for key in ("W1", "b1", "W2", "b2"):
        ...         network.params[key] -= 0.5 * grad[key]
        >>> bool(network.loss(x, t) < begun)
        True
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        output_size: int,
        weight_init_std: float = 0.01,
        seed: int | None = None,
    ) -> None:
        sizes = {"input_size": input_size, "hidden_size": hidden_size, "output_size": output_size}
        for name, size in sizes.items():
            if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 1:
                raise ArgumentError(f"{name} is a positive whole number.", where="TwoLayerNet", given=repr(size))
        number = isinstance(weight_init_std, int | float | np.integer | np.floating)
        if not number or not 0 <= weight_init_std < np.inf:
            raise ArgumentError("weight_init_std is a standard deviation.", where="TwoLayerNet", expected="0 or more",
                                given=repr(weight_init_std))  # fmt: skip
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0):
            raise ArgumentError("a seed is a whole number from 0.", where="TwoLayerNet", given=repr(seed))
        rng = np.random.default_rng(draw_seed() if seed is None else seed)
        self._params: dict[str, np.ndarray] = {
            "W1": weight_init_std * rng.standard_normal((input_size, hidden_size)),
            "b1": np.zeros(hidden_size),
            "W2": weight_init_std * rng.standard_normal((hidden_size, output_size)),
            "b2": np.zeros(output_size),
        }
        self.layers: dict[str, Any] = {
            "Affine1": Affine.of(self._params, "W1", "b1"),
            "Relu1": Relu(),
            "Affine2": Affine.of(self._params, "W2", "b2"),
        }
        self.last_layer: Any = SoftmaxWithLoss()
        self._programs: dict[tuple[Any, ...], Any] = {}

    @property
    def params(self) -> dict[str, np.ndarray]:
        """The arrays by name: those that the layers hold, also after others have been put in."""
        return self._params

    @params.setter
    def params(self, arrays: Mapping[str, Any]) -> None:
        if not isinstance(arrays, Mapping):
            raise DTypeError("the parameters are arrays by name.", where="TwoLayerNet, params",
                             expected="a dictionary with W1, b1, W2, b2",
                             given=f"an object of type {type(arrays).__name__}")  # fmt: skip
        held = {name: numbers(array) for name, array in arrays.items()}
        for name, array in self._params.items():
            given = held[name].shape if name in held else None
            if given != array.shape:
                raise ShapeError("the parameters do not fit the network.", where=f"TwoLayerNet, params[{name!r}]",
                                 expected=f"shape {array.shape}",
                                 given="nothing" if given is None else f"shape {given}")  # fmt: skip
        self._params.update(held)

    @property
    def lastLayer(self) -> Any:  # noqa: N802 - its other name in the textbooks
        """The last layer."""
        return self.last_layer

    @lastLayer.setter
    def lastLayer(self, layer: Any) -> None:  # noqa: N802
        self.last_layer = layer

    def predict(self, x: Any) -> Any:
        """Return the scores, before the softmax.

        Args:
            x: (batch, input_size).

        Returns:
            Array (batch, output_size).
        """
        x = numbers(x)
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def loss(self, x: Any, t: Any) -> Any:
        """Return the mean cross-entropy.

        Args:
            x: (batch, input_size).
            t: one-hot rows (batch, output_size), or class numbers (batch,).

        Raises:
            ShapeError: the targets do not fit.
        """
        return self.last_layer.forward(self.predict(x), t)

    def accuracy(self, x: Any, t: Any) -> float:
        """Return the share of samples whose highest score is at their class."""
        x, t = numbers(x), np.asarray(t)
        scores = np.asarray(self._program("scores")(x, *self._arrays()) if self._ours() else self.predict(x))
        check_targets(scores, t, "TwoLayerNet, accuracy")
        if not scores.size:
            raise ShapeError("there are no samples.", where="TwoLayerNet, accuracy", given=f"shape {x.shape}")
        classes = t if t.ndim < scores.ndim else t.argmax(axis=-1)
        return float(np.mean(scores.argmax(axis=-1) == classes))

    def numerical_gradient(self, x: Any, t: Any) -> dict[str, np.ndarray]:
        """Return the gradient by central differences, by name: two losses for each parameter, so for small networks."""
        if self._ours():
            x, t = self._checked(x, t)
            program = self._program("loss")
            return {name: numerical_gradient(lambda _: program(x, t, *self._arrays()), array)
                    for name, array in self.params.items()}  # fmt: skip
        return {name: numerical_gradient(lambda _: self.loss(x, t), array) for name, array in self.params.items()}

    def gradient(self, x: Any, t: Any) -> dict[str, np.ndarray]:
        """Return the gradient of the loss, by name, by backpropagation; arguments as of `loss`."""
        if not self._ours():
            return self._gradient_by_steps(x, t)
        x, t = self._checked(x, t)
        parts = iter(self._program("gradient")(x, t, *self._arrays()))
        for layer in self.layers.values():
            layer.keep([next(parts) for _ in layer.weights()])
        return self._found()

    def _gradient_by_steps(self, x: Any, t: Any) -> dict[str, np.ndarray]:
        self.loss(x, t)
        dout = self.last_layer.backward(1)
        for layer in reversed(list(self.layers.values())):
            dout = layer.backward(dout)
        return self._found()

    def _found(self) -> dict[str, np.ndarray]:
        """Return the gradients that the layers have, under the names of the parameters."""
        found: dict[str, Any] = {}
        for label, layer in self.layers.items():
            number = label.removeprefix("Affine")  # a layer of the user's own in an affine's place has its names
            names = layer.names if isinstance(layer, Affine) else (f"W{number}", f"b{number}")
            found.update(zip(names, (getattr(layer, "dW", None), getattr(layer, "db", None)), strict=True))
        return {name: found[name] for name in self.params if found.get(name) is not None}

    def _checked(self, x: Any, t: Any) -> tuple[np.ndarray, np.ndarray]:
        x, t = numbers(x), np.asarray(t)
        scores = np.broadcast_to(0.0, (*x.shape[: max(x.ndim - 1, 0)][:1], len(self.params["b2"])))
        check_targets(scores, t, "TwoLayerNet")
        return x, t

    def _ours(self) -> bool:
        """Tell whether loss and layers are this library's own, so that they go into one program."""
        methods = ("forward", "backward", "function")
        kind = type(self)
        return (
            kind.loss is TwoLayerNet.loss
            and kind.predict is TwoLayerNet.predict
            and all(
                isinstance(one, Face) and all(getattr(type(one), name).__module__ in _OWN for name in methods)
                for one in (*self.layers.values(), self.last_layer)
            )
        )

    def _arrays(self) -> list[np.ndarray]:
        return [array for layer in self.layers.values() for array in layer.weights()]

    def _program(self, what: str) -> Any:
        """Return the compiled scores, loss or gradient of the layers as they stand."""
        parts: list[Face] = [*self.layers.values(), self.last_layer]
        key = (what, *parts)
        if key in self._programs:
            return self._programs[key]
        counts = [len(layer.weights()) for layer in parts]

        def scores(x: Any, *arrays: Any) -> Any:
            supply = iter(arrays)
            for layer, count in zip(parts[:-1], counts, strict=False):
                x = layer.function(x, *[next(supply) for _ in range(count)])
            return x

        def loss(x: Any, t: Any, *arrays: Any) -> Any:
            return parts[-1].function(scores(x, *arrays), t)[0]

        places: Sequence[int] = range(2, 2 + sum(counts))
        made = {"scores": scores, "loss": loss, "gradient": runtime.grad(loss, argnums=tuple(places))}[what]
        self._programs[key] = runtime.jit(made)
        return self._programs[key]

    def __getstate__(self) -> dict[str, Any]:
        """Leave the programs out of a copy."""
        return {**self.__dict__, "_programs": {}}


_OWN = ("onionskin.classic.faces",)
