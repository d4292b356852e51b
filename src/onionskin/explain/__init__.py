"""The equations, derivatives and numbers of what is trained, from the output inwards; checks and searches."""

from typing import TYPE_CHECKING

from onionskin.base.doors import Door

if TYPE_CHECKING:
    from onionskin.explain.drawing import Drawing as Drawing
    from onionskin.explain.drawing import draw as draw
    from onionskin.explain.peeling import Peel as Peel
    from onionskin.explain.peeling import peel as peel
    from onionskin.explain.recording import Recording as Recording
    from onionskin.explain.recording import record as record

_door = Door(
    __name__,
    {
        "onionskin.explain.drawing": "Drawing draw",
        "onionskin.explain.peeling": "Peel peel",
        "onionskin.explain.recording": "Recording record",
    },
)
__getattr__, __dir__ = _door.find, _door.names
