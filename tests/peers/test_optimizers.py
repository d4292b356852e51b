"""Every optimizer and schedule with every option over five steps: Keras on JAX and the record of it agree."""

import random

import pytest

from tests.cases_keras import optimizer_cases

keras = pytest.importorskip("keras", reason="Keras is not installed; `make test-peers` installs it")

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")  # Keras's variables, read by NumPy 2
FEW = random.Random(0).sample(optimizer_cases.recorded(), 40)  # a case takes Keras half a second


@pytest.fixture(scope="module")
def library():
    if keras.backend.backend() != "jax":
        pytest.skip("Keras does not run on JAX; set KERAS_BACKEND=jax")
    return optimizer_cases.Keras()


@pytest.mark.parametrize("case", FEW, ids=lambda case: case["id"])
def test_the_record_is_what_keras_says(library, case):
    optimizer_cases.compare(case, _plain(optimizer_cases.answer(library, case)), case["answer"])


def _plain(answer):
    arrays, names = answer
    return arrays, [[optimizer_cases._plain(name), optimizer_cases._plain(path), *rest] for name, path, *rest in names]
