"""Countries, distances and travel times: what no policy moves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.evidence import Evidence

# Inside these countries people move freely; between two countries of which one is not listed, a visa is needed.
FREE_MOVEMENT = ("FR", "GB", "DE", "IE", "NL", "BE", "CH")
RAIL_KMH = 200.0
FLIGHT_KMH, FLIGHT_HOURS = 750.0, 2.5


@dataclass(frozen=True)
class Geography:
    """Fixed facts by place, P = places, C = countries in order of first appearance (France first)."""

    ids: tuple[str, ...]
    countries: tuple[str, ...]
    country: np.ndarray  # (P,) int64
    nest_size: np.ndarray  # (C,) int64
    market: np.ndarray  # (P,) int64, labour market
    is_french: np.ndarray  # (P,) bool
    is_district: np.ndarray  # (P,) bool, the 14 French districts
    free: np.ndarray  # (P,) bool, inside European free movement
    km: np.ndarray  # (P, P)
    hours: np.ndarray  # (P, P) travel time

    @property
    def france(self) -> int:
        """Index of France among the countries."""
        return self.countries.index("FR")


def great_circle_km(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    """Return distances between all pairs, (P, P) km (haversine, Earth radius 6,371 km)."""
    phi, lam = np.radians(latitude), np.radians(longitude)
    half = (
        np.sin((phi[:, None] - phi) / 2.0) ** 2
        + np.cos(phi[:, None]) * np.cos(phi) * np.sin((lam[:, None] - lam) / 2.0) ** 2
    )
    return np.asarray(2.0 * 6371.0 * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))


def read_geography(evidence: Evidence) -> Geography:
    """Build the fixed geography. Travel inside France goes by rail through Paris or straight, the quicker one."""
    records = evidence.places
    countries = tuple(dict.fromkeys(record.country for record in records))
    country = np.array([countries.index(record.country) for record in records], dtype=np.int64)
    markets = tuple(dict.fromkeys(record.labour_market for record in records))
    km = great_circle_km(evidence.column("latitude_district"), evidence.column("longitude_district"))
    french = np.array([record.country == "FR" for record in records])
    train = np.nan_to_num(evidence.column("fastest_train_minutes_to_paris") / 60.0, nan=np.inf)
    flight = FLIGHT_HOURS + km / FLIGHT_KMH
    through_paris = train[:, None] + train[None, :]
    straight = 0.5 + km / RAIL_KMH * 2.0
    hours = np.where(french[:, None] & french[None, :], np.minimum(through_paris, straight), flight)
    hours = np.minimum(hours, np.where(np.isfinite(through_paris), through_paris, np.inf))
    np.fill_diagonal(hours, 0.0)
    return Geography(
        ids=tuple(record.place for record in records),
        countries=countries,
        country=country,
        nest_size=np.bincount(country).astype(np.int64),
        market=np.array([markets.index(record.labour_market) for record in records], dtype=np.int64),
        is_french=french,
        is_district=np.array([record.kind == "district" for record in records]),
        free=np.array([record.country in FREE_MOVEMENT for record in records]),
        km=km,
        hours=hours,
    )
