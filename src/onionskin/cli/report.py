"""What a person sees at the terminal: tables and messages, made with rich; decides nothing."""

from __future__ import annotations

import contextlib
import shlex
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich import box
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from onionskin import plot
from onionskin.base.errors import OnionskinError
from onionskin.cli import jobs, network
from onionskin.cli.words import Words
from onionskin.datasets.color import BLACK, WHITE, contrast_ratio
from onionskin.datasets.listing import Dataset, Loaded

MOST_CLASSES = 12  # of a confusion matrix at 80 columns
_LABEL = 20  # columns of a class name at most
_PICTURE = 40  # columns of an image at most


def console(*, error: bool = False) -> Console:
    """Return the console of standard output or of standard error; what users typed is never read as markup."""
    return Console(stderr=error, highlight=False, markup=False, emoji=False)


def printable(text: str) -> str:
    r"""Return text with control characters written out, so that no file or argument steers the terminal.

    Example:
        >>> printable("a\x1b[2Jb")
        'a\\x1b[2Jb'
    """
    return "".join(
        one if one.isprintable() or one == "\n" else one.encode("unicode_escape").decode("ascii") for one in text
    )


def error(problem: OnionskinError, words: Words) -> None:
    """Show an error: what failed in bold red, and below it what was expected, given and how to fix it."""
    out = console(error=True)
    head, *rest = printable(str(problem)).split("\n")
    head = f"{words('error')}: {head}"
    if out.is_terminal and not any(row.strip("^ ") == "" for row in rest):  # carets stay below what they point to
        head, *rest = (_hanging(row, out.width) for row in (head, *rest))
    text = Text(head, style="bold red")
    text.append("".join(f"\n{row}" for row in rest), style="not bold default")
    out.print(text, soft_wrap=True)


def show_warning(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, file: Any = None, line: Any = None
) -> None:
    """Show a warning of the library as a note, without the line of code that it came from."""
    note(str(message), Words())


def note(text: str, words: Words) -> None:
    """Show something worth knowing."""
    console(error=True).print(Text(f"{words('note')}: {printable(text)}", style="yellow"), soft_wrap=True)


def beginning(job: jobs.Job, words: Words) -> None:
    """Say what is about to be trained."""
    data, optimizer = job.data, type(job.model.optimizer).__name__
    weights = words("weights", n=job.model.count_params())
    rows = [
        ("data", data.name),
        ("", words("samples of", train=len(data.x_train), test=len(data.x_test), classes=len(data.class_names))),
        ("network", f"{network.describe(job.model)}, {weights}"),
        ("training", words("how", optimizer=optimizer, rate=f"{job.learning_rate:g}", batch=job.batch_size,
                           epochs=job.epochs, seed=job.seed)),
    ]  # fmt: skip
    if job.origin is not None:
        rows.insert(3, ("", words("goes on", file=job.origin)))
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for label, value in rows:
        table.add_row(words(label) if label else "", printable(value))
    console().print(table)


def result(title: str, parts: dict[str, jobs.Measured], data: Loaded, words: Words) -> None:
    """Show accuracy and loss of each part of the data, and how the test samples were read."""
    line(f"\n{title}", "bold")
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("")
    for part in parts:
        table.add_column(words(part), justify="right", min_width=10)
    table.add_row(words("samples"), *(f"{len(one.guesses):,}" for one in parts.values()))
    table.add_row(words("accuracy"), *(percent(one.accuracy) for one in parts.values()), style="bold")
    table.add_row(words("loss"), *(f"{one.loss:.4f}" for one in parts.values()))
    console().print(table)
    if len(data.class_names) <= MOST_CLASSES:
        line(words("confusion"))
        console().print(confusion(parts["test"].matrix, [words.own(name) for name in data.class_names], words))


def confusion(matrix: np.ndarray, names: Sequence[str], words: Words) -> Table:
    """Return a confusion matrix as a table that fits 80 columns.

    Args:
        matrix: (classes, classes) counts, rows true, columns predicted.
        names: of the classes.
        words: the language.
    """
    numbers = [str(place) for place in range(len(names))]
    widths = [max(cell_len(name), len(f"{matrix[:, k].max():,}")) + 2 for k, name in enumerate(names)]
    short = sum(widths) + max(map(cell_len, names)) + 14 <= 80
    heads = list(names) if short else numbers
    rows = list(names) if short or list(names) == numbers else [f"{k} {name}" for k, name in enumerate(names)]
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("", no_wrap=True)
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column(words("right"), justify="right", no_wrap=True)
    for k, label in enumerate(rows):
        total = int(matrix[k].sum())
        cells = [_count(int(matrix[k, j]), right=j == k) for j in range(len(names))]
        table.add_row(Text(_cut(label)), *cells, percent(matrix[k, k] / total) if total else "")
    return table


def written(folder: Path, names: Iterable[str], words: Words) -> None:
    """Name the files that were written."""
    out = console()
    out.print(Text(words("files", folder=printable(str(folder))), style="bold"), soft_wrap=True)
    table = Table.grid(padding=(0, 2))
    for name in names:
        table.add_row(f"  {name}", Text(words(name), style="dim"))
    out.print(table)


def example(job: jobs.Job, words: Words) -> None:
    """Show a command that uses the model."""
    arguments = "255,200,0" if job.data.name == "font-shade" else "--index 0"
    line(words("try", command=f"onionskin predict {shlex.quote(str(job.file))} {arguments}"))


def stopped(job: jobs.Job, progress: jobs.Progress, words: Words) -> None:
    """Say where training was stopped, where the model is, and how to go on."""
    file = str(job.file)
    line(words("stopped", epoch=progress.epoch, epochs=job.epochs, steps=progress.steps))
    line(words("kept", file=file))
    line(words("go on", command=f"onionskin train {job.data.name} --model {shlex.quote(file)}"))


def mistake(text: str, words: Words) -> None:
    """Answer a line that cannot be used, in a line."""
    console(error=True).print(Text(f"{words('error')}: {printable(text)}", style="red"), soft_wrap=True)


def line(text: str, style: str = "", *, wrap: bool = False, aside: bool = False) -> None:
    """Print one line, however long, or wrap it at words; what is to be copied must not be wrapped.

    Args:
        text: the line.
        style: of rich.
        wrap: whether to wrap it.
        aside: whether it goes to standard error, beside answers that something else reads.
    """
    console(error=aside).print(Text(printable(text), style=style), soft_wrap=not wrap)


def colors(rows: Sequence[tuple[str, tuple[int, int, int], float]], words: Words) -> None:
    """Show which font the model picks on colours.

    Args:
        rows: what was typed, the colour, and the probability of the dark font.
        words: the language.
    """
    out = console()
    table = Table(box=box.SIMPLE_HEAD)
    if out.color_system:
        table.add_column("")
    table.add_column(words("input"), overflow="fold")
    table.add_column(words("colour"), justify="right", no_wrap=True)
    table.add_column(words("font"), no_wrap=True)
    table.add_column(words("probability"), justify="right", no_wrap=True)
    for typed, (red, green, blue), dark in rows:
        font = "#000000" if dark >= 0.5 else "#ffffff"
        swatch = [Text("  Aa  ", style=f"{font} on rgb({red},{green},{blue})")] if out.color_system else []
        name = words("name dark" if dark >= 0.5 else "name light")
        table.add_row(*swatch, printable(typed), f"{red},{green},{blue}", name, percent(max(dark, 1 - dark)))
    out.print(table)


def answer(typed: str, color: tuple[int, int, int], dark: float, words: Words) -> None:
    """Answer one colour: a swatch with text on it where there is colour, one line of text elsewhere.

    Args:
        typed: what was typed.
        color: the colour.
        dark: probability of the dark font.
        words: the language.
    """
    out = console()
    code = ",".join(map(str, color))
    name, chance = words("name dark" if dark >= 0.5 else "name light"), percent(max(dark, 1 - dark))
    if not out.color_system:
        line(f"{typed}  {code}  {name}  {chance}")
        return
    font = BLACK if dark >= 0.5 else WHITE
    said = Text.assemble(
        (name, "bold"), f"  {chance}\n", f"{printable(typed)} = {code}\n" if typed != code else f"{code}\n"
    )
    said.append(words("contrast", ratio=float(contrast_ratio(font, color))), style="dim")
    table = Table.grid(padding=(0, 3, 0, 0))
    table.add_row(_swatch(color, font, words), said)
    out.print(table)


def sample(image: np.ndarray, label: int, words: Words) -> None:
    """Show one sample: a small picture in half blocks, a colour as a swatch; nothing where it is neither.

    Args:
        image: (height, width) pixels, or (3,) red, green, blue from 0 to 255.
        label: its class; of a colour, 1 where the dark font reads better.
        words: the language.
    """
    out = console()
    if image.shape == (3,):
        color = (int(image[0]), int(image[1]), int(image[2]))
        line(",".join(map(str, color)))
        if out.color_system:
            out.print(_swatch(color, BLACK if label else WHITE, words))
    elif drawable(image):
        out.print(Text(plot.digit_text(image)), soft_wrap=True)


def _swatch(color: tuple[int, int, int], font: tuple[int, int, int], words: Words) -> Text:
    """Return three lines of a background colour with a sentence on it."""
    sentence = words("swatch")
    blank = " " * (cell_len(sentence) + 6)
    inks = [",".join(map(str, one)) for one in (font, color)]
    return Text(f"{blank}\n   {sentence}   \n{blank}", style=f"rgb({inks[0]}) on rgb({inks[1]})")


def readings(
    samples: np.ndarray, labels: Sequence[str], chances: np.ndarray, truth: np.ndarray | None,
    names: Sequence[str], words: Words, *, drawn: bool,
) -> None:  # fmt: skip
    """Show what samples were read as, with pictures of them where asked for.

    Args:
        samples: (n, …); (n, height, width) where they are drawn.
        labels: what to call each.
        chances: (n, classes) probabilities.
        truth: (n,) classes, or None where they are not known.
        names: of the classes.
        words: the language.
        drawn: whether to draw them.
    """
    table = Table(box=box.SIMPLE_HEAD, show_lines=drawn)
    table.add_column(words("input"), overflow="fold")
    for head in ("prediction", "probability", "next", *(["is"] if truth is not None else [])):
        table.add_column(words(head), justify="right" if head == "probability" else "left", no_wrap=True)
    for i, chance in enumerate(chances):
        best, second = np.argsort(-chance, kind="stable")[:2]
        wrong = truth is not None and truth[i] != best
        label = printable(labels[i]) + (f"\n{plot.digit_text(samples[i])}" if drawn else "")
        read = Text(_cut(words.own(names[best])), style="bold red" if wrong else "bold")
        row: list[Any] = [Text(label), read, percent(chance[best]), _cut(f"{names[second]} {percent(chance[second])}")]
        table.add_row(*row, *([_cut(words.own(names[truth[i]]))] if truth is not None else []))
    console().print(table)


def catalogue(entries: Sequence[Dataset], words: Words) -> None:
    """Show every data set there is."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    for head in ("name", "samples", "shape", "classes", "here", "licence"):
        right = head in ("samples", "classes")
        table.add_column(words(head), justify="right" if right else "left", no_wrap=head not in ("here", "licence"))
    for entry in entries:
        table.add_row(
            Text(entry.name, style="bold"), f"{entry.train_size:,}\n+ {entry.test_size:,}",
            "×".join(map(str, entry.sample_shape)), str(entry.classes), available(entry, words), entry.licence,
        )  # fmt: skip
    out = console()
    out.print(table)
    what = Table.grid(padding=(0, 2))
    for entry in entries:
        what.add_row(Text(f" {entry.name}", style="bold"), words(f"description {entry.name}"))
    out.print(what)


def available(entry: Dataset, words: Words) -> str:
    """Say whether a data set is here, and what it takes where it is not."""
    if entry.available():
        return words("yes")
    if entry.download_bytes:
        return words("download of", size=size(entry.download_bytes))
    return words("not installed", what="scikit-learn")


def summary(rows: Sequence[tuple[jobs.Job, jobs.Measured, float]], words: Words) -> None:
    """Show what the demonstration trained."""
    table = Table(box=box.SIMPLE_HEAD)
    for head in ("data", "network", "test accuracy", "seconds", "files column"):
        right = head in ("test accuracy", "seconds")
        whole = head == "data" or (head == "files column" and max(len(str(job.folder)) for job, _, _ in rows) < 30)
        table.add_column(words(head), justify="right" if right else "left", no_wrap=whole, overflow="fold")
    for job, test, seconds in rows:
        layers = " → ".join(one.replace(" ", "\u00a0") for one in network.describe(job.model).split(" → "))
        table.add_row(job.data.name, layers, percent(test.accuracy), _seconds(seconds), str(job.folder))
    console().print(table)


def percent(share: float) -> str:
    """Return a share with one decimal, 100 % only where nothing is missing.

    Example:
        >>> percent(0.9996), percent(1.0), percent(0.5)
        ('99.9 %', '100.0 %', '50.0 %')
    """
    shown = round(100 * float(share), 1)
    return f"{99.9 if shown >= 100 > 100 * float(share) else shown:.1f} %"


def size(count: int) -> str:
    """Return a number of bytes for people.

    Example:
        >>> size(11_594_722)
        '11.6 MB'
    """
    return f"{count / 1e6:.1f} MB"


def duration(seconds: float, words: Words) -> str:
    """Return a time for people."""
    unit = words("unit seconds")
    if seconds < 60:
        return f"{_seconds(seconds)}{unit}"
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f}" if seconds >= 1 else f"{seconds:.2f}"


@contextlib.contextmanager
def busy(text: str) -> Iterator[None]:
    """Show on a terminal that something goes on, until it is done."""
    out = console()
    if not out.is_terminal:
        yield
        return
    with out.status(Text(text), spinner="line", refresh_per_second=8):
        yield


def heading(name: str = "") -> None:
    """Begin a section."""
    out = console()
    out.print()
    out.rule(Text(name, style="bold"), align="left", style="dim")


def drawable(image: np.ndarray) -> bool:
    """Tell whether a sample is a picture that fits beside its prediction."""
    return image.ndim == 2 and image.shape[1] <= _PICTURE


def _hanging(row: str, width: int) -> str:
    """Return a line of an error wrapped at words, below where its value begins."""
    wrapped = textwrap.wrap(
        row, width, subsequent_indent=" " * 12, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    )
    return "\n".join(wrapped)


def _count(number: int, *, right: bool) -> Text:
    if not number:
        return Text("·", style="dim")
    return Text(f"{number:,}", style="bold green" if right else "red")


def _cut(text: str) -> str:
    return text if cell_len(text) <= _LABEL else set_cell_size(text, _LABEL - 1) + "…"
