"""Layers: the answers of Keras, recorded, computed at once and traced on each engine."""

import json

import pytest

from tests.cases_keras import layer_rules as rules

CASES = [case for family in rules.FAMILIES for case in rules.recorded(family)]


@pytest.mark.parametrize("mode", ["eager", "reference", "native"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_as_keras(case, mode):
    if mode == "native":
        pytest.importorskip("onionskin.engines.native._ext", reason="the native engine is not built")
    rules.compare(case, rules.answer(rules.Onionskin(mode), case), rules.read_answer(case["answer"]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_there_and_back(case):
    if "config" in case.get("skip", []):
        pytest.skip("its configuration is not written")
    layer = rules.layer_of(rules.Onionskin(), case)
    back = type(layer).from_config(json.loads(json.dumps(layer.get_config())))
    rules.same_config(case["id"], rules._plain(back.get_config()), rules._plain(layer.get_config()))
