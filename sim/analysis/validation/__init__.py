"""Reading a validation: predictive intervals, tallies, patterns that should emerge, what moves headquarters."""
