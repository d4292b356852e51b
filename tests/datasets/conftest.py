"""Fixtures of the data set tests: the real files, a private cache, a web server on loopback."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from datasets_help import Server


@pytest.fixture
def real_data() -> Path:
    """The folder of real files, or a skip where the machine has none."""
    folder = os.environ.get("ONIONSKIN_DATA")
    if not folder:
        pytest.skip("ONIONSKIN_DATA names no folder of real data")
    return Path(folder)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache; ONIONSKIN_DATA is unset and proxies are off."""
    monkeypatch.delenv("ONIONSKIN_DATA", raising=False)
    monkeypatch.setenv("ONIONSKIN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("no_proxy", "*")
    return tmp_path / "home" / "datasets"


@pytest.fixture
def server() -> Iterator[Server]:
    """A web server on loopback."""
    running = Server()
    yield running
    running.stop()
