"""Measurements of speed against peers: `python -m benchmarks`."""
