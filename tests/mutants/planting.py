"""Puts a change into the living process: the changed code takes the place of the old, nothing is imported anew.

A compiled rule that is changed, and every compiled rule that calls it, go on as plain Python, as with
``NUMBA_DISABLE_JIT=1``; what the change cannot reach stays compiled, which makes a small world hundreds of times
faster than in plain Python throughout. One exception: the fit of constants (:mod:`sim.model.constants`) stays compiled
and as it was unless the change lies in its own file; in plain Python it takes hours. That can only hide a change.
"""

from __future__ import annotations

import ast
import functools
import inspect
import pickle
import sys
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

from numba.core.dispatcher import Dispatcher

from tests.mutants.operators import Mutant, changed
from tests.mutants.universe import ROOT, needed, source

FIT = "sim.model.constants"


class NotPlanted(RuntimeError):
    """The change could not be put in: the function was not found where its name says."""


class DoesNotLoad(RuntimeError):
    """The changed module could not be imported: noticed by whatever imports it."""


def module_of(file: str) -> ModuleType:
    """Return the loaded module of a source."""
    name = file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    return __import__(name, fromlist=["_"])


def modules() -> list[ModuleType]:
    """Return the project's loaded modules, tests included."""
    return [m for name, m in sorted(sys.modules.items()) if name.split(".")[0] in ("sim", "tests") and m is not None]


def names_in(code: CodeType) -> Iterator[str]:
    """Yield the names that a function and the functions within it refer to."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_in(constant)


def plain(function: Any) -> FunctionType | None:
    """Return the Python function behind a decorated one."""
    if isinstance(function, Dispatcher):
        return function.py_func
    if isinstance(function, property):
        return plain(function.fget)
    if isinstance(function, functools.cached_property):
        return plain(function.func)
    if isinstance(function, staticmethod | classmethod):
        return plain(function.__func__)
    found = inspect.unwrap(function) if callable(function) else None
    return found if isinstance(found, FunctionType) else None


def callers_of(roots: set[int], compiled: dict[int, Dispatcher]) -> set[int]:
    """Return the ids of compiled functions that are, or call, one of ``roots``."""
    calls = {
        key: {id(d.py_func.__globals__.get(name)) for name in names_in(d.py_func.__code__)} & set(compiled)
        for key, d in compiled.items()
    }
    found = set(roots)
    while more := {key for key, called in calls.items() if called & found} - found:
        found |= more
    return found


def compiled_functions() -> dict[int, Dispatcher]:
    """Return all compiled functions of the project by identity."""
    return {id(v): v for m in modules() for v in vars(m).values() if isinstance(v, Dispatcher)}


def make_plain(roots: set[int], file: str) -> int:
    """Let compiled functions that are or call one of ``roots`` go on as plain Python; return their number."""
    compiled = compiled_functions()
    slow = callers_of(roots, compiled)
    # A compiled function hands unsigned numbers back as signed ones, with which these two cannot be called.
    for name in ("draw_pair", "philox"):
        if any(name in compiled[key].py_func.__code__.co_names for key in slow):
            slow |= {key for key, d in compiled.items() if d.py_func.__name__ == name}
    for module in modules():
        if module.__name__ == FIT and module_of(file) is not module:
            continue
        for name, value in list(vars(module).items()):
            if id(value) in slow:
                setattr(module, name, compiled[id(value)].py_func)
    return len(slow)


def roots_of(mutant: Mutant) -> set[int]:
    """Return the compiled functions that hold a change, or the constant that is changed."""
    module = module_of(mutant.file)
    if not mutant.owner.endswith("="):
        found = vars(module).get(mutant.owner)
        return {id(found)} if isinstance(found, Dispatcher) else set()
    names = _targets(mutant.owner)
    return {
        key
        for key, d in compiled_functions().items()
        if any(
            name in names and d.py_func.__globals__.get(name) is vars(module)[name]
            for name in names_in(d.py_func.__code__)
        )
    }


def plant(mutant: Mutant, change: bool = True) -> int:
    """Make one change in this process, for good; return how many compiled functions go on plain.

    ``change``: if false, only what would go on plain does: to see what tests say of that alone.

    Raises:
        NotPlanted: if the function is not where its name says.
    """
    module = module_of(mutant.file)
    slow = make_plain(roots, mutant.file) if (roots := roots_of(mutant)) else 0
    if mutant.file == "sim/model/constants.py" and not slow:
        _forget_fits()
    if not change:
        return slow
    text = source(mutant.file)
    tree = changed(text, mutant.ordinal, needed())
    code = compile(tree, str(ROOT / mutant.file), "exec", dont_inherit=True)
    if mutant.owner.endswith("="):
        _change_constant(module, tree, mutant)
        return slow
    holder, _, name = mutant.owner.rpartition(".")
    space = vars(vars(module)[holder]) if holder else _original(module, name)
    function = plain(space.get(name))
    found = _code(code, mutant.owner)
    if function is None or found is None or function.__code__.co_freevars != found.co_freevars:
        raise NotPlanted(f"{mutant.file}: {mutant.owner}")
    function.__code__ = found
    _change_defaults(function, text, tree, mutant.owner, vars(module))
    if not slow:
        _renew_constants(module, tree, name)
    return slow


def _original(module: ModuleType, name: str) -> dict[str, Any]:
    return vars(module) if name in vars(module) else {}


def _code(code: CodeType, qualified: str) -> CodeType | None:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_qualname == qualified:
                return constant
            if qualified.startswith(constant.co_qualname + ".") and (found := _code(constant, qualified)):
                return found
    return None


def _definition(tree: ast.Module, owner: str) -> ast.FunctionDef:
    body: list[ast.stmt] = tree.body
    *holders, name = owner.split(".")
    for holder in holders:
        body = next(n for n in body if isinstance(n, ast.ClassDef) and n.name == holder).body
    return [n for n in body if isinstance(n, ast.FunctionDef) and n.name == name][-1]


def _change_defaults(function: FunctionType, text: str, tree: ast.Module, owner: str, space: dict[str, Any]) -> None:
    before, after = (_definition(t, owner).args for t in (ast.parse(text), tree))
    value = lambda node: eval(compile(ast.Expression(node), "default", "eval"), space)  # noqa: E731
    if [ast.dump(d) for d in before.defaults] != [ast.dump(d) for d in after.defaults]:
        function.__defaults__ = tuple(value(d) for d in after.defaults)
    for name, old, new in zip(after.kwonlyargs, before.kw_defaults, after.kw_defaults, strict=True):
        if new is not None and ast.dump(old) != ast.dump(new):
            function.__kwdefaults__ = {**function.__kwdefaults__, name.arg: value(new)}


def _targets(owner: str) -> set[str]:
    return {n.id for n in ast.walk(ast.parse(owner.removesuffix(" ="))) if isinstance(n, ast.Name)}


def _constants(tree: ast.Module) -> Iterator[tuple[set[str], ast.stmt]]:
    """Yield the constants of a module: the names that are given a value, and where."""
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            yield {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}, node


def _change_constant(module: ModuleType, tree: ast.Module, mutant: Mutant) -> None:
    """Give a constant of a module its changed value."""
    names = _targets(mutant.owner)
    for found, node in _constants(tree):
        if found == names:
            _assign(module, names, node)


def _renew_constants(module: ModuleType, tree: ast.Module, name: str) -> None:
    """Make constants of a module anew that a changed function makes, directly or through others of the module."""
    own = {
        n: f
        for n, v in vars(module).items()
        if isinstance(f := plain(v), FunctionType) and f.__module__ == module.__name__
    }
    callers = {name}
    while more := {n for n, f in own.items() if callers & set(names_in(f.__code__))} - callers:
        callers |= more
    for names, node in _constants(tree):
        if callers & {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}:
            _assign(module, names, node)


def _assign(module: ModuleType, names: set[str], node: ast.stmt) -> None:
    """Carry out an assignment of a module, in every module that has what it assigned by the same name."""
    space = dict(vars(module))
    try:
        exec(compile(ast.Module([node], []), "constant", "exec", dont_inherit=True), space)
    except Exception as error:
        raise DoesNotLoad(f"{module.__name__}: {error}") from error
    old = {name: vars(module)[name] for name in names}
    for other in modules():
        for name in names:
            if vars(other).get(name, NotPlanted) is old[name]:
                setattr(other, name, space[name])


_ORIGINAL: list[Callable[..., Any]] = []


def remember_fits() -> None:
    """Let a fit of constants to the same numbers be made once: it is most of a start, and a function of them alone."""
    from sim.model import start

    original, kept = start.fit_constants, {}

    def fit_constants(*given: Any, **named: Any) -> Any:
        key = pickle.dumps((given, named))
        if key not in kept:
            kept[key] = original(*given, **named)
        found = kept[key]
        return type(found)(found.place.copy(), found.country.copy(), found.residual, found.iterations)

    _ORIGINAL.append(original)
    start.fit_constants = fit_constants


def _forget_fits() -> None:
    from sim.model import start

    start.fit_constants = _ORIGINAL[0]


KEPT = {("tests.twin.runs", "evidence"), ("tests.twin.runs", "world_named")}
"""What is remembered and rests on nothing that may be changed."""


@functools.cache
def _caches() -> tuple[Callable[[], None], ...]:
    """Return how to empty what functions of the project remember, this one and its like aside."""
    return tuple(
        value.cache_clear
        for module in modules()
        for name, value in vars(module).items()
        if callable(getattr(value, "cache_clear", None))
        and str(getattr(value, "__module__", "")).startswith(("sim.", "tests."))
        and not module.__name__.startswith("tests.mutants")
        and (module.__name__, name) not in KEPT
    )


def forget_caches() -> None:
    """Empty what functions of the project remember, so that a change is seen."""
    for clear in _caches():
        clear()
