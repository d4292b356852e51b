"""The networks of the textbooks: neurons, perceptrons, layer classes with forward and backward."""

from typing import TYPE_CHECKING

from onionskin.base.doors import Door

if TYPE_CHECKING:
    from onionskin.classic.differences import numerical_gradient as numerical_gradient
    from onionskin.classic.faces import Affine as Affine
    from onionskin.classic.faces import Relu as Relu
    from onionskin.classic.faces import Sigmoid as Sigmoid
    from onionskin.classic.faces import SoftmaxWithLoss as SoftmaxWithLoss
    from onionskin.classic.nodes import AddLayer as AddLayer
    from onionskin.classic.nodes import MulLayer as MulLayer
    from onionskin.classic.two_layers import TwoLayerNet as TwoLayerNet

_door = Door(
    __name__,
    {
        "onionskin.classic.differences": "numerical_gradient",
        "onionskin.classic.faces": "Affine Relu Sigmoid SoftmaxWithLoss",
        "onionskin.classic.nodes": "AddLayer MulLayer",
        "onionskin.classic.two_layers": "TwoLayerNet",
    },
)
__getattr__, __dir__ = _door.find, _door.names
