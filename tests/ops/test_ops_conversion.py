"""What makes arrays out of values, and what arrays and tensors say about themselves."""

import numpy as np
import pytest

from onionskin import ops
from onionskin.base.errors import GraphError
from onionskin.base.specs import Spec
from onionskin.engines import get
from onionskin.graph import Node, make_input, trace
from onionskin.state import Variable
from onionskin.transforms.reverse import differentiate


def test_values_become_arrays():
    assert ops.convert_to_tensor([1.0, 2.0]).dtype == "float32"
    assert ops.convert_to_tensor([1, 2]).dtype == "int32"
    assert ops.convert_to_tensor(np.ones(2)).dtype == "float64"
    assert ops.convert_to_tensor([1.7], dtype="int32").tolist() == [1]
    assert ops.array([1, 2], dtype="float64").dtype == "float64"
    np.testing.assert_array_equal(ops.convert_to_numpy(Variable([1.0, 2.0])), np.float32([1, 2]))
    with pytest.raises(GraphError):
        ops.convert_to_numpy(make_input(Spec((), "float32")))


def test_variables_stand_for_their_values():
    v = Variable([1.0, 4.0])
    np.testing.assert_array_equal(ops.sqrt(v), [1, 2])
    np.testing.assert_array_equal(ops.add(v, v), [2, 8])
    np.testing.assert_array_equal(ops.concatenate([v, [9.0]]), [1, 4, 9])
    np.testing.assert_array_equal(ops.scan(lambda c, x: (c + x * v, None), np.zeros(2, np.float32), v)[0], [5, 20])


def test_lists_may_hold_tensors():
    graph = trace(lambda x: ops.stack([x, x * 2]), [Spec((2,), "float64")])
    x = np.array([1.0, 2.0])
    np.testing.assert_array_equal(get("reference").compile(graph)(x)[0], [x, x * 2])


def test_what_they_say_about_themselves():
    x = make_input(Spec((None, 3), "float16"), described=True)
    assert ops.shape(x) == (None, 3) and ops.ndim(x) == 2 and ops.dtype(x) == "float16"
    assert ops.shape([[1, 2]]) == (1, 2) and ops.size([[1, 2]]) == 2 and ops.dtype(3.0) == "float32"
    assert ops.is_tensor(x) and ops.is_tensor(np.ones(2)) and not ops.is_tensor([1.0])


def test_new_arrays_are_the_callers_own():
    for array in (ops.zeros(3), ops.ones(3), ops.full(3, 2.0), ops.zeros_like(np.ones(3)), ops.empty((3,))):
        array += 1  # may be written to
    original = np.ones(3)
    copied = ops.copy(original)
    copied += 1
    np.testing.assert_array_equal(original, 1)
    np.testing.assert_array_equal(ops.identity(2), np.eye(2))
    assert ops.empty_like(original).shape == (3,) and ops.empty((2,), dtype="int8").dtype == "int8"


def test_like_an_unknown_batch():
    """The size of zeros_like and its kind comes from the tensor when it gets numbers, NaN or not."""
    x = make_input(Spec((None, 2), "float32"), described=True)
    filled = ops.full_like(x, 7)
    assert isinstance(filled, Node) and filled.shape == (None, 2)
    from onionskin.graph import substitute

    (value,) = substitute([filled], {x: make_input(Spec((3, 2), "float32"))})
    assert value.shape == (3, 2)
    graph = trace(lambda y: substitute([filled], {x: y})[0], [Spec((3, 2), "float32")])
    result = get("reference").compile(graph)(np.full((3, 2), np.nan, np.float32))[0]
    np.testing.assert_array_equal(result, np.full((3, 2), 7, np.float32))


def test_no_derivative_passes_a_stop():
    graph = trace(lambda x: ops.sum(ops.stop_gradient(x) * x), [Spec((2,), "float64")])
    x = np.array([2.0, 3.0])
    np.testing.assert_array_equal(get("reference").compile(differentiate(graph))(x)[0], x)
    assert ops.cast([1.7, -1.7], "int32").tolist() == [1, -1]
