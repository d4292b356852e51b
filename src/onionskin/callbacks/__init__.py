"""Hooks into training, evaluation and prediction, and what a person sees of them."""

from typing import TYPE_CHECKING

from onionskin.base.doors import Door, unlike_keras

if TYPE_CHECKING:
    from onionskin.callbacks.backup import BackupAndRestore as BackupAndRestore
    from onionskin.callbacks.callback import Callback as Callback
    from onionskin.callbacks.callback_list import CallbackList as CallbackList
    from onionskin.callbacks.checkpoint import ModelCheckpoint as ModelCheckpoint
    from onionskin.callbacks.csv_logger import CSVLogger as CSVLogger
    from onionskin.callbacks.early_stopping import EarlyStopping as EarlyStopping
    from onionskin.callbacks.history import History as History
    from onionskin.callbacks.lambda_callback import LambdaCallback as LambdaCallback
    from onionskin.callbacks.learning_rates import LearningRateScheduler as LearningRateScheduler
    from onionskin.callbacks.learning_rates import ReduceLROnPlateau as ReduceLROnPlateau
    from onionskin.callbacks.monitor import MonitorCallback as MonitorCallback
    from onionskin.callbacks.progress import Progbar as Progbar
    from onionskin.callbacks.progress import ProgbarLogger as ProgbarLogger
    from onionskin.callbacks.remote_monitor import RemoteMonitor as RemoteMonitor
    from onionskin.callbacks.swap_ema import SwapEMAWeights as SwapEMAWeights
    from onionskin.callbacks.tensorboard import TensorBoard as TensorBoard
    from onionskin.callbacks.terminate_on_nan import TerminateOnNaN as TerminateOnNaN

_door = Door(
    __name__,
    {
        "onionskin.callbacks.backup": "BackupAndRestore",
        "onionskin.callbacks.callback": "Callback",
        "onionskin.callbacks.callback_list": "CallbackList",
        "onionskin.callbacks.checkpoint": "ModelCheckpoint",
        "onionskin.callbacks.csv_logger": "CSVLogger",
        "onionskin.callbacks.early_stopping": "EarlyStopping",
        "onionskin.callbacks.history": "History",
        "onionskin.callbacks.lambda_callback": "LambdaCallback",
        "onionskin.callbacks.learning_rates": "LearningRateScheduler ReduceLROnPlateau",
        "onionskin.callbacks.monitor": "MonitorCallback",
        "onionskin.callbacks.progress": "Progbar ProgbarLogger",
        "onionskin.callbacks.remote_monitor": "RemoteMonitor",
        "onionskin.callbacks.swap_ema": "SwapEMAWeights",
        "onionskin.callbacks.tensorboard": "TensorBoard",
        "onionskin.callbacks.terminate_on_nan": "TerminateOnNaN",
    },
    unlike_keras(__name__, {"OrbaxCheckpoint": "use ModelCheckpoint, or BackupAndRestore"}),
)
__getattr__, __dir__ = _door.find, _door.names
