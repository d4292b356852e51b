"""The two nodes of the textbooks' first graphs, AddLayer and MulLayer: numbers forward, derivatives backward."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin import ops
from onionskin.classic.faces import Face, numbers


class _Pair(Face):
    """A node with two inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.x: Any = None
        self.y: Any = None
        self._bare = (False, False, False)

    def forward(self, x: Any, y: Any) -> Any:  # type: ignore[override]
        """Return the result for two numbers, or two arrays, and keep them.

        Args:
            x: a number or array.
            y: likewise; shapes broadcast.
        """
        self.x, self.y = x, y
        plain = [isinstance(one, int | float) for one in (x, y)]
        self._bare = (plain[0], plain[1], all(plain))
        return _bared(self._forward(numbers(x), numbers(y)), self._bare[2])

    def __call__(self, x: Any, y: Any) -> Any:  # type: ignore[override]
        """Return the result and keep nothing, of tensors too: for `draw`, `peel` and `gradient_check`.

        Args:
            x: a number or array.
            y: likewise.
        """
        return self._of_graph(x, y)

    def backward(self, dout: Any) -> Any:
        """Return the derivatives by x and by y.

        Args:
            dout: derivative of the result by the output, of its shape.

        Raises:
            NotBuiltError: there was no forward before.
        """
        dx, dy = self._backward(dout).by_inputs
        return _bared(dx, self._bare[0]), _bared(dy, self._bare[1])


class AddLayer(_Pair):
    """z = x + y: a derivative passes to both.

    Example:
        >>> layer = AddLayer()
        >>> print(layer.forward(200, 450), layer.backward(1.5))
        650.0 (1.5, 1.5)
    """

    def function(self, x: Any, *others: Any) -> Any:
        """Return x + y."""
        return ops.add(x, others[0])


class MulLayer(_Pair):
    """z = x·y: a derivative passes to each times the other.

    Example:
        >>> layer = MulLayer()
        >>> print(layer.forward(100, 2), layer.backward(1.5))
        200.0 (3.0, 150.0)
    """

    def function(self, x: Any, *others: Any) -> Any:
        """Return x·y."""
        return ops.multiply(x, others[0])


def _bared(value: Any, bare: bool) -> Any:
    """Return a number where Python numbers were given."""
    return float(value) if bare else np.asarray(value)
