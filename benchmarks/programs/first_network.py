"""The first network of source S5 as a program: `first_network.py onionskin` or `first_network.py keras`.

The digits are read from the files of ONIONSKIN_DATA, by onionskin's loader or, for Keras, by the few lines below.
"""

import gzip
import json
import os
import sys
from pathlib import Path

import numpy as np

if sys.argv[1] == "onionskin":
    import onionskin as library
    from onionskin.datasets import mnist

    (x, t), (x_test, t_test) = mnist.load_data()
else:
    os.environ.setdefault("KERAS_BACKEND", "jax")
    import keras as library

    folder = Path(os.environ["ONIONSKIN_DATA"]) / "mnist"

    def read(name, header, shape):
        """Return the numbers of an IDX file."""
        with gzip.open(folder / f"{name}-ubyte.gz") as file:
            return np.frombuffer(file.read(), np.uint8, offset=header).reshape(shape)

    x, t = read("train-images-idx3", 16, (60_000, 28, 28)), read("train-labels-idx1", 8, (60_000,))
    x_test, t_test = read("t10k-images-idx3", 16, (10_000, 28, 28)), read("t10k-labels-idx1", 8, (10_000,))

x = x.reshape((60_000, 784)).astype("float32") / 255
x_test = x_test.reshape((10_000, 784)).astype("float32") / 255
t, t_test = library.utils.to_categorical(t), library.utils.to_categorical(t_test)
model = library.Sequential(
    [
        library.Input((784,)),
        library.layers.Dense(512, activation="relu"),
        library.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(x, t, epochs=5, batch_size=128, verbose=0)
loss, accuracy = model.evaluate(x_test, t_test, verbose=0)
print(json.dumps({"loss": float(loss), "accuracy": float(accuracy)}))
