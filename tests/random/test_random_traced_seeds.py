"""No seed within a traced function: each run draws anew, and the process's seed fixes what."""

from __future__ import annotations

import subprocess
import sys

import numpy as np

import onionskin

PROGRAM = """
import onionskin
draw = onionskin.jit(lambda: onionskin.random.normal((3,)))
{before}
onionskin.utils.set_random_seed(3)
print([draw().tolist(), onionskin.random.normal((2,)).tolist(), draw().tolist()])
"""


def test_each_run_of_a_program_draws_anew() -> None:
    draw = onionskin.jit(lambda: onionskin.random.normal((3,)))
    assert not np.array_equal(draw(), draw())


def test_the_seed_fixes_the_draws_whatever_ran_before() -> None:
    outputs = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM.format(before=before)], capture_output=True, text=True, check=True
        ).stdout
        for before in ("", "draw(); draw()")
    ]
    assert outputs[0] == outputs[1]
