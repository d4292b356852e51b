"""Small graphs are tested as ordinary plans here; lane programs, which would take them over, have their own tests."""

import importlib.util

import pytest

_PLANS = {"test_ext_pairs", "test_native_batches", "test_native_parity", "test_native_plans", "test_native_training"}


@pytest.fixture(autouse=True)
def ordinary_plans(request, monkeypatch):
    """Leave lane programs out of the modules that look at ordinary plans."""
    if importlib.util.find_spec("onionskin.engines.native._ext") is None:
        return
    if request.module.__name__.rpartition(".")[2] in _PLANS:
        from onionskin.engines.native import lanes

        monkeypatch.setattr(lanes, "LARGEST", 0)
