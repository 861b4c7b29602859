"""The model of ODD, written a second time and plainly: state (2), first state (5.8), step (3.1)."""

from __future__ import annotations

from tests.twin.agents import City, Startup, Talent, rows
from tests.twin.cities import act_cities, new_city_works
from tests.twin.closing import close_startups
from tests.twin.counting import count_agents
from tests.twin.events import new_events
from tests.twin.founding import found_startups
from tests.twin.funding import fund_startups
from tests.twin.levers import act_lever, charge_lever
from tests.twin.marks import mark_receivers, states_of_firms
from tests.twin.migration import migrate_talents
from tests.twin.operating import grow_startups, new_tax_base
from tests.twin.policies import apply_policies, in_order
from tests.twin.prices import reference_stocks, staff_ratio, update_places
from tests.twin.records import Records
from tests.twin.relocation import relocate_startups
from tests.twin.renewal import drawn_rank, renew_talents
from tests.twin.revenue import collect_revenue
from tests.twin.world_of_2013 import WorldOf2013

PROCESSES = (
    apply_policies,
    act_cities,
    update_places,
    found_startups,
    fund_startups,
    grow_startups,
    relocate_startups,
    migrate_talents,
    close_startups,
    renew_talents,
)


class PlainModel(WorldOf2013):
    """A run of the twin. Attributes are those of ODD 2.2."""

    def __init__(self, levers, world, evidence, start, settings, run_seed, rivals_respond=False):
        super().__init__(world, evidence, settings, start.population_seed)
        self.levers, self.rivals_respond = in_order(levers), rivals_respond
        self.start, self.key = start, run_seed
        count = self.geography.size
        self.constants = constants_with_drift(self)
        self.talents = [Talent(self, **row) for row in rows(start.talents)]
        for talent in self.talents:
            talent.startup_rank = drawn_rank(self, talent.uid)
        self.startups = [Startup(self, **row) for row in rows(start.startups)]
        self.cities = cities_of(self)
        self.city_works = new_city_works(self)
        self.jobs_lost = [0.0] * count
        self.following = [[0.0] * count for _ in range(count)]
        self.growth_claims = self.funding = None
        self.cash_flows, self.tax_base = {}, new_tax_base(self)
        self.lever_memory, self.charges, self.revenue = {}, [], []
        self.events, self.past_year = new_events(count), []
        first_state(self)
        self.records = Records(self)

    def step(self):
        """Run one quarter (ODD 3.1)."""
        self.past_year = [*self.past_year, self.events][-4:]
        self.events = new_events(self.geography.size)
        before = states_of_firms(self)
        for process in PROCESSES:
            process(self)
        count_agents(self, self.quarter + 1)
        collect_revenue(self)
        if self.levers:
            mark_receivers(self, before)
        for lever in self.levers:
            charge_lever(self, lever)
        self.quarter += 1
        self.records.take(self)

    def act_lever(self, lever):
        """Let one lever move the conditions of this quarter."""
        act_lever(self, lever)


def constants_with_drift(model):
    """Return origin x place: fitted constants and, for the French abroad, the diaspora's drift (ODD 5.3)."""
    french, drift = model.geography.is_french, model.world["talent.diaspora_drift"]
    table = model.start.constants.tolist()
    for origin, row in enumerate(table):
        for j in range(len(row)):
            if french[origin] and not french[j]:
                row[j] += drift
    return table


def cities_of(model):
    """Return the cities in order of their first place; the two rests have none (ODD 2.3)."""
    owned = {}
    for record, place in zip(model.evidence.places, model.places, strict=True):
        if record.city:
            owned.setdefault(record.city, []).append(place)
    return [City(model, name, places) for name, places in owned.items()]


def first_state(model):
    """Count for the first time and keep the stocks all later prices are relative to (ODD 5.8)."""
    count_agents(model, 0)
    model.reference = reference_stocks(model)
    for place in model.places:
        place.talents = model.reference.talents[place.index]
        place.startup_staff = model.reference.staff[place.index]
    markets = range(len(model.geography.markets))
    model.reference.staff_ratio = [staff_ratio(model, market) for market in markets]
