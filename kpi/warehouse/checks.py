"""Run `sql/checks`: each statement returns the rows that offend, and its header says whether they block."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb

from kpi.warehouse.statements import sql_files


@dataclass(frozen=True)
class CheckResult:
    """Tell how one check ended: its promise, and how many rows break it."""

    name: str
    severity: Literal["block", "warn"]
    promise: str
    offending_rows: int

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
    connection.executemany(
        "insert into meta_check values (?, ?, ?, ?)",
        [(result.name, result.severity, result.promise, result.offending_rows) for result in results],
    )
    return results


def _run(connection: duckdb.DuckDBPyConnection, name: str, header: str, text: str) -> CheckResult:
    severity, _, promise = header.partition(":")
    counted = connection.execute(f"select count(*) from (\n{text.rstrip().rstrip(';')}\n)").fetchall()  # noqa: S608
    return CheckResult(name, "block" if severity == "block" else "warn", promise.strip(), counted[0][0])
