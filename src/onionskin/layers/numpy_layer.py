"""`NumpyLayer`: a layer whose forward and backward are an object of the user's own, written in NumPy."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from onionskin import ops
from onionskin.base.errors import ArgumentError, OnionskinError
from onionskin.base.registry import LAYERS
from onionskin.graph import concrete
from onionskin.layers.handwritten import Handwritten, call_primitive
from onionskin.layers.layer import Layer


@LAYERS.entry()
class NumpyLayer(Layer):
    """Train an object that has `forward(x)` and `backward(dout)` in NumPy, as the textbooks write layers.

    y = module.forward(x);  dx = module.backward(dy), which leaves the weights' gradients in the object

    Its weights are the arrays of floats NAME for which backward leaves dNAME (W and dW); else what stands in
    `params`, with `grads` of the same keys. The layer works on a copy of the object: yours changes only when you
    ask for it with `sync()` or `module`, which put the trained weights into its own arrays, and what the last
    forward and backward left besides. Such a leftover (a running mean) goes on from call to call, but is no weight
    and in no file. An argument `training`, `train_flg` or `train` of forward is told whether it is a training step.

    Args:
        module: the object; forward takes one array, or as many as the layer is called on, and keeps the first axis.
        weights: names of its weights, where they are to be said rather than found; () for none.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: no forward or backward; from `get_config`, always.

    Example:
        >>> import numpy as np
        >>> class Affine:
        ...     def __init__(self, W, b):
        ...         self.W, self.b = W, b
        ...     def forward(self, x):
        ...         self.x = x
        ...         return np.dot(x, self.W) + self.b
        ...     def backward(self, dout):
        ...         self.dW, self.db = np.dot(self.x.T, dout), dout.sum(axis=0)
        ...         return np.dot(dout, self.W.T)
        >>> from onionskin.layers import NumpyLayer
        >>> layer = NumpyLayer(Affine(np.ones((2, 1)), np.zeros(1)))
        >>> print(layer(np.array([[1.0, 2.0]])), [one.name for one in layer.weights])
        [[3.]] ['W', 'b']
    """

    def __init__(self, module: Any, weights: Sequence[str] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._untracked_own = Handwritten(module, weights, self._called(), self.compute_dtype)
        self._untracked_module = module

    def build(self, input_shape: Any) -> None:
        """Find the object's weights, and make variables that begin as they are."""
        own = self._untracked_own
        shapes = input_shape if isinstance(input_shape, list) else [input_shape]
        with self._unnamed():
            own.look([tuple(shape) for shape in shapes])
        if own.untrained:
            names = ", ".join(own.untrained)
            warnings.warn(
                f"{self._called()}: backward of {own.kind} leaves no {', '.join(f'd{one}' for one in own.untrained)}, "
                f"so {names} will not be trained; pass weights=() where that is meant.",
                stacklevel=2,
            )
        for place in own.places:
            start = place.read(own.latest)
            self.add_weight(start.shape, lambda shape, dtype, start=start: start.astype(dtype), name=place.name)

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return what the object's forward returns for the weights as they are."""
        xs = [concrete(one) for one in (inputs if isinstance(inputs, list | tuple) else [inputs])]
        if not xs:
            raise ArgumentError("the layer was called on no inputs.", given="an empty list")
        operation = call_primitive(self._untracked_own, len(xs), bool(training))
        with self._unnamed():
            return operation(*xs, *[ops.cast(one, self.compute_dtype) for one in self._own_variables])

    @contextmanager
    def _unnamed(self) -> Iterator[None]:
        """Take the layer's name out of a mistake's place: a call puts it there, a compiled program does not."""
        try:
            yield
        except OnionskinError as error:
            if error.where is not None:
                error.where = error.where.removeprefix(self._called()).removeprefix(", ") or None
            raise

    def sync(self) -> Any:
        """Put the trained weights into the arrays of the object, and what forward and backward left into it.

        Returns:
            The object.
        """
        self._untracked_own.sync(self._untracked_module, [one.kept for one in self._own_variables])
        return self._untracked_module

    @property
    def module(self) -> Any:
        """The object that it was made of, brought up to date by `sync`."""
        return self.sync()

    def get_config(self) -> dict[str, Any]:
        """Refuse: an object of one's own cannot be written as data.

        Raises:
            ArgumentError: always.
        """
        raise ArgumentError(
            "a NumpyLayer cannot be saved or cloned: its object is code, which no file may hold.",
            where=self._called(),
            fix="keep the weights with save_weights, and make the layer anew before load_weights",
        )
