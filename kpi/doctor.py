"""Examine an installation: what is in force, what is broken, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kpi import messages
from kpi.errors import KpiError
from kpi.settings import Settings


@dataclass(frozen=True)
class Finding:
    """Say one thing about the installation, with the exit code it deserves."""

    state: Literal["ok", "warn", "bad"]
    key: str
    facts: Mapping[str, object] = field(default_factory=dict)
    error: KpiError | None = None

    @property
    def exit_code(self) -> int:
        """Return the exit code of the error behind the finding, 0 for the others."""
        return self.error.exit_code if self.error else 0

    def what(self, language: str) -> str:
        """Say the finding in words."""
        if self.error:
            return f"{self.error.what(language)} {self.error.next_step(language)}"
        return messages.text(f"doctor.{self.key}", language, **self.facts)


def examine(settings: Settings) -> list[Finding]:
    """Look at the workspace, its lake and its published file, in the order data flows."""
    findings: list[Finding] = []
    for look in (_workspace, _lake, _engine, _published):
        try:
            findings += look(settings)
        except KpiError as error:
            findings.append(Finding("bad", "error", error=error))
    return findings


def _workspace(settings: Settings) -> list[Finding]:
    from kpi.ingest.registries import read_registries
    from kpi.workspace import read_workspace

    workspace = read_workspace(settings.workspace)
    registries = read_registries(settings.workspace)
    facts = {"name_ar": workspace.name_ar, "name_en": workspace.name_en,
             "entities": registries["entities"].height, "services": registries["services"].height}  # fmt: skip
    found = [Finding("ok", "workspace", facts)]
    if workspace.synthetic:
        found.append(Finding("warn", "synthetic"))
    return found


def _lake(settings: Settings) -> list[Finding]:
    from kpi.lake import Lake

    files = Lake(settings.workspace).files()
    facts = {"files": f"{len(files):,}", "accepted": f"{sum(file.rows_accepted for file in files):,}",
             "rejected": f"{sum(file.rows_rejected for file in files):,}"}  # fmt: skip
    unreadable = [Finding("warn", "unreadable", {"file": file.source_file}) for file in files if file.error]
    return [Finding("ok" if files else "warn", "lake" if files else "lake_empty", facts), *unreadable]


def _engine(settings: Settings) -> list[Finding]:
    from kpi.lake import Lake
    from kpi.warehouse.engines import engine_in_force
    from kpi.warehouse.spark_server import is_local, java

    if settings.engine == "duckdb":
        with engine_in_force(settings) as engine:
            return [Finding("ok", "engine_duckdb", {"version": engine.version})]
    found = []
    if is_local(settings.engine_url) and (place := java()):
        found.append(Finding("ok", "engine_java", {"java": place}))
    files = Lake(settings.workspace).files()
    held = [(file, file.accepted_path) for file in files if file.log == "transactions" and file.accepted_path]
    with engine_in_force(settings) as engine:
        url = settings.engine_url.partition(";")[0]
        found.append(Finding("ok", "engine_spark", {"version": engine.version, "url": url}))
        if not held:
            return [*found, Finding("warn", "engine_lake_empty")]
        file, path = min(held, key=lambda pair: pair[0].rows_accepted)
        rows = engine.rows_of(path)
    facts = {"file": file.source_file, "rows": f"{file.rows_accepted:,}", "found": f"{rows:,}"}
    same = rows == file.rows_accepted
    return [*found, Finding("ok" if same else "bad", "engine_lake" if same else "engine_lake_differs", facts)]


def _published(settings: Settings) -> list[Finding]:
    from kpi.warehouse.connect import Warehouse
    from kpi.warehouse.manifest import Manifest
    from kpi.warehouse.publish import POINTER

    pointer = Manifest.read(settings.workspace / "warehouse" / POINTER)
    warehouse = Warehouse.open(settings.workspace, settings.build)
    facts = warehouse.query("select * from serve_freshness").to_dicts()[0]
    found = [Finding("ok", "published", {"build": facts["build_id"], "last_month": facts["last_month"]})]
    if settings.build is not None:
        found.append(Finding("warn", "as_of", {"build": warehouse.build_id}))
    elif pointer is None or pointer.build_id != warehouse.build_id:
        found.append(Finding("warn", "fallback", {"build": warehouse.build_id}))
    checks = warehouse.query("select check_name, offending_rows from meta_check where offending_rows > 0")
    found += [Finding("warn", "check", row) for row in checks.to_dicts()]
    warehouse.close()
    return found
