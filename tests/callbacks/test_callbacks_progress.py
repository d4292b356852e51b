"""Progbar and ProgbarLogger on a pseudo-terminal and on a pipe: what is written, how often, and how wide."""

import io
import os
import re
import sys

import pytest

from onionskin.base.errors import ArgumentError
from onionskin.callbacks import CallbackList, Progbar, ProgbarLogger, progress

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(progress, "monotonic", made)
    return made


class Terminal:
    """A pseudo-terminal: `stream` is written to, `text` is what arrived."""

    def __init__(self, columns):
        import fcntl
        import pty
        import struct
        import termios
        import threading

        self._main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.stream = os.fdopen(side, "w", encoding="utf-8")
        self._parts = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        while True:
            try:
                part = os.read(self._main, 65536)
            except OSError:  # the other side was closed
                return
            self._parts.append(part)

    def text(self):
        """Close the stream, and return all that was written to it."""
        self.stream.close()
        self._reader.join()
        os.close(self._main)
        return b"".join(self._parts).decode("utf-8").replace("\r\n", "\n")


@pytest.fixture
def terminal(monkeypatch):
    pytest.importorskip("pty", reason="needs pseudo-terminals")
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    return Terminal


def epoch(bar, clock, steps=469, step_time=0.006):
    """Drive a bar through an epoch, one update a step."""
    for step in range(1, steps + 1):
        clock.now += step_time
        bar.update(step, [("accuracy", 0.5 + step / 1000), ("loss", 0.25)], finalize=False)
    bar.update(steps, [("accuracy", 0.9312), ("loss", 0.2204)], finalize=True)


def screen(text):
    """Return the lines that a terminal would show after a text without escapes."""
    lines = []
    for written in text.split("\n"):
        line = ""
        for part in written.split("\r"):
            line = part + line[len(part) :]
        lines.append(line.rstrip())
    return lines


def test_terminal_is_redrawn_ten_times_a_second_and_ends_in_one_line(terminal, clock):
    tty = terminal(80)
    epoch(Progbar(469, stream=tty.stream, stateless_metrics=()), clock)
    text = tty.text()
    # 2.814 s of steps of 6 ms: the first step, then every 17th (the first after 100 ms), and the end
    assert text.count("\r") == 1 + (469 - 1) // 17 + 1
    assert screen(ESCAPES.sub("", text)) == [
        "[====================] 469/469  3s 6ms/step - accuracy: 0.9312 - loss: 0.2204",
        "",
    ]


def test_line_on_the_way_is_exact(terminal, clock):
    tty = terminal(80)
    bar = Progbar(469, stream=tty.stream)
    clock.now += 1.2
    bar.update(120, [("accuracy", 0.93), ("loss", 0.00005)])
    assert tty.text() == (
        "\r[===>.............] \x1b[1m120/469\x1b[0m  \x1b[1m3s\x1b[0m 10ms/step - accuracy: 0.9300 - loss: 5.0000e-05"
    )


@pytest.mark.parametrize("setting", [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_bold_where_it_is_not_wanted(terminal, clock, monkeypatch, setting):
    monkeypatch.setenv(*setting)
    tty = terminal(80)
    Progbar(4, stream=tty.stream).update(2)
    assert tty.text() == "\r[=========>..........] 2/4  0s 0s/step"


@pytest.mark.parametrize("columns", [120, 80, 60, 40, 30, 20, 5])
def test_no_redraw_is_wider_than_the_terminal(terminal, clock, columns):
    tty = terminal(columns)
    epoch(Progbar(469, stream=tty.stream, stateless_metrics=()), clock)
    drawn = re.split("[\r\n]", ESCAPES.sub("", tty.text()))[:-2]
    assert len(drawn) >= 28
    on_the_way = drawn[:28]
    assert max(len(line) for line in on_the_way) < columns
    if columns >= 40:
        assert max(len(line) for line in drawn) < columns


def test_forty_columns_keep_every_value_of_the_last_line(terminal, clock):
    tty = terminal(40)
    epoch(Progbar(469, stream=tty.stream, stateless_metrics=()), clock)
    lines = screen(ESCAPES.sub("", tty.text()))
    assert lines == ["469/469  3s 6ms/step - accuracy: 0.9312", "    - loss: 0.2204", ""]


def test_korean_names_take_two_columns_a_letter(terminal, clock):
    tty = terminal(40)
    bar = Progbar(10, stream=tty.stream)
    clock.now += 1
    bar.update(5, [("정확도", 0.5), ("손실", 0.25)])
    # "5/10  1s 200ms/step - 정확도: 0.5000" is 18 + 18 columns wide; with the bar or the loss it would be over 39
    assert ESCAPES.sub("", tty.text()) == "\r 5/10  1s 200ms/step - 정확도: 0.5000"


def test_shorter_line_wipes_the_longer_one(terminal, clock):
    tty = terminal(80)
    bar = Progbar(3, stream=tty.stream, interval=0, stateless_metrics=())
    bar.update(1, [("note", "a long text")])
    bar.update(2, [("note", "short")])
    first, second = ESCAPES.sub("", tty.text()).split("\r")[1:]
    assert first == "[=====>..............] 1/3  0s 0s/step - note: a long text"
    assert second == "[============>.......] 2/3  0s 0s/step - note: short      "


def test_columns_of_the_environment_go_before_the_terminals(terminal, clock, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    tty = terminal(80)
    Progbar(4, stream=tty.stream).update(2)
    assert ESCAPES.sub("", tty.text()) == "\r[====>......] 2/4  0s 0s/step"


def test_unknown_target_has_no_bar(terminal, clock):
    tty = terminal(80)
    bar = Progbar(None, stream=tty.stream)
    clock.now += 6
    bar.update(12, [("loss", 0.5)])
    assert ESCAPES.sub("", tty.text()) == "\r12/Unknown  6s 500ms/step - loss: 0.5000"


def test_notebook_is_redrawn_without_escapes(clock):
    class OutStream(io.StringIO):
        pass

    OutStream.__module__ = "ipykernel.iostream"
    stream = OutStream()
    bar = Progbar(2, stream=stream)
    bar.update(1)
    bar.update(2)
    assert stream.getvalue() == "\r[=========>..........] 1/2  0s 0s/step\r[====================] 2/2  0s 0s/step\n"


def test_pipe_gets_one_plain_line_at_the_end(clock):
    reader, writer = os.pipe()
    with os.fdopen(writer, "w", encoding="utf-8") as stream:
        epoch(Progbar(469, stream=stream, stateless_metrics=()), clock)
    with os.fdopen(reader, "rb") as arrived:
        assert arrived.read() == b"469/469 - 3s - 6ms/step - accuracy: 0.9312 - loss: 0.2204\n"


@pytest.mark.parametrize(("verbose", "expected"), [(0, ""), (2, "2/2 - 1s - 500ms/step\n")])
def test_verbose_zero_is_silent_and_two_is_a_line_even_on_a_terminal(terminal, clock, verbose, expected):
    tty = terminal(80)
    bar = Progbar(2, stream=tty.stream, verbose=verbose)
    clock.now += 0.6
    bar.update(1)
    clock.now += 0.5
    bar.update(2)
    assert tty.text() == expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({}, "a: 1.7500 - b: 1.7500"),  # (1 · 1 + 3 · 2) / 4 steps, the last value counting for 1
        ({"stateful_metrics": ["a"]}, "a: 2.0000 - b: 1.7500"),
        ({"stateless_metrics": ["a"]}, "a: 1.7500 - b: 2.0000"),
    ],
)
def test_values_are_averaged_over_steps_or_shown_as_given(clock, terminal, names, expected):
    tty = terminal(80)
    bar = Progbar(8, stream=tty.stream, interval=0, **names)
    for step, value in ((1, 0.0), (3, 2.5), (4, 2.0)):
        bar.update(step, [("a", value), ("b", value)])
    assert tty.text().endswith(f" - {expected}")


def test_add_counts_on(clock):
    stream = io.StringIO()
    bar = Progbar(5, stream=stream, unit_name="file")
    clock.now += 1
    bar.add(2)
    clock.now += 4
    bar.add(3, [("loss", 2.0)])
    assert stream.getvalue() == "5/5 - 5s - 1s/file - loss: 2.0000\n"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.0, "0s - 0s"),
        (0.00002, "0s - 20us"),
        (59.4, "59s - 59s"),
        (60.0, "1:00 - 60s"),
        (3599.9, "1:00:00 - 3600s"),
        (36061.0, "10:01:01 - 36061s"),
    ],
)
def test_durations_are_readable(clock, seconds, expected):
    stream = io.StringIO()
    bar = Progbar(1, stream=stream)
    clock.now += seconds
    bar.update(1)
    assert stream.getvalue() == f"1/1 - {expected}/step\n"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "0.0000"), (float("nan"), "nan"), (-0.5, "-0.5000"), (-0.0002, "-2.0000e-04"), (float("inf"), "inf")],
)
def test_numbers_are_readable(clock, value, expected):
    stream = io.StringIO()
    Progbar(1, stream=stream).update(1, [("loss", value)])
    assert stream.getvalue() == f"1/1 - 0s - 0s/step - loss: {expected}\n"


def test_names_that_the_stream_cannot_encode_are_escaped(clock):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", newline="\n")
    Progbar(1, stream=stream).update(1, [("정확도", 1.0)])
    assert raw.getvalue() == b"1/1 - 0s - 0s/step - \\uc815\\ud655\\ub3c4: 1.0000\n"


def test_process_without_standard_output_trains_on(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    Progbar(1).update(1)
    logger = ProgbarLogger()
    logger.set_params({"verbose": 1, "epochs": 2, "steps": 1})
    logger.on_epoch_begin(0)
    logger.on_epoch_end(0, {"loss": 1.0})


def fit(hooks, clock, epochs=2, steps=10, known=True):
    """Call the hooks as a training loop does that reports progress ten times a second."""
    hooks.set_params({"verbose": 1, "epochs": epochs, "steps": steps if known else None, **(hooks.params or {})})
    hooks.on_train_begin()
    for number in range(epochs):
        hooks.on_epoch_begin(number)
        for step in (4, 8, steps):
            clock.now += 0.1
            hooks.on_progress("train", step, {"loss": 1 / step})
        hooks.on_test_begin()
        hooks.on_progress("test", 1, {"loss": 9.0})
        hooks.on_test_end({"loss": 9.0})
        hooks.on_epoch_end(number, {"loss": 0.5, "val_loss": 9.0})
    hooks.on_train_end()


def test_logger_writes_lines_on_a_pipe(clock, capsys):
    fit(CallbackList([ProgbarLogger()]), clock)
    assert capsys.readouterr().out == (
        "Epoch 1/2\n10/10 - 0s - 30ms/step - loss: 0.5000 - val_loss: 9.0000\n"
        "Epoch 2/2\n10/10 - 0s - 30ms/step - loss: 0.5000 - val_loss: 9.0000\n"
    )


def test_logger_redraws_on_a_terminal_and_shows_values_as_they_are(clock, terminal, monkeypatch):
    tty = terminal(100)
    monkeypatch.setattr(sys, "stdout", tty.stream)
    fit(CallbackList([ProgbarLogger()]), clock, epochs=1)
    monkeypatch.undo()
    assert ESCAPES.sub("", tty.text()).split("\r") == [
        "",
        "[=======>............]  4/10  0s 25ms/step - loss: 0.2500",
        "[===============>....]  8/10  0s 25ms/step - loss: 0.1250",
        "[====================] 10/10  0s 30ms/step - loss: 0.1000",
        "[====================] 10/10  0s 30ms/step - loss: 0.5000 - val_loss: 9.0000\n",
    ]


def test_logger_learns_an_unknown_length_in_the_first_epoch(clock, capsys):
    logger = ProgbarLogger()
    fit(CallbackList([logger]), clock, known=False)
    assert logger.target == 10
    assert capsys.readouterr().out.count("10/10 - ") == 2


@pytest.mark.parametrize(("verbose", "lines"), [(0, 0), (1, 4), (2, 4), ("auto", 4)])
def test_logger_obeys_verbose(clock, capsys, verbose, lines):
    fit(CallbackList([ProgbarLogger()], verbose=verbose), clock)
    assert capsys.readouterr().out.count("\n") == lines


def test_logger_shows_how_far_an_epoch_came_that_was_cut_short(clock, capsys):
    hooks = CallbackList([ProgbarLogger()], verbose=1, epochs=1, steps=10)
    hooks.on_train_begin()
    hooks.on_epoch_begin(0)
    hooks.on_progress("train", 3, {"loss": 1.0})
    hooks.on_epoch_end(0, {"loss": 1.0})
    assert capsys.readouterr().out == " 3/10 - 0s - 0s/step - loss: 1.0000\n"


def test_logger_shows_evaluate_and_predict(clock, capsys):
    hooks = CallbackList([ProgbarLogger()], verbose=1, epochs=1, steps=3)
    hooks.on_test_begin()
    hooks.on_progress("test", 2, {"loss": 1.0})
    hooks.on_progress("test", 3, {"loss": 0.5})
    hooks.on_test_end({"loss": 0.5})
    hooks.on_predict_begin()
    hooks.on_progress("predict", 3, {"outputs": 0.0})
    hooks.on_predict_end({"outputs": 0.0})
    assert capsys.readouterr().out == "3/3 - 0s - 0s/step - loss: 0.5000\n3/3 - 0s - 0s/step\n"


def test_logger_shows_an_evaluation_after_a_training(clock, capsys):
    hooks = CallbackList([ProgbarLogger()])
    fit(hooks, clock)
    capsys.readouterr()
    hooks.on_test_begin()
    hooks.on_test_end({"loss": 0.5})
    assert capsys.readouterr().out == "10/10 - 0s - 0s/step - loss: 0.5000\n"


@pytest.mark.parametrize("given", [3, -1, "loud", None, 1.0])
def test_verbose_that_is_none_is_refused(given):
    words = (
        "{}: this verbose cannot be used.\n"
        "  expected: 0 (silent), 1 (progress bar), 2 (one line per epoch) or 'auto'\n"
        f"  given:    {given!r}"
    )
    with pytest.raises(ArgumentError) as e:
        Progbar(3, verbose=given)
    assert str(e.value) == words.format("Progbar")
    with pytest.raises(ArgumentError) as e:
        ProgbarLogger().set_params({"verbose": given, "epochs": 1, "steps": 1})
    assert str(e.value) == words.format("ProgbarLogger")


def test_both_lists_of_names_are_refused():
    with pytest.raises(ArgumentError) as e:
        Progbar(3, stateful_metrics=["a"], stateless_metrics=["b"])
    assert str(e.value) == (
        "Progbar: only one of stateful_metrics and stateless_metrics can be given.\n"
        "  to fix:   name the metrics to show as given, or those to average; the others are treated the other way"
    )
