"""What `--model` describes: by table, there and back, and the exact words where it describes nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onionskin.activations.lookup import ACTIVATIONS
from onionskin.base.errors import ArgumentError, OnionskinError, UnknownNameError
from onionskin.cli.network import MAX_WIDTH, Drop, Hidden, build, describe, input_shape, parse, spec_text
from onionskin.layers import Dense, Input
from onionskin.models import Model, Sequential

READ = [
    ("16", [Hidden(16)]),
    ("128-64", [Hidden(128), Hidden(64)]),
    ("128,64", [Hidden(128), Hidden(64)]),
    (" 8 : tanh , 4 ", [Hidden(8, "tanh"), Hidden(4)]),
    ("512:relu,dropout:0.2,64:tanh", [Hidden(512), Drop(0.2), Hidden(64, "tanh")]),
    ("Dropout:.5-3:Sigmoid", [Drop(0.5), Hidden(3, "sigmoid")]),
    ("4:swish", [Hidden(4, "silu")]),
    ("dropout:0", [Drop(0.0)]),
    ("none", []),
    (" NONE ", []),
]


@pytest.mark.parametrize(("text", "parts"), READ)
def test_a_description_is_read(text, parts):
    assert list(parse(text)) == parts


PARTS = st.lists(
    st.one_of(
        st.builds(Hidden, st.integers(1, MAX_WIDTH), st.sampled_from(sorted(ACTIVATIONS))),
        st.integers(0, 10**9 - 1).map(lambda n: Drop(n / 10**9)),
    ),
    max_size=8,
)


@given(PARTS)
def test_what_is_written_reads_as_the_same_layers(parts):
    assert list(parse(spec_text(parts))) == parts


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_in_our_words(text):
    try:
        parts = parse(text)
    except OnionskinError as error:
        shown, caret = str(error.given).rsplit("\n", 1)
        assert set(caret) == {" ", "^"}
        assert shown.isprintable()
    else:
        assert parse(spec_text(parts)) == parts


REFUSED = [
    (
        "64:rleu,32",
        "--model: there is no activation of this name.\n  given:    64:rleu,32\n               ^^^^\n"
        "  to fix:   did you mean 'relu'?",
    ),
    (
        "16:",
        "--model: the name of an activation is missing here.\n  given:    16:\n               ^\n"
        "  to fix:   Known: " + ", ".join(sorted(ACTIVATIONS)),
    ),
    ("16--3", "--model: a layer is missing here.\n  given:    16--3\n               ^"),
    ("", "--model: a layer is missing here.\n  given:    \n            ^"),
    ("0", "--model: a width is a whole number from 1 to 65,536.\n  given:    0\n            ^"),
    ("8,65537", "--model: a width is a whole number from 1 to 65,536.\n  given:    8,65537\n              ^^^^^"),
    (
        "8,dropout",
        "--model: the rate of dropout is at least 0 and below 1, such as dropout:0.2.\n"
        "  given:    8,dropout\n              ^^^^^^^",
    ),
    (
        "dropout:1.5",
        "--model: the rate of dropout is at least 0 and below 1, such as dropout:0.2.\n"
        "  given:    dropout:1.5\n                    ^^^",
    ),
    ("relu", "--model: an activation follows a width, such as 16:relu.\n  given:    relu\n            ^^^^"),
    (
        "droput:0.2",
        "--model: this is no layer.\n  expected: widths of hidden layers, such as 16, 128-64 or "
        "512:relu,dropout:0.2,64:tanh, or none\n  given:    droput:0.2\n            ^^^^^^^^^^\n"
        "  to fix:   did you mean 'dropout'?",
    ),
    (
        "8,은닉",  # the caret takes two columns for each letter
        "--model: this is no layer.\n  expected: widths of hidden layers, such as 16, 128-64 or "
        "512:relu,dropout:0.2,64:tanh, or none\n  given:    8,은닉\n              ^^^^",
    ),
    ("-".join(["1"] * 65), "--model: there are too many layers.\n  expected: at most 64\n  given:    65"),
]


@pytest.mark.parametrize(("text", "words"), REFUSED)
def test_a_wrong_description_is_pointed_at(text, words):
    with pytest.raises((ArgumentError, UnknownNameError)) as caught:
        parse(text)
    assert str(caught.value) == words


def test_a_network_too_large_for_memory_is_refused():
    with pytest.raises(ArgumentError) as caught:
        build(parse("65536-65536"), (3,), 2, 255.0, "m")
    assert str(caught.value) == (
        "--model: the network is too large.\n  expected: at most 100,000,000 weights\n"
        "  given:    4,295,360,513 weights in 65536-65536\n  to fix:   smaller widths"
    )


def test_a_network_takes_raw_pixels_and_gives_probabilities():
    model = build(parse("8:tanh,dropout:0.5"), (4, 4), 3, 16.0, "m")
    assert describe(model) == "4×4 → 8 tanh → dropout 0.5 → 3 softmax"
    assert model.count_params() == (16 + 1) * 8 + (8 + 1) * 3
    x = np.random.default_rng(0).integers(0, 17, (5, 4, 4)).astype(np.uint8)
    kernel, bias, last, end = model.get_weights()
    hidden = np.tanh(x.reshape(5, 16) / 16.0 @ kernel + bias)
    powers = np.exp(hidden @ last + end)
    expected = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.predict(x, verbose=0), expected, rtol=1e-5)


def test_two_classes_have_one_output_and_no_hidden_layer_is_a_network_too():
    assert describe(build(parse("none"), (3,), 2, 255.0, "m")) == "3 → 1 sigmoid"


def test_models_of_several_inputs_are_left_to_python():
    a, b = Input((2,), name="a"), Input((3,), name="b")
    model = Model([a, b], [Dense(1)(a), Dense(1)(b)], name="two")
    with pytest.raises(ArgumentError) as caught:
        input_shape(model)
    assert str(caught.value) == (
        "model 'two': the commands work with models of one input whose shape is known.\n"
        "  given:    [(None, 2), (None, 3)]\n  to fix:   use this model from Python"
    )
    with pytest.raises(ArgumentError) as caught:
        input_shape(Sequential([Dense(1)], name="open"))
    assert str(caught.value) == (
        "model 'open': the commands work with models of one input whose shape is known.\n"
        "  to fix:   use this model from Python"
    )
