"""Surfaces of losses and the paths of optimizers on them."""
