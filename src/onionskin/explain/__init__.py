"""The equations, derivatives and numbers of what is trained, from the output inwards; checks and searches."""

from typing import TYPE_CHECKING

from onionskin.base.doors import Door

if TYPE_CHECKING:
    from onionskin.explain.chains import Link as Link
    from onionskin.explain.chains import Partials as Partials
    from onionskin.explain.chains import links as links
    from onionskin.explain.chains import local_partials as local_partials
    from onionskin.explain.chains import partials as partials
    from onionskin.explain.descents import OptimizerPath as OptimizerPath
    from onionskin.explain.descents import OptimizerPaths as OptimizerPaths
    from onionskin.explain.descents import optimizer_paths as optimizer_paths
    from onionskin.explain.landscapes import Landscape as Landscape
    from onionskin.explain.landscapes import landscape as landscape
    from onionskin.explain.peeling import Peel as Peel
    from onionskin.explain.peeling import peel as peel
    from onionskin.explain.recording import Recording as Recording
    from onionskin.explain.recording import record as record
    from onionskin.explain.surfaces import LossSurface as LossSurface
    from onionskin.explain.surfaces import loss_surface as loss_surface
    from onionskin.explain.walking import Entry as Entry
    from onionskin.explain.walking import Trace as Trace
    from onionskin.explain.walking import trace_step as trace_step
    from onionskin.explain.weight_paths import PathRecorder as PathRecorder

_door = Door(
    __name__,
    {
        "onionskin.explain.chains": "Link Partials links local_partials partials",
        "onionskin.explain.descents": "OptimizerPath OptimizerPaths optimizer_paths",
        "onionskin.explain.landscapes": "Landscape landscape",
        "onionskin.explain.peeling": "Peel peel",
        "onionskin.explain.recording": "Recording record",
        "onionskin.explain.surfaces": "LossSurface loss_surface",
        "onionskin.explain.walking": "Entry Trace trace_step",
        "onionskin.explain.weight_paths": "PathRecorder",
    },
)
__getattr__, __dir__ = _door.find, _door.names
