"""Loss surfaces against evaluate and plain loops, paths of optimizers, the recorder; what is refused, word for word."""

from __future__ import annotations

import doctest
import importlib

import numpy as np
import pytest

import onionskin
from onionskin import explain, layers, optimizers
from onionskin.base.errors import ArgumentError, DataError, DTypeError, NotBuiltError, ShapeError, UnknownNameError
from onionskin.explain.surfaces import directions
from onionskin.explain.surfaces.landscapes import LANDSCAPES
from onionskin.plot.words import WORDS

RNG = np.random.default_rng(3)
X = RNG.uniform(-1, 1, (60, 2)).astype("float32")
Y = (np.square(X).sum(axis=1, keepdims=True) < 0.6).astype("float32")


def network(units: int = 5) -> onionskin.Sequential:
    onionskin.utils.set_random_seed(4)
    model = onionskin.Sequential(
        [
            onionskin.Input((2,)),
            layers.Dense(units, "tanh", name="hidden", kernel_regularizer="l2"),
            layers.Dropout(0.5),
            layers.BatchNormalization(name="norm"),
            layers.Dense(1, "sigmoid", name="out"),
        ],
        name="ring",
    )
    model.compile(optimizers.Adam(0.02), "binary_crossentropy", metrics=["accuracy"])
    return model


def state(model: onionskin.Sequential) -> list[np.ndarray]:
    own = [*model.variables, *model.optimizer.variables, *[v for m in model.metrics for v in m.variables]]
    return [one.numpy().copy() for one in own]


def refusal(kind: type, call: object) -> str:
    with pytest.raises(kind) as caught:
        call()
    return str(caught.value)


# --- surfaces of functions ---


def test_surface_of_a_function_is_its_values_on_the_grid(each_engine):
    surface = explain.loss_surface(lambda a, b: (a - 1.0) ** 2 * b, span=((0, 2), (-1, 3)), points=9)
    assert (surface.x.shape, surface.y.shape, surface.losses.shape) == ((9,), (9,), (9, 9))
    for i, b in enumerate(surface.y):
        for j, a in enumerate(surface.x):
            assert surface.losses[i, j] == pytest.approx((a - 1) ** 2 * b, abs=1e-14)
    np.testing.assert_allclose(surface.at([[3.0, 2.0]]), [8.0])
    assert repr(surface) == "<loss surface of , 9 × 9 points, losses -1 to 3>"


@pytest.mark.parametrize("name", [name for name, one in LANDSCAPES.items() if len(one.span) == 2])
def test_known_minima_are_the_lowest_of_the_surface(name):
    surface = explain.loss_surface(name)
    lowest = min(float(LANDSCAPES[name](*place)) for place in surface.minima)
    assert surface.losses.min() >= lowest - 1e-9
    near = surface.at(np.array(surface.minima[0]) + RNG.uniform(-0.05, 0.05, (200, 2)))
    assert near.min() >= lowest - 1e-9


def test_a_function_takes_data_whole():
    surface = explain.loss_surface(lambda a, b, x, y: ((a * x[:, 0] + b - y[:, 0]) ** 2).mean(), X, Y, points=5)
    a, b = surface.x[1], surface.y[3]
    np.testing.assert_allclose(surface.losses[3, 1], np.mean((a * X[:, 0] + b - Y[:, 0]) ** 2), rtol=1e-5)


def test_infinite_losses_are_kept():
    from onionskin import ops

    surface = explain.loss_surface(lambda a, b: ops.log(a) + b, span=((-1, 1), (0, 1)), points=3)
    assert np.isnan(surface.losses[0, 0])
    assert np.isneginf(surface.losses[0, 1])
    assert surface.losses[1, 2] == 0.5
    surface.plot()


# --- surfaces of models ---


def test_surface_of_a_model_is_what_evaluate_says_and_changes_nothing():
    model = network()
    recorder = explain.PathRecorder()
    model.fit(X, Y, epochs=6, batch_size=20, verbose=0, callbacks=[recorder])
    before = state(model)
    kernels = {one.path: one for one in model.trainable_variables}
    pair = (("hidden/kernel", (0, 1)), ("ring/out/bias", 0))
    surfaces = {kind: explain.loss_surface(model, X, Y, along=along, points=7)
                for kind, along in (("parameters", pair), ("random", None), ("principal", recorder))}  # fmt: skip
    for value, old in zip(state(model), before, strict=True):
        np.testing.assert_array_equal(value, old)
    truth = model.evaluate(X, Y, batch_size=60, verbose=0)[0]
    for kind, surface in surfaces.items():
        np.testing.assert_allclose(surface.at([surface.here]), truth, rtol=1e-6, err_msg=kind)
    surface = surfaces["parameters"]
    assert surface.names == ("ring/hidden/kernel[0, 1]", "ring/out/bias[0]")
    first, second = kernels["ring/hidden/kernel"], kernels["ring/out/bias"]
    assert surface.here == (pytest.approx(float(first.numpy()[0, 1])), pytest.approx(float(second.numpy()[0])))
    for i, j in ((0, 0), (5, 2), (6, 6)):
        changed = first.numpy().copy()
        changed[0, 1] = surface.x[j]
        first.assign(changed)
        second.assign([surface.y[i]])
        loss = model.evaluate(X, Y, batch_size=60, verbose=0)[0]
        np.testing.assert_allclose(surface.losses[i, j], loss, rtol=1e-5)
    np.testing.assert_allclose(surfaces["random"].at([(0.0, 0.0)]), truth, rtol=1e-6)  # it holds the old weights


def test_surface_by_batches_and_with_weights_is_that_of_evaluate():
    model, weight = network(), RNG.uniform(0, 2, 60).astype("float32")
    model.fit(X, Y, epochs=1, verbose=0)
    for size in (None, 7):
        surface = explain.loss_surface(model, X, Y, sample_weight=weight, batch_size=size, points=2)
        wanted = model.evaluate(X, Y, sample_weight=weight, batch_size=size or 60, verbose=0)[0]
        np.testing.assert_allclose(surface.at([surface.here]), wanted, rtol=1e-5)


def test_a_model_that_saw_no_data_and_models_of_several_outputs():
    model = network()
    before = [one.numpy().copy() for one in model.variables]
    surface = explain.loss_surface(model, X, Y, points=3)
    for one, old in zip(model.variables, before, strict=True):
        np.testing.assert_array_equal(one.numpy(), old)
    assert np.isfinite(surface.losses).all()
    assert not any(variable.numpy().any() for metric in model.metrics for variable in metric.variables)
    entry = onionskin.Input((2,))
    two = onionskin.Model(entry, [layers.Dense(1, name="a")(entry), layers.Dense(1, name="b")(entry)])
    two.compile("sgd", ["mse", "mae"])
    surface = explain.loss_surface(two, X, [Y, Y], points=3)
    np.testing.assert_allclose(surface.at([(0, 0)]), two.evaluate(X, [Y, Y], batch_size=60, verbose=0)[0], rtol=1e-6)


def test_random_directions_are_as_long_as_the_filters():
    values = [RNG.normal(size=(4, 3)), RNG.normal(size=(2, 2, 3, 5)), RNG.normal(size=5), np.zeros((3, 2))]
    found = directions.random_direction(values, np.random.default_rng(0))
    for j in range(3):
        assert np.linalg.norm(found[0][:, j]) == pytest.approx(np.linalg.norm(values[0][:, j]))
    for j in range(5):
        assert np.linalg.norm(found[1][..., j]) == pytest.approx(np.linalg.norm(values[1][..., j]))
    assert not found[2].any()
    assert not found[3].any()
    other = directions.random_direction(values, np.random.default_rng(0))
    np.testing.assert_array_equal(found[0], other[0])


def test_given_directions():
    model = network()
    weights = [one.numpy() for one in model.trainable_variables]
    first = [np.ones_like(one) for one in weights]
    second = [np.zeros_like(one) for one in weights]
    second[0][0, 0] = 1
    surface = explain.loss_surface(model, X, Y, along=(first, second), points=3, span=((0, 1), (0, 2)))
    for one, value, a, b in zip(model.trainable_variables, weights, first, second, strict=True):
        one.assign(value + 1.0 * a + 2.0 * b)
    np.testing.assert_allclose(surface.losses[2, 2], model.evaluate(X, Y, batch_size=60, verbose=0)[0], rtol=1e-5)


# --- the recorder ---


def test_recorder_keeps_the_weights_of_each_epoch_and_of_each_step():
    model, seen = network(), []
    epochs, steps = explain.PathRecorder(), explain.PathRecorder(every=1)
    look = onionskin.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: seen.append([v.numpy().copy() for v in model.trainable_variables])
    )
    assert not epochs.needs_batches("train")
    assert steps.needs_batches("train")
    assert not steps.needs_batches("test")
    model.fit(X, Y, epochs=3, batch_size=20, verbose=0, callbacks=[epochs, steps, look])
    assert epochs.steps == [0, 1, 2, 3]
    assert steps.steps == list(range(10))
    for kept, by_step, wanted in zip(epochs.weights[1:], steps.weights[3::3], seen, strict=True):
        for one, other, value in zip(kept, by_step, wanted, strict=True):
            np.testing.assert_array_equal(one, value)
            np.testing.assert_array_equal(other, value)


def test_recorder_thins_and_keeps_first_and_last():
    model, recorder = network(2), explain.PathRecorder(every=1, most=8)
    model.fit(X, Y, epochs=7, batch_size=10, verbose=0, callbacks=[recorder])  # 42 steps
    assert recorder.steps == [0, 8, 16, 24, 32, 40, 42]
    np.testing.assert_array_equal(recorder.weights[-1][0], model.trainable_variables[0].numpy())
    model.fit(X, Y, epochs=1, batch_size=30, verbose=0, callbacks=[recorder])
    assert recorder.steps == [0, 1, 2]


def test_the_path_lies_on_its_principal_plane():
    model, recorder = network(), explain.PathRecorder(every=1)
    model.fit(X, Y, epochs=5, batch_size=20, verbose=0, callbacks=[recorder])
    surface = explain.loss_surface(model, X, Y, along=recorder, points=3)
    rows = recorder.matrix()
    values, vectors = np.linalg.eigh(np.cov(rows.T))  # the principal components by another way
    shares = values[::-1][:2] / values.sum()
    np.testing.assert_allclose(surface.shares, shares, rtol=1e-6)
    wanted = (rows - rows[-1]) @ vectors[:, ::-1][:, :2]
    np.testing.assert_allclose(abs(surface.trail), abs(wanted), atol=1e-5)
    np.testing.assert_allclose(surface.trail[-1], 0, atol=1e-7)
    assert (surface.trail[0] <= 0).all()
    np.testing.assert_allclose(surface.project(recorder), surface.trail)
    other = explain.loss_surface(model, X, Y, along=(("hidden/kernel", (0, 0)), ("hidden/bias", 1)), points=3)
    kernels = np.array([[row[0][0, 0], row[1][1]] for row in recorder.weights])
    np.testing.assert_allclose(other.project(recorder), kernels, rtol=1e-6)


# --- paths of optimizers ---


def test_names_labels_and_copies():
    given = optimizers.SGD(0.1, momentum=0.5)
    used = optimizers.Adam(0.1)
    used.build([onionskin.Variable([1.0])])
    paths = explain.optimizer_paths("bowl", optimizers={"mine": given, "built": used, "lion": "Lion"}, steps=5)
    assert list(paths) == ["mine", "built", "lion"]
    assert not given.built
    assert int(used.iterations) == 0
    w, m = np.array([-2.5, 2.0]), np.zeros(2)
    for k in range(6):
        np.testing.assert_allclose(paths["mine"].points[k], w, rtol=1e-6)
        m = 0.5 * m - float(np.float32(0.1)) * 2 * w
        w = w + m
    rates = explain.optimizer_paths("bowl", optimizers=["sgd", "SGD"], learning_rate=[0.1, 0.2], steps=2)
    assert list(rates) == [
        "SGD, learning rate 0.1", "SGD, learning rate 0.2", "SGD, learning rate 0.1 2", "SGD, learning rate 0.2 2",
    ]  # fmt: skip
    assert list(explain.optimizer_paths("bowl", steps=2)) == [
        "SGD", "momentum", "Nesterov", "Adagrad", "RMSprop", "Adam",
    ]  # fmt: skip
    korean = explain.optimizer_paths("bowl", optimizers=["momentum", "sgd"], learning_rate=[0.1, 0.2], steps=2)
    assert next(iter(korean.named("ko"))) == "모멘텀, 학습률 0.1"


def test_schedules_are_followed():
    rate = optimizers.schedules.ExponentialDecay(0.4, 1, 0.5)
    (path,) = explain.optimizer_paths("bowl", (1.0, 1.0), optimizers.SGD(rate), 3).values()
    w = 1.0
    for k in range(4):
        np.testing.assert_allclose(path.points[k], w, rtol=1e-6)
        w -= 0.4 * 0.5**k * 2 * w
    assert path.learning_rate is None


def test_outcomes_of_an_unknown_function_and_of_infinite_losses():
    from onionskin import ops

    rest = explain.optimizer_paths(lambda a: a * a, 2.0, "sgd", 40, learning_rate=[0.3, 0.01])
    assert [one.outcome for one in rest.values()] == ["at rest", "moving"]
    assert repr(rest).splitlines()[0] == "<2 paths over a function"
    assert rest["learning rate 0.01"].said() == "not at rest after 40 steps"
    assert rest["learning rate 0.3"].said("ko") == f"{rest['learning rate 0.3'].arrived}단계 만에 멈춤"
    (path,) = explain.optimizer_paths(ops.exp, 0.0, "sgd", 20, learning_rate=0.5).values()
    assert path.outcome == "moving"  # downhill for ever
    assert repr(path) == f"<SGD: 1 → {path.losses[-1]:.4g}, not at rest after 20 steps>"
    (path,) = explain.optimizer_paths(lambda a: ops.log(a) + 0 * a, 1.0, "sgd", 20, learning_rate=3.0).values()
    assert path.outcome == "diverged"
    assert path.cut == 1
    assert np.isfinite(path.points).all()
    assert np.isfinite(path.losses).all()
    assert len(path.points) == len(path.losses) == len(path.gradients) + 1 == 1
    assert path.said() == "diverges, cut after 1 steps"


def test_seed_and_order_of_the_rows():
    def loss(a, b, x):
        return ((a - x) ** 2).mean() + b * b

    rows = np.arange(10.0)
    one, same, other = (
        explain.optimizer_paths(loss, (0, 1), "sgd", 25, data=rows, batch_size=3, seed=seed)["SGD"]
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(one.points, same.points)
    assert abs(one.points - other.points).max() > 1e-3
    rng = np.random.default_rng(0)
    order = np.concatenate([rng.permutation(10)[:9] for _ in range(9)])[:75].reshape(25, 3)
    means = rows[order].mean(axis=1)
    np.testing.assert_allclose(one.gradients[:, 0], 2 * (one.points[:-1, 0] - means), rtol=1e-9)


# --- pictures from the faces ---


def test_plots_of_the_faces(tmp_path):
    paths = explain.optimizer_paths("saddle", optimizers=["sgd", "momentum"], steps=20)
    axes = paths.plot().axes[0]
    lines = [line for line in axes.get_lines() if len(line.get_xdata()) == 21]
    for line, path in zip(lines, paths.values(), strict=True):
        np.testing.assert_array_equal(np.column_stack(line.get_data()), path.points)
    assert axes.get_title(loc="left") == "saddle"
    assert paths.plot("3d").axes[0].name == "3d"
    assert len(paths.plot(apart=True).axes) == 2
    model, recorder = network(), explain.PathRecorder(every=1)
    model.fit(X, Y, epochs=2, batch_size=20, verbose=0, callbacks=[recorder])
    surface = explain.loss_surface(model, X, Y, along=recorder, points=11)
    figure = surface.plot()
    assert figure.axes[0].get_xlabel() == f"principal direction 1 ({surface.shares[0]:.0%} of the path)"
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["training", "start", "end"]
    plain = explain.loss_surface(model, X, Y, points=11).plot()
    assert [text.get_text() for text in plain.legends[0].get_texts()] == ["the weights as they are"]
    for name in ("a.gif", "a.html"):
        surface.animate(tmp_path / name)
        paths.animate(tmp_path / f"p{name}", frames=5)
    assert '"step 0 of 6", "step 1 of 6"' in (tmp_path / "a.html").read_text()
    epochs = explain.PathRecorder()
    model.fit(X, Y, epochs=3, batch_size=20, verbose=0, callbacks=[epochs])
    surface.animate(tmp_path / "a.html", epochs, language="ko")
    assert '"3에포크 중 0에포크", "3에포크 중 1에포크"' in (tmp_path / "a.html").read_text()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.gif", "a.html", "pa.gif", "pa.html"]


def test_curves_show_the_steps_on_the_curve():
    paths = explain.optimizer_paths("parabola", optimizers="sgd", learning_rate=[0.1, 1.1], steps=10)
    figure = paths.plot()
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        f"learning rate 0.1\n{paths['learning rate 0.1'].said()}",
        "learning rate 1.1\ndiverges",
    ]
    line = figure.axes[0].get_lines()[1]
    np.testing.assert_allclose(line.get_xdata(), paths["learning rate 0.1"].points[:, 0])
    np.testing.assert_allclose(line.get_ydata(), np.square(line.get_xdata()), atol=1e-3)


def test_every_word_is_there_in_both_languages():
    assert set(WORDS["en"]) == set(WORDS["ko"])
    assert {f"surface {name}" for name, one in LANDSCAPES.items() if len(one.span) == 2} <= set(WORDS["en"])


# --- what is refused ---

DENSE = (("hidden/kernel", (0, 0)), ("hidden/kernel", (0, 1)))


def test_what_surfaces_refuse():
    model, surface, recorder = network(), explain.loss_surface, explain.PathRecorder()
    plain = onionskin.Sequential([onionskin.Input((2,)), layers.Dense(1)], name="plain")
    cases = [
        (UnknownNameError, lambda: surface("bole"),
         "landscape(name): there is no loss function of this name.\n  given:    'bole'\n"
         "  to fix:   did you mean 'bowl'? Known: beale, bowl, himmelblau, local minimum, parabola, ravine, "
         "rosenbrock, saddle, two minima"),
        (DTypeError, lambda: surface(3),
         "loss_surface(what): this is no loss.\n  expected: a function, or the name of one\n"
         "  given:    an object of type int"),
        (ArgumentError, lambda: surface("bowl", points=1),
         "loss_surface(points): this is no number of points.\n  expected: a whole number from 2 to 2001\n"
         "  given:    1"),
        (ArgumentError, lambda: surface("bowl", along="random"),
         "loss_surface(along): a function has no weights to go along.\n  given:    str\n"
         "  to fix:   leave along out; span says where to look"),
        (ArgumentError, lambda: surface("bowl", span=(1, 2)),
         "loss_surface(span): this is no span.\n  expected: ((low, high), (low, high))\n  given:    (1, 2)"),
        (ArgumentError, lambda: surface("bowl", span=((1, 0), (0, 1))),
         "loss_surface(span): this is no span.\n  expected: ((low, high), (low, high))\n  given:    ((1, 0), (0, 1))"),
        (ArgumentError, lambda: surface("bowl", span="wide"),
         "loss_surface(span): this is no span.\n  expected: ((low, high), (low, high))\n  given:    'wide'"),
        (ArgumentError, lambda: surface("parabola"),
         "loss_surface(what): a surface needs a loss of two numbers.\n  given:    'parabola'\n"
         "  to fix:   draw its steps: optimizer_paths(…).plot()"),
        (ShapeError, lambda: surface(lambda a, b, x: a * x + b, np.ones(3)),
         "<lambda>: a loss is a single number.\n  expected: a value of shape ()\n  given:    shape (3,)\n"
         "  to fix:   take ops.mean of it"),
        (ShapeError, lambda: surface(lambda a, b: None),
         "<lambda>: a loss is a single number.\n  expected: a value of shape ()\n  given:    NoneType"),
        (NotBuiltError, lambda: surface(plain, X, Y),
         "loss_surface, model 'plain': the model has not been compiled.\n"
         "  to fix:   call model.compile(optimizer=…, loss=…) first"),
        (DTypeError, lambda: surface(model, (batch for batch in [(X, Y)])),
         "loss_surface, model 'ring': the data of a loss surface are arrays.\n  expected: x and y as arrays\n"
         "  given:    an object of type generator"),
        (DTypeError, lambda: surface(model, X, Y, along="principal"),
         "loss_surface(along): this names no directions.\n"
         "  expected: 'random', a PathRecorder, two parameters (name, index), or two lists of arrays\n"
         "  given:    'principal'"),
        (NotBuiltError, lambda: surface(model, X, Y, along=recorder),
         "PathRecorder: no training was recorded yet.\n"
         "  to fix:   pass it to fit: model.fit(x, y, callbacks=[recorder])"),
        (UnknownNameError, lambda: surface(model, X, Y, along=(DENSE[0], ("hiden/kernel", (0, 0)))),
         "loss_surface(along)[1]: no trainable variable has this name.\n  given:    'hiden/kernel'\n"
         "  to fix:   did you mean 'ring/hidden/kernel'? Known: ring/hidden/bias, ring/hidden/kernel, ring/norm/beta, "
         "ring/norm/gamma, ring/out/bias, ring/out/kernel"),
        (UnknownNameError, lambda: surface(model, X, Y, along=(DENSE[0], ("kernel", (0, 0)))),
         "loss_surface(along)[1]: several variables have this name.\n  given:    'kernel'\n"
         "  to fix:   did you mean 'ring/out/kernel'? Known: ring/hidden/kernel, ring/out/kernel"),
        (ShapeError, lambda: surface(model, X, Y, along=(DENSE[0], ("hidden/kernel", (0, 5)))),
         "loss_surface(along)[1]: the variable has no such element.\n  expected: an index into shape (2, 5)\n"
         "  given:    (0, 5)"),
        (ArgumentError, lambda: surface(model, X, Y, along=(DENSE[0], ("hidden/kernel", (-2, 0)))),
         "loss_surface(along): both axes are the same parameter.\n  given:    ring/hidden/kernel[0, 0]"),
        (ShapeError, lambda: surface(model, X, Y, along=([X], [X])),
         "loss_surface(along)[0]: a direction has one array for each trainable variable.\n"
         "  expected: (2, 5), (5,), (5,), (5,), (5, 1), (1,)\n  given:    (60, 2)"),
        (ShapeError, lambda: surface(model, X, Y, along=(5, 6)),
         "loss_surface(along)[0]: a direction has one array for each trainable variable.\n"
         "  expected: (2, 5), (5,), (5,), (5,), (5, 1), (1,)\n  given:    an object of type int"),
    ]  # fmt: skip
    for kind, call, words in cases:
        assert refusal(kind, call) == words


def test_what_directions_refuse():
    model = network()
    ones = [np.ones(one.shape) for one in model.trainable_variables]
    zeros = [np.zeros(one.shape) for one in model.trainable_variables]
    assert refusal(DataError, lambda: explain.loss_surface(model, X, Y, along=(ones, zeros))) == (
        "loss_surface(along): a direction is zero.\n  given:    given directions of 6 variables\n"
        "  to fix:   choose two parameters: along=((name, index), (name, index))"
    )
    twice = [2 * one for one in ones]
    assert refusal(ArgumentError, lambda: explain.loss_surface(model, X, Y, along=(ones, twice))) == (
        "loss_surface(along): both directions are the same line."
    )
    recorder, other = explain.PathRecorder(), network(3)
    model.fit(X, Y, epochs=1, verbose=0, callbacks=[recorder])
    assert refusal(DataError, lambda: explain.loss_surface(model, X, Y, along=recorder)) == (
        "loss_surface(along): a path needs three points to have two directions.\n  given:    2 copies of the weights\n"
        "  to fix:   train for more epochs, or record with PathRecorder(every=1)"
    )
    assert refusal(ShapeError, lambda: explain.loss_surface(other, X, Y, along=recorder)) == (
        "loss_surface(along): the recorder has the path of another model.\n  expected: 19 weights\n"
        "  given:    31 weights"
    )
    surface = explain.loss_surface(other, X, Y, points=2)
    assert refusal(ShapeError, lambda: surface.plot(recorder)) == (
        "LossSurface.project: the recorder has the path of another model.\n  expected: 19 weights\n"
        "  given:    31 weights"
    )
    recorder.weights = [recorder.weights[0]] * 3
    assert refusal(DataError, lambda: explain.loss_surface(model, X, Y, along=recorder)) == (
        "loss_surface(along): the path is a line or a point, which has no second direction.\n"
        "  given:    lengths 0 and 0"
    )


def test_what_faces_refuse(tmp_path):
    surface = explain.loss_surface("bowl", points=3)
    paths = explain.optimizer_paths("parabola", optimizers="sgd", steps=2)
    cases = [
        (ShapeError, lambda: surface.at([1.0, 2.0]),
         "LossSurface.at(points): points of a surface are pairs.\n  expected: (k, 2)\n  given:    (2,)"),
        (UnknownNameError, lambda: surface.plot(kind="2d"),
         "plot(kind): there is no kind of plot of this name.\n  given:    '2d'\n"
         "  to fix:   did you mean '3d'? Known: 3d, contour"),
        (DTypeError, lambda: surface.plot([[0, 0]]),
         "plot(paths): these are no paths.\n"
         "  expected: label → points (k, 2), OptimizerPaths or a PathRecorder\n  given:    an object of type list"),
        (ArgumentError, lambda: surface.plot(explain.PathRecorder()),
         "LossSurface.project: a function has no weights to project.\n  to fix:   pass points (k, 2) as paths"),
        (ArgumentError, lambda: surface.animate(tmp_path / "a.gif"),
         "animate(paths): there is no path to move along.\n  expected: label → points (k, 2)"),
        (ArgumentError, lambda: paths.plot("3d"),
         "plot(kind): a loss of one number is drawn as a curve.\n  given:    '3d'\n  to fix:   leave kind out"),
        (ArgumentError, lambda: paths.animate(tmp_path / "a.gif"),
         "animate: only paths over two numbers are animated.\n  given:    a loss of one number\n"
         "  to fix:   draw it with plot()"),
        (ArgumentError, lambda: explain.PathRecorder(every=0),
         "PathRecorder(every): this says no interval.\n  expected: 'epoch', or a number of steps from 1\n"
         "  given:    0"),
        (ArgumentError, lambda: explain.PathRecorder(most=3),
         "PathRecorder(most): this is no number of copies.\n  expected: a whole number from 4\n  given:    3"),
    ]  # fmt: skip
    for kind, call, words in cases:
        assert refusal(kind, call) == words


def test_what_paths_refuse():
    from onionskin import ops

    paths = explain.optimizer_paths
    cases = [
        (ArgumentError, lambda: paths("bowl", steps=0),
         "optimizer_paths(steps): this is no number of steps.\n  expected: a whole number from 1\n  given:    0"),
        (ArgumentError, lambda: paths(lambda a: a * a),
         "optimizer_paths(start): a function of your own needs a start.\n"
         "  expected: a number, or a pair of numbers"),
        (ShapeError, lambda: paths("bowl", 1.0),
         "optimizer_paths(start): this is no point to start from.\n  expected: a pair of numbers\n  given:    1.0"),
        (ShapeError, lambda: paths("parabola", (1.0, 2.0)),
         "optimizer_paths(start): this is no point to start from.\n  expected: a number\n  given:    (1.0, 2.0)"),
        (ShapeError, lambda: paths(lambda a: a, "here"),
         "optimizer_paths(start): this is no point to start from.\n  expected: a number, or a pair of numbers\n"
         "  given:    'here'"),
        (DataError, lambda: paths(lambda a, x, y: a, 0.0, data=(X, Y[:3])),
         "optimizer_paths(data): the arrays of the data must have one length.\n  expected: (n, …), n at least 1\n"
         "  given:    (60, 2), (3, 1)"),
        (ArgumentError, lambda: paths(lambda a, x: a, 0.0, data=X, batch_size=61),
         "optimizer_paths(batch_size): this is no batch size.\n  expected: a whole number from 1 to 60, or None\n"
         "  given:    61"),
        (ArgumentError, lambda: paths("bowl", batch_size=1),
         "optimizer_paths(batch_size): this is no batch size.\n  expected: None, as there is no data\n  given:    1"),
        (ArgumentError, lambda: paths("bowl", optimizers=[]),
         "optimizer_paths(optimizers): there is no optimizer.\n  expected: names or optimizers, at least one\n"
         "  given:    []"),
        (ArgumentError, lambda: paths("bowl", optimizers=optimizers.SGD(), learning_rate=0.1),
         "optimizer_paths(learning_rate): an optimizer brings its own learning rate.\n  given:    0.1 beside SGD\n"
         "  to fix:   give the optimizer by name, or leave learning_rate out"),
        (DataError, lambda: paths(lambda a: ops.log(a), 0.0, "sgd"),
         "optimizer_paths(start): the loss is not finite at the start.\n  given:    -inf at [0.0]"),
    ]  # fmt: skip
    for kind, call, words in cases:
        assert refusal(kind, call) == words
    with pytest.raises(UnknownNameError):
        paths("bowl", optimizers="adom")


@pytest.mark.parametrize("name", ["descents", "directions", "landscapes", "model", "weight_paths"])
def test_examples(name):
    assert doctest.testmod(importlib.import_module(f"onionskin.explain.surfaces.{name}")).failed == 0
