"""The tree of a drawn model: the order of its layers."""

import numpy as np

from onionskin import Input, Model, Sequential, layers


def test_the_loss_comes_before_a_layer_with_a_value_beside_the_way():
    """The softmax of the last layer is computed last, but the loss is taken of what goes into it."""
    dense = [layers.Dense(3, "relu", name="hidden"), layers.Dense(2, "softmax", name="output")]
    model = Sequential([Input((2,)), *dense])
    model.compile("sgd", "categorical_crossentropy")
    for expand in (False, True):
        lines = model.draw(np.ones((2, 2)), np.eye(2), expand=expand).text.splitlines()
        names = [line.split()[1] for line in lines if line.startswith(("├─", "└─"))]
        assert names == ["loss", "output", "hidden", "x", "y"]


def test_an_input_beside_named_ones_has_the_name_of_its_maker():
    first, second = Input((3,), name="first"), Input((2,), name="second")
    joined = layers.Concatenate(name="join")([layers.Dense(4, name="hidden")(first), second])
    model = Model([first, second], layers.Dense(1)(joined))
    lines = [line.strip("│├─└ ") for line in str(model.draw()).splitlines()]
    assert lines[lines.index(next(one for one in lines if one.startswith("join"))) + 1] == "concatenate(hidden, x[1])"
