"""The commands and their options; each calls `jobs` for the work and `report` for what is shown."""

from __future__ import annotations

import contextlib
import functools
import importlib.metadata
import os
import sys
import traceback
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from onionskin import datasets, engines
from onionskin.base.errors import (
    ArgumentError,
    DataError,
    DownloadError,
    GraphError,
    MissingExtraError,
    OnionskinError,
)
from onionskin.cli import jobs, pictures, predicting, reading, report, samples, shell
from onionskin.cli.words import Words

INTERRUPTED = 130  # as a shell reports a process that SIGINT ended
_FAILED, _MISTAKEN = 1, 2
_NOT_THE_USERS = (DownloadError, GraphError, MissingExtraError)


class Language(StrEnum):
    """Languages of the reports."""

    en = "en"
    ko = "ko"


class Style(StrEnum):
    """Looks of the plots."""

    light = "light"
    dark = "dark"


class Look(StrEnum):
    """Looks of drawn graphs."""

    auto = "auto"
    light = "light"
    dark = "dark"


class Backward(StrEnum):
    """Where derivatives are drawn."""

    edges = "edges"
    nodes = "nodes"
    none = "none"


app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip

InLanguage = Annotated[
    Language | None, typer.Option("--language", help="Language of the reports; that of the environment if left out.")
]
InStyle = Annotated[Style, typer.Option("--style", help="Look of the plots.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show where in the code an error happened.")]
Engine = Annotated[str | None, typer.Option("--engine", help="What runs the network; see onionskin.engines.")]
Data = Annotated[
    Any,
    typer.Option(
        "--data",
        parser=reading.place,
        metavar="PATH|URL",
        help="Read this CSV file (or its address), .npz file or folder of IDX files instead.",
    ),
]
ModelFile = Annotated[Path, typer.Argument(metavar="MODEL_FILE", help="A .onionskin file, as train saves it.")]


def answering(command: Callable[..., None]) -> Callable[..., None]:
    """Decorator: errors become messages and exit statuses (2 for the user's mistakes), Ctrl-C becomes 130."""

    @functools.wraps(command)
    def run(*, language: Language | None = None, debug: bool = False, **arguments: Any) -> None:
        words = Words(language.value if language else None)
        try:
            command(language=words, debug=debug, **arguments)
        except OnionskinError as error:
            if debug:
                traceback.print_exc()
            report.error(error, words)
            raise typer.Exit(_FAILED if isinstance(error, _NOT_THE_USERS) else _MISTAKEN) from None
        except BrokenPipeError:  # whoever read the output has gone, and the door ends quietly
            raise
        except OSError as error:
            if debug:
                traceback.print_exc()
            _unwritten(error, words)
            raise typer.Exit(_FAILED) from None
        except KeyboardInterrupt:
            report.line(words("nothing kept"))
            raise typer.Exit(INTERRUPTED) from None

    return run


def _unwritten(error: OSError, words: Words) -> None:
    """Say that the output cannot be written, as where the disk is full, and write no more of it."""
    why = (error.strerror or type(error).__name__).lower()
    said = DataError(f"this cannot be read or written: {why}.", where=str(error.filename or "standard output"))
    with contextlib.suppress(OSError):
        report.error(said, words)
    if error.filename is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - what is left would fail again at the end


def _version(asked: bool) -> None:
    if asked:
        try:
            version = importlib.metadata.version("onionskin")
        except importlib.metadata.PackageNotFoundError:  # run from its source
            version = "(not installed)"
        typer.echo(f"onionskin {version}")
        raise typer.Exit


@app.callback()
def onionskin(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Train small neural networks that you can see through."""


@app.command()
@answering
def train(
    dataset: Annotated[str, typer.Argument(metavar="DATASET", help="See onionskin datasets.")] = "font-shade",
    model: Annotated[
        str | None,
        typer.Option(
            metavar="SPEC|FILE",
            help="Hidden layers, such as 16, 128-64, 512:relu,dropout:0.2,64:tanh or none; "
            "or a .onionskin file to go on from; or a .json file of an architecture.",
        ),
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, max=1_000_000, help="Passes over the training samples.")] = None,
    batch_size: Annotated[int | None, typer.Option(min=1, max=1_000_000, help="Samples in a step.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Size of a step.")] = None,
    optimizer: Annotated[str | None, typer.Option(help="Such as sgd, rmsprop, adagrad or adam.")] = None,
    seed: Annotated[int, typer.Option(help="Of the weights and the order; the test samples stay the same.")] = 0,
    data: Data = None,
    output: Annotated[
        Path | None, typer.Option(help="Folder for model and plots; onionskin-output/DATASET if left out.")
    ] = None,
    validation_split: Annotated[float, typer.Option(help="Share of the training samples to validate on.")] = 0.1,
    engine: Engine = None,
    plots: Annotated[bool, typer.Option("--plots/--no-plots", help="Whether to write plots.")] = True,
    style: InStyle = Style.light,
    language: InLanguage = None,
    debug: Debug = False,
) -> None:
    """Train a network, save it and plot how it did."""
    words: Any = language
    _set_engine(engine)
    job = jobs.prepare(jobs.Request(dataset, model, epochs, batch_size, learning_rate, optimizer, seed, data, output,
                                    validation_split))  # fmt: skip
    run_job(job, plots, style.value, words)
    report.example(job, words)


@app.command()
@answering
def evaluate(
    model_file: ModelFile,
    dataset: Annotated[
        str | None, typer.Argument(metavar="DATASET", help="What to test on; what it was trained on if left out.")
    ] = None,
    data: Data = None,
    output: Annotated[Path | None, typer.Option(help="Folder to write plots to; none if left out.")] = None,
    engine: Engine = None,
    style: InStyle = Style.light,
    language: InLanguage = None,
    debug: Debug = False,
) -> None:
    """Test a trained network on a data set."""
    words: Any = language
    _set_engine(engine)
    model = jobs.read_model(model_file)
    entry = _known(jobs.dataset_of(model, dataset), model_file, "evaluate")
    jobs.check_classes(model, entry.classes, str(model_file))
    folder = jobs.ready_folder(output) if output is not None else None
    loaded = reading.load(entry, data)
    x, scaled = jobs.adapt(model, loaded.x_test, loaded.divisor)
    if scaled:
        report.note(words("not scaled", divisor=loaded.divisor), words)
    with report.busy(words("measuring")):
        measured = jobs.measure(model, x, loaded.y_test, entry.classes)
    report.result(words("evaluated", file=model_file, name=entry.name), {"test": measured}, loaded, words)
    if folder is not None:
        report.written(folder, pictures.of_test(model, loaded, measured, folder, style.value, words.language), words)


@app.command()
@answering
def predict(
    model_file: ModelFile,
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INPUT",
            help="Colours as 255,200,0 or #ffc800 or gold; or .csv, .npz, .npy or IDX files of samples. "
            "Without any, a model of colours asks for them.",
        ),
    ] = None,
    dataset: Annotated[
        str | None, typer.Option(help="What the model was trained on, if its name does not say.")
    ] = None,
    index: Annotated[
        list[int] | None, typer.Option(min=0, help="Number of a test sample, from 0; may be given several times.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="How many rows to show; 0 shows all.")] = 20,
    engine: Engine = None,
    language: InLanguage = None,
    debug: Debug = False,
) -> None:
    """Ask a trained network about colours or pictures."""
    words: Any = language
    _set_engine(engine)
    model = jobs.read_model(model_file)
    entry = jobs.dataset_of(model, dataset)
    asked = predicting.Question(model, entry, list(inputs or []), list(index or []), limit)
    predicting.answer(asked, words)


@app.command("shell")
@answering
def open_shell(
    dataset: Annotated[str, typer.Argument(metavar="DATASET", help="font-shade.")] = "font-shade",
    model: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Ask this model; trained first and saved there where it is not there yet."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the weights and the order, where a model is trained.")] = 0,
    data: Data = None,
    engine: Engine = None,
    language: InLanguage = None,
    debug: Debug = False,
) -> None:
    """Type colours, read which font is readable on them."""
    words: Any = language
    _set_engine(engine)
    if jobs.dataset(dataset, "DATASET").name != "font-shade":
        raise ArgumentError("there is no shell for this data set.", where="DATASET", expected="font-shade",
                            given=dataset, fix=f"onionskin show {dataset} shows its samples")  # fmt: skip
    shell.converse(shell.ready(shell.Opened(model, seed, data), words), words)


@app.command()
@answering
def show(
    dataset: Annotated[str, typer.Argument(metavar="DATASET", help="See onionskin datasets.")],
    index: Annotated[list[int], typer.Argument(metavar="NUMBER", min=0, help="Numbers of samples, from 0.")],
    test: Annotated[bool, typer.Option("--test", help="Of the test samples, not of those for training.")] = False,
    data: Data = None,
    output: Annotated[Path | None, typer.Option(help="Write them as a picture: .png, .svg or .pdf.")] = None,
    window: Annotated[bool, typer.Option("--window", help="Open them in a window as well.")] = False,
    style: InStyle = Style.light,
    language: InLanguage = None,
    debug: Debug = False,
) -> None:
    """Show samples of a data set, as onionskin show mnist 0."""
    words: Any = language
    entry = jobs.dataset(dataset, "DATASET")
    samples.show(samples.Wish(entry, tuple(index), test, data, output, window, style.value), words)


@app.command("draw")
@answering
def draw_model(
    model_file: ModelFile,
    output: Annotated[
        list[Path] | None,
        typer.Option(help="Write it: .svg, .png, .pdf, .html (layers open by a click), .dot, .mmd or .txt."),
    ] = None,
    expand: Annotated[bool, typer.Option("--expand", help="Show the operations of every layer.")] = False,
    layer: Annotated[list[str] | None, typer.Option(help="Show the operations of this layer; several times.")] = None,
    backward: Annotated[Backward, typer.Option(help="Where derivatives are drawn.")] = Backward.edges,
    update: Annotated[bool, typer.Option("--update", help="Draw the optimizer's operations too.")] = False,
    style: Annotated[Look, typer.Option("--style", help="Look of the picture.")] = Look.auto,
    language: InLanguage = None,
    debug: Debug = False,
) -> None:
    """Draw the graph that a model is trained by."""
    words: Any = language
    how = {"backward": False if backward is Backward.none else backward.value, "update": update,
           "expand": True if expand else list(layer or []), "style": style.value}  # fmt: skip
    pictures.of_graph(jobs.read_model(model_file), how, list(output or []), words)


@app.command("datasets")
@answering
def list_datasets(language: InLanguage = None, debug: Debug = False) -> None:
    """List the data sets, and which of them are here."""
    words: Any = language
    report.catalogue(datasets.catalogue(), words)


@app.command()
@answering
def demo(
    output: Annotated[Path, typer.Option(help="Folder for models and plots.")] = Path("demo-output"),
    quick: Annotated[bool, typer.Option("--quick", help="Fewer epochs.")] = False,
    engine: Engine = None,
    plots: Annotated[bool, typer.Option("--plots/--no-plots", help="Whether to write plots.")] = True,
    style: InStyle = Style.light,
    language: InLanguage = None,
    debug: Debug = False,
) -> None:
    """Train on light or dark font, then on handwritten digits."""
    words: Any = language
    _set_engine(engine)
    rows = []
    for name in ("font-shade", "digits", "mnist"):
        entry = datasets.get(name)
        if not entry.available():
            why = (
                words("not here", name=name, size=report.size(entry.download_bytes))
                if entry.download_bytes
                else words("needs", what="pip install 'onionskin[sklearn]'")
            )
            report.heading(name)
            report.line(words("left out", name=name, why=why), wrap=True)
            continue
        report.heading(name)
        epochs = jobs.SETTINGS[name].quick_epochs if quick else None
        job = jobs.prepare(jobs.Request(name, epochs=epochs, output=output / name))
        rows.append((job, *run_job(job, plots, style.value, words)))
    report.heading(words("summary"))
    report.summary(rows, words)
    report.example(rows[0][0], words)


def run_job(job: jobs.Job, plots: bool, style: str, words: Words) -> tuple[jobs.Measured, float]:
    """Train, save, measure, draw and show; returns the test's result and the seconds of training.

    Raises:
        typer.Exit: Ctrl-C stopped it; the model is saved.
    """
    report.beginning(job, words)
    if job.scaled:
        report.note(words("not scaled", divisor=job.data.divisor), words)
    outcome = jobs.fit(job)
    names = jobs.save(job)
    if outcome.stopped is not None:
        report.stopped(job, outcome.stopped, words)
        raise typer.Exit(INTERRUPTED)
    try:
        return _show(job, outcome, names, plots, style, words), outcome.seconds
    except KeyboardInterrupt:
        report.line(words("kept", file=job.file))
        raise typer.Exit(INTERRUPTED) from None


def _show(
    job: jobs.Job, outcome: jobs.Outcome, names: list[str], plots: bool, style: str, words: Words
) -> jobs.Measured:
    """Measure, draw and show a trained model; returns the test's result."""
    classes, missing = len(job.data.class_names), None
    with report.busy(words("measuring")):
        measured: dict[str, jobs.Measured] = {
            part: jobs.measure(job.model, *job.parts[part], classes)
            for part in ("train", "validation", "test")
            if part in job.parts
        }
        try:
            if plots:
                names += pictures.of_training(outcome.history, job.folder, style, words.language)
                names += pictures.of_test(job.model, job.data, measured["test"], job.folder, style, words.language)
        except MissingExtraError as error:
            missing = error
    report.result(words("result", name=job.data.name), measured, job.data, words)
    report.line(words("trained in", seconds=report.duration(outcome.seconds, words)))
    if missing is not None:
        report.note(words("no plots", why=missing.what, fix=missing.fix), words)
    report.written(job.folder, names, words)
    return measured["test"]


def _set_engine(name: str | None) -> None:
    if name is not None:
        try:
            engines.set_engine(name)
        except OnionskinError as error:
            raise error.within("--engine") from None


def _known(entry: Any, file: Path, command: str) -> Any:
    if entry is None:
        raise ArgumentError(
            "the model's name does not say what data it was trained on.",
            where=str(file),
            fix=f"name the data set: onionskin {command} {file} DATASET",
        )
    return entry
