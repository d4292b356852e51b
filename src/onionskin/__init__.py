"""onionskin: neural networks that you can see through, trained at the speed of the machine.

This file is the public door: each name is loaded when it is first used, so that importing is cheap.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from onionskin.base.doors import unlike_keras
from onionskin.base.registry import load_doors_by

__version__ = "0.1.0"

# Names of rooms below that are defined above them, such as `onionskin.saving.load_model`.
load_doors_by(lambda: [importlib.import_module(f"onionskin.models.{file}") for file in ("files", "objects")])

_ROOMS = (
    "activations",
    "callbacks",
    "classic",
    "config",
    "constraints",
    "datasets",
    "dtype_policies",
    "engines",
    "explain",
    "graph",
    "initializers",
    "interop",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "optimizers",
    "plot",
    "random",
    "regularizers",
    "saving",
    "sklearn",
    "transforms",
    "utils",
)
_NAMES = {
    "DTypePolicy": "onionskin.dtype_policies:DTypePolicy",
    "FloatDTypePolicy": "onionskin.dtype_policies:FloatDTypePolicy",
    "Initializer": "onionskin.initializers:Initializer",
    "Input": "onionskin.layers:Input",
    "InputSpec": "onionskin.layers:InputSpec",
    "Layer": "onionskin.layers:Layer",
    "Loss": "onionskin.losses:Loss",
    "Metric": "onionskin.metrics:Metric",
    "Model": "onionskin.models:Model",
    "Optimizer": "onionskin.optimizers:Optimizer",
    "Regularizer": "onionskin.regularizers:Regularizer",
    "Sequential": "onionskin.models:Sequential",
    "Spec": "onionskin.base.specs:Spec",
    "Variable": "onionskin.state:Variable",
    "define_primitive": "onionskin.prims:define_primitive",
    "draw": "onionskin.explain:draw",
    "grad": "onionskin.runtime:grad",
    "gradient_check": "onionskin.explain:gradient_check",
    "jit": "onionskin.runtime:jit",
    "jvp": "onionskin.runtime:jvp",
    "peel": "onionskin.explain:peel",
    "set_engine": "onionskin.engines:set_engine",
    "trace": "onionskin.runtime:trace",
    "value_and_grad": "onionskin.runtime:value_and_grad",
}

__all__ = [
    "DTypePolicy",
    "FloatDTypePolicy",
    "Initializer",
    "Input",
    "InputSpec",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Optimizer",
    "Regularizer",
    "Sequential",
    "Spec",
    "Variable",
    "__version__",
    "activations",
    "callbacks",
    "classic",
    "config",
    "constraints",
    "datasets",
    "define_primitive",
    "draw",
    "dtype_policies",
    "engines",
    "explain",
    "grad",
    "gradient_check",
    "graph",
    "initializers",
    "interop",
    "jit",
    "jvp",
    "layers",
    "losses",
    "metrics",
    "models",
    "ops",
    "optimizers",
    "peel",
    "plot",
    "random",
    "regularizers",
    "saving",
    "set_engine",
    "sklearn",
    "trace",
    "transforms",
    "utils",
    "value_and_grad",
]

if TYPE_CHECKING:
    from onionskin import activations as activations
    from onionskin import callbacks as callbacks
    from onionskin import classic as classic
    from onionskin import config as config
    from onionskin import constraints as constraints
    from onionskin import datasets as datasets
    from onionskin import dtype_policies as dtype_policies
    from onionskin import engines as engines
    from onionskin import explain as explain
    from onionskin import graph as graph
    from onionskin import initializers as initializers
    from onionskin import interop as interop
    from onionskin import layers as layers
    from onionskin import losses as losses
    from onionskin import metrics as metrics
    from onionskin import models as models
    from onionskin import ops as ops
    from onionskin import optimizers as optimizers
    from onionskin import plot as plot
    from onionskin import random as random
    from onionskin import regularizers as regularizers
    from onionskin import saving as saving
    from onionskin import sklearn as sklearn
    from onionskin import transforms as transforms
    from onionskin import utils as utils
    from onionskin.base.specs import Spec as Spec
    from onionskin.dtype_policies import DTypePolicy as DTypePolicy
    from onionskin.dtype_policies import FloatDTypePolicy as FloatDTypePolicy
    from onionskin.engines import set_engine as set_engine
    from onionskin.explain import draw as draw
    from onionskin.explain import gradient_check as gradient_check
    from onionskin.explain import peel as peel
    from onionskin.initializers import Initializer as Initializer
    from onionskin.layers import Input as Input
    from onionskin.layers import InputSpec as InputSpec
    from onionskin.layers import Layer as Layer
    from onionskin.losses import Loss as Loss
    from onionskin.metrics import Metric as Metric
    from onionskin.models import Model as Model
    from onionskin.models import Sequential as Sequential
    from onionskin.optimizers import Optimizer as Optimizer
    from onionskin.prims import define_primitive as define_primitive
    from onionskin.regularizers import Regularizer as Regularizer
    from onionskin.runtime import grad as grad
    from onionskin.runtime import jit as jit
    from onionskin.runtime import jvp as jvp
    from onionskin.runtime import trace as trace
    from onionskin.runtime import value_and_grad as value_and_grad
    from onionskin.state import Variable as Variable


# What Keras has under these names, and what to use here.
_INSTEAD = {
    "applications": "pretrained networks of convolutions come later; load_model reads a .keras file of dense layers",
    "backend": "there is one backend; onionskin.ops has its functions, and set_engine() chooses what runs them",
    "device": "everything runs on the processor",
    "distillation": "train with a loss of your own, in Model.compute_loss",
    "distribution": "everything runs on one machine",
    "export": "save a .keras file, which Keras exports",
    "Function": "use onionskin.Model(inputs, outputs)",
    "KerasTensor": "use onionskin.Input, whose tensors are nodes of a graph",
    "legacy": "what Keras kept of older versions is not there",
    "mixed_precision": "use onionskin.dtype_policies and onionskin.config.set_dtype_policy",
    "name_scope": "give layers their names: name=…",
    "Operation": "use onionskin.define_primitive, or a layer",
    "preprocessing": "use onionskin.utils and the preprocessing layers",
    "Quantizer": "quantization is not there; use dtype='mixed_float16'",
    "quantizers": "quantization is not there; use dtype='mixed_float16'",
    "remat": "values are kept only as long as a plan needs them; call the function itself",
    "RematScope": "values are kept only as long as a plan needs them; leave it out",
    "StatelessScope": "use Layer.stateless_call and Optimizer.stateless_apply",
    "SymbolicScope": "use onionskin.trace",
    "tree": "use jax.tree or optree",
    "version": "use onionskin.__version__",
    "visualization": "use onionskin.plot",
    "wrappers": "use onionskin.sklearn.MLPClassifier and MLPRegressor",
}


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f"onionskin.{name}")
    if name in _NAMES:
        module, _, attribute = _NAMES[name].partition(":")
        value = getattr(importlib.import_module(module), attribute)
        globals()[name] = value  # found here the next time
        return value
    return unlike_keras(__name__, _INSTEAD)(name)


def __dir__() -> list[str]:
    return sorted(__all__)
