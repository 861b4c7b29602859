"""Headline numbers of up to four policies side by side, with intervals, as a table that needs nothing loaded."""

from __future__ import annotations

import math
from collections.abc import Sequence
from urllib.parse import quote

from markupsafe import Markup

from sim.dashboard.answers import Answer
from sim.dashboard.scenario_text import policy_title
from sim.report.catalogue import Words
from sim.report.names import outcome_label, outcome_unit
from sim.report.sections.effect_cells import effect_entry
from sim.report.sentences import Effect

OUTCOMES = (
    "startup_departures", "startup_flight_rate", "startups_in_france", "talents_french_in_france",
    "talent_net_flight_rate", "startup_jobs", "public_cost", "net_public_balance",
)  # fmt: skip
WIDTH, HEIGHT, EDGE = 130.0, 18.0, 8.0
"""Of an interval's drawing, in pixels."""
COLOURS = {"favourable": "#0072B2", "unfavourable": "#B34700", "cost": "#222222", "neutral": "#5F5F5F"}
SIGNS = {"favourable": "✓", "unfavourable": "✗"}
STYLE = Markup(
    "<style>.tf-wide{container-type:inline-size;overflow-x:auto}.tf th small{font-weight:400}"
    ".tf td{min-width:5rem}.tf tbody th{min-width:9rem}"
    ".tf{border-collapse:collapse;width:100%;font-size:.92rem}"
    ".tf th,.tf td{padding:.4rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid #d9d9d9}"
    ".tf small,.tf i{color:#555;font-style:normal;font-size:.82rem}.tf em{font-size:.82rem;color:#555}"
    ".tf td b{font-size:1.05rem;white-space:nowrap}.tf td i{white-space:nowrap}"
    ".tf img{display:block;margin-top:.2rem;width:100%;height:auto;max-width:170px}"
    ".tf .badge{display:inline-block;border:1px solid #888;border-radius:.3rem;padding:0 .35rem;font-size:.78rem;"
    "font-weight:600}.tf .estimate{border-style:dashed;background:#fff7e0}"
    # Where the columns would not fit side by side: what a row is about stands above its cells, which share the width.
    "@container (max-width:46rem){.tf,.tf thead,.tf tbody{display:block}"
    ".tf tr{display:grid;grid-template-columns:repeat(var(--cells),minmax(0,1fr));border-bottom:1px solid #d9d9d9}"
    ".tf th,.tf td,.tf tbody th{min-width:0;border:0;padding:.3rem .25rem;overflow-wrap:anywhere}"
    ".tf .lead{grid-column:1/-1;padding-bottom:0}.tf .lead br{display:none}"
    ".tf td.lead::before{content:attr(data-label)' '}"
    ".tf thead .lead{position:absolute;clip-path:inset(50%)}"
    ".tf td b{font-size:.98rem}.tf td i{white-space:normal}.tf .badge{white-space:normal;font-size:.72rem}}"
    "@container (max-width:26rem){.tf em{font-size:.68rem}.tf td i{font-size:.76rem}}</style>"
)
"""Of every table on the page. Its elements name their roles: laid out as a grid, they lose those they have."""


def headline_table(answers: Sequence[Answer], worlds: int, words: Words) -> Markup:
    """The table as HTML.

    Args:
        answers: one a policy.
        worlds: that the live run was asked for.
        words: the catalogue.
    """
    told = [answer for answer in answers if answer.effects]
    head = Markup("").join(_heading(answer, worlds, words) for answer in told)
    rows = Markup("").join(_row(outcome, told, words) for outcome in OUTCOMES)
    lead = Markup('<th scope="col" role="columnheader" class="lead">{}</th>')
    first = lead.format(words("dashboard.outcome")) + lead.format(words("dashboard.level"))
    return STYLE + table_of(words("dashboard.views.headlines"), first + head, rows, len(told))


def table_of(label: str, head: Markup, rows: Markup, cells: int) -> Markup:
    """A table that fits any width.

    Args:
        label: its name.
        head: header cells; those of class ``lead`` say what a row is about.
        rows: of the body.
        cells: how many of a row stand side by side, those of class ``lead`` left out.
    """
    return Markup(
        '<div class="tf-wide" tabindex="0" role="region" aria-label="{}"><table class="tf" role="table" '
        'style="--cells:{}"><thead role="rowgroup"><tr role="row">{}</tr></thead>'
        '<tbody role="rowgroup">{}</tbody></table></div>'
    ).format(label, max(cells, 1), head, rows)


def origin_text(answer: Answer, worlds: int, words: Words) -> str:
    """Where the numbers of a policy come from, in a few words."""
    if answer.origin == "whole":
        return words("dashboard.live_whole", n=answer.worlds)
    live = words("dashboard.live_partial", n=answer.worlds, worlds=worlds) if answer.worlds else ""
    return live if answer.origin == "partial" else words("dashboard.estimate")


def live_text(answer: Answer, worlds: int, words: Words) -> str:
    """How far the live run is that stands beside an estimate; empty without one."""
    if answer.origin != "estimate" or not answer.worlds:
        return ""
    return words("dashboard.live_partial", n=answer.worlds, worlds=worlds)


def _heading(answer: Answer, worlds: int, words: Words) -> Markup:
    beside = live_text(answer, worlds, words)
    live = Markup(' <span class="badge partial">{}</span>').format(beside) if beside else ""
    heading = '<th scope="col" role="columnheader">{}<br><small>{}</small><br><span class="badge {}">{}</span>{}</th>'
    return Markup(heading).format(
        words("dashboard.policy", letter=answer.letter), policy_title(answer.policy), answer.origin,
        origin_text(answer, worlds, words), live,
    )  # fmt: skip


def _row(outcome: str, told: Sequence[Answer], words: Words) -> Markup:
    effects = [answer.effects.get(outcome) for answer in told]
    known = [effect for effect in effects if effect is not None]
    if not known:
        return Markup("")
    ends = [0.0, *(end for effect in known for end in _ends(effect))]
    reach = (min(ends), max(ends))
    label = outcome_label(outcome, known[0].label, words)
    unit = outcome_unit(outcome, known[0].unit, words)
    level = next((answer.levels[outcome] for answer in told if outcome in answer.levels), math.nan)
    cells = Markup("").join(
        _cell(effect, answer.so_far.get(outcome), reach, words) for effect, answer in zip(effects, told, strict=True)
    )
    shown = words.numbers.plain(float(f"{level:.4g}")) if math.isfinite(level) else "–"
    return Markup(
        '<tr role="row"><th scope="row" role="rowheader" class="lead">{}<br> <small>{}</small></th>'
        '<td role="cell" class="lead" data-label="{}">{}</td>{}</tr>'
    ).format(label, unit, words("dashboard.level"), shown, cells)


def _ends(effect: Effect) -> list[float]:
    return [value for value in (effect.difference, effect.low, effect.high) if math.isfinite(value)]


def _cell(effect: Effect | None, so_far: Effect | None, reach: tuple[float, float], words: Words) -> Markup:
    if effect is None:
        return Markup('<td role="cell">–</td>')
    entry = effect_entry(effect, words)
    colour = COLOURS.get(entry.favour, COLOURS["neutral"])
    sign = SIGNS.get(entry.favour, "")
    parts = [Markup('<b style="color:{}">{}</b>{}').format(colour, entry.text, f" {sign}" if sign else "")]
    if entry.interval:
        parts.append(Markup("<br><i>{}</i>").format(entry.interval))
    if entry.remark:
        parts.append(Markup("<br><em>{}</em>").format(entry.remark))
    parts.append(_drawing(effect, reach, colour))
    if so_far is not None:
        value = words.numbers.estimate(so_far.difference, so_far.low, so_far.high, signed=True)[0]
        parts.append(Markup("<em>{}</em>").format(words("dashboard.so_far", value=value)))
    return Markup('<td role="cell">{}</td>').format(Markup("").join(parts))


def _drawing(effect: Effect, reach: tuple[float, float], colour: str) -> Markup:
    """A dot and a line on the scale of the row; hollow where the interval contains zero or is not known."""
    low, high = reach
    if not low < high:
        return Markup("")

    def x(value: float) -> str:
        return f"{EDGE + (WIDTH - 2 * EDGE) * (value - low) / (high - low):.1f}"

    middle = HEIGHT / 2
    line = ""
    if math.isfinite(effect.low) and math.isfinite(effect.high):
        ends = f'x1="{x(effect.low)}" x2="{x(effect.high)}" y1="{middle}" y2="{middle}"'
        line = f'<line {ends} stroke="{colour}" stroke-width="2"/>'
    fill = colour if effect.verdict in ("up", "down") else "#ffffff"
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}">'
        f'<line x1="{x(0.0)}" x2="{x(0.0)}" y1="1" y2="{HEIGHT - 1:g}" stroke="#999"/>{line}'
        f'<circle cx="{x(effect.difference)}" cy="{middle}" r="4" fill="{fill}" stroke="{colour}" stroke-width="1.5"/>'
        "</svg>"
    )
    # As an image: what cleans HTML on its way to the browser takes drawings out.
    return Markup('<img alt="" width="{:g}" height="{:g}" src="data:image/svg+xml,{}">').format(
        WIDTH, HEIGHT, quote(drawing)
    )
