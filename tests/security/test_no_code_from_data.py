"""Nothing that is read can run: where sources use what could, they are listed here, each use with its reason."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Modules whose very import is a matter of this list, and what to call them by.
MODULES = {
    "pickle", "cloudpickle", "dill", "marshal", "shelve", "joblib", "copyreg", "code", "runpy", "importlib", "imp",
    "yaml", "subprocess", "pty", "ctypes", "cffi", "tempfile", "zipfile", "tarfile", "xml", "xmlrpc", "urllib", "http",
    "requests", "httpx", "aiohttp", "ftplib", "smtplib", "webbrowser", "socket", "socketserver", "ssl", "asyncio",
}  # fmt: skip
# Calls by a bare name, and by an attribute of anything.
CALLS = {"eval", "exec", "compile", "__import__", "breakpoint", "execfile"}
ATTRIBUTES = {
    "read_pickle", "to_pickle", "load_module", "system", "popen", "execv", "execve", "execl", "execvp", "spawnl",
    "mktemp", "mkstemp", "read_html", "read_xml", "read_sql", "unsafe_load", "extractall", "unpack_archive",
    "from_string", "load_extension", "enable_load_extension", "file_uploader", "camera_input",
}  # fmt: skip
NUMPY = {"load", "loads", "fromregex"}  # of NumPy: with a word about pickles

ALLOWED = {
    ("sim/__init__.py", "importlib"): "names of the interface are loaded when asked for, from a table in that file",
    ("sim/cli/dashboard.py", "execve"): "becomes Streamlit with fixed words; address and port are checked before",
    ("sim/cli/dashboard.py", "socket"): "whether the port is free, before it is served on",
    ("sim/cli/ready.py", "execv"): "becomes this program anew if its sources changed; words of the dashboard",
    ("sim/cli/extras.py", "importlib"): "whether a package of an extra is installed; its name stands in the source",
    ("sim/cli/moved.py", "subprocess"): "git, fixed words, no shell: the results of the last commit",
    ("sim/dashboard/keeper.py", "ctypes"): "prctl: a run ends with the server",
    ("sim/dashboard/keeper.py", "subprocess"): "starts the command of a live run, a list of words that ask.py makes",
    ("sim/dashboard/views/files.py", "zipfile"): "writes an archive; none is ever read",
    ("sim/dashboard/waiting_line.py", "subprocess"): "starts the keeper; words as above, no shell",
    ("sim/experiments/engine.py", "importlib"): "versions of installed packages",
    ("sim/experiments/manifest.py", "subprocess"): "git, fixed words, no shell: commit of the sources",
    ("sim/experiments/running/cluster_task.py", "socket"): "the name of this machine, in a sentence",
    ("sim/experiments/running/pilot.py", "tempfile"): "TemporaryDirectory: a folder of this user alone, removed after",
    ("sim/experiments/running/progress_file.py", "socket"): "the name of this machine, in progress.json",
    ("sim/experiments/running/repeating.py", "tempfile"): "TemporaryDirectory, as above",
    ("sim/experiments/running/runner.py", "pickle"): "writes what the workers share, into a folder of a random name",
    ("sim/experiments/running/scheduler_probe.py", "socket"): "whether the scheduler named by --cluster answers",
    ("sim/experiments/running/scratch.py", "socket"): "the name of this machine, in the name of a folder",
    ("sim/experiments/running/worker.py", "ctypes"): "prctl: a worker ends with its driver",
    ("sim/experiments/running/worker.py", "pickle"): "reads what its own driver has just written, by the path it gave",
    ("sim/experiments/storage/leftovers.py", "socket"): "the name of this machine, in names of unfinished files",
    ("sim/experiments/storage/leftovers.py", "tempfile"): "TemporaryFile without a name: the clock of the file system",
    ("sim/experiments/storage/shards.py", "socket"): "the name of this machine, in a receipt",
    ("sim/extensions/evidence.py", "tempfile"): "TemporaryDirectory, as above",
    ("sim/extensions/loading.py", "compile"): "an extension is code: of a file that the user named (trust.py)",
    ("sim/extensions/loading.py", "exec"): "the same",
    ("sim/extensions/loading.py", "importlib"): "an extension that is an installed package, by its entry point",
    ("sim/model/compile.py", "tempfile"): "last resort for compiled code; docs/security.md says how to avoid it",
    ("run_sim.py", "importlib"): "whether the packages are installed",
    ("sim/report/markdown_pages.py", "templates without autoescape"): "Markdown of the project's own evidence",
}  # fmt: skip


def uses(source: str) -> list[tuple[int, str]]:
    """Return line and name of everything in a source that could run what is read, or connect."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, _top(name.name)) for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.append((node.lineno, _top(node.module or "")))
            found += [(node.lineno, name.name) for name in node.names if name.name in ATTRIBUTES]
        elif isinstance(node, ast.Call):
            found += _of_call(node)
    return sorted({(line, name) for line, name in found if name in MODULES | CALLS | ATTRIBUTES or " " in name})


def _top(module: str) -> str:
    return "" if module == "urllib.parse" else module.partition(".")[0]  # which only cuts texts


def _of_call(node: ast.Call) -> list[tuple[int, str]]:
    words = {word.arg: word.value for word in node.keywords}
    found = []
    if isinstance(node.func, ast.Name):
        found.append((node.lineno, node.func.id))
    elif isinstance(node.func, ast.Attribute):
        owner = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
        if node.func.attr in ATTRIBUTES:
            found.append((node.lineno, node.func.attr))
        if owner in ("np", "numpy") and node.func.attr in NUMPY and not _is(words.get("allow_pickle"), False):
            found.append((node.lineno, "np.load without allow_pickle=False"))
    if "shell" in words and not _is(words["shell"], False):
        found.append((node.lineno, "subprocess with shell="))
    if "allow_pickle" in words and not _is(words["allow_pickle"], False):
        found.append((node.lineno, "allow_pickle not False"))
    if "unsafe_allow_html" in words and not _is(words["unsafe_allow_html"], False):
        found.append((node.lineno, "text as HTML (unsafe_allow_html)"))
    if "autoescape" in words and not _is(words["autoescape"], True):
        found.append((node.lineno, "templates without autoescape"))
    return found


def _is(value: ast.expr | None, wanted: bool) -> bool:
    return isinstance(value, ast.Constant) and value.value is wanted


def test_whatever_could_run_what_is_read_is_listed_with_its_reason() -> None:
    files = [ROOT / "run_sim.py", *sorted((ROOT / "sim").rglob("*.py"))]
    assert len(files) > 300  # there is something to look at
    found = {}
    for path in files:
        name = path.relative_to(ROOT).as_posix()
        found |= {(name, use): line for line, use in uses(path.read_text(encoding="utf-8"))}
    assert {f"{name}:{line}: {use}" for (name, use), line in found.items() if (name, use) not in ALLOWED} == set()
    assert [key for key in ALLOWED if key not in found] == []  # listed, and no longer there
    assert all(ALLOWED.values())


@pytest.mark.parametrize(
    "source",
    [
        "import pickle", "from pickle import load", "np.load(path)", "np.load(p, allow_pickle=True)",
        "np.savez(p, x, allow_pickle=flag)", "pd.read_pickle(path)", "from pandas import read_pickle", "eval(text)",
        "exec(text)", "__import__(name)", "import importlib", "import importlib.util as u", "import yaml",
        "run(words, shell=True)", "run(words, shell=flag)", "os.system(text)", "tempfile.mktemp()",
        "import urllib.request", "from http.client import HTTPConnection", "st.file_uploader('x')",
        "st.markdown(text, unsafe_allow_html=True)", "Environment(autoescape=False)", "archive.extractall(out)",
        "def inner():\n    import marshal", "import joblib.memory", "base.enable_load_extension(True)",
    ],
)  # fmt: skip
def test_twin_each_way_to_run_what_is_read_is_found(source: str) -> None:
    assert uses(source)


@pytest.mark.parametrize(
    "source",
    ["np.load(path, allow_pickle=False)", "import json", "from sim.pickle import x", "re.compile(text)", "run(words)",
     "from . import pickle", "run(words, shell=False)", "Environment(autoescape=True)", "model.eval",
     "from urllib.parse import quote"],
)  # fmt: skip
def test_harmless_sources_pass(source: str) -> None:
    assert uses(source) == []
