"""Learning curves: the lines are the history, in the right panel, never under the legend; what is refused."""

import numpy as np
import pytest

from onionskin import plot
from onionskin.base.errors import ArgumentError, DataError, DTypeError

HISTORY = {
    "loss": [0.9, 0.5, 0.3],
    "accuracy": [0.6, 0.8, 0.9],
    "val_loss": [0.8, 0.6, 0.5],
    "val_accuracy": [0.65, 0.75, 0.8],
}


def lines(axes):
    return {line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in axes.get_lines()}


def test_lines_are_the_history():
    figure = plot.curves(HISTORY)
    loss, accuracy = figure.axes
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["loss", "accuracy"]
    assert lines(loss) == {"train": ([1, 2, 3], HISTORY["loss"]), "validation": ([1, 2, 3], HISTORY["val_loss"])}
    assert lines(accuracy) == {
        "train": ([1, 2, 3], HISTORY["accuracy"]),
        "validation": ([1, 2, 3], HISTORY["val_accuracy"]),
    }


def test_validation_is_the_same_colour_broken_and_hollow():
    train, validation = plot.curves(HISTORY).axes[0].get_lines()
    assert train.get_color() == validation.get_color() == "#0072b2"
    assert (train.get_linestyle(), validation.get_linestyle()) == ("-", "--")
    assert (train.get_markerfacecolor(), validation.get_markerfacecolor()) == ("#0072b2", "#ffffff")


def test_panels_of_losses_metrics_and_learning_rate():
    history = {
        "loss": [1, 2],
        "a_loss": [3, 4],
        "mae": [5, 6],
        "val_mae": [7, 8],
        "auc": [9, 9],
        "learning_rate": [1, 1],
    }
    figure = plot.curves(history)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["loss", "metrics", "learning rate"]
    labels = [[line.get_label() for line in axes.get_lines()] for axes in figure.axes]
    assert labels == [["loss, train", "a_loss, train"], ["mae, train", "mae, validation", "auc, train"], ["train"]]
    colors = [line.get_color() for line in figure.axes[1].get_lines()]
    assert colors[0] == colors[1] != colors[2]
    assert len(plot.curves({"loss": [1.0]}).axes) == 1


@pytest.mark.parametrize("epochs", [1, 2, 3, 7, 100])
def test_ticks_are_whole_epochs(epochs):
    figure = plot.curves({"loss": list(range(epochs)), "accuracy": [0.5] * epochs})
    figure.draw_without_rendering()
    for axes in figure.axes:
        low, high = axes.get_xlim()
        ticks = [tick for tick in axes.get_xticks() if low <= tick <= high]
        np.testing.assert_array_equal(ticks, np.round(ticks))
        assert len(ticks) >= min(epochs, 2), ticks
        shown = [label.get_text() for label in axes.get_xticklabels()]
        assert {f"{tick:.0f}" for tick in ticks} <= set(shown)


def test_one_epoch_is_a_marker_in_the_middle():
    axes = plot.curves({name: values[:1] for name, values in HISTORY.items()}).axes[0]
    assert list(axes.get_xticks()) == [1]
    assert axes.get_xlim() == (0.5, 1.5)
    assert [line.get_marker() for line in axes.get_lines()] == ["o", "s"]


def test_many_epochs_have_no_markers():
    (line,) = plot.curves({"loss": np.arange(21.0)}).axes[0].get_lines()
    assert line.get_marker() == "None"


def test_epochs_go_on_after_earlier_ones_and_validation_may_be_rarer():
    history = {"loss": [5.0, 4.0, 3.0, 2.0, 1.0], "val_loss": [4.5, 2.5]}
    found = lines(plot.curves(history, initial_epoch=2, validation_freq=3).axes[0])
    assert found == {"train": ([3, 4, 5, 6, 7], history["loss"]), "validation": ([3, 6], history["val_loss"])}
    assert "validation" in lines(plot.curves({"loss": [1.0], "val_loss": []}, validation_freq=2).axes[0])


def test_numbers_that_are_not_finite_leave_gaps(tmp_path):
    plot.curves({"loss": [1.0, float("nan"), float("inf")], "mae": [float("nan")] * 3}, path=tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 1000


@pytest.mark.parametrize("metrics", [1, 3, 6])
def test_the_legend_covers_no_axes_and_nothing_is_cut_off(metrics, cut_off):
    history = {f"{v}mean_of_metric_{i}": [i, i + 1] for i in range(metrics) for v in ("", "val_")}
    history |= {name: values[:2] for name, values in HISTORY.items()}
    figure = plot.curves(history)
    assert cut_off(figure) == []
    for axes in figure.axes:
        box = axes.get_legend().get_window_extent()
        assert box.y1 < axes.get_window_extent().y0
        labels = [axes.xaxis.label, *axes.get_xticklabels()]
        assert not any(box.overlaps(label.get_window_extent()) for label in labels)


BAD = [
    (
        ([1.0, 2.0], {}),
        DTypeError,
        "curves(history): the history must be a dictionary.\n"
        "  expected: name → one number for each epoch\n  given:    list",
    ),
    (
        ({}, {}),
        DataError,
        "curves(history): the history is empty.\n  expected: at least one epoch of training\n  given:    []",
    ),
    (
        ({"val_loss": [1.0]}, {}),
        DataError,
        "curves(history): the history is empty.\n  expected: at least one epoch of training\n  given:    ['val_loss']",
    ),
    (
        ({"loss": ["low"]}, {}),
        DTypeError,
        "curves(history['loss']): these are no numbers, one for each epoch.\n"
        "  expected: a list of numbers\n  given:    ['low']",
    ),
    (
        ({"loss": 1.0}, {}),
        DTypeError,
        "curves(history['loss']): these are no numbers, one for each epoch.\n"
        "  expected: a list of numbers\n  given:    1.0",
    ),
    (
        ({"loss": [1.0, 2.0], "accuracy": [1.0]}, {}),
        DataError,
        "curves(history['accuracy']): the lists of the history differ in length.\n  expected: 2 numbers\n  given:    1",
    ),
    (
        ({"loss": [1.0, 2.0], "val_loss": [1.0]}, {}),
        DataError,
        "curves(history['val_loss']): the lists of the history differ in length.\n"
        "  expected: 2 numbers\n  given:    1\n"
        "  to fix:   give the validation_freq that the model was fitted with",
    ),
    (
        ({"loss": [1.0]}, {"initial_epoch": -1}),
        ArgumentError,
        "curves(initial_epoch): this number cannot be used.\n"
        "  expected: a whole number from 0 to 1000000000\n  given:    -1",
    ),
    (
        ({"loss": [1.0]}, {"validation_freq": True}),
        ArgumentError,
        "curves(validation_freq): this number cannot be used.\n"
        "  expected: a whole number from 1 to 1000000000\n  given:    True",
    ),
]


@pytest.mark.parametrize(("given", "kind", "words"), BAD)
def test_what_is_refused(given, kind, words):
    history, settings = given
    with pytest.raises(kind) as caught:
        plot.curves(history, **settings)
    assert str(caught.value) == words


def test_a_history_object_is_refused_with_a_hint():
    class History:
        history = HISTORY

    with pytest.raises(DTypeError) as caught:
        plot.curves(History())
    assert str(caught.value) == (
        "curves(history): the history must be a dictionary.\n"
        "  expected: name → one number for each epoch\n  given:    History\n  to fix:   pass History.history"
    )


@pytest.mark.parametrize(("metric", "title"), [("accuracy", "정확도"), ("my_metric", "my_metric")])
def test_accuracy_is_korean_in_korean_and_a_name_of_ones_own_stays(metric, title, korean):
    figure = plot.curves({"loss": [0.5, 0.4], metric: [0.8, 0.9]}, language="ko")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["손실", title]
