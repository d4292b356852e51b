"""Batches from what users pass to fit, evaluate and predict: arrays, tables and generators, checked; knows no epoch."""

from onionskin.data.arrays import check_finite as check_finite
from onionskin.data.indexed import PyDataset as PyDataset
from onionskin.data.source import ArraySource as ArraySource
from onionskin.data.source import make_source as make_source
from onionskin.data.split import pack as pack
from onionskin.data.split import split_validation as split_validation
from onionskin.data.split import unpack as unpack
from onionskin.data.stream import StreamSource as StreamSource
from onionskin.data.weights import apply_class_weight as apply_class_weight

__all__ = [
    "ArraySource",
    "PyDataset",
    "StreamSource",
    "apply_class_weight",
    "check_finite",
    "make_source",
    "pack",
    "split_validation",
    "unpack",
]
