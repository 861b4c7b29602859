"""Reference experiment: a tax exemption in a zone (ODD 7.21)."""

from __future__ import annotations

from tests.twin.lever_rules import forgone
from tests.twin.lever_rules.fields import intensity, rive_gauche_or_places


def apply(model, lever):
    """Cut contributions and the profit tax in the zone."""
    i = intensity(model, lever)
    for p, aimed in enumerate(rive_gauche_or_places(model, lever)):
        if aimed:
            model.conditions.employer_rate[p] *= 1.0 - i * lever.payroll_exemption
            model.conditions.profit_rate[p] *= 1.0 - i * lever.profit_exemption


def charges(model, lever):
    """Charge revenue forgone."""
    return [
        ("employer contributions", "state", forgone.employer_contributions(model)),
        ("profit tax", "state", forgone.profit_tax(model)),
    ]


def reach(model, lever, acting):
    """Return firms in the zone (ODD 7.23)."""
    if intensity(model, lever) <= 0.0:
        return []
    aimed = rive_gauche_or_places(model, lever)
    return [seen.firm for seen in acting if aimed[seen.ops]]
