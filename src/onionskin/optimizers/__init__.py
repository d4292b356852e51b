"""Optimizers: how gradients change weights, step by step."""

from typing import TYPE_CHECKING

from onionskin.base.doors import Door
from onionskin.optimizers.lookup import OPTIMIZERS, refuse_absent

if TYPE_CHECKING:
    from onionskin.optimizers import schedules as schedules
    from onionskin.optimizers.adadelta import Adadelta as Adadelta
    from onionskin.optimizers.adafactor import Adafactor as Adafactor
    from onionskin.optimizers.adagrad import Adagrad as Adagrad
    from onionskin.optimizers.adam import Adam as Adam
    from onionskin.optimizers.adamax import Adamax as Adamax
    from onionskin.optimizers.adamw import AdamW as AdamW
    from onionskin.optimizers.ftrl import Ftrl as Ftrl
    from onionskin.optimizers.lamb import Lamb as Lamb
    from onionskin.optimizers.lion import Lion as Lion
    from onionskin.optimizers.lookup import deserialize as deserialize
    from onionskin.optimizers.lookup import get as get
    from onionskin.optimizers.lookup import serialize as serialize
    from onionskin.optimizers.loss_scale import LossScaleOptimizer as LossScaleOptimizer
    from onionskin.optimizers.muon import Muon as Muon
    from onionskin.optimizers.nadam import Nadam as Nadam
    from onionskin.optimizers.optimizer import Optimizer as Optimizer
    from onionskin.optimizers.rmsprop import RMSprop as RMSprop
    from onionskin.optimizers.schedule_free import ScheduleFreeAdamW as ScheduleFreeAdamW
    from onionskin.optimizers.sgd import SGD as SGD

_door = Door(
    __name__,
    {
        "onionskin.optimizers": "schedules",
        "onionskin.optimizers.adadelta": "Adadelta",
        "onionskin.optimizers.adafactor": "Adafactor",
        "onionskin.optimizers.adagrad": "Adagrad",
        "onionskin.optimizers.adam": "Adam",
        "onionskin.optimizers.adamax": "Adamax",
        "onionskin.optimizers.adamw": "AdamW",
        "onionskin.optimizers.ftrl": "Ftrl",
        "onionskin.optimizers.lamb": "Lamb",
        "onionskin.optimizers.lion": "Lion",
        "onionskin.optimizers.lookup": "deserialize get serialize",
        "onionskin.optimizers.loss_scale": "LossScaleOptimizer",
        "onionskin.optimizers.muon": "Muon",
        "onionskin.optimizers.nadam": "Nadam",
        "onionskin.optimizers.optimizer": "Optimizer",
        "onionskin.optimizers.rmsprop": "RMSprop",
        "onionskin.optimizers.schedule_free": "ScheduleFreeAdamW",
        "onionskin.optimizers.sgd": "SGD",
    },
    refuse_absent,
)
__getattr__, __dir__ = _door.find, _door.names
OPTIMIZERS.filled_by(_door)
