"""The search for the first operation of training that makes NaN or infinity out of finite numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from onionskin import engines
from onionskin.base.languages import known_language
from onionskin.base.specs import Spec, is_float, spec_of
from onionskin.explain import formulas
from onionskin.explain.arguments import named_arguments
from onionskin.explain.finding.reasons import given_before, parts_at, why
from onionskin.explain.finding.replaying import Step, snapshot
from onionskin.explain.finding.report import Finding, Ingredient
from onionskin.explain.finding.within import evaluated, names_within, runs
from onionskin.explain.places import FORWARD, Place, names_of, places
from onionskin.explain.recording import Recording, record
from onionskin.graph import CONSTANT, INPUT, PICK, Graph, Node, make_input
from onionskin.state import Variable
from onionskin.transforms import simplify

Numbers = dict[Node, np.ndarray]


class Search:
    """Goes through steps of training, each from the weights that the one before has left, on copies of them.

    Args:
        engine: engine to run on; the one that is set where None.
        language: "en" or "ko", of the report.
        ends: the nodes of a recording that must be finite, beside the new values.
        backward: whether the recordings have a backward pass of their own to name.
        batched: whether it is batches that are looked at, and no function.
    """

    def __init__(
        self,
        engine: str | None = None,
        language: str = "en",
        ends: Callable[[Recording], Sequence[Node]] = lambda step: [step.loss],
        backward: bool = True,
        batched: bool = True,
    ) -> None:
        known_language(language, "find_nan")
        self.engine, self.language, self.ends = engine, language, ends
        self.backward, self.batched = backward, batched
        self.batches = 0  # those that were looked at
        self.state: dict[Variable, np.ndarray] = {}
        self._programs: dict[Recording, Any] = {}

    def look(self, step: Recording, arguments: Sequence[np.ndarray]) -> Finding | None:
        """Run one step; return what went wrong in it, None where all is finite.

        Args:
            step: the step of batches of this form.
            arguments: the arrays of this batch.
        """
        inputs = {**dict(zip(step.given, arguments, strict=True)), **self._kept(step)}
        ends = [one for one in dict.fromkeys([*self.ends(step), *step.updated.values()]) if _is_float(one)]
        changed = list(step.updated.values())
        if step not in self._programs:
            self._programs[step] = self._program(inputs, [*ends, *changed])
        order, program = self._programs[step]
        results = program(*[inputs[one] for one in order])
        found = None
        if not all(map(_finite, results[: len(ends)])):
            found = self._first(step, inputs, ends)
        self.batches += self.batched
        if found is None:
            self.state.update(zip(step.updated, map(np.array, results[len(ends) :]), strict=True))
        return found

    def nothing(self) -> Finding:
        """Return the report that nothing was found."""
        return Finding(found=False, language=self.language, batches=self.batches)

    def refused(self, name: str, array: np.ndarray, batch: int | None) -> Finding:
        """Return the report on data that is not finite and that the checks before the first step refuse.

        Args:
            name: the argument.
            array: it.
            batch: the batch that it is of; None for all the data.
        """
        node = make_input(spec_of(array), name)
        index = _first_index(array, {}, node)
        reason, said = given_before(node, True, array, index)
        return Finding(
            found=True, language=self.language, batches=self.batches, batch=batch, phase=FORWARD, operation="input",
            name=name, reason=reason, said=said, index=index, wrong=int(np.count_nonzero(~np.isfinite(array))),
            value=array, argument=True, step=Step(node, {node: array}, (), engines.get(self.engine).name),
        )  # fmt: skip

    def _kept(self, step: Recording) -> Numbers:
        """Return the values of the variables before the step."""
        known = {**step.weights, **dict(step.slots)}
        return {node: self.state.setdefault(one, one.numpy()) for one, node in known.items()}

    def _program(self, inputs: Mapping[Node, Any], outputs: Sequence[Node]) -> tuple[list[Node], Any]:
        order = list(inputs)
        graph = simplify(Graph(tuple(order), tuple(outputs)))
        return order, engines.get(self.engine).compile(graph)

    def _first(self, step: Recording, inputs: Numbers, ends: Sequence[Node]) -> Finding | None:
        """Return the first operation that made what the ends suffer from, of a step that went wrong."""
        found = places(step, self.backward)
        order, program = self._program(inputs, list(found))
        values = dict(zip(found, map(np.asarray, program(*[inputs[one] for one in order])), strict=True))
        chain = _chain([one for one in ends if one in values and not _finite(values[one])], values)
        node = _maker([one for one in found if one in chain], values)
        return None if node is None else self._report(step, node, found, values, inputs)

    def _report(
        self, step: Recording, node: Node, found: Mapping[Node, Place], values: Numbers, inputs: Numbers
    ) -> Finding:
        place = found[node]
        names = names_of(found, dict.fromkeys(one for other in found for one in (other, *other.inputs)))
        outer, inner = names, [] if node.primitive is INPUT else _within(node, values)
        if inner:
            node, values, inputs, names = inner[-1].node, inner[-1].values, inner[-1].inputs, inner[-1].names
        value = values[node]
        wrong = ~np.isfinite(value)
        index = _first_index(value, values, node)
        ingredients: list[Ingredient] = []
        if node.primitive is INPUT:
            reason, said = given_before(node, node in set(step.given), value, index)
        else:
            own = [_array(one, values) for one in ingredients_of(node)]
            reason, said = why(node, own, value, index)
            parts = parts_at(node.inputs[0] if node.primitive is PICK else node, own, index)
            ingredients = [
                Ingredient(names.get(one) or formulas.numbers(array), array, part)
                for one, array, part in zip(ingredients_of(node), own, parts, strict=True)
                if one.primitive is not CONSTANT
            ]
            ingredients = _once(ingredients)
        rule = place.rule
        return Finding(
            found=True, language=self.language, batches=self.batches + self.batched,
            batch=self.batches if self.batched else None, phase=place.phase,
            layer=place.layer, kind=place.kind, operation=_operation(node), name=names[node],
            formula="" if node.primitive is INPUT else formulas.plain(node, names), reason=reason, said=said,
            index=tuple(int(one) for one in index), wrong=int(np.count_nonzero(wrong)), value=value,
            ingredients=tuple(ingredients), argument=node in set(step.given),
            rule="" if rule is None else _equation(rule, outer),
            inside=tuple([f"{one.operation}[{one.turn}]" if one.turn is not None else one.operation for one in inner]),
            step=snapshot(node, values, inputs, engines.get(self.engine).name),
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Inner:
    """A node inside a loop or a choice that makes NaN or infinity, and the numbers of its body."""

    operation: str
    turn: int | None
    node: Node
    values: Numbers
    inputs: Numbers
    names: dict[Node, str]


def _within(node: Node, values: Numbers) -> list[_Inner]:
    """Return where in loops and choices the first such operation is, the outermost first; empty where in none."""
    found: list[_Inner] = []
    while True:
        made = node.inputs[0] if node.primitive is PICK else node
        inner = _inside(made, [_array(one, values) for one in made.inputs])
        if inner is None:
            return found
        found.append(inner)
        node, values = inner.node, inner.values


def _inside(made: Node, numbers: list[np.ndarray]) -> _Inner | None:
    for graph, arguments, turn in runs(made, numbers):
        values = evaluated(graph, arguments)
        ends = [one for one in graph.outputs if one in values and not _finite(values[one])]
        chain = _chain(ends, values)
        node = _maker([one for one in graph.nodes if one in chain], values)
        if node is not None and node.primitive is not INPUT:
            inputs = dict(zip(graph.inputs, arguments, strict=True))
            return _Inner(made.primitive.name, turn, node, values, inputs, names_within(graph))
    return None


def ingredients_of(node: Node) -> tuple[Node, ...]:
    """Return what a node is computed from; of a picked output, what all outputs are computed from."""
    return node.inputs[0].inputs if node.primitive is PICK else node.inputs


def _operation(node: Node) -> str:
    return node.inputs[0].primitive.name if node.primitive is PICK else node.primitive.name


def _equation(node: Node, names: Mapping[Node, str]) -> str:
    return f"{names[node]} = {formulas.plain(node, names)}" if node in names else formulas.plain(node, names)


def _once(ingredients: list[Ingredient]) -> list[Ingredient]:
    """Leave out the second x of x times x."""
    kept: list[Ingredient] = []
    for one in ingredients:
        if not any(one.name == other.name and np.array_equal(one.there, other.there, True) for other in kept):
            kept.append(one)
    return kept


def _is_float(node: Node) -> bool:
    return isinstance(node.spec, Spec) and is_float(node.dtype)


def _finite(array: Any) -> bool:
    array = np.asarray(array)
    return array.dtype.kind != "f" or bool(np.isfinite(array).all())


def _array(node: Node, values: Numbers) -> np.ndarray:
    return np.asarray(node.params["value"].array) if node.primitive is CONSTANT else values[node]


def _wrong(node: Node, values: Numbers) -> bool:
    known = node.primitive is CONSTANT or node in values
    return known and not _finite(_array(node, values))


def _chain(ends: Iterable[Node], values: Numbers) -> set[Node]:
    """Return the nodes that are not finite and from which one that is not leads to an end."""
    found: set[Node] = set()
    left = list(ends)
    while left:
        node = left.pop()
        if node not in found:
            found.add(node)
            left += [one for one in ingredients_of(node) if one in values and _wrong(one, values)]
    return found


def _maker(chain: Sequence[Node], values: Numbers) -> Node | None:
    """Return the first node of a chain that makes NaN or infinity.

    An infinity that the code writes as a constant (a mask of -inf) is meant, and so is what only hands it on: it is the
    operation that makes NaN of it that is looked for.
    """
    meant: set[Node] = set()
    for node in chain:
        wrong = [one for one in ingredients_of(node) if _wrong(one, values)]
        if node.primitive is INPUT or not wrong:
            return node
        if all(one.primitive is CONSTANT or one in meant for one in wrong):
            if np.isnan(values[node]).any():
                return node
            meant.add(node)
    return chain[0] if chain else None


def _first_index(value: np.ndarray, values: Numbers, node: Node) -> tuple[int, ...]:
    """Return the first element that is not finite; NaN before infinity where infinities come in."""
    nan = np.isnan(value)
    came = any(_wrong(one, values) for one in ingredients_of(node))
    where = nan if came and nan.any() else ~np.isfinite(value)
    return tuple(int(one) for one in np.unravel_index(int(np.argmax(where)), value.shape)) if value.shape else ()


def _results(step: Recording) -> list[Node]:
    """Return what a function gives: its result and its derivatives by arguments and variables."""
    return [step.loss, step.result, *[made for node, made in step.gradients.items() if node.primitive is INPUT]]


def find_nan(what: Any, *args: Any, names: Sequence[str] = (), language: str = "en", **options: Any) -> Finding:
    """Find the first operation that makes NaN or infinity, in its own words: which, where, of what, and why.

    Args:
        what: a model, whose `find_nan` is called with the arguments; or a function of arrays written with
            `onionskin.ops`, a layer or a loss: its result and its derivatives are looked at.
        args: x, y and sample_weight for a model; a function's arguments.
        names: what to call a function's arguments.
        language: "en" or "ko", of the report.
        options: further arguments of the model's `find_nan`.

    Returns:
        The report, which is true where something was found.

    Raises:
        UnknownNameError: there are no words in the language.

    Example:
        >>> from onionskin import ops
        >>> report = find_nan(lambda x: ops.sum(ops.log(x)), np.array([1.0, 0.0], "float32"))
        >>> bool(report), report.operation, report.phase, report.index, report.why
        (True, 'log', 'forward', (1,), 'logarithm of 0, which is -inf')
    """
    if hasattr(what, "find_nan"):
        found: Finding = what.find_nan(*args, language=language, **options)
        return found
    search = Search(language=language, ends=_results, batched=False)
    given, titles = named_arguments(what, args, names, "find_nan")
    step = record(what, given, titles, where="find_nan")
    return search.look(step, step.arguments or ()) or search.nothing()
