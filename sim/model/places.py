"""Places: their columns, prices and stocks; ``Place`` is the Mesa agent that reads one row.

Offices and dwellings are stocks. Rents respond at once to use over stock; building follows rents with a lag and is
durable, so stocks never shrink (Glaeser & Gyourko 2005).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from sim.evidence import Evidence
from sim.model.agent_sets import AnswersAsAgents, RegisteredAgents
from sim.model.conditions import Conditions
from sim.model.geography import Geography
from sim.world import World

if TYPE_CHECKING:
    from sim.model.flight import FlightModel


FIXED = ("is_french", "is_district")  # facts of geography, which the starts of all runs share


class Place(mesa.Agent):
    """A district, hub or rest region: one row of the place columns. Read and write its state as attributes."""

    def __init__(self, model: FlightModel, index: int, name: str, kind: str) -> None:
        super().__init__(model)
        self.index = index
        self.name = name
        self.kind = kind
        self.city: Any = None

    def __getattr__(self, name: str) -> Any:
        # Only called for names the agent itself does not have: read them from the columns.
        column = self._column(name)
        if column is not None:
            return column[self.index].item()
        raise AttributeError(f"a place has no '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        column = self._column(name)
        if column is None:
            super().__setattr__(name, value)
        elif name in FIXED:
            raise AttributeError(f"'{name}' of a place is fixed by geography")
        else:  # a copy: facts of evidence are shared by all runs
            changed = column.copy()
            changed[self.index] = value
            setattr(self.model.places, name, changed)

    def _column(self, name: str) -> np.ndarray | None:
        """Return the place column of this name, if there is one."""
        model = self.__dict__.get("model")
        if model is None or "index" not in self.__dict__ or name.startswith("_"):
            return None
        column = getattr(model.places, name, None)
        return column if isinstance(column, np.ndarray) and column.shape == (model.places.count,) else None


class PlaceColumns(AnswersAsAgents):
    """State of all places, arrays of shape (places,). Prices respond to use of the stock.

    In a model, ``agents`` are its places as registered Mesa agents, and the verbs of an AgentSet answer for them.
    """

    agents: RegisteredAgents

    def __init__(self, evidence: Evidence, world: World, geography: Geography) -> None:
        self.geography = geography
        self.ids = geography.ids
        self.count = len(geography.ids)
        self.is_french = geography.is_french
        self.is_district = geography.is_district
        self._regions = np.array([record.region for record in evidence.places])
        column = evidence.column
        share = column("labour_market_share")
        self.talent_stock_2013 = column("digital_jobs") * share
        self.population = 1000.0 * column("metro_population_thousand") * share
        self.wage_2013 = np.array(column("software_engineer_gross_salary"))
        self.office_rent_2013 = np.array(column("office_rent_district_or_prime"))
        self.flat_rent_2013 = np.array(column("flat_rent"))
        self.vacancy = column("office_vacancy")
        self.structures = column("open_innovation_structures")
        self.airport_minutes = column("airport_minutes")
        self.airport_passengers = column("airport_passengers_million")
        self.train_minutes = column("fastest_train_minutes_to_paris")
        # Derived stock: jobs * m2 per job / (1 - vacancy); ESTIMATE.
        self.office_m2_2013 = self.talent_stock_2013 * world["price.office_m2_per_job"] / (1.0 - self.vacancy)
        # Dwellings that house the population, and the vacant ones; ESTIMATE.
        self._per_dwelling = world["price.persons_per_dwelling"]
        self.dwellings_2013 = self.population / self._per_dwelling / (1.0 - world["price.dwelling_vacancy"])
        self.dwellings = self.dwellings_2013.copy()
        self.dwellings_used = self.population / self._per_dwelling
        self.inhabitants = self._inhabitants([record.kind == "rest" for record in evidence.places])
        self.wage = self.wage_2013.copy()
        self.office_rent = self.office_rent_2013.copy()
        self.flat_rent = self.flat_rent_2013.copy()
        self.office_m2_private = self.office_m2_2013.copy()
        self.office_m2 = self.office_m2_2013.copy()  # with what levers and cities built
        # Rents over those of 2013 as the market made them last quarter; builders answer to them.
        self._office_signal, self._flat_signal = np.ones(self.count), np.ones(self.count)
        self.talents = self.talent_stock_2013.copy()
        self._talents_start = self.talents
        self.startup_staff = np.zeros(self.count)
        self.structures_added = np.zeros(self.count)  # opened by levers and cities
        self.minutes_saved = np.zeros(self.count)  # to the airport and to the station, by shuttles of cities
        self._staff_ratio_2013 = np.zeros(self.count)

    def index(self, place_id: str) -> int:
        """Return the row of a place id."""
        return self.ids.index(place_id)

    def _inhabitants(self, is_rest: list[bool]) -> np.ndarray:
        """Return inhabitants of the city that a place belongs to, (P,); of rest regions, which are no city, 1 million.

        A city is a labour market here: land is as scarce in one district of Paris as in another.
        """
        return np.where(is_rest, 1e6, self.market_total(self.population))

    def mask(self, place_ids: tuple[str, ...]) -> np.ndarray:
        """Return 1.0 where the place is listed, shape (places,)."""
        return np.isin(np.array(self.ids), np.array(place_ids)).astype(float)

    def in_region(self, region: str) -> np.ndarray:
        """Return which places lie in a region, shape (places,), bool."""
        return np.asarray(self._regions == region)

    def remember_start(self, talents: np.ndarray, startup_staff: np.ndarray) -> None:
        """Fix the use of stocks that prices are measured against: real persons by place at the start."""
        self._talents_start = talents.astype(float)
        self.talents, self.startup_staff = talents.astype(float), startup_staff.astype(float)
        self._staff_ratio_2013 = self.market_total(startup_staff) / np.maximum(self.market_total(talents), 1.0)

    def update_prices(
        self, talents: np.ndarray, startup_staff: np.ndarray, conditions: Conditions, world: World
    ) -> None:
        """Let stocks, rents and wages respond to persons and startup staff by place (real numbers, start of quarter).

        Once a quarter: stocks first move towards what last quarter's rents call for; then rents rise with use over
        stock. Use of offices grows with talents, use of dwellings with the metropolitan population. Wages rise with
        startup jobs per talent of the labour market.
        """
        self.talents, self.startup_staff = talents.astype(float), startup_staff.astype(float)
        self._build(world)
        response = world["price.rent_response"]
        self.office_m2 = self.office_m2_private + conditions.office_m2_added
        use = np.maximum(talents, 1.0) / np.maximum(self._talents_start, 1.0)
        self._office_signal = (use / (self.office_m2 / self.office_m2_2013)) ** response
        self.office_rent = self.office_rent_2013 * self._office_signal * conditions.office_rent_factor
        people = np.maximum(self.population + talents - self._talents_start, 0.1 * self.population)
        self.dwellings_used = people / self._per_dwelling
        self._flat_signal = ((people / self.population) / (self.dwellings / self.dwellings_2013)) ** response
        self.flat_rent = self.flat_rent_2013 * self._flat_signal * conditions.flat_rent_factor
        ratio = self.market_total(startup_staff) / np.maximum(self.market_total(talents), 1.0)
        tightness = (ratio + 0.01) / (self._staff_ratio_2013 + 0.01)
        self.wage = self.wage_2013 * tightness ** world["price.wage_tightness"]

    def _build(self, world: World) -> None:
        """Add what builders finish this quarter: part of the way to the stock that last quarter's rents call for."""
        offices, dwellings = world["price.office_supply"], dwelling_supply(world, self.inhabitants)  # elasticities
        wanted_m2 = self.office_m2_2013 * self._office_signal**offices
        self.office_m2_private = _built(self.office_m2_private, wanted_m2, offices, world)
        wanted_dwellings = self.dwellings_2013 * self._flat_signal**dwellings
        self.dwellings = _built(self.dwellings, wanted_dwellings, dwellings, world)

    def market_total(self, values: np.ndarray) -> np.ndarray:
        """Return each place's labour-market total, shape (places,)."""
        market = self.geography.market
        return np.asarray(np.bincount(market, weights=values.astype(float))[market])

    def startup_m2(self, world: World) -> np.ndarray:
        """Return office space of startups by place, m2: staff times space per job."""
        return self.startup_staff * world["price.office_m2_per_job"]

    def premises_count(self, world: World) -> np.ndarray:
        """Return premises to connect, by place: digital talents at the start times premises per talent."""
        return self.talent_stock_2013 * world["price.premises_per_talent"]

    def lasting_office_response(self, world: World) -> float:
        """Return the elasticity of office rents to use over stock once builders have answered."""
        response = world["price.rent_response"]
        return float(response / (1.0 + response * world["price.office_supply"]))

    def vacant_m2(self, world: World) -> np.ndarray:
        """Return vacant offices, m2: the stock that use leaves empty."""
        change = self.talents / np.maximum(self._talents_start, 1.0)
        used = self.talent_stock_2013 * change * world["price.office_m2_per_job"]
        return np.maximum(self.office_m2 - used, 0.0)

    def vacant_fit_m2(self, world: World) -> np.ndarray:
        """Return vacant offices fit for young firms, m2: vacant offices times the fit share."""
        return self.vacant_m2(world) * world["price.fit_share"]

    def dwellings_on_offer(self, world: World) -> np.ndarray:
        """Return dwellings that can be moved into this quarter: vacant ones times their turnover."""
        vacant = np.maximum(self.dwellings - self.dwellings_used, 0.0)
        return np.asarray(vacant * world["price.dwelling_turnover"])

    def meets_label_rule(self, world: World) -> np.ndarray:
        """Return which districts meet every threshold of the call, shape (places,), bool."""
        return np.asarray(self.is_district & np.all(list(self.label_criteria(world).values()), axis=0))

    def label_criteria(self, world: World) -> dict[str, np.ndarray]:
        """Return for each threshold of the call which places meet it, shape (places,), bool.

        Accessibility: minutes to the airport, weighted by its traffic, and train minutes to Paris, less what shuttles
        save; real estate: vacant space fit for young firms and rent; open innovation: structures per 1,000 digital
        jobs.
        """
        traffic = np.maximum(self.airport_passengers, 0.1) / world["label.traffic_reference"]
        airport = np.maximum(self.airport_minutes - self.minutes_saved, 0.0)
        train = np.nan_to_num(self.train_minutes, nan=np.inf) - self.minutes_saved
        density = (self.structures + self.structures_added) / self.talent_stock_2013 * 1000.0
        return {
            "airport": airport * traffic ** -world["label.traffic_exponent"] <= world["label.airport_minutes"],
            "train": train <= world["label.train_minutes"],
            "space": self.vacant_fit_m2(world) >= world["label.vacant_m2"],
            "rent": self.office_rent <= world["label.office_rent"],
            "structures": density >= world["label.structures"],
        }


def dwelling_supply(world: World, inhabitants: np.ndarray) -> np.ndarray:
    """Return the elasticity of dwelling supply in cities of so many inhabitants, the same shape.

    Land is scarcer in larger cities (Saiz 2010; Combes, Duranton & Gobillon 2019): the elasticity at a million
    inhabitants, times inhabitants in millions to the power of ``-price.dwelling_supply_size``.
    """
    size = np.asarray(inhabitants) / 1e6
    return np.asarray(world["price.dwelling_supply"] * size ** -world["price.dwelling_supply_size"])


def _built(stock: np.ndarray, wanted: np.ndarray, supply: float | np.ndarray, world: World) -> np.ndarray:
    """Return a durable stock one quarter on its way to ``wanted``, in logarithms; it never shrinks.

    ``supply``: elasticity, one for all places or one each. The pace is limited where building would lower rents so
    much that the stock were too large for ever.
    """
    pace = np.minimum(1.0 / world["price.build_quarters"], 1.0 / (1.0 + world["price.rent_response"] * supply))
    return np.asarray(stock * np.maximum(wanted / stock, 1.0) ** pace)
