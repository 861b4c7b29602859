"""Real file systems that are full or read-only. Runs in a mount namespace of its own, by ``unshare -rm``."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from pathlib import Path

from sim.evidence import load_evidence
from tests.experiments.faults.stage import Stage


def mount(*arguments: str) -> None:
    """Mount something, or mount it in another way."""
    subprocess.run(["mount", *arguments], check=True)


def full(stage: Stage) -> str:
    """A disk that is too small, then is made larger."""
    mount("-t", "tmpfs", "-o", "size=400k", "tmpfs", str(stage.out))
    answer = stage.command("", 2)
    assert answer.code == 2, answer.text
    assert "Traceback" not in answer.text, answer.text
    told = answer.sentence("no space left on device") if "no space" in answer.text else answer.sentence("disk is full")
    kept = stage.kept()
    assert kept
    stage.sound()
    mount("-o", "remount,size=100m", str(stage.out))
    assert stage.kept() == kept
    return told


def read_only(stage: Stage) -> str:
    """A disk that becomes read-only, then writable again."""
    mount("-t", "tmpfs", "tmpfs", str(stage.out))
    stage.command("raises", 1)
    gc.collect()  # of files that are open still
    mount("-o", "remount,ro", str(stage.out))
    answer = stage.command()
    assert answer.code == 2, answer.text
    assert "Traceback" not in answer.text, answer.text
    told = answer.sentence("read-only file system")
    mount("-o", "remount,rw", str(stage.out))
    return told


def main(case: str, folder: Path) -> None:
    """Try one of them, and finish the study after it."""
    stage = Stage(folder, load_evidence(), json.loads((folder / "expected.json").read_text(encoding="utf-8")))
    told = full(stage) if case == "full" else read_only(stage)
    stage.whole()
    print(told)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
