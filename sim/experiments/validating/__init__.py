"""Checking the fitted model on rows that it was not fitted to: forecasts without skill, and what moves headquarters."""
