"""The networks of the textbooks: neurons, perceptrons, layer classes with forward and backward."""

from typing import TYPE_CHECKING

from onionskin.base.doors import Door

if TYPE_CHECKING:
    from onionskin.classic.neuron import Neuron as Neuron
    from onionskin.classic.neuron import activation_uses as activation_uses
    from onionskin.classic.perceptron import Perceptron as Perceptron
    from onionskin.classic.perceptron import learning_rates as learning_rates
    from onionskin.classic.truth import truth_table as truth_table

_door = Door(
    __name__,
    {
        "onionskin.classic.neuron": "Neuron activation_uses",
        "onionskin.classic.perceptron": "Perceptron learning_rates",
        "onionskin.classic.truth": "truth_table",
    },
)
__getattr__, __dir__ = _door.find, _door.names
