"""Cases of Embedding, Masking, Lambda, Identity, ActivityRegularization, EinsumDense and TimeDistributed."""

import numpy as np

from tests.cases_keras.layer_rules import case


def cases():
    rng = np.random.default_rng(14)
    return [*_embeddings(rng), *_masking(rng), *_passing(rng), *_einsum(rng), *_distributed(rng)]


def _draw(rng, *shape):
    return rng.normal(size=shape).astype("float32")


def _embeddings(rng):
    places = rng.integers(0, 5, (3, 4)).astype("int32")
    table = _draw(rng, 5, 2)
    return [
        case("Embedding", {"input_dim": 5, "output_dim": 3}, places),
        case("Embedding", {"input_dim": 5, "output_dim": 3}, places[0], " a row"),
        case("Embedding", {"input_dim": 5, "output_dim": 2}, places.astype("float32"), " floats"),
        case("Embedding", {"input_dim": 5, "output_dim": 2}, rng.integers(0, 5, (2, 2, 2)).astype("uint8"), " bytes"),
        case("Embedding", {"input_dim": 7, "output_dim": 1, "embeddings_initializer": "ones"}, places),
        case("Embedding", {"input_dim": 5, "output_dim": 2, "embeddings_regularizer": "l2",
                           "embeddings_constraint": "unit_norm", "activity_regularizer": "l1"}, places),
        case("Embedding", {"input_dim": 5, "output_dim": 2, "mask_zero": True}, places,
             mask=np.ones((3, 4), bool)),
        case("Embedding", {"input_dim": 5, "output_dim": 2, "trainable": False}, places),
        case("Embedding", {"input_dim": 5, "output_dim": 2,
                           "weights": {"array": table.ravel().tolist(), "shape": [5, 2], "dtype": "float32"}}, places),
        case("Embedding", {"input_dim": 5, "output_dim": 2}, np.array([[0, 0, 0, 4]], "int32"), " one often"),
    ]  # fmt: skip


def _masking(rng):
    x = _draw(rng, 3, 4, 2)
    x[0, 1] = x[2, 3] = 0
    ones = np.where(rng.random((3, 4, 2)) < 0.5, 1, x).astype("float32")
    empty = np.zeros((2, 3, 2), "float32")
    mask = np.ones((3, 4), bool)
    return [
        case("Masking", {}, x),
        case("Masking", {}, x, " masked", mask=mask),
        case("Masking", {"mask_value": 1.0}, ones),
        case("Masking", {"mask_value": 1.0}, ones, " masked", mask=mask),
        case("Masking", {"mask_value": -1}, x, " masked", mask=mask),
        case("Masking", {}, empty, " empty", mask=np.ones((2, 3), bool)),
        case("Masking", {}, rng.integers(0, 2, (2, 3, 2)).astype("int32"), " integers"),
    ]


def _passing(rng):
    x, cube = _draw(rng, 3, 4), _draw(rng, 2, 3, 4)
    keep = rng.random((2, 3)) < 0.5
    places = rng.integers(0, 9, (3, 2)).astype("int32")
    return [
        *[case("Identity", {}, one) for one in (x, cube)],
        case("Identity", {}, places, " integers"),
        case("Identity", {}, cube, " masked", mask=keep),
        case("Identity", {"activity_regularizer": "l2"}, x),
        case("Identity", {"trainable": False}, x),
        *[case("ActivityRegularization", arguments, one)
          for arguments in ({}, {"l1": 0.3}, {"l2": 0.2}, {"l1": 0.1, "l2": 0.4}) for one in (x, cube)],
        case("ActivityRegularization", {"l1": 0.3}, cube, " masked", mask=keep),
        *[case("Lambda", {"function": {"function": name}}, x, skip=["config"]) for name in ("double", "squares")],
        *[case("Lambda", {"function": {"function": "sums"}, "arguments": {"axis": axis}}, cube, skip=["config"])
          for axis in (1, 2)],
        case("Lambda", {"function": {"function": "sums"}}, x, skip=["config"]),
        case("Lambda", {"function": {"function": "product"}}, [x, x + 1], skip=["config"]),
        case("Lambda", {"function": {"function": "double"}, "activity_regularizer": "l1"}, x, skip=["config"]),
    ]  # fmt: skip


def _einsum(rng):
    row, cube, image = _draw(rng, 4, 3), _draw(rng, 2, 4, 3), _draw(rng, 2, 3, 2, 4)
    rows = [
        ("ab,bc->ac", 5, None, row), ("ab,bc->ac", 5, "c", row), ("abc,cd->abd", [None, 2], "d", cube),
        ("abc,cd->abd", [4, 2], None, cube), ("...x,xy->...y", 2, "y", cube), ("...x,xy->...y", 2, None, row),
        # not with two sizes: Keras puts the axes that "..." stands for in the wrong order in its output shape
        ("...x,xy->...y", 6, "y", _draw(rng, 2, 3, 3, 4)), ("abc,cde->abde", [None, 2, 3], "de", cube),
        ("abc,cde->abde", [None, 2, 3], "e", cube), ("abc,cde->abde", [None, 2, 3], "d", cube),
        ("abde,dec->abc", [None, 5], "c", image), ("ab...,bc->ac...", 3, "c", image),
        ("ab...,bc->ac...", 3, None, cube), ("ab...,bcd->acd...", [2, 3], "c", cube),
        ("abc,bd->adc", [2, 3], "dc", cube), ("abc,bc->ab", [4], "b", cube), ("abc,bcd->abd", [4, 2], None, cube),
        ("...ab,bc->...ac", [3, 2], "ac", _draw(rng, 2, 3, 3)), ("...ab,abc->...c", 2, "c", cube),
    ]  # fmt: skip
    found = [
        case(
            "EinsumDense",
            {"equation": equation, "output_shape": shape, "bias_axes": bias},
            one,
            seed=place,
            # Keras says None for these sizes, although the input's are known
            skip=["described"] if isinstance(shape, list) and None in shape else [],
        )
        for place, (equation, shape, bias, one) in enumerate(rows)
    ]
    told = {"equation": "ab,bc->ac", "output_shape": 3, "bias_axes": "c"}
    return [
        *found,
        case("EinsumDense", {**told, "activation": "relu"}, row),
        case("EinsumDense", {**told, "kernel_initializer": "he_normal", "bias_initializer": "ones",
                             "kernel_regularizer": "l2", "bias_regularizer": "l1", "kernel_constraint": "non_neg",
                             "bias_constraint": "max_norm"}, row),
        case("EinsumDense", {**told, "activity_regularizer": "l2", "activation": "tanh"}, row),
    ]  # fmt: skip


def _distributed(rng):
    steps, images = _draw(rng, 2, 3, 4), _draw(rng, 2, 3, 2, 2, 2)
    keep = rng.random((2, 3)) < 0.5
    dense = {"make": "layers.Dense", "arguments": {"units": 2, "name": "inner"}}

    def of(layer, **arguments):
        return {"layer": {"make": f"layers.{layer}", "arguments": {"name": "inner", **arguments}}}

    return [
        case("TimeDistributed", {"layer": dense}, steps),
        case("TimeDistributed", {"layer": dense}, images),
        case("TimeDistributed", {"layer": dense}, steps, " masked", mask=keep),
        case("TimeDistributed", of("Dense", units=3, activation="softmax", kernel_regularizer="l2"), steps),
        case("TimeDistributed", of("Flatten"), images),
        case("TimeDistributed", of("Reshape", target_shape=[4, 2]), images),
        case("TimeDistributed", of("Permute", dims=[2, 3, 1]), images),
        case("TimeDistributed", of("ZeroPadding2D", padding=1), images),
        case("TimeDistributed", of("PReLU"), steps, seed=3),
        case("TimeDistributed", of("EinsumDense", equation="ab,bc->ac", output_shape=2, bias_axes="c"), steps),
        case("TimeDistributed", of("Activation", activation="tanh"), steps),
        case("TimeDistributed", of("Dropout", rate=0.5), steps, training=False),
        case("TimeDistributed", of("Softmax"), images, " masked", mask=rng.random((2, 3, 2, 2, 2)) < 0.6),
        case("TimeDistributed", {"layer": dense, "trainable": False}, steps),
    ]
