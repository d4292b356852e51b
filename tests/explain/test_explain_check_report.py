"""How the result of a gradient check is shown: at 80 columns, in English and Korean, as text and HTML."""

import re
import sys

import numpy as np
import pytest

from onionskin import ops
from onionskin.base.errors import UnknownNameError
from onionskin.explain import GradientCheck, GradientRow, gradient_check
from onionskin.explain.checking.report import Suspect
from onionskin.explain.checking.words import WORDS
from onionskin.explain.columns import width, wrapped

ROWS = (
    GradientRow("w", (3, 2), 6, (2, 1), 0.125, 0.125, 2e-9, 0, 3e-7, "ok"),
    GradientRow("model/a_layer_of_a_long_name_1/kernel", (784, 50), 64, (783, 49), 12.0, 6.0, 0.5, 1, 3e-7, "wrong"),
    GradientRow("net/b", (2,), 2, (0,), 0.0, 0.5, 1.0, 2, 3e-7, "kink"),
    GradientRow("idle", (2,), 0, (), 0.0, 0.0, 0.0, 0, None, "not used"),
    GradientRow("far", (), 1, (), np.inf, np.nan, np.inf, 0, 3e-7, "not finite"),
    GradientRow("narrow", (1,), 1, (0,), 1.0, 1.0, 1e-9, 0, 0.25, "imprecise"),
)
RESULT = GradientCheck(
    "net", ROWS, "native", 1e-5, 1e-6, ("float32", "float64"), (8, 4), (Suspect("cube", 0, 0.5, 0.25),)
)


def test_the_table_reads_in_english():
    lines = str(RESULT).splitlines()
    assert lines[:3] == [
        "Gradient check of net: failed",
        "native engine's gradient in float64 against central differences, step 1e-05",
        "",
    ]
    assert lines[3].split() == ["worst", "at", "checked", "engine", "numeric", "error", "verdict"]
    assert lines[4].split() == ["w[2,1]", "all", "6", "1.250e-01", "1.250e-01", "2e-09", "ok"]
    assert lines[5].split() == ["model/a…ame_1/kernel[783,49]", "64/39,200", "1.200e+01", "6.000e+00", "5e-01", "WRONG"]
    assert lines[6].split() == ["b[0]", "all", "2", "-", "-", "-", "kink"]
    assert lines[7].split() == ["idle", "0/2", "-", "-", "-", "not", "used"]
    assert lines[8].split() == ["far", "all", "1", "inf", "nan", "inf", "NOT", "FINITE"]
    assert lines[9].split()[-1] == "IMPRECISE"
    assert " ".join(lines[11:]) == (
        "The result, of shape (8, 4), is summed with random weights to one number. "
        "3 elements lie at a kink, where there is no derivative (such as ReLU at 0): not counted. "
        "float32: the gradient that training uses differs from the float64 one by 2.5e-01 at most. "
        "The derivative of the primitive 'cube' by its input 0 is wrong: 0.5, not 0.25."
    )


@pytest.mark.parametrize("language", sorted(WORDS))
def test_no_line_is_wider_than_a_terminal(language):
    for line in str(RESULT.translated(language)).splitlines():
        assert width(line) <= 80, line


def test_columns_are_aligned_in_both_languages():
    for language in WORDS:
        lines = str(RESULT.translated(language)).splitlines()[3:10]
        words = WORDS[language]
        starts = {width(line[: line.rindex(words[row.verdict])])
                  for line, row in zip(lines[1:], ROWS, strict=True)}  # fmt: skip
        assert len(starts) == 1, lines


def test_both_languages_have_the_same_words_with_the_same_fields():
    assert WORDS["en"].keys() == WORDS["ko"].keys()
    for key, text in WORDS["en"].items():
        assert sorted(re.findall(r"{\w+", text)) == sorted(re.findall(r"{\w+", WORDS["ko"][key])), key


def test_korean_is_korean():
    text = str(RESULT.translated("ko"))
    assert text.splitlines()[0] == "net의 기울기 검사: 실패"
    for word in ("맞음", "틀림", "꺾임", "안 쓰임", "부정확", "프리미티브 'cube'의 입력 0에 대한 미분이 틀렸다"):
        assert word in text
    assert str(gradient_check(lambda x: x * x, np.float64(1.0), language="ko")).startswith(
        "<lambda>의 기울기 검사: 통과"
    )
    with pytest.raises(UnknownNameError):
        RESULT.translated("fr")


def test_html_escapes_what_users_named():
    shown = gradient_check(lambda x: x * x, np.float64(1.0))._repr_html_()
    assert "&lt;lambda&gt;" in shown
    assert "<lambda>" not in shown
    assert RESULT._repr_html_().count("<tr>") == 1 + len(ROWS)
    assert RESULT._repr_html_().count("#b00020") == 3


def test_short_forms():
    assert repr(RESULT) == (
        "<GradientCheck of net: failed at far, largest error inf>"
    )  # fmt: skip
    good = gradient_check(lambda x: ops.sum(x * x), np.array([1.0, 2.0]))
    assert re.fullmatch(r"<GradientCheck of <lambda>: passed, largest error \d\.\de-\d\d>", repr(good))
    assert RESULT.worst.name == "far"
    assert (ROWS[0].size, ROWS[0].label, ROWS[3].label) == (6, "w[2,1]", "idle")


def test_print_is_plain_in_a_file_and_coloured_in_a_terminal(capsys, monkeypatch):
    RESULT.print()
    assert capsys.readouterr().out == str(RESULT) + "\n"
    pytest.importorskip("rich")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    RESULT.print()
    out = capsys.readouterr().out
    assert re.sub(r"\x1b\[[\d;]*m", "", out).rstrip("\n") == str(RESULT)
    assert "\x1b[1;31mWRONG" in out
    assert "\x1b[32mok" in out


def test_what_is_wrong_without_a_suspect_says_where_to_look():
    rows = (GradientRow("w", (), 1, (), 1.0, 2.0, 0.5, 0, None, "wrong"),)
    lost = GradientCheck("net", rows, "native", 1e-5, 1e-6, ("float64",))
    assert str(lost).endswith(
        "Each primitive's own derivative is right; look at stop_gradient, casts and\nassignments on the way."
    )


def test_folding_counts_korean_letters_twice():
    assert wrapped("가나다 라마바 사", 13) == ["가나다 라마바", "사"]
    assert wrapped("", 10) == []
