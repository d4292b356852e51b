"""The table that `Model.summary` shows: layers, output shapes, numbers of parameters, connections."""

from __future__ import annotations

import importlib.util
import itertools
import re
import sys
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, UnknownNameError, require
from onionskin.graph import CALL, CONSTANT, INPUT, PICK, Node, topological
from onionskin.models.order import ordered_parts

_NARROWEST = 4  # characters of a column
_HEADS = ["Layer (type)", "Output Shape", "Param #"]
_POSITIONS = {False: [0.45, 0.80, 1.0], True: [0.3, 0.56, 0.74, 1.0]}  # Keras's, without and with connections
_LENGTHS = {False: 88, True: 108}


def summary(
    model: Any,
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Sequence[str] | None = None,
) -> str:
    """Return the table as text.

    Args:
        model: a model; the shapes of one that is not built are not known.
        line_length: width in characters; as wide as needed where None.
        positions: where each column ends, as parts of the width or in characters.
        expand_nested: list the layers of inner models too.
        show_trainable: add a column that says which layers are trained.
        layer_range: names, or regular expressions, of the first and the last layer to list.
    """
    linked = _links(model)
    shapes = _output_shapes(model)
    heads = [*_HEADS, *(["Connected to"] if linked else []), *(["Trainable"] if show_trainable else [])]
    rows = []
    for part, depth in _listed(model, expand_nested, layer_range):
        row = _row(part, shapes, depth)
        rows.append([*row[:3], *([linked.get(id(part), "-")] if linked else []), *(row[3:] if show_trainable else [])])
    rows = rows or [["(no layers)", *[""] * (len(heads) - 1)]]
    widths = _widths([heads, *rows], line_length, positions, bool(linked), show_trainable)
    rules = ["─" * (width + 2) for width in widths]
    lines = [
        f'Model: "{model.name}"',
        f"┌{'┬'.join(rules)}┐",
        *_lines(heads, widths),
        f"├{'┼'.join(rules)}┤",
        *[line for row in rows for line in _lines(row, widths)],
        f"└{'┴'.join(rules)}┘",
        *_totals(model),
    ]
    return "\n".join(lines)


def show(table: str) -> None:
    """Print a summary; in a terminal, with its figures in colour where rich is installed."""
    if not sys.stdout.isatty() or importlib.util.find_spec("rich") is None:
        print(table)
        return
    text = require("rich.text", "cli", "colours").Text(table)
    text.highlight_regex(r"(?<![\w])\d[\d,.]*(?![\w])", "cyan")
    text.highlight_regex(r"(?m)^(Model:.*| [A-Z][\w -]*params:)", "bold")
    require("rich.console", "cli", "colours").Console(highlight=False).print(text, soft_wrap=True)


# --- layout ---


def _widths(
    table: list[list[str]], length: int | None, positions: Sequence[float] | None, linked: bool, trainable: bool
) -> list[int]:
    """Return the width of each column, without what is drawn between them."""
    count = len(table[0])
    natural = [max(len(row[column]) for row in table) for column in range(count)]
    drawn = 3 * count + 1
    if positions is None and (length is None or sum(natural) + drawn <= length):
        natural[0] += 0 if length is None else length - sum(natural) - drawn
        return natural
    ends = list(positions or _POSITIONS[linked])
    if positions is None and trainable:
        ends = [end * 0.9 for end in ends] + [1.0]
    if len(ends) != count or any(a >= b for a, b in itertools.pairwise(ends)):
        raise ArgumentError(
            "positions says where each column ends.",
            where="summary, positions",
            expected=f"{count} growing numbers, for {', '.join(table[0])}",
            given=repr(positions),
        )
    whole = length or (int(ends[-1]) if ends[-1] > 1 else _LENGTHS[linked] + 12 * trainable)
    at = [int(end if ends[-1] > 1 else end * whole) for end in ends]
    widths = [end - begin - 3 for begin, end in zip([0, *at], at, strict=False)]
    widths[-1] -= 1
    if min(widths) < _NARROWEST:
        raise ArgumentError(
            "the summary's columns do not fit the width.",
            where="summary",
            expected=f"at least {_NARROWEST} characters for each of {', '.join(table[0])}",
            given=f"line_length={length!r}, positions={positions!r}",
            fix="leave line_length out, and the table is as wide as it needs",
        )
    return widths


def _lines(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Return a row of the table, in several lines where an entry is folded."""
    folded = [textwrap.wrap(cell, width, subsequent_indent=" " * (len(cell) - len(cell.lstrip()))) or [""]
              for cell, width in zip(row, widths, strict=True)]  # fmt: skip
    lines = []
    for number in range(max(map(len, folded))):
        cells = [parts[number] if number < len(parts) else "" for parts in folded]
        texts = [cell.rjust(width) if column == 2 else cell.ljust(width)
                 for column, (cell, width) in enumerate(zip(cells, widths, strict=True))]  # fmt: skip
        lines.append(f"│ {' │ '.join(texts)} │")
    return lines


# --- contents ---


def _parts(model: Any) -> list[Any]:
    """Return what is listed of a model: its layers, and the operations between them."""
    return getattr(model, "_untracked_parts", None) or model.layers


def _name(part: Any) -> str:
    return part.primitive.name if isinstance(part, Node) else part.name


def _listed(model: Any, expand: bool, layer_range: Sequence[str] | None) -> list[tuple[Any, int]]:
    parts = _parts(model)
    if layer_range is not None:
        first, last = _range([_name(part) for part in parts], layer_range)
        parts = parts[first : last + 1]
    found = []
    for part in parts:
        found.append((part, 0))
        if expand and hasattr(part, "layers"):
            found += [(inner, depth + 1) for inner, depth in _listed(part, expand, None)]
    return found


def _range(names: list[str], layer_range: Sequence[str]) -> tuple[int, int]:
    """Return the first place that the first name fits and the last that the second does, the lower in front."""
    ends = layer_range if isinstance(layer_range, list | tuple) else ()
    if len(ends) != 2 or not all(isinstance(one, str) for one in ends):
        raise ArgumentError(
            "layer_range names the first and the last layer.",
            where="summary, layer_range",
            expected="two texts, such as ['dense', 'dense_2']",
            given=repr(layer_range),
        )
    found = []
    for end in ends:
        places = [place for place, name in enumerate(names) if name == end or re.fullmatch(end, name)]
        if not places:
            raise UnknownNameError(
                "there is no layer of this name.",
                where="summary, layer_range",
                expected=", ".join(names),
                given=end,
            )
        found.append(places)
    first, last = sorted((found[0][0], found[1][-1]))
    return first, last


def _output_shapes(model: Any) -> dict[int, str]:
    """Return layer → shape of its output, read from the description where there is one."""
    shapes: dict[int, str] = {}
    for node in topological(getattr(model, "outputs", None) or []):
        if node.primitive is CALL:
            specs = node.spec
            text = ", ".join(str(spec.shape) for spec in specs)
            shapes[id(node.params["call"].layer)] = text if len(specs) == 1 else f"[{text}]"
        elif node.primitive not in (PICK, CONSTANT, INPUT):
            shapes[id(node)] = str(node.shape)
    for layer in model.layers:
        seen = layer._untracked_output_shapes or ([layer.batch_shape] if hasattr(layer, "batch_shape") else None)
        if seen and id(layer) not in shapes:
            shapes[id(layer)] = str(seen[0]) if len(seen) == 1 else f"[{', '.join(map(str, seen))}]"
        if hasattr(layer, "layers"):
            shapes.update({key: text for key, text in _output_shapes(layer).items() if key not in shapes})
    return shapes


def _links(model: Any) -> dict[int, str]:
    """Return part → the tensors that it is called on, where a described model is more than a row of layers."""
    nodes = getattr(model, "_untracked_nodes", None)
    if nodes is None:
        return {}
    layers = {node.params["layer"] if node.primitive is INPUT and "layer" in node.params else node: node
              for node in nodes if node.primitive is INPUT}  # fmt: skip
    origin: dict[Node, str] = {node: f"{node.params['name']}[0][0]" for node in layers.values()}
    made: dict[int, int] = {}
    given: dict[int, list[str]] = {}
    for node in nodes:
        if node.primitive in (INPUT, CONSTANT):
            continue
        if node.primitive is PICK:
            origin[node] = f"{origin[node.inputs[0]]}[{node.params['index']}]"
            continue
        part = node.params["call"].layer if node.primitive is CALL else node
        number = made[id(part)] = made.get(id(part), -1) + 1
        origin[node] = f"{_name(part)}[{number}]" + ("" if node.primitive is CALL else "[0]")
        given.setdefault(id(part), []).extend(origin[one] for one in node.inputs if one.primitive is not CONSTANT)
    in_a_row = len(ordered_parts(model.inputs, model.outputs)) == sum(number + 1 for number in made.values()) + 1
    if (
        in_a_row
        and all(len(tensors) == 1 for tensors in given.values())
        and len(set(map(tuple, given.values()))) == len(given)
    ):
        return {}
    return {key: ", ".join(tensors) for key, tensors in given.items()}


def _row(part: Any, shapes: dict[int, str], depth: int) -> list[str]:
    name = "   " * (depth - 1) + "└ " * bool(depth) + _name(part)
    if isinstance(part, Node):
        return [f"{name} (operation)", shapes.get(id(part), "?"), "0", "-"]
    count = f"{part.count_params():,}" if part.built else "0 (unbuilt)"
    trained = "-" if not part.weights else "Y" if part.trainable else "N"
    return [f"{name} ({type(part).__name__})", shapes.get(id(part), "?"), count, trained]


def _totals(model: Any) -> list[str]:
    trained, fixed = model.trainable_weights, model.non_trainable_weights
    state = []
    if getattr(model, "optimizer", None) is not None and model.optimizer.built:
        state = list(model.optimizer.variables)
    rows = [(" Total params", [*trained, *fixed, *state]), (" Trainable params", trained)]
    rows += [(" Non-trainable params", fixed), *([(" Optimizer params", state)] if state else [])]
    return [f"{label}: {sum(v.size for v in part):,} ({_bytes(part)})" for label, part in rows]


def _bytes(variables: Sequence[Any]) -> str:
    size = float(sum(v.size * np.dtype(v.dtype).itemsize for v in variables))
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1024 or unit == "GB":
            break
        size /= 1024
    return f"{size:.2f} {unit}"
