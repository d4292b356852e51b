"""Source S3: backpropagation by layers: the layer classes, TwoLayerNet and its gradient check, 784-50-10 on MNIST."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import onionskin
from onionskin import datasets, layers, losses, ops
from onionskin.classic import AddLayer, Affine, MulLayer, Relu, Sigmoid, SoftmaxWithLoss, TwoLayerNet

KEYS = ("W1", "b1", "W2", "b2")


# --- 1: values forward, derivatives backward ---


def test_s3_1_apples_and_oranges_forward_and_backward() -> None:
    """Two apples of 100, three oranges of 150, a tax of 10 %: 715, and the derivative of that by each number."""
    apples, oranges, fruit, taxed = MulLayer(), MulLayer(), AddLayer(), MulLayer()
    price = taxed.forward(fruit.forward(apples.forward(100, 2), oranges.forward(150, 3)), 1.1)
    assert price == pytest.approx(715.0, rel=1e-12)
    by_sum, by_tax = taxed.backward(1)
    by_apples, by_oranges = fruit.backward(by_sum)
    assert apples.backward(by_apples) == pytest.approx((2.2, 110.0))
    assert oranges.backward(by_oranges) == pytest.approx((3.3, 165.0))
    assert by_tax == pytest.approx(650.0)


# --- 2: layers with forward and backward ---


def test_s3_2_relu_passes_what_was_positive(each_engine: str) -> None:
    layer = Relu()
    np.testing.assert_array_equal(layer.forward(np.array([[1.0, -0.5], [-2.0, 3.0]])), [[1, 0], [0, 3]])
    np.testing.assert_array_equal(layer.mask, [[False, True], [True, False]])
    np.testing.assert_array_equal(layer.backward(np.array([[5.0, 5.0], [5.0, 5.0]])), [[5, 0], [0, 5]])


def test_s3_2_sigmoid_is_y_times_one_minus_y(each_engine: str) -> None:
    layer, x = Sigmoid(), np.linspace(-4, 4, 9).reshape(3, 3)
    y = layer.forward(x)
    np.testing.assert_allclose(y, 1 / (1 + np.exp(-x)), rtol=1e-12)
    np.testing.assert_allclose(layer.backward(np.full((3, 3), 2.0)), 2.0 * y * (1 - y), rtol=1e-10)


def test_s3_2_affine_of_one_sample_and_of_a_batch(each_engine: str) -> None:
    """The bias has the sum over the batch, and dW the shape of W."""
    weights, biases = np.arange(6.0).reshape(2, 3), np.array([1.0, 2.0, 3.0])
    layer = Affine(weights, biases)
    np.testing.assert_array_equal(layer.forward(np.array([1.0, 2.0])), [7, 11, 15])
    np.testing.assert_array_equal(layer.forward(np.array([[0.0, 0.0], [10.0, 10.0]])), [[1, 2, 3], [31, 52, 73]])
    dx = layer.backward(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    np.testing.assert_array_equal(layer.db, [5, 7, 9])
    np.testing.assert_array_equal(layer.dW, [[40, 50, 60], [40, 50, 60]])
    np.testing.assert_array_equal(dx, [[8, 26], [17, 62]])


def test_s3_2_softmax_with_loss_is_y_minus_t_by_the_batch(data_dir: Path, each_engine: str) -> None:
    """On scores of real digits, with one-hot targets and with labels."""
    del data_dir
    (x, t), _ = datasets.load_mnist(normalize=True, one_hot_label=True)
    scores = x[:100].astype(np.float64) @ np.random.default_rng(0).normal(0, 0.05, (784, 10))
    y = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    layer = SoftmaxWithLoss()
    for targets in (t[:100], t[:100].argmax(axis=1)):
        np.testing.assert_allclose(layer.forward(scores, targets), -np.sum(t[:100] * np.log(y)) / 100, rtol=1e-9)
        np.testing.assert_allclose(layer.y, y, rtol=1e-9)
        np.testing.assert_allclose(layer.backward(1), (y - t[:100]) / 100, rtol=1e-8, atol=1e-14)


# --- 3: TwoLayerNet ---


def test_s3_3_numerical_gradient_checks_the_gradient(data_dir: Path) -> None:
    """Three digits through 784-50-10: the mean difference of each parameter array, over all its elements."""
    del data_dir
    (x, t), _ = datasets.load_mnist(normalize=True, one_hot_label=True)
    network = TwoLayerNet(input_size=784, hidden_size=50, output_size=10, seed=0)
    found, checked = network.gradient(x[:3], t[:3]), network.numerical_gradient(x[:3], t[:3])
    for key in KEYS:
        assert found[key].shape == network.params[key].shape
        difference = np.abs(found[key] - checked[key]).mean()
        assert difference < 1e-8, f"{key}: {difference:.2e}"
        np.testing.assert_allclose(found[key], checked[key], rtol=1e-4, atol=1e-7, err_msg=key)


def test_s3_3_forward_and_backward_through_the_layers_is_the_gradient(data_dir: Path) -> None:
    """The loop written by hand over the ordered layers, over those of a model, and one compiled program."""
    del data_dir
    (x, t), _ = datasets.load_mnist(normalize=True, one_hot_label=True)
    x, t = x[:100], t[:100]
    network = TwoLayerNet(input_size=784, hidden_size=50, output_size=10, seed=0)
    grad, loss = network.gradient(x, t), network.loss(x, t)
    model = onionskin.Sequential([layers.Dense(50, dtype="float64"), layers.ReLU(dtype="float64"),
                                  layers.Dense(10, dtype="float64")])  # fmt: skip
    model(x)
    model.set_weights([network.params[key] for key in KEYS])
    last = losses.CategoricalCrossentropy(from_logits=True, dtype="float64")

    values = x
    for layer in network.layers.values():
        values = layer.forward(values)
    np.testing.assert_allclose(network.lastLayer.forward(values, t), loss, rtol=1e-10)
    dout = network.lastLayer.backward(1)
    for layer in reversed(list(network.layers.values())):
        dout = layer.backward(dout)
    own = [getattr(network.layers[name], f"d{key}") for name in ("Affine1", "Affine2") for key in ("W", "b")]

    values = x
    for layer in model.layers:
        values = layer.forward(values)
    np.testing.assert_allclose(last.forward(t, values), loss, rtol=1e-10)
    dout = last.backward()
    for layer in reversed(model.layers):
        dout = layer.backward(dout)
    stepped = [gradient for layer in model.layers for gradient in layer.gradients.values()]

    for key, by_class, by_layer in zip(KEYS, own, stepped, strict=True):
        np.testing.assert_allclose(by_class, grad[key], rtol=1e-9, atol=1e-14, err_msg=key)
        np.testing.assert_allclose(by_layer, grad[key], rtol=1e-9, atol=1e-14, err_msg=key)


def test_s3_3_gradient_of_the_loss_as_a_function_is_checked_below_1e_6(data_dir: Path) -> None:
    """The analytic gradient of the loss against central differences, in float64, for every parameter array."""
    del data_dir
    (x, t), _ = datasets.load_mnist(normalize=True, one_hot_label=True)
    x, t = x[:3].astype(np.float64), t[:3].astype(np.float64)
    rng = np.random.default_rng(0)
    params = [
        0.01 * rng.standard_normal((784, 50)),
        np.zeros(50),
        0.01 * rng.standard_normal((50, 10)),
        np.zeros(10),
    ]

    def loss(w1, b1, w2, b2):
        hidden = ops.relu(ops.matmul(x, w1) + b1)
        return ops.mean(ops.categorical_crossentropy(t, ops.softmax(ops.matmul(hidden, w2) + b2)))

    gradients = onionskin.grad(loss, argnums=(0, 1, 2, 3))(*params)
    for index, gradient in enumerate(gradients):
        for flat in rng.choice(params[index].size, min(params[index].size, 12), replace=False):
            place = np.unravel_index(flat, params[index].shape)
            shifted = []
            for step in (1e-5, -1e-5):
                moved = [param.copy() for param in params]
                moved[index][place] += step
                shifted.append(float(loss(*moved)))
            numeric = (shifted[0] - shifted[1]) / 2e-5
            scale = max(abs(numeric), abs(gradient[place]), 1e-4)
            error = abs(gradient[place] - numeric) / scale
            assert error < 1e-6, f"parameter {index} at {place}: {gradient[place]:.3e} against {numeric:.3e}"


# --- 4: MNIST ---


def test_s3_4_two_layer_net_reaches_097_by_hand_written_loop(data_dir: Path) -> None:
    """10,000 iterations of 100 samples, rate 0.1: losses kept for each, train and test accuracy for each epoch."""
    del data_dir
    (x_train, t_train), (x_test, t_test) = datasets.load_mnist(normalize=True, one_hot_label=True)
    network = TwoLayerNet(input_size=784, hidden_size=50, output_size=10, seed=0)
    rng = np.random.default_rng(0)
    iterations, batch_size, learning_rate = 10_000, 100, 0.1
    per_epoch = max(len(x_train) // batch_size, 1)
    assert per_epoch == 600
    train_losses, train_accuracies, test_accuracies = [], [], []
    for iteration in range(iterations):
        chosen = rng.choice(len(x_train), batch_size)
        x_batch, t_batch = x_train[chosen], t_train[chosen]
        grad = network.gradient(x_batch, t_batch)
        for key in ("W1", "b1", "W2", "b2"):
            network.params[key] -= learning_rate * grad[key]
        train_losses.append(network.loss(x_batch, t_batch))
        if iteration % per_epoch == 0:
            train_accuracies.append(network.accuracy(x_train, t_train))
            test_accuracies.append(network.accuracy(x_test, t_test))
            print(f"epoch {iteration // per_epoch:2}: {train_accuracies[-1]:.4f} | {test_accuracies[-1]:.4f}")
    assert len(train_losses) == 10_000 and len(train_accuracies) == len(test_accuracies) == 17
    assert train_accuracies[0] < 0.3  # before anything was learned
    assert abs(train_losses[0] - np.log(10)) < 0.01  # ten classes, all as likely
    assert np.mean(train_losses[-600:]) < 0.12
    accuracy = network.accuracy(x_test, t_test)
    assert accuracy >= 0.965, f"test accuracy {accuracy:.4f}; by epoch: {test_accuracies}"
    assert abs(train_accuracies[-1] - test_accuracies[-1]) < 0.02  # the two curves lie on each other: no overfitting


def test_s3_4_fit_of_the_same_network_reaches_0965(data_dir: Path) -> None:
    """10,000 steps of 100 samples, rate 0.1, weights from a normal distribution of width 0.01."""
    del data_dir
    onionskin.utils.set_random_seed(1)
    (x, t), (x_test, t_test) = datasets.load_mnist(normalize=True, one_hot_label=True)
    start = onionskin.initializers.RandomNormal(stddev=0.01)
    model = onionskin.Sequential(
        [
            onionskin.Input((784,)),
            onionskin.layers.Dense(50, "relu", kernel_initializer=start),
            onionskin.layers.Dense(10, "softmax", kernel_initializer=start),
        ]
    )
    model.compile(onionskin.optimizers.SGD(0.1), loss="categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, t, batch_size=100, epochs=17, steps_per_epoch=600, verbose=0, shuffle=True)
    steps = 600 * len(history.epoch)
    accuracy = model.evaluate(x_test, t_test, verbose=0)[1]
    assert steps >= 10_000
    assert accuracy >= 0.965, f"test accuracy {accuracy:.4f} after {steps} steps"
