"""Losses: how far predictions are from targets, as one number."""

from onionskin.losses.checks import check_targets as check_targets
from onionskin.losses.focal import BinaryFocalCrossentropy as BinaryFocalCrossentropy
from onionskin.losses.focal import CategoricalFocalCrossentropy as CategoricalFocalCrossentropy
from onionskin.losses.focal import CategoricalGeneralizedCrossEntropy as CategoricalGeneralizedCrossEntropy
from onionskin.losses.focal import binary_focal_crossentropy as binary_focal_crossentropy
from onionskin.losses.focal import categorical_focal_crossentropy as categorical_focal_crossentropy
from onionskin.losses.focal import categorical_generalized_cross_entropy as categorical_generalized_cross_entropy
from onionskin.losses.lookup import deserialize as deserialize
from onionskin.losses.lookup import get as get
from onionskin.losses.lookup import is_known as is_known
from onionskin.losses.lookup import serialize as serialize
from onionskin.losses.loss import Loss as Loss
from onionskin.losses.loss import LossFunctionWrapper as LossFunctionWrapper
from onionskin.losses.loss import both_masks as both_masks
from onionskin.losses.loss import compute_dtype as compute_dtype
from onionskin.losses.loss import mask_of_values as mask_of_values
from onionskin.losses.loss import prediction_mask as prediction_mask
from onionskin.losses.margins import CategoricalHinge as CategoricalHinge
from onionskin.losses.margins import Hinge as Hinge
from onionskin.losses.margins import SquaredHinge as SquaredHinge
from onionskin.losses.margins import categorical_hinge as categorical_hinge
from onionskin.losses.margins import hinge as hinge
from onionskin.losses.margins import squared_hinge as squared_hinge
from onionskin.losses.overlap import Dice as Dice
from onionskin.losses.overlap import Tversky as Tversky
from onionskin.losses.overlap import dice as dice
from onionskin.losses.overlap import tversky as tversky
from onionskin.losses.pairs import Circle as Circle
from onionskin.losses.pairs import circle as circle
from onionskin.losses.probabilistic import BinaryCrossentropy as BinaryCrossentropy
from onionskin.losses.probabilistic import CategoricalCrossentropy as CategoricalCrossentropy
from onionskin.losses.probabilistic import KLDivergence as KLDivergence
from onionskin.losses.probabilistic import Poisson as Poisson
from onionskin.losses.probabilistic import SparseCategoricalCrossentropy as SparseCategoricalCrossentropy
from onionskin.losses.probabilistic import binary_crossentropy as bce  # noqa: F401 - its short name
from onionskin.losses.probabilistic import binary_crossentropy as binary_crossentropy
from onionskin.losses.probabilistic import categorical_crossentropy as categorical_crossentropy
from onionskin.losses.probabilistic import class_numbers as class_numbers
from onionskin.losses.probabilistic import kl_divergence as kl_divergence
from onionskin.losses.probabilistic import kl_divergence as kld  # noqa: F401 - its short name
from onionskin.losses.probabilistic import poisson as poisson
from onionskin.losses.probabilistic import sparse_categorical_crossentropy as sparse_categorical_crossentropy
from onionskin.losses.reduction import apply_mask as apply_mask
from onionskin.losses.reduction import check_same_shape as check_same_shape
from onionskin.losses.reduction import reduce_weighted_values as reduce_weighted_values
from onionskin.losses.reduction import squeeze_or_expand_to_same_rank as squeeze_or_expand_to_same_rank
from onionskin.losses.regression import CosineSimilarity as CosineSimilarity
from onionskin.losses.regression import Huber as Huber
from onionskin.losses.regression import LogCosh as LogCosh
from onionskin.losses.regression import MeanAbsoluteError as MeanAbsoluteError
from onionskin.losses.regression import MeanAbsolutePercentageError as MeanAbsolutePercentageError
from onionskin.losses.regression import MeanSquaredError as MeanSquaredError
from onionskin.losses.regression import MeanSquaredLogarithmicError as MeanSquaredLogarithmicError
from onionskin.losses.regression import cosine_similarity as cosine_similarity
from onionskin.losses.regression import huber as huber
from onionskin.losses.regression import log_cosh as log_cosh
from onionskin.losses.regression import mean_absolute_error as mae  # noqa: F401 - its short name
from onionskin.losses.regression import mean_absolute_error as mean_absolute_error
from onionskin.losses.regression import mean_absolute_percentage_error as mape  # noqa: F401 - its short name
from onionskin.losses.regression import mean_absolute_percentage_error as mean_absolute_percentage_error
from onionskin.losses.regression import mean_squared_error as mean_squared_error
from onionskin.losses.regression import mean_squared_error as mse  # noqa: F401 - its short name
from onionskin.losses.regression import mean_squared_logarithmic_error as mean_squared_logarithmic_error
from onionskin.losses.regression import mean_squared_logarithmic_error as msle  # noqa: F401 - its short name
from onionskin.losses.resolve import as_loss as as_loss
from onionskin.losses.resolve import resolve as resolve
from onionskin.losses.resolve import target_kind as target_kind
from onionskin.losses.sequences import CTC as CTC
from onionskin.losses.sequences import ctc as ctc
