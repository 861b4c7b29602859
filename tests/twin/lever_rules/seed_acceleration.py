"""R4: seed money and accelerator seats (ODD 7.16)."""

from __future__ import annotations

from tests.twin.arithmetic import root, trunc
from tests.twin.lever_rules.fields import france_or_places, intensity, memory_of, parameter, quarter_of


def money_of(model, lever, later=0):
    """Return million euro that come in this quarter, or some quarters later."""
    since = model.quarter + later - quarter_of(lever.start)
    ended = lever.end is not None and model.quarter + later >= quarter_of(lever.end)
    if since >= lever.drawdown_quarters or ended:
        return 0.0
    return intensity(model, lever) * lever.budget_meur / lever.drawdown_quarters


def split_of(model, lever):
    """Return the share of the money by place: by firms, most of it to labelled places."""
    firms, labelled = model.startup_counts.by_place, model.conditions.labelled
    weight = [max(firms[p], 1) if aimed else 0 for p, aimed in enumerate(france_or_places(model, lever))]
    share = [w / sum(weight) for w in weight]
    inside = [w if held else 0 for w, held in zip(weight, labelled, strict=True)]
    if sum(inside) == 0:
        return share
    to_holders = lever.labelled_share
    return [to_holders * w / sum(inside) + (1.0 - to_holders) * s for w, s in zip(inside, share, strict=True)]


def memory(model, lever):
    """Return money and seats left by place, and what was charged by quarter."""
    count = model.geography.size
    return memory_of(model, lever, capital_left=[0.0] * count, seats_left=[0.0] * count, charged=0.0, co_financing={})


def apply(model, lever):
    """Offer this quarter's money and seats, and what was not drawn before."""
    conditions, state, money = model.conditions, memory(model, lever), money_of(model, lever)
    if money <= 0.0:
        return
    price = parameter(model, lever, "seat_cost_eur") / 1e6
    last = money_of(model, lever, later=1) <= 0.0
    for p, share in enumerate(split_of(model, lever)):
        state.capital_left[p] += money * (1.0 - lever.accelerator_share) * share
        state.seats_left[p] += money * lever.accelerator_share * share / price
        conditions.public_capital[p] += max(state.capital_left[p], 0.0)
        seats = max(state.seats_left[p], 0.0)
        if last:
            seats = max(state.seats_left[p] - 2.0 * root(seats * model.settings.startup_scale), 0.0)
        conditions.accelerator_seats[p] += seats


def charges(model, lever):
    """Charge seats used and money invested; some of it comes back years later."""
    state, funding = memory(model, lever), model.funding
    seats = public = 0.0
    if money_of(model, lever) > 0.0:
        for p in range(model.geography.size):
            state.capital_left[p] -= funding.public_invested_meur[p]
            state.seats_left[p] -= funding.seats_used[p]
        seats = sum(funding.seats_used) * parameter(model, lever, "seat_cost_eur") / 1e6
        left = lever.strength * lever.budget_meur - state.charged - seats
        public = max(min(sum(funding.public_invested_meur), left), 0.0)
    state.charged += seats + public
    state.co_financing[model.quarter] = public
    then = model.quarter - trunc(parameter(model, lever, "recovery_quarters"))
    back = parameter(model, lever, "recoverable_share") * state.co_financing.get(then, 0.0)
    return [("co-financing", "state", public), ("accelerator seats", "state", seats), ("money back", "state", -back)]


def reach(model, lever, acting):
    """Return firms with a seat, and firms with a round this quarter where public money was on offer (ODD 7.23)."""
    if money_of(model, lever) <= 0.0:
        return []
    public = model.conditions.public_capital
    return [
        seen.firm
        for seen in acting
        if seen.firm.accelerated or (seen.firm.last_round == model.quarter and public[seen.hq] > 0.0)
    ]
