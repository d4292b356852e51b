"""Tells Keras the stories of layers and models and writes down what came of them.

Run it as KERAS_BACKEND=jax python -m tests.peers.record_model_api.
"""

import json
import warnings

from tests.cases_keras import model_api, stories_layers, stories_masks, stories_models  # noqa: F401 - they tell


def main():
    import keras

    warnings.simplefilter("ignore")
    library = model_api.Keras()
    lines = []
    for name in model_api.STORIES:
        keras.utils.clear_session()
        lines.append(json.dumps({"kind": "story", "id": name, "told": model_api.told(library, name)}))
    head = f'{{"source": "Keras {keras.__version__} on JAX, by tests/peers/record_model_api.py", "cases": [\n'
    model_api.RECORD.write_text(head + ",\n".join(lines) + "\n]}\n")
    print(f"{model_api.RECORD.name}: {len(lines)} stories")


if __name__ == "__main__":
    main()
