"""Pair counts of finished runs: each run's persons matched with those of the reference scenario in the same world.

Each shard holds its run's persons, so that a run can be paired with any reference, whenever and by whichever process
that was made. A worker counts at once where the reference is finished, as it is in a world of its own; what is still
missing (reference run elsewhere at the same time, or first asked for by a later command) is counted when tables are
written. Counts are kept beside the run under the reference's name: the same bytes whoever counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from sim.analysis.pairing import pair_counts
from sim.experiments.design import Experiment, Study
from sim.experiments.store import Store
from sim.person_states import Persons
from sim.settings import Settings

if TYPE_CHECKING:
    import pandas as pd


def reference_shards(study: Study, names: Sequence[str]) -> dict[str, str]:
    """Return shard of a run -> shard of the reference scenario's run in the same world and replicate."""
    reference = {
        (run.world, run.replicate): names[run.run]
        for run in study.experiments
        if study.scenarios[run.scenario].name == study.reference
    }
    return {
        names[run.run]: reference[run.world, run.replicate]
        for run in study.experiments
        if (run.world, run.replicate) in reference and study.scenarios[run.scenario].name != study.reference
    }


def count_pairs(
    store: Store, name: str, reference: str, places: pd.DataFrame, settings: Settings, persons: Persons | None = None
) -> pa.Table:
    """Count a run's persons against a finished reference run, and keep the counts beside the run.

    ``persons``: the run's, if they are in memory; else read from its shard.
    """
    scales = (settings.talent_scale, settings.startup_scale)
    own = store.read_persons(name) if persons is None else persons
    return store.write_pairs(name, reference, pair_counts(_reference(store, reference), own, places, scales))


# In memory for the runs that follow in its world; a name stands for one content, wherever it lies.
_kept: dict[str, Persons] = {}


def _reference(store: Store, name: str) -> Persons:
    """Return the persons of a reference run, the last one read kept in memory."""
    if name not in _kept:
        _kept.clear()
        _kept[name] = store.read_persons(name)
    return _kept[name]


def pairs_table(
    study: Study, store: Store, names: Sequence[str], finished: Sequence[Experiment], references: Mapping[str, str],
    places: pd.DataFrame,
) -> pa.Table | None:  # fmt: skip
    """Return the pair counts of all finished runs, with world, replicate and scenario; None if none pairs."""
    there = {names[run.run] for run in finished}
    parts = []
    for run in finished:
        name, reference = names[run.run], references.get(names[run.run])
        if reference not in there or reference is None:
            continue
        counts = store.read_pairs(name, reference)
        if counts is None:
            counts = count_pairs(store, name, reference, places, study.settings)
        keys = {"world": run.world, "replicate": run.replicate, "scenario": study.scenarios[run.scenario].name}
        columns = {key: pa.repeat(pa.scalar(value), len(counts)) for key, value in keys.items()}
        parts.append(pa.table({**columns, **{column: counts[column] for column in counts.column_names}}))
    return pa.concat_tables(parts) if parts else None
