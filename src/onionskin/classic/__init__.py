"""The networks of the textbooks: neurons, perceptrons, layer classes with forward and backward."""

from typing import TYPE_CHECKING

from onionskin.base.doors import Door

if TYPE_CHECKING:
    from onionskin.classic.annealing import Annealing as Annealing
    from onionskin.classic.annealing import anneal as anneal
    from onionskin.classic.backpropagation import BackPropagation as BackPropagation
    from onionskin.classic.backpropagation import BackwardStep as BackwardStep
    from onionskin.classic.descent import Descent as Descent
    from onionskin.classic.descent import descend as descend
    from onionskin.classic.differences import numerical_gradient as numerical_gradient
    from onionskin.classic.faces import Affine as Affine
    from onionskin.classic.faces import Relu as Relu
    from onionskin.classic.faces import Sigmoid as Sigmoid
    from onionskin.classic.faces import SoftmaxWithLoss as SoftmaxWithLoss
    from onionskin.classic.feedforward import Backward as Backward
    from onionskin.classic.feedforward import FeedForward as FeedForward
    from onionskin.classic.feedforward import HalfSquaredError as HalfSquaredError
    from onionskin.classic.neuron import Neuron as Neuron
    from onionskin.classic.neuron import activation_uses as activation_uses
    from onionskin.classic.nodes import AddLayer as AddLayer
    from onionskin.classic.nodes import MulLayer as MulLayer
    from onionskin.classic.params import network_from_params as network_from_params
    from onionskin.classic.perceptron import Perceptron as Perceptron
    from onionskin.classic.perceptron import learning_rates as learning_rates
    from onionskin.classic.starts import Starts as Starts
    from onionskin.classic.starts import multi_start as multi_start
    from onionskin.classic.truth import truth_table as truth_table
    from onionskin.classic.two_layers import TwoLayerNet as TwoLayerNet
    from onionskin.classic.updates import Update as Update
    from onionskin.classic.updates import Updates as Updates

_door = Door(
    __name__,
    {
        "onionskin.classic.annealing": "Annealing anneal",
        "onionskin.classic.backpropagation": "BackPropagation BackwardStep",
        "onionskin.classic.descent": "Descent descend",
        "onionskin.classic.differences": "numerical_gradient",
        "onionskin.classic.faces": "Affine Relu Sigmoid SoftmaxWithLoss",
        "onionskin.classic.feedforward": "Backward FeedForward HalfSquaredError",
        "onionskin.classic.neuron": "Neuron activation_uses",
        "onionskin.classic.nodes": "AddLayer MulLayer",
        "onionskin.classic.params": "network_from_params",
        "onionskin.classic.perceptron": "Perceptron learning_rates",
        "onionskin.classic.starts": "Starts multi_start",
        "onionskin.classic.truth": "truth_table",
        "onionskin.classic.two_layers": "TwoLayerNet",
        "onionskin.classic.updates": "Update Updates",
    },
)
__getattr__, __dir__ = _door.find, _door.names
