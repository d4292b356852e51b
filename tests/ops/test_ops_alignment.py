"""ctc_loss against the sum over all paths, with lengths and any blank; its derivative; the words of its errors."""

import itertools

import numpy as np
import pytest

from onionskin import jit, ops
from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.runtime import grad

LOGITS = np.random.default_rng(3).normal(size=(5, 4, 3))
LABELS = {
    0: [[1, 2, 2], [2, 2, 1], [1, 1, 1], [2, 1, 2], [1, 2, 1]],
    2: [[0, 1, 1], [1, 1, 0], [0] * 3, [1, 0, 1], [0] * 3],
}
COUNTED, HEARD = np.array([2, 2, 1, 0, 3]), np.array([4, 3, 2, 4, 3])


def by_paths(labels, logits, blank):
    """Return -ln of the sum of all paths that say the labels: runs merged, then blanks left out."""
    shares = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    total = 0.0
    for path in itertools.product(range(logits.shape[1]), repeat=len(logits)):
        merged = [one for one, _ in itertools.groupby(path)]
        if [one for one in merged if one != blank] == list(labels):
            total += np.prod([shares[step, one] for step, one in enumerate(path)])
    return -np.log(total)


@pytest.mark.parametrize("blank", LABELS)
def test_the_sum_over_all_paths(each_engine, blank):
    labels = np.array(LABELS[blank])
    wanted = [by_paths(labels[i, : COUNTED[i]], LOGITS[i, : HEARD[i]], blank) for i in range(4)]
    labels, logits, counted, heard = labels[:4], LOGITS[:4], COUNTED[:4], HEARD[:4]
    np.testing.assert_allclose(ops.ctc_loss(labels, logits, counted, heard, blank), wanted, rtol=1e-10)
    compiled = jit(lambda *args: ops.ctc_loss(*args, mask_index=blank))(labels, logits, counted, heard)
    np.testing.assert_allclose(compiled, wanted, rtol=1e-10)


def test_the_derivative(each_engine):
    labels, way, step = np.array(LABELS[0])[:4], np.random.default_rng(4).normal(size=(4, 4, 3)), 1e-5

    def loss(z):
        return ops.sum(ops.ctc_loss(labels, z, COUNTED[:4], HEARD[:4]))

    slope = (loss(LOGITS[:4] + step * way) - loss(LOGITS[:4] - step * way)) / (2 * step)
    np.testing.assert_allclose(np.sum(grad(loss)(LOGITS[:4]) * way), slope, rtol=1e-8)


def test_labels_that_no_path_says_cost_much_and_not_infinitely():
    found = ops.ctc_loss([[1, 1, 1]], LOGITS[:1], [3], [4])
    assert 9e4 < found[0] < 1.1e5


def test_words():
    for arguments, name, expected, given in (
        (([1], LOGITS, [1], [4]), "labels", "(batch, most labels)", "(1,)"),
        (([[1]], LOGITS[0], [1], [4]), "logits", "(batch, steps, classes)", "(4, 3)"),
        (([[1]], LOGITS[:1], 1, [4]), "lengths of the labels", "(batch,)", "()"),
        (([[1]], LOGITS[:1], [1], [4, 4]), "lengths of the logits", "(batch,)", "(2,)"),
    ):
        with pytest.raises(ShapeError) as caught:
            ops.ctc_loss(*arguments)
        assert str(caught.value) == (
            f"ops.ctc_loss: CTC takes {name} of another shape.\n  expected: {expected}\n  given:    {given}"
        )
    with pytest.raises(ArgumentError) as caught:
        ops.ctc_loss([[1]], LOGITS[:1], [1], [4], mask_index=3)
    assert str(caught.value) == (
        "ops.ctc_loss: the blank is one of the classes.\n  expected: 0 <= mask_index < 3\n  given:    3"
    )
