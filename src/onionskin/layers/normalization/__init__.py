"""Layers that bring values to a common scale: over the batch, over each sample, over groups, to length 1."""

from typing import TYPE_CHECKING

from onionskin.base.doors import Door

if TYPE_CHECKING:
    from onionskin.layers.normalization.batch import BatchNormalization as BatchNormalization
    from onionskin.layers.normalization.group import GroupNormalization as GroupNormalization
    from onionskin.layers.normalization.layer import LayerNormalization as LayerNormalization
    from onionskin.layers.normalization.rms import RMSNormalization as RMSNormalization
    from onionskin.layers.normalization.spectral import SpectralNormalization as SpectralNormalization
    from onionskin.layers.normalization.unit import UnitNormalization as UnitNormalization

_door = Door(
    __name__,
    {
        "onionskin.layers.normalization.batch": "BatchNormalization",
        "onionskin.layers.normalization.group": "GroupNormalization",
        "onionskin.layers.normalization.layer": "LayerNormalization",
        "onionskin.layers.normalization.rms": "RMSNormalization",
        "onionskin.layers.normalization.spectral": "SpectralNormalization",
        "onionskin.layers.normalization.unit": "UnitNormalization",
    },
)
__getattr__, __dir__ = _door.find, _door.names
