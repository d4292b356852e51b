"""What all tests share: the folder of real data, Hypothesis's profiles, and settings that no test leaves changed."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Without the compiled part everything runs on the reference engine, whose warning of that would fail every test.
NATIVE = importlib.util.find_spec("onionskin.engines.native._ext") is not None
if not NATIVE:
    os.environ.setdefault("ONIONSKIN_ENGINE", "reference")

# No deadline: a busy machine is not a fault. In CI the same examples are drawn each time, so that a red run can be
# repeated; elsewhere new ones are, and the printed blob repeats one.
settings.register_profile("everywhere", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("everywhere"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "everywhere")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever is in tests/peers, so that `make test-peers` finds it."""
    peers = Path(__file__).parent / "peers"
    for item in items:
        if peers in item.path.parents:
            item.add_marker(pytest.mark.peers)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data sets, or a skip where the machine has none."""
    folder = os.environ.get("ONIONSKIN_DATA")
    if not folder:
        pytest.skip("ONIONSKIN_DATA names no folder of real data")
    path = Path(folder)
    if not path.is_dir():
        pytest.fail(f"ONIONSKIN_DATA is {folder!r}, which is no folder")
    return path


@pytest.fixture(autouse=True)
def settings_restored() -> Iterator[None]:
    """Put the settings of the process back after each test."""
    from onionskin.base import config

    before = config.floatx(), config.epsilon(), config.engine()
    yield
    config.set_floatx(before[0])
    config.set_epsilon(before[1])
    config.set_engine(before[2])


@pytest.fixture(params=["native", "reference"])
def each_engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a test on each engine, in this process and in those that it starts."""
    from onionskin import engines

    if request.param == "native" and not NATIVE:
        pytest.skip("the native engine's compiled part is not built")
    monkeypatch.setenv("ONIONSKIN_ENGINE", request.param)
    engines.set_engine(request.param)
    return str(request.param)
