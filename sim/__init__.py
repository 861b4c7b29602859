"""Talent and startup flight from French digital districts: an agent-based policy comparison."""

__version__ = "0.1.0"
