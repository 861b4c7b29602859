"""Rows H: venture capital by country and year."""

from __future__ import annotations

from sim.analysis.targets import EMERGENT, INPUT, NOT_COMPUTABLE
from sim.experiments.targets.row_kinds import Row

CAPITAL: dict[str, Row] = {
    "H_FR_2013": Row(
        INPUT,
        "Money on offer in France in 2013 is a figure of the evidence; a year with half of it simulated is not added "
        "up.",
        ("capital.growth.FR",),
        "money on offer is another list than the one of the row.",
    ),
    "H_FR_2014": Row(
        EMERGENT,
        "Rounds of startups with headquarters in France in 2014. Money on offer in 2013 is an input.",
        ("capital.growth.FR",),
        "one steady rate of growth per world, not the dip of 2014.",
    ),
    "H_FR_2015": Row(
        EMERGENT,
        "Rounds of startups with headquarters in France in 2015. Money on offer in 2013 is an input.",
        ("capital.growth.FR",),
        "French venture capital doubled in 2015; a steady growth rate, unknown in 2013, cannot know that.",
    ),
    "H_FR_2016": Row(
        EMERGENT,
        "Rounds of startups with headquarters in France in 2016. Money on offer in 2013 is an input.",
        ("capital.growth.FR",),
        "French venture capital more than doubled from 2014 to 2016; a steady growth rate, unknown in 2013, cannot "
        "know that.",
    ),
    "H_FR_2017": Row(
        EMERGENT,
        "Rounds of startups with headquarters in France in 2017. Money on offer in 2013 is an input.",
        ("capital.growth.FR",),
        "French venture capital more than doubled from 2014 to 2016; a steady growth rate, unknown in 2013, cannot "
        "know that.",
    ),
    "H_UK_2016": Row(
        NOT_COMPUTABLE,
        "The United Kingdom is London alone here, which H_LON_2017 is about; the rest of the country is not simulated.",
    ),
    "H_UK_2017": Row(
        NOT_COMPUTABLE,
        "The United Kingdom is London alone here, which H_LON_2017 is about; the rest of the country is not simulated.",
    ),
    "H_DE_2016": Row(
        NOT_COMPUTABLE,
        "Germany is Berlin alone here, which H_BER_2017 is about; the rest of the country is not simulated.",
    ),
    "H_DE_2017": Row(
        NOT_COMPUTABLE,
        "Germany is Berlin alone here, which H_BER_2017 is about; the rest of the country is not simulated.",
    ),
    "H_SH_2016": Row(
        NOT_COMPUTABLE,
        "The United Kingdom and Germany are one city each here, so that the share of France would be too high by "
        "construction.",
    ),
    "H_SH_2017": Row(
        NOT_COMPUTABLE,
        "The United Kingdom and Germany are one city each here, so that the share of France would be too high by "
        "construction.",
    ),
    "H_LON_2017": Row(
        EMERGENT,
        "Rounds of startups with headquarters in London in 2017. Money on offer in 2013 is an input.",
        ("capital.growth.GB",),
        "British venture capital grew much faster than the steady rate that could be known in 2013, and lists of "
        "2013 and 2017 differ.",
    ),
    "H_BER_2017": Row(
        EMERGENT,
        "Rounds of startups with headquarters in Berlin in 2017. Money on offer in 2013 is an input.",
        ("capital.growth.DE",),
        "a few very large rounds made the year; the list of 2013 is narrower.",
    ),
    "H_PAR_2017": Row(
        EMERGENT,
        "Rounds of startups with headquarters in the three places of Ile-de-France in 2017. French money on offer in "
        "2013 is an input, the share of Ile-de-France in it a parameter.",
        ("capital.growth.FR", "capital.paris_share"),
        "French venture capital more than doubled from 2014 to 2016; a steady growth rate, unknown in 2013, cannot "
        "know that.",
    ),
    "H_US_2015": Row(
        INPUT,
        "Money on offer in the two American places in 2013 and its growth are given; the rest of the country is not "
        "simulated.",
        ("capital.growth.US",),
        "two places are not the country.",
    ),
    "H_PERIM": Row(
        NOT_COMPUTABLE,
        "The row compares two lists of the same year; the model has one.",
    ),
}
