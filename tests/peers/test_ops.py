"""The operations against keras.ops on its JAX backend: every signature, and the values of all cases."""

import inspect
import os

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "jax")
keras = pytest.importorskip("keras", reason="Keras is not installed: see `make test-peers`")

from onionskin import ops  # noqa: E402 - Keras decides its backend when it is imported
from onionskin.base.trees import flatten  # noqa: E402
from onionskin.ops.names import FAMILIES, INSTEAD  # noqa: E402
from tests.ops.op_cases_more import CASES  # noqa: E402

NAMES = sorted(name for name in vars(ops) if not name.startswith("_") and inspect.isfunction(getattr(ops, name)))


@pytest.mark.parametrize("name", NAMES)
def test_signatures_are_those_of_keras(name):
    mine, theirs = (inspect.signature(getattr(module, name)).parameters for module in (ops, keras.ops))
    assert [(one.name, one.kind, one.default) for one in mine.values()] == [
        (one.name, one.kind, one.default) for one in theirs.values()
    ]


def test_every_name_of_keras_is_here_or_refused_by_name():
    spaces = {"linalg", "nn", "numpy", "image"}
    theirs = {name for name in dir(keras.ops) if not name.startswith("_")} - spaces
    listed = [name for family in FAMILIES.values() for name in family]
    assert set(listed) - set(FAMILIES["image"]) == theirs
    assert len(listed) == len(set(listed))
    assert theirs - set(NAMES) == set(INSTEAD) - set(FAMILIES["image"]) - {"image"}
    for name in spaces:
        assert sorted(FAMILIES[name]) == [one for one in dir(getattr(keras.ops, name)) if not one.startswith("_")]


def narrowed(value):
    """Return arrays as JAX holds them without its 64-bit mode."""
    if isinstance(value, np.ndarray):
        return value.astype({"float64": "float32", "int64": "int32"}.get(value.dtype.name, value.dtype))
    return [narrowed(one) for one in value] if isinstance(value, list) else value


def for_keras(value):
    if isinstance(value, np.ndarray):
        return keras.ops.convert_to_tensor(value)
    return [for_keras(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("case", [case for case in CASES if case.peer], ids=repr)
def test_values_are_those_of_keras(case):
    args = [narrowed(value) for value in case.args]
    kwargs = {key: narrowed(value) for key, value in case.kwargs.items()}
    mine = flatten(getattr(ops, case.name)(*args, **kwargs))[0]
    theirs = getattr(keras.ops, case.name)(
        *[for_keras(value) for value in args], **{key: for_keras(value) for key, value in kwargs.items()}
    )
    theirs = flatten(theirs if not hasattr(theirs, "_fields") else tuple(theirs))[0]
    assert len(mine) == len(theirs)
    for one, other in zip(mine, theirs, strict=True):
        other = np.asarray(other)
        assert np.shape(one) == other.shape
        np.testing.assert_allclose(one, other, rtol=3e-5, atol=3e-6)
        assert str(np.asarray(one).dtype) == str(other.dtype)
