"""Rows P: effects of labels, grants, accelerators and of the status of young innovative firm."""

from __future__ import annotations

from sim.analysis.targets import EMERGENT, FITTED, NOT_COMPUTABLE
from sim.experiments.targets.row_kinds import Row

PROGRAMMES: dict[str, Row] = {
    "P01": Row(
        EMERGENT,
        "Staff of firms that lived at the start where the label of what happened went, mean of seven years, with the "
        "flag alone, against the run without any label: per cent. Productivity and exports of a firm are not "
        "simulated.",
        ("lever.label_network.visibility",),
        "a flag is seen by those who choose a place and reaches no firm that is there.",
    ),
    "P02": Row(
        EMERGENT,
        "As P01 with the label as it was given, network included.",
        ("lever.label_network.visibility", "lever.label_network.network_strength"),
        "the network weighs in the choice of a place and reaches no firm that is there.",
    ),
    "P04": Row(
        EMERGENT,
        "Firms with the status that live in France at the start and stay below eight years: share with more staff "
        "after two years than in the run without relief.",
        ("startup.growth_cash", "startup.death_cash", "law.jei_take_up"),
        "relief acts only where it carries a firm over a year of cash.",
    ),
    "P05": Row(
        NOT_COMPUTABLE,
        "Firms have no research spending of their own to decide on: the research credit only lowers the cost of staff.",
    ),
    "P07": Row(
        FITTED,
        "French firms without a round that may draw an accelerator seat: chance of a first round within 8 quarters "
        "with a seat over without, same quarter and place. The draw is random, which stands for the near miss.",
        ("capital.accelerated_signal", "capital.tilt"),
        "a seat only makes a claim look better to investors; it neither makes a firm ask more often nor better.",
        measured="United States",
    ),
    "P08": Row(
        NOT_COMPUTABLE,
        "A firm can have one seat and no second public grant.",
    ),
    "P09": Row(
        NOT_COMPUTABLE,
        "A seat is one thing: cash, desk and schooling cannot be told apart.",
    ),
    "P10": Row(
        NOT_COMPUTABLE,
        "No policy pays foreign startups to come for a while, so there is no attracted group whose stay could end.",
        measured="Chile",
    ),
    "P11": Row(
        NOT_COMPUTABLE,
        "No programme brings foreign startups for a while, so there is no cohort that could be kept.",
    ),
    "P12": Row(
        EMERGENT,
        "First and second rounds of startups in Lyon over three years, with five accelerator seats more a quarter "
        "and without; the firms that these seats go to are left out of both.",
        ("capital.tilt", "capital.accelerated_signal"),
        "a seat reaches its own firm alone: investors drawn by an accelerator are not simulated.",
        measured="United States",
    ),
}
