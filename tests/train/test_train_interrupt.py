"""Ctrl-C: the first is noted, the second stops at once, also within the block of a validation."""

import signal

import pytest

from onionskin.train.interrupt import Interrupt

pytestmark = pytest.mark.usefixtures("each_engine")


def press_twice(interrupt):
    """Press Ctrl-C twice; the first must only be noted."""
    signal.raise_signal(signal.SIGINT)
    assert interrupt.asked
    signal.raise_signal(signal.SIGINT)


def test_the_second_stops_at_once():
    before = signal.getsignal(signal.SIGINT)
    with Interrupt() as interrupt, pytest.raises(KeyboardInterrupt):
        press_twice(interrupt)
    assert signal.getsignal(signal.SIGINT) is before


def test_the_second_stops_at_once_in_a_block_within_a_block():
    before = signal.getsignal(signal.SIGINT)
    with Interrupt() as outer, Interrupt() as inner, pytest.raises(KeyboardInterrupt):
        press_twice(inner)
    assert not outer.asked
    assert signal.getsignal(signal.SIGINT) is before
