"""Rows B34 to B53: where startups and talents are, how firms live, how many there are."""

from __future__ import annotations

from sim.analysis.targets import EMERGENT, FITTED, NOT_COMPUTABLE
from sim.experiments.targets.row_kinds import Row

STOCKS: dict[str, Row] = {
    "B34": Row(
        EMERGENT,
        "Share of Ile-de-France in French headquarters at the end of 2020 Q3. The share of 2013 is an input.",
        ("population.perimeter_paris", "population.perimeter_rest", "startup.beta_found"),
        "the counts of 2013 put fewer startups in Ile-de-France than lists of 2020 do, whatever happens later.",
    ),
    "B35": Row(
        EMERGENT,
        "Paris Sentier and Paris Rive Gauche over the three places of Ile-de-France, end of 2020 Q3. The split of "
        "2013 is an input.",
        ("startup.cost_paris", "population.perimeter_paris"),
        "the split of 2013 among the three places is an estimate and changes slowly.",
    ),
    "B36": Row(
        EMERGENT,
        "Lyon and Grenoble over all French places, end of 2020 Q3. The shares of 2013 are inputs.",
        ("population.perimeter_rest", "startup.beta_found"),
        "counts of 2013 outside a few capitals are estimates; the rest of the region is in Rest of France.",
    ),
    "B37": Row(
        EMERGENT,
        "Startups of Ile-de-France over those of Lyon and Grenoble, each per inhabitant of its region as the source "
        "counts them (4,074 over 332 per million, 855 over 106), end of 2020 Q3. The region's startups outside the two "
        "cities are in Rest of France, so that the ratio is too high by as much.",
        ("population.perimeter_paris", "population.perimeter_rest"),
        "counts of 2013 outside a few capitals are estimates (B36); Ile-de-France has too few startups (B34).",
    ),
    "B38": Row(
        FITTED,
        "Share of Ile-de-France in money raised in France in 2016. Its share in money on offer in 2013 is a parameter.",
        ("capital.paris_share",),
        "money on offer keeps its shares of 2013 among French places; firms asking in Paris do not draw more there.",
    ),
    "B40": Row(
        NOT_COMPUTABLE,
        "The row counts all sectors and the whole country; only digital startups are simulated.",
    ),
    "B42": Row(
        NOT_COMPUTABLE,
        "The row counts all sectors and the whole country; only digital startups are simulated.",
    ),
    "B43": Row(
        EMERGENT,
        "Firms with the status below eight years of age at the end of 2015, by place of operations: share of Ile-de- "
        "France.",
        ("population.perimeter_paris", "law.jei_take_up"),
        "the status is drawn alike everywhere, so that the share follows that of startups (B34).",
    ),
    "B44": Row(
        EMERGENT,
        "Mean staff of the same firms.",
        ("startup.growth_base", "startup.first_headcount", "startup.growth_quality"),
        "young firms start small and grow by a rate that is not fitted; the row counts research firms of all sectors.",
    ),
    "B45": Row(
        FITTED,
        "Firms founded in France in 2014: share not closed after 12 quarters; sold firms count as alive.",
        ("startup.death_base", "startup.death_quality"),
        "level of the chance to close.",
    ),
    "B46": Row(
        FITTED,
        "The same after 20 quarters; sold firms count as alive.",
        ("startup.death_base", "startup.death_quality"),
        "level of the chance to close, and how slowly it falls with age.",
    ),
    "B47": Row(
        NOT_COMPUTABLE,
        "No jury picks laureates, and the status of young innovative firm is drawn by lot.",
    ),
    "B48": Row(
        NOT_COMPUTABLE,
        "The row counts firms of all sectors; only digital startups are simulated.",
    ),
    "B49": Row(
        EMERGENT,
        "Startups with headquarters in France, mean of 2016 to 2020. The count of 2013 is an input.",
        ("population.perimeter_paris", "population.perimeter_rest", "startup.death_base"),
        "what a startup is differs by a factor of two from list to list.",
    ),
    "B50": Row(
        NOT_COMPUTABLE,
        "The row counts skilled people of all trades, of whom digital talents are an unknown share.",
    ),
    "B52": Row(
        EMERGENT,
        "Top class living in France at the start: share of foreign origin. The share of all classes is an input.",
        ("population.foreign_share_france", "talent.cost_top"),
        "foreigners are a given share of all talents in France, and more of those who move easily.",
    ),
    "B53": Row(
        EMERGENT,
        "Sign of foreigners in France less French people abroad, top class, at the start.",
        ("population.foreign_share_france", "population.french_silicon_valley"),
        "both stocks of 2013 rest on assumed shares.",
    ),
}
