"""The published evidence held against the model: what each target row is, how it is measured, in which runs."""
