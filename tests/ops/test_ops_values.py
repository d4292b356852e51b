"""Every operation against NumPy or its formula, on arrays at once and recorded and run by the reference engine."""

import warnings

import numpy as np
import pytest

from onionskin import ops
from onionskin.base.specs import Spec, spec_of
from onionskin.base.trees import flatten
from onionskin.engines import get
from onionskin.graph import Node, make_input, trace, verify
from tests.ops.op_cases_more import CASES


def compare(mine, theirs, case):
    mine, theirs = flatten(mine)[0], flatten(theirs)[0]
    if len(mine) != len(theirs):  # a list of numbers instead of an array
        theirs = [np.asarray(theirs)]
    for one, other in zip(mine, theirs, strict=True):
        assert np.shape(one) == np.shape(other), case
        np.testing.assert_allclose(one, other, rtol=2e-6, atol=2e-6 if one.dtype == np.float32 else 1e-12)


@pytest.mark.parametrize("case", CASES, ids=repr)
def test_values(case):
    eager = getattr(ops, case.name)(*case.args, **case.kwargs)
    assert not any(isinstance(leaf, Node) for leaf in flatten(eager)[0])
    if case.oracle is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy's own words about NaN
            compare(eager, case.oracle(*case.args, **case.kwargs), case)
    if not case.eager_only:
        compare(recorded(case), eager, case)


def recorded(case):
    """Return the results when float arrays, and further ones in lists, are traced."""
    places = [index for index, value in enumerate(case.args) if traceable(value, case, index)]
    lists = [index for index, value in enumerate(case.args) if is_list_of_arrays(value)]
    arrays = [case.args[index] for index in places]
    for index in lists:
        arrays += list(case.args[index])

    def function(*nodes):
        args, supply = list(case.args), iter(nodes)
        for index in places:
            args[index] = next(supply)
        for index in lists:
            args[index] = [next(supply) for _ in args[index]]
        result = getattr(ops, case.name)(*args, **case.kwargs)
        return flatten(result)[0]

    graph = verify(trace(function, [spec_of(array) for array in arrays]))
    return list(get("reference").compile(graph)(*arrays))


STATIC = {("repeat", 1), ("pad", 1), ("quantile", 1)}


def traceable(value, case, index):
    return isinstance(value, np.ndarray) and (case.name, index) not in STATIC


def is_list_of_arrays(value):
    return isinstance(value, list) and bool(value) and all(isinstance(one, np.ndarray) for one in value)


DTYPES = [
    ("add", (np.int32, np.int64), "int64"),
    ("add", (np.int64, np.float32), "float32"),
    ("add", (np.float16, np.float32), "float32"),
    ("add", (np.uint8, np.int8), "int16"),
    ("add", (bool, np.uint8), "uint8"),
    ("divide", (np.int32, np.int32), "float32"),
    ("exp", (np.int32,), "float32"),
    ("exp", (np.float64,), "float64"),
    ("exp", (np.float16,), "float16"),
    ("floor", (np.int32,), "float32"),
    ("sqrt", (bool,), "float32"),
    ("sum", (bool,), "int32"),
    ("sum", (np.uint8,), "uint32"),
    ("sum", (np.float16,), "float16"),
    ("mean", (np.int32,), "float32"),
    ("mean", (np.float64,), "float64"),
    ("var", (np.int32,), "float32"),
    ("prod", (bool,), "int32"),
    ("max", (np.uint8,), "uint8"),
    ("argmax", (np.float64,), "int32"),
    ("argsort", (np.float32,), "int32"),
    ("cumsum", (bool,), "int32"),
    ("count_nonzero", (np.float32,), "int32"),
    ("median", (np.int32,), "float32"),
    ("equal", (np.float32, np.int32), "bool"),
    ("logical_and", (np.float32, np.int32), "bool"),
    ("maximum", (np.int32, np.float32), "float32"),
    ("square", (bool,), "int32"),
    ("sigmoid", (np.int32,), "float32"),
    ("relu", (np.int32,), "int32"),
    ("softmax", (np.float16,), "float16"),
    ("softmax", (np.int32,), "float32"),
    ("matmul", (np.int32, np.float32), "float32"),
    ("norm", (np.int32,), "float32"),
    ("binary_crossentropy", (np.int32, np.float64), "float64"),
    ("abs", (bool,), "bool"),
]


@pytest.mark.parametrize(("name", "dtypes", "expected"), DTYPES)
def test_dtypes(name, dtypes, expected):
    arrays = [np.ones((2, 2), dtype) for dtype in dtypes]
    assert getattr(ops, name)(*arrays).dtype == expected
    nodes = [make_input(spec_of(array)) for array in arrays]
    assert getattr(ops, name)(*nodes).dtype == expected


PYTHON = [
    (lambda: ops.add(1, 2), "int32", 3),
    (lambda: ops.add(1, 2.5), "float32", 3.5),
    (lambda: ops.add(np.ones((), np.float64), 1), "float64", 2.0),
    (lambda: ops.multiply(np.ones((), np.int32), 2.5), "float32", 2.5),
    (lambda: ops.sqrt(4), "float32", 2.0),
    (lambda: ops.sum([1.0, 2.0]), "float32", 3.0),
    (lambda: ops.sum([1, 2]), "int32", 3),
    (lambda: ops.convert_to_tensor(3.0), "float32", 3.0),
    (lambda: ops.convert_to_tensor(True), "bool", True),
    (lambda: ops.sqrt(ops.sum(np.ones(4))), "float64", 2.0),  # a float64 result stays one
    (lambda: ops.exp(ops.sum(np.zeros(2)) + 0.0), "float64", 1.0),
]


@pytest.mark.parametrize(("call", "dtype", "value"), PYTHON)
def test_python_numbers_and_lists(call, dtype, value):
    result = call()
    assert result.dtype == dtype
    assert result == value


def test_a_size_not_known_yet_passes_through():
    """What models are described with: a batch of None."""
    x = make_input(Spec((None, 4), "float32"), described=True)
    labels = make_input(Spec((None,), "int32"), described=True)
    shapes = {
        "reshape": ops.reshape(x, (-1, 2, 2)),
        "flatten": ops.reshape(ops.reshape(x, (-1, 2, 2)), (-1, 4)),
        "add": x + np.ones(4),
        "softmax": ops.softmax(x),
        "mean": ops.mean(x, axis=0),
        "zeros_like": ops.zeros_like(x),
        "concatenate": ops.concatenate([x, x], axis=1),
        "stack": ops.stack([x, x], axis=1),
        "pad": ops.pad(x, ((0, 0), (1, 1))),
        "tile": ops.tile(x, (1, 2)),
        "expand": ops.expand_dims(x, -1),
        "transpose": ops.transpose(x),
        "roll": ops.roll(x, 1, axis=1),
        "split": ops.split(x, 2, axis=1)[0],
        "one_hot": ops.one_hot(labels, 3),
        "loss": ops.sparse_categorical_crossentropy(labels, x, from_logits=True),
        "top": ops.in_top_k(labels, x, 2),
        "take": ops.take(x, [0, 2], axis=1),
        "matmul": ops.matmul(x, np.ones((4, 3), np.float32)),
        "layer": ops.layer_normalization(x),
        "normalize": ops.normalize(x),
        "argmax": ops.argmax(x, axis=-1),
    }
    assert {name: node.shape for name, node in shapes.items()} == {
        "reshape": (None, 2, 2),
        "flatten": (None, 4),
        "add": (None, 4),
        "softmax": (None, 4),
        "mean": (4,),
        "zeros_like": (None, 4),
        "concatenate": (None, 8),
        "stack": (None, 2, 4),
        "pad": (None, 6),
        "tile": (None, 8),
        "expand": (None, 4, 1),
        "transpose": (4, None),
        "roll": (None, 4),
        "split": (None, 2),
        "one_hot": (None, 3),
        "loss": (None,),
        "top": (None,),
        "take": (None, 2),
        "matmul": (None, 3),
        "layer": (None, 4),
        "normalize": (None, 4),
        "argmax": (None,),
    }


def test_every_operation_has_a_case():
    names = {name for name in vars(ops) if not name.startswith("_") and callable(getattr(ops, name))}
    here = {case.name for case in CASES}
    elsewhere = {
        # test_ops_control.py
        *("associative_scan", "cond", "fori_loop", "map", "scan", "switch", "vectorized_map", "while_loop"),
        # test_ops_conversion.py
        *("array", "cast", "convert_to_numpy", "convert_to_tensor", "copy", "dtype", "empty", "empty_like"),
        # test_ops_custom.py
        *("custom_gradient", "vectorize"),
        *("identity", "is_tensor", "ndim", "ones", "shape", "size", "stop_gradient", "zeros"),
    }
    assert names - here == elsewhere
