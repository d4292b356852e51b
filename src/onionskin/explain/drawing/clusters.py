"""The layers around the operations of a drawn step: which is in which, and that none leads back into itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from onionskin.explain.recording import Part
from onionskin.graph import Node


@dataclass(frozen=True)
class Cluster:
    """A layer in one phase of a step.

    Attributes:
        key: its phase and path, unlike all others.
        path: names of the layers around it and its own.
        title: what is written on it.
        phase: "forward", "backward" or "update".
        part: the call that it stands for; None for the loss and for what is no call.
        parent: key of the cluster that it is in, or None.
    """

    key: str
    path: str
    title: str
    phase: str
    part: Part | None = None
    parent: str | None = None


def sound(
    home: Mapping[Node, str | None],
    clusters: Mapping[str, Cluster],
    links: Sequence[tuple[Node, Node]],
    parts: Sequence[Part],
) -> tuple[dict[Node, str | None], dict[str, Cluster]]:
    """Return the places of nodes and the clusters, nested as their layers were called, so that they can be drawn.

    A cluster that holds all others says nothing and is left out; so is one that is led back to by what it leads to.

    Args:
        home: node → key of its innermost cluster.
        clusters: key → cluster, without parents.
        links: pairs of nodes, from and to.
        parts: the calls, inner ones first.
    """
    found = _nested(clusters, parts)
    places = dict(home)
    for key in _lonely(found):
        _dissolve(key, found, places)
    while True:
        bad = _circling(found, places, links)
        if not bad:
            return places, found
        for key in bad:
            _dissolve(key, found, places)


def line_of(key: str | None, clusters: Mapping[str, Cluster]) -> list[str]:
    """Return the clusters from the outermost to this one."""
    line: list[str] = []
    while key is not None:
        line.append(key)
        key = clusters[key].parent
    return line[::-1]


def _nested(clusters: Mapping[str, Cluster], parts: Sequence[Part]) -> dict[str, Cluster]:
    """Return the clusters with those around them, which are added where nothing is in them directly."""
    around: dict[str, str] = {}
    for index, part in enumerate(parts):
        name = part.path.partition("#")[0]
        for other in parts[index + 1 :]:  # the first call after it of a layer around it is the one that it was made in
            if name.startswith(other.path.partition("#")[0] + "/"):
                around[part.path] = other.path
                break
    calls = {part.path: part for part in parts}
    found: dict[str, Cluster] = {}
    for key, one in clusters.items():
        path, phase = one.path, one.phase
        found[key] = replace(one, part=calls.get(path))
        while path in around and f"{phase}:{around[path]}" not in found:
            outer = around[path]
            parent = f"{phase}:{outer}"
            found[f"{phase}:{path}"] = replace(found[f"{phase}:{path}"], parent=parent)
            title = one.title.replace(one.path.rpartition("/")[2], outer.rpartition("/")[2], 1)
            found[parent] = clusters.get(parent) or Cluster(parent, outer, title, phase)
            found[parent] = replace(found[parent], part=calls[outer])
            path = outer
        if path in around:
            found[f"{phase}:{path}"] = replace(found[f"{phase}:{path}"], parent=f"{phase}:{around[path]}")
    return found


def _lonely(clusters: Mapping[str, Cluster]) -> list[str]:
    """Return the outermost cluster of each phase if all layers of that phase are in it."""
    lonely = []
    for phase in ("forward", "backward", "update"):
        own = {key: one for key, one in clusters.items() if one.phase == phase and not one.path.startswith("(")}
        roots = [key for key, one in own.items() if one.parent is None]
        while len(roots) == 1:
            inner = [key for key, one in own.items() if one.parent == roots[0]]
            if not inner:
                break
            lonely.append(roots[0])
            roots = inner
    return lonely


def _dissolve(key: str, clusters: dict[str, Cluster], places: dict[Node, str | None]) -> None:
    parent = clusters.pop(key).parent
    for other, one in list(clusters.items()):
        if one.parent == key:
            clusters[other] = replace(one, parent=parent)
    for node, place in places.items():
        if place == key:
            places[node] = parent


def _circling(
    clusters: Mapping[str, Cluster], places: Mapping[Node, str | None], links: Sequence[tuple[Node, Node]]
) -> list[str]:
    """Return the clusters on a circle of the first level where there is one, [] where there is none."""
    lines = {node: line_of(place, clusters) for node, place in places.items()}
    levels: dict[str | None, dict[tuple[str | Node, str | Node], None]] = {}
    for source, target in links:
        one, other = lines[source], lines[target]
        depth = 0
        while depth < min(len(one), len(other)) and one[depth] == other[depth]:
            depth += 1
        ends = one[depth] if depth < len(one) else source, other[depth] if depth < len(other) else target
        # Every level that both are in sees them as one; the level where they part sees the link.
        levels.setdefault(one[depth - 1] if depth else None, {})[ends] = None
    for pairs in levels.values():
        circle = _on_circles(pairs)
        if circle:
            return [one for one in circle if isinstance(one, str)]
    return []


def _on_circles(pairs: Iterable[tuple[str | Node, str | Node]]) -> list[str | Node]:
    """Return what is left when all that nothing leads to, and all that leads to nothing, is taken away."""
    left = list(pairs)
    while True:
        starts, ends = {one for one, _ in left}, {other for _, other in left}
        kept = [(one, other) for one, other in left if one in ends and other in starts]
        if len(kept) == len(left):
            return list(dict.fromkeys(one for pair in kept for one in pair))
        left = kept
