"""scikit-learn's own tests of its multi-layer perceptrons, run with this library's classes in place of its own."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path

import pytest

import onionskin.sklearn

# Tests of scikit-learn's that cannot apply here, and why: none.
CANNOT_APPLY: dict[str, str] = {}
MODULE = "sklearn.neural_network.tests.test_mlp"
THEIRS = "sklearn.neural_network"

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # they only note it


@pytest.fixture
def global_random_seed() -> int:
    """The seed that scikit-learn's own fixture of this name has, where none is set."""
    return 42


def _source() -> ast.Module:
    """Return their module with the one import of the estimators aimed at ours."""
    spec = find_spec(MODULE)
    assert spec is not None
    assert spec.origin is not None
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"), spec.origin)
    aimed = [one for one in tree.body if isinstance(one, ast.ImportFrom) and one.module == THEIRS]
    assert [name.name for one in aimed for name in one.names] == ["MLPClassifier", "MLPRegressor"]
    for one in aimed:
        one.module = "onionskin.sklearn"
    return tree


exec(compile(_source(), MODULE, "exec"), globals())  # noqa: S102 - their tests become tests of this module
for _name in CANNOT_APPLY:
    del globals()[_name]


def test_their_tests_are_run_with_our_classes():
    assert globals()["MLPClassifier"] is onionskin.sklearn.MLPClassifier
    assert globals()["MLPRegressor"] is onionskin.sklearn.MLPRegressor
    assert len([name for name in globals() if name.startswith("test_")]) >= 40
