"""Vocabularies, hashes, bounds, statistics and feature spaces: the answers of Keras with TensorFlow, recorded."""

import json
import os

import numpy as np
import pytest

import onionskin
from onionskin.layers.preprocessing import FeatureSpace, fingerprint
from tests.cases_keras import lookups

CASES = lookups.recorded()
NAMES = [case["id"] for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_as_keras(case):
    lookups.compare(case, lookups.answer(onionskin, FeatureSpace, case), case["answer"])


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_there_and_back_with_what_was_learned(case):
    """A configuration through JSON makes a layer that answers alike, for all but weights, which are no part of it."""
    layer = lookups.made(onionskin, FeatureSpace, case)
    if case["adapt"] is not None:
        layer.adapt(lookups.read(case["adapt"]))
    back = type(layer).from_config(json.loads(json.dumps(layer.get_config())))
    if getattr(layer, "adapt_mean", None) is not None:
        back.build(layer.build_shapes() if hasattr(layer, "build_shapes") else layer._untracked_build_shape)
        back.set_weights(layer.get_weights())
    for one in case["called"]:
        got, wanted = back(lookups.read(one)), layer(lookups.read(one))
        for key in wanted if isinstance(wanted, dict) else [None]:
            np.testing.assert_array_equal(*(one if key is None else one[key] for one in (got, wanted)))
    again = json.loads(json.dumps(back.get_config()))
    assert {key for key in again if again[key] != json.loads(json.dumps(layer.get_config()))[key]} <= {"name"}


NUMBERS = [case for case in CASES if case["name"] in ("IntegerLookup", "Discretization", "Normalization")]
INSIDE = [case for case in NUMBERS if case["arguments"].get("oov_method") is None
          and case["arguments"].get("num_oov_indices", 1)]  # fmt: skip


@pytest.mark.parametrize("engine", ["reference", "native"])
@pytest.mark.parametrize("case", INSIDE[:: 1 if os.environ.get("ONIONSKIN_ALL") else 3], ids=lambda case: case["id"])
def test_in_a_graph_as_on_arrays(case, engine):
    if engine == "native":
        pytest.importorskip("onionskin.engines.native._ext", reason="the native engine is not built")
    layer = lookups.made(onionskin, FeatureSpace, case)
    if case["adapt"] is not None:
        layer.adapt(lookups.read(case["adapt"]))
    before = onionskin.base.config.engine()
    onionskin.set_engine(engine)
    try:
        got = []
        for one in case["called"]:
            x = lookups.read(one)
            described = layer(onionskin.Input(x.shape[1:], dtype=x.dtype.name)).shape if x.ndim > 1 else None
            got.append(np.asarray(onionskin.jit(layer)(x)))
            assert described is None or len(described) == got[-1].ndim
    finally:
        onionskin.set_engine(before)
    lookups.compare(case, {**case["answer"], "outputs": got}, case["answer"])


def test_hashes_of_known_answers():
    """SipHash-2-4: the test vectors of its authors, for the key 00 01 … 0f and texts of one to eight bytes like it."""
    key = (0x0706050403020100, 0x0F0E0D0C0B0A0908)
    wanted = ["726fdb47dd0e0e31", "74f839c593dc67fd", "0d6c8009d9a94f5a", "85676696d7fb7e2d", "cf2794e0277187b7",
              "18765564cd99a68d", "cbc9466e58fee3ce", "ab0200f58b01d137", "93f5f5799a932462"]  # fmt: skip
    assert [f"{fingerprint.siphash64(bytes(range(n)), key):016x}" for n in range(9)] == wanted
