"""One unit of a layer with the numbers plugged in: its weighted sum, its output, and the derivatives by its weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError
from onionskin.explain.peeling import notation
from onionskin.explain.peeling.elements import name_of, place_in

Row = tuple[str, str, str, float]


def unit_rows(derivation: Any, skin: Any, index: int, sample: int) -> list[Row]:
    """Return the formulas of a unit; see `Peel.unit`."""
    derivation.elements  # noqa: B018 - says so where there are no numbers
    size: Any = derivation.values[skin.stages[-1].symbol.name].shape
    _check("unit", index, size[-1] if size else 1, skin.name)
    _check("sample", sample, size[0] if len(size) > 1 else 1, skin.name)
    rows = []
    for stage in skin.stages:
        place = _place(derivation.values[stage.symbol.name].shape, index, sample)
        rows.append(_row(derivation, name_of(stage.symbol, place), stage.formula, place))
    for total in derivation.shown(skin):
        array = derivation.gradients[total.symbol.name]
        symbol = derivation.names.delta(total.node)
        rows += [_row(derivation, name_of(symbol, place), total.formula, place)
                 for place in _places(derivation, skin, total, array.shape, index, sample)]  # fmt: skip
    return rows


def _check(what: str, given: int, count: int, layer: str) -> None:
    if isinstance(given, bool) or not isinstance(given, int | np.integer) or not 0 <= given < count:
        raise ArgumentError(f"there is no such {what}.", where=f"peel, layer '{layer}'", expected=f"0 to {count - 1}",
                            given=repr(given))  # fmt: skip


def _place(shape: tuple[int, ...], index: int, sample: int) -> tuple[int, ...]:
    """Return where a unit stands in a value: its sample first, its place last, 0 between."""
    if not shape:
        return ()
    if len(shape) == 1:
        return (index if index < shape[0] else 0,)
    return (min(sample, shape[0] - 1), *[0] * (len(shape) - 2), min(index, shape[-1] - 1))


def _places(
    derivation: Any, skin: Any, total: Any, shape: tuple[int, ...], index: int, sample: int
) -> list[tuple[int, ...]]:
    """Return which elements of a derivative belong to a unit: its own, its column of a kernel, its bias."""
    weights = {node for _, node in skin.weights}
    own = {stage.node for stage in skin.stages}
    if total.node in weights:
        if len(shape) == 2:
            rows = range(min(shape[0], notation.MOST + 1))
            return [(row, min(index, shape[-1] - 1)) for row in rows]
        return [_place(shape, index, sample)]
    if total.node in own or derivation.skins[0] is skin:
        return [_place(shape, index, sample)]
    return []


def _row(derivation: Any, symbol: Any, formula: Any, place: tuple[int, ...]) -> Row:
    elements = derivation.elements
    element = elements.at(formula, place)
    number = float(elements.array(formula)[place_in(elements.array(formula).shape, place)])
    with_numbers = notation.text(element, plugged(elements.numbers))
    return notation.text(symbol), notation.text(element), with_numbers, number


def plugged(numbers: Mapping[Any, float]) -> Mapping[Any, str]:
    """Return what stands for each symbol where numbers are plugged in."""
    return {symbol: short(value) for symbol, value in numbers.items()}


def short(value: float) -> str:
    """Return a number in four digits.

    Example:
        >>> short(0.123456), short(-1.0), short(1e-9), short(-0.0)
        ('0.1235', '−1', '1e−09', '0')
    """
    return f"{value + 0.0:.4g}".replace("-", "−")  # + 0.0: no sign of zero
