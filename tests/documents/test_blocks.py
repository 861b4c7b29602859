"""Every block of code in the documents runs, in the order of its page, or is listed with the reason why not."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from sim.cli import main
from sim.cli.app import app
from sim.extensions.active import deactivate
from tests.documents.blocks import NOTEBOOKS, ROOT, Block, blocks_in, cells, pages, program_arguments, text_of
from tests.documents.forms import (
    LEFT_OUT,
    NOT_RUN,
    NOTHING_TO_RUN,
    OPTIONS_ALONE,
    PYTHON_NOT_RUN,
    TRIED_ELSEWHERE,
    reason,
    smaller,
)

MAIN = "compare scenarios/baseline.toml scenarios/r4_seed_acceleration.toml scenarios/r6_attractive_taxation.toml "
COARSE = "--worlds 2 --talent-scale 500 --startup-scale 20 --years 1 --out results/main"
# Targets of the Makefile: what they do is the other tests' business.
TARGETS = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.M)
# What a fragment of a sweep file is completed with.
HEAD = 'name = "fragment"\ntitle = "t"\nquestion = "q"\n[policies]\nscenarios = ["baseline"]\n'


def everything() -> list[Block]:
    """All blocks of all documents."""
    return [block for page in pages() for block in blocks_in(page, text_of(page))]


def to_try() -> list[Block]:
    """The blocks of all documents but those that another test runs."""
    return [block for block in everything() if block.page not in TRIED_ELSEWHERE]


def parse_problem(arguments: list[str]) -> str | None:
    """What is wrong with the options of a command line, without running it; None if nothing is."""
    group = typer.main.get_command(app)
    commands: dict[str, Any] = getattr(group, "commands")  # noqa: B009 (typer does not type it)
    if arguments and not arguments[0].startswith("-"):
        if arguments[0] not in commands:
            return f"no command '{arguments[0]}'"
        group, arguments = commands[arguments[0]], arguments[1:]
    # These act as soon as they are read, the last two on the shell of who runs the tests.
    if {"--help", "-h", "--version", "--install-completion", "--show-completion"} & set(arguments):
        return None
    try:
        with pytest.MonkeyPatch.context() as patched:  # files of extensions that a text speaks of need not exist
            patched.setattr("sim.extensions.active.activate", lambda *_: None)
            group.make_context("run_sim.py", list(arguments))
    except Exception as error:
        return str(getattr(error, "format_message", error.__str__)())
    return None


def left_out(blocks: list[Block]) -> list[str]:
    """Lines and blocks that nothing runs, each with its reason."""
    found = []
    for block in blocks:
        if block.language == "sh":
            found += [f"{block.where}: {line}: {why}" for line in block.commands if (why := reason(line, NOT_RUN))]
        elif block.language == "python":
            found += [f"{block.where}: {why}" for text, why in PYTHON_NOT_RUN.items() if text in block.text]
    return found


class Desk:
    """A folder laid out as the project's, in which the blocks of one page after another are tried."""

    def __init__(self, small: bool) -> None:
        self.small = small
        self.names: dict[str, Any] = {}
        self.page = ""
        self.compared: set[str] = set()

    def problem(self, block: Block) -> str | None:
        """Try a block; return what went wrong."""
        if block.page != self.page:
            self.page, self.names = block.page, {"__name__": "__main__"}
        text = smaller(block.text) if self.small else block.text
        tried = dataclasses.replace(block, text=text)
        try:
            if block.language == "sh":
                return next(filter(None, map(self._shell, tried.commands)), None)
            if block.language == "python":
                if block.saved is not None:
                    Path(block.saved).write_text(text, encoding="utf-8")
                elif not any(known in text for known in PYTHON_NOT_RUN):
                    exec(compile(text, block.where, "exec"), self.names)
            elif block.language == "toml":
                return self._toml(text, block.saved)
            elif block.language not in NOTHING_TO_RUN:
                return f"language '{block.language}': nobody knows how to try it"
        except (Exception, SystemExit) as error:
            return f"{type(error).__name__}: {error}"
        return None

    def _shell(self, line: str) -> str | None:
        if reason(line, NOT_RUN) is not None:
            return None
        if line.startswith("make "):
            return None if line.split()[1] in TARGETS else f"{line}: no such target"
        arguments = program_arguments(line)
        if arguments is None:
            return f"{line}: no command of this project, and not in the list of what is not run"
        if reason(" ".join(arguments), OPTIONS_ALONE) is not None:
            wrong = parse_problem(arguments)
        elif line in self.compared:
            wrong = None  # another page showed the same comparison
        else:
            code = main(arguments)
            wrong = None if code == 0 else f"exit code {code}"
            if arguments[0] == "compare" and code == 0:
                self.compared.add(line)
        return f"{line}: {wrong}" if wrong else None

    def _toml(self, text: str, saved: str | None) -> str | None:
        content = tomllib.loads(text)
        if "project" in content:
            return None  # of a package's own pyproject.toml
        if "policies" not in content and "expected" in content:
            path = Path(saved or f"scenarios/{content['name']}.toml")
            path.write_text(text, encoding="utf-8")
            return None if main(["check", str(path)]) == 0 else "check finds a problem"
        if "name" not in content:
            text, content = HEAD + text, {"name": "fragment"}
        path = Path(saved or f"{content['name']}.toml")
        path.write_text(text, encoding="utf-8")
        from sim.evidence.loader import load_evidence
        from sim.experiments.designs.sweep_file import load_sweep

        load_sweep(path, load_evidence(), Path("scenarios"))
        return None


@pytest.fixture
def laid_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_processes: None) -> Iterator[Path]:
    """The folder: scenarios, the reference results, a small main job.

    Runs are made in this process; reports are written by ``report`` alone, without figures, and no prices of gains.
    """
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "reference").symlink_to(ROOT / "results" / "reference")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TALENT_FLIGHT_STARTS", str(tmp_path / "starts"))
    monkeypatch.setattr("sim.cli.options.RESULTS", Path("results"))
    monkeypatch.setattr("sim.report.page.draw_all", lambda *_, **__: {})
    monkeypatch.setattr("sim.cli.study._report", lambda *_: None)
    monkeypatch.setattr("sim.cli.study.write_worth", lambda *_: None)
    deactivate()
    assert main((MAIN + COARSE).split()) == 0
    assert main(["new-scenario", "mine"]) == 0
    yield tmp_path
    deactivate()
    import matplotlib.pyplot as plt

    plt.close("all")


@pytest.mark.long
@pytest.mark.timeout(3600)  # some 40 s of a core; far more wall time where others work, too
def test_every_block_runs_in_the_order_of_its_page(laid_out: Path) -> None:
    """One test for all pages: they share the starts of their worlds."""
    desk = Desk(small=True)
    problems = [f"{block.where}: {wrong}" for block in to_try() if (wrong := desk.problem(block))]
    assert problems == []


@pytest.mark.torture
def test_every_block_runs_as_it_is_written(laid_out: Path) -> None:
    desk = Desk(small=False)
    problems = [f"{block.where}: {wrong}" for block in to_try() if (wrong := desk.problem(block))]
    assert problems == []


def test_twin_a_block_that_does_not_run_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    text = (
        "```python\nx = 1\n```\n```python\nassert x == 2\n```\n"
        "```sh\nmake nothing_of_the_kind\n```\n```sh\npython run_sim.py describe leavers\n```\n"
        "```sh\nrm -rf results\n```\n"
        '```toml\nname = "bad"\ntitle = "t"\nquestion = "q"\nexpected = "e"\n[levers.no_such]\n```\n'
        "```julia\n1\n```\n```text\nfree\n```\n"
    )
    desk = Desk(small=True)
    wrong = [desk.problem(block) for block in blocks_in("page.md", text)]
    assert wrong[0] is None
    assert wrong[1].startswith("AssertionError")
    assert "no such target" in wrong[2]
    assert "exit code 2" in wrong[3]
    assert "not in the list" in wrong[4]
    assert wrong[5] == "check finds a problem"
    assert "'julia'" in wrong[6]
    assert wrong[7] is None
    assert not desk.problem(Block("other.md", 1, "python", "assert 'x' not in globals()\n"))


def test_what_is_not_run_is_counted_and_has_a_reason() -> None:
    blocks = everything()
    found = left_out(blocks)
    assert len(found) == LEFT_OUT, "\n".join(found)
    lines = [line for block in blocks if block.language == "sh" for line in block.commands]
    code = [block.text for block in blocks if block.language == "python"]
    assert [start for start in NOT_RUN if not any(line.startswith(start) for line in lines)] == []
    assert [text for text in PYTHON_NOT_RUN if not any(text in block for block in code)] == []
    given = [" ".join(program_arguments(line) or []) for line in lines]
    assert [start for start in OPTIONS_ALONE if not any(f"{line}$".startswith(start) for line in given)] == []
    assert len(blocks) > 60


def test_every_command_in_running_text_has_the_options_that_there_are() -> None:
    problems, seen = [], 0
    for page in pages():
        for written in re.findall(r"`(?:\.venv/bin/)?(?:python )?run_sim\.py ([^`\n]+)`", text_of(page)):
            if page == "CHANGELOG.md" or "COMMAND" in written:
                continue
            seen += 1
            wrong = parse_problem(written.split())
            if wrong is not None and "Missing argument" not in wrong:
                problems.append(f"{page}: {written}: {wrong}")
    assert seen > 30
    assert problems == []


def test_twin_an_option_that_there_is_not_is_found() -> None:
    assert "No such option" in str(parse_problem(["compare", "results/main", "--wurlds", "3"]))
    assert parse_problem(["conpare"]) == "no command 'conpare'"
    assert parse_problem(["plot", "results/main", "--size", "slide"]) is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_cell_by_cell_and_keeps_no_output(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process, without a kernel: the same code as a kernel would run, at a tenth of the time."""
    import matplotlib.pyplot as plt

    monkeypatch.chdir(ROOT)
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, source in enumerate(cells(path), 1):
        exec(compile(source, f"{path.name}, cell {number}", "exec"), names)
    plt.close("all")
    text = path.read_text(encoding="utf-8")
    assert '"outputs": []' in text
    assert text.count('"outputs": []') == text.count('"outputs"') == text.count('"execution_count": null')
    assert os.getcwd() == str(ROOT)
