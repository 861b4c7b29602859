"""Map of France and its hubs: net departures by city, net arrivals by hub."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.analysis.moves import border_balance
from sim.analysis.run_record import FRANCE
from sim.report.catalogue import Words
from sim.report.map import load_outlines
from sim.report.results import Results
from sim.report.style import BLACK, BLUE, DOUBLE, SMALL, VERMILION, add_note, backing, new_figure

LAND, SHORE, HOME = "#EFEFEA", "#9A9A94", "#DDE8EE"
# view -> centre (longitude, latitude) and the corners to show at least
VIEWS = {
    "france": ((2.5, 46.5), (-5.0, 9.0, 42.0, 51.3)),
    "europe": ((4.0, 48.5), (-10.0, 15.5, 44.0, 54.5)),
    "america": ((-97.0, 45.0), (-126.0, -68.0, 30.0, 50.0)),
    "israel": ((35.0, 31.4), (33.3, 36.7, 29.5, 33.5)),
}
HEIGHT = 118.0
# view -> left, bottom, width, height of its frame, mm
FRAMES = {
    "france": (2.0, 12.0, 93.0, 93.0), "europe": (99.0, 61.0, 82.0, 44.0),
    "america": (99.0, 12.0, 60.0, 42.0), "israel": (162.0, 12.0, 19.0, 42.0),
}  # fmt: skip
# where a label sits beside its symbol: above, below, left or right, so that neighbours do not collide
SIDES = {
    "brussels": "below", "amsterdam": "above", "london": "left", "rennes": "left", "nantes": "left",
    "new_york": "below", "montreal": "above", "tel_aviv": "above", "aix_marseille": "below",
    "nice_sophia": "above", "montpellier": "above", "strasbourg": "above", "toulouse": "left",
    "berlin": "above", "paris": "left", "geneva_lausanne": "below", "dublin": "left", "grenoble": "right",
    "lyon": "above", "lille": "right", "bordeaux": "above",
}  # fmt: skip
ALIGN = {
    "above": ("center", "bottom"),
    "below": ("center", "top"),
    "left": ("right", "center"),
    "right": ("left", "center"),
}


def project(
    longitude: NDArray[np.float64], latitude: NDArray[np.float64], centre: tuple[float, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lambert azimuthal equal-area, unit sphere (Snyder 1987, USGS Professional Paper 1395, eq. 24-2 to 24-4)."""
    lam, phi = np.radians(longitude - centre[0]), np.radians(latitude)
    phi0 = np.radians(centre[1])
    cosine = np.sin(phi0) * np.sin(phi) + np.cos(phi0) * np.cos(phi) * np.cos(lam)
    k = np.sqrt(2.0 / np.maximum(1.0 + cosine, 1e-6))
    x = k * np.cos(phi) * np.sin(lam)
    y = k * (np.cos(phi0) * np.sin(phi) - np.sin(phi0) * np.cos(phi) * np.cos(lam))
    return x, y


def balance_by_city(moves: pd.DataFrame, places: pd.DataFrame, kind: str, years: float) -> pd.DataFrame:
    """Departures, returns and net over the horizon by city (the three Paris districts together).

    Returns:
        ``city, label, country, longitude, latitude, departures, returns, net``; places without a city keep their
        id as city and have no coordinates.
    """
    frame = border_balance(moves, places, kind).merge(places, on="place")
    # the rests of France and of the world are no points on a map, whatever coordinates stand for them
    frame.loc[frame["kind"] == "rest", ["longitude", "latitude"]] = np.nan
    frame["city"] = frame["city"].where(frame["city"] != "", frame["place"])
    grouped = frame.groupby("city", sort=False).agg(
        label=("short_name", "first"), members=("place", "size"), country=("country", "first"),
        longitude=("longitude", "mean"), latitude=("latitude", "mean"),
        departures=("departures", "sum"), returns=("returns", "sum"), net=("net", "sum"),
    ).reset_index()  # fmt: skip
    grouped[["departures", "returns", "net"]] *= years
    return grouped


def draw_view(ax: Axes, view: str, cities: pd.DataFrame, largest: float, decimals: int, words: Words) -> Axes:
    """Outlines and symbols of one view; area of a symbol in proportion to the net number of moves."""
    centre, (west, east, south, north) = VIEWS[view]
    along = np.linspace(west, east, 40)
    x, y = project(np.tile(along, 2), np.repeat([south, north], 40), centre)
    _fill_frame(ax, float(x.min()), float(x.max()), float(y.min()), float(y.max()))
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    ax.set_autoscale_on(False)
    groups = load_outlines()
    for country, rings in {**groups["europe"], **groups["overseas"]}.items():
        for ring in rings:
            x, y = project(ring[:, 0], ring[:, 1], centre)
            if x.max() < left or x.min() > right or y.max() < bottom or y.min() > top:
                continue  # out of sight: would only make the file larger
            ax.fill(x, y, facecolor=HOME if country == FRANCE else LAND, edgecolor=SHORE, linewidth=0.4)
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(True)
        spine.set_color(SHORE)
    for row in cities.itertuples():
        x, y = project(np.array([row.longitude]), np.array([row.latitude]), centre)
        _symbol(ax, float(x[0]), float(y[0]), row, largest, decimals, words)
    return ax


def _fill_frame(ax: Axes, left: float, right: float, bottom: float, top: float) -> None:
    """Show at least these limits, widened in one direction so that one unit is as long across as upwards."""
    box, page = ax.get_position(), ax.get_figure(root=True).get_size_inches()  # type: ignore[union-attr]
    shape = (box.height * page[1]) / (box.width * page[0])
    width, height = max(right - left, (top - bottom) / shape), max(top - bottom, (right - left) * shape)
    ax.set_xlim((left + right - width) / 2, (left + right + width) / 2)
    ax.set_ylim((bottom + top - height) / 2, (bottom + top + height) / 2)


def _symbol(ax: Axes, x: float, y: float, row: Any, largest: float, decimals: int, words: Words) -> None:
    """Triangle down: France loses through this place; up: France gains. Name and number beside it."""
    city, net, label = str(row.city), float(row.net), str(row.label)
    lost = net > 0
    size = 14 + 170 * abs(net) / largest
    ax.scatter(
        [x], [y], s=size, marker="v" if lost else "^", facecolor=VERMILION if lost else BLUE,
        edgecolor=BLACK, linewidth=0.4, zorder=3, alpha=0.9,
    )  # fmt: skip
    side = SIDES.get(city, "right")
    reach = 0.5 * size**0.5 + 1.5
    offset = {"above": (0.0, reach), "below": (0.0, -reach), "left": (-reach, 0.0), "right": (reach, 0.0)}[side]
    gain = words.numbers.number(-net, decimals, signed=True)
    ax.annotate(
        f"{label}\n{gain}", (x, y), xytext=offset, textcoords="offset points",
        ha=ALIGN[side][0], va=ALIGN[side][1], fontsize=SMALL, linespacing=0.95, bbox=backing(), zorder=4,
    )  # fmt: skip


def draw_map(data: pd.DataFrame, words: Words, fig: Figure | None = None) -> Figure:
    """France on the left; hubs in Europe, North America and Israel on the right."""
    fig = fig or new_figure(DOUBLE, HEIGHT)
    fig.set_layout_engine("none")  # frames of fixed shape, which the limits of each map are made to fit
    axes = {
        view: fig.add_axes((x / DOUBLE, y / HEIGHT, width / DOUBLE, height / HEIGHT))
        for view, (x, y, width, height) in FRAMES.items()
    }
    placed = data[data["longitude"].notna()]
    french = placed["country"] == FRANCE
    largest = max(float(placed["net"].abs().max()), 1e-9)
    decimals = 0 if largest >= 20 else 1
    west, east = placed["longitude"].lt(-30), placed["longitude"].gt(25)
    shown = {"france": french, "europe": ~(french | west | east), "america": west, "israel": east}
    for view, chosen in shown.items():
        draw_view(axes[view], view, placed[chosen], largest, decimals, words)
        axes[view].set_title(words(f"figure.map.{view}"))
    rest = data[data["longitude"].isna()]
    if len(rest):
        gains = [words.numbers.number(-float(str(r.net)), decimals, signed=True) for r in rest.itertuples()]
        text = "\n".join(f"{label} {gain}" for label, gain in zip(rest["label"], gains, strict=True))
        axes["france"].text(
            0.02, 0.02, f"{words('figure.map.elsewhere')}\n{text}", transform=axes["france"].transAxes,
            fontsize=SMALL, va="bottom", bbox=backing(), zorder=5,
        )  # fmt: skip
    return fig


def _build(results: Results, words: Words, kind: str) -> tuple[Figure, pd.DataFrame] | None:
    moves = results.baseline_flows
    if moves is None:
        return None
    data = balance_by_city(moves, results.places, kind, results.years)
    data.loc[data["members"] > 1, "label"] = words("figure.map.paris")
    figure = draw_map(data, words)
    figure.suptitle(
        words(f"figure.map_title.{kind}", years=results.years_text(words)), x=0.01, ha="left", fontsize=9, weight="bold"
    )
    add_note(figure, words("figure.map.note", worlds=results.over(results.worlds_run, words)))
    return figure, data


def build_startups(results: Results, words: Words) -> tuple[Figure, pd.DataFrame] | None:
    """Net moves of headquarters of startups founded in France, baseline."""
    return _build(results, words, "startup_french")


def build_talents(results: Results, words: Words) -> tuple[Figure, pd.DataFrame] | None:
    """Net moves of talents of French origin, baseline."""
    return _build(results, words, "talent_french")
