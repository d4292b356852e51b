"""Asks Keras the cases of the rules and writes its answers down.

Run it as KERAS_BACKEND=jax python -m tests.peers.record_rules.
"""

import json

from tests.cases_keras import make, rules


def answered(library, case):
    """Return a case with Keras's answer in it."""
    if case["kind"] == "config":
        return {**case, "config": rules.config(library, case)}
    if case["kind"] == "resolve":
        return {**case, "class_name": library.resolved(tuple(case["y_shape"]), tuple(case["output_shape"]))}
    # nine digits mean one float32
    outputs = [json.loads(json.dumps(one.tolist()), parse_float=lambda text: float(f"{float(text):.9g}"))
               for one in rules.answer(library, case)]  # fmt: skip
    return {**case, "outputs": outputs}


def main():
    import keras

    library = rules.Keras()
    for name, made in make.FILES.items():
        cases = [json.dumps(answered(library, case)) for case in made()]
        head = f'{{"source": "Keras {keras.__version__} on JAX, by tests/peers/record_rules.py", "cases": [\n'
        (rules.FOLDER / f"{name}.json").write_text(head + ",\n".join(cases) + "\n]}\n")
        print(f"{name}.json: {len(cases)} cases")


if __name__ == "__main__":
    main()
