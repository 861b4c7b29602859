"""A small random but valid results folder: 13 scenarios in a few worlds, nothing simulated."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from sim.analysis import OUTCOMES, compare, outcomes_of

PLACES = pd.DataFrame(
    [
        ("paris_sentier", "Paris Sentier", "Sentier", "paris", "FR", "district", "ile_de_france", 48.87, 2.35),
        ("paris_rive_gauche", "Rive Gauche", "Rive Gauche", "paris", "FR", "district", "ile_de_france", 48.83, 2.37),
        ("paris_saclay", "Paris-Saclay", "Paris-Saclay", "paris", "FR", "district", "ile_de_france", 48.71, 2.21),
        ("lille", "Lille EuraTechnologies", "Lille", "lille", "FR", "district", "nord", 50.63, 3.02),
        ("lyon", "Lyon Part-Dieu/Confluence", "Lyon", "lyon", "FR", "district", "rhone", 45.76, 4.86),
        ("toulouse", "Toulouse IoT Valley", "Toulouse", "toulouse", "FR", "district", "midi", 43.55, 1.51),
        ("nantes", "Nantes Quartier de la Création", "Nantes", "nantes", "FR", "district", "loire", 47.21, -1.56),
        ("bordeaux", "Bordeaux Euratlantique", "Bordeaux", "bordeaux", "FR", "district", "aquitaine", 44.83, -0.56),
        ("rennes", "Rennes Atalante", "Rennes", "rennes", "FR", "district", "bretagne", 48.11, -1.64),
        ("grenoble", "Grenoble Presqu'île", "Grenoble", "grenoble", "FR", "district", "isere", 45.2, 5.7),
        ("montpellier", "Cap Omega", "Montpellier", "montpellier", "FR", "district", "languedoc", 43.61, 3.91),
        ("aix_marseille", "Belle de Mai", "Aix-Marseille", "aix_marseille", "FR", "district", "paca", 43.31, 5.39),
        ("nice_sophia", "Nice-Sophia Antipolis", "Nice-Sophia", "nice_sophia", "FR", "district", "paca", 43.62, 7.05),
        ("strasbourg", "Strasbourg", "Strasbourg", "strasbourg", "FR", "district", "alsace", 48.58, 7.75),
        ("rest_of_france", "Rest of France", "Rest of France", "", "FR", "rest", "rest_of_france", 47.0, 2.5),
        ("london", "London Tech City", "London", "london", "GB", "hub", "london", 51.52, -0.08),
        ("berlin", "Berlin", "Berlin", "berlin", "DE", "hub", "berlin", 52.52, 13.4),
        ("silicon_valley", "SF Bay", "Silicon Valley", "silicon_valley", "US", "hub", "ca", 37.4, -122.1),
        ("dublin", "Dublin", "Dublin", "dublin", "IE", "hub", "dublin", 53.34, -6.25),
        ("amsterdam", "Amsterdam", "Amsterdam", "amsterdam", "NL", "hub", "amsterdam", 52.37, 4.9),
        ("brussels", "Brussels", "Brussels", "brussels", "BE", "hub", "brussels", 50.85, 4.35),
        ("geneva_lausanne", "Geneva-Lausanne", "Geneva-Lausanne", "geneva_lausanne", "CH", "hub", "leman", 46.3, 6.3),
        ("new_york", "New York", "New York", "new_york", "US", "hub", "ny", 40.74, -73.99),
        ("tel_aviv", "Tel Aviv", "Tel Aviv", "tel_aviv", "IL", "hub", "tel_aviv", 32.07, 34.78),
        ("montreal", "Montreal", "Montreal", "montreal", "CA", "hub", "montreal", 45.5, -73.57),
        ("rest_of_world", "Rest of world", "Rest of world", "", "ZZ", "rest", "rest_of_world", 13.0, 77.6),
    ],
    columns=["place", "name", "short_name", "city", "country", "kind", "region", "latitude", "longitude"],
)  # fmt: skip

SCENARIOS = (
    ("baseline", "Baseline: law of 1 July 2013 continued", "", "", {}),
    ("r1_label_network", "Label and network digital districts of excellence", "R1", "A, R", {"label_network": {}}),
    ("r2_paris_showcase", "Consolidate Paris as international showcase", "R2", "A8, R", {"paris_showcase": {}}),
    ("r3_international_brand", "One brand in France and abroad", "R3", "A, R", {"international_brand": {}}),
    ("r4_seed_acceleration", "Accelerate Tech Champions", "R4", "A, R", {"seed_acceleration": {}}),
    ("r5_ultra_broadband", "Ultra-high-speed broadband", "R5", "A8", {"ultra_broadband": {}}),
    ("r6_attractive_taxation", "Attractive taxation", "R6", "A8", {"attractive_taxation": {}}),
    ("r7_open_innovation", "Structures for open innovation", "R7", "A, I", {"open_innovation": {}}),
    ("r8_simplification", "Easier life for entrepreneurs", "R8", "R, I", {"simplification": {}}),
    ("all_eight", "All eight recommendations", "", "", {"label_network": {}, "simplification": {}}),
    ("french_tech_2014", "What happened: La French Tech", "", "", {"label_network": {"start": "2014Q4"}}),
    ("label_only", "Label without money", "", "P", {"label_network": {"premises": False}}),
    ("zone_exemption", "Tax exemption in one district", "", "P",
     {"zone_exemption": {"places": ["paris_rive_gauche"], "start": "2013Q4"}}),
)  # fmt: skip
_GAIN = {"R1": 0.004, "R2": 0.001, "R3": 0.002, "R4": 0.006, "R5": 0.0, "R6": 0.03, "R7": -0.002, "R8": 0.01}
_COST = {"R1": 9, "R2": 40, "R3": 10, "R4": 190, "R5": 300, "R6": 800, "R7": 120, "R8": 18}


def one_run(
    seed: int, gain: float, cost: float, lever: str, quarters: int
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Series, flows, costs and revenue of one made-up run; ``gain`` lifts French stocks, ``cost`` is yearly, M€."""
    world = np.random.default_rng(seed)
    noise = np.random.default_rng([seed, int(1e6 * abs(gain)), int(cost)])
    french = (PLACES["country"] == "FR").to_numpy()
    size = np.where(french, 300, 1500) * world.lognormal(0, 0.5, len(PLACES))
    quarter = np.arange(quarters + 1)[:, None]
    lift = 1 + french * gain * quarter / quarters + noise.normal(0, 0.001, (quarters + 1, len(PLACES)))
    startups = (size * (1 + 0.01 * quarter) * lift).astype(np.int64)
    talents = (size * 100 * (1 + 0.003 * quarter) * (1 + french * gain / 3)).astype(np.int64)
    labelled = french & (np.arange(len(PLACES)) % 3 == 0) & (lever == "label_network")
    columns = {
        "quarter": quarter, "talents": talents, "talents_french": talents * np.where(french, 0.9, 0.03),
        "startups": startups, "champions": startups * 0.01, "champions_french": startups * 0.008,
        "startups_french": startups * np.where(french, 0.98, 0.002 * (1 + quarter / 8)), "jobs": startups * 8,
        "births": startups * 0.03, "births_french": startups * 0.001, "closures": startups * 0.02,
        "closures_french": startups * 0.018, "exits": startups * 0.001, "rounds": startups * 0.01,
        "rounds_foreign_led": startups * 0.003, "refused_rounds": startups * 0.004, "labelled": labelled,
        "refused_premises": startups * 0.002, "refused_hires": startups * 0.02, "refused_dwellings": startups * 0.01,
        "site_closures": startups * 0.0004, "first_customers": startups * 0.01,
    }  # fmt: skip
    series = pd.DataFrame(
        {name: np.broadcast_to(grid, startups.shape).astype(np.int64).ravel() for name, grid in columns.items()}
    )
    series.insert(1, "place", np.tile(PLACES["place"].to_numpy(), quarters + 1))
    for event in ("births", "births_french", "closures", "closures_french", "exits", "rounds",
                  "rounds_foreign_led", "refused_rounds", "refused_premises", "refused_hires", "refused_dwellings",
                  "site_closures", "first_customers"):  # fmt: skip
        series.loc[series["quarter"] == 0, event] = 0
    series["capital_meur"] = 0.02 * startups.ravel() * (series["quarter"] > 0)
    series["wage"], series["office_rent"], series["flat_rent"] = 50.0, 250.0, 14.0
    series["fibre"] = series["mobile"] = series["awareness"] = 0.3
    ids, flow_rows = PLACES["place"].to_numpy(), []
    weight = np.outer(size / size.mean(), size / size.mean())
    for kind, level, home in (("talent_french", 3.0, 2.0), ("talent_foreign", 2.0, 1.0),
                              ("startup_french", 0.05, 0.2), ("startup_foreign", 0.02, 0.1)):  # fmt: skip
        rate = weight * level * 0.4
        rate[np.ix_(french, ~french)] *= 2.5 * (1 - 3 * gain)
        rate[np.ix_(french, french)] *= 2.5 * home
        np.fill_diagonal(rate, 0)
        # one uniform per pair and quarter, shared by the scenarios of a world: common luck
        field = np.random.default_rng([seed, len(kind)]).random((quarters, 26, 26))
        counts = np.floor(rate + field).astype(np.int64)
        step, origin, destination = np.nonzero(counts)
        flow_rows.append(
            pd.DataFrame(
                {
                    "quarter": step + 1,
                    "origin": ids[origin],
                    "destination": ids[destination],
                    "kind": kind,
                    "count": counts[step, origin, destination],
                }
            )
        )
    flows = pd.concat(flow_rows, ignore_index=True)
    share = world.uniform(0.5, 1.5)
    costs = pd.DataFrame(
        [(q, lever or "city_budget", item, payer, amount)
         for q in range(1, quarters + 1)
         for item, payer, amount in (("menu", "city", 1.0), ("programme", "state", cost * share / 4),
                                     ("recovered", "state", -cost * share / 40), ("staff", "private", cost / 50))
         if amount],
        columns=["quarter", "lever", "item", "payer", "meur"],
    )  # fmt: skip
    income = talents[:, french].sum(axis=1) * 0.0015
    revenue = pd.DataFrame(
        [(q, cause, item, receiver, part * income[q])
         for q in range(1, quarters + 1)
         for cause, item, receiver, part in (("people", "income tax", "state", 0.2),
                                             ("people", "contributions", "social", 0.8),
                                             ("firms", "profit tax", "state", 0.01))],
        columns=["quarter", "cause", "item", "receiver", "meur"],
    )  # fmt: skip
    return series, flows, costs, revenue


TRIGGERS = {"talent": ("school", "young", "with employer"), "startup": ("background", "foreign lead")}
TERMS = {"talent": ("wage", "home", "moving cost"), "startup": ("capital", "labour cost", "moving cost")}


def reasons_of(run: int, world: int, years: int) -> pd.DataFrame:
    """Triggers and terms of one made-up run, every kind and direction, as a run records them."""
    luck = np.random.default_rng([world, run])
    rows = []
    for year in range(years):
        for who, size in (("talent", 400), ("startup", 12)):
            for kind, direction in ((k, d) for k in ("french", "foreign") for d in ("departure", "arrival")):
                counts = {name: int(luck.poisson(size)) for name in TRIGGERS[who]}
                chose = sum(count for name, count in counts.items() if not name.startswith("with "))
                keys = (run, year, f"{who}_{kind}", direction)
                rows += [(*keys, "trigger", name, count, float(count)) for name, count in counts.items()]
                means = zip(TERMS[who], (0.3, -0.2, -1.0), strict=True)
                rows += [(*keys, "term", name, chose, chose * (mean + luck.normal(0, 0.1))) for name, mean in means]
    return pd.DataFrame(rows, columns=["run", "year", "kind", "direction", "part", "name", "count", "total"])


def write_results(folder: Path, worlds: int = 8, quarters: int = 40) -> Path:
    """Write a complete synthetic results folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    runs, all_series, all_flows, all_costs, all_revenue, all_reasons = [], [], [], [], [], []
    for order, (name, _, recommendation, _, levers) in enumerate(SCENARIOS):
        gain = _GAIN.get(recommendation, {"all_eight": 0.055, "french_tech_2014": 0.012}.get(name, 0.0))
        cost = _COST.get(recommendation, {"all_eight": 1400, "french_tech_2014": 300}.get(name, 0)) / 10
        for world in range(worlds):
            series, flows, costs, revenue = one_run(world, gain, cost, next(iter(levers), ""), quarters)
            run = order * worlds + world
            measured = outcomes_of(series, flows, costs, revenue, PLACES)
            runs.append({"run": run, "scenario": name, "world": world, "replicate": 0, **measured})
            frames = (series, all_series), (flows, all_flows), (costs, all_costs), (revenue, all_revenue)
            for frame, store in frames:
                frame.insert(0, "run", run)
                store.append(frame)
            all_reasons.append(reasons_of(run, world, quarters // 4))
    table = pd.DataFrame(runs)
    table.to_parquet(folder / "runs.parquet", index=False)
    frames_of = {
        "series": all_series,
        "flows": all_flows,
        "costs": all_costs,
        "revenue": all_revenue,
        "reasons": all_reasons,
    }
    for stem, parts in frames_of.items():
        pd.concat(parts, ignore_index=True).to_parquet(folder / f"{stem}.parquet", index=False)
    values = pd.DataFrame({"world": range(worlds), "parameter": "talent.beta", "value": 1.0})
    values.to_parquet(folder / "worlds.parquet", index=False)
    PLACES.to_csv(folder / "places.csv", index=False)
    compare(table).to_csv(folder / "comparison.csv", index=False)
    described = [
        {"name": name, "title": title, "question": f"What does {title.lower()} change?",
         "expected": "More startups stay in France.", "recommendation": recommendation,
         "provenance": provenance, "levers": levers, "order": order}
        for order, (name, title, recommendation, provenance, levers) in enumerate(SCENARIOS)
    ]  # fmt: skip
    (folder / "scenarios.json").write_text(json.dumps(described), encoding="utf-8")
    manifest = {
        "version": "0.1.0", "commit": "0" * 40, "interrupted": False, "study_seed": 1,
        "settings": {"world_kind": "prior"},
        "digests": {"evidence": "a" * 64, "code": "b" * 64}, "packages": {"numpy": np.__version__},
        "outcomes": len(OUTCOMES),
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder
