"""Builds the reference pages of the public names from their docstrings: `python tools/api_pages.py FOLDER`."""

from __future__ import annotations

import argparse
import importlib
import warnings
from pathlib import Path
from types import ModuleType

import pdoc

from tools.public_names import doors, offered

HERE = Path(__file__).resolve().parent
# Rooms that readers meet; the others are for those who work on the library.
INNER = ("base", "cli", "data", "engines", "graph", "plan", "prims", "runtime", "state", "train", "transforms")


def pages() -> list[str]:
    """Return the dotted names of the packages that have a page."""
    return [door for door in doors() if offered(door) and door.partition(".")[2].partition(".")[0] not in INNER]


def build(folder: Path) -> list[str]:
    """Write the pages into a folder, `index.html` the first to open; returns the names of the modules they are of."""
    specs: list[str] = []
    for name in pages():
        module = importlib.import_module(name)
        listed = [one for one in offered(name) if f"{name}.{one}" not in doors() or f"{name}.{one}" in pages()]
        things = {one: getattr(module, one) for one in listed}
        vars(module).update(things)  # some are loaded only when they are asked for
        vars(module)["__all__"] = listed  # pdoc shows what a door lists
        specs += [name, f"!{name}\\..*"]  # and leaves out the files behind it, unless they are listed themselves
        files = [f"{name}.{one}" for one, thing in things.items() if isinstance(thing, ModuleType)]
        specs += [one for one in files if one not in doors()]
    pdoc.render.configure(
        docformat="google", show_source=False, footer_text="onionskin", template_directory=HERE / "api_template"
    )
    # The hints of a named tuple belong to no module that pdoc could read np from; they are shown as they are written.
    warnings.filterwarnings("ignore", message=r"Error parsing type annotation .* Import of np failed")
    pdoc.pdoc(*specs, output_directory=folder)
    return [spec for spec in specs if not spec.startswith("!")]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    to = parser.parse_args().folder
    print(f"{len(build(to))} pages; open {to / 'index.html'}")
