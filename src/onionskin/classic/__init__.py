"""The networks of the textbooks: neurons, perceptrons, layer classes with forward and backward."""

from typing import TYPE_CHECKING

from onionskin.base.doors import Door

if TYPE_CHECKING:
    from onionskin.classic.params import network_from_params as network_from_params

_door = Door(
    __name__,
    {
        "onionskin.classic.params": "network_from_params",
    },
)
__getattr__, __dir__ = _door.find, _door.names
