"""A function run in two halves: `forward` computes and keeps what is needed, `backward` takes its derivative back.

The graph of the function and that of its derivative are cut apart where the second uses the first: the values at
the cut, called residuals, are computed once, by forward, and kept. So a mask that was drawn is the same on the way
back, and nothing is computed twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from onionskin import engines
from onionskin.base import config
from onionskin.base.errors import ArgumentError, DTypeError, GraphError, NotBuiltError, OnionskinError, ShapeError
from onionskin.base.specs import Spec, is_float, spec_of
from onionskin.base.trees import LEAF, TreeDef, flatten, unflatten
from onionskin.graph import CONSTANT, INPUT, PICK, Graph, Node, make_input, substitute
from onionskin.runtime.arguments import Call, take_apart
from onionskin.runtime.program import BoundProgram
from onionskin.state import Variable, current, mask_of, purify, set_mask
from onionskin.state.variable import held
from onionskin.transforms import pullback, simplify, stabilize

_TEXT = "OUSM"  # kinds of arrays that no graph can hold


@dataclass(frozen=True)
class Derivative:
    """What backward found.

    Args:
        by_inputs: for each differentiated argument its derivative, in the argument's structure; None in the
            place of what is no float.
        by_variables: the derivative by each variable asked for, zeros where it was not used.
    """

    by_inputs: tuple[Any, ...]
    by_variables: dict[Variable, np.ndarray]


class Halves:
    """Forward and backward of a function for one form of its arguments, compiled.

    Args:
        function: the function; what it reads of variables is read, and what it changes changed, at each forward.
        call: its arguments.
        wrt: the positional arguments to differentiate by.
        variables: returns the variables to differentiate by, once the function has been traced.
    """

    def __init__(
        self, function: Callable[..., Any], call: Call, wrt: Sequence[int], variables: Callable[[], Sequence[Variable]]
    ) -> None:
        name = getattr(function, "__name__", "function")
        masks = [mask_of(one) for one in call.tensors]
        self._masked = [place for place, mask in enumerate(masks) if mask is not None]
        specs = (*call.specs, *[spec_of(masks[place]) for place in self._masked])
        pure = purify(self._with_masks(function, call), specs, name=name)
        graph = simplify(stabilize(pure.graph))
        self._pure = pure.with_graph(graph)
        self.form: TreeDef = pure.form.children[0]  # of the function's own result; behind it stand the masks
        self._places = [_float_places(call, index) for index in wrt]
        self._variables = list(variables())
        self._count = len(graph.outputs)
        own = dict(zip(pure.variables, graph.inputs, strict=False))
        self._used = [one for one in self._variables if one in own]
        offset = len(pure.variables)
        nodes = [graph.inputs[offset + place] for places, _ in self._places for place in places if place is not None]
        self._trouble: OnionskinError | None = None
        self._backward: Any = None
        self._cut(graph, [*nodes, *[own[one] for one in self._used]])
        extended = Graph(graph.inputs, (*graph.outputs, *self._computed), name)
        self._forward = BoundProgram(self._pure.with_graph(extended))

    def _with_masks(self, function: Callable[..., Any], call: Call) -> Callable[..., Any]:
        """Return the function of tensors and masks alone, whose result is (outputs, masks of their leaves)."""

        def run(*tensors: Any) -> Any:
            count = len(call.tensors)
            for place, mask in zip(self._masked, tensors[count:], strict=True):
                set_mask(tensors[place], mask)
            args, kwargs = call.rebuild(tensors[:count])
            result = function(*args, **kwargs)
            return result, [mask_of(one) for one in flatten(result)[0]]

        return run

    def _cut(self, graph: Graph, wrt: Sequence[Node]) -> None:
        """Make the graph of the derivative, from residuals and the derivative by each float output."""
        leaves = len(_leaves_of(self.form))
        supply = iter(graph.outputs[len(self._pure.changed) :])
        outputs = [None if place in self._pure.static else next(supply) for place in range(leaves)]
        self.out_specs: list[Spec | None] = [None if one is None else one.spec for one in outputs]
        ends = [one for one in outputs if one is not None and is_float(one.dtype)]
        bars = [make_input(one.spec, f"dout{place}") for place, one in enumerate(ends)]
        try:
            found = pullback(ends, bars, wrt) if wrt else []
        except OnionskinError as error:  # of an operation without a derivative: said when it is asked for
            self._trouble, found = error, []
        residuals = _residuals(found, set(graph.nodes), set(bars))
        stand_ins = [make_input(one.spec, f"kept{place}") for place, one in enumerate(residuals)]
        parts = substitute(found, dict(zip(residuals, stand_ins, strict=True)))
        self._back_graph = Graph((*stand_ins, *bars), tuple(parts), f"{graph.name}_backward")
        inputs = {node: place for place, node in enumerate(graph.inputs)}
        self._given = [inputs.get(one) for one in residuals]  # a residual that is an input need not come out
        self._computed = [one for one, place in zip(residuals, self._given, strict=True) if place is None]

    def forward(self, tensors: Sequence[Any]) -> tuple[Any, list[np.ndarray]]:
        """Return the outputs of the function, and what backward will need."""
        arrays = [np.asarray(one) for one in tensors]
        arrays += [np.asarray(mask_of(tensors[place])) for place in self._masked]
        before = [*held(self._pure.variables), *arrays]
        found = self._forward(arrays)
        count = self._count - len(self._pure.changed)
        outputs, computed = found[:count], iter(found[count:])
        result, masks = self._pure.result(outputs)
        leaves = flatten(result)[0]
        for leaf, mask in zip(leaves, masks, strict=True):
            if mask is not None:
                set_mask(leaf, mask)
        theirs = [*arrays, *outputs]  # the caller may write to these before going back
        kept = [next(computed) if place is None else before[place] for place in self._given]
        return result, [_apart(one, theirs) for one in kept]

    def backward(self, residuals: Sequence[np.ndarray], dout: Any, where: str) -> Derivative:
        """Return the derivatives, given that of the outputs."""
        bars = self._bars(dout, where)
        if self._trouble is not None:
            raise self._trouble
        if self._backward is None and self._back_graph.outputs:
            self._backward = engines.get(None).compile(simplify(stabilize(self._back_graph)))
        found = [np.asarray(one) for one in self._backward(*residuals, *bars)] if self._backward else []
        theirs = [*residuals, *bars]
        supply = iter([_apart(one, theirs) for one in found])
        by_inputs = []
        for places, form in self._places:
            parts = [None if place is None else next(supply, None) for place in places]
            by_inputs.append(unflatten(form, parts))
        by_variables = {one: next(supply, None) for one in self._used}
        return Derivative(
            tuple(by_inputs),
            {one: np.zeros(one.shape, one.spec.dtype) if by_variables.get(one) is None else by_variables[one]  # type: ignore[misc]
             for one in self._variables},
        )  # fmt: skip

    def _bars(self, dout: Any, where: str) -> list[np.ndarray]:
        """Return the derivative by each float output, from what the caller gave."""
        if self.form is LEAF:
            given = [dout]
        else:
            given, form = flatten(dout)
            if _alike(form) != _alike(self.form):
                raise ArgumentError(
                    "dout has another structure than the output of forward.",
                    where=where,
                    expected=_told(self.form),
                    given=_told(form),
                )
        bars = []
        for place, (one, spec) in enumerate(zip(given, self.out_specs, strict=True)):
            label = "dout" if self.form is LEAF else f"dout, output {place}"
            if spec is not None and is_float(spec.dtype):
                bars.append(_bar(one, spec, label, where))
        return bars


class Stepping:
    """The halves that one object has made, and its last forward; a copy begins with neither."""

    def __init__(self) -> None:
        self._halves: dict[Any, Halves] = {}
        self._edition: Any = None
        self._last: tuple[Halves | None, list[np.ndarray], int] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return Stepping, ()

    def forward(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        where: str,
        wrt: Sequence[int] = (0,),
        variables: Callable[[], Sequence[Variable]] = tuple,
        edition: Callable[[], Any] = tuple,
    ) -> Any:
        """Compute a function and keep what backward needs.

        Args:
            function: called with `args` and `kwargs`, whose arrays are traced.
            args: positional arguments.
            kwargs: named ones; they have no derivative.
            where: what messages name.
            wrt: positional arguments to differentiate by.
            variables: returns those to differentiate by.
            edition: returns what, when it is another, means that the function is traced anew.

        Raises:
            GraphError: within a trace, or a step run on numbers.
        """
        if current() is not None or any(isinstance(one, Node) for one in flatten((args, kwargs))[0]):
            raise GraphError(
                "forward computes with numbers, outside of any trace.",
                where=f"{where}, forward",
                given="a tensor without numbers, or a call within a step that is traced",
                fix="call the object itself there: it is differentiated with the rest",
            )
        args, kwargs = as_arrays(args), as_arrays(kwargs)
        self._last = None
        if any(getattr(one, "dtype", np.dtype(bool)).kind in _TEXT for one in flatten((args, kwargs))[0]):
            result = function(*args, **kwargs)  # text has no derivative
            self._last = None, [], len(wrt)
            return result
        call = take_apart(args, kwargs)
        halves = self._found(function, call, wrt, variables, edition)
        result, residuals = halves.forward(call.tensors)
        self._last = halves, residuals, len(wrt)
        return result

    def backward(self, dout: Any, where: str) -> Derivative:
        """Return the derivatives of the last forward, given that of its outputs.

        Raises:
            NotBuiltError: there was no forward.
            ShapeError: a derivative has another shape than its output.
            DTypeError: it is made of no real numbers.
            ArgumentError: another structure.
        """
        if self._last is None:
            raise NotBuiltError(
                "backward was called before forward.",
                where=f"{where}, backward",
                fix="call forward(…) first: backward goes back through the last one",
            )
        halves, residuals, count = self._last
        if halves is None:
            return Derivative((None,) * count, {})
        return halves.backward(residuals, dout, f"{where}, backward")

    def _found(self, function: Any, call: Call, wrt: Any, variables: Any, edition: Any) -> Halves:
        """Return the halves for a form of arguments, made where they are new or the object is another than before."""
        masks = tuple([None if mask is None else spec_of(mask) for mask in map(mask_of, call.tensors)])
        kinds = tuple(map(type, call.leaves))
        key = (call.form, call.leaves, kinds, call.specs, masks, config.traced_settings(), config.engine())
        if self._edition != edition():
            self._halves.clear()
        try:
            halves = self._halves.get(key)
        except TypeError:  # a setting that cannot be a key: trace each time rather than guess
            return Halves(function, call, wrt, variables)
        if halves is None:
            halves = self._halves[key] = Halves(function, call, wrt, variables)
            self._edition = edition()  # tracing may have made the weights
        return halves


def as_arrays(value: Any) -> Any:
    """Return a structure in which rows of Python numbers have become arrays; other lists stay lists."""
    if isinstance(value, dict):
        return {key: as_arrays(one) for key, one in value.items()}
    if isinstance(value, list) and value:
        leaves = flatten(value)[0]
        if leaves and all(isinstance(one, int | float | np.generic) for one in leaves):
            return np.asarray(value)
    if isinstance(value, tuple | list):
        parts = [as_arrays(one) for one in value]
        kind: Any = type(value)
        return kind(*parts) if hasattr(value, "_fields") else kind(parts)
    return value


def _residuals(found: Sequence[Node], before: set[Node], bars: set[Node]) -> list[Node]:
    """Return what the graph of a derivative uses of the graph before it: the values at the cut."""
    cut: dict[Node, None] = {}
    seen: set[Node] = set()
    stack = list(found)
    while stack:
        node = stack.pop()
        if node in seen or node in bars or node.primitive is CONSTANT:
            continue
        seen.add(node)
        picked = node.primitive is PICK and node.inputs[0] in before
        if picked or node.primitive is INPUT or (node in before and isinstance(node.spec, Spec)):
            cut[node] = None
        else:
            stack.extend(node.inputs)
    return list(cut)


def _float_places(call: Call, index: int) -> tuple[list[int | None], TreeDef]:
    """Return where the leaves of a positional argument stand among the tensors, None for what is no float."""
    whole = unflatten(call.form, list(range(len(call.leaves))))[0]
    leaves, form = flatten(whole[index])
    places = [call.places.index(leaf) if leaf in call.places else None for leaf in leaves]
    specs = call.specs
    return [place if place is not None and is_float(specs[place].dtype) else None for place in places], form


def _bar(given: Any, spec: Spec, label: str, where: str) -> np.ndarray:
    """Return the derivative by one output as its array."""
    if given is None:
        return np.zeros(spec.shape, spec.dtype)  # type: ignore[arg-type]
    array = np.asarray(given)
    if array.dtype.kind not in "fiu" and not is_float(array.dtype.name):
        raise DTypeError(
            "a derivative is made of real numbers.",
            where=where,
            expected=f"{label} of dtype {spec.dtype}",
            given=f"dtype {array.dtype}",
        )
    if array.shape != spec.shape:
        raise ShapeError(
            f"{label} has another shape than the output of forward.",
            where=where,
            expected=spec.shape,
            given=array.shape,
        )
    return array.astype(spec.dtype, copy=False)


def _apart(array: Any, theirs: Sequence[np.ndarray]) -> np.ndarray:
    """Return an array that shares no memory with those that the caller has."""
    own = np.asarray(array)
    return np.array(own) if any(np.may_share_memory(own, one) for one in theirs) else own


def _leaves_of(form: TreeDef) -> list[None]:
    return [None] if form.kind is None else [leaf for child in form.children for leaf in _leaves_of(child)]


def _alike(form: TreeDef) -> Any:
    """Return a structure in which lists and tuples are the same."""
    if form.kind is None:
        return None
    return form.kind is dict, form.keys, tuple(map(_alike, form.children))


def _told(form: TreeDef) -> str:
    """Return what messages call a structure."""
    if form.kind is None:
        return "one array"
    if form.kind is dict:
        return f"a dictionary with {', '.join(map(repr, form.keys))}"
    return f"a {form.kind.__name__} of {len(form.children)}"
