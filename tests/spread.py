"""Which worker runs which tests: what is costly to make is made once, and what is compiled is not compiled twice.

A file stays on one worker, so what its tests share is made once; so do folders whose tests share more than a file does.
The first worker begins with what runs the model, and compiles it; the others begin with what never does, and find it
compiled when they come to the rest. Long files go first, so that no worker waits for another at the end. The long
forms, of which one can outlast all others of its file, are spread by ``--dist worksteal`` instead (``make torture``).
"""

from __future__ import annotations

from xdist.scheduler.loadscope import LoadScopeScheduling

TOGETHER = ("tests/report/", "tests/browser/")
"""Folders that stay on one worker: results, pages and a browser, made once."""
READERS = (*TOGETHER, "tests/analysis/", "tests/evidence/")
"""What needs no compiled model, as what is tested there may not."""
LONG = (
    *TOGETHER,
    "tests/experiments/running/test_dask_cluster.py",
    "tests/test_cli.py",
    "tests/test_comparing_commands.py",
    "tests/experiments/faults/test_faults.py",
    "tests/experiments/faults/test_kill_trials.py",
    "tests/model/test_compile.py",
    "tests/test_benchmarks.py",
    "tests/experiments/calibrating/test_campaign.py",
    "tests/model/test_mesa_memory.py",
    "tests/experiments/test_runner.py",
    "tests/experiments/test_starts.py",
    "tests/test_profile.py",
    "tests/analysis/sensitivity/test_tables.py",
    "tests/model/test_reasons.py",
    "tests/experiments/running/test_same_bytes.py",
    "tests/experiments/test_golden.py",
)
"""What takes longest, in this order; all else follows as collected."""


def unit_of(test: str) -> str:
    """The folder or file that a test, by its id, stays together with."""
    return next((folder for folder in TOGETHER if test.startswith(folder)), test.partition("::")[0])


def chosen(waiting: list[str], is_first: bool) -> str:
    """The unit, of those waiting, that the first or another worker begins next."""
    fitting = [unit for unit in waiting if unit.startswith(READERS) != is_first] or waiting
    return next((unit for unit in LONG if unit in fitting), fitting[0])


class Spread(LoadScopeScheduling):
    """Hands out units, one after another, to whichever worker is nearly through with what it has."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)

    def _assign_work_unit(self, node) -> None:
        self.workqueue.move_to_end(chosen(list(self.workqueue), node is self.nodes[0]), last=False)
        super()._assign_work_unit(node)

    def schedule(self) -> None:
        self.config.option.loadscopereorder = False  # else by their number of tests, which says little
        super().schedule()
