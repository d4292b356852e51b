"""Asks Keras the small models of tests/models/keras_cases.py and writes its answers down.

Run it as KERAS_BACKEND=jax python -m tests.peers.record_models.
"""

import json

import numpy as np

from tests.models import keras_cases


def plain(value):
    """Return an answer as JSON holds it; nine digits mean one float32."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    return value if isinstance(value, int) else float(f"{value:.9g}")


def main():
    import keras

    cases = [json.dumps({"id": name, "kind": "model", "answer": plain(ask(keras))})
             for name, ask in keras_cases.QUESTIONS.items()]  # fmt: skip
    head = f'{{"source": "Keras {keras.__version__} on JAX, by tests/peers/record_models.py", "cases": [\n'
    keras_cases.FILE.write_text(head + ",\n".join(cases) + "\n]}\n")
    print(f"{keras_cases.FILE.name}: {len(cases)} answers")


if __name__ == "__main__":
    main()
