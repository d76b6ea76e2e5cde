"""Measurements: how long members wait, as ratios to what Discord makes unavoidable."""
