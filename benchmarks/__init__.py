"""How fast and how large the model is, measured side by side with other ways to write it: ``python -m benchmarks``."""
