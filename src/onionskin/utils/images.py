"""Images as arrays and files, and data sets of folders of images; Pillow reads and writes them."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from onionskin.base.config import floatx
from onionskin.base.errors import ArgumentError, DataError, FileFormatError, require
from onionskin.base.specs import dtype_name
from onionskin.utils.folders import open_folder
from onionskin.utils.resizing import METHODS, resize

FORMATS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
MODES = {"grayscale": ("L", 1), "rgb": ("RGB", 3), "rgba": ("RGBA", 4)}
_SAMPLING = {
    "nearest": "NEAREST", "bilinear": "BILINEAR", "bicubic": "BICUBIC", "hamming": "HAMMING", "box": "BOX",
    "lanczos": "LANCZOS",
}  # fmt: skip


def _pillow() -> Any:
    return require("PIL.Image", "images", "images")


def _channels_first(data_format: str | None, where: str) -> bool:
    data_format = "channels_last" if data_format is None else data_format
    if data_format not in ("channels_last", "channels_first"):
        raise ArgumentError(
            "there is no such order of axes.",
            where=where,
            expected="'channels_last' or 'channels_first'",
            given=repr(data_format),
        )
    return data_format == "channels_first"


def _among(name: str, value: Any, known: Any, where: str) -> None:
    if value not in known:
        raise ArgumentError(
            f"{name} cannot be this.", where=where, expected=", ".join(map(repr, known)), given=repr(value)
        )


def array_to_img(x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None) -> Any:
    """Return an array as an image of Pillow.

    Args:
        x: (height, width, channels) with 1, 3 or 4 channels, or (channels, height, width).
        data_format: "channels_last" or "channels_first"; the former where None.
        scale: spread the numbers over 0 … 255, the smallest becoming 0 and the largest 255.
        dtype: float dtype to compute in; the default one where None.

    Returns:
        `PIL.Image.Image`.

    Raises:
        ArgumentError: data_format cannot be used.
        DataError: the array is no image.
        MissingExtraError: Pillow is not installed.

    Example:
        >>> array_to_img(np.zeros((2, 3, 3))).size
        (3, 2)
    """
    image = _pillow()
    first = _channels_first(data_format, "array_to_img")
    x = np.asarray(x, dtype=floatx() if dtype is None else dtype_name(dtype))
    if x.ndim != 3:
        raise DataError("an image has three axes.", where="array_to_img", given=f"shape {x.shape}")
    x = x.transpose(1, 2, 0) if first else x
    if x.shape[2] not in (1, 3, 4):
        raise DataError("an image has 1, 3 or 4 channels.", where="array_to_img", given=f"shape {x.shape}")
    if scale and x.size:
        x = x - x.min()
        x = x / (x.max() or 1) * 255
    if x.shape[2] == 1:
        deep = x.size and x.max() > 255
        return image.fromarray(x[:, :, 0].astype("int32" if deep else "uint8"))
    return image.fromarray(x.astype("uint8"))


def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> np.ndarray:
    """Return an image of Pillow as an array.

    Args:
        img: `PIL.Image.Image`, or an array of its pixels.
        data_format: "channels_last" or "channels_first"; the former where None.
        dtype: dtype of the result; the default float dtype where None.

    Returns:
        Array (height, width, channels), or (channels, height, width).

    Raises:
        ArgumentError: data_format cannot be used.
        DataError: it is no image.

    Example:
        >>> img_to_array(array_to_img(np.zeros((2, 3, 1)))).shape
        (2, 3, 1)
    """
    first = _channels_first(data_format, "img_to_array")
    x = np.asarray(img, dtype=floatx() if dtype is None else dtype_name(dtype))
    if x.ndim not in (2, 3):
        raise DataError("an image has two or three axes.", where="img_to_array", given=f"shape {x.shape}")
    x = x[:, :, np.newaxis] if x.ndim == 2 else x
    return x.transpose(2, 0, 1) if first else x


def save_img(
    path: Any, x: Any, data_format: str | None = None, file_format: str | None = None, scale: bool = True, **kwargs: Any
) -> None:
    """Write an array as an image file.

    Args:
        path: path or file object.
        x: array as for `array_to_img`.
        data_format: likewise.
        file_format: "png", "jpeg" …; told by the end of the path where None.
        scale: as for `array_to_img`.
        kwargs: for `PIL.Image.Image.save`.

    Raises:
        ArgumentError: data_format cannot be used.
        DataError: the array is no image.
        MissingExtraError: Pillow is not installed.

    Warns:
        UserWarning: transparency is lost, which JPEG files do not have.

    Example:
        >>> save_img("black.png", np.zeros((2, 3, 3)))
        >>> load_img("black.png").size
        (3, 2)
    """
    if file_format is None and isinstance(path, str | os.PathLike):
        file_format = os.path.splitext(os.fspath(path))[1][1:].lower()
    file_format = "jpeg" if file_format and file_format.lower() == "jpg" else file_format
    image = array_to_img(x, data_format=data_format, scale=scale)
    if image.mode == "RGBA" and file_format == "jpeg":
        warnings.warn("save_img: JPEG files have no transparency; the image is written without it.", stacklevel=2)
        image = image.convert("RGB")
    image.save(path, format=file_format or None, **kwargs)


def _opened(source: Any, where: str) -> Any:
    """Return an image read whole.

    Raises:
        DataError: there is no such file, or it cannot be read.
        FileFormatError: the file is no image, is broken, or has more pixels than Pillow thinks honest.
    """
    image = _pillow()
    from PIL import UnidentifiedImageError

    name = "the file object" if isinstance(source, io.BytesIO) else os.fsdecode(source)
    try:
        if not isinstance(source, io.BytesIO):
            with open(source, "rb") as file:  # read whole: Pillow keeps files open
                source = io.BytesIO(file.read())
    except OSError as error:
        raise DataError("there is no such file.", where=where, given=f"{name}: {error.strerror}") from None
    with warnings.catch_warnings():
        warnings.simplefilter("error", image.DecompressionBombWarning)
        try:
            opened = image.open(source)
            opened.load()
        except UnidentifiedImageError:
            raise FileFormatError("the file is no image.", where=where, given=name) from None
        except (image.DecompressionBombError, image.DecompressionBombWarning) as error:
            raise FileFormatError("the image has too many pixels.", where=where, given=f"{name}: {error}") from None
        except (OSError, SyntaxError, ValueError) as error:
            raise FileFormatError("the image is broken.", where=where, given=f"{name}: {error}") from None
    return opened


def load_img(
    path: Any,
    color_mode: str = "rgb",
    target_size: tuple[int, int] | None = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
) -> Any:
    """Return an image file as an image of Pillow.

    Args:
        path: path, or `io.BytesIO`.
        color_mode: "grayscale", "rgb" or "rgba".
        target_size: new height and width; its own where None.
        interpolation: "nearest", "bilinear", "bicubic", "hamming", "box" or "lanczos", as Pillow has them.
        keep_aspect_ratio: leave out the margins rather than change the aspect ratio.

    Returns:
        `PIL.Image.Image`.

    Raises:
        ArgumentError: an argument cannot be used.
        DataError: there is no such file.
        FileFormatError: it is no image.
        MissingExtraError: Pillow is not installed.

    Example:
        >>> save_img("grey.png", np.zeros((4, 6, 1)))
        >>> load_img("grey.png", target_size=(2, 3)).mode
        'RGB'
    """
    where = "load_img"
    _among("color_mode", color_mode, MODES, where)
    _among("interpolation", interpolation, _SAMPLING, where)
    if not isinstance(path, str | bytes | os.PathLike | io.BytesIO):
        raise ArgumentError("this is no path.", where=where, expected="a path or io.BytesIO", given=repr(path))
    image = _coloured(_opened(path, where), color_mode)
    if target_size is None or image.size == (target_size[1], target_size[0]):
        return image
    height, width = (int(one) for one in target_size)
    sampling = getattr(_pillow().Resampling, _SAMPLING[interpolation])
    if not keep_aspect_ratio:
        return image.resize((width, height), sampling)
    rows = min(image.size[1], image.size[0] * height // width)
    columns = min(image.size[0], image.size[1] * width // height)
    top, left = (image.size[1] - rows) // 2, (image.size[0] - columns) // 2
    return image.resize((width, height), sampling, box=(left, top, left + columns, top + rows))


def _coloured(image: Any, color_mode: str) -> Any:
    mode = MODES[color_mode][0]
    kept = ("L", "I;16", "I") if mode == "L" else (mode,)
    return image if image.mode in kept else image.convert(mode)


def image_dataset_from_directory(
    directory: str | os.PathLike[str],
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    color_mode: str = "rgb",
    batch_size: int | None = 32,
    image_size: Any = (256, 256),
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    interpolation: str = "bilinear",
    follow_links: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    data_format: str | None = None,
    format: str = "tf",  # noqa: A002 - Keras's name
    verbose: bool = True,
) -> Any:
    """Return the images of a folder in batches; each of its folders is a class.

    Args:
        directory: the folder.
        labels: "inferred" from the folders, None, or a number for each file in alphabetical order.
        label_mode: "int", "categorical" (one-hot), "binary" (0 and 1 as floats) or None.
        class_names: folders in the order of their numbers; alphabetical where None.
        color_mode: "grayscale", "rgb" or "rgba".
        batch_size: images in a batch; None gives one image at a time.
        image_size: height and width that all images get, or one number for both.
        shuffle: read the files in a new order at each epoch.
        seed: of the orders, and of the split.
        validation_split: share of the files that is for validation.
        subset: "training", "validation" or "both"; with validation_split only.
        interpolation: "bilinear", "bicubic" or "nearest".
        follow_links: enter linked folders.
        crop_to_aspect_ratio: leave out margins rather than change the aspect ratio.
        pad_to_aspect_ratio: add black margins rather than change it.
        data_format: "channels_last" or "channels_first"; the former where None.
        format: accepted, and without effect: the data set is one of our own, which `fit` takes.
        verbose: say how many files there are.

    Returns:
        A `PyDataset` of batches of float32 images (batch, height, width, channels) of 0 … 255, or pairs of them
        and labels, with `class_names` and `file_paths`; a list of two with subset="both".

    Raises:
        ArgumentError: an argument cannot be used.
        DataError: there is no such folder, class or file.
        FileFormatError: a file is no image.
        MissingExtraError: Pillow is not installed.

    Example:
        >>> import pathlib
        >>> for name in ("cat", "dog"):
        ...     pathlib.Path("pets", name).mkdir(parents=True)
        ...     save_img(f"pets/{name}/1.png", np.zeros((4, 4, 3)))
        >>> pets = image_dataset_from_directory("pets", image_size=(8, 8), verbose=False)
        >>> pets.class_names, pets[0][0].shape
        (['cat', 'dog'], (2, 8, 8, 3))
    """
    where = "image_dataset_from_directory"
    _among("color_mode", color_mode, MODES, where)
    _among("interpolation", interpolation, METHODS, where)
    if isinstance(image_size, int):
        image_size = (image_size, image_size)
    if not isinstance(image_size, list | tuple) or len(image_size) != 2 or min(image_size) < 1:
        raise ArgumentError("image_size is a height and a width.", where=where, given=repr(image_size))
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ArgumentError("an image is either cropped or padded.", where=where, given="crop and pad to aspect ratio")
    size, first = (int(image_size[0]), int(image_size[1])), _channels_first(data_format, where)
    _pillow()

    def load(paths: Sequence[str]) -> np.ndarray:
        batch = np.empty((len(paths), *size, MODES[color_mode][1]), np.float32)
        for place, path in enumerate(paths):
            image = img_to_array(_coloured(_opened(path, where), color_mode), dtype="float32")
            batch[place] = resize(image, size, interpolation, crop=crop_to_aspect_ratio, pad=pad_to_aspect_ratio)
        return batch.transpose(0, 3, 1, 2) if first else batch

    return open_folder(
        where, load, directory, FORMATS, labels=labels, label_mode=label_mode, class_names=class_names,
        batch_size=batch_size, shuffle=shuffle, seed=seed, validation_split=validation_split, subset=subset,
        follow_links=follow_links, format=format, verbose=verbose,
    )  # fmt: skip
