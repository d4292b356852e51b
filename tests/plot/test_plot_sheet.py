"""Files, styles, languages and fonts of all plots, and that nothing of the user's Matplotlib is changed."""

import doctest
import importlib
import pkgutil
import struct
import subprocess
import sys
import warnings
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import onionskin.plot
from onionskin import plot
from onionskin.base.errors import ArgumentError, DTypeError, MissingExtraError, UnknownNameError
from onionskin.plot import fonts
from onionskin.plot import sheet as sheets
from onionskin.plot.theme import DPI, THEMES, luminance
from onionskin.plot.words import WORDS

X, Y = np.zeros((4, 5, 5)), np.array([0, 1, 2, 3])
RGB = np.random.default_rng(0).uniform(size=(30, 3))
PLOTS = {
    "curves": lambda **s: plot.curves({"loss": [1.0, 0.5], "val_loss": [0.9, 0.8], "accuracy": [0.5, 0.9]}, **s),
    "confusion_matrix": lambda **s: plot.confusion_matrix([[5, 1], [2, 7]], **s),
    "wrong_images": lambda **s: plot.wrong_images(X, Y, Y[::-1], **s),
    "images": lambda **s: plot.images(X, Y, **s),
    "color_boundary": lambda **s: plot.color_boundary(RGB, RGB[:, 1], RGB[:, 1] > 0.4, lambda c: c[:, 1], **s),
}
every = pytest.mark.parametrize("name", PLOTS)


def texts(figure):
    from matplotlib.text import Text

    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


@every
@pytest.mark.parametrize("style", ["light", "dark"])
def test_png_has_the_figure_s_size_and_background(name, style, tmp_path):
    from matplotlib.colors import to_rgb
    from matplotlib.image import imread

    path = tmp_path / "new" / "folder" / "plot.png"
    figure = PLOTS[name](path=path, style=style)
    content = path.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", content[16:24])
    np.testing.assert_allclose((width, height), figure.get_size_inches() * DPI, atol=1)
    pixels = imread(path)
    assert pixels.shape[:2] == (height, width)
    np.testing.assert_allclose(pixels[-1, 0, :3], to_rgb(THEMES[style].background), atol=0.01)
    assert len(np.unique(pixels.reshape(-1, pixels.shape[2]), axis=0)) > 5
    assert [p.name for p in path.parent.iterdir()] == ["plot.png"]


@every
def test_svg_and_pdf_are_whole_and_the_same_twice(name, tmp_path):
    for suffix in (".svg", ".PDF", ".png"):
        for copy in "ab":
            PLOTS[name](path=str(tmp_path / f"{copy}{suffix}"))
        assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes(), suffix
    assert ET.parse(tmp_path / "a.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"
    pdf = (tmp_path / "a.PDF").read_bytes()
    assert pdf.startswith(b"%PDF-") and pdf.rstrip().endswith(b"%%EOF")


def test_an_existing_file_is_replaced_and_a_failure_leaves_it(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    path.write_bytes(b"old")

    def full(source, target):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(sheets.os, "replace", full)
        with pytest.raises(ArgumentError) as caught:
            PLOTS["curves"](path=path)
    assert str(caught.value) == (
        "curves(path): the plot cannot be written: no space left on device.\n"
        f"  given:    {str(path)!r}\n  to fix:   give a file in a folder that can be written to"
    )
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]
    PLOTS["curves"](path=path)
    assert path.read_bytes()[:4] == b"\x89PNG"


def test_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    path = tmp_path / "file" / "a.png"
    with pytest.raises(ArgumentError, match=r"^curves\(path\): the plot cannot be written: "):
        PLOTS["curves"](path=path)


@every
def test_unknown_style_language_and_suffix(name):
    for style, near in (("drak", "did you mean 'dark'? Known: dark, light"), (3, "Known: dark, light")):
        with pytest.raises(UnknownNameError) as caught:
            PLOTS[name](style=style)
        assert str(caught.value) == (
            f"{name}(style): there is no style of this name.\n  given:    {style!r}\n  to fix:   {near}"
        )
    with pytest.raises(UnknownNameError) as caught:
        PLOTS[name](language="de")
    assert str(caught.value) == (
        f"{name}(language): there is no language of this name.\n  given:    'de'\n"
        "  to fix:   did you mean 'en'? Known: en, ko"
    )
    for path in ("a.bmp", "png"):
        with pytest.raises(ArgumentError) as caught:
            PLOTS[name](path=path)
        assert str(caught.value) == (
            f"{name}(path): a plot cannot be written in this format.\n"
            f"  expected: a file name that ends in .png, .svg or .pdf\n  given:    {path!r}"
        )
    with pytest.raises(DTypeError) as caught:
        PLOTS[name](path=3)
    assert str(caught.value) == (
        f"{name}(path): this is no path.\n  expected: a string or a pathlib.Path, or None\n  given:    int"
    )


def test_both_languages_have_all_words_with_the_same_places():
    from string import Formatter

    def places(text):
        return sorted((field, form) for _, field, form, _ in Formatter().parse(text) if field is not None)

    assert {k: places(v) for k, v in WORDS["ko"].items()} == {k: places(v) for k, v in WORDS["en"].items()}
    assert [text for text in WORDS["ko"].values() if not fonts.has_hangul(text)] == []


@every
def test_korean_is_drawn_with_letters_that_the_font_has(name, korean, cut_off):
    """Matplotlib warns of each glyph that no font has, and warnings are errors here."""
    figure = PLOTS[name](language="ko")
    if name != "images":  # it has no words of its own
        assert any(fonts.has_hangul(text) for text in texts(figure))
    assert cut_off(figure) == []


def test_korean_class_names_in_an_english_plot(korean, cut_off):
    figure = plot.confusion_matrix([[1, 0], [0, 1]], ["고양이", "개"])
    assert "고양이" in texts(figure) and "true class" in texts(figure)
    assert cut_off(figure) == []


def test_without_hangul_labels_are_english_and_that_is_said_once(monkeypatch):
    monkeypatch.setattr(sheets, "hangul_family", lambda: None)
    fonts.say_no_hangul.cache_clear()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        first, second = (PLOTS["curves"](language="ko") for _ in range(2))
    assert [(str(w.message), w.filename) for w in caught] == [
        (
            "curves: no installed font has Korean letters, so labels are in English.\n"
            "  to fix:   install one, such as Noto Sans KR or NanumGothic (Debian and Ubuntu: apt install fonts-nanum)",
            __file__,
        )
    ]
    assert texts(first) == texts(second) == texts(PLOTS["curves"]())
    fonts.say_no_hangul.cache_clear()


def test_fonts_that_only_claim_to_have_hangul_are_passed_over(monkeypatch, tmp_path):
    from matplotlib import font_manager

    shipped = [e for e in font_manager.fontManager.ttflist if e.name.startswith(("DejaVu", "Last Resort"))]
    assert shipped
    monkeypatch.setattr(font_manager.fontManager, "ttflist", shipped)
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [str(broken)])
    assert fonts.hangul_family.__wrapped__() is None


def test_a_font_installed_since_matplotlib_listed_them_is_found(monkeypatch, korean):
    from matplotlib import font_manager

    family = fonts.hangul_family()
    paths = [e.fname for e in font_manager.fontManager.ttflist if e.name == family]
    shipped = [e for e in font_manager.fontManager.ttflist if e.name.startswith("DejaVu")]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", shipped)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: paths)
    assert fonts.hangul_family.__wrapped__() == family


@pytest.mark.parametrize("style", THEMES)
def test_colours_stand_out_from_their_background(style):
    """WCAG 2.2: 3 to 1 for graphics (1.4.11), 4.5 to 1 for text (1.4.3)."""
    look = THEMES[style]

    def contrast(color):
        pair = sorted(luminance(tuple(rgb(c))) for c in (color, look.background))
        return (pair[1] + 0.05) / (pair[0] + 0.05)

    assert {c: contrast(c) for c in (*look.series, look.right, look.wrong) if contrast(c) < 3} == {}
    assert {c: contrast(c) for c in (look.ink, look.muted) if contrast(c) < 4.5} == {}


def rgb(color):
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255


# Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
# Deficiency", 2009, table 1, severity 1.0, on linear RGB.
SIGHT = {
    "usual": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


@pytest.mark.parametrize("style", THEMES)
@pytest.mark.parametrize("sight", SIGHT)
def test_series_are_told_apart_by_every_sight(style, sight):
    """CIE 1976 distances of at least 10: colours that differ at a glance."""

    def lab(color):
        linear = np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)
        xyz = XYZ @ np.clip(SIGHT[sight] @ linear, 0, 1) / [0.95047, 1.0, 1.08883]
        x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
        return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])

    seen = {color: lab(rgb(color)) for color in THEMES[style].series}
    pairs = [(a, b, np.linalg.norm(seen[a] - seen[b])) for a in seen for b in seen if a < b]
    assert [pair for pair in pairs if pair[2] < 10] == []


def test_settings_of_the_user_are_neither_used_nor_changed():
    import matplotlib as mpl

    plain = PLOTS["curves"]()
    with mpl.rc_context({"axes.facecolor": "#123456", "font.size": 30, "figure.figsize": (1, 1)}):
        before = dict(mpl.rcParams)
        other = PLOTS["curves"]()
        assert dict(mpl.rcParams) == before
    assert other.axes[0].get_facecolor() == plain.axes[0].get_facecolor()
    assert other.axes[0].xaxis.label.get_size() == plain.axes[0].xaxis.label.get_size() == 10.0
    assert list(other.get_size_inches()) == list(plain.get_size_inches())


def test_class_names_are_no_formulas():
    figure = plot.confusion_matrix([[1, 0], [0, 1]], [r"$\frac$", "$5 to $10"])
    figure.draw_without_rendering()
    assert r"$\frac$" in texts(figure)


def run(code):
    return subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)


def test_without_matplotlib_the_room_imports_and_says_what_is_missing():
    done = run(
        "import sys; sys.modules['matplotlib'] = None\n"
        "from onionskin import plot\n"
        "print(plot.digit_text([[0, 1]]))\n"
        "try: plot.curves({'loss': [1.0]})\n"
        "except plot.sheet.require.__globals__['MissingExtraError'] as e: print(e)"
    )
    assert (done.stdout, done.stderr) == (
        " ▀\nplots need the library 'matplotlib', which is not installed.\n  to fix:   pip install 'onionskin[plot]'\n",
        "",
    )


@every
def test_each_plot_asks_for_matplotlib_by_the_extra(name, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.style", None)
    with pytest.raises(MissingExtraError) as caught:
        PLOTS[name]()
    assert str(caught.value) == (
        "plots need the library 'matplotlib', which is not installed.\n  to fix:   pip install 'onionskin[plot]'"
    )


def test_no_window_no_backend_no_pyplot(tmp_path):
    done = run(
        "import os, sys\n"
        "os.environ.pop('DISPLAY', None); os.environ.pop('MPLBACKEND', None)\n"
        "from onionskin import plot\n"
        "assert not any(m.partition('.')[0] in ('matplotlib', 'mpl_toolkits') for m in sys.modules)\n"
        f"plot.curves({{'loss': [1.0]}}, path={str(tmp_path / 'a.png')!r})\n"
        "plot.color_boundary([[0, 0, 0]], [0.1], [0], lambda c: c[:, 0] / 255)\n"
        "import matplotlib\n"
        "print('matplotlib.pyplot' in sys.modules, isinstance(dict.__getitem__(matplotlib.rcParams, 'backend'), str))"
    )
    assert (done.stdout, done.stderr) == ("False False\n", "")


def modules():
    found = pkgutil.iter_modules(onionskin.plot.__path__, "onionskin.plot.")
    return [module.name for module in found]


@pytest.mark.parametrize("name", modules())
def test_examples(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0
