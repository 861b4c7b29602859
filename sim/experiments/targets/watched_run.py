"""A run that is watched: firms and probe persons photographed every quarter, with or without a shock."""

from __future__ import annotations

import numpy as np

from sim.evidence import Evidence
from sim.experiments.targets.births import expect_foundings
from sim.experiments.targets.film import Film, Watch, firms_of, persons_of
from sim.experiments.targets.shock import Shock, ShockedStartupTables, shock_the_law
from sim.model.adapter import empty, forget
from sim.model.flight import PROCESSES, FlightModel
from sim.model.levers import Lever
from sim.model.start import Start
from sim.settings import Settings
from sim.world import World


class WatchedFlight(FlightModel):
    """The model with a shock (or none), photographed after every step. Arguments: see :class:`FlightModel`."""

    def __init__(
        self,
        levers: tuple[Lever, ...],
        world: World,
        evidence: Evidence,
        start: Start,
        settings: Settings,
        run_seed: int,
        shock: Shock | None = None,
        probes: int = 0,
    ) -> None:
        super().__init__(levers, world, evidence, start, settings, run_seed)
        self.shock = shock or Shock(np.zeros(self.places.count, dtype=bool))
        self.probes = slice(self.talents.size - probes, self.talents.size)
        tables = ShockedStartupTables(evidence, world, self.geography)
        tables.remember_start(start.conditions)
        tables.moving = start.moving
        tables.shift = self.shock.places * np.log(self.shock.startup_value)
        self.startup_tables = tables
        self.film = Film()
        self.film.photograph(self)

    def build_tables(self) -> None:
        """Build the quarter's tables, then add the shock to net pay.

        ln net pay is ln labour cost + ln(1 - average wedge), so a factor on labour cost is, for everybody and
        exactly, the same factor on 1 - average wedge.
        """
        super().build_tables()
        table, shock = self.talent_table, self.shock
        foreign = np.outer(~self.geography.is_french, shock.places)
        self.talent_table = table._replace(
            log_labour_cost=table.log_labour_cost + shock.places * np.log(shock.net_pay),
            entry=table.entry - table.rates.beta * np.log(shock.net_pay_arrivals) * foreign,
        )

    def step(self) -> None:
        """Advance one quarter and photograph."""
        super().step()
        self.film.read_taxes(self)
        self.film.photograph(self)


# The shock to the law follows the policies; the expectation is read just before foundings are drawn.
WatchedFlight.processes = (PROCESSES[0], shock_the_law, PROCESSES[1], expect_foundings, *PROCESSES[2:])


def watch_run(
    levers: tuple[Lever, ...],
    world: World,
    evidence: Evidence,
    start: Start,
    settings: Settings,
    run_seed: int,
    shock: Shock | None = None,
) -> Watch:
    """Run to the horizon and return the photographs. Probes are the inert talents at the end of ``start``."""
    probes = int(np.sum(start.talents["counts"] == 0))
    model = WatchedFlight(levers, world, evidence, start, settings, run_seed, shock, probes)
    try:
        for _ in range(settings.quarters):
            model.step()
        records = model.records()
        return Watch(
            model.geography,
            firms_of(model),
            persons_of(model) if probes else None,
            records.series,
            records.flows,
            np.array(model.film.foreign_foundings),
            records.reasons,
            np.array(model.film.births),
            np.array(model.film.taxable),
            np.array(model.film.profit_rate),
        )
    finally:
        forget(model)
        empty(model)
