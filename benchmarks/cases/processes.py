"""Whole processes as rivals: a program of `benchmarks/programs` runs from start to end, and says what it reached."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.agreement import Score
from benchmarks.timing import Rival

PROGRAMS = Path(__file__).resolve().parent.parent / "programs"


def run_program(name: str, *arguments: str, **environment: str) -> dict[str, Any]:
    """Run a program of this folder with this Python; returns the JSON that its last line holds.

    Raises:
        RuntimeError: it failed; its own words are in the message.
    """
    command = [sys.executable, str(PROGRAMS / name), *arguments]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{name} {' '.join(arguments)} failed ({done.returncode}):\n{done.stderr.strip()}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def process(key: str, label: str, name: str, *arguments: str, **environment: str) -> Rival:
    """Return a rival whose run is a whole process."""
    last: dict[str, Any] = {}

    def run() -> None:
        last.update(run_program(name, *arguments, **environment))

    return Rival(key, label, run, outcome=lambda: Score(last.get("accuracy"), last.get("loss")))
