"""Read the few registries that the invented logs are built on."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from kpi.errors import SettingsError

READ = ("entities", "governorates", "projects", "journeys", "indicators")


@dataclass(frozen=True)
class ReferenceBody:
    """One public body: a row of the entities registry."""

    entity_id: str
    name_ar: str
    name_en: str
    kind: str
    governorate_id: str | None
    reports: bool
    expected_from: date | None

    @property
    def is_governorate_office(self) -> bool:
        """Tell governorate offices from the other bodies."""
        return self.kind == "governorate_office"


@dataclass(frozen=True)
class ReferenceProject:
    """One project and whether it is one of the programme's own."""

    project_id: str
    in_programme: bool


@dataclass(frozen=True)
class Governorate:
    """One governorate with the names that its office writes into its files."""

    governorate_id: str
    name_ar: str
    name_en: str


@dataclass(frozen=True)
class Reference:
    """The registries in their own order, and the SHA-256 of the files they came from."""

    bodies: tuple[ReferenceBody, ...]
    governorates: tuple[Governorate, ...]
    projects: tuple[ReferenceProject, ...]
    journeys: tuple[str, ...]
    indicators: tuple[str, ...]
    infrastructure_indicator: str
    digest: str


def read_reference(workspace: Path) -> Reference:
    """Read the registries of a workspace.

    Raises `SettingsError` when one of them is missing or empty.
    """
    frames = {name: _read(workspace / "reference" / f"{name}.csv") for name in READ}
    indicators = frames["indicators"]
    named = indicators.filter(pl.col("name_en").str.to_lowercase().str.contains("infrastructure"))
    ids = tuple(indicators["indicator_id"].to_list())
    return Reference(
        bodies=tuple(_body(row) for row in frames["entities"].iter_rows(named=True)),
        governorates=tuple(
            Governorate(row["governorate_id"], row["name_ar"], row["name_en"])
            for row in frames["governorates"].iter_rows(named=True)
        ),
        projects=tuple(
            ReferenceProject(row["project_id"], _is_true(row["in_programme"]))
            for row in frames["projects"].iter_rows(named=True)
        ),
        journeys=tuple(frames["journeys"]["journey_id"].to_list()),
        indicators=ids,
        infrastructure_indicator=named["indicator_id"][0] if len(named) else ids[0],
        digest=_digest(workspace),
    )


def _read(path: Path) -> pl.DataFrame:
    if not path.is_file():
        raise SettingsError("demo_registry_missing", file=str(path))
    frame = pl.read_csv(path, infer_schema=False)
    if frame.is_empty():
        raise SettingsError("demo_registry_missing", file=str(path))
    return frame


def _body(row: dict[str, str | None]) -> ReferenceBody:
    since = row.get("expected_from")
    return ReferenceBody(
        entity_id=row["entity_id"] or "",
        name_ar=row["name_ar"] or "",
        name_en=row["name_en"] or "",
        kind=row.get("kind") or "other",
        governorate_id=row.get("governorate_id"),
        reports=_is_true(row.get("reports_transactions") or "true"),
        expected_from=date.fromisoformat(since) if since else None,
    )


def _is_true(value: str | None) -> bool:
    return (value or "").strip().lower() == "true"


def _digest(workspace: Path) -> str:
    digest = hashlib.sha256()
    for name in READ:
        digest.update((workspace / "reference" / f"{name}.csv").read_bytes())
    return digest.hexdigest()
