"""Models: compile, fit, evaluate, predict and save are thin doors to the rooms below."""

from onionskin.models import objects as _objects  # noqa: F401 - it fills doors of `saving`
from onionskin.models.cloning import clone_model as clone_model
from onionskin.models.files import load_model as load_model
from onionskin.models.files import model_from_json as model_from_json
from onionskin.models.files import save_model as save_model
from onionskin.models.functional import Functional as Functional
from onionskin.models.model import Model as Model
from onionskin.models.sequential import Sequential as Sequential
from onionskin.models.trainer import Trainer as Trainer
