"""Cases of Dense."""

import numpy as np

from tests.cases_keras.layer_rules import case


def cases():
    rng = np.random.default_rng(10)
    x = rng.normal(size=(4, 3)).astype("float32")
    deep = rng.normal(size=(2, 3, 4)).astype("float32")
    return [
        case("Dense", {"units": 2}, x),
        case("Dense", {"units": 5, "activation": "tanh"}, x),
        case("Dense", {"units": 2, "use_bias": False, "kernel_initializer": "he_normal"}, x),
        case("Dense", {"units": 3, "activation": "softmax"}, deep),
        case("Dense", {"units": 2, "kernel_regularizer": {"make": "regularizers.L1L2", "arguments": {"l1": 0.1}},
                       "bias_regularizer": "l2", "activity_regularizer": "l2"}, x),
        case("Dense", {"units": 2, "kernel_constraint": "non_neg", "bias_constraint": "max_norm",
                       "bias_initializer": "ones"}, x),
        case("Dense", {"units": 2, "trainable": False}, x),
        case("Dense", {"units": 1}, rng.integers(0, 4, (3, 2)).astype("int32"), " integers"),
    ]  # fmt: skip
