"""A step of training as one graph that can be looked into: forward, backward and update, and which layer made what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from onionskin import engines
from onionskin.base.errors import ArgumentError, DTypeError, OnionskinError
from onionskin.base.specs import Spec, is_float, spec_of
from onionskin.base.trees import flatten, unflatten
from onionskin.graph import CONSTANT, Graph, Node, make_input, substitute, topological
from onionskin.prims.operators import reduced
from onionskin.prims.reductions import sum_ as total
from onionskin.state import CallContext, Variable, calling, purify
from onionskin.state.call import path_of
from onionskin.transforms import cotangents_of, simplify, stabilize


@dataclass(frozen=True, eq=False)
class Part:
    """One call of a layer within a recorded step.

    Args:
        path: the names of the layers around it and its own, as "model/hidden"; a call of the same layer after the
            first has its number behind it, as "model/hidden#2".
        kind: name of its class.
        inputs: the tensors that it was called on.
        outputs: the tensors that it returned.
        own: the nodes between them that no layer inside it made, each after its inputs.
    """

    path: str
    kind: str
    inputs: tuple[Node, ...]
    outputs: tuple[Node, ...]
    own: tuple[Node, ...] = ()

    @property
    def name(self) -> str:
        """Its own name, without those of the layers around it."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, eq=False)
class Recording:
    """A function of variables and arrays as one graph, with its derivatives and the layers that made its nodes.

    It is stabilised and simplified as what trains is, so what it shows is what runs.

    Args:
        graph: forward; its inputs are the variables and then the arguments, its first output is the loss, a single
            number. What the function returned beside it stands behind it.
        variables: those that the function reads, in the order of the graph's inputs.
        labels: input → its name: a variable's path, an argument's name.
        parts: the calls of layers, inner ones before those around them.
        result: what the function returned first, where that is no single number: the loss is its sum then.
        arguments: the arrays that it was recorded with, None where it was recorded for shapes only.
        updated: variable → node of the value that the step gives it: what layers assign to, and, where an update was
            recorded, the weights and the optimizer's slots.
        slots: variables that only the update reads → their input nodes.
    """

    graph: Graph
    variables: tuple[Variable, ...]
    labels: Mapping[Node, str]
    parts: tuple[Part, ...]
    result: Node
    arguments: tuple[np.ndarray, ...] | None = None
    updated: Mapping[Variable, Node] = field(default_factory=dict)
    slots: Mapping[Variable, Node] = field(default_factory=dict)

    @property
    def loss(self) -> Node:
        """The single number that everything is differentiated from."""
        return self.graph.outputs[0]

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The forward nodes, each after its inputs."""
        return self.graph.nodes

    @property
    def weights(self) -> dict[Variable, Node]:
        """The variables and the input nodes that stand for them."""
        return dict(zip(self.variables, self.graph.inputs, strict=False))

    @property
    def given(self) -> tuple[Node, ...]:
        """The input nodes of the arguments."""
        return self.graph.inputs[len(self.variables) :]

    @cached_property
    def gradients(self) -> dict[Node, Node]:
        """Forward node → the node of the derivative of the loss by it, where there is one, simplified."""
        ends = [node for node in self.nodes if isinstance(node.spec, Spec) and is_float(node.dtype)]
        bars = cotangents_of([self.loss], [np.ones((), self.loss.dtype)], ends)
        reached = [node for node in ends if node in bars and node.primitive is not CONSTANT]
        # The forward nodes stand before their derivatives, so that what both compute stays one node.
        found = simplify(Graph(self.graph.inputs, (*reached, *[bars[node] for node in reached])), share=False).outputs
        kept = dict(zip(found[: len(reached)], reached, strict=True))  # simplified already, so each is itself
        back = substitute(found[len(reached) :], {new: old for new, old in kept.items() if new is not old})
        return dict(zip(reached, back, strict=True))

    @cached_property
    def part_of(self) -> dict[Node, Part]:
        """Forward node → the innermost layer whose call made it; those of the loss and the inputs have none."""
        return {node: part for part in self.parts for node in part.own}

    def run(self, arguments: Sequence[np.ndarray] | None = None, wanted: Sequence[Node] = ()) -> dict[Node, np.ndarray]:
        """Return the value of every forward node, of their derivatives and of the update, on the engine that is set.

        Args:
            arguments: other arrays than those that it was recorded with, of the same shapes.
            wanted: further nodes to compute.

        Raises:
            ArgumentError: it was recorded without arrays, and none are given.
        """
        arguments = self.arguments if arguments is None else tuple(arguments)
        if arguments is None:
            raise ArgumentError("there are no numbers to run it on.", where="explain", given="shapes only",
                                fix="record it with arrays, or pass some")  # fmt: skip
        nodes = list(dict.fromkeys([*self.nodes, *self.gradients.values(), *self.updated.values(), *wanted]))
        nodes = [node for node in nodes if isinstance(node.spec, Spec)]
        inputs = (*self.graph.inputs, *self.slots.values())
        values = [*[variable.numpy() for variable in self.variables], *arguments,
                  *[variable.numpy() for variable in self.slots]]  # fmt: skip
        program = engines.get(None).compile(simplify(Graph(inputs, tuple(nodes), self.graph.name)))
        return dict(zip(nodes, program(*values), strict=True))


def record(
    function: Callable[..., Any],
    args: Sequence[Any],
    names: Sequence[str] = (),
    update: Callable[[list[Any], list[Variable]], Any] | None = None,
    trained: Sequence[Variable] = (),
    name: str = "",
    training: bool = True,
    where: str = "explain",
) -> Recording:
    """Record a function that may call layers and read variables. Nothing is changed by it.

    Args:
        function: returns the loss, or a pair (loss, further results); what is no single number is summed.
        args: arrays, trees of arrays, or specs in their place.
        names: what to call the arguments; arrays of one tree have their places behind it.
        update: given the gradients of `trained` and these variables, assigns to them (an optimizer's `apply`).
        trained: variables that are updated.
        name: what to call the graph.
        training: what layers are told.
        where: the function that asks, for errors.

    Raises:
        DTypeError: what it returns is no float.

    Example:
        >>> from onionskin import ops
        >>> step = record(lambda x, w: ops.mean(ops.square(ops.matmul(x, w))), [np.ones((2, 3)), np.ones((3, 1))])
        >>> print(step.run()[step.gradients[step.given[1]]].ravel())
        [6. 6. 6.]
    """
    leaves, form = flatten(list(args))
    leaves = [leaf if isinstance(leaf, Spec) else np.asarray(leaf) for leaf in leaves]
    labels = _labels(args, names)
    try:
        specs = [leaf if isinstance(leaf, Spec) else spec_of(leaf) for leaf in leaves]
    except OnionskinError as error:
        raise error.within(where) from None
    calls: list[tuple[str, str, list[Node], list[Node]]] = []

    def look(layer: Any, given: Any, named: Any, outputs: Any) -> None:
        tensors = [one for one in flatten((given, named))[0] if isinstance(one, Node)]
        found = [one for one in flatten(outputs)[0] if isinstance(one, Node)]
        path = path_of(layer)
        again = sum(one[0].partition("#")[0] == path for one in calls)
        calls.append((f"{path}#{again + 1}" if again else path, type(layer).__name__, tensors, found))

    def run(*nodes: Any) -> Any:
        with calling(CallContext(training=training, look=look)):
            return function(*unflatten(form, list(nodes)))

    pure = purify(run, specs, labels, name=name or getattr(function, "__name__", "function"))
    results = pure.graph.outputs[len(pure.changed) :]
    if not results:
        raise DTypeError("only a float has a derivative.", where=where, given="a result without any array",
                         fix="return the number that is to be explained")  # fmt: skip
    result = results[0]
    if not is_float(result.dtype):
        raise DTypeError("only a float has a derivative.", where=where, given=f"a result of dtype {result.dtype}")
    changes = pure.graph.outputs[: len(pure.changed)]
    loss = result if result.shape == () else reduced(total, result)
    ends = [node for _, _, given, found in calls for node in (*given, *found)]
    flat = simplify(
        stabilize(Graph(pure.graph.inputs, (loss, result, *results[1:], *changes, *ends))), share=False
    ).outputs
    own, rest = 1 + len(results), iter(flat[1 + len(results) :])
    updated = {variable: next(rest) for variable in pure.changed}
    found = [(path, kind, tuple([next(rest) for _ in given]), tuple([next(rest) for _ in made]))
             for path, kind, given, made in calls]  # fmt: skip
    graph = Graph(pure.graph.inputs, (flat[0], *flat[2:own]), pure.graph.name)
    titles = {node: node.params["name"] for node in graph.inputs}
    arrays = None if any(isinstance(leaf, Spec) for leaf in leaves) else tuple(leaves)
    step = Recording(graph, pure.variables, titles, _owned(found), flat[1], arrays, updated)
    return step if update is None else _updated(step, update, list(trained))


def _labels(args: Sequence[Any], names: Sequence[str]) -> list[str]:
    """Return a name for each array among the arguments."""
    titles = [*names, *[f"x{index}" for index in range(len(names), len(args))]]
    labels = []
    for title, one in zip(titles, args, strict=False):
        count = len(flatten(one)[0])
        keys = list(one) if isinstance(one, dict) and len(one) == count else range(1, count + 1)
        labels += [title] if count == 1 else [f"{title}_{key}" for key in keys]
    return labels


def _owned(calls: Sequence[tuple[str, str, tuple[Node, ...], tuple[Node, ...]]]) -> tuple[Part, ...]:
    """Return the calls as parts, each with the nodes that none before it has made."""
    taken: set[Node] = set()
    parts = []
    for path, kind, given, made in calls:
        own = tuple([node for node in topological(made, stop=given) if node.inputs and node not in taken])
        taken.update(own)
        parts.append(Part(path, kind, given, made, own))
    return tuple(parts)


def _updated(step: Recording, update: Callable[..., Any], trained: list[Variable]) -> Recording:
    """Return a recording with the update of its variables by their gradients behind it."""
    weights = step.weights
    known = [variable for variable in trained if weights.get(variable) in step.gradients]
    pure = purify(lambda *gradients: update(list(gradients), known), [one.spec for one in known], name="update")
    slots = {one: make_input(one.spec, one.path) for one in pure.variables if one not in weights}
    own = [weights.get(one, slots.get(one)) for one in pure.variables]
    given = [*own, *[step.gradients[weights[one]] for one in known]]
    # Simplified before the gradients stand in it, so that their nodes stay those of the backward pass.
    rule = simplify(pure.graph, share=False).outputs
    fresh = substitute(rule, dict(zip(pure.graph.inputs, given, strict=True)))
    updated = dict(zip(pure.changed, fresh, strict=False))
    labels = {**step.labels, **{node: one.path for one, node in slots.items()}}
    updated = {**step.updated, **updated}
    return Recording(step.graph, step.variables, labels, step.parts, step.result, step.arguments, updated, slots)
