"""Preprocessing layers given tables, generators, bytes and lists, against pandas, scikit-learn and NumPy."""

import numpy as np
import pytest

import onionskin
from onionskin import Input, layers
from onionskin.layers.preprocessing import FeatureSpace, discretization

pandas = pytest.importorskip("pandas", reason="pandas is not installed")
RNG = np.random.default_rng(50)
FRAME = pandas.DataFrame({
    "age": RNG.integers(18, 80, 60), "height": RNG.normal(170, 10, 60),
    "color": RNG.choice(["red", "green", "blue"], 60),
})  # fmt: skip


def test_statistics_of_a_table_are_those_of_scikit_learn():
    preprocessing = pytest.importorskip("sklearn.preprocessing", reason="scikit-learn is not installed")
    table = FRAME[["age", "height"]]
    layer = layers.Normalization()
    layer.adapt(table)
    wanted = preprocessing.StandardScaler().fit_transform(table)
    np.testing.assert_allclose(layer(table.to_numpy("float32")), wanted, rtol=1e-4, atol=1e-5)
    other = layers.Normalization()
    other.adapt(part.to_numpy() for part in (table[:7], table[7:8], table[8:]))
    np.testing.assert_allclose(other.mean, layer.mean, rtol=1e-6)
    np.testing.assert_allclose(other.variance, layer.variance, rtol=1e-6)
    back = layers.Normalization(invert=True, mean=layer.mean.ravel(), variance=layer.variance.ravel())
    np.testing.assert_allclose(back(layer(table.to_numpy("float32"))), table, rtol=1e-5)


def test_statistics_of_large_numbers_keep_their_digits():
    """A mean of 10⁶ with a deviation of 1: float32 sums would lose it."""
    x = (RNG.normal(size=(1000, 1)) + 1e6).astype("float64")
    layer = layers.Normalization(dtype="float64")
    layer.adapt(x[start : start + 10] for start in range(0, 1000, 10))
    np.testing.assert_allclose(layer.variance.ravel(), x.var(0), rtol=1e-7)


def test_bounds_are_quantiles():
    """The sketch is within its precision of the true quantiles, however the data came."""
    x = RNG.gamma(2.0, size=20_000)
    for data in (x, iter(np.array_split(x, 37))):
        layer = layers.Discretization(num_bins=10, epsilon=0.001)
        layer.adapt(data)
        shares = np.searchsorted(np.sort(x), layer.bin_boundaries) / x.size
        np.testing.assert_allclose(shares, np.arange(1, 10) / 10, atol=0.005)
        counts = np.bincount(np.asarray(layer(x)), minlength=10)
        np.testing.assert_allclose(counts / x.size, 0.1, atol=0.01)


def test_a_summary_stands_for_all_values():
    for count in (1, 7, 99, 100, 1000):
        summary = discretization._summary(RNG.normal(size=count), 0.01)
        np.testing.assert_allclose(summary[1].sum(), count, rtol=0.11)


def test_vocabularies_of_a_column():
    layer = layers.StringLookup()
    layer.adapt(FRAME["color"])
    counts = FRAME["color"].value_counts()
    wanted = sorted(counts.index, key=lambda term: (counts[term], term), reverse=True)
    assert layer.get_vocabulary() == ["[UNK]", *wanted]
    codes = np.asarray(layer(FRAME["color"]))
    np.testing.assert_array_equal(np.array(layer.get_vocabulary())[codes], FRAME["color"])
    back = layers.StringLookup(vocabulary=layer.get_vocabulary(), invert=True)
    np.testing.assert_array_equal(back(codes), FRAME["color"])
    categories = FRAME["color"].astype("category")
    np.testing.assert_array_equal(layer(categories), codes)
    np.testing.assert_array_equal(layer(np.array(FRAME["color"], "S")), codes)
    np.testing.assert_array_equal(layer([one.encode() for one in FRAME["color"]]), codes)


def test_term_weights_are_those_of_counting_by_hand():
    documents = np.array([["a", "b", "b"], ["b", "c", "b"], ["a", "a", "d"]])
    layer = layers.StringLookup(output_mode="tf_idf")
    layer.adapt(documents)
    out = np.asarray(layer(documents))
    for place, term in enumerate(layer.get_vocabulary()[1:], 1):
        seen = (documents == term).any(1).sum()
        np.testing.assert_allclose(out[:, place], (documents == term).sum(1) * np.log(1 + 3 / (1 + seen)), rtol=1e-6)


def test_a_feature_space_of_a_table_trains_a_model():
    space = FeatureSpace({"age": "float_normalized", "height": "float_discretized", "color": "string_categorical"},
                         crosses=[("color", "height")], crossing_dim=8)  # fmt: skip
    space.adapt(FRAME)
    x = space(FRAME)
    encoded = space.get_encoded_features()
    assert encoded.shape == (None, x.shape[1])
    model = onionskin.Model(encoded, layers.Dense(1, "sigmoid")(encoded))
    model.compile("adam", "binary_crossentropy")
    history = model.fit(x, (FRAME["color"] == "red").to_numpy("float32"), epochs=5, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]
    np.testing.assert_array_equal(space({key: FRAME[key][3] for key in FRAME}), x[3])


def test_a_feature_space_of_numbers_is_part_of_a_model():
    space = FeatureSpace({"age": "integer_categorical", "height": "float_normalized"}, output_mode="dict")
    data = {key: FRAME[key].to_numpy() for key in ("age", "height")}
    space.adapt([{key: one[:30] for key, one in data.items()}, {key: one[30:] for key, one in data.items()}])
    model = onionskin.Model(space.get_inputs(), space.get_encoded_features())
    out, wanted = model({key: one[:, None] for key, one in data.items()}), space(data)
    for key in wanted:
        np.testing.assert_allclose(out[key], wanted[key], rtol=1e-6)
    assert space.get_encoded_features() is space.get_encoded_features()


def test_what_was_learned_survives_a_file(tmp_path):
    lookup, bins, scale = (
        layers.IntegerLookup(output_mode="multi_hot"),
        layers.Discretization(num_bins=4),
        layers.Normalization(),
    )
    lookup.adapt(np.array([3, 3, 9, 4]))
    bins.adapt(FRAME["height"].to_numpy())
    scale.adapt(FRAME[["age", "height"]])
    a, b, c = Input((3,), dtype="int64", name="a"), Input((1,), name="b"), Input((2,), name="c")
    model = onionskin.Model([a, b, c], [lookup(a), bins(b), scale(c)])
    data = [np.array([[3, 9, 7]]), np.array([[171.0]], "float32"), np.array([[30, 170.0]], "float32")]
    model.save(tmp_path / "m.onionskin")
    back = onionskin.models.load_model(tmp_path / "m.onionskin")
    for got, wanted in zip(back.predict(data, verbose=0), model.predict(data, verbose=0), strict=True):
        np.testing.assert_array_equal(got, wanted)
