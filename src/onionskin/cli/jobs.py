"""What the commands do, from the data to the saved model; prints nothing but the progress of `fit`."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from onionskin import datasets, models, optimizers
from onionskin.base.errors import ArgumentError, DataError, FileFormatError, OnionskinError, ShapeError
from onionskin.callbacks import Callback
from onionskin.cli import network, reading
from onionskin.datasets.bounded import check_is_file
from onionskin.datasets.listing import Dataset, Loaded
from onionskin.state import set_random_seed

MODEL_FILE, PREVIOUS_FILE = "model.onionskin", "model.previous.onionskin"
_MAX_JSON = 1 << 24  # bytes; the description of a model has some thousands
_BATCH = 1000  # samples at once where nothing is learnt
_TINY = 1e-7  # keeps the logarithm finite


@dataclass(frozen=True, slots=True)
class Settings:
    """How a data set is trained where the user says nothing else."""

    model: str
    epochs: int
    quick_epochs: int
    batch_size: int
    optimizer: str
    learning_rate: float


# font-shade: the median of 7 seeds is 98 % on the test; mnist: F. Chollet, Deep Learning with Python, chapter 2.
SETTINGS = {
    "font-shade": Settings("16", 30, 5, 4, "adam", 0.02),
    "digits": Settings("64", 12, 3, 32, "adam", 0.003),
    "mnist": Settings("512", 5, 1, 128, "rmsprop", 0.001),
    "fashion-mnist": Settings("512", 5, 1, 128, "rmsprop", 0.001),
}


@dataclass(frozen=True, slots=True)
class Request:
    """What `train` is asked for; None stands for the setting of the data set.

    Args:
        dataset: its name.
        model: layers in words, or a .onionskin or .json file.
        epochs: passes over the training samples.
        batch_size: samples in a step.
        learning_rate: of the optimizer.
        optimizer: its name.
        seed: of the weights and of the order of the samples.
        data: a file, a folder or an address to read instead of the data set's own.
        output: folder for what is written.
        validation_split: share of the training samples, from the end, to validate on.
    """

    dataset: str = "font-shade"
    model: str | None = None
    epochs: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None
    optimizer: str | None = None
    seed: int = 0
    data: Path | str | None = None
    output: Path | None = None
    validation_split: float = 0.1


@dataclass(slots=True)
class Job:
    """Data and a compiled model, ready to train.

    Args:
        data: the data set.
        model: the model.
        parts: "train", "validation" and "test" → inputs as the model takes them, and labels.
        epochs: how many.
        batch_size: samples in a step.
        seed: as requested.
        folder: for what is written; it is there.
        origin: the file that the model was read from, or None.
        scaled: whether inputs were divided for a model that does not do it.
    """

    data: Loaded
    model: Any
    parts: dict[str, tuple[np.ndarray, np.ndarray]]
    epochs: int
    batch_size: int
    seed: int
    folder: Path
    origin: Path | None
    scaled: bool

    @property
    def file(self) -> Path:
        """Where the model is saved."""
        return self.folder / MODEL_FILE

    @property
    def learning_rate(self) -> float:
        """The learning rate at the start."""
        rate = self.model.optimizer.learning_rate
        return float(np.asarray(rate.numpy() if hasattr(rate, "numpy") else rate))


class Progress(Callback):
    """Notes how far training has come: `epoch`, from 1, and the `steps` done in it."""

    def __init__(self) -> None:
        super().__init__()
        self.epoch, self.steps = 0, 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Note the epoch, from 1."""
        self.epoch, self.steps = epoch + 1, 0

    def on_progress(self, phase: str, step: int, logs: Any = None) -> None:
        """Note the steps of this epoch."""
        if phase == "train":
            self.steps = step


@dataclass(frozen=True, slots=True)
class Outcome:
    """What training gave.

    Args:
        history: name → values by epoch.
        seconds: how long it took.
        stopped: where Ctrl-C stopped it, or None.
    """

    history: dict[str, list[float]]
    seconds: float
    stopped: Progress | None


@dataclass(frozen=True, slots=True)
class Measured:
    """A model on labelled samples.

    Args:
        loss: mean cross-entropy.
        accuracy: share that is read right, 0 to 1.
        matrix: (classes, classes) counts, rows true, columns predicted.
        guesses: (n,) predicted classes.
        probabilities: (n, classes).
    """

    loss: float
    accuracy: float
    matrix: np.ndarray
    guesses: np.ndarray
    probabilities: np.ndarray


def prepare(request: Request) -> Job:
    """Return what `fit` needs; whatever is wrong with the request is found here.

    Raises:
        OnionskinError: the data set, the model or a setting cannot be used.
    """
    entry = dataset(request.dataset, "DATASET")
    usual = SETTINGS[entry.name]
    _check_numbers(request)
    spec = usual.model if request.model is None else request.model
    origin = Path(spec) if _is_file_name(spec) else None
    set_random_seed(request.seed)
    if origin is not None:
        model = read_model(origin)
    else:
        parts = network.parse(spec)
        name = entry.name.replace("-", "_")  # by which `evaluate` and `predict` know the data set
        model = network.build(parts, entry.sample_shape, entry.classes, entry.divisor, name)
    check_classes(model, entry.classes, str(origin or "--model"))
    _compile(model, request, usual, entry.classes)
    folder = ready_folder(request.output or Path("onionskin-output") / entry.name)
    data = reading.load(entry, request.data)
    x_train, scaled = adapt(model, data.x_train, data.divisor)
    x_test, _ = adapt(model, data.x_test, data.divisor)
    return Job(
        data, model, _parts(x_train, data.y_train, x_test, data.y_test, request.validation_split),
        usual.epochs if request.epochs is None else request.epochs,
        usual.batch_size if request.batch_size is None else request.batch_size,
        request.seed, folder, origin, scaled,
    )  # fmt: skip


def fit(job: Job, verbose: int = 1) -> Outcome:
    """Train; Ctrl-C stops it, and the model keeps what it has learnt.

    Raises:
        KeyboardInterrupt: it was stopped before the first step.
        NumericError: the loss is no longer finite.
    """
    progress, start = Progress(), time.perf_counter()
    stopped = False
    x, y = job.parts["train"]
    try:
        job.model.fit(
            x, y, epochs=job.epochs, batch_size=job.batch_size, verbose=verbose, callbacks=[progress],
            validation_data=job.parts.get("validation"),
        )  # fmt: skip
    except KeyboardInterrupt:
        if progress.epoch <= 1 and not progress.steps:
            raise
        stopped = True
    history = dict(job.model.history.history) if job.model.history is not None else {}
    return Outcome(history, time.perf_counter() - start, progress if stopped else None)


def save(job: Job) -> list[str]:
    """Save the model, keeping one that is there under another name; returns the names of the files."""
    written = [MODEL_FILE]
    if job.file.is_file():
        try:
            shutil.copyfile(job.file, job.folder / PREVIOUS_FILE)
        except OSError as error:
            raise _cannot_write(job.folder, error) from None
        written.append(PREVIOUS_FILE)
    job.model.save(job.file)
    return written


def measure(model: Any, x: np.ndarray, y: np.ndarray, classes: int) -> Measured:
    """Return how well a model reads labelled samples.

    Args:
        model: a model that gives probabilities.
        x: (n, …) as the model takes them.
        y: (n,) classes.
        classes: how many there are.
    """
    chances = probabilities(model, x)
    guesses = chances.argmax(axis=1)
    matrix = np.zeros((classes, classes), np.int64)
    np.add.at(matrix, (y.astype(np.int64), guesses), 1)
    sure = np.clip(chances[np.arange(len(y)), y.astype(np.int64)].astype(np.float64), _TINY, 1 - _TINY)
    return Measured(float(-np.log(sure).mean()), float((guesses == y).mean()), matrix, guesses, chances)


def probabilities(model: Any, x: np.ndarray) -> np.ndarray:
    """Return the probability of each class, (n, classes); one output is that of the second of two classes.

    Raises:
        DataError: the model's outputs are no probabilities.
    """
    outputs = np.asarray(model.predict(x, batch_size=_BATCH, verbose=0))
    sums = outputs.sum(axis=1) if outputs.shape[1] > 1 else np.ones(len(outputs))
    if outputs.min() < 0 or outputs.max() > 1 or abs(sums - 1).max() > 1e-3:
        raise DataError("the model's outputs are no probabilities.", where=f"model '{model.name}'",
                        expected="0 to 1, with the sum 1", given=f"{outputs.min():.3g} to {outputs.max():.3g}",
                        fix="end the model with softmax, or with sigmoid where there is one output")  # fmt: skip
    return np.concatenate([1 - outputs, outputs], axis=1) if outputs.shape[1] == 1 else outputs


def dataset(name: str, where: str) -> Dataset:
    """Return the data set of a name.

    Raises:
        UnknownNameError: there is none.
    """
    try:
        return datasets.get(name)
    except OnionskinError as error:
        raise error.within(where) from None


def dataset_of(model: Any, name: str | None) -> Dataset | None:
    """Return the data set that is named, or the one that a model is named after, or None."""
    if name is not None:
        return dataset(name, "DATASET")
    known = {entry.name: entry for entry in datasets.catalogue()}
    return known.get(model.name.replace("_", "-"))


def read_model(path: Path) -> Any:
    """Return the model of a .onionskin file, or one with new weights of a .json file.

    Raises:
        DataError: the file is not there.
        ArgumentError: its name is none of these.
        FileFormatError: it is damaged.
    """
    size = check_is_file(path)
    if not _is_file_name(str(path)):
        raise ArgumentError("this is no file of a model.", where=str(path),
                            expected="a name that ends in .onionskin or .json")  # fmt: skip
    if path.suffix != ".json":
        return models.load_model(path)
    if size > _MAX_JSON:
        raise FileFormatError("this description of a model is too large.", where=str(path),
                              expected=f"at most {_MAX_JSON:,} bytes", given=f"{size:,} bytes")  # fmt: skip
    try:
        return models.model_from_json(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise FileFormatError("this description of a model is no UTF-8 text.", where=str(path)) from None
    except OSError as error:
        raise DataError(f"this file cannot be read: {error.strerror}.", where=str(path)) from None
    except OnionskinError as error:
        raise error.within(str(path)) from None


def adapt(model: Any, x: np.ndarray, divisor: float) -> tuple[np.ndarray, bool]:
    """Return raw samples as a model takes them, and whether they were divided for it.

    A model of the command line divides by itself; one made elsewhere may want flat rows from 0 to 1.

    Raises:
        ShapeError: the model takes other samples.
    """
    shape = network.input_shape(model)
    if x.shape[1:] != shape:
        if np.prod(x.shape[1:]) != np.prod(shape):
            raise ShapeError("this model was made for other data.", where=f"model '{model.name}'",
                             expected=f"samples of shape {shape}", given=x.shape[1:])  # fmt: skip
        x = x.reshape(len(x), *shape)
    if any(type(layer).__name__ in ("Rescaling", "Normalization") for layer in model.layers):
        return x, False
    return (x / divisor).astype(np.float32), True


def check_classes(model: Any, classes: int, where: str) -> None:
    """Check that a model tells so many classes apart.

    Raises:
        ShapeError: it has another number of outputs.
    """
    network.input_shape(model)
    shape = model.output_shape
    fitting = (classes, 1) if classes == 2 else (classes,)
    if not isinstance(shape, tuple) or len(shape) != 2 or shape[1] not in fitting:
        raise ShapeError("this model was made for other data.", where=where,
                         expected=f"{' or '.join(map(str, fitting))} outputs, for {classes} classes",
                         given=f"outputs of shape {shape}")  # fmt: skip


def _check_numbers(request: Request) -> None:
    rate, part = request.learning_rate, request.validation_split
    if rate is not None and not 0 < rate < np.inf:
        raise ArgumentError("a learning rate is a positive number.", where="--learning-rate", given=f"{rate:g}")
    if not 0 <= part < 1:
        raise ArgumentError("the share for validation is at least 0 and below 1.", where="--validation-split",
                            given=f"{part:g}")  # fmt: skip


def _is_file_name(spec: str) -> bool:
    return spec.endswith((".onionskin", ".json"))


def _compile(model: Any, request: Request, usual: Settings, classes: int) -> None:
    if model.compiled and request.optimizer is None:
        if request.learning_rate is not None:
            model.optimizer.learning_rate = request.learning_rate
        return
    name = request.optimizer or usual.optimizer
    settings = {}
    if request.learning_rate is not None or request.optimizer is None:
        settings["learning_rate"] = request.learning_rate or usual.learning_rate
    try:
        optimizer = optimizers.deserialize({"class_name": name, "config": settings})
    except OnionskinError as error:
        raise error.within("--optimizer") from None
    one = model.output_shape[1] == 1
    model.compile(optimizer, "binary_crossentropy" if one else "sparse_categorical_crossentropy", metrics=["accuracy"])


def ready_folder(folder: Path) -> Path:
    """Make a folder where it is not there, and return it.

    Raises:
        ArgumentError: nothing can be written to it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(13, "permission denied")
    except (OSError, ValueError) as error:
        raise _cannot_write(folder, error) from None
    return folder


def _cannot_write(folder: Path, error: Exception) -> ArgumentError:
    reason = (getattr(error, "strerror", None) or type(error).__name__).lower()
    return ArgumentError(f"the folder cannot be written to: {reason}.", where="--output", given=str(folder),
                         fix="name another folder")  # fmt: skip


def _parts(
    x_train: np.ndarray, y_train: np.ndarray, x_test: np.ndarray, y_test: np.ndarray, share: float
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    count = int(len(x_train) * (1 - share))  # as Keras's validation_split counts
    if count < 1:
        raise ArgumentError("the share for validation leaves nothing to train on.", where="--validation-split",
                            given=f"{share:g} of {len(x_train)} samples")  # fmt: skip
    parts = {"train": (x_train[:count], y_train[:count]), "test": (x_test, y_test)}
    if count < len(x_train):
        parts["validation"] = (x_train[count:], y_train[count:])
    return parts
