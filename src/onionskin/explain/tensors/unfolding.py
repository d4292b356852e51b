"""What each layer of a trained network makes of points: the crumpled sheet, unfolded until a straight cut parts it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from onionskin import plot
from onionskin.base import philox
from onionskin.base.errors import ArgumentError, DataError, DTypeError, ShapeError
from onionskin.base.languages import known_language
from onionskin.explain.pages import Block, Heading, Page, Sentence, Table
from onionskin.explain.tensors.straight import Cut, straight_cut
from onionskin.explain.tensors.words import say
from onionskin.plot.geometry import grid_lines
from onionskin.plot.unfolded import Stage

_STREAM = 0x5B1A1  # apart from the streams that other data are made from with the same seed
_LINES, _FINE = 15, 90  # of the grid: lines each way, points of a line
_MOST = 5000  # points that are drawn


def spirals(
    n: int = 300, *, turns: float = 1.0, noise: float = 0.01, classes: int = 2, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return points on spirals that lie one inside the other, a class for each spiral.

    Args:
        n: how many points, shared among the spirals.
        turns: how often each winds around the middle.
        noise: standard deviation of each coordinate; a spiral reaches from about 0.1 to 1.
        classes: how many spirals.
        seed: of the noise; the same seed gives the same points everywhere.

    Returns:
        Points (n, 2) float32 and class numbers (n,) int64.

    Raises:
        ArgumentError: a number cannot be used.

    Example:
        >>> x, y = spirals(6, noise=0.0, turns=0.5)
        >>> x.shape, y.tolist()
        ((6, 2), [0, 0, 0, 1, 1, 1])
    """
    for name, value, least, most in (("n", n, 2, 10**6), ("classes", classes, 2, 10)):
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ArgumentError("this number cannot be used.", where=f"spirals({name})",
                                expected=f"a whole number from {least} to {most}", given=repr(value))  # fmt: skip
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
        raise ArgumentError("a seed is a whole number.", where="spirals(seed)", given=repr(seed))
    for name, number, highest in (("turns", turns, 10.0), ("noise", noise, 1.0)):
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= highest:
            raise ArgumentError("this number cannot be used.", where=f"spirals({name})",
                                expected=f"a number from 0 to {highest:g}", given=repr(number))  # fmt: skip
    y = np.sort(np.arange(n) % classes)
    count = np.bincount(y)[y]
    place = np.arange(n) - np.searchsorted(y, y)  # of a point on its spiral
    # By the square root the points lie evenly, not crowded in the middle.
    radius = np.sqrt(0.01 + 0.99 * (place + 0.5) / count)
    angle = 2 * math.pi * (turns * radius + y / classes)
    exact = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    first, second = philox.uniform(philox.make_seed(seed, _STREAM), (2, n), "float64")
    bent = np.sqrt(-2 * np.log1p(-first))  # Box and Muller's pairs of normal numbers
    pairs = np.stack([bent * np.cos(2 * math.pi * second), bent * np.sin(2 * math.pi * second)], axis=1)
    return (exact + noise * pairs).astype(np.float32), y.astype(np.int64)


@dataclass(frozen=True, eq=False)
class LayerView:
    """The points after one layer.

    Attributes:
        name: the layer's name, "input" for the input.
        kind: the layer's class, "" for the input.
        values: (n, units) what the layer gives, flattened for each sample.
        plane: (n, 2) the same as drawn: two units as they are, more in the plane of their widest directions.
        lines: (lines, m, 2) the grid in that plane; empty where the input has not two numbers.
        cut: the best straight cut through all units, and what share of the points it parts.
        projected: whether `plane` leaves directions out.
    """

    name: str
    kind: str
    values: np.ndarray
    plane: np.ndarray
    lines: np.ndarray
    cut: Cut
    projected: bool

    @property
    def units(self) -> int:
        """How many numbers the layer gives for a sample."""
        return int(self.values.shape[1])


@dataclass(frozen=True, eq=False)
class Unfolding(Page):
    """A network's layers as seen by its points; `print` lists them, `plot` and `animate` draw them.

    Attributes:
        model: the model's name.
        layers: the input and the layers, in turn.
        labels: (n,) class numbers.
        language: "en" or "ko".
    """

    model: str
    layers: tuple[LayerView, ...]
    labels: np.ndarray
    language: str

    @property
    def separable_after(self) -> str | None:
        """The first layer after which a straight cut parts all classes, None where there is none."""
        return next((layer.name for layer in self.layers if layer.cut.share == 1.0), None)

    def blocks(self) -> list[Block]:
        """Return what stands on the page."""
        word = self._word
        rows = [
            (word("input") if not layer.kind else layer.name, layer.kind, str(layer.units), f"{layer.cut.share:.1%}")
            for layer in self.layers
        ]
        heads = [word(key) for key in ("layer", "layer class", "units", "straight")]
        found = self.separable_after
        layer_name = word("input") if found == "input" else found
        verdict = word("never") if found is None else word("separable at", layer=layer_name)
        page: list[Block] = [
            Heading(word("unfold", model=self.model)),
            Table(heads, rows, frozenset({2, 3})),
            Sentence(verdict),
        ]
        return [*page, Sentence(word("projected"))] if any(layer.projected for layer in self.layers) else page

    def plot(self, *, path: Any = None, style: str = "light") -> Any:
        """Draw the points and the grid under them after each layer.

        Args:
            path: a .png, .svg or .pdf file to write as well; its folder is made.
            style: "light" or "dark".

        Returns:
            A Matplotlib figure, a panel for each layer.

        Raises:
            ArgumentError: the model has too many layers to draw, or the file cannot be written.
            UnknownNameError: there is no such style.
            MissingExtraError: Matplotlib is not installed.
        """
        heading = self._word("unfold", model=self.model)
        return plot.unfolding(self._stages(), self.labels, heading=heading, path=path, style=style,
                              language=self.language)  # fmt: skip

    def animate(self, path: Any, *, fps: int = 20, style: str = "light") -> Path:
        """Write an animation that goes from layer to layer.

        Each layer is turned, or mirrored, to lie as much like the one before as it can: which unit is which, and
        its sign, mean nothing, and the points would fly through each other on the way.

        Args:
            path: a .gif or .html file; its folder is made.
            fps: frames a second, 1 to 50.
            style: "light" or "dark".

        Returns:
            The path.

        Raises:
            ArgumentError: the suffix or the frame rate cannot be used, or the file cannot be written.
            DTypeError: the path is no path.
            UnknownNameError: there is no such style.
            MissingExtraError: Matplotlib or Pillow is not installed.
        """
        heading = self._word("unfold", model=self.model)
        return plot.animate_unfolding(_turned(self._stages()), self.labels, path, heading=heading, fps=fps, style=style,
                                      language=self.language)  # fmt: skip

    def _stages(self) -> list[Stage]:
        stages = []
        for layer in self.layers:
            title = self._word("input") if not layer.kind else f"{layer.name} ({layer.units})"
            line = layer.cut.line if layer.units == 2 else None
            note = self._word("one unit") if layer.units == 1 else self._word("plane of") if layer.projected else ""
            stages.append(Stage(title, layer.plane, layer.lines, layer.cut.share, line, note))
        return stages

    def _word(self, key: str, **values: Any) -> str:
        return say(self.language, key, **values)

    def __repr__(self) -> str:
        return f"<unfolding of {self.model}: {len(self.layers) - 1} layers, {len(self.labels)} points>"


def unfold(model: Any, x: Any, y: Any, *, language: str = "en") -> Unfolding:
    """Run points through a model layer by layer, with the grid that they lie on.

    Each layer is called on what the one before gave, as the model itself does at inference.

    Args:
        model: a built model whose layers follow one another, such as a Sequential.
        x: (n, …) inputs, up to 5,000; the grid is drawn where they are points of the plane, (n, 2).
        y: (n,) class numbers, (n, 1), or (n, classes) one-hot.
        language: of what is printed and drawn, "en" or "ko".

    Returns:
        The points after each layer, printable, with `.plot()` and `.animate(path)`; the share of the points that
        the best straight cut parts tells how far the classes have been unfolded.

    Raises:
        DTypeError: this is no model, or x or y hold no numbers.
        ArgumentError: the model's layers do not follow one another.
        ShapeError: x and y differ in number.
        DataError: there are too many points, a number is not finite, or there is one class only.
        UnknownNameError: there is no such language.

    Example:
        >>> import onionskin as o
        >>> model = o.models.Sequential([o.layers.Input((2,)), o.layers.Dense(2, activation="tanh")])
        >>> shown = unfold(model, *spirals(20))
        >>> [layer.values.shape for layer in shown.layers]
        [(20, 2), (20, 2)]

    Source: F. Chollet, *Deep Learning with Python* (Manning, 2017), section 2.3.6, the image of the crumpled sheet.
    """
    known_language(language, "unfold")
    layers = getattr(model, "layers", None)
    if not callable(model) or not isinstance(layers, list | tuple):
        raise DTypeError("this is no model.", where="unfold(model)", expected="a built model, such as a Sequential",
                         given=type(model).__name__)  # fmt: skip
    inputs = _inputs(x)
    labels = _labels(y, len(inputs))
    lines = np.empty((0, _FINE, *inputs.shape[1:]), inputs.dtype)
    if inputs.shape[1:] == (2,):
        low, high = inputs.min(axis=0), inputs.max(axis=0)
        margin = 0.1 * float(max((high - low).max(), 1e-6))
        lines = grid_lines(low - margin, high + margin, _LINES, _FINE).astype(inputs.dtype)
    count = len(inputs)
    both = np.concatenate([inputs, lines.reshape(-1, *inputs.shape[1:])])
    stages = _outputs(model, layers, both, str(getattr(model, "name", "model")))
    views: list[LayerView] = []
    for name, kind, output in stages:
        values = output.reshape(len(output), -1).astype(np.float64)
        if not np.isfinite(values).all():
            raise DataError("a layer gave a number that is not finite.", where=f"unfold, layer {name!r}")
        plane = _plane(values, count, views[-1].plane if views else None)
        cut = straight_cut(values[:count], labels)
        grid = plane[count:].reshape(-1, _FINE, 2)
        views.append(LayerView(name, kind, values[:count], plane[:count], grid, cut, values.shape[1] > 2))
    return Unfolding(str(getattr(model, "name", "model")), tuple(views), labels, language)


def _outputs(model: Any, layers: Sequence[Any], x: np.ndarray, name: str) -> list[tuple[str, str, np.ndarray]]:
    """Return (name, class, values) of the input and of each layer, and see that they end in the model's output."""
    stages = [("input", "", x)]
    broken = ArgumentError(
        "the layers of this model do not follow one another.",
        where=f"unfold, model {name!r}",
        expected="a model in which each layer takes the output of the one before, such as a Sequential",
        fix="pass the part of the model that is such a chain",
    )
    whole = np.asarray(model(x))
    h: Any = x
    for layer in layers:
        if type(layer).__name__ == "InputLayer":
            continue
        try:
            h = layer(h)
        except ValueError as error:  # a merging layer wants a list, a later branch other shapes
            raise broken from error
        if not hasattr(h, "shape"):
            raise broken
        stages.append((str(layer.name), type(layer).__name__, np.asarray(h)))
    last = stages[-1][2]
    if last.shape != whole.shape or not np.allclose(last, whole, rtol=1e-4, atol=1e-5, equal_nan=True):
        raise broken
    return stages


def _inputs(x: Any) -> np.ndarray:
    try:
        array = np.asarray(x)
    except ValueError:
        array = np.empty(0, object)
    if array.dtype.kind not in "biuf" or array.ndim < 2:
        raise DTypeError("these are no points.", where="unfold(x)", expected="an array of numbers, (n, …)",
                         given=f"{array.dtype}, {array.shape}")  # fmt: skip
    if not 2 <= len(array) <= _MOST:
        raise DataError(
            "this number of points cannot be shown.",
            where="unfold(x)",
            expected=f"2 to {_MOST:,}",
            given=len(array),
            fix="take some of them, x[:1000]" if len(array) > _MOST else None,
        )
    array = array.astype(np.float32) if array.dtype.kind != "f" else array
    if not np.isfinite(array).all():
        raise DataError("a number is not finite.", where="unfold(x)")
    return array


def _labels(y: Any, n: int) -> np.ndarray:
    array = np.asarray(y)
    if array.ndim == 2 and array.shape[1] > 1 and array.dtype.kind in "biuf":
        array = array.argmax(axis=1)
    array = array.reshape(-1) if array.ndim == 2 else array
    if array.dtype.kind not in "biuf" or array.ndim != 1:
        raise DTypeError("these are no class numbers.", where="unfold(y)", expected="(n,) whole numbers from 0",
                         given=f"{array.dtype}, {array.shape}")  # fmt: skip
    if len(array) != n:
        raise ShapeError("x and y differ in number.", where="unfold(y)", expected=(n,), given=array.shape)
    if not ((array >= 0) & (array == np.floor(array))).all() or len(np.unique(array)) < 2:
        raise DataError(
            "these labels cannot be parted.",
            where="unfold(y)",
            expected="class numbers from 0, of two classes or more",
            given=f"{np.unique(array)!s:.60}",
        )
    return array.astype(np.int64)


def _turned(stages: list[Stage]) -> list[Stage]:
    """Return stages each turned to lie like the one before."""
    turned = stages[:1]
    for stage in stages[1:]:
        before = turned[-1].points - turned[-1].points.mean(axis=0)
        turn = _turn(stage.points - stage.points.mean(axis=0), before)
        cut = stage.cut
        if cut is not None:  # w·p + b of the point p·turn has the weights w·turn
            weights = np.array(cut[:2]) @ turn
            cut = (float(weights[0]), float(weights[1]), cut[2])
        turned.append(dataclasses.replace(stage, points=stage.points @ turn, lines=stage.lines @ turn, cut=cut))
    return turned


def _turn(points: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Return the rotation or reflection that brings points nearest to others (the orthogonal Procrustes problem)."""
    left, _, right = np.linalg.svd(points.T @ like)
    return np.asarray(left @ right)


def _plane(values: np.ndarray, count: int, before: np.ndarray | None) -> np.ndarray:
    """Return points of the plane for the values of a layer; the first `count` rows are the data, the rest the grid."""
    if values.shape[1] == 2:
        return values
    if values.shape[1] == 1:  # a line: spread upwards by a sequence that knows nothing of the classes
        width = float(np.ptp(values[:count])) or 1.0
        height = np.array([_spread(number) for number in range(count)]) - 0.5
        rest = np.zeros(len(values) - count)
        return np.column_stack([values[:, 0], 0.6 * width * np.concatenate([height, rest])])
    middle = values[:count].mean(axis=0)
    _, _, directions = np.linalg.svd(values[:count] - middle, full_matrices=False)
    plane = (values - middle) @ directions[:2].T
    if before is None:
        return plane
    # The directions have no sign and no order of their own: turn them to lie like the layer before.
    return plane @ _turn(plane[:count], before - before.mean(axis=0))


def _spread(number: int) -> float:
    """Return the number's binary digits mirrored at the point (van der Corput's sequence), from 0 to 1."""
    value, step = 0.0, 0.5
    while number:
        number, digit = divmod(number, 2)
        value, step = value + digit * step, step / 2
    return value
