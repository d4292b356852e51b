"""Tests of the room `transforms`."""
