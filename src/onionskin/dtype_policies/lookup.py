"""From names, dtypes and saved configurations to policies and back; and the default policy."""

from __future__ import annotations

from typing import Any

from onionskin.base.errors import ArgumentError, DTypeError, FileFormatError, OnionskinError
from onionskin.base.specs import dtype_name
from onionskin.dtype_policies.policy import DTypePolicy, choose, default_name

_CLASSES = ("DTypePolicy", "FloatDTypePolicy")


def get(identifier: Any) -> DTypePolicy:
    """Return the policy that an argument stands for.

    Args:
        identifier: a policy, its name, a dtype, what `serialize` returned, or None for the default policy.

    Raises:
        ArgumentError: bfloat16 or a quantized policy is asked for.
        DTypeError: it stands for none.

    Example:
        >>> from onionskin import dtype_policies
        >>> dtype_policies.get("float64"), dtype_policies.get(np.float32)
        (<DTypePolicy "float64">, <DTypePolicy "float32">)
    """
    if identifier is None:
        return dtype_policy()
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, str):
        return DTypePolicy(identifier)
    try:
        return DTypePolicy(dtype_name(identifier))
    except OnionskinError:
        raise DTypeError(
            "this is no dtype policy.",
            expected="a dtype, 'mixed_float16' or a DTypePolicy",
            given=repr(identifier),
        ) from None


def serialize(dtype_policy: DTypePolicy) -> dict[str, Any]:
    """Return a policy as data, in the form of Keras's files.

    Args:
        dtype_policy: the policy.

    Example:
        >>> from onionskin import dtype_policies
        >>> dtype_policies.serialize(dtype_policies.get("float32"))["config"]
        {'name': 'float32'}
    """
    return {
        "module": "keras",
        "class_name": "DTypePolicy",
        "config": dtype_policy.get_config(),
        "registered_name": None,
    }


def deserialize(config: dict[str, Any], custom_objects: Any = None) -> DTypePolicy:
    """Return the policy that data describes.

    Args:
        config: what `serialize` returned.
        custom_objects: accepted for Keras's signature; policies of one's own are not supported.

    Raises:
        ArgumentError: it describes a policy of another kind, or of several layers.
        FileFormatError: it is malformed.
    """
    if custom_objects:
        raise ArgumentError(
            "dtype policies of one's own are not supported.", where="deserialize", fix="leave custom_objects out"
        )
    name, settings = config.get("class_name"), config.get("config")
    if not isinstance(name, str) or not isinstance(settings, dict):
        raise FileFormatError(
            "a dtype policy's description is malformed.", expected="class_name and config", given=repr(config)[:80]
        )
    if name not in _CLASSES:
        raise ArgumentError(
            "dtype policies of this kind are not supported.",
            where="dtype",
            expected="DTypePolicy",
            given=name,
            fix="give each layer a dtype or 'mixed_float16'",
        )
    return DTypePolicy(settings.get("name"))


def dtype_policy() -> DTypePolicy:
    """Return the policy of layers that are given no dtype.

    Example:
        >>> import onionskin
        >>> onionskin.config.dtype_policy()
        <DTypePolicy "float32">
    """
    return DTypePolicy(default_name())


def set_dtype_policy(policy: Any) -> None:
    """Set the policy of the layers made from here on that are given no dtype.

    Args:
        policy: a policy, or its name; None for the default float (`config.floatx()`).

    Raises:
        ArgumentError: bfloat16 or a quantized policy is asked for.
        DTypeError: it is none.

    Example:
        >>> import onionskin
        >>> onionskin.config.set_dtype_policy("mixed_float16")
        >>> onionskin.layers.Dense(2).compute_dtype
        'float16'
        >>> onionskin.config.set_dtype_policy(None)
    """
    choose(None if policy is None else get(policy).name)
