"""Layers that make one tensor of several: Add, Subtract, Multiply, Average, Maximum, Minimum, Concatenate, Dot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from onionskin import ops
from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.registry import LAYERS
from onionskin.layers.layer import Layer


class Merge(Layer):
    """The base of layers that are called on a list of tensors; inputs of fewer axes get axes of size 1 after the batch.

    Args:
        kwargs: as for `Layer`.
    """

    _exactly: int | None = None  # how many inputs it takes; any number where None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Return the inputs merged.

        Raises:
            ArgumentError: the inputs are no list, or not as many as the layer takes.
            ShapeError: their shapes do not fit each other.
        """
        tensors = self._checked(inputs)
        return self.merge(tensors)

    def merge(self, inputs: list[Any]) -> Any:
        """Return the inputs merged, which have equally many axes; subclasses write it."""
        raise ArgumentError(
            "this layer says nothing about how it merges.", fix="define merge(self, inputs) in the class"
        )

    def _checked(self, inputs: Any) -> list[Any]:
        self._check_list(inputs)
        shapes = [tuple(one.shape) for one in inputs]
        if len({shape[0] for shape in shapes if shape} - {None}) > 1:
            raise ShapeError("tensors of different batch sizes cannot be merged.", given=_listed(shapes))
        rank = max(map(len, shapes))
        grown = [one if one.ndim == rank else ops.expand_dims(one, tuple(range(1, 1 + rank - one.ndim)))
                 for one in inputs]  # fmt: skip
        for sizes in zip(*[one.shape[1:] for one in grown], strict=True):
            if len({size for size in sizes if size not in (None, 1)}) > 1:
                raise ShapeError(
                    "the inputs have shapes that do not fit each other.",
                    expected="equal sizes, or 1, behind the batch",
                    given=_listed(shapes),
                )
        return grown

    def _check_list(self, inputs: Any) -> None:
        count = len(inputs) if isinstance(inputs, list | tuple) else None
        if count is None or count < 1 or (self._exactly is not None and count != self._exactly):
            wanted = "tensors" if self._exactly is None else f"{self._exactly} tensors"
            raise ArgumentError(
                f"a layer that merges is called on a list of {wanted}.",
                given=f"a list of {count}" if count is not None else type(inputs).__name__,
                fix=f"{type(self).__name__}()([a, b])",
            )

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Return where any of the masks is True; None where an input has none."""
        masks = checked_masks(inputs, previous_mask)
        if masks is None or any(one is None for one in masks):
            return None
        joint = masks[0]
        for one in masks[1:]:
            joint = ops.logical_or(joint, one)
        return joint


def checked_masks(inputs: Any, masks: Any) -> list[Any] | None:
    """Return the masks of a list of inputs.

    Raises:
        ArgumentError: they are no list, or not one for each input.
    """
    if masks is None:
        return None
    lists = isinstance(inputs, list | tuple) and isinstance(masks, list | tuple)
    if not lists or len(inputs) != len(masks):
        raise ArgumentError(
            "a layer that merges takes a list of masks, one for each input.",
            expected=f"{len(inputs)} masks" if isinstance(inputs, list | tuple) else "a list of inputs",
            given=f"{len(masks)}" if isinstance(masks, list | tuple) else type(masks).__name__,
        )
    return list(masks)


def _listed(shapes: Sequence[Any]) -> str:
    return ", ".join(str(tuple(shape)) for shape in shapes)


@LAYERS.entry()
class Add(Merge):
    """Add tensors: y = a + b + … + z.

    Args:
        kwargs: as for `Layer`.

    Example:
        >>> from onionskin.layers import Add
        >>> print(Add()([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])]))
        [[4. 6.]]
    """

    def merge(self, inputs: list[Any]) -> Any:
        """Return the sum."""
        return _folded(ops.add, inputs)


@LAYERS.entry()
class Subtract(Merge):
    """Subtract the second tensor from the first: y = a - b.

    Args:
        kwargs: as for `Layer`.

    Example:
        >>> from onionskin.layers import Subtract
        >>> print(Subtract()([np.array([[1.0, 2.0]]), np.array([[3.0, 5.0]])]))
        [[-2. -3.]]
    """

    _exactly = 2

    def merge(self, inputs: list[Any]) -> Any:
        """Return the difference."""
        return ops.subtract(inputs[0], inputs[1])


@LAYERS.entry()
class Average(Merge):
    """Average tensors: y = (a + b + …) / n.

    Args:
        kwargs: as for `Layer`.

    Example:
        >>> from onionskin.layers import Average
        >>> print(Average()([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])]))
        [[2. 3.]]
    """

    def merge(self, inputs: list[Any]) -> Any:
        """Return the mean."""
        return ops.divide(_folded(ops.add, inputs), len(inputs))


class _MaskedMerge(Merge):
    """A merge in which an input counts only where its mask, (batch, …) without the last axis, is True."""

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Return the inputs merged; the mask is a list with one mask, or None, for each."""
        tensors = self._checked(inputs)
        masks = checked_masks(inputs, mask)
        if masks is None or all(one is None for one in masks):
            return self.merge(tensors)
        grown = [None if one is None else ops.expand_dims(ops.cast(one, "bool"), -1) for one in masks]
        return self.merge_masked(tensors, grown)

    def merge_masked(self, inputs: list[Any], masks: list[Any]) -> Any:
        """Return the inputs merged where their masks, which grow to them, are True; here masks change nothing."""
        return self.merge(inputs)


@LAYERS.entry()
class Multiply(_MaskedMerge):
    """Multiply tensors element by element: y = a · b · …; a masked element counts as 1, and as 0 where all are masked.

    Args:
        kwargs: as for `Layer`.

    Example:
        >>> from onionskin.layers import Multiply
        >>> print(Multiply()([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])]))
        [[3. 8.]]
    """

    def merge(self, inputs: list[Any]) -> Any:
        """Return the product."""
        return _folded(ops.multiply, inputs)

    def merge_masked(self, inputs: list[Any], masks: list[Any]) -> Any:
        """Return the product of the elements that are not masked."""
        pairs = zip(inputs, masks, strict=True)
        kept = [one if mask is None else ops.where(mask, one, ops.ones_like(one)) for one, mask in pairs]
        product = _folded(ops.multiply, kept)
        if any(mask is None for mask in masks):
            return product
        return ops.where(_folded(ops.logical_or, masks), product, ops.zeros_like(product))


class _Extremum(_MaskedMerge):
    """The larger or the smaller of the elements that are not masked."""

    _choose: Callable[..., Any]

    def merge(self, inputs: list[Any]) -> Any:
        """Return the largest, or smallest, of each element."""
        return _folded(type(self)._choose, inputs)

    def merge_masked(self, inputs: list[Any], masks: list[Any]) -> Any:
        """Return the largest, or smallest, of the elements that are not masked."""
        chosen, seen = inputs[0], masks[0]
        for one, mask in zip(inputs[1:], masks[1:], strict=True):
            other = one if mask is None else ops.where(mask, one, chosen)
            if seen is not None:
                chosen = ops.where(seen, chosen, other)
            seen = ops.logical_or(seen, mask) if seen is not None and mask is not None else None
            chosen = type(self)._choose(chosen, other)
        return chosen


@LAYERS.entry()
class Maximum(_Extremum):
    """Take the largest of each element: y = max(a, b, …), of those that are not masked.

    Args:
        kwargs: as for `Layer`.

    Example:
        >>> from onionskin.layers import Maximum
        >>> print(Maximum()([np.array([[1.0, 5.0]]), np.array([[3.0, 4.0]])]))
        [[3. 5.]]
    """

    _choose = staticmethod(ops.maximum)


@LAYERS.entry()
class Minimum(_Extremum):
    """Take the smallest of each element: y = min(a, b, …), of those that are not masked.

    Args:
        kwargs: as for `Layer`.

    Example:
        >>> from onionskin.layers import Minimum
        >>> print(Minimum()([np.array([[1.0, 5.0]]), np.array([[3.0, 4.0]])]))
        [[1. 4.]]
    """

    _choose = staticmethod(ops.minimum)


@LAYERS.entry()
class Concatenate(Merge):
    """Join tensors along an axis.

    Args:
        axis: the axis, counted with the batch.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: the axis is no whole number.

    Example:
        >>> from onionskin.layers import Concatenate
        >>> print(Concatenate()([np.array([[1.0, 2.0]]), np.array([[3.0]])]))
        [[1. 2. 3.]]
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(axis, bool) or not isinstance(axis, int):
            raise ArgumentError(
                "the axis is a whole number.", where=f"Concatenate '{self.name}'", given=f"axis={axis!r}"
            )
        self.axis = axis

    def _checked(self, inputs: Any) -> list[Any]:
        self._check_list(inputs)
        shapes = [tuple(one.shape) for one in inputs]
        rank = len(shapes[0])
        if any(len(shape) != rank for shape in shapes) or not -rank <= self.axis < rank:
            raise ShapeError(
                "the inputs cannot be joined along this axis.",
                expected=f"equally many axes, axis {self.axis} among them",
                given=_listed(shapes),
            )
        for place, sizes in enumerate(zip(*shapes, strict=True)):
            if place != self.axis % rank and len({size for size in sizes if size is not None}) > 1:
                raise ShapeError(
                    "the inputs cannot be joined along this axis.",
                    expected=f"equal sizes on all axes but {self.axis}",
                    given=_listed(shapes),
                )
        return list(inputs)

    def merge(self, inputs: list[Any]) -> Any:
        """Return the inputs joined."""
        return ops.concatenate(inputs, axis=self.axis)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Return the masks joined along the axis; an input without one counts as not masked."""
        masks = checked_masks(inputs, previous_mask)
        if masks is None or all(one is None for one in masks):
            return None
        joint = ops.concatenate(
            [_like(one, mask) for one, mask in zip(inputs, masks, strict=True)], axis=self.axis
        )  # fmt: skip
        return ops.any(joint, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "axis": self.axis}


def _like(one: Any, mask: Any) -> Any:
    """Return a mask in the shape of what it masks."""
    if mask is None:
        return ops.ones_like(one, dtype="bool")
    if mask.ndim < one.ndim:
        return ops.logical_or(ops.expand_dims(mask, -1), ops.zeros_like(one, dtype="bool"))
    return mask


@LAYERS.entry()
class Dot(Merge):
    """Sum the products of two tensors along one axis of each, sample by sample.

    y[n, …, …] = Σₖ a[n, …, k, …] · b[n, …, k, …]; of two rows the result is (batch, 1)

    Args:
        axes: the axis of both tensors, or one of each, counted with the batch, which it cannot be.
        normalize: divide by the norms along the axes first, so that the result is the cosine.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: axes is neither a whole number nor a pair of them.

    Example:
        >>> from onionskin.layers import Dot
        >>> print(Dot(axes=1)([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])]))
        [[11.]]
    """

    _exactly = 2

    def __init__(self, axes: int | Sequence[int], normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        pair = [axes, axes] if isinstance(axes, int) else list(axes) if isinstance(axes, list | tuple) else []
        if len(pair) != 2 or any(isinstance(one, bool) or not isinstance(one, int) for one in pair):
            raise ArgumentError(
                "axes is a whole number or a pair of them.", where=f"Dot '{self.name}'", given=f"axes={axes!r}"
            )
        self._untracked_axes = axes if isinstance(axes, int) else tuple(axes)
        self.normalize = normalize

    @property
    def axes(self) -> int | tuple[int, ...]:
        """The axis of both tensors, or one of each."""
        return self._untracked_axes

    def _checked(self, inputs: Any) -> list[Any]:
        self._check_list(inputs)
        shapes = [tuple(one.shape) for one in inputs]
        places = self._places(shapes)
        sizes = [shape[place] for shape, place in zip(shapes, places, strict=True)]
        if None not in sizes and sizes[0] != sizes[1]:
            raise ShapeError(
                "the axes to multiply along have different sizes.",
                expected="equal sizes",
                given=f"{sizes[0]} (axis {places[0]} of {shapes[0]}) and {sizes[1]} (axis {places[1]} of {shapes[1]})",
            )
        batches = {shape[0] for shape in shapes} - {None}
        if len(batches) > 1:
            raise ShapeError("tensors of different batch sizes cannot be merged.", given=_listed(shapes))
        return list(inputs)

    def _places(self, shapes: Sequence[tuple[Any, ...]]) -> list[int]:
        axes = self._untracked_axes
        pair = (axes, axes) if isinstance(axes, int) else axes
        places = []
        for shape, axis in zip(shapes, pair, strict=True):
            if len(shape) < 2 or not -len(shape) <= axis < len(shape) or axis % len(shape) == 0:
                raise ShapeError(
                    "there is no such axis behind the batch.", expected=f"axis {axis}", given=f"shape {shape}"
                )
            places.append(axis % len(shape))
        return places

    def merge(self, inputs: list[Any]) -> Any:
        """Return the sums of products."""
        first, second = inputs
        one, other = self._places([tuple(first.shape), tuple(second.shape)])
        if self.normalize:
            first, second = ops.normalize(first, axis=one), ops.normalize(second, axis=other)
        letters = iter("abcdefghijklmnopqrstuvw")
        left = ["x" if place == 0 else "y" if place == one else next(letters) for place in range(first.ndim)]
        right = ["x" if place == 0 else "y" if place == other else next(letters) for place in range(second.ndim)]
        rest = [letter for letter in (*left, *right) if letter not in "xy"]
        result = ops.einsum(f"{''.join(left)},{''.join(right)}->x{''.join(rest)}", first, second)
        return result if rest else ops.expand_dims(result, -1)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """Return None: what is summed over has no mask."""

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {**super().get_config(), "axes": self._untracked_axes, "normalize": self.normalize}


def _folded(function: Callable[[Any, Any], Any], values: Sequence[Any]) -> Any:
    result = values[0]
    for one in values[1:]:
        result = function(result, one)
    return result
