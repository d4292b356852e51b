"""Estimators for scikit-learn: networks with the interface of its `MLPClassifier` and `MLPRegressor`."""

from typing import TYPE_CHECKING

from onionskin.base.doors import Door

if TYPE_CHECKING:
    from onionskin.sklearn.classifier import MLPClassifier as MLPClassifier
    from onionskin.sklearn.regressor import MLPRegressor as MLPRegressor

_door = Door(
    __name__,
    {
        "onionskin.sklearn.classifier": "MLPClassifier",
        "onionskin.sklearn.regressor": "MLPRegressor",
    },
)
__getattr__, __dir__ = _door.find, _door.names
