"""What SQL sees of each log, derived from its contract: the columns, what a file brings to whom, and how much."""

from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path

import duckdb
import polars as pl

from kpi.ingest.contracts import CONTRACTS, REJECTED_SCHEMA, TRANSACTIONS, Contract, LogColumn
from kpi.ingest.registry_contracts import REGISTRY_CONTRACTS, Field
from kpi.lake import LakeFile

LOGS = tuple(CONTRACTS)
OTHER_LOGS = tuple(log for log in LOGS if log != TRANSACTIONS.log)
LOG_MONTHS = "lake_log_month"
_TYPES: dict[pl.DataType, str] = {
    pl.String(): "varchar",
    pl.Int64(): "bigint",
    pl.Int8(): "tinyint",
    pl.Date(): "date",
    pl.Datetime("us"): "timestamp",
}
_VALUES: dict[str, pl.DataType] = {
    "log": pl.String(),
    "lake_column": pl.String(),
    "accepted_values": pl.Int64(),
    "visible_values": pl.Int64(),
}


def sql_type(dtype: pl.DataType) -> str:
    """Return the SQL type of a column of the lake."""
    if isinstance(dtype, pl.Decimal):
        return f"decimal({dtype.precision}, {dtype.scale})"
    return _TYPES[dtype]


def _columns(schema: dict[str, pl.DataType]) -> str:
    return ", ".join(f'"{name}" {sql_type(dtype)}' for name, dtype in schema.items())


LAKE_SCHEMAS: dict[str, str] = {
    log: f"{_columns(contract.lake_schema)}, lake_file varchar" for log, contract in CONTRACTS.items()
} | {"rejected": _columns(REJECTED_SCHEMA)}
"""The columns of each log, as SQL declares them."""


def log_months() -> str:
    """Return the statement of what each file of the other logs brings: rows per owner and month."""
    return "\nunion all\n".join(_months_of(CONTRACTS[log]) for log in OTHER_LOGS)


def _months_of(contract: Contract) -> str:
    return (
        f"select lake_file, '{contract.log}' as log, '{contract.owner}' as owner_kind, {contract.owner} as owner_id, "  # noqa: S608
        f"date_trunc('month', {contract.day})::date as month, min({contract.day})::date as first_on, "
        f"max({contract.day})::date as last_on, count(*)::bigint as log_rows "
        f"from lake_{contract.log} group by all"
    )


def values_by_column(connection: duckdb.DuckDBPyConnection, files: Iterable[LakeFile]) -> pl.DataFrame:
    """Count for each log and column the values that were accepted, and those that SQL has to read.

    The second count is read off the Parquet files' own statistics, which costs nothing; a column that SQL does not
    declare has none, whatever the files hold. Entries of an older loader do not know their values and are left out.
    """
    accepted: Counter[tuple[str, str]] = Counter()
    paths: dict[str, list[Path]] = {}
    for file in files:
        if file.accepted_path and file.accepted_values:
            paths.setdefault(file.log, []).append(file.accepted_path)
            accepted.update({(file.log, name): values for name, values in file.accepted_values.items()})
    visible = {log: _visible(connection, log, found) for log, found in paths.items()}
    rows = [(log, name, values, visible[log].get(name, 0)) for (log, name), values in sorted(accepted.items())]
    return pl.DataFrame(rows, schema=_VALUES, orient="row")


def _visible(connection: duckdb.DuckDBPyConnection, log: str, paths: list[Path]) -> dict[str, int]:
    declared = CONTRACTS[log].lake_schema if log in CONTRACTS else {}
    names = [str(path) for path in paths]
    counted = connection.execute(
        "select path_in_schema, sum(num_values - stats_null_count)::bigint from parquet_metadata(?) group by all",
        [names],
    ).fetchall()
    return {name: values for name, values in counted if name in declared}


def codes_in_use(connection: duckdb.DuckDBPyConnection, cubes: Collection[str]) -> str:
    """Return the statement of every code that stands in a code column of a log, a cube or a registry, with its list."""
    places: list[tuple[str, LogColumn | Field, str]] = [
        (log, column, f"lake_{log}") for log in OTHER_LOGS for column in CONTRACTS[log].columns if column.kind == "code"
    ]
    held = connection.execute("select table_name, column_name from duckdb_columns() where not internal").fetchall()
    coded = {column.name: column for column in TRANSACTIONS.columns if column.kind == "code"}
    places += [
        (TRANSACTIONS.log, coded[name], table) for table, name in sorted(held) if table in cubes and name in coded
    ]
    places += [
        (registry, column, f"registry_{registry}")
        for registry, contract in REGISTRY_CONTRACTS.items()
        for column in contract.columns
        if column.kind == "code"
    ]
    return "\nunion\n".join(
        f"select '{source}' as source, '{column.name}' as code_column, '{column.list}' as code_list, "  # noqa: S608
        f'"{column.name}" as code from {table} where "{column.name}" is not null'
        for source, column, table in places
    )
