"""Layers that bring values to a common scale: over the batch, over each sample, over groups, to length 1."""

from onionskin.layers.normalization.batch import BatchNormalization as BatchNormalization
from onionskin.layers.normalization.group import GroupNormalization as GroupNormalization
from onionskin.layers.normalization.layer import LayerNormalization as LayerNormalization
from onionskin.layers.normalization.rms import RMSNormalization as RMSNormalization
from onionskin.layers.normalization.spectral import SpectralNormalization as SpectralNormalization
from onionskin.layers.normalization.unit import UnitNormalization as UnitNormalization
