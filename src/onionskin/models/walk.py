"""The parts of a model that have variables, each with the path that Keras's weight files give it.

A path is made of attribute names; a part of a list stands under its class in snake_case, numbered where there
are several: "layers/dense", "layers/dense_1". Each part is named by the first path that leads to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from onionskin.graph import Node
from onionskin.layers import Layer
from onionskin.models.order import ordered_parts
from onionskin.optimizers import Optimizer
from onionskin.state import SeedGenerator, Variable


class Part(NamedTuple):
    """A layer or optimizer of a model.

    Args:
        path: its path, "" for the model itself.
        thing: the layer or optimizer; a string for an input, which is none.
        name: its name.
    """

    path: str
    thing: Any
    name: str

    @property
    def group(self) -> str:
        """Path of the group that holds its variables."""
        return f"{self.path}/vars" if self.path else "vars"

    @property
    def variables(self) -> list[Variable]:
        """Its own variables, in the order in which files hold them."""
        if isinstance(self.thing, Layer):
            return self.thing._variables_here()
        return own_of_optimizer(self.thing) if isinstance(self.thing, Optimizer) else []


class _Input(NamedTuple):
    """An input of a description, which has a place among the layers but no variables."""

    name: str


def own_of_optimizer(optimizer: Any) -> list[Variable]:
    """Return the variables that an optimizer keeps under its own path."""
    return list(optimizer.variables)


def parts(root: Any, skip: Sequence[Any] = ()) -> list[Part]:
    """Return the parts of a model with their paths, in the order in which files hold them.

    Args:
        root: the model or layer.
        skip: parts to leave out, with what only they lead to.
    """
    return list(_walk(root, "", {id(one) for one in skip}))


def seed_generators(root: Any, skip: Sequence[Any] = ()) -> list[tuple[str, SeedGenerator]]:
    """Return the seed generators of a model with the paths of the layers that hold them."""
    found, seen = [], set()
    for part in parts(root, skip):
        if isinstance(part.thing, Layer):
            for number, one in enumerate(two for two in part.thing._tracked_parts() if isinstance(two, SeedGenerator)):
                if id(one) not in seen:
                    seen.add(id(one))
                    found.append((f"{part.path}/{number}", one))
    return found


def _walk(thing: Any, path: str, seen: set[int]) -> Iterator[Part]:
    if id(thing) in seen:
        return
    seen.add(id(thing))
    yield Part(path, thing, thing.name)
    if isinstance(thing, _Input):
        return
    for name, child in _children(thing):
        inner = f"{path}/{name}" if path else name
        if isinstance(child, Layer | Optimizer):
            yield from _walk(child, inner, seen)
        elif isinstance(child, list | dict | tuple):
            yield from _walk_container(child, inner, seen, set())


def _walk_container(container: Any, path: str, seen: set[int], containers: set[int]) -> Iterator[Part]:
    if id(container) in containers:
        return
    containers.add(id(container))
    used: dict[str, int] = {}
    for child in list(container.values()) if isinstance(container, dict) else container:
        if isinstance(child, Layer | Optimizer | _Input | SeedGenerator) or hasattr(child, "update_state"):
            inner = f"{path}/{_unique(_snake(_class_name(child)), used)}"
            if isinstance(child, Layer | Optimizer | _Input):
                yield from _walk(child, inner, seen)
        elif isinstance(child, list | dict | tuple) and not isinstance(child, _Input):
            yield from _walk_container(child, f"{path}/{_unique('container', used)}", seen, containers)


def _class_name(thing: Any) -> str:
    return "InputLayer" if isinstance(thing, _Input) else type(thing).__name__


def _unique(name: str, used: dict[str, int]) -> str:
    if name not in used:
        used[name] = 0
        return name
    used[name] += 1
    return f"{name}_{used[name]}"


def _snake(name: str) -> str:
    """Return a class name in snake_case as Keras's files spell it: ReLU is re_lu there."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def _children(thing: Any) -> Iterator[tuple[str, Any]]:
    """Yield the attributes of a part that may lead to others: public ones first, by name."""
    if isinstance(thing, Optimizer):
        found = {name: one for name, one in vars(thing).items() if isinstance(one, Optimizer)}
    else:
        described = getattr(thing, "description", None)
        stack = getattr(thing, "_stack", None)
        found = _attributes(thing)
        if described is not None:
            yield "layers", file_layers(thing)
        elif stack is not None:
            yield "layers", list(stack)
        elif isinstance(getattr(type(thing), "layers", None), property):
            found["layers"] = thing.layers
    yield from sorted(found.items(), key=lambda item: f"~{item[0]}" if item[0].startswith("_") else item[0])


def _attributes(thing: Any) -> dict[str, Any]:
    """Return what a layer's own class, not a base of ours, keeps as attributes or gives as properties."""
    found = {name: one for name, one in thing._tracked.items() if name not in _base_names(thing)}
    optimizer = getattr(thing, "optimizer", None)
    if isinstance(optimizer, Optimizer):
        found["optimizer"] = optimizer
    for cls in type(thing).__mro__:
        if cls.__name__ in ("Layer", "Model", "Functional", "Sequential") and cls.__module__.startswith("onionskin."):
            break
        for name, one in vars(cls).items():
            if isinstance(one, property) and not name.startswith("__") and name not in found:
                try:
                    found[name] = getattr(thing, name)
                except Exception:
                    continue  # a property that has no value yet leads to nothing
    return found


def _base_names(thing: Any) -> frozenset[str]:
    """Return the attributes that the bases of models set themselves."""
    names = {"inputs", "outputs", "_operations", "_layers", "_stack", "_input_layer", "_objective", "_steps"}
    return frozenset(names | {"optimizer", "history", "activity_regularizer"})


def file_layers(model: Any) -> list[Any]:
    """Return the layers of a functional model in Keras's order, inputs among them, operations left out."""
    from onionskin.models.operations import KerasOperation

    inputs, _, outputs, _ = model.description
    return [
        _Input(part.params["name"]) if isinstance(part, Node) else part
        for part in ordered_parts(inputs, outputs)
        if not isinstance(part, KerasOperation) and (not isinstance(part, Node) or not part.inputs)
    ]
