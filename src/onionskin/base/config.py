"""Settings of the process: default float dtype, epsilon, order of image axes, engine, and where files are kept."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from onionskin.base.errors import ArgumentError
from onionskin.base.specs import FLOATS, dtype_name

AUTO = "auto"  # the native engine where its compiled part is there, else the reference engine

_settings: dict[str, Any] = {
    "floatx": "float32",
    "epsilon": 1e-7,
    "image_data_format": "channels_last",
    "engine": os.environ.get("ONIONSKIN_ENGINE") or AUTO,  # checked at first use, so that an import stays cheap
}


def floatx() -> str:
    """Return the default float dtype of weights and numbers, "float32" unless changed."""
    return str(_settings["floatx"])


def set_floatx(dtype: str) -> None:
    """Set the default float dtype: "float16", "float32" or "float64".

    Raises:
        ArgumentError: it is not a float dtype.
    """
    name = dtype_name(dtype)
    if name not in FLOATS:
        raise ArgumentError("the default dtype must be a float.", where="set_floatx", expected=FLOATS, given=name)
    _settings["floatx"] = name


def epsilon() -> float:
    """Return the small number that keeps divisions and logarithms finite, 1e-7 unless changed."""
    return float(_settings["epsilon"])


def set_epsilon(value: float) -> None:
    """Set the small number that losses and normalisations use."""
    _settings["epsilon"] = float(value)


DATA_FORMATS = ("channels_last", "channels_first")


def image_data_format() -> str:
    """Return where layers expect the channels of images, "channels_last" unless changed."""
    return str(_settings["image_data_format"])


def set_image_data_format(data_format: str) -> None:
    """Set where layers made from now on expect the channels of images: "channels_last" or "channels_first".

    Raises:
        ArgumentError: it is neither.
    """
    _settings["image_data_format"] = checked_data_format(data_format, "set_image_data_format")


def checked_data_format(data_format: Any, where: str | None = None) -> str:
    """Return the place of the channels that an argument names, the default one where None.

    Raises:
        ArgumentError: it is neither "channels_last" nor "channels_first".
    """
    name = image_data_format() if data_format is None else str(data_format).lower()
    if name not in DATA_FORMATS:
        raise ArgumentError(
            "there is no such data_format.",
            where=where,
            expected="'channels_last' or 'channels_first'",
            given=repr(data_format),
        )
    return name


def traced_settings() -> tuple[str, float]:
    """Return the settings that a traced function has in it: where one changes, the function is traced anew."""
    return _settings["floatx"], _settings["epsilon"]


def engine() -> str:
    """Return the name of the engine that programs are compiled for, "auto" where none has been chosen."""
    name: str = _settings["engine"]
    return name


def set_engine(name: str) -> None:
    """Set the engine that programs are compiled for from now on; `engines.get` checks the name."""
    _settings["engine"] = name


def data_dirs() -> list[Path]:
    """Return the folders searched for data sets, first to last: ONIONSKIN_DATA, then the cache."""
    given = os.environ.get("ONIONSKIN_DATA")
    return ([Path(given)] if given else []) + [cache_dir() / "datasets"]


def cache_dir() -> Path:
    """Return the folder for downloads: ONIONSKIN_HOME, else the user's cache folder."""
    home = os.environ.get("ONIONSKIN_HOME")
    if home:
        return Path(home)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "onionskin"
