"""What `import onionskin` costs: little over NumPy, no optional library, and no room below the estimators needs one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.rooms import read_rooms

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "onionskin"
OPTIONAL = ["click", "h5py", "hypothesis", "jax", "keras", "matplotlib", "pandas", "pytest", "rich", "scipy", "sklearn"]
OPTIONAL += ["sympy", "tensorflow", "torch", "typer"]
RUNS = 7
LIMIT = 0.1  # seconds over `import numpy`; the same again as NumPy takes where that is more, on a slow machine


def run(code: str) -> str:
    """Run code in a fresh interpreter; return what it printed."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env={**os.environ})
    assert done.returncode == 0, done.stderr
    return done.stdout


def seconds(module: str) -> float:
    """Return how long one import takes in a fresh interpreter."""
    return float(run(f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"))


def test_importing_onionskin_costs_little_over_numpy():
    # In turns, and the best of each: whatever else the machine does only adds to a time.
    times = [(seconds("numpy"), seconds("onionskin")) for _ in range(RUNS)]
    numpy, onionskin = (min(column) for column in zip(*times, strict=True))
    assert onionskin - numpy < max(LIMIT, numpy), f"numpy {numpy:.3f} s, onionskin {onionskin:.3f} s; all runs: {times}"


def test_importing_onionskin_imports_no_optional_library():
    loaded = json.loads(run("import json, sys, onionskin; print(json.dumps(sorted(sys.modules)))"))
    assert "onionskin" in loaded
    assert sorted({name.split(".")[0] for name in loaded} & set(OPTIONAL)) == []


BLOCKED = """
import importlib, sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {optional!r}:
            raise ModuleNotFoundError(f"import of {{name}} on a machine with NumPy alone", name=name)

sys.meta_path.insert(0, Blocked())
for name in {modules!r}:
    try:
        importlib.import_module(name)
    except ImportError as error:
        print(f"{{name}}: {{error}}")
"""


# What `peel` shows is written in SymPy's own classes; nothing else loads these files, and `peel` says what to install.
WRITTEN_IN_SYMPY = "onionskin.explain.peeling."


def modules_below(floor: int) -> list[str]:
    """Return the names of all modules of the rooms below a floor."""
    rooms = [room.name for room in read_rooms(ROOT / "ROOMS.md").rooms.values() if room.floor < floor]
    paths = [path for room in rooms for path in sorted((PACKAGE / room).rglob("*.py")) if path.stem != "__main__"]
    return [".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__") for path in paths]


def test_every_room_below_the_estimators_imports_with_numpy_alone():
    modules = [name for name in modules_below(8) if not name.startswith(WRITTEN_IN_SYMPY)]
    assert len(modules) > 50
    assert run(BLOCKED.format(optional=OPTIONAL, modules=modules)) == ""


def test_the_blockade_of_that_test_blocks():
    pytest.importorskip("matplotlib")
    text = run(BLOCKED.format(optional=OPTIONAL, modules=["matplotlib.pyplot"]))
    assert text == "matplotlib.pyplot: import of matplotlib on a machine with NumPy alone\n"
