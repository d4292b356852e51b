"""Cases of the layers that draw random numbers: what they are when they draw none, and their configurations."""

import numpy as np

from tests.cases_keras.layer_rules import case


def cases():
    rng = np.random.default_rng(21)
    rows = rng.normal(size=(3, 4)).astype("float32")
    arrays = {"1D": rng.normal(size=(2, 3, 4)).astype("float32")}
    arrays["2D"] = rng.normal(size=(2, 3, 2, 4)).astype("float32")
    arrays["3D"] = rng.normal(size=(2, 3, 2, 2, 2)).astype("float32")
    # the state of a random layer is its counter, which is kept in another form
    options = {"skip": ["state", "fixed"]}
    cases = [
        case(name, arguments, x, f" {training}", training=training, **options)
        for name, arguments, x in [
            ("Dropout", {"rate": 0.4}, rows), ("Dropout", {"rate": 0.4, "noise_shape": [None, 1], "seed": 3}, rows),
            ("Dropout", {"rate": 0.9, "noise_shape": [3, None]}, rows),
            ("GaussianNoise", {"stddev": 0.3}, rows), ("GaussianNoise", {"stddev": 1.0, "seed": 5}, arrays["1D"]),
            ("GaussianDropout", {"rate": 0.2}, rows), ("GaussianDropout", {"rate": 0.7, "seed": 5}, arrays["2D"]),
            ("AlphaDropout", {"rate": 0.2}, rows), ("AlphaDropout", {"rate": 0.7, "noise_shape": [3, 1]}, rows),
            *[(f"SpatialDropout{rank}", {"rate": 0.4, **more}, arrays[rank])
              for rank in arrays
              for more in ({}, {"seed": 2}, *([{"data_format": "channels_first"}] * (rank != "1D")))],
        ]
        for training in (False, None)
    ]  # fmt: skip
    never = [("Dropout", {"rate": 0.0}), ("GaussianNoise", {"stddev": 0.0}), ("GaussianDropout", {"rate": 0.0}),
             ("AlphaDropout", {"rate": 0.0}), ("Dropout", {"rate": 1.0})]  # fmt: skip
    cases += [case(name, arguments, rows, " training", training=True, **options) for name, arguments in never]
    return [*cases, case("Dropout", {"rate": 0.5}, rows, " mask", mask=rows[:, 0] > 0, **options)]
