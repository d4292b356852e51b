"""Ways to train, asked of Keras and of onionskin alike: several outputs, weights, validation, streams, own losses."""

import numpy as np

RNG = np.random.default_rng(11)
X = RNG.normal(size=(22, 4)).astype("float32")
Z = RNG.normal(size=(22, 3)).astype("float32")
Y = np.stack([X[:, 0] - X[:, 1], X[:, 2] * 0.5], axis=1).astype("float32")
LABELS = (X[:, 0] > 0).astype("int32") + (X[:, 1] > 0.5).astype("int32")
WEIGHTS = RNG.uniform(0.2, 2, 22).astype("float32")


def _with_weights(model):
    rng = np.random.default_rng(7)
    model.set_weights([rng.normal(size=w.shape).astype("float32") * 0.5 for w in model.get_weights()])
    return model


def _answer(model, history):
    """Return the weights and the history, whose names may stand in another order."""
    return {"weights": [np.asarray(w) for w in model.get_weights()],
            "logs": {key: [float(one) for one in value] for key, value in history.history.items()}}  # fmt: skip


def _linear(lib, units=2, **settings):
    model = lib.Sequential([lib.Input((4,)), lib.layers.Dense(units)])
    model.compile(**{"optimizer": lib.optimizers.SGD(0.05), "loss": "mse", **settings})
    return _with_weights(model)


def _classes(lib, **settings):
    model = lib.Sequential([lib.Input((4,)), lib.layers.Dense(3, activation="softmax")])
    model.compile(**{"optimizer": lib.optimizers.SGD(0.2), "loss": "sparse_categorical_crossentropy", **settings})
    return _with_weights(model)


def _two(lib, **settings):
    """Return a model of two inputs and two outputs, all with names."""
    x, z = lib.Input((4,), name="x"), lib.Input((3,), name="z")
    h = lib.layers.Dense(5, activation="tanh")(x)
    k = lib.layers.Dense(5, activation="tanh")(z)
    a = lib.layers.Dense(2, name="a")(h + k)
    b = lib.layers.Dense(3, activation="softmax", name="b")(h)
    model = lib.Model([x, z], [a, b])
    model.compile(lib.optimizers.SGD(0.1), **settings)
    return _with_weights(model)


def two_losses(lib):
    model = _two(lib, loss={"a": "mse", "b": "sparse_categorical_crossentropy"}, loss_weights={"a": 0.3, "b": 2.0},
                 metrics={"a": ["mae"], "b": ["accuracy"]})  # fmt: skip
    return _answer(model, model.fit([X, Z], [Y, LABELS], batch_size=8, epochs=2, shuffle=False, verbose=0))


def two_by_name(lib):
    model = _two(lib, loss=["mse", "sparse_categorical_crossentropy"], metrics=[["mae", "mse"], ["accuracy"]])
    inputs, targets = {"x": X, "z": Z}, [Y, LABELS]
    return _answer(model, model.fit(inputs, targets, batch_size=8, epochs=2, shuffle=False, verbose=0,
                                    validation_split=0.25))  # fmt: skip


def class_weights(lib):
    model = _classes(lib, metrics=["accuracy"], weighted_metrics=["accuracy"])
    return _answer(model, model.fit(X, LABELS, batch_size=8, epochs=2, shuffle=False, verbose=0,
                                    class_weight={0: 0.5, 1: 2.0, 2: 1.5}))  # fmt: skip


def validation(lib):
    model = _linear(lib, metrics=["mae"])
    return _answer(model, model.fit(X, Y, batch_size=5, epochs=5, initial_epoch=1, shuffle=False, verbose=0,
                                    validation_data=(X[:10], Y[:10], WEIGHTS[:10]), validation_freq=2,
                                    validation_steps=2, validation_batch_size=4))  # fmt: skip


def sample_weights(lib):
    model = _linear(lib, weighted_metrics=["mae"], metrics=["mse"])
    return _answer(model, model.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0, sample_weight=WEIGHTS,
                                    validation_split=0.3))  # fmt: skip


def generator(lib):
    def batches():
        while True:
            for start in range(0, 20, 5):
                yield X[start : start + 5], Y[start : start + 5], WEIGHTS[start : start + 5]

    model = _linear(lib, metrics=["mae"])
    return _answer(model, model.fit(batches(), steps_per_epoch=3, epochs=3, shuffle=False, verbose=0))


def indexed(lib):
    base = getattr(lib.utils, "PyDataset", object)

    class Batches(base):
        def __len__(self):
            return 4

        def __getitem__(self, index):
            part = slice(index * 5, index * 5 + 5)
            return X[part], Y[part]

    model = _linear(lib)
    answer = _answer(model, model.fit(Batches(), epochs=2, shuffle=False, verbose=0, validation_data=Batches()))
    return {**answer, "predicted": np.asarray(model.predict(Batches(), verbose=0)),
            "measured": float(model.evaluate(Batches(), verbose=0))}  # fmt: skip


def steps(lib):
    model = _linear(lib)
    history = model.fit(X, Y, batch_size=4, epochs=3, steps_per_epoch=3, shuffle=False, verbose=0)
    return {**_answer(model, history), "measured": float(model.evaluate(X, Y, batch_size=4, steps=2, verbose=0)),
            "predicted": np.asarray(model.predict(X, batch_size=4, steps=2, verbose=0))}  # fmt: skip


def added_losses(lib):
    class Penalised(lib.layers.Layer):
        def call(self, x):
            self.add_loss(0.1 * lib.ops.mean(lib.ops.square(x)))
            return x

    model = lib.Sequential([lib.Input((4,)), lib.layers.Dense(3, activity_regularizer="l2", kernel_regularizer="l1"),
                            Penalised(), lib.layers.Dense(2)])  # fmt: skip
    model.compile(lib.optimizers.SGD(0.05), "mse", metrics=["mae"])
    _with_weights(model)
    return _answer(model, model.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0))


def no_loss_but_added(lib):
    class Compressed(lib.layers.Layer):
        def call(self, x):
            self.add_loss(lib.ops.mean(lib.ops.square(x)))
            return x

    model = lib.Sequential([lib.Input((4,)), lib.layers.Dense(2), Compressed()])
    model.compile(lib.optimizers.SGD(0.05))
    _with_weights(model)
    return _answer(model, model.fit(X, batch_size=8, epochs=2, shuffle=False, verbose=0))


def own_loss(lib):
    class Weighted(lib.Model):
        def __init__(self):
            super().__init__()
            self.dense = lib.layers.Dense(2)

        def call(self, x):
            return self.dense(x)

        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            usual = super().compute_loss(x, y, y_pred, sample_weight, training)
            return usual + 0.1 * lib.ops.mean(lib.ops.square(y_pred))

    model = Weighted()
    model(X[:2])
    model.compile(lib.optimizers.SGD(0.05), "mse", metrics=["mae"])
    _with_weights(model)
    return _answer(model, model.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0, validation_split=0.2))


def own_metrics(lib):
    class Measured(lib.Model):
        def __init__(self):
            super().__init__()
            self.dense = lib.layers.Dense(2)
            self.largest = lib.metrics.Mean(name="largest")

        def call(self, x):
            return self.dense(x)

        def compute_metrics(self, x, y, y_pred, sample_weight=None):
            self.largest.update_state(lib.ops.max(lib.ops.absolute(y_pred)))
            logs = super().compute_metrics(x, y, y_pred, sample_weight)
            logs["largest"] = self.largest.result()
            return logs

    model = Measured()
    model(X[:2])
    model.compile(lib.optimizers.SGD(0.05), "mse", metrics=["mae"])
    _with_weights(model)
    return _answer(model, model.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0, validation_split=0.2))


def frozen(lib):
    model = lib.Sequential([lib.Input((4,)), lib.layers.Dense(3, name="still"), lib.layers.Dense(2)])
    model.get_layer("still").trainable = False
    model.compile(lib.optimizers.Adam(0.05), "mse")
    _with_weights(model)
    return _answer(model, model.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0))


def by_batches(lib):
    model = _linear(lib, metrics=["mae"])
    logs = [model.train_on_batch(X[:8], Y[:8], sample_weight=WEIGHTS[:8]), model.train_on_batch(X[8:16], Y[8:16])]
    model.reset_metrics()
    logs.append(model.test_on_batch(X, Y))
    return {
        "logs": [[float(one) for one in row] for row in logs],
        "weights": [np.asarray(w) for w in model.get_weights()],
        "predicted": np.asarray(model.predict_on_batch(X[:3])),
    }


def turned_schedule(lib):
    rate = lib.optimizers.schedules.ExponentialDecay(0.1, 3, 0.5)
    model = _linear(lib, optimizer=lib.optimizers.SGD(rate))
    return _answer(model, model.fit(X, Y, batch_size=8, epochs=3, shuffle=False, verbose=0))


def stopped_early(lib):
    model = _linear(lib, optimizer=lib.optimizers.SGD(0.6))
    stop = lib.callbacks.EarlyStopping(monitor="val_loss", patience=1, restore_best_weights=True)
    return _answer(model, model.fit(X, Y, batch_size=8, epochs=12, shuffle=False, verbose=0, validation_split=0.4,
                                    callbacks=[stop]))  # fmt: skip


WAYS = [
    two_losses, two_by_name, class_weights, validation, sample_weights, generator, indexed, steps,
    added_losses, no_loss_but_added, own_loss, own_metrics, frozen, by_batches, turned_schedule, stopped_early,
]  # fmt: skip


def questions():
    """Yield the name of each question and the function of a library that answers it."""
    for way in WAYS:
        yield f"training:{way.__name__}", way
