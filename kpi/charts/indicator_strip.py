"""Draw the mean score of every readiness indicator as a table whose cells are coloured by their value.

The drawing is HTML, not Plotly: it mirrors by itself, wraps long names, and shows fewer rounds on a narrow screen.
"""

from datetime import date
from html import escape

from kpi.charts.chart import Table
from kpi.charts.coverage import Drawing
from kpi.charts.kept import made_once
from kpi.language import format_number, t
from kpi.periods import point_label
from kpi.queries.readiness import KINDS, BodyKind, Indicator, Readiness

STEPS = 5
NARROW_ROUNDS = 2
"""Rounds of each kind of body that a narrow screen shows: the latest ones."""
HEADINGS = {"entity": "entities", "governorate": "governorates"}

Column = tuple[BodyKind, date]


@made_once
def drawing(readiness: Readiness, *, language: str) -> Drawing:
    """Draw every indicator, the lowest of the latest round first, by kind of body and round."""
    columns = [(kind, month) for kind in KINDS for month in readiness.rounds_of(kind)]
    ordered = sorted(readiness.indicators, key=lambda one: _latest_mean(one, columns))
    is_weighted = len({one.weight for one in ordered}) > 1
    means = [mean for one in ordered for mean in one.means.values()]
    span = (min(means, default=0.0), max(means, default=0.0))
    narrow = {column for kind in KINDS for column in [one for one in columns if one[0] == kind][-NARROW_ROUNDS:]}
    rows = "".join(_row(one, columns, narrow, span, is_weighted, language) for one in ordered)
    caption = t("readiness.strip.caption", language)
    html = (
        f'<div class="kpi-scroll" tabindex="0" role="group" aria-label="{escape(caption)}">'
        f'<table class="kpi-heat-table"><caption class="kpi-hidden">{escape(caption)}</caption>'
        f"{_head(columns, narrow, is_weighted, language)}<tbody>{rows}</tbody></table></div>"
        f"{_narrow_note(columns, narrow, language)}"
    )
    notes = (t(f"readiness.strip.{'weighted' if is_weighted else 'equal'}", language),)
    return Drawing(html, caption, _table(ordered, columns, language), notes)


def _head(columns: list[Column], narrow: set[Column], is_weighted: bool, language: str) -> str:
    kinds = ""
    for kind in KINDS:
        of_kind = [column for column in columns if column[0] == kind]
        name = escape(t(f"readiness.{HEADINGS[kind]}", language))
        # A heading cannot span fewer columns on a phone: there is one for either width.
        for width, spanned in (("wide", len(of_kind)), ("narrow", len(narrow & set(of_kind)))):
            if spanned:
                kinds += f'<th scope="colgroup" colspan="{spanned}" class="kpi-kind kpi-only-{width}">{name}</th>'
    months = "".join(
        f'<th scope="col"{_wide(column, narrow)}>{escape(point_label(column[1], 1, language))}</th>'
        for column in columns
    )
    indicator = escape(t("readiness.strip.indicator", language))
    weight = f'<th scope="col" rowspan="2">{escape(t("readiness.strip.weight", language))}</th>' if is_weighted else ""
    first = f'<th scope="col" rowspan="2">{indicator}</th>{weight}'
    return f"<thead><tr>{first}{kinds}</tr><tr>{months}</tr></thead>"


def _row(
    one: Indicator,
    columns: list[Column],
    narrow: set[Column],
    span: tuple[float, float],
    is_weighted: bool,
    language: str,
) -> str:
    weight = f'<td class="kpi-digits">{format_number(one.weight, language, decimals=1)}</td>' if is_weighted else ""
    cells = ""
    for column in columns:
        mean = one.means.get(column)
        if mean is None:
            words = escape(t("readiness.strip.not_assessed", language))
            cells += f'<td{_wide(column, narrow)}><span title="{words}">–</span></td>'
        else:
            heat = f"kpi-heat-{_step(mean, span)}"
            cells += f"<td{_wide(column, narrow, heat)}>{format_number(mean, language, decimals=1)}</td>"
    name, bracket, remark = one.label(language).partition(" (")
    below = f'<small class="kpi-below">({escape(remark)}</small>' if bracket else ""
    return f'<tr><th scope="row">{escape(name)}{below}</th>{weight}{cells}</tr>'


def _wide(column: Column, narrow: set[Column], *classes: str) -> str:
    names = (*classes, *(() if column in narrow else ("kpi-only-wide",)))
    return f' class="{" ".join(names)}"' if names else ""


def _step(mean: float, span: tuple[float, float]) -> int:
    low, high = span
    return min(int(STEPS * (mean - low) / (high - low)), STEPS - 1) if high > low else STEPS // 2


def _latest_mean(one: Indicator, columns: list[Column]) -> float:
    """Return the mean by which indicators are put in order: that of entities, in their last round."""
    first_kind = [column for column in columns if column[0] == columns[0][0]]
    return one.means.get(first_kind[-1], 0.0)


def _narrow_note(columns: list[Column], narrow: set[Column], language: str) -> str:
    if len(narrow) == len(columns):
        return ""
    return f'<p class="kpi-note kpi-only-narrow">{escape(t("readiness.strip.phone", language))}</p>'


def _table(ordered: list[Indicator], columns: list[Column], language: str) -> Table:
    headers = tuple(
        f"{t(f'readiness.{HEADINGS[kind]}', language)}, {point_label(month, 1, language)}" for kind, month in columns
    )
    rows = tuple(
        (one.label(language), *(_written(one.means.get(column), language) for column in columns)) for one in ordered
    )
    return Table(t("readiness.indicators", language), (t("readiness.strip.indicator", language), *headers), rows)


def _written(mean: float | None, language: str) -> str:
    return t("readiness.strip.not_assessed", language) if mean is None else format_number(mean, language, decimals=1)
