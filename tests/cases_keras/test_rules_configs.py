"""Configurations: those of Keras, recorded, and the way there and back."""

import json

import numpy as np
import pytest

from tests.cases_keras import rules

LIBRARY = rules.Onionskin()
# arguments that Keras forgets to write down; with them the way there and back is whole
OURS = {"Huber": {"delta"}, "CosineSimilarity": {"axis"}, "SparseCategoricalCrossentropy": {"axis"},
        "SparseTopKCategoricalAccuracy": {"from_sorted_ids"}, "Identity": {"gain"}}  # fmt: skip
# arguments that are not the defaults, where the recorded cases have only those
OTHERS = [
    ("losses", "Huber", {"delta": 0.3, "reduction": "sum", "name": "h"}),
    ("losses", "MeanSquaredError", {"dtype": "float64"}),
    ("losses", "CosineSimilarity", {"axis": 0}),
    ("losses", "SparseCategoricalCrossentropy", {"ignore_class": 3, "axis": 1}),
    ("metrics", "BinaryAccuracy", {"threshold": 0.2, "name": "b"}),
    ("metrics", "Precision", {"thresholds": [0.2, 0.6], "class_id": 1}),
    ("metrics", "SparseTopKCategoricalAccuracy", {"k": 3, "from_sorted_ids": True}),
    ("metrics", "SparseCategoricalCrossentropy", {"ignore_class": 3, "from_logits": True}),
    ("optimizers", "RMSprop", {"rho": 0.8, "momentum": 0.1, "centered": True, "clipvalue": 2.0}),
    ("optimizers", "Adagrad", {"initial_accumulator_value": 0.2, "weight_decay": 0.1}),
    ("optimizers", "Adam", {"learning_rate": 0.3, "amsgrad": True, "name": "mine"}),
    ("initializers", "Constant", {"value": 2.5}),
    ("initializers", "RandomNormal", {"mean": 1.0, "stddev": 2.0, "seed": 7}),
    ("initializers", "HeNormal", {"seed": 7}),
    ("regularizers", "L1L2", {"l1": 0.5, "l2": 0.25}),
    ("constraints", "MinMaxNorm", {"min_value": 0.5, "rate": 0.3, "axis": 1}),
]


def same(got, wanted):
    """Return whether two values of configurations mean the same; Keras's rates went through float32."""
    return bool(np.isclose(got, wanted, rtol=1e-6)) if isinstance(wanted, float) else got == wanted


@pytest.mark.parametrize("case", rules.recorded("config"), ids=lambda case: case["id"])
def test_as_keras(case):
    got, wanted = rules.config(LIBRARY, case), case["config"]
    assert {key: got[key] for key in wanted if not same(got[key], wanted[key])} == {}
    assert set(got) - set(wanted) == OURS.get(case["name"], set()) - set(wanted)


@pytest.mark.parametrize(
    ("room", "name", "arguments"),
    OTHERS + [(case["room"], case["name"], case["arguments"]) for case in rules.recorded("config")],
)
def test_there_and_back(room, name, arguments):
    door = getattr(LIBRARY, room)
    made = getattr(door, name)(**arguments)
    config = json.loads(json.dumps(door.serialize(made)))
    assert config["module"] == f"keras.{room}" and config["registered_name"] is None
    back = door.deserialize(config)
    assert type(back) is type(made)
    assert back.get_config() == made.get_config()
    assert {key: back.get_config()[key] for key in arguments} == arguments
    assert type(door.get(config)) is type(made)
