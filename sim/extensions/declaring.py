"""What an extension declares, checked as it is declared: a wrong piece is one sentence at once, not a failed run."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sim.errors import InputError, nearest
from sim.names import NAME

if TYPE_CHECKING:
    from sim.analysis.outcomes.registry import Better, Measure, Outcome
    from sim.model.levers import Lever
    from sim.model.processes import Process

# The quarter of sim.model.flight, spelt out so that no command has to load the model; a test compares the two.
PROCESSES = (
    "apply_policies", "act_cities", "update_places", "found_startups", "fund_startups", "grow_startups",
    "relocate_startups", "migrate_talents", "close_startups", "renew_talents",
)  # fmt: skip
# Columns of the tables of runs; an outcome of such a name would hide one.
KEYS = ("run", "scenario", "world", "replicate", "id", "draw", "world_id")
# Under these names the spending of cities stands among the costs of levers; the accounts set it apart.
OF_CITIES = ("cities", "rival_cities")
MOST_LEVERS = 16  # bits of the column that says who received what; tests compare these three with the model
RECORD = "record"  # under this name the model times what follows the processes
LEVER_FACTS = {"key": str, "title": str, "provenance": str, "moves": tuple, "payer": str}
BETTER = ("higher", "lower", "none")
TABLES = ("geography.csv", "places.csv", "capital.csv", "parameters.toml")

LeverClass = TypeVar("LeverClass", bound="type[Lever]")
ProcessFunction = TypeVar("ProcessFunction", bound="Process")


@dataclass(frozen=True)
class Step:
    """One process of an extension and where it stands in the quarter; without a place, last."""

    process: Process
    before: str | None
    replaces: str | None


class Extension:
    """A named set of pieces. A file of an extension makes one and adds to it with the methods, as decorators.

    Args:
        name: small letters, digits and _; it stands in manifests and messages.

    Raises:
        InputError: here and in every method, one sentence for a piece that is not fit.
    """

    def __init__(self, name: str) -> None:
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise InputError(f"Extension({name!r}): allowed is a name of small letters, digits and _.")
        self.name = name
        self.levers: dict[str, type[Lever]] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.steps: list[Step] = []
        self.folder: Path | None = None

    def __repr__(self) -> str:
        return f"Extension({self.name!r})"

    def lever(self, kind: LeverClass) -> LeverClass:
        """Add a lever: a subclass of :class:`sim.model.levers.Lever` with its facts, ``apply`` and ``charges``.

        Its scenario table is ``[levers.<key>]``. It acts after the levers of the model.
        """
        from sim.extensions.checked import check_answers
        from sim.extensions.fields import field_problems
        from sim.model.levers import Lever

        if not (isinstance(kind, type) and issubclass(kind, Lever)):
            raise InputError(f"lever {_name(kind)}: allowed is a subclass of sim.model.levers.Lever.")
        for fact, of in LEVER_FACTS.items():
            if fact in vars(kind)["__pydantic_fields__"]:
                told = f"a field of scenarios; write {fact}: ClassVar[{of.__name__}] = ..."
                raise InputError(f"lever {kind.__name__}: {fact}: found {told}")
            value = getattr(kind, fact, None)
            if not isinstance(value, of) or not value:
                wanted = 'a tuple of names such as ("office_rent_factor",)' if of is tuple else "a text"
                raise InputError(f"lever {kind.__name__}: {fact}: found {value!r}, allowed is {wanted}.")
        key = kind.key
        if not NAME.fullmatch(key):
            raise InputError(f"lever {kind.__name__}: key: found '{key}', allowed are small letters, digits and _.")
        if key in OF_CITIES:
            raise InputError(f"lever '{key}': under this name stands what cities spend; give it another.")
        if key in self.levers:
            raise InputError(f"lever '{key}': added twice.")
        if missing := sorted(getattr(kind, "__abstractmethods__", ())):
            raise InputError(f"lever '{key}': {', '.join(missing)}: missing; every lever has apply and charges.")
        _takes(kind.apply, ("self", "conditions", "model"), f"lever '{key}': apply")
        _takes(kind.charges, ("self", "model"), f"lever '{key}': charges")
        _takes(kind.reach, ("self", "model"), f"lever '{key}': reach")
        for quantity in kind.moves:
            known = _quantities()
            if quantity not in known:
                hint = nearest(str(quantity), known) or "; docs/ODD.md lists them."
                raise InputError(f"lever '{key}': moves: no named quantity '{quantity}'{hint}")
        if wrong := field_problems(kind):
            raise InputError([f"lever '{key}': {problem}" for problem in wrong])
        check_answers(kind)
        self.levers[key] = kind
        return kind

    def outcome(
        self, name: str, label: str, unit: str, better: Better = "none", description: str = ""
    ) -> Callable[[Measure], Measure]:
        """Add an outcome: the decorated function takes a :class:`sim.analysis.run_record.RunRecord`, gives a number.

        Args:
            name: of its column in ``runs.parquet``.
            label: what tables call it.
            unit: of its values.
            better: ``"higher"``, ``"lower"`` or ``"none"``.
            description: what it counts; by default the first line of the function's docstring.
        """
        from sim.analysis.outcomes.registry import Outcome
        from sim.extensions.checked import checked_measure

        where = f"outcome '{name}'"
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise InputError(f"{where}: allowed is a name of small letters, digits and _.")
        if name in KEYS or name in self.outcomes:
            taken = "added twice" if name in self.outcomes else "a column of every table of runs has this name"
            raise InputError(f"{where}: {taken}.")
        if better not in BETTER:
            raise InputError(f"{where}: better: found {better!r}, allowed are {', '.join(BETTER)}.")
        for what, text in (("label", label), ("unit", unit)):
            if not isinstance(text, str) or not text.strip():
                raise InputError(f"{where}: {what}: found {text!r}, allowed is a text.")

        def register(measure: Measure) -> Measure:
            _takes(measure, ("run",), where)
            said = description or (inspect.getdoc(measure) or "").partition("\n")[0]
            if not said:
                raise InputError(f"{where}: description: missing; say what it counts, there or in a docstring.")
            self.outcomes[name] = Outcome(name, label, unit, better, said, checked_measure(name, measure))
            return measure

        return register

    def process(
        self, process: ProcessFunction | None = None, *, before: str | None = None, replaces: str | None = None
    ) -> Any:
        """Add a process: a function of the model, called once a quarter, before another one, in its place, or last.

        With or without arguments: ``@extension.process`` or ``@extension.process(before="found_startups")``. A process
        that draws luck takes it from :func:`sim.model.randomness.uniforms`, with a purpose from 100 to 255.
        """
        for word, other in (("before", before), ("replaces", replaces)):
            if other is not None and other not in PROCESSES:
                hint = nearest(other, PROCESSES) or f", allowed are {', '.join(PROCESSES)}."
                raise InputError(f"process: {word}: no process '{other}'{hint}")
        if before is not None and replaces is not None:
            raise InputError("process: found both before and replaces, allowed is one of them.")

        def register(function: ProcessFunction) -> ProcessFunction:
            name = process_name(function)
            _takes(function, ("model",), f"process '{name}'")
            if name in [process_name(step.process) for step in self.steps]:
                raise InputError(f"process '{name}': added twice.")
            if name == RECORD or (name in PROCESSES and name != replaces):
                raise InputError(f"process '{name}': the model has a process of this name; give it another.")
            self.steps.append(Step(function, before, replaces))
            return function

        return register if process is None else register(process)

    def evidence(self, folder: str | Path) -> None:
        """Add places, figures and parameters: a folder with some of the evidence's tables, in the same form.

        ``geography.csv`` adds places; rows of ``places.csv`` and ``capital.csv`` give their figures, or replace a
        figure that there is; ``parameters.toml`` adds parameters.
        """
        path = Path(folder).absolute()  # the program may go elsewhere
        if self.folder is not None:
            raise InputError(f"evidence: '{self.name}' has one folder already, {self.folder.name}.")
        if not path.is_dir():
            raise InputError(f"evidence: '{folder}' is no folder; write Path(__file__).parent / \"{path.name}\".")
        if not any((path / name).is_file() for name in TABLES):
            raise InputError(f"evidence: '{path.name}' holds none of {', '.join(TABLES)}.")
        self.folder = path


def _takes(function: object, names: tuple[str, ...], where: str) -> None:
    """Refuse what cannot be called with so many arguments."""
    if not callable(function):
        raise InputError(f"{where}: found {type(function).__name__}, allowed is a function.")
    try:
        inspect.signature(function).bind(*names)
    except TypeError:
        found = inspect.signature(function)
        raise InputError(f"{where}: found the arguments {found}, allowed are ({', '.join(names)}).") from None
    except ValueError:  # written in C: it will say itself
        return


def process_name(process: object) -> str:
    """Return the name under which the model times a process; of a partial function the name of its function."""
    return _name(process.func if isinstance(process, partial) else process)


def _name(thing: object) -> str:
    return str(getattr(thing, "__name__", type(thing).__name__))


def _quantities() -> list[str]:
    from sim.model.conditions import Conditions

    return [field.name for field in dataclasses.fields(Conditions)]
