"""The eight recommendations, two reference experiments and a placebo, one small class each.

A lever changes named quantities (:class:`sim.model.conditions.Conditions`) from a date, with a ramp. It never
touches an outcome. It states what it costs and who pays. At strength 0 every quantity keeps its exact value.
"""

from sim.model.levers.attractive_taxation import AttractiveTaxation
from sim.model.levers.equalisation import Equalisation
from sim.model.levers.international_brand import InternationalBrand
from sim.model.levers.label_network import LabelNetwork
from sim.model.levers.lever import Charge, Lever, Reached
from sim.model.levers.open_innovation import OpenInnovation
from sim.model.levers.paris_showcase import ParisShowcase
from sim.model.levers.placebo import Placebo
from sim.model.levers.seed_acceleration import SeedAcceleration
from sim.model.levers.simplification import Simplification
from sim.model.levers.ultra_broadband import UltraBroadband
from sim.model.levers.zone_exemption import ZoneExemption

LEVERS: dict[str, type[Lever]] = {
    lever.key: lever
    for lever in (
        LabelNetwork,
        ParisShowcase,
        InternationalBrand,
        SeedAcceleration,
        UltraBroadband,
        AttractiveTaxation,
        OpenInnovation,
        Simplification,
        ZoneExemption,
        Equalisation,
        Placebo,
    )
}

__all__ = ["LEVERS", "Charge", "Lever", "Reached"]
