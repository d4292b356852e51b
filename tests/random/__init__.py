"""Tests of onionskin.random."""
