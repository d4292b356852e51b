"""`Dropout`: random inputs silenced while training."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin import random
from onionskin.base.errors import ArgumentError
from onionskin.base.registry import LAYERS
from onionskin.layers.layer import Layer
from onionskin.state import SeedGenerator


@LAYERS.entry()
class Dropout(Layer):
    """Set inputs to 0 with probability `rate` while training, and scale the others by 1/(1 - rate).

    Args:
        rate: share of the inputs to drop, from 0 to 1.
        noise_shape: shape of the mask where it is to be shared along axes, None in place of a size that
            is the input's.
        seed: whole number; one drawn from the process where None.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: the rate is not between 0 and 1.

    Example:
        >>> from onionskin.layers import Dropout
        >>> print(Dropout(0.5, seed=1)(np.ones(4), training=False))
        [1. 1. 1. 1.]
    """

    def __init__(self, rate: float, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(rate, bool) or not isinstance(rate, int | float | np.number) or not 0 <= rate <= 1:
            raise ArgumentError(
                "the rate is a share.", where=f"Dropout '{self.name}'", expected="0 <= rate <= 1", given=repr(rate)
            )
        self.rate, self.seed = float(rate), seed
        self.supports_masking = True
        self._untracked_noise_shape = None if noise_shape is None else tuple(noise_shape)
        if rate > 0:
            self.seed_generator = SeedGenerator(seed)
        self.built = True

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Return the inputs, some of them silenced while training."""
        if not training or self.rate == 0:
            return inputs
        return random.dropout(inputs, self.rate, self._untracked_noise_shape, seed=self.seed_generator)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        noise_shape = self._untracked_noise_shape
        return {**super().get_config(), "rate": self.rate, "seed": self.seed, "noise_shape": noise_shape}
