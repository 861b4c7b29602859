"""Who was kept, who was only moved, whom the money reached for nothing: counts of persons over worlds.

Made from the pair counts of :mod:`sim.analysis.pairing`. Only *net* figures are identified. Gross ones hold under
shared luck: they are to be read beside their floor, the same figure of the placebo.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.analysis.paired_worlds import BASELINE, SUMMARY, scenario_order, summarise_columns
from sim.analysis.pairing import (
    ATTRACTED,
    CLASSES,
    CREATED,
    DISPLACED,
    DISPLACED_FROM,
    FAILED,
    FORGONE,
    KEPT,
    LOST,
    OUTSIDE,
    REPELLED,
    RESTAGED,
    RESTAGED_FROM,
    SAME,
    SAVED,
    SECOND_LABELS,
    SIGNS,
    classify,
    match,
)
from sim.person_states import ABROAD, CLOSED, FRANCE, GROUPS, KINDS, NEVER, NOWHERE, Persons

NET, GAINED, LOST_ALL, DEADWEIGHT, RECEIVED = "net", "gained", "lost_in_all", "deadweight", "received"
GAINS, LOSSES = (KEPT, ATTRACTED, CREATED, SAVED), (LOST, REPELLED, FORGONE, FAILED)
MEASURES = (
    NET, GAINED, LOST_ALL, *GAINS, *LOSSES, DISPLACED, DISPLACED_FROM, RESTAGED, RESTAGED_FROM, SAME, DEADWEIGHT,
    RECEIVED,
)  # fmt: skip
NATION, DISTRICT, STAGE = "france", "district", "stage"
BY_GROUP = dict(zip(KINDS, ("skill", STAGE), strict=True))
# Second labels are shown where they do not cancel: without them nobody could add up the net of the row.
SHOWN = {DISTRICT: (DISPLACED_FROM,), STAGE: SECOND_LABELS}
IDENTIFIED, SHARED_LUCK = "net", "under shared luck"
PLACEBO = "placebo"
TOTALS = dict(zip(KINDS, ("talents_in_france", "startups_in_france"), strict=True))
COLUMNS = ("scenario", "kind", "by", "where", "measure", "mean", *SUMMARY, "floor", "identified", "reading")
FATES = (NET, GAINED, LOST_ALL, DISPLACED, DEADWEIGHT)
STATES = {NEVER: "never founded", CLOSED: "closed or sold", FRANCE: "in France", ABROAD: "abroad"}


def counterfactual(
    pairs: pd.DataFrame, runs: pd.DataFrame, baseline: str = BASELINE, scenarios: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Counts of persons by scenario, for France, by district, and by skill or stage.

    Args:
        pairs: ``scenario, world, replicate`` and what :func:`sim.analysis.pairing.pair_counts` returns; without
            ``group`` (an older study) there are no rows by skill and stage.
        runs: ``run, scenario, world, replicate``; tells the order of scenarios.
        baseline: the scenario that everyone was matched with.
        scenarios: ``scenario, levers`` (by name): of which scenarios the reading says that they are packages.

    Returns:
        ``COLUMNS``: ``by`` is france, district, skill or stage, ``where`` the place or group. ``net`` is gains less
        losses, by district and stage with displaced less displaced_from, by stage with restaged less restaged_from:
        exactly the difference of totals. ``gained`` are kept, attracted, created and saved; ``lost_in_all`` lost,
        repelled, forgone and failed; ``received`` those whom any lever reached, ``deadweight`` those of them who are in
        the same French place either way. Mean over worlds (replicates averaged) with what
        :func:`sim.analysis.paired_worlds.summarise_columns` says; ``floor``: the mean of the placebo, NaN if it is not
        in the study. A world without a count counts as 0.
    """
    order = [name for name in scenario_order(runs) if name != baseline]
    words = ("scenario", "kind", "class", "place", *(["group"] if "group" in pairs else []))
    frame = pairs.astype(dict.fromkeys(words, str))
    frame = frame[frame["scenario"].isin(order)]
    replicates = frame.groupby(["scenario", "world"])["replicate"].nunique()
    long = _measures(frame[frame["place"] != OUTSIDE])
    parts = []
    for by, column in ((NATION, ""), (DISTRICT, "place"), ("", "group")):
        if column and column not in long:
            continue
        where = long[column] if column else pd.Series(NATION, long.index)
        labels = {"by": by if by else long["kind"].map(BY_GROUP), "where": where}
        parts.append(_summaries(long.assign(**labels), replicates))
    table = pd.concat(parts, ignore_index=True)
    position = {name: n for n, name in enumerate(order)}
    ranks = {"scenario": position, "kind": dict(zip(KINDS, (0, 1), strict=True)),
             "by": {NATION: 0, DISTRICT: 1, **dict.fromkeys(BY_GROUP.values(), 2)},
             "measure": {name: n for n, name in enumerate(MEASURES)}}  # fmt: skip
    sort_keys = table.assign(**{name: table[name].map(known) for name, known in ranks.items()})
    table = table.loc[sort_keys.sort_values(["scenario", "kind", "by", "where", "measure"], kind="stable").index]
    table = table.reset_index(drop=True)
    keys = ["kind", "by", "where", "measure"]
    floor = table[table["scenario"] == PLACEBO].set_index(keys)["mean"]
    known = pd.MultiIndex.from_frame(table[keys])
    missing = 0.0 if len(floor) else np.nan  # a class that the placebo has nobody in
    table["floor"] = floor.reindex(known).fillna(missing).to_numpy(np.float64)
    table["identified"] = np.where(table["measure"] == NET, IDENTIFIED, SHARED_LUCK)
    unknown = "" if len(floor) else "no placebo: noise floor not known"
    packages = _packages(scenarios)
    shared = [packages.get(name, "") for name in table["scenario"]]
    table["reading"] = [
        "; ".join(part for part in (*both, unknown) if part) for both in zip(table["reading"], shared, strict=True)
    ]
    return table[list(COLUMNS)]


def _packages(scenarios: pd.DataFrame | None) -> dict[str, str]:
    """Return what is said of each scenario with several levers: no count tells which of them did it."""
    if scenarios is None:
        return {}
    numbers = {
        str(name): len(held or ()) for name, held in zip(scenarios["scenario"], scenarios["levers"], strict=True)
    }
    said = "{} levers together: which of them did it is a question of Shapley values"
    return {name: said.format(number) for name, number in numbers.items() if number > 1}


def _measures(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the counts once for each measure that they belong to: column ``measure``, and ``value``."""
    sign = frame["class"].map(SIGNS).astype(np.float64)
    label, count, reached = frame["class"], frame["count"].astype(np.float64), frame["received"].astype(np.float64)
    chosen = [
        (NET, sign != 0.0, count * sign),
        (GAINED, label.isin(GAINS), count),
        (LOST_ALL, label.isin(LOSSES), count),
    ]
    chosen += [(name, label == name, count) for name in (*GAINS, *LOSSES, DISPLACED, *SECOND_LABELS, SAME)]
    chosen += [(DEADWEIGHT, label == SAME, reached), (RECEIVED, label.isin(CLASSES), reached)]
    parts = [frame[rows].assign(measure=name, value=value[rows]) for name, rows, value in chosen]
    return pd.concat(parts, ignore_index=True)


def _summaries(long: pd.DataFrame, replicates: pd.Series[int]) -> pd.DataFrame:
    """Summarise over worlds; a world of a scenario in which nobody is counted is 0, in which it did not run is none.

    Args:
        long: ``scenario, kind, by, where, measure, world, value``.
        replicates: number by scenario and world.
    """
    keys = ["scenario", "kind", "by", "where", "measure"]
    places = long[["kind", "by", "where"]].drop_duplicates()
    rows = places.merge(pd.DataFrame({"measure": MEASURES}), how="cross")
    shown = [
        measure not in SECOND_LABELS or measure in SHOWN.get(by, ())
        for by, measure in zip(rows["by"], rows["measure"], strict=True)
    ]
    rows = rows[shown]
    scenarios = list(dict.fromkeys(replicates.index.get_level_values("scenario")))
    rows = pd.DataFrame({"scenario": scenarios}).merge(rows, how="cross")
    summed = long.groupby([*keys, "world"])["value"].sum().unstack("world")
    ran = replicates.unstack("world")
    summed = summed.reindex(index=pd.MultiIndex.from_frame(rows[keys]), columns=ran.columns)
    number = ran.loc[rows["scenario"]].to_numpy(np.float64)
    values = np.where(
        np.isfinite(number), np.nan_to_num(summed.to_numpy(np.float64)) / np.nan_to_num(number, nan=1.0), np.nan
    )
    return rows.reset_index(drop=True).assign(**summarise_columns(values.T))


def fates(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows for France that a figure shows: ``scenario, kind, measure, mean, low, high, n, floor``."""
    shown = table[(table["by"] == NATION) & table["measure"].isin(FATES)]
    return shown[["scenario", "kind", "measure", "mean", "low", "high", "n", "floor"]].reset_index(drop=True)


def identity_problems(pairs: pd.DataFrame, runs: pd.DataFrame, baseline: str = BASELINE) -> list[str]:
    """Say where signed counts are not the difference of the totals of the two runs; nothing if all are.

    Two runs that both are there and were not counted are a problem, too: their world would be missing in silence.

    Args:
        pairs: as :func:`counterfactual`.
        runs: ``scenario, world, replicate`` and the outcomes ``TOTALS``; those that are missing are not compared.
        baseline: the scenario that everyone was matched with.
    """
    inside = pairs[pairs["place"].astype(str) != OUTSIDE]
    if strange := sorted(set(inside["class"].astype(str)) - set(SIGNS)):
        return [f"'{strange[0]}' is no class that persons are counted in"]
    sign = inside["class"].astype(str).map(SIGNS).to_numpy(np.int64)
    keys = ["scenario", "world", "replicate"]
    named = inside.assign(net=inside["count"] * sign, scenario=inside["scenario"].astype(str))
    net = named.groupby([*keys, named["kind"].astype(str)])["net"].sum()
    every = pairs.assign(scenario=pairs["scenario"].astype(str))[keys].drop_duplicates()
    levels = runs.assign(scenario=runs["scenario"].astype(str)).set_index(keys)
    ran = runs.assign(scenario=runs["scenario"].astype(str))[keys]
    matched = ran[ran["scenario"] != baseline].merge(ran.loc[ran["scenario"] == baseline, keys[1:]], on=keys[1:])
    missing = pd.MultiIndex.from_frame(matched).difference(pd.MultiIndex.from_frame(every), sort=False)
    problems = [
        f"{name}, world {world}, replicate {replicate}: nobody was counted" for name, world, replicate in missing
    ]
    for kind, outcome in TOTALS.items():
        if outcome not in levels:
            continue
        for scenario, world, replicate in every.itertuples(index=False):
            one, other = (levels[outcome].get((name, world, replicate)) for name in (scenario, baseline))
            found = int(net.get((scenario, world, replicate, kind), 0))
            if one is None or other is None or round(float(one) - float(other)) != found:
                problems.append(
                    f"{scenario}, world {world}, replicate {replicate}: {kind}s of the classes differ by {found}, "
                    f"those of the runs by {one} - {other}"
                )
    return problems


def person_table(baseline: Persons, scenario: Persons, places: Sequence[str]) -> pd.DataFrame:
    """Everyone of two runs, one row each: who they are, where they are in either run, their class.

    Args:
        baseline: everyone of the baseline at the horizon.
        scenario: everyone of the scenario, same world and replicate.
        places: names in model order.

    Returns:
        one row a person in either run, by uid. ``origin``: the baseline's, of who is in the scenario alone the
        scenario's. Place and group are empty in a run in which they have none.

    Raises:
        ValueError: as :func:`sim.analysis.pairing.match`.
    """
    pairs = match(baseline, scenario)
    names = np.array([*places, ""], dtype=object)
    groups = np.array([[*own, *[""] * (max(map(len, GROUPS)) - len(own))] for own in GROUPS], dtype=object)
    states = np.array([STATES.get(code, "") for code in range(max(STATES) + 1)], dtype=object)

    def place(codes: np.ndarray) -> np.ndarray:
        return np.asarray(names[np.where(codes == NOWHERE, len(names) - 1, codes)])

    def group(codes: np.ndarray, state: np.ndarray) -> np.ndarray:
        return np.where(state == NEVER, "", groups[pairs.kind, codes])

    # The first of a uid is the baseline's.
    uid, first = np.unique(np.concatenate([baseline["uid"], scenario["uid"]]), return_index=True)
    origin = np.concatenate([baseline["origin"], scenario["origin"]])[first][np.searchsorted(uid, pairs.uid)]
    table = pd.DataFrame(
        {
            "uid": pairs.uid, "kind": np.array(KINDS)[pairs.kind], "origin": place(origin), "french": pairs.french,
            "class": np.array(CLASSES)[classify(pairs)], "state_baseline": states[pairs.before],
            "state_scenario": states[pairs.after], "place_baseline": place(pairs.place_before),
            "place_scenario": place(pairs.place_after), "group_baseline": group(pairs.group_before, pairs.before),
            "group_scenario": group(pairs.group_after, pairs.after), "received": pairs.received,
        }
    )  # fmt: skip
    return table.sort_values("uid", ignore_index=True)
