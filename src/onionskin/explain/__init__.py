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
    from onionskin.explain.checking.differences import gradient_check as gradient_check
    from onionskin.explain.checking.report import GradientCheck as GradientCheck
    from onionskin.explain.checking.report import GradientRow as GradientRow
    from onionskin.explain.drawing.picture import Drawing as Drawing
    from onionskin.explain.drawing.picture import draw as draw
    from onionskin.explain.finding.report import Finding as Finding
    from onionskin.explain.finding.search import find_nan as find_nan
    from onionskin.explain.peeling.derivation import Peel as Peel
    from onionskin.explain.peeling.derivation import peel as peel
    from onionskin.explain.recording import Recording as Recording
    from onionskin.explain.recording import record as record
    from onionskin.explain.surfaces.descents import OptimizerPath as OptimizerPath
    from onionskin.explain.surfaces.descents import OptimizerPaths as OptimizerPaths
    from onionskin.explain.surfaces.descents import optimizer_paths as optimizer_paths
    from onionskin.explain.surfaces.landscapes import Landscape as Landscape
    from onionskin.explain.surfaces.landscapes import landscape as landscape
    from onionskin.explain.surfaces.model import LossSurface as LossSurface
    from onionskin.explain.surfaces.model import loss_surface as loss_surface
    from onionskin.explain.surfaces.weight_paths import PathRecorder as PathRecorder
    from onionskin.explain.tensors.describing import data_kinds as data_kinds
    from onionskin.explain.tensors.describing import describe_tensor as describe_tensor
    from onionskin.explain.tensors.moves import Transformation as Transformation
    from onionskin.explain.tensors.moves import affine as affine
    from onionskin.explain.tensors.moves import linear as linear
    from onionskin.explain.tensors.moves import plot_transformations as plot_transformations
    from onionskin.explain.tensors.moves import rotation as rotation
    from onionskin.explain.tensors.moves import scaling as scaling
    from onionskin.explain.tensors.moves import shear as shear
    from onionskin.explain.tensors.moves import translation as translation
    from onionskin.explain.tensors.operations import compare_operations as compare_operations
    from onionskin.explain.tensors.operations import side_by_side as side_by_side
    from onionskin.explain.tensors.stretching import broadcasting as broadcasting
    from onionskin.explain.tensors.unfolding import spirals as spirals
    from onionskin.explain.tensors.unfolding import unfold as unfold
    from onionskin.explain.walking import Entry as Entry
    from onionskin.explain.walking import Trace as Trace
    from onionskin.explain.walking import trace_step as trace_step

_door = Door(
    __name__,
    {
        "onionskin.explain": "loops",
        "onionskin.explain.chains": "Link Partials links local_partials partials",
        "onionskin.explain.checking.differences": "gradient_check",
        "onionskin.explain.checking.report": "GradientCheck GradientRow",
        "onionskin.explain.drawing.picture": "Drawing draw",
        "onionskin.explain.finding.report": "Finding",
        "onionskin.explain.finding.search": "find_nan",
        "onionskin.explain.peeling.derivation": "Peel peel",
        "onionskin.explain.recording": "Recording record",
        "onionskin.explain.surfaces.descents": "OptimizerPath OptimizerPaths optimizer_paths",
        "onionskin.explain.surfaces.landscapes": "Landscape landscape",
        "onionskin.explain.surfaces.model": "LossSurface loss_surface",
        "onionskin.explain.surfaces.weight_paths": "PathRecorder",
        "onionskin.explain.tensors.describing": "data_kinds describe_tensor",
        "onionskin.explain.tensors.moves": (
            "Transformation affine linear plot_transformations rotation scaling shear translation"
        ),
        "onionskin.explain.tensors.operations": "compare_operations side_by_side",
        "onionskin.explain.tensors.stretching": "broadcasting",
        "onionskin.explain.tensors.unfolding": "spirals unfold",
        "onionskin.explain.walking": "Entry Trace trace_step",
    },
)
__getattr__, __dir__ = _door.find, _door.names
