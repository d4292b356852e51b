"""Tests of the import contract: planted faults are found, each with its line and its words; this checkout has none."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tools.check_imports import check
from tools.rooms import find_cycles, read_rooms

ROOT = Path(__file__).resolve().parents[2]
TABLE = """# Rooms

- `base`: errors.
- `graph`: nodes.
- `data`: batches.
- `models`: models.
- `lab`: a browser. (planned)

| floor | rooms | on the same floor | for |
| --- | --- | --- | --- |
| 3 | `lab` | | browsers |
| 2 | `models` | | people |
| 1 | `graph` `data` | `data` → `graph` | grammar |
| 0 | `base` | | all |
"""


class Checkout:
    """A small checkout without faults, to plant some in."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("ROOMS.md", TABLE)
        self.write("src/onionskin/__init__.py", '"""Door."""\nimport onionskin.models\n')
        self.write("src/onionskin/base/__init__.py", '"""Base."""\n')
        self.write("src/onionskin/base/errors.py", '"""Errors."""\n')
        self.write("src/onionskin/graph/__init__.py", '"""Graph."""\nfrom onionskin.graph.node import Node as Node\n')
        self.write("src/onionskin/graph/node.py", '"""Nodes."""\nfrom onionskin.base.errors import Fault\n')
        self.write("src/onionskin/data/__init__.py", '"""Data."""\nfrom onionskin import graph\n')
        self.write("src/onionskin/models/__init__.py", '"""Models."""\nimport onionskin.graph\nimport onionskin.data\n')

    def write(self, name: str, text: str) -> None:
        """Write one file."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def node(self, text: str) -> list[str]:
        """Give graph/node.py a body that begins at line 2; return the faults."""
        self.write("src/onionskin/graph/node.py", '"""Nodes."""\n' + text)
        return self.faults()

    def faults(self) -> list[str]:
        """Return the faults as they are printed."""
        return [str(fault) for fault in check(self.root)[0]]


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)


def test_a_checkout_without_faults_passes(checkout):
    assert checkout.faults() == []


UPWARD = (
    "src/onionskin/graph/node.py:{line}: `graph` (floor 1) imports {target} of `models` (floor 2); "
    "imports go down only\n"
    "  to fix: move this code up into `models` or what it needs down into `graph` or below, "
    "or have it handed in as plain data"
)


@pytest.mark.parametrize(
    ("text", "line", "target"),
    [
        ("import onionskin.models\n", 2, "onionskin.models"),
        ("from onionskin.models import Model\n", 2, "onionskin.models.Model"),
        ("from onionskin import base, models\n", 2, "onionskin.models"),
        ("from .. import models\n", 2, "onionskin.models"),
        ("from ..models import Model\n", 2, "onionskin.models.Model"),
        ("\n\ndef f():\n    from onionskin.models import Model\n", 5, "onionskin.models.Model"),
        ("class A:\n    def f(self):\n        import onionskin.models as m\n", 4, "onionskin.models"),
        (
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from onionskin.models import M\n",
            4,
            "onionskin.models.M",
        ),
        ("import importlib\nm = importlib.import_module('onionskin.models')\n", 3, "onionskin.models"),
        ("from importlib import import_module\nm = import_module('..models', __package__)\n", 3, "onionskin.models"),
        ("m = __import__('onionskin.models')\n", 2, "onionskin.models"),
        ("def f(importlib, x):\n    importlib.import_module(f'onionskin.models.{x}')\n", 3, "onionskin.models.*"),
        ("from onionskin.base.errors import require\nrequire('onionskin.models', 'x', 'y')\n", 3, "onionskin.models"),
        ("import sys\nm = sys.modules['onionskin.models']\n", 3, "onionskin.models"),
        ("import sys\nm = sys.modules.get('onionskin.models')\n", 3, "onionskin.models"),
        ("import onionskin.base\nm = onionskin.models.Model\n", 3, "onionskin.models"),
    ],
)
def test_imports_upward_are_found_wherever_they_stand(checkout, text, line, target):
    assert checkout.node(text) == [UPWARD.format(line=line, target=target)]


def test_a_room_beside_is_closed_unless_the_table_opens_it(checkout):
    # data → graph is allowed and used; the way back is not
    assert checkout.node("def f():\n    import onionskin.data.arrays\n") == [
        "src/onionskin/graph/node.py:3: `graph` (floor 1) imports onionskin.data.arrays of `data` (floor 1); "
        "rooms on one floor do not import each other\n"
        "  to fix: move what both need to a lower floor, or allow `graph` → `data` in the table of ROOMS.md",
    ]


def test_the_public_door_is_closed_from_inside(checkout):
    assert checkout.node("import onionskin\nfrom onionskin import Node\n") == [
        f"src/onionskin/graph/node.py:{line}: imports {target} through the public door, which stands above all floors\n"
        "  to fix: import it from the room that it lives in"
        for line, target in ((2, "onionskin"), (3, "onionskin.Node"))
    ]


def test_a_computed_name_cannot_hide_an_import(checkout):
    text = "import importlib\ndef f(name):\n    return importlib.import_module(name)\n"
    assert checkout.node(text) == [
        "src/onionskin/graph/node.py:4: imports a module whose name cannot be read here\n"
        "  to fix: write a literal name, or use onionskin.base.errors.require for a library of others"
    ]


def test_a_name_computed_within_the_own_room_is_fine(checkout):
    text = "import importlib\ndef f(name):\n    return importlib.import_module(f'{__name__}.{name}')\n"
    assert checkout.node(text) == []


def test_modules_of_one_room_that_import_each_other_are_a_circle(checkout):
    checkout.write("src/onionskin/graph/trace.py", '"""Trace."""\nfrom onionskin.graph.node import Node\n')
    assert checkout.node("def f():\n    from onionskin.graph import trace\n") == [
        "src/onionskin/graph/node.py:3: modules import each other in a circle: "
        "onionskin.graph.node → onionskin.graph.trace → onionskin.graph.node\n"
        "  to fix: move what both need into a module that imports neither"
    ]


def test_what_only_type_checkers_read_closes_no_circle(checkout):
    checkout.write("src/onionskin/graph/trace.py", '"""Trace."""\nfrom onionskin.graph.node import Node\n')
    assert (
        checkout.node("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from onionskin.graph import trace\n")
        == []
    )


@pytest.mark.parametrize("name", ["extras.py", "extras/__init__.py"])
def test_an_unknown_room_is_found(checkout, name):
    checkout.write(f"src/onionskin/{name}", '"""Extras."""\n')
    checkout.node("import onionskin.extras\n")  # the room is at fault, not who imports it
    assert checkout.faults() == [
        f"src/onionskin/{name}:1: `extras` is no room of ROOMS.md\n"
        "  to fix: give it a line on the map and a floor in the table of ROOMS.md, or move it into a room"
    ]


def test_a_room_without_a_door_is_found(checkout):
    (checkout.root / "src/onionskin/graph/__init__.py").unlink()
    assert checkout.faults() == [
        "src/onionskin/graph/__init__.py:1: room `graph` has no door\n"
        "  to fix: write it, with a docstring that says what the room is for"
    ]


def test_a_planned_room_with_code_is_found(checkout):
    checkout.write("src/onionskin/lab/__init__.py", '"""Lab."""\n')
    assert checkout.faults() == [
        "ROOMS.md:11: room `lab` is marked as planned, but has code\n  to fix: take the mark off"
    ]


@pytest.mark.parametrize(
    "name", ["src/onionskin/graph/__init__.py", "tests/test_a.py", "tools/b.py", "benchmarks/c.py"]
)
@pytest.mark.parametrize("text", ["", "import os\n", '"""   """\n', "# only a comment\n"])
def test_every_file_opens_with_a_docstring(checkout, name, text):
    checkout.write(name, text)
    assert checkout.faults() == [
        f"{name}:1: the first statement is no docstring\n"
        "  to fix: begin the file with one sentence that says what lives in it"
    ]


def test_a_file_that_cannot_be_parsed_is_a_fault_and_no_crash(checkout):
    faults = checkout.node("def f(:\n")
    assert len(faults) == 1
    assert faults[0].startswith("src/onionskin/graph/node.py:2: cannot be parsed: ")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("| 1 |", "| one |", "ROOMS.md:13: 'one' is no floor\n  to fix: write a whole number"),
        (
            "`graph` `data` |",
            "graph, data |",
            "ROOMS.md:13: 'graph, data' names no rooms\n"
            "  to fix: write the rooms' names in backquotes, with spaces between",
        ),
        (
            "| grammar |",
            "|",
            "ROOMS.md:13: the row has 3 cells\n  to fix: give it 4: floor, rooms, on the same floor, for",
        ),
        (
            "`data` → `graph`",
            "`data` → `base`",
            "ROOMS.md:13: '`data` → `base`' is no arrow between rooms of floor 1\n"
            "  to fix: write `a` → `b`, commas between several",
        ),
        (
            "`data` → `graph`",
            "`data` → `graph`, `graph` → `data`",
            "ROOMS.md:13: the table allows a cycle: data → graph → data\n  to fix: take one arrow out",
        ),
        (
            "| `base` |",
            "| `base` `models` |",
            "ROOMS.md:14: room `models` has a floor already, at line 12\n  to fix: list it once",
        ),
        (
            "- `base`: errors.\n",
            "",
            "ROOMS.md:13: room `base` is not on the map\n  to fix: add the line '- `base`: what it does.'",
        ),
        (
            "- `base`",
            "- `cellar`: wine.\n- `base`",
            "ROOMS.md:3: room `cellar` has no floor\n  to fix: add it to the table of floors",
        ),
        (
            "| floor |",
            "| storey |",
            "ROOMS.md:1: has no table of floors\n"
            "  to fix: write a table that begins with | floor | rooms | on the same floor | for |",
        ),
    ],
)
def test_faults_of_the_table_itself(checkout, old, new, fault):
    assert old in TABLE
    checkout.write("ROOMS.md", TABLE.replace(old, new))
    assert fault in checkout.faults()


def test_without_the_table_nothing_passes(checkout):
    (checkout.root / "ROOMS.md").unlink()
    assert checkout.faults()[0].startswith("ROOMS.md:1: cannot be read: ")


def test_one_cycle_is_told_per_knot():
    edges = {"a": ["b"], "b": ["c"], "c": ["a", "b"], "d": ["d"], "e": ["a"], "f": []}
    assert find_cycles(edges) == [["a", "b", "c"], ["d"]]


def test_the_command_prints_the_faults_and_fails(checkout):
    command = [sys.executable, str(ROOT / "tools" / "check_imports.py"), str(checkout.root)]
    good = subprocess.run(command, capture_output=True, text=True, check=False)
    checkout.node("import onionskin.models\n")
    bad = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (good.returncode, good.stdout, good.stderr) == (
        0,
        "import contract: 7 files, 4 rooms, 6 imports of our own; all as ROOMS.md says\n",
        "",
    )
    assert (bad.returncode, bad.stdout.splitlines()[0], bad.stderr) == (
        1,
        UPWARD.format(line=2, target="onionskin.models").splitlines()[0],
        "",
    )


def test_this_checkout_keeps_the_contract():
    assert [str(fault) for fault in check(ROOT)[0]] == []


def test_mypy_is_relaxed_for_the_floors_from_five_up_and_no_others():
    overrides = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]["overrides"]
    relaxed = {name for one in overrides if "disallow_untyped_defs" in one for name in one["module"]}
    rooms = read_rooms(ROOT / "ROOMS.md").rooms.values()
    assert relaxed == {f"onionskin.{room.name}.*" for room in rooms if room.floor >= 5}
