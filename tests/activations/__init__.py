"""Tests of onionskin.activations."""
