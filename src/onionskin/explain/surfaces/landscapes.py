"""Loss functions of one or two numbers that are known by name, and the value of any such function at many points."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from onionskin import ops
from onionskin.base.errors import DTypeError, ShapeError, UnknownNameError, suggest
from onionskin.base.specs import Spec
from onionskin.runtime import BoundProgram, grad
from onionskin.state import Variable, purify

Span = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Landscape:
    """A loss of one or two numbers with what is known of it; called like the function itself.

    Attributes:
        name: what it is called.
        function: takes one or two numbers, written with operators and `onionskin.ops`.
        formula: the same as text.
        span: (low, high) of each number where the loss is worth looking at.
        minima: its minima, the lowest first, each a tuple of numbers.
        start: where a descent begins.
        rates: optimizer → learning rate at which it shows its manner here.

    Example:
        >>> round(landscape("rosenbrock")(1.0, 1.0), 3)
        0.0
    """

    name: str
    function: Callable[..., Any]
    formula: str
    span: Span
    minima: tuple[tuple[float, ...], ...]
    start: tuple[float, ...]
    rates: Mapping[str, float] = field(default_factory=dict)

    def __call__(self, *numbers: Any) -> Any:
        """Return the loss at one point, or at many where arrays are given."""
        return self.function(*numbers)


def _bowl(x: Any, y: Any) -> Any:
    return x * x + y * y


def _ravine(x: Any, y: Any) -> Any:
    return x * x / 20.0 + y * y


def _saddle(x: Any, y: Any) -> Any:
    return x * x / 2.0 - y * y / 2.0 + y**4 / 4.0


def _beale(x: Any, y: Any) -> Any:
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def _rosenbrock(x: Any, y: Any) -> Any:
    return (1.0 - x) ** 2 + 100.0 * (y - x * x) ** 2


def _himmelblau(x: Any, y: Any) -> Any:
    return (x * x + y - 11.0) ** 2 + (x + y * y - 7.0) ** 2


def _two_minima(x: Any, y: Any) -> Any:
    return _hollow(x) + y * y / 2.0


def _parabola(w: Any) -> Any:
    return w * w


def _hollow(w: Any) -> Any:
    return w**4 / 4.0 - w * w + w / 4.0


# Minima of w⁴/4 - w² + w/4: the roots of w³ - 2w + 1/4 on both sides; between them, at 0.1260, the ridge.
_DEEP, _SHALLOW = -1.4729976011, 1.3469974085

_RATES = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")


def _rates(*values: float) -> dict[str, float]:
    return dict(zip(_RATES, values, strict=True))


LANDSCAPES: dict[str, Landscape] = {
    one.name: one
    for one in (
        Landscape("bowl", _bowl, "x² + y²", ((-3, 3), (-3, 3)), ((0.0, 0.0),), (-2.5, 2.0),
                  _rates(0.1, 0.02, 0.02, 0.8, 0.1, 0.3)),
        Landscape("ravine", _ravine, "x²/20 + y²", ((-8, 4), (-3, 3)), ((0.0, 0.0),), (-7.0, 2.0),
                  _rates(0.95, 0.1, 0.1, 1.5, 0.3, 0.3)),
        Landscape("saddle", _saddle, "x²/2 - y²/2 + y⁴/4", ((-2.5, 2.5), (-2, 2)), ((0.0, 1.0), (0.0, -1.0)),
                  (-2.0, 0.01), _rates(0.15, 0.03, 0.03, 0.3, 0.05, 0.1)),
        Landscape("beale", _beale, "(1.5 - x + xy)² + (2.25 - x + xy²)² + (2.625 - x + xy³)²",
                  ((-1.5, 4.5), (-2, 2)), ((3.0, 0.5),), (1.0, 1.5), _rates(0.015, 0.0035, 0.0035, 1.5, 0.06, 0.4)),
        Landscape("rosenbrock", _rosenbrock, "(1 - x)² + 100 (y - x²)²", ((-2, 2), (-1, 3)), ((1.0, 1.0),),
                  (-1.2, 1.0), _rates(0.0024, 0.0011, 0.0011, 1.0, 0.05, 0.4)),
        Landscape("himmelblau", _himmelblau, "(x² + y - 11)² + (x + y² - 7)²", ((-5, 5), (-5, 5)),
                  ((3.0, 2.0), (-2.8051180869, 3.1313125183), (-3.7793102534, -3.2831859913),
                   (3.5844283403, -1.8481265270)), (0.0, -0.5), _rates(0.01, 0.003, 0.003, 0.8, 0.1, 0.3)),
        Landscape("two minima", _two_minima, "x⁴/4 - x² + x/4 + y²/2", ((-2.5, 2.7), (-2, 2)),
                  ((_DEEP, 0.0), (_SHALLOW, 0.0)), (2.5, 1.5), _rates(0.05, 0.05, 0.05, 0.5, 0.1, 0.2)),
        Landscape("parabola", _parabola, "w²", ((-3, 3),), ((0.0,),), (-2.5,),
                  _rates(0.2, 0.02, 0.02, 0.8, 0.1, 0.3)),
        Landscape("local minimum", _hollow, "w⁴/4 - w² + w/4", ((-2.5, 2.7),), ((_DEEP,), (_SHALLOW,)), (2.5,),
                  _rates(0.05, 0.05, 0.05, 0.5, 0.1, 0.2)),
    )
}  # fmt: skip


def landscape(name: str) -> Landscape:
    """Return a loss function that is known by name.

    Args:
        name: "bowl", "ravine", "saddle", "beale", "rosenbrock", "himmelblau" or "two minima", of two numbers;
            "parabola" or "local minimum", of one.

    Returns:
        The function, its span, its minima and a start.

    Raises:
        UnknownNameError: there is none of this name.

    Example:
        >>> landscape("ravine").formula, landscape("ravine").minima
        ('x²/20 + y²', ((0.0, 0.0),))

    Source: Beale, "On an iterative method for finding a local minimum", 1958; Rosenbrock, "An automatic method for
    finding the greatest or least value of a function", 1960; Himmelblau, "Applied Nonlinear Programming", 1972.
    """
    if not isinstance(name, str) or name not in LANDSCAPES:
        raise UnknownNameError(
            "there is no loss function of this name.",
            where="landscape(name)",
            given=repr(name),
            fix=suggest(str(name), LANDSCAPES),
        )
    return LANDSCAPES[name]


def as_function(what: Any, where: str) -> Callable[..., Any]:
    """Return a function, or the landscape that a name stands for.

    Raises:
        UnknownNameError: there is none of this name.
        DTypeError: it is neither.
    """
    if isinstance(what, str):
        return landscape(what)
    if not callable(what):
        raise DTypeError(
            "this is no loss.", where=where, expected="a function, or the name of one",
            given=f"an object of type {type(what).__name__}",
        )  # fmt: skip
    return what


def losses_at(function: Callable[..., Any], points: np.ndarray, data: Sequence[np.ndarray] = ()) -> np.ndarray:
    """Return the value of a function at many points, by one compiled program that is run over them.

    Args:
        function: takes one number for each column of the points, then the arrays of the data; returns a number.
        points: (n, d) float64.
        data: arrays that the function takes whole behind the numbers.

    Returns:
        (n,) float64.

    Raises:
        ShapeError: the function returns something else than a single number.

    Example:
        >>> print(losses_at(lambda x, y: x * y, np.array([[1.0, 2.0], [3.0, 4.0]])))
        [ 2. 12.]
    """
    return _run_over(points, data, lambda numbers, arrays: single(function(*numbers, *arrays), function))[0]


def slopes_at(function: Callable[..., Any], points: np.ndarray, data: Sequence[np.ndarray] = ()) -> np.ndarray:
    """Return the gradient of a function at many points (n, d); arguments as for `losses_at`.

    Example:
        >>> print(slopes_at(lambda x, y: x * y, np.array([[1.0, 2.0], [3.0, 4.0]])))
        [[2. 1.]
         [4. 3.]]
    """

    def slope(numbers: list[Any], arrays: list[Any]) -> Any:
        places = tuple(range(len(numbers)))
        parts = grad(lambda *own: single(function(*own, *arrays), function), argnums=places)(*numbers)
        return ops.stack(list(parts))

    return _run_over(points, data, slope)[0]


def _run_over(
    points: np.ndarray, data: Sequence[np.ndarray], body: Callable[[list[Any], list[Any]], Any]
) -> list[np.ndarray]:
    """Return what a body gives for each point: it is traced once, and the engine itself loops over the points."""
    held = [Variable(array) for array in data]  # inputs of the program, the same for all points
    columns = points.shape[1]

    def row_by_row(row: Any) -> Any:
        return body([row[0, i] for i in range(columns)], [one.value for one in held])

    bound = BoundProgram(purify(row_by_row, [Spec((1, columns), "float64")], name="losses"))
    with np.errstate(all="ignore"):  # infinity and NaN are results here
        return bound.run_steps([np.ascontiguousarray(points)], np.arange(len(points)), 1)


def single(value: Any, function: Any) -> Any:
    """Return what a loss function returned as a number of float64.

    Raises:
        ShapeError: it is something else than a single number.
    """
    shape = tuple(value.shape) if hasattr(value, "shape") else () if isinstance(value, int | float) else None
    if shape != ():
        raise ShapeError(
            "a loss is a single number.",
            where=getattr(function, "__name__", None) or "the function",
            expected="a value of shape ()",
            given=type(value).__name__ if shape is None else f"shape {shape}",
            fix=None if shape is None else "take ops.mean of it",
        )
    return ops.cast(value, "float64")
