"""Terms as plain text: read back by Python's own rules for brackets, they give the value of the graph."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onionskin import ops
from onionskin.base.specs import Spec
from onionskin.explain.drawing.terms import expression, number, symbol
from onionskin.graph import trace

NAMES = "abc"
UNARY = {
    "negative": lambda x: -x, "square": ops.square, "exp": ops.exp, "sqrt": lambda x: ops.sqrt(ops.abs(x)),
    "relu": ops.relu, "abs": ops.abs, "cube": lambda x: x**3.0, "half": lambda x: 0.5 * x, "less": lambda x: x - 2.5,
    "from": lambda x: 1.5 - x, "under": lambda x: 2.0 / (x * x + 1.0),
}  # fmt: skip
BINARY = {
    "add": ops.add, "subtract": ops.subtract, "multiply": ops.multiply, "divide": lambda a, b: a / (b * b + 0.5),
    "matmul": ops.matmul, "power": lambda a, b: ops.power(ops.abs(a) + 0.5, b), "maximum": ops.maximum,
}  # fmt: skip


@st.composite
def functions(draw):
    """A function of three square matrices, as steps of a stack."""
    kinds = st.sampled_from([NAMES, tuple(UNARY), tuple(BINARY), tuple(BINARY)])  # as many binary ones as others
    return [draw(st.sampled_from(draw(kinds))) for _ in range(draw(st.integers(1, 14)))]


def build(steps, values):
    stack = [values["a"], values["b"]]
    for one in steps:
        if one in values:
            stack.append(values[one])
        elif one in UNARY:
            stack.append(UNARY[one](stack.pop()))
        elif len(stack) > 1:
            right, left = stack.pop(), stack.pop()
            stack.append(BINARY[one](left, right))
    return stack[-1]


def read(text, values):
    """Evaluate a written term with Python's rules: `@` binds as tightly as `*`, as "·" and "×" do here."""
    signs = {"·": "@", "×": "*", "−": "-", "^": "**", "²": "**2", "³": "**3", "√": "ROOT@@"}
    for sign, own in signs.items():
        text = text.replace(sign, own)

    class Root:  # √ takes what stands next to it: a name, a number or brackets
        def __pow__(self, one):
            return np.sqrt(one)

    known = {"exp": np.exp, "relu": lambda x: np.maximum(x, 0), "maximum": np.maximum, "ROOT": Root(), **values}
    while "|" in text:  # |x| from the inside
        start = text.index("|")
        text = text[:start] + "abs(" + text[start + 1 :]
        depth, place = 0, start + 4
        while text[place] != "|" or depth:
            depth += (text[place] in "(") - (text[place] in ")")
            place += 1
        text = text[:place] + ")" + text[place + 1 :]
    return eval(text.replace("ROOT@@", "ROOT**"), {"__builtins__": {"abs": abs}}, known)  # noqa: S307 - our own text


@settings(max_examples=200, deadline=None)
@given(functions())
def test_what_is_written_means_what_is_computed(steps):
    random = np.random.default_rng(1)
    values = {name: random.uniform(0.2, 1.2, (2, 2)) for name in NAMES}
    graph = trace(lambda a, b, c: build(steps, {"a": a, "b": b, "c": c}), [Spec((2, 2), "float64")] * 3)
    text = expression(graph.outputs[0], dict(zip(graph.inputs, NAMES, strict=True)), most=2000, depth=30)
    if "||" in text or "|" in text[text.find("|") + 1 : text.rfind("|")]:
        return  # bars within bars say the same, but cannot be told apart by this reader
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(np.broadcast_to(read(text, values), (2, 2)), np.asarray(build(steps, values)),
                                   rtol=2e-3, err_msg=text)  # fmt: skip


def last(function, *shapes):
    graph = trace(function, [Spec(shape, "float32") for shape in shapes])
    return graph.outputs[0], dict(zip(graph.inputs, NAMES, strict=False))


WRITTEN = {
    "a·b + c": (lambda a, b, c: a @ b + c, "+"),
    "relu(a·b)": (lambda a, b, c: ops.relu(a @ b), "relu"),
    "(a + b)·c": (lambda a, b, c: (a + b) @ c, "….c".replace(".", "·")),
    "a·(b × c)": (lambda a, b, c: a @ (b * c), "a·…"),
    "a × (b·c)": (lambda a, b, c: a * (b @ c), "×"),
    "a / (b / c)": (lambda a, b, c: a / (b / c), "a / …"),
    "a − (b − c)": (lambda a, b, c: a - (b - c), "a − …"),
    "a / (b × c)": (lambda a, b, c: a / (b * c), "a / …"),
    "(aᵀ·b)ᵀ": (lambda a, b, c: ops.transpose(ops.transpose(a) @ b), "transpose"),
    "Σ a × b": (lambda a, b, c: ops.sum(a * b, axis=0), "Σ axis 0"),
    "mean(a)": (lambda a, b, c: ops.mean(a), "mean"),
    "max(a)": (lambda a, b, c: ops.max(a, axis=1), "max axis 1"),
    "−a": (lambda a, b, c: -a, "−( )"),
    "√a": (lambda a, b, c: ops.sqrt(a), "√"),
    "a²": (lambda a, b, c: ops.power(a, 2.0), "a²"),
    "2^a": (lambda a, b, c: ops.power(2.0, a), "2^a"),
    "a × 0.5": (lambda a, b, c: a * 0.5, "× 0.5"),
    "1 − a": (lambda a, b, c: 1.0 - a, "1 − a"),
    "a > 0": (lambda a, b, c: a > 0.0, "a > 0"),
    "where(a > 0, b, 0)": (lambda a, b, c: ops.where(a > 0.0, b, 0.0), "where(…, b, 0)"),
    "a × 2": (lambda a, b, c: ops.reshape(ops.reshape(a, (2, 1, 2)), (1, 2, 2)) * 2.0, "× 2"),
    "reshape(a) × 2": (lambda a, b, c: ops.reshape(a, (4,)) * 2.0, "× 2"),
    "int32(a)": (lambda a, b, c: ops.cast(a, "int32"), "→ int32"),
    "softmax(a)": (lambda a, b, c: ops.softmax(a), "softmax"),
    "(−2) × a": (lambda a, b, c: -2.0 * a, "× -2"),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_terms_and_boxes_read_like_this(text):
    function, box = WRITTEN[text]
    node, names = last(function, (2, 2), (2, 2), (2, 2))
    assert (expression(node, names).replace("-", "−"), symbol(node, names)) == (text, box)


def test_a_long_term_is_cut_from_its_inside():
    node, names = last(lambda a, b, c: ops.tanh(ops.tanh(a @ b + c) @ b + c), (2, 2), (2, 2), (2, 2))
    assert expression(node, names) == "tanh(tanh(a·b + c)·b + c)"
    assert expression(node, names, most=20) == "tanh(tanh(…)·b + c)"
    assert expression(node, names, most=12) == "tanh(… + c)"
    assert expression(node, names, most=1) == "…"


def test_numbers_have_four_digits_that_count():
    assert [number(one) for one in (0.0, 1 / 3, 12345.0, 123456.7, 1e-9, float("nan"), float("inf"), True)] == [
        "0", "0.3333", "12,345", "1.235e+05", "1e-09", "nan", "inf", "True",
    ]  # fmt: skip
