"""Models: compile, fit, evaluate, predict and save are thin doors to the rooms below."""

from typing import TYPE_CHECKING

from onionskin.base.doors import Door
from onionskin.base.registry import LAYERS

if TYPE_CHECKING:
    from onionskin.models.cloning import clone_model as clone_model
    from onionskin.models.files import load_model as load_model
    from onionskin.models.files import model_from_json as model_from_json
    from onionskin.models.files import save_model as save_model
    from onionskin.models.functional import Functional as Functional
    from onionskin.models.model import Model as Model
    from onionskin.models.sequential import Sequential as Sequential
    from onionskin.models.trainer import Trainer as Trainer

_door = Door(
    __name__,
    {
        "onionskin.models.cloning": "clone_model",
        "onionskin.models.files": "load_model model_from_json save_model",
        "onionskin.models.functional": "Functional",
        "onionskin.models.model": "Model",
        "onionskin.models.sequential": "Sequential",
        "onionskin.models.trainer": "Trainer",
    },
)
__getattr__, __dir__ = _door.find, _door.names
LAYERS.filled_by(_door)
