"""Build the DuckDB file from lake and registries, check it, and publish it."""

import os
from collections.abc import Callable
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from kpi.catalogue import SQL_FOLDER
from kpi.errors import CheckFailed, SettingsError, storage_fault
from kpi.held import Held
from kpi.lake import Lake
from kpi.settings import Settings
from kpi.version import version
from kpi.warehouse.checks import CheckResult, run_checks
from kpi.warehouse.dictionary import document
from kpi.warehouse.digest import make_digest_table, store_digests
from kpi.warehouse.engines import CubeEngine, engine_in_force
from kpi.warehouse.faults import storage_error_of
from kpi.warehouse.held_publication import check_publication, clear_publication
from kpi.warehouse.inputs import Inputs, check_lake, read_inputs
from kpi.warehouse.lineage import tables_of_logs
from kpi.warehouse.manifest import Manifest, damage, file_name, sha256_of
from kpi.warehouse.publish import (
    BUILD_PREFIX,
    candidates,
    next_sequence,
    publish,
    publishing,
    remove_leftovers,
    restore,
)
from kpi.warehouse.tables import BuildInputs, make_tables

COUNTED_CUBE = "fct_transaction_service_month"

Say = Callable[[str], None]


@dataclass(frozen=True)
class BuildReport:
    """Tell what a build came to; `is_new` is false when the inputs were those of the build in service.

    `is_restored` says that the pointer, the manifest or the copy for people had to be put right; `held` is what is held
    back.
    """

    manifest: Manifest
    checks: tuple[CheckResult, ...]
    is_new: bool
    is_restored: bool = False
    held: tuple[Held, ...] = ()


@dataclass(frozen=True)
class Made:
    """Hold what was found while an aside file was made: check results, row counts and control totals."""

    checks: tuple[CheckResult, ...]
    rows: dict[str, int]
    totals: dict[str, int]


def build(
    settings: Settings,
    *,
    force: bool = False,
    sql_folder: Path = SQL_FOLDER,
    progress: Say = lambda step: None,
    replaces_all: bool = False,
) -> BuildReport:
    """Build, check and publish the workspace's file.

    The same inputs and code give the same query results, so an unchanged workspace is left as it is unless forced.
    What is in service is compared with the new build, unless that `replaces_all` on purpose, as invented data do.
    Raises `PublicationHeld` when published figures would disappear or collapse, `CheckFailed` when a blocking check
    finds rows, `LakeDamaged` when the lake is not what was loaded, `StorageError` when the disk is full; the build in
    service then stays, and nothing is left behind.
    """
    folder = settings.workspace / "warehouse"
    progress("lock")
    with publishing(folder), storage_fault(folder), Lake(settings.workspace).reading():
        progress("inputs")
        inputs = read_inputs(settings, sql_folder)
        current = next(candidates(folder), None)
        if not force and current and current.inputs_sha256 == inputs.sha256 and damage(folder, current) is None:
            clear_publication(settings.workspace)
            return BuildReport(current, (), is_new=False, is_restored=restore(folder, current), held=inputs.held.items)
        check_lake(inputs.lake, set_aside=True)
        try:
            return _build_and_publish(folder, inputs, settings, sql_folder, progress, replaces_all=replaces_all)
        finally:
            remove_leftovers(folder)


def _build_and_publish(
    folder: Path, inputs: Inputs, settings: Settings, sql_folder: Path, progress: Say, *, replaces_all: bool
) -> BuildReport:
    aside = folder / f"{BUILD_PREFIX}{os.getpid()}.duckdb"
    build_id, built_at = _new_name(folder, inputs)
    made = make_aside(aside, build_inputs(inputs, build_id, built_at, sql_folder), settings, progress)
    if not replaces_all:
        progress("compare")
        check_publication(folder, aside, inputs, sql_folder)
    progress("publish")
    manifest = Manifest(
        build_id=build_id,
        file=file_name(build_id),
        sha256=sha256_of(aside),
        size_bytes=aside.stat().st_size,
        built_at=built_at.isoformat(timespec="seconds"),
        inputs_sha256=inputs.sha256,
        rows=made.rows,
        totals=made.totals,
        sequence=next_sequence(folder),
        inputs=inputs.digests,
    )
    publish(aside, manifest, settings.keep_builds, protected=_protected(folder, settings))
    clear_publication(settings.workspace)
    return BuildReport(manifest, made.checks, is_new=True, held=inputs.held.items)


def build_inputs(inputs: Inputs, build_id: str, built_at: datetime, sql_folder: Path) -> BuildInputs:
    """Add to the inputs what the file says of itself."""
    meta = {
        "build_id": build_id,
        "built_at": built_at.replace(tzinfo=None, microsecond=0),
        "code_version": version(),
    }
    told = meta | inputs.workspace.as_meta()
    return BuildInputs(inputs.held, inputs.decisions, inputs.registries, inputs.sources, told, sql_folder)


def make_aside(aside: Path, inputs: BuildInputs, settings: Settings, progress: Say) -> Made:
    """Make and check a build in a new file; raise `CheckFailed` when a blocking check finds rows."""
    try:
        with engine_in_force(settings) as engine:
            return _make(aside, inputs, settings, engine, progress)
    except duckdb.Error as error:
        fault = storage_error_of(error, aside.parent)
        reason = str(error).partition("\n")[0]
        raise fault or SettingsError("sql_failed", object=aside.name, reason=reason) from error


def _make(aside: Path, inputs: BuildInputs, settings: Settings, engine: CubeEngine, progress: Say) -> Made:
    with duckdb.connect(str(aside), config=_config(aside, settings)) as connection:
        progress("tables")
        make_tables(connection, inputs, engine)
        progress("checks")
        checks = run_checks(connection, inputs.sql_folder)
        blocking = [check for check in checks if check.blocks]
        if blocking:
            raise CheckFailed("check_blocked", broken=tuple(astuple(check) for check in blocking))
        progress("digests")
        make_digest_table(connection)
        document(connection, inputs.sql_folder)
        store_digests(connection)
        rows = {
            table: connection.execute(f"select count(*) from {table}").fetchall()[0][0]  # noqa: S608
            for table in (COUNTED_CUBE, *tables_of_logs(inputs.sql_folder))
        }
        total = connection.execute(
            "select coalesce(sum(transactions), 0)::bigint from fct_transaction_month"
        ).fetchall()
        connection.execute("checkpoint").fetchall()
    return Made(checks, rows, {"transactions": total[0][0]})


def _config(aside: Path, settings: Settings) -> dict[str, str | float | list[str]]:
    return {
        "storage_compatibility_version": settings.storage_version,
        "threads": str(settings.threads),
        "memory_limit": settings.memory_limit,
        "temp_directory": str(aside.with_suffix(".spill")),
        "preserve_insertion_order": "true",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
    }


def _new_name(folder: Path, inputs: Inputs) -> tuple[str, datetime]:
    """Name the build by time and inputs; a name is never used twice, even when the clock went back."""
    built_at = datetime.now(UTC)
    moment = built_at
    while True:
        build_id = f"{moment:%Y%m%dT%H%M%S}-{inputs.sha256[:8]}"
        if not list(folder.glob(f"kpi-{build_id}.*")):
            return build_id, built_at
        moment += timedelta(seconds=1)


def _protected(folder: Path, settings: Settings) -> tuple[str, ...]:
    """Return the build that this installation serves by its name: it stays however old it is."""
    if settings.build is None:
        return ()
    return tuple(found.build_id for found in candidates(folder) if found.build_id.startswith(settings.build))
