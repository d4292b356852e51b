"""`Explained`, the side of a model that is looked into: what it trains by is handed to `explain` as one recording."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from onionskin import data
from onionskin.models import checks

if TYPE_CHECKING:
    from onionskin.explain.checking.report import GradientCheck
    from onionskin.explain.drawing.picture import Drawing
    from onionskin.explain.finding.report import Finding
    from onionskin.explain.peeling.derivation import Peel
    from onionskin.explain.recording import Recording
    from onionskin.explain.walking import Trace


_TARGET = re.compile(r"(y|sample_weight)(\[.*\])?")  # what `data` and `shapes_only` call targets and weights


class Explained:
    """What models are explained, drawn and checked by; models inherit it."""

    def peel(
        self, x: Any, y: Any = None, sample_weight: Any = None, training: bool = True, language: str = "en"
    ) -> Peel:
        """Explain the model from its loss inwards: formulas, local derivatives, the chain rule, and the numbers.

        The loss is that of `compute_loss`; a `train_step` of the user's own is not looked into.

        Args:
            x: a batch.
            y: its targets; without them, and without a loss, the sum of the outputs is explained.
            sample_weight: weights.
            training: what the layers are told.
            language: of the words, "en" or "ko".

        Returns:
            The derivation, which prints itself; see `explain.Peel`.

        Example:
            >>> import onionskin
            >>> import numpy as np
            >>> layer = onionskin.layers.Dense(2, "relu", kernel_initializer="ones", name="hidden")
            >>> model = onionskin.Sequential([onionskin.Input((3,)), layer])
            >>> model.compile("sgd", "mse")
            >>> derivation = model.peel(np.full((1, 3), 0.5), np.ones((1, 2)))
            >>> for row in derivation.unit("hidden", 1)[:2]:
            ...     print(row[0], "=", row[2], "=", row[3])
            Z1[0,1] = 0.5·1 + 0.5·1 + 0.5·1 + 0 = 1.5
            A1[0,1] = relu(1.5) = 1.5
        """
        from onionskin.base.languages import known_language
        from onionskin.explain.peeling.derivation import Peel

        known_language(language, "peel")
        step = self._recording(x, y, sample_weight, where="peel", training=training)
        return Peel(step, language)

    def draw(
        self,
        x: Any = None,
        y: Any = None,
        sample_weight: Any = None,
        *,
        backward: bool | str = True,
        update: bool = False,
        values: bool = True,
        expand: bool | str | Collection[str] | None = False,
        direction: str | None = None,
        style: str = "auto",
        language: str = "en",
        training: bool = True,
        to_file: str | os.PathLike[str] | None = None,
    ) -> Drawing:
        """Draw the step that the model is trained by as a graph: values flow forward, derivatives backward.

        The loss is that of `compute_loss`; a `train_step` of the user's own is not looked into.

        Args:
            x: a batch; None for shapes only, with "N" for the number of samples.
            y: its targets; without them, and without a loss, the sum of the outputs is what is differentiated.
            sample_weight: weights.
            backward: True or "edges" writes the derivatives on the arrows; "nodes" draws the operations that compute
                them; False leaves them out.
            update: the optimizer's operations too, with the backward pass as "nodes".
            values: numbers, where there are some, and not shapes only.
            expand: False shows a box for each layer, True the operations of all; names of layers open these.
            direction: where arrows lead: "TB", "BT", "LR" or "RL"; None for to the right where there is room for it.
            style: "light", "dark", or "auto" for what the reader's screen is set to.
            language: "en" or "ko".
            training: what the layers are told.
            to_file: a file to write too: .svg, .png, .pdf, .html, .dot, .mmd (Mermaid) or .txt.

        Returns:
            The drawing, which a notebook shows and `print` writes as a tree; see `explain.Drawing`.

        Raises:
            NotBuiltError: the model is not built, and no batch says for what; or an update is asked of one that is not
                compiled.
            ArgumentError: an argument cannot be used.
            UnknownNameError: there is no such layer, style or language.

        Example:
            >>> import onionskin
            >>> hidden = onionskin.layers.Dense(3, "relu", name="hidden")
            >>> model = onionskin.Sequential([onionskin.Input((2,)), hidden], name="small")
            >>> model.compile("sgd", "mse")
            >>> [box.title for box in model.draw().diagram.nodes]
            ['y', 'x', 'hidden (Dense)', 'loss', 'C']
        """
        from onionskin.explain.drawing.picture import drawn
        from onionskin.models.shapes_only import SAMPLES, described_step

        model: Any = self
        if update:
            model._require_compiled("draw")
        if x is None:
            step, batch = described_step(model, y, update, training), SAMPLES
        else:
            step = self._recording(x, y, sample_weight, where="draw", update=update, training=training)
            batch = 0
        targets = [label for label in step.labels.values() if _TARGET.fullmatch(label)]
        return drawn(step, backward=backward, update=update, values=values, expand=expand, direction=direction,
                     style=style, language=language, to_file=to_file, silent=targets, batch=batch,
                     where=f"draw, model '{model.name}'")  # fmt: skip

    def _recording(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        *,
        where: str,
        update: bool = False,
        training: bool = True,
        measured: bool = False,
    ) -> Recording:
        """Return one step of training on a batch as a graph that can be looked into; nothing is changed by it.

        Args:
            x: a batch, as for `train_on_batch`.
            y: its targets; without them, and without a loss, the sum of the outputs takes the loss's place.
            sample_weight: weights.
            where: the method that asks, for errors.
            update: whether the optimizer's update is part of it.
            training: what the layers are told.
            measured: whether the metrics are part of it, and the loss as it is shown, its last result.
        """
        from onionskin.explain.recording import record

        model: Any = self
        asked = f"{where}, model '{model.name}'"
        source, trained = self._prepared(x, y, sample_weight, where)

        optimizer = model.optimizer if update and trained and model.trainable_variables else None
        if optimizer is not None:
            optimizer.build(model.trainable_variables)

        def step(*leaves: Any) -> Any:
            inputs, targets, weights = source.unflatten(list(leaves))
            outputs = model(inputs)
            if not trained:
                return outputs
            loss = model.compute_loss(x=inputs, y=targets, y_pred=outputs, sample_weight=weights)
            # An optimizer that scales the loss expects gradients of the scaled one.
            scaled = loss if optimizer is None else optimizer.scale_loss(loss)
            if not measured:
                return scaled, outputs
            model._objective.measure(targets, outputs, weights)
            return scaled, outputs, loss

        return record(
            step,
            source.arrays,
            source.names,
            update=None if optimizer is None else optimizer.apply,
            trained=model.trainable_variables,
            name=model.name,
            training=training,
            where=asked,
        )

    def _prepared(self, x: Any, y: Any, sample_weight: Any, where: str) -> tuple[data.ArraySource, bool]:
        """Return a batch that fits the model, which is built for it, and whether its loss is asked for."""
        model: Any = self
        asked = f"{where}, model '{model.name}'"
        trained = y is not None or model.compiled
        if trained:
            model._require_compiled(where)
        source = data.make_source(x, y, sample_weight, batch_size=checks.samples(x, asked), where=asked)
        if trained:
            checks.prepare(model, source, asked)
        assert isinstance(source, data.ArraySource)
        return source, trained

    def gradient_check(self, x: Any, y: Any = None, sample_weight: Any = None, **settings: Any) -> GradientCheck:
        """Check the gradient that the model is trained by against central differences; nothing is changed by it.

        Args:
            x: a batch.
            y: its targets.
            sample_weight: weights.
            settings: further arguments of `explain.gradient_check`, which says what is raised.

        Returns:
            The check, true where all is right, which prints itself.

        Example:
            >>> import onionskin
            >>> model = onionskin.Sequential([onionskin.Input((2,)), onionskin.layers.Dense(1, "tanh", name="out")])
            >>> model.compile("sgd", "mse")
            >>> check = model.gradient_check(np.ones((3, 2)), np.zeros((3, 1)))
            >>> check.passed, [row.shape for row in check.rows]
            (True, [(2, 1), (1,), (3, 2)])
        """
        from onionskin.explain.checking.differences import gradient_check

        model: Any = self
        given = (x,) if y is None else (x, y)
        return gradient_check(model, *given, sample_weight=sample_weight, **settings)

    def trace_step(self, x: Any, y: Any = None, sample_weight: Any = None, *, language: str = "en") -> Trace:
        """Return every operation of one step of training, in the order in which they run; nothing is changed by it.

        The loss is that of `compute_loss`; a `train_step` of the user's own is not looked into.

        Args:
            x: a batch, as for `train_on_batch`.
            y: its targets; without them, and without a loss, the sum of the outputs takes the loss's place.
            sample_weight: weights.
            language: "en" or "ko", of what is printed.

        Returns:
            A sequence of entries: forward, then backward, then update. `trace["hidden"]` are those of a layer.

        Raises:
            UnknownNameError: there are no words in the language.
            NotBuiltError: there are targets, and the model was not compiled.

        Example:
            >>> import numpy as np
            >>> import onionskin
            >>> model = onionskin.Sequential([onionskin.Input((2,)), onionskin.layers.Dense(1, name="sum")])
            >>> model.set_weights([np.array([[1.0], [2.0]]), np.array([0.5])])
            >>> model.compile("sgd", "mse")
            >>> trace = model.trace_step(np.array([[1.0, 1.0]]), np.array([[2.5]]))
            >>> print(trace["sum"].forward[1])
            %3 = x · sum/kernel = [[1, 1]] · [[1], [2]] = [[3]]
              forward, layer sum, matmul, float32 (1, 1)
              gradient: [[2]]
        """
        from onionskin.base.languages import known_language
        from onionskin.explain.walking import walk

        known_language(language, "trace_step")
        compiled = y is not None or getattr(self, "compiled", False)
        return walk(self._recording(x, y, sample_weight, where="trace_step", update=compiled), language)

    def find_nan(
        self,
        x: Any = None,
        y: Any = None,
        sample_weight: Any = None,
        *,
        batch_size: int | None = None,
        steps: int | None = None,
        class_weight: dict[int, float] | None = None,
        language: str = "en",
    ) -> Finding:
        """Find the first operation of training that makes NaN or infinity, in the batches as they come.

        Training goes on from the weights, slots and seeds as they are, step by step, on copies: the model is not
        changed. After a `fit` that ended with a loss that is not finite, `find_nan()` without data looks at the very
        batches that it failed on.

        Args:
            x: inputs as for `fit`, or a generator of batches; what the last `fit` failed on where None.
            y: targets.
            sample_weight: weights.
            batch_size: samples in a batch, 32 where None.
            steps: the most batches to look at; all where None.
            class_weight: class number → weight of its samples.
            language: "en" or "ko", of the report.

        Returns:
            The report, which is true where something was found.

        Raises:
            NotBuiltError: the model was not compiled.
            ArgumentError: there is no x, and no `fit` has failed.

        Example:
            >>> import numpy as np
            >>> import onionskin
            >>> from onionskin import ops
            >>> logarithm = onionskin.layers.Lambda(ops.log, name="logarithm")
            >>> model = onionskin.Sequential([onionskin.Input((2,)), logarithm, onionskin.layers.Dense(1)])
            >>> model.compile("sgd", "mse")
            >>> report = model.find_nan(np.array([[1.0, 2.0], [3.0, 0.0]]), np.ones((2, 1)), batch_size=1)
            >>> report.layer, report.operation, report.batch, report.inputs
            ('logarithm', 'log', 1, {'x': array([[3., 0.]], dtype=float32)})
        """
        from onionskin.models.searching import find_nan

        return find_nan(self, x, y, sample_weight, batch_size=batch_size, steps=steps, class_weight=class_weight,
                        language=language)  # fmt: skip
