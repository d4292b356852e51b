"""A step of training recorded without any data: from the specs that a model's inputs have, for a number of samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onionskin.base.errors import ArgumentError, NotBuiltError
from onionskin.base.specs import Spec
from onionskin.base.trees import flatten, map_tree, unflatten
from onionskin.train.objective import Objective

if TYPE_CHECKING:
    from onionskin.explain.recording import Recording

SAMPLES = 1009  # stands for any number of samples: a prime that no layer has for a size


def described_step(model: Any, y: Any, update: bool, training: bool) -> Recording:
    """Return a step of training as a graph, for shapes only.

    Args:
        model: a built model.
        y: must be None.
        update: whether the optimizer's update is part of it.
        training: what the layers are told.

    Raises:
        ArgumentError: there are targets.
        NotBuiltError: the model does not know its inputs.
    """
    from onionskin.explain.recording import record

    where = f"draw, model '{model.name}'"
    if y is not None:
        raise ArgumentError("targets are drawn with their batch.", where=where, fix="pass x too: model.draw(x, y)")
    x = _inputs(model, where)
    targets: list[Spec] = []
    objective = None
    if model.compiled and model._objective.loss_given is not None:
        outputs = map_tree(lambda one: Spec((SAMPLES, *one.shape[1:]), one.dtype), model._output_specs(x, where))
        objective, targets = _aim(model, outputs)

    leaves, form = flatten(x)

    def step(*given: Any) -> Any:
        outputs, labels = model(unflatten(form, list(given[: len(leaves)]))), given[len(leaves) :]
        if objective is None:
            return outputs
        aims = labels[0] if len(labels) == 1 else list(labels)
        return objective.loss(aims, outputs, None, model.losses), outputs

    optimizer = model.optimizer if update and objective is not None and model.trainable_variables else None
    if optimizer is not None and not optimizer.built:
        optimizer.build(model.trainable_variables)
    return record(
        step,
        [*leaves, *targets],
        _labels("x", len(leaves)) + _labels("y", len(targets)),
        update=None if optimizer is None else optimizer.apply,
        trained=model.trainable_variables,
        name=model.name,
        training=training,
        where=where,
    )


def _labels(name: str, count: int) -> list[str]:
    return [name] if count == 1 else [f"{name}[{place}]" for place in range(count)]


def _inputs(model: Any, where: str) -> Any:
    """Return the specs of a model's inputs, as it is called on them."""

    def sized(one: Any) -> Spec:
        return Spec((SAMPLES, *one.shape[1:]), one.dtype)

    inputs = getattr(model, "inputs", None)
    if inputs:
        own = [sized(node) for node in inputs]
        form = getattr(model, "_untracked_in_form", None)
        return unflatten(form, own) if form is not None else own[0]
    if getattr(model, "_untracked_call_specs", None) is not None:
        return map_tree(sized, model._untracked_call_specs)
    raise NotBuiltError(
        "a model that is not built has no shapes to draw yet.",
        where=where,
        fix="pass a batch: model.draw(x, y), or put Input(shape=…) first",
    )


def _aim(model: Any, outputs: Any) -> tuple[Objective, list[Spec]]:
    """Return the losses, and specs of targets that fit them: like the outputs, or class numbers."""
    specs = flatten(outputs)[0]
    given = model._objective
    objective = Objective(given.loss_given, weights=given.weights_given)
    objective.build(model._output_names(outputs), [one.shape for one in specs], [one.shape for one in specs])
    targets = []
    for loss, one in zip(objective.losses, specs, strict=True):
        sparse = "sparse" in (getattr(loss, "name", None) or "")
        targets.append(Spec(one.shape[:-1], "int32") if sparse else one)
    return objective, targets
