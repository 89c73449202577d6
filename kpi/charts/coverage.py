"""Draw who sent which month: one row per entity, one cell per month, each state with a sign of its own.

The drawing is HTML, not Plotly: it mirrors by itself, wraps long names, and shows fewer months on a narrow screen.
"""

from dataclasses import dataclass
from datetime import date
from html import escape

from kpi.charts.chart import Table
from kpi.charts.kept import made_once
from kpi.language import plural, t, with_digits
from kpi.periods import point_label
from kpi.queries.entity_months import SENT, STATUSES, CoverageMap, EntityMonths

NARROW_MONTHS = 12
"""Months that a narrow screen shows: the latest ones."""
_YEAR_NEEDS = 3  # columns, so that two years never touch


@dataclass(frozen=True)
class Drawing:
    """Pair an HTML drawing with its description, its figures in a table, and the notes that a reader must not miss."""

    html: str
    alt: str
    table: Table
    notes: tuple[str, ...] = ()


@made_once
def drawing(coverage: CoverageMap, *, language: str) -> Drawing:
    """Draw the shown months of every entity, those with gaps first."""
    months = coverage.shown.points(1)
    alt = _alt(coverage, language)
    rows = "".join(_row(entity, months, coverage, language) for entity in coverage.entities)
    grid = f"{_head(coverage, months, language)}{rows}"
    html = (
        f'<div class="kpi-coverage" role="img" aria-label="{escape(alt)}">{grid}</div>'
        f"{_legend(coverage, language)}{_narrow_note(coverage, language)}"
    )
    return Drawing(html, alt, table(coverage, language), (t("quality.map.note_period", language),))


def table(coverage: CoverageMap, language: str) -> Table:
    """Return every entity with its months in words, the latest month first."""
    months = coverage.shown.points(1)[::-1]
    headers = (t("quality.map.entity", language), t("quality.map.received", language))
    headers += tuple(point_label(month, 1, language) for month in months)
    rows = []
    for entity in coverage.entities:
        by_month = {one.month: one.status for one in entity.months}
        words = tuple(_word(by_month.get(month, "not_expected"), language) for month in months)
        sent = sum(by_month.get(month) in SENT for month in months)
        received = t("quality.map.of", language, part=sent, whole=entity.expected(coverage.shown))
        rows.append((entity.entity.label(language), received, *words))
    return Table(t("quality.map.caption", language), headers, tuple(rows))


def _head(coverage: CoverageMap, months: tuple[date, ...], language: str) -> str:
    cells = "".join(
        f'<span class="{_classes(_month_kind(month, coverage), index, len(months))}">'
        f"{with_digits(str(month.month), language)}{with_digits(_year(month, index, len(months)), language)}</span>"
        for index, month in enumerate(months)
    )
    return f'<div class="kpi-row kpi-months"><span class="kpi-entity"></span>{cells}</div>'


def _month_kind(month: date, coverage: CoverageMap) -> str:
    return "kpi-month kpi-chosen" if month in coverage.period else "kpi-month"


def _year(month: date, index: int, count: int) -> str:
    """Write the year at January and at the first month shown, unless the next January is too near for both."""
    until_january = 13 - month.month
    first_narrow = max(count - NARROW_MONTHS, 0)
    if month.month == 1:
        return f"<b>{month.year}</b>"
    if until_january < _YEAR_NEEDS:
        return ""
    if index == 0:
        return f"<b>{month.year}</b>"
    return f'<b class="kpi-narrow">{month.year}</b>' if index == first_narrow else ""


def _row(entity: EntityMonths, months: tuple[date, ...], coverage: CoverageMap, language: str) -> str:
    by_month = {one.month: one.status for one in entity.months}
    cells = []
    for index, month in enumerate(months):
        status = by_month.get(month, "not_expected")
        words = escape(_cell(month, status, language))
        cells.append(f'<i class="{_classes(f"kpi-{status}", index, len(months))}" title="{words}"></i>')
    gap = " kpi-lacks" if entity.with_status("missing", coverage.period) else ""
    name = escape(entity.entity.label(language))
    return f'<div class="kpi-row{gap}"><span class="kpi-entity"><span>{name}</span></span>{"".join(cells)}</div>'


def _classes(kind: str, index: int, count: int) -> str:
    return f"{kind} kpi-wide" if index < count - NARROW_MONTHS else kind


def _cell(month: date, status: str, language: str) -> str:
    return t("quality.map.cell", language, month=point_label(month, 1, language), status=_word(status, language))


def _word(status: str, language: str) -> str:
    return t(f"quality.status.{status}", language)


def _legend(coverage: CoverageMap, language: str) -> str:
    """Explain the signs that occur."""
    used = {one.status for entity in coverage.entities for one in entity.months if one.month in coverage.shown}
    items = "".join(
        f'<li><i class="kpi-{status}"></i>{escape(_word(status, language))}</li>'
        for status in STATUSES
        if status in used | {"reported", "missing"}
    )
    return f'<ul class="kpi-legend">{items}</ul>'


def _alt(coverage: CoverageMap, language: str) -> str:
    return t(
        "quality.map.alt",
        language,
        entities=plural("count.entities", len(coverage.entities), language),
        period=coverage.period.label(language, coverage.months_per_report),
        reported=coverage.count("reported") + coverage.count("late"),
        expected=coverage.expected_months,
        missing=coverage.count("missing"),
    )


def _narrow_note(coverage: CoverageMap, language: str) -> str:
    if coverage.shown.months <= NARROW_MONTHS:
        return ""
    return f'<p class="kpi-note kpi-narrow">{escape(t("quality.map.note_phone", language))}</p>'
