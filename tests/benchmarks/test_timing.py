"""Tests of how rivals are timed: their order, units, repeats and ratios; nothing is asserted about speed."""

from __future__ import annotations

import pytest

from benchmarks.timing import ENOUGH, Rival, Timing, interleaved, once, ratio


def rival(name, log, seconds=0.5, **settings):
    def run():
        log.append(name)
        return seconds

    return Rival(name, name, run, **settings)


def test_rivals_run_in_turn_after_a_round_that_does_not_count():
    log: list[str] = []
    timings = interleaved([rival("a", log, 0.5, units=10), rival("b", log, 2.0)], 3)
    assert log == ["a", "b"] * 4
    assert [timing.seconds for timing in timings] == [(0.05,) * 3, (2.0,) * 3]
    assert [timing.first for timing in timings] == [0.5, 2.0]


def test_without_a_warm_round_every_run_counts():
    log: list[str] = []
    [timing] = interleaved([rival("a", log)], 2, warm=False)
    assert log == ["a", "a"]
    assert timing.first is None
    assert timing.pause is None


def test_no_new_round_begins_after_the_budget_once_there_are_enough():
    log: list[str] = []
    [timing] = interleaved([rival("a", log)], 9, budget=0.0)
    assert len(timing.seconds) == ENOUGH
    [timing] = interleaved([rival("a", log)], 2, budget=0.0)
    assert len(timing.seconds) == 2


def test_each_run_is_prepared_outside_the_time():
    log: list[str] = []
    interleaved([rival("run", log, prepare=lambda: log.append("prepare"))], 2)
    assert log == ["prepare", "run"] * 3


def test_a_short_call_is_repeated_and_its_time_is_that_of_one(monkeypatch):
    monkeypatch.setattr("benchmarks.timing.CALL_SECONDS", 0.002)
    calls = []
    [timing] = interleaved([Rival("a", "a", lambda: calls.append(0), repeat=True)], 2)
    assert len(calls) > 100
    assert 0 < timing.median < 0.001
    assert timing.rival.units == 1


def test_a_run_that_measures_itself_is_believed():
    assert once(Rival("a", "a", lambda: 42.0)) == 42.0


def test_the_first_runs_pause_is_what_it_took_beyond_a_later_run():
    of = Rival("a", "a", print, units=4)
    assert Timing(of, (0.5, 0.5, 9.0), first=5.0).pause == 3.0
    assert Timing(of, (0.5,), first=1.0).pause == 0.0


def test_median_spread_and_ratio():
    of = Rival("a", "a", print)
    ours, other = Timing(of, (1.0, 2.0, 4.0)), Timing(of, (3.0, 4.0, 40.0))
    assert ours.median == 2.0
    assert ours.spread == (1.0, 4.0)
    assert ratio(other, ours) == 3.0  # of 3, 2 and 10


def test_a_fault_of_a_rival_is_not_hidden():
    def broken():
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        interleaved([Rival("a", "a", broken)], 1)
