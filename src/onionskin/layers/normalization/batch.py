"""`BatchNormalization`: each channel brought to mean 0 and variance 1 over the batch."""

from __future__ import annotations

from typing import Any

from onionskin import initializers, ops
from onionskin.base import config
from onionskin.base.errors import ArgumentError, ShapeError
from onionskin.base.registry import LAYERS
from onionskin.layers.normalization.affine import Affine, check_fits, checked_axis, sizes_of

CLIPPING = ("rmax", "rmin", "dmax")


@LAYERS.entry()
class BatchNormalization(Affine):
    """Normalise each channel by the batch while training, by the statistics gathered then afterwards.

    y = gamma·(x - mean) / √(variance + epsilon) + beta

    While training, mean and variance are those of the batch, and the moving statistics follow them:
    moving ← momentum·moving + (1 - momentum)·batch. Otherwise, and where `trainable` is False, they are the
    moving statistics.

    Args:
        axis: the axis of the channels.
        momentum: how slowly the moving statistics follow.
        epsilon: added to the variance.
        center: whether there is a beta.
        scale: whether there is a gamma.
        beta_initializer: how beta (channels,) starts.
        gamma_initializer: how gamma (channels,) starts.
        moving_mean_initializer: how the moving mean starts.
        moving_variance_initializer: how the moving variance starts.
        beta_regularizer: penalty on beta.
        gamma_regularizer: penalty on gamma.
        beta_constraint: applied to beta after each update.
        gamma_constraint: applied to gamma after each update.
        renorm: correct the batch's statistics by moving ones also while training.
        renorm_clipping: bounds "rmax", "rmin" and "dmax" of that correction; those not named are none.
        renorm_momentum: how slowly the statistics of the correction follow.
        synchronized: not supported, there is one replica.
        kwargs: as for `Layer`.

    Raises:
        ArgumentError: synchronized is asked for, or a setting makes no sense.

    Example:
        >>> from onionskin.layers import BatchNormalization
        >>> x = np.array([[0.0, 10.0], [2.0, 30.0]])
        >>> print(BatchNormalization(epsilon=0.0)(x, training=True))
        [[-1. -1.]
         [ 1.  1.]]

    Source: Ioffe, Szegedy, "Batch normalization", ICML 2015; Ioffe, "Batch renormalization", NIPS 2017.
    """

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: dict[str, float] | None = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            epsilon=float(epsilon),
            center=center,
            scale=scale,
            beta_initializer=beta_initializer,
            gamma_initializer=gamma_initializer,
            beta_regularizer=beta_regularizer,
            gamma_regularizer=gamma_regularizer,
            beta_constraint=beta_constraint,
            gamma_constraint=gamma_constraint,
            **kwargs,
        )
        where = f"BatchNormalization '{self.name}'"
        if synchronized:
            raise ArgumentError(
                "statistics synchronized over several replicas are not supported.",
                where=where,
                given=f"synchronized={synchronized!r}",
                fix="leave synchronized out: there is one replica",
            )
        self.axis = checked_axis(axis, where, several=False)
        self.momentum = float(momentum)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.renorm, self.renorm_momentum = renorm, renorm_momentum
        self.renorm_clipping = _checked_clipping(renorm_clipping, where) if renorm else renorm_clipping
        self.synchronized = False

    def build(self, input_shape: Any) -> None:
        """Make gamma, beta and the moving statistics, each (channels,)."""
        shape = sizes_of(input_shape, [self.axis], "BatchNormalization")
        self._untracked_ndim, self._untracked_sizes = len(input_shape), shape
        if self.scale:
            self._add_gamma(shape)
        if self.center:
            self._add_beta(shape)
        self.moving_mean = self._statistic("moving_mean", shape, self.moving_mean_initializer)
        self.moving_variance = self._statistic("moving_variance", shape, self.moving_variance_initializer)
        if self.renorm:
            self.moving_stddev = self._statistic("moving_stddev", shape, self._deviation)
            self.renorm_mean = self._statistic("renorm_mean", shape, self.moving_mean_initializer)
            self.renorm_stddev = self._statistic("renorm_stddev", shape, self._deviation)

    def _statistic(self, name: str, shape: tuple[int, ...], initializer: Any) -> Any:
        return self.add_weight(shape=shape, initializer=initializer, trainable=False, autocast=False, name=name)

    def _deviation(self, shape: Any, dtype: Any = None) -> Any:
        return ops.sqrt(self.moving_variance_initializer(shape, dtype))

    def call(self, inputs: Any, training: bool = False, mask: Any = None) -> Any:
        """Return the inputs normalised; the mask (all axes but the last) leaves places out of the statistics."""
        check_fits(inputs.shape, self._untracked_ndim, [self.axis], self._untracked_sizes)
        if mask is not None and len(mask.shape) != len(inputs.shape) - 1:
            raise ShapeError(
                "the mask has one axis less than the input.",
                expected=f"a mask of shape {tuple(inputs.shape[:-1])}",
                given=f"shape {tuple(mask.shape)}",
            )
        # float16 holds neither the squares nor their sums
        dtype = "float64" if inputs.dtype == "float64" else "float32"
        x = ops.cast(inputs, dtype)
        scale = ops.cast(self.gamma, dtype) if self.scale else None
        offset = ops.cast(self.beta, dtype) if self.center else None
        if training and self.trainable:
            mean, variance = self._moments(x, mask)
            if self.renorm:
                scale, offset = self._corrected(mean, variance, scale, offset)
                self._follow_renorm(mean, variance)
            else:
                _follow(self.moving_mean, mean, self.momentum)
                _follow(self.moving_variance, variance, self.momentum)
        else:
            mean, variance = ops.cast(self.moving_mean, dtype), ops.cast(self.moving_variance, dtype)
        outputs = ops.batch_normalization(x, mean, variance, self.axis, offset, scale, self.epsilon)
        return ops.cast(outputs, self.compute_dtype)

    def _moments(self, x: Any, mask: Any) -> tuple[Any, Any]:
        """Return mean and variance of each channel, over the places that the mask leaves."""
        axes = tuple(place for place in range(x.ndim) if place != self.axis % x.ndim)
        if mask is None:
            mean, variance = ops.moments(x, axes)
            return mean, variance
        seen = ops.broadcast_to(ops.expand_dims(ops.cast(mask, "bool"), -1), x.shape)
        count = ops.sum(ops.cast(seen, x.dtype), axes, keepdims=True) + config.epsilon()
        mean = ops.sum(ops.where(seen, x, 0), axes, keepdims=True) / count
        squares = ops.sum(ops.square(ops.where(seen, x - mean, 0)), axes, keepdims=True)
        return ops.reshape(mean, self._untracked_sizes), ops.reshape(squares / count, self._untracked_sizes)

    def _corrected(self, mean: Any, variance: Any, scale: Any, offset: Any) -> tuple[Any, Any]:
        """Return factor and shift with the correction r, d of batch renormalisation (equations 4 and 5) in them."""
        bounds = self.renorm_clipping or {}
        spread = ops.maximum(ops.cast(self.renorm_stddev, mean.dtype), float(self.epsilon) ** 0.5)
        r = ops.sqrt(variance + self.epsilon) / spread
        d = (mean - ops.cast(self.renorm_mean, mean.dtype)) / spread
        if bounds.get("rmin") is not None:
            r = ops.maximum(r, bounds["rmin"])
        if bounds.get("rmax") is not None:
            r = ops.minimum(r, bounds["rmax"])
        if bounds.get("dmax") is not None:
            d = ops.clip(d, -bounds["dmax"], bounds["dmax"])
        r, d = ops.stop_gradient(r), ops.stop_gradient(d)
        factor, shift = (r, d) if scale is None else (r * scale, d * scale)
        return factor, shift if offset is None else shift + offset

    def _follow_renorm(self, mean: Any, variance: Any) -> None:
        spread = ops.sqrt(variance + self.epsilon)
        _follow(self.renorm_mean, mean, self.renorm_momentum)
        _follow(self.renorm_stddev, spread, self.renorm_momentum)
        _follow(self.moving_mean, mean, self.momentum)
        _follow(self.moving_stddev, spread, self.momentum)
        moving = ops.cast(self.moving_stddev, mean.dtype)
        self.moving_variance.assign(ops.relu(moving * moving - self.epsilon))  # rounding may bring it below 0

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal layer."""
        return {
            **super().get_config(),
            "axis": self.axis,
            "momentum": self.momentum,
            "moving_mean_initializer": initializers.serialize(self.moving_mean_initializer),
            "moving_variance_initializer": initializers.serialize(self.moving_variance_initializer),
            "synchronized": self.synchronized,
            "renorm": self.renorm,
            "renorm_clipping": self.renorm_clipping,
            "renorm_momentum": self.renorm_momentum,
        }


def _follow(moving: Any, value: Any, momentum: float) -> None:
    """Move a statistic towards the batch's."""
    moving.assign(ops.cast(moving, value.dtype) * momentum + value * (1.0 - momentum))


def _checked_clipping(bounds: Any, where: str) -> dict[str, float]:
    """Return the bounds of the correction of batch renormalisation.

    Raises:
        ArgumentError: there is no such bound, or they contradict each other.
    """
    bounds = dict(bounds or {})
    unknown = sorted(set(bounds) - set(CLIPPING))
    if unknown:
        raise ArgumentError(
            "renorm_clipping has no such bound.", where=where, expected=", ".join(CLIPPING), given=unknown[0]
        )
    low, high, shift = bounds.get("rmin"), bounds.get("rmax"), bounds.get("dmax")
    if (low is not None and high is not None and high < low) or (shift is not None and shift < 0):
        raise ArgumentError(
            "the bounds of renorm_clipping contradict each other.",
            where=where,
            expected="rmin <= rmax and dmax >= 0",
            given=f"rmin={low}, rmax={high}, dmax={shift}",
        )
    return bounds
