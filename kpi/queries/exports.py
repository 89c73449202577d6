"""Read a whole view or table of the published file, narrowed by the filters that it has columns for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from kpi.errors import QueryRefused
from kpi.periods import Period
from kpi.warehouse.connect import Warehouse

BATCH_ROWS = 50_000
POINTS = "kpi_points"
POINTS_PARAMETERS = ("kpi", "period", "by", "months_per_point", "entity", "governorate", "channel")
FILTER_COLUMNS = {"entity": "entity_id", "governorate": "governorate_id", "channel": "channel", "kpi": "kpi_id"}
"""Address parameters and the column that each of them narrows, where an object has it."""

_OBJECTS = """
select objects.name, objects.comment, list(columns.column_name order by columns.column_index) as columns
from (
    select table_name as name, comment from duckdb_tables() where not internal
    union all
    select view_name, comment from duckdb_views() where not internal
) as objects
inner join duckdb_columns() as columns on objects.name = columns.table_name and not columns.internal
group by objects.name, objects.comment
order by objects.name
"""
_POINTS_STATEMENT = """
select period_month, group_id, as_of_month, numerator, denominator, value
from kpi_points(
    $kpi, $from_month, $to_month, months_per_point := $months_per_point, by := $by,
    entity := $entity, governorate := $governorate, via := $channel
)
order by period_month, group_id
"""


@dataclass(frozen=True)
class Exportable:
    """Name what can be fetched: a table or view, what it holds, its columns and the parameters that narrow it."""

    name: str
    comment: str
    columns: tuple[str, ...]
    parameters: tuple[str, ...]


@dataclass(frozen=True)
class Extract:
    """Hold a statement with its bound values."""

    sql: str
    values: Mapping[str, object]


def exportables(warehouse: Warehouse) -> dict[str, Exportable]:
    """List every table and view of the file, and `kpi_points`, by name."""
    found = {}
    for name, comment, columns in warehouse.query(_OBJECTS).iter_rows():
        parameters = [parameter for parameter, column in FILTER_COLUMNS.items() if column in columns]
        if "month" in columns:
            parameters.append("period")
        found[name] = Exportable(name, comment or "", tuple(columns), tuple(parameters))
    columns = ("period_month", "group_id", "as_of_month", "numerator", "denominator", "value")
    found[POINTS] = Exportable(POINTS, "Values of one KPI. | قيم مؤشر واحد.", columns, POINTS_PARAMETERS)
    return found


def extract(chosen: Exportable, asked: Mapping[str, str], row_limit: int) -> Extract:
    """Turn the parameters of an address into a statement; raise `QueryRefused` for one that does not apply."""
    unknown = sorted(set(asked) - set(chosen.parameters))
    if unknown:
        raise QueryRefused(
            "export_parameter_unknown", name=unknown[0], view=chosen.name, known=", ".join(chosen.parameters)
        )
    if chosen.name == POINTS:
        return _points(asked)
    values: dict[str, object] = {"row_limit": row_limit}
    conditions = []
    for parameter, value in asked.items():
        if parameter == "period":
            period = Period.parse(value)
            conditions.append("month between $from_month and $to_month")
            values |= {"from_month": period.start, "to_month": period.end}
        else:
            conditions.append(f'"{FILTER_COLUMNS[parameter]}" = ${parameter}')
            values[parameter] = value
    where = f" where {' and '.join(conditions)}" if conditions else ""
    # The names come from the file's own catalogue, the values are bound.
    return Extract(f'select * from "{chosen.name}"{where} order by all limit $row_limit', values)  # noqa: S608


def batches(warehouse: Warehouse, wanted: Extract) -> Iterator[pl.DataFrame]:
    """Read the rows in parts of at most `BATCH_ROWS`; at least one part, so that headings are there."""
    yield from warehouse.stream(wanted.sql, wanted.values, BATCH_ROWS)


def _points(asked: Mapping[str, str]) -> Extract:
    if "kpi" not in asked or "period" not in asked:
        raise QueryRefused("export_parameter_missing", names="kpi, period")
    period = Period.parse(asked["period"])
    step = asked.get("months_per_point", str(period.months))
    if not step.isascii() or not step.isdigit() or not 0 < int(step) <= 1200:
        raise QueryRefused("export_parameter_unknown", name=f"months_per_point={step}", view=POINTS, known="1 … 1200")
    values: dict[str, object] = {"from_month": period.start, "to_month": period.end, "months_per_point": int(step)}
    values |= {name: asked.get(name) for name in ("kpi", "entity", "governorate", "channel")}
    return Extract(_POINTS_STATEMENT, values | {"by": asked.get("by", "programme")})
