"""Asks Keras, with TensorFlow, the cases of lookups, hashes, statistics and feature spaces, and writes the answers.

Run it as KERAS_BACKEND=tensorflow python -m tests.peers.record_lookups.
"""

import json

import numpy as np

from tests.cases_keras import lookups


def asked(keras, case):
    """Return Keras's answer to a case."""
    import tensorflow as tf

    def batched(batches):
        """Batches of one shape are a dataset; a feature space takes nothing else."""
        if isinstance(batches[0], dict):
            signature = {key: tf.TensorSpec((None,), tf.as_dtype(_dtype(one)))
                         for key, one in batches[0].items()}  # fmt: skip
            return tf.data.Dataset.from_generator(lambda: iter(batches), output_signature=signature)
        return iter(batches)  # a list would be taken for one array

    return lookups.answer(keras, keras.utils.FeatureSpace, case, batched, _whole)


def _dtype(array):
    return "string" if array.dtype.kind == "U" else array.dtype


def _whole(value):
    array = np.asarray(value)
    return np.array([one.decode() for one in array.ravel()]).reshape(array.shape) if array.dtype.kind == "O" else array


def _digits(text):
    """Return a number by nine digits, which mean one float32, and whole numbers as such."""
    number = float(f"{float(text):.9g}")
    return int(number) if number.is_integer() else number


def main():
    import keras
    import tensorflow as tf

    lines = []
    for case in lookups.cases():
        found = asked(keras, case)
        found["outputs"] = [one.tolist() for one in found["outputs"]]
        kept = json.loads(json.dumps({**case, "answer": found}), parse_float=_digits)
        lines.append(json.dumps(kept, ensure_ascii=False, separators=(",", ":")))
    source = f"Keras {keras.__version__} with TensorFlow {tf.__version__}, by tests/peers/record_lookups.py"
    lookups.FILE.write_text(f'{{"source": "{source}", "cases": [\n' + ",\n".join(lines) + "\n]}\n", encoding="utf-8")
    print(f"lookups.json: {len(lines)} cases")


if __name__ == "__main__":
    main()
