"""`Kept`, the side of a model that is kept: saved, copied, written as text, and compiled as a file says."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any


def _files() -> Any:
    """Return the module of files, which is loaded when a model is first kept."""
    from onionskin.models import files

    return files


class Kept:
    """What models are saved, copied and compiled again by; models inherit it."""

    def save(self, filepath: Any, overwrite: bool = True, zipped: bool | None = None, **kwargs: Any) -> None:
        """Save architecture, weights and the state of training to one file; see `models.save_model`."""
        _files().save_model(self, filepath, overwrite, zipped, **kwargs)

    def check_savable(self, filepath: Any, weights_only: bool = False) -> None:
        """Refuse a file name, or a model, that `save` or `save_weights` would refuse; called before training."""
        _files().check_savable(self, filepath, weights_only)

    def save_weights(self, filepath: Any, overwrite: bool = True, max_shard_size: Any = None) -> None:
        """Save the weights alone to a `.weights.h5` or `.weights.npz` file; see `saving.save_weights`."""
        _files().save_weights(self, filepath, overwrite, max_shard_size)

    def load_weights(self, filepath: Any, skip_mismatch: bool = False, **kwargs: Any) -> None:
        """Load weights of a file; all are compared before one is changed; see `saving.load_weights`."""
        _files().load_weights(self, filepath, skip_mismatch, **kwargs)

    def to_json(self, **kwargs: Any) -> str:
        """Return the architecture as JSON text; arguments are those of `json.dumps`."""
        return _files().to_json(self, **kwargs)

    def get_compile_config(self) -> dict[str, Any]:
        """Return what the model was compiled with as data; an empty dictionary where it was not."""
        from onionskin.models.compiling import compile_config

        return compile_config(self)

    def compile_from_config(self, config: Mapping[str, Any]) -> None:
        """Compile the model with what `get_compile_config` returned, and make the optimizer's variables."""
        from onionskin.models.compiling import compile_from

        compile_from(self, config)
        model: Any = self
        if model.built and model.optimizer is not None and hasattr(model.optimizer, "build"):
            model.optimizer.build(model.trainable_variables)

    def __copy__(self) -> Any:
        """Return a model with weights of its own, as `copy.deepcopy` does: two models never share a training."""
        return copy.deepcopy(self)
