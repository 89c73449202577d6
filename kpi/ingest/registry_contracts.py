"""The contracts of the registries: each column, what it may hold, what it refers to, and which rows exclude each other.

Everything else is derived from this declaration: how a cell is read, which slip is told, and the table of
`docs/registries.md`.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

import polars as pl

Kind = Literal["id", "text", "whole", "number", "day", "flag", "code", "reference", "kpi"]

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
_STORED: dict[Kind, pl.DataType] = {
    "whole": pl.Int64(),
    "number": pl.Float64(),
    "day": pl.Date(),
    "flag": pl.Boolean(),
}


@dataclass(frozen=True)
class Field:
    """One column of a registry: its kind and limits, and the list that a code or a reference is looked up in."""

    name: str
    kind: Kind = "text"
    required: bool = False
    minimum: float | None = None
    above: float | None = None
    maximum: float | None = None
    list: str | None = None  # code list of a code, registry of a reference
    default: bool | None = None

    @property
    def stored(self) -> pl.DataType:
        """Return the type of the column in the registry's frame."""
        return _STORED.get(self.kind, pl.String())


@dataclass(frozen=True)
class TimeBounds:
    """Two columns that bound a time, and the columns whose rows must not overlap in it; none: only the order counts."""

    start: str
    end: str
    apart: tuple[str, ...] = ()


@dataclass(frozen=True)
class RegistryContract:
    """One registry: what it lists, its columns, the keys that no two rows share, and its spans of time."""

    registry: str
    meaning: str
    columns: tuple[Field, ...]
    unique: tuple[tuple[str, ...], ...] = ()
    spans: tuple[TimeBounds, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """Return the columns by name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def schema(self) -> dict[str, pl.DataType]:
        """Return the schema of the registry's frame."""
        return {column.name: column.stored for column in self.columns}


def _id(name: str) -> Field:
    return Field(name, "id", required=True)


def _to(name: str, registry: str, *, required: bool = False) -> Field:
    return Field(name, "reference", required=required, list=registry)


def _code(name: str, codes: str, *, required: bool = False) -> Field:
    return Field(name, "code", required=required, list=codes)


def _day(name: str, *, required: bool = False) -> Field:
    return Field(name, "day", required=required)


def _texts(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name) for name in names)


_NAMES = (Field("name_ar", required=True), Field("name_en", required=True))
_OWNER = (_to("owner_entity_id", "entities"), *_texts("owner_ar", "owner_en"))
_SOURCE, _SOURCES = _texts("source"), _texts("source", "source_ar")
_STATUS = _code("status", "published_status")
_KIND = _code("kind", "kind")

_CONTRACTS = (
    RegistryContract(
        "entities",
        "Public bodies; those that report transactions are expected every month from `expected_from` to `expected_to`. "
        "A body that was merged or renamed keeps its row, with `valid_to` and the `successor_id` that took over.",
        (
            _id("entity_id"), *_NAMES, _code("kind", "entity_kind"), _to("governorate_id", "governorates"),
            Field("reports_transactions", "flag", default=True), _day("expected_from"), _day("expected_to"),
            _day("valid_from"), _day("valid_to"), _to("successor_id", "entities"), *_SOURCE,
        ),
        unique=(("entity_id",),),
        spans=(TimeBounds("expected_from", "expected_to"), TimeBounds("valid_from", "valid_to")),
    ),
    RegistryContract(
        "governorates",
        "Governorates, and where each lies on the map of tiles.",
        (
            _id("governorate_id"), *_NAMES, *_texts("seat_ar", "seat_en"), Field("tile_row", "whole", minimum=0),
            Field("tile_col", "whole", minimum=0), Field("sort_order", "whole"), Field("wilayats", "whole", minimum=0),
            Field("area_km2", "whole", above=0), *_SOURCES,
        ),
        unique=(("governorate_id",),),
    ),
    RegistryContract(
        "governorate_population",
        "Residents of a governorate on a day.",
        (
            _to("governorate_id", "governorates", required=True), _day("as_of", required=True),
            Field("population", "whole", required=True, above=0), *_SOURCES,
        ),
        unique=(("governorate_id", "as_of"),),
    ),
    RegistryContract(
        "services",
        "The catalogue of services, and the dates on which they became targets. A service that moved to another body "
        "has a row for each, with `valid_from` and `valid_to`; names and targets are those of the last one.",
        (
            _id("service_id"), _to("entity_id", "entities", required=True), *_NAMES, _to("journey_id", "journeys"),
            _to("governorate_id", "governorates"), _code("beneficiary", "beneficiary"), _day("priority_from"),
            _day("digitisation_from"), _to("platform_id", "platforms"), _day("valid_from"), _day("valid_to"),
            _to("successor_id", "services"), *_SOURCE,
        ),
        spans=(TimeBounds("valid_from", "valid_to", apart=("service_id",)),),
    ),
    RegistryContract(
        "journeys",
        "Journeys of several services, and the day on which each was designed.",
        (_id("journey_id"), *_NAMES, _day("designed_on"), *_SOURCE),
        unique=(("journey_id",),),
    ),
    RegistryContract(
        "projects",
        "Projects of the programme and of governorates; a `shared_platform` is listed among the platforms as well.",
        (
            _id("project_id"), *_NAMES, _KIND, *_OWNER, Field("in_programme", "flag"),
            _to("governorate_id", "governorates"), _day("start_on"), _day("due_on"), Field("shared_platform", "flag"),
            *_texts("purpose_ar", "purpose_en"), Field("named_in_source", "flag"), _STATUS, *_texts("also_named"),
            *_SOURCES,
        ),
        unique=(("project_id",),),
        spans=(TimeBounds("start_on", "due_on"),),
    ),
    RegistryContract(
        "platforms",
        "Shared systems and platforms.",
        (
            _id("platform_id"), *_NAMES, _KIND, *_OWNER, *_texts("purpose_ar", "purpose_en"), _STATUS,
            Field("status_year", "whole", minimum=EARLIEST.year, maximum=LATEST.year), *_texts("also_named"),
            *_SOURCES,
        ),
        unique=(("platform_id",),),
    ),
    RegistryContract(
        "platform_adoption",
        "Which body uses which shared platform, and since when.",
        (
            _to("platform_id", "platforms", required=True), _to("entity_id", "entities", required=True),
            _day("adopted_on"), *_SOURCES,
        ),
        unique=(("platform_id", "entity_id"),),
    ),
    RegistryContract(
        "initiatives",
        "Programmes, plans and initiatives that sources name.",
        (_id("initiative_id"), *_NAMES, _KIND, *_texts("topic"), *_OWNER, *_texts("period"), _STATUS,
         *_texts("also_named"), *_SOURCES),
        unique=(("initiative_id",),),
    ),
    RegistryContract(
        "guides",
        "Guides, policies and methods.",
        (_id("guide_id"), *_NAMES, _KIND, *_OWNER, _STATUS, _day("issued_on"), *_texts("also_named"), *_SOURCES),
        unique=(("guide_id",),),
    ),
    RegistryContract(
        "indicators",
        "Indicators of readiness and their weights.",
        (_id("indicator_id"), *_NAMES, Field("weight", "number", above=0), *_SOURCES),
        unique=(("indicator_id",),),
    ),
    RegistryContract(
        "levels",
        "Levels of excellence, and the score at which each begins.",
        (
            _id("level_id"), *_NAMES, Field("score_from_pct", "number", required=True, minimum=0, maximum=100),
            Field("sort_order", "whole"), *_SOURCES,
        ),
        unique=(("level_id",), ("score_from_pct",)),
    ),
    RegistryContract(
        "targets",
        "Targets of an indicator, of the whole programme or of one body; on one day there is one at most.",
        (
            Field("kpi_id", "kpi", required=True), _to("entity_id", "entities"), _day("valid_from", required=True),
            _day("valid_to"), Field("value", "number", required=True), *_SOURCE,
        ),
        spans=(TimeBounds("valid_from", "valid_to", apart=("kpi_id", "entity_id")),),
    ),
    RegistryContract(
        "change_teams",
        "Teams for the management of change, and when each was active.",
        (_to("entity_id", "entities", required=True), _day("active_from", required=True), _day("active_to"), *_SOURCES),
        spans=(TimeBounds("active_from", "active_to", apart=("entity_id",)),),
    ),
    RegistryContract(
        "claims",
        "Figures that somebody published; they are compared with computed values, and are never their source.",
        (
            _id("claim_id"), Field("kpi_id", "kpi"), Field("metric_ar", required=True),
            Field("metric_en", required=True), _code("scope", "claim_scope", required=True),
            _to("entity_id", "entities"), _to("governorate_id", "governorates"), _to("level_id", "levels"),
            _day("period_from"), _day("period_to"), Field("value", "number"), Field("unit"),
            Field("precision", "number", above=0), _code("bound", "claim_bound"),
            *_texts("published_ar", "published_en"), *_SOURCES, *_texts("source_url", "source_language"),
            _day("source_date"), *_texts("conflict_group"), Field("derived", "flag"), *_texts("note_ar", "note_en"),
        ),
        unique=(("claim_id",),),
        spans=(TimeBounds("period_from", "period_to"),),
    ),
)  # fmt: skip
REGISTRY_CONTRACTS: dict[str, RegistryContract] = {contract.registry: contract for contract in _CONTRACTS}
REGISTRIES = tuple(REGISTRY_CONTRACTS)
