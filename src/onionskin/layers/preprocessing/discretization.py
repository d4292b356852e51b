"""`Discretization`: numbers as the bins that they fall into, with bounds given or found from data."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from onionskin import ops
from onionskin.base.errors import ArgumentError, NotBuiltError
from onionskin.base.registry import LAYERS
from onionskin.layers.layer import Layer
from onionskin.layers.preprocessing.encoding import checked_mode, encoded, refuse_sparse
from onionskin.layers.preprocessing.raw import batches


@LAYERS.entry()
class Discretization(Layer):
    """Return the number of the bin that each value falls into.

    Bin i holds bounds[i-1] ≤ x < bounds[i].

    Args:
        bin_boundaries: the bounds, rising; n bounds make n + 1 bins.
        num_bins: number of bins of equal share, whose bounds `adapt` finds, instead.
        epsilon: precision of these, as a share.
        output_mode: "int", "one_hot", "multi_hot" or "count", as in `CategoryEncoding`.
        sparse: not supported.
        dtype: dtype of the vectors; numbers of bins are int32.
        name: its name.

    Raises:
        ArgumentError: neither or both of bin_boundaries and num_bins are given, or a setting makes no sense.

    Example:
        >>> from onionskin.layers import Discretization
        >>> print(Discretization(bin_boundaries=[0.0, 1.0, 2.0])(np.array([[-1.5, 1.0, 3.4, 0.5]])))
        [[0 2 3 1]]
    """

    def __init__(
        self,
        bin_boundaries: Any = None,
        num_bins: int | None = None,
        epsilon: float = 0.01,
        output_mode: str = "int",
        sparse: bool = False,
        dtype: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        where = f"Discretization '{self.name}'"
        refuse_sparse(sparse, where)
        self.output_mode = checked_mode(output_mode, where)
        if (bin_boundaries is None) == (num_bins is None):
            raise ArgumentError(
                "exactly one of bin_boundaries and num_bins is needed.",
                where=where,
                given=f"bin_boundaries={bin_boundaries!r}, num_bins={num_bins!r}",
            )
        whole = isinstance(num_bins, int | np.integer) and not isinstance(num_bins, bool)
        if num_bins is not None and (not whole or num_bins < 1):
            raise ArgumentError("num_bins is a positive whole number.", where=where, given=repr(num_bins))
        if not 0 < epsilon <= 1:
            raise ArgumentError("epsilon is a share.", where=where, expected="0 < epsilon <= 1", given=repr(epsilon))
        self._untracked_bounds = None if bin_boundaries is None else _rising(bin_boundaries, where)
        self.num_bins = None if num_bins is None else int(num_bins)
        self.epsilon, self.sparse = epsilon, False
        self._untracked_summary = np.zeros((2, 0), "float32")
        self.built = True

    @property
    def bin_boundaries(self) -> list[float] | None:
        """The bounds; None before `adapt` has found them."""
        return self._untracked_bounds

    @property
    def bins(self) -> int | None:
        """Number of bins, as far as it is known."""
        return self.num_bins if self._untracked_bounds is None else len(self._untracked_bounds) + 1

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Find the bounds between bins of equal share.

        Args:
            data: numbers in an array or a table, or an iterable of batches of them.
            steps: how many batches to take of an iterable.

        Raises:
            ArgumentError: the bounds were given.
            DataError: there is nothing to adapt to.
        """
        where = f"Discretization '{self.name}'.adapt"
        if self.num_bins is None:
            raise ArgumentError(
                "the bounds were given, and are not adapted.", where=where, fix="make the layer with num_bins instead"
            )
        self.reset_state()
        for batch in batches(data, where, steps):
            self.update_state(batch)
        self.finalize_state()

    def update_state(self, data: Any) -> None:
        """Add a batch to what the bounds are found from."""
        new = _summary(np.asarray(data, "float32"), self.epsilon)
        both = np.concatenate([new, self._untracked_summary], axis=1)
        self._untracked_summary = _compressed(both[:, np.argsort(both[0])], self.epsilon)

    def finalize_state(self) -> None:
        """Take the bounds from the batches seen."""
        if self.num_bins is not None:
            # an attribute that is tracked, so that programs made with other bounds are not used again
            self._edited()
            bounds = _compressed(self._untracked_summary, 1.0 / self.num_bins)[0, :-1]
            self._untracked_bounds = bounds.tolist()

    def reset_state(self) -> None:
        """Forget the batches seen."""
        self._untracked_summary = np.zeros((2, 0), "float32")

    def call(self, inputs: Any) -> Any:
        """Return the bins.

        Raises:
            NotBuiltError: the bounds are not known yet.
        """
        if self._untracked_bounds is None:
            raise NotBuiltError(
                "the bounds of the bins are not known yet.", fix="call adapt(data) first, or give bin_boundaries"
            )
        bounds = np.array(self._untracked_bounds, self.compute_dtype)
        indices = ops.digitize(ops.cast(inputs, self.compute_dtype), bounds)
        dtype = "int32" if self.output_mode == "int" else self.compute_dtype
        return encoded(indices, self.output_mode, len(self._untracked_bounds) + 1, dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer, and the bounds found."""
        base = super().get_config()
        return {
            "bin_boundaries": self.bin_boundaries,
            "num_bins": self.num_bins,
            "epsilon": self.epsilon,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
            "name": base["name"],
            "dtype": base["dtype"],
        }

    @classmethod
    def from_config(cls, settings: dict[str, Any]) -> Any:
        """Return a layer from what `get_config` gave; one that was adapted stays so."""
        found = settings.get("bin_boundaries")
        if found is None or settings.get("num_bins") is None:
            return cls(**settings)
        layer = cls(**{key: value for key, value in settings.items() if key != "bin_boundaries"})
        layer._untracked_bounds = _rising(found, f"Discretization '{layer.name}'")
        return layer


def _rising(bounds: Any, where: str) -> list[float]:
    """Return bounds as numbers.

    Raises:
        ArgumentError: they are none in rising order.
    """
    array = np.asarray(bounds)
    if array.ndim != 1 or array.dtype.kind not in "iuf" or np.any(array[1:] < array[:-1]):
        raise ArgumentError("bin_boundaries are numbers in rising order.", where=where, given=repr(bounds)[:80])
    return [float(one) for one in array]


def _summary(values: np.ndarray, epsilon: float) -> np.ndarray:
    """Return values as at most about 1/epsilon of them (first row) and how many each stands for (second row)."""
    ordered = np.sort(values.ravel())
    step = max(ordered.size * epsilon, 1.0)
    kept = ordered[int(step - 1) :: int(step)]
    return np.stack([kept, np.full_like(kept, step)])


def _compressed(summary: np.ndarray, epsilon: float) -> np.ndarray:
    """Return a summary of about 1/epsilon values, by the cumulative shares of a longer one; shorter ones stay."""
    if summary.shape[1] * epsilon < 1:
        return summary
    shares = np.arange(math.ceil(1.0 / epsilon)) * epsilon + epsilon
    total = np.cumsum(summary[1])
    reached = total / total[-1]
    values = np.interp(shares, reached, summary[0])
    counts = np.diff(np.interp(shares, reached, total), prepend=0.0)
    return np.stack([values, counts]).astype("float32")
