"""Tests of the estimators for scikit-learn."""
