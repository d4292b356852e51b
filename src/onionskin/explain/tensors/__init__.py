"""Tensors shown: what they hold, their operations as loops and vectors, broadcasting, geometry, unfolding."""
