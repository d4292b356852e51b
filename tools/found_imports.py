"""Finds every import of onionskin in a syntax tree: plain, late, for type checkers, and by a name in a string."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

PACKAGE = "onionskin"
# Functions that import what their first argument names.
_IMPORTERS = {"import_module", "__import__", "require", "find_spec", "run_module", "resolve_name"}
# Those whose argument must be readable; `require` is for outside libraries, and checked where it is literal.
_MUST_BE_READABLE = {"import_module", "__import__"}


@dataclass(frozen=True)
class Import:
    """One import of ours.

    Args:
        line: where it stands.
        target: the dotted name of what is imported, such as "onionskin.graph.Node"; None where a name is computed.
        typing_only: whether it stands under `if TYPE_CHECKING:`.
    """

    line: int
    target: str | None
    typing_only: bool = False


def find_imports(tree: ast.Module, module: str, *, is_package: bool) -> Iterator[Import]:
    """Yield every import of onionskin in a file.

    Args:
        tree: its syntax tree.
        module: its dotted name, such as "onionskin.graph.node".
        is_package: whether it is an `__init__.py`.
    """
    package = module if is_package else module.rpartition(".")[0]
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.If) and _last_name(node.test) == "TYPE_CHECKING"]
    typing_only = {id(inner) for block in blocks for one in block.body for inner in ast.walk(one)}
    for node in ast.walk(tree):
        for target in _targets(node, module, package):
            if target is None or target.split(".")[0] == PACKAGE:
                yield Import(node.lineno, target, id(node) in typing_only)  # type: ignore[attr-defined]


def _targets(node: ast.AST, module: str, package: str) -> Iterator[str | None]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = _absolute("." * node.level + (node.module or ""), package)
        yield from (f"{base}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == PACKAGE:
        yield f"{PACKAGE}.{node.attr}"  # the door opens rooms on attribute access
    elif isinstance(node, ast.Subscript) and _is_sys_modules(node.value):
        yield from _literal(node.slice)
    elif isinstance(node, ast.Call) and node.args:
        name = _last_name(node.func)
        if name in _IMPORTERS:
            yield from _named(node, name, module, package)
        elif name == "get" and isinstance(node.func, ast.Attribute) and _is_sys_modules(node.func.value):
            yield from _literal(node.args[0])


def _named(call: ast.Call, name: str, module: str, package: str) -> Iterator[str | None]:
    first = call.args[0]
    literal = list(_literal(first))
    if literal:
        yield _absolute(literal[0], package)
    elif name in _MUST_BE_READABLE:
        yield _prefix(first, module, package)


def _literal(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _prefix(node: ast.expr, module: str, package: str) -> str | None:
    """Return what f"{__name__}.{name}" or f"onionskin.graph.{name}" surely begins with, up to the last dot."""
    if not isinstance(node, ast.JoinedStr):
        return None
    known = {"__name__": module, "__package__": package}
    text = ""
    for part in node.values:
        if isinstance(part, ast.FormattedValue) and _last_name(part.value) in known:
            text += known[_last_name(part.value)]
        elif isinstance(part, ast.Constant):
            text += str(part.value)
        else:
            break
    whole_names = _absolute(text, package).rpartition(".")[0]
    return f"{whole_names}.*" if whole_names else None


def _absolute(name: str, package: str) -> str:
    inner = name.lstrip(".")
    levels = len(name) - len(inner)
    if not levels:
        return name
    parents = package.split(".")[: len(package.split(".")) - levels + 1]
    return ".".join([*parents, inner] if inner else parents)


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _is_sys_modules(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "modules" and _last_name(node.value) == "sys"
