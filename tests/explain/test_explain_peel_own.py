"""`peel` of a model with a layer of the user's own in NumPy: its backward is named, and a mistake in it is seen."""

import numpy as np
import pytest

import onionskin
from onionskin import layers


class Double:
    def __init__(self, slope):
        self.slope = slope

    def forward(self, x):
        return 2 * x

    def backward(self, dout):
        return self.slope * dout


@pytest.mark.parametrize(("slope", "language", "legend"), [
    (2, "en", ""),
    (3, "en", "✗ is not what central differences say; the relative error stands beside it"),
    (3, "ko", "✗ 중앙 차분과 다름 (옆의 수는 상대 오차)"),
])  # fmt: skip
def test_a_wrong_backward_is_marked_and_the_mark_explained(slope, language, legend):
    own = layers.NumpyLayer(Double(slope), name="own")
    model = onionskin.Sequential([onionskin.Input((2,)), layers.Dense(2, name="hidden"), own])
    model.compile("sgd", "mse")
    derivation = model.peel(np.ones((3, 2)), np.zeros((3, 2)), language=language)
    assert derivation.text("Z1") == "Double_backward(∂C/∂A1, Z1)[0]"
    assert derivation.latex().count(r"\operatorname{Double\_backward}") == 1
    lines = str(derivation).splitlines()
    assert [line.strip() for line in lines if line.strip().startswith("✗")] == [legend][: bool(legend)]
    marks = [line.split("  ")[-1] for line in lines if line.startswith("    ∂C/∂W1 =")]
    assert marks == ["✓" if slope == 2 else "✗ 0.3333"]  # 3 for 2: off by a third of the larger
