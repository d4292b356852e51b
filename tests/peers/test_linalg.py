"""Gradients of linear algebra against those of JAX, in float64."""

import os

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "jax")
jax = pytest.importorskip("jax", reason="JAX is not installed: see `make test-peers`")

import jax.numpy as jnp  # noqa: E402 - only where JAX is installed
import jax.scipy.linalg as jsp  # noqa: E402

from onionskin import ops  # noqa: E402
from onionskin.base.specs import spec_of  # noqa: E402
from onionskin.base.trees import flatten  # noqa: E402
from onionskin.engines import get  # noqa: E402
from onionskin.graph import trace  # noqa: E402
from onionskin.transforms import differentiate  # noqa: E402
from tests.conftest import NATIVE  # noqa: E402

rng = np.random.default_rng(5)
square = rng.normal(size=(2, 4, 4)) + 3 * np.eye(4)
definite = square @ square.transpose(0, 2, 1)
wide, tall = rng.normal(size=(2, 3, 5)), rng.normal(size=(2, 5, 3))
right = rng.normal(size=(2, 4, 2))

CASES = {
    "cholesky": (ops.cholesky, jnp.linalg.cholesky, [definite]),
    "det": (ops.det, jnp.linalg.det, [square]),
    "slogdet": (ops.slogdet, lambda x: tuple(jnp.linalg.slogdet(x)), [square]),
    "logdet": (ops.logdet, lambda x: jnp.linalg.slogdet(x)[1], [definite]),
    "inv": (ops.inv, jnp.linalg.inv, [square]),
    "pinv wide": (ops.pinv, jnp.linalg.pinv, [wide]),
    "pinv tall": (ops.pinv, jnp.linalg.pinv, [tall]),
    "solve": (ops.solve, jnp.linalg.solve, [square, right]),
    "solve one right side": (ops.solve, jnp.linalg.solve, [square, right[0]]),
    "lower": (
        lambda a, b: ops.solve_triangular(a, b, lower=True),
        lambda a, b: jsp.solve_triangular(a, b, lower=True),
        [square, right],
    ),
    "upper": (ops.solve_triangular, jsp.solve_triangular, [square, right]),
    "lstsq": (ops.lstsq, lambda a, b: jnp.linalg.lstsq(a, b)[0], [tall[0], rng.normal(size=(5, 2))]),
    "qr tall": (ops.qr, lambda x: tuple(jnp.linalg.qr(x)), [tall]),
    "qr square": (ops.qr, lambda x: tuple(jnp.linalg.qr(x)), [square]),
    "lu": (lambda x: ops.lu_factor(x)[0], lambda x: jsp.lu_factor(x)[0], [square]),
    "lu wide": (lambda x: ops.lu_factor(x)[0], lambda x: jsp.lu_factor(x)[0], [wide]),
    "lu tall": (lambda x: ops.lu_factor(x)[0], lambda x: jsp.lu_factor(x)[0], [tall]),
    "svd wide": (lambda x: ops.svd(x, False), lambda x: tuple(jnp.linalg.svd(x, False)), [wide]),
    "svd tall": (lambda x: ops.svd(x, False), lambda x: tuple(jnp.linalg.svd(x, False)), [tall]),
    "singular values": (
        lambda x: ops.svd(x, compute_uv=False),
        lambda x: jnp.linalg.svd(x, compute_uv=False),
        [wide],
    ),
    "eigh": (ops.eigh, lambda x: tuple(jnp.linalg.eigh(x)), [definite]),
    "nuclear norm": (lambda x: ops.norm(x, "nuc", (1, 2)), lambda x: jnp.linalg.norm(x, "nuc", (1, 2)), [wide]),
    "spectral norm": (lambda x: ops.norm(x, 2, (1, 2)), lambda x: jnp.linalg.norm(x, 2, (1, 2)), [tall]),
    "erfc": (ops.erfc, jax.scipy.special.erfc, [wide]),
    "i0": (ops.i0, jax.scipy.special.i0, [wide]),
    "segment_max": (
        lambda x: ops.segment_max(x, np.array([0, 1, 0, 0]), 2),
        lambda x: jax.ops.segment_max(x, np.array([0, 1, 0, 0]), 2),
        [right[0]],
    ),
    "segment_prod": (
        lambda x: ops.segment_prod(x, np.array([0, 1, 0, 0]), 2),
        lambda x: jnp.stack([x[0] * x[2] * x[3], x[1]]),  # JAX's own has no gradient
        [right[0]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_gradients_are_those_of_jax(name):
    mine, theirs, arrays = CASES[name]
    probes = [np.random.default_rng(8).normal(size=np.shape(one)) for one in flatten(mine(*arrays))[0]]

    def loss(function, total):
        return lambda *xs: sum(total(one * probe) for one, probe in zip(flatten(function(*xs))[0], probes, strict=True))

    graph = differentiate(trace(loss(mine, ops.sum), [spec_of(one) for one in arrays]), range(len(arrays)))
    with jax.enable_x64(True):
        expected = jax.grad(loss(theirs, jnp.sum), range(len(arrays)))(*[jnp.asarray(one) for one in arrays])
    for engine in ("reference", "native") if NATIVE else ("reference",):
        for found, wanted in zip(get(engine).compile(graph)(*arrays), expected, strict=True):
            np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-10)
