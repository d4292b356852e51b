"""Tests of onionskin.initializers."""
