"""A tensor described: axes, shape, dtype, memory, what kind of data it seems to be, its slices and batches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, DTypeError, ShapeError, UnknownNameError, suggest
from onionskin.base.languages import known_language
from onionskin.base.specs import dtype_name
from onionskin.explain.pages import Block, Heading, Page, Sentence, Table
from onionskin.explain.tensors.words import say, size_text

_CHANNELS = (1, 3, 4)  # grey, colour, colour and opacity
_WIDEST_PICTURE = 4  # a 3-axis tensor of pixels is at least this high and wide
_AXES = {  # kind → the meaning of each axis
    "scalar": (),
    "a vector": ("entries",),
    "vector data": ("samples", "features"),
    "sequences": ("samples", "timesteps", "features"),
    "grey images": ("samples", "height", "width"),
    "images": ("samples", "height", "width", "channels"),
    "images first": ("samples", "channels", "height", "width"),
    "video": ("samples", "frames", "height", "width", "channels"),
    "video first": ("samples", "frames", "channels", "height", "width"),
}
# The usual kinds of data, each by an example: (words, kind, shape).
_EXAMPLES = (
    ("people", "vector data", (100_000, 3)),
    ("texts", "vector data", (500, 20_000)),
    ("prices", "sequences", (250, 390, 3)),
    ("tweets", "sequences", (1_000_000, 280, 128)),
    ("grey pictures", "images", (128, 256, 256, 1)),
    ("colour pictures", "images", (128, 256, 256, 3)),
    ("clips", "video", (4, 60 * 4, 144, 256, 3)),
)


@dataclass(frozen=True, eq=False)
class TensorDescription(Page):
    """What an array is; `print` shows it.

    Attributes:
        array: the array.
        name: what it is called in the slices that are shown.
        kind: "scalar", "a vector", "vector data", "sequences", "grey images", "images", "images first", "video",
            "video first" or "tensor of".
        guessed: whether the kind is a guess.
        batch_size: of the batches that are shown.
        language: "en" or "ko".
    """

    array: np.ndarray
    name: str
    kind: str
    guessed: bool
    batch_size: int
    language: str

    @property
    def rank(self) -> int:
        """The number of axes."""
        return self.array.ndim

    @property
    def shape(self) -> tuple[int, ...]:
        """The size of each axis."""
        return self.array.shape

    @property
    def dtype(self) -> str:
        """The type of an element."""
        return str(self.array.dtype)

    @property
    def nbytes(self) -> int:
        """The memory that the elements take."""
        return self.array.nbytes

    @property
    def axes(self) -> tuple[str, ...]:
        """What each axis means, in the description's language."""
        known = _AXES.get(self.kind)
        if known is None:
            return tuple(say(self.language, "no name", axis=axis) for axis in range(self.rank))
        return tuple(say(self.language, one) for one in known)

    @property
    def slices(self) -> dict[str, tuple[int, ...]]:
        """Examples of slices, as they are typed, with the shape of each."""
        if not self.rank or not self.shape[0]:
            return {}
        n = self.shape[0]
        texts = [str(min(4, n - 1)), f"{n // 10 if n < 100 else 10}:{n if n < 100 else 100}"]
        if self.kind in ("grey images", "images") and min(self.shape[1:3]) >= _WIDEST_PICTURE:
            high, wide = self.shape[1:3]
            texts += [f":, {high // 2}:, {wide // 2}:", f":, {high // 4}:-{high // 4}, {wide // 4}:-{wide // 4}"]
        elif self.rank > 1:
            texts.append(", ".join([":"] * (self.rank - 1) + ["0"]))
        return {f"{self.name}[{text}]": self.array[_index(text)].shape for text in texts}

    @property
    def batches(self) -> int:
        """How many batches the samples make; the last may be smaller."""
        return math.ceil(self.shape[0] / self.batch_size) if self.rank else 0

    def batch(self, n: int) -> np.ndarray:
        """Return the n-th batch, counted from 0.

        Raises:
            ArgumentError: there is no such batch.

        Example:
            >>> describe_tensor(np.zeros((300, 4)), batch_size=128).batch(2).shape
            (44, 4)
        """
        if isinstance(n, bool) or not isinstance(n, int | np.integer) or not 0 <= n < self.batches:
            raise ArgumentError("there is no batch of this number.", where="batch(n)",
                                expected=f"a whole number from 0 to {self.batches - 1}" if self.batches else "none, as "
                                "there are no samples", given=repr(n))  # fmt: skip
        return self.array[self.batch_size * n : self.batch_size * (n + 1)]

    def blocks(self) -> list[Block]:
        """Return what stands on the page."""
        word = self._word
        array = self.array
        rows = [
            (word("rank"), str(self.rank)),
            (word("shape"), str(self.shape)),
            (word("dtype"), self.dtype),
            (word("elements"), f"{array.size:,}"),
            (word("memory"), f"{self.nbytes:,} B" + (f" = {size_text(self.nbytes)}" if self.nbytes >= 1024 else "")),
        ]
        if self.rank:
            strides = ", ".join(f"{one:,}" for one in array.strides)
            rows.append((word("strides"), word("strides of", strides=strides)))
        if array.size and array.dtype.kind in "biuf":
            rows.append((word("range"), word("range of", low=f"{array.min():.6g}", high=f"{array.max():.6g}")))
        kind = word("tensor of", rank=self.rank) if self.kind == "tensor of" else word(self.kind)
        page: list[Block] = [
            Heading(word("tensor", rank=self.rank)),
            Table((word("property"), word("value")), rows),
            Sentence(word("kind" if self.guessed else "kind given", kind=kind)),
        ]
        if self.rank:
            axes = [
                (str(i), f"{size:,}", name) for i, (size, name) in enumerate(zip(self.shape, self.axes, strict=True))
            ]
            page.append(Table((word("axis"), word("size"), word("meaning")), axes, frozenset({0, 1})))
        if self.slices:
            slices = [(text, str(shape)) for text, shape in self.slices.items()]
            page += [Heading(word("slices")), Table((word("slice"), word("shape")), slices)]
        return page + self._batch_blocks()

    def _batch_blocks(self) -> list[Block]:
        if self.kind in ("scalar", "a vector") or not self.batches:
            return []
        word, size, count = self._word, self.batch_size, self.batches
        last = self.shape[0] - size * (count - 1)
        if count == 1:
            return [Heading(word("batches")), Sentence(word("one batch", last=last, size=size))]
        chosen = sorted({0, 1, count - 1})
        rows = [
            (word("batch n", n=n), f"{self.name}[{size * n}:{min(size * (n + 1), self.shape[0])}]",
             str(self.batch(n).shape))
            for n in chosen
        ]  # fmt: skip
        heads = (word("batch"), word("slice"), word("shape"))
        return [Heading(word("batches")), Sentence(word("batches of", count=count, size=size, last=last)),
                Table(heads, rows)]  # fmt: skip

    def _word(self, key: str, **values: Any) -> str:
        return say(self.language, key, **values)

    def __repr__(self) -> str:
        return f"<tensor {self.shape} {self.dtype}: {self.kind}>"


@dataclass(frozen=True, eq=False)
class DataKinds(Page):
    """The usual kinds of data, each with an example and how large that is.

    Attributes:
        dtype: of an element.
        language: "en" or "ko".
    """

    dtype: str
    language: str

    @property
    def rows(self) -> tuple[tuple[str, str, tuple[int, ...], int], ...]:
        """(example, kind, shape, bytes) of each."""
        each = np.dtype(self.dtype).itemsize
        return tuple(
            (say(self.language, words), say(self.language, kind), shape, math.prod(shape) * each)
            for words, kind, shape in _EXAMPLES
        )

    def blocks(self) -> list[Block]:
        """Return what stands on the page."""
        heads = [say(self.language, key) for key in ("data", "shape", "elements", "memory")]
        rows = [
            (words, str(shape), f"{math.prod(shape):,}", size_text(nbytes)) for words, _, shape, nbytes in self.rows
        ]
        return [Heading(say(self.language, "kinds", dtype=self.dtype)), Table(heads, rows, frozenset({2, 3}))]

    def __repr__(self) -> str:
        return f"<kinds of data, {self.dtype}>"


def describe_tensor(
    x: Any, *, name: str = "x", kind: str | None = None, batch_size: int = 128, language: str = "en"
) -> TensorDescription:
    """Describe an array: rank, shape, dtype, memory, what kind of data it seems to be, slices and batches.

    The kind is guessed from rank, shape and dtype, and said to be a guess; `kind` states it.

    Args:
        x: an array, or numbers in nested lists.
        name: what to call it in the slices that are shown.
        kind: what the array holds, one of "vector data", "sequences", "grey images", "images" (channels last),
            "images first" (channels first), "video", "video first"; guessed where None.
        batch_size: samples in a batch.
        language: of what is printed, "en" or "ko".

    Returns:
        The description, printable; `.batch(n)` gives the n-th batch.

    Raises:
        DTypeError: these are no numbers.
        ShapeError: the kind has another number of axes.
        ArgumentError: the batch size cannot be used.
        UnknownNameError: there is no such kind or language.

    Example:
        >>> digits = describe_tensor(np.zeros((60000, 28, 28), np.uint8))
        >>> digits.rank, digits.kind, digits.nbytes, digits.batches
        (3, 'grey images', 47040000, 469)
    """
    where = "describe_tensor"
    known_language(language, where)
    try:
        array = np.asarray(x)
    except ValueError:
        array = np.empty(0, object)
    if array.dtype.kind not in "biufc":
        raise DTypeError("this is no tensor of numbers.", where=f"{where}(x)",
                         expected="an array, or numbers in lists of equal lengths", given=array.dtype)  # fmt: skip
    if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
        raise ArgumentError("this number cannot be used.", where=f"{where}(batch_size)",
                            expected="a whole number from 1", given=repr(batch_size))  # fmt: skip
    if kind is not None:
        if not isinstance(kind, str) or kind not in _AXES:
            raise UnknownNameError("there is no kind of data of this name.", where=f"{where}(kind)",
                                   given=repr(kind), fix=suggest(str(kind), _AXES))  # fmt: skip
        if len(_AXES[kind]) != array.ndim:
            raise ShapeError(
                f"{kind!r} has another number of axes.",
                where=f"{where}(kind)",
                expected=f"rank {len(_AXES[kind])}: {', '.join(_AXES[kind])}",
                given=array.shape,
            )
    return TensorDescription(array, name, kind or _kind(array), kind is None, batch_size, language)


def data_kinds(dtype: str = "float32", *, language: str = "en") -> DataKinds:
    """Return the usual kinds of data, from vectors to video, each by an example with its shape and its memory.

    Args:
        dtype: of an element.
        language: of what is printed, "en" or "ko".

    Raises:
        DTypeError: there is no such dtype.
        UnknownNameError: there is no such language.

    Example:
        >>> clips = data_kinds().rows[-1]
        >>> clips[2], clips[3] // 4
        ((4, 240, 144, 256, 3), 106168320)

    Source: F. Chollet, *Deep Learning with Python* (Manning, 2017), section 2.2.
    """
    try:
        return DataKinds(dtype_name(dtype), known_language(language, "data_kinds"))
    except DTypeError as error:
        raise error.within("data_kinds(dtype)") from None


def _kind(array: np.ndarray) -> str:
    """Guess what an array holds: pixels are whole bytes, or lie on axes that look like height and width."""
    shape = array.shape
    if array.ndim <= 2:
        return ("scalar", "a vector", "vector data")[array.ndim]
    if array.ndim == 3:
        picture = array.dtype == np.uint8 or shape[1] == shape[2]
        return "grey images" if picture and min(shape[1:]) >= _WIDEST_PICTURE else "sequences"
    if array.ndim == 4:
        return "images first" if shape[1] in _CHANNELS and shape[3] not in _CHANNELS else "images"
    if array.ndim == 5:
        return "video first" if shape[2] in _CHANNELS and shape[4] not in _CHANNELS else "video"
    return "tensor of"


def _index(text: str) -> tuple[Any, ...]:
    """Return what stands between the brackets of a slice as an index."""
    parts: list[Any] = []
    for part in text.split(", "):
        ends = [int(end) if end else None for end in part.split(":")]
        parts.append(slice(*ends) if len(ends) > 1 else ends[0])
    return tuple(parts)


def shape_text(shape: Sequence[int]) -> str:
    """Return a shape as Python writes it.

    Example:
        >>> shape_text([3])
        '(3,)'
    """
    return str(tuple(int(size) for size in shape))
