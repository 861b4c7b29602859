"""Cost of the moving process with the number of places: synthetic worlds made of the places there are."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure, Section, table
from benchmarks.growth import exponent
from benchmarks.moving_loop import NoCompiler
from benchmarks.moving_pair import PROCESS, MovingPair
from benchmarks.sizes import Sizes
from benchmarks.worlds import evidence, model_of, resized, start, world
from sim.evidence import Evidence
from sim.model.conditions import conditions_2013
from sim.model.flight import PROCESSES
from sim.model.geography import read_geography
from sim.model.start import Start
from sim.settings import Settings

TITLE = "Growth with places"
# A world of few places still has both rests, and districts and hubs.
FIRST = ("paris_sentier", "rest_of_france", "silicon_valley", "rest_of_world", "lyon", "london")
NEEDED = ("apply_policies", "update_places", PROCESS)


def measure(sizes: Sizes) -> list[Section]:
    """Return time per talent and quarter by number of places, and the exponent."""
    rows, times = [], []
    for places in sizes.places:
        engine, loop, differing = _measured(places, sizes)
        times.append(engine)
        rows.append([str(places), f"{engine:.1f}", f"{loop:.1f}" if loop else "–", differing])
    return [
        Section(
            TITLE,
            [
                f"The process `{PROCESS}` alone, on one thread, in synthetic worlds: some of the 26 places, or all of "
                "them and copies. The share of talents who live abroad, and so how many consider moving, differs a "
                "little between the worlds."
            ],
            [Figure("exponent of time by places", (exponent(sizes.places, times),), note="for information")],
            [table(["places", "moving process, ns per talent", "C loop, ns per talent", "rows that differ"], rows)],
        )
    ]


def _measured(places: int, sizes: Sizes) -> tuple[float, float, str]:
    """Return nanoseconds per talent and quarter of the process and of the C loop, and rows that differ."""
    whole = start(sizes.small, sizes.large_startups)
    every = max(1, len(whole.talents["place"]) // sizes.place_talents)
    facts, begin = synthetic(resized(whole, every), places)
    settings = Settings(talent_scale=min(1000, sizes.small * every), startup_scale=sizes.large_startups, threads=1)
    with model_of(begin, settings, evidence=facts) as model:
        model.processes = tuple(process for process in PROCESSES if process.__name__ in NEEDED)
        rows = model.talents.size
        try:
            with tempfile.TemporaryDirectory() as folder:
                pair = MovingPair(model, Path(folder), ((1, 1),))
                for _ in range(sizes.place_quarters + 1):
                    model.step()
        except NoCompiler:
            taken = []
            for _ in range(sizes.place_quarters + 1):
                before = model.timings[PROCESS]
                model.step()
                taken.append(model.timings[PROCESS] - before)
            return 1e9 * float(np.median(taken[1:])) / rows, 0.0, "–"
    per_row = 1e9 / rows
    loop = float(np.median(pair.loops[1, 1][1:]))
    return float(np.median(pair.engine[1:])) * per_row, loop * per_row, str(pair.differing)


def synthetic(begin: Start, places: int) -> tuple[Evidence, Start]:
    """Return evidence and start of a world of so many places.

    Fewer than 26: talents of a place that is left out live in, or come from, the rest of its country's side of the
    border. More: each place several times over, the talents shared among the copies.
    """
    facts = evidence()
    ids = facts.place_ids
    first = [ids.index(name) for name in FIRST]
    order = first + [n for n in range(len(ids)) if n not in first]
    source = np.array([order[n % len(ids)] for n in range(places)])
    records = []
    for n, old in enumerate(source):
        copy = n // len(ids)
        record = facts.places[old]
        mark = f"_{copy}" if copy else ""
        records.append(
            dataclasses.replace(
                record,
                index=n,
                place=record.place + mark,
                city="" if copy else record.city,
                labour_market=record.labour_market + mark,
            )
        )
    columns = {name: column[source] for name, column in facts._columns.items()}
    made = dataclasses.replace(facts, places=tuple(records), _columns=columns)
    geography = read_geography(made)
    copies = np.array([np.count_nonzero(source == old) for old in range(len(ids))])
    rests = [FIRST.index("rest_of_france"), FIRST.index("rest_of_world")]
    stands_for = np.array(
        [order.index(old) if copies[old] else rests[facts.places[old].country != "FR"] for old in range(len(ids))]
    )
    which = begin.talents["slot"] % np.maximum(copies, 1)[begin.talents["origin"]]
    talents = {name: column.copy() for name, column in begin.talents.items()}
    for name in ("place", "origin"):
        here = begin.talents[name]
        moved = stands_for[here] + len(ids) * np.minimum(which, np.maximum(copies, 1)[here] - 1)
        talents[name] = moved.astype(here.dtype)
    startups = {name: column.copy() for name, column in begin.startups.items()}
    for name in ("origin", "hq", "ops", "lead", "foreign_lead"):
        startups[name] = stands_for[startups[name]].astype(startups[name].dtype)
    founding = dataclasses.replace(
        begin.founding,
        rate=begin.founding.rate[source],
        place=begin.founding.place[source],
        logsum=begin.founding.logsum[:, source],
    )
    return made, dataclasses.replace(
        begin,
        geography=geography,
        conditions=conditions_2013(made, world(), geography),
        talents=talents,
        startups=startups,
        constants=begin.constants[np.ix_(source, source)],
        founding=founding,
        moving=begin.moving[source],
    )
