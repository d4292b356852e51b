"""Source S5, row 1: the first network, word for word as its readers type it, with `keras` replaced by `onionskin`."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import onionskin

PROGRAM = textwrap.dedent(
    """
    from keras.datasets import mnist
    from keras import models
    from keras import layers
    from keras.utils import to_categorical

    (train_images, train_labels), (test_images, test_labels) = mnist.load_data()

    network = models.Sequential()
    network.add(layers.Dense(512, activation='relu', input_shape=(28 * 28,)))
    network.add(layers.Dense(10, activation='softmax'))
    network.compile(optimizer='rmsprop',
                    loss='categorical_crossentropy',
                    metrics=['accuracy'])

    train_images = train_images.reshape((60000, 28 * 28))
    train_images = train_images.astype('float32') / 255
    test_images = test_images.reshape((10000, 28 * 28))
    test_images = test_images.astype('float32') / 255
    train_labels = to_categorical(train_labels)
    test_labels = to_categorical(test_labels)

    network.fit(train_images, train_labels, epochs=5, batch_size=128)
    test_loss, test_acc = network.evaluate(test_images, test_labels)
    """
)


def test_s5_1_first_network_reaches_978_in_5_epochs(data_dir: Path) -> None:
    del data_dir
    onionskin.utils.set_random_seed(1)  # the reader's start is drawn anew each time: 97.8 to 98.1 % from seed to seed
    namespace: dict[str, Any] = {}
    exec(PROGRAM.replace("keras", "onionskin"), namespace)  # noqa: S102 - the program is the one above
    network, accuracy = namespace["network"], namespace["test_acc"]
    assert accuracy >= 0.978, f"test accuracy {accuracy:.4f}"
    assert network.optimizer.iterations.numpy() == 5 * 469 == 2345
    assert len(network.history.history["accuracy"]) == 5
