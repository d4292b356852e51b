"""Small programs of the native executor, built and run in one call, for the tests of `_ext`."""

from __future__ import annotations

import os
import signal
import time

import numpy as np
import pytest

_ext = pytest.importorskip("onionskin.engines.native._ext", reason="the native engine is not built")

_DTYPES = ("bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64")
CODES = {name: code for code, name in enumerate(_DTYPES)}
INPUT, CONSTANT, ARENA, OUTPUT = range(4)
OPS = _ext.opcodes()


@pytest.fixture(params=_ext.isas())
def isa(request):
    """Run a test with each instruction set that the processor has."""
    before = _ext.isa()
    _ext.set_isa(request.param)
    yield request.param
    _ext.set_isa(before)


@pytest.fixture
def threads():
    """Give a function that sets the number of threads; OpenMP's own number is back afterwards."""
    yield _ext.set_threads
    _ext.set_threads(0)


def build(step, inputs, outputs, **arguments):
    """Return a program of one step; outputs are (shape, dtype). Values: inputs first, then outputs."""
    values = [(CODES[x.dtype.name], list(x.shape), INPUT, i) for i, x in enumerate(inputs)]
    values += [(CODES[np.dtype(dtype).name], list(shape), OUTPUT, i) for i, (shape, dtype) in enumerate(outputs)]
    program = _ext.Program(values, 0, [], "test")
    getattr(program, step)(**arguments)
    return program


def run(step, inputs, outputs, **arguments):
    """Build, run once and return the outputs."""
    return build(step, inputs, outputs, **arguments).run(list(inputs))


def flat(lines):
    """Return the numbers of instructions as one list."""
    return [number for line in lines for number in line]


def strides_of(shape, to):
    """Return the element strides with which an array of a shape is broadcast to another."""
    one = np.broadcast_to(np.empty(shape, np.int8), to)
    return list(one.strides)


def chain(ops, inputs, consts=(), dtype="float32", out_dtype=None, shape=None):
    """Run a tile of operations on the inputs; ops name earlier registers: inputs first, then consts, then results."""
    shape = np.broadcast_shapes(*[x.shape for x in inputs]) if shape is None else shape
    code = [[OPS["LOAD"], i, i, 0, 0] for i in range(len(inputs))]
    code += [[OPS["CONST"], len(inputs) + i, i, 0, 0] for i in range(len(consts))]
    for name, *operands in ops:
        code.append([OPS[name], len(code), *operands, *[0] * (3 - len(operands))])
    code.append([OPS["STORE"], 0, len(code) - 1, 0, 0])
    (result,) = run(
        "tile",
        inputs,
        [(shape, out_dtype or dtype)],
        outs=[len(inputs)],
        ins=list(range(len(inputs))),
        code=flat(code),
        consts=list(consts),
        shape=list(shape),
        strides=[strides_of(x.shape, shape) for x in inputs],
        dtype=CODES[dtype],
    )
    return result


def ended(child, seconds=60):
    """Return a child's exit status; one that does not end is killed, and told of."""
    for _ in range(100 * seconds):
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return status
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise AssertionError(f"the child still ran after {seconds} s")
