"""The networks of the textbooks: neurons, perceptrons, layer classes with forward and backward."""

from onionskin.base.doors import Door

_door = Door(
    __name__,
    {},
)
__getattr__, __dir__ = _door.find, _door.names
