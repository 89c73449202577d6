"""The engine that turns the lake into cubes: DuckDB in this process, or Spark where the lake is too large for it."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import duckdb

from kpi.settings import Settings
from kpi.warehouse.lake_views import TransactionLog, attach_transactions, unglobbed
from kpi.warehouse.statements import SqlFile, run_statement, table_of


class CubeEngine(Protocol):
    """Make the cubes of a build; `name` and `version` go into the file."""

    name: str
    version: str

    def make_cubes(
        self, connection: duckdb.DuckDBPyConnection, log: TransactionLog, cubes: tuple[SqlFile, ...]
    ) -> None:
        """Make the table of every cube from the rows of the log that count, and leave `lake_transactions` attached."""
        ...

    def rows_of(self, path: Path) -> int:
        """Count the rows of one file of the lake, as the engine sees it."""
        ...


class DuckdbEngine:
    """The engine of the file itself."""

    name = "duckdb"
    version = duckdb.__version__

    def make_cubes(
        self, connection: duckdb.DuckDBPyConnection, log: TransactionLog, cubes: tuple[SqlFile, ...]
    ) -> None:
        """Make the table of every cube."""
        attach_transactions(connection, log)
        for cube in cubes:
            run_statement(connection, cube.name, table_of(cube, cube.text))

    def rows_of(self, path: Path) -> int:
        """Count the rows of one file of the lake."""
        with duckdb.connect() as connection:
            return connection.execute("select count(*) from read_parquet(?)", [unglobbed(path)]).fetchall()[0][0]


@contextmanager
def engine_in_force(settings: Settings) -> Generator[CubeEngine]:
    """Give the engine that the settings name; raise `EngineError` when it cannot be reached."""
    if settings.engine == "duckdb":
        yield DuckdbEngine()
        return
    from kpi.warehouse.spark import spark_in_force

    with spark_in_force(settings) as engine:
        yield engine
