"""The equations, derivatives and numbers of what is trained, from the output inwards; checks and searches."""

from typing import TYPE_CHECKING

from onionskin.base.doors import Door

if TYPE_CHECKING:
    from onionskin.explain import loops as loops
    from onionskin.explain.moves import Transformation as Transformation
    from onionskin.explain.moves import affine as affine
    from onionskin.explain.moves import linear as linear
    from onionskin.explain.moves import plot_transformations as plot_transformations
    from onionskin.explain.moves import rotation as rotation
    from onionskin.explain.moves import scaling as scaling
    from onionskin.explain.moves import shear as shear
    from onionskin.explain.moves import translation as translation
    from onionskin.explain.operations import compare_operations as compare_operations
    from onionskin.explain.operations import side_by_side as side_by_side
    from onionskin.explain.stretching import broadcasting as broadcasting
    from onionskin.explain.tensors import data_kinds as data_kinds
    from onionskin.explain.tensors import describe_tensor as describe_tensor
    from onionskin.explain.unfolding import spirals as spirals
    from onionskin.explain.unfolding import unfold as unfold

_door = Door(
    __name__,
    {
        "onionskin.explain": "loops",
        "onionskin.explain.moves": (
            "Transformation affine linear plot_transformations rotation scaling shear translation"
        ),
        "onionskin.explain.operations": "compare_operations side_by_side",
        "onionskin.explain.stretching": "broadcasting",
        "onionskin.explain.tensors": "data_kinds describe_tensor",
        "onionskin.explain.unfolding": "spirals unfold",
    },
)
__getattr__, __dir__ = _door.find, _door.names
