"""Fixtures of the report tests: small synthetic results."""

import pytest

from tests.report.synthetic import write_results


@pytest.fixture(scope="session")
def results_folder(tmp_path_factory):
    """A synthetic results folder of 13 scenarios × 6 worlds; tests that change it must copy it."""
    return write_results(tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="session")
def report(results_folder):
    """The report written once."""
    from sim.report import write_report

    return write_report(results_folder)


@pytest.fixture
def no_figures(monkeypatch):
    """The page without any figure: for tests of its words."""
    monkeypatch.setattr("sim.report.page.draw_all", lambda *_, **__: {})
