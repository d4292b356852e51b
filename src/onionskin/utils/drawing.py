"""`plot_model` and `model_to_dot`: pictures of models, laid out and drawn here, without any other program."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import IO, Any

from onionskin.base.errors import ArgumentError, DTypeError
from onionskin.models.drawing import Shown, diagram_of
from onionskin.plot.dot import Dot
from onionskin.plot.layered import DIRECTIONS
from onionskin.plot.picture import FORMATS, Picture
from onionskin.saving import write_atomically

_SPLINES = ("ortho", "spline", "curved", "polyline", "line")  # of Graphviz


def plot_model(
    model: Any,
    to_file: str | os.PathLike[str] | None = "model.png",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = False,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: float = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
    *,
    style: str = "auto",
    **kwargs: Any,
) -> Picture:
    """Draw a model into a file: a box for each layer, an arrow for each tensor.

    SVG needs nothing else; PNG and PDF are drawn by Matplotlib. Graphviz is never asked for.

    Args:
        model: a built model.
        to_file: the file, .svg, .png or .pdf, PNG where its name has no ending; None for no file.
        show_shapes: the shapes of each layer's inputs and outputs.
        show_dtype: the dtypes of its outputs.
        show_layer_names: its name, beside its class.
        rankdir: where arrows lead: "TB" down, "BT" up, "LR" to the right, "RL" to the left.
        expand_nested: the layers of models within, in a frame.
        dpi: pixels per inch of a PNG.
        show_layer_activations: the activations of layers that have one.
        show_trainable: whether layers with weights are trained.
        splines: "ortho" for square arrows, "spline" or "curved" for curved ones, "polyline" for straight ones.
        style: "light", "dark", or "auto": light, and in SVG what the reader's screen is set to.
        kwargs: none; others are refused by name.

    Returns:
        The picture, which a notebook shows; its text as SVG is `picture.svg`.

    Raises:
        NotBuiltError: the model is not built.
        ArgumentError: an argument cannot be used, or the file not be written; what was there before is still whole.
        DTypeError: `to_file` is no path.
        UnknownNameError: there is no such style.
        MissingExtraError: Matplotlib is needed and not installed.

    Example:
        >>> from onionskin import Sequential, layers
        >>> model = Sequential([layers.Input((4,)), layers.Dense(8), layers.Dense(1)], name="small")
        >>> picture = plot_model(model, None, show_shapes=True)
        >>> picture, "Output shape: (None, 8)" in picture.svg
        (<picture of small>, True)
    """
    where = "utils.plot_model"
    _check_further(where, kwargs)
    _check_dpi(where, dpi)
    path, form = _target(to_file, where)
    shown = Shown(show_shapes, show_dtype, show_layer_names, expand_nested, show_layer_activations, show_trainable)
    diagram = diagram_of(model, shown, _direction(where, rankdir), _lines(where, splines), where)
    picture = Picture(diagram, style, where)
    if path is not None:
        content = picture.encoded(form, dpi)
        write_atomically(path, lambda file: _write(file, content))
    return picture


def model_to_dot(
    model: Any,
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: float = 200,
    subgraph: bool = False,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
    **kwargs: Any,
) -> Dot:
    """Return a model as a graph in the DOT language, for programs that draw it, such as Graphviz.

    What is returned is text, `str(dot)` or `dot.to_string()`, and not an object of pydot: it draws nothing and writes
    no picture, which `plot_model` does.

    Args:
        model: a built model.
        show_shapes: the shapes of each layer's inputs and outputs.
        show_dtype: the dtypes of its outputs.
        show_layer_names: its name, beside its class.
        rankdir: where arrows lead: "TB", "BT", "LR" or "RL".
        expand_nested: the layers of models within, as clusters.
        dpi: written into the graph.
        subgraph: return a cluster, to be put into another graph.
        show_layer_activations: the activations of layers that have one.
        show_trainable: whether layers with weights are trained.
        splines: how arrows are drawn: "ortho", "spline", "curved", "polyline" or "line"; written into the graph.
        kwargs: none; others are refused by name.

    Raises:
        NotBuiltError: the model is not built.
        ArgumentError: an argument cannot be used.

    Example:
        >>> from onionskin import Sequential, layers
        >>> model = Sequential([layers.Input((4,)), layers.Dense(8, name="hidden"), layers.Dense(1, name="out")])
        >>> print(str(model_to_dot(model)).splitlines()[3])
          "0" [label="hidden (Dense)"];
    """
    where = "utils.model_to_dot"
    _check_further(where, kwargs)
    _check_dpi(where, dpi)
    if splines not in _SPLINES:
        raise _no_splines(where, splines, ", ".join(_SPLINES))
    shown = Shown(show_shapes, show_dtype, show_layer_names, expand_nested, show_layer_activations, show_trainable)
    diagram = diagram_of(model, shown, _direction(where, rankdir), where=where)
    return Dot(diagram, {"concentrate": "true", "dpi": f"{dpi:g}", "splines": splines}, subgraph)


def _write(file: IO[bytes], content: bytes) -> None:
    file.write(content)


def _check_further(where: str, kwargs: dict[str, Any]) -> None:
    if kwargs.get("layer_range") is not None:
        raise ArgumentError(
            "layer_range is not supported, as in Keras.",
            where=where,
            fix="make a model of the layers to draw: Model(first.input, last.output)",
        )
    further = [name for name in kwargs if name != "layer_range"]
    if further:
        raise ArgumentError("there is no such argument.", where=where, given=", ".join(further))


def _check_dpi(where: str, dpi: Any) -> None:
    if isinstance(dpi, bool) or not isinstance(dpi, int | float) or not 0 < dpi < math.inf:
        raise ArgumentError("dpi is a number above 0.", where=where, given=repr(dpi))


def _direction(where: str, rankdir: Any) -> str:
    if rankdir not in DIRECTIONS:
        raise ArgumentError(
            "rankdir says where arrows lead.", where=where, expected=", ".join(DIRECTIONS), given=repr(rankdir)
        )
    return str(rankdir)


def _lines(where: str, splines: Any) -> str:
    lines = {"ortho": "square", "spline": "curved", "curved": "curved", "polyline": "straight"}
    if splines not in lines:
        raise _no_splines(where, splines, ", ".join(lines))
    return lines[splines]


def _no_splines(where: str, splines: Any, expected: str) -> ArgumentError:
    return ArgumentError(
        "arrows cannot be drawn in this way.", where=f"{where}, splines", expected=expected, given=repr(splines)
    )


def _target(to_file: Any, where: str) -> tuple[Path | None, str]:
    """Return the file to write and its form."""
    if to_file is None:
        return None, ""
    if not isinstance(to_file, str | os.PathLike):
        raise DTypeError(
            "this is no path.",
            where=f"{where}, to_file",
            expected="a string or a pathlib.Path, or None",
            given=type(to_file).__name__,
        )
    path = Path(os.fspath(to_file))
    form = path.suffix[1:].lower() or "png"  # without an ending: PNG, as in Keras
    if form not in FORMATS:
        raise ArgumentError(
            "a picture of a model cannot be written in this form.",
            where=f"{where}, to_file",
            expected="a file name that ends in .png, .svg or .pdf",
            given=repr(str(path)),
            fix="for the graph as text: str(model_to_dot(model))",
        )
    return path, form
