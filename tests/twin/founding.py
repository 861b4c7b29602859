"""Talents found firms, firms choose a place, some founders move (ODD 7.4)."""

from __future__ import annotations

from typing import Any

from tests.twin.agents import ALIVE, NEVER, Startup, group_of
from tests.twin.arithmetic import exp, trunc
from tests.twin.choice import FOUNDING_CHOICE, nested_choice
from tests.twin.draws import Purpose, normals, startup_uid, two
from tests.twin.events import move_talent
from tests.twin.startup_value import awareness_of

SKILLS = ("technician", "engineer", "star", "top")
MOST_FIRMS = 8


def founding_weight(model: Any, talent: Any, quarter: int) -> float:
    """ODD 5.5: how often a talent founds, relative to an engineer past youth."""
    world = model.world
    weight = 1.0 if SKILLS[talent.skill] == "engineer" else world[f"startup.founding_{SKILLS[talent.skill]}"]
    if quarter - talent.entry < trunc(4 * (30 - world["talent.entry_age"])):
        weight *= world["startup.founding_young"]
    return weight


def mean_firms(model: Any) -> list[list[float]]:
    """ODD 7.4: firms (agents) a talent of founding weight 1 founds this quarter, by group and residence."""
    founding = model.start.founding
    scale = model.settings.talent_scale / model.settings.startup_scale
    elasticity = model.world["startup.entry_elasticity"]
    table = []
    for logsum, start in zip(model.startup_table.founding_logsum, founding.logsum.tolist(), strict=True):
        row = []
        for place, rate in enumerate(founding.rate.tolist()):
            row.append(scale * rate * exp(elasticity * (logsum[place] - start[place])))
        table.append(row)
    return table


def number_founded(mean: float, uniform: float) -> int:
    """ODD 7.4: the Poisson number that one uniform stands for, 8 at most."""
    if uniform < 1 - mean:
        return 0
    term = exp(-mean)
    total = term
    k = 0
    while uniform >= total and k < MOST_FIRMS:
        k += 1
        term = term * (mean / k)
        total += term
    return k


def new_firm(model: Any, seed: int, uid: int, place: int, quarter: int) -> Any:
    """ODD 7.4: a firm just founded in ``place``; its quality is the bare normal draw until its founder adds ability."""
    world = model.world
    normal, _ = normals(seed, Purpose.QUALITY, uid, 0, 0)
    status, person = two(seed, Purpose.QUALITY, uid, 0, 1)
    first = world["startup.first_headcount"]
    whole = trunc(first)
    return Startup(
        model,
        uid=uid,
        founder_slot=-1,
        founder_generation=0,
        french_founder=0,
        origin=place,
        hq=place,
        ops=place,
        founded=quarter,
        quality=normal,
        jei=1 if status < world["law.jei_take_up"] else 0,
        headcount=whole + (1 if person < first - whole else 0),
        away=0,
        moved=NEVER,
        outgrown=0,
        customer=NEVER,
        stage=0,
        accelerated=0,
        cash=trunc(world["startup.first_cash"]),
        raised=0,
        last_round=NEVER,
        last_foreign=NEVER,
        lead=place,
        foreign_lead=place,
        status=ALIVE,
        received=0,
    )


def chosen_place(model: Any, uid: int, residence: int, group: int) -> int:
    """ODD 7.4: where a founder who lives in ``residence`` founds the firm ``uid``."""
    table = model.startup_table
    values = [table.founding[j] - table.cost[residence][j] for j in range(len(table.founding))]
    seen = awareness_of(model, group, (residence,))
    nest = model.world["startup.nest"]
    return nested_choice(values, seen, nest, model, model.key, uid, model.quarter, FOUNDING_CHOICE)


def quality_of(model: Any, normal: float, talent: Any) -> float:
    """ODD 7.4: quality of a firm, partly its founder's ability."""
    link, spread = model.world["startup.quality_ability"], model.world["talent.ability_sd"]
    ability = (talent.log_ability + 0.5 * spread * spread) / spread
    return link * ability + (1 - link * link) ** 0.5 * normal


def move_founder(model: Any, talent: Any, uid: int, place: int, block: int) -> None:
    """ODD 7.4: with some chance the founder's row moves to the place of the firm."""
    chance = min(1.0, model.settings.startup_scale / model.settings.talent_scale)
    follows, _ = two(model.key, Purpose.FOUNDER_FOLLOWS, uid, model.quarter, block)
    if follows < chance and talent.place != place:
        move_talent(model, talent, place, "with own firm")


def found_startups(model: Any) -> None:
    """ODD 7.4: every talent that counts may found firms; all decide on the state at the start."""
    quarter, births, births_french = model.quarter, model.events.counts["births"], model.events.counts["births_french"]
    means = mean_firms(model)
    founded: list[tuple[Any, Any]] = []
    for talent in model.talents:
        if talent.counts != 1:
            continue
        french = model.geography.is_french[talent.origin]
        group = group_of(model, talent.place, french)
        mean = means[group][talent.place] * founding_weight(model, talent, quarter)
        uniform, _ = two(model.key, Purpose.FOUND, talent.uid, quarter, 0)
        for k in range(number_founded(mean, uniform)):
            uid = startup_uid(talent.slot, talent.generation, quarter, k)
            place = chosen_place(model, uid, talent.place, group)
            firm = new_firm(model, model.key, uid, place, quarter)
            firm.quality = quality_of(model, firm.quality, talent)
            firm.founder_slot, firm.founder_generation = talent.slot, talent.generation
            firm.french_founder = 1 if french else 0
            founded.append((talent, firm))
    for talent, firm in founded:
        talent.firms += 1
        births[firm.hq] += 1
        births_french[firm.hq] += firm.french_founder
        model.startups.append(firm)
        move_founder(model, talent, firm.uid, firm.hq, 0)
