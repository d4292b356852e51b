"""The layer classes of backpropagation by layers: Affine, Relu, Sigmoid, SoftmaxWithLoss over the library's own."""

from __future__ import annotations

import math
from collections.abc import Callable, MutableMapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from onionskin import layers, losses, ops
from onionskin.base.errors import ArgumentError, DTypeError, NotBuiltError, ShapeError
from onionskin.base.specs import promote
from onionskin.runtime.stepping import Derivative, Stepping


class Face:
    """Base of the layer classes: arrays in, arrays out, the derivative read from the graph of `function`."""

    def __init__(self) -> None:
        self._steps = Stepping()

    def weights(self) -> list[np.ndarray]:
        """Return the arrays that backward has a gradient for."""
        return []

    def function(self, x: Any, *others: Any) -> Any:
        """Return the output for arrays or tensors, from the library's own layers.

        Args:
            x: the input.
            others: what else it computes from: weights, a second input, targets.
        """
        raise NotImplementedError(f"{type(self).__name__} needs a method function(self, x)")

    def __call__(self, x: Any) -> Any:
        """Return the output and keep nothing, of tensors too: so `draw`, `peel` and `gradient_check` take a layer.

        Args:
            x: the input.

        Raises:
            ArgumentError: the layer's forward or backward is not the one of the graph.
        """
        return self._of_graph(x, *self.weights())

    def _of_graph(self, *given: Any) -> Any:
        """Return what the graph computes, where that is what forward and backward do."""
        for name in ("forward", "backward"):
            if not getattr(type(self), name).__module__.startswith("onionskin.classic."):
                raise ArgumentError(
                    f"the layer's own {name} is NumPy code, and what is looked at here is a graph.",
                    where=type(self).__name__,
                    fix="compare backward with classic.numerical_gradient",
                )
        return self.function(*given)

    def keep(self, gradients: Sequence[np.ndarray]) -> None:
        """Take over the gradients of the weights."""

    def _forward(self, *inputs: Any, wrt: Sequence[int] | None = None) -> Any:
        given = (*inputs, *self.weights())
        wanted = range(len(given)) if wrt is None else wrt
        return self._steps.forward(self.function, given, {}, type(self).__name__, wrt=wanted)

    def _backward(self, dout: Any) -> Derivative:
        return self._steps.backward(dout, type(self).__name__)

    def forward(self, x: Any) -> Any:
        """Return the output, and keep what backward needs.

        Args:
            x: array of floats; the first axis counts the samples.
        """
        return self._forward(numbers(x))

    def backward(self, dout: Any) -> Any:
        """Return the derivative by the input of the last forward; the weights' are attributes from then on.

        Args:
            dout: derivative of the result by the output, of its shape.

        Raises:
            NotBuiltError: there was no forward before.
            ShapeError: dout has another shape than the output.
        """
        dx, *gradients = self._backward(dout).by_inputs
        self.keep(gradients)
        return dx


class Affine(Face):
    """y = x·W + b, a Dense layer over arrays of yours, which may be changed in place.

    dx = dy·Wᵀ,  dW = xᵀ·dy,  db = Σ over the batch of dy

    Args:
        W: weights (inputs, outputs).
        b: biases (outputs,).

    Attributes:
        x: what forward was given.
        dW, db: gradients, None before backward.
        params, grads: the weights and gradients by name.

    Raises:
        ShapeError: W is no matrix, or b does not fit it.
        DTypeError: one is no array of floats.

    Example:
        >>> import numpy as np
        >>> layer = Affine(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.zeros(3))
        >>> print(layer.forward(np.array([[1.0, 1.0]])))
        [[5. 7. 9.]]
        >>> print(layer.backward(np.ones((1, 3))), layer.db)
        [[ 6. 15.]] [1. 1. 1.]
    """

    def __init__(self, W: Any, b: Any) -> None:  # noqa: N803 - what the textbooks call it
        super().__init__()
        self._store: MutableMapping[str, Any] = {"W": W, "b": b}
        self.names = ("W", "b")
        self._check()
        self._clear()

    @classmethod
    def of(cls, params: MutableMapping[str, Any], weight: str, bias: str) -> Affine:
        """Return a layer whose arrays are those of a dictionary, also when others are put into it."""
        layer = cls.__new__(cls)
        Face.__init__(layer)
        layer._store, layer.names = params, (weight, bias)
        layer._check()
        layer._clear()
        return layer

    def _clear(self) -> None:
        self.x: Any = None
        self.dW: Any = None
        self.db: Any = None

    def _check(self) -> None:
        for name, what, rank in (("W", self.W, 2), ("b", self.b, 1)):
            if not isinstance(what, np.ndarray) or what.dtype.kind != "f":
                raise DTypeError(f"{name} is an array of floats.", where=type(self).__name__,
                                 given=f"an array of dtype {what.dtype}" if isinstance(what, np.ndarray)
                                 else f"an object of type {type(what).__name__}")  # fmt: skip
            if what.ndim != rank:
                raise ShapeError(f"{name} has {rank} {'axes' if rank > 1 else 'axis'}.", where=type(self).__name__,
                                 given=f"shape {what.shape}")  # fmt: skip
        if self.b.shape != self.W.shape[1:]:
            raise ShapeError("b has an element for each column of W.", where=type(self).__name__,
                             expected=f"shape {self.W.shape[1:]}", given=f"shape {self.b.shape}")  # fmt: skip

    @property
    def W(self) -> Any:  # noqa: N802
        """The weights."""
        return self._store[self.names[0]]

    @W.setter
    def W(self, value: Any) -> None:  # noqa: N802
        self._store[self.names[0]] = value

    @property
    def b(self) -> Any:
        """The biases."""
        return self._store[self.names[1]]

    @b.setter
    def b(self, value: Any) -> None:
        self._store[self.names[1]] = value

    @property
    def params(self) -> dict[str, Any]:
        """The arrays by name."""
        return {"W": self.W, "b": self.b}

    @property
    def grads(self) -> dict[str, Any]:
        """The gradients by name, None before backward."""
        return {"W": self.dW, "b": self.db}

    def __call__(self, x: Any, W: Any = None, b: Any = None) -> Any:  # noqa: N803
        """Return x·W + b and keep nothing, of tensors too: for `draw`, `peel` and `gradient_check`.

        Args:
            x: the input.
            W: other weights than its own, such as those to differentiate by.
            b: likewise.

        Example:
            >>> import numpy as np
            >>> from onionskin.explain import peel
            >>> layer = Affine(np.ones((2, 3)), np.zeros(3))
            >>> derivation = peel(layer, np.ones((4, 2)), layer.W, layer.b)
            >>> derivation.text("x"), derivation.text("W"), derivation.text("b")
            ('∂C/∂Z·Wᵀ', 'xᵀ·∂C/∂Z', 'Σₙ ∂C/∂Z')
        """
        return self._of_graph(x, self.W if W is None else W, self.b if b is None else b)

    def weights(self) -> list[np.ndarray]:
        """Return W and b."""
        return [self.W, self.b]

    def keep(self, gradients: Sequence[np.ndarray]) -> None:
        """Take over dW and db."""
        self.dW, self.db = gradients

    def forward(self, x: Any) -> Any:
        """Return x·W + b, and keep what backward needs.

        Args:
            x: (batch, inputs), one sample (inputs,), or (batch, …) with as many numbers in each sample.

        Raises:
            ShapeError: the samples have another number of inputs than W.
        """
        self._check()
        self.x = numbers(x)
        return self._forward(self.x)

    def function(self, x: Any, *others: Any) -> Any:
        """Return x·W + b."""
        weight, bias = others
        count, units = weight.shape
        size = math.prod(x.shape[1:] if x.ndim > 1 else x.shape)
        if x.ndim == 0 or size != count:
            raise ShapeError("x does not fit W.", where="Affine, forward", expected=f"samples of {count} numbers",
                             given=f"shape {tuple(x.shape)}")  # fmt: skip
        dense = _dense(count, units, promote([str(one.dtype) for one in (x, weight, bias)]))
        rows = ops.reshape(x, (x.shape[0] if x.ndim > 1 else 1, count))
        y = dense.stateless_call([weight, bias], [], rows)[0]
        return y if x.ndim > 1 else ops.reshape(y, (units,))


class Relu(Face):
    """y = x where x > 0, else 0.

    Attributes:
        mask: where x <= 0, None before forward.

    Example:
        >>> import numpy as np
        >>> layer = Relu()
        >>> print(layer.forward(np.array([[1.0, -0.5]])), layer.mask, layer.backward(np.ones((1, 2))))
        [[1. 0.]] [[False  True]] [[1. 0.]]
    """

    def __init__(self) -> None:
        super().__init__()
        self.mask: Any = None

    def forward(self, x: Any) -> Any:
        """Return x with 0 in place of what is negative, and keep the mask."""
        x = numbers(x)
        self.mask = x <= 0
        return self._forward(x)

    def function(self, x: Any, *others: Any) -> Any:
        """Return max(x, 0)."""
        return _relu()(x)


class Sigmoid(Face):
    """y = 1 / (1 + exp(−x)), whose derivative is y·(1 − y).

    Attributes:
        out: what forward returned, None before.

    Example:
        >>> import numpy as np
        >>> layer = Sigmoid()
        >>> print(layer.forward(np.array([0.0])), layer.backward(np.ones(1)))
        [0.5] [0.25]
    """

    def __init__(self) -> None:
        super().__init__()
        self.out: Any = None

    def forward(self, x: Any) -> Any:
        """Return the sigmoid of x, and keep it."""
        self.out = self._forward(numbers(x))
        return self.out

    def function(self, x: Any, *others: Any) -> Any:
        """Return the sigmoid of x."""
        return _sigmoid()(x)


class SoftmaxWithLoss(Face):
    """L = −(1/N) Σ t·log y with y = softmax(x): the mean cross-entropy of N samples.

    dx = (y − t) / N, which no line of this file says: it is what the graph of the loss comes to.

    Attributes:
        loss, y, t: the loss, the shares and the targets of the last forward, None before.

    Example:
        >>> import numpy as np
        >>> layer = SoftmaxWithLoss()
        >>> print(round(float(layer.forward(np.zeros((2, 4)), np.array([1, 3]))), 4), layer.y[0])
        1.3863 [0.25 0.25 0.25 0.25]
        >>> print(layer.backward()[0])
        [ 0.125 -0.375  0.125  0.125]
    """

    def __init__(self) -> None:
        super().__init__()
        self.loss: Any = None
        self.y: Any = None
        self.t: Any = None

    def forward(self, x: Any, t: Any) -> Any:  # type: ignore[override]
        """Return the loss.

        Args:
            x: scores (batch, classes), or those of one sample (classes,).
            t: targets: rows that sum to 1, of x's shape; or class numbers (batch,), one number for one sample.

        Raises:
            ShapeError: t does not fit x.
            DTypeError: class numbers are no whole numbers.
        """
        x, self.t = numbers(x), np.asarray(t)
        check_targets(x, self.t, "SoftmaxWithLoss, forward")
        loss, self.y = self._forward(x, self.t, wrt=(0,))
        self.loss = loss[()]
        return self.loss

    def backward(self, dout: Any = 1) -> Any:
        """Return (y − t) / N · dout.

        Raises:
            NotBuiltError: there was no forward before.
        """
        if self.y is None:
            raise NotBuiltError("backward was called before forward.", where="SoftmaxWithLoss, backward",
                                fix="call forward(x, t) first")  # fmt: skip
        return self._backward((dout, None)).by_inputs[0]

    def __call__(self, x: Any, t: Any) -> Any:  # type: ignore[override]
        """Return the loss and keep nothing, of tensors too: for `draw`, `peel` and `gradient_check`.

        Args:
            x: scores, as for `forward`.
            t: targets, likewise.
        """
        return self._of_graph(x, t)[0]

    def function(self, x: Any, *others: Any) -> Any:
        """Return the loss and the shares, for scores and targets."""
        t, kind = others[0], str(x.dtype)
        rows = ops.reshape(x, (1, -1)) if x.ndim == 1 else x
        if t.shape == x.shape:
            loss = _cross_entropy(True, kind)(ops.reshape(t, rows.shape), rows)
        else:
            loss = _cross_entropy(False, kind)(ops.reshape(t, (rows.shape[0],)), rows)
        return loss, ops.softmax(x)


def numbers(x: Any) -> np.ndarray:
    """Return an array of floats: floats as they are, whole numbers as float64.

    Raises:
        DTypeError: it is made of anything else.
    """
    array = np.asarray(x)
    if array.dtype.kind == "f":
        return array
    if array.dtype.kind not in "iub":
        raise DTypeError("a layer computes with numbers.", given=f"an array of dtype {array.dtype}")
    return array.astype(np.float64)


def check_targets(x: np.ndarray, t: np.ndarray, where: str) -> None:
    """Refuse targets that do not fit the scores.

    Raises:
        ShapeError: another number of samples or classes.
        DTypeError: class numbers that are no whole numbers.
    """
    if t.shape == x.shape and x.ndim > 0:
        return
    if x.ndim not in (1, 2) or t.shape != x.shape[:-1]:
        raise ShapeError("the targets do not fit the scores.", where=where,
                         expected=f"shape {x.shape} (shares) or {x.shape[:-1]} (class numbers)",
                         given=f"shape {t.shape}")  # fmt: skip
    if t.dtype.kind not in "iu":
        raise DTypeError("class numbers are whole numbers.", where=where, given=f"dtype {t.dtype}",
                         fix="give rows of shares, or t.astype(int)")  # fmt: skip
    if t.size and (t.min() < 0 or t.max() >= x.shape[-1]):
        raise ShapeError("there is no such class.", where=where, expected=f"0 to {x.shape[-1] - 1}",
                         given=int(t.min() if t.min() < 0 else t.max()))  # fmt: skip


@cache
def _dense(inputs: int, outputs: int, dtype: str) -> layers.Dense:
    dense = layers.Dense(outputs, kernel_initializer="zeros", dtype=dtype, name="affine")
    dense.build((None, inputs))
    return dense


@cache
def _relu() -> Callable[[Any], Any]:
    return layers.ReLU(autocast=False, name="relu")


@cache
def _sigmoid() -> Callable[[Any], Any]:
    return layers.Activation("sigmoid", autocast=False, name="sigmoid")


@cache
def _cross_entropy(shares: bool, dtype: str) -> losses.Loss:
    kind = losses.CategoricalCrossentropy if shares else losses.SparseCategoricalCrossentropy
    return kind(from_logits=True, dtype=dtype, name="softmax_with_loss")
