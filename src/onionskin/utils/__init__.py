"""Helpers around training, under the names of `keras.utils`."""

# ruff: noqa: F401 - what is offered under another name

from typing import TYPE_CHECKING

from onionskin.base.doors import Door, unlike_keras

if TYPE_CHECKING:
    from onionskin.base.registry import CustomObjectScope as CustomObjectScope
    from onionskin.base.registry import CustomObjectScope as custom_object_scope  # noqa: N813 - Keras's names
    from onionskin.base.registry import get_custom_objects as get_custom_objects
    from onionskin.base.registry import name_of as get_registered_name
    from onionskin.base.registry import register_serializable as register_keras_serializable
    from onionskin.base.registry import registered_object as get_registered_object
    from onionskin.callbacks.progress import Progbar as Progbar
    from onionskin.data import PyDataset as PyDataset
    from onionskin.data import PyDataset as Sequence
    from onionskin.data import pack as pack_x_y_sample_weight
    from onionskin.layers.naming import clear_session as clear_session
    from onionskin.layers.preprocessing import FeatureSpace as FeatureSpace
    from onionskin.models.objects import deserialize_keras_object as deserialize_keras_object
    from onionskin.models.objects import serialize_keras_object as serialize_keras_object
    from onionskin.state import set_random_seed as set_random_seed
    from onionskin.utils.drawing import model_to_dot as model_to_dot
    from onionskin.utils.drawing import plot_model as plot_model
    from onionskin.utils.files import get_file as get_file
    from onionskin.utils.folders import text_dataset_from_directory as text_dataset_from_directory
    from onionskin.utils.images import array_to_img as array_to_img
    from onionskin.utils.images import image_dataset_from_directory as image_dataset_from_directory
    from onionskin.utils.images import img_to_array as img_to_array
    from onionskin.utils.images import load_img as load_img
    from onionskin.utils.images import save_img as save_img
    from onionskin.utils.labels import normalize as normalize
    from onionskin.utils.labels import to_categorical as to_categorical
    from onionskin.utils.sequences import pad_sequences as pad_sequences
    from onionskin.utils.sequences import timeseries_dataset_from_array as timeseries_dataset_from_array
    from onionskin.utils.splitting import is_keras_tensor as is_keras_tensor
    from onionskin.utils.splitting import split_dataset as split_dataset
    from onionskin.utils.splitting import standardize_dtype as standardize_dtype
    from onionskin.utils.splitting import unpack_x_y_sample_weight as unpack_x_y_sample_weight

_INSTEAD = {
    "Config": "use a dictionary, or types.SimpleNamespace",
    "get_source_inputs": "use Model.inputs",
    "disable_interactive_logging": "say it at each call: verbose=0, 1 or 2",
    "enable_interactive_logging": "say it at each call: verbose=0, 1 or 2",
    "is_interactive_logging_enabled": "say it at each call: verbose=0, 1 or 2",
    "audio_dataset_from_directory": "sounds are not read; load them with scipy.io.wavfile, and pass arrays",
    "bounding_boxes": "bounding boxes are not there; keep them as arrays and convert them with onionskin.ops",
    "legacy": "what Keras kept of older versions is not there; use the functions of onionskin.utils",
}


_door = Door(
    __name__,
    {
        "onionskin.base.registry": (
            "CustomObjectScope get_custom_objects "
            "CustomObjectScope:custom_object_scope name_of:get_registered_name "
            "register_serializable:register_keras_serializable registered_object:get_registered_object"
        ),
        "onionskin.callbacks.progress": "Progbar",
        "onionskin.data": "PyDataset PyDataset:Sequence pack:pack_x_y_sample_weight",
        "onionskin.layers.preprocessing": "FeatureSpace",
        "onionskin.models.objects": "deserialize_keras_object serialize_keras_object",
        "onionskin.state": "set_random_seed",
        "onionskin.layers.naming": "clear_session",
        "onionskin.utils.drawing": "model_to_dot plot_model",
        "onionskin.utils.files": "get_file",
        "onionskin.utils.folders": "text_dataset_from_directory",
        "onionskin.utils.images": "array_to_img image_dataset_from_directory img_to_array load_img save_img",
        "onionskin.utils.labels": "normalize to_categorical",
        "onionskin.utils.sequences": "pad_sequences timeseries_dataset_from_array",
        "onionskin.utils.splitting": ("is_keras_tensor split_dataset standardize_dtype unpack_x_y_sample_weight"),
    },
    unlike_keras(__name__, _INSTEAD),
)
__getattr__, __dir__ = _door.find, _door.names
