"""Rows B01 to B32: flight and return of startups and talents."""

from __future__ import annotations

from sim.analysis.targets import EMERGENT, FITTED, INPUT, NOT_COMPUTABLE
from sim.experiments.targets.row_kinds import Row

DEPARTURES: dict[str, Row] = {
    "B01": Row(
        EMERGENT,
        "Funded firms founded in France in the first year: share whose last headquarters by year 10 is abroad; closed "
        "and sold firms keep their last one.",
        ("startup.cost_border", "startup.pull_us", "startup.move_hazard_funded"),
        "relocation falls steeply with the cost of crossing a border, whose prior is wide.",
        measured="17 countries of Europe",
    ),
    "B02": Row(
        EMERGENT,
        "As B01, share of money raised in place of value: the model has no valuations.",
        ("startup.pull_lead", "capital.ask.c", "startup.cost_border"),
        "money raised stands for value, and a few large rounds decide it in one cohort.",
        measured="17 countries of Europe",
    ),
    "B03": Row(
        FITTED,
        "Moves abroad over ten years of firms founded in France: share to Silicon Valley and New York.",
        ("startup.pull_us", "startup.pull_lead"),
        "nearer hubs cost less to reach, and lead investors from Europe pull there; the prior of the pull is wide.",
        measured="17 countries of Europe",
    ),
    "B04": Row(
        FITTED,
        "Firms founded in France: chance to have the headquarters in the United States within 12 quarters of a first "
        "US-led round, minus the same for funded firms never led from there.",
        ("startup.pull_lead", "startup.move_hazard_foreign"),
        "where a border costs much, firms stay whoever leads; the response is steep and the prior of that cost wide.",
        measured="17 countries of Europe",
    ),
    "B05": Row(
        EMERGENT,
        "Firms founded in France, alive in June 2017 with a million euro raised (in place of dollars): share with "
        "headquarters abroad and operations in France.",
        ("startup.cost_border", "startup.pull_lead", "startup.staff_follow"),
        "relocation falls steeply with the cost of a border, and sites at home close a few years later.",
        measured="Europe",
    ),
    "B07": Row(
        EMERGENT,
        "Moves to the United States over ten years of firms founded in France: share to Silicon Valley.",
        ("startup.pull_us", "capital.lead_distance"),
        "two American places share what goes to many, and money on offer decides between them.",
        measured="Europe",
    ),
    "B09": Row(
        EMERGENT,
        "Firms founded in France in the first year: share with headquarters in another French place after 20 quarters.",
        ("startup.cost_district", "startup.cost_paris", "startup.move_hazard"),
        "cost of moving between districts; the row counts moves between US states.",
        measured="United States",
    ),
    "B11": Row(
        NOT_COMPUTABLE,
        "The row counts all French-born of all ages and trades; only digital talents are simulated.",
    ),
    "B12": Row(
        NOT_COMPUTABLE,
        "The years 2006 to 2013 lie before the start, and past lives are lived at the constants of 2013.",
    ),
    "B13": Row(
        EMERGENT,
        "Departures of French talents in the first year by their own choice: share below 30.",
        ("talent.hazard_older", "talent.hazard_young", "talent.cost_school"),
        "the row counts all trades and children of families; school leavers weigh more among talents.",
    ),
    "B14": Row(
        FITTED,
        "People of French origin, first four quarters: moves into France over moves out of it.",
        ("talent.diaspora_drift", "talent.hazard_abroad"),
        "the drift towards places abroad raises departures at once and returns only later; its size is assumed.",
    ),
    "B15": Row(
        NOT_COMPUTABLE,
        "The register counts all French abroad; only digital talents are simulated.",
    ),
    "B16": Row(
        EMERGENT,
        "Mean yearly growth of the stock of French talents abroad from the end of 2013 to the end of 2017.",
        ("talent.diaspora_drift", "talent.hazard_abroad"),
        "the row counts all trades and those who register; the drift of the diaspora is assumed.",
    ),
    "B17": Row(
        FITTED,
        "Star-track French who leave school in the first year: share abroad after the choice of that quarter.",
        ("talent.diaspora_drift", "talent.cost_star", "talent.cost_school"),
        "the low moving cost of the star track is assumed, not fitted to this row; stocks abroad do not pin it down.",
    ),
    "B18": Row(
        EMERGENT,
        "As B17 for leavers of two years, centred two years later.",
        ("talent.diaspora_drift", "talent.cost_star", "talent.cost_school"),
        "nothing makes graduates leave more from one year to the next but pay, housing and fellow nationals abroad; "
        "few probe persons leave school in a year.",
    ),
    "B20": Row(
        NOT_COMPUTABLE,
        "Talents have classes of skill and no profile of studies.",
    ),
    "B21": Row(
        EMERGENT,
        "Star-track French who leave school in the first three years and live abroad after the choice of that "
        "quarter: share in London, the only place of the United Kingdom here.",
        ("population.diaspora_distance", "talent.cost_distance"),
        "the French abroad of 2013 are split by distance, language and size of hubs, an assumption.",
    ),
    "B22": Row(
        EMERGENT,
        "The same in Silicon Valley and New York.",
        ("population.diaspora_distance", "population.french_silicon_valley"),
        "the French abroad of 2013 are split by distance, language and size of hubs, an assumption; visas are inside "
        "fitted constants.",
    ),
    "B23": Row(
        EMERGENT,
        "Residents of France at work with gross pay above 100,000 euro, 2016: chance to move abroad in a year, "
        "star-track and top classes.",
        ("talent.hazard_older", "talent.cost_top", "talent.cost_star"),
        "the highly paid here are digital talents of working age, the row counts tax households of any age and trade; "
        "low moving costs of the star track and the top class add to it.",
    ),
    "B24": Row(
        NOT_COMPUTABLE,
        "The years 2012 and 2013 lie before the start.",
    ),
    "B25": Row(
        NOT_COMPUTABLE,
        "The years 2012 and 2013 lie before the start.",
    ),
    "B28": Row(
        EMERGENT,
        "Startups founded in France with headquarters in Silicon Valley, mean from the start to the end of 2014. "
        "Those founded there by French people are not among them.",
        ("startup.pull_us", "startup.cost_border"),
        "firms' past starts fifteen years before 2013 and knows few moves; the consul counts whoever is French.",
    ),
    "B29": Row(
        NOT_COMPUTABLE,
        "The row counts all French residents, whatever they do; only digital talents are simulated.",
    ),
    "B30": Row(
        INPUT,
        "People of French origin in Silicon Valley at the start, after the population has lived its lives so far. The "
        "parameter's range is the target's interval.",
        ("population.french_silicon_valley",),
        "the population lives its lives up to 2013 and meets the parameter only roughly: constants are solved on a "
        "few types of taste and without the spread of ability.",
    ),
    "B31": Row(
        EMERGENT,
        "French of the star-track and top classes who arrive in Silicon Valley: share who leave after more than one "
        "and at most nine years, from chances by length of stay.",
        ("talent.hazard_abroad", "talent.hazard_older"),
        "the chance to consider leaving is the same in every year of a stay.",
    ),
    "B32": Row(
        EMERGENT,
        "Talents of French origin in London, mean of 2016.",
        ("population.french_silicon_valley", "population.diaspora_distance", "talent.diaspora_drift"),
        "London is large, near and full of digital jobs, and the row counts those whom promoters see.",
    ),
}
