"""Build the DuckDB file from lake and registries, check it, and publish it."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from kpi import __version__
from kpi.catalogue import SQL_FOLDER
from kpi.errors import CheckFailed
from kpi.ingest.registries import read_registries
from kpi.lake import Lake
from kpi.settings import Settings
from kpi.warehouse.checks import CheckResult, run_checks
from kpi.warehouse.publish import BUILD_PREFIX, Manifest, candidates, is_intact, publish, publishing, sha256_of
from kpi.warehouse.tables import BuildInputs, document, make_tables
from kpi.workspace import read_workspace

COUNTED_TABLES = ("fct_transaction_service_month", "fct_project_update", "fct_service_event", "fct_assessment")


@dataclass(frozen=True)
class BuildReport:
    """Tell what a build came to; `is_new` is false when the inputs were those of the build in service."""

    manifest: Manifest
    checks: tuple[CheckResult, ...]
    is_new: bool


def build(
    settings: Settings,
    *,
    force: bool = False,
    sql_folder: Path = SQL_FOLDER,
    progress: Callable[[str], None] = lambda step: None,
) -> BuildReport:
    """Build, check and publish the workspace's file.

    The same inputs and code give the same query results, so an unchanged workspace is left as it is unless forced.
    Raises `CheckFailed` when a blocking check finds rows; the build in service then stays.
    """
    folder = settings.workspace / "warehouse"
    with publishing(folder):
        lake, registries = Lake(settings.workspace), read_registries(settings.workspace)
        inputs_sha256 = _inputs_digest(settings, lake, registries, sql_folder)
        current = next(iter(candidates(folder)), None)
        if not force and current and current.inputs_sha256 == inputs_sha256 and is_intact(folder, current):
            return BuildReport(current, (), is_new=False)
        built_at = datetime.now(UTC)
        build_id = f"{built_at:%Y%m%dT%H%M%S}-{inputs_sha256[:8]}"
        aside = folder / f"{BUILD_PREFIX}{os.getpid()}.duckdb"
        meta = {
            "build_id": build_id,
            "built_at": built_at.replace(tzinfo=None, microsecond=0),
            "code_version": __version__,
        }
        inputs = BuildInputs(lake, registries, meta | read_workspace(settings.workspace).as_meta(), sql_folder)
        checks, rows, totals = _write(aside, inputs, settings, progress)
        progress("publish")
        manifest = Manifest(
            build_id=build_id,
            file=f"kpi-{build_id}.duckdb",
            sha256=sha256_of(aside),
            size_bytes=aside.stat().st_size,
            built_at=built_at.isoformat(timespec="seconds"),
            inputs_sha256=inputs_sha256,
            rows=rows,
            totals=totals,
        )
        publish(aside, manifest, settings.keep_builds)
    return BuildReport(manifest, checks, is_new=True)


def _write(
    aside: Path, inputs: BuildInputs, settings: Settings, progress: Callable[[str], None]
) -> tuple[tuple[CheckResult, ...], dict[str, int], dict[str, int]]:
    config: dict[str, str | float | list[str]] = {
        "storage_compatibility_version": settings.storage_version,
        "threads": str(settings.threads),
        "memory_limit": settings.memory_limit,
        "temp_directory": str(aside.with_suffix(".spill")),
        "preserve_insertion_order": "true",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    with duckdb.connect(str(aside), config=config) as connection:
        connection.execute("set python_enable_replacements = false").fetchall()
        progress("tables")
        make_tables(connection, inputs)
        progress("checks")
        checks = run_checks(connection, inputs.sql_folder)
        document(connection, inputs.sql_folder)
        blocking = [check for check in checks if check.blocks]
        if blocking:
            names = ", ".join(f"{check.name} ({check.offending_rows})" for check in blocking)
            raise CheckFailed("check_blocked", checks=names)
        rows = {
            table: connection.execute(f"select count(*) from {table}").fetchall()[0][0]  # noqa: S608
            for table in COUNTED_TABLES
        }
        total = connection.execute(
            "select coalesce(sum(transactions), 0)::bigint from fct_transaction_month"
        ).fetchall()
        connection.execute("checkpoint").fetchall()
    return checks, rows, {"transactions": total[0][0]}


def _inputs_digest(settings: Settings, lake: Lake, registries: dict[str, pl.DataFrame], sql_folder: Path) -> str:
    digest = hashlib.sha256(f"{__version__} {settings.storage_version} {duckdb.__version__}".encode())
    ledger = [
        [
            file.source_file,
            file.sha256,
            file.rows_read,
            file.rows_accepted,
            file.rows_rejected,
            file.error,
            file.lake_key,
        ]
        for file in lake.files()
    ]
    digest.update(json.dumps(ledger).encode())
    for name, registry in sorted(registries.items()):
        digest.update(name.encode() + registry.write_csv().encode())
    digest.update(json.dumps(read_workspace(settings.workspace).as_meta(), sort_keys=True, default=str).encode())
    for path in sorted(sql_folder.rglob("*")):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
