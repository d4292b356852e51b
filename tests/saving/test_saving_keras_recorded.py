"""Files that Keras 3.15.1 wrote: read, asked, trained on and written again, without Keras."""

from pathlib import Path

import numpy as np
import pytest

import onionskin
from onionskin.models import load_model
from tests.peers.file_models import RECIPES

pytest.importorskip("h5py", reason="h5py is not installed: it comes with the extra keras")

FOLDER = Path(__file__).parent / "files"
TOLERANCE = {"rtol": 1e-5, "atol": 1e-5}
STEPS = 5
RECORDED = sorted(path for path in FOLDER.iterdir() if path.suffix != ".npz")


def recipe_of(path):
    recipe = RECIPES[path.name.partition(".")[0]]
    missing = recipe.missing()
    if missing:
        pytest.skip(f"onionskin has no layer {missing[0]} yet")
    return recipe


def opened(path, recipe):
    if not path.name.endswith(".weights.h5"):
        return load_model(path)
    model = recipe.make(onionskin)
    model.compile(**recipe.compiled(onionskin))
    model.train_on_batch(recipe.inputs, recipe.y)
    model.load_weights(path)
    return model


def same(name, ours, recorded):
    theirs = [recorded[f"{name}_{index}"] for index in range(len(ours))]
    assert f"{name}_{len(ours)}" not in recorded
    for index, (one, other) in enumerate(zip(ours, theirs, strict=True)):
        np.testing.assert_allclose(one, other, **TOLERANCE, err_msg=f"{name} {index}")


def check(model, recipe, recorded):
    found = model.predict(recipe.inputs, verbose=0)
    same("output", found if isinstance(found, list) else [found], recorded)
    same("optimizer", [one.numpy() for one in model.optimizer.variables], recorded)
    for _ in range(STEPS):
        model.train_on_batch(recipe.inputs, recipe.y)
    same("weight", model.get_weights(), recorded)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.name)
def test_the_model_answers_and_learns_as_in_keras(path, tmp_path):
    recipe = recipe_of(path)
    with np.load(path.parent / f"{path.name.partition('.')[0]}.npz") as file:
        recorded = dict(file)
    model = opened(path, recipe)
    for name in ("again.keras", "again.onionskin"):  # written and read once more
        model.save(tmp_path / name)
        check(load_model(tmp_path / name), recipe, recorded)
    check(model, recipe, recorded)


def test_the_files_are_small_and_all_there():
    assert len(RECORDED) == 10
    assert max(path.stat().st_size for path in FOLDER.iterdir()) < 50_000
