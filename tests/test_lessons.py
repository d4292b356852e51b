"""Runs the lessons as scripts on real data, compares what they show and print, and holds translations in step."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.test_docs import ROOT, blocks, essence, headings, matches

LESSONS = sorted((ROOT / "lessons").glob("[1-9]-*.md"))
ENGLISH = [path for path in LESSONS if not path.name.endswith(".ko.md")]
ALL = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.name)


def korean_of(path: Path) -> Path:
    return path.with_name(path.name.replace(".md", ".ko.md"))


def run(path: Path, capsys: pytest.CaptureFixture[str]) -> int:
    """Run a lesson's Python in one namespace; what a text block below it shows must be what it prints."""
    text = path.read_text(encoding="utf-8")
    namespace: dict[str, object] = {"__name__": "__main__"}
    found = blocks(text)
    compared = 0
    for at, (language, content, line) in enumerate(found):
        if language != "python":
            continue
        capsys.readouterr()
        exec(compile("\n" * (line - 1) + content, path.name, "exec"), namespace)  # noqa: S102 - our own documents
        printed = capsys.readouterr().out
        if at + 1 < len(found) and found[at + 1][0] == "text":
            shown = found[at + 1][1]
            assert matches(shown, printed), f"{path.name}:{found[at + 1][2]} shows\n{shown}\nand it prints\n{printed}"
            compared += 1
    return compared


@pytest.mark.slow
@pytest.mark.parametrize("path", ENGLISH, ids=lambda path: path.name)
def test_a_lesson_runs_and_shows_what_it_prints(path, capsys, tmp_path, monkeypatch):
    if not os.environ.get("ONIONSKIN_DATA"):
        pytest.skip("the lessons read real data, and ONIONSKIN_DATA names no folder of it")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.setenv("COLUMNS", "80")
    assert run(path, capsys) >= 3


@pytest.mark.parametrize("path", ENGLISH, ids=lambda path: path.name)
def test_the_korean_lesson_is_in_step(path):
    english, korean = path.read_text(encoding="utf-8"), korean_of(path).read_text(encoding="utf-8")
    assert headings(korean) == headings(english)
    assert [(kind, essence(kind, text)) for kind, text, _ in blocks(korean)] == [
        (kind, essence(kind, text)) for kind, text, _ in blocks(english)
    ]


@ALL
def test_a_lesson_asserts_its_figures(path):
    code = "".join(content for language, content, _ in blocks(path.read_text(encoding="utf-8")) if language == "python")
    assert code.count("assert ") >= 3


@ALL
def test_pictures_and_links_of_a_lesson_are_there(path):
    text = path.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)]+)\)", text) + re.findall(r'src(?:set)?="([^"]+)"', text)
    local = [target.partition("#")[0] for target in targets if "://" not in target]
    assert [target for target in local if target and not (path.parent / target).is_file()] == []


@ALL
def test_a_lesson_is_a_notebook_and_a_script(path):
    jupytext = pytest.importorskip("jupytext")
    notebook = jupytext.read(path)
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    python = [text.strip() for language, text, _ in blocks(path.read_text(encoding="utf-8")) if language == "python"]
    assert [cell.strip() for cell in cells] == python
    compile(jupytext.writes(notebook, "py:percent"), f"{path.stem}.py", "exec")


def test_there_is_a_lesson_for_each_source_in_both_languages():
    assert [path.name[0] for path in ENGLISH] == ["1", "2", "3", "4", "5"]
    assert sorted([*ENGLISH, *map(korean_of, ENGLISH)]) == LESSONS
