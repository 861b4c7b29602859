"""Fixtures of the report tests: small synthetic results."""

import functools

import pytest

from sim.report.figures import draw_all
from tests.report.synthetic import write_results


@pytest.fixture(scope="session")
def results_folder(tmp_path_factory):
    """A synthetic results folder of 13 scenarios × 6 worlds; tests that change it must copy it."""
    return write_results(tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="session")
def report(results_folder):
    """The report written once, its figures as the page holds them, without their files in other formats."""
    from sim.report import write_report

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sim.report.page.draw_all", functools.partial(draw_all, formats=("svg",)))
        return write_report(results_folder)


@pytest.fixture
def undrawn(monkeypatch):
    """The figures are built but not rendered, which takes most of the time."""

    def stub(figure, data, folder, name, *_):
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.svg").write_text("<svg/>")
        return folder / f"{name}.svg"

    monkeypatch.setattr("sim.report.figures.save_figure", stub)


@pytest.fixture
def drawn_as_svg(monkeypatch):
    """The figures as the page holds them, without their files in other formats."""
    monkeypatch.setattr("sim.report.page.draw_all", functools.partial(draw_all, formats=("svg",)))


@pytest.fixture
def two_figures(monkeypatch):
    """The page with two figures: for tests of what every figure is told with."""
    drawn = functools.partial(draw_all, names=("headline", "paths"), formats=("svg",))
    monkeypatch.setattr("sim.report.page.draw_all", drawn)


@pytest.fixture
def no_figures(monkeypatch):
    """The page without any figure: for tests of its words."""
    monkeypatch.setattr("sim.report.page.draw_all", lambda *_, **__: {})
