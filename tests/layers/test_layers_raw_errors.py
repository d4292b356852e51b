"""The words in which the layers that normalise, draw noise and prepare columns refuse what makes no sense."""

import numpy as np
import pytest

import onionskin
from onionskin import Input, layers
from onionskin.base.errors import OnionskinError
from onionskin.layers.preprocessing import FeatureSpace
from onionskin.layers.preprocessing.features import Cross, Feature

X = np.ones((2, 3), "float32")
TABLE = {"a": [1.0, 2.0], "s": ["x", "y"]}


def _built(layer, shape):
    layer.build(shape)
    return layer


def _adapted(layer, data):
    layer.adapt(data)
    return layer


def _space(**more):
    return FeatureSpace({"a": "float", "s": "string_categorical"}, name="f", **more)


CASES = {
    "synchronized": lambda: layers.BatchNormalization(synchronized=True, name="b"),
    "batch axis": lambda: layers.BatchNormalization(axis=[1], name="b"),
    "no such axis": lambda: layers.BatchNormalization(axis=5, name="b")(X),
    "unknown channels": lambda: layers.BatchNormalization(name="b")(Input((None,))),
    "other channels": lambda: _built(layers.BatchNormalization(name="b"), (None, 4))(X),
    "mask axes": lambda: layers.BatchNormalization(name="b")(X, mask=np.ones((2, 3))),
    "renorm bound": lambda: layers.BatchNormalization(renorm=True, renorm_clipping={"max": 1}, name="b"),
    "renorm order": lambda: layers.BatchNormalization(renorm=True, renorm_clipping={"rmax": 1, "rmin": 2}, name="b"),
    "layer axis": lambda: layers.LayerNormalization(axis="last", name="l"),
    "rms axis": lambda: layers.RMSNormalization(axis=[], name="r"),
    "unit axis": lambda: layers.UnitNormalization(axis=1.5, name="u"),
    "groups": lambda: layers.GroupNormalization(0, name="g"),
    "groups and channels": lambda: layers.GroupNormalization(2, name="g")(X),
    "power": lambda: layers.SpectralNormalization(layers.Dense(2), power_iterations=0, name="s"),
    "no kernel": lambda: layers.SpectralNormalization(layers.Flatten(name="flat"), name="s")(X),
    "rate": lambda: layers.Dropout(1.5, name="d"),
    "noise_shape": lambda: layers.Dropout(0.5, noise_shape=(0, 1), name="d"),
    "data_format": lambda: layers.SpatialDropout2D(0.5, data_format="last", name="d"),
    "spatial axes": lambda: layers.SpatialDropout2D(0.5, data_format="channels_first", name="d")(X),
    "stddev": lambda: layers.GaussianNoise(2, name="n"),
    "rate of 1": lambda: layers.GaussianDropout(1.0, name="n"),
    "tokens": lambda: layers.CategoryEncoding(name="c"),
    "mode": lambda: layers.CategoryEncoding(3, output_mode="int", name="c"),
    "sparse": lambda: layers.CategoryEncoding(3, sparse=True, name="c"),
    "weights of a count": lambda: layers.CategoryEncoding(3, name="c")([[1]], count_weights=[[1.0]]),
    "no category": lambda: layers.CategoryEncoding(3, name="c")([[1, 3]]),
    "bins twice": lambda: layers.Discretization([0.0], 3, name="d"),
    "bins": lambda: layers.Discretization(num_bins=0, name="d"),
    "epsilon": lambda: layers.Discretization(num_bins=2, epsilon=0, name="d"),
    "falling bounds": lambda: layers.Discretization([1.0, 0.0], name="d"),
    "bounds given": lambda: layers.Discretization([1.0], name="d").adapt(X),
    "bounds not known": lambda: layers.Discretization(num_bins=2, name="d")(X),
    "no batch": lambda: layers.Discretization(num_bins=2, name="d").adapt(iter([])),
    "no data": lambda: layers.Discretization(num_bins=2, name="d").adapt(None),
    "steps": lambda: layers.Discretization(num_bins=2, name="d").adapt(X, steps=1),
    "mean alone": lambda: layers.Normalization(mean=1.0, name="n"),
    "mean and variance": lambda: layers.Normalization(mean=[1.0], variance=[1.0, 2.0], name="n"),
    "mean that does not fit": lambda: layers.Normalization(mean=[1.0, 2.0], variance=[1.0, 2.0], name="n")(X),
    "mean given": lambda: layers.Normalization(mean=1.0, variance=1.0, name="n").adapt(X),
    "statistics of text": lambda: layers.Normalization(name="n").adapt(np.array([["a"]])),
    "other features": lambda: _built(layers.Normalization(name="n"), (None, 4)).adapt(X),
    "hashed bins": lambda: layers.Hashing(0, name="h"),
    "hashed dtype": lambda: layers.Hashing(3, dtype="float32", name="h"),
    "salt": lambda: layers.Hashing(3, salt="a", name="h"),
    "hash in a model": lambda: layers.Hashing(3, name="h")(Input((1,), dtype="int32")),
    "cross of one": lambda: layers.HashedCrossing(3, name="x")([X]),
    "cross of shapes": lambda: layers.HashedCrossing(3, name="x")([[1, 2], [1]]),
    "cross of measures": lambda: layers.HashedCrossing(3, name="x")([X[0], X[0]]),
    "max_tokens": lambda: layers.IntegerLookup(max_tokens=1, name="i"),
    "pad": lambda: layers.IntegerLookup(pad_to_max_tokens=True, name="i"),
    "oov": lambda: layers.IntegerLookup(num_oov_indices=-1, name="i"),
    "oov_method": lambda: layers.IntegerLookup(oov_method="md5", name="i"),
    "salt without hash": lambda: layers.IntegerLookup(salt=3, name="i"),
    "dtype of terms": lambda: layers.IntegerLookup(vocabulary_dtype="int32", name="i"),
    "inverted vectors": lambda: layers.IntegerLookup(invert=True, output_mode="count", name="i"),
    "idf": lambda: layers.IntegerLookup(idf_weights=[1.0], name="i"),
    "idf missing": lambda: layers.IntegerLookup(vocabulary=[1], output_mode="tf_idf", name="i"),
    "idf count": lambda: layers.IntegerLookup(vocabulary=[1, 2], output_mode="tf_idf", idf_weights=[1.0], name="i"),
    "empty": lambda: layers.IntegerLookup(vocabulary=[], name="i"),
    "twice": lambda: layers.StringLookup(vocabulary=["a", "b", "a"], name="i"),
    "special": lambda: layers.StringLookup(vocabulary=["a", ""], mask_token="", name="i"),
    "too many": lambda: layers.StringLookup(vocabulary=["a", "b"], max_tokens=2, name="i"),
    "no file": lambda: layers.StringLookup(vocabulary="/nowhere/terms.txt", name="i"),
    "file in a configuration": lambda: layers.StringLookup.from_config({"vocabulary": "/etc/passwd"}),
    "vocabulary given": lambda: layers.StringLookup(vocabulary=["a"], name="i").adapt(["b"]),
    "vocabulary not known": lambda: layers.StringLookup(output_mode="count", name="i")(["b"]),
    "no number left": lambda: layers.StringLookup(vocabulary=["a"], num_oov_indices=0, name="i")(["b", "a"]),
    "no check in a model": lambda: layers.IntegerLookup(vocabulary=[1], num_oov_indices=0, name="i")(
        Input((1,), dtype="int32")
    ),
    "text in a model": lambda: layers.StringLookup(vocabulary=["a"], name="i")(Input((1,))),
    "numbers as text": lambda: layers.StringLookup(vocabulary=["a"], name="i")([1, 2]),
    "missing text": lambda: layers.StringLookup(vocabulary=["a"], name="i")(np.array(["a", None], object)),
    "text as numbers": lambda: layers.IntegerLookup(vocabulary=[1], name="i")(["a"]),
    "no features": lambda: FeatureSpace({}, name="f"),
    "mode of a space": lambda: _space(output_mode="list"),
    "kind": lambda: FeatureSpace({"a": "int"}, name="f"),
    "cross of strangers": lambda: _space(crosses=[("a", "b")]),
    "mode of a feature": lambda: Feature("float32", layers.Rescaling(1), "count"),
    "mode of a cross": lambda: Cross(("a", "s"), 4, "float"),
    "not learned": lambda: _space()(TABLE),
    "no column": lambda: _space().adapt({"a": [1.0]}),
    "no dictionary": lambda: _space().adapt(3),
    "call on no dictionary": lambda: _adapted(_space(), TABLE)(X),
    "other columns": lambda: _adapted(_space(), TABLE)({"a": [1.0]}),
    "a space of text in a model": lambda: _adapted(_space(), TABLE).get_inputs(),
    "categories among measures": lambda: _adapted(
        FeatureSpace({"s": FeatureSpace.string_categorical(output_mode="int", name="s")}, name="f"), TABLE
    )({"s": ["x"]}),
    "one-hot of measures": lambda: FeatureSpace(
        {"a": FeatureSpace.feature("float32", layers.Rescaling(1.0), "one_hot")}, name="f"
    )({"a": [1.0]}),
    "unknown number of categories": lambda: FeatureSpace(
        {"a": FeatureSpace.feature("int32", layers.Identity(dtype="int32"), "one_hot")}, name="f"
    )({"a": [1]}),
    "a malformed feature": lambda: FeatureSpace({"a": {"class_name": "Dense", "config": {}}}, name="f"),
    "a feature of other settings": lambda: FeatureSpace({"a": {"class_name": "Feature", "config": {"x": 1}}}, name="f"),
}  # fmt: skip


def words(case):
    """Return the words of the error of a case."""
    with pytest.raises(OnionskinError) as caught:
        CASES[case]()
    return f"{type(caught.value).__name__}: {caught.value}"


EXPECTED = {
    "synchronized": (
        "ArgumentError: BatchNormalization 'b': statistics synchronized over several replicas are not supported.\n"
        "  given:    synchronized=True\n"
        "  to fix:   leave synchronized out: there is one replica"
    ),
    "batch axis": (
        "ArgumentError: BatchNormalization 'b': an axis is a whole number.\n"
        "  expected: such as -1\n"
        "  given:    axis=[1]"
    ),
    "no such axis": (
        "ShapeError: layer 'b' (BatchNormalization): BatchNormalization was given an axis that the "
        "input does not have.\n"
        "  expected: -2 <= axis < 2 for 2 axes\n"
        "  given:    axis=5, input of shape (2, 3)"
    ),
    "unknown channels": (
        "ShapeError: layer 'b' (BatchNormalization): BatchNormalization needs to know the size of the "
        "axis that it has weights for.\n"
        "  given:    axis=-1, input of shape (None, None)\n"
        "  to fix:   give each sample a shape: Input(shape=…)"
    ),
    "other channels": (
        "ShapeError: layer 'b' (BatchNormalization): the input does not fit the weights.\n"
        "  expected: 2 axes, 4 along axis -1\n"
        "  given:    shape (2, 3)"
    ),
    "mask axes": (
        "ShapeError: layer 'b' (BatchNormalization): the mask has one axis less than the input.\n"
        "  expected: a mask of shape (2,)\n"
        "  given:    shape (2, 3)"
    ),
    "renorm bound": (
        "ArgumentError: BatchNormalization 'b': renorm_clipping has no such bound.\n"
        "  expected: rmax, rmin, dmax\n"
        "  given:    max"
    ),
    "renorm order": (
        "ArgumentError: BatchNormalization 'b': the bounds of renorm_clipping contradict each other.\n"
        "  expected: rmin <= rmax and dmax >= 0\n"
        "  given:    rmin=2, rmax=1, dmax=None"
    ),
    "layer axis": (
        "ArgumentError: LayerNormalization 'l': an axis is a whole number.\n"
        "  expected: such as -1, or a list of axes\n"
        "  given:    axis='last'"
    ),
    "rms axis": (
        "ArgumentError: RMSNormalization 'r': an axis is a whole number.\n"
        "  expected: such as -1, or a list of axes\n"
        "  given:    axis=[]"
    ),
    "unit axis": (
        "ArgumentError: UnitNormalization 'u': an axis is a whole number.\n"
        "  expected: such as -1, or a list of axes\n"
        "  given:    axis=1.5"
    ),
    "groups": (
        "ArgumentError: GroupNormalization 'g': groups is a positive whole number, or -1 for one channel in each.\n"
        "  given:    groups=0"
    ),
    "groups and channels": (
        "ShapeError: layer 'g' (GroupNormalization): the channels cannot be divided into these groups.\n"
        "  expected: a number of channels that the number of groups divides, on another axis than the batch\n"
        "  given:    2 groups, 3 channels, axis -1"
    ),
    "power": (
        "ArgumentError: SpectralNormalization 's': power_iterations is a positive whole number.\n"
        "  given:    power_iterations=0"
    ),
    "no kernel": (
        "ArgumentError: layer 's' (SpectralNormalization): the layer inside has nothing whose spectral "
        "norm could be brought to 1.\n"
        "  expected: a layer with a kernel, or an Embedding\n"
        "  given:    Flatten 'flat'"
    ),
    "rate": ("ArgumentError: Dropout 'd': the rate is a share.\n  expected: 0 <= rate <= 1\n  given:    1.5"),
    "noise_shape": (
        "ArgumentError: Dropout 'd': noise_shape is a shape: positive whole numbers, None where the "
        "size is the input's.\n"
        "  given:    (0, 1)"
    ),
    "data_format": (
        "ArgumentError: SpatialDropout2D 'd': there is no such data_format.\n"
        "  expected: 'channels_last' or 'channels_first'\n"
        "  given:    'last'"
    ),
    "spatial axes": (
        "ShapeError: layer 'd' (SpatialDropout2D): the input has another number of axes than such maps have.\n"
        "  expected: shape (batch, channels, size 1, size 2)\n"
        "  given:    shape (2, 3)"
    ),
    "stddev": (
        "ArgumentError: GaussianNoise 'n': the standard deviation of the noise is a number from 0 to 1.\n"
        "  given:    stddev=2"
    ),
    "rate of 1": (
        "ArgumentError: GaussianDropout 'n': the rate is below 1.\n  expected: 0 <= rate < 1\n  given:    1.0"
    ),
    "tokens": (
        "ArgumentError: CategoryEncoding 'c': num_tokens is a positive whole number.\n"
        "  given:    num_tokens=None\n"
        "  to fix:   use IntegerLookup where the categories are not known beforehand"
    ),
    "mode": (
        "ArgumentError: CategoryEncoding 'c': there is no such output_mode.\n"
        "  expected: 'one_hot', 'multi_hot', 'count'\n"
        "  given:    'int'"
    ),
    "sparse": (
        "ArgumentError: CategoryEncoding 'c': sparse tensors are not supported.\n"
        "  given:    sparse=True\n"
        "  to fix:   leave sparse out"
    ),
    "weights of a count": (
        "ArgumentError: layer 'c' (CategoryEncoding): count_weights are for output_mode='count'.\n"
        "  given:    output_mode='multi_hot'"
    ),
    "no category": (
        "DataError: layer 'c' (CategoryEncoding): a number is none of the categories.\n"
        "  expected: 0 to 2\n"
        "  given:    3"
    ),
    "bins twice": (
        "ArgumentError: Discretization 'd': exactly one of bin_boundaries and num_bins is needed.\n"
        "  given:    bin_boundaries=[0.0], num_bins=3"
    ),
    "bins": ("ArgumentError: Discretization 'd': num_bins is a positive whole number.\n  given:    0"),
    "epsilon": ("ArgumentError: Discretization 'd': epsilon is a share.\n  expected: 0 < epsilon <= 1\n  given:    0"),
    "falling bounds": (
        "ArgumentError: Discretization 'd': bin_boundaries are numbers in rising order.\n  given:    [1.0, 0.0]"
    ),
    "bounds given": (
        "ArgumentError: Discretization 'd'.adapt: the bounds were given, and are not adapted.\n"
        "  to fix:   make the layer with num_bins instead"
    ),
    "bounds not known": (
        "NotBuiltError: layer 'd' (Discretization): the bounds of the bins are not known yet.\n"
        "  to fix:   call adapt(data) first, or give bin_boundaries"
    ),
    "no batch": (
        "DataError: Discretization 'd'.adapt: there is no batch to adapt to.\n  given:    an empty list_iterator"
    ),
    "no data": (
        "ArgumentError: Discretization 'd'.adapt: a layer is adapted to an array, a table or an "
        "iterable of batches.\n"
        "  given:    NoneType"
    ),
    "steps": (
        "ArgumentError: Discretization 'd'.adapt: steps is for iterables of batches.\n"
        "  given:    steps=1 with an array\n"
        "  to fix:   leave steps out, or pass data[:n]"
    ),
    "mean alone": (
        "ArgumentError: Normalization 'n': mean and variance are given together.\n  given:    mean=1.0, variance=None"
    ),
    "mean and variance": (
        "ArgumentError: Normalization 'n': mean and variance have one shape, of at most as many axes as are kept.\n"
        "  expected: at most 1 axes\n"
        "  given:    shapes (1,) and (2,)"
    ),
    "mean that does not fit": (
        "ShapeError: layer 'n' (Normalization): the mean and variance given do not fit the input.\n"
        "  expected: sizes (3,) along axes (1,)\n"
        "  given:    shape (2,)"
    ),
    "mean given": (
        "ArgumentError: Normalization 'n'.adapt: mean and variance were given, and are not adapted.\n"
        "  to fix:   leave mean and variance out"
    ),
    "statistics of text": (
        "DataError: Normalization 'n'.adapt: statistics are taken of numbers.\n  given:    dtype <U1"
    ),
    "other features": (
        "ShapeError: Normalization 'n'.adapt: the input does not fit the weights.\n"
        "  expected: 2 axes, 4 along axis 1\n"
        "  given:    shape (2, 3)"
    ),
    "hashed bins": ("ArgumentError: Hashing 'h': num_bins is a positive whole number.\n  given:    num_bins=0"),
    "hashed dtype": ("ArgumentError: Hashing 'h': numbers of bins are int32 or int64.\n  given:    dtype='float32'"),
    "salt": ("ArgumentError: Hashing 'h': a salt is one whole number, or two of them.\n  given:    salt='a'"),
    "hash in a model": (
        "GraphError: Hashing 'h': a hash cannot be part of a graph.\n"
        "  given:    a tensor of shape (None, 1)\n"
        "  to fix:   call the layer on arrays before they go into the model, and make the Input for what it returns"
    ),
    "cross of one": ("ArgumentError: HashedCrossing 'x': two or more columns are crossed.\n  given:    list"),
    "cross of shapes": (
        "ShapeError: HashedCrossing 'x': columns of one length are crossed.\n"
        "  expected: shapes (), (batch,) or (batch, 1), all the same\n"
        "  given:    (2,) and (1,)"
    ),
    "cross of measures": (
        "DTypeError: HashedCrossing 'x': texts and whole numbers are crossed.\n"
        "  given:    float numbers\n"
        "  to fix:   put them into bins"
    ),
    "max_tokens": ("ArgumentError: IntegerLookup 'i': max_tokens is a whole number above 1.\n  given:    max_tokens=1"),
    "pad": ("ArgumentError: IntegerLookup 'i': pad_to_max_tokens needs max_tokens.\n  given:    max_tokens=None"),
    "oov": (
        "ArgumentError: IntegerLookup 'i': num_oov_indices is a whole number from 0.\n  given:    num_oov_indices=-1"
    ),
    "oov_method": ("ArgumentError: IntegerLookup 'i': oov_method is 'floormod' or 'farmhash'.\n  given:    'md5'"),
    "salt without hash": (
        "ArgumentError: IntegerLookup: a salt is for hashing.\n"
        "  given:    oov_method='floormod'\n"
        "  to fix:   oov_method='farmhash'"
    ),
    "dtype of terms": ("ArgumentError: IntegerLookup: the terms are int64.\n  given:    vocabulary_dtype='int32'"),
    "inverted vectors": (
        "ArgumentError: IntegerLookup 'i': a vocabulary is inverted in output_mode='int'.\n"
        "  given:    output_mode='count'"
    ),
    "idf": (
        "ArgumentError: IntegerLookup 'i': idf_weights are for output_mode='tf_idf'.\n  given:    output_mode='int'"
    ),
    "idf missing": (
        "ArgumentError: IntegerLookup 'i'.set_vocabulary: weights come with the vocabulary where "
        "output_mode is 'tf_idf', and only there.\n"
        "  given:    output_mode='tf_idf', idf_weights=None"
    ),
    "idf count": (
        "ArgumentError: IntegerLookup 'i'.set_vocabulary: there is one weight for each term.\n"
        "  expected: shape (2,)\n"
        "  given:    shape (1,)"
    ),
    "empty": ("ArgumentError: IntegerLookup 'i'.set_vocabulary: a vocabulary is a list of terms.\n  given:    none"),
    "twice": ("ArgumentError: StringLookup 'i'.set_vocabulary: a term is in the vocabulary twice.\n  given:    'a'"),
    "special": (
        "ArgumentError: StringLookup 'i'.set_vocabulary: a special term stands among the others.\n"
        "  expected: special terms left out, or all of them at the start: ['', '[UNK]']\n"
        "  given:    ''"
    ),
    "too many": (
        "ArgumentError: StringLookup 'i'.set_vocabulary: the vocabulary has more terms than max_tokens.\n"
        "  expected: at most 2, 1 special ones included\n"
        "  given:    3"
    ),
    "no file": (
        "ArgumentError: StringLookup 'i'.set_vocabulary: the vocabulary's file cannot be read.\n"
        "  given:    /nowhere/terms.txt (FileNotFoundError)"
    ),
    "file in a configuration": (
        "FileFormatError: StringLookup: a configuration names a file for the vocabulary.\n"
        "  given:    '/etc/passwd'\n"
        "  to fix:   read the file yourself: set_vocabulary(path)"
    ),
    "vocabulary given": (
        "ArgumentError: StringLookup 'i'.adapt: the vocabulary was given, and is not learned.\n"
        "  to fix:   make the layer without vocabulary"
    ),
    "vocabulary not known": (
        "NotBuiltError: StringLookup 'i': the vocabulary is not known yet.\n"
        "  to fix:   call adapt(data) first, or give the vocabulary"
    ),
    "no number left": (
        "DataError: StringLookup 'i': a value is not in the vocabulary, and num_oov_indices=0 leaves no "
        "number for it.\n"
        "  given:    'b'\n"
        "  to fix:   use num_oov_indices=1"
    ),
    "no check in a model": (
        "ArgumentError: layer 'i' (IntegerLookup): whether every value is in the vocabulary cannot be "
        "checked inside a model.\n"
        "  given:    num_oov_indices=0\n"
        "  to fix:   use num_oov_indices=1, or call the layer on the arrays before they go into the model"
    ),
    "text in a model": (
        "GraphError: StringLookup 'i': texts cannot be part of a graph of numbers.\n"
        "  given:    a tensor of shape (None, 1)\n"
        "  to fix:   call the layer on arrays before they go into the model, and make the Input for what it returns"
    ),
    "numbers as text": (
        "DTypeError: StringLookup 'i': this is no text.\n"
        "  expected: str or bytes\n"
        "  given:    1\n"
        "  to fix:   use IntegerLookup"
    ),
    "missing text": (
        "DTypeError: StringLookup 'i': this is no text.\n"
        "  expected: str or bytes\n"
        "  given:    None\n"
        "  to fix:   give missing values a text of their own"
    ),
    "text as numbers": (
        "DTypeError: IntegerLookup 'i': these are no whole numbers.\n"
        "  given:    dtype <U1, such as 'a'\n"
        "  to fix:   use StringLookup for texts"
    ),
    "no features": ("ArgumentError: FeatureSpace 'f': a feature space has features.\n  given:    {}"),
    "mode of a space": (
        "ArgumentError: FeatureSpace 'f': there is no such output_mode.\n"
        "  expected: 'concat', 'dict'\n"
        "  given:    'list'"
    ),
    "kind": (
        "ArgumentError: FeatureSpace 'f': feature 'a' is of no known kind.\n"
        "  expected: float, float_normalized, float_rescaled, integer_categorical, string_categorical, "
        "float_discretized, integer_hashed, string_hashed\n"
        "  given:    'int'"
    ),
    "cross of strangers": (
        "ArgumentError: FeatureSpace 'f': a cross is of two or more features.\n  expected: a, s\n  given:    a, b"
    ),
    "mode of a feature": (
        "ArgumentError: Feature: there is no such output_mode.\n"
        "  expected: 'int', 'one_hot', 'float'\n"
        "  given:    'count'"
    ),
    "mode of a cross": (
        "ArgumentError: Cross: there is no such output_mode.\n  expected: 'int', 'one_hot'\n  given:    'float'"
    ),
    "not learned": (
        "NotBuiltError: FeatureSpace 'f': the features have not learned from data yet.\n"
        "  given:    feature 's'\n"
        "  to fix:   call adapt(data) first"
    ),
    "no column": ("DataError: FeatureSpace 'f'.adapt: a feature's column is missing.\n  expected: 's'\n  given:    a"),
    "no dictionary": (
        "ArgumentError: FeatureSpace 'f'.adapt: a feature space is adapted to a dictionary of columns.\n"
        "  expected: column → array or list, a table, or batches of such dictionaries\n"
        "  given:    int"
    ),
    "call on no dictionary": (
        "ArgumentError: FeatureSpace 'f': a feature space is called on a dictionary.\n  given:    ndarray"
    ),
    "other columns": (
        "DataError: FeatureSpace 'f': the columns are not those of the features.\n  expected: a, s\n  given:    a"
    ),
    "a space of text in a model": (
        "ArgumentError: FeatureSpace 'f': texts and hashes cannot be part of a model.\n"
        "  given:    the feature 's' (StringLookup)\n"
        "  to fix:   Model(inputs=space.get_encoded_features(), …), and space(data) for the data that it is given"
    ),
    "categories among measures": (
        "ArgumentError: feature 's': numbers of categories are not put into one vector with the other features.\n"
        "  given:    dtype int64\n"
        "  to fix:   use output_mode='one_hot' for the feature, or output_mode='dict' for the feature space"
    ),
    "one-hot of measures": (
        "ArgumentError: feature 'a': a one-hot feature is made of numbers of categories.\n"
        "  given:    dtype float32\n"
        "  to fix:   use output_mode='float', or a preprocessor that puts out whole numbers"
    ),
    "unknown number of categories": (
        "ArgumentError: feature 'a': how many categories there are is not known.\n"
        "  given:    Identity\n"
        "  to fix:   use output_mode='int'"
    ),
    "a malformed feature": (
        "FileFormatError: FeatureSpace: the description of a feature is malformed.\n"
        "  expected: class_name 'Feature' and config\n"
        "  given:    {'class_name': 'Dense', 'config': {}}"
    ),
    "a feature of other settings": (
        "FileFormatError: FeatureSpace: the description of a feature is malformed.\n"
        "  given:    Feature.__init__() got an unexpected keyword argument 'x'"
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_words(case):
    assert words(case) == EXPECTED[case]


def test_a_line_that_is_no_number(tmp_path):
    path = tmp_path / "terms.txt"
    path.write_text("3\nx\n")
    with pytest.raises(OnionskinError) as caught:
        layers.IntegerLookup(vocabulary=str(path), name="i")
    assert str(caught.value) == (
        "IntegerLookup 'i': a line of the vocabulary's file is no whole number.\n"
        "  given:    invalid literal for int() with base 10: 'x'"
    )


def test_a_file_of_terms(tmp_path):
    path = tmp_path / "terms.txt"
    path.write_text("red\ngreen\r\nblau\n\n", encoding="utf-8")
    layer = layers.StringLookup(vocabulary=path)
    assert layer.get_vocabulary() == ["[UNK]", "red", "green", "blau"]
    back = layers.StringLookup.from_config(layer.get_config())
    np.testing.assert_array_equal(back(["green", "x"]), [2, 0])
    layer = layers.StringLookup()
    layer.adapt(["b", "b", "a"])
    layer.save_assets(tmp_path)
    assert (tmp_path / "vocabulary.txt").read_text() == "[UNK]\nb\na"
    again = layers.StringLookup()
    again.load_assets(tmp_path)
    assert again.get_vocabulary() == layer.get_vocabulary()


def test_a_vocabulary_that_changes_is_seen_by_what_was_compiled():
    layer = layers.IntegerLookup(vocabulary=[5, 7])
    model = onionskin.Sequential([Input((2,), dtype="int64"), layer, layers.Rescaling(1.0)])
    np.testing.assert_array_equal(model.predict(np.array([[5, 7]]), verbose=0), [[1, 2]])
    layer.set_vocabulary([7, 5])
    np.testing.assert_array_equal(model.predict(np.array([[5, 7]]), verbose=0), [[2, 1]])
