"""Where places lie (ODD 2.4): countries, labour markets, kilometres, hours. Never moves."""

from __future__ import annotations

import math
from types import SimpleNamespace

from tests.twin.arithmetic import PI, clip, cosine, root, sine

FREE = ("FR", "GB", "DE", "IE", "NL", "BE", "CH")


def make_geography(evidence):
    """Return the geography of the evidence."""
    records = evidence.places
    count = len(records)
    countries = list(dict.fromkeys(record.country for record in records))
    markets = list(dict.fromkeys(record.labour_market for record in records))
    country = [countries.index(record.country) for record in records]
    is_french = [record.country == "FR" for record in records]
    km = kilometres(evidence)
    return SimpleNamespace(
        ids=[record.place for record in records],
        country=country,
        countries=countries,
        nest_size=[country.count(c) for c in range(len(countries))],
        market=[markets.index(record.labour_market) for record in records],
        markets=markets,
        free=[countries[c] in FREE for c in range(len(countries))],
        km=km,
        hours=travel_hours(evidence, km, is_french),
        is_french=is_french,
        is_us=[record.country == "US" for record in records],
        is_hub=[record.kind == "hub" for record in records],
        is_district=[record.kind == "district" for record in records],
        is_ile_de_france=[record.region == "ile_de_france" for record in records],
        france=countries.index("FR"),
        paris=[record.place for record in records].index("paris_sentier"),
        size=count,
    )


def kilometres(evidence):
    """Return great circle distances (P, P) in km."""
    phi = [value * PI / 180.0 for value in evidence.column("latitude_district").tolist()]
    lam = [value * PI / 180.0 for value in evidence.column("longitude_district").tolist()]
    count = len(phi)
    km = [[0.0] * count for _ in range(count)]
    for a in range(count):
        for b in range(count):
            hav = sine((phi[a] - phi[b]) / 2.0) ** 2
            hav += cosine(phi[a]) * cosine(phi[b]) * sine((lam[a] - lam[b]) / 2.0) ** 2
            km[a][b] = 2.0 * 6371.0 * math.asin(root(clip(hav, 0.0, 1.0)))
    return km


def travel_hours(evidence, km, is_french):
    """Return hours of travel (P, P)."""
    train = []
    for minutes in evidence.column("fastest_train_minutes_to_paris").tolist():
        train.append(math.inf if math.isnan(minutes) else minutes / 60.0)
    count = len(train)
    hours = [[0.0] * count for _ in range(count)]
    for a in range(count):
        for b in range(count):
            if a == b:
                continue
            through = train[a] + train[b]
            straight = 0.5 + km[a][b] / 200.0 * 2.0
            flight = 2.5 + km[a][b] / 750.0
            time = min(through, straight) if is_french[a] and is_french[b] else flight
            if math.isfinite(through):
                time = min(time, through)
            hours[a][b] = time
    return hours
