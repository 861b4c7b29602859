"""What is said of a run in quarantine, also when its file is not what was written."""

from __future__ import annotations

import os
from pathlib import Path

from sim.experiments.running.quarantine import NAME, RULE, Quarantine


def test_a_file_that_cannot_be_read_is_said_and_neither_waited_for_nor_a_traceback(tmp_path: Path) -> None:
    held, run = Quarantine(tmp_path), bytes(16)
    assert held.why(run) == "It was in quarantine; its file has gone."
    (tmp_path / NAME).mkdir()
    path = tmp_path / NAME / f"{run.hex()}.txt"
    path.write_text(f"run 7\n{RULE}\nValueError: no\n", encoding="utf-8")
    assert held.why(run) == "ValueError: no"
    path.write_bytes(b"\xff\xfe")
    assert held.why(run) == "It is in quarantine; its file cannot be read."
    path.unlink()
    os.mkfifo(path)
    assert held.why(run) == "It is in quarantine; its file cannot be read."
