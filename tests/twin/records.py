"""Records of a run: series, flows, costs, revenue, reasons, persons (ODD 8.2, 8.3)."""

from __future__ import annotations

from tests.twin.agents import ALIVE, SOLD
from tests.twin.comparing import same
from tests.twin.events import COUNTS, STARTUP_TERMS, STARTUP_TRIGGERS, TALENT_TERMS, TALENT_TRIGGERS, TERM_UNIT

STOCKS = ("talents", "talents_french", "startups", "startups_french", "champions", "champions_french", "jobs")
PRICES = ("wage", "office_rent", "flat_rent")
COLUMNS = {
    "series": (
        "quarter",
        "place",
        *STOCKS,
        *COUNTS,
        "capital_meur",
        *PRICES,
        "labelled",
        "fibre",
        "mobile",
        "awareness",
    ),
    "flows": ("quarter", "origin", "destination", "kind", "count"),
    "costs": ("quarter", "lever", "item", "payer", "meur"),
    "revenue": ("quarter", "cause", "item", "receiver", "meur"),
    "reasons": ("year", "kind", "direction", "part", "name", "count", "total"),
}
PERSONS = ("uid", "kind", "origin", "french", "founder_french", "state", "received", "group", "place")
KINDS = (
    ("talent_french", "talent", 0, TALENT_TRIGGERS, TALENT_TERMS),
    ("talent_foreign", "talent", 1, TALENT_TRIGGERS, TALENT_TERMS),
    ("startup_french", "startup", 0, STARTUP_TRIGGERS, STARTUP_TERMS),
    ("startup_foreign", "startup", 1, STARTUP_TRIGGERS, STARTUP_TERMS),
)
DIRECTIONS = ("departure", "arrival")
WITHOUT_CHOICE = ("with employer", "with own firm")
STATE_CLOSED, STATE_SOLD, STATE_FRANCE, STATE_ABROAD = 1, 2, 3, 4
NOWHERE = 255
FOREIGNERS_ABROAD = 2
LAST_STAGE = 4


class Records:
    """What leaves a run, quarter by quarter; rows are tuples in the order of ``COLUMNS``, in real units."""

    def __init__(self, model):
        self.series, self.flows, self.reasons, self.year_of_row = [], [], [], {}
        self.take_series(model)

    def take(self, model):
        """Record the quarter that has just been done; the model already counts the new one."""
        self.take_series(model)
        self.take_flows(model)
        self.take_reasons(model)

    def take_series(self, model):
        """Add a row a place."""
        firms, persons = model.settings.startup_scale, model.settings.talent_scale
        talents, french, counts = model.talent_counts, model.talent_counts_french, model.startup_counts
        for place in model.places:
            p = place.index
            stocks = [talents[p] * persons, french[p] * persons]
            for name in ("by_place", "french", "champions", "champions_french", "staff"):
                stocks.append(getattr(counts, name)[p] * firms)
            happened = [model.events.counts[name][p] * (persons if "dwellings" in name else firms) for name in COUNTS]
            capital = model.events.capital_eur[p] * firms / 1e6
            prices = [getattr(place, name) for name in PRICES]
            law = model.conditions
            quantities = [int(law.labelled[p]), law.fibre[p], law.mobile[p], law.awareness[FOREIGNERS_ABROAD][p]]
            self.series.append((model.quarter, place.id, *stocks, *happened, capital, *prices, *quantities))

    def take_flows(self, model):
        """Add a row for every pair of places with moves."""
        ids = model.geography.ids
        for kind, agents, number, _, _ in KINDS:
            flows = getattr(model.events, f"{agents}_flows")[number]
            for origin, row in enumerate(flows):
                for destination, count in enumerate(row):
                    if count:
                        real = count * scale_of(model, agents)
                        self.flows.append((model.quarter, ids[origin], ids[destination], kind, real))

    def take_reasons(self, model):
        """Add the reasons of the quarter to the row of their year; year 0 is the first four quarters."""
        year = (model.quarter - 1) // 4
        for agents in ("talent", "startup"):
            self.take_triggers(model, year, agents)
            self.take_terms(model, year, agents)

    def take_triggers(self, model, year, agents):
        """Add moves by trigger."""
        scale = scale_of(model, agents)
        for kind, number, direction, d, triggers, _ in sides(agents):
            moves = getattr(model.events, f"{agents}_triggers")[number][d]
            for name, count in zip(triggers, moves, strict=True):
                self.add((year, kind, direction, "trigger", name), count * scale, float(count * scale))

    def take_terms(self, model, year, agents):
        """Add sums of differences by term, with the moves that were a choice of place."""
        scale = scale_of(model, agents)
        for kind, number, direction, d, triggers, terms in sides(agents):
            moves = getattr(model.events, f"{agents}_triggers")[number][d]
            chosen = sum(n for name, n in zip(triggers, moves, strict=True) if name not in WITHOUT_CHOICE)
            sums = getattr(model.events, f"{agents}_terms")[number][d]
            for name, total in zip(terms, sums, strict=True):
                self.add((year, kind, direction, "term", name), chosen * scale, total * TERM_UNIT * scale)

    def add(self, key, count, total):
        """Add to a row of reasons."""
        if key not in self.year_of_row:
            self.year_of_row[key] = len(self.reasons)
            self.reasons.append((*key, 0, 0.0))
        n = self.year_of_row[key]
        *_, counted, summed = self.reasons[n]
        self.reasons[n] = (*key, counted + count, summed + total)


def sides(agents):
    """Return kind, its number, direction, its number, triggers and terms of the moves of talents or of startups."""
    return [
        (kind, number, direction, d, triggers, terms)
        for kind, who, number, triggers, terms in KINDS
        if who == agents
        for d, direction in enumerate(DIRECTIONS)
    ]


def scale_of(model, agents):
    """Return how many real ones an agent stands for."""
    return model.settings.talent_scale if agents == "talent" else model.settings.startup_scale


def persons(model):
    """Return rows of everyone at the horizon, in order of uid (ODD 8.3)."""
    french, rows = model.geography.is_french, []
    for talent in model.talents:
        if talent.counts:
            home = french[talent.origin]
            state = STATE_FRANCE if french[talent.place] else STATE_ABROAD
            rows.append((talent.uid, 0, talent.origin, home, home, state, talent.received, talent.skill, talent.place))
    for firm in model.startups:
        if firm.status == ALIVE:
            state, place = (STATE_FRANCE if french[firm.hq] else STATE_ABROAD), firm.hq
        else:
            state, place = (STATE_SOLD if firm.status == SOLD else STATE_CLOSED), NOWHERE
        founder = bool(firm.french_founder)
        rows.append(
            (
                firm.uid,
                1,
                firm.origin,
                french[firm.origin],
                founder,
                state,
                firm.received,
                min(firm.stage, LAST_STAGE),
                place,
            )
        )
    return sorted(rows)


def compare_records(plain, engine):
    """Return one sentence for every column of the records in which a plain run differs from the engine's.

    Args:
        plain: a ``PlainModel``.
        engine: the engine's model at the same quarter.
    """
    theirs = engine.records()
    ours = {
        "series": plain.records.series,
        "flows": plain.records.flows,
        "reasons": plain.records.reasons,
        "costs": plain.charges,
        "revenue": plain.revenue,
    }
    found = []
    for name, columns in COLUMNS.items():
        frame = getattr(theirs, name)
        if tuple(frame.columns) != columns:
            found.append(f"{name}: columns {list(frame.columns)} in the engine, {list(columns)} in the twin")
        found += compare_rows(name, columns, ours[name], [tuple(row) for row in frame.itertuples(index=False)])
    if set(theirs.persons) != set(PERSONS):
        found.append(f"persons: columns {sorted(theirs.persons)} in the engine")
    columns = [theirs.persons[name].tolist() for name in PERSONS]
    return found + compare_rows("persons", PERSONS, persons(plain), list(zip(*columns, strict=True)))


def compare_rows(name, columns, ours, theirs):
    """Return one sentence for every column that differs between two lists of rows."""
    if len(ours) != len(theirs):
        keys = len(columns) - 1
        odd = sorted({row[:keys] for row in ours} ^ {row[:keys] for row in theirs}, key=str)[:3]
        return [f"{name}: {len(theirs)} rows in the engine, {len(ours)} in the twin; first odd ones {odd}"]
    found = []
    for n, column in enumerate(columns):
        wrong = [row for row in range(len(ours)) if not equal_cells(ours[row][n], theirs[row][n])]
        if wrong:
            mine, other = ours[wrong[0]], theirs[wrong[0]]
            found.append(
                f"{name}.{column}: {len(wrong)} of {len(ours)} rows differ, first row {wrong[0]}: "
                f"engine {other}, twin {mine}"
            )
    return found


def equal_cells(mine, other):
    """Say whether two cells are the same."""
    if isinstance(mine, str) or isinstance(other, str):
        return mine == other
    return same(mine, other)
