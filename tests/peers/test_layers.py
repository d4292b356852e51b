"""Layers: the same cases asked of Keras on JAX and of onionskin, in float32 and float64."""

import json

import numpy as np
import pytest

from tests.cases_keras import layer_rules as rules

keras = pytest.importorskip("keras", reason="Keras is not installed; `make test-peers` installs it")

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation"),  # Keras's variables, read by NumPy 2
    pytest.mark.filterwarnings("ignore:You passed `rms_scaling=True`"),
]

CASES = [case for family in rules.FAMILIES for case in rules.made(family)]


_answers = {}  # Keras compiles every operation of a case, which takes the most time: once for both tests of it


def answered(theirs, case, precision="float32"):
    """Return Keras's answer to a case."""
    key = (json.dumps({**case, "answer": None}, sort_keys=True), precision)
    if key not in _answers:
        _answers[key] = rules.answer(theirs, case, precision)
    return _answers[key]


@pytest.fixture(scope="module")
def theirs():
    if keras.backend.backend() != "jax":
        pytest.skip("Keras does not run on JAX; set KERAS_BACKEND=jax")
    return rules.Keras()


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_same_answers(theirs, case, precision):
    ours = rules.answer(rules.Onionskin(), case, precision)
    rules.compare(case, ours, answered(theirs, case, precision), precision)


@pytest.mark.parametrize("family", rules.FAMILIES)
def test_the_record_is_what_keras_says(theirs, family):
    """The files are made of these very cases, by a Keras that answers as this one does."""
    kept, made = rules.recorded(family), rules.made(family)
    assert [case["id"] for case in kept] == [case["id"] for case in made]
    for case, now in zip(kept, made, strict=True):
        assert {key: value for key, value in case.items() if key != "answer"} == json.loads(json.dumps(now))
        rules.compare(now, answered(theirs, now), rules.read_answer(case["answer"]))


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


@pytest.mark.filterwarnings("ignore:.*does not support masking")  # of Lambda, in both libraries
@pytest.mark.parametrize("name", ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"])
@pytest.mark.parametrize("both", [True, False], ids=["both masked", "one masked"])
def test_merges_of_masked_sequences(theirs, name, both):
    """What the masks of other layers do to a merge, and which mask it hands on."""
    rng = np.random.default_rng(4)
    arrays = [rng.normal(size=(3, 4, 2)).astype("float32") for _ in range(2)]
    for one in arrays:
        one[rng.random((3, 4)) < 0.4] = 0
    found = []
    for root in (theirs.root, rules.Onionskin().root):
        x, y = root.Input((4, 2)), root.Input((4, 2))
        parts = [root.layers.Masking()(x), root.layers.Masking()(y) if both else y]
        merged = getattr(root.layers, name)()(parts)

        def kept(values, mask=None, ops=root.ops):
            mask = ops.zeros_like(values[:, :, 0], dtype="bool") if mask is None else mask
            return values + ops.expand_dims(ops.cast(mask, "float32"), -1)

        seen = root.layers.Lambda(kept)(merged)
        model = root.Model([x, y], [merged, seen])
        found.append([np.asarray(one) for one in model.predict(arrays, verbose=0)])
    for ours, wanted in zip(found[1], found[0], strict=True):
        np.testing.assert_allclose(ours, wanted, rtol=1e-5, atol=1e-6, err_msg=name)
