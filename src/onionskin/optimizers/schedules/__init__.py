"""Learning rates that change with the steps of training."""

from onionskin.optimizers.schedules.cosine import CosineDecay as CosineDecay
from onionskin.optimizers.schedules.cosine import CosineDecayRestarts as CosineDecayRestarts
from onionskin.optimizers.schedules.decay import ExponentialDecay as ExponentialDecay
from onionskin.optimizers.schedules.decay import InverseTimeDecay as InverseTimeDecay
from onionskin.optimizers.schedules.decay import LearningRateSchedule as LearningRateSchedule
from onionskin.optimizers.schedules.decay import PiecewiseConstantDecay as PiecewiseConstantDecay
from onionskin.optimizers.schedules.decay import PolynomialDecay as PolynomialDecay
from onionskin.optimizers.schedules.lookup import deserialize as deserialize
from onionskin.optimizers.schedules.lookup import serialize as serialize
