"""JAX by hand: an epoch is one jitted `lax.scan` over its batches; weights stay on the device and are donated."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from benchmarks.tasks import Network, Predicting, Training
from benchmarks.timing import Rival

LIBRARY = jax
ACTIVATIONS = {"relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid, "softmax": jax.nn.softmax}


def _logits(network: Network, weights: Any, x: Any) -> Any:
    if x.dtype == jnp.uint8:
        x = x.astype(jnp.float32) * (1 / 255)
    for place in range(0, len(weights) - 2, 2):
        x = ACTIVATIONS[network.hidden](x @ weights[place] + weights[place + 1])
    return x @ weights[-2] + weights[-1]


def _loss(task: Training, weights: Any, x: Any, t: Any) -> Any:
    z = _logits(task.network, weights, x)
    if task.loss == "squared":
        return jnp.mean((jax.nn.sigmoid(z) - t) ** 2)
    if task.network.output == "sigmoid":
        return jnp.mean(jax.nn.softplus(z) - z * t)
    return jnp.mean(jax.nn.logsumexp(z, axis=1) - jnp.sum(z * t, axis=1))


def _update(task: Training, state: Any, gradients: Any) -> Any:
    weights, first, second, count = state
    count, rate = count + 1, task.rate
    each = jax.tree.map
    if task.optimizer == "sgd":
        return each(lambda w, g: w - rate * g, weights, gradients), first, second, count
    if task.optimizer == "rmsprop":
        second = each(lambda v, g: 0.9 * v + 0.1 * g * g, second, gradients)
        return (
            each(lambda w, g, v: w - rate * g * lax.rsqrt(v + 1e-7), weights, gradients, second),
            first,
            second,
            count,
        )
    first = each(lambda m, g: 0.9 * m + 0.1 * g, first, gradients)
    second = each(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradients)
    now = rate * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
    return each(lambda w, m, v: w - now * m / (jnp.sqrt(v) + 1e-7), weights, first, second), first, second, count


def train(task: Training) -> list[Rival]:
    """Train with one call an epoch, and one more where a smaller batch is left; keeps the epoch's mean loss."""
    task = task.for_rival("jax")
    x, t = jnp.asarray(task.x), jnp.asarray(task.t)
    rows, full = len(task.x), len(task.x) // task.batch * task.batch
    rng = np.random.default_rng(0)
    held: dict[str, Any] = {}

    @partial(jax.jit, donate_argnums=0)
    def scan(state: Any, x: Any, t: Any, order: Any) -> Any:
        def step(state: Any, taken: Any) -> Any:
            batch = (x[taken], t[taken]) if task.shuffle else taken
            loss, gradients = jax.value_and_grad(partial(_loss, task))(state[0], *batch)
            return _update(task, state, gradients), loss

        return lax.scan(step, state, order if task.shuffle else (x, t))

    def prepare() -> None:
        weights = [jnp.array(weight) for weight in task.weights]
        slots = [[jnp.zeros_like(weight) for weight in weights] for _ in range(2)]
        held["state"] = jax.block_until_ready((weights, *slots, jnp.zeros((), jnp.float32)))

    def run() -> None:
        state = held["state"]
        for _ in range(task.epochs):
            if not task.shuffle:
                state, losses = scan(state, x.reshape(-1, task.batch, x.shape[1]), t.reshape(-1, task.batch, 1), None)
                continue
            order = rng.permutation(rows)
            state, losses = scan(state, x, t, order[:full].reshape(-1, task.batch))
            if full < rows:
                state, _ = scan(state, x, t, order[None, full:])
        held["state"], held["loss"] = jax.block_until_ready((state, losses.mean()))

    return [Rival("jax", "JAX, scan", run, task.steps, prepare, lambda: [np.asarray(w) for w in held["state"][0]])]


def predict(task: Predicting) -> dict[str, Rival]:
    """Predict with one jitted function, weights on the device."""
    weights = [jnp.asarray(weight) for weight in task.weights]
    forward = jax.jit(lambda weights, x: ACTIVATIONS[task.network.output](_logits(task.network, weights, x)))
    x = jnp.asarray(task.x)

    def run() -> Any:
        return forward(weights, x).block_until_ready()

    return {"call": Rival("jax", "JAX, jit", run, outcome=lambda: np.asarray(run()), repeat=True)}
