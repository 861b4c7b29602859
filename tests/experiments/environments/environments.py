"""The environments in which the same runs are made: processors, libraries, Pythons, and what must not matter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
OTHER_PYTHON = ROOT / ".venv313" / "bin" / "python"
# Groups of features above the baseline that NumPy 2.4 was built with, which chooses functions by them.
NO_AVX512 = "X86_V4 AVX512_ICL AVX512_SPR"
NO_AVX2 = f"X86_V3 {NO_AVX512}"
# The C library has powers with and without fused multiplication.
OLD_C_LIBRARY = "glibc.cpu.hwcaps=-FMA,-AVX2,-FMA4"
GENERIC = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
OLDEST = {
    "NPY_DISABLE_CPU_FEATURES": NO_AVX2, "OPENBLAS_CORETYPE": "Prescott", "GLIBC_TUNABLES": OLD_C_LIBRARY, **GENERIC,
}  # fmt: skip


@dataclass(frozen=True)
class Environment:
    """``same``: whether all numbers must be the same to the last bit as in the environment as it is."""

    name: str
    variables: Mapping[str, str] = field(default_factory=dict)
    same: bool = True
    options: tuple[str, ...] = ()
    python: Path = Path(sys.executable)
    elsewhere: bool = False  # another working directory


AS_IT_IS = Environment("as it is")
SOME = ("--golden", "1")
ENVIRONMENTS = (
    AS_IT_IS,
    Environment("2 threads", {"NUMBA_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"},
                options=(*SOME, "--threads", "2")),
    Environment("hash seed, locale, time zone and folder of another", {
        "PYTHONHASHSEED": "1", "LC_ALL": "C", "LANG": "C", "TZ": "Pacific/Kiritimati",
    }, options=SOME, elsewhere=True),
    Environment("and of a third", {
        "PYTHONHASHSEED": "4294967295", "LC_ALL": "tr_TR.ISO-8859-9", "PYTHONUTF8": "0", "TZ": "America/St_Johns",
    }, options=SOME),
    Environment("Numba for a generic processor", GENERIC, options=SOME),
    Environment("Numba without AVX", {"NUMBA_ENABLE_AVX": "0"}, options=SOME),
    Environment("Numba without SVML", {"NUMBA_DISABLE_INTEL_SVML": "1"}, options=SOME),
    Environment("NumPy without AVX-512", {"NPY_DISABLE_CPU_FEATURES": NO_AVX512}, same=False, options=SOME),
    Environment("NumPy without AVX2", {"NPY_DISABLE_CPU_FEATURES": NO_AVX2}, same=False, options=SOME),
    Environment("linear algebra for Haswell", {"OPENBLAS_CORETYPE": "Haswell"}, same=False, options=SOME),
    Environment("linear algebra for Prescott", {"OPENBLAS_CORETYPE": "Prescott"}, same=False, options=SOME),
    Environment("C library without FMA", {"GLIBC_TUNABLES": OLD_C_LIBRARY}, same=False, options=SOME),
    Environment("all of these off", OLDEST, same=False, options=SOME),
    Environment("plain Python", {"NUMBA_DISABLE_JIT": "1"}, options=("--golden", "0", "--small", "2")),
    Environment("Python 3.13, Mesa 3.5", options=SOME, python=OTHER_PYTHON),
)  # fmt: skip


def answer(environment: Environment, *options: str) -> dict[str, Any]:
    """Return what a child process answers in an environment (see ``answers``); ``options`` come before its own.

    Raises:
        RuntimeError: if it fails, with the end of what it said.
    """
    variables = {
        **os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
        "NUMBA_NUM_THREADS": "2", "TALENT_FLIGHT_STARTS": "off", "PYTHONPATH": str(ROOT), **environment.variables,
    }  # fmt: skip
    command = [str(environment.python), "-m", "tests.experiments.environments.answers", *options, *environment.options]
    with tempfile.TemporaryDirectory() as folder:
        where = folder if environment.elsewhere else ROOT
        done = subprocess.run(command, cwd=where, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{environment.name}: {done.stderr[-800:]}")
    return dict(json.loads(done.stdout))
