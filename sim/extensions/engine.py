"""The model with the extensions that are switched on, as the runner wants it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sim.experiments.engine import ModelEngine
from sim.extensions.active import (
    Pair,
    activate,
    active,
    digest_with,
    extensions,
    switched_on,
    using,
    when_changed,
)
from sim.extensions.loading import Source

if TYPE_CHECKING:
    from sim.evidence import Evidence
    from sim.model.flight import FlightModel
    from sim.scenario import Scenario
    from sim.settings import Settings
    from sim.world import World


@dataclass(frozen=True)
class ExtendedEngine(ModelEngine):
    """The model with extensions. It switches them on wherever it is unpickled, so a worker process has them, too."""

    sources: tuple[Source, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.sources,)

    def code_digest(self) -> str:
        """Return a digest of all sources of the model and of the extensions: no run of one is taken for another's."""
        return digest_with(super().code_digest(), self.sources)

    def simulate(
        self, scenario: Scenario, world: World, evidence: Evidence, start: Any, settings: Settings,
        seed: int, draw: int, replicate: int,
    ) -> Any:  # fmt: skip
        """Run the model, with the processes of the extensions, from the start of its world to the horizon."""
        from sim.model.adapter import empty, forget
        from sim.model.randomness import run_seed

        model = model_class()(
            tuple(scenario.levers), world, evidence, start, settings, run_seed(seed, draw, replicate),
            scenario.rivals_respond,
        )  # fmt: skip
        try:
            for _ in range(settings.quarters):
                model.step()
            records = model.records()
            empty(model)
            return records
        finally:
            forget(model)


def current_engine() -> ModelEngine:
    """Return what makes runs in this process: the model as it is, or with the extensions that are switched on."""
    from sim.analysis.foreign_outcomes import forget

    forget()
    return ExtendedEngine(active()) if active() else ModelEngine()


@lru_cache(maxsize=1)
def model_class() -> type[FlightModel]:
    """Return the class of the model whose quarter holds the processes of the extensions.

    Its models have the extensions on, and no others, while they step, whatever else is on in the process.
    """
    from sim.model.flight import FlightModel
    from sim.model.processes import added, replaced

    processes = FlightModel.processes
    steps = [step for extension in extensions() for step in extension.steps]
    for step in sorted(steps, key=lambda step: step.replaces is not None):  # first those that stand before another
        if step.replaces is not None:
            processes = replaced(processes, step.replaces, step.process)
        else:
            processes = added(processes, step.process, before=step.before)
    if not active():
        return FlightModel
    on = switched_on()

    def quarter(self: FlightModel) -> None:
        """Advance one quarter with the extensions with which the model was made."""
        with using(on):
            FlightModel.step(self)

    names = ", ".join(source.name for source in active())
    words = {
        "processes": processes, "step": quarter, "switched_on": on, "__module__": __name__,
        "__doc__": f"The model with the extensions {names}.",
    }  # fmt: skip
    return type("ExtendedModel", (FlightModel,), words)


def extensions_of(model: FlightModel) -> tuple[Pair, ...]:
    """Return the extensions with which a model was made; those that are on if it was made without any."""
    return getattr(model, "switched_on", switched_on())


when_changed(model_class.cache_clear)


def _again(sources: tuple[Source, ...]) -> ExtendedEngine:
    """Switch extensions on in this process and return the engine.

    Raises:
        InputError: if one cannot be loaded, or is not what it was.
    """
    for source in sources:
        activate(source.path or source.asked, digest=source.digest, code=source.code)
    return ExtendedEngine(sources)
