"""Prove that a published build is what its lake and registries say: bytes, digests, and a fresh make beside it."""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from kpi import messages
from kpi.catalogue import SQL_FOLDER
from kpi.errors import EXIT_DIFFERS, KpiError, NothingPublished, storage_fault
from kpi.lake import Lake
from kpi.settings import Settings
from kpi.warehouse.build import Say, build_inputs, make_aside
from kpi.warehouse.builds import find_build
from kpi.warehouse.connect import connect_read_only
from kpi.warehouse.digest import ObjectDigest, digests, stored_digests
from kpi.warehouse.inputs import Inputs, check_lake, read_inputs
from kpi.warehouse.manifest import Manifest, damage
from kpi.warehouse.publish import BUILD_PREFIX, candidates, publishing, remove_leftovers

NUMERIC = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT", "DOUBLE", "DECIMAL")


@dataclass(frozen=True)
class Difference:
    """Say one thing in which a build is not what it should be; the words are in the messages under `verify`."""

    key: str
    facts: Mapping[str, object] = field(default_factory=dict)
    error: KpiError | None = None

    def what(self, language: str) -> str:
        """Say the difference in words."""
        if self.error:
            return f"{self.error.what(language)} {self.error.next_step(language)}"
        return messages.text(f"verify.{self.key}", language, **self.facts)


@dataclass(frozen=True)
class Verification:
    """Hold what a verification compared and found.

    `changed_inputs` names the kinds of input (lake, registries, workspace, sql, code) that are no longer those of the
    build: a difference then comes from them and not from a damaged file.
    """

    build_id: str
    objects: int
    rows: int
    differences: tuple[Difference, ...]
    changed_inputs: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Tell whether the file is what the lake and the registries say."""
        return not self.differences

    @property
    def exit_code(self) -> int:
        """Return 0 when nothing differs, else 1."""
        return 0 if self.is_same else EXIT_DIFFERS


def verify(
    settings: Settings,
    build_id: str | None = None,
    *,
    sql_folder: Path = SQL_FOLDER,
    progress: Say = lambda step: None,
) -> Verification:
    """Compare a build's bytes with its manifest, its content with its digests, and those with a fresh make.

    The fresh make stands aside in the warehouse folder and is removed; no build can run meanwhile. Raises
    `NothingPublished` when there is nothing to verify, `BuildUnavailable` for an unknown build.
    """
    folder = settings.workspace / "warehouse"
    manifest = _wanted(settings, build_id)
    with publishing(folder), storage_fault(folder), Lake(settings.workspace).reading():
        progress("bytes")
        differences = _of_bytes(folder, manifest)
        stored: dict[str, ObjectDigest] = {}
        if not differences:
            progress("digests")
            stored, differences = _of_digests(folder / manifest.file)
        inputs = read_inputs(settings, sql_folder)
        changed = _changed(manifest, inputs)
        progress("lake")
        try:
            check_lake(inputs.lake, set_aside=False)
            differences += _of_fresh_make(folder, manifest, stored, inputs, settings, sql_folder, progress)
        except KpiError as error:
            differences.append(Difference("error", error=error))
        finally:
            remove_leftovers(folder)
    rows = sum(entry.row_count for entry in stored.values())
    return Verification(manifest.build_id, len(stored), rows, tuple(differences), changed)


def _wanted(settings: Settings, build_id: str | None) -> Manifest:
    if name := build_id or settings.build:
        return find_build(settings.workspace, name)
    # What the pointer names is verified even when it is damaged and readers already get another one.
    manifest = next(candidates(settings.workspace / "warehouse"), None)
    if manifest is None:
        raise NothingPublished("nothing_published", workspace=settings.workspace)
    return manifest


def _of_bytes(folder: Path, manifest: Manifest) -> list[Difference]:
    found = damage(folder, manifest)
    return [Difference(found, {"file": manifest.file, "size": manifest.size_bytes})] if found else []


def _of_digests(path: Path) -> tuple[dict[str, ObjectDigest], list[Difference]]:
    try:
        with connect_read_only(path) as connection:
            return stored_digests(connection), _compared("file", stored_digests(connection), digests(connection))
    except duckdb.CatalogException:
        return {}, [Difference("no_digests", {"file": path.name})]
    except duckdb.Error as error:
        return {}, [Difference("unreadable", {"file": path.name, "reason": str(error).partition("\n")[0]})]


def _of_fresh_make(
    folder: Path,
    manifest: Manifest,
    stored: Mapping[str, ObjectDigest],
    inputs: Inputs,
    settings: Settings,
    sql_folder: Path,
    progress: Say,
) -> list[Difference]:
    aside = folder / f"{BUILD_PREFIX}{os.getpid()}.verify.duckdb"
    made = make_aside(aside, build_inputs(inputs, manifest.build_id, datetime.now(UTC), sql_folder), settings, progress)
    differences = [
        Difference("total", {"name": name, "published": f"{published:,}", "fresh": f"{fresh.get(name, 0):,}"})
        for published_counts, fresh in ((manifest.rows, made.rows), (manifest.totals, made.totals))
        for name, published in published_counts.items()
        if fresh.get(name) != published
    ]
    progress("compare")
    if stored:
        with connect_read_only(aside) as connection:
            differences += _compared("lake", stored, stored_digests(connection))
            differences += _sums(folder / manifest.file, connection, differences)
    return differences


def _compared(side: str, expected: Mapping[str, ObjectDigest], found: Mapping[str, ObjectDigest]) -> list[Difference]:
    """Compare object by object; `side` is `file` or `lake`, whatever was read again."""
    differences = []
    for name in sorted({*expected, *found}):
        before, after = expected.get(name), found.get(name)
        if before == after:
            continue
        if before is None or after is None:
            differences.append(
                Difference(f"{side}_{'extra' if before is None else 'missing'}_object", {"object": name})
            )
        elif before.row_count != after.row_count:
            facts = {"object": name, "published": f"{before.row_count:,}", "fresh": f"{after.row_count:,}"}
            differences.append(Difference(f"{side}_rows", facts))
        else:
            differences.append(Difference(f"{side}_content", {"object": name, "rows": f"{before.row_count:,}"}))
    return differences


def _sums(published: Path, fresh: duckdb.DuckDBPyConnection, differences: list[Difference]) -> list[Difference]:
    """Name the columns of differing tables and views whose sums differ."""
    names = [str(found.facts["object"]) for found in differences if found.key in ("lake_rows", "lake_content")]
    sums: list[Difference] = []
    with connect_read_only(published) as file:
        for name in names:
            with suppress(duckdb.Error):
                before, after = _column_sums(file, name), _column_sums(fresh, name)
                sums += [
                    Difference(
                        "sum",
                        {"object": name, "column": column, "published": before[column], "fresh": after[column]},
                    )
                    for column in before
                    if column in after and before[column] != after[column]
                ]
    return sums


def _column_sums(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, str]:
    described = connection.execute(
        "select column_name, data_type from duckdb_columns() "
        "where table_name = ? and database_name = current_database()",
        [name],
    ).fetchall()
    columns = [column for column, kind in described if kind.startswith(NUMERIC)]
    if not columns:
        return {}
    totals = ", ".join(f'coalesce(sum("{column}"), 0)::varchar' for column in columns)
    values = connection.execute(f'select {totals} from "{name}"').fetchall()[0]
    return dict(zip(columns, values, strict=True))


def _changed(manifest: Manifest, inputs: Inputs) -> tuple[str, ...]:
    if manifest.inputs_sha256 == inputs.sha256:
        return ()
    kinds = tuple(kind for kind, digest in inputs.digests.items() if manifest.inputs.get(kind) != digest)
    return kinds or tuple(inputs.digests)
