"""Hooks into training, evaluation and prediction, and what a person sees of them; History lives in train."""

from onionskin.callbacks.callback import Callback as Callback
from onionskin.callbacks.callback_list import CallbackList as CallbackList
from onionskin.callbacks.checkpoint import ModelCheckpoint as ModelCheckpoint
from onionskin.callbacks.early_stopping import EarlyStopping as EarlyStopping
from onionskin.callbacks.lambda_callback import LambdaCallback as LambdaCallback
from onionskin.callbacks.monitor import MonitorCallback as MonitorCallback
from onionskin.callbacks.progress import Progbar as Progbar
from onionskin.callbacks.progress import ProgbarLogger as ProgbarLogger
from onionskin.callbacks.terminate_on_nan import TerminateOnNaN as TerminateOnNaN
