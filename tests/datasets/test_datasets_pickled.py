"""Pickles: numbers and arrays of every protocol are read as `pickle` reads them; nothing that a file says is run."""

from __future__ import annotations

import builtins
import contextlib
import datetime as dt
import gzip
import io
import os
import pickle
import pickletools
import struct
import sys
import tracemalloc
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from onionskin.base.errors import DataError, FileFormatError
from onionskin.datasets import pickled, read_pickle
from onionskin.datasets.pickled import parse_pickle

CODE = "bad.pkl: this pickle would run code, and is not read.\n  expected: numbers, text and arrays\n  given:    "
SAFE = "\n  to fix:   have the weights saved as .npz, or use only arrays and numbers"
OTHER = "bad.pkl: this pickle holds something other than numbers, text and arrays.\n"
DAMAGED = "bad.pkl: this pickle is damaged.\n  given:    "
NONE = "bad.pkl: this is no pickle, or a damaged one.\n  given:    "
SHORT = "bad.pkl: this pickle is damaged or cut short.\n  given:    "
AGAIN = "\n  to fix:   get the file again"
OBJECTS = (
    "bad.pkl: an array does not hold plain numbers, and is not read: objects in a file could run code.\n"
    "  expected: bool, integers or floats of up to 8 bytes\n  given:    "
)


def refused(data: bytes, **options: Any) -> str:
    """Return what is said about a pickle that must not be read."""
    with pytest.raises(FileFormatError) as caught:
        parse_pickle(data, "bad.pkl", **options)
    return str(caught.value)


class Calls:
    """Pickles as a call of any function on any arguments."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


PLAIN = {
    "W1": np.arange(6.0, dtype=np.float32).reshape(2, 3),
    "columns first": np.asfortranarray(np.arange(6).reshape(2, 3)),
    "big endian": np.array([[1, -2]], ">i2"), "no axes": np.array(7.5), "empty": np.zeros((0, 3)), "one": np.float32(2),
    "bools": np.array([True, False]), "strided": np.arange(10)[::2], "bytes": b"ab\xff", "nothing": b"", "none": None,
    "list": [1, -5, 10**30, 2.5, "가", True, [], {}, ()], 3: (1, 2, 3, 4), "long text": "x" * 300,
}  # fmt: skip


def same(given: Any, expected: Any) -> None:
    assert type(given) is type(expected)
    if isinstance(expected, dict):
        assert list(given) == list(expected)
        for key, value in expected.items():
            same(given[key], value)
    elif isinstance(expected, np.ndarray):
        assert given.dtype == expected.dtype.newbyteorder("=")
        assert given.flags.c_contiguous
        np.testing.assert_array_equal(given, expected)
    else:
        assert given == expected


@pytest.mark.parametrize("protocol", range(6))
def test_plain_values_are_read_as_python_reads_them(protocol: int, tmp_path: Path) -> None:
    data = pickle.dumps(PLAIN, protocol=protocol)
    same(parse_pickle(data, "plain"), pickle.loads(data))
    same(parse_pickle(pickletools.optimize(data), "plain"), PLAIN)
    (tmp_path / "packed.pkl").write_bytes(gzip.compress(data))
    same(read_pickle(tmp_path / "packed.pkl"), PLAIN)


def test_python_itself_writes_arrays_in_its_old_way_and_they_are_read() -> None:
    out = io.BytesIO()
    pickle._Pickler(out, protocol=0).dump(PLAIN)  # type: ignore[attr-defined]
    same(parse_pickle(out.getvalue(), "plain"), PLAIN)


def python2(protocol: int) -> bytes:
    """What Python 2 and NumPy 1 wrote for {'W1': array([[1.5, -2.0]], '<f4')}, with str for bytes."""
    raw = np.array([1.5, -2.0], "<f4").tobytes()
    if protocol == 0:
        quoted = "".join(chr(one) if 32 <= one < 127 else f"\\x{one:02x}" for one in raw).replace("'", "\\'").encode()
        return (
            b"(dp0\nS'W1'\np1\ncnumpy.core.multiarray\n_reconstruct\np2\n(cnumpy\nndarray\np3\n(I0\ntp4\nS'b'\np5\ntp6\n"
            b"Rp7\n(I1\n(I1\nI2\ntp8\ncnumpy\ndtype\np9\n(S'f4'\np10\nI0\nI1\ntp11\nRp12\n(I3\nS'<'\np13\nNNNI-1\nI-1\nI0\n"
            b"tp14\nbI00\nS'" + quoted + b"'\np15\ntp16\nbs."
        )  # fmt: skip
    return (
        b"\x80\x02}q\x00U\x02W1q\x01cnumpy.core.multiarray\n_reconstruct\nq\x02cnumpy\nndarray\nq\x03K\x00\x85q\x04U\x01b"
        b"q\x05\x87q\x06Rq\x07(K\x01K\x01K\x02\x86q\x08cnumpy\ndtype\nq\tU\x02f4q\nK\x00K\x01\x87q\x0bRq\x0c(K\x03U\x01<q"
        b"\rNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tq\x0eb\x89U\x08" + raw + b"q\x0ftq\x10bs."
    )


@pytest.mark.parametrize("protocol", [0, 2])
def test_pickles_of_python_2_are_read_as_latin1(protocol: int) -> None:
    expected = {"W1": np.array([[1.5, -2.0]], np.float32)}
    same(parse_pickle(python2(protocol), "old"), expected)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy's old names
        same(pickle.loads(python2(protocol), encoding="latin1"), expected)


NUMBERS = hnp.scalar_dtypes().filter(lambda dtype: dtype.kind in "buif" and dtype.itemsize <= 8)


@given(hnp.arrays(NUMBERS, hnp.array_shapes(min_dims=0, min_side=0)), st.integers(0, 5))
def test_any_array_of_numbers_is_read(array: np.ndarray, protocol: int) -> None:
    given = parse_pickle(pickle.dumps([array, array.T], protocol=protocol), "any")
    for one, expected in zip(given, [array, array.T], strict=True):
        assert one.dtype == expected.dtype.newbyteorder("=")
        np.testing.assert_array_equal(one, expected)


KEYS = st.text() | st.integers(1 - 2**60, 2**60 - 1)
PAIRS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner) | st.tuples(inner, inner),
)


@given(PAIRS, st.integers(0, 5))
def test_any_plain_value_is_read(value: Any, protocol: int) -> None:
    assert parse_pickle(pickle.dumps(value, protocol=protocol), "any") == value


NAMED = [
    (Calls(os.system, "touch ran"), f"{os.name}.system"),
    (Calls(builtins.eval, "open('ran', 'w')"), "builtins.eval"),
    (Calls(builtins.exec, "open('ran', 'w')"), "builtins.exec"),
    (Calls(builtins.getattr, 1, "real"), "builtins.getattr"),
    ([1, {"a": (2, [Calls(os.remove, "ran")])}], f"{os.name}.remove"),
    (dt.date(2020, 1, 1), "datetime.date"),
    (Path("x"), "pathlib.PosixPath"),
    (print, "builtins.print"),
    (np.load, "numpy.load"),
    ({1, 2}, None),
    (frozenset([1]), None),
    (np.random.RandomState(0), None),
    (np.ma.masked_array([1.0]), "numpy.ma.core._mareconstruct"),
    (np.memmap, "numpy.memmap"),
    (1 + 2j, "builtins.complex"),
    (range(3), "builtins.range"),
]


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize(("value", "named"), NAMED)
def test_whatever_names_another_function_is_refused_before_it_runs(
    value: Any, named: str | None, protocol: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = refused(pickle.dumps(value, protocol=protocol))
    assert not (tmp_path / "ran").exists()
    if named is not None and protocol >= 3:  # older ones call builtins by another name
        assert said == f"{CODE}it names {named}{SAFE}"
    else:
        assert said.startswith((CODE, OTHER))


def stack_global(module: str, name: str) -> bytes:
    return (
        b"\x80\x04" + b"".join(b"\x8c" + bytes([len(one.encode())]) + one.encode() for one in (module, name)) + b"\x93"
    )


HOSTILE = [
    # calls and imports by every opcode there is
    (b"cos\nsystem\n(S'touch ran'\ntR.", f"{CODE}it names os.system{SAFE}"),
    (b"(S'touch ran'\nios\nsystem\n.", f"{CODE}INST at 14, which makes an object of a class{SAFE}"),
    (b"(cos\nsystem\nS'touch ran'\no.", f"{CODE}it names os.system{SAFE}"),
    (b"(cnumpy\nndarray\nI4\no.", f"{CODE}OBJ at 19, which makes an object of a class{SAFE}"),
    (b"\x80\x02cnumpy\nndarray\nK\x04\x85\x81.", f"{CODE}NEWOBJ at 20, which makes an object of a class{SAFE}"),
    (b"\x80\x04cnumpy\nndarray\n)}\x92.", f"{CODE}NEWOBJ_EX at 19, which makes an object of a class{SAFE}"),
    (b"\x80\x02\x82\x01.", f"{CODE}EXT1 at 2, which calls by a number of copyreg{SAFE}"),
    (b"\x80\x02\x83\x01\x00.", f"{CODE}EXT2 at 2, which calls by a number of copyreg{SAFE}"),
    (b"\x80\x02\x84\x01\x00\x00\x00.", f"{CODE}EXT4 at 2, which calls by a number of copyreg{SAFE}"),
    (b"Pwhat\n.", f"{CODE}PERSID at 0, which asks for an object outside of the file{SAFE}"),
    (b"K\x01Q.", f"{CODE}BINPERSID at 2, which asks for an object outside of the file{SAFE}"),
    # names with tricks in them
    (stack_global("os", "system") + b"\x8c\x02ls\x85R.", f"{CODE}it names os.system{SAFE}"),
    (stack_global("numpy", "ndarray.__class__") + b".", f"{CODE}it names numpy.ndarray.__class__{SAFE}"),
    (stack_global("numpy.core.multiarray._reconstruct", "__globals__") + b".",
     f"{CODE}it names numpy.core.multiarray._reconstruct.__globals__{SAFE}"),
    (stack_global("", "") + b".", f"{CODE}it names .{SAFE}"),
    (stack_global("numpy\n", "dtype") + b".", f"{CODE}it names numpy\\n.dtype{SAFE}"),
    (stack_global("\x1b[2J", "dtype") + b".", f"{CODE}it names \\x1b[2J.dtype{SAFE}"),
    (stack_global("\uff4eumpy", "dtype") + b".", f"{CODE}it names \uff4eumpy.dtype{SAFE}"),
    (stack_global("x" * 200, "y" * 200) + b".", f"{CODE}it names {'x' * 59}….{'y' * 59}…{SAFE}"),
    (b"\x80\x04K\x01K\x02\x93.", f"{DAMAGED}a name that is no text{AGAIN}"),
    (b"\x80\x04]]\x93.", f"{DAMAGED}a name that is no text{AGAIN}"),
    (b"cnumpy core\nndarray\n.", f"{CODE}it names numpy.core ndarray{SAFE}"),
    # known names in other parts than theirs
    (b"cnumpy\nndarray\n(tR.", f"{CODE}it calls a value{AGAIN}"),
    (b"X\x01\x00\x00\x00a(tR.", f"{CODE}it calls a value{AGAIN}"),
    (b"cnumpy\ndtype\n]R.", f"{CODE}it calls a value{AGAIN}"),
    (b"cnumpy\ndtype\n.", f"{OTHER}  given:    a name by itself"),
    (b"(lcnumpy\ndtype\na.", f"{OTHER}  given:    a name by itself"),
    (b"cnumpy\ndtype\n(S'f4'\ntR.", f"{OTHER}  given:    a dtype by itself"),
    (b"cnumpy.core.multiarray\n_reconstruct\n(S'x'\ntR.", f"{DAMAGED}an array of a class that is not NumPy's{AGAIN}"),
    (b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\ndtype\ntR.",
     f"{DAMAGED}an array of a class that is not NumPy's{AGAIN}"),
    (b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR.",
     f"{DAMAGED}an array without its numbers{AGAIN}"),
    (b"cnumpy.core.multiarray\nscalar\n(tR.", f"{DAMAGED}a number without its bytes{AGAIN}"),
    (b"cnumpy.core.numeric\n_frombuffer\n(tR.", f"{DAMAGED}an array whose state is not that of an array{AGAIN}"),
    (b"cbuiltins\nbytes\n(I1000000000000\ntR.", f"{DAMAGED}bytes that are made of something else{AGAIN}"),
    (b"c_codecs\nencode\n(S'a'\nS'rot13'\ntR.", f"{DAMAGED}bytes that are not written in latin-1{AGAIN}"),
    (b"c_codecs\nencode\n(V\\u1234\nS'latin1'\ntR.",
     f"{DAMAGED}bytes written as text, with letters that are none{AGAIN}"),
    (b"}}b.", f"{OTHER}  given:    an object with a state of its own"),
    (b"cnumpy\nndarray\n}b.", f"{OTHER}  given:    an object with a state of its own"),
    (b"}(]I1\nu.", f"{OTHER}  expected: keys that are text or whole numbers\n  given:    a list as a key"),
    (b"}(cnumpy\ndtype\nI1\nu.",
     f"{OTHER}  expected: keys that are text or whole numbers\n  given:    a name as a key"),
    (b"}(F1.5\nI1\nu.", f"{OTHER}  expected: keys that are text or whole numbers\n  given:    a float as a key"),
    (b"\x80\x04\x8f.", f"{OTHER}  given:    EMPTY_SET at 2"),
    (b"\x80\x05\x97.", f"{OTHER}  given:    NEXT_BUFFER at 2"),
    # stacks and memos that do not come out
    (b".", f"{DAMAGED}0 values at its end, where one should be{AGAIN}"),
    (b"NN.", f"{DAMAGED}2 values at its end, where one should be{AGAIN}"),
    (b"(.", f"{DAMAGED}1 values at its end, where one should be{AGAIN}"),
    (b"0.", f"{DAMAGED}POP at 0 finds nothing to work on{AGAIN}"),
    (b"t.", f"{DAMAGED}TUPLE at 0 finds nothing to work on{AGAIN}"),
    (b"Nt.", f"{DAMAGED}TUPLE at 1 finds nothing to work on{AGAIN}"),
    (b"\x80\x02\x87.", f"{DAMAGED}TUPLE3 at 2 finds nothing to work on{AGAIN}"),
    (b"h\x07.", f"{DAMAGED}BINGET at 0 finds nothing to work on{AGAIN}"),
    (b"p0\n.", f"{DAMAGED}PUT at 0 finds nothing to work on{AGAIN}"),
    (b"N(a.", f"{DAMAGED}a mark where a value should be{AGAIN}"),
    (b"NNa.", f"{DAMAGED}nothing where a list should be{AGAIN}"),
    (b"NNNs.", f"{DAMAGED}nothing where a dict should be{AGAIN}"),
    (b"(NNNd.", f"{DAMAGED}a key without its value{AGAIN}"),
    # bytes that are no opcodes, or stop short
    (b"", f"bad.pkl: this file is empty.\n  expected: a pickle\n  given:    0 bytes, and no end{AGAIN}"),
    (b"N", f"bad.pkl: this pickle is cut short.\n  expected: a pickle\n  given:    1 bytes, and no end{AGAIN}"),
    (b"hello", f"{DAMAGED}BINGET at 0 finds nothing to work on{AGAIN}"),
    (b"\x93NUMPY", f"{DAMAGED}STACK_GLOBAL at 0 finds nothing to work on{AGAIN}"),
    (b"\xff\xfe", f"{NONE}byte ff at 0, where an opcode should be{AGAIN}"),
    (b"N.N.", "bad.pkl: something stands behind the end of this pickle.\n  given:    2 bytes"),
    (b"S'a\n.", f"{SHORT}STRING at 0: a string without its quotes{AGAIN}"),
    (b"S'\\q'\n.", f"{SHORT}STRING at 0: an escape that Python 2 never "
                   f"writes{AGAIN}"),
    # sizes that are not there
    (b"\x80\x04\x8e" + struct.pack("<Q", 1 << 62) + b"ab.", None),
    (b"\x80\x04\x8d" + struct.pack("<Q", 1 << 63) + b"ab.", None),
    (b"\x80\x05\x96" + struct.pack("<Q", 1 << 40) + b"ab.", None),
    (b"\x80\x03B" + struct.pack("<I", (1 << 32) - 1) + b"ab.", None),
    (b"T" + struct.pack("<i", -1) + b"ab.", None),
    (b"\x8b" + struct.pack("<i", (1 << 31) - 1) + b"ab.", None),
    (b"L" + b"9" * 100_000 + b"L\n.", None),
    (b"I" + b"9" * 100_000 + b"\n.", None),
]  # fmt: skip


@pytest.mark.parametrize(("data", "words"), HOSTILE)
def test_a_hostile_or_damaged_pickle_is_refused_in_these_words(
    data: bytes, words: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = refused(data)
    assert said.isprintable() or "\n" in said
    assert "\x1b" not in said
    if words is None:
        assert said.startswith((SHORT, NONE))
    else:
        assert said == words
    assert not (tmp_path / "ran").exists()


def array_pickle(
    *, code: Any = "f4", state: tuple[Any, ...] = (3, "<", None, None, None, -1, -1, 0), shape: Any = (2,),
    raw: Any = b"\0" * 8, fortran: Any = False,
) -> bytes:  # fmt: skip
    """A pickle of one array whose parts are whatever a test wants."""

    def part(value: Any) -> bytes:
        return pickletools.optimize(pickle.dumps(value, protocol=2))[2:-1]  # without its numbers in the memo

    dtype = b"cnumpy\ndtype\n" + part((code, False, True)) + b"R" + part(state) + b"b"
    head = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nI0\nS'b'\ntR"
    body = b"\x80\x03" + head + b"(K\x01" + part(shape) + dtype + part(fortran)
    raw = b"B" + struct.pack("<I", len(raw)) + raw if isinstance(raw, bytes) else part(raw)
    return body + raw + b"tb."


def test_the_array_of_the_tests_is_an_array() -> None:
    np.testing.assert_array_equal(parse_pickle(array_pickle(), "x"), np.zeros(2, np.float32))
    np.testing.assert_array_equal(pickle.loads(array_pickle()), np.zeros(2, np.float32))


SIZE = "bad.pkl: the size of an array does not fit its numbers.\n  expected: "
ARRAYS = [
    ({"code": "O8"}, f"{OBJECTS}dtype O8"),
    ({"code": "V8"}, f"{OBJECTS}dtype V8"),
    ({"code": "c8"}, f"{OBJECTS}dtype c8"),
    ({"code": "f16"}, f"{OBJECTS}dtype f16"),
    ({"code": "f4,f4"}, f"{OBJECTS}dtype f4,f4"),
    ({"code": "U999999999"}, f"{OBJECTS}dtype U999999999"),
    ({"code": 7}, f"{OBJECTS}an int as the dtype"),
    ({"state": (3, "<", None, ("a",), {"b": 1}, -1, -1, 0)}, f"{OBJECTS}a dtype of several fields, or of none"),
    ({"state": (3, "<", ("f4", (3,)), None, None, -1, -1, 0)}, f"{OBJECTS}a dtype of several fields, or of none"),
    ({"state": (3, "!", None, None, None)}, f"{OBJECTS}a dtype of several fields, or of none"),
    ({"state": (3,)}, f"{OBJECTS}a dtype of several fields, or of none"),
    ({"state": (4, "<", None, None, None, -1, -1, 0, {})}, f"{OBJECTS}a dtype with more than numbers"),
    ({"shape": (3,)}, f"{SIZE}12 bytes, for shape (3,) of float32\n  given:    8 bytes"),
    ({"shape": (1 << 40,)},
     f"{SIZE}4,398,046,511,104 bytes, for shape (1099511627776,) of float32\n  given:    8 bytes"),
    ({"shape": (0, 1 << 47, 1 << 47), "raw": b""},
     f"{SIZE}0 bytes, for shape (0, 140737488355328, 140737488355328) of float32\n  given:    0 bytes"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "words"), ARRAYS)
def test_an_array_that_is_not_one_of_numbers_is_refused(changes: dict[str, Any], words: str) -> None:
    said = refused(array_pickle(**changes))
    fix = "save it again as an array of numbers" if words.startswith(OBJECTS) else "get the file again"
    assert said == f"{words}\n  to fix:   {fix}"


STATES = [
    ({"shape": (-1,)}, "an array whose shape is none"),
    ({"shape": (1 << 50,)}, "an array whose shape is none"),
    ({"shape": (2.0,)}, "an array whose shape is none"),
    ({"shape": (1,) * 33}, "an array whose shape is none"),
    ({"shape": [2]}, "an array whose state is not that of an array"),
    ({"fortran": "yes"}, "an array whose state is not that of an array"),
    ({"raw": [1.0, 2.0]}, "an array whose numbers are a list"),
    ({"raw": None}, "an array whose numbers are nothing"),
    ({"raw": "가나"}, "bytes written as text, with letters that are none"),
]


@pytest.mark.parametrize(("changes", "words"), STATES)
def test_an_array_with_a_strange_state_is_refused(changes: dict[str, Any], words: str) -> None:
    assert refused(array_pickle(**changes)) == f"{DAMAGED}{words}{AGAIN}"


def test_arrays_of_objects_are_refused_whatever_they_hold() -> None:
    for protocol in range(6):
        for array in (np.array([print], object), np.array([None, 1], object), np.array(["a"]), np.array([b"a"]),
                      np.zeros(1, [("a", "f4")]), np.array(["2020"], "M8[D]")):  # fmt: skip
            assert refused(pickle.dumps(array, protocol=protocol)).startswith(OBJECTS)


def test_an_array_is_filled_once() -> None:
    data = array_pickle()
    state = data[data.index(b"(K\x01") : -1]
    assert refused(data[:-1] + state + b".") == f"{DAMAGED}an array whose state is not that of an array{AGAIN}"


def test_lists_of_lists_of_lists_are_not_multiplied() -> None:
    many = (
        "bad.pkl: this pickle holds too many values inside each other.\n  expected: at most 1,000,000 values, 100 deep"
    )
    lists: list[Any] = []
    for _ in range(30):  # each holds the one before ten times: 10 ** 30 values in some hundred bytes
        lists = [lists] * 10
    data = pickle.dumps(lists)
    assert len(data) < 2000
    assert refused(data) == many
    itself: list[Any] = []
    itself.append(itself)
    assert refused(pickle.dumps(itself)) == many
    assert refused(b"]" * 102 + b"a" * 101 + b".") == many
    assert len(parse_pickle(b"]" * 100 + b"a" * 99 + b".", "x")) == 1


def test_what_a_pickle_makes_of_its_bytes_is_bounded() -> None:
    text = b"X" + struct.pack("<I", 1000) + b"a" * 1000 + b"q\x00"
    again = b"c_codecs\nencode\n(h\x00X\x06\x00\x00\x00latin1tR"
    data = b"\x80\x02(" + text + again * 50 + b"t."
    assert refused(data, max_bytes=20_000) == (
        "bad.pkl: this pickle makes more of its bytes than is accepted.\n  expected: at most 20,000 bytes\n"
        "  given:    more\n  to fix:   if the file is genuine, pass a larger max_bytes"
    )
    assert len(parse_pickle(data, "x", max_bytes=60_000)) == 51


def test_a_pickle_of_too_many_parts_or_bytes_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pickled, "_MOST_STEPS", 10)
    assert refused(b"N0" * 6 + b"N.") == (
        "bad.pkl: this pickle has too many parts.\n  expected: at most 10 opcodes\n"
        "  to fix:   save large data as arrays"
    )
    path = tmp_path / "large.pkl"
    path.write_bytes(gzip.compress(pickle.dumps(b"\0" * 1_000_000)))
    with pytest.raises(FileFormatError) as caught:
        read_pickle(path, max_bytes=1000)
    assert str(caught.value) == (
        f"{path}: this pickle is too large.\n  expected: at most 1,000 bytes\n  given:    more\n"
        "  to fix:   if the file is genuine, pass a larger max_bytes"
    )
    with pytest.raises(DataError) as missing:
        read_pickle(tmp_path / "no.pkl")
    assert str(missing.value) == f"{tmp_path}/no.pkl: there is no such file.\n  to fix:   check the path"


def value_or_our_error(data: bytes) -> None:
    with contextlib.suppress(FileFormatError):
        parse_pickle(data, "bad.pkl")


def test_every_cut_and_every_changed_byte_gives_a_value_or_our_error() -> None:
    data = pickle.dumps({"W1": np.arange(4.0), "b": [1, (2, "x")]}, protocol=2)
    for cut in range(len(data)):
        refused(data[:cut])
    for at in range(len(data)):
        for value in range(256):
            changed = data[:at] + bytes([value]) + data[at + 1 :]
            value_or_our_error(changed)


def test_a_backslash_in_a_name_is_a_backslash() -> None:
    """As in `pickle`: that it stood for a letter, only `pickletools` says, and Python warns of it."""
    data = b"cnumpy\\x2ecore.multiarray\n_reconstruct\n."
    with pytest.raises(ModuleNotFoundError, match=r"numpy\\\\x2ecore"):
        pickle.loads(data)
    assert refused(data) == f"{CODE}it names numpy\\x2ecore.multiarray._reconstruct{SAFE}"
    for opcode, said in ((b"c", f"{CODE}it names a\\q.b{SAFE}"), (b"P", CODE), (b"(i", CODE)):
        assert refused(opcode + b"a\\q\nb\n.").startswith(said)


def test_keys_that_would_share_one_place_are_refused() -> None:
    """Whole numbers that differ by 2^61 - 1 have one hash: a dictionary of many takes time by their square."""
    assert parse_pickle(pickle.dumps({2**60 - 1: 1, -3: 2}), "x") == {2**60 - 1: 1, -3: 2}
    assert refused(pickle.dumps({k * (2**61 - 1): 0 for k in range(1, 20_000)})) == (
        "bad.pkl: a key is too large a number.\n  expected: whole numbers of at most 60 bits\n  given:    61 bits"
    )


@given(st.binary(max_size=60))
def test_any_bytes_give_a_value_or_our_error(data: bytes) -> None:
    before = set(sys.modules)
    value_or_our_error(data)
    assert set(sys.modules) == before


SMALL = st.sampled_from(
    [
        *(bytes([code]) for code in b"(0123NRabdelostu])}"),
        b"I1\n", b"I00\n", b"h\x00", b"h\x01", b"q\x00", b"q\x01", b"p2\n", b"g2\n", b"\x94", b"\x85", b"\x86",
        b"\x87", b"\x88", b"\x89", b"K\x02", b"U\x01<", b"U\x02f4", b"C\x08\0\0\0\0\0\0\0\0", b"\x8c\x01C", b"F1.5\n",
        b"cnumpy\ndtype\n", b"cnumpy\nndarray\n", b"cnumpy.core.multiarray\n_reconstruct\n",
        b"cnumpy.core.multiarray\nscalar\n", b"cnumpy._core.numeric\n_frombuffer\n", b"c_codecs\nencode\n",
        b"cbuiltins\nbytes\n", b"\x93",
    ]
)  # fmt: skip


@given(st.lists(SMALL, max_size=40))
@settings(max_examples=400)
def test_any_opcodes_in_any_order_give_a_value_or_our_error(steps: list[bytes]) -> None:
    value_or_our_error(b"".join(steps) + b".")
    value_or_our_error(array_pickle()[:-1] + b"".join(steps) + b".")


def test_sizes_that_are_only_promised_take_no_memory() -> None:
    promises = [data for data, words in HOSTILE if words is None]
    assert len(promises) >= 6
    tracemalloc.start()
    try:
        for data in promises:
            refused(data)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()
