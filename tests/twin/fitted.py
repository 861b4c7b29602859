"""What the constants fitted before a run must solve (ODD 5.5, 5.6): residuals, computed plainly."""

from __future__ import annotations

from typing import Any

from tests.twin.arithmetic import ln
from tests.twin.choice import nested_probabilities
from tests.twin.founding import founding_weight
from tests.twin.past import Past
from tests.twin.startup_value import FOREIGN_ABROAD, FRENCH_RESIDENT, awareness_of


def choice_law(model: Past, utility: list[float], residence: int) -> list[float]:
    """ODD 7.4: chances of every place for a founder or a mover in ``residence``, all abroad of group 2."""
    cost = model.startup_table.cost[residence]
    group = FRENCH_RESIDENT if model.geography.is_french[residence] else FOREIGN_ABROAD
    values = [value - spent for value, spent in zip(utility, cost, strict=True)]
    seen = awareness_of(model, group, (residence,))
    law, _ = nested_probabilities(values, seen, model.world["startup.nest"], model.geography)
    return list(law)


def founding_rates(model: Past, talents: list[Any]) -> list[float]:
    """ODD 5.5: foundings per unit of weight and quarter, by residence."""
    weight = [0.0 for _ in model.births]
    for talent in talents:
        weight[talent.place] += founding_weight(model, talent, 0)
    scale = model.settings.talent_scale
    return [births / max(w * scale, 1e-9) for births, w in zip(model.births, weight, strict=True)]


def founding_gaps(model: Past) -> list[float]:
    """ODD 5.5: ln of births the constants give over births of 2013, by place; zero where solved."""
    places = range(model.geography.size)
    arriving = [0.0 for _ in places]
    for r in places:
        for j, chance in enumerate(choice_law(model, model.startup_table.founding, r)):
            arriving[j] += model.births[r] * chance
    return [ln(arriving[p] / model.births[p]) for p in places]


def moving_gaps(model: Past) -> list[float]:
    """ODD 5.6: headquarters that leave less those that come inside the country, as a share of the stock, by place."""
    country, places = model.geography.country, range(model.geography.size)
    gap = [0.0 for _ in places]
    for r in places:
        law = choice_law(model, model.startup_table.moving, r)
        for j in places:
            if j != r and country[j] == country[r]:
                gap[r] += model.stock[r] * law[j]
                gap[j] -= model.stock[r] * law[j]
    return [gap[p] / model.stock[p] for p in places]


def means_by_country(model: Past, constants: list[float]) -> list[float]:
    """ODD 5.6: mean of the constants of each country."""
    means = []
    for c, size in enumerate(model.geography.nest_size):
        means.append(sum(constants[p] for p in range(len(constants)) if model.geography.country[p] == c) / size)
    return means
