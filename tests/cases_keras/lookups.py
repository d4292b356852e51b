"""Cases of what preprocessing layers learn from data and look up, as data: how Keras answered, with TensorFlow.

Without TensorFlow Keras has no vocabularies, hashes or feature spaces, so that these cases have a recorder of their
own: python -m tests.peers.record_lookups. A case has a class, its arguments, what it is adapted to (an array, or a
list of batches), and what it is then called on; the answer has the outputs and what was learned.
"""

import json
from pathlib import Path

import numpy as np

FILE = Path(__file__).parent / "lookups.json"


def _data(value):
    """Return arrays, lists of them and dictionaries of them as data."""
    if isinstance(value, np.ndarray):
        return {"values": value.tolist(), "dtype": "str" if value.dtype.kind == "U" else value.dtype.name}
    if isinstance(value, dict):
        return {"columns": {key: _data(one) for key, one in value.items()}}
    return {"batches": [_data(one) for one in value]}


def read(kept):
    """Return what `_data` kept."""
    if "columns" in kept:
        return {key: read(one) for key, one in kept["columns"].items()}
    if "batches" in kept:
        return [read(one) for one in kept["batches"]]
    return np.array(kept["values"], kept["dtype"])


def _case(name, arguments, *called, adapt=None, label="", **more):
    told = ",".join(f"{key}={value}" for key, value in arguments.items())
    how = "" if adapt is None else " adapted to batches" if isinstance(adapt, list) else " adapted"
    return {
        "id": f"{name}({told}){how}{label}",
        "name": name, "arguments": arguments,
        "adapt": None if adapt is None else _data(adapt),
        "called": [_data(one) for one in called], **more,
    }  # fmt: skip


def _numbers(rng):
    table, row = rng.integers(-4, 12, (5, 3)), rng.integers(-4, 12, 6)
    column, cube = rng.integers(0, 12, (4, 1)), rng.integers(0, 12, (2, 3, 2))
    terms = [7, 3, 11, 5]
    cases = []
    for arguments in [
        {}, {"num_oov_indices": 2}, {"num_oov_indices": 3, "mask_token": 0}, {"mask_token": 0},
        {"num_oov_indices": 3, "oov_method": "farmhash"}, {"num_oov_indices": 3, "oov_method": "farmhash", "salt": 9},
        {"num_oov_indices": 4, "oov_method": "farmhash", "salt": [1, 2], "mask_token": -1},
    ]:  # fmt: skip
        cases.append(_case("IntegerLookup", {"vocabulary": terms, **arguments}, table, row, column, cube))
        cases += [
            _case("IntegerLookup", {"vocabulary": terms, **arguments, "output_mode": mode}, table, row, column)
            for mode in ("one_hot", "multi_hot", "count")
        ]
    cases += [
        _case("IntegerLookup", {"vocabulary": terms, "output_mode": "multi_hot"}, cube),
        _case("IntegerLookup", {"vocabulary": terms, "output_mode": "one_hot"}, cube),
        _case("IntegerLookup", {"vocabulary": terms, "output_mode": "count", "max_tokens": 9,
                                "pad_to_max_tokens": True}, table),
        _case("IntegerLookup", {"vocabulary": terms, "num_oov_indices": 0}, np.array([[7, 5], [11, 3]])),
        _case("IntegerLookup", {"vocabulary": terms, "num_oov_indices": 0, "mask_token": 1},
              np.array([[7, 1], [11, 3]])),
        _case("IntegerLookup", {"vocabulary": [-1, 7, 3]}, table),
        _case("IntegerLookup", {"vocabulary": terms, "invert": True}, np.array([[0, 1, 4], [3, 9, 2]])),
        _case("IntegerLookup", {"vocabulary": terms, "invert": True, "mask_token": 0, "num_oov_indices": 2},
              np.array([[0, 1, 4], [3, 6, 2]])),
        _case("IntegerLookup", {"vocabulary": terms, "output_mode": "tf_idf", "idf_weights": [0.2, 0.5, 0.7, 0.1]},
              table, row),
        _case("IntegerLookup", {"vocabulary": [-1, *terms], "output_mode": "tf_idf", "max_tokens": 8,
                                "idf_weights": [0.9, 0.2, 0.5, 0.7, 0.1], "pad_to_max_tokens": True}, table),
    ]  # fmt: skip
    batches = [rng.integers(0, 8, (4, 3)), rng.integers(0, 8, (2, 3)), rng.integers(5, 9, 5)]
    for arguments in [{}, {"max_tokens": 5}, {"mask_token": 0, "num_oov_indices": 2}, {"output_mode": "count"},
                      {"output_mode": "tf_idf"}, {"output_mode": "tf_idf", "num_oov_indices": 2, "max_tokens": 6},
                      {"output_mode": "tf_idf", "max_tokens": 20, "pad_to_max_tokens": True},
                      {"output_mode": "multi_hot", "max_tokens": 12, "pad_to_max_tokens": True}]:  # fmt: skip
        cases += [_case("IntegerLookup", arguments, table, adapt=one) for one in (batches[0], row, batches)]
    return cases


def _texts(rng):
    words = ["a", "bb", "é", "日本", "", "the long word of 24 bytes", "x" * 40, "y" * 70, "z" * 200, "[UNK]", "c"]
    words = np.array(words)
    table, row, column = (words[rng.integers(0, len(words), shape)] for shape in ((6, 3), 7, (4, 1)))
    terms = ["bb", "c", "日本", "zz"]
    cases = []
    for arguments in [{}, {"num_oov_indices": 3}, {"mask_token": ""},
                      {"num_oov_indices": 3, "mask_token": "", "salt": 5},
                      {"num_oov_indices": 5, "salt": [3, 4]}]:  # fmt: skip
        cases += [
            _case("StringLookup", {"vocabulary": terms, **arguments, "output_mode": mode}, table, row, column)
            for mode in ("int", "one_hot", "multi_hot", "count")
        ]
    cases += [
        _case("StringLookup", {"vocabulary": terms, "invert": True}, np.array([[0, 1, 4], [3, 9, 2]])),
        _case("StringLookup", {"vocabulary": terms, "invert": True, "mask_token": "", "oov_token": "?"},
              np.array([[0, 1, 4], [3, 5, 2]])),
        _case("StringLookup", {"vocabulary": ["", "[UNK]", "c", "a"], "mask_token": ""}, table),
        _case("StringLookup", {"vocabulary": terms, "output_mode": "tf_idf", "idf_weights": [0.2, 0.5, 0.7, 0.1]},
              table),
    ]  # fmt: skip
    batches = [words[rng.integers(0, len(words), shape)] for shape in ((4, 3), (2, 5), 6)]
    for arguments in [{}, {"max_tokens": 4}, {"mask_token": "", "num_oov_indices": 2}, {"output_mode": "multi_hot"},
                      {"output_mode": "tf_idf"}, {"output_mode": "tf_idf", "num_oov_indices": 3}]:  # fmt: skip
        cases += [_case("StringLookup", arguments, table, adapt=one) for one in (batches[0], row, batches)]
    values = [words[:, None], table, row, rng.integers(-(2**40), 2**40, (6, 2))]
    for arguments in [{"num_bins": 3}, {"num_bins": 1000}, {"num_bins": 1000, "salt": 133}, {"num_bins": 1},
                      {"num_bins": 7, "salt": [133, 137]}, {"num_bins": 2**31 - 1}]:  # fmt: skip
        cases.append(_case("Hashing", arguments, *values, rng.normal(0, 50, (4, 2)).astype("float32")))
    for mode in ("one_hot", "multi_hot", "count"):
        cases.append(_case("Hashing", {"num_bins": 5, "output_mode": mode}, table, row, column))
        cases.append(_case("Hashing", {"num_bins": 5, "output_mode": mode, "mask_value": "", "salt": 3}, table))
    cases += [
        _case("Hashing", {"num_bins": 5, "mask_value": ""}, table), _case("Hashing", {"num_bins": 5, "mask_value": 3},
              rng.integers(0, 5, (5, 2))), _case("Hashing", {"num_bins": 1, "mask_value": ""}, table),
    ]  # fmt: skip
    first, second, third = rng.integers(-9, 99, 6), words[rng.integers(0, len(words), 6)], rng.integers(0, 3, 6)
    for arguments in ({"num_bins": 5}, {"num_bins": 10_000}, {"num_bins": 6, "output_mode": "one_hot"}):
        for columns in ([first, third], [second, first], [first, second, third]):
            cases.append(_case("HashedCrossing", arguments, columns))
            cases.append(_case("HashedCrossing", arguments, [one[:, None] for one in columns], label=" columns"))
    return cases


def _measures(rng):
    few, many = (one.round(3).astype("float32") for one in (rng.normal(size=(7, 3)), rng.gamma(2.0, size=(130, 3))))
    batches = [rng.normal(size=(n, 2)).round(3).astype("float32") for n in (40, 1, 70, 23)]
    cases = [
        _case("Discretization", arguments, few, adapt=data)
        for arguments in ({"num_bins": 4}, {"num_bins": 1}, {"num_bins": 10, "epsilon": 0.05},
                          {"num_bins": 7, "epsilon": 0.3},
                          {"num_bins": 5, "output_mode": "one_hot"}, {"num_bins": 5, "output_mode": "multi_hot"},
                          {"num_bins": 5, "output_mode": "count", "epsilon": 0.001})
        for data in (few, many, batches)
    ]  # fmt: skip
    whole, cube = rng.integers(0, 255, (30, 3)), rng.normal(2.0, 3.0, (8, 3, 2)).astype("float32")
    for arguments, data, x in [
        ({}, few, few), ({}, whole, few), ({"axis": None}, many, few), ({"invert": True}, many, few),
        ({"axis": 1}, cube, cube), ({"axis": [1, 2]}, cube, cube), ({"axis": -2}, cube, cube), ({}, cube, cube),
        ({}, batches, few[:, :2]), ({"axis": None}, batches, few), ({"axis": None, "invert": True}, batches, few),
        ({"axis": (1,)}, [(one, one[:, 0]) for one in batches], few[:, :2]),
    ]:  # fmt: skip
        data = [part[0] for part in data] if isinstance(data, list) and isinstance(data[0], tuple) else data
        cases.append(_case("Normalization", arguments, x, adapt=data))
    return cases


def _spaces(rng):
    count = 45
    table = {
        "age": rng.integers(18, 80, count), "income": rng.normal(30, 9, count).round(2).astype("float32"),
        "color": np.array(["red", "green", "blue"])[rng.integers(0, 3, count)],
        "city": np.array([f"city {one}" for one in rng.integers(0, 9, count)]),
        "code": rng.integers(0, 500, count), "score": rng.uniform(0, 1, count).round(3).astype("float32"),
    }  # fmt: skip
    seen = {key: one[:8] for key, one in table.items()}
    kinds = {"age": "integer_categorical", "income": "float_normalized", "color": "string_categorical",
             "city": "string_hashed", "code": "integer_hashed", "score": "float_discretized"}  # fmt: skip
    spaces = [
        {"features": {"income": "float", "score": "float_rescaled"}},
        {"features": {"income": "float_normalized", "score": "float_normalized"}, "output_mode": "dict"},
        {"features": kinds}, {"features": kinds, "output_mode": "dict"},
        {"features": kinds, "hashing_dim": 5, "num_discretization_bins": 4, "crosses": [["color", "city"]]},
        {"features": kinds, "crosses": [["color", "age"], ["age", "code"]], "crossing_dim": 7},
        {"features": {
            "age": ["integer_categorical", {"max_tokens": 10, "num_oov_indices": 2}],
            "color": ["string_categorical", {"max_tokens": 3}], "score": ["float_discretized", {"num_bins": 6}],
            "income": ["float_rescaled", {"scale": 0.1, "offset": -3.0}], "code": ["integer_hashed", {"num_bins": 4}],
            "city": ["string_hashed", {"num_bins": 6}]}},
        {"features": {
            "age": ["integer_categorical", {"output_mode": "int"}],
            "city": ["string_hashed", {"num_bins": 6, "output_mode": "int"}],
            "score": ["float_discretized", {"num_bins": 3, "output_mode": "int"}]}, "output_mode": "dict",
         "crosses": [["age", "city"]]},
    ]  # fmt: skip
    cases = []
    for arguments in spaces:
        used = list(arguments["features"])
        data, x = {key: table[key] for key in used}, {key: seen[key] for key in used}
        batches = [{key: table[key][start : start + 15] for key in used} for start in (0, 15, 30)]
        one = {key: seen[key][3] for key in used}
        cases.append(_case("FeatureSpace", arguments, x, {key: np.array(v) for key, v in one.items()}, adapt=data))
        cases.append(_case("FeatureSpace", arguments, x, adapt=batches))
    # more rows than a sketch keeps, so that in how many parts they come matters
    long = {"score": rng.gamma(2.0, size=150).round(2).astype("float32")}
    bins = {"features": {"score": ["float_discretized", {"num_bins": 40, "output_mode": "int"}]}, "output_mode": "dict"}
    return [*cases, _case("FeatureSpace", bins, long, adapt=long, label=" long")]


def cases():
    """Return all cases."""
    rng = np.random.default_rng(30)
    return [*_numbers(rng), *_texts(rng), *_measures(rng), *_spaces(rng)]


def recorded():
    """Return the cases with Keras's answers."""
    return json.loads(FILE.read_text())["cases"]


# --- how a case is answered ---


def made(root, space, case):
    """Return the layer of a case, from a library's layers and its feature space."""
    arguments = dict(case["arguments"])
    if case["name"] != "FeatureSpace":
        return getattr(root.layers, case["name"])(**arguments)
    arguments["features"] = {
        key: getattr(space, kind[0])(**kind[1], name=key) if isinstance(kind, list) else kind
        for key, kind in arguments["features"].items()
    }
    return space(**arguments)


def answer(root, space, case, batched=lambda batches: batches, whole=np.asarray):
    """Return a library's answer: outputs, one after the other, and what was learned.

    Args:
        root: the library.
        space: its class of feature spaces.
        case: the case.
        batched: makes of a list of batches what the library takes.
        whole: makes of an output an array.
    """
    layer = made(root, space, case)
    if case["adapt"] is not None:
        data = read(case["adapt"])
        layer.adapt(batched(data) if isinstance(data, list) else data)
    outputs = []
    for one in case["called"]:
        found = layer(read(one))
        outputs += [whole(found[key]) for key in sorted(found)] if isinstance(found, dict) else [whole(found)]
    return {"outputs": outputs, **learned(layer)}


def learned(layer):
    """Return what a layer knows from data or was told."""
    found = {}
    if hasattr(layer, "get_vocabulary"):
        terms = [one if isinstance(one, str) or one is None else int(one) for one in layer.get_vocabulary()]
        found = {"vocabulary": terms, "size": int(layer.vocabulary_size())}
    if getattr(layer, "bin_boundaries", None) is not None:
        found["bounds"] = [float(one) for one in layer.bin_boundaries]
    if getattr(layer, "adapt_mean", None) is not None:
        found["mean"] = np.asarray(layer.adapt_mean).ravel().tolist()
        found["variance"] = np.asarray(layer.adapt_variance).ravel().tolist()
    return found


def compare(case, got, expected):
    """Compare answers; the numbers are shown where they differ."""
    assert set(got) == set(expected), case["id"]
    assert len(got["outputs"]) == len(expected["outputs"]), case["id"]
    for index, (one, wanted) in enumerate(zip(got["outputs"], expected["outputs"], strict=True)):
        same(f"{case['id']}, output {index}", one, np.asarray(wanted))
    for key in set(expected) - {"outputs"}:
        same(f"{case['id']}: {key}", np.asarray(got[key]), np.asarray(expected[key]))


def same(where, one, wanted):
    """Compare two arrays of numbers or of texts."""
    assert one.shape == wanted.shape, f"{where}: {one.shape}, expected {wanted.shape}"
    if one.dtype.kind in "UO":
        np.testing.assert_array_equal(one.astype(str), wanted.astype(str), err_msg=where)
    else:
        np.testing.assert_allclose(one.astype("float64"), wanted.astype("float64"), rtol=1e-5, atol=1e-6, err_msg=where)
