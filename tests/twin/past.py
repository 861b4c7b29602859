"""Firms with a past: what lived on 1 July 2013 (ODD 5.5, 5.7)."""

from __future__ import annotations

from math import ceil
from types import SimpleNamespace
from typing import Any

from tests.twin.agents import ALIVE, Startup
from tests.twin.arithmetic import exp, trunc
from tests.twin.closing import death_hazard, end_of, leave_site, site_closes
from tests.twin.draws import Purpose, initial_startup_uid, two
from tests.twin.founding import new_firm
from tests.twin.funding import acceptance, ask_of, asks_for_money, close_round, foreign_lead_chance
from tests.twin.operating import grow, new_tax_base, operate, site_money
from tests.twin.relocation import decision_of, relocate
from tests.twin.startup_value import startup_tables
from tests.twin.world_of_2013 import WorldOf2013

PAST_QUARTERS = 60
SPARE = 1.35
LEAST_GROWTH, MOST_GROWTH = -0.02, 0.08


class Past(WorldOf2013):
    """The years before the start: the world of 2013 with its stock of startups, and nobody in it (ODD 5.7)."""

    def __init__(self, world: Any, evidence: Any, settings: Any, population_seed: int, founding: Any, moving: Any):
        super().__init__(world, evidence, settings, population_seed)
        self.start = SimpleNamespace(founding=founding, moving=moving)
        self.stock, self.births = firms_of_2013(self)
        self.startup_counts = SimpleNamespace(real=self.stock, young=[0 for _ in self.stock])
        self.startup_table = startup_tables(self)


def firms_of_2013(model: Any) -> tuple[list[float], list[float]]:
    """ODD 5.5: real startups and births a quarter of 2013, by place."""
    world, column = model.world, model.evidence.column
    firms, births, factor = (
        column(name).tolist() for name in ("digital_startups", "startup_births_per_year", "births_perimeter_factor")
    )
    stock, born = [], []
    for p in range(model.geography.size):
        perimeter = 1.0
        if model.geography.is_french[p]:
            name = "paris" if model.geography.is_ile_de_france[p] else "rest"
            perimeter = world[f"population.perimeter_{name}"]
        stock.append(firms[p] * perimeter)
        born.append(births[p] * factor[p] * perimeter / 4)
    return stock, born


def alive_by_age(model: Any) -> list[float]:
    """ODD 5.7 step 1: share of firms alive at age 0 … 60, at quality 0."""
    alive = [1.0]
    for age in range(PAST_QUARTERS):
        alive.append(alive[age] * (1 - death_hazard(model, age, 0.0, lasting=False, broke=False)))
    return alive


def wanted_firms(model: Any) -> list[int]:
    """ODD 5.7 step 2: agents by headquarters."""
    return [max(round(stock / model.settings.startup_scale), 1) for stock in model.stock]


def growth_of_births(births: float, wanted: int, alive: list[float]) -> float:
    """ODD 5.7 step 3: growth a quarter at which past births leave the firms wanted."""
    low, high = LEAST_GROWTH, MOST_GROWTH
    for _ in range(40):
        middle = (low + high) / 2
        left = births * sum(exp(-middle * a) * alive[a] for a in range(1, PAST_QUARTERS + 1))
        if left > wanted:
            low = middle
        else:
            high = middle
    return low


def founded_by_age(births: float, wanted: int, alive: list[float]) -> list[int]:
    """ODD 5.7 step 3: candidates of age 1 … 60 of one place."""
    growth = growth_of_births(births, wanted, alive)
    ages = range(1, PAST_QUARTERS + 1)
    whole = sum(exp(-growth * a) * alive[a] for a in ages)
    return [ceil(SPARE * wanted / whole * exp(-growth * a)) for a in ages]


def candidates(model: Any) -> list[Any]:
    """ODD 5.7 step 4: firms founded in the past, by place, then age."""
    firms: list[Any] = []
    alive, wanted = alive_by_age(model), wanted_firms(model)
    for place in range(model.geography.size):
        births = model.births[place] / model.settings.startup_scale
        for before, count in enumerate(founded_by_age(births, wanted[place], alive)):
            for _ in range(count):
                uid = initial_startup_uid(len(firms))
                firm = new_firm(model, model.population_key, uid, place, -(before + 1))
                firm.french_founder = 1 if model.geography.is_french[place] else 0
                firms.append(firm)
    return firms


def live_through(model: Any, firm: Any, quarter: int, table: SimpleNamespace) -> None:
    """ODD 5.7 step 5: one quarter of one firm; nothing is scarce but money."""
    seed = model.population_key
    if asks_for_money(model, firm, seed, quarter):
        chance = acceptance(model, firm, model.world["capital.past_share"])
        if two(seed, Purpose.SEEK, firm.uid, quarter, 0)[1] < chance:
            capital, abroad = model.startup_table.capital, foreign_lead_chance(model, firm)
            close_round(
                model, firm, ask_of(model, firm), seed=seed, quarter=quarter, foreign_chance=abroad, capital=capital
            )
    result = operate(model, firm, table.money, table.base, seed, quarter)
    grow(firm, result, table.plenty, table.claims, seed, quarter)
    _, new, follow = decision_of(model, firm, model.startup_table, seed, quarter)
    firm.away += follow
    if new != firm.hq:
        relocate(model, firm, new, quarter)
    firm.status = end_of(model, firm, result.flow, seed, quarter)
    if firm.status == ALIVE and site_closes(model, firm, seed, quarter):
        leave_site(firm)


def lives(model: Any, firms: list[Any]) -> None:
    """ODD 5.7 step 5: quarters −60 … −1 of all candidates."""
    places = range(model.geography.size)
    table = SimpleNamespace(
        money=site_money(model),
        base=new_tax_base(model),
        plenty=SimpleNamespace(workers_met=[1.0 for _ in places], premises_met=[1.0 for _ in places]),
        claims=SimpleNamespace(
            hired=[0 for _ in places], refused_workers=[0 for _ in places], refused_premises=[0 for _ in places]
        ),
    )
    for quarter in range(-PAST_QUARTERS, 0):
        for firm in firms:
            if firm.status == ALIVE and firm.founded <= quarter:
                live_through(model, firm, quarter, table)


def thinned(model: Any, firms: list[Any]) -> list[Any]:
    """ODD 5.7 step 6: by place, the firms of lowest rank among the living, in row order."""
    kept = []
    for place, wanted in enumerate(wanted_firms(model)):
        here = [firm for firm in firms if firm.status == ALIVE and firm.hq == place]
        ranked = sorted(here, key=lambda firm: two(model.population_key, Purpose.START, firm.uid, 0, 0)[0])
        chosen = {firm.uid for firm in ranked[:wanted]}
        kept += [firm for firm in here if firm.uid in chosen]
    return kept


def give_founders(model: Any, firms: list[Any], talents: list[Any]) -> None:
    """ODD 5.7 step 7: a talent of the same kind of origin who lives at the headquarters; its ``firms`` + 1."""
    for place in range(model.geography.size):
        for french in (False, True):
            here = [t for t in talents if t.place == place and model.geography.is_french[t.origin] == french]
            for firm in firms:
                if firm.hq != place or bool(firm.french_founder) != french or not here:
                    continue
                uniform = two(model.population_key, Purpose.START, firm.uid, 0, 0)[1]
                founder = here[min(trunc(uniform * len(here)), len(here) - 1)]
                firm.founder_slot, firm.founder_generation = founder.slot, founder.generation
                founder.firms += 1


def firms_with_a_past(model: Past, talents: list[Any]) -> list[Startup]:
    """ODD 5.7: the startups of the start; the founders among ``talents`` get their ``firms``."""
    firms = candidates(model)
    lives(model, firms)
    kept: list[Startup] = thinned(model, firms)
    give_founders(model, kept, talents)
    return kept
