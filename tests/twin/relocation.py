"""Firms consider a new headquarters, staff follow earlier moves, some founders move (ODD 7.7)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.twin.agents import ALIVE, group_of
from tests.twin.choice import MOVING_CHOICE, nested_choice
from tests.twin.draws import Purpose, normals, numbers, two
from tests.twin.events import FOREIGN, FRENCH, STARTUP_TERMS, STARTUP_TRIGGERS, TERM_UNIT, direction_of
from tests.twin.founding import move_founder
from tests.twin.rationing import met
from tests.twin.startup_value import awareness_of

FOREIGN_LEAD_QUARTERS = 12
FOLLOW_QUARTERS = 8


def has_foreign_lead(firm: Any, quarter: int) -> bool:
    """ODD 7.7: a round was led from abroad in the last three years."""
    return bool(quarter - firm.last_foreign <= FOREIGN_LEAD_QUARTERS)


def trigger_of(model: Any, firm: Any, seed: int, quarter: int) -> str | None:
    """ODD 7.7: the trigger by which a firm considers moving, or None."""
    world = model.world
    parts = {
        "background": world["startup.move_hazard"],
        "funded": world["startup.move_hazard_funded"] if firm.stage > 0 else 0.0,
        "foreign lead": world["startup.move_hazard_foreign"] if has_foreign_lead(firm, quarter) else 0.0,
        "outgrown premises": world["startup.move_hazard_premises"] if firm.outgrown else 0.0,
    }
    uniform, _ = two(seed, Purpose.MOVE, firm.uid, quarter, 0)
    cumulated = 0.0
    for trigger, part in parts.items():
        cumulated += part
        if uniform < cumulated:
            return trigger
    return None


def tastes_of(model: Any, firm: Any) -> list[float]:
    """ODD 7.7: lasting tastes of a firm for places."""
    if firm.tastes is None:
        scores = numbers(model.population_key, Purpose.STARTUP_TASTE, firm.uid, 0, model.geography.size, normals)
        firm.tastes = [model.world["startup.taste"] * score for score in scores]
    return firm.tastes


def lead_pulls(model: Any, firm: Any, quarter: int) -> list[float]:
    """ODD 7.7: pull of the country of the foreign lead investor, by place."""
    pull, country = model.world["startup.pull_lead"], model.geography.country
    recent = has_foreign_lead(firm, quarter)
    return [pull if recent and country[j] == country[firm.foreign_lead] else 0.0 for j in range(len(model.places))]


def new_headquarters(model: Any, firm: Any, table: SimpleNamespace, seed: int, quarter: int) -> int:
    """ODD 7.7: where a firm that considers moving goes."""
    taste, pull = tastes_of(model, firm), lead_pulls(model, firm, quarter)
    values = [table.moving[j] + taste[j] - table.cost[firm.hq][j] + pull[j] for j in range(len(taste))]
    group = group_of(model, firm.hq, bool(firm.french_founder))
    seen = awareness_of(model, group, (firm.hq, firm.origin))
    return nested_choice(values, seen, model.world["startup.nest"], model, seed, firm.uid, quarter, MOVING_CHOICE)


def followers(model: Any, firm: Any, seed: int, quarter: int) -> int:
    """ODD 7.7: staff at operations who follow a headquarters that went abroad."""
    country = model.geography.country
    if country[firm.hq] == country[firm.ops] or not 1 <= quarter - firm.moved <= FOLLOW_QUARTERS:
        return 0
    share = 1 - (1 - model.world["startup.staff_follow"]) ** (1 / FOLLOW_QUARTERS)
    uniform, _ = two(seed, Purpose.STAFF_FOLLOWS, firm.uid, quarter, 0)
    return met(firm.headcount - firm.away, share, uniform)


def relocate(model: Any, firm: Any, new: int, quarter: int) -> None:
    """ODD 7.7, *Moving*: the headquarters changes."""
    country, old = model.geography.country, firm.hq
    firm.hq = new
    if country[firm.ops] == country[new]:
        firm.ops, firm.away = new, 0
    if country[old] != country[new]:
        firm.moved = quarter
    firm.outgrown = 0


def reasons_of(model: Any, firm: Any, old: int, new: int, table: SimpleNamespace, quarter: int) -> dict[str, float]:
    """ODD 7.7, *Reasons*: differences of the terms of ``V``, new less old headquarters."""
    beta, taste, pull = model.world["startup.beta_move"], tastes_of(model, firm), lead_pulls(model, firm, quarter)
    differences = {name: beta * term[new] - beta * term[old] for name, term in table.terms.items()}
    differences["place and country"] = table.moving_place[new] - table.moving_place[old]
    differences["taste"] = taste[new] - taste[old]
    differences["lead investor"] = pull[new] - pull[old]
    differences["moving cost"] = -table.cost[old][new]
    return differences


def note_move(model: Any, firm: Any, old: int, new: int, trigger: str, table: SimpleNamespace, quarter: int) -> None:
    """ODD 7.7: flow of a move; trigger and terms where it crosses the border of France."""
    events = model.events
    kind = FRENCH if model.geography.is_french[firm.origin] else FOREIGN
    events.startup_flows[kind][old][new] += 1
    direction = direction_of(model, old, new)
    if direction is None:
        return
    events.startup_triggers[kind][direction][STARTUP_TRIGGERS.index(trigger)] += 1
    for name, difference in reasons_of(model, firm, old, new, table, quarter).items():
        events.startup_terms[kind][direction][STARTUP_TERMS.index(name)] += round(difference / TERM_UNIT)


def decision_of(model: Any, firm: Any, table: SimpleNamespace, seed: int, quarter: int) -> tuple[str | None, int, int]:
    """ODD 7.7: trigger (None: does not consider), new headquarters and followers of a firm."""
    trigger = trigger_of(model, firm, seed, quarter) if firm.founded < quarter else None
    new = firm.hq if trigger is None else new_headquarters(model, firm, table, seed, quarter)
    return trigger, new, followers(model, firm, seed, quarter)


def relocate_startups(model: Any) -> None:
    """ODD 7.7: all choose and follow on the state at the start, then all is written in row order."""
    table, quarter, country = model.startup_table, model.quarter, model.geography.country
    places, scale = range(len(model.places)), model.settings.startup_scale
    following = [[0 for _ in places] for _ in places]
    living = [firm for firm in model.startups if firm.status == ALIVE]
    decisions = [decision_of(model, firm, table, model.key, quarter) for firm in living]
    for firm, (trigger, new, follow) in zip(living, decisions, strict=True):
        old = firm.hq
        following[firm.ops][old] += follow
        firm.away += follow
        if trigger is None or new == old:
            continue
        note_move(model, firm, old, new, trigger, table, quarter)
        if country[old] != country[new]:
            following[old][new] += firm.away
        relocate(model, firm, new, quarter)
        founder = model.talents[firm.founder_slot] if firm.founder_slot >= 0 else None
        if founder is not None and founder.generation == firm.founder_generation:
            move_founder(model, founder, firm.uid, new, 1)
    model.following = [[float(count * scale) for count in row] for row in following]
