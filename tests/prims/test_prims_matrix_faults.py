"""Faults planted in the derivative rules of matrices: the check of the suite finds each of them."""

import numpy as np
import pytest

from onionskin.prims import TABLE
from onionskin.prims.contractions import swap_last
from onionskin.prims.systems import lower_part
from tests.checks import check_derivative, graph_of, rebuilt

rng = np.random.default_rng(2)
SQUARE = rng.normal(size=(3, 3)) + 3 * np.eye(3)
DEFINITE = SQUARE @ SQUARE.T
TALL = rng.normal(size=(4, 3))
SETTINGS = {
    "inv": ((SQUARE,), {}),
    "det": ((SQUARE,), {}),
    "cofactor": ((SQUARE,), {}),
    "slogdet": ((SQUARE,), {}),
    "solve": ((SQUARE, TALL[:3]), {}),
    "solve_triangular": ((SQUARE, TALL[:3]), {"lower": True}),
    "pinv": ((TALL,), {"rcond": 1e-9}),
    "cholesky": ((DEFINITE,), {}),
    "lu": ((TALL,), {}),
    "qr": ((TALL,), {"complete": False}),
    "svd": ((TALL,), {"full": False}),
    "singular_values": ((TALL,), {}),
    "eigh": ((DEFINITE,), {}),
    "eig": ((SQUARE @ np.diag([1.0, 2.0, 4.0]) @ np.linalg.inv(SQUARE),), {}),
    "fourier": ((SQUARE, SQUARE.T), {"axis": 0, "inverse": False}),
}
CHANGES = {
    "a part in a thousand too much": lambda share: share * 1.001,
    "transposed": lambda share: swap_last(share) if share.shape[-1] == share.shape[-2] else share * 0,
    "the lower triangle alone": lower_part,
}


def check(record, args, params):
    check_derivative(graph_of(record, args, params), list(args), np.random.default_rng(0), order=1)


@pytest.mark.parametrize("name", SETTINGS)
def test_the_sound_rule_passes(name):
    check(TABLE[name], *SETTINGS[name])


# a symmetric derivative is its own transpose, and that of a lower triangle has no other part
SAME = {("cholesky", "transposed"), ("eigh", "transposed"), ("solve_triangular", "the lower triangle alone")}


@pytest.mark.parametrize(("name", "change"), [(n, c) for n in SETTINGS for c in CHANGES if (n, c) not in SAME])
def test_a_wrong_rule_is_found(name, change):
    args, params = SETTINGS[name]
    sound = TABLE[name].vjp

    def wrong(*nodes, **settings):
        first, *others = sound(*nodes, **settings)
        return (CHANGES[change](first), *others)

    with pytest.raises(AssertionError):
        check(rebuilt(TABLE[name], vjp=wrong), args, params)
