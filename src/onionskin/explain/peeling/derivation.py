"""`peel`: a network from its loss inwards: each layer's formulas, local derivatives, chain rule, and the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from onionskin.base.errors import ArgumentError, UnknownNameError, suggest
from onionskin.base.languages import known_language
from onionskin.explain.arguments import named_arguments, title_of
from onionskin.explain.checking.differences import checked
from onionskin.explain.checking.objectives import Objective, Parameter
from onionskin.explain.checking.report import GradientRow
from onionskin.explain.peeling import algebra
from onionskin.explain.peeling.algebra import sympy
from onionskin.explain.peeling.elements import Elements
from onionskin.explain.peeling.stages import Local, Skin, Stage, skins
from onionskin.explain.recording import Recording, record
from onionskin.graph import Graph, Node

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from onionskin.plot.sheet import StrPath

SAMPLES = 8  # elements of a derivative that are compared with central differences
_ROWS = ("y", "sample_weight")  # arguments that nothing is trained by


def peel(
    what: Any, *args: Any, names: Sequence[str] = (), training: bool = True, language: str = "en", **kwargs: Any
) -> Peel:
    """Explain a model, a layer, a loss or a function from its result inwards; `model.peel(x, y)` for short.

    ∂C/∂inside = ∂C/∂outside · ∂outside/∂inside, skin by skin; what is no single number is summed.

    Args:
        what: a model, which is peeled from its loss; or anything that is called with arrays and returns floats.
        args: the arrays to call it with (for a model: x, y and sample weights).
        names: what to call them; those of the function where left out.
        training: what layers are told.
        language: of the words, "en" or "ko".
        kwargs: further arguments of a model's `peel`.

    Returns:
        The derivation, which prints itself; see `Peel`.

    Raises:
        DTypeError: it cannot be called, or what it returns is no float.
        MissingExtraError: SymPy is not installed.

    Example:
        >>> from onionskin import ops
        >>> derivation = peel(lambda x, w: ops.mean(ops.sigmoid(ops.matmul(x, w))), np.ones((2, 3)), np.ones((3, 1)))
        >>> print(derivation.text("w"))
        xᵀ·∂C/∂Z
        >>> print(derivation.text("Z"))
        σ(Z) ⊙ (1 − σ(Z))/2
    """
    if hasattr(what, "peel"):
        found: Peel = what.peel(*args, training=training, language=language, **kwargs)
        return found
    known_language(language, "peel")
    arrays, names = named_arguments(what, args, names, "peel")
    step = record(what, arrays, names, name=title_of(what), training=training, where="peel")
    return Peel(step, language)


@dataclass(frozen=True)
class Total:
    """The whole derivative of the loss by a named value.

    Args:
        symbol: the value.
        formula: from the derivatives of what was made from it.
        node: the value in the graph.
    """

    symbol: Any
    formula: Any
    node: Node


class Peel:
    """A derivation: what each layer computes, how derivatives come back through it, and with data the numbers.

    Attributes:
        step: the recorded step that it was read from.
        skins: the layers with their stages, from the output inwards; the loss is first.

    Example:
        >>> import onionskin
        >>> model = onionskin.Sequential([onionskin.Input((2,)), onionskin.layers.Dense(1, "sigmoid", name="out")])
        >>> model.compile("sgd", "mse")
        >>> derivation = model.peel(np.ones((1, 2)), np.ones((1, 1)))
        >>> print(derivation.text("A1"), "|", derivation.text("Z1"), "|", derivation.text("W1"))
        2·(A1 − Y) | ∂C/∂A1 ⊙ A1 ⊙ (1 − A1) | Xᵀ·∂C/∂Z1
    """

    def __init__(self, step: Recording, language: str = "en") -> None:
        self.step, self.language = step, known_language(language, "peel")
        found, self.names = skins(step)
        self._symbols = {symbol.name: node for node, symbol in self.names.symbols.items()}
        self.remarks: list[str] = []  # data whose rows sum to 1
        if step.arguments is not None and found:
            found = [*found[:-1], self._summed(found[-1])]
        self.skins = found[::-1]

    # --- numbers ---

    @cached_property
    def run(self) -> dict[Node, np.ndarray]:
        """Node → its numbers, from the engine that is set; empty where only shapes were given."""
        return {} if self.step.arguments is None else self.step.run()

    @cached_property
    def values(self) -> dict[str, np.ndarray]:
        """Name → its numbers: inputs, weights and every named value."""
        return {name: self.run[node] for name, node in self._symbols.items() if node in self.run}

    @cached_property
    def gradients(self) -> dict[str, np.ndarray]:
        """Name → the derivative of the loss by it, as the engine computes it."""
        back = self.step.gradients
        return {name: self.run[back[node]] for name, node in self._symbols.items() if back.get(node) in self.run}

    @cached_property
    def _arrays(self) -> dict[Any, np.ndarray]:
        """Symbol → numbers, those of derivatives too."""
        known = {
            symbol: self.values[symbol.name] for symbol in self.names.symbols.values() if symbol.name in self.values
        }
        deltas = {self.names.delta(self._symbols[name]): array for name, array in self.gradients.items()}
        return {**known, **deltas, **self.names.constants}

    @cached_property
    def checks(self) -> dict[str, GradientRow]:
        """Name of a weight or input → what central differences in float64 say of its derivative, at a few elements."""
        if self.step.arguments is None:
            return {}
        graph = self.step.graph
        arrays = (*[variable.numpy() for variable in self.step.variables], *self.step.arguments)
        places = [
            Parameter(self.names.symbols[node].name, place, array)
            for place, (node, array) in enumerate(zip(graph.inputs, arrays, strict=True))
            if self.names.symbols[node].name in self.totals
        ]
        goal = Objective(graph.name, Graph(graph.inputs, (self.step.loss,), graph.name), arrays, tuple(places), None)
        return {row.name: row for row in checked(goal, samples=SAMPLES)}

    def evaluate(self, formula: Any) -> np.ndarray:
        """Return the numbers of a formula of this derivation."""
        return np.asarray(algebra.evaluate(formula, self._arrays))

    # --- formulas ---

    @cached_property
    def totals(self) -> dict[str, Total]:
        """Name → the whole derivative of the loss by it: what comes back from every stage that uses it."""
        found: dict[Any, list[Any]] = {}
        for skin in self.skins:
            for stage in reversed(skin.stages):
                for local in stage.locals:
                    found.setdefault(local.symbol, []).append(local.chain)
        return {
            symbol.name: Total(symbol, algebra.tidy(sympy.Add(*chains)), self._symbols[symbol.name])
            for symbol, chains in found.items()
        }

    @cached_property
    def partials(self) -> dict[tuple[str, str], Any]:
        """(value, ingredient) → the local derivative of one by the other, where it is one factor."""
        return {
            (stage.symbol.name, local.symbol.name): local.factor
            for skin in self.skins
            for stage in reversed(skin.stages)
            for local in stage.locals
            if local.factor is not None
        }

    def product(self, name: str) -> Any:
        """Return the derivative of the loss by a value with the whole chain written out, down from the loss.

        Args:
            name: such as "W1".
        """
        formula = self._total(name).formula
        while True:
            deltas = {one: one.name.rpartition("∂")[2] for one in formula.free_symbols if one.name.startswith("∂")}
            if not deltas:
                return formula
            formula = formula.subs({one: self.totals[inner].formula for one, inner in deltas.items()})

    def text(self, name: str) -> str:
        """Return the derivative of the loss by a value, as a line of text."""
        from onionskin.explain.peeling.notation import text

        return text(self._total(name).formula)

    def _total(self, name: str) -> Total:
        if name in self.totals:
            return self.totals[name]
        raise UnknownNameError(
            "there is no value of this name that has a derivative.",
            where="peel",
            expected=", ".join(self.totals),
            given=repr(name),
            fix=suggest(str(name), self.totals),
        )

    def __getitem__(self, name: str) -> Skin:
        """Return a layer by its name; the loss is "loss"."""
        for skin in self.skins:
            if skin.name == name:
                return skin
        known = [skin.name for skin in self.skins]
        raise UnknownNameError("there is no layer of this name.", where="peel", expected=", ".join(known),
                               given=repr(name), fix=suggest(str(name), known))  # fmt: skip

    def __iter__(self) -> Iterator[Skin]:
        return iter(self.skins)

    @cached_property
    def _innermost(self) -> dict[str, Skin]:
        """Name → the innermost layer that uses it, in the order in which the layers are peeled."""
        return {
            local.symbol.name: skin
            for skin in self.skins
            for stage in reversed(skin.stages)
            for local in stage.locals
            if not self.is_target(local.node)
        }

    def shown(self, skin: Skin) -> list[Total]:
        """Return the derivatives that are whole when a layer has been peeled, the outer first."""
        nodes = [self._symbols[name] for name, one in self._innermost.items() if one is skin]
        rank = {node: index for index, node in enumerate(self.step.nodes)}
        inner = sorted((node for node in nodes if node.inputs), key=lambda node: -rank[node])
        leaves = [node for node in nodes if not node.inputs]
        return [self.totals[self.names.symbols[node].name] for node in (*inner, *leaves)]

    def plain_partial(self, stage: Stage, local: Local) -> Any:
        """Return a local derivative as SymPy finds it from the stage's own formula, where that looks otherwise.

        It does for a function such as σ, whose derivative is written with its value: A·(1 − A) = e^(−Z)/(1 + e^(−Z))².
        """
        if len(stage.locals) != 1 or not algebra.is_applied(stage.formula) or local.factor.has(sympy.exp):
            return None
        if stage.node.primitive.kind != "elementwise" or stage.formula.args[0] != local.symbol:
            return None
        slope = sympy.diff(algebra.plain(stage.formula), local.symbol)
        return slope if slope.has(sympy.exp) else None

    def sympy(self, value: str, by: str | None = None) -> Any:
        """Return the formula of a value, or its local derivative by an ingredient, in SymPy's own functions.

        What is no arithmetic of single numbers, such as a matrix product, stays a function of its own.

        Args:
            value: its name, such as "A2".
            by: name of an ingredient.

        Raises:
            UnknownNameError: there is no such value, or no such derivative that is one factor.

        Example:
            >>> from onionskin import ops
            >>> peel(lambda x: ops.sum(ops.sigmoid(x)), np.ones(3)).sympy("C")
            sum(1/(1 + exp(-x)))
        """
        known: dict[Any, Any] = {stage.symbol.name: stage.formula for skin in self.skins for stage in skin.stages}
        key: Any = value if by is None else (value, by)
        found = known if by is None else self.partials
        if key not in found:
            raise UnknownNameError("there is no such formula.", where="peel", given=repr(key),
                                   expected=", ".join(map(str, found)))  # fmt: skip
        return algebra.plain(found[key])

    # --- single numbers ---

    def unit(self, layer: str, index: int, sample: int = 0) -> list[tuple[str, str, str, float]]:
        """Return the formulas of one unit of a layer with the numbers plugged in.

        Args:
            layer: its name.
            index: which unit: the place on the last axis, from 0.
            sample: which sample of the batch, from 0.

        Returns:
            For each value of the unit, then for the derivative by it and by each of its weights: what it is, its
            formula with names, its formula with numbers, and its number.

        Raises:
            UnknownNameError: there is no such layer.
            ArgumentError: there is no such unit or sample, or no numbers were given.
        """
        from onionskin.explain.peeling.units import unit_rows

        return unit_rows(self, self[layer], index, sample)

    @cached_property
    def elements(self) -> Elements:
        """What takes the formulas apart into single numbers."""
        if self.step.arguments is None:
            raise ArgumentError("there are no numbers to plug in.", where="peel", given="shapes only",
                                fix="peel it with data: model.peel(x, y)")  # fmt: skip
        return Elements(self._arrays)

    # --- forms ---

    def plot(self, *, path: StrPath | None = None, style: str = "light") -> Figure:
        """Draw the derivation as an onion: each value a skin around what it is made of, the loss outside.

        Args:
            path: a .png, .svg or .pdf file to write as well.
            style: "light" or "dark".

        Returns:
            A Matplotlib figure; see `plot.onion`, which says what is raised.
        """
        from onionskin.explain.peeling.views import onion_skins
        from onionskin.plot.skins import onion

        core = ", ".join(self.names.symbols[node].name for node in self.step.given
                         if node in self.names.symbols and not self.is_target(node))  # fmt: skip
        return onion(onion_skins(self), core, path=path, style=style, language=self.language)

    def is_target(self, node: Node) -> bool:
        """Tell whether a node is what a model is told beside its inputs: targets, or weights of samples."""
        return (
            bool(self.step.parts)
            and any(node is one for one in self.step.given)
            and self.step.labels[node].startswith(_ROWS)
        )

    def latex(self) -> str:
        """Return the derivation in TeX, an `align*` for each layer (amsmath)."""
        from onionskin.explain.peeling.views import as_latex

        return as_latex(self)

    def __str__(self) -> str:
        from onionskin.explain.peeling.views import as_text

        return as_text(self)

    def __rich__(self) -> Any:
        from onionskin.explain.peeling.views import as_rich

        return as_rich(self)

    def _repr_html_(self) -> str:
        from onionskin.explain.peeling.views import as_html

        return as_html(self)

    def __repr__(self) -> str:
        return f"<peel of {self.step.graph.name}: {', '.join(skin.name for skin in self.skins)}>"

    # --- what the data say ---

    def _summed(self, skin: Skin) -> Skin:
        """Return the loss with 1 for the sums of rows that are 1 in these data, as those of one-hot labels are."""
        given = {self.names.symbols[node]: array for node, array in
                 zip(self.step.given, self.step.arguments or (), strict=True)}  # fmt: skip
        known: Mapping[Any, Any] = {**given, **self.names.constants}
        ones: dict[Any, Any] = {}

        def without(local: Local) -> Local:
            for part in local.chain.atoms(algebra.Applied):
                of_data = part.primitive.name == "sum" and part not in ones and part.free_symbols <= set(known)
                if of_data and np.allclose(algebra.evaluate(part, known), 1.0, atol=1e-6):
                    ones[part] = sympy.Integer(1)
            if not any(local.chain.has(part) for part in ones):
                return local
            chain = algebra.tidy(local.chain.xreplace(ones))
            return replace(local, chain=chain, factor=None if local.factor is None else chain)

        stages: list[Stage] = [
            replace(stage, locals=tuple(map(without, stage.locals))) if stage.node is self.step.loss else stage
            for stage in skin.stages
        ]
        from onionskin.explain.peeling.notation import text

        self.remarks = [text(part) for part in ones]
        return replace(skin, stages=tuple(stages))
