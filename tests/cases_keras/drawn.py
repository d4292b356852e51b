"""Draws cases of all rules: for each class, configurations from a table of choices, and small arrays that fit it."""

import numpy as np

ROWS, CLASSES = 6, 3
REDUCTIONS = ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none"]


def case(kind, name, arguments=None, label="", floatx="float32", **arrays):
    """Return a case: what to make, with which arguments, and on which arrays."""
    arguments = arguments or {}
    told = ",".join(f"{key}={value}" for key, value in arguments.items())
    found = {
        "id": f"{kind}:{name}({told}){label}",
        "kind": kind,
        "name": name,
        "arguments": arguments,
        "inputs": {key: {"values": np.asarray(one).tolist(), "dtype": np.asarray(one).dtype.name}
                   for key, one in arrays.items()},
    }  # fmt: skip
    return found if floatx == "float32" else {**found, "floatx": floatx}


class Draw:
    """Random choices and arrays of two decimals, so that the recorded files stay small."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def arguments(self, choices):
        """Return one of the values of each argument; those with a dictionary or tuple first are drawn together."""
        return {name: values[self.rng.integers(len(values))] for name, values in choices.items()}

    def floats(self, shape, floatx, low=-2.0, high=2.0):
        return np.round(self.rng.uniform(low, high, shape), 2).astype(floatx)

    def pair(self, what, floatx, logits=False, rows=ROWS, classes=CLASSES):
        """Return targets and predictions of one kind."""
        rng, shape = self.rng, (rows, classes)
        chances = self.floats(shape, floatx, -3, 3) if logits else self.floats(shape, floatx, 0.03, 0.97)
        hot = np.eye(classes, dtype=floatx)
        kinds = {
            "real": lambda: (self.floats(shape, floatx), self.floats(shape, floatx)),
            "positive": lambda: (self.floats(shape, floatx, 0.1), self.floats(shape, floatx, 0.1)),
            "shares": lambda: (self.floats(shape, floatx, 0, 1), chances),
            "answers": lambda: (rng.integers(0, 2, shape).astype(floatx), chances),
            "signs": lambda: (rng.choice([-1, 1], shape).astype(floatx), self.floats(shape, floatx)),
            "hot": lambda: (hot[rng.integers(0, classes, rows)], chances),
            "numbers": lambda: (rng.integers(0, classes, rows).astype("int32"), chances),
            "column": lambda: (rng.integers(0, 2, rows).astype(floatx), chances[:, :1]),
            "labels": lambda: rng.integers(0, classes, (2, rows, 2)).astype("int32"),
            "hots": lambda: (hot[rng.integers(0, classes, (rows, 2))], self.floats((rows, 2, classes), floatx)),
        }
        y_true, y_pred = kinds[what]()
        return {"y_true": y_true, "y_pred": y_pred}


def floatx_of(index):
    """Return the dtype of the index-th draw: both come in turn."""
    return ("float32", "float64")[index % 2]


def activations():
    draw = Draw(11)
    table = {
        "celu": {"alpha": [1.0, 0.3, 2.5]}, "elu": {"alpha": [1.0, 0.4]}, "exponential": {},
        "gelu": {"approximate": [False, True]}, "glu": {"axis": [-1, 0]}, "hard_shrink": {"threshold": [0.5, 1.1]},
        "hard_sigmoid": {}, "hard_silu": {}, "hard_swish": {}, "hard_tanh": {},
        "leaky_relu": {"negative_slope": [0.2, 0.03]}, "linear": {}, "log_sigmoid": {},
        "log_softmax": {"axis": [-1, 0]}, "mish": {},
        "relu": {"negative_slope": [0.0, 0.2], "max_value": [None, 1.5], "threshold": [0.0, 0.7]},
        "relu6": {}, "selu": {}, "sigmoid": {}, "silu": {}, "swish": {}, "softmax": {"axis": [-1, 0]},
        "soft_shrink": {"threshold": [0.5, 1.1]}, "softplus": {}, "softsign": {}, "sparse_plus": {},
        "sparse_sigmoid": {}, "squareplus": {"b": [4, 0.5]}, "tanh": {},
        "tanh_shrink": {}, "threshold": {"threshold": [0.3, -1.1], "default_value": [0.0, 7.0]},
    }  # fmt: skip
    cases = []
    for name, choices in table.items():
        for index in range(4 if choices else 2):
            floatx = floatx_of(index)
            x = draw.floats((4, 6), floatx, -4, 4) + np.asarray(0.003, floatx)  # off the corners
            cases.append(
                case("activation_with_gradient", name, draw.arguments(choices), f" drawn {index}", floatx, x=x)
            )
    return cases


LOSSES = {
    "MeanSquaredError": ("real", {}), "MeanAbsoluteError": ("real", {}),
    "MeanAbsolutePercentageError": ("positive", {}), "MeanSquaredLogarithmicError": ("positive", {}),
    "CosineSimilarity": ("real", {"axis": [-1, 0]}), "Huber": ("real", {"delta": [1.0, 0.3]}), "LogCosh": ("real", {}),
    "Hinge": ("signs", {}), "SquaredHinge": ("signs", {}), "CategoricalHinge": ("hot", {}),
    "KLDivergence": ("shares", {}), "Poisson": ("positive", {}),
    "BinaryCrossentropy": (
        "answers", {"from_logits": [False, True], "label_smoothing": [0.0, 0.2], "axis": [-1, 0]}),
    "BinaryFocalCrossentropy": ("answers", {
        "apply_class_balancing": [False, True], "alpha": [0.25, 0.7], "gamma": [1.0, 2.0, 3.5],
        "from_logits": [False, True], "label_smoothing": [0.0, 0.2], "axis": [-1, 0]}),
    "CategoricalCrossentropy": (
        "hot", {"from_logits": [False, True], "label_smoothing": [0.0, 0.2], "axis": [-1, 0]}),
    "CategoricalFocalCrossentropy": ("hot", {
        "alpha": [0.25, [0.2, 0.5, 0.3]], "gamma": [1.0, 2.0, 3.5], "from_logits": [False, True],
        "label_smoothing": [0.0, 0.2], "axis": [-1]}),
    "SparseCategoricalCrossentropy": ("numbers", {"from_logits": [False, True], "ignore_class": [None, 1]}),
    "CategoricalGeneralizedCrossEntropy": ("numbers", {"q": [0.5, 0.1, 0.9]}),
    "Dice": ("answers", {"axis": [None, -1, [0, 1]]}),
    "Tversky": ("answers", {"alpha": [0.5, 0.2], "beta": [0.5, 0.9], "axis": [None, -1, [1]]}),
}  # fmt: skip


def losses():
    draw = Draw(12)
    cases = []
    for name, (what, choices) in LOSSES.items():
        for index in range(8 if len(choices) > 2 else 6):
            floatx = floatx_of(index)
            arguments = {**draw.arguments(choices), "reduction": REDUCTIONS[(index // 2) % len(REDUCTIONS)]}
            arrays = draw.pair(what, floatx, arguments.get("from_logits", False))
            plain = arguments.get("axis", -1) == -1  # a loss for each row, which row weights go with
            if index % 3 and plain:
                arrays["sample_weight"] = draw.floats(ROWS, floatx, 0, 2)
            cases.append(case("loss", name, arguments, f" drawn {index}", floatx, **arrays))
    for index in range(6):
        floatx = floatx_of(index)
        arguments = draw.arguments({"gamma": [80.0, 5.0], "margin": [0.4, 0.2], "remove_diagonal": [True, False]})
        y_pred = draw.floats((ROWS, 4), "float64")
        y_pred = np.round(y_pred / np.linalg.norm(y_pred, axis=1, keepdims=True), 3).astype(floatx)
        y_true = draw.rng.permutation(np.array([0, 0, 1, 1, 1, 2], "int32"))
        arguments["reduction"] = REDUCTIONS[index % len(REDUCTIONS)]
        cases.append(case("loss", "Circle", arguments, f" drawn {index}", floatx, y_true=y_true, y_pred=y_pred))
    return cases + masked_losses(draw)


def masked_losses(draw):
    cases = []
    for index, reduction in enumerate(REDUCTIONS * 2):
        arrays = draw.pair("hots", floatx := floatx_of(index))
        arrays["mask"] = draw.rng.integers(0, 2, (ROWS, 2)).astype(bool)
        if index >= len(REDUCTIONS):
            arrays["sample_weight"] = draw.floats((ROWS, 2) if index % 2 else (ROWS,), floatx, 0, 2)
        if reduction == "none" and "sample_weight" in arrays:
            arrays["sample_weight"] = draw.floats((ROWS, 2), floatx, 0, 2)
        if len(arrays.get("sample_weight", arrays["mask"]).shape) == 1:
            del arrays["sample_weight"]
        arguments = {"reduction": reduction}
        cases.append(case("masked_loss", "MeanSquaredError", arguments, f" drawn {index}", floatx, **arrays))
    for index, reduction in enumerate(REDUCTIONS):
        arrays = draw.pair("hots", floatx := floatx_of(index))
        arrays["y_true"] = arrays["y_true"].argmax(-1).astype("int32")
        arrays["mask"] = draw.rng.integers(0, 2, (ROWS, 2)).astype(bool)
        arguments = {"reduction": reduction, "ignore_class": 1, "from_logits": True}
        cases.append(
            case("masked_loss", "SparseCategoricalCrossentropy", arguments, f" drawn {index}", floatx, **arrays)
        )
    return cases


def sequences():
    draw = Draw(16)
    labels = np.array([[1, 2, 2, 0], [3, 1, 0, 0], [1, 1, 1, 0], [2, 0, 0, 0]], "int32")
    cases = []
    for index, reduction in enumerate(REDUCTIONS):
        y_pred = draw.floats((4, 7, 5), floatx := floatx_of(index))
        cases.append(case("loss", "CTC", {"reduction": reduction}, f" drawn {index}", floatx,
                          y_true=labels, y_pred=y_pred))  # fmt: skip
    return cases


def loss_functions():
    """The functions, with the gradient of the sum of their values."""
    draw = Draw(13)
    snake = {
        "mean_squared_error": "real", "mean_absolute_error": "real", "mean_absolute_percentage_error": "positive",
        "mean_squared_logarithmic_error": "positive", "cosine_similarity": "real", "huber": "real",
        "log_cosh": "real", "hinge": "signs", "squared_hinge": "signs", "categorical_hinge": "hot",
        "kl_divergence": "shares", "poisson": "positive", "binary_crossentropy": "answers",
        "binary_focal_crossentropy": "answers", "categorical_crossentropy": "hot",
        "categorical_focal_crossentropy": "hot", "sparse_categorical_crossentropy": "numbers",
        "dice": "answers", "tversky": "answers",
    }  # fmt: skip
    cases = []
    for name, what in snake.items():
        for floatx in ("float32", "float64"):
            arrays = draw.pair(what, floatx)
            cases.append(case("loss_function_with_gradient", name, {}, f" drawn {floatx}", floatx, **arrays))
    for index, q in enumerate((0.3, 0.8)):
        floatx = floatx_of(index)
        arrays = draw.pair("numbers", floatx)
        name = "categorical_generalized_cross_entropy"
        cases.append(case("loss_function_with_gradient", name, {"q": q}, f" drawn {floatx}", floatx, **arrays))
    return cases


_AT = {"num_thresholds": [1, 2, 7, 11], "class_id": [None, 1]}
METRICS = {
    "Accuracy": ("labels", {}), "BinaryAccuracy": ("answers", {"threshold": [0.5, 0.2]}),
    "CategoricalAccuracy": ("hot", {}), "SparseCategoricalAccuracy": ("numbers", {}),
    "TopKCategoricalAccuracy": ("hot", {"k": [1, 2]}),
    "SparseTopKCategoricalAccuracy": ("numbers", {"k": [1, 2]}),
    "MeanSquaredError": ("real", {}), "RootMeanSquaredError": ("real", {}), "MeanAbsoluteError": ("real", {}),
    "MeanAbsolutePercentageError": ("positive", {}), "MeanSquaredLogarithmicError": ("positive", {}),
    "CosineSimilarity": ("real", {"axis": [-1]}), "LogCoshError": ("real", {}),
    "KLDivergence": ("shares", {}), "Poisson": ("positive", {}), "Hinge": ("signs", {}), "SquaredHinge": ("signs", {}),
    "CategoricalHinge": ("hot", {}),
    "BinaryCrossentropy": ("answers", {"from_logits": [False, True], "label_smoothing": [0, 0.2]}),
    "CategoricalCrossentropy": ("hot", {"from_logits": [False, True], "label_smoothing": [0, 0.2]}),
    "SparseCategoricalCrossentropy": ("numbers", {"from_logits": [False, True], "ignore_class": [None, 1]}),
    "TruePositives": ("answers", {"thresholds": [None, 0.3, [0.2, 0.7], [0.0, 0.5, 1.0]]}),
    "FalsePositives": ("answers", {"thresholds": [None, 0.3, [0.2, 0.7], [0.0, 0.5, 1.0]]}),
    "TrueNegatives": ("answers", {"thresholds": [None, 0.3, [0.2, 0.7], [0.0, 0.5, 1.0]]}),
    "FalseNegatives": ("answers", {"thresholds": [None, 0.3, [0.2, 0.7], [0.0, 0.5, 1.0]]}),
    "Precision": ("answers", {
        "thresholds": [None, 0.4, [0.2, 0.7], [0.0, 0.25, 0.5, 0.75, 1.0]], "top_k": [None, 1, 2],
        "class_id": [None, 2]}),
    "Recall": ("answers", {
        "thresholds": [None, 0.4, [0.2, 0.7], [0.0, 0.25, 0.5, 0.75, 1.0]], "top_k": [None, 1, 2],
        "class_id": [None, 2]}),
    "SensitivityAtSpecificity": ("answers", {"specificity": [0.5, 0.8], **_AT}),
    "SpecificityAtSensitivity": ("answers", {"sensitivity": [0.5, 0.8], **_AT}),
    "PrecisionAtRecall": ("answers", {"recall": [0.3, 0.8], **_AT}),
    "RecallAtPrecision": ("answers", {"precision": [0.3, 0.6], **_AT}),
    "AUC": ("answers", {
        "num_thresholds": [2, 5, 20], "curve": ["ROC", "PR", "PRGAIN"],
        "summation_method": ["interpolation", "minoring", "majoring"],
        "thresholds": [None, None, [0.3, 0.6, 0.2], [0.5]], "multi_label": [False, True],
        "label_weights": [None, [0.5, 1.0, 2.0]], "from_logits": [False, False, True]}),
    "FBetaScore": ("answers", {
        "average": [None, "micro", "macro", "weighted"], "beta": [1.0, 0.5, 2.0], "threshold": [None, 0.4]}),
    "F1Score": ("hot", {"average": [None, "micro", "macro", "weighted"], "threshold": [None, 0.4]}),
    "R2Score": ("real", {
        "class_aggregation": ["uniform_average", "variance_weighted_average", None], "num_regressors": [0, 2]}),
    "PearsonCorrelation": ("real", {"axis": [-1]}), "ConcordanceCorrelation": ("real", {"axis": [-1]}),
    "IoU": ("labels", {
        "num_classes": [3], "target_class_ids": [[0], [1, 2], [2]], "ignore_class": [None, 1]}),
    "BinaryIoU": ("answers", {"target_class_ids": [[0, 1], [1]], "threshold": [0.5, 0.3]}),
    "MeanIoU": ("labels", {"num_classes": [3, 2], "ignore_class": [None, 0]}),
    "OneHotIoU": ("hots", {"num_classes": [3], "target_class_ids": [[0], [1, 2]], "ignore_class": [None, 2]}),
    "OneHotMeanIoU": ("hots", {"num_classes": [3], "ignore_class": [None, 2]}),
}  # fmt: skip
_BY_PLACE = (
    "TruePositives", "FalsePositives", "TrueNegatives", "FalseNegatives", "Precision", "Recall", "AUC",
    "SensitivityAtSpecificity", "SpecificityAtSensitivity", "PrecisionAtRecall", "RecallAtPrecision",
)  # fmt: skip
_WHOLE = ("IoU", "BinaryIoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU")


def metrics():
    draw = Draw(14)
    cases = []
    for name, (what, choices) in METRICS.items():
        for index in range({"AUC": 24, "Precision": 10, "Recall": 10}.get(name, 6 if choices else 3)):
            floatx = floatx_of(index)
            arguments = draw.arguments(choices)
            arrays = draw.pair(what, floatx, arguments.get("from_logits", False))
            if name in _WHOLE:
                if index % 3 == 1:
                    size = (ROWS, CLASSES if name == "BinaryIoU" else 2)
                    arrays["sample_weight"] = draw.rng.integers(0, 4, size).astype("int32")
            elif index % 3 == 1:
                arrays["sample_weight"] = draw.floats(ROWS, floatx, 0, 2)
            elif index % 3 == 2 and name in _BY_PLACE and arguments.get("class_id") is None:
                arrays["sample_weight"] = draw.floats((ROWS, CLASSES), floatx, 0, 2)
            cases.append(case("metric", name, arguments, f" drawn {index}", floatx, **arrays))
    arrays = draw.pair("column", "float32", rows=12, classes=1)
    cases += [case("metric", name, {}, " drawn", **arrays) for name in ("AUC", "Precision", "Recall")]
    for index in range(4):
        arrays = draw.pair("hots", floatx := floatx_of(index))
        arrays["mask"] = draw.rng.integers(0, 2, (ROWS, 2)).astype(bool)
        if index > 1:
            arrays["sample_weight"] = draw.floats((ROWS, 2), floatx, 0, 2)
        for name in ("MeanSquaredError", "CategoricalAccuracy"):
            cases.append(case("masked_metric", name, {}, f" drawn {index}", floatx, **arrays))
    return cases


def weights():
    draw = Draw(15)
    table = {
        ("regularizer", "L1"): {"l1": [0.01, 0.3]}, ("regularizer", "L2"): {"l2": [0.01, 0.3]},
        ("regularizer", "L1L2"): {"l1": [0.0, 0.2], "l2": [0.0, 0.1]},
        ("regularizer", "OrthogonalRegularizer"): {"factor": [0.01, 0.5], "mode": ["rows", "columns"]},
        ("constraint", "MaxNorm"): {"max_value": [2, 0.5], "axis": [0, 1, [0, 1]]}, ("constraint", "NonNeg"): {},
        ("constraint", "UnitNorm"): {"axis": [0, 1]},
        ("constraint", "MinMaxNorm"): {
            "min_value": [0.0, 2.5], "max_value": [3.0, 4.0], "rate": [1.0, 0.3], "axis": [0, 1]},
    }  # fmt: skip
    cases = []
    for (kind, name), choices in table.items():
        for index in range(6 if choices else 2):
            floatx = floatx_of(index)
            cases.append(case(f"{kind}_with_gradient", name, draw.arguments(choices), f" drawn {index}", floatx,
                              w=draw.floats((4, 3), floatx)))  # fmt: skip
    window = np.round(np.hanning(8) + 0.1, 2).tolist()
    for index, (name, arguments, shape) in enumerate([
        ("Zeros", {}, [2, 3]), ("Ones", {}, [2, 3]), ("Constant", {"value": 0.3}, [2, 2]), ("Identity", {}, [3, 3]),
        ("Identity", {"gain": 0.3}, [2, 4]), ("STFT", {"window": None}, [8, 1, 5]),
        ("STFT", {"side": "imag", "window": window}, [8, 1, 5]),
        ("STFT", {"window": window, "scaling": None}, [8, 1, 5]),
        ("STFT", {"window": window, "scaling": "spectrum"}, [8, 1, 4]),
    ]):  # fmt: skip
        cases += [
            case("initializer", name, arguments, f" drawn {index} {floatx}", floatx, shape=np.array(shape))
            for floatx in ("float32", "float64")
        ]
    return cases


FILES = {
    "drawn_activations": activations,
    "drawn_losses": losses,
    "drawn_loss_functions": loss_functions,
    "drawn_metrics": metrics,
    "drawn_sequences": sequences,
    "drawn_weights": weights,
}
