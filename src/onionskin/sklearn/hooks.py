"""Callbacks of an estimator: they are given the network as a model, whose weights follow the training."""

from __future__ import annotations

from typing import Any

from onionskin.callbacks import CallbackList
from onionskin.sklearn.network import Network


class Hooks:
    """The callbacks of one training.

    Args:
        estimator: whose callbacks they are, and whose histories they are told.
        network: what is trained.
    """

    def __init__(self, estimator: Any, network: Network) -> None:
        self.estimator, self.network = estimator, network
        self.model = network.recipe.model()
        self.model.stop_training = False
        self.callbacks = CallbackList(estimator.callbacks, model=self.model)
        self.batches = self.callbacks.needs_batches("train")
        self._batch = 0

    def begin(self, values: dict[Any, Any], epochs: int) -> None:
        """Tell of the beginning."""
        self._follow(values)
        self.callbacks.set_params({"verbose": 0, "epochs": epochs, "steps": None})
        self.callbacks.on_train_begin()

    def begin_epoch(self) -> None:
        """Tell that an epoch begins."""
        self._batch = 0
        self.callbacks.on_epoch_begin(self.estimator.n_iter_)

    def begin_batch(self) -> None:
        """Tell that a step begins."""
        self.callbacks.on_train_batch_begin(self._batch)

    def end_batch(self, values: dict[Any, Any], loss: float) -> None:
        """Tell of a step's loss."""
        self._follow(values)
        self.callbacks.on_train_batch_end(self._batch, {"loss": loss})
        self._batch += 1

    def end_epoch(self, values: dict[Any, Any]) -> None:
        """Tell of an epoch's loss, and of the score on what is held out."""
        self._follow(values)
        logs = {"loss": float(self.estimator.loss_)}
        if self.estimator.validation_scores_:
            logs["val_score"] = float(self.estimator.validation_scores_[-1])
        self.callbacks.on_epoch_end(self.estimator.n_iter_ - 1, logs)

    def end(self, values: dict[Any, Any]) -> None:
        """Tell of the end, and take over the weights that a callback has put back."""
        self.callbacks.on_train_end()
        dtype = self.network.recipe.dtype
        for one, weight in zip(self.network.model.weights, self.model.get_weights(), strict=True):
            values[one] = weight.astype(dtype, copy=False)
        self.callbacks.set_model(None)  # so that the estimator's copies and files carry no second network

    def _follow(self, values: dict[Any, Any]) -> None:
        self.model.set_weights([values[one] for one in self.network.model.weights])
