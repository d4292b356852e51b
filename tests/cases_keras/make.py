"""Makes the cases of the rules: which classes, with which arguments, on which numbers."""

import numpy as np

from tests.cases_keras import drawn
from tests.cases_keras.drawn import case as _case


def _shares(rng, *shape):
    exponentials = np.exp(rng.normal(size=shape))
    return (exponentials / exponentials.sum(-1, keepdims=True)).astype("float32")


def activations():
    x = np.array([[-30.0, -6.0, -3.0, -1.5, -0.5, -1e-3], [0.25, 1e-3, 1.0, 2.5, 6.5, 30.0]], "float32")
    plain = [
        "relu", "sigmoid", "tanh", "softmax", "linear", "softplus", "elu", "gelu", "softsign", "selu", "silu", "swish",
        "exponential", "leaky_relu", "log_softmax", "hard_sigmoid", "relu6", "mish",
    ]  # fmt: skip
    cases = [_case("activation", name, x=np.minimum(x, 20) if name == "exponential" else x) for name in plain]
    for name, arguments in [
        ("relu", {"negative_slope": 0.3}),
        ("relu", {"max_value": 2.0}),
        ("relu", {"threshold": 0.7}),
        ("relu", {"negative_slope": 0.1, "max_value": 2.0, "threshold": 0.5}),
        ("softmax", {"axis": 0}),
        ("log_softmax", {"axis": 0}),
        ("elu", {"alpha": 0.4}),
        ("gelu", {"approximate": True}),
        ("leaky_relu", {"negative_slope": 0.05}),
    ]:
        cases.append(_case("activation", name, arguments, x=x))
    return cases


def losses():
    rng = np.random.default_rng(1)
    real = {"y_true": rng.normal(size=(6, 3)).astype("float32"), "y_pred": rng.normal(size=(6, 3)).astype("float32")}
    positive = {name: np.abs(value) + 0.1 for name, value in real.items()}
    shares = {"y_true": _shares(rng, 6, 3), "y_pred": _shares(rng, 6, 3)}
    answers = rng.integers(0, 2, (6, 3)).astype("float32")
    one_hot = np.eye(3, dtype="float32")[[0, 2, 1, 1, 0, 2]]
    numbers = np.array([0, 2, 1, 1, 0, 2], "int64")
    weight = rng.uniform(0, 2, 6).astype("float32")
    plain = ("MeanSquaredError", "MeanAbsoluteError", "Huber", "LogCosh", "CosineSimilarity", "Hinge")
    cases = [_case("loss", name, **real) for name in plain]
    cases.append(_case("loss", "Huber", {"delta": 0.4}, **real))
    cases.append(_case("loss", "CosineSimilarity", {"axis": 0}, **real))
    cases.append(_case("loss", "CosineSimilarity", label=" zero", y_true=np.eye(3, 3, dtype="float32"),
                       y_pred=np.eye(3, 3, k=1, dtype="float32") + np.eye(3, dtype="float32") * 1e-9))  # fmt: skip
    cases.append(_case("loss", "Hinge", label=" binary", y_true=answers, y_pred=real["y_pred"]))
    of_positive = ("MeanSquaredLogarithmicError", "MeanAbsolutePercentageError", "Poisson")
    cases += [_case("loss", name, **positive) for name in of_positive]
    cases.append(_case("loss", "KLDivergence", **shares))
    for arguments in ({}, {"label_smoothing": 0.2}, {"from_logits": True}, {"from_logits": True, "axis": 0}):
        y_pred = real["y_pred"] if arguments.get("from_logits") else shares["y_pred"]
        cases.append(_case("loss", "BinaryCrossentropy", arguments, y_true=answers, y_pred=y_pred))
        y_true = shares["y_true"] if arguments.get("axis") == 0 else one_hot
        cases.append(_case("loss", "CategoricalCrossentropy", arguments, y_true=y_true, y_pred=y_pred))
    for arguments in ({}, {"from_logits": True}, {"ignore_class": 1}, {"ignore_class": -1, "from_logits": True}):
        y_pred = real["y_pred"] if arguments.get("from_logits") else shares["y_pred"]
        y_true = np.where(numbers == 1, -1, numbers) if arguments.get("ignore_class") == -1 else numbers
        cases.append(_case("loss", "SparseCategoricalCrossentropy", arguments, y_true=y_true, y_pred=y_pred))
        column = y_true[:, None]
        cases.append(_case("loss", "SparseCategoricalCrossentropy", arguments, " column", y_true=column, y_pred=y_pred))
        cases.append(_case("loss", "SparseCategoricalCrossentropy", arguments, " weighted",
                           y_true=y_true, y_pred=y_pred, sample_weight=weight))  # fmt: skip
    sequence = {"y_true": rng.normal(size=(4, 2, 3)).astype("float32"),
                "y_pred": rng.normal(size=(4, 2, 3)).astype("float32")}  # fmt: skip
    for reduction in ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None):
        for label, extra in [
            ("", {}),
            (" weighted", {"sample_weight": weight}),
            (" column", {"sample_weight": weight[:, None]}),
            (" zeros", {"sample_weight": np.zeros(6, "float32")}),
        ]:
            cases.append(_case("loss", "MeanSquaredError", {"reduction": reduction}, label, **real, **extra))
        table = rng.uniform(0, 2, (4, 2)).astype("float32")
        cases.append(_case("loss", "MeanSquaredError", {"reduction": reduction}, " sequence", **sequence,
                           sample_weight=table))  # fmt: skip
        ignoring = {"reduction": reduction, "ignore_class": 2}
        cases.append(_case("loss", "SparseCategoricalCrossentropy", ignoring, y_true=numbers, y_pred=shares["y_pred"]))
    row, column = real["y_true"][:, 0], real["y_pred"][:, :1]
    cases.append(_case("loss", "MeanSquaredError", label=" row and column", y_true=row, y_pred=column))
    cases.append(_case("loss", "MeanSquaredError", label=" column and row", y_true=column, y_pred=row))
    cases.append(_case("loss", "MeanSquaredError", label=" integers", y_true=numbers[:, None], y_pred=column))
    cases += [
        _case("loss_function", name, **real)
        for name in ("mean_squared_error", "mean_absolute_error", "huber", "log_cosh", "cosine_similarity", "hinge")
    ]
    cases += [
        _case("loss_function", name, **positive)
        for name in ("mean_squared_logarithmic_error", "mean_absolute_percentage_error", "poisson")
    ]
    cases += [
        _case("loss_function", name, **shares)
        for name in ("kl_divergence", "binary_crossentropy", "categorical_crossentropy")
    ]
    cases.append(_case("loss_function", "sparse_categorical_crossentropy", y_true=numbers, y_pred=shares["y_pred"]))
    return cases


def metrics():
    rng = np.random.default_rng(2)
    weight = rng.uniform(0, 2, 8).astype("float32")
    real = {"y_true": rng.normal(size=(8, 3)).astype("float32"), "y_pred": rng.normal(size=(8, 3)).astype("float32")}
    numbers = rng.integers(0, 5, 8)
    shares = _shares(rng, 8, 5)
    hot = np.eye(5, dtype="float32")[numbers]
    answers, chances = rng.integers(0, 2, (8, 2)).astype("float32"), rng.uniform(size=(8, 2)).astype("float32")
    rows = [
        ("MeanSquaredError", {}, real), ("RootMeanSquaredError", {}, real), ("MeanAbsoluteError", {}, real),
        ("Accuracy", {}, {"y_true": numbers, "y_pred": shares.argmax(-1)}),
        ("BinaryAccuracy", {}, {"y_true": answers, "y_pred": chances}),
        ("BinaryAccuracy", {"threshold": 0.3}, {"y_true": answers, "y_pred": chances}),
        ("CategoricalAccuracy", {}, {"y_true": hot, "y_pred": shares}),
        ("SparseCategoricalAccuracy", {}, {"y_true": numbers, "y_pred": shares}),
        ("SparseCategoricalAccuracy", {}, {"y_true": numbers[:, None].astype("uint8"), "y_pred": shares}),
        ("TopKCategoricalAccuracy", {"k": 2}, {"y_true": hot, "y_pred": shares}),
        ("SparseTopKCategoricalAccuracy", {"k": 2}, {"y_true": numbers, "y_pred": shares}),
        ("BinaryCrossentropy", {}, {"y_true": answers, "y_pred": chances}),
        ("BinaryCrossentropy", {"label_smoothing": 0.1}, {"y_true": answers, "y_pred": chances}),
        ("CategoricalCrossentropy", {}, {"y_true": hot, "y_pred": shares}),
        ("CategoricalCrossentropy", {"from_logits": True}, {"y_true": hot, "y_pred": shares}),
        ("SparseCategoricalCrossentropy", {}, {"y_true": numbers, "y_pred": shares}),
        ("SparseCategoricalCrossentropy", {"ignore_class": 1}, {"y_true": numbers, "y_pred": shares}),
        ("Precision", {}, {"y_true": answers, "y_pred": chances}),
        ("Precision", {"thresholds": [0.2, 0.6]}, {"y_true": answers, "y_pred": chances}),
        ("Recall", {}, {"y_true": answers, "y_pred": chances}),
        ("Recall", {"class_id": 1}, {"y_true": answers, "y_pred": chances}),
    ]  # fmt: skip
    cases = []
    for index, (name, arguments, arrays) in enumerate(rows):
        cases.append(_case("metric", name, arguments, f" {index}", **arrays))
        cases.append(_case("metric", name, arguments, f" {index} weighted", **arrays, sample_weight=weight))
    for name in ("Mean", "Sum"):
        for label, values, extra in [
            (" one", np.float32(3.5), {}), (" row", weight, {}), (" table", real["y_true"], {}),
            (" row weighted", real["y_true"][:, 0], {"sample_weight": weight}),
            (" table weighted", real["y_true"], {"sample_weight": weight}),
            (" table by table", real["y_true"], {"sample_weight": np.abs(real["y_pred"])}),
        ]:  # fmt: skip
            cases.append(_case("values_metric", name, {}, label, values=values, **extra))
    return cases


def optimizers():
    rng = np.random.default_rng(3)
    arrays = {
        "kernel": rng.normal(size=(3, 2)).astype("float32"),
        "bias": rng.normal(size=2).astype("float32"),
        "kernel_gradients": rng.normal(size=(5, 3, 2)).astype("float32"),
        "bias_gradients": rng.normal(size=(5, 2)).astype("float32"),
    }
    rows = [
        ("SGD", {}), ("SGD", {"learning_rate": 0.1, "momentum": 0.9}),
        ("SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
        ("SGD", {"learning_rate": 0.1, "weight_decay": 0.05}),
        ("SGD", {"learning_rate": 0.1, "clipnorm": 0.7}), ("SGD", {"learning_rate": 0.1, "clipvalue": 0.3}),
        ("SGD", {"learning_rate": 0.1, "global_clipnorm": 0.9}),
        ("RMSprop", {}), ("RMSprop", {"learning_rate": 0.05, "rho": 0.8, "epsilon": 1e-3}),
        ("RMSprop", {"learning_rate": 0.05, "momentum": 0.5}), ("RMSprop", {"learning_rate": 0.05, "centered": True}),
        ("RMSprop", {"learning_rate": 0.05, "momentum": 0.5, "centered": True, "weight_decay": 0.01}),
        ("Adagrad", {}), ("Adagrad", {"learning_rate": 0.2, "initial_accumulator_value": 0.0, "epsilon": 1e-2}),
        ("Adam", {}), ("Adam", {"learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3}),
        ("Adam", {"learning_rate": 0.05, "amsgrad": True}), ("Adam", {"learning_rate": 0.05, "global_clipnorm": 0.5}),
        ("SGD", {"schedule": ["ExponentialDecay",
                              {"initial_learning_rate": 0.2, "decay_steps": 2, "decay_rate": 0.5}]}),
        ("Adam", {"schedule": ["PiecewiseConstantDecay", {"boundaries": [1, 3], "values": [0.1, 0.05, 0.01]}]}),
    ]  # fmt: skip
    cases = [_case("optimizer", name, arguments, **arrays) for name, arguments in rows]
    steps = np.arange(0, 12)
    decay = {"initial_learning_rate": 0.3, "decay_steps": 4, "decay_rate": 0.7}
    for name, arguments in [
        ("ExponentialDecay", decay), ("ExponentialDecay", {**decay, "staircase": True}),
        ("PiecewiseConstantDecay", {"boundaries": [2, 7], "values": [1.0, 0.5, 0.1]}),
    ]:  # fmt: skip
        cases.append(_case("schedule", name, arguments, steps=steps))
    return cases


def weights():
    w = np.random.default_rng(4).normal(size=(4, 3)).astype("float32") * 2
    rows = [
        ("regularizer", "L1", {}), ("regularizer", "L1", {"l1": 0.3}), ("regularizer", "L2", {}),
        ("regularizer", "L2", {"l2": 0.3}), ("regularizer", "L1L2", {"l1": 0.2, "l2": 0.1}),
        ("regularizer", "L1L2", {}),
        ("constraint", "MaxNorm", {}), ("constraint", "MaxNorm", {"max_value": 1, "axis": 1}),
        ("constraint", "NonNeg", {}), ("constraint", "UnitNorm", {}), ("constraint", "UnitNorm", {"axis": 1}),
        ("constraint", "MinMaxNorm", {}),
        ("constraint", "MinMaxNorm", {"min_value": 3.0, "max_value": 5.0, "rate": 0.4}),
    ]  # fmt: skip
    cases = [_case(kind, name, arguments, w=w) for kind, name, arguments in rows]
    shapes = ([], [7], [784, 50], [5, 4, 3], [3, 3, 16, 32])
    return cases + [_case("fans", "compute_fans", {}, f" {one}", shape=np.array(one, "int64")) for one in shapes]


def configs():
    rows = [
        *[("losses", name, {}) for name in (
            "MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError",
            "Huber", "LogCosh", "CosineSimilarity", "BinaryCrossentropy", "CategoricalCrossentropy",
            "SparseCategoricalCrossentropy", "KLDivergence", "Poisson", "Hinge", "SquaredHinge", "CategoricalHinge",
            "BinaryFocalCrossentropy", "CategoricalFocalCrossentropy", "CategoricalGeneralizedCrossEntropy", "Dice",
            "Tversky", "Circle", "CTC")],
        ("losses", "BinaryFocalCrossentropy", {"apply_class_balancing": True, "alpha": 0.4, "gamma": 1.5, "axis": 0}),
        ("losses", "Tversky", {"alpha": 0.2, "beta": 0.7, "axis": -1}),
        ("losses", "Circle", {"gamma": 40.0, "margin": 0.3, "remove_diagonal": False}),
        ("losses", "BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}),
        *[("metrics", name, {}) for name in (
            "Mean", "Sum", "Accuracy", "BinaryAccuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy",
            "TopKCategoricalAccuracy", "SparseTopKCategoricalAccuracy", "MeanSquaredError", "RootMeanSquaredError",
            "MeanAbsoluteError", "BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy",
            "Precision", "Recall", "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "CosineSimilarity",
            "LogCoshError", "KLDivergence", "Poisson", "Hinge", "SquaredHinge", "CategoricalHinge", "TruePositives",
            "FalsePositives", "TrueNegatives", "FalseNegatives", "AUC", "FBetaScore", "F1Score", "R2Score",
            "PearsonCorrelation", "ConcordanceCorrelation", "BinaryIoU")],
        ("metrics", "Precision", {"top_k": 2, "class_id": 1, "thresholds": [0.2, 0.6]}),
        *[("metrics", name, {argument: 0.4, "num_thresholds": 7, "class_id": 2}) for name, argument in (
            ("SensitivityAtSpecificity", "specificity"), ("SpecificityAtSensitivity", "sensitivity"),
            ("PrecisionAtRecall", "recall"), ("RecallAtPrecision", "precision"))],
        ("metrics", "AUC", {"curve": "PR", "summation_method": "majoring", "thresholds": [0.2, 0.7],
                            "multi_label": True, "num_labels": 2, "from_logits": True}),
        *[("metrics", name, {"num_classes": 3}) for name in ("MeanIoU", "OneHotMeanIoU")],
        *[("metrics", name, {"num_classes": 3, "target_class_ids": [0, 2], "ignore_class": 1})
          for name in ("IoU", "OneHotIoU")],
        ("metrics", "FBetaScore", {"average": "macro", "beta": 0.5, "threshold": 0.3}),
        ("metrics", "R2Score", {"class_aggregation": None, "num_regressors": 2}),
        *[("optimizers", name, {}) for name in ("SGD", "RMSprop", "Adagrad", "Adam")],
        ("optimizers", "SGD", {"learning_rate": 0.5, "momentum": 0.9, "nesterov": True, "clipnorm": 1.0}),
        *[("initializers", name, {}) for name in (
            "Zeros", "Ones", "Constant", "RandomUniform", "RandomNormal", "TruncatedNormal", "VarianceScaling",
            "GlorotUniform", "GlorotNormal", "HeUniform", "HeNormal", "LecunUniform", "LecunNormal",
            "Identity", "Orthogonal")],
        ("initializers", "STFT", {"side": "imag", "window": None, "scaling": "spectrum", "periodic": True}),
        ("initializers", "VarianceScaling", {"scale": 2.0, "mode": "fan_avg", "distribution": "uniform", "seed": 3}),
        *[("regularizers", name, {}) for name in ("L1", "L2", "L1L2", "OrthogonalRegularizer")],
        *[("constraints", name, {}) for name in ("MaxNorm", "NonNeg", "UnitNorm", "MinMaxNorm")],
    ]  # fmt: skip
    return [
        {"id": f"config:{room}.{name}({arguments})", "kind": "config", "room": room, "name": name,
         "arguments": arguments}
        for room, name, arguments in rows
    ]  # fmt: skip


def resolutions():
    shapes = [((8,), (8, 1)), ((8, 1), (8, 1)), ((8,), (8, 3)), ((8, 1), (8, 3)), ((8, 3), (8, 3)), ((8, 5), (8, 5, 3))]
    return [
        {"id": f"resolve:{y}:{output}", "kind": "resolve", "y_shape": list(y), "output_shape": list(output)}
        for y, output in shapes
    ]


FILES = {
    "activations": activations,
    "losses": losses,
    "metrics": metrics,
    "optimizers": optimizers,
    "weights": weights,
    "configs": configs,
    "resolutions": resolutions,
    **drawn.FILES,
}
