"""Calibration: free parameters fitted to what was reported, as an ensemble."""
