"""`onionskin draw`: the graph of a saved model as a tree in the terminal, and in files."""

import pytest

from onionskin.layers import Dense, Input
from onionskin.models import Sequential
from tests.cli.running import fails, works


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A small compiled model, saved."""
    model = Sequential([Input((2,)), Dense(3, "relu", name="hidden"), Dense(1, name="out")], name="small")
    model.compile("sgd", "mse")
    path = tmp_path_factory.mktemp("draw") / "small.onionskin"
    model.save(path)
    return path


TREE = """\
computational graph of small · output first
                                                           value    ∂ derivative
C = v9                                                   float32               1
├─ loss
│     mean(mean((y − z) × (y − z)))
├─ out (Dense)                                    float32 (N, 1)          (N, 1)
│     x·W + b
│     W (3, 1), b (1,)
│     4 weights
├─ hidden (Dense)                                 float32 (N, 3)          (N, 3)
│     relu(x·W + b)
│     W (2, 3), b (3,)
│     9 weights
├─ x                                              float32 (N, 2)          (N, 2)
└─ y                                              float32 (N, 1)
"""


def test_without_a_file_it_is_a_tree_within_80_columns(file):
    shown = works("draw", file)
    assert [line.rstrip() for line in shown.rstrip("\n").split("\n")] == TREE.splitlines()
    assert max(map(len, shown.split("\n"))) <= 80


def test_layers_open_all_or_by_name(file):
    assert "relu(v" in works("draw", file, "--expand")
    shown = works("draw", file, "--layer", "out")
    assert "relu(x·W + b)" in shown and "x·W + b\n" not in shown.replace("relu(x·W + b)", "")


def test_files_are_written_and_named(file, tmp_path):
    shown = works("draw", file, "--output", tmp_path / "a.svg", "--output", tmp_path / "b.html", "--update")
    assert shown == f"Written: {tmp_path / 'a.svg'}\nWritten: {tmp_path / 'b.html'}\n"
    assert "hidden: update" in (tmp_path / "a.svg").read_text(encoding="utf-8")
    korean = works("draw", file, "--output", tmp_path / "c.svg", "--backward", "nodes", "--language", "ko")
    assert korean == f"파일: {tmp_path / 'c.svg'}\n"
    assert "hidden: 역전파" in (tmp_path / "c.svg").read_text(encoding="utf-8")


def test_a_layer_that_is_not_there(file):
    assert fails("draw", file, "--layer", "hiden").replace("\n", " ").split("did you mean")[1].startswith(" 'hidden'?")
