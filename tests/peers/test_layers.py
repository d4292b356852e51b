"""Layers: the same cases asked of Keras on JAX and of onionskin, in float32 and float64."""

import json

import pytest

from tests.cases_keras import layer_rules as rules

keras = pytest.importorskip("keras", reason="Keras is not installed; `make test-peers` installs it")

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")  # Keras's variables, read by NumPy 2

CASES = [case for family in rules.FAMILIES for case in rules.made(family)]


@pytest.fixture(scope="module")
def theirs():
    if keras.backend.backend() != "jax":
        pytest.skip("Keras does not run on JAX; set KERAS_BACKEND=jax")
    return rules.Keras()


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_same_answers(theirs, case, precision):
    ours = rules.answer(rules.Onionskin(), case, precision)
    rules.compare(case, ours, rules.answer(theirs, case, precision), precision)


@pytest.mark.parametrize("family", rules.FAMILIES)
def test_the_record_is_what_keras_says(theirs, family):
    """The files are made of these very cases, by a Keras that answers as this one does."""
    kept, made = rules.recorded(family), rules.made(family)
    assert [case["id"] for case in kept] == [case["id"] for case in made]
    for case, now in zip(kept, made, strict=True):
        assert {key: value for key, value in case.items() if key != "answer"} == json.loads(json.dumps(now))
        rules.compare(now, rules.answer(theirs, now), rules.read_answer(case["answer"]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_configurations_are_understood_there_and_here(theirs, case):
    """What onionskin writes, Keras makes the same layer of, and the other way round."""
    if "config" in case.get("skip", []):
        pytest.skip("its configuration is not written")
    mine = rules.Onionskin()
    ours, other = rules.layer_of(mine, case), rules.layer_of(theirs, case)
    for source, target, cls in ((ours, other, type(other)), (other, ours, type(ours))):
        back = cls.from_config(json.loads(json.dumps(source.get_config())))
        rules.same_config(case["id"], rules._plain(back.get_config()), rules._plain(target.get_config()))
