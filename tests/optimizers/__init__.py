"""Tests of onionskin.optimizers."""
