"""Why an operation gives NaN or infinity at one element, told from its operation and the numbers it was given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from onionskin.explain.formulas import numbers
from onionskin.graph import CONSTANT, INPUT, PICK, Node
from onionskin.graph.bind import bind

# key → (why, what usually helps); {value} and {other} are numbers at the element, {largest} that of the dtype
WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "en": {
        "log of 0": (
            "logarithm of 0, which is -inf",
            "keep what goes into the logarithm above 0, as in ops.log(x + 1e-7); for a cross-entropy give the loss "
            "logits (from_logits=True), which has no logarithm of a probability",
        ),
        "log of a negative": (
            "logarithm of a negative number ({value}), which is not defined",
            "make sure that only positive numbers come here, as softplus gives them",
        ),
        "division by 0": (
            "{other} divided by 0",
            "add a small number to the divisor, or choose safe inputs before the division with ops.where",
        ),
        "0 by 0": (
            "0 divided by 0, which is not defined",
            "add a small number to the divisor; in a derivative, ops.where must choose the inputs before the "
            "operation, not only its result",
        ),
        "root of a negative": (
            "square root of a negative number ({value}), which is not defined",
            "make sure that no number below 0 comes here, as with ops.maximum(x, 0)",
        ),
        "root of 0": (
            "1 divided by the square root of 0",
            "add a small number below the root: the slope of a root at 0 is infinite",
        ),
        "power of a negative": (
            "{value} raised to {other}, which is not defined for a negative number",
            "use a whole exponent, or the power of the absolute value",
        ),
        "power of 0": ("0 raised to the negative number {other}", "keep the base away from 0"),
        "overflow of exp": (
            "e to the power of {value} is larger than the largest {dtype}, {largest}",
            "use softmax, logsumexp, sigmoid or softplus, which subtract first; or scale the inputs and begin with a "
            "smaller learning rate",
        ),
        "overflow": (
            "the result is larger than the largest {dtype}, {largest}",
            "scale the inputs to about 0 to 1, use a smaller learning rate or clipnorm=1.0 in the optimizer",
        ),
        "overflow of half precision": (
            "the result is larger than the largest {dtype}, {largest}",
            "compute this in float32 (dtype='float32' for the layer), or scale the inputs; LossScaleOptimizer adjusts "
            "the scale of gradients by itself",
        ),
        "inf minus inf": (
            "infinity minus infinity, which is not defined",
            "look where the infinities are made; as a mask a large negative number, such as -1e9, does instead of -inf",
        ),
        "0 times inf": (
            "0 times infinity, which is not defined",
            "choose with ops.where instead of multiplying by 0",
        ),
        "all masked": (
            "every number here is -inf, as where a mask leaves nothing",
            "leave at least one place unmasked, or use a large negative number, such as -1e9, instead of -inf",
        ),
        "nothing": ("the mean of no elements", "leave out empty batches, and axes of size 0"),
        "not finite before": (
            "it was not finite before this step began",
            "load or make the weights anew; then search from weights that are finite",
        ),
        "data": ("the data holds {value}", "repair or leave out these samples before training"),
        "constant": ("a constant in the formula is {value}", "look at the numbers that the code writes there"),
        "not defined": (
            "the operation is not defined for these numbers",
            "keep its inputs within what it is defined for",
        ),
    },
    "ko": {
        "log of 0": (
            "0의 로그는 -inf입니다",
            "로그에 들어가는 값을 0보다 크게 하세요(예: ops.log(x + 1e-7)). 교차 엔트로피라면 손실에 로짓을 "
            "주세요(from_logits=True)",
        ),
        "log of a negative": (
            "음수({value})의 로그는 정의되지 않습니다",
            "softplus처럼 양수만 들어오게 하세요",
        ),
        "division by 0": (
            "0으로 나누었습니다: {other} / 0",
            "나누는 수에 작은 수를 더하거나, 나누기 전에 ops.where로 안전한 입력을 고르세요",
        ),
        "0 by 0": (
            "0을 0으로 나누었습니다. 정의되지 않습니다",
            "나누는 수에 작은 수를 더하세요. 미분에서는 결과가 아니라 입력을 ops.where로 먼저 골라야 합니다",
        ),
        "root of a negative": (
            "음수({value})의 제곱근은 정의되지 않습니다",
            "ops.maximum(x, 0)처럼 0보다 작은 수가 들어오지 않게 하세요",
        ),
        "root of 0": (
            "1을 0의 제곱근으로 나누었습니다",
            "근호 안에 작은 수를 더하세요. 0에서 제곱근의 기울기는 무한대입니다",
        ),
        "power of a negative": (
            "음수 {value}의 {other}제곱은 정의되지 않습니다",
            "지수를 정수로 하거나 절댓값의 거듭제곱을 쓰세요",
        ),
        "power of 0": ("0의 음수({other}) 제곱입니다", "밑이 0이 되지 않게 하세요"),
        "overflow of exp": (
            "e의 {value}제곱은 {dtype}의 최댓값 {largest}보다 큽니다",
            "먼저 빼고 계산하는 softmax, logsumexp, sigmoid, softplus를 쓰거나 입력의 크기와 학습률을 줄이세요",
        ),
        "overflow": (
            "결과가 {dtype}의 최댓값 {largest}보다 큽니다",
            "입력을 0에서 1 정도로 맞추고, 학습률을 줄이거나 옵티마이저에 clipnorm=1.0을 주세요",
        ),
        "overflow of half precision": (
            "결과가 {dtype}의 최댓값 {largest}보다 큽니다",
            "이 층을 float32로 계산하거나(dtype='float32') 입력의 크기를 줄이세요. 기울기의 배율은 "
            "LossScaleOptimizer가 맞춥니다",
        ),
        "inf minus inf": (
            "무한대에서 무한대를 뺐습니다. 정의되지 않습니다",
            "무한대가 생긴 곳을 보세요. 마스크에는 -inf 대신 -1e9 같은 큰 음수를 쓰면 됩니다",
        ),
        "0 times inf": ("0과 무한대를 곱했습니다. 정의되지 않습니다", "0을 곱하는 대신 ops.where로 고르세요"),
        "all masked": (
            "마스크가 모두 가려 이곳의 수가 모두 -inf입니다",
            "적어도 한 자리는 남겨 두거나, -inf 대신 -1e9 같은 큰 음수를 쓰세요",
        ),
        "nothing": ("원소가 없는 평균입니다", "빈 배치와 크기가 0인 축을 빼세요"),
        "not finite before": (
            "이 단계를 시작하기 전부터 유한하지 않았습니다",
            "가중치를 다시 만들거나 불러온 뒤 유한한 가중치에서 찾으세요",
        ),
        "data": ("데이터에 {value} 값이 있습니다", "훈련하기 전에 그 표본을 고치거나 빼세요"),
        "constant": ("수식의 상수가 {value} 값입니다", "코드가 그 자리에 쓴 수를 보세요"),
        "not defined": ("이 수들에는 정의되지 않는 연산입니다", "정의된 범위의 입력만 주세요"),
    },
}


def parts_at(node: Node, inputs: Sequence[np.ndarray], index: tuple[int, ...]) -> list[np.ndarray]:
    """Return what of each input one element of the result is computed from; the whole input where that is not known.

    Args:
        node: the operation.
        inputs: its inputs' numbers.
        index: the element.
    """
    kind, name = node.primitive.kind, node.primitive.name
    if kind == "elementwise":
        return [_broadcast_at(np.asarray(one), index) for one in inputs]
    if name == "matmul" and all(one.ndim >= 2 for one in inputs):
        left, right = inputs
        return [_rows_at(left, index[:-2])[index[-2]], _rows_at(right, index[:-2])[:, index[-1]]]
    if kind == "reduction" and "axis" in node.params and isinstance(node.params["axis"], tuple | int):
        return [_reduced_at(one, node, index) for one in inputs]
    return [np.asarray(one) for one in inputs]


def _broadcast_at(array: np.ndarray, index: tuple[int, ...]) -> np.ndarray:
    own = index[len(index) - array.ndim :] if array.ndim else ()
    return np.asarray(array[tuple([0 if size == 1 else place for place, size in zip(own, array.shape, strict=True)])])


def _rows_at(array: np.ndarray, index: tuple[int, ...]) -> np.ndarray:
    own = index[len(index) - (array.ndim - 2) :] if array.ndim > 2 else ()
    sizes = array.shape[:-2]
    return np.asarray(array[tuple([0 if size == 1 else place for place, size in zip(own, sizes, strict=True)])])


def _reduced_at(array: np.ndarray, node: Node, index: tuple[int, ...]) -> np.ndarray:
    """Return what a reduction, or an operation along an axis such as softmax, reads for one element."""
    axis = node.params["axis"]
    axes = {one % array.ndim for one in (axis if isinstance(axis, tuple) else (axis,))}
    same = len(index) == array.ndim  # kept axes, or as many elements as before
    rest = iter(index)
    places = [slice(None) if one in axes else (index[one] if same else next(rest)) for one in range(array.ndim)]
    return np.asarray(array[tuple(places)])


def why(
    node: Node, inputs: Sequence[np.ndarray], value: np.ndarray, index: tuple[int, ...]
) -> tuple[str, dict[str, str]]:
    """Return the key of `WORDS` that says why, and the numbers to say it with.

    Args:
        node: the operation, no input.
        inputs: its inputs' numbers.
        value: its result.
        index: an element of it that is not finite.
    """
    operation = node.inputs[0] if node.primitive is PICK else node
    parts = parts_at(operation, inputs, index)
    limits = np.finfo(value.dtype)
    said = {"dtype": value.dtype.name, "largest": f"{float(limits.max):.6g}",
            "value": numbers(parts[0]) if parts else "", "other": numbers(parts[-1]) if parts else ""}  # fmt: skip
    for one, part in zip(operation.inputs, parts, strict=False):
        if one.primitive is CONSTANT and np.isnan(np.asarray(part, "float64")).any():
            return "constant", {**said, "value": "NaN"}
    key = POLES.get(operation.primitive.name, _no_pole)(parts)
    if operation.primitive.name == "divide" and key == "division by 0":
        said["other"] = numbers(parts[0])
    return (key or _general(operation, inputs, parts, value, index)), said


def _general(
    node: Node, inputs: Sequence[np.ndarray], parts: Sequence[np.ndarray], value: np.ndarray, index: tuple[int, ...]
) -> str:
    """Return the reason of an operation that is defined everywhere: too large a result, or infinities that meet."""
    half = value.dtype.itemsize < 4
    if all(np.isfinite(part).all() for part in parts if part.dtype.kind == "f"):
        if np.isnan(value[index]) and not _finite_when_wider(node, inputs, value.dtype, index):
            return "nothing" if any(part.size == 0 for part in parts) else "not defined"
        return "overflow of half precision" if half else "overflow"
    name = node.primitive.name
    if name in ("softmax", "log_softmax", "logsumexp") and all(np.isneginf(part).all() for part in parts):
        return "all masked"
    product = name in ("multiply", "matmul", "einsum")
    return "0 times inf" if product and any((part == 0).any() for part in parts) else "inf minus inf"


def _finite_when_wider(node: Node, inputs: Sequence[np.ndarray], dtype: Any, index: tuple[int, ...]) -> bool:
    """Tell whether the same operation on float64 numbers gives a finite result: only the dtype was too small."""
    if dtype == np.float64:
        return False
    wide = [one.astype("float64") if one.dtype.kind == "f" else one for one in inputs]
    params = {key: "float64" if key == "dtype" and value == dtype.name else value for key, value in node.params.items()}
    try:
        with np.errstate(all="ignore"):
            result = np.asarray(bind(node.primitive, tuple(wide), params))
    except Exception:  # an operation of the user's own may take its own dtype only
        return False
    return result.shape[: len(index)] != () and bool(np.isfinite(result[index])) if index else bool(np.isfinite(result))


def _no_pole(parts: Sequence[np.ndarray]) -> str:
    return ""


def _log(base: float) -> Callable[[Sequence[np.ndarray]], str]:
    def found(parts: Sequence[np.ndarray]) -> str:
        x = parts[0] + base
        return "log of 0" if (x == 0).all() else "log of a negative" if (x < 0).all() else ""

    return found


def _divide(parts: Sequence[np.ndarray]) -> str:
    over, under = parts
    return "" if (under != 0).any() else "0 by 0" if (over == 0).all() else "division by 0"


def _power(parts: Sequence[np.ndarray]) -> str:
    base, exponent = parts
    if (base == 0).all() and (exponent < 0).all():
        return "power of 0"
    return "power of a negative" if (base < 0).all() and (exponent != np.floor(exponent)).all() else ""


def _root(parts: Sequence[np.ndarray]) -> str:
    return "root of a negative" if (parts[0] < 0).all() else ""


def _inverse_root(parts: Sequence[np.ndarray]) -> str:
    return "root of 0" if (parts[0] == 0).all() else _root(parts)


def _exp(parts: Sequence[np.ndarray]) -> str:
    return "overflow of exp" if np.isfinite(parts[0]).all() else ""


# What only the operation can say: where it is not defined. All else is told from the numbers.
POLES: dict[str, Callable[[Sequence[np.ndarray]], str]] = {
    "log": _log(0.0), "log1p": _log(1.0), "divide": _divide, "floor_divide": _divide, "mod": _divide, "power": _power,
    "sqrt": _root, "rsqrt": _inverse_root, "exp": _exp, "expm1": _exp,
}  # fmt: skip


def given_before(node: Node, argument: bool, value: np.ndarray, index: tuple[int, ...]) -> tuple[str, dict[str, str]]:
    """Return why an input of the step is not finite: it was so in the data, or before the step."""
    assert node.primitive is INPUT
    return ("data" if argument else "not finite before"), {"value": numbers(value[index]).replace("nan", "NaN")}
