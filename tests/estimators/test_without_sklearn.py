"""The room without scikit-learn: importing it is free, and what needs the library says how to get it."""

from __future__ import annotations

import subprocess
import sys


def run(code: str) -> str:
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    return found.stdout.strip()


def test_importing_the_room_loads_no_scikit_learn():
    code = "import sys, onionskin.sklearn; print(dir(onionskin.sklearn), 'sklearn' in sys.modules)"
    assert run(code) == "['MLPClassifier', 'MLPRegressor'] False"


def test_what_is_missing_is_said():
    code = """
import sys
sys.modules["sklearn"] = None
try:
    from onionskin.sklearn import MLPRegressor
except ImportError as error:
    print(type(error).__name__, error)
"""
    assert run(code) == (
        "MissingExtraError estimators need the library 'sklearn', which is not installed.\n"
        "  to fix:   pip install 'onionskin[sklearn]'"
    )
