"""What the tests of callbacks share: the recorded cases and the code that drives callbacks alike here and there."""

import importlib.util
import json
from pathlib import Path

import pytest

_HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def record():
    spec = importlib.util.spec_from_file_location("record_callback_cases", _HERE / "record_cases.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def cases():
    return json.loads((_HERE / "cases.json").read_text(encoding="utf-8"))


@pytest.fixture
def model(record):
    return record.FakeModel()
