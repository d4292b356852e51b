"""Names that Keras has and onionskin has not: each says so, and what to use instead."""

import importlib

import pytest

REFUSED = {
    "onionskin": (
        "applications backend device distillation distribution export Function KerasTensor legacy mixed_precision "
        "name_scope Operation preprocessing Quantizer quantizers remat RematScope StatelessScope SymbolicScope tree "
        "version visualization wrappers"
    ),
    "onionskin.config": (
        "backend set_backend disable_interactive_logging enable_interactive_logging is_interactive_logging_enabled "
        "disable_traceback_filtering enable_traceback_filtering is_traceback_filtering_enabled "
        "enable_unsafe_deserialization max_epochs set_max_epochs max_steps_per_epoch set_max_steps_per_epoch "
        "enable_flash_attention disable_flash_attention is_flash_attention_enabled is_nnx_enabled"
    ),
    "onionskin.utils": (
        "Config audio_dataset_from_directory bounding_boxes legacy get_source_inputs disable_interactive_logging "
        "enable_interactive_logging is_interactive_logging_enabled"
    ),
    "onionskin.callbacks": "OrbaxCheckpoint",
    "onionskin.datasets": "boston_housing california_housing cifar10 cifar100 imdb reuters",
}


@pytest.mark.parametrize(("door", "name"), [(door, name) for door, names in REFUSED.items() for name in names.split()])
def test_it_says_what_to_use(door, name):
    with pytest.raises(AttributeError) as caught:
        getattr(importlib.import_module(door), name)
    first, second = str(caught.value).splitlines()
    assert first == f"{door} has no {name!r}, unlike {door.replace('onionskin', 'keras')}."
    assert second.startswith("  to fix:   ") and len(second) > 20


def test_one_in_whole():
    with pytest.raises(AttributeError) as caught:
        _ = importlib.import_module("onionskin.config").enable_unsafe_deserialization
    assert str(caught.value) == (
        "onionskin.config has no 'enable_unsafe_deserialization', unlike keras.config.\n"
        "  to fix:   nothing in a file is ever run, and no setting changes that"
    )
