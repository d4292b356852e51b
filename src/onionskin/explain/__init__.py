"""The equations, derivatives and numbers of what is trained, from the output inwards; checks and searches."""

from typing import TYPE_CHECKING

from onionskin.base.doors import Door

if TYPE_CHECKING:
    from onionskin.explain.chains import Link as Link
    from onionskin.explain.chains import Partials as Partials
    from onionskin.explain.chains import links as links
    from onionskin.explain.chains import local_partials as local_partials
    from onionskin.explain.chains import partials as partials
    from onionskin.explain.check_report import GradientCheck as GradientCheck
    from onionskin.explain.check_report import GradientRow as GradientRow
    from onionskin.explain.checking import gradient_check as gradient_check

_door = Door(
    __name__,
    {
        "onionskin.explain.chains": "Link Partials links local_partials partials",
        "onionskin.explain.check_report": "GradientCheck GradientRow",
        "onionskin.explain.checking": "gradient_check",
    },
)
__getattr__, __dir__ = _door.find, _door.names
