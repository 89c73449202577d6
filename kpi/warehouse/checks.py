"""Run `sql/checks`: each statement returns the rows that offend, and its header says whether they block."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb

from kpi.warehouse.statements import insert_rows, sql_files


@dataclass(frozen=True)
class CheckResult:
    """Tell how one check ended: its promise, how many rows break it, and the first of them."""

    name: str
    severity: Literal["block", "warn"]
    promise: str
    offending_rows: int
    first: str = ""

    @property
    def blocks(self) -> bool:
        """Tell whether this result keeps the build from being published."""
        return self.severity == "block" and self.offending_rows > 0


def run_checks(connection: duckdb.DuckDBPyConnection, sql_folder: Path) -> tuple[CheckResult, ...]:
    """Run every check and store the results in `meta_check`."""
    results = tuple(_run(connection, file.name, file.header, file.text) for file in sql_files(sql_folder, "checks"))
    connection.execute(
        "create table meta_check (check_name varchar, severity varchar, promise varchar, offending_rows bigint)"
    ).fetchall()
    rows = [(result.name, result.severity, result.promise, result.offending_rows) for result in results]
    insert_rows(connection, "meta_check", rows)
    return results


def _run(connection: duckdb.DuckDBPyConnection, name: str, header: str, text: str) -> CheckResult:
    severity, _, promise = header.partition(":")
    statement = text.rstrip().rstrip(";")
    counted = connection.execute(f"select count(*) from (\n{statement}\n)").fetchall()[0][0]  # noqa: S608
    first = _first_row(connection, statement) if counted else ""
    return CheckResult(name, "block" if severity == "block" else "warn", promise.strip(), counted, first)


def _first_row(connection: duckdb.DuckDBPyConnection, statement: str) -> str:
    found = connection.execute(f"select * from (\n{statement}\n) order by all limit 1")  # noqa: S608
    names = [column[0] for column in found.description or ()]
    cells = zip(names, found.fetchall()[0], strict=True)
    return ", ".join(f"{name} = {value}" for name, value in cells if value is not None)
