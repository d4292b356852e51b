"""`DTypePolicy`: the dtype of a layer's weights and the dtype that it computes in."""

from __future__ import annotations

from typing import Any

from onionskin.base import config
from onionskin.base.errors import ArgumentError, DTypeError, OnionskinError, suggest
from onionskin.base.specs import DTYPES, dtype_name

MIXED = {"mixed_float16": ("float16", "float32")}  # name → (compute dtype, variable dtype)
TEXT = "string"  # what lookup layers of Keras name as the dtype of text; no tensor has it
QUANTIZED = ("int8", "int4", "float8", "gptq", "awq")


class DTypePolicy:
    """What a layer's weights are kept in, and what it computes in.

    Args:
        name: a dtype, which is both, or "mixed_float16": weights in float32, computation in float16. None is
            the default policy.

    Raises:
        ArgumentError: bfloat16 or a quantized policy is asked for, which there is no arithmetic for here.
        DTypeError: it is no name of a policy.

    Example:
        >>> from onionskin.dtype_policies import DTypePolicy
        >>> policy = DTypePolicy("mixed_float16")
        >>> policy, policy.compute_dtype, policy.variable_dtype
        (<DTypePolicy "mixed_float16">, 'float16', 'float32')
    """

    def __init__(self, name: str | None = None) -> None:
        if name is None:
            name = default_name()
        if not isinstance(name, str):
            raise DTypeError("a dtype policy is named by text.", expected="such as 'mixed_float16'", given=repr(name))
        self._compute_dtype, self._variable_dtype = _dtypes(name)
        self._name = name

    @property
    def name(self) -> str:
        """Name of the policy."""
        return self._name

    @property
    def compute_dtype(self) -> str:
        """Dtype that a layer's inputs are cast to and that it computes in."""
        return self._compute_dtype

    @property
    def variable_dtype(self) -> str:
        """Dtype of a layer's weights."""
        return self._variable_dtype

    @property
    def quantization_mode(self) -> None:
        """None: nothing is quantized here."""
        return None

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make an equal policy."""
        return {"name": self._name}

    @classmethod
    def from_config(cls, settings: dict[str, Any]) -> DTypePolicy:
        """Make a policy from what `get_config` returned."""
        return cls(**settings)

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self._name}">'

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DTypePolicy) and self._name == other._name

    def __hash__(self) -> int:
        return hash(self._name)


FloatDTypePolicy = DTypePolicy  # Keras's other name for it


class _Chosen:
    name: str | None = None


def default_name() -> str:
    """Return the name of the policy of layers that are given none: the one that was set, else the default float."""
    return _Chosen.name or config.floatx()


def choose(name: str | None) -> None:
    """Make a policy the default one; with None, the default float is."""
    _Chosen.name = name


def _dtypes(name: str) -> tuple[str, str]:
    """Return what a policy of a name computes in, and what it keeps weights in."""
    if name in MIXED:
        return MIXED[name]
    if name == TEXT:
        return TEXT, TEXT
    if "bfloat16" in name:
        raise ArgumentError(
            "bfloat16 is not supported.",
            where="dtype",
            given=repr(name),
            fix="use 'mixed_float16', or 'float32'" if name.startswith("mixed") else "use 'float16', or 'float32'",
        )
    if "_from_" in name and name.startswith(QUANTIZED):
        raise ArgumentError(
            "quantized dtype policies are not supported.",
            where="dtype",
            given=repr(name),
            fix=f"use {name.partition('_from_')[2]!r}, the policy without quantization",
        )
    try:
        kind = dtype_name(name)
    except OnionskinError:
        raise DTypeError(
            "there is no dtype policy of this name.", given=repr(name), fix=suggest(name, [*DTYPES, *MIXED])
        ) from None
    return kind, kind
