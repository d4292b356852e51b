"""Optimizers: how gradients change weights, step by step."""

from onionskin.optimizers import schedules as schedules
from onionskin.optimizers.adagrad import Adagrad as Adagrad
from onionskin.optimizers.adam import Adam as Adam
from onionskin.optimizers.lookup import deserialize as deserialize
from onionskin.optimizers.lookup import get as get
from onionskin.optimizers.lookup import serialize as serialize
from onionskin.optimizers.optimizer import Optimizer as Optimizer
from onionskin.optimizers.rmsprop import RMSprop as RMSprop
from onionskin.optimizers.sgd import SGD as SGD
