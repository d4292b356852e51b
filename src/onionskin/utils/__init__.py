"""Helpers around training, under the names of `keras.utils`."""

from onionskin.base.registry import register_serializable as register_keras_serializable
from onionskin.callbacks.progress import Progbar as Progbar
from onionskin.state import set_random_seed as set_random_seed
from onionskin.utils.drawing import model_to_dot as model_to_dot
from onionskin.utils.drawing import plot_model as plot_model
from onionskin.utils.labels import normalize as normalize
from onionskin.utils.labels import to_categorical as to_categorical

__all__ = [
    "Progbar",
    "model_to_dot",
    "normalize",
    "plot_model",
    "register_keras_serializable",
    "set_random_seed",
    "to_categorical",
]
