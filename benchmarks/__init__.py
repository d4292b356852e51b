"""Measurements of speed against peers: `python -m benchmarks`; README.md says how to read the table."""
