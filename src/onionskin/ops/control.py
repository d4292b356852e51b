"""Control: loops and choices that a graph holds, so that they are recorded, differentiated and run as such."""

# ruff: noqa: A001 - the names are those of keras.ops

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.graph import Graph, Node, make_input
from onionskin.ops.arguments import public_with_body, tensor, truth
from onionskin.ops.bodies import (
    Leaves,
    check_carry,
    check_known,
    existing,
    joint_branches,
    not_depending_on,
    record_branch,
    without_captured,
)
from onionskin.ops.indexing import take
from onionskin.ops.joining import concatenate
from onionskin.ops.logic import less_equal
from onionskin.prims import control, movement
from onionskin.prims.operators import getitem

Body = Callable[..., Any]


@public_with_body
def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """Return what one of two functions returns; only that one is run.

    Args:
        pred: one truth value.
        true_fn: called without arguments where it holds.
        false_fn: called where it does not; while a graph is recorded both must return the same
            structure, shapes and dtypes.

    Returns:
        The structure that the function returned.

    Raises:
        ShapeError: pred is not one value, or the functions return different things.

    Example:
        >>> print(cond(True, lambda: np.ones(2), lambda: np.zeros(2)))
        [1. 1.]
    """
    pred = truth(pred)
    if pred.ndim:
        raise ShapeError("the predicate is one truth value.", expected="shape ()", given=tuple(pred.shape))
    if not isinstance(pred, Node):
        return true_fn() if pred else false_fn()
    is_outer = existing()
    (yes, yes_nodes), (no, no_nodes) = record_branch(true_fn), record_branch(false_fn)
    if yes.shape != no.shape:
        raise ShapeError(
            "the two functions return different structures.",
            expected=f"{len(yes.values)} arrays, nested as true_fn returns them",
            given=f"{len(no.values)} arrays from false_fn",
        )
    outer, (on_true, on_false) = joint_branches([yes_nodes, no_nodes], is_outer)
    return yes.put(control.cond(pred, *outer, on_true=on_true, on_false=on_false))


@public_with_body
def scan(
    f: Body, init: Any, xs: Any = None, length: int | None = None, reverse: bool = False, unroll: int | bool = 1
) -> Any:
    """Return the result of a loop that carries a value along and collects what each step puts out.

    carry, y[t] = f(carry, x[t])  for t = 0 … length-1

    Args:
        f: takes the carry and a row of xs; returns the next carry and what to collect (or None).
        init: the first carry: an array or a nested structure of them; its shapes and dtypes stay.
        xs: array or structure of arrays (length, …), or None.
        length: number of steps; the length of xs where None.
        reverse: begin with the last row; what is collected stands at the place of its row.
        unroll: accepted, and without effect on the result.

    Returns:
        The last carry, and the collected rows as arrays (length, …).

    Raises:
        ArgumentError: the length is not known.
        ShapeError: lengths differ, or the carry changes its structure or shape.
        DTypeError: the carry changes its dtype.

    Example:
        >>> total, running = scan(lambda c, x: (c + x, c + x), np.array(0), np.array([1, 2, 3]))
        >>> print(total, running)
        6 [1 3 6]
    """
    if isinstance(unroll, bool | int) and unroll is not False and unroll < 1:
        raise ArgumentError("unroll is a number of steps.", expected="1 or more, or a bool", given=f"unroll={unroll}")
    first, rows = Leaves(init), Leaves(xs)
    steps = _length(rows, length)
    if steps and not first.recorded and not rows.recorded:
        done = _loop(f, first, rows, steps, reverse)
        if done is not None:
            return done
    return _recorded(f, first, rows, steps, reverse)


def _length(rows: Leaves, length: int | None) -> int:
    if any(spec.ndim == 0 for spec in rows.specs):
        raise ShapeError("xs need a first axis to loop over.", expected="arrays (length, …)", given="a single number")
    found = {spec.shape[0] for spec in rows.specs} | ({int(length)} if length is not None else set())
    if not found:
        raise ArgumentError("the number of steps is not known.", expected="xs or length=", given="neither")
    if len(found) > 1 or None in found:
        listed = ", ".join(str(spec.shape[0]) for spec in rows.specs)
        raise ShapeError(
            "all xs need one known length.",
            expected="equal sizes on the first axis" + ("" if length is None else f", equal to length={length}"),
            given=f"xs of lengths {listed}",
        )
    return int(found.pop() or 0)


def _pair(result: Any) -> tuple[Any, Any]:
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise ArgumentError(
            "the body returns the next carry and what to collect.",
            expected="a pair (carry, y)",
            given=type(result).__name__,
        )
    return result[0], result[1]


def _loop(f: Body, first: Leaves, rows: Leaves, steps: int, reverse: bool) -> Any:
    """Run on arrays; None where the body uses a tensor that is being traced."""
    state, collected = first, []
    for step in reversed(range(steps)) if reverse else range(steps):
        carry, y = _pair(f(state.put(state.values), rows.put([np.asarray(row[step]) for row in rows.values])))
        state, part = Leaves(carry), Leaves(y)
        if state.recorded or part.recorded:
            return None
        check_carry(first, state, f"step {step}")
        collected.append(part)
    if reverse:
        collected.reverse()
    columns = zip(*[part.values for part in collected], strict=True)
    return state.put(state.values), collected[0].put([np.stack(column) for column in columns])


def _recorded(f: Body, first: Leaves, rows: Leaves, steps: int, reverse: bool) -> Any:
    check_known([*first.specs, *rows.specs])
    carried = [make_input(spec, f"carry{index}") for index, spec in enumerate(first.specs)]
    slices = [make_input(type(spec)(spec.shape[1:], spec.dtype), f"x{index}") for index, spec in enumerate(rows.specs)]
    result: list[Any] = []

    def body() -> Any:
        result.extend(_pair(f(first.put(carried), rows.put(slices))))
        return tuple(result)

    _, outputs = record_branch(body)
    carry, y = Leaves(result[0]), Leaves(result[1])
    check_carry(first, carry, "the body")
    own = (*carried, *slices)
    outputs, outer, constants = without_captured(outputs, not_depending_on(own, outputs))
    check_known([node.spec for node in outer])
    graph = Graph((*own, *constants), tuple(outputs), getattr(f, "__name__", "body"))
    count = len(carried)
    setting = {"carries": count, "sequences": len(slices), "length": steps, "reverse": bool(reverse)}
    parts = control.scan(*first.values, *rows.values, *outer, body=graph, **setting)
    return carry.put(parts[:count]), y.put(parts[count:])


@public_with_body
def map(f: Body, xs: Any) -> Any:
    """Return a function's results for each row.

    Args:
        f: takes a row of xs, returns an array or a nested structure of them.
        xs: array or structure of arrays (length, …).

    Returns:
        The results as arrays (length, …).

    Example:
        >>> print(map(lambda x: x * x, np.array([1, 2, 3])))
        [1 4 9]
    """
    return scan(lambda carry, x: (carry, f(x)), (), xs)[1]


@public_with_body
def vectorized_map(function: Body, elements: Any) -> Any:
    """Return a function's results for each row; the same as `map`.

    Args:
        function: takes a row of elements, returns an array or a nested structure of them.
        elements: array or structure of arrays (length, …).

    Returns:
        The results as arrays (length, …).

    Example:
        >>> print(vectorized_map(lambda x: x + 1, np.array([1, 2])))
        [2 3]
    """
    return scan(lambda carry, x: (carry, function(x)), (), elements)[1]


@public_with_body
def fori_loop(lower: int, upper: int, body_fun: Body, init_val: Any) -> Any:
    """Return a value after a counted loop.

    value = body_fun(i, value)  for i = lower … upper-1

    Args:
        lower: the first count.
        upper: where to end, not included.
        body_fun: takes the count and the value, returns the next value.
        init_val: the first value: an array or a nested structure of them.

    Returns:
        The last value.

    Raises:
        ArgumentError: lower or upper is a tensor without numbers.

    Example:
        >>> print(fori_loop(0, 4, lambda i, total: total + i, np.array(0)))
        6
    """
    ends = [tensor(lower), tensor(upper)]
    if any(isinstance(end, Node) for end in ends):
        raise ArgumentError("the number of steps must be known while the function is traced.", given="a tensor",
                            fix="use ops.while_loop with maximum_iterations=")  # fmt: skip
    counts = np.arange(int(ends[0]), int(ends[1]), dtype=np.int32)
    return scan(lambda value, count: (body_fun(count, value), None), init_val, counts)[0]


@public_with_body
def while_loop(cond: Body, body: Body, loop_vars: Any, maximum_iterations: int | None = None) -> Any:
    """Return values after a loop that runs as long as a condition holds.

    Args:
        cond: takes the values, returns one truth value.
        body: takes the values, returns the next ones.
        loop_vars: a tuple or list of values, or a single one.
        maximum_iterations: where to stop at the latest; needed while a graph is recorded.

    Returns:
        The last values, in the form of loop_vars.

    Raises:
        ArgumentError: a recorded loop without maximum_iterations.

    Example:
        >>> print(while_loop(lambda n: n < 10, lambda n: n * 2, np.array(1)))
        16
    """
    single = not isinstance(loop_vars, tuple | list)
    values = Leaves((loop_vars,) if single else tuple(loop_vars))

    def test(state: Any) -> Any:
        return truth(cond(*state))

    def advance(state: Any) -> tuple[Any, ...]:
        new = body(*state)
        return (new,) if single or not isinstance(new, tuple | list) else tuple(new)

    def finished(state: Any) -> Any:
        return state[0] if single else type(loop_vars)(state)

    state, count = values.put(values.values), 0
    going = test(state)
    if not isinstance(going, Node) and not values.recorded:
        while going and (maximum_iterations is None or count < maximum_iterations):
            after = Leaves(advance(state))
            check_carry(values, after, f"step {count}")
            state, count = after.put(after.values), count + 1
            going = test(state)
        return finished(state)
    if maximum_iterations is None:
        raise ArgumentError("a loop whose end is not known cannot be recorded.", expected="maximum_iterations=",
                            given="None")  # fmt: skip

    def step(state: Any, _: Any) -> Any:
        return _choice(test(state), lambda: advance(state), lambda: state), None

    return finished(scan(step, state, length=int(maximum_iterations))[0])


_choice = cond  # `while_loop` has an argument of this name


@public_with_body
def switch(index: Any, branches: Any, *operands: Any) -> Any:
    """Return what one of several functions returns; only that one is run.

    Args:
        index: whole number of the function; one beyond the ends means the first or the last.
        branches: functions of the operands; while a graph is recorded all must return the same
            structure, shapes and dtypes.
        operands: what the function is called with.

    Returns:
        The structure that the function returned.

    Raises:
        ArgumentError: there are no functions.

    Example:
        >>> print(switch(1, [lambda x: x + 1, lambda x: x * 10], np.array(5)))
        50
    """
    if not branches:
        raise ArgumentError("there is nothing to choose from.", expected="one function or more", given="no branches")
    index = tensor(index)
    if not isinstance(index, Node):
        return branches[min(max(int(index), 0), len(branches) - 1)](*operands)
    if len(branches) == 1:
        return branches[0](*operands)
    rest: Any = index - np.ones((), index.dtype)
    first: Any = less_equal(index, 0)
    return cond(first, lambda: branches[0](*operands), lambda: switch(rest, branches[1:], *operands))


@public_with_body
def associative_scan(f: Body, elems: Any, reverse: bool = False, axis: int = 0) -> Any:
    """Return the running results of an associative operation, in log₂ n rounds.

    y₀ = x₀,  yᵢ = f(yᵢ₋₁, xᵢ)

    Args:
        f: takes two structures like elems (of any length along the axis), returns their combination.
        elems: array or structure of arrays of one length along the axis.
        reverse: begin at the end.
        axis: the axis to run along.

    Returns:
        The structure of elems, of the same shapes.

    Raises:
        ShapeError: the lengths differ.

    Source: Blelloch, "Prefix sums and their applications", 1990.

    Example:
        >>> print(associative_scan(lambda a, b: a + b, np.array([1, 2, 3, 4])))
        [ 1  3  6 10]
    """
    whole = Leaves(elems)
    places = [axis % spec.ndim if -spec.ndim <= axis < spec.ndim else -1 for spec in whole.specs]
    lengths = {spec.shape[place] if place >= 0 else None for spec, place in zip(whole.specs, places, strict=True)}
    if len(lengths) != 1 or None in lengths:
        raise ShapeError("all elems need one known length along the axis.", expected=f"equal sizes at axis {axis}",
                         given=" and ".join(str(spec.shape) for spec in whole.specs))  # fmt: skip
    flipped = [movement.flip(x, axes=(place,)) if reverse else x for x, place in zip(whole.values, places, strict=True)]

    def part(values: list[Any], start: int | None, stop: int | None, step: int | None = None) -> list[Any]:
        return [
            getitem(x, (*[slice(None)] * place, slice(start, stop, step)))
            for x, place in zip(values, places, strict=True)
        ]

    def combined(a: list[Any], b: list[Any]) -> list[Any]:
        return Leaves(f(whole.put(a), whole.put(b))).values

    def running(values: list[Any], count: int) -> list[Any]:
        if count < 2:
            return values
        pairs = combined(part(values, 0, count - 1, 2), part(values, 1, None, 2))
        odd = running(pairs, count // 2)
        rest = part(odd, 0, -1) if count % 2 == 0 else odd
        even = combined(rest, part(values, 2, None, 2)) if count > 2 else []
        first = part(values, 0, 1)
        return [
            _interleaved(concatenate([head, *tail], axis=place), other, place)
            for head, tail, other, place in zip(
                first, [[x] for x in even] or [[]] * len(first), odd, places, strict=True
            )
        ]

    done = running(flipped, int(lengths.pop() or 0))
    return whole.put([movement.flip(x, axes=(place,)) if reverse else x for x, place in zip(done, places, strict=True)])


def _interleaved(even: Any, odd: Any, axis: int) -> Any:
    """Return elements of two arrays in turn along an axis; even may be longer by one."""
    count = odd.shape[axis]
    order = [place // 2 + (place % 2) * even.shape[axis] for place in range(count + even.shape[axis])]
    return take(concatenate([even, odd], axis=axis), np.asarray(order, np.int32), axis=axis)
