"""How many rows kept for checking each forecast holds, how wide its intervals are, what it scores."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sim.analysis.validation.rows import CONSTANT, NO_SKILL, POSTERIOR, PRIOR, TREND, WORLDS

AIM = 0.70
NAMES = {
    POSTERIOR: "posterior", PRIOR: "prior", CONSTANT: "2013 held constant, no response", TREND: "linear trend, "
    "no response",
    f"{POSTERIOR}_sim": "posterior, simulation alone", f"{PRIOR}_sim": "prior, simulation alone",
}  # fmt: skip
COLUMNS = ("forecast", "name", "rows", "told", "inside", "share", "groups", "share_of_groups", "width", "score",
           "median_score", "common_rows", "common_inside", "common_score")  # fmt: skip


def tally_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return one line a forecast, over the counted rows of a :func:`sim.analysis.validation.rows.validation_table`.

    Returns:
        ``told``: rows that the forecast says anything about; a row it is silent on is not inside. ``share_of_groups``:
        each group of rows weighs one, its rows alike. ``width``, ``score``: means in spreads, over rows told.
        ``common_*``: over the rows that all forecasts say something about.
    """
    counted = table[table["counted"]]
    common = counted[f"{CONSTANT}_value"].notna() & counted[f"{TREND}_value"].notna()
    lines = []
    for forecast in NAMES:
        name, _, simulated = forecast.partition("_")
        end = "_sim" if simulated else ""
        inside = counted[f"{name}_inside{end}"].astype(bool)
        told = counted[f"{name}_value"].notna() if name in NO_SKILL else counted[f"{name}_n"] > 0
        width, score = (counted.loc[told, f"{name}_{what}{end}"].astype(float) for what in ("width", "score"))
        by_group = inside.groupby(counted["group"]).mean()
        lines.append(
            {
                "forecast": forecast, "name": NAMES[forecast], "rows": len(counted), "told": int(told.sum()),
                "inside": int(inside.sum()), "share": float(inside.mean()), "groups": len(by_group),
                "share_of_groups": float(by_group.mean()), "width": float(width.mean()), "score": float(score.mean()),
                "median_score": float(score.median()), "common_rows": int(common.sum()),
                "common_inside": int((inside & common).sum()), "common_score": float(score[common[told]].mean()),
            }
        )  # fmt: skip
    return pd.DataFrame(lines, columns=list(COLUMNS))


@dataclass(frozen=True)
class Aim:
    """Whether the aim is reached: at least ``AIM`` inside, and more than prior and both forecasts without skill.

    More than the latter on the rows that all speak of: where a forecast is silent it is not beaten.
    """

    enough: bool
    beaten: tuple[str, ...]
    not_beaten: tuple[str, ...]

    @property
    def reached(self) -> bool:
        """Whether both halves hold."""
        return self.enough and not self.not_beaten


def aim(tally: pd.DataFrame) -> Aim:
    """Read the aim off a :func:`tally_table`, by the interval of the published figure."""
    of, others = tally.set_index("forecast"), (PRIOR, *NO_SKILL)
    held = {name: of["inside" if name == PRIOR else "common_inside"] for name in others}
    beaten = tuple(name for name in others if held[name][POSTERIOR] > held[name][name])
    enough = bool(of["share"][POSTERIOR] >= AIM)
    return Aim(enough, beaten, tuple(name for name in others if name not in beaten))


def sentences(table: pd.DataFrame) -> list[str]:
    """Return the tally in words, the aim first."""
    tally = tally_table(table)
    of = {str(line["forecast"]): line for line in tally.to_dict("records")}
    found, fitted = aim(tally), of[POSTERIOR]

    def said(name: str) -> str:
        return f"{of[name]['inside']} ({_percent(of[name]['share'])})"

    verdict = "reached" if found.reached else "not reached"
    text = [
        f"Of {fitted['rows']} rows kept for checking that the model gives a number for, {said(POSTERIOR)} have the "
        f"published figure inside the 90% predictive interval of the posterior; the prior holds {said(PRIOR)}, 2013 "
        f"held constant {said(CONSTANT)}, the linear trend {said(TREND)}. The aim, at least {AIM:.0%} and more "
        f"than each of these (than the last two on the rows they speak of), is {verdict}."
    ]
    if not found.reached:
        halves = [] if found.enough else [f"fewer than {AIM:.0%} are inside"]
        halves += [f"no more than: {', '.join(NAMES[name] for name in found.not_beaten)}"] if found.not_beaten else []
        text[0] += f" What is missing: {'; '.join(halves)}."
    text.append(
        f"By the simulation alone, without discrepancy and tolerance, it is {said(f'{POSTERIOR}_sim')} of the "
        f"posterior and {said(f'{PRIOR}_sim')} of the prior; {int(_counted(table, 'overlap').sum())} published "
        "intervals overlap the simulated one of the posterior."
    )
    counted = table[table["counted"]]
    inside = {name: counted[f"{name}_inside"].astype(bool) for name in (*WORLDS, *NO_SKILL)}
    won = list(counted.loc[inside[POSTERIOR] & ~inside[PRIOR], "row"])
    lost = list(counted.loc[~inside[POSTERIOR] & inside[PRIOR], "row"])
    everybody = int(pd.concat(inside.values(), axis=1).all(axis=1).sum())
    text.append(
        f"Rows that the posterior holds and the prior does not: {', '.join(won) or 'none'}; the other way round: "
        f"{', '.join(lost) or 'none'}. {everybody} rows are held by all four and tell nothing."
    )
    text.append(
        f"With each of {fitted['groups']} groups of rows of one study or one rule weighing one, the posterior holds "
        f"{_percent(fitted['share_of_groups'])}, the prior {_percent(of[PRIOR]['share_of_groups'])}, the constant "
        f"{_percent(of[CONSTANT]['share_of_groups'])}, the trend {_percent(of[TREND]['share_of_groups'])}."
    )
    text.append(
        f"The forecasts without skill say nothing about {fitted['rows'] - fitted['common_rows']} of the rows; on the "
        f"{fitted['common_rows']} others the posterior holds {fitted['common_inside']}, the prior "
        f"{of[PRIOR]['common_inside']}, the constant {of[CONSTANT]['common_inside']}, the trend "
        f"{of[TREND]['common_inside']}."
    )
    text.append(
        f"Mean width, in standard deviations of the row: posterior {fitted['width']:.1f}, prior "
        f"{of[PRIOR]['width']:.1f}, without skill {of[CONSTANT]['width']:.1f}. Mean interval score on the rows that "
        f"all say something about, small is good: posterior {fitted['common_score']:.1f}, prior "
        f"{of[PRIOR]['common_score']:.1f}, constant {of[CONSTANT]['common_score']:.1f}, trend "
        f"{of[TREND]['common_score']:.1f}."
    )
    text += _named(counted, inside) + _in_part(counted)
    signs = table[table["asks_for_sign"] & (table["use"] == "validate")]
    if len(signs):
        right = {name: int((signs[f"{name}_right_sign"] > 0.5).sum()) for name in WORLDS}
        text.append(
            f"Of {len(signs)} rows that ask for a sign, most worlds of the posterior have it in {right[POSTERIOR]}, "
            f"of the prior in {right[PRIOR]}; they are in no other count."
        )
    return text


def _named(counted: pd.DataFrame, inside: dict[str, pd.Series[bool]]) -> list[str]:
    """Say which rows the source of a prior names, and what is held of the others."""
    unseen = counted["named"] == ""
    if unseen.all():
        return []
    listed = "; ".join(f"{row} by {who}" for row, who in counted.loc[~unseen, ["row", "named"]].itertuples(index=False))
    held = {name: int((holds & unseen).sum()) for name, holds in inside.items()}
    return [
        f"Sources of priors name {int((~unseen).sum())} of the rows, whose sign or order was therefore known: "
        f"{listed}. Of the {int(unseen.sum())} others the posterior holds {held[POSTERIOR]}, the prior {held[PRIOR]}, "
        f"the constant {held[CONSTANT]}, the trend {held[TREND]}."
    ]


def _in_part(counted: pd.DataFrame) -> list[str]:
    """Say which rows have no number in some worlds."""
    parts = []
    for name in WORLDS:
        numbers = counted[f"{name}_n"]
        few = counted[numbers < numbers.max()]
        listed = ", ".join(f"{row} ({number})" for row, number in few[["row", f"{name}_n"]].itertuples(index=False))
        parts += [f"{listed} of {numbers.max()} worlds of the {name}"] if len(few) else []
    return [f"Rows read in some worlds alone, the others giving no number: {'; '.join(parts)}."] if parts else []


def _counted(table: pd.DataFrame, part: str) -> pd.Series[bool]:
    return table[table["counted"]][f"{POSTERIOR}_{part}"].astype(bool)


def _percent(share: float) -> str:
    return f"{100.0 * share:.1f}%"
