"""Training an estimator by "sgd" or "adam": epochs of compiled steps, and scikit-learn's rules of when to stop."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from onionskin.base.errors import require
from onionskin.sklearn.hooks import Hooks
from onionskin.sklearn.network import Network

require("sklearn", "sklearn", "estimators")
from sklearn.base import is_classifier  # noqa: E402
from sklearn.exceptions import ConvergenceWarning  # noqa: E402
from sklearn.model_selection import train_test_split  # noqa: E402

CHUNK_SECONDS = 0.1  # how long the engine runs before progress is shown
CHUNK_PLACES = 2**20  # samples in the order of a chunk
GROWTH = 8  # of a chunk over the one before
_PART = 2**22  # elements of a sparse matrix that are written out at a time


class Training:
    """One call of `fit` or `partial_fit`.

    Args:
        estimator: whose settings, weights and histories are read and brought up to date.
        network: its network.
        x: inputs (n, features), dense or CSR.
        y: targets (n, outputs).
        weight: of the samples (n,), or None.
        held_out: inputs, targets and weights that the validation score is taken on, or None.
    """

    def __init__(self, estimator: Any, network: Network, x: Any, y: Any, weight: Any, held_out: Any = None) -> None:
        self.estimator, self.network, self.held_out = estimator, network, held_out
        self.optimizer = estimator._optimizer
        self.rule = network.rule(self.optimizer.rule)
        self.x = np.ascontiguousarray(x, network.recipe.dtype) if isinstance(x, np.ndarray) else x
        self.rest = [y] if weight is None else [y, weight]
        self.count = x.shape[0]
        self.batch = _batch_size(estimator.batch_size, self.count)
        self.values = network.start(estimator.coefs_, estimator.intercepts_, estimator._others)
        self.values[network.alpha] = np.array(estimator.alpha, network.recipe.dtype)
        self.values.update(self.optimizer.numbers(self.rule))
        self.order = np.arange(self.count)
        self._programs: dict[int, Any] = {}
        self.stopping = held_out is not None and estimator.early_stopping
        if held_out is not None and estimator.validation_scores_ is None:
            estimator.validation_scores_, estimator.best_validation_score_ = [], -np.inf
        self.hooks: Any = Hooks(estimator, network) if estimator.callbacks else None

    def go(self, once: bool) -> None:
        """Train until the estimator's rules say stop, or for one epoch."""
        estimator = self.estimator
        estimator.n_iter_ = 0
        most = 1 if once else estimator.max_iter
        growth = 1
        if self.hooks is not None:
            self.hooks.begin(self.values, most)
        try:
            while estimator.n_iter_ < most:
                began = time.perf_counter()
                epochs = min(growth, most - estimator.n_iter_, self._certain())
                losses = self._epochs(epochs)
                if self._ends(losses) or (self.hooks is not None and self.hooks.model.stop_training):
                    break
                if estimator.n_iter_ == estimator.max_iter and not once:
                    warnings.warn(
                        f"Stochastic Optimizer: Maximum iterations ({estimator.max_iter}) reached and the "
                        "optimization hasn't converged yet.",
                        ConvergenceWarning,
                        stacklevel=2,
                    )
                seconds = (time.perf_counter() - began) / epochs
                growth = max(1, min(growth * GROWTH, int(CHUNK_SECONDS / seconds), CHUNK_PLACES // self.count))
        except KeyboardInterrupt:
            warnings.warn("Training interrupted by user.", stacklevel=2)
        finally:
            if self.hooks is not None:
                self.hooks.end(self.values)
            self._write_back()

    def _certain(self) -> int:
        """Return for how many epochs nothing can stop training or change its rate."""
        estimator = self.estimator
        if self.held_out is not None or self.hooks is not None or self.optimizer.changes_each_epoch:
            return 1
        left = estimator.n_iter_no_change + 1 - estimator._no_improvement_count
        return estimator.max_iter if left == np.inf else max(1, int(left))

    def _epochs(self, epochs: int) -> list[float]:
        """Run some epochs; returns the mean loss of each."""
        if self.hooks is not None:
            self.hooks.begin_epoch()
        whole = self.count // self.batch * self.batch
        if whole == self.count:
            order = np.concatenate([self._next_order() for _ in range(epochs)]) if epochs > 1 else self._next_order()
            losses = self._steps(order, self.batch).reshape(epochs, -1)
            return list(losses.sum(1) * (self.batch / self.count))
        found = []
        for _ in range(epochs):
            order = self._next_order()
            loss = self._steps(order[:whole], self.batch).sum() * self.batch
            loss += self._steps(order[whole:], self.count - whole)[0] * (self.count - whole)
            found.append(loss / self.count)
        return found

    def _next_order(self) -> np.ndarray:
        if self.estimator.shuffle:
            places = np.arange(self.count)
            self.estimator._random_state.shuffle(places)
            self.order = self.order[places]
        return self.order

    def _steps(self, order: np.ndarray, batch: int) -> np.ndarray:
        """Run a step for each batch; returns the losses, in float64."""
        program = self._programs.get(batch)
        if program is None:
            program = self._programs[batch] = self.network.step(self.optimizer.rule, batch, len(self.rest) > 1)
        changed, values = program.pure.changed, self.values
        fixed = [values[one] for one in program.pure.read]
        losses = []
        for columns, places in self._pieces(order, batch):
            if self.hooks is not None and self.hooks.batches:
                losses += self._watched(program.program, columns, places, batch, changed, fixed)
                continue
            state, results = program.program.run_steps([values[one] for one in changed], fixed, columns, places, batch)
            values.update(zip(changed, state, strict=True))
            losses.append(results[0])
        return (losses[0] if len(losses) == 1 else np.concatenate(losses)).astype(np.float64, copy=False)

    def _watched(
        self, program: Any, columns: Any, places: np.ndarray, batch: int, changed: Any, fixed: Any
    ) -> list[np.ndarray]:
        """Run step after step, with the callbacks told of each; returns the losses."""
        losses, values = [], self.values
        for start in range(0, len(places), batch):
            self.hooks.begin_batch()
            state, results = program.run_steps(
                [values[one] for one in changed], fixed, columns, places[start : start + batch], batch
            )
            values.update(zip(changed, state, strict=True))
            self.hooks.end_batch(values, float(results[0][0]))
            losses.append(results[0])
        return losses

    def _pieces(self, order: np.ndarray, batch: int) -> Iterator[tuple[list[np.ndarray], np.ndarray]]:
        """Give the columns and which rows of them make up the batches; sparse rows are written out piece by piece."""
        if isinstance(self.x, np.ndarray):
            yield [self.x, *self.rest], order
            return
        most = max(1, _PART // max(1, self.x.shape[1] * batch)) * batch
        for start in range(0, len(order), most):
            part = order[start : start + most]
            dense = np.ascontiguousarray(self.x[part].toarray(), self.network.recipe.dtype)
            yield [dense, *[one[part] for one in self.rest]], np.arange(len(part))

    def _ends(self, losses: list[float]) -> bool:
        """Note the losses of some epochs; tells whether training ends with the last of them."""
        estimator, verbose = self.estimator, self.estimator.verbose
        for loss in losses:
            estimator.n_iter_ += 1
            estimator.loss_ = loss
            estimator.t_ += self.count
            estimator.loss_curve_.append(loss)
            if verbose:
                print(f"Iteration {estimator.n_iter_}, loss = {loss:.8f}")
            self._count_no_improvement()
            if self.hooks is not None:
                self.hooks.end_epoch(self.values)
            if self.optimizer.end_epoch(estimator.t_):
                self._renew()
        if estimator._no_improvement_count <= estimator.n_iter_no_change:
            return False
        what = "Training loss did not improve" if not self.stopping else "Validation score did not improve"
        reason = f"{what} more than tol={estimator.tol:f} for {estimator.n_iter_no_change:.0f} consecutive epochs."
        if self.optimizer.stops(reason, verbose):
            return True
        estimator._no_improvement_count = 0
        self._renew()
        return False

    def _count_no_improvement(self) -> None:
        estimator = self.estimator
        score = None if self.held_out is None else self._validation_score()
        if score is None or not self.stopping:
            loss = estimator.loss_
            worse = loss > estimator.best_loss_ - estimator.tol
            estimator.best_loss_ = min(estimator.best_loss_, loss)  # of NaN, the one before
        else:
            worse = score < estimator.best_validation_score_ + estimator.tol
            if score > estimator.best_validation_score_:
                estimator._best = [self.values[one] for one in self._weights()]
        if score is not None:
            estimator.best_validation_score_ = max(estimator.best_validation_score_, score)
        estimator._no_improvement_count = estimator._no_improvement_count + 1 if worse else 0

    def _validation_score(self) -> float:
        """Return the score on what is held out, and note it."""
        x, y, weight = self.held_out
        score = self.estimator._score_of(self.network.predict(self.values, x), y, weight)
        self.estimator.validation_scores_.append(score)
        if self.estimator.verbose:
            print(f"Validation score: {score:f}")
        return score

    def _renew(self) -> None:
        """Give the compiled step the rate that was set."""
        self.values[self.rule.rate] = np.array(self.optimizer.learning_rate, self.rule.rate.dtype)

    def _weights(self) -> list[Any]:
        return [*self.network.kernels, *self.network.biases, *self.network.others]

    def _write_back(self) -> None:
        """Give the estimator its new weights; those of the best score where one was taken."""
        estimator, depth = self.estimator, len(self.network.kernels)
        weights = [self.values[one] for one in self._weights()]
        if self.stopping and estimator._best is not None:
            weights = estimator._best
        estimator.coefs_, estimator.intercepts_ = list(weights[:depth]), list(weights[depth : 2 * depth])
        estimator._others = list(weights[2 * depth :])
        self.optimizer.take(self.rule, self.values)


def split(estimator: Any, x: Any, y: np.ndarray, weight: np.ndarray | None) -> tuple[Any, Any]:
    """Return (x, y, weight) to train on and (x, y, weight) to score on, the classes in equal shares.

    Raises:
        ValueError: fewer than 2 samples would be left to score on.
    """
    one_label = is_classifier(estimator) and y.shape[1] == 1
    given = [x, y.astype(bool) if is_classifier(estimator) else y]
    given += [] if weight is None else [weight]
    parts = train_test_split(
        *given,
        random_state=estimator._random_state,
        test_size=estimator.validation_fraction,
        stratify=given[1] if one_label else None,
    )
    train, held = parts[0::2], parts[1::2]
    if held[0].shape[0] < 2:
        raise ValueError("The validation set is too small. Increase 'validation_fraction' or the size of your dataset.")
    parts = [part if len(part) > 2 else [*part, None] for part in (train, held)]
    return tuple((one[0], one[1].astype(y.dtype), one[2]) for one in parts)  # type: ignore[return-value]


def _batch_size(given: Any, count: int) -> int:
    if given == "auto":
        return min(200, count)
    if given > count:
        warnings.warn(
            "Got `batch_size` less than 1 or larger than sample size. It is going to be clipped", stacklevel=2
        )
    return int(min(given, count))
