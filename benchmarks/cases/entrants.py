"""Who enters a race: our engines first, then each chosen peer that can do the task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from benchmarks.case import Chosen
from benchmarks.peers import ours
from benchmarks.tasks import Predicting, Training
from benchmarks.timing import Rival


def training(task: Training, chosen: Chosen, units: float | None = None) -> list[Rival]:
    """Return the rivals of a training run.

    Args:
        task: the run.
        chosen: who takes part.
        units: how many units of the case a run does; its steps where None.
    """
    entered = [ours.train(task, engine) for engine in chosen.engines]
    entered += [rival for peer in chosen.peers.values() for rival in peer.train(task)]
    return entered if units is None else [replace(rival, units=float(units)) for rival in entered]


def predicting(task: Predicting, chosen: Chosen, form: str, peers: Sequence[str] | None = None) -> list[Rival]:
    """Return the rivals of a prediction.

    Args:
        task: the prediction.
        chosen: who takes part.
        form: what we are measured by: "call" for `model(x)`, or "predict".
        peers: keys of the rivals to keep; all where None.
    """
    entered = [ours.predict(task, engine)[form] for engine in chosen.engines]
    others = [rival for peer in chosen.peers.values() for rival in peer.predict(task).values()]
    return entered + [rival for rival in others if peers is None or rival.key in peers]
