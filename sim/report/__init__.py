"""Figures and report from a results folder. Reads data only, never the model."""

from sim.report.page import write_report

__all__ = ["write_report"]
