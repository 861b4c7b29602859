"""Map of France and its hubs: net departures by city, net arrivals by hub."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.analysis.moves import border_balance
from sim.analysis.run_record import FRANCE
from sim.report.catalogue import Words
from sim.report.map import load_outlines
from sim.report.numbers import number
from sim.report.results import Results
from sim.report.style import BLACK, BLUE, GREY, SMALL, VERMILION, add_note, new_figure

LAND, SHORE, HOME = "#EFEFEA", "#9A9A94", "#DDE8EE"
# view -> centre (longitude, latitude) and the corners to show
VIEWS = {
    "france": ((2.5, 46.5), (-5.2, 9.2, 42.2, 51.2)),
    "europe": ((4.0, 48.5), (-11.0, 15.5, 43.0, 55.5)),
    "overseas": ((-45.0, 45.0), (-123.0, 33.0, 22.0, 60.0)),
}
# where a label sits beside its symbol, in points, so that neighbours do not collide: (dx, dy, alignment)
LABELS = {
    "brussels": (8, -9, "left"), "amsterdam": (8, 7, "left"), "london": (-4, 9, "right"), "rennes": (0, 8, "center"),
    "montreal": (-2, 9, "center"), "new_york": (9, -6, "left"), "tel_aviv": (-9, -2, "right"),
    "aix_marseille": (-4, -13, "center"), "nice_sophia": (0, 8, "center"), "montpellier": (-9, -4, "right"),
    "nantes": (-9, -6, "right"), "paris": (9, 5, "left"), "silicon_valley": (9, -3, "left"),
    "geneva_lausanne": (9, -4, "left"), "strasbourg": (-8, 5, "right"),
}  # fmt: skip


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
    frame["city"] = frame["city"].where(frame["city"] != "", frame["place"])
    grouped = frame.groupby("city", sort=False).agg(
        label=("short_name", "first"), members=("place", "size"), country=("country", "first"),
        longitude=("longitude", "mean"), latitude=("latitude", "mean"),
        departures=("departures", "sum"), returns=("returns", "sum"), net=("net", "sum"),
    ).reset_index()  # fmt: skip
    grouped[["departures", "returns", "net"]] *= years
    return grouped


def draw_view(ax: Axes, view: str, cities: pd.DataFrame, largest: float, decimals: int) -> Axes:
    """Outlines and symbols of one view; area of a symbol in proportion to the net number of moves."""
    centre, (west, east, south, north) = VIEWS[view]
    groups = load_outlines()
    shown = {**groups["europe"], **(groups["overseas"] if view == "overseas" else {})}
    for country, rings in shown.items():
        for ring in rings:
            x, y = project(ring[:, 0], ring[:, 1], centre)
            ax.fill(x, y, facecolor=HOME if country == FRANCE else LAND, edgecolor=SHORE, linewidth=0.4)
    edge = np.linspace(0, 1, 40)
    border = [
        project(west + (east - west) * edge, np.full(40, south), centre),
        project(west + (east - west) * edge, np.full(40, north), centre),
    ]
    ax.set_xlim(min(b[0].min() for b in border), max(b[0].max() for b in border))
    ax.set_ylim(min(b[1].min() for b in border), max(b[1].max() for b in border))
    ax.set_aspect("equal", adjustable="box")
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(True)
        spine.set_color(SHORE)
    for row in cities.itertuples():
        x, y = project(np.array([row.longitude]), np.array([row.latitude]), centre)
        _symbol(ax, float(x[0]), float(y[0]), row, largest, decimals)
    return ax


def _symbol(ax: Axes, x: float, y: float, row: object, largest: float, decimals: int) -> None:
    """Triangle down: France loses through this place; up: France gains. Name and number beside it."""
    city, net, label = str(getattr(row, "city")), float(getattr(row, "net")), str(getattr(row, "label"))
    lost = net > 0
    size = 12 + 190 * abs(net) / largest
    ax.scatter(
        [x], [y], s=size, marker="v" if lost else "^", facecolor=VERMILION if lost else BLUE,
        edgecolor=BLACK, linewidth=0.4, zorder=3, alpha=0.9,
    )  # fmt: skip
    dx, dy, align = LABELS.get(city, (8, -2, "left"))
    ax.annotate(
        f"{label} {number(-net, decimals, signed=True)}", (x, y), xytext=(dx, dy), textcoords="offset points",
        ha=align, va="center", fontsize=SMALL, zorder=4,
    )  # fmt: skip


def draw_map(data: pd.DataFrame, words: Words, kind: str, fig: Figure | None = None) -> Figure:
    """France on the left; hubs in Europe and overseas on the right."""
    fig = fig or new_figure(height=112)
    axes = fig.subplot_mosaic([["france", "europe"], ["france", "overseas"]], width_ratios=[1, 1.02])
    placed = data[data["longitude"].notna()]
    french = placed["country"] == FRANCE
    largest = max(float(placed["net"].abs().max()), 1e-9)
    decimals = 0 if largest >= 20 else 1
    far = placed["longitude"].lt(-30) | placed["longitude"].gt(20)
    for view, chosen in (("france", french), ("europe", ~french & ~far), ("overseas", ~french & far)):
        draw_view(axes[view], view, placed[chosen], largest, decimals)
        axes[view].set_title(words(f"figure.map.{view}"))
    rest = data[data["longitude"].isna()]
    if len(rest):
        text = "\n".join(f"{r.label} {number(-float(str(r.net)), decimals, signed=True)}" for r in rest.itertuples())
        axes["france"].text(
            0.02, 0.02, f"{words('figure.map.elsewhere')}\n{text}", transform=axes["france"].transAxes,
            fontsize=SMALL, va="bottom", color=GREY,
        )  # fmt: skip
    return fig


def _build(results: Results, words: Words, kind: str) -> tuple[Figure, pd.DataFrame] | None:
    moves = results.baseline_flows
    if moves is None:
        return None
    data = balance_by_city(moves, results.places, kind, results.years)
    data.loc[data["members"] > 1, "label"] = words("figure.map.paris")
    figure = draw_map(data, words, kind)
    figure.suptitle(words(f"figure.map_title.{kind}", years=f"{results.years:g}"), x=0.01, ha="left", fontsize=9, weight="bold")
    add_note(figure, words("figure.map.note", n=results.worlds_run))
    return figure, data


def build_startups(results: Results, words: Words) -> tuple[Figure, pd.DataFrame] | None:
    """Net moves of headquarters of startups founded in France, baseline."""
    return _build(results, words, "startup_french")


def build_talents(results: Results, words: Words) -> tuple[Figure, pd.DataFrame] | None:
    """Net moves of talents of French origin, baseline."""
    return _build(results, words, "talent_french")
