"""Tests of the small terminal that the pictures of the READMEs are drawn from."""

import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("rich")
pytest.importorskip("pty", reason="needs pseudo-terminals")

from rich.text import Text

from tools.make_pictures import COLUMNS, draw, rows_of, shortened


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("one\r\ntwo", ["one", "two"]),
        ("10 %\r100 %\r\n", ["100 %", ""]),  # written over
        ("longer\rab", ["abnger"]),
        ("busy\r\x1b[2Kdone", ["done"]),
        ("busy\r\n\x1b[?25h\r\x1b[1A\x1b[2K\r\nnext", ["", "next"]),  # up and erased, as a spinner ends
        ("abc\r\x1b[Kx", ["x"]),
        ("훈련\rab", ["ab련"]),  # a letter of two cells is covered by two
        ("\x1b[1mbold\x1b[0m plain", ["bold plain"]),
    ],
)
def test_rows_are_what_a_terminal_shows_in_the_end(written, shown):
    assert [row.plain for row in rows_of(written)] == shown


def test_styles_stay_with_their_letters():
    (row,) = rows_of("a\x1b[1;31mb\x1b[0mc")
    assert [(span.start, span.end, str(span.style)) for span in row.spans] == [(1, 2, "bold color(1)")]


def test_epochs_between_are_left_out_with_a_mark():
    rows = [Text(line) for line in ("head", "Epoch 1/4", "a", "Epoch 2/4", "b", "Epoch 3/4", "c", "Epoch 4/4", "d", "")]
    kept = [row.plain for row in shortened(rows)]
    assert kept == ["head", "Epoch 1/4", "a", "Epoch 2/4", "b", "[...]", "Epoch 4/4", "d"]


def test_a_sequence_that_is_not_known_stops_the_tool():
    with pytest.raises(SystemExit) as caught:
        rows_of("\x1b[3Bx")
    assert str(caught.value) == "the terminal of this tool does not know ESC[3B"


def test_a_row_that_would_be_cut_stops_the_tool(tmp_path):
    with pytest.raises(SystemExit) as caught:
        draw([Text("x" * (COLUMNS + 1))], "light", tmp_path / "wide.png")
    assert str(caught.value) == f"this row is wider than {COLUMNS} columns: {'x' * (COLUMNS + 1)}"


@pytest.mark.parametrize("style", ["light", "dark"])
def test_a_picture_is_drawn_in_the_colours_of_its_style(style, tmp_path):
    from PIL import Image

    from onionskin.plot.theme import THEMES

    draw(rows_of("\x1b[38;2;0;0;0;48;2;255;215;0m  Aa  \x1b[0m gold"), style, tmp_path / "one.png")
    picture = Image.open(tmp_path / "one.png").convert("RGB")
    assert picture.width == 1600
    assert "#{:02x}{:02x}{:02x}".format(*picture.getpixel((0, 0))) == THEMES[style].background
    assert (255, 215, 0) in {color for _, color in picture.getcolors(1 << 20)}
