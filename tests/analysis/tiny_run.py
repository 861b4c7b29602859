"""A run small enough to count by hand: two French districts, Rest of France, one hub, Rest of world; two years."""

from __future__ import annotations

import pandas as pd

PLACES = pd.DataFrame(
    [
        ("paris", "Paris", "FR", "district", "ile_de_france"),
        ("lyon", "Lyon", "FR", "district", "rhone"),
        ("rest_of_france", "Rest of France", "FR", "rest", "rest"),
        ("london", "London", "GB", "hub", "london"),
        ("rest_of_world", "Rest of world", "ZZ", "rest", "rest"),
    ],
    columns=["place", "short_name", "country", "kind", "region"],
)
EVENTS = (
    "births", "births_french", "closures", "exits", "rounds", "rounds_foreign_led", "refused_rounds", "capital_meur",
    "refused_premises", "refused_hires", "refused_dwellings", "site_closures", "first_customers",
)  # fmt: skip
STOCKS = ("talents", "talents_french", "startups", "startups_french", "champions", "jobs", "labelled")
COLUMNS = (*STOCKS, *EVENTS)


def empty_series(quarters: int = 8) -> pd.DataFrame:
    """All zeros, one row per quarter and place."""
    keys = [(q, p) for q in range(quarters + 1) for p in PLACES["place"]]
    return pd.DataFrame(keys, columns=["quarter", "place"]).assign(**dict.fromkeys(COLUMNS, 0))


def put(series: pd.DataFrame, place: str, quarter: int | None = None, **values: float) -> pd.DataFrame:
    """Set columns of a place in one quarter, or in all of them."""
    series = series.astype(dict.fromkeys(values, "float64"))
    rows = (series["place"] == place) & (True if quarter is None else series["quarter"] == quarter)
    for column, value in values.items():
        series.loc[rows, column] = value
    return series


def flows_of(*rows: tuple[int, str, str, str, int]) -> pd.DataFrame:
    """Flows from (quarter, origin, destination, kind, count)."""
    return pd.DataFrame(list(rows), columns=["quarter", "origin", "destination", "kind", "count"])


def costs_of(*rows: tuple[int, str, float], lever: str = "lever") -> pd.DataFrame:
    """Costs from (quarter, payer, million euro)."""
    table = [(q, lever, "item", payer, amount) for q, payer, amount in rows]
    return pd.DataFrame(table, columns=["quarter", "lever", "item", "payer", "meur"])


def revenue_of(*rows: tuple[int, str, str, float]) -> pd.DataFrame:
    """Revenue from (quarter, cause, receiver, million euro)."""
    table = [(q, cause, "item", receiver, amount) for q, cause, receiver, amount in rows]
    return pd.DataFrame(table, columns=["quarter", "cause", "item", "receiver", "meur"])
