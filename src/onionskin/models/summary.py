"""The table that `Model.summary` prints: layers, output shapes, numbers of parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin.base.errors import UnknownNameError
from onionskin.graph import CALL, topological


def summary_text(
    model: Any, width: int | None, expand: bool, trainable: bool, layer_range: Sequence[str] | None
) -> str:
    """Return the table as text.

    Args:
        model: a built model.
        width: width in characters; as wide as needed where None.
        expand: list the layers of inner models too.
        trainable: add a column that says which layers are trained.
        layer_range: names of the first and the last layer to list.
    """
    shapes = _output_shapes(model)
    rows = [_row(layer, shapes, depth) for layer, depth in _listed(model, expand, layer_range)]
    head = ["Layer (type)", "Output Shape", "Param #"] + (["Trainable"] if trainable else [])
    table = [[*row[:3], *([row[3]] if trainable else [])] for row in rows]
    widths = [max(len(one[column]) for one in [head, *table]) for column in range(len(head))]
    spare = 0 if width is None else width - sum(widths) - 3 * len(widths) - 1
    widths[0] += max(0, spare)
    right = {2}

    def line(cells: Sequence[str]) -> str:
        parts = [cell.rjust(w) if index in right else cell.ljust(w)
                 for index, (cell, w) in enumerate(zip(cells, widths, strict=True))]  # fmt: skip
        return "│ " + " │ ".join(parts) + " │"

    def rule(left: str, middle: str, end: str) -> str:
        return left + middle.join("─" * (w + 2) for w in widths) + end

    body = [line(row) for row in table] or [line(["(no layers)", *[""] * (len(head) - 1)])]
    lines = [
        f"Model: {model.name!r}".replace("'", '"'),
        rule("┌", "┬", "┐"),
        line(head),
        rule("├", "┼", "┤"),
        *body,
        rule("└", "┴", "┘"),
        *_totals(model),
    ]
    return "\n".join(lines)


def _listed(model: Any, expand: bool, layer_range: Sequence[str] | None) -> list[tuple[Any, int]]:
    layers = model.layers
    if layer_range is not None:
        names = [layer.name for layer in layers]
        missing = [name for name in layer_range if name not in names]
        if missing:
            raise UnknownNameError(
                "there is no layer of this name.",
                where="summary, layer_range",
                expected=", ".join(names),
                given=missing[0],
            )
        first, last = names.index(layer_range[0]), names.index(layer_range[-1])
        layers = layers[first : last + 1]
    found = []
    for layer in layers:
        found.append((layer, 0))
        if expand and hasattr(layer, "layers"):
            found += [(inner, depth + 1) for inner, depth in _listed(layer, expand, None)]
    return found


def _output_shapes(model: Any) -> dict[int, str]:
    """Return layer → shape of its output, read from the description where there is one."""
    shapes: dict[int, str] = {}
    outputs = getattr(model, "outputs", None) or []
    for node in [node for node in topological(outputs) if node.primitive is CALL]:
        specs = node.spec
        text = ", ".join(str(spec.shape) for spec in specs)
        shapes[id(node.params["call"].layer)] = text if len(specs) == 1 else f"[{text}]"
    for layer in model.layers:
        seen = layer._untracked_output_shapes
        if seen and id(layer) not in shapes:
            shapes[id(layer)] = str(seen[0]) if len(seen) == 1 else f"[{', '.join(map(str, seen))}]"
        if hasattr(layer, "layers"):
            shapes.update({key: text for key, text in _output_shapes(layer).items() if key not in shapes})
    return shapes


def _row(layer: Any, shapes: dict[int, str], depth: int) -> list[str]:
    count = f"{layer.count_params():,}" if layer.built else "0 (not built)"
    return [
        "  " * depth + f"{layer.name} ({type(layer).__name__})",
        shapes.get(id(layer), "?"),
        count,
        "yes" if layer.trainable and layer.trainable_variables else "no" if layer.weights else "-",
    ]


def _totals(model: Any) -> list[str]:
    trained, fixed = model.trainable_weights, model.non_trainable_weights
    rows = [(" Total params", [*trained, *fixed]), (" Trainable params", trained), (" Non-trainable params", fixed)]
    if getattr(model, "optimizer", None) is not None and model.optimizer.built:
        rows.insert(3, (" Optimizer params", list(model.optimizer.variables)))
    return [f"{label}: {sum(v.size for v in part):,} ({_bytes(part)})" for label, part in rows]


def _bytes(variables: Sequence[Any]) -> str:
    size = float(sum(v.size * np.dtype(v.dtype).itemsize for v in variables))
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1024 or unit == "GB":
            break
        size /= 1024
    return f"{size:.2f} {unit}"
