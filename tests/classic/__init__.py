"""Tests of onionskin.classic."""
