"""The equations, derivatives and numbers of what is trained, from the output inwards; checks and searches."""

from typing import TYPE_CHECKING

from onionskin.base.doors import Door

if TYPE_CHECKING:
    from onionskin.explain.finding import find_nan as find_nan
    from onionskin.explain.reporting import Finding as Finding
    from onionskin.explain.walking import Entry as Entry
    from onionskin.explain.walking import Trace as Trace
    from onionskin.explain.walking import trace_step as trace_step

_door = Door(
    __name__,
    {
        "onionskin.explain.finding": "find_nan",
        "onionskin.explain.reporting": "Finding",
        "onionskin.explain.walking": "Entry Trace trace_step",
    },
)
__getattr__, __dir__ = _door.find, _door.names
