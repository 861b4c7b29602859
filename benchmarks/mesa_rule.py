"""The quarter's moves of talents (docs/ODD.md, 7.8 and 7.11) as one writes them with Mesa, for comparison of speed.

One ``mesa.Agent`` a talent, with plain attributes; ``AgentSet.do``; the model's own ``random``; tables as lists of
Python floats. The same hazards, events at employers, alternatives, tables and rationing as the engine. Lasting tastes
are those of the same persons, kept on the agent. Luck is drawn in sequence, so decisions agree in law, not one by one.
Reasons of moves are not summed.
"""

from __future__ import annotations

import math
from typing import Any

import mesa

ALWAYS_SEEN = 2.0


class MovingTalent(mesa.Agent):
    """A talent who may move: ``place``, ``origin``, ``skill``, ``entry``, ``log_ability``, ``firms``, ``rank``."""

    def __init__(self, model: MovingModel, person: dict[str, Any], tastes: list[float]) -> None:
        super().__init__(model)
        self.origin = person["origin"]
        self.skill = person["skill"]
        self.counts = person["counts"]
        self.tastes = tastes
        self.wish = 0
        self.follows = False
        self.remember(person)

    def remember(self, person: dict[str, Any]) -> None:
        """Take over what may have changed since the last quarter."""
        self.place = person["place"]
        self.entry = person["entry"]
        self.log_ability = person["log_ability"]
        self.firms = person["firms"]
        self.rank = person["startup_rank"]
        self.arrived = person["arrived"]

    def consider(self) -> None:
        """Wish to follow the employer, to live in another place, or to stay."""
        model, here = self.model, self.place
        self.wish, self.follows = here, False
        age = model.quarter - self.entry
        chance = 1.0
        if age > 0:
            chance = model.hazard_young if age < model.young_quarters else model.hazard_older
            if model.country[here] != model.country[self.origin]:
                chance *= model.hazard_abroad
        bound = self.firms > 0 and model.random.random() < model.tied * self.firms
        if self.rank < model.share[here]:
            event = model.random.random()
            follows = model.following[here]
            if event < follows[-1] and not bound:
                self.wish, self.follows = next(d for d, bar in enumerate(follows) if event < bar), True
                return
            if model.random.random() < model.loses[here]:
                chance = 1.0 - (1.0 - chance) * (1.0 - model.displaced)
        if bound or model.random.random() >= chance:
            return
        self.wish = model.choose(self.values(age), model.random)
        if self.wish != here and self.counts:
            model.demand[self.wish] += 1

    def values(self, age: int) -> list[tuple[int, float]]:
        """Return the places this talent sees with their values."""
        model, here, origin = self.model, self.place, self.origin
        table, country = model.table, model.country
        log_pay = table["class_log_pay"][self.skill] + self.log_ability
        pay = math.exp(log_pay)
        factor = table["class_cost"][self.skill]
        if age == 0:
            factor *= model.school_cost
        elif age >= model.young_quarters:
            factor *= model.older_cost
        home = country[here]
        group = 0 if home == model.france else (1 if country[origin] == model.france else 2)
        awareness = table["awareness"][group]
        constants, affinity = table["constants"][origin], table["affinity"][origin]
        cost, visa, relief = table["cost"][here], table["entry"][origin], table["relief"][self.skill]
        sees = model.random.random()
        seen = []
        for j in range(model.place_count):
            if sees >= awareness[j] and j != here and j != origin:
                continue
            crosses = country[j] != home
            kept = 1.0 - model.wedge(table["wage_ratio"][j] * pay, j) + (relief[j] if crosses else 0.0)
            log_net = table["log_labour_cost"][j] + log_pay + math.log(kept)
            value = model.beta * (log_net - table["housing"][j]) + constants[j] + affinity[j]
            value += self.tastes[j] - factor * cost[j]
            if crosses:
                value -= visa[j]
            seen.append((j, value))
        return seen

    def settle(self) -> None:
        """Move where one wishes to live, if there is a dwelling or the employer has one."""
        model, here, there = self.model, self.place, self.wish
        if there == here:
            return
        if not self.follows and model.random.random() >= model.met[there]:
            model.refused[there] += self.counts
            return
        self.place = there
        if model.country[there] == model.france != model.country[here]:
            self.arrived = model.quarter
        kind = 0 if model.country[self.origin] == model.france else 1
        model.flows[kind][here][there] += self.counts


class MovingModel(mesa.Model):
    """Talents who move, and nothing else; the rates and tables of a quarter are given to :meth:`read`."""

    def __init__(self, people: list[dict[str, Any]], tastes: list[list[float]], seed: int) -> None:
        super().__init__(rng=seed)
        for person, taste in zip(people, tastes, strict=True):
            MovingTalent(self, person, taste)

    def read(self, numbers: dict[str, Any], table: dict[str, list[Any]]) -> None:
        """Take over the numbers, as attributes, and the tables of a quarter."""
        for name, value in numbers.items():
            setattr(self, name, value)
        self.table = table
        self.country: list[int] = table["country"]
        self.place_count = len(self.country)
        self.demand = [0] * self.place_count
        self.refused = [0] * self.place_count
        self.flows = [[[0] * self.place_count for _ in range(self.place_count)] for _ in range(2)]

    def step(self) -> None:
        """Let all talents wish, then ration dwellings, then let them move."""
        self.hear_of_employers()
        self.agents.do("consider")
        per_agent = self.dwellings_per_agent
        self.met = [self.share_met(d * per_agent, s) for d, s in zip(self.demand, self.offered, strict=True)]
        self.agents.do("settle")

    def hear_of_employers(self) -> None:
        """Compute chances by residence: to work in a startup, to lose the job, to follow the employer."""
        places = range(self.place_count)
        near = [[o for o in places if self.market[o] == self.market[p]] for p in places]
        self.share, self.loses, self.following = [], [], []
        for p in places:
            staff = sum(self.staff[o] for o in near[p])
            people = sum(self.people[o] for o in near[p])
            self.share.append(min(staff / max(people, 1.0), 1.0))
            self.loses.append(min(sum(self.jobs_lost[o] for o in near[p]) / max(staff, 1.0), 1.0))
            leaving = [
                0.0 if d in near[p] else sum(self.staff_moves[o][d] for o in near[p]) / max(staff, 1.0) for d in places
            ]
            total, bars = max(sum(leaving), 1.0), [0.0]
            for chance in leaving:
                bars.append(bars[-1] + chance / total)
            self.following.append(bars[1:])

    def wedge(self, ratio: float, j: int) -> float:
        """Return the average wedge at ``ratio`` times the average wage in place ``j``."""
        table = self.table
        if ratio <= 1.0:
            return float(table["wedge_100"][j])
        if ratio <= 1.67:
            low = table["wedge_100"][j]
            return float(low + (table["wedge_167"][j] - low) * (ratio - 1.0) / 0.67)
        return float((table["wedge_167"][j] * 1.67 + table["top_rate"][j] * (ratio - 1.67)) / ratio)

    def choose(self, seen: list[tuple[int, float]], random: Any) -> int:
        """Draw a place by nested logit, nests by country: first the country, then the place in it."""
        nests: dict[int, list[tuple[int, float]]] = {}
        for j, value in seen:
            nests.setdefault(self.country[j], []).append((j, value))
        inclusive = []
        for country, members in nests.items():
            scale = self.nest if self.table["nest_size"][country] > 1 else 1.0
            top = max(value for _, value in members)
            total = sum(math.exp((value - top) / scale) for _, value in members)
            inclusive.append((members, scale, top + scale * math.log(total)))
        top = max(worth for _, _, worth in inclusive)
        weights = [math.exp(worth - top) for _, _, worth in inclusive]
        members, scale, worth = random.choices(inclusive, weights)[0]
        shares = [math.exp((value - worth) / scale) for _, value in members]
        return int(random.choices([j for j, _ in members], shares)[0])

    def share_met(self, demand: float, supply: float) -> float:
        """Return the share of claims that can be met (7.12)."""
        if demand <= 0.0:
            return 1.0
        if supply <= 0.0:
            return 0.0
        ratio, k = demand / supply, self.rationing
        if ratio <= 1.0:
            return float((1.0 + ratio**k) ** (-1.0 / k))
        return float((1.0 + ratio**-k) ** (-1.0 / k) / ratio)
