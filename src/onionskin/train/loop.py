"""The only loops: over epochs and over chunks of steps, for training, evaluation and prediction.

A chunk is as many steps as fill about a tenth of a second; the engine runs it without returning here.
Between chunks: progress, callbacks, Ctrl-C. The weights change chunk by chunk, so whatever stops
training leaves them as they were after a whole number of steps.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from onionskin import engines
from onionskin.base import philox
from onionskin.base.errors import NumericError
from onionskin.base.specs import Spec
from onionskin.base.trees import flatten
from onionskin.callbacks import Callback, CallbackList, TerminateOnNaN
from onionskin.data import ArraySource, StreamSource
from onionskin.state.call import CallContext, calling
from onionskin.train.failed import FailedBatches
from onionskin.train.interrupt import Interrupt
from onionskin.train.order import random_words
from onionskin.train.session import Session
from onionskin.train.steps import Steps, all_finite, first_wrong

CHUNK_SECONDS = 0.1  # how long the engine may run before progress is shown and Ctrl-C is heard
GROWTH = 64  # of a chunk over the one before, while little is known of how long a step takes
Source = ArraySource | StreamSource
Chunk = tuple[list[np.ndarray], np.ndarray, int, int]  # columns, order, batch size, steps


class _Run:
    """One pass over a source in one phase: runs the chunks and calls the hooks."""

    def __init__(self, steps: Steps, source: Source, phase: str, callbacks: CallbackList) -> None:
        self.steps, self.source, self.phase, self.callbacks = steps, source, phase, callbacks
        self.done = self.first = 0  # steps, and those of an epoch that was begun before a stop of the process
        self.session: Session | None = None
        self.begun: Iterator[Any] | None = None  # a stream's epoch, read up to the first step
        self.batches = callbacks.needs_batches(phase)  # type: ignore[arg-type]
        self.watched = any(_overrides_progress(one) for one in callbacks.callbacks)
        self.unflatten = source.unflatten
        self.program: Any = None
        self.own = phase != "predict" and steps.has_own(phase)
        self._reported: dict[str, Any] = {}
        self._programs: dict[int, Any] = {}  # by batch size, those of arrays in memory
        self._version: Any = None  # of the model that they are of

    def go(
        self,
        interrupt: Interrupt,
        *,
        seed: tuple[int, int] = (0, 0),
        epoch: int = 0,
        keep: Any = None,
        collect: Callable[[list[np.ndarray]], None] | None = None,
    ) -> None:
        """Run to the end of the source, or until someone asks to stop.

        Args:
            interrupt: notes Ctrl-C.
            seed: seed of the samples' order, and the epochs trained with it.
            epoch: epochs before this one in this call.
            keep: makes for each chunk what its new weights are kept by; see `BoundProgram.run_steps`.
            collect: given the results of each chunk.
        """
        hooks, model = self.callbacks, self.steps.model
        begin, end = getattr(hooks, f"on_{self.phase}_batch_begin"), getattr(hooks, f"on_{self.phase}_batch_end")
        self.done, shown = self.first, time.perf_counter()
        over = self.first > 0 and model.stop_training  # before a stop of the process
        for columns, order, batch, steps in () if over else self._chunks(seed, epoch):
            if self.batches:
                begin(self.done, {})
            self.program = self._program_for(columns, batch)
            results = self.program.run_steps(columns, order, batch, keep=keep and keep(self, columns, order, batch))
            self.done += steps
            if collect is not None:
                collect(results)
            if self.own:
                self._reported = reported(self.program, results)
            if self.batches:
                end(self.done - 1, self.logs())
            if self.session is not None:
                self.session.settle(self.done)
            now = time.perf_counter()
            if self.watched and now - shown >= CHUNK_SECONDS:
                shown = now
                hooks.on_progress(self.phase, self.done, self.logs())  # type: ignore[arg-type]
            if interrupt.asked or (model.stop_training and self.phase == "train") or getattr(
                model, "stop_evaluating", False
            ):  # fmt: skip
                break
        if self.watched:
            hooks.on_progress(self.phase, self.done, self.logs())  # type: ignore[arg-type]

    def prepare(self) -> None:
        """Trace the program now: metrics and optimizers may make variables while it is traced."""
        if isinstance(self.source, ArraySource):
            self._program_for(self.source.arrays, min(self.source.batch_size, self.source.count))

    def logs(self) -> dict[str, Any]:
        """Return the figures so far: what the model's own step reported last, else its metrics."""
        if self.own:
            return dict(self._reported)
        return {} if self.phase == "predict" else figures(self.steps.model)

    def _chunks(self, seed: tuple[int, int], epoch: int) -> Iterator[Chunk]:
        """Yield an epoch's work in chunks of equal batches, sized by how long a step took before."""
        source = self.source
        if isinstance(source, StreamSource):
            for parts in self.begun or source.batches(philox.make_seed(*seed)):
                leaves = [leaf for leaf in flatten(parts)[0] if leaf is not None]
                count = len(leaves[0])
                yield leaves, np.arange(count), count, 1
            return
        behind, first, most = source.part(epoch)
        words = philox.make_seed(seed[0], seed[1] - behind)  # an order lasts until all samples were seen
        order = source.order(words, random_words)[first : first + most * source.batch_size]
        batch, whole = source.batch_size, len(order) // source.batch_size
        fixed = self.steps.per_execution if self.batches else 0  # steps at a time, where callbacks count on it
        done, most = min(self.first, whole), 1
        while done < whole:
            known = 0.0 if fixed else self._program_for(source.arrays, batch).seconds
            if known and done == self.first:
                most = whole  # it ran before
            steps = fixed or min(most, max(1, int(CHUNK_SECONDS / known)) if known else 1)
            steps = min(steps, whole - done)
            yield source.arrays, order[done * batch : (done + steps) * batch], batch, steps
            done, most = done + steps, GROWTH * steps
        if whole * batch < len(order) and self.first <= whole:  # the last, smaller batch
            rest = order[whole * batch :]
            yield source.arrays, rest, len(rest), 1

    def _program_for(self, columns: list[np.ndarray], batch: int) -> Any:
        """Return the program for batches of a size; between two chunks a callback may have changed the model."""
        if isinstance(self.source, StreamSource):
            return self.steps.program(self.phase, _specs(columns, batch), self.unflatten)
        version = self.steps.version()
        if version != self._version:
            self._programs.clear()
        if batch not in self._programs:
            self._programs[batch] = self.steps.program(self.phase, _specs(columns, batch), self.unflatten)
            version = self.steps.version()
        self._version = version
        return self._programs[batch]


def _specs(columns: list[np.ndarray], batch: int) -> list[Spec]:
    return [Spec((batch, *column.shape[1:]), column.dtype.name) for column in columns]


def _overrides_progress(callback: Callback) -> bool:
    return getattr(callback.on_progress, "__func__", None) is not Callback.on_progress


def fit(
    steps: Steps,
    source: Source,
    callbacks: CallbackList,
    *,
    epochs: int,
    initial_epoch: int,
    order: list[int],
    validate: Callable[[], dict[str, float]] | None,
    validation_freq: Any,
) -> None:
    """Train for some epochs; see `Model.fit`.

    Each epoch's order of samples comes from the seed and the number of epochs trained so far in `order`, so that
    two calls, or a call after loading, go through the same orders as one; the number is brought up to date.

    Raises:
        KeyboardInterrupt: Ctrl-C; the model keeps what it has learnt.
        NumericError: the loss is no longer finite; the weights are those before the chunk it happened in.
    """
    model = steps.model
    tolerant = any(isinstance(callback, TerminateOnNaN) for callback in callbacks.callbacks)
    watchers = [one for one in callbacks.callbacks if getattr(one, "on_not_finite", None) is not None]
    model.stop_training, model._untracked_failed = False, None
    callbacks.on_train_begin()
    session = Session(model, callbacks.callbacks, source, order, initial_epoch)
    epoch, run, stopped = initial_epoch, None, False
    with Interrupt() as interrupt:
        for epoch in session.epochs(epochs):
            callbacks.on_epoch_begin(epoch)
            run = _Run(steps, source, "train", callbacks) if run is None else run
            session.go_on(run)
            engine = engines.get(steps.engine)
            keep = None if tolerant and not watchers else _finite_only(epoch, engine, watchers, tolerant)
            run.go(interrupt, seed=(order[0], order[1]), epoch=epoch - initial_epoch, keep=keep)
            session.interrupted = stopped = interrupt.asked
            order[1] += 1
            logs = run.logs()
            if validate is not None and not stopped and _due(validation_freq, epoch):
                try:
                    logs.update({f"val_{name}": value for name, value in validate().items()})
                except KeyboardInterrupt:  # heard by the evaluation: the epoch itself is whole
                    session.interrupted = interrupt.asked = True
            callbacks.on_epoch_end(epoch, logs)
            session.end_epoch(epoch)
            if model.stop_training or interrupt.asked:
                break
    finalize = getattr(steps.optimizer, "finalize_variable_values", None)
    if finalize is not None and not interrupt.asked:
        finalize(model.trainable_variables)
    callbacks.on_train_end(logs if run is not None else None)
    if interrupt.asked:
        done = _steps(run.done if run is not None else 0)
        raise KeyboardInterrupt(
            f"training stopped in epoch {epoch + 1} after {done}; the model keeps what it has learnt"
        )


def _steps(count: int) -> str:
    return f"{count} step" if count == 1 else f"{count} steps"


def _due(frequency: Any, epoch: int) -> bool:
    return epoch + 1 in frequency if isinstance(frequency, list | tuple | set) else (epoch + 1) % frequency == 0


def _finite_only(
    epoch: int, engine: engines.Engine, watchers: Sequence[Any], tolerant: bool
) -> Callable[..., Callable[[Any, Any], bool]]:
    """Return what refuses a chunk's new weights when its loss is not finite.

    Callbacks with a method `on_not_finite(epoch, step, batches)` are called before that, while the model has its
    weights from before the chunk; where training is tolerant, the new ones are kept all the same.
    """

    def for_chunk(run: _Run, columns: list[np.ndarray], order: np.ndarray, batch: int) -> Callable[[Any, Any], bool]:
        def keep(results: Any, state: Any) -> bool:
            wrong = first_wrong(results[0])
            if wrong is None and (engine.surely_finite(state) or all(map(all_finite, state))):
                return True
            step = len(order) // batch - 1 if wrong is None else wrong
            failed = FailedBatches(columns, order[: (step + 1) * batch], batch, run.unflatten)
            run.steps.model._untracked_failed = failed
            for one in watchers:
                one.on_not_finite(epoch, run.done + step, failed)
            if tolerant:
                return True
            rows = order[step * batch : (step + 1) * batch]
            parts = run.unflatten([column[rows] for column in columns])
            what = "a weight" if wrong is None else "the loss"
            value = "" if wrong is None else f" {float(results[0][wrong])}"
            raise NumericError(
                f"{what} became{value or ' NaN or infinite'}.",
                where=f"fit, epoch {epoch + 1}, step {run.done + step + 1}{_first_layer(run.steps.model, parts[0])}",
                expected="a finite number",
                fix="a smaller learning rate, clipnorm=1.0 in the optimizer, or inputs scaled to about 0 to 1; "
                f"the model keeps its weights from before step {run.done + 1} of this epoch, and "
                "model.find_nan() names the operation",
            )

        return keep

    return for_chunk


def _first_layer(model: Any, x: Any) -> str:
    """Name the first layer that turns a batch into NaN or infinity, if the kept weights already do."""
    found: list[str] = []

    def look(layer: Any, args: Any, kwargs: Any, outputs: Any) -> None:
        arrays = [one for one in flatten(outputs)[0] if isinstance(one, np.ndarray | np.generic)]
        if not found and not all(all_finite(np.asarray(one)) for one in arrays):
            found.append(f", first in layer '{layer.name}' ({type(layer).__name__})")

    with calling(CallContext(training=False, look=look)):
        model(x)
    return found[0] if found else ""


def evaluate(steps: Steps, source: Source, callbacks: CallbackList) -> dict[str, float]:
    """Return loss and metrics over a source; see `Model.evaluate`."""
    steps.model.reset_metrics()
    callbacks.on_test_begin()
    with Interrupt() as interrupt:
        run = _Run(steps, source, "test", callbacks)
        run.go(interrupt)
    logs = run.logs()
    callbacks.on_test_end(logs)
    if interrupt.asked:
        raise KeyboardInterrupt(f"evaluation stopped after {_steps(run.done)}")
    return logs


def predict(steps: Steps, source: Source, callbacks: CallbackList) -> Any:
    """Return the outputs for a source, batch after batch joined; see `Model.predict`."""
    collected: list[list[np.ndarray]] = []  # of each chunk, the outputs of its samples
    callbacks.on_predict_begin()
    with Interrupt() as interrupt:
        run = _Run(steps, source, "predict", callbacks)

        def gather(results: list[np.ndarray]) -> None:
            collected.append([_joined(one) for one in results])

        run.go(interrupt, collect=gather)
    callbacks.on_predict_end()
    if interrupt.asked:
        raise KeyboardInterrupt(f"prediction stopped after {_steps(run.done)}")
    joined = [parts[0] if len(parts) == 1 else np.concatenate(parts) for parts in zip(*collected, strict=True)]
    return run.program.result(joined)


def figures(model: Any) -> dict[str, Any]:
    """Return a model's metrics as they are shown: numbers, or arrays of them."""
    return {name: plain(value) for name, value in model.get_metrics_result().items()}


def reported(program: Any, results: Sequence[np.ndarray]) -> dict[str, Any]:
    """Return what the last of some steps of a model's own has reported."""
    _, named = program.result([one[-1] for one in results])
    return {name: plain(value) for name, value in named.items()}


def plain(value: Any) -> Any:
    """Return a figure as a Python number where it is one, else as an array.

    Example:
        >>> plain(np.float32(0.5)), plain(np.zeros(2)).shape
        (0.5, (2,))
    """
    array = np.asarray(value)
    return float(array.item()) if array.size == 1 else array


def _joined(stacked: np.ndarray) -> np.ndarray:
    """Return the batches of an output, of shape (steps, batch, ...), one behind the other."""
    if stacked.ndim == 1:
        return np.concatenate(list(stacked))  # numbers are no samples, which NumPy says
    return stacked.reshape(stacked.shape[0] * stacked.shape[1], *stacked.shape[2:])
