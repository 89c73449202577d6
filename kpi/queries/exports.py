"""Read a whole view or table of the published file, narrowed by the filters that it has columns for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from kpi.errors import QueryRefused
from kpi.periods import Period
from kpi.queries.filters import NOT_ALLOCATED
from kpi.queries.overlaps import overlaps
from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

BATCH_ROWS = 50_000
POINTS = "kpi_points"
POINTS_PARAMETERS = (
    "kpi", "period", "by", "months_per_point", "entity", "governorate", "channel", "service", "organisation",
)  # fmt: skip
FILTER_COLUMNS = {
    "entity": "entity_id", "governorate": "governorate_id", "channel": "channel", "service": "service_id",
    "kpi": "kpi_id",
}  # fmt: skip
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
# How complete a point is: of its entity where it is one's, else of all that are asked for; stocks are not summed up.
_SUCCESSORS = " left join dim_entity_successor as today on coverage.entity_id = today.entity_id"
_POINTS_STATEMENT = """
with told as (
    select
        ($from_month::date + to_months((
            date_diff('month', $from_month::date, month) // $months_per_point * $months_per_point
        )::integer))::date as period_month,
        case when $by = 'entity' then {body} end as entity_id,
        count(distinct month) filter (where status in ('reported', 'late'))::bigint as months_reported,
        count(distinct month) filter (where status in ('reported', 'late') and is_partial)::bigint as months_partial,
        bool_and(status in ('reported', 'late') and not is_partial) as is_whole
    from serve_coverage as coverage{successors}
    where
        month between $from_month and $to_month and status <> 'not_expected'
        and ($entity is null or {body} = $entity)
    group by all
),

step as (
    select
        case
            when $months_per_point > 12 then date_diff('month', $from_month::date, $to_month::date) + 1
            else $months_per_point::bigint
        end as months
    from meta_kpi
    where kpi_id = $kpi and flow = 'flow'
)

select
    points.period_month, points.group_id, points.as_of_month, points.numerator, points.denominator, points.value,
    case when step.months is not null then coalesce(told.months_reported, 0) end as months_reported,
    step.months as months_expected,
    case when step.months is not null then coalesce(told.months_partial, 0) end as months_partial,
    case when step.months is not null then coalesce(told.is_whole and told.months_reported = step.months, false) end
        as is_complete
from kpi_points(
    $kpi, $from_month, $to_month, months_per_point := $months_per_point, by := $by,
    entity := $entity, governorate := $governorate, via := $channel, service := $service{organisation}
) as points
left join step on true
left join told
    on points.period_month = told.period_month and ($by <> 'entity' or points.group_id = told.entity_id)
"""
_LIKE = """
select "{column}" as id from "{home}" order by jaro_winkler_similarity("{column}", $value) desc, id limit 6
"""
_COLUMNS = "select column_name, data_type, unit, ar, en from meta_column where object_name = $name order by position"


@dataclass(frozen=True)
class Exportable:
    """Name what can be fetched: a table or view, what it holds, its columns and the parameters that narrow it."""

    name: str
    comment: str
    columns: tuple[str, ...]
    parameters: tuple[str, ...]

    def meaning(self, language: str) -> str:
        """Say what it holds."""
        english, _, arabic = self.comment.partition(" | ")
        return (arabic if language == "ar" else english) or english


@dataclass(frozen=True)
class Extract:
    """Hold a statement with its bound values, and how many of its rows are wanted at most."""

    sql: str
    values: Mapping[str, object]
    row_limit: int


def exportables(warehouse: Warehouse) -> dict[str, Exportable]:
    """List every table and view of the file, and `kpi_points`, by name."""
    found = {}
    for name, comment, columns in warehouse.query(_OBJECTS).iter_rows():
        parameters = [parameter for parameter, column in FILTER_COLUMNS.items() if column in columns]
        if "month" in columns:
            parameters.append("period")
        found[name] = Exportable(name, comment or "", tuple(columns), tuple(parameters))
    columns = (
        "period_month", "group_id", "as_of_month", "numerator", "denominator", "value",
        "months_reported", "months_expected", "months_partial", "is_complete",
    )  # fmt: skip
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
        return _points(asked, row_limit)
    values: dict[str, object] = {}
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
    return Extract(f'select * from "{chosen.name}"{where}', values, row_limit)  # noqa: S608


def check_values(warehouse: Warehouse, chosen: Exportable, asked: Mapping[str, str]) -> None:
    """Raise `QueryRefused` for a value that the file does not know, with those that are most like it."""
    if chosen.name == POINTS:
        # The macro itself refuses what it does not know, in the words that every other way to ask it gives.
        return
    # What was rejected is named as it was sent.
    for parameter in set(asked) & set(FILTER_COLUMNS) if not chosen.name.startswith("load_") else ():
        column, value = FILTER_COLUMNS[parameter], asked[parameter]
        home = "meta_kpi" if parameter == "kpi" else f"dim_{parameter}"
        known = warehouse.query(_LIKE.format(column=column, home=home), value=value)["id"].to_list()
        if value not in known and value != NOT_ALLOCATED:
            raise QueryRefused("export_value_unknown", name=parameter, value=value, known=", ".join(known))


def coverage_of(warehouse: Warehouse, chosen: Exportable, asked: Mapping[str, str]) -> dict[str, str]:
    """Say how complete the period of an answer is: entities and months reported of those expected."""
    if chosen.name != POINTS:
        return {}
    period = Period.parse(asked["period"])
    # Left out otherwise, as in `_points`.
    as_is = ", organisation := 'as_is'" if asked.get("organisation") == "as_is" else ""
    found = warehouse.query(
        f"select * from kpi_coverage($first, $last, entity := $entity{as_is})",  # noqa: S608  fixed text only
        first=period.start, last=period.end, entity=asked.get("entity"),
    ).row(0, named=True)  # fmt: skip
    return {
        "x-entities-reported": f"{found['entities_reported']}/{found['entities_expected']}",
        "x-months-reported": f"{found['months_reported']}/{found['months_expected']}",
        "x-months-partial": str(found["months_partial"]),
        "x-complete": str(found["is_complete"]).lower(),
    }


def withheld_names(warehouse: Warehouse, chosen: Exportable, asked: Mapping[str, str]) -> tuple[Named, ...]:
    """Name the entities whose figures overlap in the period: a total over them is empty in the answer, and no gap."""
    if chosen.name != POINTS or "service" in asked or asked.get("by") == "service":
        return ()
    if asked.get("organisation") != "as_is" and ("entity" in asked or asked.get("by") == "entity"):
        return ()
    kpi = asked["kpi"]
    return overlaps(warehouse, (kpi,), Period.parse(asked["period"])).get(kpi, ())


def count(warehouse: Warehouse, wanted: Extract) -> int:
    """Count all rows that fit the parameters, whatever the limit."""
    return warehouse.query(f"select count(*) from ({wanted.sql})", wanted.values).item()  # noqa: S608


def batches(warehouse: Warehouse, wanted: Extract) -> Iterator[pl.DataFrame]:
    """Read the rows in parts of at most `BATCH_ROWS`; at least one part, so that headings are there."""
    statement = f"select * from ({wanted.sql}) order by all limit $row_limit"  # noqa: S608
    yield from warehouse.stream(statement, {**wanted.values, "row_limit": wanted.row_limit}, BATCH_ROWS)


def columns_of(warehouse: Warehouse, name: str) -> pl.DataFrame:
    """Return a table's or view's columns with type, unit and meaning in both languages."""
    return warehouse.query(_COLUMNS, name=name)


def _points(asked: Mapping[str, str], row_limit: int) -> Extract:
    if "kpi" not in asked or "period" not in asked:
        raise QueryRefused("export_parameter_missing", names="kpi, period")
    period = Period.parse(asked["period"])
    step = asked.get("months_per_point", str(period.months))
    if not step.lstrip("-").isascii() or not step.lstrip("-").isdigit() or len(step) > 6:
        raise QueryRefused("export_parameter_unknown", name=f"months_per_point={step}", view=POINTS, known="1 … 1200")
    values: dict[str, object] = {"from_month": period.start, "to_month": period.end, "months_per_point": int(step)}
    values |= {name: asked.get(name) for name in ("kpi", "entity", "governorate", "channel", "service")}
    values["by"] = asked.get("by", "programme")
    parts = {"organisation": "", "body": "coverage.entity_id", "successors": ""}
    if "organisation" in asked:
        # Left out otherwise, so that an older build, whose macros know no change of hands, still answers.
        parts["organisation"] = ", organisation := $organisation"
        values["organisation"] = asked["organisation"]
    if asked.get("organisation") == "as_is":
        parts |= {"body": "coalesce(today.current_entity_id, coverage.entity_id)", "successors": _SUCCESSORS}
    return Extract(_POINTS_STATEMENT.format(**parts), values, row_limit)
