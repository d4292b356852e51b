"""Cases of the activation layers."""

import numpy as np

from tests.cases_keras.layer_rules import case


def cases():
    rng = np.random.default_rng(11)
    x = (rng.normal(size=(4, 6)) * 3).astype("float32")
    cube = (rng.normal(size=(2, 3, 4)) * 2).astype("float32")
    image = (rng.normal(size=(2, 3, 3, 2)) * 2).astype("float32")
    found = [
        case("Activation", {"activation": name}, x)
        for name in ("relu", "sigmoid", "tanh", "softmax", "linear", "softplus", "elu", "gelu", "softsign", "selu",
                     "silu", "leaky_relu", "log_softmax", "hard_sigmoid", "relu6", "mish", "exponential")
    ]  # fmt: skip
    found.append(case("Activation", {"activation": "tanh", "activity_regularizer": "l1"}, cube))
    found += [
        case("ReLU", arguments, x)
        for arguments in (
            {}, {"max_value": 2.0}, {"max_value": 1}, {"negative_slope": 0.3}, {"threshold": 0.7},
            {"negative_slope": 0.1, "threshold": 0.5}, {"max_value": 2.5, "negative_slope": 0.2, "threshold": 0.25},
            {"max_value": 0.0},
        )
    ]  # fmt: skip
    found.append(case("ReLU", {}, rng.integers(-3, 4, (3, 4)).astype("int32"), " integers"))
    found += [case("LeakyReLU", arguments, x) for arguments in ({}, {"negative_slope": 0.1}, {"negative_slope": 0},
                                                                {"negative_slope": 1.5})]  # fmt: skip
    found += [case("LeakyReLU", {"negative_slope": slope}, cube) for slope in (0.01, 0.5)]
    found += [case("ELU", arguments, x) for arguments in ({}, {"alpha": 0.3}, {"alpha": 2.0}, {"alpha": 0})]
    found += [case("ELU", {"alpha": alpha}, cube) for alpha in (1.0, 1.5)]
    found += [
        case("PReLU", {}, x),
        case("PReLU", {"alpha_initializer": "ones"}, x, seed=1),
        case("PReLU", {"shared_axes": 1}, cube, seed=2),
        case("PReLU", {"shared_axes": [2]}, cube, seed=3),
        case("PReLU", {"shared_axes": [1, 2]}, image, seed=4),
        case("PReLU", {"alpha_regularizer": "l2", "alpha_constraint": "non_neg"}, cube, seed=5),
        case("PReLU", {"alpha_initializer": {"make": "initializers.Constant", "arguments": {"value": 0.25}}}, image),
        case("PReLU", {"shared_axes": [1, 2, 3], "trainable": False}, image, seed=6),
    ]
    whole = rng.integers(-3, 4, (3, 4)).astype("int32")
    found += [
        case("PReLU", {}, whole, " integers"),
        case("Softmax", {"axis": [0, 1]}, whole, " integers", skip=["described"]),
    ]
    found += [case("Softmax", arguments, cube) for arguments in ({}, {"axis": 1}, {"axis": -2}, {"axis": [1]},
                                                                 {"axis": [1, 2]}, {"axis": [-1, -2]})]  # fmt: skip
    keep = rng.random((2, 3, 4)) < 0.6
    keep[0, 1] = False  # a row with nothing left
    found += [
        case("Softmax", {}, cube, " masked", mask=keep),
        case("Softmax", {"axis": 1}, cube, " masked", mask=keep),
        case("Softmax", {"axis": [1, 2]}, cube, " masked", mask=keep),
        case("Softmax", {}, cube, " masked by numbers", mask=keep.astype("float32")),
        case("Softmax", {}, cube, " one mask for all", mask=keep[:1, :1]),
        case("Softmax", {}, cube, " a mask of fewer axes", mask=keep[0, 0]),
    ]
    return found
