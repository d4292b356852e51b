"""The training step and the only loops."""

from onionskin.train.failed import FailedBatches as FailedBatches
from onionskin.train.history import History as History
from onionskin.train.loop import evaluate as evaluate
from onionskin.train.loop import figures as figures
from onionskin.train.loop import fit as fit
from onionskin.train.loop import predict as predict
from onionskin.train.loop import reported as reported
from onionskin.train.objective import Objective as Objective
from onionskin.train.objective import in_order as in_order
from onionskin.train.session import Session as Session
from onionskin.train.steps import Steps as Steps
from onionskin.train.steps import standard as standard
