"""`Explained`, the side of a model that is looked into: what it trains by is handed to `explain` as one recording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onionskin import data
from onionskin.models import checks

if TYPE_CHECKING:
    from onionskin.explain.peeling import Peel
    from onionskin.explain.recording import Recording


class Explained:
    """What models are explained, drawn and checked by; models inherit it."""

    def peel(
        self, x: Any, y: Any = None, sample_weight: Any = None, training: bool = True, language: str = "en"
    ) -> Peel:
        """Explain the model from its loss inwards: formulas, local derivatives, the chain rule, and the numbers.

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
        from onionskin.explain.peeling import Peel

        step = self._recording(x, y, sample_weight, where="peel", training=training)
        return Peel(step, language)

    def _recording(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        *,
        where: str,
        update: bool = False,
        training: bool = True,
    ) -> Recording:
        """Return one step of training on a batch as a graph that can be looked into; nothing is changed by it.

        Args:
            x: a batch, as for `train_on_batch`.
            y: its targets; without them, and without a loss, the sum of the outputs takes the loss's place.
            sample_weight: weights.
            where: the method that asks, for errors.
            update: whether the optimizer's update is part of it.
            training: what the layers are told.
        """
        from onionskin.explain.recording import record

        model: Any = self
        asked = f"{where}, model '{model.name}'"
        trained = y is not None or model.compiled
        if trained:
            model._require_compiled(where)
        source = data.make_source(x, y, sample_weight, batch_size=checks.samples(x, asked), where=asked)
        if trained:
            checks.prepare(model, source, asked)
        assert isinstance(source, data.ArraySource)

        def step(*leaves: Any) -> Any:
            inputs, targets, weights = source.unflatten(list(leaves))
            outputs = model(inputs)
            if not trained:
                return outputs
            return model.compute_loss(x=inputs, y=targets, y_pred=outputs, sample_weight=weights), outputs

        optimizer = model.optimizer if update and trained and model.trainable_variables else None
        if optimizer is not None:
            optimizer.build(model.trainable_variables)
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
