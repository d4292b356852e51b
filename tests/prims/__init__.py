"""Tests of the room `prims`."""
