"""Record small files as Keras writes them, and what their models answer: tests/saving/files, read by every run.

Run with Keras installed: python -m tests.peers.record_files
"""

import os
import warnings
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np

from tests.peers.file_models import RECIPES

FOLDER = Path(__file__).parent.parent / "saving" / "files"
FILES = {
    "classifier": ".keras", "two_and_two": ".keras", "nested_functional": ".keras", "nested_as_outputs": ".keras",
    "operations": ".keras", "a_schedule": ".keras", "batch_normalised": ".keras", "merged": ".keras",
    "dense": ".h5", "unequal_depths": ".weights.h5",
}  # fmt: skip
STEPS = 5


def arrays(prefix, values):
    return {f"{prefix}_{index}": np.asarray(value) for index, value in enumerate(values)}


def record(name, ending):
    """Write the file of one recipe's model after three steps, and its answers then and five steps later."""
    recipe = RECIPES[name]
    keras.utils.set_random_seed(1)
    model = recipe.make(keras)
    model.compile(**recipe.compiled(keras))
    for _ in range(3):
        model.train_on_batch(recipe.inputs, recipe.y)
    path = FOLDER / f"{name}{ending}"
    (model.save_weights if ending == ".weights.h5" else model.save)(path)
    found = model(recipe.inputs, training=False)
    answers = arrays("output", found if isinstance(found, list | tuple) else [found])
    answers |= arrays("optimizer", model.optimizer.variables)
    for _ in range(STEPS):
        model.train_on_batch(recipe.inputs, recipe.y)
    answers |= arrays("weight", model.get_weights())
    np.savez_compressed(FOLDER / f"{name}.npz", **answers)
    size = path.stat().st_size
    assert size < 50_000, (path, size)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for one in FILES.items():
            record(*one)
