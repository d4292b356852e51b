"""Lists the public names of onionskin, one door a line; `python tools/public_names.py` rewrites the recorded list."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECORDED = ROOT / "tests" / "public_names.txt"


def doors() -> list[str]:
    """Return the dotted names of the packages of onionskin, the public door first."""
    package = ROOT / "src" / "onionskin"
    folders = [path.parent.relative_to(package.parent).parts for path in sorted(package.rglob("__init__.py"))]
    return sorted(".".join(parts) for parts in folders if not any(part.startswith("_") for part in parts))


def offered(door: str) -> list[str]:
    """Return the names that a package offers: its `__all__`, else what it defines or imports `as` itself."""
    path = ROOT / "src" / Path(*door.split(".")) / "__init__.py"
    names: list[str] = []
    body = ast.parse(path.read_text(encoding="utf-8")).body
    lazy = [node for node in body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    inner = [node for outer in lazy for node in outer.body]
    names += [
        alias.asname for node in inner if isinstance(node, ast.ImportFrom) for alias in node.names if alias.asname
    ]
    for node in body:
        if isinstance(node, ast.Assign) and [one.id for one in node.targets if isinstance(one, ast.Name)] == [
            "__all__"
        ]:
            return sorted(ast.literal_eval(node.value))
        if isinstance(node, ast.Import | ast.ImportFrom):
            names += [alias.asname for alias in node.names if alias.asname and alias.asname == alias.name]
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names += [node.name] if not node.name.startswith("_") else []
    return sorted(names)


def listing() -> str:
    """Return one line for each door that says what it offers: "onionskin.plan: Schedule schedule"."""
    return "".join(f"{door}: {' '.join(offered(door))}\n" for door in doors() if offered(door))


if __name__ == "__main__":
    RECORDED.write_text(listing(), encoding="utf-8")
