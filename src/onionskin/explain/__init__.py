"""The equations, derivatives and numbers of what is trained, from the output inwards; checks and searches."""

from typing import TYPE_CHECKING

from onionskin.base.doors import Door

if TYPE_CHECKING:
    from onionskin.explain.descents import OptimizerPath as OptimizerPath
    from onionskin.explain.descents import OptimizerPaths as OptimizerPaths
    from onionskin.explain.descents import optimizer_paths as optimizer_paths
    from onionskin.explain.landscapes import Landscape as Landscape
    from onionskin.explain.landscapes import landscape as landscape
    from onionskin.explain.recording import PathRecorder as PathRecorder
    from onionskin.explain.surfaces import LossSurface as LossSurface
    from onionskin.explain.surfaces import loss_surface as loss_surface

_door = Door(
    __name__,
    {
        "onionskin.explain.descents": "OptimizerPath OptimizerPaths optimizer_paths",
        "onionskin.explain.landscapes": "Landscape landscape",
        "onionskin.explain.recording": "PathRecorder",
        "onionskin.explain.surfaces": "LossSurface loss_surface",
    },
)
__getattr__, __dir__ = _door.find, _door.names
