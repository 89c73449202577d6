"""Run an ad-hoc query of an analyst: one statement, read-only, locked settings, time and row limits."""

import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from kpi.errors import QueryRefused
from kpi.warehouse.builds import open_first_good

TEXT_LIMIT_BYTES = 20_000
HARDENING = (
    "set temp_directory = ''",
    "set memory_limit = '1GB'",
    "set autoinstall_known_extensions = false",
    "set autoload_known_extensions = false",
    "set allow_community_extensions = false",
    "set allow_persistent_secrets = false",
    "set python_enable_replacements = false",
    "set max_expression_depth = 250",
    "set enable_external_access = false",
    "set lock_configuration = true",
)


@dataclass(frozen=True)
class QueryResult:
    """Hold the rows of an ad-hoc query; `is_cut` says that there were more than the limit."""

    rows: pl.DataFrame
    is_cut: bool
    seconds: float
    build_id: str


def run_query(
    workspace: Path, sql: str, *, row_limit: int, timeout_seconds: float, build_id: str | None = None
) -> QueryResult:
    """Run one select statement on the build in service, or on the one asked for.

    Raises `QueryRefused` for anything but one select or explain, for a failing query, and past the time limit;
    `NothingPublished` when there is no build, `BuildUnavailable` when the one asked for cannot be opened.
    """
    _refuse_long_text(sql)
    path, manifest, connection = open_first_good(workspace, build_id, _connect)
    with connection:
        _refuse_other_statements(connection, sql)
        connection.execute(f"set max_execution_time = {int(timeout_seconds * 1000)}").fetchall()
        for setting in HARDENING:
            connection.execute(setting).fetchall()
        started = time.perf_counter()
        try:
            rows = connection.sql(sql).limit(row_limit + 1).pl()
        except duckdb.InterruptException as error:
            raise QueryRefused("query_timeout", seconds=timeout_seconds) from error
        except (duckdb.Error, AttributeError) as error:
            raise QueryRefused("query_failed", reason=_without_paths(str(error), path.parent)) from error
    seconds = time.perf_counter() - started
    return QueryResult(rows.head(row_limit), rows.height > row_limit, seconds, manifest.build_id)


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(path), read_only=True)


def _refuse_long_text(sql: str) -> None:
    if len(sql.encode()) > TEXT_LIMIT_BYTES or "\0" in sql:
        raise QueryRefused("query_too_long", limit=TEXT_LIMIT_BYTES)


def _refuse_other_statements(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    try:
        statements = connection.extract_statements(sql)
    except (duckdb.Error, ValueError) as error:
        raise QueryRefused("query_failed", reason=str(error)) from error
    if len(statements) != 1:
        raise QueryRefused("query_not_one_statement", count=len(statements))
    if statements[0].type not in (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN):
        raise QueryRefused("query_not_select")


def _without_paths(message: str, folder: Path) -> str:
    return message.replace(str(folder.resolve()), "…").replace(str(folder), "…")
