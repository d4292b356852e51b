"""Whole numbers as rows of bits, shifts, and the greatest common divisor."""

from __future__ import annotations

from typing import Any

import numpy as np

from onionskin.base.errors import DTypeError
from onionskin.base.specs import Spec
from onionskin.graph import Primitive
from onionskin.prims.families import binary, joint_spec, unary


def bits_spec(*specs: Spec) -> Spec:
    """Shape rule of operations on bits: integers or truth values of one dtype.

    Raises:
        DTypeError: the operands are floats, or their dtypes differ.
        ShapeError: the shapes do not broadcast.
    """
    joint = joint_spec(*specs)
    if joint.dtype.startswith("float"):
        raise DTypeError(
            "only whole numbers and truth values have bits to work on.",
            expected="an integer dtype or bool",
            given=joint.dtype,
            fix="cast to an integer first",
        )
    return joint


def whole_spec(*specs: Spec) -> Spec:
    """Shape rule of operations on integers of one dtype.

    Raises:
        DTypeError: the operands are no integers, or their dtypes differ.
        ShapeError: the shapes do not broadcast.
    """
    joint = joint_spec(*specs)
    if not joint.dtype.startswith(("int", "uint")):
        raise DTypeError("whole numbers are needed here.", expected="an integer dtype", given=joint.dtype)
    return joint


def _shifting(function: np.ufunc) -> Any:
    def value(x: Any, y: Any, out: Any = None) -> Any:
        if x.dtype == np.bool_:  # NumPy would count them as int8
            raise TypeError("whole numbers are needed here")
        return function(x, y, out=out)

    return value


_TWO = ("integer", "integer")
bitwise_and: Primitive = binary("bitwise_and", np.bitwise_and, None, r"{0} \mathbin{{\&}} {1}", _TWO, bits_spec)
bitwise_or: Primitive = binary("bitwise_or", np.bitwise_or, None, r"{0} \mathbin{{|}} {1}", _TWO, bits_spec)
bitwise_xor: Primitive = binary("bitwise_xor", np.bitwise_xor, None, r"{0} \oplus {1}", _TWO, bits_spec)
bitwise_not: Primitive = unary("bitwise_not", np.invert, None, r"\mathord{{\sim}} {0}", "integer", spec=bits_spec)
left_shift: Primitive = binary("left_shift", _shifting(np.left_shift), None, r"{0} \ll {1}", _TWO, whole_spec)
right_shift: Primitive = binary("right_shift", _shifting(np.right_shift), None, r"{0} \gg {1}", _TWO, whole_spec)
gcd: Primitive = binary("gcd", np.gcd, None, r"\gcd({0}, {1})", _TWO, whole_spec)
