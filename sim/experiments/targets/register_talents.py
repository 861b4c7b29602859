"""Rows M: how people respond to taxes, stocks and flows of talents."""

from __future__ import annotations

from sim.analysis.targets import EMERGENT, FITTED, NOT_COMPUTABLE
from sim.experiments.targets.row_kinds import Row

TALENTS: dict[str, Row] = {
    "M01": Row(
        FITTED,
        "Stock of the top 1% class of foreign origin in France, net pay of everyone there up by 10%, mean of years 5 "
        "to 10; repeated for London (GB) and Berlin (DE), which stand for their countries here.",
        ("talent.beta", "talent.hazard_older", "talent.taste_country"),
        "the stock responds less than the choice itself, because few consider moving in a quarter and lasting tastes "
        "hold most; both damp the weight of income.",
        measured="several countries",
    ),
    "M02": Row(
        EMERGENT,
        "As M01 for the top 1% class of French origin in France.",
        ("talent.home", "talent.beta", "talent.hazard_older"),
        "the response of natives is the weight of income times the share who would leave anyway, which is large "
        "among the highly mobile top class here.",
        measured="several countries",
    ),
    "M04": Row(
        EMERGENT,
        "Stock of foreigners of the star-track and top classes (the best-paid tenth), net pay of everyone in a "
        "country up by 10%, mean of years 5 to 10; mean of France, London and Berlin, as in M08. Footballers stand "
        "for themselves; no sport is simulated.",
        ("talent.beta", "talent.taste_country", "talent.hazard_older"),
        "few consider moving in a quarter and lasting tastes hold most.",
        measured="Europe, footballers",
    ),
    "M05": Row(
        EMERGENT,
        "As M04 for natives of the country.",
        ("talent.home", "talent.beta"),
        "natives who stay at home are more numerous than among footballers.",
        measured="Europe, footballers",
    ),
    "M06": Row(
        FITTED,
        "Arrivals in France of star-track and top-class people of foreign origin over three years, when only such "
        "arrivals see 10% more net pay.",
        ("talent.beta",),
        "the response of an inflow is close to the weight of income in the choice, and little else moves it.",
        measured="Denmark",
    ),
    "M07": Row(
        NOT_COMPUTABLE,
        "How much more net pay the regime leaves is not in the evidence; read off the row and M06, it would make "
        "the row its own test.",
    ),
    "M08": Row(
        EMERGENT,
        "Stock of the star-track and top classes (the best-paid tenth) of any origin, net pay of everyone in a country "
        "up by 10%; mean of France, London and Berlin. The two cities are small next to their countries, so more of "
        "their stock is foreign and responds.",
        ("talent.beta", "talent.home", "population.foreign_share_hubs"),
        "single cities stand for the UK and Germany, with more foreigners and fewer at home than a whole country.",
        measured="21 countries of Europe",
    ),
    "M09": Row(
        EMERGENT,
        "The same number as M04: both rows ask for foreigners in the best-paid tenth.",
        ("talent.beta", "talent.taste_country", "talent.hazard_older"),
        "few consider moving in a quarter and lasting tastes hold most.",
        measured="21 countries of Europe",
    ),
    "M10": Row(
        EMERGENT,
        "The ablest twentieth of talents (pay over local wages), moves within a year between French places: change "
        "of the log odds to move into the region rather than stay, and of those to move out, when net pay there is "
        "up by 10%; both directions weighted by their moves; mean of Ile-de-France and Lyon.",
        ("talent.beta", "talent.nest"),
        "similarity of French places multiplies the weight of income between them.",
        measured="United States",
    ),
    "M13": Row(
        EMERGENT,
        "Stock of the ablest twentieth in the two regions of M16, mean of years 5 to 10: its elasticity over that of "
        "M10, same runs.",
        ("talent.hazard_older", "talent.hazard_young", "talent.home"),
        "how fast stocks turn over: many considerations to move in ten years bring the stock near the flow.",
        measured="United States",
    ),
    "M14": Row(
        EMERGENT,
        "Stock of the top 1% class of French origin in Montpellier, the only district with less than 1% of the "
        "people of France, net pay of everyone there up by 10%, mean of years 5 to 10.",
        ("talent.beta", "talent.nest", "talent.cost_district"),
        "few probe persons live in so small a place, and attachment to the home district damps the response.",
        measured="Switzerland",
    ),
    "M16": Row(
        EMERGENT,
        "Stock of the top 1% class of French origin in a region, net pay of everyone there up by 10%; mean of "
        "Ile-de-France and Lyon.",
        ("talent.beta", "talent.nest", "talent.cost_district"),
        "similarity of French places against attachment to the home district.",
        measured="Spain",
    ),
    "M17": Row(
        EMERGENT,
        "As M10 for the top 1% class of French origin: percentage points more of the movers from outside who choose "
        "the region, per per cent of net pay there; mean of the two regions. Its size is not comparable with any "
        "logit and M10, only its sign is.",
        ("talent.beta", "talent.nest"),
        "in a logit the size follows from M10 and cannot reach this value.",
        measured="Spain",
    ),
    "M18": Row(
        EMERGENT,
        "M04 over M05.",
        ("talent.home", "talent.beta"),
        "how many natives would leave anyway decides the denominator.",
        measured="Europe",
    ),
    "M20": Row(
        EMERGENT,
        "Spearman rank correlation of elasticities of the best-paid tenth with inhabitants of 2013, over London, "
        "Silicon Valley, Berlin, Lyon, Dublin and Montpellier, each raised by 10% alone.",
        ("talent.home", "talent.nest"),
        "six places, and single cities stand for their countries: the order of close elasticities is luck.",
        measured="many countries",
    ),
    "M21": Row(
        EMERGENT,
        "Yearly flows of the star-track and top classes of French origin from France to the ten hubs on the French "
        "stock there and the distance to Paris: Poisson regression over hubs and years, no effects of hubs.",
        ("talent.diaspora_pull", "population.diaspora_distance"),
        "fitted constants make the stocks of 2013, and what makes a stock large makes the flow large; the pull of "
        "fellow nationals adds little to it.",
        measured="many countries",
    ),
}
