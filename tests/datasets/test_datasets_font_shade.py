"""Light or dark font: the rule against a plain-float oracle and published contrasts, colours, the CSV of the source."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onionskin.base.errors import ArgumentError, DataError, DTypeError
from onionskin.datasets import font_shade
from onionskin.datasets.css_colors import CSS_COLORS

channel = st.integers(0, 255)
colors = st.tuples(channel, channel, channel)


def luminance(color: tuple[int, int, int]) -> float:
    """WCAG 2.2's definition, word for word, one channel at a time."""
    total = 0.0
    for weight, value in zip((0.2126, 0.7152, 0.0722), color, strict=True):
        c = value / 255
        total += weight * (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
    return total


def contrast(a: tuple[int, int, int], b: tuple[int, int, int]) -> float:
    lighter, darker = sorted((luminance(a), luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@given(colors, colors)
def test_rule_against_plain_floats(a: tuple[int, int, int], b: tuple[int, int, int]) -> None:
    np.testing.assert_allclose(font_shade.relative_luminance(a), luminance(a), rtol=1e-14)
    np.testing.assert_allclose(font_shade.contrast_ratio(a, b), contrast(a, b), rtol=1e-14)
    dark = contrast((0, 0, 0), a) >= contrast((255, 255, 255), a)
    np.testing.assert_array_equal(font_shade.dark_font(a), int(dark))


@pytest.mark.parametrize(
    ("a", "b", "published"),
    [
        ("black", "white", 21.0),
        ("#777", "white", 4.48),
        ("#767676", "white", 4.54),
        ("#fff", "#fff", 1.0),
    ],
)
def test_published_contrasts(a: str, b: str, published: float) -> None:
    ratio = font_shade.contrast_ratio(font_shade.parse_color(a), font_shade.parse_color(b))
    np.testing.assert_allclose(np.round(ratio, 2), published, rtol=1e-12)


def test_shapes_broadcast() -> None:
    assert font_shade.contrast_ratio(np.zeros((4, 1, 3)), np.zeros((5, 3))).shape == (4, 5)


@pytest.mark.parametrize(
    ("rgb", "words"),
    [
        (
            [1, 2],
            (
                "rgb: these are no colours.\n"
                "  expected: numbers of shape (…, 3): red, green, blue\n"
                "  given:    int64 of shape (2,)"
            ),
        ),
        (
            5,
            (
                "rgb: these are no colours.\n"
                "  expected: numbers of shape (…, 3): red, green, blue\n"
                "  given:    int64 of shape ()"
            ),
        ),
        (
            ["a", "b", "c"],
            (
                "rgb: these are no colours.\n"
                "  expected: numbers of shape (…, 3): red, green, blue\n"
                "  given:    <U1 of shape (3,)"
            ),
        ),
        ([0, 0, 256], "rgb: a colour channel is out of range.\n  expected: 0 to 255\n  given:    0 to 256"),
        ([-1, 0, 0], "rgb: a colour channel is out of range.\n  expected: 0 to 255\n  given:    -1 to 0"),
        (
            [0.0, np.nan, 0.0],
            "rgb: a colour channel is out of range.\n  expected: 0 to 255\n  given:    a value that is not finite",
        ),
    ],
)
def test_wrong_colors(rgb: object, words: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        font_shade.relative_luminance(rgb)  # type: ignore[arg-type]
    assert str(caught.value) == words


def test_css_table() -> None:
    assert len(CSS_COLORS) == 148
    assert len(set(CSS_COLORS.values())) == 139
    spots = {
        "aliceblue": "#f0f8ff",
        "rebeccapurple": "#663399",
        "tomato": "#ff6347",
        "lime": "#00ff00",
        "green": "#008000",
        "darkgrey": "#a9a9a9",
        "gray": "#808080",
        "yellowgreen": "#9acd32",
    }
    assert {name: CSS_COLORS[name] for name in spots} == spots


def test_css_table_against_matplotlib() -> None:
    theirs = pytest.importorskip("matplotlib.colors").CSS4_COLORS
    assert {name: code.lower() for name, code in theirs.items()} == CSS_COLORS


@given(colors, st.sampled_from(["", " ", "  "]))
def test_typed_numbers_and_hex(color: tuple[int, int, int], space: str) -> None:
    assert font_shade.parse_color(f"{space},".join(map(str, color)) + space) == color
    code = "#{:02x}{:02x}{:02x}".format(*color)
    assert font_shade.parse_color(code) == font_shade.parse_color(f" {code.upper()} ") == color


def test_short_hex_and_names() -> None:
    assert font_shade.parse_color("#f80") == (255, 136, 0)
    assert font_shade.parse_color(" DarkOrange ") == (255, 140, 0)


@pytest.mark.parametrize(
    "text", ["", "1,2", "1,2,3,4", "1;2;3", "#12", "#12345", "ffffff", "1.5,2,3", "-1,0,0", "٣,٣,٣", "#ggg"]
)
def test_text_that_is_no_color(text: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        font_shade.parse_color(text)
    words = str(caught.value).partition("\n  to fix")[0]
    assert words == (
        "parse_color: this is no colour.\n"
        "  expected: R,G,B with 0 to 255, #rrggbb, #rgb, rgb(R, G, B), or a CSS colour name\n"
        f"  given:    {text!r}"
    )


def test_near_name_is_suggested() -> None:
    with pytest.raises(ArgumentError) as caught:
        font_shade.parse_color("Oragne")
    assert str(caught.value) == (
        "parse_color: this is no colour.\n"
        "  expected: R,G,B with 0 to 255, #rrggbb, #rgb, rgb(R, G, B), or a CSS colour name\n"
        "  given:    'Oragne'\n"
        "  to fix:   did you mean 'orange'?"
    )


def test_typed_channel_out_of_range() -> None:
    with pytest.raises(ArgumentError) as caught:
        font_shade.parse_color("0,256,0")
    assert str(caught.value) == (
        "parse_color: a colour channel is out of range.\n  expected: 0 to 255\n  given:    '0,256,0'"
    )


def test_color_that_is_no_text() -> None:
    with pytest.raises(DTypeError) as caught:
        font_shade.parse_color((1, 2, 3))  # type: ignore[arg-type]
    assert str(caught.value) == "parse_color: a colour is read from text.\n  given:    tuple"


def test_made_data() -> None:
    (x_train, y_train), (x_test, y_test) = font_shade.load_data()
    assert (x_train.shape, x_test.shape) == ((896, 3), (449, 3))
    assert (x_train.dtype, y_train.dtype) == (np.float32, np.int64)
    x, y = np.concatenate([x_train, x_test]), np.concatenate([y_train, y_test])
    assert len(np.unique(x, axis=0)) == 1345
    rows = [tuple(int(value) for value in row) for row in x]
    oracle = [int(contrast((0, 0, 0), row) >= contrast((255, 255, 255), row)) for row in rows]
    np.testing.assert_array_equal(y, oracle)
    assert {tuple(bytes.fromhex(code[1:])) for code in CSS_COLORS.values()} <= set(rows)
    assert 0.3 < y_train.mean() < 0.8 and 0.3 < y_test.mean() < 0.8, (y_train.mean(), y_test.mean())


def test_drawn_colors_fill_the_cube_evenly() -> None:
    colors, _ = font_shade.make_table(30_000, seed=4)
    np.testing.assert_allclose(colors[139:].mean(axis=0), 127.5, atol=2)  # standard error 0.43
    np.testing.assert_allclose(colors[139:].std(axis=0), 73.9, atol=1.5)


def test_seed() -> None:
    first, again, other = (font_shade.load_data(samples=50, seed=seed) for seed in (7, 7, 8))
    for one, two, three in zip(first[0] + first[1], again[0] + again[1], other[0] + other[1], strict=True):
        np.testing.assert_array_equal(one, two)
        assert not np.array_equal(one, three)


def test_normalized() -> None:
    (raw, _), _ = font_shade.load_data(samples=20)
    (scaled, _), _ = font_shade.load_data(samples=20, normalize=True)
    np.testing.assert_array_equal(scaled, raw / np.float32(255))
    assert scaled.dtype == np.float32 and scaled.max() == 1


@pytest.mark.parametrize("samples", [-1, 1_000_001])
def test_samples_out_of_range(samples: int) -> None:
    with pytest.raises(ArgumentError) as caught:
        font_shade.load_data(samples=samples)
    assert str(caught.value) == (
        f"samples: this many colours cannot be drawn.\n  expected: 0 to 1,000,000\n  given:    {samples:,}"
    )


def test_no_drawn_colors_at_all() -> None:
    colors, labels = font_shade.make_table(0)
    assert colors.shape == (139, 3) and labels.shape == (139,)


def test_many_colors_are_all_different() -> None:
    colors, _ = font_shade.make_table(400_000, seed=1)
    assert len(np.unique(colors @ np.array([65536, 256, 1]))) == 400_139


def test_source_file(real_data: Path) -> None:
    path = font_shade.csv_path()
    assert path == real_data / "font_shade/light_dark_font_training_set.csv"
    colors, labels = font_shade.read_table(path)
    lines = path.read_text().splitlines()
    assert colors.shape == (1345, 3) == (len(lines) - 1, 3)
    np.testing.assert_array_equal(
        np.column_stack([colors, labels]), [list(map(int, row.split(","))) for row in lines[1:]]
    )
    (x_train, y_train), (x_test, y_test) = font_shade.load_data(path, seed=3)
    assert (x_train.shape, y_train.shape, x_test.shape, y_test.shape) == ((896, 3), (896,), (449, 3), (449,))
    both = np.column_stack([np.concatenate([x_train, x_test]), np.concatenate([y_train, y_test])]).astype(int)
    assert sorted(map(tuple, both)) == sorted(map(tuple, np.column_stack([colors, labels])))


def test_no_source_file(cache: Path) -> None:
    assert font_shade.csv_path() is None


def test_source_file_in_the_cache(cache: Path) -> None:
    path = cache / "font_shade" / "light_dark_font_training_set.csv"
    path.parent.mkdir(parents=True)
    path.write_text("RED,GREEN,BLUE,LIGHT_OR_DARK_FONT_IND\n0,0,0,0\n255,255,255,1\n1,2,3,0\n")
    assert font_shade.csv_path() == path
    (x_train, _), (x_test, _) = font_shade.load_data(path)
    assert x_train.shape == (2, 3) and x_test.shape == (1, 3)


@pytest.mark.parametrize(
    ("row", "column", "expected", "shown"),
    [
        ("256,0,0,0", "RED", "0 to 255", "256"),
        ("0,0.5,0,0", "GREEN", "0 to 255", "0.5"),
        ("0,0,0,2", "LIGHT_OR_DARK_FONT_IND", "0 to 1", "2"),
    ],
)
def test_wrong_cells(tmp_path: Path, row: str, column: str, expected: str, shown: str) -> None:
    path = tmp_path / "f.csv"
    path.write_text(f"RED,GREEN,BLUE,LIGHT_OR_DARK_FONT_IND\n1,1,1,1\n{row}\n")
    with pytest.raises(DataError) as caught:
        font_shade.load_data(path)
    assert str(caught.value) == (
        f"{path}, row 3, column '{column}': this cell is out of range.\n"
        f"  expected: a whole number from {expected}\n"
        f"  given:    {shown}\n"
        "  to fix:   correct it (1 such cell(s) in this column)"
    )


@given(colors, st.sampled_from([" ", ", ", ","]))
def test_the_function_of_css_and_wide_letters_are_read(color: tuple[int, int, int], between: str) -> None:
    assert font_shade.parse_color(f"rgb({between.join(map(str, color))})") == color
    wide = ",".join(map(str, color)).translate({ord(one): ord(one) + 0xFEE0 for one in "0123456789,"})
    assert font_shade.parse_color(wide) == color


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("1,2", "give three numbers, not 2"),
        ("1 2 3 4", "give three numbers, not 4"),
        ("rgb(1,2)", "give three numbers, not 2"),
        ("-1,0,0", "give whole numbers from 0 to 255"),
        ("1.5, 2, 3", "give whole numbers from 0 to 255"),
        ("#12345", "write 3 or 6 hexadecimal digits after #"),
        ("ffc800", "did you mean '#ffc800'?"),
        ("golde", "did you mean 'gold'?"),
        ("빨강", None),
        ("", None),
        ("\x1b[2J\0", None),
        ("9" * 5000, None),
        ("," * 5000, None),
        ("gold" * 100_000, None),
    ],
)
def test_what_is_wrong_with_a_colour_is_said(text: str, fix: str | None) -> None:
    with pytest.raises(ArgumentError) as caught:
        font_shade.parse_color(text)
    assert (caught.value.what, caught.value.fix) == ("this is no colour.", fix)
    assert len(str(caught.value.given)) <= 70


def test_a_table_that_is_not_there_says_where_it_is_looked_for():
    with pytest.raises(DataError) as error:
        font_shade.read_table(None)
    assert str(error.value) == (
        "font_shade.read_table(path): there is no file of background colours.\n"
        "  expected: a CSV file, or the http(s) address of one\n"
        "  to fix:   put it at font_shade/light_dark_font_training_set.csv in the folder that ONIONSKIN_DATA names"
    )
