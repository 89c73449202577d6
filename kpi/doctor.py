"""Examine an installation: what is in force, what is broken, and what to do about it."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Literal

from kpi import messages
from kpi.errors import EXIT_HELD_BACK, KpiError, LakeDamaged
from kpi.held import Held
from kpi.settings import Settings

if TYPE_CHECKING:
    from kpi.warehouse.manifest import Manifest


@dataclass(frozen=True)
class Diagnosis:
    """Say one thing about the installation, with the exit code it deserves."""

    state: Literal["ok", "warn", "bad"]
    key: str
    facts: Mapping[str, object] = field(default_factory=dict)
    error: KpiError | None = None
    held: Held | None = None
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """Return the exit code of the error behind the finding, 7 for what is held back, 0 for the others."""
        if self.held:
            return EXIT_HELD_BACK
        return self.error.exit_code if self.error else 0

    def what(self, language: str) -> str:
        """Say the finding in words."""
        if self.held:
            names = self.names.get(language, {})
            return f"{self.held.held_id}  {self.held.what(language, names)} {self.held.next_step(language, names)}"
        if self.error:
            return f"{self.error.what(language)} {self.error.next_step(language)}"
        return messages.text(f"doctor.{self.key}", language, **self.facts)


def examine(settings: Settings, *, full: bool = False) -> list[Diagnosis]:
    """Look at the workspace, its lake and its published file, in the order data flows.

    Of the lake's files only both ends are looked at; with `full` every byte is compared with the ledger's digests.
    """
    findings: list[Diagnosis] = []
    looks = (_workspace, _registries, _declared, partial(_lake, full=full), _held, _privacy, _engine, _published)
    for look in looks:
        try:
            findings += look(settings)
        except KpiError as error:
            told = {str(finding.error) for finding in findings}
            findings += [] if str(error) in told else [Diagnosis("bad", "error", error=error)]
    return findings


def _workspace(settings: Settings) -> list[Diagnosis]:
    from kpi.workspace import read_workspace

    return [Diagnosis("warn", "synthetic")] if read_workspace(settings.workspace).synthetic else []


def _registries(settings: Settings) -> list[Diagnosis]:
    from kpi.ingest.registries import read_registries

    read_registries(settings.workspace)
    return []


def _declared(settings: Settings) -> list[Diagnosis]:
    from kpi.ingest.load import declared
    from kpi.workspace import read_workspace

    _, lookups, _ = declared(settings.workspace)
    workspace = read_workspace(settings.workspace)
    facts = {"name_ar": workspace.name_ar, "name_en": workspace.name_en,
             "entities": len(lookups.ids["entities"]), "services": len(lookups.ids["services"])}  # fmt: skip
    return [Diagnosis("ok", "workspace", facts)]


def _lake(settings: Settings, *, full: bool = False) -> list[Diagnosis]:
    from kpi.lake import Lake

    lake = Lake(settings.workspace)
    files = lake.files()
    facts = {"files": f"{len(files):,}", "accepted": f"{sum(file.rows_accepted for file in files):,}",
             "rejected": f"{sum(file.rows_rejected for file in files):,}"}  # fmt: skip
    unreadable = [Diagnosis("warn", "unreadable", {"file": file.source_file}) for file in files if file.error]
    damaged = {file.source_file: None for file, _ in (lake.damaged_data() if full else lake.torn_data())}
    error = LakeDamaged("lake_damaged", files=", ".join(damaged)) if damaged else None
    torn = [Diagnosis("bad", "error", error=error)] if error else []
    return [Diagnosis("ok" if files else "warn", "lake" if files else "lake_empty", facts), *unreadable, *torn]


def _privacy(settings: Settings) -> list[Diagnosis]:
    from kpi.durable import open_to_others
    from kpi.ingest.pseudonym_key import known_key
    from kpi.lake import Lake

    found = []
    if opened := open_to_others(settings.workspace):
        places = {settings.workspace / path.relative_to(settings.workspace).parts[0] for path in opened}
        command = f"chmod -R o-rwx {shlex.join(map(str, sorted(places)))}"
        facts = {"count": f"{len(opened):,}", "example": opened[0], "command": command}
        found.append(Diagnosis("warn", "open_to_others", facts))
    try:
        known_key(settings.key_file, Lake(settings.workspace))
    except KpiError as error:
        found.append(Diagnosis("bad", "error", error=error))
    return [*(found or [Diagnosis("ok", "private")]), *_retention(settings)]


def _retention(settings: Settings) -> list[Diagnosis]:
    from kpi.ingest.archive import due, lost_copies
    from kpi.lake import Lake
    from kpi.masking import is_personal_name

    files = Lake(settings.workspace).files()
    found = []
    if archived := [file for file in files if file.archived]:
        found.append(Diagnosis("ok", "archived", {"files": f"{len(archived):,}"}))
    if late := due(settings.workspace, settings.archive_after_days):
        facts = {"files": f"{len(late):,}", "days": settings.archive_after_days}
        found.append(Diagnosis("warn", "archive_due", facts))
    found += [Diagnosis("warn", "sealed_missing", {"file": name}) for name in lost_copies(settings.workspace)]
    if named := [file.source_file for file in files if is_personal_name(file.source_file)]:
        found.append(Diagnosis("warn", "names_hold_numbers", {"files": f"{len(named):,}", "example": named[0]}))
    return found


def _held(settings: Settings) -> list[Diagnosis]:
    from kpi.ingest.registries import entity_names
    from kpi.ingest.release import everything_held

    items = everything_held(settings.workspace)
    names = {language: entity_names(settings.workspace, language) for language in messages.LANGUAGES if items}
    found = (
        [Diagnosis("warn", "held_back", {"count": f"{len(items):,}"})] if items else [Diagnosis("ok", "nothing_held")]
    )
    return found + [Diagnosis("warn", "held", held=item, names=names) for item in items]


def _engine(settings: Settings) -> list[Diagnosis]:
    from kpi.lake import Lake
    from kpi.warehouse.engines import engine_in_force
    from kpi.warehouse.spark_server import is_local, java

    if settings.engine == "duckdb":
        with engine_in_force(settings) as engine:
            return [Diagnosis("ok", "engine_duckdb", {"version": engine.version})]
    found = []
    if is_local(settings.engine_url) and (place := java()):
        found.append(Diagnosis("ok", "engine_java", {"java": place}))
    files = Lake(settings.workspace).files()
    held = [
        (file, file.accepted_path)
        for file in files
        if file.log == "transactions" and file.accepted_path and file.rows_accepted  # none is what is not there, too
    ]
    with engine_in_force(settings) as engine:
        url = settings.engine_url.partition(";")[0]
        found.append(Diagnosis("ok", "engine_spark", {"version": engine.version, "url": url}))
        if not held:
            return [*found, Diagnosis("warn", "engine_lake_empty")]
        file, path = min(held, key=lambda pair: pair[0].rows_accepted)
        rows = engine.rows_of(path)
    facts = {"file": file.source_file, "rows": f"{file.rows_accepted:,}", "found": f"{rows:,}"}
    same = rows == file.rows_accepted
    return [*found, Diagnosis("ok" if same else "bad", "engine_lake" if same else "engine_lake_differs", facts)]


def _published(settings: Settings) -> list[Diagnosis]:
    from kpi.warehouse.connect import Warehouse
    from kpi.warehouse.manifest import Manifest
    from kpi.warehouse.publish import POINTER

    pointer = Manifest.read(settings.workspace / "warehouse" / POINTER)
    warehouse = Warehouse.open(settings.workspace, settings.build)
    facts = warehouse.query("select * from serve_freshness").to_dicts()[0]
    found = [Diagnosis("ok", "published", {"build": facts["build_id"], "last_month": facts["last_month"]})]
    if settings.build is not None:
        found.append(Diagnosis("warn", "as_of", {"build": warehouse.build_id}))
    elif pointer is None or pointer.build_id != warehouse.build_id:
        found.append(Diagnosis("warn", "fallback", {"build": warehouse.build_id}))
    found += _damaged(settings, warehouse.manifest)
    checks = warehouse.query("select check_name, offending_rows from meta_check where offending_rows > 0")
    found += [Diagnosis("warn", "check", row) for row in checks.to_dicts()]
    warehouse.close()
    return found


def _damaged(settings: Settings, served: "Manifest") -> list[Diagnosis]:
    """Name the builds that are not as they were published, and a copy for people that somebody wrote into."""
    from kpi.warehouse.builds import published_builds
    from kpi.warehouse.publish import is_copy_whole

    found = [
        Diagnosis("warn", f"damaged.{build.damage}", {"build": build.manifest.build_id})
        for build in published_builds(settings.workspace)
        if build.damage
    ]
    if settings.build is None and not is_copy_whole(settings.workspace / "warehouse", served):
        found.append(Diagnosis("warn", "copy_damaged", {"file": settings.workspace / "warehouse" / "current.duckdb"}))
    return found
