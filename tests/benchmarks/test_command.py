"""Tests of the command on small races: table, JSON, chart, exit status, and its answers to bad arguments."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from benchmarks import chart, machine, peers, report
from benchmarks.agreement import Score, Tolerance
from benchmarks.case import Case, Probe, Race, Value
from benchmarks.cases import CASES
from benchmarks.command import main
from benchmarks.timing import Rival
from onionskin.base.errors import DataError

SAME = Score(0.97, 0.2)


def race(other=SAME, **settings):
    def rivals(chosen):
        return [
            Rival("onionskin", f"onionskin {chosen.engines[0]}", lambda: 0.002, outcome=lambda: SAME),
            *(Rival(key, key, lambda: 0.01, units=2, outcome=lambda: other) for key in chosen.peers),
        ]

    given = {"targets": {"numpy": 3.0}, "tolerance": Tolerance(accuracy=0.01), "limit": 0.001, **settings}
    return Race("X", "a race", "some work", "step", 3, rivals, **given)


@pytest.fixture
def cases(monkeypatch):
    """Return a function that leaves these parts as the only case."""

    def give(*parts):
        monkeypatch.setattr("benchmarks.command.CASES", {"X": Case("X", "made", lambda: list(parts))})

    return give


def run(*arguments):
    return main(["--engines", "reference", "--peers", "numpy", *arguments])


def test_table_and_figures(cases, capsys, tmp_path):
    cases(race(notes=("what is counted",)), Probe("Y", "memory", lambda *_: [Value("peak", 1.5, "1.50 x: much", 1.3)]))
    assert run("--rounds", "2", "--json", str(tmp_path / "f.json")) == 0
    printed = capsys.readouterr().out
    lines = [line.split() for line in printed.splitlines()]
    ours, other = (next(line for line in lines if line[:1] == [name]) for name in ("onionskin", "numpy"))
    assert " ".join(ours) == "onionskin reference 2.00 ms 2.00 ms – 2.00 ms ≤ 1.00 ms MISSED"
    assert " ".join(other) == "numpy 5.00 ms 5.00 ms – 5.00 ms 2.50 x ≥ 3 x MISSED"
    assert "agreed: accuracies within 0.0000 (0.01 allowed), ours has accuracy 0.9700" in printed
    assert "   what is counted" in printed
    assert "   peak: 1.50 x: much (must be ≤ 1.3 x: MISSED)" in printed
    assert (
        "Targets reached: 0 of 3.\n   missed: X: 2.00 ms (≤ 1.00 ms)\n   missed: X: numpy 2.50 x (≥ 3 x)\n" in printed
    )
    assert max(map(len, printed.splitlines()[2:])) <= report.WIDTH
    stored = json.loads((tmp_path / "f.json").read_text(encoding="utf-8"))
    row = stored["parts"][0]["rows"][1]
    assert (row["median"], row["ratio"], row["target"], row["reached"]) == (0.005, 2.5, 3.0, False)
    assert row["seconds"] == [0.005, 0.005]
    assert stored["machine"]["versions"]["numpy"] == np.__version__
    assert stored["parts"][1]["values"][0]["reached"] is False


def test_the_table_is_printed_again_from_the_file(cases, capsys, tmp_path):
    cases(race())
    path = str(tmp_path / "f.json")
    run("--json", path)
    printed = capsys.readouterr().out
    assert report.main([path]) == 0
    assert capsys.readouterr().out == printed
    assert report.main([]) == 2


def test_a_planted_disagreement_fails_with_the_numbers(cases, capsys):
    cases(race(other=Score(0.5, 0.2)))
    assert run() == 1
    printed = capsys.readouterr()
    words = "rivals do not reach the same accuracy (tolerance 0.01): onionskin reference 0.97, numpy 0.5"
    assert f"DISAGREEMENT: {words}" in " ".join(printed.out.split())
    assert printed.err == f"X: {words}\n"


def test_shares_of_the_work_are_compared_with_what_is_expected_after_as_many_steps(cases, capsys):
    after = {1.0: Score(0.97, 0.2), 2.0: Score(0.6, 0.2)}
    cases(race(other=Score(0.6, 0.2), expected=after.get))
    assert run() == 0
    cases(race(other=Score(0.97, 0.2), expected=after.get))
    assert run() == 1
    assert capsys.readouterr().err == (
        "X: after 2 steps: rivals do not reach the same accuracy (tolerance 0.01): numpy 0.97, expected 0.6\n"
    )


def test_a_part_that_fails_does_not_stop_the_others(cases, capsys):
    def broken(chosen, rounds):
        raise DataError("the file is not there.")

    cases(race(), Probe("Y", "memory", broken))
    assert run() == 1
    printed = capsys.readouterr()
    assert "NOT MEASURED: DataError: the file is not there." in printed.out
    assert "2.50 x" in printed.out
    assert "Y: DataError: the file is not there." in printed.err


def test_another_engine_of_ours_has_no_target(cases, capsys):
    def rivals(chosen):
        return [Rival("onionskin", name, lambda: 0.0001) for name in ("first", "second")]

    cases(Race("X", "a race", "some work", "step", 1, rivals, limit=1.0))
    run()
    assert "Targets reached: 1 of 1." in capsys.readouterr().out


def test_a_missing_peer_is_skipped_with_a_line(cases, capsys, monkeypatch):
    monkeypatch.setitem(peers.PEERS, "torch", ("pytorch", "no_such_library", "PyTorch"))
    cases(race())
    assert main(["--engines", "reference", "--peers", "numpy,torch"]) == 0
    printed = capsys.readouterr().out
    assert "torch is skipped: PyTorch is not installed\n" in printed
    assert [line.split()[0] for line in printed.splitlines() if " ms – " in line] == ["onionskin", "numpy"]


BAD = [
    (["--cases", "Z"], "argument --cases: there is no 'Z'; there are X"),
    (["--peers", "caffe"], "argument --peers: there is no 'caffe'; there are numpy, torch, jax, keras, sklearn"),
    (["--engines", "gpu"], "argument --engines: there is no 'gpu'; there are native, reference, auto"),
    (["--cases", ","], "no engine, or no case, is named"),
    (["--rounds", "0"], "argument --rounds: '0' is no whole number from 1 up"),
    (["--rounds", "two"], "argument --rounds: 'two' is no whole number from 1 up"),
    (["--json", "no/such/folder/f.json"], "argument --json: 'no/such/folder/f.json' is a folder or lies in none"),
    (["--chart", "f.pdf"], "argument --chart: 'f.pdf' ends neither in .svg nor in .png"),
]


@pytest.mark.parametrize(("arguments", "words"), BAD)
def test_bad_arguments(cases, capsys, arguments, words):
    cases(race())
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"python -m benchmarks: error: {words}"


def test_a_chart_needs_its_library_before_anything_is_measured(cases, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    cases(race())
    with pytest.raises(SystemExit):
        run("--chart", "c.svg")
    said = capsys.readouterr()
    assert said.out == ""
    assert "matplotlib" in said.err


def test_every_case_of_the_table_is_there():
    assert list(CASES) == ["F", "S", "K", "T", "P1", "PB", "W", "N", "M"]


@pytest.mark.parametrize("case", ["T", "P1"])
def test_cases_that_need_no_files_run(case, capsys, monkeypatch):
    monkeypatch.setattr("benchmarks.timing.CALL_SECONDS", 0.001)
    assert run("--cases", case, "--rounds", "1") == 0
    assert "agreed: " in capsys.readouterr().out


def test_chart(cases, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    cases(race(), race(chart=False))
    stored, picture = tmp_path / "f.json", tmp_path / "c.svg"
    assert run("--json", str(stored), "--chart", str(picture)) == 0
    drawn = picture.read_text(encoding="utf-8")
    again, dark = tmp_path / "again.svg", tmp_path / "dark.svg"
    assert chart.main([str(stored), str(again)]) == 0
    assert again.read_text(encoding="utf-8") == drawn
    assert chart.main([str(stored), str(dark), "--style", "dark"]) == 0
    assert "#16181d" in dark.read_text(encoding="utf-8")


def test_the_chart_shows_what_it_is_told_to_in_two_columns():
    one = {"kind": "race", "chart": True, "rows": [1, 2, 3]}
    result = {
        "parts": [one, {**one, "chart": False}, {**one, "rows": [1]}, {"kind": "probe"}, one, {"kind": "failure"}]
    }
    assert chart.panels(result) == [one, one]
    assert chart.columns([one, one, one]) == [[one, one], [one]]
    assert chart.columns([one]) == [[one]]


def test_bad_arguments_of_the_chart(tmp_path, capsys):
    stored = tmp_path / "f.json"
    stored.write_text('{"parts": []}', encoding="utf-8")
    for arguments, words in [
        ([str(stored), "c.pdf"], "'c.pdf' ends neither in .svg nor in .png"),
        ([str(stored), "c.svg"], "there is no race with rivals to draw"),
    ]:
        with pytest.raises(SystemExit):
            chart.main(arguments)
        assert capsys.readouterr().err.splitlines()[-1] == f"python -m benchmarks.chart: error: {words}"


def test_the_machine_is_described_without_names_of_its_own(tmp_path):
    path = tmp_path / "cpuinfo"
    path.write_text("processor : 0\nmodel name\t: A Fine Processor\n", encoding="utf-8")
    assert machine.processor(str(path)) == "A Fine Processor"
    assert machine.processor(str(tmp_path / "none"))
    found = machine.facts(("reference",), {})
    assert set(found) == {"processor", "architecture", "cores", "system", "python", "versions", "engines"}


@pytest.mark.parametrize(
    ("value", "text"), [(9.9996e-4, "1.00 ms"), (1.5, "1.50 s"), (6e-8, "60.0 ns"), (0.0123, "12.3 ms"), (0.0, "0 s")]
)
def test_times_have_three_digits(value, text):
    assert report.seconds(value) == text
