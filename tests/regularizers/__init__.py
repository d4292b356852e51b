"""Tests of onionskin.regularizers."""
