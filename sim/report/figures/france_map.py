"""Map of France and its hubs: net departures by city, net arrivals by hub."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.analysis.moves import border_balance
from sim.analysis.run_record import FRANCE
from sim.report.captions import Drawing, caption_of
from sim.report.catalogue import Words
from sim.report.map import load_outlines
from sim.report.names import place_name
from sim.report.results import Results
from sim.report.sizes import DOUBLE, Size
from sim.report.style import BLACK, BLUE, VERMILION, axes_or_new, backing, large, new_figure, pt, small

LAND, SHORE, HOME = "#EFEFEA", "#9A9A94", "#DDE8EE"
# view -> centre (longitude, latitude) and the corners to show at least
VIEWS = {
    "france": ((2.5, 46.5), (-5.0, 9.0, 42.0, 51.3)),
    "europe": ((4.0, 48.5), (-10.0, 15.5, 44.0, 54.5)),
    "america": ((-97.0, 45.0), (-126.0, -68.0, 30.0, 50.0)),
    "israel": ((35.0, 31.4), (33.3, 36.7, 29.5, 33.5)),
}
Frame = tuple[float, float, float, float]
# height, and view -> left, bottom, width, height of its frame; mm at text of 7 points
WIDE: tuple[float, dict[str, Frame]] = (107.0, {
    "france": (2.0, 2.0, 93.0, 92.0), "europe": (99.0, 51.0, 82.0, 43.0),
    "america": (99.0, 2.0, 60.0, 42.0), "israel": (162.0, 2.0, 19.0, 42.0),
})  # fmt: skip
TALL: tuple[float, dict[str, Frame]] = (192.0, {
    "france": (2.0, 98.0, 85.0, 81.0), "europe": (2.0, 50.0, 85.0, 41.0),
    "america": (2.0, 2.0, 62.0, 41.0), "israel": (67.0, 2.0, 20.0, 41.0),
})  # fmt: skip
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


def draw_view(cities: pd.DataFrame, words: Words, ax: Axes | None = None, view: str = "france",
              largest: float | None = None) -> Axes:  # fmt: skip
    """Outlines of one view and a symbol per city; its area is in proportion to the net number of moves.

    Args:
        cities: ``city, label, longitude, latitude, net``; those out of sight are not drawn.
        words: the catalogue.
        ax: where to draw.
        view: of ``VIEWS``.
        largest: net number of the largest symbol; by default of these cities.
    """
    ax = axes_or_new(ax, 89.0)
    centre = draw_outlines(view, ax)
    most = max(float(cities["net"].abs().max()) if largest is None else largest, 1e-9)
    for row in cities.itertuples():
        x, y = project(np.array([row.longitude]), np.array([row.latitude]), centre)
        _symbol(ax, float(x[0]), float(y[0]), row, most, words)
    return ax


def draw_outlines(view: str, ax: Axes, detail: int = 1) -> tuple[float, float]:
    """Coasts and borders of a view; return the centre of its projection.

    Args:
        view: of ``VIEWS``.
        ax: where to draw; its limits are set.
        detail: of the points of an outline every so many are drawn.
    """
    centre, (west, east, south, north) = VIEWS[view]
    along = np.linspace(west, east, 40)
    x, y = project(np.tile(along, 2), np.repeat([south, north], 40), centre)
    _fill_frame(ax, float(x.min()), float(x.max()), float(y.min()), float(y.max()))
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    ax.set_autoscale_on(False)
    groups = load_outlines()
    for country, rings in {**groups["europe"], **groups["overseas"]}.items():
        for ring in rings:
            x, y = project(ring[::detail, 0], ring[::detail, 1], centre)
            if x.max() < left or x.min() > right or y.max() < bottom or y.min() > top:
                continue  # out of sight: would only make the file larger
            ax.fill(x, y, facecolor=HOME if country == FRANCE else LAND, edgecolor=SHORE, linewidth=pt(0.4))
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(True)
        spine.set_color(SHORE)
    return centre


def _fill_frame(ax: Axes, left: float, right: float, bottom: float, top: float) -> None:
    """Show at least these limits, widened in one direction so that one unit is as long across as upwards."""
    box, page = ax.get_position(), ax.get_figure(root=True).get_size_inches()  # type: ignore[union-attr]
    shape = (box.height * page[1]) / (box.width * page[0])
    width, height = max(right - left, (top - bottom) / shape), max(top - bottom, (right - left) * shape)
    ax.set_xlim((left + right - width) / 2, (left + right + width) / 2)
    ax.set_ylim((bottom + top - height) / 2, (bottom + top + height) / 2)


def _symbol(ax: Axes, x: float, y: float, row: Any, largest: float, words: Words) -> None:
    """Triangle down: France loses through this place; up: France gains. Name and number beside it."""
    net, lost = float(row.net), float(row.net) > 0
    area = pt(pt(14.0 + 170.0 * abs(net) / largest))
    ax.scatter(
        [x], [y], s=area, marker="v" if lost else "^", facecolor=VERMILION if lost else BLUE,
        edgecolor=BLACK, linewidth=pt(0.4), zorder=3, alpha=0.9,
    )  # fmt: skip
    gain = words.numbers.number(-net, 0 if largest >= 20 else 1, signed=True)
    write_beside(f"{row.label}\n{gain}", str(row.city), x, y, area, ax)


def write_beside(
    text: str, city: str, x: float, y: float, area: float, ax: Axes, sides: Mapping[str, str] | None = None
) -> None:
    """Write beside a city's symbol of an area in square points, on its own side, or that of ``sides``."""
    side = (sides or {}).get(city, SIDES.get(city, "right"))
    reach = 0.5 * area**0.5 + pt(1.5)
    offset = {"above": (0.0, reach), "below": (0.0, -reach), "left": (-reach, 0.0), "right": (reach, 0.0)}[side]
    ax.annotate(
        text, (x, y), xytext=offset, textcoords="offset points", ha=ALIGN[side][0], va=ALIGN[side][1],
        fontsize=small(), linespacing=0.95, bbox=backing(), zorder=4,
    )  # fmt: skip


def draw_map(data: pd.DataFrame, words: Words, size: Size = DOUBLE) -> Figure:
    """France; hubs in Europe, North America and Israel beside it, or below it where there is less room."""
    height, frames = TALL if size.is_narrow else WIDE
    figure = new_figure(size, height)
    figure.set_layout_engine("none")  # frames of fixed shape, which the limits of each map are made to fit
    width = max(x + w for x, _, w, _ in frames.values()) + 2.0
    shrunk = min(size.across / width, size.height(height) / height)  # of the frames, to fit the page
    across, down = size.across, size.height(height)
    axes = {
        view: figure.add_axes(
            (((x - width / 2) * shrunk + across / 2) / across, y * shrunk / down, w * shrunk / across,
             h * shrunk / down)
        )
        for view, (x, y, w, h) in frames.items()
    }  # fmt: skip
    placed = data[data["longitude"].notna()]
    french = placed["country"] == FRANCE
    largest = max(float(placed["net"].abs().max()), 1e-9)
    west, east = placed["longitude"].lt(-30), placed["longitude"].gt(25)
    shown = {"france": french, "europe": ~(french | west | east), "america": west, "israel": east}
    for view, chosen in shown.items():
        draw_view(placed[chosen], words, axes[view], view, largest)
        axes[view].set_title(words(f"figure.map.{view}"), pad=pt(3.0))
    rest = data[data["longitude"].isna()]
    if len(rest):
        decimals = 0 if largest >= 20 else 1
        gains = [words.numbers.number(-float(str(r.net)), decimals, signed=True) for r in rest.itertuples()]
        text = "\n".join(f"{label} {gain}" for label, gain in zip(rest["label"], gains, strict=True))
        axes["france"].text(
            0.02, 0.02, f"{words('figure.map.elsewhere')}\n{text}", transform=axes["france"].transAxes,
            fontsize=small(), va="bottom", bbox=backing(), zorder=5,
        )  # fmt: skip
    return figure


def _build(results: Results, words: Words, kind: str, size: Size) -> Drawing | None:
    moves = results.baseline_flows
    if moves is None:
        return None
    data = balance_by_city(moves, results.places, kind, results.years)
    data["label"] = [place_name(str(c), str(n), words) for c, n in zip(data["city"], data["label"], strict=True)]
    data.loc[data["members"] > 1, "label"] = words("figure.map.paris")
    figure = draw_map(data, words, size)
    key = f"figure.map_title.{kind}"
    title = words(key, years=results.years_text(words))
    head = words.get(f"figure.map_title.narrow.{kind}", title) if size.is_narrow else title
    top = 1.0 - 2.0 * size.scale / (figure.get_figheight() * 25.4)
    figure.suptitle(head, x=0.01, y=top, ha="left", va="top", fontsize=large(), weight="bold")
    note = words("figure.map.note", worlds=results.over(results.worlds_run, words))
    name = {"startup_french": "map_startups", "talent_french": "map_talents"}[kind]
    return Drawing(figure, data, caption_of(name, words, results.manifest, note, title=title))


def build_startups(results: Results, words: Words, size: Size = DOUBLE) -> Drawing | None:
    """Net moves of headquarters of startups founded in France, baseline."""
    return _build(results, words, "startup_french", size)


def build_talents(results: Results, words: Words, size: Size = DOUBLE) -> Drawing | None:
    """Net moves of talents of French origin, baseline."""
    return _build(results, words, "talent_french", size)
