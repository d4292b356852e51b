"""What is printed about tensors, operations and broadcasting: 80 columns, both languages, HTML, and its numbers."""

from __future__ import annotations

import textwrap
from string import Formatter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes

from onionskin import explain
from onionskin.base.errors import ShapeError
from onionskin.explain.columns import width
from onionskin.explain.pages import Code, Heading, Page, Table
from onionskin.explain.tensors.words import WORDS, size_text, time_text

PAGES = {
    "digits": lambda **s: explain.describe_tensor(np.zeros((60000, 28, 28), "uint8"), name="train_images", **s),
    "clips": lambda **s: explain.describe_tensor(np.zeros((2, 3, 4, 5, 3)), **s),
    "scalar": lambda **s: explain.describe_tensor(3.5, **s),
    "seven axes": lambda **s: explain.describe_tensor(np.zeros((1,) * 7), **s),
    "empty": lambda **s: explain.describe_tensor(np.zeros((0, 3)), **s),
    "complex": lambda **s: explain.describe_tensor([1j], **s),
    "stated kind": lambda **s: explain.describe_tensor(np.zeros((5, 9, 9)), kind="sequences", **s),
    "kinds": lambda **s: explain.data_kinds(**s),
    "side by side": lambda **s: explain.side_by_side("dot", np.ones((3, 4)), np.ones((4, 2)), repeat=1, **s),
    "all operations": lambda **s: explain.compare_operations(4, repeat=1, **s),
    "broadcasting": lambda **s: explain.broadcasting(np.ones((3, 1)), np.ones(4), **s),
    "shapes": lambda **s: explain.broadcasting((64, 1, 32), (1, 32), **s),
    "no fit": lambda **s: explain.broadcasting((32, 10), (32,), **s),
    "map": lambda **s: explain.affine([[1.25, -2.5], [3.125, 4]], [0.5, -0.25], relu=True, **s),
}
both = pytest.mark.parametrize("language", ["en", "ko"])


@both
@pytest.mark.parametrize("name", PAGES)
def test_pages_fit_80_columns_and_say_the_same_in_html(name, language):
    import html

    page = PAGES[name](language=language)
    assert isinstance(page, Page)
    text = str(page)
    wide = [line for line in text.split("\n") if width(line) > 80]
    assert wide == []
    assert text == text.rstrip() and "\n\n\n" not in text
    markup = html.unescape(page._repr_html_())
    for block in page.blocks():
        if isinstance(block, Heading | Code):
            assert block.text in markup
        if isinstance(block, Table):
            assert markup.count("<tr>") >= len(block.rows) + 1


def test_markup_in_a_name_stays_text():
    page = explain.describe_tensor(np.zeros((3, 3)), name="<b>x</b>")
    assert "<b>" not in page._repr_html_() and "&lt;b&gt;x&lt;/b&gt;[0:3]" in page._repr_html_()


def test_rich_prints_the_same_text():
    from io import StringIO

    from rich.console import Console

    page = PAGES["digits"]()
    out = StringIO()
    Console(file=out, width=80, force_terminal=False).print(page)
    assert out.getvalue().rstrip("\n") == str(page)


def test_both_languages_have_all_words_with_the_same_places():
    def places(text):
        return sorted(field for _, field, _, _ in Formatter().parse(text) if field is not None)

    assert {k: places(v) for k, v in WORDS["ko"].items()} == {k: places(v) for k, v in WORDS["en"].items()}
    latin = [k for k, text in WORDS["ko"].items() if not any("가" <= letter <= "힣" for letter in text)]
    assert latin == ["side by side", "range of", "first", "second"]


def test_a_page_in_korean():
    assert (
        str(explain.describe_tensor(np.zeros((3, 10)), language="ko"))
        == textwrap.dedent(
            """\
        랭크 2 텐서
          속성             값
          ───────────────  ────────────────────
          랭크(축의 개수)  2
          크기(shape)      (3, 10)
          자료형           float64
          원소 수          30
          메모리           240 B
          보폭(strides)    축마다 80, 8바이트씩
          값의 범위        0 ~ 0
        추정한 데이터 종류: 벡터 데이터 (표본, 특성).
          축  크기  의미
          ──  ────  ────
           0     3  표본
           1    10  특성

        슬라이스
          슬라이스  크기(shape)
          ────────  ───────────
          x[2]      (10,)
          x[0:3]    (3, 10)
          x[:, 0]   (3,)

        배치
        표본 3개가 크기 128의 배치 하나에 모두 들어갑니다.
        """
        ).rstrip()
    )


@pytest.mark.parametrize(
    ("shape", "dtype", "kind"),
    [
        ((10, 28, 28), "uint8", "grey images"),
        ((10, 28, 28), "float32", "grey images"),  # square
        ((10, 28, 30), "float32", "sequences"),
        ((10, 3, 3), "float32", "sequences"),  # too small to be pictures
        ((10, 3, 3, 3), "float32", "images"),
        ((1,) * 6, "float32", "tensor of"),
    ],
)
def test_kinds_are_guessed_and_said_to_be_guesses(shape, dtype, kind):
    shown = explain.describe_tensor(np.zeros(shape, dtype))
    assert shown.kind == kind and shown.guessed
    assert "It looks like " in str(shown)


def test_a_stated_kind_is_not_called_a_guess():
    shown = PAGES["stated kind"]()
    assert "Taken as sequences (samples, timesteps, features)." in str(shown)
    assert shown.axes == ("samples", "timesteps", "features")


@given(mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=4))
def test_broadcasting_agrees_with_numpy(shapes):
    a, b = (tuple(int(size) for size in shape) for shape in shapes.input_shapes)
    shown = explain.broadcasting(a, b)
    assert shown.shape == np.broadcast_shapes(a, b)
    assert tuple(axis.size for axis in shown.axes) == shown.shape
    assert "clash" not in {axis.change for axis in shown.axes}


@given(st.lists(st.integers(1, 3), max_size=3), st.lists(st.integers(1, 3), max_size=3))
def test_misfits_are_those_of_numpy_and_the_hint_does_fit(a, b):
    a, b = tuple(a), tuple(b)
    shown = explain.broadcasting(a, b)
    try:
        np.broadcast_shapes(a, b)
    except ValueError:
        assert not shown.fits and shown.error.startswith("ops.add: these shapes do not broadcast.")
        clash = [i for i, axis in enumerate(shown.axes) if axis.change == "clash"]
        assert f"axis {clash[-1]} " in shown.verdict
        if shown.hint:
            better = eval(shown.hint.removeprefix("b with shape ").split(" would")[0])  # noqa: S307 - a shape
            assert np.broadcast_shapes(a, better) == a
    else:
        assert shown.fits and shown.error is None


@pytest.mark.parametrize("operation", ["add", "subtract", "multiply", "divide", "maximum", "minimum"])
def test_the_result_of_broadcasting_is_the_operation_s(operation):
    a, b = np.arange(1.0, 5)[:, None], np.array([2.0, 3.0])
    shown = explain.broadcasting(a, b, operation=operation)
    np.testing.assert_allclose(shown.arrays[2], getattr(np, operation)(a, b))


def test_numbers_of_a_grid_are_the_arrays_own_and_copies_stand_in_brackets():
    text = str(explain.broadcasting([[1.5], [2.0]], [10, 20, 30]))
    assert "     1.5  (1.5) (1.5)  +   10   20   30   =  11.5 21.5 31.5\n" in text
    assert "       2    (2)   (2)     (10) (20) (30)       12   22   32\n" in text


def test_truth_values_and_infinite_quotients_are_shown():
    assert "(1) (0)" in str(explain.broadcasting(np.array([True, False]), np.array([[2], [3]]), operation="maximum"))
    with np.errstate(divide="ignore"):
        shown = explain.broadcasting([1.0, 2.0], [[0.0], [1.0]], operation="divide")
    assert "inf inf" in str(shown)
    assert "inf" in [text.get_text() for text in shown.plot().axes[0].texts]


def test_a_huge_shape_is_explained_without_its_memory():
    shown = explain.broadcasting((10**9, 10**9), (10**9,))
    assert shown.shape == (10**9, 10**9)
    with pytest.raises(ShapeError, match=r"these arrays cannot be drawn cell by cell\."):
        shown.plot()


def test_a_wrong_loop_would_be_seen(monkeypatch):
    from onionskin.explain.tensors import operations

    def wrong(x):
        z = np.zeros_like(x)
        for place in np.ndindex(x.shape):
            z[place] = abs(x[place])
        return z

    form = next(one for one in operations._FORMS if one.name == "relu")
    monkeypatch.setattr(operations, "_FORMS", (operations._Form("relu", wrong, form.vector, None, form.sample),))
    shown = explain.side_by_side("relu", [-2.0, 1.0], repeat=1)
    assert not shown.agree and shown.difference == 2.0
    assert "The two results differ, by up to 2." in str(shown)


def test_two_results_without_numbers_at_the_same_places_agree():
    for name, x in (("relu", [np.nan, 1.0, -np.inf, np.inf]), ("sum", [np.inf, -np.inf]), ("sum", [np.inf, 1.0])):
        shown = explain.side_by_side(name, x, repeat=1)
        assert shown.agree and shown.difference == 0, (name, shown.loop_result, shown.vector_result)
    from onionskin.explain.tensors import operations

    gap = operations._gap(np.array([1.0, np.nan, np.inf, 2.0]), np.array([1.0, 0.0, -np.inf, 2.5]))
    np.testing.assert_array_equal(gap, [0.0, np.inf, np.inf, 0.5])


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32", "uint8"])
def test_loops_and_vectors_agree_in_every_dtype(dtype):
    rng = np.random.default_rng(1)
    x, y = (rng.integers(0, 200, size=(6, 6)).astype(dtype) for _ in range(2))
    if dtype.startswith("float"):
        x, y = x / 100, y / 100
    for name, arrays in (("add", (x, y)), ("dot", (x, y)), ("sum", (x,)), ("relu", (x,)), ("transpose", (x,))):
        shown = explain.side_by_side(name, *arrays, repeat=1)
        assert shown.agree, (name, shown.loop_result, shown.vector_result)


def test_sizes_and_times_in_their_units():
    assert [size_text(n) for n in (0, 1023, 1024, 1536, 2**20, 5 * 2**30)] == [
        "0 B", "1023 B", "1.0 KiB", "1.5 KiB", "1.0 MiB", "5.0 GiB"
    ]  # fmt: skip
    assert [time_text(s) for s in (2.0, 0.5, 1e-3, 1.234e-5, 5e-8)] == ["2 s", "500 ms", "1 ms", "12.3 µs", "50 ns"]
