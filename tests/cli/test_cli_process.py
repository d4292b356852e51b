"""The command as a program: on a pipe, on a terminal, stopped with Ctrl-C, and without its libraries."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from onionskin import models
from tests.cli.running import environment, on_terminal, program


def test_the_demonstration_trains_what_is_here_and_downloads_nothing(tmp_path):
    done = program("demo", "--quick", "--output", "shown", home=tmp_path)
    shown = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b""), shown
    assert b"\r" not in done.stdout
    for name, plots in (("font-shade", ["boundary.png"]), ("digits", ["wrong.png"])):
        files = {path.name for path in (tmp_path / "shown" / name).iterdir()}
        assert files == {"model.onionskin", "curves.png", "confusion.png", *plots}
        assert re.search(rf"  {name} +\S.* +\d\d\.\d % +[\d.]+ +shown/{name}\s", shown), shown
    left_out = "mnist is left out: it is not on this machine; onionskin train mnist downloads 11.6 MB"
    assert left_out in " ".join(shown.split())
    assert not list(tmp_path.rglob("*ubyte*"))
    assert not (tmp_path / "datasets").exists()


def test_ctrl_c_keeps_what_was_learnt_and_says_where(tmp_path):
    status, shown = on_terminal(
        "train", "--epochs", 100_000, "--output", "kept", home=tmp_path, interrupt_at=b"Epoch 3/"
    )
    assert status == 130, shown
    assert "Traceback" not in shown
    stop = re.search(r"Stopped in epoch ([\d,]+) of 100,000, after step ([\d,]+) of it\.\r\n", shown)
    assert stop, shown
    assert "The model trained so far is saved: kept/model.onionskin\r\n" in shown
    assert "To go on: onionskin train font-shade --model kept/model.onionskin\r\n" in shown
    model = models.load_model(tmp_path / "kept" / "model.onionskin")
    epoch, steps = (int(one.replace(",", "")) for one in stop.groups())
    assert int(model.optimizer.iterations.numpy()) == (epoch - 1) * 202 + steps
    assert model.predict(np.array([[255, 255, 255]], np.float32), verbose=0)[0, 0] > 0.5


def test_a_terminal_gets_a_bar_and_colours(tmp_path):
    status, shown = on_terminal("train", "--epochs", 2, "--no-plots", "--output", "o", home=tmp_path)
    assert status == 0, shown
    assert "\r[" in shown
    assert "\x1b[1;32m" in shown  # right answers are bold green
    status, shown = on_terminal("predict", "o/model.onionskin", "gold", home=tmp_path)
    assert "  Aa  " in shown


def test_ctrl_c_at_the_prompt_ends_quietly(tmp_path):
    status, shown = on_terminal("predict", "no.onionskin", home=tmp_path)
    assert status == 2
    done = program("train", "--epochs", 1, "--output", "o", home=tmp_path)
    assert done.returncode == 0, done.stderr
    status, shown = on_terminal("predict", "o/model.onionskin", home=tmp_path, interrupt_at=b"> ")
    assert status == 0, shown  # Ctrl-C at the prompt is one way to end
    assert shown.endswith("> \r\n")


BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(f"no {{name}}", name=name)

sys.meta_path.insert(0, Blocked())
sys.argv = ["onionskin", *{arguments!r}]
from onionskin.cli.__main__ import main
main()
"""


def test_without_its_libraries_it_says_in_one_line_how_to_install_them(tmp_path):
    for names in (["typer"], ["rich"]):
        done = program(home=tmp_path, code=BLOCKED.format(names=names, arguments=["datasets"]))
        assert (done.returncode, done.stdout) == (1, b"")
        assert done.stderr.decode() == (
            f"onionskin: the commands need the library '{names[0]}', which is not installed; "
            "to install it: pip install 'onionskin[cli]'\n"
        )


def test_without_matplotlib_it_trains_and_says_how_to_have_plots(tmp_path):
    code = BLOCKED.format(names=["matplotlib"], arguments=["train", "--epochs", "1", "--output", "o"])
    done = program(home=tmp_path, code=code)
    assert done.returncode == 0, done.stderr
    assert done.stderr.decode() == (
        "note: No plots: plots need the library 'matplotlib', which is not installed. "
        "To have them: pip install 'onionskin[plot]'\n"
    )
    assert [path.name for path in (tmp_path / "o").iterdir()] == ["model.onionskin"]


def test_a_terminal_without_unicode_shows_question_marks(tmp_path):
    done = program("train", "--epochs", 1, "--no-plots", home=tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"3 ? 16 relu ? 1 sigmoid" in done.stdout
    assert (tmp_path / "onionskin-output" / "font-shade" / "model.onionskin").exists()


def test_colours_come_from_a_pipe(tmp_path):
    assert program("train", "--epochs", 4, "--no-plots", "--output", "o", home=tmp_path).returncode == 0
    done = program("predict", "o/model.onionskin", home=tmp_path, stdin="yellow\n0,0,100\n")
    assert re.findall(r"(DARK|LIGHT)", done.stdout.decode()) == ["DARK", "LIGHT"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("arguments", [["datasets"], ["show", "digits", "0"]])
def test_a_full_disk_is_said_in_one_line(arguments, tmp_path):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "onionskin", *arguments], stdout=full, stderr=subprocess.PIPE, check=False,
            cwd=tmp_path, timeout=120, env=environment(tmp_path),
        )  # fmt: skip
    assert done.stderr.decode() == "error: standard output: this cannot be read or written: no space left on device.\n"
    assert done.returncode == 1
