"""Calibration from the first wave to the posterior: its runs, its steps, what it leaves in its folder."""
