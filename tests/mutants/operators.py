"""Which small changes a source allows: one operator, number, comparison, condition, bound or statement at a time.

Ready-made tools were looked at: cosmic-ray and mutmut write each change into a copy of the project and begin a new
Python for it, which here means ten seconds of imports and of loading compiled rules for a test of a tenth of a second,
and neither knows that a rule changed must not go on compiled. So the changes are made here, over ``ast``.

Texts, type hints, docstrings, declarations in classes and what only leads to a message are left alone.
"""

from __future__ import annotations

import ast
import copy
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

ARITHMETIC = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.MatMult: ast.Mult, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.BitXor: ast.BitAnd,
}  # fmt: skip
BOUNDARY = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
OPPOSITE = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
TWINS = (
    ("min", "max"), ("minimum", "maximum"), ("any", "all"), ("floor", "ceil"), ("zeros", "ones"), ("sum", "max"),
    ("argmin", "argmax"), ("zeros_like", "ones_like"), ("mean", "median"), ("nanmin", "nanmax"),
    ("cumsum", "cumprod"), ("exp", "ln"), ("log", "exp"),
)  # fmt: skip
NAMES = {one: other for one, other in TWINS} | {other: one for one, other in reversed(TWINS)}
Change = Callable[[], None]


@dataclass(frozen=True)
class Mutant:
    """One change: where, what kind, the text before and after; ``ordinal`` finds it again in the same source."""

    file: str
    owner: str  # qualified name of the function or method, or "name =" for a constant of the module
    kind: str
    old: str
    new: str
    line: int
    ordinal: int
    twin: int  # how many of the same text came before it in the same function

    @property
    def key(self) -> str:
        """A name that stays when lines move: file, function, kind and the texts."""
        parts = (self.file, self.owner, self.kind, self.old, self.new, str(self.twin))
        return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:12]


def _text(node: ast.AST) -> str:
    return ast.unparse(node)


Required = frozenset[tuple[str, str]]
"""(function, parameter) of parameters that have no default: without them nothing could be called."""


def required(sources: Iterable[str]) -> Required:
    """Return the parameters without default of all functions of some sources."""
    found = set()
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef):
                given = node.args
                bare = given.args[: len(given.args) - len(given.defaults)]
                bare += [a for a, d in zip(given.kwonlyargs, given.kw_defaults, strict=True) if d is None]
                found |= {(node.name, argument.arg) for argument in bare}
    return frozenset(found)


def _exprs(node: ast.expr, needed: Required) -> Iterator[tuple[str, ast.expr]]:
    """Yield (kind, other expression) for what may stand in the place of one expression."""
    if isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        if not any(isinstance(side, ast.Constant | ast.JoinedStr) and isinstance(getattr(side, "value", ""), str)
                   for side in (node.left, node.right)):  # fmt: skip
            yield "arithmetic", ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not | ast.Invert):
        yield "sign", node.operand
    elif isinstance(node, ast.Compare):
        for n, op in enumerate(node.ops):
            for kind, table in (("boundary", BOUNDARY), ("comparison", OPPOSITE)):
                if type(op) in table:
                    yield kind, ast.Compare(node.left, [*node.ops[:n], table[type(op)](), *node.ops[n + 1 :]],
                                            node.comparators)  # fmt: skip
    elif isinstance(node, ast.BoolOp):
        yield "boolean", ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield "constant", ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield "constant", ast.Constant(node.value + 1)
        yield "constant", ast.Constant(node.value - 1)
    elif isinstance(node, ast.Constant) and type(node.value) is float:
        yield "constant", ast.Constant(node.value * 2.0 if node.value else 1.0)
        if node.value:
            yield "constant", ast.Constant(0.0)
    elif isinstance(node, ast.IfExp):
        yield "branches", ast.IfExp(node.test, node.orelse, node.body)
    elif isinstance(node, ast.Call):
        yield from _calls(node, needed)


def _calls(node: ast.Call, needed: Required) -> Iterator[tuple[str, ast.expr]]:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name in NAMES:
        func = copy.deepcopy(node.func)
        setattr(func, "id" if isinstance(func, ast.Name) else "attr", NAMES[name])
        yield "function", ast.Call(func, node.args, node.keywords)
    if name == "range" and node.args and not node.keywords:
        at = 0 if len(node.args) == 1 else 1
        less = ast.BinOp(node.args[at], ast.Sub(), ast.Constant(1))
        yield "range", ast.Call(node.func, [*node.args[:at], less, *node.args[at + 1 :]], [])
    if name[:1].islower():  # those of classes say what a record holds
        for n, keyword in enumerate(node.keywords):
            if keyword.arg is not None and (name, keyword.arg) not in needed:
                yield "argument", ast.Call(node.func, node.args, [*node.keywords[:n], *node.keywords[n + 1 :]])


def _statements(node: ast.stmt) -> Iterator[tuple[str, ast.stmt]]:
    """Yield (kind, other statement) for what may stand in the place of one statement."""
    nothing = ast.Pass()
    called = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    written = isinstance(node, ast.Assign) and all(isinstance(t, ast.Subscript | ast.Attribute) for t in node.targets)
    if called or written or isinstance(node, ast.Continue | ast.Break):
        yield "statement", nothing
    elif isinstance(node, ast.AugAssign):
        yield "statement", nothing
        if type(node.op) in ARITHMETIC:
            yield "arithmetic", ast.AugAssign(node.target, ARITHMETIC[type(node.op)](), node.value)
    elif isinstance(node, ast.If):
        negated = ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
        if not isinstance(node.test, ast.Compare) or len(node.test.ops) > 1:  # else: the opposite comparison
            yield "condition", negated
    elif isinstance(node, ast.Return) and not (node.value is None or _text(node.value) == "None"):
        yield "return", ast.Return(ast.Constant(None))


_SKIPPED = (ast.JoinedStr, ast.Raise, ast.Import, ast.ImportFrom, ast.ClassDef, ast.Global, ast.Assert)


def _put(parent: ast.AST, field: str, n: int | None, other: ast.AST) -> None:
    """Put another node in the place of the one in a field, or of the n-th of a field."""
    old = getattr(parent, field) if n is None else getattr(parent, field)[n]
    ast.fix_missing_locations(ast.copy_location(other, old))
    if n is None:
        setattr(parent, field, other)
    else:
        getattr(parent, field)[n] = other


def _walk(node: ast.AST, module_level: bool, needed: Required) -> Iterator[tuple[str, ast.AST, ast.AST, Change]]:
    """Yield (kind, old, new, how to make it) for all changes below a node, in the order of the source."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "ctx", "type_comment"):
            continue
        items = value if isinstance(value, list) else [value]
        for n, child in enumerate(items):
            if not isinstance(child, ast.AST) or isinstance(child, _SKIPPED):
                continue
            if isinstance(child, ast.expr):
                found = _exprs(child, needed)
            elif isinstance(child, ast.stmt) and not module_level:
                found = _statements(child)
            else:
                found = iter(())
            for kind, other in found:
                yield kind, child, other, partial(_put, node, field, n if isinstance(value, list) else None, other)
            if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
                yield from _walk(child, module_level, needed)


def _owners(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Yield (qualified name, node) of functions, methods and constants of a module."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, ast.FunctionDef):
                    yield f"{node.name}.{part.name}", part
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            yield f"{_text(target)} =", node


def _changes(tree: ast.Module, needed: Required) -> Iterator[tuple[str, str, ast.AST, ast.AST, Change]]:
    for owner, node in _owners(tree):
        for kind, old, new, put in _walk(node, module_level=owner.endswith("="), needed=needed):
            yield owner, kind, old, new, put


def mutants_of(file: str, source: str, needed: Required = frozenset()) -> list[Mutant]:
    """Return all changes of one source, in order."""
    found: list[Mutant] = []
    seen: dict[tuple[str, ...], int] = {}
    for ordinal, (owner, kind, old, new, _) in enumerate(_changes(ast.parse(source), needed)):
        texts = (owner, kind, _short(old), _short(new) if not isinstance(new, ast.Pass) else "(nothing)")
        twin = seen[texts] = seen.get(texts, -1) + 1
        found.append(Mutant(file, *texts, getattr(old, "lineno", 0), ordinal, twin))
    return found


def _short(node: ast.AST) -> str:
    """Return the text of a node; of a statement with a body its first line."""
    return _text(node).partition("\n")[0]


def changed(source: str, ordinal: int, needed: Required = frozenset()) -> ast.Module:
    """Return the tree of a source with one change made."""
    tree = ast.parse(source)
    for n, (*_, put) in enumerate(_changes(tree, needed)):
        if n == ordinal:
            put()
            return tree
    raise IndexError(f"no change {ordinal}")
