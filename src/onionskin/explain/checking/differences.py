"""`gradient_check`: the engine's gradient against central differences in float64, element by element."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from onionskin import engines
from onionskin.base.errors import ArgumentError
from onionskin.base.languages import known_language
from onionskin.base.specs import Spec
from onionskin.engines import Program
from onionskin.explain.checking.objectives import Objective, Parameter, objective
from onionskin.explain.checking.report import GradientCheck, GradientRow
from onionskin.explain.checking.suspects import find_suspects, values_of
from onionskin.graph import Graph, make_constant, substitute, topological
from onionskin.state import Variable
from onionskin.transforms import pullback, simplify, stabilize, widened

_ROUNDING = 32 * np.finfo("float64").eps  # of a value that a graph computes, as a share of it
_FINER = (1 / 8, 1 / 64)  # of the step, where the first difference is not what the engine says
_OWN_TOLERANCE = {"float32": 1e-3, "float16": 5e-2}


def gradient_check(
    what: Callable[..., Any],
    *inputs: Any,
    y: Any = None,
    loss: Any = None,
    variables: Sequence[Variable] | None = None,
    argnums: int | Sequence[int] | None = None,
    weights: Any = None,
    training: bool | None = None,
    epsilon: float = 1e-5,
    samples: int = 64,
    seed: int = 0,
    tolerance: float = 1e-6,
    language: str = "en",
    sample_weight: Any = None,
    **settings: Any,
) -> GradientCheck:
    """Check a gradient against central differences.

    ∂L/∂θᵢ ≈ (L(θᵢ + h) - L(θᵢ - h)) / 2h

    Both are of the function in float64, whatever dtype it has; the gradient in its own dtype is compared besides.
    Nothing is changed: variables keep their values, and random layers draw the same numbers in each evaluation.

    Args:
        what: a function of arrays, a layer, a loss (of `y_true, y_pred`) or a model.
        inputs: what it is called with; for a compiled model (x, y), as for `fit`.
        y: targets, for a layer or model.
        loss: a loss or its name, for a layer or model; the compiled one where None.
        variables: which to differentiate by; all that are trained where None.
        argnums: which inputs to differentiate by; all of floats where None (of a loss, the predictions), () for none.
        weights: what a result that is no single number is summed with: an array of its shape, or "random", which
            is what layers without a loss have.
        training: whether layers are called as in training; where None, they are if the compiled loss is checked.
        epsilon: h, for values up to 1; larger values are moved in proportion.
        samples: how many elements of a large parameter are checked; all of one that has no more.
        seed: of the choice of elements, and of random weights.
        tolerance: relative error allowed.
        language: of what is shown, "en" or "ko".
        sample_weight: of a compiled model's samples.
        settings: further arguments of the call.

    Returns:
        A `GradientCheck`, true where all is right.

    Raises:
        ShapeError: the result is no single number, and there are no weights.
        DTypeError: `what` cannot be called, or its result is no float.
        NotBuiltError: targets are given and there is no loss.
        ArgumentError: there is nothing to differentiate by, or a setting is out of range.

    Example:
        >>> from onionskin import ops
        >>> result = gradient_check(lambda w, x: ops.sum(ops.tanh(w * x)), np.ones(3), np.arange(3.0))
        >>> result.passed, [row.name for row in result.rows]
        (True, ['w', 'x'])
    """
    known_language(language, "gradient_check")
    for label, value in (("epsilon", epsilon), ("samples", samples), ("tolerance", tolerance)):
        if not isinstance(value, int | float | np.integer | np.floating) or not value > 0:
            raise ArgumentError(f"{label} must be positive.", where="gradient_check", given=repr(value))
    if samples != int(min(samples, 2**31)) and samples < 2**31:
        raise ArgumentError("samples must be a whole number.", where="gradient_check", given=samples)
    goal = objective(what, inputs, settings, y, loss, variables, argnums, weights, training, seed, sample_weight)
    probe = _Probe(goal, epsilon, tolerance, int(min(samples, 2**31)))
    rows = probe.rows(seed)
    wrong = any(row.verdict == "wrong" for row in rows)
    suspects = find_suspects(probe.graph, probe.arrays, seed) if wrong else ()
    return GradientCheck(
        goal.name,
        rows,
        probe.engine,
        epsilon,
        tolerance,
        tuple(dict.fromkeys(one.array.dtype.name for one in goal.parameters)),
        goal.shape,
        tuple(suspects),
        wrong and not suspects and probe.engine != "reference" and probe.reference_is_right(rows),
        language,
    )


def checked(goal: Objective, samples: int, epsilon: float = 1e-5, tolerance: float = 1e-6) -> tuple[GradientRow, ...]:
    """Return what central differences say of the gradient of a pure function, a row for each of its parameters."""
    return _Probe(goal, epsilon, tolerance, samples).rows(seed=0)


@dataclass(frozen=True)
class _Found:
    """What was found at one element: its error as a share, and whether it is a kink."""

    numeric: float
    error: float
    kink: bool = False


class _Probe:
    """A function in float64 with its gradients, to be moved one element at a time."""

    def __init__(self, goal: Objective, epsilon: float, tolerance: float, samples: int) -> None:
        self.goal, self.epsilon, self.tolerance, self.samples = goal, epsilon, tolerance, samples
        stable = stabilize(goal.graph)
        self.graph = widened(stable)
        self.arrays = [one.astype(np.float64) if one.dtype.kind == "f" else one for one in goal.arrays]
        self.engine = engines.get().name
        self.wide = self._gradients(self.graph, self.arrays, None)
        self.narrow = None if self._is_wide() else self._gradients(stable, goal.arrays, None)
        self.value = engines.get("reference").compile(simplify(_held(self.graph, self.arrays)), state=0)
        self.start = self._value(self.arrays)

    def _is_wide(self) -> bool:
        return all(one.array.dtype == np.float64 for one in self.goal.parameters)

    def _gradients(self, graph: Graph, arrays: Sequence[np.ndarray], engine: str | None) -> list[np.ndarray | None]:
        """Return the gradient by each parameter, None for one that the graph does not use."""
        places = [one.place for one in self.goal.parameters if one.place is not None]
        (loss,) = graph.outputs
        back = pullback([loss], [np.ones((), loss.dtype)], [graph.inputs[place] for place in places])
        program = engines.get(engine).compile(simplify(Graph(graph.inputs, tuple(back), f"{graph.name}_gradient")), 0)
        found = iter([np.array(one) for one in program(*arrays)])
        return [None if one.place is None else next(found) for one in self.goal.parameters]

    def _value(self, arrays: Sequence[np.ndarray]) -> float:
        with np.errstate(all="ignore"):
            return float(self.value(*arrays)[0])

    # --- one parameter ---

    def rows(self, seed: int) -> tuple[GradientRow, ...]:
        """Return what the check of each parameter finds."""
        return tuple(
            self.row(place, np.random.default_rng([seed, place])) for place in range(len(self.goal.parameters))
        )

    def row(self, index: int, rng: np.random.Generator) -> GradientRow:
        """Return what the check of one parameter finds."""
        parameter, gradient = self.goal.parameters[index], self.wide[index]
        if gradient is None or parameter.array.size == 0:
            return GradientRow(parameter.name, parameter.array.shape, 0, (), 0.0, 0.0, 0.0, 0, None, "not used")
        places = self._places(gradient, rng)
        found = [self._element(parameter, gradient, place) for place in places]
        kinks = sum(one.kink for one in found)
        smooth = [number for number, one in enumerate(found) if not one.kink]
        own_error = self._own_error(index)
        if not smooth:
            return self._row(parameter, len(places), places[0], float(gradient[places[0]]), found[0], kinks, own_error)
        worst = max(smooth, key=lambda number: _large(found[number].error))
        return self._row(
            parameter, len(places), places[worst], float(gradient[places[worst]]), found[worst], kinks, own_error
        )

    def _row(
        self, parameter: Parameter, checked: int, place: Any, analytic: float, found: _Found, kinks: int, own: Any
    ) -> GradientRow:
        limit = _OWN_TOLERANCE.get(parameter.array.dtype.name, np.inf)
        if found.kink:
            verdict = "kink"
        elif not np.isfinite(found.error):
            verdict = "not finite"
        elif found.error > self.tolerance:
            verdict = "wrong"
        else:
            verdict = "imprecise" if own is not None and not own <= limit else "ok"
        return GradientRow(
            parameter.name, parameter.array.shape, checked, tuple(map(int, place)), analytic, found.numeric,
            found.error, kinks, own, verdict,
        )  # fmt: skip

    def _places(self, gradient: np.ndarray, rng: np.random.Generator) -> list[tuple[int, ...]]:
        """Return the elements to check: all, or a sample of which half have a gradient where there are such."""
        if gradient.size <= self.samples:
            return list(np.ndindex(*gradient.shape))
        moving = np.flatnonzero(gradient)
        half = rng.choice(moving, min(len(moving), self.samples // 2), replace=False)
        drawn = rng.choice(gradient.size, min(self.samples + len(half), gradient.size), replace=False)
        chosen = [*half, *drawn[~np.isin(drawn, half)][: self.samples - len(half)]]
        return [tuple(map(int, np.unravel_index(int(one), gradient.shape))) for one in chosen]

    def _own_error(self, index: int) -> float | None:
        """Return how far the gradient in the parameter's own dtype is from that in float64."""
        if self.narrow is None:
            return None
        wide, narrow = self.wide[index], self.narrow[index]
        assert wide is not None and narrow is not None
        # a gradient that is 0 but for rounding (a bias before a normalization) is small beside the others and the value
        longest = max(float(np.linalg.norm(one)) for one in self.wide if one is not None)
        scale = max(float(np.linalg.norm(wide)), 1e-3 * longest, 1e-4 * abs(self.start) * wide.size**0.5)
        return float(np.linalg.norm(narrow.astype(np.float64) - wide)) / scale if scale else 0.0

    # --- one element ---

    def _moved(self, parameter: Parameter, place: tuple[int, ...], step: float) -> tuple[float, float, float]:
        """Return the values above and below, and the step that was taken."""
        above, high = self._at(parameter, place, step)
        below, low = self._at(parameter, place, -step)
        return self._value(above), self._value(below), (high - low) / 2

    def _at(self, parameter: Parameter, place: tuple[int, ...], step: float) -> tuple[list[np.ndarray], float]:
        """Return the arrays with one element moved, and where it is then."""
        assert parameter.place is not None
        arrays, array = list(self.arrays), np.array(self.arrays[parameter.place])
        arrays[parameter.place] = array
        array[place] += step
        return arrays, float(array[place])

    @cached_property
    def _choices(self) -> Program:
        """What computes each yes or no that the derivative hangs on, such as whether a ReLU's input is above 0."""
        (loss,) = self.graph.outputs
        places = [one.place for one in self.goal.parameters if one.place is not None]
        back = pullback([loss], [np.ones((), loss.dtype)], [self.graph.inputs[place] for place in places])
        asked = [node for node in topological([loss, *back]) if isinstance(node.spec, Spec) and node.dtype == "bool"]
        return engines.get("reference").compile(simplify(Graph(self.graph.inputs, tuple(asked))), state=0)

    def _crosses(self, parameter: Parameter, place: tuple[int, ...], step: float) -> bool:
        """Tell whether a choice is another at either end of a step than between them: a kink lies within it."""
        with np.errstate(all="ignore"):
            here = self._choices(*self.arrays)
            ends = [self._choices(*self._at(parameter, place, one)[0]) for one in (step, -step)]
        return any(not np.array_equal(a, b) for end in ends for a, b in zip(end, here, strict=True))

    def _element(self, parameter: Parameter, gradient: np.ndarray, place: tuple[int, ...]) -> _Found:
        analytic = float(gradient[place])
        assert parameter.place is not None
        step = self.epsilon * max(1.0, abs(float(self.arrays[parameter.place][place])))
        first = self._differences(parameter, place, step)
        error = self._error(analytic, first)
        if error <= self.tolerance:
            return _Found(first.slope, error)
        finer = [self._differences(parameter, place, step * part) for part in _FINER]
        if not np.isfinite([analytic, first.slope, first.forward, first.backward]).all():
            return _Found(first.slope, np.inf)
        for one in finer:
            moved = abs(one.slope - first.slope) > 0.5 * abs(analytic - first.slope)
            if moved and self._error(analytic, one) <= self.tolerance:
                return _Found(one.slope, self._error(analytic, one), kink=_bends_more(first, one))
        # In a deep network of small numbers the kinks may be so dense that no step passes between them.
        kink = _is_kink(analytic, first, finer[-1]) or self._crosses(parameter, place, finer[-1].step)
        return _Found(first.slope, error, kink)

    def _differences(self, parameter: Parameter, place: tuple[int, ...], step: float) -> _Differences:
        up, down, step = self._moved(parameter, place, step)
        noise = _ROUNDING * max(abs(up), abs(down), abs(self.start)) / step
        return _Differences((up - self.start) / step, (self.start - down) / step, noise, step)

    def _error(self, analytic: float, found: _Differences) -> float:
        """Return the error as a share of the larger of the two, of which rounding alone makes no error."""
        scale = max(abs(analytic), abs(found.slope), found.noise / self.tolerance)
        if not np.isfinite(scale):
            return float(np.inf)
        return abs(analytic - found.slope) / scale if scale else 0.0

    def reference_is_right(self, rows: Sequence[GradientRow]) -> bool:
        """Tell whether the reference engine's gradient is right at every element that was found wrong."""
        found = self._gradients(self.graph, self.arrays, "reference")
        for row, gradient in zip(rows, found, strict=True):
            if row.verdict == "wrong" and gradient is not None:
                scale = max(abs(row.numeric), abs(float(gradient[row.worst])))
                if abs(row.numeric - float(gradient[row.worst])) > self.tolerance * scale:
                    return False
        return True


@dataclass(frozen=True)
class _Differences:
    """One-sided differences at an element, and what rounding makes of them."""

    forward: float
    backward: float
    noise: float
    step: float

    @property
    def slope(self) -> float:
        """The central difference."""
        return (self.forward + self.backward) / 2

    @property
    def bend(self) -> float:
        """How far the one-sided differences are from each other: h·f″ where the function is smooth."""
        return abs(self.forward - self.backward)


def _bends_more(wide: _Differences, fine: _Differences) -> bool:
    """Tell whether a kink lies within the wider step: a smooth function bends in proportion to the step."""
    return wide.bend > 4 * fine.bend * wide.step / fine.step + 4 * (wide.noise + fine.noise * wide.step / fine.step)


def _is_kink(analytic: float, wide: _Differences, fine: _Differences) -> bool:
    """Tell whether a kink lies here: the two sides differ however small the step, and the gradient is between them."""
    low, high = sorted((fine.forward, fine.backward))
    slack = 1e-6 * max(abs(low), abs(high)) + 4 * fine.noise
    lasting = fine.bend > 0.5 * wide.bend and fine.bend > 1e-4 * max(abs(low), abs(high)) + 8 * fine.noise
    return lasting and low - slack <= analytic <= high + slack


def _large(error: float) -> float:
    return error if np.isfinite(error) else np.inf


def _held(graph: Graph, arrays: Sequence[np.ndarray]) -> Graph:
    """Return the function that the gradient is of: what stop_gradient keeps out of it does not move."""
    stopped = [node for node in graph.nodes if node.primitive.name == "stop_gradient"]
    if not stopped:
        return graph
    values = values_of(graph, arrays)
    known = {node: make_constant(values[node]) for node in stopped}
    return Graph(graph.inputs, tuple(substitute(graph.outputs, known)), graph.name)
