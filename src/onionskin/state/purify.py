"""From a function that reads and changes variables to one graph with their values as inputs and outputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from onionskin.base.specs import Spec
from onionskin.base.trees import LEAF, TreeDef, flatten, unflatten
from onionskin.graph import Graph, Node, as_node, concrete, inline, make_input
from onionskin.state.masks import mask_of, set_mask
from onionskin.state.scope import NumberedScope, Scope, current, opened
from onionskin.state.variable import Variable


@dataclass(frozen=True)
class Pure:
    """A function of variables and arguments as a graph.

    The graph is (changed variables…, other variables read…, arguments…) -> (new values of the changed
    ones…, results…), so that the first `len(changed)` inputs and outputs are the state.

    Args:
        graph: the pure function.
        changed: variables that it assigns to.
        read: variables that it only reads.
        form: structure of its result.
        static: leaves of the result that are no tensors (None, strings …), by position.
        masks: place of a result → place of the mask that it carries, which stands behind the results.
    """

    graph: Graph
    changed: tuple[Variable, ...]
    read: tuple[Variable, ...]
    form: TreeDef
    static: dict[int, Any]
    masks: dict[int, int] = field(default_factory=dict)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """All variables, in the order of the graph's inputs."""
        return (*self.changed, *self.read)

    def result(self, outputs: Sequence[Any]) -> Any:
        """Put the results (without the new values) into the form that the function returned."""
        for place, mask in self.masks.items():
            set_mask(outputs[place], outputs[mask])
        if self.form is LEAF and not self.static:
            return outputs[0]
        if self.masks:
            behind = set(self.masks.values())
            outputs = [one for place, one in enumerate(outputs) if place not in behind]
        supply = iter(outputs)
        count = len(self.static) + len(outputs)
        leaves = [self.static[index] if index in self.static else next(supply) for index in range(count)]
        return unflatten(self.form, leaves)

    def with_graph(self, graph: Graph) -> Pure:
        """Return the same with another graph of the same meaning."""
        return Pure(graph, self.changed, self.read, self.form, self.static, self.masks)

    def extended(self, graph: Graph) -> Pure:
        """Return a function of a graph with further outputs behind these: its result is the pair (own, [further])."""
        further = len(graph.outputs) - len(self.graph.outputs)
        form = TreeDef(tuple, (), (self.form, TreeDef(list, (), (LEAF,) * further)))
        return Pure(graph, self.changed, self.read, form, self.static, self.masks)

    def apply(self, arguments: Sequence[Any]) -> Any:
        """Run within an outer trace: inline the graph, and pass the new values on to the variables."""
        outputs = inline(self.graph, [*[variable.current() for variable in self.variables], *arguments])
        for variable, value in zip(self.changed, outputs, strict=False):
            variable.assign(value)
        return self.result(outputs[len(self.changed) :])


def is_tensor_like(value: Any) -> bool:
    """Tell whether a leaf of a result is a number or an array, rather than something to hand back as it is."""
    return isinstance(value, Node | float | int) or hasattr(value, "__array__")


def purify(
    function: Callable[..., Any],
    specs: Sequence[Spec],
    names: Sequence[str] = (),
    name: str = "",
    numbers: Sequence[Any] | None = None,
) -> Pure:
    """Trace a function that may use variables.

    Args:
        function: called with one node for each spec.
        specs: shape and dtype of each argument.
        names: what to call the arguments.
        name: what to call the graph; the function's own name where empty.
        numbers: what the arguments stand for, within a step run on numbers, so that the function may look at them.

    Returns:
        The pure function.
    """
    within = current() is not None  # what goes on into another trace takes its masks with it
    labels = [*names, *[f"x{index}" for index in range(len(names), len(specs))]]
    arguments = tuple(make_input(spec, label) for spec, label in zip(specs, labels, strict=True))
    with opened(Scope() if numbers is None else NumberedScope(arguments, numbers)) as scope:
        result = function(*arguments)
        leaves, form = flatten(result)
        leaves = [concrete(leaf) for leaf in leaves]
        carried = [mask_of(leaf) if within else None for leaf in leaves if is_tensor_like(leaf)]
    static = {index: leaf for index, leaf in enumerate(leaves) if not is_tensor_like(leaf)}
    results = [as_node(leaf) for index, leaf in enumerate(leaves) if index not in static]
    masked = [place for place, mask in enumerate(carried) if mask is not None]
    masks = {place: len(results) + behind for behind, place in enumerate(masked)}
    results += [as_node(carried[place]) for place in masked]
    changed = tuple(scope.writes)
    read = tuple(variable for variable in scope.reads if variable not in scope.writes)
    inputs = tuple(scope.reads[variable] for variable in (*changed, *read))
    graph = Graph(
        (*inputs, *arguments),
        (*[as_node(scope.writes[variable]) for variable in changed], *results),
        name or getattr(function, "__name__", "graph"),
    )
    return Pure(graph, changed, read, form, static, masks)
