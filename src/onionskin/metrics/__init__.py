"""Metrics: figures of how good predictions are, gathered over batches."""

from typing import TYPE_CHECKING

from onionskin.base.doors import Door
from onionskin.metrics.lookup import METRIC_FUNCTIONS, METRICS

if TYPE_CHECKING:
    from onionskin.losses import binary_crossentropy as binary_crossentropy
    from onionskin.losses import binary_focal_crossentropy as binary_focal_crossentropy
    from onionskin.losses import categorical_crossentropy as categorical_crossentropy
    from onionskin.losses import categorical_focal_crossentropy as categorical_focal_crossentropy
    from onionskin.losses import categorical_hinge as categorical_hinge
    from onionskin.losses import hinge as hinge
    from onionskin.losses import huber as huber
    from onionskin.losses import kl_divergence as kl_divergence
    from onionskin.losses import log_cosh as log_cosh
    from onionskin.losses import mean_absolute_error as mean_absolute_error
    from onionskin.losses import mean_absolute_percentage_error as mean_absolute_percentage_error
    from onionskin.losses import mean_squared_error as mean_squared_error
    from onionskin.losses import mean_squared_logarithmic_error as mean_squared_logarithmic_error
    from onionskin.losses import poisson as poisson
    from onionskin.losses import sparse_categorical_crossentropy as sparse_categorical_crossentropy
    from onionskin.losses import squared_hinge as squared_hinge
    from onionskin.metrics.accuracies import Accuracy as Accuracy
    from onionskin.metrics.accuracies import BinaryAccuracy as BinaryAccuracy
    from onionskin.metrics.accuracies import CategoricalAccuracy as CategoricalAccuracy
    from onionskin.metrics.accuracies import SparseCategoricalAccuracy as SparseCategoricalAccuracy
    from onionskin.metrics.accuracies import SparseTopKCategoricalAccuracy as SparseTopKCategoricalAccuracy
    from onionskin.metrics.accuracies import TopKCategoricalAccuracy as TopKCategoricalAccuracy
    from onionskin.metrics.accuracies import accuracy as accuracy
    from onionskin.metrics.accuracies import binary_accuracy as binary_accuracy
    from onionskin.metrics.accuracies import categorical_accuracy as categorical_accuracy
    from onionskin.metrics.accuracies import sparse_categorical_accuracy as sparse_categorical_accuracy
    from onionskin.metrics.accuracies import sparse_top_k_categorical_accuracy as sparse_top_k_categorical_accuracy
    from onionskin.metrics.accuracies import top_k_categorical_accuracy as top_k_categorical_accuracy
    from onionskin.metrics.auc import AUC as AUC
    from onionskin.metrics.confusion import FalseNegatives as FalseNegatives
    from onionskin.metrics.confusion import FalsePositives as FalsePositives
    from onionskin.metrics.confusion import Precision as Precision
    from onionskin.metrics.confusion import Recall as Recall
    from onionskin.metrics.confusion import TrueNegatives as TrueNegatives
    from onionskin.metrics.confusion import TruePositives as TruePositives
    from onionskin.metrics.correlations import ConcordanceCorrelation as ConcordanceCorrelation
    from onionskin.metrics.correlations import PearsonCorrelation as PearsonCorrelation
    from onionskin.metrics.correlations import R2Score as R2Score
    from onionskin.metrics.correlations import concordance_correlation as concordance_correlation
    from onionskin.metrics.correlations import pearson_correlation as pearson_correlation
    from onionskin.metrics.errors import BinaryCrossentropy as BinaryCrossentropy
    from onionskin.metrics.errors import CategoricalCrossentropy as CategoricalCrossentropy
    from onionskin.metrics.errors import CategoricalHinge as CategoricalHinge
    from onionskin.metrics.errors import CosineSimilarity as CosineSimilarity
    from onionskin.metrics.errors import Hinge as Hinge
    from onionskin.metrics.errors import KLDivergence as KLDivergence
    from onionskin.metrics.errors import LogCoshError as LogCoshError
    from onionskin.metrics.errors import MeanAbsoluteError as MeanAbsoluteError
    from onionskin.metrics.errors import MeanAbsolutePercentageError as MeanAbsolutePercentageError
    from onionskin.metrics.errors import MeanSquaredError as MeanSquaredError
    from onionskin.metrics.errors import MeanSquaredLogarithmicError as MeanSquaredLogarithmicError
    from onionskin.metrics.errors import Poisson as Poisson
    from onionskin.metrics.errors import RootMeanSquaredError as RootMeanSquaredError
    from onionskin.metrics.errors import SparseCategoricalCrossentropy as SparseCategoricalCrossentropy
    from onionskin.metrics.errors import SquaredHinge as SquaredHinge
    from onionskin.metrics.fscores import F1Score as F1Score
    from onionskin.metrics.fscores import FBetaScore as FBetaScore
    from onionskin.metrics.lookup import deserialize as deserialize
    from onionskin.metrics.lookup import get as get
    from onionskin.metrics.lookup import serialize as serialize
    from onionskin.metrics.mean import Mean as Mean
    from onionskin.metrics.mean import MeanMetricWrapper as MeanMetricWrapper
    from onionskin.metrics.mean import Sum as Sum
    from onionskin.metrics.metric import Metric as Metric
    from onionskin.metrics.overlap import BinaryIoU as BinaryIoU
    from onionskin.metrics.overlap import IoU as IoU
    from onionskin.metrics.overlap import MeanIoU as MeanIoU
    from onionskin.metrics.overlap import OneHotIoU as OneHotIoU
    from onionskin.metrics.overlap import OneHotMeanIoU as OneHotMeanIoU
    from onionskin.metrics.resolving import resolve as resolve
    from onionskin.metrics.tradeoffs import PrecisionAtRecall as PrecisionAtRecall
    from onionskin.metrics.tradeoffs import RecallAtPrecision as RecallAtPrecision
    from onionskin.metrics.tradeoffs import SensitivityAtSpecificity as SensitivityAtSpecificity
    from onionskin.metrics.tradeoffs import SpecificityAtSensitivity as SpecificityAtSensitivity

_door = Door(
    __name__,
    {
        "onionskin.losses": (
            "binary_crossentropy binary_focal_crossentropy categorical_crossentropy "
            "categorical_focal_crossentropy categorical_hinge hinge huber kl_divergence log_cosh "
            "mean_absolute_error mean_absolute_percentage_error mean_squared_error "
            "mean_squared_logarithmic_error poisson sparse_categorical_crossentropy squared_hinge"
        ),
        "onionskin.metrics.accuracies": (
            "Accuracy BinaryAccuracy CategoricalAccuracy SparseCategoricalAccuracy "
            "SparseTopKCategoricalAccuracy TopKCategoricalAccuracy accuracy binary_accuracy "
            "categorical_accuracy sparse_categorical_accuracy sparse_top_k_categorical_accuracy "
            "top_k_categorical_accuracy"
        ),
        "onionskin.metrics.auc": "AUC",
        "onionskin.metrics.confusion": "FalseNegatives FalsePositives Precision Recall TrueNegatives TruePositives",
        "onionskin.metrics.correlations": (
            "ConcordanceCorrelation PearsonCorrelation R2Score concordance_correlation pearson_correlation"
        ),
        "onionskin.metrics.errors": (
            "BinaryCrossentropy CategoricalCrossentropy CategoricalHinge CosineSimilarity Hinge "
            "KLDivergence LogCoshError MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError "
            "MeanSquaredLogarithmicError Poisson RootMeanSquaredError SparseCategoricalCrossentropy "
            "SquaredHinge"
        ),
        "onionskin.metrics.fscores": "F1Score FBetaScore",
        "onionskin.metrics.lookup": "deserialize get serialize",
        "onionskin.metrics.mean": "Mean MeanMetricWrapper Sum",
        "onionskin.metrics.metric": "Metric",
        "onionskin.metrics.overlap": "BinaryIoU IoU MeanIoU OneHotIoU OneHotMeanIoU",
        "onionskin.metrics.resolving": "resolve",
        "onionskin.metrics.tradeoffs": (
            "PrecisionAtRecall RecallAtPrecision SensitivityAtSpecificity SpecificityAtSensitivity"
        ),
    },
)
__getattr__, __dir__ = _door.find, _door.names
METRICS.filled_by(_door)
METRIC_FUNCTIONS.filled_by(_door)
