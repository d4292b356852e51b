"""`Trainer`, the half of a model that is compiled, trained, measured and asked; `model.py` has the other."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from onionskin import data, engines, optimizers, train
from onionskin.base.errors import ArgumentError, NotBuiltError, OnionskinError
from onionskin.base.specs import Spec
from onionskin.callbacks import CallbackList, ProgbarLogger
from onionskin.callbacks.progress import check_verbose
from onionskin.data import unpack
from onionskin.models import checks
from onionskin.models.described import Described
from onionskin.models.quick import QuickCalls
from onionskin.runtime import BoundProgram
from onionskin.state import draw_seed


class Trainer(Described):
    """What a model is trained by; models inherit it."""

    _untracked_quick: QuickCalls | None = None
    _untracked_failed: train.FailedBatches | None = None  # what the last fit ended on, where its loss was not finite
    _bearing_nothing: ClassVar[frozenset[str]] = Described._bearing_nothing | {
        "stop_training", "stop_evaluating", "optimizer", "history", "_objective", "_steps", "_engine",
        "_run_eagerly", "_steps_per_execution", "_untracked_order", "_untracked_compile_arguments", "_untracked_quick",
        "_untracked_failed",
    }  # fmt: skip
    _not_copied: ClassVar[frozenset[str]] = Described._not_copied | {"_untracked_failed"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._begin_model()

    def _begin_model(self) -> None:
        """Set what a model has beside a layer: how it is trained, and what was traced of it."""
        self.stop_training = False
        self.optimizer: Any = None
        self.history: Any = None
        self._objective: Any = None
        self._steps: Any = None
        self._engine: str | None = None
        self._run_eagerly, self._steps_per_execution = False, 1
        self._untracked_quick = QuickCalls()
        self._untracked_order: list[int] | None = None  # seed of the samples' order, epochs trained with it
        self._untracked_compile_arguments: dict[str, Any] = {}

    # --- compile ---

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: Any = 1,
        jit_compile: Any = "auto",
        auto_scale_loss: bool = True,
        engine: str | None = None,
    ) -> None:
        """Say how the model is trained and measured.

        Args:
            optimizer: an optimizer or its name.
            loss: a loss or its name, or a list or dictionary of them by output.
            loss_weights: factors of the losses of several outputs.
            metrics: list of metrics or names, such as ["accuracy"].
            weighted_metrics: metrics that use the sample weights.
            run_eagerly: run every step in Python, on numbers, so that a debugger can stop in `call`; slow.
            steps_per_execution: batches between two calls of a callback's batch hooks; where no callback has any,
                the engine runs many steps at a time by itself.
            jit_compile: True, False or "auto", kept for files; everything is compiled unless it runs eagerly.
            auto_scale_loss: with the policy "mixed_float16", wrap the optimizer in a `LossScaleOptimizer`, so that
                small gradients do not become zero.
            engine: engine to run on; the one that is set where None.

        Raises:
            UnknownNameError: a name is not known.
            ArgumentError: an argument cannot be used.
        """
        where = f"compile, model '{self.name}'"
        many = 1 if steps_per_execution == "auto" else steps_per_execution
        self._steps_per_execution = checks.count("steps_per_execution", many, where, 1)
        self._run_eagerly = bool(run_eagerly)
        if jit_compile not in (True, False, None, "auto"):
            raise ArgumentError("jit_compile cannot be this.", where=where, expected="True, False or 'auto'",
                                given=repr(jit_compile), fix="leave it out; steps are compiled unless "
                                "run_eagerly=True")  # fmt: skip
        try:
            self.optimizer = optimizers.get(optimizer)
            scaled = isinstance(self.optimizer, optimizers.LossScaleOptimizer)
            if auto_scale_loss and not scaled and self.dtype_policy.name == "mixed_float16":
                self.optimizer = optimizers.LossScaleOptimizer(self.optimizer, name="loss_scale_optimizer")
            self._objective = train.Objective(loss, metrics, weighted_metrics, loss_weights)
        except OnionskinError as error:
            raise error.within(where) from None
        if engine is not None:
            engines.get(engine)
        self._engine = engine
        self._untracked_order = None
        self._steps = self._new_steps()
        self._untracked_compile_arguments = {
            "optimizer": self.optimizer, "loss": loss, "loss_weights": loss_weights, "metrics": metrics,
            "weighted_metrics": weighted_metrics, "run_eagerly": self._run_eagerly,
            "steps_per_execution": self._steps_per_execution, "jit_compile": jit_compile,
        }  # fmt: skip

    def _new_steps(self) -> train.Steps:
        return train.Steps(
            self, self._objective, self.optimizer, self._engine, self._run_eagerly, self._steps_per_execution
        )

    @property
    def run_eagerly(self) -> bool:
        """Whether every step runs in Python, on numbers, for the debugger."""
        return self._run_eagerly

    @run_eagerly.setter
    def run_eagerly(self, value: bool) -> None:
        self._run_eagerly = bool(value)
        self._steps = self._new_steps() if self.compiled else None

    @property
    def steps_per_execution(self) -> int:
        """Batches between two calls of a callback's batch hooks."""
        return self._steps_per_execution

    @property
    def loss(self) -> Any:
        """What `compile` was given as loss."""
        return self._untracked_compile_arguments.get("loss")

    @property
    def jit_compile(self) -> Any:
        """What `compile` was given as jit_compile."""
        return self._untracked_compile_arguments.get("jit_compile", "auto")

    def _forget_programs(self) -> None:
        """Trace anew from here on, as the model has other layers."""
        self._untracked_quick = QuickCalls()
        if self.compiled:
            self._objective.built = False  # the output may have another shape
            self._steps = self._new_steps()
        else:
            self._steps = None

    @property
    def compiled(self) -> bool:
        """Whether `compile` was called."""
        return self._objective is not None

    @property
    def metrics(self) -> list[Any]:
        """The metrics, the loss first, known once the model has seen data; then those set as attributes."""
        compiled = self._objective.metrics if self.compiled else []
        return [*compiled, *self._metrics_within()]

    @property
    def metrics_names(self) -> list[str]:
        """Names of the metrics."""
        return [self._label(metric) for metric in self.metrics]

    def _label(self, metric: Any) -> str:
        return self._objective.label(metric) if self.compiled else str(metric.name)

    # --- train ---

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: Any = True,
        class_weight: dict[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: Any = 1,
    ) -> train.History:
        """Train for some epochs.

        Args:
            x: inputs: array (samples, …), list or dictionary of them, DataFrame, or a generator of batches.
            y: targets (samples, …); none with a generator.
            batch_size: samples in a step, 32 where None.
            epochs: number of the last epoch.
            verbose: 0 silent, 1 progress bar, 2 one line an epoch; "auto" is 1.
            callbacks: callbacks.
            validation_split: share of the samples, from the end, to validate on instead of training.
            validation_data: (x, y) or (x, y, sample_weight) to validate on after each epoch.
            shuffle: new order of the samples each epoch; "batch" for whole batches.
            class_weight: class number → weight of its samples.
            sample_weight: weight of each sample (samples,).
            initial_epoch: epoch to begin at, from 0.
            steps_per_epoch: steps in an epoch; all where None.
            validation_steps: steps of validation; all where None.
            validation_batch_size: its batch size; the training's where None.
            validation_freq: validate every so many epochs, or after the epochs of a list.

        Returns:
            The history of losses and metrics.

        Raises:
            NotBuiltError: the model was not compiled.
            DataError: the data cannot be trained on; says where and why.
            ShapeError: shapes do not fit; names the layer.
            NumericError: the loss is no longer finite.
        """
        where = f"fit, model '{self.name}'"
        self._require_compiled("fit")
        epochs, initial_epoch = (
            checks.count("epochs", epochs, where, 1),
            checks.count("initial_epoch", initial_epoch, where, 0),
        )
        checks.check_frequency(validation_freq, where)
        shown = check_verbose("fit", verbose)
        if validation_split and validation_data is None:
            (x, y, sample_weight), validation_data = data.split_validation(x, y, sample_weight, validation_split)
        source = data.make_source(
            x, y, sample_weight, batch_size=batch_size, shuffle=shuffle, class_weight=class_weight,
            steps=steps_per_epoch, where="fit",
        )  # fmt: skip
        checks.prepare(self, source, where)
        validate = None
        if validation_data is not None:
            parts = data.unpack(validation_data)
            held = data.make_source(
                *parts,
                batch_size=validation_batch_size or batch_size,
                steps=validation_steps,
                where="fit, validation_data",
            )
            checks.prepare(self, held, f"{where}, validation_data")
        history = train.History()
        hooks = self._hooks(callbacks, shown, epochs=epochs, steps=source.steps, history=history)
        if validation_data is not None:
            validate = lambda: train.evaluate(self._steps, held, hooks)  # noqa: E731 - one line beside its like
        if self._untracked_order is None:
            self._untracked_order = [draw_seed(), 0]
        train.fit(
            self._steps, source, hooks, epochs=epochs, initial_epoch=initial_epoch, order=self._untracked_order,
            validate=validate, validation_freq=validation_freq,
        )  # fmt: skip
        self.history = history
        return history

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Measure loss and metrics on data.

        Arguments as in `fit`.

        Returns:
            The loss where there are no metrics; else a list, the loss first; with `return_dict`, a dictionary.
        """
        self._require_compiled("evaluate")
        source = data.make_source(x, y, sample_weight, batch_size=batch_size, steps=steps, where="evaluate")
        checks.prepare(self, source, f"evaluate, model '{self.name}'")
        hooks = self._hooks(callbacks, check_verbose("evaluate", verbose), epochs=1, steps=source.steps)
        logs = train.evaluate(self._steps, source, hooks)
        if return_dict:
            return logs
        return list(logs.values()) if len(logs) > 1 else logs["loss"]

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """Return the outputs for inputs, computed batch by batch.

        Args:
            x: inputs, as in `fit`.
            batch_size: samples in a batch, 32 where None.
            verbose: as in `fit`.
            steps: batches to read; all where None.
            callbacks: callbacks.

        Returns:
            Array of shape (samples, …), in the structure that the model returns.
        """
        quick = self._untracked_quick
        if (
            self._run_eagerly
            or callbacks is not None
            or steps is not None
            or not checks.is_one_batch(x, batch_size, verbose)
        ):
            quick = None
        if quick is not None and (outputs := quick.predict(self, x)) is not None:
            return outputs
        source = data.make_source(x, batch_size=batch_size, steps=steps, where="predict")
        where = f"predict, model '{self.name}'"
        checks.ensure_built(self, source, where)
        checks.check_inputs(self, source, where)
        hooks = self._hooks(callbacks, check_verbose("predict", verbose), epochs=1, steps=source.steps)
        programs = self._steps = self._new_steps() if self._steps is None else self._steps
        outputs = train.predict(programs, source, hooks)
        if quick is not None and isinstance(source, data.ArraySource):
            specs = [Spec(array.shape, array.dtype.name) for array in source.arrays]
            program = programs.program("predict", specs, source.unflatten)
            if isinstance(program, BoundProgram):
                quick.note(self, x, program)
        return outputs

    def train_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, class_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Train one step on one batch; returns its loss and metrics, as `evaluate` does."""
        return self._on_batch("train", x, y, sample_weight, class_weight, return_dict)

    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """Measure one batch; returns its loss and metrics, as `evaluate` does."""
        return self._on_batch("test", x, y, sample_weight, None, return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """Return the outputs for one batch."""
        return self.predict(x, batch_size=checks.samples(x, f"predict_on_batch, model '{self.name}'"), verbose=0)

    def _on_batch(self, phase: str, x: Any, y: Any, weight: Any, class_weight: Any, return_dict: bool) -> Any:
        where = f"{phase}_on_batch"
        self._require_compiled(where)
        count = checks.samples(x, f"{where}, model '{self.name}'")
        source = data.make_source(x, y, weight, batch_size=count, class_weight=class_weight, where=where)
        checks.prepare(self, source, f"{where}, model '{self.name}'")
        assert isinstance(source, data.ArraySource)
        specs = [Spec((count, *array.shape[1:]), array.dtype.name) for array in source.arrays]
        program = self._steps.program(phase, specs, source.unflatten)
        self.reset_metrics()
        results = program.run_steps(source.arrays, np.arange(count), count)
        logs = train.reported(program, results) if self._steps.has_own(phase) else train.figures(self)
        if return_dict:
            return logs
        return list(logs.values()) if len(logs) > 1 else logs["loss"]

    def reset_metrics(self) -> None:
        """Start all metrics anew."""
        for metric in self.metrics:
            metric.reset_state()

    # --- what a step consists of; a subclass may write any of it anew, with `onionskin.ops` ---

    @train.standard
    def train_step(self, data: Any) -> dict[str, Any]:
        """Train on one batch; becomes part of the compiled step, on tensors, or runs on arrays with `run_eagerly`.

        Args:
            data: the batch as it comes: (x, y), (x, y, sample_weight), or x alone.

        Returns:
            The figures to report, by name.

        Example:
            >>> import onionskin
            >>> class Halved(onionskin.Model):
            ...     def __init__(self):
            ...         super().__init__()
            ...         self.dense = onionskin.layers.Dense(1)
            ...     def call(self, x):
            ...         return self.dense(x)
            ...     def train_step(self, data):
            ...         x, y = data
            ...         def loss():
            ...             return 0.5 * self.compute_loss(x, y, self(x, training=True))
            ...         value, gradients = onionskin.value_and_grad(loss, variables=self.trainable_variables)()
            ...         self.optimizer.apply(gradients, self.trainable_variables)
            ...         return {"loss": value}
            >>> model = Halved()
            >>> model.compile("sgd", "mse")
            >>> history = model.fit(np.ones((4, 2)), np.ones((4, 1)), epochs=3, verbose=0)
            >>> len(history.history["loss"])
            3
        """
        return self._steps.train_step(*unpack(data))

    @train.standard
    def test_step(self, data: Any) -> dict[str, Any]:
        """Measure one batch; arguments and result as for `train_step`."""
        return self._steps.test_step(*unpack(data))

    @train.standard
    def predict_step(self, data: Any) -> Any:
        """Return the outputs for one batch (x, or a tuple whose first part it is)."""
        return self(unpack(data)[0])

    @train.standard
    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """Return the loss of one batch: what `compile` was given, and what layers add.

        Args:
            x: inputs, which only a subclass's own loss uses.
            y: targets.
            y_pred: outputs of the model.
            sample_weight: weights.
            training: whether it is trained by.

        Raises:
            ArgumentError: there is no loss.
        """
        return self._objective.loss(y, y_pred, sample_weight, self.losses)

    @train.standard
    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Bring the metrics up to date with one batch (arguments as for `compute_loss`), and return them by name."""
        self._objective.measure(y, y_pred, sample_weight)
        return self.get_metrics_result()

    def get_metrics_result(self) -> dict[str, Any]:
        """Return the value of every metric, by name; a metric that gives a dictionary gives several."""
        found: dict[str, Any] = {}
        for metric in self.metrics:
            value = metric.result()
            found.update(value if isinstance(value, dict) else {self._label(metric): value})
        return found

    # --- checks before the first step ---

    def _require_compiled(self, what: str) -> None:
        if not self.compiled:
            raise NotBuiltError(
                "the model has not been compiled.",
                where=f"{what}, model '{self.name}'",
                fix="call model.compile(optimizer=…, loss=…) first",
            )

    def _hooks(self, callbacks: Any, verbose: int, history: Any = None, **params: Any) -> CallbackList:
        if isinstance(callbacks, CallbackList):
            return callbacks
        hooks = CallbackList(callbacks, model=self, params={"verbose": verbose, **params})
        if history is not None:
            hooks.append(history)
        if verbose:
            hooks.append(ProgbarLogger())
        return hooks
