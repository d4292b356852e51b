"""The words for what is given as loss_weights and is none."""

from __future__ import annotations

import pytest

import onionskin
from onionskin.base.errors import ArgumentError

pytestmark = pytest.mark.usefixtures("each_engine")


def test_metrics_in_the_place_of_loss_weights_are_refused_when_compiling() -> None:
    model = onionskin.Sequential([onionskin.Input((3,)), onionskin.layers.Dense(1)], name="m")
    with pytest.raises(ArgumentError) as e:
        model.compile("adam", "mse", ["accuracy"])
    assert str(e.value) == (
        "compile, model 'm' > loss_weights: loss_weights are numbers.\n"
        "  given:    'accuracy'\n"
        "  to fix:   name the argument where metrics are meant: metrics=['accuracy']"
    )
