"""The equations, derivatives and numbers of what is trained, from the output inwards; checks and searches."""

from typing import TYPE_CHECKING

from onionskin.base.doors import Door

if TYPE_CHECKING:
    from onionskin.explain.chains import Link as Link
    from onionskin.explain.chains import Partials as Partials
    from onionskin.explain.chains import links as links
    from onionskin.explain.chains import local_partials as local_partials
    from onionskin.explain.chains import partials as partials
    from onionskin.explain.peeling import Peel as Peel
    from onionskin.explain.peeling import peel as peel
    from onionskin.explain.recording import Recording as Recording
    from onionskin.explain.recording import record as record
    from onionskin.explain.walking import Entry as Entry
    from onionskin.explain.walking import Trace as Trace
    from onionskin.explain.walking import trace_step as trace_step

_door = Door(
    __name__,
    {
        "onionskin.explain.chains": "Link Partials links local_partials partials",
        "onionskin.explain.peeling": "Peel peel",
        "onionskin.explain.recording": "Recording record",
        "onionskin.explain.walking": "Entry Trace trace_step",
    },
)
__getattr__, __dir__ = _door.find, _door.names
