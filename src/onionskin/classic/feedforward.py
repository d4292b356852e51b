"""A fully connected network of a few nodes, whose net inputs, outputs and deltas can be read."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from onionskin import activations, layers, losses, models, ops, optimizers, random
from onionskin.base.errors import ArgumentError, DTypeError, ShapeError
from onionskin.base.registry import register_serializable
from onionskin.base.specs import Spec
from onionskin.classic.checks import count, positive, samples
from onionskin.graph import Graph
from onionskin.plot.checks import numbers
from onionskin.runtime import BoundProgram, value_and_grad
from onionskin.state import CallContext, SeedGenerator, calling, purify
from onionskin.transforms import pullback

DTYPE = "float64"


@register_serializable("onionskin.classic")
class HalfSquaredError(losses.Loss):
    """The squared error of the textbooks, E = ½ Σ (target − out)², summed over outputs and samples.

    Example:
        >>> print(HalfSquaredError()(np.array([[1.0, 0.0]]), np.array([[0.5, 0.5]])))
        0.25
    """

    def __init__(self, reduction: Any = "sum", name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name, reduction, dtype)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return ½ Σ (y_true − y_pred)² of each sample, (n,), from targets and outputs (n, outputs)."""
        return ops.sum(ops.square(ops.subtract(y_true, y_pred)), axis=-1) * 0.5


class Backward(NamedTuple):
    """A pass forward and back: E = ½ Σ (target − out)² and what it is made of.

    Attributes:
        error: E, summed over the samples.
        nets: net input of each layer, (n, nodes).
        outs: output of each layer, (n, nodes).
        above: −∂E/∂out of each layer, (n, nodes): target − out for the last, Σ w·δ for the others.
        slopes: f'(net) of each layer, (n, nodes).
        deltas: δ = −∂E/∂net of each layer, (n, nodes).
        gradients: ∂E/∂w in the order of `FeedForward.get_weights`: for each layer (inputs, nodes) and (nodes,).
    """

    error: float
    nets: list[np.ndarray]
    outs: list[np.ndarray]
    above: list[np.ndarray]
    slopes: list[np.ndarray]
    deltas: list[np.ndarray]
    gradients: list[np.ndarray]


class FeedForward:
    """A fully connected network in float64, trained by the squared error E = ½ Σ (target − out)².

        net = out_before · W + b,  out = f(net)

    A bias is the threshold with the other sign, b = −θ. All that is shown is read from the graph of the model
    inside, `model`, a `Sequential` that can be compiled, fitted, drawn and saved like any other.

    Args:
        sizes: numbers of inputs, of nodes in each hidden layer, and of outputs.
        activation: name or function that takes each number by itself; or a list, one for each layer after the inputs.
        seed: of the first weights; one drawn from the process where None.
        spread: they are drawn evenly from −spread to spread.

    Raises:
        ArgumentError: there are no two sizes, a size is none, or an activation does not take each number by itself.
        UnknownNameError: there is no activation of this name.

    Example:
        >>> network = FeedForward((2, 2, 1), seed=1)
        >>> network.predict([[0, 1], [1, 1]]).shape, [w.shape for w in network.get_weights()]
        ((2, 1), [(2, 2), (2,), (2, 1), (1,)])

    Source: Rumelhart, Hinton, Williams, "Learning representations by back-propagating errors", Nature 323, 1986.
    """

    def __init__(
        self, sizes: Any = (2, 2, 1), activation: Any = "sigmoid", seed: int | None = None, spread: float = 1.0
    ) -> None:
        if not isinstance(sizes, tuple | list) or len(sizes) < 2:
            raise ArgumentError("a network has at least two sizes.", where="FeedForward(sizes)",
                                expected="inputs, hidden nodes …, outputs, such as (2, 2, 1)",
                                given=repr(sizes))  # fmt: skip
        self.sizes = tuple(count(one, "FeedForward(sizes)") for one in sizes)
        named = list(activation) if isinstance(activation, tuple | list) else [activation] * (len(sizes) - 1)
        if len(named) != len(sizes) - 1:
            raise ArgumentError("there must be one activation for each layer after the inputs.",
                                where="FeedForward(activation)", expected=len(sizes) - 1,
                                given=len(named))  # fmt: skip
        self.activations = [_by_number(one) for one in named]
        reach, seeds = positive(spread, "FeedForward(spread)"), SeedGenerator(seed)
        stack: list[Any] = [layers.Input((self.sizes[0],), dtype=DTYPE)]
        for number, (nodes, function) in enumerate(zip(self.sizes[1:], self.activations, strict=True), 1):
            stack.append(layers.Dense(nodes, dtype=DTYPE, name=f"net_{number}"))
            stack.append(layers.Activation(function, dtype=DTYPE, name=f"out_{number}"))
        self.model: Any = models.Sequential(stack)
        self.model.dtype_policy = DTYPE  # else inputs go through the default dtype
        shapes = [weights.shape for weights in self.model.get_weights()]
        self.set_weights([random.uniform(one, -reach, reach, dtype=DTYPE, seed=seeds) for one in shapes])
        self.model.compile(optimizers.SGD(0.5), loss=HalfSquaredError(dtype=DTYPE))
        self._programs: dict[int, BoundProgram] = {}

    def __repr__(self) -> str:
        return f"FeedForward({self.sizes})"

    def get_weights(self) -> list[np.ndarray]:
        """Return a copy of the weights: for each layer (inputs, nodes) and the biases (nodes,)."""
        return [np.array(one) for one in self.model.get_weights()]

    def set_weights(self, weights: Any) -> None:
        """Replace all weights; shapes as `get_weights` gives them.

        Raises:
            ShapeError: they do not fit.
        """
        self.model.set_weights([np.asarray(one, DTYPE) for one in weights])

    def predict(self, x: Any) -> np.ndarray:
        """Return the outputs, (n, outputs) of (n, inputs).

        Raises:
            ShapeError: the samples have another number of inputs.
        """
        return np.asarray(self.model(self._inputs(x, "FeedForward.predict")))

    def forward(self, x: Any) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Return net inputs and outputs of each layer, each (n, nodes); raises as `predict`."""
        found = self.backward(x, np.zeros((len(self._inputs(x, "FeedForward.forward")), self.sizes[-1])))
        return found.nets, found.outs

    def error(self, x: Any, y: Any) -> float:
        """Return E = ½ Σ (target − out)² over all outputs and samples; raises as `backward`."""
        return self.backward(x, y).error

    def backward(self, x: Any, y: Any) -> Backward:
        """Pass forward and back without changing a weight; the numbers come from the graph's own derivative.

        Args:
            x: (n, inputs).
            y: (n, outputs) targets, or (n,) for a single output.

        Raises:
            ShapeError: samples and targets fit neither each other nor the network.
            DTypeError: these are no numbers.
            DataError: a number is not finite.
        """
        inputs = self._inputs(x, "FeedForward")
        targets = self.targets(y, len(inputs))
        bound = self._programs.get(len(inputs))
        if bound is None:
            bound = self._programs[len(inputs)] = self._derived(len(inputs))
        (error, nets, outs), rest = bound.result(bound([inputs, targets]))
        depth = len(nets)
        parts = [[np.asarray(one) for one in rest[at * depth : (at + 1) * depth]] for at in range(3)]
        # E is made small, so what is sent back is the direction in which it falls
        above, deltas = ([0.0 - one for one in part] for part in parts[:2])
        gradients = [np.asarray(one) for one in rest[3 * depth :]]
        return Backward(float(error), list(nets), list(outs), above, parts[2], deltas, gradients)

    def _derived(self, n: int) -> BoundProgram:
        """Return the program of a pass forward and back for n samples."""
        pairs = list(zip(self.model.layers[::2], self.model.layers[1::2], strict=True))

        def run(x: Any, y: Any) -> Any:
            nets: list[Any] = []
            outs: list[Any] = []
            with calling(CallContext(training=True)):
                for dense, activation in pairs:
                    nets.append(dense(outs[-1] if outs else x))
                    outs.append(activation(nets[-1]))
            return HalfSquaredError(dtype=DTYPE)(y, outs[-1]), nets, outs

        specs = [Spec((n, self.sizes[0]), DTYPE), Spec((n, self.sizes[-1]), DTYPE)]
        pure = purify(run, specs, ["x", "y"], name="backward")
        error, *values = pure.graph.outputs[len(pure.changed) :]
        nets, outs = values[: len(pairs)], values[len(pairs) :]
        own = dict(zip(pure.variables, pure.graph.inputs, strict=False))
        weights = [own[one] for one in self.model.trainable_variables]
        one = [np.ones((), DTYPE)]
        # each group by itself: what lies beyond a node that is asked for is reached through it
        found = [pullback([error], one, [node])[0] for node in (*outs, *nets)]
        found += [pullback([out], [np.ones(out.shape, DTYPE)], [net])[0] for net, out in zip(nets, outs, strict=True)]
        found += pullback([error], one, weights)
        return BoundProgram(pure.extended(Graph(pure.graph.inputs, (*pure.graph.outputs, *found), "backward")))

    def learning(self, n: int, rate: float) -> BoundProgram:
        """Return the program of one update with n samples: (x, y) → E, before w ← w − η · ∂E/∂w."""
        variables = self.model.trainable_variables

        def update(x: Any, y: Any) -> Any:
            def error() -> Any:
                with calling(CallContext(training=True)):
                    return HalfSquaredError(dtype=DTYPE)(y, self.model(x))

            before, gradients = value_and_grad(error, variables=variables)()
            for variable, gradient in zip(variables, gradients, strict=True):
                variable.assign(variable.value - gradient * rate)
            return before

        specs = [Spec((n, self.sizes[0]), DTYPE), Spec((n, self.sizes[-1]), DTYPE)]
        return BoundProgram(purify(update, specs, ["x", "y"], name="backpropagation"))

    def targets(self, y: Any, n: int) -> np.ndarray:
        """Return targets as float64 (n, outputs); raises as `backward`."""
        array = numbers(y, "FeedForward(y)").astype(np.float64)
        if array.shape == (n,) and self.sizes[-1] == 1:
            array = array[:, None]
        if array.shape != (n, self.sizes[-1]):
            raise ShapeError("there must be a target for each output of each sample.", where="FeedForward(y)",
                             expected=(n, self.sizes[-1]), given=array.shape)  # fmt: skip
        return array

    def _inputs(self, x: Any, where: str) -> np.ndarray:
        inputs, _ = samples(x, None, where)
        if inputs.shape[1] != self.sizes[0]:
            raise ShapeError("the samples have another number of inputs than the network.", where=f"{where}(X)",
                             expected=f"(n, {self.sizes[0]})", given=inputs.shape)  # fmt: skip
        return inputs

    def hidden_lines(self) -> np.ndarray:
        """Return (w1, w2, θ) of each node of the first layer, (nodes, 3): the line where its net input is 0.

        Raises:
            ShapeError: the network has not two inputs.
        """
        if self.sizes[0] != 2:
            raise ShapeError("only nodes with two inputs have a line.", where="FeedForward.hidden_lines", expected=2,
                             given=self.sizes[0])  # fmt: skip
        weights, biases = self.get_weights()[:2]
        return np.column_stack([weights.T, -biases])


def _by_number(identifier: Any) -> Any:
    """Return an activation, after a look at whether an output depends on its own input only."""
    function = activations.get(identifier)
    probe = [np.array([[0.3, other]]) for other in (-0.7, 0.9)]
    name = getattr(function, "__name__", type(function).__name__)
    try:
        first, second = (np.asarray(function(one)) for one in probe)
    except (TypeError, ValueError):
        raise DTypeError("the activation cannot be used on an array.", where="FeedForward(activation)",
                         given=repr(name),
                         fix="use one of onionskin.activations, or onionskin.ops") from None  # fmt: skip
    if first.shape != (1, 2) or first[0, 0] != second[0, 0]:
        raise ArgumentError("the activation must take each number by itself.", where="FeedForward(activation)",
                            expected="such as 'sigmoid', 'tanh', 'relu' or 'linear'", given=repr(name))  # fmt: skip
    return function
