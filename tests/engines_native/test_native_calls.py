"""Arrays in and out of single calls: whatever becomes of an array between two calls, it is read as it is now."""

from __future__ import annotations

import gc
import threading
import warnings

import numpy as np
import pytest

from onionskin import engines
from onionskin.base.errors import ArgumentError
from onionskin.base.specs import Spec
from onionskin.graph import Graph, make_input
from onionskin.ops import add, equal, take

_ext = pytest.importorskip("onionskin.engines.native._ext", reason="the native engine is not built")

SPEC = Spec((3, 4), "float32")
A = np.arange(12, dtype="float32").reshape(3, 4)
WRONG_SHAPE = "input 0: an array of another shape. expected: (3, 4). given: {}"
WRONG_DTYPE = "input 0: an array of another dtype than float32"


def program(function, *specs):
    nodes = tuple(make_input(spec, f"x{index}") for index, spec in enumerate(specs))
    result = function(*nodes)
    return engines.get("native").compile(Graph(nodes, result if isinstance(result, tuple) else (result,), "test"))


@pytest.fixture(params=[True, False], ids=["read directly", "through DLPack"], autouse=True)
def directly(request):
    """Run each test both ways in which arrays are read and made."""
    _ext.read_directly(request.param)
    yield
    _ext.read_directly(True)


@pytest.fixture
def plus_one():
    return program(lambda x: add(x, np.float32(1)), SPEC)


class Sub(np.ndarray):
    """A subclass, as users have them."""


def read_only():
    array = np.array(A)
    array.flags.writeable = False
    return array


def unaligned():
    return np.frombuffer(b"x" + A.tobytes(), np.uint8)[1:].view(np.float32).reshape(3, 4)


FORMS = {
    "plain": lambda: np.array(A),
    "read-only": read_only,
    "columns first": lambda: np.asfortranarray(A),
    "negative strides": lambda: np.array(A[::-1, ::-1])[::-1, ::-1],
    "every other": lambda: np.repeat(np.repeat(A, 2, 0), 3, 1)[::2, ::3],
    "broadcast": lambda: np.broadcast_to(A[:1], (3, 4)),
    "not aligned": unaligned,
    "a subclass": lambda: A.view(Sub),
    "with metadata": lambda: A.astype(np.dtype("float32", metadata={"unit": "m"})),
    "a view": lambda: np.vstack([A, A])[3:],
}


@pytest.mark.parametrize("form", FORMS)
def test_arrays_of_every_form(plus_one, form):
    x = FORMS[form]()
    for _ in range(3):
        (found,) = plus_one(x)
        assert type(found) is np.ndarray
        np.testing.assert_array_equal(found, np.asarray(x) + 1)


@pytest.mark.parametrize("dtype", ["int64", "uint64", "int32", "int8", "bool", "float64", "float16"])
def test_every_dtype_and_its_other_names(dtype):
    copied = program(lambda x: add(x, x) if dtype != "bool" else equal(x, x), Spec((2,), dtype))
    x = np.ones(2, dtype)
    np.testing.assert_array_equal(copied(x)[0], x + x if dtype != "bool" else [True, True])
    if dtype in ("int64", "uint64"):  # two types of C stand for one of ours
        np.testing.assert_array_equal(copied(x.astype("q" if dtype == "int64" else "Q"))[0], x + x)


@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (1,), (2, 1, 3, 1)])
def test_shapes_with_and_without_elements(shape):
    x = np.full(shape, 2, "float32")
    (found,) = program(lambda x: add(x, x), Spec(shape, "float32"))(x)
    assert found.shape == shape
    np.testing.assert_array_equal(found, x + x)


@pytest.mark.parametrize("size", [1, 1023, 1024, 1025, 100_000])
def test_results_are_the_callers_own_and_keep_their_numbers(size):
    run = program(lambda x: (add(x, x), x), Spec((size,), "float32"))
    x = np.ones(size, "float32")
    first = run(x)
    second = run(x + 1)
    for one, wanted in zip((*first, *second), (2, 1, 4, 2), strict=True):
        np.testing.assert_array_equal(one, np.full(size, wanted, "float32"))
        assert one.flags.writeable
        one[:] = -1
    np.testing.assert_array_equal(x, np.ones(size))
    np.testing.assert_array_equal(run(x)[0], x + x)


def refused(run, array, error, words):
    with pytest.raises(error) as caught:
        run(array)
    assert str(caught.value) == words


def test_an_array_whose_form_changes_in_place(plus_one):
    x = np.array(A)
    np.testing.assert_array_equal(plus_one(x)[0], A + 1)
    x *= 2
    np.testing.assert_array_equal(plus_one(x)[0], 2 * A + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy would rather have a view made
        x.shape = (4, 3)
        refused(plus_one, x, ValueError, WRONG_SHAPE.format("(4, 3)"))
        x.shape = (3, 4)
        np.testing.assert_array_equal(plus_one(x)[0], 2 * A + 1)
        x.dtype = np.int32
        refused(plus_one, x, TypeError, WRONG_DTYPE)
        x.dtype = np.dtype(">f4")
        with pytest.raises(TypeError):
            plus_one(x)
        x.dtype = np.float32
    np.testing.assert_array_equal(plus_one(x)[0], 2 * A + 1)


def test_an_array_that_is_resized_in_place(plus_one):
    x = np.array(A)
    plus_one(x)
    x.resize((300, 400), refcheck=False)
    refused(plus_one, x, ValueError, WRONG_SHAPE.format("(300, 400)"))
    x.resize((3, 4), refcheck=False)
    x[:] = 7
    np.testing.assert_array_equal(plus_one(x)[0], np.full((3, 4), 8))


def test_arrays_that_come_and_go_at_one_address(plus_one):
    for step in range(200):
        x = np.full((3, 4), step, "float32")
        np.testing.assert_array_equal(plus_one(x)[0], np.full((3, 4), step + 1))
        del x
        gc.collect(0)


def test_a_call_keeps_no_array_alive(plus_one):
    freed = []

    class Told(np.ndarray):
        def __del__(self):
            freed.append(True)

    x = A.copy().view(Told)
    plus_one(x)
    plus_one(np.array(A))
    del x
    gc.collect()
    assert freed


def test_after_an_error_all_is_as_before():
    rows = program(lambda x, i: take(x, i, axis=0), SPEC, Spec((2,), "int64"))
    for _ in range(3):
        with pytest.raises(ArgumentError):
            rows(A, np.array([0, 9]))
        np.testing.assert_array_equal(rows(A, np.array([2, 0]))[0], A[[2, 0]])


def test_threads_call_one_program_with_arrays_of_their_own():
    run = program(lambda x, y: add(x, y), Spec((64,), "float32"), Spec((64,), "float32"))
    shared, wrong = np.arange(64, dtype="float32"), []

    def work(number):
        for step in range(500):
            own = np.full(64, number * 1000 + step, "float32")
            if not np.array_equal(run(shared, own)[0], shared + own):
                wrong.append((number, step))

    workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert wrong == []
