"""Digest the content of every table and view, so that two builds can be compared without comparing rows."""

import hashlib
import json
from dataclasses import dataclass

import duckdb

from kpi.warehouse.statements import insert_rows

# These say when and by what a build was made; two builds of the same lake differ in them and in nothing else.
LEFT_OUT_OBJECTS = ("meta_build", "serve_freshness", "meta_digest", "readme")
# The time of a load is no content: a file that is loaded again because its copy in the lake was damaged is the same.
LEFT_OUT_COLUMNS = ("loaded_at",)


@dataclass(frozen=True)
class ObjectDigest:
    """Tell what one table or view holds: its rows, and a digest of names, types and values in any order."""

    object_name: str
    row_count: int
    digest: str


def digests(connection: duckdb.DuckDBPyConnection) -> dict[str, ObjectDigest]:
    """Digest every table and view but those that say when the build was made, by name.

    The digest is independent of the order of rows, and a row that stands twice counts twice: it is taken over the sum
    of the rows' MD5 numbers. MD5 and not DuckDB's own hash, which may change from version to version.
    """
    columns: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where not internal and database_name = current_database() and schema_name = 'main' order by all"
    ).fetchall():
        if table not in LEFT_OUT_OBJECTS and column not in LEFT_OUT_COLUMNS:
            columns.setdefault(table, []).append((column, kind))
    return {name: _digest(connection, name, described) for name, described in sorted(columns.items())}


def make_digest_table(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `meta_digest` without rows, so that it can be documented like every table."""
    connection.execute("create table meta_digest (object_name varchar, row_count bigint, digest varchar)").fetchall()


def store_digests(connection: duckdb.DuckDBPyConnection) -> dict[str, ObjectDigest]:
    """Write the digests of everything made so far to `meta_digest`, which is there and empty."""
    found = digests(connection)
    rows = [(entry.object_name, entry.row_count, entry.digest) for entry in found.values()]
    insert_rows(connection, "meta_digest", rows)
    return found


def stored_digests(connection: duckdb.DuckDBPyConnection) -> dict[str, ObjectDigest]:
    """Read the digests that a build keeps of itself."""
    rows = connection.execute("select object_name, row_count, digest from meta_digest").fetchall()
    return {row[0]: ObjectDigest(*row) for row in rows}


def _digest(connection: duckdb.DuckDBPyConnection, name: str, columns: list[tuple[str, str]]) -> ObjectDigest:
    # Each value is preceded by its length, so that no two rows are written alike; an absent value has no length.
    values = [f"coalesce(length(\"{column}\"::varchar) || ':', '-'), \"{column}\"::varchar" for column, _ in columns]
    row = f"concat({', '.join(values)})" if values else "''"
    # Halves of one number, as `md5_number_lower` and `md5_number_upper` give them for two computations of it.
    rows, lower, upper = connection.execute(
        f'with numbers as (select md5_number({row}) as number from "{name}") '
        "select count(*), coalesce(sum((number >> 64)::ubigint), 0)::varchar, "
        f"coalesce(sum((number & {2**64 - 1}::uhugeint)::ubigint), 0)::varchar from numbers"
    ).fetchall()[0]
    content = json.dumps([columns, rows, lower, upper]).encode()
    return ObjectDigest(name, rows, hashlib.sha256(content).hexdigest())
