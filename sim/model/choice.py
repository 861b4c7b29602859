"""Choice of place: nested logit as additive random utility, nests by country.

``U_j = V_j + lambda * (ln S_nest + G_j)`` with G Gumbel per place and S positive stable with index lambda per
country is exactly nested logit (Cardell 1997, doi:10.1017/S0266466600005910; McFadden 1978). Because the errors do
not depend on V, an agent can only switch *to* a place that improved.

Who is seen: one uniform per decision is compared with each place's awareness, so a place whose awareness rises
is only ever added to a choice set.
"""

from __future__ import annotations

import math

import numpy as np

from sim.model.arithmetic import exp, ln
from sim.model.compile import kernel, solver
from sim.model.randomness import gumbel, log_positive_stable, uniform_row, uniforms


@kernel
def nested_choice(
    value, seen_from, country, nest_size, nest, seed, uid, quarter, p_place, p_nest, p_sees, noise, shared
):
    """Return the chosen place, -1 if no place that is seen has a utility that is a number.

    Args:
        value: systematic utility of each place, shape (places,).
        seen_from: awareness of each place in [0, 1], shape (places,); 1 or more = always seen.
        country: country index of each place, shape (places,).
        nest_size: number of places of each country, shape (countries,).
        nest: lambda in (0, 1]; 1 is the plain logit.
        seed: 64-bit seed of the run or population.
        uid: whose decision.
        quarter: when; seed, uid and quarter are the key of this decision.
        p_place: purpose of the draws by place.
        p_nest: purpose of the draws by country.
        p_sees: purpose of the draw of what is seen.
        noise: scratch for draws by place (``desk.padded``).
        shared: scratch for draws by country.
    """
    # Loops without branches, so that the compiler takes several places or countries at once.
    uniform_row(seed, p_place, uid, quarter, noise)
    for j in range(noise.shape[0]):
        noise[j] = gumbel(noise[j])
    for c in range(nest_size.shape[0]):
        shared[c] = 0.0
        if nest_size[c] > 1 and nest < 1.0:
            first, second = uniforms(seed, p_nest, uid, quarter, c)
            shared[c] = nest * log_positive_stable(first, second, nest)
    sees, _ = uniforms(seed, p_sees, uid, quarter, 0)
    for j in range(country.shape[0]):
        c = country[j]
        scale = nest if nest_size[c] > 1 else 1.0
        utility = value[j] + shared[c] + scale * noise[j]
        noise[j] = utility if sees < seen_from[j] else -math.inf
    best = -1
    best_utility = -math.inf
    for j in range(country.shape[0]):
        if noise[j] > best_utility:
            best_utility = noise[j]
            best = j
    return best


@solver
def nested_probabilities(value, seen_from, country, nest_size, nest, out):
    """Write the exact choice probabilities of :func:`nested_choice` to ``out`` and return the expected logsum.

    Averages over what is seen: choice sets grow step by step as the awareness draw falls, so their weights are the
    gaps between the distinct awareness values.
    """
    places = value.shape[0]
    countries = nest_size.shape[0]
    for j in range(places):
        out[j] = 0.0
    expected = 0.0
    upper = 1.0
    sums = np.zeros(countries)
    tops = np.zeros(countries)
    while upper > 0.0:
        # The next lower distinct awareness value closes this interval of the draw.
        lower = 0.0
        for j in range(places):
            if seen_from[j] < upper and seen_from[j] > lower:
                lower = seen_from[j]
        weight = upper - lower
        for c in range(countries):
            sums[c] = 0.0
            tops[c] = -math.inf
        for j in range(places):
            if seen_from[j] >= upper and value[j] > tops[country[j]]:
                tops[country[j]] = value[j]
        for j in range(places):
            if seen_from[j] >= upper:
                c = country[j]
                scale = nest if nest_size[c] > 1 else 1.0
                sums[c] += exp((value[j] - tops[c]) / scale)
        top = -math.inf
        for c in range(countries):
            if sums[c] > 0.0:
                scale = nest if nest_size[c] > 1 else 1.0
                tops[c] = tops[c] + scale * ln(sums[c])
                if tops[c] > top:
                    top = tops[c]
        total = 0.0
        for c in range(countries):
            if sums[c] > 0.0:
                total += exp(tops[c] - top)
        logsum = top + ln(total)
        expected += weight * logsum
        for j in range(places):
            if seen_from[j] >= upper:
                c = country[j]
                scale = nest if nest_size[c] > 1 else 1.0
                # ln P(j) = (V_j - inclusive value) / scale within the nest, plus ln P(nest).
                inside = (value[j] - tops[c]) / scale
                out[j] += weight * exp(inside + tops[c] - logsum)
        upper = lower
    return expected
