"""Write the governorates in the order of a measure: the table, its notes and its file."""

from collections.abc import Sequence
from html import escape

import polars as pl

from kpi.charts.chart import Cell, Table
from kpi.language import Nothing, format_change, format_number, format_percent, format_value, plural, t
from kpi.periods import point_label
from kpi.queries.filters import NOT_ALLOCATED
from kpi.queries.governorates import GovernorateRanking, RankedGovernorate
from kpi.queries.governorates_overview import GovernoratesOverview
from kpi.queries.results import Named
from kpi.web.links import href
from kpi.web.tables import table_html

_ALLOCATED = frozenset({"transactions", "per_1000"})  # units of what governorates are named for


def table_title(ranking: GovernorateRanking, language: str) -> str:
    """Say what the table shows, and for when."""
    kpi = ranking.kpi.name(language)
    if ranking.as_of is not None:
        return t("governorates.table_as_of", language, kpi=kpi, month=point_label(ranking.as_of, 1, language))
    return t("governorates.table", language, kpi=kpi, period=ranking.period.label(language))


def places_table(places: GovernoratesOverview, language: str) -> Table:
    """Return every governorate from best to worst, then the remainder and the whole, each with its link."""
    columns = _columns(places)
    headers = tuple(_heading(column, places.ranking, language) for column in columns)
    rows = [_row(row, place, places, columns, language) for place, row in enumerate(places.ranking.rows, start=1)]
    rows += [_row(row, None, places, columns, language) for row in _sums(places)]
    return Table(table_title(places.ranking, language), headers, tuple(rows))


def places_html(places: GovernoratesOverview, language: str) -> str:
    """Return the table, by which population the density is computed, and who makes the changes misleading."""
    dates = sorted({one.population_as_of for one in places.facts if one.population_as_of is not None})
    note = ""
    if dates and _per_head(places):
        note = f'<p class="kpi-note">{escape(t("governorates.population", language, day=dates[-1]))}</p>'
    if places.newly.entities and places.map.kpi.unit in _ALLOCATED:
        base = places.ranking.base.label(language) if places.ranking.base else ""
        words = plural(
            "governorates.newly", places.newly.entities, language, amount=places.newly.transactions, base=base
        )
        note += f'<p class="kpi-note">{escape(words)}</p>'
    return table_html(places_table(places, language), stacked=True) + note


def places_rows(places: GovernoratesOverview, language: str) -> pl.DataFrame:
    """Return the table as typed columns for a file."""
    per_head = _per_head(places)
    population = {one.governorate.id: one.population for one in places.facts}
    kpi = places.map.kpi.name(language)
    rows = [
        {
            t("governorates.column.governorate", language): _name(row, language),
            kpi: row.value,
            t("governorates.column.share", language): row.share_pct,
            _heading("change", places.ranking, language): row.change_pct
            if row.change_points is None
            else row.change_points,
            t("governorates.column.per_1000", language): per_head.get(row.governorate.id),
            t("governorates.column.population", language): population.get(row.governorate.id),
        }
        for row in (*places.ranking.rows, *_sums(places))
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    if places.map.kpi.unit == "per_1000":
        frame = frame.drop(t("governorates.column.per_1000", language))
    return frame.select(column for column in frame.columns if frame[column].null_count() < frame.height)


def _columns(places: GovernoratesOverview) -> tuple[str, ...]:
    rows = places.ranking.rows
    optional = (
        ("share", any(row.share_pct is not None for row in rows)),
        ("change", any(row.change_pct is not None or row.change_points is not None for row in rows)),
        ("per_1000", bool(_per_head(places)) and places.map.kpi.unit != "per_1000"),
        ("population", places.map.kpi.unit == "per_1000"),
    )
    return ("governorate", "place", "value", *(name for name, applies in optional if applies))


def _heading(column: str, ranking: GovernorateRanking, language: str) -> str:
    if column == "value":
        return ranking.kpi.name(language)
    if column == "change":
        base = ranking.base.label(language) if ranking.base else ""
        return t(f"compare.column.{ranking.against}", language, base=base)
    return t(f"governorates.column.{column}", language)


def _row(
    row: RankedGovernorate, place: int | None, places: GovernoratesOverview, columns: Sequence[str], language: str
) -> tuple[str | Cell, ...]:
    kpi, governorate_id = places.map.kpi, row.governorate.id
    per_head = _per_head(places).get(governorate_id)
    population = {one.governorate.id: one.population for one in places.facts}.get(governorate_id)
    known = place is not None and row.value is not None
    words: dict[str, str | Cell] = {
        "governorate": Cell(_name(row, language), _address(row)),
        "place": format_number(place, language) if known and place is not None else "",
        "value": format_value(row.value, kpi.unit, language, kpi.decimals, nothing=_nothing(row)),
        "share": "" if row.share_pct is None else format_percent(row.share_pct, language, decimals=2),
        "change": _change(row, language),
        "per_1000": "" if per_head is None else format_number(per_head, language, decimals=1),
        "population": "" if population is None else format_number(population, language),
    }
    return tuple(words[column] for column in columns)


def _sums(places: GovernoratesOverview) -> list[RankedGovernorate]:
    """Return the remainder and the whole; per resident there is neither, and the remainder says so."""
    if places.map.kpi.unit == "per_1000":
        nobody = Named(NOT_ALLOCATED, "", "")
        return [RankedGovernorate(nobody, None, None, None, None, None, None)] if places.topic.not_allocated else []
    return [row for row in (places.ranking.remainder, places.ranking.total) if row is not None]


def _per_head(places: GovernoratesOverview) -> dict[str, float]:
    return {place.governorate.id: place.per_1000 for place in places.map.values if place.per_1000 is not None}


def _name(row: RankedGovernorate, language: str) -> str:
    special = {NOT_ALLOCATED: "governorate.not_allocated", "programme": "governorates.column.total"}
    key = special.get(row.governorate.id)
    return t(key, language) if key else row.governorate.label(language)


def _address(row: RankedGovernorate) -> str | None:
    return None if row.governorate.id == "programme" else href("governorate", governorate=row.governorate.id)


def _change(row: RankedGovernorate, language: str) -> str:
    if row.change_points is not None:
        return format_change(row.change_points, "points", language)
    if row.change_pct is not None:
        return format_change(row.change_pct, "percent", language)
    return "" if row.value is None else t("governorates.column.not_comparable", language)


def _nothing(row: RankedGovernorate) -> Nothing:
    return "not_applicable" if row.governorate.id == NOT_ALLOCATED else "not_provided"
