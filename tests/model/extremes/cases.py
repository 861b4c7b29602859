"""Runs at the edges of what the model allows, drawn from a seed and a number: the same case for ever.

A case has a stratum, which says what is extreme in it, and a world in which everything else is ordinary. Constants of
talents are fitted to what ``PEOPLE`` names, in seconds; a start takes all but ``READ_LATER``, a tenth of one. So both
come from pools, and what is read later, levers and luck are drawn for each case.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from annotated_types import Ge, Gt, Le, Lt

from sim.evidence import Evidence
from sim.evidence.parameters import Parameter
from sim.evidence.posterior import load_posterior
from sim.experiments.designs.structures import STRUCTURES
from sim.model.levers import LEVERS, Lever
from sim.settings import Settings
from sim.world import World, draw_world

PEOPLE = ("talent.", "population.french", "population.diaspora", "population.foreign", "population.hub", "law.imp")
READ_LATER = ("city.", "label.", "lever.")
COARSE = Settings(talent_scale=1000, startup_scale=100, years=2)
SHORT = replace(COARSE, years=1)
LARGEST_SEED = 2**63 - 1
SEEDS = (0, 1, 2013, LARGEST_SEED)
STARTS = (
    "one place", "one talent", "no startup", "all closed", "everybody abroad", "everybody in France",
    "nobody counts", "one firm", "all are founders",
)  # fmt: skip
SHOCKS: Mapping[str, tuple[float, float]] = {
    "net_pay": (0.25, 4.0), "net_pay_arrivals": (0.25, 4.0), "startup_value": (0.1, 10.0),
    "profit_tax_points": (-5.0, 50.0), "profit_net": (0.3, 1.05), "founder_tax": (0.0, 1.5), "fibre": (0.0, 1.0),
    "flat_rent": (0.2, 5.0), "hours_saved": (-5.0, 50.0), "seats": (0.0, 10_000.0),
}  # fmt: skip
Values = dict[str, float]


@dataclass(frozen=True)
class Extreme:
    """One case.

    ``what``: what is extreme, in words; ``start``: one of ``STARTS``, or as prepared; ``shock``: fields of a shock to
    half of the places.
    """

    number: int
    stratum: str
    what: str
    world: World
    settings: Settings = COARSE
    levers: tuple[Lever, ...] = ()
    rivals: bool = False
    start: str = ""
    shock: Mapping[str, float] = field(default_factory=dict)
    seed: int = 2013


def full_strength() -> tuple[Lever, ...]:
    """All levers at once, from the first quarter on."""
    return tuple(kind(strength=1.0, start="2013Q3", ramp_quarters=0) for kind in LEVERS.values())


def lever_ends(kind: type[Lever]) -> dict[str, tuple[object, object]]:
    """Return field -> its two ends, of the fields of a lever that are switches or numbers with bounds."""
    ends: dict[str, tuple[object, object]] = {}
    for name, info in kind.model_fields.items():
        if isinstance(info.default, bool):
            ends[name] = (False, True)
            continue
        low = [m.ge if isinstance(m, Ge) else m.gt for m in info.metadata if isinstance(m, Ge | Gt)]
        high = [m.le if isinstance(m, Le) else m.lt for m in info.metadata if isinstance(m, Le | Lt)]
        if low and high:
            above = any(isinstance(m, Gt) for m in info.metadata)
            ends[name] = (1e-12 if above else low[0], high[0])
    return ends


class Cases:
    """All cases of a seed. ``people``, ``starts``: how many sets of people and starts a drawn stratum may have."""

    def __init__(self, evidence: Evidence, seed: int = 1, people: int = 10, starts: int = 150) -> None:
        self.evidence, self.seed, self.people, self.starts = evidence, seed, people, starts
        self.drawn = {name: p for name, p in evidence.parameters.items() if p.prior != "fixed"}
        self.central = {name: p.value for name, p in evidence.parameters.items()}
        self.posterior = load_posterior(evidence)
        ends = [(name, end) for name in self.drawn for end in ("low", "high")]
        self.ends = ends
        # Stratum -> (its share of the cases drawn, who makes one). Single ends come first, each once.
        self.strata: dict[str, tuple[int, Callable[[int, random.Random], Extreme]]] = {
            "pair": (260, self._pair), "corner": (260, self._corner), "prior": (80, self._prior),
            "posterior": (60, self._posterior), "structure": (80, self._structure), "start": (100, self._start),
            "lever": (100, self._lever), "shock": (50, self._shock), "horizon": (6, self._horizon),
            "size": (6, self._size),
        }  # fmt: skip

    def case(self, number: int) -> Extreme:
        """Return a case by its number: single ends without and with all levers, then the other strata mixed."""
        if number < 2 * len(self.ends):
            return self._end(number)
        luck = random.Random(f"{self.seed}|{number}")
        names, weights = list(self.strata), [weight for weight, _ in self.strata.values()]
        stratum = luck.choices(names, weights)[0]
        made = self.strata[stratum][1](number, luck)
        return replace(made, stratum=stratum, seed=luck.choice(SEEDS))

    # ---- worlds ----------------------------------------------------------------------------------------------------

    def world(self, values: Values, index: int = 0) -> World:
        return World(index, self.central | values, {})

    def value(self, name: str, end: str) -> float:
        parameter: Parameter = self.drawn[name]
        return parameter.low if end == "low" else parameter.high

    def corner(self, luck: random.Random) -> Values:
        """Every parameter at one of its ends; people and start from the pools."""
        start = luck.randrange(self.starts)
        people = random.Random(f"{self.seed}|people|{start % self.people}")
        return self.others_at_ends(luck, start) | {
            name: self.value(name, people.choice(("low", "high"))) for name in self.drawn if name.startswith(PEOPLE)
        }

    def others_at_ends(self, luck: random.Random, start: int | None = None) -> Values:
        """Every parameter at one of its ends, but people as they are in the middle; the start from the pool."""
        pooled = random.Random(f"{self.seed}|start|{luck.randrange(self.starts) if start is None else start}")
        return {
            name: self.value(name, (luck if name.startswith(READ_LATER) else pooled).choice(("low", "high")))
            for name in self.drawn
            if not name.startswith(PEOPLE)
        }

    def drawn_world(self, luck: random.Random, number: int) -> tuple[int, Values]:
        """Return (number of the people, values): people, start and the rest each of their own draw of the priors."""
        start = luck.randrange(self.starts)
        people = start % self.people
        draws = [draw_world(self.evidence, self.seed, index).values for index in (people, start, number)]
        return people, {
            name: draws[0 if name.startswith(PEOPLE) else 2 if name.startswith(READ_LATER) else 1][name]
            for name in self.central
        }

    def _end(self, number: int) -> Extreme:
        name, end = self.ends[number // 2]
        levers = full_strength() if number % 2 else ()
        what = f"{name} {end}" + (", all levers" if levers else "")
        return Extreme(number, "end", what, self.world({name: self.value(name, end)}), levers=levers)

    def _pair(self, number: int, luck: random.Random) -> Extreme:
        later = luck.random() < 0.7
        names = [n for n in self.drawn if n.startswith(READ_LATER) or not (later or n.startswith(PEOPLE))]
        first, second = luck.choice(list(self.drawn)), luck.choice(names)
        ends = luck.choice(("low", "high")), luck.choice(("low", "high"))
        what = f"{first} {ends[0]}, {second} {ends[1]}"
        values = {second: self.value(second, ends[1]), first: self.value(first, ends[0])}
        return Extreme(number, "", what, self.world(values), SHORT, self.some_levers(luck))

    def _corner(self, number: int, luck: random.Random) -> Extreme:
        return Extreme(number, "", "every parameter at an end", self.world(self.corner(luck)), **self.policy(luck))

    def _prior(self, number: int, luck: random.Random) -> Extreme:
        _, values = self.drawn_world(luck, number)
        return Extreme(number, "", "drawn from the priors", self.world(values), SHORT, **self.policy(luck))

    def _posterior(self, number: int, luck: random.Random) -> Extreme:
        people, values = self.drawn_world(luck, number)
        row = int(self.posterior.rows(self.seed, self.people)[people])
        values |= dict(zip(self.posterior.names, self.posterior.values[row].tolist(), strict=True))
        return Extreme(number, "", f"posterior draw {row}", self.world(values), SHORT, **self.policy(luck))

    def _structure(self, number: int, luck: random.Random) -> Extreme:
        structure = luck.choice(list(STRUCTURES.values()))
        few = random.Random(f"{self.seed}|structure|{luck.randrange(2)}")  # of people
        people = {n: self.value(n, few.choice(("low", "high"))) for n in self.drawn if n.startswith(PEOPLE)}
        values = self.others_at_ends(luck) | (people if luck.random() < 0.5 else {})
        world = structure.of(self.world(values))
        policy = self.policy(luck)
        return Extreme(
            number, "", f"{structure.name}, parameters at ends", world, levers=policy["levers"],
            rivals=structure.rivals_respond or policy["rivals"],
        )  # fmt: skip

    # ---- all else --------------------------------------------------------------------------------------------------

    def _start(self, number: int, luck: random.Random) -> Extreme:
        kind = luck.choice(STARTS)
        values = self.others_at_ends(luck) if luck.random() < 0.5 else {}
        return Extreme(number, "", kind, self.world(values), start=kind, **self.policy(luck))

    def _lever(self, number: int, luck: random.Random) -> Extreme:
        """Fields of levers at both ends: one field of one lever, or all fields of several."""
        if luck.random() < 0.5:
            key = luck.choice(list(LEVERS))
            name, ends = luck.choice(list(lever_ends(LEVERS[key]).items()))
            fields = {name: luck.choice(ends)}
            lever = LEVERS[key](**{"start": "2013Q3"} | fields)
            return Extreme(number, "", f"{key}.{name} = {fields[name]}", self.world({}), levers=(lever,))
        keys = luck.sample(list(LEVERS), luck.randrange(1, len(LEVERS) + 1))
        levers = tuple(
            LEVERS[key](start="2013Q3", **{n: luck.choice(ends) for n, ends in lever_ends(LEVERS[key]).items()})
            for key in LEVERS
            if key in keys
        )
        values = self.others_at_ends(luck) if luck.random() < 0.5 else {}
        what = "all fields of " + ", ".join(lever.key for lever in levers)
        return Extreme(number, "", what, self.world(values), levers=levers, rivals=luck.random() < 0.5)

    def _shock(self, number: int, luck: random.Random) -> Extreme:
        names = luck.sample(list(SHOCKS), luck.randrange(1, len(SHOCKS) + 1))
        shock: dict[str, float] = {name: luck.choice(SHOCKS[name]) for name in names}
        if luck.random() < 0.3:
            shock["without_jei"] = True
        values = self.others_at_ends(luck) if luck.random() < 0.5 else {}
        # No levers: they would charge for seats, and count as forgone what the shock does to the law.
        return Extreme(number, "", f"shock to {', '.join(shock)}", self.world(values), SHORT, shock=shock)

    def _horizon(self, number: int, luck: random.Random) -> Extreme:
        values = self.others_at_ends(luck) if luck.random() < 0.7 else {}
        settings = replace(COARSE, years=luck.choice((1, 100)))
        return Extreme(number, "", f"{settings.years} years", self.world(values), settings, **self.policy(luck))

    def _size(self, number: int, luck: random.Random) -> Extreme:
        talents, firms = luck.choice(((1000, 1), (1000, 100), (100, 100), (40, 1), (7, 3), (1000, 37)))
        settings = Settings(talents, firms, 1, threads=luck.choice((1, 2)))
        values = self.others_at_ends(luck) if luck.random() < 0.5 else {}
        what = f"scales {talents} and {firms}"
        return Extreme(number, "", what, self.world(values), settings, levers=self.some_levers(luck))

    def some_levers(self, luck: random.Random) -> tuple[Lever, ...]:
        """No lever, all at full strength, or some as they are described."""
        kind = luck.randrange(3)
        if kind < 2:
            return full_strength() if kind else ()
        keys = luck.sample(list(LEVERS), luck.randrange(1, len(LEVERS)))
        return tuple(LEVERS[key](start="2013Q3") for key in LEVERS if key in keys)

    def policy(self, luck: random.Random) -> dict[str, object]:
        return {"levers": self.some_levers(luck), "rivals": luck.random() < 0.3}
