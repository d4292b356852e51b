"""Cases of the layers that give numbers another form: reshaping, cropping, padding, enlarging."""

import numpy as np

from tests.cases_keras.layer_rules import case


def cases():
    rng = np.random.default_rng(13)

    def draw(*shape):
        return rng.normal(size=shape).astype("float32")

    row, steps, image, volume = draw(2, 4), draw(2, 5, 3), draw(2, 4, 5, 2), draw(1, 4, 3, 5, 2)
    found = [case("Flatten", arguments, one) for arguments in ({}, {"data_format": "channels_first"})
             for one in (row, steps, image)]  # fmt: skip
    found += [
        case("Flatten", {}, draw(3), " numbers"),
        case("Flatten", {"data_format": "channels_last"}, volume),
        case("Flatten", {}, rng.integers(0, 9, (2, 3, 2)).astype("int32"), " integers"),
        *[case("Reshape", {"target_shape": shape}, draw(2, 12)) for shape in ([3, 4], [2, -1], [-1], [12], [1, 12, 1])],
        case("Reshape", {"target_shape": [-1, 2]}, image),
        case("Reshape", {"target_shape": [15]}, steps),
        case("Reshape", {"target_shape": [3, 5]}, rng.integers(0, 9, (2, 5, 3)).astype("int32"), " integers"),
        case("Permute", {"dims": [1]}, row),
        case("Permute", {"dims": [2, 1]}, steps),
        case("Permute", {"dims": [1, 2]}, steps),
        *[case("Permute", {"dims": dims}, image) for dims in ([3, 1, 2], [2, 3, 1], [3, 2, 1])],
        case("Permute", {"dims": [4, 2, 3, 1]}, volume),
        *[case("RepeatVector", {"n": n}, row) for n in (1, 2, 5)],
        case("RepeatVector", {"n": 3}, draw(1, 1)),
        case("RepeatVector", {"n": 2}, rng.integers(0, 9, (2, 3)).astype("int32"), " integers"),
        case("RepeatVector", {"n": 3, "activity_regularizer": "l1"}, draw(4, 2)),
        *[case("Cropping1D", {"cropping": one}, steps) for one in (1, 2, 0, [1, 2], [0, 3], [2, 0])],
        case("Cropping1D", {}, steps),
        *[case("Cropping2D", {"cropping": one}, image)
          for one in (0, 1, [1, 2], [[1, 2], [0, 3]], [[0, 0], [2, 1]], [[1, 0], [0, 0]])],
        case("Cropping2D", {"cropping": 1, "data_format": "channels_first"}, draw(2, 2, 4, 5)),
        case("Cropping2D", {"cropping": [[1, 0], [2, 1]], "data_format": "channels_first"}, draw(2, 2, 4, 5)),
        *[case("Cropping3D", {"cropping": one}, volume)
          for one in (0, 1, [1, 0, 2], [[1, 2], [0, 1], [3, 0]], [[0, 1], [1, 1], [0, 0]])],
        case("Cropping3D", {}, volume),
        case("Cropping3D", {"cropping": [1, 1, 2], "data_format": "channels_first"}, draw(1, 2, 4, 3, 5)),
        *[case("ZeroPadding1D", {"padding": one}, steps) for one in (0, 1, 3, [1, 2], [0, 3])],
        case("ZeroPadding1D", {}, steps),
        case("ZeroPadding1D", {"padding": [1, 0], "data_format": "channels_first"}, steps),
        *[case("ZeroPadding2D", {"padding": one}, image)
          for one in (0, 2, [1, 2], [[1, 2], [0, 3]], [[0, 0], [2, 1]])],
        case("ZeroPadding2D", {}, image),
        case("ZeroPadding2D", {"padding": [1, 2], "data_format": "channels_first"}, image),
        *[case("ZeroPadding3D", {"padding": one}, volume) for one in (0, 1, [1, 0, 2], [[1, 0], [0, 1], [2, 0]])],
        case("ZeroPadding3D", {}, volume),
        case("ZeroPadding3D", {"padding": [1, 0, 0], "data_format": "channels_first"}, volume),
        *[case("UpSampling1D", {"size": size}, steps) for size in (1, 2, 3, 5)],
        case("UpSampling1D", {}, steps),
        case("UpSampling1D", {"size": 2}, rng.integers(0, 9, (2, 3, 1)).astype("int32"), " integers"),
        *[case("UpSampling2D", {"size": size}, draw(2, 2, 3, 2)) for size in (1, 2, [1, 3], [3, 2])],
        case("UpSampling2D", {}, image),
        case("UpSampling2D", {"size": [2, 3], "data_format": "channels_first"}, draw(2, 2, 2, 3)),
        *[case("UpSampling2D", {"size": size, "interpolation": kind}, draw(1, 3, 4, 2))
          for kind in ("bilinear", "bicubic", "lanczos3", "lanczos5") for size in (2, [3, 1])],
        case("UpSampling2D", {"size": [2, 3], "interpolation": "bilinear", "data_format": "channels_first"},
             draw(1, 2, 3, 4)),
        *[case("UpSampling2D", {"interpolation": kind}, rng.integers(0, 90, (1, 2, 3, 2)).astype("int32"), " integers")
          for kind in ("bilinear", "bicubic")],
        *[case("UpSampling3D", {"size": size}, draw(1, 2, 3, 2, 2)) for size in (1, 2, [1, 2, 3], [3, 1, 1])],
        case("UpSampling3D", {}, draw(1, 2, 1, 2, 2)),
        case("UpSampling3D", {"size": [1, 2, 2], "data_format": "channels_first"}, draw(1, 2, 2, 3, 2)),
    ]  # fmt: skip
    return found
