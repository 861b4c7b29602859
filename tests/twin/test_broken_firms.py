"""The comparison can fail: each law of firms, broken in the twin, shows in a run (ODD 7.4 – 7.7, 7.9)."""

from __future__ import annotations

import pytest

from tests.twin import closing, founding, funding, operating, relocation, startup_value
from tests.twin.agents import ALIVE
from tests.twin.arithmetic import exp, trunc
from tests.twin.events import STARTUP_TRIGGERS
from tests.twin.runs import first_differences
from tests.twin.short_form import short_form

QUARTERS = 12
RUN = "busy", "all_eight"
RUNS = {
    "7.4 residence is seen": ("central", None),
    "7.7 partners": ("busy", "french_tech_2014"),  # where several places hold the label
}
KEPT = {
    (module, name): function
    for module in (closing, founding, funding, operating, relocation, startup_value)
    for name, function in vars(module).items()
    if callable(function)
}

pytestmark = pytest.mark.long  # one Python suffices: these try the comparison, not the engine


def no_partners(model):
    """An ecosystem of the firms of a place alone."""
    return list(model.startup_counts.real)


def no_growth_of_capital(model, quarter):
    """Money on offer of the start, for ever."""
    return KEPT[startup_value, "capital_on_offer"](model, 0)


def costs_of_talents(model, kind):
    """Costs of moving of the wrong kind."""
    return KEPT[startup_value, "moving_cost"](model, "talent")


def residents_awareness(model, group, always):
    """What residents of France see, for everybody."""
    return KEPT[startup_value, "awareness_of"](model, 0, always)


def home_unseen(model, group, always):
    """A place of residence that is no more seen than others."""
    return KEPT[startup_value, "awareness_of"](model, group, ())


def steady_founding(model):
    """Founding that does not answer its expected utility."""
    ratio = model.settings.talent_scale / model.settings.startup_scale
    return [[ratio * rate for rate in model.start.founding.rate.tolist()] for _ in range(3)]


def one_firm_at_most(mean, uniform):
    """A talent founds at most one firm a quarter."""
    return min(KEPT[founding, "number_founded"](mean, uniform), 1)


def nearer_wins(model, home, capital, uniform):
    """Every foreign lead comes from the place of most capital abroad."""
    country = model.geography.country
    return max((p for p in range(len(capital)) if country[p] != country[home]), key=lambda p: capital[p])


def cut_off(demand, supply, sharpness):
    """Rationing with a kink: all is met up to the supply."""
    return 1.0 if demand <= supply else supply / demand


def impatient(model, firm, seed, quarter):
    """Firms may ask again at once."""
    last, firm.last_round = firm.last_round, -30_000
    asks = KEPT[funding, "asks_for_money"](model, firm, seed, quarter)
    firm.last_round = last
    return asks


def no_relief(firm, table, quarter):
    """Young innovative firms pay what others pay."""
    return (firm.headcount - firm.away) * table.cost[firm.ops] + firm.away * table.cost[firm.hq]


def cost_at_operations(firm, table, quarter):
    """All staff cost what they cost at operations."""
    away, firm.away = firm.away, 0
    cost = KEPT[operating, "cost_of"](firm, table, quarter)
    firm.away = away
    return cost


def mature_at_once(model, firm, table, quarter):
    """Revenue of a mature firm from the first customer on."""
    reached = 1 - exp(-(quarter - firm.customer + 1) / model.world["startup.revenue_quarters"])
    return KEPT[operating, "revenue_of"](model, firm, table, quarter) / max(reached, 1e-9)


def untaxed(model, firm, profit, quarter):
    """Profit without tax."""
    return profit, max(profit, 0.0)


def all_profit_alike(base, firm, taxable, quarter):
    """A tax base that does not tell young innovative firms."""
    status, firm.jei = firm.jei, 0
    KEPT[operating, "enter_tax_base"](base, firm, taxable, quarter)
    firm.jei = status


def never_outgrown(firm, *arguments):
    """Nobody remembers a refusal of premises."""
    KEPT[operating, "grow"](firm, *arguments)
    firm.outgrown = 0


def nothing_scarce(model, wished):
    """All claims for workers and premises are met."""
    shares = KEPT[operating, "claims_met"](model, wished)
    shares.workers_met = [1.0 for _ in wished]
    shares.premises_met = [1.0 for _ in wished]
    return shares


def order_to_all(model, firm, table, seed, quarter):
    """Every young firm gets an order."""
    return 1 if 0 < quarter - firm.founded < trunc(4 * model.world["startup.young_years"]) else 0


def other_trigger(model, firm, seed, quarter):
    """The same moves, for another reason."""
    trigger = KEPT[relocation, "trigger_of"](model, firm, seed, quarter)
    return None if trigger is None else STARTUP_TRIGGERS[0]


def no_tastes(model, firm):
    """Firms alike in their tastes."""
    return [0.0 for _ in model.places]


def no_pull(model, firm, quarter):
    """Lead investors who pull nobody."""
    return [0.0 for _ in model.places]


def operations_stay(model, firm, new, quarter):
    """Operations never come along, not even inside a country."""
    operations, away = firm.ops, firm.away
    KEPT[relocation, "relocate"](model, firm, new, quarter)
    firm.ops, firm.away = operations, away


def staff_stay_behind(model, firm, new, quarter):
    """Staff at a headquarters that crosses a border do not move with it."""
    KEPT[relocation, "relocate"](model, firm, new, quarter)
    firm.away = 0


def ageless_hazard(model, age, quality, *, lasting, broke):
    """A hazard of closing that knows no age."""
    return KEPT[closing, "death_hazard"](model, 11, quality, lasting=lasting, broke=broke)


def no_sales(model, firm, flow, seed, quarter):
    """Firms close, but are never sold."""
    status = KEPT[closing, "end_of"](model, firm, flow, seed, quarter)
    return ALIVE if status == closing.SOLD else status


def nobody_starts_again(firm):
    """A firm that leaves its site keeps its whole staff."""
    firm.ops, firm.away = firm.hq, 0


def whole_heads(model, seed, uid, place, quarter):
    """First heads without the part of a person."""
    firm = KEPT[founding, "new_firm"](model, seed, uid, place, quarter)
    firm.headcount = trunc(model.world["startup.first_headcount"])
    return firm


def ageless_growth(model, firm, flow, broke, seed, quarter):
    """Growth that does not slow with age."""
    founded, firm.founded = firm.founded, quarter
    wish = KEPT[operating, "wish_of"](model, firm, flow, broke, seed, quarter)
    firm.founded = founded
    return wish


def unbroken(model, firm, flow, broke, seed, quarter):
    """Firms without money that wish what others wish."""
    return KEPT[operating, "wish_of"](model, firm, flow, False, seed, quarter)


def restless(model, firm, table, seed, quarter):
    """Firms that may move in the quarter they are founded in."""
    founded, firm.founded = firm.founded, quarter - 1
    decision = KEPT[relocation, "decision_of"](model, firm, table, seed, quarter)
    firm.founded = founded
    return decision


def all_french(model, place, french):
    """Founders of foreign origin who see what the French see."""
    return KEPT[relocation, "group_of"](model, place, True)


def no_pull_of_america(model, constants):
    """Place constants of movers alone."""
    return list(constants)


BROKEN = {
    "7.4 days to start": (startup_value, "start_cost", lambda model: [0.0 for _ in model.places]),
    "7.4 entry elasticity": (founding, "mean_firms", steady_founding),
    "7.4 weights of founders": (founding, "founding_weight", lambda model, talent, quarter: 1.0),
    "7.4 several firms": (founding, "number_founded", one_firm_at_most),
    "7.4 place": (founding, "chosen_place", lambda model, uid, residence, group: residence),
    "7.4 quality and ability": (founding, "quality_of", lambda model, normal, talent: normal),
    "7.4 first heads": (founding, "new_firm", whole_heads),
    "7.4 founders move": (founding, "move_founder", lambda *arguments: None),
    "7.4 founders' awareness": (founding, "awareness_of", residents_awareness),
    "7.4 residence is seen": (startup_value, "awareness_of", home_unseen),
    "7.5 seats": (funding, "take_seats", lambda model: [0.0 for _ in model.places]),
    "7.5 age of seats": (funding, "SEAT_AGE_QUARTERS", 40),
    "7.5 quarters between rounds": (funding, "asks_for_money", impatient),
    "7.5 asks by stage": (funding, "ask_of", lambda model, firm: trunc(1e6 * model.world["capital.ask.seed"])),
    "7.5 investors see quality": (funding, "acceptance", lambda model, firm, share: share),
    "7.5 smooth rationing": (funding, "share_met", cut_off),
    "7.5 foreign leads by stage": (funding, "foreign_lead_chance", lambda model, firm: 0.1),
    "7.5 place of foreign leads": (funding, "foreign_lead_place", nearer_wins),
    "7.5 public part": (funding, "public_part", lambda *arguments: 0.0),
    "7.5 growth of capital": (startup_value, "capital_on_offer", no_growth_of_capital),
    "7.6 orders": (operating, "order_of", order_to_all),
    "7.6 first customers": (operating, "wins_first_customer", lambda model, firm, *rest: firm.customer < 0),
    "7.6 relief": (operating, "cost_of", no_relief),
    "7.6 cost by site": (operating, "cost_of", cost_at_operations),
    "7.6 maturity": (operating, "revenue_of", mature_at_once),
    "7.6 tax on profit": (operating, "profit_and_tax", untaxed),
    "7.6 tax base": (operating, "enter_tax_base", all_profit_alike),
    "7.6 a year of cash": (operating, "year_of_cash", lambda cash, flow: cash > 0),
    "7.6 growth and age": (operating, "wish_of", ageless_growth),
    "7.6 broke firms shrink": (operating, "wish_of", unbroken),
    "7.6 split by site": (operating, "split_of", lambda firm, wish, seed, quarter: (wish, 0)),
    "7.6 scarcity": (operating, "claims_met", nothing_scarce),
    "7.6 outgrown premises": (operating, "grow", never_outgrown),
    "7.7 partners": (startup_value, "ecosystem", no_partners),
    "7.7 cost of moving": (startup_value, "moving_cost", costs_of_talents),
    "7.7 place of origin is seen": (relocation, "awareness_of", home_unseen),
    "7.7 new firms stay": (relocation, "decision_of", restless),
    "7.7 founders' awareness": (relocation, "group_of", all_french),
    "7.7 United States": (startup_value, "movers_place", no_pull_of_america),
    "7.7 triggers": (relocation, "trigger_of", other_trigger),
    "7.7 three years of a lead": (relocation, "FOREIGN_LEAD_QUARTERS", 400),
    "7.7 tastes": (relocation, "tastes_of", no_tastes),
    "7.7 lead investors": (relocation, "lead_pulls", no_pull),
    "7.7 following": (relocation, "FOLLOW_QUARTERS", 4),
    "7.7 operations": (relocation, "relocate", operations_stay),
    "7.7 staff at headquarters": (relocation, "relocate", staff_stay_behind),
    "7.7 reasons": (relocation, "reasons_of", lambda *arguments: {}),
    "7.9 age": (closing, "death_hazard", ageless_hazard),
    "7.9 a year of cash": (closing, "year_of_cash", lambda cash, flow: cash > 0),
    "7.9 age of sales": (closing, "SALE_AGE_QUARTERS", 0),
    "7.9 sales": (closing, "end_of", no_sales),
    "7.9 sites": (closing, "site_closes", lambda *arguments: False),
    "7.9 eight quarters": (closing, "FOLLOW_QUARTERS", 9),
    "7.9 starting again": (closing, "leave_site", nobody_starts_again),
}


@pytest.mark.parametrize("law", short_form(BROKEN, 3))
def test_a_broken_law_of_firms_is_noticed(monkeypatch, law):
    """A run of the twin without this law is another run."""
    module, name, broken = BROKEN[law]
    monkeypatch.setattr(module, name, broken)
    assert first_differences(QUARTERS, *RUNS.get(law, RUN)) is not None


@pytest.mark.torture
@pytest.mark.parametrize(("world", "scenario"), [RUN, *RUNS.values()])
def test_without_a_broken_law_nothing_differs(world, scenario):
    """What the tests above notice is the law alone."""
    assert first_differences(QUARTERS, world, scenario) is None
