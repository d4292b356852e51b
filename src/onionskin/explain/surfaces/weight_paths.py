"""PathRecorder: the callback that keeps the way of the weights through a training, thinned as it grows."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, NotBuiltError
from onionskin.callbacks import Callback


class PathRecorder(Callback):
    """Keeps the trainable weights before training, after each epoch or every so many steps, and at the end.

    Where there are more copies than `most`, every second one is dropped and from then on half as many are taken; so
    a long training costs no more memory than `most` copies of the weights.

    Args:
        every: "epoch", or a number of steps.
        most: the most copies that are kept, at least 4.

    Attributes:
        names: path of each variable.
        steps: after how many epochs or steps each copy was taken.
        weights: the copies, each a list of arrays in the order of `names`.

    Raises:
        ArgumentError: an argument is something else.

    Example:
        >>> import onionskin
        >>> model = onionskin.Sequential([onionskin.Input((1,)), onionskin.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> recorder = PathRecorder(every=2)
        >>> x = np.linspace(0, 1, 32).reshape(32, 1)
        >>> history = model.fit(x, 2 * x, batch_size=4, verbose=0, callbacks=[recorder])
        >>> recorder.steps, recorder.names == [one.path for one in model.trainable_variables]
        ([0, 2, 4, 6, 8], True)
    """

    def __init__(self, every: int | str = "epoch", most: int = 200) -> None:
        super().__init__()
        if every != "epoch" and (isinstance(every, bool) or not isinstance(every, int | np.integer) or every < 1):
            raise ArgumentError("this says no interval.", where="PathRecorder(every)",
                                expected="'epoch', or a number of steps from 1", given=repr(every))  # fmt: skip
        if isinstance(most, bool) or not isinstance(most, int | np.integer) or most < 4:
            raise ArgumentError("this is no number of copies.", where="PathRecorder(most)",
                                expected="a whole number from 4", given=repr(most))  # fmt: skip
        self.every, self.most = every, int(most)
        self.names: list[str] = []
        self.steps: list[int] = []
        self.weights: list[list[np.ndarray]] = []
        self._done, self._stride = 0, 1

    def needs_batches(self, phase: Any) -> bool:
        """Tell whether this callback must be called for every batch of a phase."""
        return self.every != "epoch" and phase == "train"

    def on_train_begin(self, logs: Any = None) -> None:
        """Begin anew, with the weights as they are."""
        self.names = [one.path for one in self.model.trainable_variables]
        self.steps, self.weights = [], []
        self._done, self._stride = 0, 1 if self.every == "epoch" else int(self.every)
        self._keep()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Count an epoch."""
        if self.every == "epoch":
            self._count()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Count a step."""
        if self.every != "epoch":
            self._count()

    def on_train_end(self, logs: Any = None) -> None:
        """Keep the last weights, unless they were kept already."""
        if self.steps[-1] != self._done:
            self._keep()

    def _count(self) -> None:
        self._done += 1
        if self._done % self._stride == 0:
            self._keep()

    def _keep(self) -> None:
        self.steps.append(self._done)
        self.weights.append([one.numpy() for one in self.model.trainable_variables])
        if len(self.steps) > self.most:
            self._stride *= 2
            last = self._done
            kept = [i for i, step in enumerate(self.steps) if step % self._stride == 0 or step == last]
            self.steps = [self.steps[i] for i in kept]
            self.weights = [self.weights[i] for i in kept]

    def matrix(self) -> np.ndarray:
        """Return the copies as rows (copies, weights) of float64.

        Raises:
            NotBuiltError: nothing was recorded yet.
        """
        if not self.weights:
            raise NotBuiltError("no training was recorded yet.", where="PathRecorder",
                                fix="pass it to fit: model.fit(x, y, callbacks=[recorder])")  # fmt: skip
        return np.stack([np.concatenate([one.ravel() for one in row]).astype("float64") for row in self.weights])
