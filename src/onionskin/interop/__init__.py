"""Graphs in the formats of other libraries."""

from onionskin.base.doors import Door

_door = Door(
    __name__,
    {},
)
__getattr__, __dir__ = _door.find, _door.names
