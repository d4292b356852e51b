"""Runs commands for the tests: within this process, or as a program of its own on a pipe or a terminal."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

from typer.testing import CliRunner

from onionskin.cli.app import app


def run(*arguments, stdin=None, **environment):
    """Run a command within this process, at 80 columns and in English unless told."""
    env = {"COLUMNS": "80", "LC_ALL": "C.UTF-8", "TERM": "dumb", **environment}
    return CliRunner().invoke(app, [str(one) for one in arguments], input=stdin, env=env)


def works(*arguments, **options):
    """Run a command that must succeed; return its standard output."""
    done = run(*arguments, **options)
    if done.exit_code:
        raise AssertionError(f"status {done.exit_code}\n{done.output}\n{done.exception!r}")
    return done.stdout


def fails(*arguments, status=2, **options):
    """Run a command that must end with a message; return what stands on standard error."""
    done = run(*arguments, **options)
    if done.exit_code != status or "Traceback" in done.output:
        raise AssertionError(f"status {done.exit_code} instead of {status}\n{done.output}\n{done.exception!r}")
    return done.stderr


def environment(home: Path, **changes):
    """Return the environment of a program that finds no data set but the embedded ones, and no network."""
    kept = {key: value for key, value in os.environ.items() if key not in ("ONIONSKIN_DATA", "LANG", "COLUMNS")}
    proxy = "http://127.0.0.1:9"  # nothing listens there: a download would fail at once, and be seen
    return {**kept, "ONIONSKIN_HOME": str(home), "LC_ALL": "C.UTF-8", "https_proxy": proxy, "http_proxy": proxy,
            **changes}  # fmt: skip


def program(*arguments, home: Path, code: str | None = None, stdin: str = "", **changes):
    """Run the command as a program whose output is a pipe; `code` runs in its place where given."""
    start = ["-c", code] if code else ["-m", "onionskin", *map(str, arguments)]
    return subprocess.run(
        [sys.executable, *start], capture_output=True, check=False, cwd=home, timeout=120,
        env=environment(home, **changes), input=stdin.encode(),
    )  # fmt: skip


def on_terminal(*arguments, home: Path, interrupt_at: bytes | None = None, typed: tuple[bytes, ...] = (), **changes):
    """Run the command on a terminal; return status and output.

    Send it SIGINT once it has written something, and type one of `typed` at each of its prompts.
    """
    master, slave = pty.openpty()
    env = environment(home, **{"TERM": "xterm", "COLUMNS": "80", **changes})
    waiting = list(typed)
    process = subprocess.Popen(
        [sys.executable, "-m", "onionskin", *map(str, arguments)], stdin=slave, stdout=slave, stderr=slave,
        cwd=home, env=env, start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    output, sent, end = b"", False, time.monotonic() + 40
    try:
        while time.monotonic() < end:
            if not select.select([master], [], [], 0.2 if waiting else 1)[0]:
                if waiting and output.endswith(b"> "):
                    os.write(master, waiting.pop(0))
                    output += b"|"  # this prompt is answered
                continue
            try:
                part = os.read(master, 65536)
            except OSError:  # the other side is closed
                break
            if not part:
                break
            output += part
            if interrupt_at and not sent and interrupt_at in output:
                time.sleep(0.2)  # a prompt is written a moment before it is read from
                process.send_signal(signal.SIGINT)
                sent = True
        return process.wait(timeout=20), output.decode()
    finally:
        process.kill()
        process.wait()
        os.close(master)
