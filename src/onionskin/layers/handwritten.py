"""Objects of the user's own with `forward` and `backward` in NumPy: where their weights are, and how they are run."""

from __future__ import annotations

import copy
import inspect
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError, DTypeError, GraphError, OnionskinError, ShapeError
from onionskin.base.specs import Spec, is_float, promote, spec_of
from onionskin.graph import Node, Primitive

_TRAINING = ("training", "train_flg", "train")  # what the textbooks call it
_ROWS = (2, 3)  # samples in a trial where their number is not known


@dataclass(frozen=True)
class Place:
    """Where an object keeps one weight and its gradient.

    Args:
        name: what the weight is called.
        key: its key or index in `params` and `grads`; None where they are the attributes NAME and dNAME.
    """

    name: str
    key: Any = None

    def read(self, owner: Any) -> Any:
        """Return the weight."""
        return getattr(owner, self.name) if self.key is None else owner.params[self.key]

    def write(self, owner: Any, value: np.ndarray) -> None:
        """Put another array in the weight's place."""
        if self.key is None:
            setattr(owner, self.name, value)
        else:
            owner.params[self.key] = value

    def gradient(self, owner: Any) -> Any:
        """Return what backward left as the weight's gradient, None where it left nothing."""
        if self.key is None:
            return getattr(owner, f"d{self.name}", None)
        grads = getattr(owner, "grads", None)
        if isinstance(grads, dict):
            return grads.get(self.key)
        return grads[self.key] if isinstance(grads, list | tuple) and self.key < len(grads) else None

    @property
    def called(self) -> str:
        """What messages call the gradient."""
        return f"d{self.name}" if self.key is None else f"grads[{self.key!r}]"


class Handwritten:
    """A private copy of a user's object, and the ways to run it.

    Every forward works on a shallow copy of what the one before left, with the weights of that moment put in, so
    that what it stores for backward is its own; what forward and backward change besides (running means) goes on.

    Args:
        module: the user's object, which is not touched.
        weights: names of its weights; found where None.
        where: what messages call the layer.
        dtype: dtype of its numbers where no float comes in; else they are in the widest that does.

    Raises:
        ArgumentError: it has no forward or no backward, or cannot be copied.
    """

    def __init__(self, module: Any, weights: Sequence[str] | None, where: str, dtype: str) -> None:
        _check_methods(module, where)
        self.where, self.dtype, self.kind = where, dtype, type(module).__name__
        self.latest = self._copied(module)
        self._begun = dict(vars(self.latest)) if hasattr(self.latest, "__dict__") else {}
        self._names = None if weights is None else tuple(weights)
        self.places: tuple[Place, ...] = ()
        self.untrained: Sequence[str] = ()  # arrays that seem to be weights, but have no gradient
        self._specs: dict[Any, Spec] = {}
        parameters = _parameters(module.forward)
        self.training_name = next((one for one in _TRAINING if one in parameters), None)

    # --- its weights ---

    def look(self, shapes: Sequence[tuple[Any, ...]]) -> None:
        """Find the weights, by a trial on ones of these shapes where nobody says them."""
        owner = self.latest
        if self._names is not None:
            self.places = tuple([self._named(owner, name) for name in self._names])
            return
        before = dict(vars(owner)) if hasattr(owner, "__dict__") else {}
        candidates = [name for name, value in before.items() if _is_weight(value)]
        if candidates:
            tried = self._tried_both_ways(shapes)
            found = [Place(name) for name in candidates if Place(name).gradient(tried) is not None]
            for place in found:
                self._checked_gradient(place, tried, place.read(owner).shape, self.dtype)
            self.places = tuple(found)
            # one that the object itself has a place for the gradient of was meant to be trained
            left = [name for name in candidates if Place(name).gradient(tried) is None]
            self.untrained = [name for name in left if not found or hasattr(tried, f"d{name}")]
        if not self.places:
            params = getattr(owner, "params", None)
            if isinstance(params, dict):
                self.places = tuple([Place(str(key), key) for key, value in params.items() if _is_weight(value)])
            elif isinstance(params, list):
                self.places = tuple([Place(f"param_{index}", index) for index in range(len(params))])
            if self.places:
                self.untrained = []

    def _named(self, owner: Any, name: str) -> Place:
        params = getattr(owner, "params", None)
        place = Place(name) if _is_weight(getattr(owner, name, None)) else Place(name, name)
        if place.key is not None and not (isinstance(params, dict) and _is_weight(params.get(name))):
            raise ArgumentError(
                f"the object has no weight {name!r}.",
                where=self.where,
                expected=f"an attribute {name} or params[{name!r}], an array of floats",
                given=f"an object of class {self.kind}",
            )
        return place

    def _tried_both_ways(self, shapes: Sequence[tuple[Any, ...]]) -> Any:
        """Return a copy that has gone forward and backward: on ones, else on whole numbers, for a table of words."""
        sizes = [tuple(_ROWS[0] if size is None else size for size in shape) for shape in shapes]
        try:
            xs: list[np.ndarray] = [np.ones(one, self.dtype) for one in sizes]
            owner, y = self._trial(xs, self.dtype)
        except OnionskinError:
            try:
                owner, y = self._trial([np.zeros(one, "int64") for one in sizes], self.dtype)
            except OnionskinError:
                owner, y = self._trial(xs, self.dtype)  # for its own words
        with _same_random_numbers():
            self._run(owner.backward, "backward", np.ones_like(y))
        return owner

    def _trial(self, xs: Sequence[np.ndarray], dtype: str) -> tuple[Any, np.ndarray]:
        """Return a deep copy that has gone forward, and what it returned."""
        owner = self._copied(self.latest)
        with _same_random_numbers():
            return owner, self._output(self._forward(owner, xs, False), len(xs[0]), dtype)

    # --- run ---

    def spec(self, specs: Sequence[Spec], weights: Sequence[Spec] = ()) -> Spec:
        """Return the spec of the output: of a trial, or of two where the number of samples is not known."""
        dtype = self._computing([*specs, *weights])
        key = (*specs, dtype)
        found = self._specs.get(key)
        if found is None:
            if all(one.known for one in specs):
                found = spec_of(self._trial([_ones(one.shape, one.dtype) for one in specs], dtype)[1])
            else:
                one, other = [
                    self._trial([_ones(tuple(rows if size is None else size for size in spec.shape), spec.dtype)
                                 for spec in specs], dtype)[1]
                    for rows in _ROWS
                ]  # fmt: skip
                shape = tuple(a if a == b else None for a, b in zip(one.shape, other.shape, strict=True))
                found = Spec(shape, one.dtype.name)
            self._specs[key] = found
        return found

    def _computing(self, given: Sequence[Spec]) -> str:
        """Return the dtype of the output's floats: a check in float64 gives other ones than the layer trains with."""
        floats = [one.dtype for one in given if is_float(one.dtype)]
        return promote(floats) if floats else self.dtype

    def forward(self, xs: Sequence[np.ndarray], weights: Sequence[np.ndarray], training: bool) -> tuple[Any, Any]:
        """Return the output, and the object that has gone forward; it is what the next forward begins with."""
        owner = self._own(self.latest)
        for place, value in zip(self.places, weights, strict=True):
            place.write(owner, np.array(value))
        copies = [np.array(one) for one in xs]
        specs, others = [spec_of(one) for one in xs], [spec_of(one) for one in weights]
        out = self._forward(owner, copies, training)
        y = self._output(out, len(copies[0]), self._computing([*specs, *others]))
        expected = self.spec(specs, others)
        if y.shape != expected.shape:
            raise ShapeError("forward returned another shape than for ones of the same shape.",
                             where=f"{self.where}, {self.kind}.forward", expected=expected.shape,
                             given=y.shape)  # fmt: skip
        self.latest = owner
        return y, owner

    def backward(
        self, owner: Any, dout: np.ndarray, xs: Sequence[np.ndarray], weights: Sequence[np.ndarray]
    ) -> list[np.ndarray]:
        """Return the gradients by the inputs that are floats, then by the weights, of an object gone forward."""
        owner = self._own(owner)
        before = dict(vars(owner)) if hasattr(owner, "__dict__") else {}
        back = self._run(owner.backward, "backward", np.array(dout))
        parts = list(back) if isinstance(back, tuple | list) else [back]
        where = f"{self.where}, {self.kind}.backward"
        if len(parts) != len(xs):
            raise ArgumentError("backward returned another number of gradients than there are inputs.", where=where,
                                expected=len(xs), given=len(parts))  # fmt: skip
        found = []
        for index, (part, x) in enumerate(zip(parts, xs, strict=True)):
            if is_float(x.dtype.name):
                label = "dx" if len(xs) == 1 else f"dx of input {index}"
                if part is None:
                    raise ArgumentError(f"backward returned no {label}.", where=where, given="None",
                                        fix="end backward(self, dout) with return dx")  # fmt: skip
                found.append(_of_shape(part, x.shape, label, "the input", where, x.dtype))
        found += [
            self._checked_gradient(place, owner, place.read(owner).shape, weight.dtype.name)
            for place, weight in zip(self.places, weights, strict=True)
        ]
        if before:
            changed = {name: one for name, one in vars(owner).items() if before.get(name, before) is not one}
            vars(self.latest).update(changed)
        return found

    def _checked_gradient(self, place: Place, owner: Any, shape: tuple[int, ...], dtype: str) -> np.ndarray:
        where = f"{self.where}, {self.kind}.backward"
        given = place.gradient(owner)
        if given is None:
            raise ArgumentError(f"backward left no {place.called}.", where=where,
                                expected=f"the gradient of {place.name}, shape {shape}", given="nothing",
                                fix=f"set self.{place.called} in backward")  # fmt: skip
        return _of_shape(given, shape, place.called, place.name, where, np.dtype(dtype))

    def sync(self, module: Any, weights: Sequence[np.ndarray]) -> None:
        """Bring the user's object up to date: weights into its own arrays, and what forward and backward left."""
        state = vars(self.latest) if hasattr(self.latest, "__dict__") else {}
        own = {place.name for place in self.places if place.key is None} | {"params"}
        for name, value in state.items():
            if name not in own and self._begun.get(name, state) is not value:
                setattr(module, name, copy.copy(value))
        for place, value in zip(self.places, weights, strict=True):
            array = place.read(module)
            if isinstance(array, np.ndarray) and array.shape == value.shape and array.flags.writeable:
                array[...] = value
            else:
                place.write(module, np.array(value))

    # --- small parts ---

    def _own(self, owner: Any) -> Any:
        """Return a shallow copy whose weights and gradients may be written to, also in place."""
        fresh = copy.copy(owner)
        for name in ("params", "grads"):
            held = getattr(fresh, name, None)
            if isinstance(held, dict):
                setattr(fresh, name, {key: np.array(one) if _is_weight(one) else one for key, one in held.items()})
            elif isinstance(held, list):
                setattr(fresh, name, [np.array(one) if _is_weight(one) else one for one in held])
        for place in self.places:
            given = place.gradient(fresh) if place.key is None else None
            if isinstance(given, np.ndarray):
                setattr(fresh, f"d{place.name}", np.array(given))
        return fresh

    def _copied(self, owner: Any) -> Any:
        try:
            return copy.deepcopy(owner)
        except Exception as error:  # whatever the classes of its attributes say
            raise ArgumentError(
                "the object cannot be copied, and the layer needs a copy of its own.",
                where=self.where,
                given=f"{type(error).__name__}: {error}",
                fix="keep open files, locks and generators out of it",
            ) from error

    def _forward(self, owner: Any, xs: Sequence[np.ndarray], training: bool) -> Any:
        named = {} if self.training_name is None else {self.training_name: training}
        return self._run(owner.forward, "forward", *xs, **named)

    def _run(self, method: Callable[..., Any], name: str, *args: np.ndarray, **named: Any) -> Any:
        try:
            with np.errstate(all="ignore"):
                return method(*args, **named)
        except OnionskinError:
            raise
        except Exception as error:
            line = traceback.extract_tb(error.__traceback__)[-1]
            raise ArgumentError(
                f"{name} failed: {type(error).__name__}: {error}",
                where=f"{self.where}, {self.kind}.{name}",
                given=f"{'inputs' if name == 'forward' else 'dout'} of shape {', '.join(str(x.shape) for x in args)}",
                fix=f"see line {line.lineno} of {line.filename}",
            ) from error

    def _output(self, y: Any, rows: int, dtype: str) -> np.ndarray:
        """Return what forward returned, as an array of its own."""
        where = f"{self.where}, {self.kind}.forward"
        if y is None or isinstance(y, tuple | list | dict):
            raise ArgumentError("forward returns one array.", where=where,
                                given="None" if y is None else f"a {type(y).__name__}",
                                fix="end forward(self, x) with return …")  # fmt: skip
        array = np.array(y)
        if array.dtype.kind not in "biuf":
            raise DTypeError("forward returns numbers.", where=where, given=f"dtype {array.dtype}")
        if array.ndim == 0 or array.shape[0] != rows:
            raise ShapeError(
                "forward returned another number of samples than it was given.",
                where=where,
                expected=f"shape ({rows}, …)",
                given=f"shape {array.shape}",
                fix="keep the first axis, which counts the samples",
            )
        return array.astype(dtype, copy=False) if array.dtype.kind == "f" else array


class _Site:
    """One call in a graph: the object that last went forward there, and on what numbers."""

    def __init__(self) -> None:
        self.owner: Any = None
        self.given: list[np.ndarray] = []  # inputs and weights

    def passed(self, given: Sequence[np.ndarray]) -> bool:
        """Tell whether the last forward here was on these inputs and weights."""
        return self.owner is not None and all(
            one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
            for one, other in zip(self.given, given, strict=True)
        )


def call_primitive(own: Handwritten, count: int, training: bool) -> Primitive:
    """Return the operation of one call: (inputs…, weights…) -> output, the object's backward as its derivative.

    Args:
        own: the object.
        count: number of inputs; the weights stand behind them.
        training: whether it is a training step.
    """
    site = _Site()

    def go(given: Sequence[Any]) -> Any:
        arrays = [np.array(one) for one in given]
        y, site.owner = own.forward(arrays[:count], arrays[count:], training)
        site.given = arrays
        return y

    def spec(*specs: Spec) -> Spec:
        return own.spec(specs[:count], specs[count:])

    def value(*arrays: Any) -> Any:
        return go(arrays)

    def back(dout: Any, *arrays: Any) -> tuple[np.ndarray, ...]:
        given = [np.asarray(one) for one in arrays]
        if not site.passed(given):  # another batch has gone forward here since, or other weights
            go(given)
        return tuple(own.backward(site.owner, np.asarray(dout), given[:count], given[count:]))

    def wanted(specs: Sequence[Any]) -> list[int]:
        return [index for index, one in enumerate(specs) if index >= count or is_float(one.dtype)]

    def back_spec(dout: Spec, *specs: Spec) -> tuple[Spec, ...]:
        return tuple(specs[index] for index in wanted(specs))

    def refuse(*_: Any, **__: Any) -> Any:
        raise GraphError(
            f"backward of {own.kind} is NumPy code, which cannot be differentiated again.",
            where=own.where,
            fix="write the layer with onionskin.ops where second derivatives are needed",
        )

    backward = Primitive(f"{own.kind}_backward", "custom", back_spec, back, refuse, fresh=False)

    def vjp(g: Node, y: Node, *inputs: Node) -> tuple[Any, ...]:
        places = wanted(inputs)
        parts = backward(g, *inputs) if places else ()
        parts = parts if isinstance(parts, tuple) else (parts,)
        return tuple(parts[places.index(index)] if index in places else None for index in range(len(inputs)))

    name = "".join(letter for letter in own.kind if letter.isalnum())
    return Primitive(own.kind, "custom", spec, value, vjp, formula=rf"\operatorname{{{{{name}}}}}({{0}})", fresh=False)


def _check_methods(module: Any, where: str) -> None:
    """Refuse what is no object with forward and backward."""
    if isinstance(module, type):
        raise ArgumentError("an object is needed.", where=where, given=f"the class {module.__name__}",
                            fix=f"make one: {module.__name__}(…)")  # fmt: skip
    for method, shape in (("forward", "forward(self, x)"), ("backward", "backward(self, dout)")):
        if not callable(getattr(module, method, None)):
            kind = type(module).__name__
            raise ArgumentError(f"the object has no {method}.", where=where, given=f"an object of class {kind}",
                                fix=f"define {shape} in {kind}")  # fmt: skip


@contextmanager
def _same_random_numbers() -> Iterator[None]:
    """Run a block after which NumPy's own generator, which textbook layers draw from, is as it was."""
    state = np.random.get_state()
    try:
        yield
    finally:
        np.random.set_state(state)


def _is_weight(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def _ones(shape: Sequence[Any], dtype: str) -> np.ndarray:
    """Return numbers to try: ones; whole numbers are 0, which every table of words has."""
    return np.ones(tuple(shape), dtype) if is_float(dtype) else np.zeros(tuple(shape), dtype)


def _of_shape(given: Any, shape: tuple[int, ...], label: str, of: str, where: str, dtype: Any) -> np.ndarray:
    array = np.array(given)
    if array.shape != shape:
        raise ShapeError(f"{label} has another shape than {of}.", where=where, expected=shape, given=array.shape)
    return array.astype(dtype, copy=False)


def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    try:
        return tuple(inspect.signature(function).parameters)
    except ValueError:  # some functions written in C do not tell
        return ()
