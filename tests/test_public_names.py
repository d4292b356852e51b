"""Tests of the public doors: what they promise can be had, nothing is promised twice, and no name changes unnoticed."""

from __future__ import annotations

import importlib

import pytest

from onionskin.base.doors import Door
from tools.public_names import RECORDED, doors, listing, offered


@pytest.mark.parametrize("door", [door for door in doors() if offered(door)])
def test_a_door_offers_what_it_lists(door):
    module = importlib.import_module(door)
    names = offered(door)
    assert [name for name in names if names.count(name) > 1] == []
    assert [name for name in names if not hasattr(module, name)] == []
    assert [name for name in names if name not in dir(module)] == []


@pytest.mark.parametrize("name", [door for door in doors() if offered(door)])
def test_a_door_that_loads_its_files_late_finds_what_type_checkers_are_told(name):
    door = getattr(importlib.import_module(name), "_door", None)
    if isinstance(door, Door):
        assert door.names() == offered(name)
        assert [one for one in offered(name) if door.find(one) is None] == []
        # a loaded file becomes an attribute of its package, and would hide what is offered under the same name
        files = {f"{name}.{one}" for one in offered(name)} & {place for place, _ in door._places.values()} - {name}
        assert files == set()


def test_an_unknown_name_at_the_door_is_an_attribute_error():
    module = importlib.import_module("onionskin")
    with pytest.raises(AttributeError) as caught:
        _ = module.no_such_name
    assert str(caught.value).startswith("module 'onionskin' has no attribute 'no_such_name'")


def test_the_public_names_are_those_recorded():
    if not RECORDED.exists():
        pytest.skip("no list is recorded yet: run python tools/public_names.py")
    recorded, present = RECORDED.read_text(encoding="utf-8").splitlines(), listing().splitlines()
    assert present == recorded, "a name was added or taken away: if meant so, run python tools/public_names.py"
