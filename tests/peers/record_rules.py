"""Asks Keras the cases of the rules and writes its answers down.

Run it as KERAS_BACKEND=jax python -m tests.peers.record_rules, for some files only with their names behind it.
"""

import json
import sys

from tests.cases_keras import make, rules


def answered(library, case):
    """Return a case with Keras's answer in it."""
    if case["kind"] == "config":
        return {**case, "config": rules.config(library, case)}
    if case["kind"] == "resolve":
        return {**case, "class_name": library.resolved(tuple(case["y_shape"]), tuple(case["output_shape"]))}
    digits = 9 if "floatx" not in case else 17  # nine digits mean one float32
    outputs = [json.loads(json.dumps(one.tolist()), parse_float=lambda text: float(f"{float(text):.{digits}g}"))
               for one in rules.answer(library, case)]  # fmt: skip
    return {**case, "outputs": outputs}


def main(names):
    import keras

    library = rules.Keras()
    for name in names or make.FILES:
        cases = [json.dumps(answered(library, case)) for case in make.FILES[name]()]
        head = f'{{"source": "Keras {keras.__version__} on JAX, by tests/peers/record_rules.py", "cases": [\n'
        (rules.FOLDER / f"{name}.json").write_text(head + ",\n".join(cases) + "\n]}\n")
        print(f"{name}.json: {len(cases)} cases")


if __name__ == "__main__":
    main(sys.argv[1:])
