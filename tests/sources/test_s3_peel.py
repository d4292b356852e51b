"""Source S3, row 2, by `peel`: the rules of Affine, ReLU and Softmax-with-Loss, which training on MNIST goes by."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import onionskin
from onionskin import datasets

RULES = {  # the chapter's, with Z for what an affine layer puts out
    "Z2": "(A2 − Y)/100",  # Softmax-with-Loss: (y − t)/batch size
    "A1": "∂C/∂Z2·W2ᵀ",  # Affine: dX = dY·Wᵀ
    "W2": "A1ᵀ·∂C/∂Z2",  # Affine: dW = Xᵀ·dY
    "B2": "Σₙ ∂C/∂Z2",  # Affine, batched: dB sums over the batch
    "Z1": "∂C/∂A1 ⊙ [Z1 > 0]",  # ReLU
    "W1": "Xᵀ·∂C/∂Z1",
    "B1": "Σₙ ∂C/∂Z1",
}


def test_s3_2_peel_shows_the_backward_rules_of_the_layers(data_dir: Path) -> None:
    del data_dir
    (x, t), _ = datasets.load_mnist(normalize=True, one_hot_label=True)
    x, t = x[:100].astype("float32"), t[:100].astype("float32")
    onionskin.utils.set_random_seed(0)
    layers = [onionskin.layers.Dense(50, "relu"), onionskin.layers.Dense(10, "softmax")]
    model = onionskin.Sequential([onionskin.Input((784,)), *layers])
    model.compile(onionskin.optimizers.SGD(0.1), "categorical_crossentropy")
    derivation = model.peel(x, t)
    assert {name: derivation.text(name) for name in RULES} == RULES
    assert all(row.verdict == "ok" for row in derivation.checks.values()), derivation.checks
    # by hand, in NumPy, as the chapter's layers do it
    w1, b1, w2, b2 = model.get_weights()
    hidden = x @ w1 + b1
    active = np.maximum(hidden, 0)
    scores = active @ w2 + b2
    y = np.exp(scores - scores.max(axis=1, keepdims=True))
    y /= y.sum(axis=1, keepdims=True)
    dz2 = (y - t) / 100
    dz1 = (dz2 @ w2.T) * (hidden > 0)
    by_hand = {"Z2": dz2, "A1": dz2 @ w2.T, "W2": active.T @ dz2, "B2": dz2.sum(axis=0), "Z1": dz1, "W1": x.T @ dz1,
               "B1": dz1.sum(axis=0)}  # fmt: skip
    for name, expected in by_hand.items():
        np.testing.assert_allclose(derivation.gradients[name], expected, rtol=1e-4, atol=1e-7, err_msg=name)
