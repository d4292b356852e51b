"""The rivals, one file each, imported only when asked for: how a library's own best users would write a task."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

# Name in the command → (module here, package that must be installed, label).
PEERS = {
    "numpy": ("plain_numpy", "numpy", "NumPy"),
    "torch": ("pytorch", "torch", "PyTorch"),
    "jax": ("plain_jax", "jax", "JAX"),
    "keras": ("keras_on_jax", "keras", "Keras"),
    "sklearn": ("scikit_learn", "sklearn", "scikit-learn"),
}


def find(name: str) -> Any:
    """Return the module of a peer.

    Raises:
        ImportError: it is not installed, or its library does not load.
    """
    module, package, label = PEERS[name]
    if importlib.util.find_spec(package) is None:
        raise ImportError(f"{label} is not installed")
    return importlib.import_module(f"{__name__}.{module}")
