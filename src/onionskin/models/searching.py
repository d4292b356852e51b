"""The search of a model's training for NaN: its batches, its step and what the last `fit` has failed on."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from onionskin import data
from onionskin.base.errors import ArgumentError, DataError
from onionskin.base.trees import flatten
from onionskin.data.arrays import is_arrays, map_parts
from onionskin.explain.finding.report import Finding
from onionskin.explain.finding.search import Search
from onionskin.explain.recording import Recording, record
from onionskin.models import checks
from onionskin.state import calling

Parts = tuple[Any, Any, Any]  # x, y, sample_weight


def find_nan(
    model: Any, x: Any, y: Any, sample_weight: Any, *, batch_size: Any, steps: Any, class_weight: Any, language: str
) -> Finding:
    """Find the first operation of a model's training that makes NaN or infinity; see `Model.find_nan`."""
    where = f"find_nan, model '{model.name}'"
    model._require_compiled("find_nan")
    own = model._steps.has_own("train")
    # What fit looks at: of a model's own step the loss that it reports, else the loss before an optimizer scales it.
    shown = (lambda step: [step.loss]) if own else (lambda step: [step.graph.outputs[-1]])
    search = Search(model._engine, language, shown, backward=not own)
    known: dict[Any, Recording] = {}
    watched = _Watched()
    try:
        for parts in _batches(model, watched, x, y, sample_weight, batch_size, steps, class_weight, where):
            leaves, form = flatten(parts)
            arrays = [leaf for leaf in leaves if leaf is not None]
            key = (form, tuple(leaf is None for leaf in leaves), tuple([(one.shape, one.dtype.name) for one in arrays]))
            if key not in known:
                known[key] = _own_step(model, parts, where) if own else _step(model, parts, where)
            found = search.look(known[key], arrays)
            if found is not None:
                return found
    except DataError:
        found = watched.report(search)
        if found is None:
            raise
        return found
    return search.nothing()


def _step(model: Any, parts: Parts, where: str) -> Recording:
    step: Recording = model._recording(*parts, where=where, update=True, measured=True)
    return step


def _own_step(model: Any, parts: Parts, where: str) -> Recording:
    """Record a step that the model's own code has a part in; its gradients are within it."""
    source = data.make_source(*parts, batch_size=checks.samples(parts[0], where), where=where)
    assert isinstance(source, data.ArraySource)
    checks.prepare(model, source, where)

    def run(*leaves: Any) -> Any:
        with calling(None):  # type: ignore[arg-type]  # as in training: what the step calls is outermost
            loss, logs = model._steps._own_train(*source.unflatten(list(leaves)))
        return loss, *[one for one in logs.values() if hasattr(one, "dtype")]

    return record(run, source.arrays, source.names, name=model.name, where=where)


def _batches(
    model: Any, watched: _Watched, x: Any, y: Any, sample_weight: Any, batch_size: Any, steps: Any, class_weight: Any,
    where: str,
) -> Iterator[Parts]:  # fmt: skip
    """Yield (x, y, sample_weight) of each batch, in order."""
    if x is None:
        failed = getattr(model, "_untracked_failed", None)
        if failed is None:
            raise ArgumentError("there is no data to search.", where=where, given="x=None, and no fit that has failed",
                                fix="pass x and y as to fit")  # fmt: skip
        yield from failed
        return
    watched.arrays(x, y, sample_weight)
    stream = watched.stream(x) if hasattr(x, "__next__") else x
    source = data.make_source(stream, y, sample_weight, batch_size=batch_size, steps=steps, class_weight=class_weight,
                              where=where)  # fmt: skip
    checks.prepare(model, source, where)
    if isinstance(source, data.StreamSource):
        yield from source.batches()
        return
    for first in range(0, min(source.count, source.steps * source.batch_size), source.batch_size):
        yield source.batch(slice(first, first + source.batch_size))


class _Watched:
    """Notes the first number in the data that is not finite, which the checks of data refuse."""

    def __init__(self) -> None:
        self.found: tuple[str, np.ndarray, int | None] | None = None  # name, array, batch

    def arrays(self, *parts: Any, batch: int | None = None) -> None:
        """Look at x, y and sample_weight."""
        for name, part in zip(("x", "y", "sample_weight"), parts, strict=False):
            map_parts(partial(self._look, batch), name, part if is_arrays(part) else None)

    def _look(self, batch: int | None, name: str, leaf: Any) -> None:
        array = np.asarray(leaf)
        if self.found is None and array.dtype.kind == "f" and not np.isfinite(array).all():
            self.found = name, array, batch

    def stream(self, batches: Iterator[Any]) -> Iterator[Any]:
        """Hand on batches, each looked at."""
        for number, parts in enumerate(batches):
            self.arrays(*(parts if isinstance(parts, tuple) else (parts,)), batch=number)
            yield parts

    def report(self, search: Search) -> Finding | None:
        """Return what was found."""
        if self.found is None:
            return None
        name, array, batch = self.found
        return search.refused(name, array, batch)
