"""How a city chooses from the menu: for the label while a call is open, otherwise by a rule of thumb."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.model.city_menu import FIBRE, INCUBATOR, ITEMS, PREMISES, SHUTTLE, CityMenu
from sim.model.city_works import CityWorks, hours_saved

if TYPE_CHECKING:
    from sim.model.flight import FlightModel

# The item that lifts a district over each threshold of the label rule.
LIFTS = {"airport": SHUTTLE, "train": SHUTTLE, "space": PREMISES, "rent": PREMISES, "structures": INCUBATOR}


class LastYear(NamedTuple):
    """What a city knows of its districts: real numbers of the last four quarters, or of fewer at the start, (P,)."""

    births: np.ndarray  # startups founded
    moves_in: np.ndarray  # headquarters moved in
    talents_in: np.ndarray  # talents who came from another country


def last_year(model: FlightModel) -> LastYear:
    """Return the events of the last four quarters by place."""
    firms, people = model.settings.startup_scale, model.settings.talent_scale
    abroad = model.geography.country[:, None] != model.geography.country
    births, moves, talents = (np.zeros(model.places.count) for _ in range(3))
    for events in model.past_year:
        births += events.counts["births"] * firms
        moves += events.startup_flows.sum(axis=(0, 1)) * firms
        talents += (events.talent_flows.sum(axis=0) * abroad).sum(axis=0) * people
    return LastYear(births, moves, talents)


@dataclass(frozen=True)
class Outlook:
    """The state at the start of a decision, the same for all cities; read, never written."""

    model: FlightModel
    menu: CityMenu
    works: CityWorks
    year: LastYear
    open_to: np.ndarray  # (P,) bool: districts to which a call for labels is open
    vacant_m2: np.ndarray  # (P,) offices that stand empty

    def on_sale(self, item: int, place: int, bought: np.ndarray) -> int:
        """Return how many more units of ``item`` ``place`` may take after those ``bought`` (items, P) today."""
        coverage = self.model.conditions.fibre[place] + bought[FIBRE, place] * self.menu.fibre_step
        added = float(bought[PREMISES, place]) * self.menu.m2
        return self.menu.units_left(
            item,
            int(self.works.units[item, place] + bought[item, place]),
            float(coverage),
            float(self.model.places.office_m2[place]) + added,
            float(self.vacant_m2[place]) + added,
        )

    def gain(self, item: int, place: int, bought: np.ndarray) -> float:
        """Return startups a year that a city expects of one unit more: a rule of thumb from last year's figures.

        Founders and movers answer to the change of ln value of the place with the weights of their choices, other
        places' answers left out. Of an incubator a city believes a fixed gain per first order that finds a young firm.
        Schooling brings talents, who found at the place's rate.
        """
        model, world, year = self.model, self.model.world, self.year
        weight = world["startup.beta_found"] * year.births[place] + world["startup.beta_move"] * year.moves_in[place]
        if item == INCUBATOR:
            young = model.startup_counts.young[place] * model.settings.startup_scale
            structures = self.works.structures[place] + bought[item, place]
            orders = 4.0 * model.conditions.orders[place] + structures * self.menu.orders_per_year
            return float(world["city.believed_gain"] * min(self.menu.orders_per_year, max(young - orders, 0.0)))
        if item == PREMISES:
            before = model.places.office_m2[place] + bought[item, place] * self.menu.m2
            rent = log((before + self.menu.m2) / before) * model.places.lasting_office_response(world)
            return float(weight * world["startup.share_premises"] * rent)
        if item == FIBRE:
            return float(weight * world["startup.fibre"] * self.menu.fibre_step)
        if item == SHUTTLE:
            minutes = self.works.minutes + bought[item] * self.menu.minutes
            hours = hours_saved(model.places, minutes + self.menu.minutes) - hours_saved(model.places, minutes)
            return float(weight * world["startup.travel"] * hours[place])
        talents = year.talents_in[place] * world["talent.cost_border"] * self.menu.settling
        return float(talents * year.births[place] / max(model.places.talents[place], 1.0))

    def steps_to_label(self, place: int, bought: np.ndarray, most: float) -> list[tuple[int, int]] | None:
        """Return (item, units) that would lift a district over every threshold it misses, cheapest first.

        Empty if it misses none; None if the menu cannot lift it over all of them for ``most`` euro.
        """
        steps: dict[int, int] = {}

        def missed(extra: np.ndarray) -> list[str]:
            seen = self.works.as_if_built(self.model.places, self.model.conditions, extra)
            return [name for name, met in seen.label_criteria(self.model.world).items() if not met[place]]

        for name in missed(bought):
            item = LIFTS[name]
            limit = min(self.on_sale(item, place, bought), int(most // self.menu.price[item, place]))

            def lifted(units: int, name: str = name, item: int = item) -> bool:
                extra = bought.copy()
                extra[item, place] += units
                return name not in missed(extra)

            units = bisect_left(range(limit + 1), True, key=lifted)
            if units > limit:
                return None
            steps[item] = max(units, steps.get(item, 0))
        found = sorted(steps.items(), key=lambda step: (self.menu.price[step[0], place] * step[1], step[0]))
        return found if self._cost(place, found) <= most else None

    def _cost(self, place: int, steps: Sequence[tuple[int, int]]) -> float:
        return float(sum(self.menu.price[item, place] * units for item, units in steps))

    def choose(self, places: Sequence[int], money: float, most: float) -> np.ndarray:
        """Return the units (items, P) that a city buys for its ``places`` with ``money`` euro.

        While a call is open: of the districts that miss a threshold and can be lifted over all they miss for ``most``
        euro (what the city can save up), the cheapest comes first; its steps are bought cheapest first, and for a step
        that costs more than is in hand the city waits. Then, or without a call: one unit after the other of what
        brings most startups per euro, as long as one is affordable and brings any. Ties: order of menu, then places.
        """
        bought = np.zeros_like(self.works.units)
        while True:
            steps = {p: self.steps_to_label(p, bought, most) for p in places if self.open_to[p]}
            within = {p: found for p, found in steps.items() if found}
            if not within:
                break
            place = min(within, key=lambda p: self._cost(p, within[p]))
            item, units = within[place][0]
            price = float(self.menu.price[item, place]) * units
            if price > money:
                return bought
            bought[item, place] += units
            money -= price
        while True:
            best = self._best(places, money, bought)
            if best is None:
                return bought
            bought[best] += 1
            money -= float(self.menu.price[best])

    def _best(self, places: Sequence[int], money: float, bought: np.ndarray) -> tuple[int, int] | None:
        best, most = None, 0.0
        for item in range(len(ITEMS)):
            for place in places:
                price = float(self.menu.price[item, place])
                if price > money or self.on_sale(item, place, bought) < 1:
                    continue
                gain = self.gain(item, place, bought) / price
                if gain > most:
                    best, most = (item, place), gain
        return best
