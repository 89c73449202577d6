"""Find the SQL of a build and put it in an order in which every object exists before it is read."""

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import duckdb
import polars as pl

from kpi.errors import SettingsError
from kpi.warehouse.faults import VALUE_FAULTS, rows_behind, storage_error_of


@dataclass(frozen=True)
class SqlFile:
    """Hold one file of `sql/`: it defines the object that has the file's name."""

    name: str
    folder: str
    text: str

    @property
    def header(self) -> str:
        """Return the first comment line without its dashes."""
        return self.text.partition("\n")[0].removeprefix("--").strip()

    def reads(self, names: frozenset[str]) -> set[str]:
        """Return which of the named objects this file refers to."""
        words = set(re.findall(r"[a-z_][a-z0-9_]*", self.text))
        return (words & names) - {self.name}


def sql_files(root: Path, folder: str) -> tuple[SqlFile, ...]:
    """Read the files of one folder below `sql/`, dependencies first, then by name."""
    files = {
        path.stem: SqlFile(path.stem, folder, path.read_text(encoding="utf-8"))
        for path in sorted((root / folder).glob("*.sql"))
    }
    names = frozenset(files)
    order = TopologicalSorter({name: sorted(file.reads(names)) for name, file in files.items()})
    return tuple(files[name] for name in order.static_order())


@contextmanager
def written_at_once(connection: duckdb.DuckDBPyConnection) -> Generator[None]:
    """Write what follows down together: each small statement by itself would wait for the disk."""
    connection.execute("begin transaction").fetchall()
    try:
        yield
    except BaseException:
        connection.execute("rollback").fetchall()
        raise
    connection.execute("commit").fetchall()


def run_statement(connection: duckdb.DuckDBPyConnection, name: str, statements: str) -> None:
    """Run the SQL of a named object.

    Raises `SettingsError` with the name when it fails, `StorageError` when the disk is full.
    """
    try:
        connection.execute(statements).fetchall()
    except duckdb.Error as error:
        if fault := storage_error_of(error, name):
            raise fault from error
        reason = str(error).partition("\n")[0]
        if isinstance(error, VALUE_FAULTS) and (rows := rows_behind(connection)):
            raise SettingsError("sql_failed_on_rows", object=name, reason=reason, rows=rows) from error
        raise SettingsError("sql_failed", object=name, reason=reason) from error


def register(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    """Let SQL read a frame under a name while the connection lasts."""
    connection.register(name, frame.to_arrow())


def insert_rows(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple]) -> None:
    """Insert rows as one set, in the order of the table's columns: one by one, each would be planned by itself."""
    if rows:
        register(connection, "inserted_rows", pl.DataFrame(rows, orient="row", infer_schema_length=None))
        connection.execute(f"insert into {table} select * from inserted_rows").fetchall()  # noqa: S608
        connection.unregister("inserted_rows")


def table_of(cube: SqlFile, select: str) -> str:
    """Return the statement that makes a cube's table of a select; what is named `lake_` stays out of the file."""
    kind = "temp table" if cube.name.startswith("lake_") else "table"
    return f"create {kind} {cube.name} as\n{select}\norder by all"
