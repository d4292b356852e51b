"""`peel`: each formula that is shown gives the numbers that the engine computes; its words and forms."""

import io
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import onionskin
from onionskin import layers, ops
from onionskin.base.errors import ArgumentError, DTypeError, UnknownNameError
from onionskin.base.specs import Spec
from onionskin.explain import peel
from onionskin.explain.columns import width
from onionskin.explain.peeling.algebra import sympy

RNG = np.random.default_rng(11)


class Own(layers.Layer):
    """A layer of a user's own: nothing in the library knows it."""

    def build(self, input_shape):
        self.scale = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="scale")

    def call(self, inputs):
        return inputs / (1.0 + ops.exp(-self.scale * inputs)) + ops.max(inputs, axis=-1, keepdims=True)


PARTS = {
    "dense": lambda: layers.Dense(4),
    "relu": lambda: layers.Dense(3, "relu"),
    "sigmoid": lambda: layers.Dense(5, "sigmoid"),
    "tanh": lambda: layers.Dense(4, "tanh"),
    "gelu": lambda: layers.Dense(4, "gelu"),
    "elu": lambda: layers.Dense(4, "elu"),
    "softplus": lambda: layers.Dense(4, "softplus", use_bias=False),
    "softmax inside": lambda: layers.Dense(4, "softmax"),
    "penalty": lambda: layers.Dense(4, "swish", kernel_regularizer="l2"),
    "layer norm": layers.LayerNormalization,
    "batch norm": layers.BatchNormalization,
    "dropout": lambda: layers.Dropout(0.4, seed=3),
    "leaky": layers.LeakyReLU,
    "own": Own,
    "reshape": lambda: onionskin.Sequential([layers.Reshape((-1, 1)), layers.Flatten()]),
}
ENDS = {
    "mse": (lambda: layers.Dense(2), "mse", lambda n: RNG.normal(size=(n, 2))),
    "one-hot": (
        lambda: layers.Dense(3, "softmax"),
        "categorical_crossentropy",
        lambda n: np.eye(3)[RNG.integers(0, 3, n)],
    ),
    "labels": (lambda: layers.Dense(3, "softmax"), "sparse_categorical_crossentropy", lambda n: RNG.integers(0, 3, n)),
    "binary": (lambda: layers.Dense(1, "sigmoid"), "binary_crossentropy", lambda n: RNG.integers(0, 2, (n, 1))),
    "huber": (lambda: layers.Dense(1), "huber", lambda n: RNG.normal(size=(n, 1))),
    "hinge": (lambda: layers.Dense(1), "hinge", lambda n: RNG.choice([-1.0, 1.0], (n, 1))),
}


def derivation_of(parts, end, count=4, language="en"):
    last, loss, targets = ENDS[end]
    onionskin.utils.set_random_seed(2)
    model = onionskin.Sequential([onionskin.Input((4,)), *[PARTS[one]() for one in parts], last()])
    model.compile("sgd", loss)
    x = RNG.normal(size=(count, 4)).astype("float32")
    return model.peel(x, targets(count).astype("float32"), language=language)


def check(derivation):
    """Every formula gives the engine's numbers: values from values, derivatives from derivatives."""
    assert derivation.totals
    for skin in derivation:
        for stage in skin.stages:
            shown, real = derivation.evaluate(stage.formula), derivation.values[stage.symbol.name]
            np.testing.assert_allclose(
                np.broadcast_to(shown, real.shape), real, rtol=2e-4, atol=2e-5, err_msg=str(stage.symbol)
            )
    for name, total in derivation.totals.items():
        shown, real = derivation.evaluate(total.formula), derivation.gradients[name]
        assert np.size(shown) in (1, real.size), name
        shown = np.broadcast_to(shown, real.shape) if np.size(shown) == 1 else np.reshape(shown, real.shape)
        np.testing.assert_allclose(shown, real, rtol=2e-3, atol=2e-5, err_msg=f"{name}: {derivation.text(name)}")


@settings(deadline=None, max_examples=25, derandomize=True)
@given(st.lists(st.sampled_from(sorted(PARTS)), max_size=4), st.sampled_from(sorted(ENDS)), st.integers(2, 5))
def test_what_is_shown_is_what_is_computed(parts, end, count):
    derivation = derivation_of(parts, end, count)
    check(derivation)
    assert "None" not in str(derivation)


@pytest.mark.parametrize("part", sorted(PARTS))
def test_every_kind_of_layer(part):
    check(derivation_of([part], "one-hot"))


def test_what_depends_on_nothing_has_no_stages():
    derivation = peel(lambda: ops.ones(2))
    assert derivation.skins == [] and derivation.totals == {}
    assert "None" not in str(derivation)


def test_arguments_have_the_names_of_the_function_whatever_wraps_it():
    for function in (lambda rate, data: ops.sum(rate * data), onionskin.jit(lambda rate, data: ops.sum(rate * data))):
        derivation = peel(function, 2.0, [1.0, 3.0])
        assert (derivation.text("rate"), derivation.text("data")) == ("Σₙ data", "rate")
        np.testing.assert_array_equal(derivation.gradients["rate"], 4.0)


def test_a_target_by_name_has_no_primes_in_tex():
    entry = onionskin.Input((2,))
    model = onionskin.Model(entry, {"mean": layers.Dense(1)(entry), "spread": layers.Dense(1)(entry)})
    model.compile("sgd", {"mean": "mse", "spread": "mae"})
    zeros = np.zeros((3, 1), "float32")
    derivation = model.peel(np.ones((3, 2), "float32"), {"mean": zeros, "spread": zeros})
    check(derivation)
    assert "y[mean]" in derivation.values
    assert "'" not in derivation.latex()


class Around(layers.Layer):
    """Computes before, between and behind two layers of its own, one of which it calls twice."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.first, self.second = layers.Dense(4, "tanh", name="first"), layers.Dense(4, name="second")

    def call(self, x):
        between = ops.exp(self.first(3 * x + 1))
        return self.second(between) + ops.sin(between) + self.first(x)


def test_what_a_layer_computes_around_its_own_layers_is_counted_once():
    model = onionskin.Sequential([onionskin.Input((4,)), Around(name="around"), layers.Dense(2, name="out")])
    model.compile("sgd", "mse")
    derivation = model.peel(RNG.normal(size=(3, 4)).astype("float32"), np.ones((3, 2), "float32"))
    check(derivation)
    # From the output inwards: what stands between two layers is peeled between them.
    names = [skin.name for skin in derivation]
    assert names == ["loss", "out", "around", "around/first#2", "around/second", "around", "around/first", "around"]


@pytest.mark.parametrize("dtype", ["float64", "mixed_float16"])
def test_a_model_that_casts_its_data_to_its_own_dtype(dtype):
    model = onionskin.Sequential(
        [onionskin.Input((3,)), layers.Dense(2, "tanh", dtype=dtype, name="hidden"), layers.Dense(2, name="out")]
    )
    model.compile("sgd", "mse")
    derivation = model.peel(RNG.normal(size=(4, 3)).astype("float32"), np.zeros((4, 2), "float32"))
    if dtype == "float64":
        check(derivation)  # half precision is further from its formulas
    assert [skin.name for skin in derivation] == ["loss", "out", "hidden"]
    assert derivation.text("X") == "∂C/∂Z1·W1ᵀ"


def test_a_mask_is_counted_as_ones_and_zeros():
    embedding = layers.Embedding(9, 2, mask_zero=True)
    model = onionskin.Sequential([onionskin.Input((4,), dtype="int32"), embedding, layers.Dense(1)])
    model.compile("sgd", "mse")
    check(model.peel(np.array([[1, 2, 0, 0], [3, 4, 5, 0]]), np.ones((2, 4, 1))))


def test_a_model_that_is_neither_built_nor_compiled():
    def model():
        return onionskin.Sequential([layers.Dense(2, "relu", name="hidden"), layers.Dense(1, name="out")])

    x = np.ones((3, 2), "float32")
    derivation = model().peel(x)
    check(derivation)
    assert [skin.name for skin in derivation] == ["sum", "out", "hidden"]
    assert [one.title for one in model().draw(x).diagram.nodes][1:3] == ["hidden (Dense)", "out (Dense)"]
    assert model().trace_step(x).layers == ("hidden", "out")
    inner = model()
    assert [skin.name for skin in peel(lambda x: inner(x), x)][1:] == ["out", "hidden"]


@pytest.mark.parametrize("end", sorted(ENDS))
def test_every_kind_of_loss(end):
    check(derivation_of(["relu"], end))


def test_branches_add_up():
    first = onionskin.Input((4,))
    inner = layers.Dense(4, "tanh", name="inner")(first)
    both = layers.Add(name="both")([first, inner])
    model = onionskin.Model(first, layers.Dense(1, name="out")(layers.Concatenate()([both, inner])))
    model.compile("sgd", "mse")
    derivation = model.peel(RNG.normal(size=(3, 4)).astype("f4"), np.ones((3, 1), "f4"))
    check(derivation)
    assert derivation.text("X") == "∂C/∂Z1·W1ᵀ + ∂C/∂A1b"


def test_a_shared_layer_has_one_derivative_of_both_calls():
    shared = layers.Dense(4, "tanh", name="shared")
    model = onionskin.Sequential([onionskin.Input((4,)), shared, layers.Activation("relu")])
    model.compile("sgd", "mse")
    x, y = RNG.normal(size=(3, 4)).astype("f4"), np.ones((3, 4), "f4")
    twice = peel(lambda x, y: ops.mean(ops.square(shared(shared(x)) - y)), x, y)
    check(twice)
    assert twice.text("W1") == "A1ᵀ·∂C/∂Z2 + Xᵀ·∂C/∂Z1"
    assert [skin.name for skin in twice] == ["loss", "shared#2", "shared"]


# --- the forms a reader knows ---


def test_the_layers_of_the_textbook():
    """Affine, ReLU and Softmax-with-Loss as that chapter has them."""
    model = onionskin.Sequential([onionskin.Input((6,)), layers.Dense(5, "relu"), layers.Dense(3, "softmax")])
    model.compile("sgd", "categorical_crossentropy")
    derivation = model.peel(RNG.normal(size=(8, 6)), np.eye(3)[RNG.integers(0, 3, 8)])
    found = {name: derivation.text(name) for name in ("Z2", "A1", "W2", "B2", "Z1", "X", "W1", "B1")}
    assert found == {
        "Z2": "(A2 − Y)/8",
        "A1": "∂C/∂Z2·W2ᵀ",
        "W2": "A1ᵀ·∂C/∂Z2",
        "B2": "Σₙ ∂C/∂Z2",
        "Z1": "∂C/∂A1 ⊙ [Z1 > 0]",
        "X": "∂C/∂Z1·W1ᵀ",
        "W1": "Xᵀ·∂C/∂Z1",
        "B1": "Σₙ ∂C/∂Z1",
    }
    assert "1 stands for Σₖ Y, which it is in every row of these data" in str(derivation)


def test_labels_that_do_not_sum_to_one_stay_in_the_formula():
    model = onionskin.Sequential([onionskin.Input((2,)), layers.Dense(3, "softmax")])
    model.compile("sgd", "categorical_crossentropy")
    derivation = model.peel(np.ones((2, 2)), np.array([[1.0, 1, 0], [0, 0, 1]]))
    assert derivation.text("Z1") == "(A1 ⊙ (Σₖ Y) − Y)/2"
    check(derivation)


def test_layers_without_weights_go_with_the_layer_before():
    parts = [layers.Dense(3), layers.Activation("relu"), layers.Dropout(0.5, seed=1), layers.Dense(1)]
    model = onionskin.Sequential([onionskin.Input((2,)), layers.Rescaling(0.5), *parts])
    model.compile("sgd", "mse")
    derivation = model.peel(np.ones((2, 2)), np.ones((2, 1)))
    named = [[stage.symbol.name for stage in skin.stages if stage.used] for skin in derivation]
    assert named == [["C"], ["Z2"], ["A1b"], ["A1"], ["Z1"], ["A0"]]
    check(derivation)


def test_a_cast_of_the_data_is_no_stage():
    model = onionskin.Sequential([onionskin.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    found = peel(lambda x, y: ops.mean(ops.square(model(ops.cast(x, "float32")) - ops.cast(y, "float32"))),
                 np.ones((2, 2)), np.ones((2, 1)))  # fmt: skip
    assert [skin.name for skin in found] == ["loss", model.layers[0].name]


def test_the_whole_chain_written_out():
    model = onionskin.Sequential([onionskin.Input((2,)), layers.Dense(1, "sigmoid")])
    model.compile("sgd", "mse")
    derivation = model.peel(np.ones((1, 2)), np.ones((1, 1)))
    product = derivation.product("W1")
    assert not any(one.name.startswith("∂") for one in product.free_symbols)
    np.testing.assert_allclose(derivation.evaluate(product), derivation.gradients["W1"], rtol=1e-5)


def test_a_unit_with_the_numbers_plugged_in():
    layer = layers.Dense(2, "relu", name="hidden")
    model = onionskin.Sequential([onionskin.Input((3,)), layer, layers.Dense(1)])
    model.compile("sgd", "mse")
    layer.set_weights([np.array([[1.0, 0.5], [-2, 0.25], [3, 4]]), np.array([0.1, -7.0])])
    model.layers[1].set_weights([np.array([[2.0], [3.0]]), np.array([0.0])])
    rows = model.peel(np.array([[1.0, 2.0, 2.0]]), np.array([[1.0]])).unit("hidden", 1)
    assert rows[0][:3] == (
        "Z1[0,1]",
        "X[0,0]·W1[0,1] + X[0,1]·W1[1,1] + X[0,2]·W1[2,1] + B1[1]",
        "1·0.5 + 2·0.25 + 2·4 + (−7)",
    )
    assert rows[0][3] == pytest.approx(2.0)
    assert rows[1][:3] == ("A1[0,1]", "relu(Z1[0,1])", "relu(2)")
    slope = 2 * ((3.1 * 2 + 2 * 3) - 1) * 3  # dC/dA2 · W2
    assert [row[0] for row in rows[2:]] == ["∂C/∂Z1[0,1]", "∂C/∂W1[0,1]", "∂C/∂W1[1,1]", "∂C/∂W1[2,1]", "∂C/∂B1[1]"]
    np.testing.assert_allclose([row[3] for row in rows[2:]], [slope, slope, 2 * slope, 2 * slope, slope], rtol=1e-5)


def test_a_unit_of_many_inputs_leaves_terms_out():
    model = onionskin.Sequential([onionskin.Input((784,)), layers.Dense(50, name="hidden")])
    model.compile("sgd", "mse")
    row = model.peel(np.ones((2, 784)), np.ones((2, 50))).unit("hidden", 7, sample=1)[0]
    assert row[1].startswith("X[1,0]·W1[0,7] + X[1,1]·W1[1,7] + ")
    assert row[1].endswith(" + … (778) + X[1,783]·W1[783,7] + B1[7]")


def test_functions_layers_and_losses():
    layer = layers.Dense(2, "sigmoid")
    derivation = peel(layer, np.ones((3, 4), "f4"))
    assert derivation.text("W1") == "inputsᵀ·∂C/∂Z1"
    check(derivation)
    derivation = peel(onionskin.losses.MeanSquaredError(), np.zeros((3, 2), "f4"), np.ones((3, 2), "f4"))
    assert derivation.text("y_pred") == "(y_pred − y_true)/3"
    check(derivation)
    derivation = peel(lambda x, w: ops.mean(ops.tanh(ops.matmul(x, w))), np.ones((2, 3)), np.ones((3, 1)))
    assert derivation.text("Z") == "(1 − tanh(Z)²)/2"
    check(derivation)


def test_shapes_alone_give_formulas():
    derivation = peel(lambda x: ops.sum(ops.exp(x)), Spec((3,), "float32"))
    assert derivation.text("x") == "exp(x)"
    assert derivation.values == {}
    assert "exp(x)" in str(derivation)


def test_the_model_stays_as_it_is():
    model = onionskin.Sequential(
        [onionskin.Input((4,)), layers.BatchNormalization(), layers.Dropout(0.5), layers.Dense(1)]
    )
    model.compile("adam", "mse")
    before = [one.numpy() for one in model.variables]
    str(model.peel(np.ones((3, 4)), np.ones((3, 1))))
    for one, kept in zip(model.variables, before, strict=True):
        np.testing.assert_array_equal(one.numpy(), kept, err_msg=one.path)


# --- views ---


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("parts", [["relu"], ["layer norm", "gelu", "batch norm"], ["own", "dropout"]])
def test_text_fits_a_terminal(parts, language):
    text = str(derivation_of(parts, "binary", language=language))
    wide = [line for line in text.split("\n") if width(line) > 80]
    assert not wide, "\n".join(wide)
    assert ("연쇄 법칙" if language == "ko" else "chain rule") in text


def test_html_is_well_formed_and_shows_every_formula():
    derivation = derivation_of(["relu", "layer norm", "own"], "labels")
    page = derivation._repr_html_()
    tree = ET.fromstring(page.replace("&nbsp;", " "))
    formulas = [one for one in tree.iter() if one.tag.endswith("math")]
    assert len(formulas) == sum(
        line.lstrip().startswith("\\frac") or "&=" in line for line in derivation.latex().split("\n")
    )
    assert "<script" not in page


def test_latex_has_balanced_braces_and_environments():
    text = derivation_of(["gelu", "dropout", "batch norm"], "binary").latex()
    assert text.count("{") == text.count("}")
    assert text.count(r"\begin{align*}") == text.count(r"\end{align*}") > 4
    assert text.count(r"\left(") == text.count(r"\right)")


def test_rich_shows_the_same_words():
    from rich.console import Console

    derivation = derivation_of(["relu"], "mse")
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(derivation)
    assert "∂C/∂W1 = Xᵀ·∂C/∂Z1" in console.export_text()


def test_partials_are_sympy():
    derivation = derivation_of(["tanh"], "mse")
    a1 = sympy.Symbol("A1", real=True)
    assert sympy.simplify(derivation.partials["A1", "Z1"] - (1 - a1**2)) == 0


# --- mistakes ---


def test_mistakes_are_answered():
    derivation = derivation_of(["relu"], "mse")
    cases = {
        "layer": (lambda: derivation["hiden"], UnknownNameError, "peel: there is no layer of this name."),
        "value": (lambda: derivation.text("W9"), UnknownNameError,
                  "peel: there is no value of this name that has a derivative."),
        "unit": (lambda: derivation.unit(derivation.skins[1].name, 5), ArgumentError, "there is no such unit."),
        "sample": (lambda: derivation.unit(derivation.skins[1].name, 0, 9), ArgumentError, "there is no such sample."),
        "thing": (lambda: peel(3), DTypeError, "peel: this cannot be called."),
        "text": (lambda: peel(lambda x: x, "abc"), DTypeError, "peel: this dtype cannot be used for tensors."),
        "nothing": (lambda: peel(lambda x: None, np.ones(2)), DTypeError, "peel: only a float has a derivative."),
        "language": (lambda: peel(ops.exp, np.ones(2), language="fr"), UnknownNameError,
                     "peel(language): there is no language of this name."),
        "no numbers": (lambda: peel(lambda x: ops.sum(x * x), Spec((3,), "float32")).elements, ArgumentError,
                       "peel: there are no numbers to plug in."),
    }  # fmt: skip
    for name, (call, kind, words) in cases.items():
        with pytest.raises(kind) as caught:
            call()
        assert words in str(caught.value).split("\n")[0], name
