"""The neuron and its table of activations: values by hand, formulas word for word, and what is refused."""

import numpy as np
import pytest

from onionskin import activations, classic
from onionskin.base.errors import DTypeError, ShapeError, UnknownNameError
from onionskin.classic.texts import Table, figure, vector

CORNERS = [[0, 0], [0, 1], [1, 0], [1, 1]]


@pytest.mark.parametrize(
    ("activation", "expected"),
    [("step", [0, 0, 1, 1]), ("sign", [-1, -1, 0, 1]), ("linear", [-1.5, -0.5, 0.0, 1.0]),
     ("sigmoid", [1 / (1 + np.exp(-net)) for net in (-1.5, -0.5, 0.0, 1.0)])],
)  # fmt: skip
def test_outputs_by_hand(activation, expected):
    neuron = classic.Neuron([1.5, 1.0], threshold=1.5, activation=activation)
    np.testing.assert_allclose(neuron.net(CORNERS), [-1.5, -0.5, 0.0, 1.0], atol=0)
    np.testing.assert_allclose(neuron(CORNERS), expected, rtol=1e-15)
    np.testing.assert_array_equal([neuron.output(one) for one in CORNERS], neuron(CORNERS))


def test_any_activation_of_the_library_and_any_function():
    assert classic.Neuron([1.0], activation="tanh")([0.5]) == pytest.approx(np.tanh(0.5), rel=1e-15)
    assert classic.Neuron([2.0], activation=lambda net: net * net)([3.0]) == 36.0


def test_formulas_with_and_without_numbers():
    neuron = classic.Neuron([0.5, -0.25], 0.7, "sigmoid")
    assert neuron.formula() == "y = sigmoid(0.5·x1 − 0.25·x2 − 0.7)"
    assert neuron.formula([1, -2]) == "net = 0.5·1 − 0.25·(−2) − 0.7 = 0.3\ny = sigmoid(0.3) = 0.5744"
    assert classic.Neuron([-1], -0.5).formula() == "y = step(−1·x1 + 0.5)"
    assert repr(neuron) == "Neuron([0.5, -0.25], threshold=0.7, activation='sigmoid')"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_table_names_each_activation_and_fits_a_terminal(language):
    from onionskin.plot.checks import letter_widths

    text = str(classic.activation_uses(language))
    rows = [line.split()[0] for line in text.splitlines()[1:] if not line.startswith(" ")]
    assert rows == ["step", "sign", "sigmoid", "linear"]
    assert max(map(letter_widths, text.splitlines())) <= 80
    for name in rows:
        assert activations.get(name).__name__ == name


def test_tables_of_notebooks_are_safe():
    table = Table(["<b>"], [["a & b"]], above=["x < y"])
    assert table._repr_html_() == "<p>x &lt; y</p><table><tr><th>&lt;b&gt;</th></tr><tr><td>a &amp; b</td></tr></table>"


def test_numbers_as_they_read():
    assert [figure(one) for one in (0.1 + 0.2, -0.5, -0.0, 1e-9, 12345.678)] == [
        "0.3",
        "−0.5",
        "0",
        "1e−09",
        "1.235e+04",
    ]
    assert vector([1, 2, 3, 4, 5, 6, 7], tail=True) == "(1, 2, 3, …, 6 | 7)"


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        (lambda: classic.Neuron([]), ShapeError,
         "Neuron(weights): the weights are one list of numbers.\n  expected: (d,), d at least 1\n  given:    (0,)"),
        (lambda: classic.Neuron([[1.0]]), ShapeError,
         "Neuron(weights): the weights are one list of numbers.\n  expected: (d,), d at least 1\n  given:    (1, 1)"),
        (lambda: classic.Neuron([1.0], [1.0, 2.0]), ShapeError,
         "Neuron(threshold): the threshold is a single number.\n  expected: ()\n  given:    (2,)"),
        (lambda: classic.Neuron(["a"]), DTypeError,
         "Neuron(weights): these are no numbers.\n  expected: real numbers\n  given:    <U1"),
        (lambda: classic.Neuron([1.0, 2.0]).net([1.0]), ShapeError,
         "Neuron.net(x): the inputs do not fit the weights.\n  expected: (2,) or (n, 2)\n  given:    (1,)"),
        (lambda: classic.Neuron([1.0, 2.0]).formula([[1.0, 2.0]]), ShapeError,
         "Neuron.formula(x): a formula is of one sample.\n  expected: (2,)\n  given:    (1, 2)"),
        (lambda: classic.activation_uses("de"), UnknownNameError,
         "activation_uses(language): there is no language of this name.\n  given:    'de'\n"
         "  to fix:   did you mean 'en'? Known: en, ko"),
        (lambda: classic.truth_table("xnor"), UnknownNameError,
         "truth_table: there is no truth table of this name.\n  given:    'xnor'\n"
         "  to fix:   did you mean 'xor'? Known: and, nand, nor, not, or, xor"),
    ],
)  # fmt: skip
def test_what_is_refused(make, kind, words):
    with pytest.raises(kind) as caught:
        make()
    assert str(caught.value) == words


def test_truth_tables():
    python = {"and": lambda a, b: a and b, "or": lambda a, b: a or b, "xor": lambda a, b: a != b,
              "nand": lambda a, b: not (a and b), "nor": lambda a, b: not (a or b)}  # fmt: skip
    for name, function in python.items():
        x, y = classic.truth_table(name)
        np.testing.assert_array_equal(y, [int(function(bool(a), bool(b))) for a, b in x])
    x, y = classic.truth_table("not")
    assert (x.tolist(), y.tolist()) == ([[0.0], [1.0]], [1, 0])
