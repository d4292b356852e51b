"""Mistakes in calls of linear algebra, whole numbers, segments and patterns; names of Keras that are not here."""

import numpy as np
import pytest

import onionskin
from onionskin import ops
from onionskin.base.errors import ArgumentError, DTypeError, ShapeError
from onionskin.base.specs import Spec
from onionskin.graph import make_input
from onionskin.ops.names import FAMILIES, INSTEAD

unknown = make_input(Spec((None, None), "float32"), described=True)
ids = make_input(Spec((2,), "int32"))
table = make_input(Spec((2, 2), "float32"))
ONES = np.ones((2, 2))
SQUARE = "a square matrix is needed here.\n  expected: shape (…, n, n)\n  given:    (2, 3)"
ROWS = "a matrix has two axes or more.\n  given:    (3,)"

MISTAKES = [
    *[
        (lambda name=name: getattr(ops, name)(np.ones((2, 3))), ShapeError, f"ops.{name}: {SQUARE}")
        for name in ("cholesky", "cholesky_inverse", "det", "slogdet", "logdet", "eig", "eigh", "inv")
    ],
    *[
        (lambda name=name: getattr(ops, name)(np.ones(3)), ShapeError, f"ops.{name}: {ROWS}")
        for name in ("inv", "pinv", "matrix_rank", "lu_factor", "qr", "svd")
    ],
    (
        lambda: ops.svd(unknown),
        ShapeError,
        "ops.svd: the size of a matrix must be known here.\n  given:    shape (None, None)",
    ),
    (
        lambda: ops.cholesky(-np.eye(2)),
        ArgumentError,
        "ops.cholesky: only a positive definite matrix has a Cholesky factor.",
    ),
    (lambda: ops.inv(np.zeros((2, 2))), ArgumentError, "ops.inv: a singular matrix has no inverse."),
    (
        lambda: ops.solve(np.zeros((2, 2)), np.ones(2)),
        ArgumentError,
        "ops.solve: a singular matrix gives no single solution.",
    ),
    (
        lambda: ops.eig(np.full((2, 2), np.nan)),
        ArgumentError,
        "ops.eig: the eigenvalues were not found: the matrix holds NaN or infinities.",
    ),
    *[
        (
            lambda uv=uv: ops.svd(np.full((2, 2), np.nan), compute_uv=uv),
            ArgumentError,
            "ops.svd: the singular values were not found: the matrix holds NaN or infinities.",
        )
        for uv in (True, False)
    ],
    (
        lambda: ops.solve(ONES, np.ones(3)),
        ShapeError,
        "ops.solve: the system has another number of equations than its right side.\n"
        "  expected: 2 rows for a matrix of shape (2, 2)\n"
        "  given:    shape (3, 1)",
    ),
    (
        lambda: ops.solve_triangular(np.ones(2), np.ones(2)),
        ShapeError,
        "ops.solve_triangular: a system has a matrix and a right side.\n"
        "  expected: shapes (…, n, n) and (…, n) or (…, n, k)\n"
        "  given:    (2,) and (2,)",
    ),
    (
        lambda: ops.lstsq(ONES, np.ones(3)),
        ShapeError,
        "ops.lstsq: the right side does not fit the matrix.\n"
        "  expected: shapes (m, n) and (m,) or (m, k)\n"
        "  given:    (2, 2) and (3,)",
    ),
    (
        lambda: ops.qr(ONES, "raw"),
        ArgumentError,
        "ops.qr: there is no such mode.\n  expected: 'reduced' or 'complete'\n  given:    'raw'",
    ),
    *[
        (
            lambda name=name: getattr(ops, name)(np.float32(1), 2),
            DTypeError,
            f"ops.{name}: only whole numbers and truth values have bits to work on.\n"
            "  expected: an integer dtype or bool\n"
            "  given:    float32\n"
            "  to fix:   cast to an integer first",
        )
        for name in ("bitwise_and", "bitwise_or", "bitwise_xor")
    ],
    *[
        (
            lambda name=name: getattr(ops, name)(np.array(True), np.array(True)),
            DTypeError,
            f"ops.{name}: whole numbers are needed here.\n  expected: an integer dtype\n  given:    bool",
        )
        for name in ("left_shift", "bitwise_right_shift", "gcd", "lcm")
    ],
    (
        lambda: ops.view(np.array([True]), "uint8"),
        DTypeError,
        "ops.view: the bits of truth values are not to be read or made.\n  given:    bool as uint8",
    ),
    (
        lambda: ops.view(np.zeros(3, np.uint8), "int16"),
        ShapeError,
        "ops.view: the bits do not divide into numbers of this dtype.\n"
        "  expected: a last axis of a multiple of 2 bytes for int16\n"
        "  given:    uint8 of shape (3,)",
    ),
    (
        lambda: ops.segment_max(ONES, [0, 1, 1]),
        ShapeError,
        "ops.segment_max: each row needs the number of its segment.\n"
        "  expected: segment_ids of shape (2,)\n"
        "  given:    (3,)",
    ),
    (
        lambda: ops.segment_prod(table, ids),
        ArgumentError,
        "ops.segment_prod: the number of segments must be known while the function is traced.\n"
        "  expected: numbers\n"
        "  given:    tensor int32[2]",
    ),
    (
        lambda: ops.segment_min(ONES, [0, 5], 2),
        ArgumentError,
        "ops.segment_min: scatter_min: an index lies outside the axis.\n  expected: -2 <= index < 2\n  given:    5",
    ),
    (
        lambda: ops.argpartition([1, 2], 2),
        ArgumentError,
        "ops.argpartition: there is no such place.\n  expected: -2 <= kth < 2\n  given:    kth=2",
    ),
    (
        lambda: ops.unique(table),
        ArgumentError,
        "ops.unique: the elements that unique compares must be known while the function is traced.\n"
        "  expected: numbers\n"
        "  given:    tensor float32[2, 2]",
    ),
    (
        lambda: ops.fft(ONES[0, 0]),
        DTypeError,
        "ops.fft: a complex array is given by its two parts.\n  expected: (real, imaginary)\n  given:    a float64",
    ),
    (
        lambda: ops.irfft((ONES, ONES[0])),
        ShapeError,
        "ops.irfft: both parts of a complex array have one shape.\n  given:    (2, 2) and (2,)",
    ),
    (
        lambda: ops.ifft2((ONES[0], ONES[0])),
        ShapeError,
        "ops.ifft2: two axes are transformed.\n  expected: two axes or more\n  given:    (2,)",
    ),
    (
        lambda: ops.rfft(1.0),
        ShapeError,
        "ops.rfft: one axis is transformed.\n  expected: one axis or more\n  given:    ()",
    ),
    (
        lambda: ops.rfft(ONES, 0),
        ArgumentError,
        "ops.rfft: a transform has a length.\n  expected: fft_length >= 1\n  given:    0",
    ),
    (
        lambda: ops.stft(np.ones(9, "int32"), 2, 1, 2),
        DTypeError,
        "ops.stft: waves are floats.\n  expected: float32 or float64\n  given:    int32",
    ),
    (
        lambda: ops.stft(np.ones(9), 4, 1, 3),
        ArgumentError,
        "ops.stft: a sequence is longer than its transform.\n  expected: fft_length >= 4\n  given:    3",
    ),
    (
        lambda: ops.stft(np.ones(9), 4, 0, 4),
        ArgumentError,
        "ops.stft: the stride is a number of steps.\n  expected: sequence_stride >= 1\n  given:    0",
    ),
    (
        lambda: ops.stft(np.ones(9), 4, 1, 4, window="bartlett"),
        ArgumentError,
        "ops.stft: there is no such window.\n  expected: 'hann', 'hamming', an array or None\n  given:    'bartlett'",
    ),
    (
        lambda: ops.stft(np.ones(9), 4, 1, 4, window=np.ones(3)),
        ShapeError,
        "ops.stft: the window does not fit the sequences.\n  expected: (4,)\n  given:    (3,)",
    ),
    (
        lambda: ops.istft((ONES[0], ONES[0]), 2, 1, 2),
        ShapeError,
        "ops.istft: windows and their transforms are two axes.\n  given:    (2,)",
    ),
    (
        lambda: ops.rearrange(ONES, "a b"),
        ArgumentError,
        "ops.rearrange: a pattern has two sides.\n  expected: 'axes -> axes'\n  given:    'a b'",
    ),
    (
        lambda: ops.rearrange(ONES, "a [b] -> a b"),
        ArgumentError,
        "ops.rearrange: a pattern is made of names and round brackets.\n  given:    'a [b] -> a b'",
    ),
    (
        lambda: ops.rearrange(ONES, "a b -> a c"),
        ArgumentError,
        "ops.rearrange: both sides of a pattern name the same axes, each once.\n  expected: a b\n  given:    a c",
    ),
    (
        lambda: ops.rearrange(ONES, "a b -> b a", c=2),
        ArgumentError,
        "ops.rearrange: the pattern has no axis of this name.\n  expected: a b\n  given:    'c'",
    ),
    (
        lambda: ops.rearrange(ONES, "a -> a"),
        ShapeError,
        "ops.rearrange: the pattern does not fit the array.\n  expected: 1 axes for 'a'\n  given:    (2, 2)",
    ),
    (
        lambda: ops.rearrange(ONES, "(a b) c -> a b c"),
        ShapeError,
        "ops.rearrange: an axis is made of several of unknown length.\n"
        "  expected: all lengths but one\n"
        "  given:    (a b)",
    ),
    (
        lambda: ops.rearrange(ONES, "(a b) c -> a b c", a=3),
        ShapeError,
        "ops.rearrange: the lengths of a pattern do not fit its axis.\n  expected: size 2 of (a b)\n  given:    3",
    ),
    (
        lambda: ops.depth_to_space(np.ones((1, 1, 1, 3)), 2),
        ShapeError,
        "ops.depth_to_space: the channels do not divide into blocks.\n"
        "  expected: a multiple of 4 channels\n"
        "  given:    3",
    ),
    (
        lambda: ops.space_to_depth(np.ones((1, 3, 2, 1)), 2),
        ShapeError,
        "ops.space_to_depth: the image does not divide into blocks.\n"
        "  expected: height and width multiples of 2\n"
        "  given:    3 and 2",
    ),
    (
        lambda: ops.depth_to_space(ONES, 2),
        ShapeError,
        "ops.depth_to_space: images have four axes.\n  expected: (batch, height, width, channels)\n  given:    (2, 2)",
    ),
    (
        lambda: ops.depth_to_space(ONES, 1),
        ArgumentError,
        "ops.depth_to_space: a block has two rows or more.\n  expected: block_size >= 2\n  given:    1",
    ),
    (
        lambda: ops.depth_to_space(ONES, 2, "rows"),
        ArgumentError,
        "ops.depth_to_space: there is no such order of axes.\n"
        "  expected: 'channels_last' or 'channels_first'\n"
        "  given:    'rows'",
    ),
    (
        lambda: ops.extract_sequences(ONES, 0, 1),
        ArgumentError,
        "ops.extract_sequences: windows have a length and a stride.\n"
        "  expected: sequence_length >= 1 and sequence_stride >= 1\n"
        "  given:    0 and 1",
    ),
    (
        lambda: ops.extract_sequences(ONES, 3, 1),
        ShapeError,
        "ops.extract_sequences: the last axis is shorter than a window.\n"
        "  expected: 3 or more\n"
        "  given:    shape (2, 2)",
    ),
]


@pytest.mark.parametrize(("call", "kind", "words"), MISTAKES)
def test_mistakes_are_said(call, kind, words):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == words


def test_lapack_without_an_answer(monkeypatch):
    def fails(x):
        raise np.linalg.LinAlgError("Eigenvalues did not converge")

    monkeypatch.setattr(np.linalg, "eigh", fails)
    with pytest.raises(ArgumentError) as caught:
        ops.eigh(ONES)
    assert str(caught.value) == "ops.eigh: the eigenvalues were not found: the matrix holds NaN or infinities."


def test_each_name_of_keras_is_here_or_says_what_to_use():
    for family in FAMILIES.values():
        for name in family:
            assert hasattr(ops, name) == (name not in INSTEAD), name
    for family in ("nn", "numpy", "linalg"):
        space = getattr(ops, family)
        for name in FAMILIES[family]:
            assert hasattr(space, name) == (name not in INSTEAD), name
            if name not in INSTEAD:
                assert getattr(space, name) is getattr(ops, name)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: ops.ctc_decode,
            "onionskin.ops has no 'ctc_decode', unlike keras.ops.\n"
            "  to fix:   decode by hand: ops.argmax of each step's logits, then leave out steps that repeat the one"
            " before, then the blanks",
        ),
        (
            lambda: ops.linalg.jvp,
            "onionskin.ops.linalg has no 'jvp', unlike keras.ops.linalg.\n"
            "  to fix:   forward derivatives are taken by onionskin.jvp(function, primals, tangents)",
        ),
        (
            lambda: onionskin.ops.nn.conv,
            "onionskin.ops.nn has no 'conv', unlike keras.ops.nn.\n"
            "  to fix:   convolution and pooling are not there yet; ops.extract_sequences with ops.matmul convolves"
            " along one axis",
        ),
        (lambda: ops.no_such_name, "module 'onionskin.ops' has no attribute 'no_such_name'"),
        (lambda: ops.numpy.no_such_name, "module 'onionskin.ops.numpy' has no attribute 'no_such_name'"),
    ],
)
def test_a_missing_name_says_so(call, words):
    with pytest.raises(AttributeError) as caught:
        call()
    assert str(caught.value) == words


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ops.reshape([1.0, 2.0], "a"), "ops.reshape: a size is a whole number.\n  given:    'a'"),
        (lambda: ops.zeros((2.5,)), "ops.zeros: a size is a whole number.\n  given:    2.5"),
        (lambda: ops.zeros("a"), "ops.zeros: a size is a whole number.\n  given:    'a'"),
        (lambda: ops.sum([1.0], axis="a"), "ops.sum: an axis is a whole number.\n  given:    'a'"),
        (lambda: ops.mean([[1.0]], axis=1.0), "ops.mean: an axis is a whole number.\n  given:    1.0"),
        (lambda: ops.roll([1, 2], "a"), "ops.roll: a shift is a whole number.\n  given:    'a'"),
        (lambda: ops.eye(2, k=0.5), "ops.eye: a diagonal is a whole number.\n  given:    0.5"),
        (
            lambda: ops.argmax(["a", "b"]),
            "ops.argmax: these are no numbers.\n  expected: an array of numbers or truth values\n"
            "  given:    <U1 of shape (2,)",
        ),
        (
            lambda: ops.convert_to_tensor(np.array([None])),
            "ops.convert_to_tensor: these are no numbers.\n  expected: an array of numbers or truth values\n"
            "  given:    object of shape (1,)",
        ),
        (
            lambda: ops.convert_to_tensor({}),
            "ops.convert_to_tensor: an array or tensor is needed here.\n  given:    {}",
        ),
    ],
)
def test_what_is_no_number_is_refused(call, words):
    with pytest.raises(DTypeError) as caught:
        call()
    assert str(caught.value) == words


def test_rows_of_different_length_are_refused():
    with pytest.raises(ShapeError) as caught:
        ops.add([[1, 2], [3]], 1)
    assert str(caught.value) == (
        "ops.add: the rows of nested lists differ in length.\n  given:    [[1, 2], [3]]\n"
        "  to fix:   pad them to one length"
    )


def test_axes_may_come_as_any_iterable():
    assert ops.sum(np.ones((2, 3, 4)), axis=range(1, 3)).shape == (2,)
    assert ops.zeros(range(1, 3)).shape == (1, 2)


def test_masks_choose_what_remains(each_engine):
    x = np.arange(12.0).reshape(2, 3, 2)
    for key in (
        np.array([True, False]),
        x > 3,
        x[..., 0] > 3,
        (slice(None), np.array([True, False, True])),
        [True, False],
    ):
        np.testing.assert_array_equal(ops.get_item(x, key), x[key])
        np.testing.assert_array_equal(onionskin.jit(lambda x, key=key: x[key])(x), x[key])


def test_masks_that_are_computed_are_refused():
    x = np.arange(6.0)
    with pytest.raises(DTypeError) as caught:
        onionskin.jit(lambda x: x[x > 2])(x)
    assert str(caught.value) == (
        "a mask that is computed cannot choose what remains: its size would not be known.\n"
        "  given:    bool[6]\n  to fix:   use ops.where, or multiply by the mask"
    )
    with pytest.raises(ShapeError) as caught:
        ops.get_item(np.ones((2, 3)), np.ones((3, 3), bool))
    assert str(caught.value) == (
        "ops.get_item: a mask has another shape than what it chooses from.\n  expected: (2, 3)\n  given:    (3, 3)"
    )
