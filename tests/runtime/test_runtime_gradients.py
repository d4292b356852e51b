"""grad, value_and_grad and jvp: by arguments, trees and variables, in eager calls and within programs."""

import numpy as np
import pytest

import onionskin
from onionskin import layers, losses, ops, optimizers

pytestmark = pytest.mark.usefixtures("each_engine")

A = np.array([1.0, -2.0, 3.0])
B = np.array([0.5, 4.0, -1.0])


def both_ways(function):
    """Return a function of functions that also runs within jit and must give the same."""
    return [function, onionskin.jit(function)]


def test_by_the_first_argument_several_and_negative_ones():
    def f(x, y):
        return ops.sum(x * x * y)

    for g in both_ways(onionskin.grad(f)):
        np.testing.assert_allclose(g(A, B), 2 * A * B)
    for g in both_ways(onionskin.grad(f, argnums=(0, 1))):
        by_x, by_y = g(A, B)
        np.testing.assert_allclose(by_x, 2 * A * B)
        np.testing.assert_allclose(by_y, A * A)
    np.testing.assert_allclose(onionskin.grad(f, argnums=-1)(A, B), A * A)
    np.testing.assert_allclose(onionskin.grad(f, argnums=(1,))(A, B)[0], A * A)


def test_trees_keep_their_form():
    def f(p, scale):
        return ops.sum(p["w"] * p["b"][0]) * scale

    value, slope = onionskin.value_and_grad(f)({"w": A, "b": (B,)}, scale=2.0)
    np.testing.assert_allclose(value, 2 * (A * B).sum())
    assert set(slope) == {"w", "b"}
    np.testing.assert_allclose(slope["w"], 2 * B)
    np.testing.assert_allclose(slope["b"][0], 2 * A)


def test_aux_is_handed_through():
    def f(x):
        return ops.sum(x * x), {"twice": 2 * x, "word": "w"}

    (value, aux), slope = onionskin.value_and_grad(f, has_aux=True)(A)
    np.testing.assert_allclose(value, 14)
    np.testing.assert_allclose(aux["twice"], 2 * A)
    assert aux["word"] == "w"
    slope, aux = onionskin.grad(f, has_aux=True)(A)
    np.testing.assert_allclose(slope, 2 * A)
    np.testing.assert_allclose(aux["twice"], 2 * A)


def test_by_variables_with_and_without_arguments_and_unused_ones():
    w, v, unused = onionskin.Variable(A), onionskin.Variable(2.0), onionskin.Variable([7.0, 7.0])

    def f(x):
        return ops.sum(x * w) * v

    for g in both_ways(onionskin.value_and_grad(f, variables=[v, w, unused])):
        value, (by_v, by_w, by_unused) = g(B)
        np.testing.assert_allclose(value, 2 * (A * B).sum())
        np.testing.assert_allclose(by_v, (A * B).sum())
        np.testing.assert_allclose(by_w, 2 * B)
        np.testing.assert_array_equal(by_unused, [0, 0])
    _, (by_x, (by_w,)) = onionskin.value_and_grad(f, argnums=0, variables=[w])(B)
    np.testing.assert_allclose(by_x, 2 * A)
    np.testing.assert_allclose(by_w, 2 * B)
    np.testing.assert_array_equal(onionskin.grad(lambda x, y: ops.sum(x), argnums=1)(A, B), [0, 0, 0])


def test_higher_derivatives():
    x = np.float64(2.0)
    one = onionskin.grad(lambda x: x**4)
    two, three = onionskin.grad(one), onionskin.grad(onionskin.grad(one))
    for wrap in (lambda f: f, onionskin.jit):
        np.testing.assert_allclose([wrap(one)(x), wrap(two)(x), wrap(three)(x)], [32, 48, 48])
    inside = onionskin.grad(onionskin.jit(onionskin.grad(lambda x: x**3)))
    np.testing.assert_allclose(inside(x), 12)


def test_hessian_of_a_network_against_differences():
    rng = np.random.default_rng(0)
    w, x = rng.normal(size=(3, 3)), rng.normal(size=3)

    def f(z):
        return ops.sum(ops.sigmoid(ops.tanh(z @ w) @ w))

    g = onionskin.grad(f)
    hessian = np.stack([onionskin.grad(lambda z, i=i: g(z)[i])(x) for i in range(3)])
    step = 1e-5
    numeric = np.stack([(g(x + step * e) - g(x - step * e)) / (2 * step) for e in np.eye(3)])
    np.testing.assert_allclose(hessian, numeric, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(hessian, hessian.T, rtol=1e-12, atol=1e-15)


def test_what_the_function_changes_is_kept():
    count = onionskin.Variable(0.0)

    def f(x):
        count.assign(count + 1.0)
        return ops.sum(x * count)

    for wrap in (lambda g: g, onionskin.jit):
        count.assign(0.0)
        both = wrap(onionskin.value_and_grad(f))
        for step in (1, 2, 3):
            value, slope = both(np.ones(2))
            assert (float(value), float(count)) == (2.0 * step, float(step))
            np.testing.assert_array_equal(slope, [step, step])


def test_jvp_by_values_variables_and_within_programs():
    v = onionskin.Variable(3.0)

    def f(x, n):
        return {"y": x * x * v, "n": n, "s": "s"}

    value, pushed = onionskin.jvp(f, (A, np.arange(3)), (B,))
    np.testing.assert_allclose(value["y"], 3 * A * A)
    np.testing.assert_allclose(pushed["y"], 6 * A * B)
    assert (pushed["n"], pushed["s"]) == (None, "s")
    cube = onionskin.jit(lambda x: onionskin.jvp(lambda z: z * z * z, (x,), (ops.ones_like(x),)))
    np.testing.assert_allclose(cube(A)[1], 3 * A * A)
    slope = onionskin.grad(lambda x: ops.sum(onionskin.jvp(lambda z: z * z * z, (x,), (ops.ones_like(x),))[1]))
    np.testing.assert_allclose(slope(A), 6 * A)
    np.testing.assert_allclose(onionskin.jvp(lambda x: x * x, (3.0,), (1,))[1], 6.0)


@pytest.mark.parametrize("optimizer", ["SGD", "RMSprop", "Adagrad", "Adam"])
def test_a_loop_of_ones_own_ends_with_the_bits_of_fit(optimizer):
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(32, 5)).astype("float32"), rng.integers(0, 3, 32)

    def made():
        onionskin.utils.set_random_seed(11)
        return onionskin.Sequential([onionskin.Input((5,)), layers.Dense(7, "tanh", kernel_regularizer="l2"),
                                     layers.Dropout(0.3), layers.Dense(3, "softmax")])  # fmt: skip

    fitted, looped = made(), made()
    fitted.compile(getattr(optimizers, optimizer)(), "sparse_categorical_crossentropy")
    fitted.fit(x, y, batch_size=8, epochs=3, shuffle=False, verbose=0)
    rule, crossentropy = getattr(optimizers, optimizer)(), losses.SparseCategoricalCrossentropy()
    rule.build(looped.trainable_variables)

    @onionskin.jit
    def step(x, y):
        def loss():
            return ops.add(crossentropy(y, looped(x, training=True)), looped.losses[0])

        value, slopes = onionskin.value_and_grad(loss, variables=looped.trainable_variables)()
        rule.apply(slopes, looped.trainable_variables)
        return value

    for _ in range(3):
        for start in range(0, 32, 8):
            step(x[start : start + 8], y[start : start + 8])
    for one, other in zip(fitted.variables, looped.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy(), err_msg=one.path)


def test_a_direction_in_python_numbers_is_as_exact_as_its_primal():
    (_, slope) = onionskin.jvp(lambda x: x * 3, (np.float64(1.0),), (0.1,))
    np.testing.assert_array_equal(slope, 0.1 * 3)
