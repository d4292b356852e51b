"""The import contract: imports go down the floors of ROOMS.md, in no circle, and every file says what lives in it.

Run `python tools/check_imports.py [ROOT]`; it prints each fault with its line and how to fix it, and ends with 1.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # also when run as a script

from tools.found_imports import PACKAGE, Import, find_imports
from tools.rooms import Contract, Fault, Room, arrows, find_cycles, read_rooms

FOLDERS = ("src", "tests", "tools", "benchmarks")


@dataclass(frozen=True)
class Source:
    """One Python file, parsed.

    Args:
        path: relative to the checkout.
        module: its dotted name within the package.
        is_package: whether it is an `__init__.py`.
        tree: its syntax tree.
    """

    path: str
    module: str
    is_package: bool
    tree: ast.Module

    @property
    def room(self) -> str:
        """The name after "onionskin.", "" for the public door itself."""
        return _room_of(self.module)


def check(root: Path) -> tuple[list[Fault], str]:
    """Return the faults of a checkout, in order, and one line that says what was checked."""
    contract = read_rooms(root / "ROOMS.md")
    faults = list(contract.faults)
    sources = list(_read_sources(root, faults))
    ours = [source for source in sources if source.module]
    faults += _check_rooms(ours, contract, root)
    modules = {source.module for source in ours}
    found = {one.module: list(find_imports(one.tree, one.module, is_package=one.is_package)) for one in ours}
    for source in ours:
        if source.room:  # the public door may name anything
            faults += _check_file(source, found[source.module], contract, modules)
    faults += _check_circles(ours, found, modules)
    count = sum(len(imports) for imports in found.values())
    rooms = {source.room for source in ours} - {""}
    return sorted(set(faults)), f"{len(sources)} files, {len(rooms)} rooms, {count} imports of our own"


def _read_sources(root: Path, faults: list[Fault]) -> Iterator[Source]:
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            try:
                tree = ast.parse(path.read_bytes(), name)
            except (SyntaxError, ValueError) as error:
                line = getattr(error, "lineno", None) or 1
                faults.append(Fault(name, line, f"cannot be parsed: {error}", "correct the syntax"))
                continue
            if not (ast.get_docstring(tree) or "").strip():
                fix = "begin the file with one sentence that says what lives in it"
                faults.append(Fault(name, 1, "the first statement is no docstring", fix))
            parts = path.relative_to(root / folder).with_suffix("").parts
            is_package = parts[-1] == "__init__"
            inside = folder == "src" and parts[0] == PACKAGE
            module = ".".join(parts[:-1] if is_package else parts) if inside else ""
            yield Source(name, module, is_package, tree)


def _check_rooms(ours: list[Source], contract: Contract, root: Path) -> Iterator[Fault]:
    existing: dict[str, str] = {}
    for source in ours:
        existing.setdefault(source.room, source.path)
    for name, path in existing.items():
        room = contract.rooms.get(name)
        if name and room is None:
            fix = "give it a line on the map and a floor in the table of ROOMS.md, or move it into a room"
            yield Fault(path, 1, f"`{name}` is no room of ROOMS.md", fix)
        elif room and room.planned:
            yield Fault("ROOMS.md", room.line, f"room `{name}` is marked as planned, but has code", "take the mark off")
    packages = {source.module for source in ours}
    for name in contract.rooms:
        folder = root / "src" / PACKAGE / name
        if any(folder.glob("**/*.py")) and f"{PACKAGE}.{name}" not in packages:
            path = f"src/{PACKAGE}/{name}/__init__.py"
            fix = "write it, with a docstring that says what the room is for"
            yield Fault(path, 1, f"room `{name}` has no door", fix)


def _check_file(source: Source, imports: list[Import], contract: Contract, modules: set[str]) -> Iterator[Fault]:
    here = contract.rooms.get(source.room)
    if here is None:
        return
    for one in imports:
        if one.target is None:
            # Floor 0 holds `require`, which is given the names of outside libraries.
            if here.floor > 0:
                fix = "write a literal name, or use onionskin.base.errors.require for a library of others"
                yield Fault(source.path, one.line, "imports a module whose name cannot be read here", fix)
            continue
        name = _room_of(one.target)
        there = contract.rooms.get(name)
        if there is None:
            if f"{PACKAGE}.{name}" not in modules:  # else the unknown room itself is the fault
                what = f"imports {one.target} through the public door, which stands above all floors"
                yield Fault(source.path, one.line, what, "import it from the room that it lives in")
        elif there is not here and there.floor >= here.floor and name not in here.beside:
            yield Fault(source.path, one.line, *_upward(one.target, here, there))


def _upward(target: str, here: Room, there: Room) -> tuple[str, str]:
    what = f"`{here.name}` (floor {here.floor}) imports {target} of `{there.name}` (floor {there.floor}); "
    if there.floor == here.floor:
        what += "rooms on one floor do not import each other"
        fix = f"move what both need to a lower floor, or allow `{here.name}` → `{there.name}` in the table of ROOMS.md"
        return what, fix
    return what + "imports go down only", (
        f"move this code up into `{there.name}` or what it needs down into `{here.name}` or below, "
        "or have it handed in as plain data"
    )


def _check_circles(ours: list[Source], found: dict[str, list[Import]], modules: set[str]) -> Iterator[Fault]:
    """Find modules of one room that import each other when run; between rooms, the floors leave no circle."""
    edges: dict[str, set[str]] = {}
    for source in ours:
        targets = {
            _module_of(one.target, modules) for one in found[source.module] if one.target and not one.typing_only
        }
        edges[source.module] = {name for name in targets if _room_of(name) == source.room} - {source.module}
    for cycle in find_cycles(edges):
        first = next(source for source in ours if source.module == cycle[0])
        imports = [one for one in found[cycle[0]] if one.target and not one.typing_only]
        line = next(one.line for one in imports if one.target and _module_of(one.target, modules) == cycle[1])
        fix = "move what both need into a module that imports neither"
        yield Fault(first.path, line, f"modules import each other in a circle: {arrows(cycle)}", fix)


def _room_of(name: str) -> str:
    return name.split(".")[1] if "." in name else ""


def _module_of(target: str, modules: set[str]) -> str:
    """Return the module that holds an imported name: the longest part of it that is one of ours."""
    while target not in modules and "." in target:
        target = target.rpartition(".")[0]
    return target


def main(arguments: list[str]) -> int:
    """Check the checkout that is given, or this one; returns the exit status."""
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    faults, checked = check(root)
    for fault in faults:
        print(fault)
    print(f"import contract: {checked}; " + (f"{len(faults)} faults" if faults else "all as ROOMS.md says"))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
