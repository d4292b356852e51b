"""Checks of the source that the library itself does not need."""
