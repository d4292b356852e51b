"""Optimizers: how gradients change weights, step by step."""

from typing import Any as _Any

from onionskin.base.errors import UnknownNameError as _UnknownNameError
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

_ABSENT = ("MultiOptimizer", "OptimizerMap")


def __getattr__(name: str) -> _Any:
    if name in _ABSENT:  # no AttributeError, of which `from onionskin.optimizers import …` would keep no word
        raise _UnknownNameError(
            "several optimizers for one model are not here yet.",
            where=f"onionskin.optimizers.{name}",
            fix="use one optimizer; trainable=False keeps layers as they are",
        )
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
