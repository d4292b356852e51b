"""The reference engine: NumPy, node by node; the definition that every other engine is tested against.

A graph becomes one straight Python function, a line for each node, that calls the primitives' own NumPy
values; `Program.source` is that function. Values are freed after their last use, and an elementwise
result is written over an operand that dies there.
"""

from __future__ import annotations

import functools
import inspect
import keyword
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from onionskin.graph import CONSTANT, PICK, Graph, Node
from onionskin.plan import schedule

_FIXED_KINDS = frozenset({"elementwise", "movement", "reduction", "contraction", "indexing"})
FIXED_LIMIT = 2**20  # bytes that one value computed ahead may keep for as long as the program lives


class ReferenceProgram:
    """A graph as one Python function over NumPy arrays."""

    def __init__(self, graph: Graph, state: int = 0) -> None:
        self.graph = graph
        self._state = state
        self.source, names = _write(graph, state)
        exec(compile(self.source, f"<program {graph.name!a}>", "exec"), names)  # noqa: S102 - our own text, no user input
        self._run = names["run"]

    def __call__(self, *inputs: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the outputs of the graph; the inputs stay as they are."""
        if self._state:
            inputs = (*[np.array(one) for one in inputs[: self._state]], *inputs[self._state :])
        with np.errstate(all="ignore"):
            return self._run(*inputs)  # type: ignore[no-any-return]

    def run_steps(
        self,
        state: Sequence[np.ndarray],
        fixed: Sequence[np.ndarray],
        columns: Sequence[np.ndarray],
        order: np.ndarray,
        batch: int,
    ) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Run one step for each batch; see `engines.protocol.Program`."""
        kept, run = self._state, self._run
        specs = [node.spec for node in self.graph.outputs[kept:]]
        results = [np.empty((len(order) // batch, *one.shape), one.dtype) for one in specs]
        now: Any = [np.array(one) for one in state]  # overwritten in place below; the caller's arrays stay
        gather = [_gathering(column, batch) for column in columns]
        with np.errstate(all="ignore"):
            for step in range(len(order) // batch):
                rows = order[step * batch : (step + 1) * batch]
                outputs = run(*now, *fixed, *[batch_of(rows) for batch_of in gather])
                now = outputs[:kept]
                for result, output in zip(results, outputs[kept:], strict=True):
                    result[step] = output
        return list(now), results

    def describe(self) -> str:
        """Return the source of the function."""
        return self.source


class ReferenceEngine:
    """Runs graphs with NumPy."""

    name = "reference"

    def compile(self, graph: Graph, state: int = 0) -> ReferenceProgram:
        """Make a graph ready to run; its first `state` inputs and outputs are state kept in place."""
        return ReferenceProgram(graph, state)

    def surely_finite(self, arrays: Sequence[np.ndarray]) -> bool:
        """Tell that arrays hold neither NaN nor infinity, sooner than NumPy can: never, for this is NumPy."""
        return False


def _gathering(column: np.ndarray, batch: int) -> Callable[[np.ndarray], np.ndarray]:
    """Return what gathers rows of a column."""
    if not column.flags.c_contiguous:  # of which take would make a contiguous copy each time
        return lambda rows: np.ascontiguousarray(column[rows])
    place = np.empty((batch, *column.shape[1:]), column.dtype)
    # with "clip" NumPy writes straight to the place; an order has no index to clip
    return lambda rows: column.take(rows, 0, place, "clip")


def _write(graph: Graph, state: int) -> tuple[str, dict[str, Any]]:
    """Return the program's text and the functions and constants that it names."""
    plan = schedule(graph, frozenset(graph.inputs[:state]))
    names: dict[str, Any] = {"asarray": np.asarray, "copy": np.array}
    called: dict[Node, str] = {node: f"v{index}" for index, node in enumerate(graph.inputs)}
    fixed = fixed_values(graph)
    for node, value in fixed.items():
        called[node] = f"c{len(called)}"
        names[called[node]] = value
    lines = [f"def run({', '.join(called[node] for node in graph.inputs)}):"]
    dying: dict[int, list[str]] = {}
    for node, step in plan.last_use.items():
        if node not in fixed:
            dying.setdefault(step, []).append(called.setdefault(node, f"v{len(called)}"))
    for index, node in enumerate(plan.steps):
        if node in fixed:
            continue
        name = called.setdefault(node, f"v{len(called)}")
        arguments = [called[one] for one in node.inputs]
        comment = f"  # {_label(node)} {node.spec}"
        if node.primitive is PICK:
            lines.append(f"    {name} = {arguments[0]}[{node.params['index']}]{comment}")
        else:
            function = _named(names, node)
            target = plan.overwrites.get(index)
            if target is not None and target not in fixed and _may_write_to(node, target):
                arguments.append(f"out={called[target]}")
            lines.append(f"    {name} = {function}({', '.join(arguments)}){comment}")
        if index in dying:
            lines.append(f"    del {', '.join(dying[index])}")
    lines.append(f"    return {_results(graph, called, state, set(fixed))}")
    return "\n".join(lines) + "\n", names


def fixed_values(graph: Graph) -> dict[Node, np.ndarray]:
    """Return the constants, and what follows from constants alone: computed once, not at every run."""
    fixed: dict[Node, np.ndarray] = {}
    for node in graph.nodes:
        if node.primitive is CONSTANT:
            fixed[node] = node.params["value"].array
            continue
        known = node.primitive.kind in _FIXED_KINDS and node.inputs and all(one in fixed for one in node.inputs)
        if known and (not node.primitive.fresh or node.spec.nbytes <= FIXED_LIMIT):
            with np.errstate(all="ignore"):
                fixed[node] = node.primitive.value(*[fixed[one] for one in node.inputs], **node.params)
    return fixed


def _label(node: Node) -> str:
    """Return a word for a node that cannot be mistaken for code, whatever a user called a primitive."""
    name = node.primitive.name
    # Python reads names in a normal form of Unicode, so that only ASCII ones are sure to be found again
    return name if name.isascii() and name.isidentifier() and not keyword.iskeyword(name) else "operation"


def _named(names: dict[str, Any], node: Node) -> str:
    """Return a name for the function that a node calls, and bind it."""
    primitive, params = node.primitive, node.params
    base = _label(node)
    name = base if not params else f"{base}_{len(names)}"
    if primitive.kind == "custom":
        name = f"{base}_{len(names)}"  # two of the user's primitives may share a name
    if names.get(name, primitive.value) is not primitive.value:  # a record of one's own may bear a name of ours
        name = f"{base}_{len(names)}"
    names[name] = functools.partial(primitive.value, **params) if params else primitive.value
    return name


@functools.cache
def _takes_out(value: Any) -> bool:
    return isinstance(value, np.ufunc) or "out" in inspect.signature(value).parameters


def _may_write_to(node: Node, target: Node) -> bool:
    """Tell whether a value can be written over an operand: any one of a ufunc, else only the first."""
    value = node.primitive.value
    if target.shape == () or not _takes_out(value):  # NumPy computes scalars, which have no memory to write to
        return False
    return isinstance(value, np.ufunc) or (node.inputs[0] is target and all(x is not target for x in node.inputs[1:]))


def _may_share(node: Node, owned: set[Node]) -> bool:
    """Tell whether a value may lie in the memory of one of these nodes."""
    stack, seen = [node], set()
    while stack:
        one = stack.pop()
        if one in owned:
            return True
        if one not in seen and not one.primitive.fresh:
            stack.extend(one.inputs)
        seen.add(one)
    return False


def _results(graph: Graph, called: dict[Node, str], state: int, fixed: set[Node]) -> str:
    """Write the tuple of outputs; one that lies in the memory of an input, a constant or the state is copied."""
    parts, seen, owned = [], set(), fixed.union(graph.inputs)
    for index, node in enumerate(graph.outputs):
        name = called[node]
        # state is kept in memory of its own, which the next step may overwrite
        made_here = node.primitive.kind not in ("grammar", "control") and node not in fixed
        alone = node.primitive.fresh and made_here and node not in seen
        own_place = index < state and node is graph.inputs[index] and node not in seen
        if index < state and (alone or own_place):
            owned.add(node)
        if (index < state and not alone and not own_place) or (index >= state and _may_share(node, owned)):
            parts.append(f"copy({name})")
        else:
            parts.append(f"asarray({name})" if node.shape == () else name)
        seen.add(node)
    return f"({', '.join(parts)},)" if parts else "()"
