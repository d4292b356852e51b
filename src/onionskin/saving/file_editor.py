"""`KerasFileEditor`, which is not offered: it changes files in place."""

from __future__ import annotations

from typing import Any

from onionskin.base.errors import ArgumentError


class KerasFileEditor:
    """Refused by name: files are read whole and written whole, never changed in place.

    Args:
        filepath: the file.

    Raises:
        ArgumentError: always.
    """

    def __init__(self, filepath: Any) -> None:
        raise ArgumentError(
            "files are not edited in place.",
            where="KerasFileEditor",
            given=repr(str(filepath)),
            fix="load_model(path), change the model, and save it; or model.load_weights(path, skip_mismatch=True)",
        )
