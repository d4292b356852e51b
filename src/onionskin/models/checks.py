"""What fit, evaluate and predict check before the first step, so that nothing is trained on what does not fit."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin import data
from onionskin.base.errors import ArgumentError, NotBuiltError, OnionskinError, ShapeError
from onionskin.base.specs import Spec
from onionskin.base.trees import flatten, map_tree
from onionskin.data.source import DEFAULT_BATCH
from onionskin.layers import Layer
from onionskin.losses import checks as losses_checks
from onionskin.state import CallContext, EagerScope, calling, opened
from onionskin.train import in_order


def prepare(model: Any, source: Any, where: str) -> None:
    """Build the model for the data, and find what does not fit before anything is trained."""
    check_inputs(model, source, where)
    if type(model).call is Layer.call and model._steps.has_own("train"):
        return  # parts that only its own steps know how to call
    x, y, _ = source.unflatten(source.specs())
    try:
        ensure_built(model, source, where)
        outputs = model._output_specs(x, where)
    except OnionskinError:
        if not model.run_eagerly or not isinstance(source, data.ArraySource):
            raise
        outputs = _specs_by_numbers(model, source.batch(slice(0, source.batch_size))[0])
    names = model._output_names(outputs)
    shapes = [spec.shape for spec in flatten(outputs)[0]]
    targets = [None] * len(shapes) if y is None else [spec.shape for spec in _targets(y, names, where)]
    if y is not None and len(targets) != len(shapes):
        raise ShapeError(
            "the model has another number of outputs than there are targets.",
            where=f"{where}, y",
            expected=f"{len(shapes)}: {', '.join(names)}",
            given=len(targets),
        )
    try:
        model._objective.build(names, targets, shapes)
    except OnionskinError as error:
        raise error.within(where) from None
    check_targets(model, source, y, shapes, where)
    if model.optimizer is not None and not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    check_known(model, where)


def _specs_by_numbers(model: Any, x: Any) -> Any:
    """Return the spec of each output of a model whose code asks for numbers, which it is called on; its state stays."""
    with opened(EagerScope()), calling(CallContext(training=False)):
        outputs = model(x)
    return map_tree(lambda one: Spec((None, *one.shape[1:]), one.dtype.name), outputs)


def _targets(y: Any, names: list[str], where: str) -> list[Any]:
    """Return the targets in the order of the outputs."""
    try:
        return in_order(y, names, "y")
    except OnionskinError as error:
        raise error.within(where) from None


def check_known(model: Any, where: str) -> None:
    """Check that the optimizer keeps a state for every weight that it is to change."""
    if model.optimizer is None:
        return
    known = {id(variable) for variable in model.optimizer._trainable}
    unknown = [variable.path for variable in model.trainable_variables if id(variable) not in known]
    if unknown:
        raise NotBuiltError(
            "the model has weights to train that it did not have when its optimizer was built.",
            where=where,
            given=", ".join(unknown),
            fix="call model.compile(…) again, with a new optimizer, after adding layers or setting trainable",
        )


def check_targets(model: Any, source: Any, y: Any, shapes: list[Any], where: str) -> None:
    """Compare the targets with the losses and the outputs."""
    given = [one for one in model._objective.losses if one is not None]
    if y is None and given:
        raise ArgumentError(
            "there are no targets for the loss.",
            where=where,
            given="y=None",
            fix="pass y, or batches (x, y)",
        )
    if isinstance(source, data.ArraySource) and y is not None:
        _, targets, _ = source.unflatten(source.arrays)
        names = model._objective.names
        leaves = _targets(targets, names, where)
        for index, (one, target) in enumerate(zip(model._objective.losses, leaves, strict=True)):
            if one is not None:
                place = repr(names[index]) if isinstance(targets, dict) else index
                label = f"{where}, y" if len(leaves) == 1 else f"{where}, y[{place}]"
                losses_checks.check_targets(one, target, shapes[index], label)


def check_inputs(model: Any, source: Any, where: str) -> None:
    """Look for NaN and infinity in the inputs and targets."""
    if isinstance(source, data.ArraySource):
        for name, array in zip(source.names, source.arrays, strict=True):
            data.check_finite(name, array, where=where)


def ensure_built(model: Any, source: Any, where: str) -> None:
    """Build the model for the data where it is not built yet."""
    if not model.built:
        x, _, _ = source.unflatten(source.specs())
        try:
            model._build_for(x)
        except OnionskinError as error:
            raise error.within(where) from None


def count(name: str, value: Any, where: str, least: int) -> int:
    """Return a whole number given by the user."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ArgumentError(
            f"{name} must be a whole number.", where=where, expected=f"at least {least}", given=repr(value)
        )
    return int(value)


def check_frequency(value: Any, where: str) -> None:
    """Check after which epochs to validate."""
    epochs = value if isinstance(value, list | tuple | set) else (value,)
    if any(isinstance(one, bool) or not isinstance(one, int | np.integer) or one < 1 for one in epochs):
        raise ArgumentError(
            "validation_freq is a number of epochs, or a list of their numbers, the first being 1.",
            where=where,
            expected="such as 2 or [1, 5, 10]",
            given=repr(value),
        )


def samples(x: Any, where: str) -> int:
    """Return the number of samples in a batch given by the user.

    Raises:
        ArgumentError: it is no array, or has no samples.
    """
    leaves = flatten(x)[0]
    rows = isinstance(x, list | tuple) and all(np.ndim(one) == 0 for one in leaves)  # numbers in rows, not arrays
    count = len(x) if rows else len(leaves[0]) if leaves and hasattr(leaves[0], "__len__") else 0
    if not count or leaves[0] is None or isinstance(leaves[0], str):
        raise ArgumentError("a batch is an array of at least one sample.", where=where,
                            given=f"an object of type {type(x).__name__}" if not leaves or not np.ndim(leaves[0])
                            else f"shape {np.shape(leaves[0])}", fix="pass an array (samples, …)")  # fmt: skip
    return count


def is_one_batch(x: Any, batch_size: Any, verbose: Any) -> bool:
    """Tell whether a prediction is of one array that is one batch, with nothing to show."""
    if type(x) is not np.ndarray or not x.ndim or type(verbose) not in (int, bool) or verbose:
        return False
    most = DEFAULT_BATCH if batch_size is None else batch_size
    return type(most) is int and 0 < len(x) <= most
