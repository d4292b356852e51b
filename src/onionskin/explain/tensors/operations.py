"""Tensor operations side by side: the plain loop and the vector operation, their results and how long each takes."""

from __future__ import annotations

import ast
import inspect
import statistics
import textwrap
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from onionskin import ops
from onionskin.base.errors import ArgumentError, DTypeError, ShapeError, UnknownNameError, suggest
from onionskin.base.languages import known_language
from onionskin.explain import loops
from onionskin.explain.pages import Block, Code, Heading, Page, Sentence, Table
from onionskin.explain.tensors.words import say, time_text

_MOST = 2_000_000  # steps of a loop: some seconds
_MOST_REPEATS = 1000
_BRIEF = 1e-3  # seconds that one measurement takes at least, so that the clock's own steps do not show


def vector_relu(x: Any) -> Any:
    """Return max(x, 0)."""
    return ops.relu(x)


def vector_add(x: Any, y: Any) -> Any:
    """Return x + y."""
    return ops.add(x, y)


def vector_dot(x: Any, y: Any) -> Any:
    """Return x · y."""
    return ops.dot(x, y)


def vector_reshape(x: Any, shape: Any) -> Any:
    """Return x in another shape."""
    return ops.reshape(x, shape)


def vector_transpose(x: Any) -> Any:
    """Return x with its axes reversed."""
    return ops.transpose(x)


def vector_sum(x: Any, axis: Any = None) -> Any:
    """Return the sum of x, or its sums along an axis."""
    return ops.sum(x, axis=axis)


@dataclass(frozen=True)
class _Form:
    """One operation on arrays of certain ranks.

    Attributes:
        name: what it is called by.
        loop: its plain loop.
        vector: the same as one operation.
        ranks: of the arrays; None where any will do, if they are all equal.
        sample: for a size, arrays and options to show it on, given random numbers of a shape.
    """

    name: str
    loop: Callable[..., Any]
    vector: Callable[..., Any]
    ranks: tuple[int, ...] | None
    sample: Callable[[int, Callable[..., Any]], tuple[tuple[Any, ...], dict[str, Any]]]

    def steps(self, arrays: Sequence[np.ndarray]) -> int:
        """Return how many elements the loop touches: for dot rows × columns × length."""
        if self.name != "dot":
            return max(one.size for one in arrays)
        x, y = arrays
        return int(x.size * (y.shape[1] if y.ndim == 2 else 1))


_FORMS = (
    _Form("relu", loops.naive_relu, vector_relu, None, lambda n, draw: ((draw(n, n),), {})),
    _Form("add", loops.naive_add, vector_add, None, lambda n, draw: ((draw(n, n), draw(n, n)), {})),
    _Form("add", loops.naive_add_matrix_and_vector, vector_add, (2, 1), lambda n, draw: ((draw(n, n), draw(n)), {})),
    _Form("dot", loops.naive_vector_dot, vector_dot, (1, 1), lambda n, draw: ((draw(n * n), draw(n * n)), {})),
    _Form("dot", loops.naive_matrix_vector_dot, vector_dot, (2, 1), lambda n, draw: ((draw(n, n), draw(n)), {})),
    _Form("dot", loops.naive_matrix_dot, vector_dot, (2, 2), lambda n, draw: ((draw(n, n), draw(n, n)), {})),
    _Form("reshape", loops.naive_reshape, vector_reshape, None, lambda n, draw: ((draw(n, n),), {"shape": (n * n,)})),
    _Form("transpose", loops.naive_transpose, vector_transpose, (2,), lambda n, draw: ((draw(n, n),), {})),
    _Form("sum", loops.naive_sum, vector_sum, None, lambda n, draw: ((draw(n, n),), {})),
)
_NAMES = tuple(dict.fromkeys(form.name for form in _FORMS))


@dataclass(frozen=True, eq=False)
class SideBySide(Page):
    """One operation as a loop and as a vector operation; `print` shows both.

    Attributes:
        name: of the operation.
        loop_result: what the loop gave.
        vector_result: what the vector operation gave.
        agree: whether the two are equal but for rounding.
        difference: the largest difference between them.
        loop_seconds: the median time of the loop.
        vector_seconds: the median time of the vector operation.
        loop_source: the loop, as text.
        vector_source: the vector operation, as text.
        given: the shapes of the arrays, as text.
        repeat: how many times each was measured.
        language: "en" or "ko".
    """

    name: str
    loop_result: Any
    vector_result: Any
    agree: bool
    difference: float
    loop_seconds: float
    vector_seconds: float
    loop_source: str
    vector_source: str
    given: str
    repeat: int
    language: str

    @property
    def ratio(self) -> float:
        """How many times as long as the vector operation the loop takes."""
        return self.loop_seconds / self.vector_seconds

    def blocks(self) -> list[Block]:
        """Return what stands on the page."""
        word = self._word
        rows = [
            (word("loop"), time_text(self.loop_seconds), _shown(self.loop_result)),
            (word("vector"), time_text(self.vector_seconds), _shown(self.vector_result)),
        ]
        verdict = word("agree" if self.agree else "differ", difference=self.difference)
        speed = word("faster", ratio=self.ratio) if self.ratio >= 1.5 else word("slower", ratio=1 / self.ratio)
        speed = "" if 0.75 < self.ratio < 1.5 else f" {speed}"
        time_head = f"{word('time')} ({word('median', repeat=self.repeat)})"
        return [
            Heading(word("side by side", name=self.name, given=self.given)),
            Sentence(word("loop") + ":"),
            Code(self.loop_source),
            Sentence(word("vector") + ":"),
            Code(self.vector_source),
            Table((word("form"), time_head, word("result")), rows, frozenset({1})),
            Sentence(verdict + speed),
        ]

    def _word(self, key: str, **values: Any) -> str:
        return say(self.language, key, **values)

    def __repr__(self) -> str:
        return f"<{self.name} of {self.given}: loop {self.loop_seconds:.3g} s, vector {self.vector_seconds:.3g} s>"


@dataclass(frozen=True, eq=False)
class Comparison(Page):
    """All operations side by side, as one table.

    Attributes:
        rows: one `SideBySide` for each operation.
        language: "en" or "ko".
    """

    rows: tuple[SideBySide, ...]
    language: str

    def blocks(self) -> list[Block]:
        """Return what stands on the page."""

        def word(key: str) -> str:
            return say(self.language, key)

        heads = [word(key) for key in ("operation", "shapes", "loop time", "vector time", "ratio", "same")]
        rows = [
            (
                one.name,
                one.given,
                time_text(one.loop_seconds),
                time_text(one.vector_seconds),
                f"{one.ratio:,.0f}" if one.ratio >= 10 else f"{one.ratio:.1f}",
                word("yes" if one.agree else "no"),
            )
            for one in self.rows
        ]
        return [Heading(word("table")), Table(heads, rows, frozenset({2, 3, 4}))]

    def __repr__(self) -> str:
        return f"<comparison of {len(self.rows)} operations>"


def side_by_side(name: str, *arrays: Any, repeat: int = 5, language: str = "en", **options: Any) -> SideBySide:
    """Run an operation as a plain loop and as a vector operation, and measure both.

    Args:
        name: "relu", "add", "dot", "reshape", "transpose" or "sum".
        arrays: what it works on: one array, or two for "add" (of one shape, or a matrix and a vector) and "dot"
            (vector · vector, matrix · vector or matrix · matrix).
        repeat: how many times each is measured; the median counts.
        language: of what is printed, "en" or "ko".
        options: `shape` for "reshape"; `axis` for "sum".

    Returns:
        Both results, whether they agree, both times and both sources; printable.

    Raises:
        UnknownNameError: there is no such operation or language.
        ShapeError: the arrays do not fit the operation.
        DTypeError: they hold no numbers.
        ArgumentError: an option is missing, or the loop would take too long.

    Example:
        >>> result = side_by_side("dot", [1.0, 2.0], [3.0, 4.0])
        >>> print(result.loop_result, result.vector_result, result.agree)
        11.0 11.0 True

    Source: F. Chollet, *Deep Learning with Python* (Manning, 2017), section 2.3.
    """
    where = f"side_by_side({name!r})"
    known_language(language, "side_by_side")
    if not isinstance(name, str) or name not in _NAMES:
        raise UnknownNameError("there is no operation of this name here.", where="side_by_side(name)",
                               given=repr(name), fix=suggest(str(name), _NAMES))  # fmt: skip
    if isinstance(repeat, bool) or not isinstance(repeat, int) or not 1 <= repeat <= _MOST_REPEATS:
        raise ArgumentError("this number cannot be used.", where="side_by_side(repeat)",
                            expected=f"a whole number from 1 to {_MOST_REPEATS}", given=repr(repeat))  # fmt: skip
    numbers = [_numbers(one, where) for one in arrays]
    form = _form_for(name, numbers, where)
    _check_options(name, options, where)
    steps = form.steps(numbers)
    if steps > _MOST:
        raise ArgumentError("the plain loop would take too long.", where=where, expected=f"at most {_MOST:,} steps",
                            given=f"{steps:,} steps", fix="take smaller arrays")  # fmt: skip
    return _measured(form, numbers, options, repeat, language)


def compare_operations(size: int = 64, *, repeat: int = 3, seed: int = 0, language: str = "en") -> Comparison:
    """Measure every operation as a loop and as a vector operation, on random arrays.

    Args:
        size: of each axis, 1 to 120; the loop of matrix · matrix takes size³ steps.
        repeat: how many times each is measured; the median counts.
        seed: of the random numbers.
        language: of what is printed, "en" or "ko".

    Returns:
        One `SideBySide` for each operation, in `rows`; printed as a table.

    Raises:
        ArgumentError: the size or the number of repeats cannot be used.
        UnknownNameError: there is no such language.

    Example:
        >>> table = compare_operations(size=4, repeat=1)
        >>> len(table.rows), all(row.agree for row in table.rows)
        (9, True)
    """
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= 120:
        raise ArgumentError("this number cannot be used.", where="compare_operations(size)",
                            expected="a whole number from 1 to 120", given=repr(size))  # fmt: skip
    generator = np.random.default_rng(seed)
    samples = [(form, *form.sample(size, lambda *shape: generator.normal(size=shape))) for form in _FORMS]
    rows = [
        side_by_side(form.name, *arrays, repeat=repeat, language=language, **options)
        for form, arrays, options in samples
    ]
    return Comparison(tuple(rows), language)


def _numbers(value: Any, where: str) -> np.ndarray:
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.empty(0, object)
    if array.dtype.kind not in "iuf":
        raise DTypeError("these are no numbers.", where=where, expected="arrays of real numbers", given=array.dtype)
    return array


def _form_for(name: str, arrays: list[np.ndarray], where: str) -> _Form:
    """Return the form that takes these arrays, or refuse."""
    forms = [form for form in _FORMS if form.name == name]
    ranks = tuple(one.ndim for one in arrays)
    count = 2 if name in ("add", "dot") else 1
    for form in forms:
        same = len(arrays) == count and len({one.shape for one in arrays}) == 1
        if form.ranks == ranks or (form.ranks is None and same):
            return form
    wanted = {
        "add": "two arrays of one shape, or (rows, columns) and (columns,)",
        "dot": "(n,) and (n,), (rows, n) and (n,), or (rows, n) and (n, columns)",
        "transpose": "one matrix (rows, columns)",
    }
    raise ShapeError(
        "the loop of this operation does not take these arrays.",
        where=where,
        expected=wanted.get(name, "one array"),
        given=" and ".join(str(one.shape) for one in arrays) or "no array",
    )


def _check_options(name: str, options: dict[str, Any], where: str) -> None:
    known = {"reshape": ["shape"], "sum": ["axis"]}.get(name, [])
    for option in options:
        if option not in known:
            raise ArgumentError("this operation has no such option.", where=where,
                                expected=", ".join(known) or "none", given=option)  # fmt: skip
    if name == "reshape":
        shape = options.get("shape")
        if not isinstance(shape, tuple) or not all(isinstance(one, int) and one >= 0 for one in shape):
            raise ArgumentError("reshape needs the new shape.", where=where,
                                expected="shape=(…), a tuple of sizes", given=repr(shape))  # fmt: skip


def _gap(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return how far the elements are apart: 0 where both are the same infinity, or both no number."""
    with np.errstate(invalid="ignore"):
        gap: np.ndarray = np.where((one == other) | (np.isnan(one) & np.isnan(other)), 0.0, np.abs(one - other))
    return np.where(np.isnan(gap), np.inf, gap)


def _measured(form: _Form, arrays: list[np.ndarray], options: dict[str, Any], repeat: int, language: str) -> SideBySide:
    with np.errstate(over="ignore", invalid="ignore"):  # small integers wrap around in both forms alike
        loop_result, vector_result = form.loop(*arrays, **options), np.asarray(form.vector(*arrays, **options))
        loop_seconds = _seconds(lambda: form.loop(*arrays, **options), repeat)
        vector_seconds = _seconds(lambda: form.vector(*arrays, **options), repeat)
    theirs = np.asarray(loop_result)
    same_shape = theirs.shape == vector_result.shape
    gap = _gap(theirs.astype(np.float64), vector_result.astype(np.float64)) if same_shape else np.array(np.inf)
    # The order of a sum changes its last figures: one rounding for each term.
    terms = max(arrays[0].shape[-1] if form.name == "dot" else arrays[0].size, 1)
    eps = float(np.finfo(vector_result.dtype).eps) if vector_result.dtype.kind == "f" else 0.0
    scale = max(float(np.abs(one[np.isfinite(one)]).max(initial=0)) for one in arrays) ** len(arrays)
    difference = float(gap.max()) if gap.size else 0.0
    agree = same_shape and difference <= 2 * terms * eps * max(scale * terms, 1.0)
    shown = {"add": " + ", "dot": " · "}.get(form.name, " ").join(str(one.shape) for one in arrays)
    for key, value in options.items():
        shown += f" → {value}" if key == "shape" else f", {key}={value}"
    return SideBySide(
        form.name, loop_result, vector_result, agree, difference, loop_seconds, vector_seconds,
        source_of(form.loop), source_of(form.vector), shown, repeat, language,
    )  # fmt: skip


def _seconds(run: Callable[[], Any], repeat: int) -> float:
    """Return the median time of one run; brief ones are run several times at each measurement."""
    begin = time.perf_counter()
    run()
    once = time.perf_counter() - begin
    times = max(1, int(_BRIEF / max(once, 1e-9)))
    measured = []
    for _ in range(repeat):
        begin = time.perf_counter()
        for _ in range(times):
            run()
        measured.append((time.perf_counter() - begin) / times)
    return statistics.median(measured)


def source_of(function: Callable[..., Any]) -> str:
    """Return a function's source without docstring, checks and type hints, after those of the loops that it calls.

    Example:
        >>> print(source_of(vector_dot))
        def vector_dot(x, y):
            return ops.dot(x, y)
    """
    called = [getattr(loops, name, None) for name in function.__code__.co_names]
    helpers = [one for one in called if inspect.isfunction(one) and one is not loops._need]
    return "\n".join([*map(source_of, helpers), _source(function)])


def _source(function: Callable[..., Any]) -> str:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.returns = None
    for argument in definition.args.args:
        argument.annotation = None
    body = [one for one in definition.body if not _is_aside(one)]
    definition.body = [
        ast.Assign([one.target], one.value, lineno=one.lineno) if isinstance(one, ast.AnnAssign) and one.value else one
        for one in body
    ]
    return ast.unparse(definition)


def _is_aside(statement: Any) -> bool:
    """Tell docstrings, bare annotations, checks of arguments and the flags that feed them."""
    if isinstance(statement, ast.Expr):
        call = statement.value
        return not isinstance(call, ast.Call) or getattr(call.func, "id", "") == "_need"
    if isinstance(statement, ast.AnnAssign):
        return statement.value is None
    if isinstance(statement, ast.Assign):
        return getattr(statement.targets[0], "id", "") == "fits"
    return isinstance(statement, ast.If) and isinstance(statement.body[0], ast.Raise)


def _shown(value: Any) -> str:
    """Return a result in few letters: a number as it is, small arrays with their numbers, others by shape."""
    array = np.asarray(value)
    if array.ndim == 0:
        return f"{array[()]:.6g}"
    if array.size <= 6:
        return np.array2string(array, precision=4, separator=", ").replace("\n", "")
    return f"{array.shape} {array.dtype}"
