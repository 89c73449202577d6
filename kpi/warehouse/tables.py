"""Make a build's tables and views: lake and registries in, documented SQL objects out."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from kpi.catalogue import SQL_FOLDER, Kpi, codes, load_catalogue
from kpi.decisions import Decision
from kpi.errors import QueryRefused, SlipsError
from kpi.examples import load_examples
from kpi.ingest.held_back import HeldBack
from kpi.ingest.sources import Sources
from kpi.slips import Slip, nearest
from kpi.warehouse.engines import CubeEngine
from kpi.warehouse.faults import refusals_in_words
from kpi.warehouse.held_views import register_held
from kpi.warehouse.lake_views import attach_lake, detach_transactions
from kpi.warehouse.lineage import kpi_inputs
from kpi.warehouse.logs import codes_in_use
from kpi.warehouse.statements import insert_rows, register, run_statement, sql_files
from kpi.workspace import Document

KPI_COLUMNS = ("month", "entity_id", "governorate_id", "numerator", "denominator")
_PARTS = ("numerator", "denominator")
_WHOLE_TYPES = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"})
SERVICE = "service_id"
META_TYPES: dict[str, type[pl.DataType]] = {
    "due_day": pl.Int8, "due_from": pl.Date, "silent_surprise": pl.Float64, "small_cell_below": pl.Int64,
    "licence_ar": pl.String, "licence_en": pl.String, "licence_url": pl.String, "country": pl.String,
    "currency": pl.String,
    **{f"document_{name}": pl.String for name in Document.model_fields},
}  # fmt: skip
_OF_KPI = {"lowest_value": pl.Float64, "highest_value": pl.Float64, "measure": pl.String}
_OF_PLACE = {"kpi_id": pl.String, "surface": pl.String, "position": pl.Int64}
SOURCE_TYPES: dict[str, type[pl.DataType]] = {"source_name": pl.String, "whole": pl.Boolean, "additive": pl.Boolean}
FULL_EDITION = {"edition": "full", "small_cell_below": None}
EXTRA_DIMENSIONS = {"channel": "varchar", "level_id": "varchar", "bucket_minutes": "bigint"}


@dataclass(frozen=True)
class BuildInputs:
    """Name everything a build is made of; `meta` is the one row of `meta_build`."""

    held: HeldBack
    decisions: tuple[Decision, ...]
    registries: dict[str, pl.DataFrame]
    sources: Sources
    meta: dict[str, object]
    sql_folder: Path = SQL_FOLDER


def make_tables(connection: duckdb.DuckDBPyConnection, inputs: BuildInputs, engine: CubeEngine) -> None:
    """Create every table, view and macro of a build in an empty database; the caller checks and publishes it.

    The engine makes the cubes; all else is made of them here.
    """
    log = attach_lake(connection, inputs.held.lake, str(inputs.meta["timezone"]), inputs.held.without)
    register_held(connection, inputs.held, inputs.decisions)
    register(connection, "lake_sources", pl.DataFrame(inputs.sources.of_counting(), schema=SOURCE_TYPES, orient="row"))
    for name, registry in inputs.registries.items():
        register(connection, f"registry_{name}", registry)
    for name, code_list in codes(inputs.sql_folder).items():
        rows = [code.model_dump() | {"sort_order": position} for position, code in enumerate(code_list, start=1)]
        register(connection, f"code_{name}", pl.DataFrame(rows, schema_overrides={"digital": pl.Boolean}))
    catalogue = load_catalogue(inputs.sql_folder)
    _make_meta(connection, inputs, catalogue, engine)
    cubes = sql_files(inputs.sql_folder, "cube")
    engine.make_cubes(connection, log, cubes)
    detach_transactions(connection)
    in_use = codes_in_use(connection, {cube.name for cube in cubes})
    connection.execute(f"create temp view lake_code as {in_use}").fetchall()
    for folder in ("core", "kpi"):
        for file in sql_files(inputs.sql_folder, folder):
            run_statement(connection, file.name, file.text)
    _make_serve_kpi(connection, catalogue)
    for file in sql_files(inputs.sql_folder, "serve"):
        run_statement(connection, file.name, file.text)
    value_claims(connection)


def _make_meta(
    connection: duckdb.DuckDBPyConnection, inputs: BuildInputs, catalogue: dict[str, Kpi], engine: CubeEngine
) -> None:
    versions = [{"kpi_id": kpi.id, **version.model_dump()} for kpi in catalogue.values() for version in kpi.versions]
    definitions = [
        kpi.model_dump(exclude={"id", "versions", "range", "shown"})
        | {
            "kpi_id": kpi.id,
            "lowest_value": kpi.bounds[0] if kpi.kind != "sum" or kpi.range else None,
            "highest_value": kpi.bounds[1],
            "dimensions": ", ".join(kpi.dimensions),
            "scopes": ", ".join(kpi.scopes),
            "unlisted": ", ".join(kpi.unlisted),
            "sort_order": position,
        }
        for position, kpi in enumerate(catalogue.values(), start=1)
    ]
    places = [
        (kpi.id, surface, place)
        for kpi in catalogue.values()
        for surface, place in kpi.shown.model_dump(exclude_none=True).items()
    ]
    ordered = pl.DataFrame(definitions, schema_overrides=_OF_KPI).select("kpi_id", pl.exclude("kpi_id"))
    for name, frame in (
        ("meta_build", _build_frame(inputs.meta, engine)),
        ("meta_kpi", ordered),
        ("meta_kpi_version", pl.DataFrame(versions)),
        ("meta_kpi_place", pl.DataFrame(places, schema=_OF_PLACE, orient="row")),
        ("meta_kpi_sql", _sql_frame(inputs.sql_folder, catalogue)),
        ("meta_kpi_input", _inputs_frame(inputs.sql_folder, catalogue)),
        ("meta_code", _codes_frame(inputs.sql_folder)),
        ("meta_example", _examples_frame(inputs.sql_folder)),
    ):
        register(connection, f"frame_{name}", frame)
        connection.execute(f"create table {name} as select * from frame_{name}").fetchall()  # noqa: S608


def _build_frame(meta: dict[str, object], engine: CubeEngine) -> pl.DataFrame:
    made_by = {"cube_engine": engine.name, "cube_engine_version": engine.version}
    return pl.DataFrame([FULL_EDITION | meta | made_by]).cast(pl.Schema(META_TYPES))


def _codes_frame(sql_folder: Path) -> pl.DataFrame:
    rows = [
        (name, code.id, code.name_ar, code.name_en, position)
        for name, code_list in codes(sql_folder).items()
        for position, code in enumerate(code_list, start=1)
    ]
    return pl.DataFrame(rows, schema=["code_list", "code", "name_ar", "name_en", "sort_order"], orient="row")


def _examples_frame(sql_folder: Path) -> pl.DataFrame:
    rows = [
        (example.name, example.audience, example.title_ar, example.title_en, example.call, example.sql)
        for example in load_examples(sql_folder).values()
    ]
    schema = ["example", "audience", "title_ar", "title_en", "parameters", "query"]
    return pl.DataFrame(rows, schema=dict.fromkeys(schema, pl.String), orient="row")


def _inputs_frame(sql_folder: Path, catalogue: dict[str, Kpi]) -> pl.DataFrame:
    schema = {"kpi_id": pl.String, "input": pl.String}
    return pl.DataFrame(kpi_inputs(sql_folder, catalogue), schema=schema, orient="row")


def _sql_frame(sql_folder: Path, catalogue: dict[str, Kpi]) -> pl.DataFrame:
    texts = {file.name: file.text for file in sql_files(sql_folder, "kpi")}
    rows = [(kpi.id, texts.get(kpi.view, "")) for kpi in catalogue.values()]
    return pl.DataFrame(rows, schema={"kpi_id": pl.String, "view_sql": pl.String}, orient="row")


def _make_serve_kpi(connection: duckdb.DuckDBPyConnection, catalogue: dict[str, Kpi]) -> None:
    """Store the rows of every view: by service where the KPI tells services apart, and without services for all."""
    # Stored, because planning the union of every view costs more than reading its rows.
    if slips := [slip for kpi in catalogue.values() for slip in _contract_slips(connection, kpi)]:
        raise SlipsError("kpi_views_slips", tuple(slips), folder="sql/kpi")
    extras = ", ".join(EXTRA_DIMENSIONS)
    kinds = ", ".join(f"{name} {kind}" for name, kind in EXTRA_DIMENSIONS.items())
    parts = "numerator bigint, denominator bigint"
    run_statement(
        connection,
        "serve_kpi_service",
        f"create table serve_kpi_service (kpi_id varchar, {SERVICE} varchar, month date, entity_id varchar, "
        f"governorate_id varchar, {kinds}, {parts})",
    )
    by_service = [_rows_of(kpi, SERVICE) for kpi in catalogue.values() if SERVICE in kpi.dimensions]
    if by_service:
        body = _union(by_service)
        run_statement(
            connection,
            "serve_kpi_service",
            f"insert into serve_kpi_service by name\n{body}\norder by kpi_id, {SERVICE}, month",
        )
    whole = [_rows_of(kpi) for kpi in catalogue.values() if SERVICE not in kpi.dimensions]
    whole.append(
        f"select kpi_id, month, entity_id, governorate_id, {extras}, sum(numerator)::bigint as numerator, "
        "sum(denominator)::bigint as denominator from serve_kpi_service group by all"
    )
    run_statement(
        connection, "serve_kpi", f"create table serve_kpi as\n{_union(whole)}\norder by kpi_id, month, entity_id"
    )


def _rows_of(kpi: Kpi, *dimensions: str) -> str:
    extras = [name if name in kpi.dimensions else f"null::{kind} as {name}" for name, kind in EXTRA_DIMENSIONS.items()]
    columns = ", ".join([f"'{kpi.id}' as kpi_id", *dimensions, "month", "entity_id", "governorate_id", *extras])
    return f"select {columns}, numerator, denominator from {kpi.view}"  # noqa: S608


def _union(selects: list[str]) -> str:
    return "\nunion all\n".join(selects)


def _contract_slips(connection: duckdb.DuckDBPyConnection, kpi: Kpi) -> Iterator[Slip]:
    described = connection.execute(
        "select column_name, data_type from duckdb_columns() where table_name = ?", [kpi.view]
    ).fetchall()
    kinds, place = dict(described), f"{kpi.view}.sql"
    for column in dict.fromkeys((*KPI_COLUMNS, *kpi.dimensions)):
        if column not in kinds:
            facts = {"place": place, "column": column}
            yield Slip("view_column_missing", facts, nearest(column, kinds), tuple(kinds))
        elif column in _PARTS and kinds[column] not in _WHOLE_TYPES:
            # A share of 0.34 would be cut off to nothing, or be published as 0.34 percent.
            yield Slip("view_part_not_whole", {"place": place, "column": column, "kind": kinds[column]})


def value_claims(connection: duckdb.DuckDBPyConnection) -> None:
    """Write beside each published figure what `kpi_points` makes of it, or the reason why it makes nothing."""
    claims = connection.execute(
        "select claim_id, kpi_id, entity_id, governorate_id, level_id, period_from, period_to, value "
        "from dim_claim order by 1"
    ).fetchall()
    insert_rows(connection, "fct_claim_value", [(claim[0], *_computed(connection, claim)) for claim in claims])


def _computed(connection: duckdb.DuckDBPyConnection, claim: tuple) -> tuple[float | None, str | None]:
    _, kpi_id, entity_id, governorate_id, level_id, period_from, period_to, published = claim
    if published is None:
        return None, "no_figure"
    if kpi_id is None:
        return None, "no_kpi"
    if period_from is None or period_to is None:
        return None, "no_period"
    bounds = connection.execute(
        "select min(month) <= $1 and max(month) >= $2 from serve_kpi_month where kpi_id = $3",
        [period_from, period_to, kpi_id],
    ).fetchall()
    if not bounds[0][0]:
        return None, "period_not_covered"
    try:
        with refusals_in_words():
            points = connection.execute(
                "select value, numerator, group_id from kpi_points($kpi, $from_month, $to_month, "
                "\"by\" := case when $level is not null then 'level' else 'programme' end, "
                "entity := $entity, governorate := $governorate)",
                {"kpi": kpi_id, "from_month": period_from, "to_month": period_to, "level": level_id,
                 "entity": entity_id, "governorate": governorate_id},
            ).fetchall()  # fmt: skip
    except QueryRefused:
        # The KPI is not told apart by what the claim is about: a value of the whole would pass for it.
        return None, "no_kpi"
    if level_id is not None and points:
        # Bodies were assessed: a level that none of them reached has none, which is a count and not a gap.
        points = [point for point in points if point[2] == level_id] or [(0.0, 0, level_id)]
    if points and points[0][1] is None:
        overlap = connection.execute(
            "select count(*) from meta_overlap where kpi_id = $1 and month between $2 and $3",
            [kpi_id, period_from, period_to],
        ).fetchall()
        return None, "overlap" if overlap[0][0] else "withheld"
    if not points or points[0][0] is None:
        return None, "not_provided"
    return points[0][0], None
