"""Make a build's tables and views: lake and registries in, documented SQL objects out."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from kpi.catalogue import SQL_FOLDER, Kpi, codes, load_catalogue
from kpi.errors import SettingsError
from kpi.lake import Lake, LakeFile
from kpi.warehouse.faults import storage_error_of
from kpi.warehouse.lineage import kpi_inputs
from kpi.warehouse.statements import sql_files

LAKE_SCHEMAS: dict[str, str] = {
    "transactions": (
        "source_row bigint, transaction_id varchar, submitted_at timestamp, completed_at timestamp, month date, "
        "months_covered tinyint, entity_id varchar, service_id varchar, governorate_id varchar, channel varchar, "
        "outcome varchar, beneficiary varchar, beneficiary_key bigint, fee_omr decimal(18, 3), rating tinyint, "
        "transactions bigint, lake_file varchar"
    ),
    "projects": (
        "source_row bigint, project_id varchar, reported_on date, progress_pct decimal(5, 2), "
        "planned_pct decimal(5, 2), status varchar, note varchar, lake_file varchar"
    ),
    "services": (
        "source_row bigint, service_id varchar, event varchar, event_on date, programme varchar, "
        "steps_before bigint, steps_after bigint, documents_before bigint, documents_after bigint, "
        "visits_before bigint, visits_after bigint, minutes_before bigint, minutes_after bigint, "
        "lake_file varchar"
    ),
    "assessments": (
        "source_row bigint, entity_id varchar, indicator_id varchar, assessed_on date, score_pct decimal(5, 2), "
        "lake_file varchar"
    ),
    "rejected": ('log varchar, source_file varchar, source_row bigint, "column" varchar, reason varchar, raw varchar'),
}
KPI_COLUMNS = ("month", "entity_id", "governorate_id", "numerator", "denominator")
EXTRA_DIMENSIONS = {"channel": "varchar", "level_id": "varchar", "bucket_minutes": "bigint"}


@dataclass(frozen=True)
class BuildInputs:
    """Name everything a build is made of; `meta` is the one row of `meta_build`."""

    lake: Lake
    registries: dict[str, pl.DataFrame]
    meta: dict[str, object]
    sql_folder: Path = SQL_FOLDER


def make_tables(connection: duckdb.DuckDBPyConnection, inputs: BuildInputs) -> None:
    """Create every table, view and macro of a build in an empty database; the caller checks and publishes it."""
    _attach_lake(connection, inputs.lake)
    for name, registry in inputs.registries.items():
        _register(connection, f"registry_{name}", registry)
    for name, code_list in codes(inputs.sql_folder).items():
        rows = [code.model_dump() | {"sort_order": position} for position, code in enumerate(code_list, start=1)]
        _register(connection, f"code_{name}", pl.DataFrame(rows, schema_overrides={"digital": pl.Boolean}))
    catalogue = load_catalogue(inputs.sql_folder)
    _make_meta(connection, inputs, catalogue)
    for cube in sql_files(inputs.sql_folder, "cube"):
        _run(connection, cube.name, f"create table {cube.name} as\n{cube.text}\norder by all")
    for folder in ("core", "kpi"):
        for file in sql_files(inputs.sql_folder, folder):
            _run(connection, file.name, file.text)
    _make_serve_kpi(connection, catalogue)
    for file in sql_files(inputs.sql_folder, "serve"):
        _run(connection, file.name, file.text)
    _value_claims(connection)


def _attach_lake(connection: duckdb.DuckDBPyConnection, lake: Lake) -> None:
    sources = {log: lake.accepted_paths(log) for log in ("transactions", "projects", "services", "assessments")}
    sources["rejected"] = lake.rejected_paths()
    for log, paths in sources.items():
        connection.execute(f"create temp table empty_{log} ({LAKE_SCHEMAS[log]})").fetchall()
        select = f"select * from empty_{log}"
        if paths:
            listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
            with_file = "" if log == "rejected" else ", filename = 'lake_file'"
            select = f"{select} union all by name select * from read_parquet([{listed}]{with_file})"  # noqa: S608
        connection.execute(f"create temp view lake_{log} as {select}").fetchall()
    _register(connection, "lake_files", _ledger(lake.files()))


def _ledger(files: tuple[LakeFile, ...]) -> pl.DataFrame:
    schema = {
        "source_file": pl.String, "log": pl.String, "source_name": pl.String, "sha256": pl.String,
        "size_bytes": pl.Int64, "rows_read": pl.Int64, "rows_accepted": pl.Int64, "rows_rejected": pl.Int64,
        "loaded_at": pl.String, "loader_version": pl.String, "error": pl.String, "lake_file": pl.String,
    }  # fmt: skip
    rows = [
        (
            file.source_file, file.log, file.source_name, file.sha256, file.bytes, file.rows_read,
            file.rows_accepted, file.rows_rejected, file.loaded_at, file.loader_version, file.error,
            str(file.accepted_path) if file.accepted_path else None,
        )
        for file in files
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _make_meta(connection: duckdb.DuckDBPyConnection, inputs: BuildInputs, catalogue: dict[str, Kpi]) -> None:
    versions = [{"kpi_id": kpi.id, **version.model_dump()} for kpi in catalogue.values() for version in kpi.versions]
    definitions = [
        kpi.model_dump(exclude={"id", "versions"})
        | {
            "kpi_id": kpi.id,
            "dimensions": ", ".join(kpi.dimensions),
            "scopes": ", ".join(kpi.scopes),
            "sort_order": position,
        }
        for position, kpi in enumerate(catalogue.values(), start=1)
    ]
    ordered = pl.DataFrame(definitions).select("kpi_id", pl.exclude("kpi_id"))
    for name, frame in (
        ("meta_build", pl.DataFrame([inputs.meta])),
        ("meta_kpi", ordered),
        ("meta_kpi_version", pl.DataFrame(versions)),
        ("meta_kpi_input", _inputs_frame(inputs.sql_folder, catalogue)),
    ):
        _register(connection, f"frame_{name}", frame)
        connection.execute(f"create table {name} as select * from frame_{name}").fetchall()  # noqa: S608


def _inputs_frame(sql_folder: Path, catalogue: dict[str, Kpi]) -> pl.DataFrame:
    schema = {"kpi_id": pl.String, "input": pl.String}
    return pl.DataFrame(kpi_inputs(sql_folder, catalogue), schema=schema, orient="row")


def _make_serve_kpi(connection: duckdb.DuckDBPyConnection, catalogue: dict[str, Kpi]) -> None:
    branches = []
    for kpi in catalogue.values():
        _check_contract(connection, kpi)
        extras = [
            name if name in kpi.dimensions else f"null::{kind} as {name}" for name, kind in EXTRA_DIMENSIONS.items()
        ]
        columns = ", ".join([f"'{kpi.id}' as kpi_id", "month", "entity_id", "governorate_id", *extras])
        branches.append(f"select {columns}, numerator, denominator from {kpi.view}")  # noqa: S608
    body = "\nunion all\n".join(branches)
    # Stored, because planning the union of every view costs more than reading its rows.
    _run(connection, "serve_kpi", f"create table serve_kpi as\n{body}\norder by kpi_id, month, entity_id")


def _check_contract(connection: duckdb.DuckDBPyConnection, kpi: Kpi) -> None:
    described = connection.execute(
        "select column_name from duckdb_columns() where table_name = ?", [kpi.view]
    ).fetchall()
    columns = {name for (name,) in described}
    missing = sorted({*KPI_COLUMNS, *kpi.dimensions} - columns)
    if missing:
        raise SettingsError("kpi_view_incomplete", kpi=kpi.id, view=kpi.view, columns=", ".join(missing))


def _value_claims(connection: duckdb.DuckDBPyConnection) -> None:
    claims = connection.execute(
        "select claim_id, kpi_id, entity_id, governorate_id, period_from, period_to, value from dim_claim order by 1"
    ).fetchall()
    rows = [(claim[0], *_computed(connection, claim)) for claim in claims]
    if rows:
        connection.executemany("insert into fct_claim_value values (?, ?, ?)", rows)


def _computed(connection: duckdb.DuckDBPyConnection, claim: tuple) -> tuple[float | None, str | None]:
    _, kpi_id, entity_id, governorate_id, period_from, period_to, published = claim
    if published is None:
        return None, "no_figure"
    if kpi_id is None:
        return None, "no_kpi"
    if period_from is None or period_to is None:
        return None, "no_period"
    bounds = connection.execute(
        "select min(month) <= $1 and max(month) >= $2 from serve_kpi where kpi_id = $3",
        [period_from, period_to, kpi_id],
    ).fetchall()
    if not bounds[0][0]:
        return None, "period_not_covered"
    points = connection.execute(
        "select value from kpi_points($kpi, $from_month, $to_month, entity := $entity, governorate := $governorate)",
        {"kpi": kpi_id, "from_month": period_from, "to_month": period_to, "entity": entity_id,
         "governorate": governorate_id},
    ).fetchall()  # fmt: skip
    if not points or points[0][0] is None:
        return None, "not_provided"
    return points[0][0], None


def document(connection: duckdb.DuckDBPyConnection, sql_folder: Path) -> None:
    """Comment every column from `sql/dictionary.toml`; raise `SettingsError` for one that is not in it."""
    dictionary = tomllib.loads((sql_folder / "dictionary.toml").read_text(encoding="utf-8"))
    for name, meaning in dictionary["object"].items():
        connection.execute(f"comment on {meaning['kind']} {name} is {_quoted(meaning)}").fetchall()
    columns = connection.execute(
        "select table_name, column_name from duckdb_columns() where not internal and database_name = current_database()"
    ).fetchall()
    for table, column in columns:
        meaning = dictionary.get("in", {}).get(table, {}).get(column) or dictionary["column"].get(column)
        if meaning is None:
            raise SettingsError("column_undocumented", table=table, column=column)
        connection.execute(f'comment on column {table}."{column}" is {_quoted(meaning)}').fetchall()


def _quoted(meaning: dict[str, str]) -> str:
    text = f"{meaning['en']} | {meaning['ar']}".replace("'", "''")
    return f"'{text}'"


def _register(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    connection.register(name, frame.to_arrow())


def _run(connection: duckdb.DuckDBPyConnection, name: str, statements: str) -> None:
    try:
        connection.execute(statements).fetchall()
    except duckdb.Error as error:
        if fault := storage_error_of(error, name):
            raise fault from error
        raise SettingsError("sql_failed", object=name, reason=str(error).partition("\n")[0]) from error
