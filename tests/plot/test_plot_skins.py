"""Tests of the onion: what is written, where it lies, and what it refuses; and a derivation drawn as one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import onionskin
from onionskin import layers, plot
from onionskin.base.errors import ArgumentError, DTypeError

pytest.importorskip("matplotlib")
CHAIN = [("C", "C = (A − Y)²", "∂C/∂A = 2·(A − Y)", "loss"), ("A", "A = W·X", "∂A/∂W = X", "layer")]


@pytest.mark.parametrize("style", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_skin_lies_inside_the_one_before_and_no_texts_overlap(style, language):
    figure = plot.onion([CHAIN[0], *([CHAIN[1]] * 5)], style=style, language=language)
    axes = figure.axes[0]
    discs = [(*patch.center, patch.radius) for patch in axes.patches if hasattr(patch, "radius")]
    assert len(discs) == 7
    for (x, y, r), (x1, y1, r1) in itertools.pairwise(discs):
        assert np.hypot(x - x1, y - y1) + r1 <= r + 1e-9
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in axes.texts if text.get_text()]
    whole = figure.bbox
    for at, box in enumerate(boxes):
        assert whole.x0 <= box.x0 and box.x1 <= whole.x1 and whole.y0 <= box.y0 and box.y1 <= whole.y1
        assert not any(box.overlaps(other) for other in boxes[at + 1 :])


def test_peel_draws_its_own_formulas():
    model = onionskin.Sequential(
        [onionskin.Input((3,)), layers.Dense(2, "relu", name="hidden"), layers.Dense(1, "sigmoid", name="output")]
    )
    model.compile("sgd", "mse")
    derivation = model.peel(np.ones((1, 3)), np.ones((1, 1)))
    texts = [text.get_text() for text in derivation.plot().axes[0].texts]
    for expected in ("C", "A2", "Z2", "A1", "Z1", "X", "loss", "output", "hidden", "A1 = relu(Z1)",
                     "∂C/∂A2 = 2·(A2 − Y)", "∂A2/∂Z2 = A2 ⊙ (1 − A2)", "∂A1/∂Z1 = [Z1 > 0]",
                     "∂Z2/∂A1 = W2   ∂Z2/∂W2 = A1   ∂Z2/∂B2 = 1"):  # fmt: skip
        assert expected in texts, texts
    korean = model.peel(np.ones((1, 3)), np.ones((1, 1)), language="ko").plot()
    assert "손실" in [text.get_text() for text in korean.axes[0].texts]


def test_what_is_no_onion_is_refused():
    with pytest.raises(DTypeError) as error:
        plot.onion([("C", "C = A")])
    assert str(error.value) == (
        "onion(skins): a skin is four texts.\n  expected: (name, how it is made, its derivatives, its layer)\n"
        "  given:    ('C', 'C = A')"
    )
    with pytest.raises(ArgumentError) as error:
        plot.onion([])
    assert str(error.value) == (
        "onion(skins): an onion of this number of skins cannot be drawn.\n  expected: 1 to 24\n  given:    0"
    )
