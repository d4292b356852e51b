"""TensorBoard: the numbers, weights and learning rate of a training in files that TensorBoard shows."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, DTypeError
from onionskin.callbacks import event_files
from onionskin.callbacks.callback import BATCH_HOOKS, Callback, Logs, Phase, is_overridden, kept
from onionskin.callbacks.event_files import EventFile

NO_GRAPH = (
    "The graph of this model is not written in TensorFlow's form, which only TensorFlow makes. "
    "In Python, model.summary() and onionskin.plot show the model."
)


class TensorBoard(Callback):
    """Write what TensorBoard shows: `tensorboard --logdir logs`.

    In the folder "train" are epoch_… of each number and the learning rate, in "validation" those of the
    validation, under the same names. The graph is not written; a text of that name says so in its place.

    Args:
        log_dir: the folder; one for each training.
        histogram_freq: every so many epochs, how the weights are spread; 0 for never.
        write_graph: whether to write that text.
        write_images: with histogram_freq, weights as pictures too.
        write_steps_per_second: the steps per second of each epoch.
        update_freq: "epoch"; "batch" or a number also writes batch_… after every so many batches, for which
            training returns to Python for every batch.
        profile_batch: only 0.
        embeddings_freq: only 0.
        embeddings_metadata: only None.

    Raises:
        ArgumentError: profiling or embeddings are asked for, update_freq or histogram_freq is no such number;
            when training begins, the folder cannot be written to.
        DTypeError: log_dir is no path.

    Example:
        >>> TensorBoard("logs").needs_batches("train"), TensorBoard("logs", update_freq=10).needs_batches("train")
        (False, True)

    Source: the interface of keras.callbacks.TensorBoard, Keras 3.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: str | int = "epoch",
        profile_batch: Any = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: Any = None,
    ) -> None:
        super().__init__()
        if not isinstance(log_dir, str | os.PathLike):
            raise DTypeError("log_dir must be a string or a path.", where="TensorBoard", given=repr(log_dir))
        if profile_batch:
            raise ArgumentError(
                "profile_batch is not supported.", where="TensorBoard", expected=0, given=repr(profile_batch),
                fix="the program's describe() tells what each instruction costs",
            )  # fmt: skip
        if embeddings_freq or embeddings_metadata is not None:
            raise ArgumentError(
                "embeddings are not written.", where="TensorBoard",
                expected="embeddings_freq=0, embeddings_metadata=None",
                given=f"embeddings_freq={embeddings_freq!r}, embeddings_metadata={embeddings_metadata!r}",
                fix="save them with numpy.savetxt for projector.tensorflow.org",
            )  # fmt: skip
        freq = 1 if update_freq == "batch" else update_freq
        if freq != "epoch" and (isinstance(freq, bool) or not isinstance(freq, int) or freq < 1):
            raise ArgumentError(
                "this update_freq cannot be used.", where="TensorBoard",
                expected="'epoch', 'batch' or a number of batches", given=repr(update_freq),
            )  # fmt: skip
        if isinstance(histogram_freq, bool) or not isinstance(histogram_freq, int) or histogram_freq < 0:
            raise ArgumentError("histogram_freq is a number of epochs.", where="TensorBoard", expected="0 or more",
                                given=repr(histogram_freq))  # fmt: skip
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq = histogram_freq
        self.write_graph = write_graph
        self.write_images = write_images
        self.write_steps_per_second = write_steps_per_second
        self.update_freq = freq
        self._files: dict[str, EventFile] = {}
        self._train_batch = 0
        self._epoch_began = 0.0
        self._steps_before = 0

    def needs_batches(self, phase: Phase) -> bool:
        """Tell whether it must be called for every batch: where update_freq is not "epoch", or a subclass asks."""
        own = "on_train_batch_end"
        if any(is_overridden(self, hook, TensorBoard if hook == own else Callback) for hook in BATCH_HOOKS[phase]):
            return True
        return self.update_freq != "epoch" and phase != "predict"

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Open the file of the training."""
        self._train_batch = 0
        if self.write_graph:
            self._file("train").add(0, event_files.text("graph", NO_GRAPH))

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()
        self._files = {}

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Look at the clock."""
        if self.write_steps_per_second:
            self._steps_before = int(self.model.optimizer.iterations)
            self._epoch_began = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Write the averages so far, after every `update_freq` batches."""
        self._train_batch += 1
        self._batch("train", self._train_batch, logs)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Write the results of an evaluation by the steps trained so far."""
        optimizer = self.model.optimizer
        if optimizer is not None and logs:
            self._numbers("validation", int(optimizer.iterations), "evaluation_{}_vs_iterations", logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write the epoch's numbers, and the weights where it is their turn."""
        logs = logs or {}
        train = {name: value for name, value in logs.items() if not name.startswith("val_")}
        held = {name[len("val_") :]: value for name, value in logs.items() if name.startswith("val_")}
        if logs:
            train["learning_rate"] = float(self.model.optimizer.learning_rate)
            if self.write_steps_per_second:
                steps = int(self.model.optimizer.iterations) - self._steps_before
                train["steps_per_second"] = steps / (time.perf_counter() - self._epoch_began)
        self._numbers("train", epoch, "epoch_{}", train)
        self._numbers("validation", epoch, "epoch_{}", held)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._weights(epoch)
        for file in self._files.values():
            file.flush()

    def state_to_keep(self) -> dict[str, Any]:
        """Return how many batches were counted."""
        return kept(self, "_train_batch", "_test_batch")

    def _file(self, run: str) -> EventFile:
        if run not in self._files:
            self._files[run] = EventFile(Path(self.log_dir) / run)
        return self._files[run]

    def _batch(self, run: str, step: int, logs: Logs | None) -> None:
        if self.update_freq != "epoch" and step % int(self.update_freq) == 0:
            self._numbers(run, step, "batch_{}", logs or {})

    def _numbers(self, run: str, step: int, name: str, logs: Logs) -> None:
        values = [
            event_files.scalar(name.format(key), float(value)) for key, value in logs.items() if np.size(value) == 1
        ]
        if values:
            self._file(run).add(step, *values)

    def _weights(self, epoch: int) -> None:
        for layer in self.model.layers:
            for weight in layer.weights:
                name, value = weight.path.replace(":", "_"), weight.numpy()
                self._file("train").add(epoch, event_files.histogram(f"{name}/histogram", value))
                for number, picture in enumerate(_pictures(value) if self.write_images else ()):
                    self._file("train").add(epoch, event_files.image(f"{name}/image/{number}", picture))


def _pictures(weight: np.ndarray) -> list[np.ndarray]:
    """Return a weight as pictures of shape (height, width, depth): rows are the shorter axis of a matrix."""
    array = np.squeeze(weight)
    if array.ndim == 1:
        return [array.reshape(1, -1, 1)]
    if array.ndim == 2:
        return [(array.T if array.shape[0] > array.shape[1] else array)[..., None]]
    if array.ndim == 3:  # channels last: a picture for each
        return [one[..., None] for one in np.moveaxis(array, -1, 0)]
    return list(array) if array.ndim == 4 and array.shape[-1] in (1, 3, 4) else []
