"""Experiments: which runs a study makes (designs), making them (running), what they leave on disk (storage)."""
