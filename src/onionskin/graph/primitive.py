"""The record of one primitive operation, and the few that belong to the grammar of graphs itself.

What a primitive is called and computes is said in `prims`; this file knows only the form of the record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Rule = Callable[..., Any]
APPLY: dict[str, Rule] = {}  # "bind", filled in by graph.bind, which knows nodes


@dataclass(frozen=True, eq=False, slots=True)
class Primitive:
    """One mathematical operation: all that the library knows about it, in one place.

    Calling the record applies it: on arrays it computes at once, on nodes it records a node.

    Args:
        name: its name, unique.
        kind: "elementwise", "reduction", "contraction", "movement", "indexing", "random", "control",
            "custom" or, for `input`, `constant`, `pick` and `call`, "grammar".
        spec: shape rule, `(*input_specs, **params) -> Spec` (a tuple of them where it has several
            outputs); raises `ShapeError` naming the shapes.
        value: NumPy values, `(*arrays, **params) -> array` (a tuple where it has several outputs).
            Elementwise values also take `out=`.
        vjp: derivative rule, `(g, y, *inputs, **params) -> cotangent of each input`, None where an input
            has no derivative. Written with operations on nodes, so that a derivative is again a graph.
            A control primitive's rule also gets `pullback=` to differentiate the graphs it holds.
        definition: plain definition of a fused form, `(*inputs, **params) -> node`: its oracle, and its
            derivative where `vjp` is None.
        formula: TeX with `{0}`, `{1}` … for the inputs and `{name}` for parameters.
        domain: where to draw each input from in tests: "real", "positive", "unit", "nonzero", "bool",
            "integer", "seed", or "sorted" for inputs away from ties.
        fresh: the value never shares memory with an input, so that a later operation may overwrite it.
    """

    name: str
    kind: str
    spec: Rule
    value: Rule
    vjp: Rule | None = None
    definition: Rule | None = None
    formula: str = ""
    domain: tuple[str, ...] = ("real",)
    fresh: bool = True

    def __call__(self, *args: Any, **params: Any) -> Any:
        """Apply to arrays (computes) or nodes (records)."""
        return APPLY["bind"](self, args, params)

    def __deepcopy__(self, memo: Any) -> Primitive:
        return self  # it is known by identity

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"


def _no_value(*_: Any, **__: Any) -> Any:
    raise TypeError("this node has no value of its own: an engine supplies it")


def _input_spec(*, spec: Any, **_: Any) -> Any:
    return spec


INPUT = Primitive("input", "grammar", _input_spec, _no_value, formula="{name}")
CONSTANT = Primitive(
    "constant", "grammar", lambda *, value: value.spec, lambda *, value: value.array, formula="{value}"
)
PICK = Primitive(
    "pick", "grammar", lambda spec, *, index: spec[index], lambda values, *, index: values[index], fresh=False
)
# A part of a model seen from outside while the model is described: run by calling it with numbers.
CALL = Primitive("call", "grammar", lambda *_, spec, **__: spec, _no_value)
