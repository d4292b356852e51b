"""Tests of onionskin.constraints."""
