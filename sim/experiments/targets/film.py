"""What a watched run leaves behind: firms and probe persons photographed every quarter, and readings of the quarter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sim.model.geography import Geography
from sim.model.tables import class_log_pay, class_shares
from sim.model.talents import SKILLS

ABSENT = 255  # place of a firm not founded yet


@dataclass(frozen=True)
class Firms:
    """Firms by quarter; F firms, Q + 1 moments (0 is the start, q is after q steps). Rows before founding: absent."""

    origin: np.ndarray  # (F,) place of founding
    founded: np.ndarray  # (F,) quarter; negative before the start
    raised: np.ndarray  # (F,) euro raised by the end
    hq: np.ndarray  # (Q + 1, F); closed and sold firms keep their last place
    status: np.ndarray  # (Q + 1, F); 0 before founding
    stage: np.ndarray  # (Q + 1, F) rounds so far
    accelerated: np.ndarray  # (Q + 1, F)
    lead: np.ndarray  # (Q + 1, F) place of the last round's lead
    last_foreign: np.ndarray  # (Q + 1, F) quarter of the last round led from abroad
    ops: np.ndarray  # (Q + 1, F) place of operations
    headcount: np.ndarray  # (Q + 1, F) all staff
    raised_keur: np.ndarray  # (Q + 1, F) raised so far, thousand euro
    jei: np.ndarray  # (F,) has the status of young innovative firm
    uid: np.ndarray  # (F,) the same firm has the same number in every run


@dataclass(frozen=True)
class Persons:
    """Probe persons by quarter; n persons. ``weight``: real talents that each stands for."""

    origin: np.ndarray  # (n,)
    skill: np.ndarray  # (n,)
    weight: np.ndarray  # (n,)
    place: np.ndarray  # (Q + 1, n)
    entry: np.ndarray  # (Q + 1, n) quarter of leaving school; a change is a new person
    pay: np.ndarray  # (Q + 1, n) gross pay, euro a year


@dataclass(frozen=True)
class Watch:
    """All that a watched run leaves behind."""

    geography: Geography
    firms: Firms
    persons: Persons | None
    series: pd.DataFrame
    flows: pd.DataFrame
    foreign_foundings: np.ndarray  # (Q,) foundings expected in France by foreigners living abroad
    reasons: pd.DataFrame
    births: np.ndarray  # (Q, P) foundings expected by place
    taxable: np.ndarray  # (Q, P) startups' profit that is taxed, euro, by place of operations
    profit_rate: np.ndarray  # (Q, P) rate of the tax on it


@dataclass
class Film:
    """Photographs so far."""

    firms: list[dict[str, np.ndarray]] = field(default_factory=list)
    persons: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)
    foreign_foundings: list[float] = field(default_factory=list)
    births: list[np.ndarray] = field(default_factory=list)
    taxable: list[np.ndarray] = field(default_factory=list)
    profit_rate: list[np.ndarray] = field(default_factory=list)

    def photograph(self, model: Any) -> None:
        """Add the firms and the probe persons of this moment."""
        firms = model.startups.data
        names = ("hq", "status", "stage", "accelerated", "lead", "last_foreign", "ops")
        self.firms.append(
            {name: firms[name].copy() for name in names}
            | {
                "headcount": firms["headcount"].astype(np.int32),
                "raised_keur": (firms["raised"] // 1000).astype(np.int32),
            }
        )
        people = {name: column[model.probes] for name, column in model.talents.data.items()}
        log_pay = class_log_pay(model.world)[people["skill"]] + people["log_ability"]
        pay = model.places.wage[people["place"]] * np.exp(log_pay)
        self.persons.append((people["place"].copy(), people["entry"].copy(), pay.astype(np.float32)))

    def read_taxes(self, model: Any) -> None:
        """Add the tax base of the quarter just ended."""
        base = model.tax_base
        taxed = base.profit + base.jei_profit * (1.0 - model.conditions.jei_profit_share)
        self.taxable.append(taxed * model.settings.startup_scale)
        self.profit_rate.append(model.conditions.profit_rate.copy())


def no_firms(firms: Firms) -> Firms:
    """Return firms of the same shape of moments without a single firm: photographs take much memory."""
    return Firms(**{name: getattr(firms, name)[..., :0] for name in Firms.__dataclass_fields__})


def firms_of(model: Any) -> Firms:
    """Return the firms of a watched model that has run."""
    data, film = model.startups.data, model.film.firms
    empty = {
        "hq": ABSENT,
        "status": 0,
        "stage": 0,
        "accelerated": 0,
        "lead": ABSENT,
        "last_foreign": -30_000,
        "ops": ABSENT,
        "headcount": 0,
        "raised_keur": 0,
    }
    frames: dict[str, np.ndarray] = {}
    for name, missing in empty.items():
        frames[name] = np.full((len(film), len(data["hq"])), missing, film[0][name].dtype)
        for moment, photograph in enumerate(film):
            frames[name][moment, : len(photograph[name])] = photograph[name]
    return Firms(
        data["origin"].copy(),
        data["founded"].copy(),
        data["raised"].copy(),
        jei=data["jei"].copy(),
        uid=data["uid"].copy(),
        **frames,
    )


def persons_of(model: Any) -> Persons:
    """Return the probe persons of a watched model that has run."""
    data, film = model.talents.data, model.film.persons
    skill = data["skill"][model.probes]
    real = model.settings.talent_scale * float(np.sum(data["counts"])) * class_shares(model.world)
    weight = (real / np.maximum(np.bincount(skill, minlength=len(SKILLS)), 1))[skill]
    place, entry, pay = (np.array([moment[part] for moment in film]) for part in range(3))
    return Persons(data["origin"][model.probes].copy(), skill.copy(), weight, place, entry, pay)
