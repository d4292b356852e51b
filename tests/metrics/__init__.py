"""Tests of onionskin.metrics."""
