"""Open the published file: read-only, verified, one instance per build, one cursor per query."""

import logging
from collections.abc import Mapping
from pathlib import Path

import duckdb
import polars as pl

from kpi.errors import NothingPublished
from kpi.warehouse.publish import Manifest, candidates, is_intact, manifests

LOG = logging.getLogger(__name__)
READER_CONFIG: dict[str, str | float | list[str]] = {
    "threads": "2",
    "memory_limit": "512MB",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}


class Warehouse:
    """Answer queries from one published build; safe to share between threads."""

    def __init__(self, path: Path, manifest: Manifest, connection: duckdb.DuckDBPyConnection) -> None:
        self.path = path
        self.manifest = manifest
        self._connection = connection

    @property
    def build_id(self) -> str:
        """Return the id of the build that answers."""
        return self.manifest.build_id

    @staticmethod
    def open(workspace: Path) -> "Warehouse":
        """Open the build in service, or the last good one when that is damaged.

        Raises `NothingPublished` when no build of the workspace can be read.
        """
        folder = workspace / "warehouse"
        for manifest in candidates(folder):
            if is_intact(folder, manifest):
                path = folder / manifest.file
                return Warehouse(path, manifest, _connect(path))
            LOG.error("Build %s is damaged and is left out", manifest.build_id)
        raise NothingPublished("nothing_published", workspace=workspace)

    @staticmethod
    def open_previous(workspace: Path, build_id: str) -> "Warehouse | None":
        """Open the good build published before another one; None when there is none."""
        folder = workspace / "warehouse"
        published = manifests(folder)
        ids = [manifest.build_id for manifest in published]
        for manifest in published[ids.index(build_id) + 1 :] if build_id in ids else ():
            if is_intact(folder, manifest):
                path = folder / manifest.file
                return Warehouse(path, manifest, _connect(path))
        return None

    def query(self, sql: str, parameters: Mapping[str, object] | None = None, **named: object) -> pl.DataFrame:
        """Run one statement with bound `$name` parameters and return its rows."""
        with self._connection.cursor() as cursor:
            return cursor.sql(sql, params={**(parameters or {}), **named}).pl()

    def close(self) -> None:
        """Close the connection; open queries finish first."""
        self._connection.close()


def current_build_id(workspace: Path) -> str | None:
    """Return the id of the build the pointer names, or of the newest one; None when nothing is published."""
    for manifest in candidates(workspace / "warehouse"):
        return manifest.build_id
    return None


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(path), read_only=True, config=READER_CONFIG.copy())
    connection.execute("set python_enable_replacements = false").fetchall()
    # Not locked: DuckDB hands the same instance to a second opening of the file, which sets these again.
    connection.execute("set enable_external_access = false").fetchall()
    return connection
