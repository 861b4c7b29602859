"""A sweep in other worlds than its file says: the same policies, and a refusal where worlds are a design."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.errors import InputError
from sim.evidence import Evidence
from sim.evidence.posterior import Posterior
from sim.experiments.designs.other_worlds import in_other_worlds
from sim.experiments.designs.sweep_file import load_sweep

HEAD = 'name = "mine"\ntitle = "Mine"\nquestion = "?"\n[policies]\nscenarios = ["baseline", "all_eight"]\n'
PRIOR = f'{HEAD}[worlds]\ndesign = "prior"\nsize = 4\n'
GRID = f'{HEAD}[worlds]\ndesign = "grid"\n[worlds.parameters]\n"talent.beta" = {{}}\n'
UNTIL = f'{HEAD}[until]\noutcome = "startup_jobs"\nscenario = "all_eight"\nhalf_width = 1.0\n'
POSTERIOR = Posterior(("talent.beta",), np.array([[1.5], [1.6], [1.7]]), {})


def test_kind_and_number_of_worlds_are_those_asked_for(evidence: Evidence, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(PRIOR, encoding="utf-8")
    sweep = load_sweep(path, evidence)
    more = in_other_worlds(sweep, None, 6, None)
    assert list(more.worlds)[:4] == list(sweep.study.worlds)
    assert (len(more.worlds), more.world_kind) == (6, "prior")
    fitted = in_other_worlds(sweep, "posterior", None, POSTERIOR)
    assert (len(fitted.worlds), fitted.world_kind) == (4, "posterior")
    assert {plan.overrides["talent.beta"] for plan in fitted.worlds} == {1.5, 1.6, 1.7}
    assert len(in_other_worlds(sweep, "posterior", 2, POSTERIOR).worlds) == 2
    assert [plan.kind for plan in in_other_worlds(sweep, "central", None, None).worlds] == ["central"]
    assert fitted.scenarios == sweep.study.scenarios
    assert fitted.settings == sweep.study.settings


def test_other_worlds_than_those_of_the_posterior_need_none(
    evidence: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.evidence.posterior.FOLDER", tmp_path)  # where there is none
    path = tmp_path / "mine.toml"
    path.write_text(PRIOR.replace('"prior"', '"posterior"'), encoding="utf-8")
    study = in_other_worlds(load_sweep(path, evidence, instead="prior"), "prior", None, None)
    assert (len(study.worlds), study.world_kind) == (4, "prior")
    for instead in (None, "posterior"):
        with pytest.raises(InputError, match="the posterior is missing"):
            load_sweep(path, evidence, instead=instead)


@pytest.mark.parametrize(
    ("text", "kind", "number", "said"),
    [
        (GRID, "prior", None, r"^--world: mine lays out worlds of its own \(design 'grid'\); allowed"),
        (GRID, None, 3, "^--worlds: mine lays out"),
        (PRIOR + '[worlds.parameters]\n"talent.beta" = { low = 1.0, high = 1.2 }\n', "prior", 3, "worlds of its own"),
        (UNTIL, None, 3, r"^--worlds: mine has a table \[until\]"),
        (PRIOR, "central", 2, "the central world is one"),
        (PRIOR, "central", 0, "^--worlds: found 0, but the central world is one"),
        (PRIOR, None, 0, "^--worlds: found 0"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_sentence(
    evidence: Evidence, adopted_posterior: Path, tmp_path: Path, text: str, kind: str | None, number: int | None,
    said: str,
) -> None:  # fmt: skip
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said) as error:
        in_other_worlds(load_sweep(path, evidence), kind, number, None)
    assert len(error.value.problems) == 1
