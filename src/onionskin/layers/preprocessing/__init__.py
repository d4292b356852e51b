"""Layers that turn raw columns into numbers for a network: scaled, cut into bins, looked up, hashed."""

from typing import TYPE_CHECKING

from onionskin.base.doors import Door

if TYPE_CHECKING:
    from onionskin.layers.preprocessing.category_encoding import CategoryEncoding as CategoryEncoding
    from onionskin.layers.preprocessing.discretization import Discretization as Discretization
    from onionskin.layers.preprocessing.feature_space import FeatureSpace as FeatureSpace
    from onionskin.layers.preprocessing.hashing import HashedCrossing as HashedCrossing
    from onionskin.layers.preprocessing.hashing import Hashing as Hashing
    from onionskin.layers.preprocessing.integer_lookup import IntegerLookup as IntegerLookup
    from onionskin.layers.preprocessing.normalization import Normalization as Normalization
    from onionskin.layers.preprocessing.rescaling import Rescaling as Rescaling
    from onionskin.layers.preprocessing.string_lookup import StringLookup as StringLookup

_door = Door(
    __name__,
    {
        "onionskin.layers.preprocessing.category_encoding": "CategoryEncoding",
        "onionskin.layers.preprocessing.discretization": "Discretization",
        "onionskin.layers.preprocessing.feature_space": "FeatureSpace",
        "onionskin.layers.preprocessing.hashing": "HashedCrossing Hashing",
        "onionskin.layers.preprocessing.integer_lookup": "IntegerLookup",
        "onionskin.layers.preprocessing.normalization": "Normalization",
        "onionskin.layers.preprocessing.rescaling": "Rescaling",
        "onionskin.layers.preprocessing.string_lookup": "StringLookup",
    },
)
__getattr__, __dir__ = _door.find, _door.names
