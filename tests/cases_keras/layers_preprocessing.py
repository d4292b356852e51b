"""Cases of the layers that prepare numbers and can be part of a model; what they learn from data is elsewhere."""

import numpy as np

from tests.cases_keras.layer_rules import case


def _scaled(rng, rows, steps):
    whole = rng.integers(0, 256, (3, 4)).astype("int32")
    cases = [
        case("Rescaling", arguments, x)
        for arguments, x in [
            ({"scale": 0.5}, rows), ({"scale": 1 / 255, "offset": -0.5}, whole),
            ({"scale": [1.0, 2.0, 3.0, 4.0]}, rows),
            ({"scale": 2, "offset": [0.0, 1.0, 2.0, 3.0]}, rows), ({"scale": -1.5, "offset": 3.0}, steps),
            ({"scale": [0.5, 2.0, 1.0, 0.1], "offset": [1.0, 0.0, 0.0, 2.0]}, whole),
        ]
    ]  # fmt: skip
    cases.append(case("Rescaling", {"scale": 0.5}, rows, " mask", mask=rows[:, 0] > 0))
    given = [
        ({}, rows), ({"axis": None}, rows), ({"axis": None}, steps), ({"axis": 1}, steps), ({"axis": [1, 2]}, steps),
        ({"axis": [-1, 1]}, steps), ({"invert": True}, rows), ({"axis": -1}, whole),
        ({"mean": 3.0, "variance": 2.0}, rows),
        ({"mean": [1.0, 2.0, 3.0, 4.0], "variance": [1.0, 0.5, 4.0, 0.0]}, rows),
        ({"mean": [1.0, 2.0, 3.0], "variance": [1.0, 0.5, 4.0], "axis": 1}, steps),
        ({"mean": [1.0, 2.0, 3.0, 4.0], "variance": [1.0, 0.5, 4.0, 2.0], "axis": [1, 2]}, steps),
        ({"mean": 3.0, "variance": 2.0, "axis": None, "invert": True}, steps),
        ({"mean": [[1.0, 2.0, 3.0, 4.0]] * 3, "variance": [[1.0, 2.0, 3.0, 4.0]] * 3, "axis": [1, 2]}, steps),
    ]  # fmt: skip
    # Keras takes weights that are set only when it is adapted or loaded; here they stay as they begin
    for arguments, x in [*given, ({"axis": -1}, steps)]:
        axes = arguments.get("axis", -1)
        axes = [] if axes is None else axes if isinstance(axes, list) else [axes]
        shape = tuple(x.shape[place] for place in sorted(axis % x.ndim for axis in axes))
        start = [np.zeros(shape, "float32"), np.ones(shape, "float32"), np.zeros((), "int32")]
        cases.append(case("Normalization", arguments, x, weights=[] if "mean" in arguments else start))
    start = [np.zeros(4, "float32"), np.ones(4, "float32"), np.zeros((), "int32")]
    return [*cases, case("Normalization", {}, rows, " mask", mask=rows[:, 0] > 0, weights=start)]


def _binned(rng, rows, steps):
    bounds = [-1.0, -0.25, 0.5, 1.5]
    column = rng.normal(size=(5, 1)).astype("float32")
    edges = np.array([[-1.0, -0.25, 0.5, 1.5, np.inf, -np.inf]], "float32")
    # Keras says other shapes of a description than the numbers have, where several axes are reduced to one
    cases = [
        case("Discretization", {"bin_boundaries": bounds, "output_mode": mode}, x, label,
             skip=[] if mode == "int" or x.ndim < 3 else ["described"])
        for mode in ("int", "one_hot", "multi_hot", "count")
        for label, x in (("", rows), (" column", column), (" steps", steps), (" row", column[:, 0]), (" edges", edges))
    ]  # fmt: skip
    return [*cases, case("Discretization", {"bin_boundaries": [0, 2]}, rng.integers(-2, 5, (3, 2)).astype("int32"))]


def _encoded(rng):
    arrays = {"": rng.integers(0, 5, (4, 3)), " column": rng.integers(0, 5, (4, 1)), " row": rng.integers(0, 5, 6)}
    arrays[" steps"] = rng.integers(0, 5, (2, 3, 4))
    cases = [
        case("CategoryEncoding", {"num_tokens": 5, "output_mode": mode}, x.astype("int32"), label,
             skip=["described"] if label in (" steps", " row") else [])
        for mode in ("one_hot", "multi_hot", "count")
        for label, x in arrays.items()
    ]  # fmt: skip
    weights = rng.uniform(0, 2, (4, 3)).round(2)
    return [
        *cases,
        case("CategoryEncoding", {"num_tokens": 7, "output_mode": "count"}, arrays[""].astype("int32"), " weighted",
             call={"count_weights": weights.tolist()}),
        case("CategoryEncoding", {"num_tokens": 5}, arrays[""].astype("float32"), " floats"),
    ]  # fmt: skip


def cases():
    rng = np.random.default_rng(22)
    rows = rng.normal(1.0, 2.0, (5, 4)).astype("float32")
    steps = rng.normal(0.0, 1.0, (2, 3, 4)).astype("float32")
    return [*_scaled(rng, rows, steps), *_binned(rng, rows, steps), *_encoded(rng)]
