"""Say what changed since the last publication, calmly: mostly nothing did."""

from html import escape

from kpi.catalogue import Kpi
from kpi.charts.chart import Table
from kpi.language import format_change, format_duration, format_moment, format_points, format_value, plural, t
from kpi.periods import point_label
from kpi.queries.previous_build import BuildComparison, ChangedValue
from kpi.rounding import MINUS, rounded
from kpi.web.screens.quality import month_list
from kpi.web.tables import folded_table_html, table_html

VALUES_SHOWN = 12
_PERCENT_DECIMALS, _TINY_POINTS = 2, 0.01


def previous_build_html(comparison: BuildComparison | None, language: str) -> str:
    """Return one sentence on what changed and, where published values did, the values side by side."""
    lead = f'<p class="kpi-lead">{escape(_sentence(comparison, language))}</p>'
    if comparison is None or not comparison.restated:
        return lead
    shown = table_html(_table(comparison.restated[:VALUES_SHOWN], language), stacked=True)
    every = ""
    if len(comparison.restated) > VALUES_SHOWN:
        every = folded_table_html(_table(comparison.restated, language), t("quality.builds.show_all", language))
    return f'{lead}<div class="kpi-sheet">{shown}{every}</div>'


def _sentence(comparison: BuildComparison | None, language: str) -> str:
    if comparison is None:
        return t("quality.builds.first", language)
    if not comparison.comparable:
        return t("quality.builds.not_comparable", language, build=comparison.build_id)
    moment = format_moment(comparison.built_at, language)
    added = month_list(comparison.new_months, language)
    if comparison.restated:
        changed = plural("quality.builds.restated", len(comparison.restated), language, moment=moment)
        return f"{changed} {t('quality.builds.added_also', language, months=added)}" if added else changed
    if added:
        return t("quality.builds.added", language, months=added, moment=moment)
    return t("quality.builds.same", language, period=comparison.period.label(language), moment=moment)


def _table(values: tuple[ChangedValue, ...], language: str) -> Table:
    names = ("indicator", "month", "before", "after", "difference")
    headers = tuple(t(f"quality.builds.{name}", language) for name in names)
    return Table(t("quality.builds.caption", language), headers, tuple(_row(value, language) for value in values))


def _row(value: ChangedValue, language: str) -> tuple[str, ...]:
    kpi = value.kpi
    before, after = (format_value(one, kpi.unit, language, _decimals(kpi)) for one in (value.before, value.after))
    return kpi.name(language), point_label(value.month, 1, language), before, after, _difference(value, language)


def _decimals(kpi: Kpi) -> int:
    return _PERCENT_DECIMALS if kpi.unit == "percent" else kpi.decimals


def _difference(value: ChangedValue, language: str) -> str:
    if value.before is None or value.after is None:
        return ""
    if value.kpi.unit == "minutes":
        moved = value.after - value.before
        return f"{'+' if moved > 0 else MINUS} {format_duration(abs(moved), language)}"
    # Of the figures as they stand beside it: a reader subtracts them.
    before, after = (rounded(one, _decimals(value.kpi)) for one in (value.before, value.after))
    moved = float(after - before)
    if value.kpi.unit == "percent":
        if not moved:
            return t("quality.builds.tiny", language, change=t("number.points", language, value=_TINY_POINTS))
        return format_points(moved, language, decimals=_PERCENT_DECIMALS)
    return format_change(moved, "number", language, decimals=value.kpi.decimals)
