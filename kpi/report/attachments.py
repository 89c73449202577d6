"""The data behind each figure of a document as CSV, attached to the PDF: exact values, no words of a language."""

import csv
import io
from collections.abc import Iterable, Sequence

from kpi.queries.results import Headline, Series
from kpi.queries.told import Told
from kpi.report.content import TOPIC, Content
from kpi.report.scope import Scope

_PRECISION = 6


def attachments(content: Content, scope: Scope) -> list[dict[str, str]]:
    """Return the files: name, description and text."""
    book = content.book
    kpis = [kpi for kpi in book.kpis.values() if scope.kind in kpi.scopes]
    files = {
        "indicators.csv": ("Every indicator of the document", _indicators(
            [book.headline(kpi.id, scope.kind, scope.group) for kpi in kpis])),
        "trends.csv": ("Every drawn series, point by point", _trends(
            [book.series(kpi.id, scope.kind, scope.group) for kpi in kpis])),
    }  # fmt: skip
    if scope.kind != "entity":
        files["governorates.csv"] = ("Digital transactions by governorate", _governorates(content))
        group = scope.name.id if scope.name else None
        files["entities.csv"] = ("Digital transactions by entity", _entities(content, group))
    if content.coverage is not None:
        files["coverage.csv"] = ("Which entity reported which month", _coverage(content, scope))
    return [{"name": name, "description": about, "text": text} for name, (about, text) in files.items()]


def _indicators(headlines: Iterable[Headline]) -> str:
    heads = ("kpi_id", "from_month", "to_month", "as_of", "numerator", "denominator", "value", "unit", "base_value",
             "change", "change_kind", "like_for_like", "target", "months_reported",
             "months_expected", "is_complete", "base_months_reported", "base_is_complete")  # fmt: skip
    rows = []
    for one in headlines:
        change, told = one.change, one.told
        base = change.base_told if change is not None else None
        rows.append(
            (
                one.kpi.id, one.period.start, one.period.end, one.as_of, one.numerator, one.denominator, one.value,
                one.kpi.unit, change and change.base_value, change and change.raw, change and change.kind,
                change and change.like_for_like, one.target,
                told and told.months, told and told.of, _whole(told, one), base and base.months, base and base.is_whole,
            )
        )  # fmt: skip
    return _written(heads, rows)


def _whole(told: Told | None, headline: Headline) -> bool | None:
    if told is None:
        return None
    return told.is_whole and (headline.reported is None or headline.reported.complete)


def _trends(every: Iterable[Series]) -> str:
    heads = ("kpi_id", "month", "months_per_point", "numerator", "denominator", "value", "partial", "value_year_before")
    rows = []
    for series in every:
        base = [point.value for point in series.base_points] or [None] * len(series.points)
        rows += [
            (series.kpi.id, point.month, series.months_per_point, point.numerator, point.denominator, point.value,
             point.partial, before)
            for point, before in zip(series.points, base, strict=True)
        ]  # fmt: skip
    return _written(heads, rows)


def _governorates(content: Content) -> str:
    heads = ("governorate_id", "name_ar", "name_en", TOPIC, "per_1000")
    rows: list[tuple] = [
        (one.governorate.id, one.governorate.name_ar, one.governorate.name_en, one.value, one.per_1000)
        for one in content.places.values
    ]
    rows.append(("not_allocated", "", "", content.places.not_allocated, None))
    return _written(heads, rows)


def _entities(content: Content, group: str | None) -> str:
    heads = ("entity_id", "name_ar", "name_en", TOPIC, "share_pct", "change_pct", "reported_months", "expected_months")
    rows = [
        (row.entity.id, row.entity.name_ar, row.entity.name_en, row.value, row.share_pct, row.change_pct,
         row.reported_months, row.expected_months)
        for row in content.rankings[group].rows
    ]  # fmt: skip
    return _written(heads, rows)


def _coverage(content: Content, scope: Scope) -> str:
    coverage = content.coverage
    rows = [
        (one.entity.id, month.month, month.status)
        for one in (coverage.entities if coverage else ())
        if scope.kind != "entity" or one.entity.id == scope.group
        for month in one.months
        if coverage and month.month in coverage.shown
    ]
    return _written(("entity_id", "month", "status"), sorted(rows))


def _written(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([["" if value is None else _plain(value) for value in row] for row in rows])
    return out.getvalue()


def _plain(value: object) -> object:
    if isinstance(value, float):
        return int(value) if value.is_integer() else round(value, _PRECISION)
    return value
