"""The tree of a drawn model: the order of its layers."""

import numpy as np

from onionskin import Input, Sequential, layers


def test_the_loss_comes_before_a_layer_with_a_value_beside_the_way():
    """The softmax of the last layer is computed last, but the loss is taken of what goes into it."""
    dense = [layers.Dense(3, "relu", name="hidden"), layers.Dense(2, "softmax", name="output")]
    model = Sequential([Input((2,)), *dense])
    model.compile("sgd", "categorical_crossentropy")
    for expand in (False, True):
        lines = model.draw(np.ones((2, 2)), np.eye(2), expand=expand).text.splitlines()
        names = [line.split()[1] for line in lines if line.startswith(("├─", "└─"))]
        assert names == ["loss", "output", "hidden", "x", "y"]
