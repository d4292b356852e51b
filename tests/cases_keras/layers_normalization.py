"""Cases of the normalising layers."""

import numpy as np

from tests.cases_keras.layer_rules import case


def _arrays():
    rng = np.random.default_rng(20)
    rows = rng.normal(1.0, 2.0, (6, 4)).astype("float32")
    steps = rng.normal(-1.0, 2.0, (3, 4, 6)).astype("float32")
    images = rng.normal(0.5, 1.5, (2, 3, 2, 4)).astype("float32")
    return rng, rows, steps, images


def _batch(rng, rows, steps, images):
    name = "BatchNormalization"
    plain = [
        ({}, rows), ({"momentum": 0.7, "epsilon": 0.1}, rows), ({"center": False}, steps), ({"scale": False}, steps),
        ({"center": False, "scale": False}, rows), ({"axis": 1}, images), ({"axis": -2}, images),
        ({"beta_initializer": "ones", "gamma_initializer": "he_normal", "moving_mean_initializer": "ones",
          "moving_variance_initializer": {"make": "initializers.Constant", "arguments": {"value": 2.5}}}, rows),
        ({"beta_regularizer": "l2", "gamma_regularizer": "l1", "beta_constraint": "non_neg",
          "gamma_constraint": "max_norm"}, rows),
        ({"trainable": False}, rows),
    ]  # fmt: skip
    cases = [
        case(name, arguments, x, f" {'training' if training else 'inference'}", training=training, seed=index)
        for index, (arguments, x) in enumerate(plain)
        for training in (True, False)
    ]
    renorm = [
        ({"renorm_clipping": {}}, rows), ({"renorm_clipping": {"rmax": 2.0}, "scale": False}, steps),
        ({"renorm_clipping": {"rmax": 1.5, "rmin": 0.8, "dmax": 0.3}, "renorm_momentum": 0.8}, images),
    ]  # fmt: skip
    for arguments, x in renorm:
        count = 7 if arguments.get("scale", True) else 6
        # what is a deviation stays away from 0, where numbers would grow until float32 no longer holds them
        weights = list(rng.uniform(0.5, 1.5, (count, x.shape[-1])).astype("float32"))
        # without bounds, sum(outputs²) does not depend on the inputs, and their gradients are what rounding leaves
        skip = [] if arguments["renorm_clipping"] else ["inputs"]
        cases += [
            case(name, {"renorm": True, **arguments}, x, f" {training}", training=training, weights=weights, skip=skip)
            for training in (True, False)
        ]
    mask = rng.integers(0, 2, (3, 4)).astype("bool")
    gone = np.zeros((3, 4), "bool")
    for label, one in ((" mask", mask), (" all masked", gone)):
        cases += [
            case(name, {}, steps, f"{label} {training}", training=training, mask=one) for training in (True, False)
        ]
    cases.append(case(name, {"momentum": 0.5}, images, " mask", training=True, mask=images[..., 0] > 0))
    whole = rng.integers(0, 9, (5, 3)).astype("int32")
    return [*cases, case(name, {}, whole, " integers", training=True, dtype=False)]


def _layer(rng, rows, steps, images):
    name = "LayerNormalization"
    plain = [
        ({}, rows), ({"epsilon": 0.2}, steps), ({"center": False}, rows), ({"scale": False}, steps),
        ({"center": False, "scale": False}, images), ({"axis": 1}, steps), ({"axis": [1, 2]}, steps),
        ({"axis": [-1, -2]}, images), ({"axis": [3, 1]}, images), ({"axis": [1, 2, 3]}, images), ({"axis": [-1]}, rows),
        ({"beta_initializer": "normal", "gamma_regularizer": "l2", "gamma_constraint": "unit_norm"}, rows),
    ]  # fmt: skip
    cases = [case(name, arguments, x, seed=index) for index, (arguments, x) in enumerate(plain)]
    scaled = [({"rms_scaling": True}, rows), ({"rms_scaling": True, "scale": False}, steps),
              ({"rms_scaling": True, "axis": [1, 2]}, steps)]  # fmt: skip
    cases += [case(name, arguments, x) for arguments, x in scaled]
    return [*cases, case(name, {}, rows, " mask", mask=rows[:, 0] > 0)]


def _others(rows, steps, images):
    group = [
        ({"groups": 2}, rows), ({"groups": 3}, steps), ({"groups": -1}, steps), ({"groups": 1}, images),
        ({"groups": 2, "axis": 1}, steps), ({"groups": 3, "axis": 1}, images), ({"groups": 2, "axis": -2}, images),
        ({"groups": 2, "epsilon": 0.3, "center": False}, images), ({"groups": 2, "scale": False}, images),
        ({"groups": 2, "center": False, "scale": False}, rows),
        ({"groups": 2, "beta_initializer": "ones", "beta_regularizer": "l2", "gamma_constraint": "non_neg"}, rows),
    ]  # fmt: skip
    cases = [case("GroupNormalization", arguments, x, seed=i) for i, (arguments, x) in enumerate(group)]
    rms = [({}, rows), ({"epsilon": 0.1}, steps), ({"epsilon": 0.5}, images), ({"axis": [1, 2]}, steps),
           ({"axis": [-1, -2]}, images), ({"axis": [1, 2, 3]}, images), ({"axis": [-1]}, rows)]  # fmt: skip
    cases += [case("RMSNormalization", arguments, x, seed=i) for i, (arguments, x) in enumerate(rms)]
    silent = np.array([[0.0, 0.0, 0.0], [3.0, 4.0, 0.0]], "float32")
    unit = [({}, rows), ({"axis": 1}, steps), ({"axis": [1, 2]}, steps), ({"axis": [1, 2, 3]}, images),
            ({"axis": -2}, images), ({"axis": 0}, rows)]  # fmt: skip
    cases += [case("UnitNormalization", arguments, x) for arguments, x in unit]
    cases.append(case("UnitNormalization", {}, silent, " zeros"))
    return [*cases, case("UnitNormalization", {}, steps, " mask", mask=steps[..., 0] > 0)]


def _spectral(rng, rows, steps):
    name = "SpectralNormalization"
    dense = {"make": "layers.Dense", "arguments": {"units": 3, "name": "inner"}}
    cases = [
        case(name, {"layer": dense, "power_iterations": count}, x, f" {training}", training=training, seed=count)
        for count, x in ((1, rows), (3, steps))
        for training in (True, False)
    ]
    einsum = {"make": "layers.EinsumDense",
              "arguments": {"equation": "abc,cd->abd", "output_shape": [None, 5], "name": "inner"}}  # fmt: skip
    # what Keras says of a description leaves the second axis open, though the equation keeps it
    cases.append(case(name, {"layer": einsum}, steps, training=True, skip=["described"]))
    table = {"make": "layers.Embedding", "arguments": {"input_dim": 7, "output_dim": 3, "name": "inner"}}
    words = rng.integers(0, 7, (4, 2)).astype("int32")
    # Keras gives an embedding's output the dtype of the words there
    cases.append(case(name, {"layer": table}, words, training=False, skip=["outputs", "gradients"]))
    silent = [np.zeros((4, 3), "float32"), np.zeros((1, 3), "float32") + 0.5, np.zeros(3, "float32")]
    return [*cases, case(name, {"layer": dense}, rows, " zeros", training=True, weights=silent)]


def cases():
    rng, rows, steps, images = _arrays()
    return [*_batch(rng, rows, steps, images), *_layer(rng, rows, steps, images), *_others(rows, steps, images),
            *_spectral(rng, rows, steps)]  # fmt: skip
