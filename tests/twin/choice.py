"""Choice of place: nested logit as random utility, and its exact law (ODD 7.11)."""

from __future__ import annotations

from tests.twin.arithmetic import exp, ln
from tests.twin.draws import Purpose, gumbel, log_positive_stable, numbers, two

# Purposes of the numbers of places, of countries, and of the awareness draw.
TALENT_CHOICE = (Purpose.PLACE, Purpose.NEST, Purpose.SEES)
FOUNDING_CHOICE = (Purpose.FOUND_PLACE, Purpose.NEST, Purpose.SEES)
MOVING_CHOICE = (Purpose.MOVE_PLACE, Purpose.NEST, Purpose.SEES)


def nested_choice(value, awareness, lam, model, seed, uid, quarter, purposes):
    """Return the place of highest utility among those seen; a tie goes to the lower index.

    ``value`` and ``awareness`` are by place, ``lam`` is the parameter of the nests, ``purposes`` those of
    places, nests and the awareness draw.
    """
    geography = model.geography
    place_numbers, nest_numbers, sees_numbers = purposes
    shared = []
    for country, size in enumerate(geography.nest_size):
        if size >= 2 and lam < 1.0:
            first, second = two(seed, nest_numbers, uid, quarter, country)
            shared.append(lam * log_positive_stable(first, second, lam))
        else:
            shared.append(0.0)
    sees = two(seed, sees_numbers, uid, quarter, 0)[0]
    luck = numbers(seed, place_numbers, uid, quarter, geography.size)
    best, highest = -1, None
    for j in range(geography.size):
        if sees >= awareness[j]:
            continue
        country = geography.country[j]
        scale = lam if geography.nest_size[country] >= 2 else 1.0
        utility = value[j] + shared[country] + scale * gumbel(luck[j])
        if highest is None or utility > highest:
            best, highest = j, utility
    return best


def nested_probabilities(value, awareness, lam, geography):
    """Return (probabilities by place, expected logsum): the exact law of ``nested_choice``."""
    count = geography.size
    law, logsum = [0.0] * count, 0.0
    upper = 1.0
    while upper > 0.0:
        lower = max((a for a in awareness if a < upper), default=0.0)
        lower = max(lower, 0.0)
        weight = upper - lower
        seen = [j for j in range(count) if awareness[j] >= upper]
        inclusive = {}
        for country in sorted({geography.country[j] for j in seen}):
            members = [j for j in seen if geography.country[j] == country]
            scale = lam if geography.nest_size[country] >= 2 else 1.0
            top = max(value[j] for j in members)
            inclusive[country] = top + scale * ln(sum(exp((value[j] - top) / scale) for j in members))
        highest = max(inclusive.values())
        whole = highest + ln(sum(exp(i - highest) for i in inclusive.values()))
        logsum += weight * whole
        for j in seen:
            country = geography.country[j]
            scale = lam if geography.nest_size[country] >= 2 else 1.0
            law[j] += weight * exp((value[j] - inclusive[country]) / scale + inclusive[country] - whole)
        upper = lower
    return law, logsum
