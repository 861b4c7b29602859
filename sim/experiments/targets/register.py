"""Every target row the model may be fitted to: what it is to the model, how it is measured, what lies behind it.

Classes: ``input`` (a parameter or starting figure is the row itself), ``to be fitted`` (a parameter is there for it),
``emergent`` (no parameter of its own: many rules together make it), ``not computable`` (the model has no such thing).
Values, intervals, statuses and sources stay where they are: in ``sim/evidence/targets.csv``.
"""

from __future__ import annotations

from dataclasses import dataclass

INPUT, FITTED, EMERGENT, NOT_COMPUTABLE = "input", "to be fitted", "emergent", "not computable"
CLASSES = (INPUT, FITTED, EMERGENT, NOT_COMPUTABLE)


@dataclass(frozen=True)
class Row:
    """One row of the register.

    ``how``: what is computed, or why nothing is. ``parameters``: those directly behind it by the rules, not by a
    sensitivity analysis. ``cause``: likely cause of a miss, a judgement.
    """

    kind: str
    how: str
    parameters: tuple[str, ...] = ()
    cause: str = ""


ROWS: dict[str, Row] = {
    "M01": Row(
        FITTED,
        "Stock of the top 1% class of foreign origin in France, net pay of everyone there up by 10%, mean of years 5 "
        "to 10; repeated for London (GB) and Berlin (DE), which stand for their countries here.",
        ("talent.beta", "talent.hazard_older", "talent.taste_country"),
        "the stock responds less than the choice itself, because few consider moving in a quarter and lasting tastes "
        "hold most; both damp the weight of income.",
    ),
    "M06": Row(
        FITTED,
        "Arrivals in France of star-track and top-class people of foreign origin over three years, when only such "
        "arrivals see 10% more net pay.",
        ("talent.beta",),
        "the response of an inflow is close to the weight of income in the choice, and little else moves it.",
    ),
    "M08": Row(
        EMERGENT,
        "Stock of the star-track and top classes (the best-paid tenth) of any origin, net pay of everyone in a country "
        "up by 10%; mean of France, London and Berlin. The two cities are small next to their countries, so more of "
        "their stock is foreign and responds.",
        ("talent.beta", "talent.home", "population.foreign_share_hubs"),
        "single cities stand for the UK and Germany, with more foreigners and fewer at home than a whole country.",
    ),
    "M16": Row(
        EMERGENT,
        "Stock of the top 1% class of French origin in a region, net pay of everyone there up by 10%; mean of "
        "Ile-de-France and Lyon.",
        ("talent.beta", "talent.nest", "talent.cost_district"),
        "similarity of French places against attachment to the home district.",
    ),
    "F01": Row(
        EMERGENT,
        "Foundings in France expected of foreigners living abroad over five years, French profit tax up by one point. "
        "Moves into France of firms founded abroad are left out: too few to show a change of this size. They respond "
        "by the smaller weight `startup.beta_move`.",
        ("startup.beta_found", "startup.share_profit"),
        "profit tax is a small part of founders' value, and young firms make little profit.",
    ),
    "F07": Row(
        FITTED,
        "Firms in Lyon over talents in Lyon, year 10: elasticity to 10% more value of the district for startups, over "
        "that to 10% more net pay there.",
        ("startup.beta_found", "startup.cost_district", "talent.beta"),
        "most founders stay where they live, and headquarters move little once founded.",
    ),
    "A01": Row(
        INPUT,
        "The weight of cluster size in a place's value for startups; the model has no output by inventor, so the "
        "parameter is compared directly.",
        ("startup.agglomeration",),
        "A01 and A04 ask for different values of this one parameter; none satisfies both central values.",
    ),
    "A04": Row(
        INPUT,
        "The same parameter as A01; the model has no productivity by density.",
        ("startup.agglomeration",),
        "A01 and A04 ask for different values of this one parameter; none satisfies both central values.",
    ),
    "R01": Row(
        FITTED,
        "Read from the rent rule once building has answered: share of housing times r/(1 + r times elasticity of "
        "dwelling supply), r the response of rents. It does not vary with the size of the city.",
        ("talent.housing_share", "price.dwelling_supply", "price.rent_response"),
        "one elasticity serves cities of every size, and dwellings are assumed scarcer than the row implies.",
    ),
    "R02": Row(
        FITTED,
        "The same number as R01: the rule does not vary with the size of the city.",
        ("talent.housing_share", "price.dwelling_supply", "price.rent_response"),
        "one elasticity serves cities of every size, and dwellings are assumed scarcer than the row implies.",
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
    ),
    "P10": Row(
        NOT_COMPUTABLE,
        "No policy pays foreign startups to come for a while, so there is no attracted group whose stay could end.",
    ),
    "B01": Row(
        EMERGENT,
        "Funded firms founded in France in the first year: share whose last headquarters by year 10 is abroad; closed "
        "and sold firms keep their last one.",
        ("startup.cost_border", "startup.pull_us", "startup.move_hazard_funded"),
        "relocation falls steeply with the cost of crossing a border, whose prior is wide.",
    ),
    "B02": Row(
        EMERGENT,
        "As B01, share of money raised in place of value: the model has no valuations.",
        ("startup.pull_lead", "capital.ask.c", "startup.cost_border"),
        "money raised stands for value, and a few large rounds decide it in one cohort.",
    ),
    "B03": Row(
        FITTED,
        "Moves abroad over ten years of firms founded in France: share to Silicon Valley and New York.",
        ("startup.pull_us", "startup.pull_lead"),
        "nearer hubs cost less to reach, and lead investors from Europe pull there; the prior of the pull is wide.",
    ),
    "B04": Row(
        FITTED,
        "Firms founded in France: chance to have the headquarters in the United States within 12 quarters of a first "
        "US-led round, minus the same for funded firms never led from there.",
        ("startup.pull_lead", "startup.move_hazard_foreign"),
        "where a border costs much, firms stay whoever leads; the response is steep and the prior of that cost wide.",
    ),
    "B09": Row(
        EMERGENT,
        "Firms founded in France in the first year: share with headquarters in another French place after 20 quarters.",
        ("startup.cost_district", "startup.cost_paris", "startup.move_hazard"),
        "cost of moving between districts; the row counts moves between US states.",
    ),
    "B14": Row(
        FITTED,
        "People of French origin, first four quarters: moves into France over moves out of it.",
        ("talent.diaspora_drift", "talent.hazard_abroad"),
        "the drift towards places abroad raises departures at once and returns only later; its size is assumed.",
    ),
    "B17": Row(
        FITTED,
        "Star-track French who leave school in the first year: share abroad after the choice of that quarter.",
        ("talent.diaspora_drift", "talent.cost_star", "talent.cost_school"),
        "the low moving cost of the star track is assumed, not fitted to this row; stocks abroad do not pin it down.",
    ),
    "B23": Row(
        EMERGENT,
        "Residents of France at work with gross pay above 100,000 euro, 2016: chance to move abroad in a year, "
        "star-track and top classes.",
        ("talent.hazard_older", "talent.cost_top", "talent.cost_star"),
        "the highly paid here are digital talents of working age, the row counts tax households of any age and trade; "
        "low moving costs of the star track and the top class add to it.",
    ),
    "B30": Row(
        INPUT,
        "People of French origin in Silicon Valley at the start, after the population has lived its lives so far. The "
        "parameter's range is the target's interval.",
        ("population.french_silicon_valley",),
        "the population lives its lives up to 2013 and meets the parameter only roughly: constants are solved on a "
        "few types of taste and without the spread of ability.",
    ),
    "B34": Row(
        EMERGENT,
        "Share of Ile-de-France in French headquarters at the end of 2020 Q3. The share of 2013 is an input.",
        ("population.perimeter_paris", "population.perimeter_rest", "startup.beta_found"),
        "the counts of 2013 put fewer startups in Ile-de-France than lists of 2020 do, whatever happens later.",
    ),
    "B38": Row(
        EMERGENT,
        "Share of Ile-de-France in money raised in France in 2016. Money on offer by place in 2013 is an input that no "
        "parameter changes.",
        (),
        "money on offer keeps its shares of 2013 among French places; firms asking in Paris do not draw more there.",
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
}
