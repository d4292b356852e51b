"""`Model`: a layer that can be compiled, trained, evaluated, asked and saved; the functional model too."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from onionskin import data, engines, optimizers, train
from onionskin.base import config
from onionskin.base.errors import ArgumentError, NotBuiltError, OnionskinError
from onionskin.base.registry import LAYERS
from onionskin.base.specs import Spec, dtype_name
from onionskin.base.trees import flatten, map_tree
from onionskin.callbacks import CallbackList, ProgbarLogger
from onionskin.callbacks.progress import check_verbose
from onionskin.layers import Layer
from onionskin.models import checks, files
from onionskin.models.described import Described
from onionskin.models.describing import describes, make_functional
from onionskin.models.quick import QuickCalls
from onionskin.state import draw_seed

# What Keras lets a subclass override; here it would be passed over in silence, so it is refused.
_STEPS = ("train_step", "test_step", "predict_step", "compute_loss", "compute_metrics")


@LAYERS.entry()
class Model(Described):
    """A network with what it takes to train it.

    `Model(inputs, outputs)` makes one from tensors that layers were called on (the functional API);
    a subclass with `call` makes one in code.

    Args:
        inputs: an `Input`, or a list or dictionary of them.
        outputs: a tensor computed from them, or a list or dictionary.
        name: its name.
        kwargs: as for `Layer`.

    Example:
        >>> from onionskin.layers import Dense, Input
        >>> x = Input((4,))
        >>> model = Model(x, Dense(1)(Dense(8, activation="relu")(x)))
        >>> model.count_params()
        49
    """

    _untracked_quick: QuickCalls | None = None
    _untracked_specs: tuple[Any, Any] = (None, None)  # what `_output_specs` found the last time, and for what
    _bearing_nothing: ClassVar[frozenset[str]] = Layer._bearing_nothing | {
        "stop_training", "stop_evaluating", "optimizer", "history", "_objective", "_steps", "_engine",
        "_untracked_order", "_untracked_call_specs", "_untracked_compile_arguments", "_untracked_quick",
        "_untracked_specs",
    }  # fmt: skip

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make a functional model where inputs and outputs are given."""
        functional = cls is Model and (len(args) >= 2 or "inputs" in kwargs or "outputs" in kwargs)
        if functional:
            return super().__new__(LAYERS.get("Functional"))
        return super().__new__(cls)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if describes(args, kwargs):  # a subclass that says its inputs and outputs
            make_functional(type(self), Model, LAYERS.get("Functional"))
            LAYERS.get("Functional").__init__(self, *args, **kwargs)
            return
        if args:
            raise ArgumentError(
                "a model takes its inputs and outputs together.",
                where=type(self).__name__,
                given=f"{len(args)} positional argument{'s' if len(args) > 1 else ''}",
                fix="Model(inputs, outputs), or name=… in a subclass",
            )
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
        self._untracked_quick = QuickCalls()
        self._untracked_order: list[int] | None = None  # seed of the samples' order, epochs trained with it
        self._untracked_call_specs: Any = None  # specs of the inputs, where a model in code was built for them
        self._untracked_compile_arguments: dict[str, Any] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output for arrays or tensors; building the model where needed."""
        quick = self._untracked_quick
        if quick is not None and (outputs := quick.call(self, args, kwargs)) is not None:
            return outputs
        return super().__call__(*args, **kwargs)

    # --- compile ---

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
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
            run_eagerly: not supported.
            steps_per_execution: accepted; the engine runs many steps at a time by itself.
            jit_compile: accepted; everything is compiled, at no cost that one would notice.
            auto_scale_loss: accepted.
            engine: engine to run on; the one that is set where None.

        Raises:
            UnknownNameError: a name is not known.
            ArgumentError: eager running is asked for.
        """
        where = f"compile, model '{self.name}'"
        if run_eagerly:
            raise ArgumentError(
                "running step by step in Python is not supported.", where=where, fix="leave run_eagerly out"
            )
        own = [name for name in _STEPS if hasattr(type(self), name)]
        if own:
            raise ArgumentError(
                f"a {own[0]} of one's own is not supported.",
                where=where,
                fix="write the loop with onionskin.value_and_grad(loss, variables=model.trainable_variables)",
            )
        try:
            self.optimizer = optimizers.get(optimizer)
            self._objective = train.Objective(loss, metrics, weighted_metrics, loss_weights)
        except OnionskinError as error:
            raise error.within(where) from None
        if engine is not None:
            engines.get(engine)
        self._engine = engine
        self._untracked_order = None
        self._steps = train.Steps(self, self._objective, self.optimizer, engine)
        self._untracked_compile_arguments = {
            "optimizer": self.optimizer, "loss": loss, "loss_weights": loss_weights, "metrics": metrics,
            "weighted_metrics": weighted_metrics,
        }  # fmt: skip

    def _forget_programs(self) -> None:
        """Trace anew from here on, as the model has other layers."""
        self._untracked_quick = QuickCalls()
        if self.compiled:
            self._objective.built = False  # the output may have another shape
            self._steps = train.Steps(self, self._objective, self.optimizer, self._engine)
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
        return [self._objective.label(metric) for metric in self.metrics]

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
        if callbacks is not None or steps is not None or not checks.is_one_batch(x, batch_size, verbose):
            quick = None
        if quick is not None and (outputs := quick.predict(self, x)) is not None:
            return outputs
        source = data.make_source(x, batch_size=batch_size, steps=steps, where="predict")
        where = f"predict, model '{self.name}'"
        checks.ensure_built(self, source, where)
        checks.check_inputs(self, source, where)
        hooks = self._hooks(callbacks, check_verbose("predict", verbose), epochs=1, steps=source.steps)
        programs = self._steps if self._steps is not None else train.Steps(self, None, None, self._engine)
        self._steps = programs
        outputs = train.predict(programs, source, hooks)
        if quick is not None and isinstance(source, data.ArraySource):
            specs = [Spec(array.shape, array.dtype.name) for array in source.arrays]
            quick.note(self, x, programs.program("predict", specs, source.unflatten))
        return outputs

    def train_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, class_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Train one step on one batch; returns the loss and metrics so far, as `evaluate` does."""
        return self._on_batch("train", x, y, sample_weight, class_weight, return_dict)

    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """Measure one batch; returns the loss and metrics so far, as `evaluate` does."""
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
        self._steps.program(phase, specs, source.unflatten).run_steps(source.arrays, np.arange(count), count)
        logs = self._objective.results()
        if return_dict:
            return logs
        return list(logs.values()) if len(logs) > 1 else logs["loss"]

    def reset_metrics(self) -> None:
        """Start all metrics anew."""
        if self.compiled:
            self._objective.reset()

    # --- checks before the first step ---

    def _require_compiled(self, what: str) -> None:
        if not self.compiled:
            raise NotBuiltError(
                "the model has not been compiled.",
                where=f"{what}, model '{self.name}'",
                fix="call model.compile(optimizer=…, loss=…) first",
            )

    def _output_specs(self, x: Any, where: str) -> Any:
        """Return the spec of each output for inputs of these specs, through a trace without numbers."""
        leaves, form = flatten(x)
        settings = (tuple(leaves), form, config.traced_settings())
        known, outputs = self._untracked_specs
        if known == (settings, self._edition):
            return outputs
        try:
            arguments = {"training": False} if self._supports_training else {}
            outputs = self.compute_output_spec(x, **arguments)
        except OnionskinError as error:
            raise error.within(where) from None
        self._untracked_specs = ((settings, self._edition), outputs)
        return outputs

    def _output_names(self, outputs: Any) -> list[str]:
        if isinstance(outputs, dict):
            return sorted(outputs)
        count = len(flatten(outputs)[0])
        return ["output"] if count == 1 else [f"output_{index}" for index in range(count)]

    def _build_for(self, x: Any) -> None:
        """Build from the specs of the inputs."""
        self.build(map_tree(lambda spec: spec.shape, x))
        self._output_specs(x, f"model '{self.name}'")
        self._untracked_call_specs = map_tree(lambda spec: Spec((None, *spec.shape[1:]), spec.dtype), x)

    def _build_from(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        super()._build_from(args, kwargs)
        if len(args) == 1 and all(hasattr(one, "shape") for one in flatten(args)[0]):
            self._untracked_call_specs = map_tree(
                lambda one: Spec((None, *one.shape[1:]), dtype_name(one.dtype)), args[0]
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

    # --- keep ---

    def save(self, filepath: Any, overwrite: bool = True, **kwargs: Any) -> None:
        """Save architecture, weights and the state of training to one file; see `models.save_model`."""
        files.save_model(self, filepath, overwrite=overwrite, **kwargs)

    def check_savable(self, filepath: Any, weights_only: bool = False) -> None:
        """Refuse a file name, or a model, that `save` or `save_weights` would refuse; called before training."""
        files.check_savable(self, filepath, weights_only)

    def save_weights(self, filepath: Any, overwrite: bool = True) -> None:
        """Save the weights alone to a `.weights.npz` file."""
        files.save_weights(self, filepath, overwrite)

    def load_weights(self, filepath: Any) -> None:
        """Load weights that `save_weights` wrote; all are checked before one is changed."""
        files.load_weights(self, filepath)

    def to_json(self) -> str:
        """Return the architecture as JSON text."""
        return files.to_json(self)
