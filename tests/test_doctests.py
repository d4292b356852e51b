"""Runs the examples in the docstrings of every module of onionskin, each module as a test of its own."""

from __future__ import annotations

import doctest
import importlib
import io
from pathlib import Path

import numpy as np
import pytest

from onionskin.base.errors import MissingExtraError

SOURCE = Path(__file__).resolve().parents[1] / "src"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def modules_with_examples() -> list[str]:
    """Return the dotted names of the modules whose text has an example."""
    paths = [path for path in sorted(SOURCE.rglob("*.py")) if ">>> " in path.read_text(encoding="utf-8")]
    return [".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__") for path in paths]


def open_module(name: str):
    """Import a module, or skip the test where it needs a library that is not installed."""
    try:
        return importlib.import_module(name)
    except MissingExtraError as error:
        pytest.skip(str(error))
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("onionskin"):
            raise
        pytest.skip(f"{name} needs {error.name}, which is not installed")


def run_examples(module) -> tuple[int, str]:
    """Run a module's examples; return how many there are, and the report of those that fail."""
    report = io.StringIO()
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    count = 0
    for test in doctest.DocTestFinder().find(module, extraglobs={"np": np}):
        count += len(test.examples)
        runner.run(test, out=report.write)
    return count, report.getvalue()


@pytest.mark.parametrize("name", modules_with_examples())
def test_examples(name, tmp_path, monkeypatch):
    module = open_module(name)
    monkeypatch.chdir(tmp_path)  # an example may write files
    monkeypatch.setenv("MPLBACKEND", "Agg")
    with np.printoptions(legacy=False):
        count, report = run_examples(module)
    if report:
        pytest.fail(report, pytrace=False)
    written = Path(module.__file__).read_text(encoding="utf-8").count(">>> ")
    assert count == written, f"{name} has {written} lines with >>>, of which doctest finds {count}"


def test_a_wrong_example_is_reported(tmp_path, monkeypatch):
    (tmp_path / "planted_example.py").write_text('"""Sum.\n\n>>> float(np.add(1, 1))\n3.0\n"""\n', encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    count, report = run_examples(importlib.import_module("planted_example"))
    assert count == 1
    assert "Expected:\n    3.0\nGot:\n    2.0" in report
