"""PyTorch, eager: batches indexed from a tensor, `inference_mode` for predictions, its own number of threads."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import nn

from benchmarks.tasks import Network, Predicting, Training
from benchmarks.timing import Rival

LIBRARY = torch
ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid}


def _stack(network: Network, weights: list[np.ndarray], output: nn.Module | None) -> Any:
    parts: list[nn.Module] = []
    for place, (rows, columns) in enumerate(pairwise(network.sizes)):
        linear = nn.Linear(rows, columns)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weights[2 * place].T.copy()))
            linear.bias.copy_(torch.from_numpy(weights[2 * place + 1].copy()))
        parts += [linear, ACTIVATIONS[network.hidden]()]
    return nn.Sequential(*parts[:-1], *([output] if output else []))


def _rule(task: Training, model: nn.Module) -> Any:
    if task.optimizer == "sgd":
        return torch.optim.SGD(model.parameters(), lr=task.rate)
    if task.optimizer == "rmsprop":
        return torch.optim.RMSprop(model.parameters(), lr=task.rate, alpha=0.9, eps=1e-7)
    return torch.optim.Adam(model.parameters(), lr=task.rate, eps=1e-7, fused=True)  # faster here; for SGD it is not


def train(task: Training) -> list[Rival]:
    """Train in a plain eager loop that keeps the epoch's mean loss."""
    task = task.for_rival("torch")
    x, t = torch.from_numpy(task.x), torch.from_numpy(task.t)
    output = None
    if task.loss == "squared":
        output, criterion = nn.Sigmoid(), nn.MSELoss()
    elif task.network.output == "sigmoid":
        criterion = nn.BCEWithLogitsLoss()
    else:
        criterion, t = nn.CrossEntropyLoss(), t.argmax(1)
    state: dict[str, Any] = {}

    def prepare() -> None:
        state["model"] = _stack(task.network, task.weights, output)
        state["rule"] = _rule(task, state["model"])

    def run() -> None:
        model, rule, rows = state["model"], state["rule"], len(x)
        for _ in range(task.epochs):
            order = torch.randperm(rows) if task.shuffle else torch.arange(rows)
            total = 0.0
            for taken in order.split(task.batch):
                batch = x[taken]
                if batch.dtype == torch.uint8:
                    batch = batch.float().mul_(1 / 255)
                rule.zero_grad()
                loss = criterion(model(batch), t[taken])
                loss.backward()
                rule.step()
                if task.batch > 1:
                    total += loss.item() * len(taken)
            state["loss"] = total / rows

    def outcome() -> list[np.ndarray]:
        values = [parameter.detach().numpy() for parameter in state["model"].parameters()]
        return [value.T if value.ndim == 2 else value for value in values]

    return [Rival("torch", "PyTorch", run, task.steps, prepare, outcome)]


def predict(task: Predicting) -> dict[str, Rival]:
    """Predict under `inference_mode`, from a tensor to a tensor."""
    model = _stack(task.network, task.weights, nn.Softmax(dim=1)).eval()
    x = torch.from_numpy(task.x)

    def run() -> Any:
        with torch.inference_mode():
            return model(x)

    return {"call": Rival("torch", "PyTorch", run, outcome=lambda: run().numpy(), repeat=True)}
