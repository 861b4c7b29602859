"""Sweep files: a question to many runs, in TOML: which policies, in which worlds, how often, what is kept.

::

    name = "border_and_beta"            # the name of the file; small letters, digits, _
    title = "..."
    question = "..."

    [policies]                          # at least one of scenarios, packages, variants
    scenarios = ["baseline", "r1_label_network", "drivers/equal_taxation", "r*", "mine.toml"]
    packages = ["r1_label_network", "r4_seed_acceleration"]
    package_sizes = [0, 1, 2]
    reference = "baseline"
    [[policies.variants]]
    scenario = "zone_exemption"
    set = { "zone_exemption.strength" = [0.0, 0.5, 1.0] }

    [worlds]                            # left out only beside [until]
    design = "latin_hypercube"
    size = 64
    [worlds.parameters]
    "talent.beta" = {}
    "startup.cost_border" = { low = 5.5, high = 7.5, prior = "uniform" }

    [runs]
    talent_scale = 20
    [keep]
    series = true
    [limits]
    disk = "5 GB"

Every key but ``name``, ``title``, ``question``, ``[policies]`` and ``worlds.design`` may be left out.

``extensions``
    Files and names whose levers, outcomes and processes the sweep needs, as in a scenario file (docs/extending.md).

``[policies]``
    ``scenarios``: names of files in ``scenarios/`` (also of its subfolders: "drivers/equal_taxation"), patterns with
    ``*``, paths from the sweep file's own folder (they end in ``.toml``), or "all" (files of ``scenarios/`` itself).
    ``packages``: names in the same way; every subset of these scenarios' levers becomes a policy, from none (the
    baseline) to all, ``r1_r4`` for two of them. "all": the eight recommendations, 256 packages.
    ``package_sizes``: only subsets of so many members, such as [0, 1, 2].
    ``reference``: the policy that the others are compared with; "baseline" if it is among them; "" for none.
    ``[[policies.variants]]``: a ``scenario`` at every combination of the values in ``set``: "<lever>.<field>" = a value
    or a list of values; "rivals_respond" too. Its policies are called zone_exemption__strength_0_5.

``[worlds]``
    ``design``: "central" (one world of central values), "posterior" (worlds drawn from the adopted fit), "prior"
    (worlds drawn from the priors), "list", "grid", "one_at_a_time", "latin_hypercube", "sobol", "saltelli" (for Sobol'
    indices) or "morris" (for elementary effects).
    :mod:`sim.experiments.designs.samplers` says how many points each has and which keep their runs when they grow.
    ``size``: points (posterior, prior, latin_hypercube, sobol), base points (saltelli) or trajectories (morris).
    ``blocks``: of latin_hypercube (1): so many hypercubes of ``size`` points; one block more changes no earlier point.
    ``second_order``: of saltelli (true). ``levels``: of morris (4).
    ``parameters``: what the design varies: "all", a status ("assumed"), a list of names and patterns ("talent.*"), or a
    table of name or pattern = what it takes. ``{}`` is the parameter's own prior; ``low``, ``high`` and ``prior``
    ("uniform", "loguniform") narrow it. In list, grid and one_at_a_time also ``values = [...]`` (in a list as many of
    each); in grid and one_at_a_time ``steps = n`` values at equal steps of probability from low to high (2: the ends).
    With prior, only the parameters whose range is narrowed.
    ``others``: the parameters not named are at their "central" values (default), or "prior": drawn from their priors.
    ``luck``: "same": all points share draw 0; "own": point i has draw i, of luck and of ``others``; "base": the points
    of one base point or trajectory share a draw. Default: own with posterior, prior, latin_hypercube, sobol;
    same with the rest.

``[runs]``
    ``talent_scale`` (20), ``startup_scale`` (1), ``years`` (10), ``seed`` (2013), ``replicates`` (1): as the options.

``[until]``
    Worlds of the posterior (with the design "prior": of the priors) are added until the 95% interval of the paired
    difference of ``outcome`` between ``scenario`` and the reference is at most ``half_width`` (in the unit of the
    outcome) to either side. ``first`` (16) worlds before the first look, each look ``growth`` (1.5) times as many,
    ``most`` (400) worlds at the end. It takes the place of ``worlds.size``; the study's points are the most that the
    rule may take.

``[keep]``
    ``series``, ``flows``, ``costs``, ``reasons``, ``revenue``, ``pairs``, ``persons`` = true or false: tables kept
    besides the outcomes of each run. Default: pairs where there is a reference to compare with, and no other.

``[limits]``
    ``seconds_per_run``: a run that takes longer is given up. ``disk``: a size such as "5 GB". Default: no limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, nearest, shortened
from sim.experiments.designs import sweep_policies, sweep_worlds
from sim.experiments.designs.limits import KEYS as LIMITS
from sim.experiments.designs.limits import Limits, read_limits
from sim.experiments.designs.study import BOUNDS, GRAINS, Study
from sim.experiments.designs.sweep_tables import Table
from sim.lever_tables import found
from sim.names import NAME
from sim.scenario import Scenario
from sim.settings import Settings
from sim.shipped import SCENARIOS
from sim.toml_files import read_toml

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.experiments.designs.points import WorldKind
    from sim.experiments.designs.stopping_rule import StoppingRule

KEYS = ("name", "title", "question", "extensions", "policies", "worlds", "runs", "until", "keep", "limits")
RUNS = ("talent_scale", "startup_scale", "years", "seed", "replicates")
UNTIL = ("outcome", "scenario", "half_width", "first", "most", "growth")
SEED, MOST, GROWTH = 2013, 400, 1.5


@dataclass(frozen=True)
class Sweep:
    """What a sweep file states.

    ``parameters``: the names that its design varies. ``content``: the parsed file.
    """

    name: str
    title: str
    question: str
    study: Study
    rule: StoppingRule | None
    limits: Limits
    parameters: tuple[str, ...]
    content: Mapping[str, Any]


def load_sweep(path: Path, evidence: Evidence, scenarios: Path = SCENARIOS, instead: WorldKind | None = None) -> Sweep:
    """Read and check one sweep file, and lay out its study.

    Args:
        path: the TOML file.
        evidence: gives the parameters it may vary and what scenarios are checked against.
        scenarios: the folder of the scenarios that it names.
        instead: worlds that will take the place of the file's
            (:func:`sim.experiments.designs.other_worlds.in_other_worlds`): no posterior is needed for others.

    Raises:
        InputError: one sentence for every problem of the file.
    """
    content = read_toml(path, "sweep")
    problems: list[str] = []
    top = Table(str(path), "", content, KEYS, problems)
    title, question = top.text("title"), top.text("question")
    name = _name(top, path)
    if "extensions" in top:
        from sim.extensions.naming import activate_of

        problems += activate_of(content, path, evidence)
    policies = top.table("policies", sweep_policies.KEYS)
    chosen: tuple[Scenario, ...] = ()
    reference: str | None = None
    if "policies" not in top:
        top.wrong("policies", "missing; every sweep has a table [policies].")
    elif isinstance(content["policies"], dict):
        chosen, reference = sweep_policies.Policies(policies, path, scenarios, evidence).read()
    runs = top.table("runs", RUNS)
    settings = _settings(runs)
    seed = runs.whole("seed", SEED, *BOUNDS["seed"])
    replicates = runs.whole("replicates", 1, *BOUNDS["replicates"])
    keep = _keep(top.table("keep", GRAINS), reference is not None and len(chosen) > 1)
    limits = read_limits(top.table("limits", LIMITS))
    rule, most = _rule(top.table("until", UNTIL), chosen, reference) if "until" in top else (None, None)
    points = sweep_worlds.read_worlds(top.table("worlds", sweep_worlds.KEYS), seed, evidence, most, instead)
    if points is not None:
        _refuse_overlap(policies, chosen, points.names)
    if problems or points is None:
        raise InputError(problems)
    study = Study(chosen, points, seed, replicates, settings, reference, keep)
    return Sweep(name, title, question, study, rule, limits, points.names, content)


def _name(top: Table, path: Path) -> str:
    name = top.text("name")
    if name and not NAME.fullmatch(name):
        top.wrong("name", f"found '{shortened(name)}', allowed are small letters, digits and _.")
    elif name and name != path.stem:
        top.wrong("name", f"found '{shortened(name)}', allowed is '{path.stem}', the name of the file.")
    return name


def _settings(runs: Table) -> Settings:
    values = {"talent_scale": 20, "startup_scale": 1, "years": 10}
    for key in values:
        value = runs.content.get(key, values[key])
        try:
            if isinstance(value, bool):
                raise InputError(f"--{key}: found {found(value)}, allowed are whole numbers.")
            Settings(**{key: value})
        except InputError as error:
            runs.wrong(key, error.problems[0].partition(": ")[2])
        else:
            values[key] = value
    return Settings(**values)


def _keep(table: Table, can_compare: bool) -> frozenset[str]:
    keep = frozenset(grain for grain in GRAINS if table.flag(grain, can_compare and grain == "pairs"))
    if "pairs" in keep and not can_compare:
        table.wrong("pairs", "found true, but there is no reference to compare another policy with.")
    return keep


def _rule(table: Table, scenarios: tuple[Scenario, ...], reference: str | None) -> tuple[StoppingRule | None, int]:
    """Return the stopping rule and the most worlds it takes."""
    from sim.analysis.outcomes import OUTCOMES
    from sim.experiments.designs.stopping_rule import FEWEST, StoppingRule

    before = len(table.problems)
    outcome, scenario = table.text("outcome"), table.text("scenario")
    if outcome and outcome not in OUTCOMES:
        hint = nearest(outcome, list(OUTCOMES)) or "; 'describe outcomes' lists them."
        table.wrong("outcome", f"found '{shortened(outcome)}'{hint}")
    names = [one.name for one in scenarios if one.name != reference]
    if reference is None and scenarios:
        table.wrong("scenario", "found no reference to compare with; add 'baseline' to the policies.")
    elif scenario and names and scenario not in names:
        hint = nearest(scenario, names) or ", allowed is a policy of this sweep, other than the reference."
        table.wrong("scenario", f"found '{shortened(scenario)}'{hint}")
    half_width = table.number("half_width", None)
    if "half_width" not in table:
        table.wrong("half_width", "missing, allowed is a number above 0, in the unit of the outcome.")
    most = table.whole("most", MOST, 2, BOUNDS["worlds"][1])
    # A first look at fewer worlds makes intervals that cover too seldom, unless it is the only one.
    first = table.whole("first", min(FEWEST, most), min(FEWEST, most), most)
    growth = table.number("growth", GROWTH, above=1.0)
    if len(table.problems) > before or half_width is None or growth is None:
        return None, most
    try:
        return StoppingRule(outcome, scenario, half_width, first, most, growth), most
    except InputError as error:
        table.problems += [problem for problem in error.problems if problem not in table.problems]
        return None, most


def _refuse_overlap(policies: Table, scenarios: tuple[Scenario, ...], names: tuple[str, ...]) -> None:
    """Refuse a design over a parameter that a scenario fixes: one of the two would be lost."""
    for scenario in scenarios:
        for name in sorted(set(scenario.world_overrides) & set(names)):
            policies.wrong("scenarios", f"'{scenario.name}' fixes '{name}' in its [world], and the design varies it.")
