"""Asks Keras the cases of layers and writes its answers down.

Run it as KERAS_BACKEND=jax python -m tests.peers.record_layers [family …].
"""

import json
import sys

from tests.cases_keras import layer_rules as rules


def main(families):
    import keras

    library = rules.Keras()
    for family in families:
        lines = [
            json.dumps({**case, "answer": rules.kept_answer(rules.answer(library, case))}, separators=(",", ":"))
            for case in rules.made(family)
        ]
        head = f'{{"source": "Keras {keras.__version__} on JAX, by tests/peers/record_layers.py", "cases": [\n'
        (rules.FOLDER / f"{family}.json").write_text(head + ",\n".join(lines) + "\n]}\n")
        print(f"{family}.json: {len(lines)} cases")


if __name__ == "__main__":
    main(sys.argv[1:] or rules.FAMILIES)
