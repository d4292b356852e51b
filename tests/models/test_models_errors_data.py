"""What fit, evaluate and predict say about data that does not fit, word for word."""

import numpy as np
import pytest

import onionskin
from onionskin import layers
from onionskin.base import errors
from onionskin.layers.naming import reset_names

X = np.ones((10, 4), "float32")
Y = np.ones((10, 3), "float32")
LABELS = np.arange(10) % 3


def made(loss="mse", units=3, optimizer="sgd", **settings):
    model = onionskin.Sequential([onionskin.Input((4,)), layers.Dense(units)])
    model.compile(optimizer, loss, **settings)
    return model


def fit(x, y=None, model=None, **settings):
    (model or made()).fit(x, y, verbose=0, **settings)


def with_nan(shape, value=np.nan):
    array = np.ones(shape, "float32")
    array[2, 1] = value
    return array


CASES = {
    "another width": (
        lambda: fit(np.ones((10, 5)), Y),
        errors.ShapeError,
        "fit, model 'sequential' > input 'input_layer': the data does not have the shape that the"
        " model was made for.\n"
        "  expected: (batch, 4)\n"
        "  given:    (batch, 5)\n"
        "  to fix:   reshape the data, or make the model with Input(shape=…) for it",
    ),
    "another rank": (
        lambda: fit(np.ones((10, 4, 2)), Y),
        errors.ShapeError,
        "fit, model 'sequential' > input 'input_layer': the data does not have the shape that the"
        " model was made for.\n"
        "  expected: (batch, 4)\n"
        "  given:    (batch, 4, 2)\n"
        "  to fix:   reshape the data, or make the model with Input(shape=…) for it",
    ),
    "no features": (
        lambda: fit(np.ones(10), Y),
        errors.ShapeError,
        "fit, model 'sequential' > input 'input_layer': the data does not have the shape that the"
        " model was made for.\n"
        "  expected: (batch, 4)\n"
        "  given:    (batch,)\n"
        "  to fix:   reshape the data, or make the model with Input(shape=…) for it",
    ),
    "text": (
        lambda: fit(np.array([["a"] * 4] * 10), Y),
        errors.DataError,
        "fit: x holds text, not numbers.\n"
        "  expected: numbers or booleans\n"
        "  given:    dtype <U1, 'a' at row 0, column 0\n"
        "  to fix:   encode it as numbers, such as each value's place in a list",
    ),
    "objects": (
        lambda: fit(np.array([[None] * 4] * 10), Y),
        errors.DataError,
        "fit: x holds Python objects, not numbers.\n"
        "  expected: numbers or booleans\n"
        "  given:    dtype object, None at row 0, column 0\n"
        "  to fix:   x = np.array(x.tolist(), dtype='float32')",
    ),
    "text as labels": (
        lambda: fit(X, np.array(["a"] * 10), made("sparse_categorical_crossentropy")),
        errors.DataError,
        "fit: y holds text, not numbers.\n"
        "  expected: numbers or booleans\n"
        "  given:    dtype <U1, 'a' at row 0\n"
        "  to fix:   encode it as numbers, such as each value's place in a list",
    ),
    "another count": (
        lambda: fit(X, Y[:9]),
        errors.DataError,
        "fit: the arrays have different numbers of samples.\n"
        "  expected: the same first axis in all of them\n"
        "  given:    x 10, y 9\n"
        "  to fix:   give one target (and weight) for each sample",
    ),
    "a label too large": (
        lambda: fit(X, LABELS + 1, made("sparse_categorical_crossentropy")),
        errors.DataError,
        "fit, model 'sequential', y: a label is none of the classes.\n"
        "  expected: whole numbers from 0 to 2, as the output has 3 classes\n"
        "  given:    3 in row 2\n"
        "  to fix:   number the classes from 0, or give the last layer a unit for each class",
    ),
    "a negative label": (
        lambda: fit(X, LABELS - 1, made("sparse_categorical_crossentropy")),
        errors.DataError,
        "fit, model 'sequential', y: a label is none of the classes.\n"
        "  expected: whole numbers from 0 to 2, as the output has 3 classes\n"
        "  given:    -1 in row 0\n"
        "  to fix:   number the classes from 0, or give the last layer a unit for each class",
    ),
    "half a label": (
        lambda: fit(X, LABELS + 0.5, made("sparse_categorical_crossentropy")),
        errors.DataError,
        "fit, model 'sequential', y: a label is none of the classes.\n"
        "  expected: whole numbers from 0 to 2, as the output has 3 classes\n"
        "  given:    0.5 in row 0\n"
        "  to fix:   number the classes from 0, or give the last layer a unit for each class",
    ),
    "one-hot for sparse": (
        lambda: fit(X, np.eye(3)[LABELS], made("sparse_categorical_crossentropy")),
        errors.DataError,
        "fit, model 'sequential', y: sparse_categorical_crossentropy takes class numbers, and the"
        "se are one-hot targets.\n"
        "  expected: shape (10,)\n"
        "  given:    float32 of shape (10, 3)\n"
        "  to fix:   use loss='categorical_crossentropy', or y.argmax(-1)",
    ),
    "class numbers for categorical": (
        lambda: fit(X, LABELS, made("categorical_crossentropy")),
        errors.DataError,
        "fit, model 'sequential', y: categorical_crossentropy takes one-hot targets, and these ar"
        "e class numbers.\n"
        "  expected: shape (10, 3)\n"
        "  given:    int64 of shape (10,)\n"
        "  to fix:   use loss='sparse_categorical_crossentropy', or utils.to_categorical(y, 3)",
    ),
    "class numbers for binary": (
        lambda: fit(X, LABELS, made("binary_crossentropy", 1)),
        errors.DataError,
        "fit, model 'sequential', y: binary_crossentropy takes targets from 0 to 1.\n"
        "  expected: 0 or 1, or a share between them\n"
        "  given:    2 in row 2\n"
        "  to fix:   map the two answers to 0 and 1; for more classes use sparse_categorical_cros"
        "sentropy",
    ),
    "targets of another width": (
        lambda: fit(X, Y[:, :2]),
        errors.ShapeError,
        "fit, model 'sequential', y: the targets have another shape than the output of the model."
        "\n"
        "  expected: shape (10, 3)\n"
        "  given:    shape (10, 2)\n"
        "  to fix:   give the last layer as many units as there are targets, or reshape the targe"
        "ts",
    ),
    "targets of another rank": (
        lambda: fit(X, LABELS),
        errors.ShapeError,
        "fit, model 'sequential', y: the targets have another shape than the output of the model."
        "\n"
        "  expected: shape (10, 3)\n"
        "  given:    shape (10,)\n"
        "  to fix:   give the last layer as many units as there are targets, or reshape the targe"
        "ts",
    ),
    "NaN in x": (
        lambda: fit(with_nan((10, 4)), Y),
        errors.DataError,
        "fit: x has NaN or infinite values.\n"
        "  expected: finite numbers\n"
        "  given:    nan at row 2, column 1; 1 such value in 1 of 10 rows\n"
        "  to fix:   remove these rows or fill in the values",
    ),
    "infinity in x": (
        lambda: fit(with_nan((10, 4), np.inf), Y),
        errors.DataError,
        "fit: x has NaN or infinite values.\n"
        "  expected: finite numbers\n"
        "  given:    inf at row 2, column 1; 1 such value in 1 of 10 rows\n"
        "  to fix:   remove these rows or fill in the values",
    ),
    "NaN in y": (
        lambda: fit(X, with_nan((10, 3))),
        errors.DataError,
        "fit: y has NaN or infinite values.\n"
        "  expected: finite numbers\n"
        "  given:    nan at row 2, column 1; 1 such value in 1 of 10 rows\n"
        "  to fix:   remove these rows or fill in the values",
    ),
    "NaN when predicting": (
        lambda: made().predict(with_nan((10, 4)), verbose=0),
        errors.DataError,
        "predict: x has NaN or infinite values.\n"
        "  expected: finite numbers\n"
        "  given:    nan at row 2, column 1; 1 such value in 1 of 10 rows\n"
        "  to fix:   remove these rows or fill in the values",
    ),
    "NaN when evaluating": (
        lambda: made().evaluate(X, with_nan((10, 3)), verbose=0),
        errors.DataError,
        "evaluate: y has NaN or infinite values.\n"
        "  expected: finite numbers\n"
        "  given:    nan at row 2, column 1; 1 such value in 1 of 10 rows\n"
        "  to fix:   remove these rows or fill in the values",
    ),
    "NaN in validation data": (
        lambda: fit(X, Y, validation_data=(X, with_nan((10, 3)))),
        errors.DataError,
        "fit, validation_data: y has NaN or infinite values.\n"
        "  expected: finite numbers\n"
        "  given:    nan at row 2, column 1; 1 such value in 1 of 10 rows\n"
        "  to fix:   remove these rows or fill in the values",
    ),
    "empty": (
        lambda: fit(X[:0], Y[:0]),
        errors.DataError,
        "fit: there are no samples.\n  given:    x 0, y 0",
    ),
    "empty to predict": (
        lambda: made().predict(X[:0], verbose=0),
        errors.DataError,
        "predict: there are no samples.\n  given:    x 0",
    ),
    "nothing": (
        lambda: made().fit(verbose=0),
        errors.DataError,
        "fit: x is missing.\n"
        "  expected: an array, or a list, tuple or dictionary of arrays, or a generator of batche"
        "s\n"
        "  given:    None",
    ),
    "no targets": (
        lambda: fit(X),
        errors.ArgumentError,
        "fit, model 'sequential': there are no targets for the loss.\n"
        "  given:    y=None\n"
        "  to fix:   pass y, or batches (x, y)",
    ),
    "no loss": (
        lambda: fit(X, Y, made(None)),
        errors.ArgumentError,
        "fit: there is no loss to train by.\n"
        "  given:    loss=None, and no layer adds a penalty\n"
        "  to fix:   model.compile(loss=…), such as 'mse' or 'categorical_crossentropy'",
    ),
    "two targets": (
        lambda: fit(X, [Y, Y]),
        errors.ShapeError,
        "fit, model 'sequential', y: the model has another number of outputs than there are targe"
        "ts.\n"
        "  expected: 1: output\n"
        "  given:    2",
    ),
    "two inputs": (
        lambda: fit([X, X], Y),
        errors.ShapeError,
        "fit, model 'sequential' > model 'sequential': the model was given another number of inpu"
        "ts.\n"
        "  expected: 1\n"
        "  given:    2",
    ),
    "a dictionary of other names": (
        lambda: made().predict({"a": X}, verbose=0),
        errors.ShapeError,
        "predict > layer 'sequential' (Sequential) > model 'sequential': an input of the model is"
        " missing.\n"
        "  expected: input_layer\n"
        "  given:    a",
    ),
    "one sample without its batch": (
        lambda: made().predict(X[0], verbose=0),
        errors.ShapeError,
        "predict > layer 'sequential' (Sequential) > input 'input_layer': the data does not have "
        "the shape that the model was made for.\n"
        "  expected: (batch, 4)\n"
        "  given:    (4,)\n"
        "  to fix:   reshape the data, or make the model with Input(shape=…) for it",
    ),
    "validation data of another width": (
        lambda: fit(X, Y, validation_data=(X[:, :3], Y)),
        errors.ShapeError,
        "fit, model 'sequential', validation_data > input 'input_layer': the data does not have t"
        "he shape that the model was made for.\n"
        "  expected: (batch, 4)\n"
        "  given:    (batch, 3)\n"
        "  to fix:   reshape the data, or make the model with Input(shape=…) for it",
    ),
    "validation data of another count": (
        lambda: fit(X, Y, validation_data=(X, Y[:3])),
        errors.DataError,
        "fit, validation_data: the arrays have different numbers of samples.\n"
        "  expected: the same first axis in all of them\n"
        "  given:    x 10, y 3\n"
        "  to fix:   give one target (and weight) for each sample",
    ),
    "validation data without targets": (
        lambda: fit(X, Y, validation_data=X),
        errors.ArgumentError,
        "fit, model 'sequential', validation_data: there are no targets for the loss.\n"
        "  given:    y=None\n"
        "  to fix:   pass y, or batches (x, y)",
    ),
    "sample weights of another count": (
        lambda: fit(X, Y, sample_weight=np.ones(3)),
        errors.DataError,
        "fit: the arrays have different numbers of samples.\n"
        "  expected: the same first axis in all of them\n"
        "  given:    x 10, y 10, sample_weight 3\n"
        "  to fix:   give one target (and weight) for each sample",
    ),
    "class weights in words": (
        lambda: fit(X, LABELS, made("sparse_categorical_crossentropy"), class_weight="balanced"),
        errors.ArgumentError,
        "fit: class_weight must be a dictionary.\n"
        "  expected: {class number: weight}\n"
        "  given:    'balanced'\n"
        "  to fix:   for balanced weights: n_samples / (n_classes * np.bincount(labels)), one for"
        " each class",
    ),
    "a batch without samples": (
        lambda: made().train_on_batch(X[:0], Y[:0]),
        errors.ArgumentError,
        "train_on_batch, model 'sequential': a batch is an array of at least one sample.\n"
        "  given:    shape (0, 4)\n"
        "  to fix:   pass an array (samples, …)",
    ),
    "no batch": (
        lambda: made().train_on_batch(None, Y),
        errors.ArgumentError,
        "train_on_batch, model 'sequential': a batch is an array of at least one sample.\n"
        "  given:    an object of type NoneType\n"
        "  to fix:   pass an array (samples, …)",
    ),
    "a number as batch": (
        lambda: made().predict_on_batch(3),
        errors.ArgumentError,
        "predict_on_batch, model 'sequential': a batch is an array of at least one sample.\n"
        "  given:    an object of type int\n"
        "  to fix:   pass an array (samples, …)",
    ),
    "a batch of another count": (
        lambda: made().train_on_batch(X, Y[:3]),
        errors.DataError,
        "train_on_batch: the arrays have different numbers of samples.\n"
        "  expected: the same first axis in all of them\n"
        "  given:    x 10, y 3\n"
        "  to fix:   give one target (and weight) for each sample",
    ),
    "a generator of other widths": (
        lambda: made().fit(iter([(X, Y), (X[:, :3], Y)]), steps_per_epoch=2, verbose=0),
        errors.ShapeError,
        "fit > layer 'sequential' (Sequential) > input 'input_layer': the data does not have the "
        "shape that the model was made for.\n"
        "  expected: (batch, 4)\n"
        "  given:    (10, 3)\n"
        "  to fix:   reshape the data, or make the model with Input(shape=…) for it",
    ),
    "a tuple as x of a Sequential": (
        lambda: onionskin.Sequential([layers.Dense(2)]).predict((X, X), verbose=0),
        errors.ArgumentError,
        "predict, model 'sequential' > Sequential 'sequential': a Sequential model takes one inpu"
        "t.\n"
        "  given:    tuple of arrays\n"
        "  to fix:   use the functional API: Model(inputs, outputs)",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_words(name):
    reset_names()
    call, kind, words = CASES[name]
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == words
