"""Do the conclusions hold in other structures of the model?"""

from __future__ import annotations

from typing import Any

from sim.report.beside import folder_beside, table_of
from sim.report.catalogue import Words
from sim.report.names import outcome_label, scenario_title
from sim.report.results import Results
from sim.report.tables.table import Column, Entry, Table, number, text

TEXTS, NUMBERS = ("structure", "scenario", "outcome", "label", "sign", "family"), ("effect", "low", "high")
SAME, OPPOSITE, NOISE = "same", "opposite", "opposite within noise"
CASES = (SAME, "lost", NOISE, OPPOSITE)


def build(results: Results, words: Words) -> dict[str, Any] | None:
    """How many headline effects keep their sign, by structure; none without such a folder of the same model."""
    folder = folder_beside(results, "structures", "reference/manifest.json")
    table = table_of(folder, "structures.csv", TEXTS, NUMBERS)
    if table is None:
        return None
    table = table[table["family"] == "headlines"]
    reference = table[table["structure"] == "reference"].set_index(["scenario", "outcome"])
    clear = (reference["low"] > 0) | (reference["high"] < 0)
    rows: list[tuple[Entry, ...]] = []
    lost: list[str] = []
    titles = {note.name: scenario_title(note, words) for note in results.scenarios}
    for name, some in table[table["structure"] != "reference"].groupby("structure", sort=False):
        keys = list(zip(some["scenario"], some["outcome"], strict=True))
        was = [bool(clear.get(key, False)) for key in keys]
        still = ((some["low"] > 0) | (some["high"] < 0)).tolist()
        gone = [(key, line) for key, line, a, b in zip(keys, some.to_dict("records"), was, still, strict=True)
                if a and not b]  # fmt: skip
        signs = some["sign"].astype(str)
        structure = words.get(f"structure.{name}", str(name).replace("_", " "))
        rows.append(
            (text(structure), number(len(some), words), number(sum(was), words), number(sum(was) - len(gone), words),
             number(int((signs == OPPOSITE).sum()), words), number(int((signs == NOISE).sum()), words))
        )  # fmt: skip
        for (scenario, outcome), line in gone:
            label = outcome_label(str(outcome), str(line["label"]), words)
            policy = titles.get(str(scenario), str(scenario))
            lost.append(words("structures.lost", structure=structure, policy=policy, label=label))
    names = ("structure", "compared", "clear", "still", "opposite", "noise")
    columns = tuple(Column(words(f"structures.{n}"), kind="text" if n == "structure" else "number") for n in names)
    made = Table("structures", words("structures.title"), columns, tuple(rows), (words("structures.note"),))
    return {"table": made, "lost": lost}
