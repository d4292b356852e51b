"""Tests of onionskin.losses."""
