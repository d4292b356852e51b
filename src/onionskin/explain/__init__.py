"""The equations, derivatives and numbers of what is trained, from the output inwards; checks and searches."""

from typing import TYPE_CHECKING

from onionskin.base.doors import Door

if TYPE_CHECKING:
    from onionskin.explain import loops as loops
    from onionskin.explain.chains import Link as Link
    from onionskin.explain.chains import Partials as Partials
    from onionskin.explain.chains import links as links
    from onionskin.explain.chains import local_partials as local_partials
    from onionskin.explain.chains import partials as partials
    from onionskin.explain.check_report import GradientCheck as GradientCheck
    from onionskin.explain.check_report import GradientRow as GradientRow
    from onionskin.explain.checking import gradient_check as gradient_check
    from onionskin.explain.descents import OptimizerPath as OptimizerPath
    from onionskin.explain.descents import OptimizerPaths as OptimizerPaths
    from onionskin.explain.descents import optimizer_paths as optimizer_paths
    from onionskin.explain.drawing import Drawing as Drawing
    from onionskin.explain.drawing import draw as draw
    from onionskin.explain.finding import find_nan as find_nan
    from onionskin.explain.landscapes import Landscape as Landscape
    from onionskin.explain.landscapes import landscape as landscape
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
    from onionskin.explain.peeling import Peel as Peel
    from onionskin.explain.peeling import peel as peel
    from onionskin.explain.recording import Recording as Recording
    from onionskin.explain.recording import record as record
    from onionskin.explain.reporting import Finding as Finding
    from onionskin.explain.stretching import broadcasting as broadcasting
    from onionskin.explain.surfaces import LossSurface as LossSurface
    from onionskin.explain.surfaces import loss_surface as loss_surface
    from onionskin.explain.tensors import data_kinds as data_kinds
    from onionskin.explain.tensors import describe_tensor as describe_tensor
    from onionskin.explain.unfolding import spirals as spirals
    from onionskin.explain.unfolding import unfold as unfold
    from onionskin.explain.walking import Entry as Entry
    from onionskin.explain.walking import Trace as Trace
    from onionskin.explain.walking import trace_step as trace_step
    from onionskin.explain.weight_paths import PathRecorder as PathRecorder

_door = Door(
    __name__,
    {
        "onionskin.explain": "loops",
        "onionskin.explain.chains": "Link Partials links local_partials partials",
        "onionskin.explain.descents": "OptimizerPath OptimizerPaths optimizer_paths",
        "onionskin.explain.drawing": "Drawing draw",
        "onionskin.explain.finding": "find_nan",
        "onionskin.explain.landscapes": "Landscape landscape",
        "onionskin.explain.peeling": "Peel peel",
        "onionskin.explain.recording": "Recording record",
        "onionskin.explain.reporting": "Finding",
        "onionskin.explain.surfaces": "LossSurface loss_surface",
        "onionskin.explain.walking": "Entry Trace trace_step",
        "onionskin.explain.weight_paths": "PathRecorder",
        "onionskin.explain.moves": (
            "Transformation affine linear plot_transformations rotation scaling shear translation"
        ),
        "onionskin.explain.check_report": "GradientCheck GradientRow",
        "onionskin.explain.checking": "gradient_check",
        "onionskin.explain.operations": "compare_operations side_by_side",
        "onionskin.explain.stretching": "broadcasting",
        "onionskin.explain.tensors": "data_kinds describe_tensor",
        "onionskin.explain.unfolding": "spirals unfold",
    },
)
__getattr__, __dir__ = _door.find, _door.names
