"""Masks from layer to layer: which a call is given, and which its outputs carry."""

from __future__ import annotations

import warnings
from typing import Any

from onionskin.base.trees import flatten, map_tree
from onionskin.state import mask_of, masks_carried, set_mask


def given_masks(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], Any]:
    """Fill in the mask arguments of a call that were left out, with the masks that its tensors carry.

    With one tensor (or list of them) that is `mask`; with several, `<name>_mask` of each.

    Args:
        layer: the layer that is called.
        args: positional arguments.
        kwargs: named arguments, which masks are added to.

    Returns:
        The positional arguments, and the mask of the first: the one that was given, or that it carries.
    """
    if not layer._mask_names and not masks_carried():
        return args, kwargs.get("mask")
    names = layer._call_names
    first = first_argument(layer, args, kwargs)
    if layer._mask_names:
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        tensors = {name: value for name, value in given.items() if _is_tensors(value)}
        if len(tensors) == 1 and "mask" in layer._mask_names:
            wanted = {"mask": next(iter(tensors.values()))}
        else:
            wanted = {f"{name}_mask": value for name, value in tensors.items() if len(tensors) > 1}
        for name, value in wanted.items():
            if name in layer._mask_names and given.get(name) is None:
                masks = map_tree(mask_of, value)
                if masks is not None and name in names[: len(args)]:
                    place = names.index(name)
                    args = (*args[:place], masks, *args[place + 1 :])
                elif masks is not None:
                    kwargs[name] = masks
    mask = kwargs.get("mask")
    if mask is None and "mask" in names[: len(args)]:
        mask = args[names.index("mask")]
    return args, mask if mask is not None else map_tree(mask_of, first)


def first_argument(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return what a call was given as its first argument, by place or by name."""
    if args:
        return args[0]
    return kwargs.get(layer._call_names[0]) if layer._call_names else None


def carry(layer: Any, inputs: Any, outputs: Any, mask: Any, warn: bool = True) -> None:
    """Let the outputs of a call carry their masks.

    Args:
        layer: the layer that was called.
        inputs: its first argument.
        outputs: what it returned.
        mask: the mask of its first argument.
        warn: say where a mask is lost.
    """
    if mask is None and not layer._makes_masks:
        return
    if not layer.supports_masking:
        if warn and not layer._masks_itself and any(one is not None for one in flatten(mask)[0]):
            warnings.warn(
                f"layer '{layer.name}' ({type(layer).__name__}) was given a mask, but it does not support masking: "
                "the mask ends here, and layers behind it count every entry",
                stacklevel=2,
            )
        return
    leaves = flatten(outputs)[0]
    if all(mask_of(one) is not None for one in leaves):
        return
    masks = layer.compute_mask(inputs, mask)
    if masks is None:
        return
    for one, own in zip(leaves, flatten(masks)[0], strict=False):
        if own is not None and mask_of(one) is None:
            set_mask(one, own)


def _is_tensors(value: Any) -> bool:
    """Tell whether an argument is a tensor or a structure of tensors, some of which may be left out as None."""
    leaves = flatten(value)[0]
    return any(hasattr(one, "shape") for one in leaves) and all(one is None or hasattr(one, "shape") for one in leaves)
