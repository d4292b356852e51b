"""The neuron model: inputs times weights, less a threshold, through an activation."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin import activations
from onionskin.base.errors import ShapeError
from onionskin.classic.texts import Table, figure, words
from onionskin.plot.checks import numbers

_FORMULAS = {
    "step": ("1 (x ≥ 0), 0 (x < 0)", "0, 1"),
    "sign": ("x / |x|, 0 (x = 0)", "−1, 0, 1"),
    "sigmoid": ("1 / (1 + e⁻ˣ)", "0 … 1"),
    "linear": ("x", "−∞ … ∞"),
}


def activation_uses(language: str = "en") -> Table:
    """Return the four activations of the classic neuron and where each is used, as a table to print.

    Args:
        language: "en" or "ko".

    Raises:
        UnknownNameError: there is no such language.

    Example:
        >>> print(str(activation_uses()).splitlines()[1][:50])
        step        1 (x ≥ 0), 0 (x < 0)  0, 1      thresh
    """
    word = words(language, "activation_uses")
    rows = [[name, *texts, word[f"{name} used"]] for name, texts in _FORMULAS.items()]
    return Table([word[key] for key in ("activation", "formula", "values", "used")], rows)


class Neuron:
    """A neuron of McCulloch and Pitts: weighted inputs, a threshold, an activation.

        net = Σ wᵢ·xᵢ − θ,  y = f(net)

    Args:
        weights: (d,) numbers, one for each input.
        threshold: θ, which the weighted sum must reach for a step to fire.
        activation: "step", "sign", "sigmoid", "linear", any other name of `onionskin.activations`, or a function.

    Raises:
        ShapeError: the weights are no list of numbers, or the threshold is no single number.
        DTypeError: these are no numbers.
        UnknownNameError: there is no activation of this name.

    Example:
        >>> both = Neuron([0.5, 0.5], threshold=0.7)  # fires where both inputs are 1
        >>> print(both([[0, 0], [0, 1], [1, 0], [1, 1]]))
        [0. 0. 0. 1.]
        >>> print(both.formula([1, 0]))
        net = 0.5·1 + 0.5·0 − 0.7 = −0.2
        y = step(−0.2) = 0

    Source: McCulloch and Pitts, "A logical calculus of the ideas immanent in nervous activity", 1943.
    """

    def __init__(self, weights: Any, threshold: Any = 0.0, activation: Any = "step") -> None:
        self.weights = numbers(weights, "Neuron(weights)").astype(np.float64)
        if self.weights.ndim != 1 or not self.weights.size:
            raise ShapeError("the weights are one list of numbers.", where="Neuron(weights)",
                             expected="(d,), d at least 1", given=self.weights.shape)  # fmt: skip
        theta = numbers(threshold, "Neuron(threshold)")
        if theta.shape != ():
            raise ShapeError("the threshold is a single number.", where="Neuron(threshold)", expected=(),
                             given=theta.shape)  # fmt: skip
        self.threshold = float(theta)
        self.activation = activations.get(activation)

    def __repr__(self) -> str:
        weights = [float(one) for one in self.weights]
        return f"Neuron({weights}, threshold={self.threshold!r}, activation={self._name!r})"

    @property
    def _name(self) -> str:
        return str(getattr(self.activation, "__name__", type(self.activation).__name__))

    def net(self, x: Any) -> Any:
        """Return the net input, Σ wᵢ·xᵢ − θ.

        Args:
            x: (d,) one sample, or (n, d).

        Returns:
            A float64 number, or (n,) of them.

        Raises:
            ShapeError: the samples have another number of inputs.
        """
        x = numbers(x, "Neuron.net(x)").astype(np.float64)
        d = self.weights.size
        if x.ndim not in (1, 2) or x.shape[-1] != d:
            raise ShapeError("the inputs do not fit the weights.", where="Neuron.net(x)",
                             expected=f"({d},) or (n, {d})", given=x.shape)  # fmt: skip
        return x @ self.weights - self.threshold

    def output(self, x: Any) -> Any:
        """Return y = f(net); arguments and shapes as for `net`."""
        return self.activation(np.asarray(self.net(x)))[()]

    __call__ = output

    def formula(self, x: Any = None) -> str:
        """Return the neuron's formula, with the numbers plugged in where a sample is given.

        Args:
            x: (d,) one sample, or None.

        Raises:
            ShapeError: it is no single sample.

        Example:
            >>> print(Neuron([1, -2], 0.5, "sigmoid").formula())
            y = sigmoid(1·x1 − 2·x2 − 0.5)
        """
        if x is None:
            names = [f"x{number}" for number in range(1, self.weights.size + 1)]
            return f"y = {self._name}({self._sum(names)})"
        x = numbers(x, "Neuron.formula(x)")
        if x.shape != self.weights.shape:
            raise ShapeError("a formula is of one sample.", where="Neuron.formula(x)", expected=self.weights.shape,
                             given=x.shape)  # fmt: skip
        given = [figure(one) if one >= 0 else f"({figure(one)})" for one in x.astype(np.float64)]
        net = figure(self.net(x))
        return f"net = {self._sum(given)} = {net}\ny = {self._name}({net}) = {figure(self.output(x))}"

    def _sum(self, inputs: list[str]) -> str:
        """Return Σ w·x − θ in signs; a term's minus sign takes the place of the plus before it."""
        terms = [(weight, f"{figure(abs(weight))}·{x}") for weight, x in zip(self.weights, inputs, strict=True)]
        if self.threshold:
            terms.append((-self.threshold, figure(abs(self.threshold))))
        text = "".join(f" {'−' if sign < 0 else '+'} {term}" for sign, term in terms)
        return "−" + text[3:] if terms[0][0] < 0 else text[3:]
