"""One picture by itself and the window: what is drawn is what was given, and the words of what cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onionskin import plot
from onionskin.base.errors import ArgumentError, DataError, DTypeError, OnionskinError, ShapeError
from onionskin.plot import screen
from onionskin.plot.theme import THEMES

pyplot = pytest.importorskip("matplotlib.pyplot")
FIVE = (np.arange(28 * 28) % 256).astype(np.uint8).reshape(28, 28)


@pytest.mark.parametrize("shape", [(28, 28), (28, 28, 1), (1, 28, 28), (784,)])
@pytest.mark.parametrize("style", ["light", "dark"])
def test_a_picture_is_drawn_pixel_by_pixel(shape: tuple[int, ...], style: str, tmp_path: Path) -> None:
    path = tmp_path / "new" / "five.png"
    figure = plot.digit(FIVE.reshape(shape), 5, path=path, style=style)
    axes = figure.axes[0]
    np.testing.assert_array_equal(axes.images[0].get_array(), FIVE)
    assert axes.images[0].get_clim() == (0.0, 255.0)
    assert axes.images[0].get_cmap().name == THEMES[style].pixels
    assert axes.get_title() == "5"
    assert path.read_bytes().startswith(b"\x89PNG")


def test_scaled_pixels_and_colours_are_drawn_too() -> None:
    scaled = plot.digit(FIVE / 255.0).axes[0]
    assert scaled.images[0].get_clim() == (0.0, 1.0)
    assert scaled.get_title() == ""
    color = np.zeros((4, 6, 3), np.uint8)
    color[..., 1] = 255
    drawn = plot.digit(color, "green").axes[0].images[0].get_array()
    np.testing.assert_array_equal(drawn, color / 255)


def test_bytes_of_few_shades_are_drawn_in_full_ink() -> None:
    few = (FIVE % 17).astype(np.uint8)  # 0 to 16, as the 8×8 digits have
    assert plot.digit(few).axes[0].images[0].get_clim() == (0.0, 16.0)
    assert plot.images(few[None]).axes[0].images[0].get_clim() == (0.0, 16.0)


def test_a_long_label_is_cut_and_hangul_is_drawn() -> None:
    assert len(plot.digit(FIVE, "x" * 200).axes[0].get_title()) <= 41
    assert plot.digit(FIVE, "다섯", language="ko").axes[0].get_title() == "다섯"


SAID = [
    (np.zeros((2, 3, 4, 5)), ShapeError, "(2, 3, 4, 5)"),
    (np.zeros((0, 3)), ShapeError, "(0, 3)"),
    (np.zeros(7), ShapeError, "(7,)"),
    (np.zeros((28, 28, 4)), ShapeError, "(28, 28, 4)"),
]


@pytest.mark.parametrize(("image", "kind", "given"), SAID)
def test_what_is_no_picture_is_said(image: Any, kind: type[OnionskinError], given: str) -> None:
    with pytest.raises(kind) as caught:
        plot.digit(image)
    assert str(caught.value) == (
        "digit(image): this is no picture.\n  expected: (height, width), (height, width, 1 or 3), (1, height, width), "
        f"or (pixels,) of a square picture\n  given:    {given}"
    )


def test_what_is_no_number_is_said() -> None:
    with pytest.raises(DTypeError, match=r"^digit\(image\): "):
        plot.digit("five")
    with pytest.raises(DataError, match=r"^digit\(image\): "):
        plot.digit(np.array([[np.nan, 1.0]]))


def test_a_machine_without_a_screen_says_so() -> None:
    pyplot.switch_backend("agg")
    words = (
        "no window can be opened here.\n  given:    Matplotlib's backend agg\n"
        "  to fix:   write a file with path=, or install a toolkit such as PySide6 where there is a screen"
    )
    with pytest.raises(ArgumentError) as caught:
        plot.digit(FIVE, window=True)
    assert str(caught.value) == f"digit(window): {words}"
    with pytest.raises(ArgumentError) as caught:
        plot.show_window(plot.digit(FIVE))
    assert str(caught.value) == f"show_window: {words}"
    with pytest.raises(DTypeError) as wrong:
        plot.show_window("figure")  # type: ignore[arg-type]
    assert str(wrong.value) == (
        "show_window: this is no figure.\n  expected: what a function of onionskin.plot returned\n  given:    str"
    )


def test_a_window_shows_the_figure_itself_and_is_closed_after(monkeypatch: pytest.MonkeyPatch) -> None:
    pyplot.switch_backend("agg")
    shown = []
    monkeypatch.setattr(pyplot, "get_backend", lambda: "TkAgg")  # a screen, as far as the question goes
    monkeypatch.setattr(pyplot, "show", lambda: shown.append(pyplot.gcf().canvas.manager.canvas.figure))
    figure = plot.digit(FIVE, 5, window=True)
    assert shown == [figure]
    assert pyplot.get_fignums() == []
    assert screen.show_window is plot.show_window
