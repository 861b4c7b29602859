"""What startups' decisions read in one quarter: value of places, money, hazards."""

from __future__ import annotations

import numpy as np

from sim.evidence import Evidence
from sim.model.conditions import Conditions
from sim.model.events import STARTUP_TERMS
from sim.model.geography import Geography
from sim.model.places import PlaceColumns
from sim.model.startup_rules import STAGES, StartupRates, StartupTable, follow_chance
from sim.model.tables import moving_cost
from sim.world import World

VALUE_TERMS = STARTUP_TERMS[:9]  # named terms of ln value, in their order
FOREIGN_LEAD_YEARS = 3  # row B04 counts relocations within three years of a foreign round


class StartupTables:
    """Builds the value of places and a :class:`StartupTable` each quarter."""

    def __init__(self, evidence: Evidence, world: World, geography: Geography) -> None:
        self.world, self.geography = world, geography
        self.cost = moving_cost(world, geography, "startup")
        self.reach = (1.0 + geography.km / 50.0) ** -world["capital.reach_distance"]
        self.moving = np.zeros(len(geography.ids))  # movers' constants, fitted at the start
        self.received = money_received(world, evidence)
        self._growth = np.array([world[f"capital.growth.{c}"] for c in geography.countries])[geography.country]
        self._airport = evidence.column("airport_minutes") / 60.0
        paris = geography.ids.index("paris_sentier")
        self._to_paris = geography.hours[paris]
        self._partners = np.exp(-geography.hours / world["lever.label_network.meeting_hours"])
        np.fill_diagonal(self._partners, 0.0)
        self._paris = geography.market == geography.market[paris]
        self._us = np.array([geography.countries[c] == "US" for c in geography.country])

    def capital(self, quarter: int, conditions: Conditions) -> np.ndarray:
        """Return money on offer by place this quarter, million euro: private (2013, grown) plus public."""
        private = self.received * self._growth ** (max(quarter, 0) / 4.0) / 4.0 * conditions.capital_factor
        return np.asarray(private + conditions.public_capital)

    def ecosystem(self, startups: np.ndarray, conditions: Conditions) -> np.ndarray:
        """Return startups that count at each place: its own, labelled partners met, ties of the Paris showcase."""
        labelled = conditions.labelled.astype(float)
        partners = conditions.network_strength * labelled * (self._partners @ (labelled * startups))
        ties = conditions.hub_ties * labelled * ~self._paris * startups[self._paris].sum()
        return np.asarray(startups + partners + ties)

    def log_value(
        self, places: PlaceColumns, conditions: Conditions, startups: np.ndarray, quarter: int
    ) -> dict[str, np.ndarray]:
        """Return each named term of ln value of a place for a startup, (P,); their sum is ln value.

        ``startups``: living firms by headquarters (real numbers).
        """
        world, geography = self.world, self.geography
        jei = (
            geography.is_french
            * world["law.jei_take_up"]
            * np.minimum(world["law.jei_points"], conditions.employer_rate)
            * world["law.jei_research_staff"]
            * float(conditions.jei_payroll_schedule.mean())
        )
        employer = np.maximum(1.0 + conditions.employer_rate - jei, 0.5)
        profit = conditions.profit_rate * (1.0 - self._jei_profit(conditions))
        capital = self.reach @ (4.0 * self.capital(quarter, conditions))
        hours = np.maximum(self._to_paris + self._airport - conditions.hours_saved, 0.0)
        return {
            "exit tax": world["startup.share_exit"] * np.log(1.0 - conditions.founder_exit_rate),
            "profit tax": world["startup.share_profit"] * np.log(1.0 - profit),
            "labour cost": -world["startup.share_labour"] * np.log(places.wage * employer),
            "research subsidy": -world["startup.share_research"] * np.log(1.0 - conditions.research_subsidy),
            "premises": -world["startup.share_premises"]
            * np.log(places.office_rent * (1.0 - conditions.premises_discount)),
            "ecosystem": world["startup.agglomeration"] * np.log(self.ecosystem(startups, conditions) + 50.0),
            "capital": world["startup.capital_reach"] * np.log(capital),
            "broadband": self.productivity(conditions),
            "travel": -world["startup.travel"] * hours,
        }

    def start_cost(self, conditions: Conditions) -> np.ndarray:
        """Return the loss of founding value by days and cost to start, ln, (P,)."""
        return -self.world["startup.start_cost"] * np.log(conditions.start_cost_days + 10.0)

    def productivity(self, conditions: Conditions) -> np.ndarray:
        """Return ln productivity by fibre and 4G coverage, (P,)."""
        return self.world["startup.fibre"] * conditions.fibre + self.world["startup.mobile"] * conditions.mobile

    def _jei_profit(self, conditions: Conditions) -> np.ndarray:
        return self.geography.is_french * self.world["law.jei_take_up"] * conditions.jei_profit_share

    def foreign_share(self, conditions: Conditions) -> np.ndarray:
        """Return the share of rounds led from abroad, (4 stages, P); scales with investors' awareness of a place."""
        by_stage = np.array([self.world[f"capital.foreign_lead.{stage}"] for stage in STAGES])
        relative = np.where(
            self.geography.is_french,
            conditions.investor_awareness / self.world["capital.investor_awareness"],
            1.0,
        )
        return np.asarray(np.minimum(by_stage[:, None] * relative[None, :], 0.95))

    def lead_cumulative(self, quarter: int, conditions: Conditions) -> np.ndarray:
        """Return the distribution function of the foreign lead's place, (P, P), by capital and distance."""
        geography = self.geography
        capital = self.capital(quarter, conditions)
        weight = capital * (1.0 + geography.km / 50.0) ** -self.world["capital.lead_distance"]
        weight = np.where(geography.country[:, None] == geography.country, 0.0, weight)
        return np.asarray(np.cumsum(weight, axis=1) / weight.sum(axis=1, keepdims=True))

    def move_utility(self, value: dict[str, np.ndarray]) -> np.ndarray:
        """Return the utility of a headquarters by place for firms that consider moving, (P,), without constants."""
        return np.asarray(
            self.world["startup.beta_move"] * sum(value.values()) + self.world["startup.pull_us"] * self._us
        )

    def move_terms(self, value: dict[str, np.ndarray]) -> np.ndarray:
        """Return the parts of a headquarters' utility by place, (10, P): named terms, then place and country.

        A term without a name of its own, such as an experiment's shock, counts as place and country.
        """
        beta = self.world["startup.beta_move"]
        other = sum(
            (beta * term for name, term in value.items() if name not in VALUE_TERMS), np.zeros_like(self.moving)
        )
        return np.array(
            [
                *(beta * value[name] for name in VALUE_TERMS),
                self.moving + self.world["startup.pull_us"] * self._us + other,
            ]
        )

    def build(
        self,
        places: PlaceColumns,
        conditions: Conditions,
        value: dict[str, np.ndarray],
        young_firms: np.ndarray,
    ) -> StartupTable:
        """Return the quarter's table. ``young_firms`` (P,): living young firms, who share first orders."""
        world, geography = self.world, self.geography
        pay = places.wage * world["startup.pay_factor"] / 4.0
        schedule = conditions.jei_payroll_schedule
        # Relief spares contributions, so never more than are due.
        points = np.minimum(world["law.jei_points"], conditions.employer_rate)
        per_head = points * world["law.jei_research_staff"] * pay
        labour = pay * (1.0 + conditions.employer_rate)
        # Revenue is tied to the labour cost of July 2013: relief and wage changes are gains or losses, not prices.
        cost_2013 = places.wage_2013 * world["startup.pay_factor"] / 4.0 * (1.0 + self.conditions_2013.employer_rate)
        research = np.clip(conditions.research_subsidy, -0.05, 0.5) * world["startup.share_research"] * labour
        rent = places.office_rent * (1.0 - conditions.premises_discount)
        premises = world["price.office_m2_per_job"] * rent / 4.0
        gain = np.exp(self.productivity(conditions) - self.productivity_2013)
        revenue = cost_2013 * world["startup.revenue_mature"] * gain
        rates = StartupRates(
            nest=world["startup.nest"],
            france=geography.france,
            taste=world["startup.taste"],
            pull_lead=world["startup.pull_lead"],
            foreign_quarters=4 * FOREIGN_LEAD_YEARS,
            move_hazard=world["startup.move_hazard"],
            move_hazard_funded=world["startup.move_hazard_funded"],
            move_hazard_foreign=world["startup.move_hazard_foreign"],
            move_hazard_premises=world["startup.move_hazard_premises"],
            follow=follow_chance(world["startup.staff_follow"]),
            site_close=world["startup.site_close_hazard"],
            customer_hazard=world["startup.customer_hazard"],
            customer_quality=world["startup.customer_quality"],
            jei_take_up=world["law.jei_take_up"],
            revenue_quarters=world["startup.revenue_quarters"],
            revenue_quality=world["startup.revenue_quality"],
            young_quarters=int(4 * world["startup.young_years"]),
            order_eur=world["lever.open_innovation.order_eur"],
            growth_base=world["startup.growth_base"],
            growth_quality=world["startup.growth_quality"],
            growth_cash=world["startup.growth_cash"],
            shrink=world["startup.shrink"],
            death_base=world["startup.death_base"],
            death_quality=world["startup.death_quality"],
            death_cash=world["startup.death_cash"],
            death_broke=world["startup.death_broke"],
            death_mature=world["startup.death_mature"],
            exit_hazard=world["startup.exit_hazard"],
            seek=world["capital.seek"],
            seek_again=world["capital.seek_again"],
            seek_quality=world["capital.seek_quality"],
            round_quarters=int(world["startup.round_quarters"]),
            tilt=world["capital.tilt"],
            signal=world["capital.accelerated_signal"],
            growth_age=world["startup.growth_age"],
        )
        money = np.array(
            [
                labour,
                premises,
                research,
                revenue,
                conditions.profit_rate,
                geography.is_french * conditions.jei_profit_share,
            ]
        )
        return StartupTable(
            rates=rates,
            country=geography.country,
            nest_size=geography.nest_size,
            move_value=self.move_utility(value) + self.moving,
            move_terms=self.move_terms(value),
            move_cost=self.cost,
            awareness=conditions.awareness,
            money=money,
            jei_relief=np.outer(geography.is_french * per_head, schedule),
            order_chance=np.minimum(conditions.orders / np.maximum(young_firms, 1.0), 1.0),
            ask=1e6 * np.array([world[f"capital.ask.{stage}"] for stage in STAGES]),
        )

    def remember_start(self, conditions: Conditions) -> None:
        """Fix the law and coverage of July 2013 that revenue and forgone tax are measured against."""
        self.conditions_2013 = conditions.copy()
        self.productivity_2013 = self.productivity(conditions)


def money_received(world: World, evidence: Evidence) -> np.ndarray:
    """Return private money received by place in 2013, (P,), million euro a year.

    The evidence verifies the French total and that Ile-de-France received above half of it; how it divides is uncertain
    (``capital.paris_share``). Within Ile-de-France and within the other regions it follows the estimates by place.
    """
    money = np.array(evidence.column("vc_investment"))
    french = np.array([record.country == "FR" for record in evidence.places])
    paris = np.array([record.region == "ile_de_france" for record in evidence.places])
    total, share = money[french].sum(), world["capital.paris_share"]
    for members, part in ((paris, share), (french & ~paris, 1.0 - share)):
        money[members] *= part * total / money[members].sum()
    return money
