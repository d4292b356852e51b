"""Ctrl-C: the first is noted, the second stops at once, also within the block of a validation."""

import signal

import pytest

from onionskin.train.interrupt import Interrupt


def test_the_second_stops_at_once():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), Interrupt() as interrupt:
        signal.raise_signal(signal.SIGINT)
        assert interrupt.asked
        signal.raise_signal(signal.SIGINT)
        pytest.fail("the second was only noted")
    assert signal.getsignal(signal.SIGINT) is before


def test_the_second_stops_at_once_in_a_block_within_a_block():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), Interrupt() as outer, Interrupt() as inner:
        signal.raise_signal(signal.SIGINT)
        assert (outer.asked, inner.asked) == (False, True)
        signal.raise_signal(signal.SIGINT)
        pytest.fail("the second was only noted")
    assert signal.getsignal(signal.SIGINT) is before
