"""Turn the answers of the transactions page into typed rows, as its files hold them."""

from datetime import date

import polars as pl

from kpi.charts.day_grid import weekday_name
from kpi.charts.stacked import part_name
from kpi.language import strip_isolates, t
from kpi.periods import point_label
from kpi.queries.movers import Movers
from kpi.queries.results import Headline, Series
from kpi.queries.transaction_days import Days
from kpi.queries.transactions import Split


def split_rows(split: Split, language: str) -> pl.DataFrame:
    """Return one row per point and part of the split, with the sum of the point."""
    step = split.series.months_per_point
    rows = [
        (point.month, point_label(point.month, step, language), part_name(part, split, language), part.values[index],
         total, not point.partial)
        for index, (point, total) in enumerate(zip(split.series.points, split.totals(), strict=True))
        for part in split.parts
    ]  # fmt: skip
    columns = ("first_day", "period", split.by, "transactions", "sum", "complete")
    return _frame(columns, (pl.Date, pl.String, pl.String, pl.Int64, pl.Int64, pl.Boolean), rows, language)


def day_rows(days: Days, language: str) -> pl.DataFrame:
    """Return one row per day shown; without transactions where nothing arrived."""
    rows = [
        (day.day, weekday_name(day.day.weekday(), language), day.transactions, day.entities,
         t(f"transactions.file.{day.status}", language))
        for day in days.all
    ]  # fmt: skip
    columns = ("day", "weekday", "transactions", "entities", "status")
    return _frame(columns, (pl.Date, pl.String, pl.Int64, pl.Int64, pl.String), rows, language)


def mover_rows(movers: Movers, language: str) -> pl.DataFrame:
    """Return one row per entity, then one per service, each with its part in the change."""
    rows = [
        (t(f"transactions.file.{level}", language), one.entity.id, one.entity.label(language),
         one.name.id if level == "service" else None, one.name.label(language) if level == "service" else None,
         t(f"transactions.kind.{one.kind}", language) if level == "service" else None,
         one.base_value, one.value, one.change, one.points)
        for level, listed in (("entity", movers.entities), ("service", movers.services))
        for one in listed
    ]  # fmt: skip
    columns = ("level", "entity_id", "entity", "service_id", "service", "why", "before", "now", "change", "points")
    kinds = (*(pl.String,) * 6, *(pl.Int64,) * 3, pl.Float64)
    return _frame(columns, kinds, rows, language)


def small_rows(pairs: tuple[tuple[Headline, Series], ...], language: str) -> pl.DataFrame:
    """Return one row per KPI and point with its numerator and denominator."""
    rows: list[tuple[str, str, date, float | None, int | None, int | None, bool]] = [
        (series.kpi.id, series.kpi.name(language), point.month, point.value, point.numerator, point.denominator,
         not point.partial)
        for _, series in pairs
        for point in series.points
    ]  # fmt: skip
    columns = ("kpi_id", "kpi", "first_day", "value", "numerator", "denominator", "complete")
    kinds = (pl.String, pl.String, pl.Date, pl.Float64, pl.Int64, pl.Int64, pl.Boolean)
    return _frame(columns, kinds, rows, language)


def _frame(columns: tuple[str, ...], kinds: tuple[type[pl.DataType], ...], rows: list, language: str) -> pl.DataFrame:
    names = [t(f"transactions.file.column.{column}", language) for column in columns]
    plain = [[strip_isolates(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    return pl.DataFrame(plain, schema=dict(zip(names, kinds, strict=True)), orient="row")
