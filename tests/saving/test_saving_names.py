"""The words for file names that are not those of our files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import onionskin
from onionskin.base.errors import ArgumentError

MODEL = onionskin.Sequential([onionskin.Input((3,)), onionskin.layers.Dense(1)], name="m")


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (
            lambda: MODEL.save("net.keras"),
            "save: the file name must end in '.onionskin'.\n  given:    'net.keras'\n"
            "  to fix:   use net.onionskin; other formats are not written yet",
        ),
        (
            lambda: onionskin.models.load_model("net.h5"),
            "load_model: the file name must end in '.onionskin'.\n  given:    'net.h5'\n"
            "  to fix:   name a file that save() wrote; other formats are not read yet",
        ),
        (
            lambda: MODEL.save_weights("net.weights.h5"),
            "save_weights: the file name must end in '.weights.npz'.\n  given:    'net.weights.h5'\n"
            "  to fix:   use net.weights.npz; other formats are not written yet",
        ),
    ],
)
def test_words(act: Callable[[], Any], words: str) -> None:
    with pytest.raises(ArgumentError) as e:
        act()
    assert str(e.value) == words
