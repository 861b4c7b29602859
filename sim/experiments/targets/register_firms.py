"""Rows F and Z: how firms respond to taxes, and what a zone that is exempt from them does."""

from __future__ import annotations

from sim.analysis.targets import EMERGENT, FITTED
from sim.experiments.targets.row_kinds import Row

FIRMS: dict[str, Row] = {
    "F01": Row(
        EMERGENT,
        "Foundings in France expected of foreigners living abroad over five years, French profit tax up by one point. "
        "Moves into France of firms founded abroad are left out: too few to show a change of this size. They respond "
        "by the smaller weight `startup.beta_move`.",
        ("startup.beta_found", "startup.share_profit"),
        "profit tax is a small part of founders' value, and young firms make little profit.",
        measured="many countries",
    ),
    "F02": Row(
        EMERGENT,
        "Startups in Lyon, mean of years 5 to 10, when what the profit tax leaves is up by 10% there: elasticity to "
        "the net-of-tax rate, so of the other sign than the published one, which is to a rate near 7%.",
        ("startup.share_profit", "startup.beta_found", "startup.beta_move"),
        "the published figure is to another rate of another tax.",
        measured="United States",
    ),
    "F03": Row(
        EMERGENT,
        "Startups in Lyon, mean of years 5 to 10, when the rate of the tax on founders' gains is up by 10% there: "
        "elasticity to the rate. That tax is the one that founders pay in person; no startup is taxed through its "
        "owners' income.",
        ("startup.share_exit", "startup.beta_found"),
        "a tax on a sale in the far future weighs otherwise than one on every year, and most founders stay where "
        "they live.",
        measured="United States",
    ),
    "F04": Row(
        EMERGENT,
        "Share of the gain of Lyon in F08 that France does not gain, last year.",
        ("startup.nest", "startup.entry_elasticity"),
        "the gain is a handful of firms, so luck is large; more come from abroad or would not have been founded.",
        measured="United States",
    ),
    "F05": Row(
        EMERGENT,
        "Same run as F08, last year: the tax spared at the profits without the shock, less what wages and office "
        "rents of the startups' staff rise by, as a share of the tax spared.",
        ("price.wage_tightness", "price.rent_response", "startup.beta_found"),
        "startups employ few of the talents of a place, so that wages and rents hardly move and firms keep the gain.",
        measured="United States",
    ),
    "F06": Row(
        EMERGENT,
        "Same run: what office rents and flats of the staff of startups cost more, as a share of the tax spared.",
        ("price.rent_response", "price.wage_tightness"),
        "startups use little of the space of a place, so that rents hardly move.",
        measured="United States",
    ),
    "F07": Row(
        FITTED,
        "Firms in Lyon over talents in Lyon, year 10: elasticity to 10% more value of the district for startups, over "
        "that to 10% more net pay there.",
        ("startup.beta_found", "startup.cost_district", "talent.beta"),
        "most founders stay where they live, and headquarters move little once founded.",
        measured="United States",
    ),
    "F08": Row(
        EMERGENT,
        "Startups in Lyon, year 10, when what the profit tax leaves is up by 10% there: per cent more, per per cent.",
        ("startup.share_profit", "startup.beta_found"),
        "profit tax is a small part of founders' value, most founders stay where they live, and headquarters move "
        "little.",
        measured="United States",
    ),
    "F09": Row(
        EMERGENT,
        "Foundings expected over five years in Paris Rive Gauche with one more point of profit tax, over those in "
        "Paris Sentier next to it: per cent. The profit tax stands for the local business tax, which the model does "
        "not have.",
        ("startup.share_profit", "startup.beta_found", "startup.nest"),
        "a point of profit tax is not a point of the local business tax, which lies on premises and equipment.",
    ),
    "F10": Row(
        EMERGENT,
        "Same run as F09: elasticity of the ratio to the rate of the tax.",
        ("startup.share_profit", "startup.beta_found", "startup.nest"),
        "two districts of one city are close substitutes in the choice of founders.",
        measured="England",
    ),
    "Z01": Row(
        EMERGENT,
        "Startups with headquarters in Paris Rive Gauche, twenty quarters after it is exempt from employer "
        "contributions and profit tax, over those without the exemption.",
        ("startup.beta_found", "startup.cost_paris"),
        "one zone, whose exemption is worth more or less than the one of the study; the weight of costs at founding "
        "is wide.",
    ),
    "Z02": Row(
        EMERGENT,
        "Same runs: of the additional startups in the zone, the share founded elsewhere in France that moved in. "
        "Firms founded in the zone in place of elsewhere did not exist before and do not count; docs/zone_split.md "
        "counts them.",
        ("startup.move_hazard", "startup.cost_paris", "startup.beta_move"),
        "few headquarters consider moving, so that the zone draws founders of new firms rather than firms that exist.",
    ),
    "Z03": Row(
        EMERGENT,
        "Same runs: additional startups in the three places of Paris over those in the zone.",
        ("startup.nest", "startup.cost_paris"),
        "some of the gain comes from other cities and from founders who would not have founded.",
    ),
}
