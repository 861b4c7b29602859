"""Figures of packages and of counts: what is drawn is what the tables say, and nothing lies over anything."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.analysis.counterfactual import FATES
from sim.analysis.packages.coalitions import COST, OBJECTIVES, STARTUPS
from sim.analysis.packages.tables import PackageTables, package_tables
from sim.report.catalogue import Words
from sim.report.figures import fates, frontier, interactions, waterfall
from sim.report.saving import save_figure
from sim.report.style import house_style
from tests.analysis.packages.known_runs import notes, runs_of

WORDS = Words()
FRAMES = SimpleNamespace(folder=Path("nowhere"))


@pytest.fixture(scope="module")
def tables() -> PackageTables:
    return package_tables(runs_of(20), notes())


def overlapping(figure: Figure, texts: list[object]) -> list[tuple[str, str]]:
    """Pairs of texts that lie over one another."""
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    for text in texts:
        text.update_positions(renderer)  # type: ignore[attr-defined]
    boxes = [(text.get_text(), Text.get_window_extent(text, renderer)) for text in texts]  # type: ignore[attr-defined]
    return [
        (one, other)
        for n, (one, box) in enumerate(boxes)
        for other, beside in boxes[n + 1 :]
        if box.overlaps(beside)
    ]  # fmt: skip


def test_steps_go_from_nothing_to_the_whole_and_the_largest_comes_first(tables: PackageTables) -> None:
    data = waterfall.steps(tables.shapley, STARTUPS)
    assert data["member"].tolist() == ["r4_seed", "r2_showcase", "r10_easier", "total"]
    assert data["start"].tolist()[:2] == [0.0, data["value"][0]]
    assert data["start"][2] + data["value"][2] == pytest.approx(data["value"][3])
    with house_style():
        figure, drawn, _ = waterfall.build_from(tables, FRAMES, WORDS)  # type: ignore[arg-type]
        figure.draw_without_rendering()
    assert set(drawn["outcome"]) == set(OBJECTIVES)
    bars = [patch for patch in figure.axes[0].patches]
    assert [bar.get_width() for bar in bars] == pytest.approx(data["value"].tolist())  # type: ignore[attr-defined]
    for ax in figure.axes:
        assert overlapping(figure, [text for text in ax.texts if text.get_text()]) == []


def test_the_worse_way_and_costs_have_their_colours() -> None:
    row = {"member": "r1", "outcome": "startup_departures", "value": 3.0, "better": "lower"}
    assert waterfall.colour_of(row) == waterfall.VERMILION
    assert waterfall.colour_of(row | {"value": -3.0}) == waterfall.BLUE
    assert waterfall.colour_of(row | {"outcome": COST}) == waterfall.GREY
    assert waterfall.colour_of(row | {"member": "total"}) == waterfall.BLACK


def test_cells_are_the_pairs_and_brackets_say_unclear(tables: PackageTables) -> None:
    with house_style():
        figure, data, _ = interactions.build_from(tables, FRAMES, WORDS)  # type: ignore[arg-type]
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert len(texts) == 3
    assert len(data) == 6
    assert "+6" in texts[0]


def test_the_envelope_gains_more_than_everything_cheaper(tables: PackageTables) -> None:
    best = frontier.envelope(tables.frontier, STARTUPS)
    assert best[COST].is_monotonic_increasing
    assert best[STARTUPS].is_monotonic_increasing
    for row in tables.frontier.to_dict("records"):
        beaten = ((best[COST] <= row[COST]) & (best[STARTUPS] >= row[STARTUPS])).any()
        assert beaten or row["mask"] in set(best["mask"])


def many_packages(seed: int) -> pd.DataFrame:
    luck = np.random.default_rng(seed)
    masks = np.arange(256)
    price, worth = luck.uniform(5.0, 200.0, 8), luck.uniform(2.0, 60.0, 8)
    held = (masks[:, None] >> np.arange(8) & 1).astype(bool)
    return pd.DataFrame(
        {"package": [f"p{m}" for m in masks], "mask": masks, "size": held.sum(axis=1),
         "members": ["+".join(f"r{n + 1}" for n in range(8) if row[n]) for row in held],
         **{name: held @ worth * luck.uniform(0.8, 1.2, 256) for name in OBJECTIVES}, COST: held @ price,
         "probability": luck.random(256), "n": 20}
    )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_names_of_packages_lie_in_the_axes_and_never_over_one_another(seed: int) -> None:
    with house_style():
        figure, _, _ = frontier.build_from(SimpleNamespace(frontier=many_packages(seed)), FRAMES, WORDS)  # type: ignore[arg-type]
        renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
        for ax in figure.axes[:2]:
            inside = ax.get_window_extent(renderer)
            assert len(ax.texts) >= 5
            assert overlapping(figure, list(ax.texts)) == []
            for text in ax.texts:
                text.update_positions(renderer)
                box = Text.get_window_extent(text, renderer)
                assert inside.x0 <= box.x0
                assert box.x1 <= inside.x1
                assert inside.y0 <= box.y0
                assert box.y1 <= inside.y1


def counts(scenarios: list[str], floor: float = 1.0) -> pd.DataFrame:
    rows = []
    for scenario in scenarios:
        for kind in ("talent", "startup"):
            for n, measure in enumerate(FATES):
                mean = 10.0 * n + 3.0
                rows.append((scenario, kind, "france", "france", measure, mean, mean - 4.0, mean + 4.0, 20, floor))
    columns = ["scenario", "kind", "by", "where", "measure", "mean", "low", "high", "n", "floor"]
    return pd.DataFrame(rows, columns=columns)


@pytest.mark.parametrize("recommended", [True, False])
def test_fates_shows_recommendations_or_else_what_there_is(recommended: bool) -> None:
    names = ["r1_label_network", "r4_seed_acceleration", "mine", "placebo"]
    described = pd.DataFrame({"scenario": names, "recommendation": ["R1", "R4", "", ""] if recommended else [""] * 4})
    with house_style():
        built = fates.build_from(counts(names), SimpleNamespace(scenarios=described, folder=Path("nowhere")), WORDS)  # type: ignore[arg-type]
    assert built is not None
    assert list(dict.fromkeys(built[1]["scenario"])) == (names[:2] if recommended else names[:3])
    assert len(built[0].axes) == 6


def test_without_a_placebo_or_scenarios() -> None:
    described = pd.DataFrame({"scenario": ["mine"], "recommendation": [""]})
    with house_style():
        built = fates.build_from(
            counts(["mine"], np.nan), SimpleNamespace(scenarios=described, folder=Path("nowhere")), WORDS
        )  # type: ignore[arg-type]
        assert built is not None
        assert "noise floor is not known" in built.caption.note
        nobody = pd.DataFrame({"scenario": ["placebo"], "recommendation": [""]})
        frames = SimpleNamespace(scenarios=nobody)
        assert fates.build_from(counts(["placebo"]), frames, WORDS) is None  # type: ignore[arg-type]


def test_the_same_tables_are_the_same_bytes(tables: PackageTables, tmp_path: Path) -> None:
    for name in ("one", "two"):
        with house_style():
            figure, data, _ = interactions.build_from(tables, FRAMES, WORDS)  # type: ignore[arg-type]
            save_figure(figure, data, tmp_path / name, "interactions")
    for kind in ("pdf", "svg", "png", "csv"):
        one, two = ((tmp_path / name / f"interactions.{kind}").read_bytes() for name in ("one", "two"))
        assert one == two
