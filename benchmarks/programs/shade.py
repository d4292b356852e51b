"""The job of source S1 as a program: light or dark font, 100,000 steps of one row each."""

import json

import numpy as np

import onionskin
from onionskin import layers
from onionskin.datasets import font_shade

onionskin.utils.set_random_seed(0)
(x, t), (x_test, t_test) = font_shade.load_data(font_shade.csv_path(), normalize=True)
rows = np.random.default_rng(0).integers(len(x), size=100_000)
uniform = onionskin.initializers.RandomUniform(0.0, 1.0)
model = onionskin.Sequential(
    [
        onionskin.Input((3,)),
        layers.Dense(3, activation="relu", kernel_initializer=uniform, bias_initializer=uniform),
        layers.Dense(1, activation="sigmoid", kernel_initializer=uniform, bias_initializer=uniform),
    ]
)
model.compile(onionskin.optimizers.SGD(0.05), "mean_squared_error")
model.fit(x[rows], t[rows], batch_size=1, shuffle=False, verbose=0)
dark = model.predict(x_test, verbose=0)[:, 0] > 0.5
print(json.dumps({"accuracy": float(np.mean(dark == t_test))}))
