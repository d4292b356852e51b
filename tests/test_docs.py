"""Runs the Python of the README files and of CONTRIBUTING.md, and holds the two READMEs in step."""

from __future__ import annotations

import ast
import linecache
import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ENGLISH, KOREAN = ROOT / "README.md", ROOT / "README.ko.md"
_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#+) ", re.MULTILINE)


def blocks(text: str) -> list[tuple[str, str, int]]:
    """Return the fenced blocks of a Markdown text: language, content, and the line that the content begins at."""
    return [(found[1], found[2], text.count("\n", 0, found.start(2)) + 1) for found in _FENCE.finditer(text)]


def headings(text: str) -> list[int]:
    """Return the level of each heading, in order; lines in fenced blocks are none."""
    return [len(found[1]) for found in _HEADING.finditer(_FENCE.sub("", text))]


def essence(language: str, content: str) -> str:
    """Return what two translations of a block share: of Python all but the comments, else every character."""
    return ast.dump(ast.parse(content)) if language == "python" else content


def matches(shown: str, printed: str) -> bool:
    """Tell whether a text block shows what is printed; a line of … stands for any lines."""
    parts = [re.escape(part.strip("\n")) for part in re.split(r"(?m)^\s*…\s*$", shown.rstrip())]
    return re.fullmatch(r"(?s)" + r"\n?.*?\n?".join(parts), printed.rstrip()) is not None


def run_python(text: str, name: str) -> int:
    """Run the Python blocks of a Markdown text in one namespace; return how many there are."""
    namespace = {"__name__": "__main__"}
    found = [(content, line) for language, content, line in blocks(text) if language == "python"]
    linecache.cache[name] = (
        len(text),
        None,
        text.splitlines(keepends=True),
        name,
    )  # so that a traceback shows the line
    for content, line in found:
        exec(compile("\n" * (line - 1) + content, name, "exec"), namespace)  # noqa: S102 - our own documents
    return len(found)


@pytest.mark.parametrize("name", ["README.md", "README.ko.md", "CONTRIBUTING.md"])
def test_python_of_the_documents_runs(name, tmp_path, monkeypatch):
    path = ROOT / name
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    code = "".join(content for language, content, _ in blocks(text) if language == "python")
    if not code:
        pytest.skip(f"{name} has no Python")
    if "mnist" in code and not os.environ.get("ONIONSKIN_DATA"):
        pytest.skip(f"{name} reads MNIST, and ONIONSKIN_DATA names no folder of real data")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    assert run_python(text, name) > 0


def test_the_readmes_are_in_step():
    english = ENGLISH.read_text(encoding="utf-8")
    if not english.strip():
        pytest.skip("README.md is not written yet")
    korean = KOREAN.read_text(encoding="utf-8")
    assert headings(korean) == headings(english)
    assert [(kind, essence(kind, text)) for kind, text, _ in blocks(korean)] == [
        (kind, essence(kind, text)) for kind, text, _ in blocks(english)
    ]


def test_a_planted_fault_is_found_at_its_line():
    text = "# A\n\n```python\nx = 1\n```\n\ntext\n\n```python\ny = x / 0\n```\n"
    with pytest.raises(ZeroDivisionError) as caught:
        run_python(text, "planted.md")
    assert caught.traceback[-1].lineno + 1 == 10


def test_headings_and_blocks_are_read_apart():
    text = "# A\n\n```sh\n# no heading\nmake\n```\n\n## B\n"
    assert headings(text) == [1, 2]
    assert blocks(text) == [("sh", "# no heading\nmake\n", 4)]


def test_a_block_that_shows_something_else_is_found():
    assert matches("a\n…\nb 1", "a\nmany\nlines\nb 1\n")
    assert not matches("a\n…\nb 2", "a\nmany\nb 1\n")
    assert not matches("a", "a\nb\n")
