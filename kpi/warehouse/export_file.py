"""Copy a build to another place, whole or as its public edition; what stands there is complete at every moment."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from kpi.durable import put
from kpi.errors import KpiError, SettingsError, storage_fault
from kpi.lake import sha256_of
from kpi.settings import Settings
from kpi.warehouse.builds import open_first_good
from kpi.warehouse.faults import storage_error_of
from kpi.warehouse.public import make_public
from kpi.warehouse.publish import settle

_PUBLIC_MODE = 0o444  # whoever reaches the folder may read the public edition


@dataclass(frozen=True)
class ExportedFile:
    """Tell which file was written, of which build."""

    path: Path
    build_id: str
    sha256: str
    size_bytes: int


def export_file(settings: Settings, target: Path, *, public: bool = False) -> ExportedFile:
    """Write a copy of the build in service, or of the one asked for, to a file or into a folder.

    It is written aside, read again, synced to disk and only then renamed: whoever has an older copy open keeps it, and
    nobody sees half of one. With `public` it is a freshly built public edition, because the bytes of dropped tables
    stay in a DuckDB file. Raises `StorageError` when the disk is full, `NothingPublished` when there is no build.
    """
    path, manifest, _ = open_first_good(settings.workspace, settings.build, lambda found: found.stat())
    name = f"kpi-{manifest.build_id}{'-public' if public else ''}.duckdb"
    wanted = target / name if target.is_dir() else target
    aside = wanted.with_name(f".{wanted.name}.{os.getpid()}.partial")
    with storage_fault(wanted.parent):
        wanted.parent.mkdir(parents=True, exist_ok=True)
        try:
            if public:
                _make(aside, path, settings)
            else:
                shutil.copyfile(path, aside)
            digest = sha256_of(aside)
            if not public and digest != manifest.sha256:
                raise SettingsError("copy_differs", file=wanted.name)
            settle(aside)
            if public:
                aside.chmod(_PUBLIC_MODE)
            put(aside, wanted)
        finally:
            for leftover in (aside, aside.with_name(f"{aside.name}.wal")):
                leftover.unlink(missing_ok=True)
    return ExportedFile(wanted, manifest.build_id, digest, wanted.stat().st_size)


def _make(aside: Path, build: Path, settings: Settings) -> None:
    config: dict[str, str | float | list[str]] = {
        "storage_compatibility_version": settings.storage_version,
        "threads": str(settings.threads),
        "memory_limit": settings.memory_limit,
        "python_enable_replacements": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    try:
        with duckdb.connect(str(aside), config=config) as connection:
            make_public(connection, build, settings.small_cell_below)
    except duckdb.Error as error:
        fault: KpiError | None = storage_error_of(error, aside.parent)
        reason = str(error).partition("\n")[0]
        raise fault or SettingsError("sql_failed", object=aside.name, reason=reason) from error
