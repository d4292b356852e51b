"""Tests against Keras, JAX and PyTorch, where they are installed."""
