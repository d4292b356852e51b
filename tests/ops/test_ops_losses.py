"""Cross-entropies of extreme outputs: the recorded graphs take the stable forms and have the gradient y - t."""

import numpy as np
import pytest

from onionskin import ops
from onionskin.base.specs import Spec
from onionskin.engines import get
from onionskin.graph import trace, verify
from onionskin.transforms.reverse import differentiate
from onionskin.transforms.stabilize import stabilize

LOGITS = np.array([[200.0, -200.0, 0.0], [0.0, 0.0, 0.0], [-200.0, 200.0, 200.0]])
LABELS = np.array([1, 2, 0], np.int32)
TARGETS = np.eye(3)[LABELS]


def softmax(z):
    weights = np.exp(z - z.max(-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True)


KINDS = {
    "categorical": (lambda z, t: ops.categorical_crossentropy(t, ops.softmax(z)), TARGETS, softmax(LOGITS)),
    "sparse": (lambda z, t: ops.sparse_categorical_crossentropy(t, ops.softmax(z)), LABELS, softmax(LOGITS)),
    "binary": (
        lambda z, t: ops.binary_crossentropy(t, ops.sigmoid(z)),
        TARGETS,
        np.where(LOGITS > 0, 1.0, 0.0) + 0.5 * (LOGITS == 0),
    ),
    "categorical from logits": (
        lambda z, t: ops.categorical_crossentropy(t, z, from_logits=True),
        TARGETS,
        softmax(LOGITS),
    ),
    "sparse from logits": (
        lambda z, t: ops.sparse_categorical_crossentropy(t, z, from_logits=True),
        LABELS,
        softmax(LOGITS),
    ),
    "binary from logits": (
        lambda z, t: ops.binary_crossentropy(t, z, from_logits=True),
        TARGETS,
        np.where(LOGITS > 0, 1.0, 0.0) + 0.5 * (LOGITS == 0),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_gradient_is_output_minus_target(kind, dtype):
    loss, targets, outputs = KINDS[kind]
    specs = [Spec(LOGITS.shape, dtype), Spec(targets.shape, "int32" if targets.ndim == 1 else dtype)]
    graph = verify(stabilize(trace(lambda z, t: ops.sum(loss(z, t)), specs)))
    names = {node.primitive.name for node in graph.nodes}
    assert not names & {"clip", "log", "divide"}, names
    arrays = LOGITS.astype(dtype), targets.astype(specs[1].dtype)
    value, gradient = get("reference").compile(verify(differentiate(graph, with_value=True)))(*arrays)
    assert np.isfinite(value)
    np.testing.assert_allclose(gradient, outputs - TARGETS, atol=1e-7)


def test_given_shares_are_clipped_as_in_keras():
    """Without a softmax or sigmoid before it, the loss is Keras's: never more than -ln ε."""
    t, p = np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]])
    top = -np.log(1e-7)
    np.testing.assert_allclose(ops.categorical_crossentropy(t, p), [top], rtol=1e-6)
    np.testing.assert_allclose(ops.sparse_categorical_crossentropy([1], p), [top], rtol=1e-6)
    np.testing.assert_allclose(ops.binary_crossentropy(t, p), [[top, top]], rtol=1e-6)
