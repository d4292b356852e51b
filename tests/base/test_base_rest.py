"""The error frame, settings, registries and trees."""

import copy
import gc
import pickle
import weakref
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onionskin.base import config, errors, registry, trees
from onionskin.base.errors import ArgumentError, MissingExtraError, OnionskinError, UnknownNameError, require, suggest

KINDS = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, OnionskinError)]
Point = namedtuple("Point", "x y")


# --- errors ---


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_frame_of_an_error(kind):
    error = kind("it failed.", where="Dense 'a'", expected=(1, 2), given=[3], fix="do this")
    words = "Dense 'a': it failed.\n  expected: (1, 2)\n  given:    [3]\n  to fix:   do this"
    assert str(error) == words
    assert str(kind("it failed.")) == "it failed."
    assert str(kind("it failed.", given=0)) == "it failed.\n  given:    0"
    for copied in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert type(copied) is kind
        assert str(copied) == words
        assert (copied.what, copied.where, copied.expected, copied.given) == ("it failed.", "Dense 'a'", (1, 2), [3])


def test_outer_places_come_first():
    error = OnionskinError("it failed.").within("layer").within("model")
    assert str(error) == "model > layer: it failed."
    assert error.within("x") is error


def test_errors_are_also_what_python_programs_expect():
    bases = {
        "ShapeError": ValueError,
        "DTypeError": TypeError,
        "ArgumentError": ValueError,
        "UnknownNameError": ValueError,
        "NotBuiltError": ValueError,
        "NotDescribedError": AttributeError,
        "DataError": ValueError,
        "FileFormatError": ValueError,
        "DownloadError": OSError,
        "MissingExtraError": ImportError,
        "GraphError": ValueError,
        "NumericError": ArithmeticError,
    }
    assert {kind.__name__ for kind in KINDS} - {"OnionskinError"} == set(bases)
    for kind in KINDS[1:]:
        assert issubclass(kind, bases[kind.__name__])


def test_suggest():
    assert suggest("rleu", ["tanh", "relu"]) == "did you mean 'relu'? Known: relu, tanh"
    assert suggest("zzz", ["tanh", "relu"]) == "Known: relu, tanh"
    assert suggest("zzz", []) == "Known: none"


def test_require():
    assert require("json", "plot", "plots") is __import__("json")
    with pytest.raises(MissingExtraError) as caught:
        require("no_such_library.part", "plot", "plots")
    assert str(caught.value) == (
        "plots need the library 'no_such_library', which is not installed.\n  to fix:   pip install 'onionskin[plot]'"
    )
    assert isinstance(caught.value.__cause__, ImportError)


# --- settings ---


def test_settings(monkeypatch, tmp_path):
    monkeypatch.setattr(config, "_settings", dict(config._settings))
    assert (config.floatx(), config.epsilon()) == ("float32", 1e-7)
    config.set_floatx("double")
    config.set_epsilon(1e-5)
    config.set_engine("other")
    assert (config.floatx(), config.epsilon(), config.engine()) == ("float64", 1e-5, "other")
    with pytest.raises(ArgumentError) as caught:
        config.set_floatx("int32")
    assert str(caught.value) == (
        "set_floatx: the default dtype must be a float.\n"
        "  expected: ('float16', 'float32', 'float64')\n"
        "  given:    int32"
    )
    assert config.floatx() == "float64"
    for name in ("ONIONSKIN_DATA", "ONIONSKIN_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert config.cache_dir() == Path.home() / ".cache" / "onionskin"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert config.cache_dir() == tmp_path / "onionskin"
    monkeypatch.setenv("ONIONSKIN_HOME", str(tmp_path / "home"))
    assert config.data_dirs() == [tmp_path / "home" / "datasets"]
    monkeypatch.setenv("ONIONSKIN_DATA", str(tmp_path / "data"))
    assert config.data_dirs() == [tmp_path / "data", tmp_path / "home" / "datasets"]


# --- registries ---


def test_registry():
    losses = registry.Registry("loss")

    @losses.entry("mse")
    class MeanSquaredError:
        pass

    for name in ("MeanSquaredError", "mean_squared_error", "mse"):
        assert losses.get(name) is MeanSquaredError
        assert name in losses
    assert list(losses) == ["MeanSquaredError"]
    assert "mae" not in losses
    with pytest.raises(UnknownNameError) as caught:
        losses.get("msse")
    assert str(caught.value) == (
        "there is no loss of this name.\n  given:    'msse'\n"
        "  to fix:   did you mean 'mse'? Known: MeanSquaredError, mean_squared_error, mse"
    )


@pytest.mark.parametrize(
    ("name", "snake"),
    [("Conv2D", "conv2d"), ("ReLU", "relu"), ("MeanSquaredError", "mean_squared_error"), ("RMSprop", "rm_sprop"),
     ("GlorotUniform", "glorot_uniform"), ("already_snake", "already_snake"), ("a b-c", "abc")],
)  # fmt: skip
def test_snake_case(name, snake):
    assert registry.snake_case(name) == snake


def test_register_serializable():
    @registry.register_serializable("test_base")
    def doubled(x):
        return 2 * x

    assert registry.registered_name(doubled) == "test_base>doubled"
    assert registry.custom_objects["test_base>doubled"] is doubled
    assert registry.registered_name(len) is None

    @registry.register_serializable("test_base", name="doubled")
    def again(x):
        return x + x

    assert registry.custom_objects["test_base>doubled"] is again

    class Bare:
        pass

    with pytest.raises(ArgumentError) as caught:
        registry.register_serializable("test_base")(Bare)
    assert str(caught.value) == (
        "register_serializable(Bare): a class that files may name needs a get_config() method.\n"
        "  to fix:   add get_config(self) that returns the arguments of __init__ as a dictionary"
    )
    assert "test_base>Bare" not in registry.custom_objects


# --- trees ---

LEAVES = st.none() | st.integers() | st.text(max_size=3)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=2) | st.integers(), inner, max_size=3)
        | st.tuples(inner, inner).map(lambda pair: Point(*pair))
    ),
    max_leaves=12,
)


@given(TREES)
def test_trees_come_back(tree):
    leaves, form = trees.flatten(tree)
    back = trees.unflatten(form, leaves)
    assert back == tree
    assert repr(type(back)) == repr(type(tree))
    assert hash(form) == hash(trees.flatten(tree)[1])
    assert all(leaf is None or isinstance(leaf, int | str) for leaf in leaves)
    counted = trees.map_tree(lambda one: 1, tree)
    assert trees.flatten(counted) == ([1] * len(leaves), form)


def test_trees_hold_nothing_when_they_are_done():
    gc.disable()
    try:
        array = np.zeros(3)
        gone = weakref.ref(array)
        leaves, form = trees.flatten({"a": [array, 1]})
        trees.map_tree(lambda one: one, trees.unflatten(form, leaves))
        del array, leaves
        assert gone() is None
    finally:
        gc.enable()


def test_trees_by_hand():
    assert trees.flatten({"b": 2, "a": [1, (3,)]})[0] == [1, 3, 2]
    assert trees.flatten({"a": 1, 2: 3})[0] == [1, 3]  # keys that do not sort keep their order
    assert trees.map_tree(lambda a, b: a + b, {"x": [1, 2]}, {"x": (10, 20)}) == {"x": [11, 22]}
    assert trees.flatten([])[1] != trees.flatten(())[1]
    assert type(trees.unflatten(*trees.flatten(Point(1, 2))[::-1])) is Point
