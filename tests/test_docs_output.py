"""Holds the outputs that the READMEs show to what their Python prints, and their pictures and links to files."""

from __future__ import annotations

import ast
import re

import pytest

from onionskin import engines
from tests.conftest import NATIVE
from tests.test_docs import ENGLISH, KOREAN, ROOT, blocks, matches

READMES = pytest.mark.parametrize("path", [ENGLISH, KOREAN], ids=lambda path: path.name)


@pytest.mark.skipif(not NATIVE, reason="the READMEs show plans of the native engine, which is not built")
@READMES
def test_a_text_block_is_what_the_python_above_it_prints(path, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = blocks(path.read_text(encoding="utf-8"))
    engines.set_engine("native")  # the plan shown is its
    namespace, compared = {"__name__": "__main__"}, 0
    for at, (language, content, line) in enumerate(found):
        if language != "python":
            continue
        capsys.readouterr()
        exec(compile(content, f"{path.name}:{line}", "exec"), namespace)  # noqa: S102 - our own documents
        printed = capsys.readouterr().out
        if found[at + 1][0] == "text":
            shown, place = found[at + 1][1], f"{path.name}:{found[at + 1][2]}"
            assert matches(shown, printed), f"{place} shows\n{shown}\nand it prints\n{printed}"
            compared += 1
    assert compared == 4


@READMES
def test_the_first_network_learns(path, capsys):
    first = next(content for language, content, _ in blocks(path.read_text(encoding="utf-8")) if language == "python")
    namespace = {"__name__": "__main__"}
    exec(compile(first, path.name, "exec"), namespace)  # noqa: S102 - our own documents
    loss, accuracy = ast.literal_eval(capsys.readouterr().out)
    assert accuracy == pytest.approx(0.98, abs=0.015)
    assert 0 < loss < 0.1
    assert len(first.replace("\n\n", "\n").splitlines()) == 9, "it is to stay within ten lines"


@pytest.mark.parametrize("name", ["README.md", "README.ko.md", "CONTRIBUTING.md", "CHANGELOG.md", "ROOMS.md"])
def test_links_and_pictures_are_there(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)]+)\)", text) + re.findall(r'src(?:set)?="([^"]+)"', text)
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (ROOT / target).is_file()] == []
