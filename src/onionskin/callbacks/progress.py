"""What a person sees while batches run: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import math
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from time import monotonic
from typing import Any, TextIO

import numpy as np

from onionskin.base.columns import width as text_width
from onionskin.base.errors import ArgumentError
from onionskin.callbacks.callback import Callback, Logs, Phase

_NARROWEST_BAR = 4  # below this a bar tells less than the metrics whose place it takes


class Progbar:
    """Show progress: one line redrawn at most every `interval` seconds, or one plain line at the end.

    On a terminal (or in a notebook) the line is redrawn in place and fits the width; where the stream is
    neither, nothing is written before the last update, and then one line without carriage returns.

    Args:
        target: number of steps expected, None where unknown.
        width: width of the bar, in characters.
        verbose: 0 silent, 1 a bar, 2 one line at the end.
        interval: least time between two redraws, in seconds.
        stateful_metrics: names whose values are shown as given; all others are averaged over the steps.
        stateless_metrics: names whose values are averaged; all others are shown as given.
        unit_name: what a step is called.
        stream: where to write; standard output where None.

    Raises:
        ArgumentError: `verbose` is none of these, or both lists of names are given.

    Example:
        >>> bar = Progbar(2)
        >>> bar.update(1, [("loss", 0.75)])
        >>> bar.update(2, [("loss", 0.5)])  # doctest: +ELLIPSIS
        2/2 - 0s - .../step - loss: 0.5000

    Source: the interface of keras.utils.Progbar, Keras 3.15.
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.1,
        stateful_metrics: Iterable[str] | None = None,
        stateless_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
        stream: TextIO | None = None,
    ) -> None:
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ArgumentError(
                "only one of stateful_metrics and stateless_metrics can be given.",
                where="Progbar",
                fix="name the metrics to show as given, or those to average; the others are treated the other way",
            )
        self.target = target
        self.width = width
        self.verbose = check_verbose("Progbar", verbose)
        self.interval = interval
        self.unit_name = unit_name
        self.stateful_metrics = None if stateful_metrics is None else set(stateful_metrics)
        self.stateless_metrics = None if stateless_metrics is None else set(stateless_metrics)
        self._stream = sys.stdout if stream is None else stream
        self._live = _is_live(self._stream)
        self._bold = self._live and _takes_bold(self._stream)
        self._seen = 0
        self._values: dict[str, Any] = {}  # name → [sum, count], or text
        self._start = monotonic()
        self._drawn_at = -math.inf
        self._first_step_at: float | None = None
        self._drawn_columns = 0

    def update(
        self, current: int, values: Iterable[tuple[str, Any]] | None = None, finalize: bool | None = None
    ) -> None:
        """Show that `current` steps are done.

        Args:
            current: number of steps done.
            values: pairs of a name and its latest value.
            finalize: whether this is the last update; None: when the target is reached.
        """
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        for name, value in values or ():
            self._take(name, value, max(current - self._seen, 1), finalize)
        self._seen = current
        now = monotonic()
        per_step = self._per_step(current, now)
        if self.verbose == 0:
            return
        if finalize and (self.verbose == 2 or not self._live):
            elapsed = _duration(now - self._start)
            self._write(f"{self._count(current)} - {elapsed} - {per_step}{''.join(self._metrics())}\n")
        elif self.verbose == 1 and self._live and (finalize or now - self._drawn_at >= self.interval):
            shown = now - self._start
            if self.target and not finalize:  # the time that is left, from the pace so far
                shown = shown / current * max(self.target - current, 0) if current else 0.0
            self._draw(current, _duration(shown), per_step, finalize)
            self._drawn_at = now

    def add(self, n: int, values: Iterable[tuple[str, Any]] | None = None) -> None:
        """Show that `n` more steps are done."""
        self.update(self._seen + n, values)

    def _take(self, name: str, value: Any, steps: int, finalize: bool) -> None:
        if self.stateless_metrics is not None:
            averaged = name in self.stateless_metrics
        else:
            averaged = name not in (self.stateful_metrics or ())
        try:
            number = float(np.mean(value))
        except (TypeError, ValueError):
            self._values[name] = str(value)
            return
        before = self._values.get(name)
        if finalize or not averaged or not isinstance(before, list):
            # The last values are those of the whole epoch, so they replace the averages.
            steps = 1 if finalize or not averaged else steps
            self._values[name] = [number * steps, steps]
        else:
            before[0] += number * steps
            before[1] += steps

    def _per_step(self, current: int, now: float) -> str:
        """Return the time of a step as text; the first step, which is rarely typical, is left out."""
        seconds = 0.0
        if current:
            if self._first_step_at is not None and current > 1:
                seconds = (now - self._first_step_at) / (current - 1)
            else:
                seconds = (now - self._start) / current
            if current == 1:
                self._first_step_at = now
        return f"{_short_time(seconds)}/{self.unit_name}"

    def _count(self, current: int) -> str:
        if not self.target:
            return f"{current}/Unknown"
        return f"{current:{len(str(self.target))}d}/{self.target}"

    def _metrics(self) -> list[str]:
        return [f" - {name}: {_number(value)}" for name, value in self._values.items()]

    def _draw(self, current: int, time: str, per_step: str, finalize: bool) -> None:
        room = max(_terminal_columns(self._stream) - 1, 1)  # the last column would wrap the line
        count = self._count(current)
        head = f"{count}  {time} {per_step}"
        metrics = self._metrics()
        lines = _wrap(head, metrics, room) if finalize else [_shorten(head, metrics, room)]
        # The bar takes the place that is left beside the metrics.
        width = min(self.width, room - text_width(lines[0]) - 3)
        bar = ""
        if self.target and width >= _NARROWEST_BAR and len(lines) == 1:
            bar = f"[{_bar(current / self.target, width)}] "
        columns = text_width(bar + lines[0])
        if self._bold and lines[0].startswith(head):
            lines[0] = lines[0].replace(f"{count}  {time}", f"\x1b[1m{count}\x1b[0m  \x1b[1m{time}\x1b[0m", 1)
        lines[0] += " " * max(self._drawn_columns - columns, 0)  # wipes what was longer before
        self._write("\r" + bar + "\n".join(lines) + ("\n" if finalize else ""))
        self._drawn_columns = 0 if finalize else columns

    def _write(self, text: str) -> None:
        _write(self._stream, text)


class ProgbarLogger(Callback):
    """Print "Epoch 1/5" and a progress bar; `fit` adds one itself unless `verbose=0`.

    It is driven by `on_progress`, so training does not return to Python for every batch. Values are shown
    as the loop gives them: averages over the epoch so far.

    Example:
        >>> logger = ProgbarLogger()
        >>> logger.set_params({"verbose": 2, "epochs": 3, "steps": 469})
        >>> logger.on_epoch_begin(0)
        Epoch 1/3
        >>> logger.on_epoch_end(0, {"accuracy": 0.9312, "loss": 0.2204})  # doctest: +ELLIPSIS
        469/469 - 0s - .../step - accuracy: 0.9312 - loss: 0.2204

    Source: the interface of keras.callbacks.ProgbarLogger, Keras 3.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0
        self.progbar: Progbar | None = None
        self.target: int | None = None
        self.verbose = 1
        self.epochs = 1
        self._in_fit = False

    def set_params(self, params: dict[str, Any]) -> None:
        """Receive "verbose" (0, 1, 2 or "auto"), "epochs" and "steps".

        Raises:
            ArgumentError: "verbose" is none of these.
        """
        super().set_params(params)
        self.verbose = check_verbose("ProgbarLogger", params.get("verbose", 1))
        self.epochs = params.get("epochs") or 1
        self.target = params.get("steps")

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Keep validation silent from here on."""
        self._in_fit = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Show evaluations again."""
        self._in_fit = False

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Print the epoch where there are several, and start a new bar."""
        self._start()
        if self.verbose and self.epochs > 1:
            _write(sys.stdout, f"Epoch {epoch + 1}/{self.epochs}\n")

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Start a new bar for `evaluate`."""
        if not self._in_fit:
            self._start()

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Start a new bar for `predict`."""
        self._start()

    def on_progress(self, phase: Phase, step: int, logs: Logs | None = None) -> None:
        """Move the bar."""
        if phase == "test" and self._in_fit:
            return
        values = [] if phase == "predict" else list((logs or {}).items())
        bar = self.progbar or self._start()
        self.seen = step
        bar.update(step, values, finalize=False)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Show the epoch's last line."""
        self._finish(logs)

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Show the last line of `evaluate`."""
        if not self._in_fit:
            self._finish(logs)

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Show the last line of `predict`."""
        self._finish(None)

    def _start(self) -> Progbar:
        self.seen = 0
        self.progbar = Progbar(self.target, verbose=self.verbose, stateless_metrics=())
        return self.progbar

    def _finish(self, logs: Logs | None) -> None:
        bar = self.progbar or self._start()
        # An epoch that was cut short shows the steps it had; a loop that reports no progress, all of them.
        done = self.seen or self.target or 0
        if self.target is None:
            self.target = bar.target = done or None  # the next epoch's length is known then
        bar.update(done, list((logs or {}).items()), finalize=True)


def check_verbose(where: str, verbose: Any) -> int:
    """Return 0, 1 or 2; "auto" is 1.

    Raises:
        ArgumentError: it is none of these.

    Example:
        >>> check_verbose("fit", "auto")
        1
    """
    if isinstance(verbose, str) and verbose == "auto":
        return 1
    if isinstance(verbose, int | np.integer) and int(verbose) in (0, 1, 2):
        return int(verbose)
    raise ArgumentError(
        "this verbose cannot be used.",
        where=where,
        expected="0 (silent), 1 (progress bar), 2 (one line per epoch) or 'auto'",
        given=repr(verbose),
    )


def _bar(done: float, width: int) -> str:
    filled = min(max(int(width * done), 0), width)
    tip = ">" if 0 < filled < width else ""
    return "=" * (filled - len(tip)) + tip + "." * (width - filled)


def _shorten(head: str, metrics: Sequence[str], room: int) -> str:
    """Return one line that fits: metrics that find no place are left out, from the last."""
    line = head
    for metric in metrics:
        if text_width(line + metric) > room:
            break
        line += metric
    while text_width(line) > room:
        line = line[:-1]
    return line


def _wrap(head: str, metrics: Sequence[str], room: int) -> list[str]:
    """Return lines that fit where a break between metrics makes it possible, and leave nothing out."""
    lines = [head]
    for metric in metrics:
        if text_width(lines[-1] + metric) > room:
            lines.append("   ")
        lines[-1] += metric
    return lines


def _number(value: Any) -> str:
    if isinstance(value, str):
        return value
    mean = value[0] / value[1]
    return f"{mean:.4f}" if mean == 0 or abs(mean) > 1e-3 else f"{mean:.4e}"


def _duration(seconds: float) -> str:
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
    return f"{whole // 60}:{whole % 60:02d}" if whole >= 60 else f"{whole}s"


def _short_time(seconds: float) -> str:
    if seconds >= 1 or seconds == 0:
        return f"{seconds:.0f}s"
    return f"{seconds * 1e3:.0f}ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us"


def _is_terminal(stream: Any) -> bool:
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # ValueError: the stream is closed
        return False


def _is_live(stream: Any) -> bool:
    # A notebook's output is no terminal, but it does redraw a line after a carriage return.
    return _is_terminal(stream) or type(stream).__module__.startswith("ipykernel.")


def _takes_bold(stream: Any) -> bool:
    if not _is_terminal(stream) or os.environ.get("TERM") == "dumb" or "NO_COLOR" in os.environ:
        return False
    return os.name != "nt" or "WT_SESSION" in os.environ  # older Windows consoles print the codes


def _terminal_columns(stream: Any) -> int:
    if not os.environ.get("COLUMNS"):
        try:
            if columns := os.get_terminal_size(stream.fileno()).columns:
                return columns
        except (OSError, ValueError, AttributeError):
            pass
    return shutil.get_terminal_size().columns


def _write(stream: Any, text: str) -> None:
    if stream is None:  # a process without standard output, such as pythonw
        return
    try:
        stream.write(text)
    except UnicodeEncodeError:  # a metric's name that this terminal cannot show must not end the training
        stream.write(text.encode(stream.encoding, "backslashreplace").decode(stream.encoding))
    stream.flush()
