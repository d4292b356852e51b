"""Compiled programs and the functions that users make of functions: jit, grad, value_and_grad, jvp."""

from onionskin.runtime.directions import jvp as jvp
from onionskin.runtime.eager import EagerProgram as EagerProgram
from onionskin.runtime.gradients import grad as grad
from onionskin.runtime.gradients import value_and_grad as value_and_grad
from onionskin.runtime.jitted import jit as jit
from onionskin.runtime.jitted import trace as trace
from onionskin.runtime.program import BoundProgram as BoundProgram
