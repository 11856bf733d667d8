"""Sensitivity analyses: which parameters decide the outcomes."""
