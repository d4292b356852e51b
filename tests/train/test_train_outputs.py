"""Several outputs: targets and weights given by name reach the output of that name, whatever the order."""

import numpy as np
import pytest

import onionskin
from onionskin import layers
from onionskin.base import errors
from tests.train.train_help import X

pytestmark = pytest.mark.usefixtures("each_engine")


def two_outputs(**settings):
    """Return a compiled model whose outputs stand in another order than their names sort in."""
    inputs = onionskin.Input((4,))
    late, early = (layers.Dense(1, name=name)(inputs) for name in ("late", "early"))
    model = onionskin.Model(inputs, [late, early])
    model.compile("sgd", **settings)
    return model


def test_targets_by_name_reach_the_output_of_that_name():
    model = two_outputs(loss={"late": "mse", "early": "mse"})
    late, early = model.predict(X, verbose=0)
    logs = model.evaluate(X, {"early": early, "late": late + 2}, verbose=0, return_dict=True)
    np.testing.assert_allclose([logs["late_loss"], logs["early_loss"]], [4, 0], rtol=1e-5, atol=1e-10)


def test_weights_by_name_reach_the_output_of_that_name():
    model = two_outputs(loss={"late": "mse", "early": "mse"})
    late, early = model.predict(X, verbose=0)
    weights = {"early": np.full(len(X), 3.0), "late": np.ones(len(X))}
    targets = {"early": early + 1, "late": late + 1}
    logs = model.evaluate(X, targets, sample_weight=weights, verbose=0, return_dict=True)
    np.testing.assert_allclose([logs["late_loss"], logs["early_loss"]], [1, 3], rtol=1e-5)


def test_an_output_without_a_loss_has_no_loss_in_the_logs():
    model = two_outputs(loss=[None, "mse"])
    late, early = model.predict(X, verbose=0)
    logs = model.evaluate(X, [late, early + 2], verbose=0, return_dict=True)
    assert list(logs) == ["loss", "early_loss"]
    np.testing.assert_allclose([logs["loss"], logs["early_loss"]], [4, 4], rtol=1e-5)


def test_targets_under_names_that_no_output_has_are_refused():
    model = two_outputs(loss="mse")
    with pytest.raises(errors.ArgumentError) as e:
        model.evaluate(X, {"early": X[:, :1], "lat": X[:, :1]}, verbose=0)
    assert str(e.value) == (
        f"evaluate, model '{model.name}' > y: the dictionary y does not name each output of the model once.\n"
        "  expected: late, early\n"
        "  given:    early, lat"
    )


def test_a_metric_of_the_users_keeps_its_name_when_compiled_again():
    metric = onionskin.metrics.MeanAbsoluteError(name="mae")
    for _ in range(2):
        model = two_outputs(loss="mse", metrics={"early": [metric]})
        logs = model.evaluate(X, {"early": X[:, :1], "late": X[:, :1]}, verbose=0, return_dict=True)
        assert "early_mae" in logs
        assert metric.name == "mae"
        assert "early_mae" in model.metrics_names


def test_labels_are_checked_against_the_output_of_their_name():
    model = two_outputs(loss={"early": "mse", "late": "sparse_categorical_crossentropy"})
    with pytest.raises(errors.OnionskinError) as e:
        model.fit(X, {"early": X[:, :1], "late": np.full(len(X), 7)}, verbose=0)
    assert "y['late']: a label is none of the classes." in str(e.value)


def test_a_list_of_metrics_has_one_for_each_output():
    model = two_outputs(loss="mse", metrics=["mae", None])
    late, early = model.predict(X, verbose=0)
    logs = model.evaluate(X, [late + 2, early], verbose=0, return_dict=True)
    assert list(logs) == ["loss", "late_loss", "early_loss", "late_mae"]
    np.testing.assert_allclose(logs["late_mae"], 2, rtol=1e-5)
    model = two_outputs(loss="mse", metrics=["mae"])
    with pytest.raises(errors.ArgumentError) as e:
        model.evaluate(X, [late, early], verbose=0)
    assert str(e.value) == (
        f"evaluate, model '{model.name}' > compile: metrics of a model with several outputs is a list with an entry "
        "for each output or a dictionary.\n"
        "  expected: a metric, or a list of them, for each of late, early\n"
        "  given:    ['mae']"
    )
