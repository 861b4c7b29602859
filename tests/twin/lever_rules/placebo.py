"""The placebo: a change of rents too small to matter (ODD 7.21)."""

from __future__ import annotations

from tests.twin.lever_rules.fields import intensity, nobody, nothing, rive_gauche_or_places

charges, reach = nothing, nobody


def apply(model, lever):
    """Change office rents a little."""
    for p, aimed in enumerate(rive_gauche_or_places(model, lever)):
        if aimed:
            model.conditions.office_rent_factor[p] *= 1.0 + intensity(model, lever) * lever.rent_change
