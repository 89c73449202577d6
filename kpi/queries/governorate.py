"""One governorate: its channels, services, projects, platforms and readiness; and who leaves the governorate out."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from kpi.queries.filters import NOT_ALLOCATED, NOT_BY_SERVICE, Filters
from kpi.queries.freshness import freshness
from kpi.queries.governorates import GovernorateFacts, governorate_facts
from kpi.queries.names import channel_names, entity_names
from kpi.queries.points import PointValue, Request, fetch
from kpi.queries.projects import Project, projects_where
from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

TOP_SERVICES = 10
UNKNOWN_CHANNEL = "unknown"

_SERVICES = """
select service_id, name_ar, name_en, entity_id, entity_ar, entity_en
from serve_service_names(organisation := $organisation)
where list_contains($services, service_id)
"""
_LOCAL_SERVICES = """
select
    service_id, name_ar, name_en, entity_id, entity_ar, entity_en, digitised_on, simplified_on, is_priority,
    in_digitisation_scope
from serve_service_progress($until, organisation := $organisation)
where governorate_id = $governorate and retired_on is null
order by name_en, service_id
"""
_PROJECTS = "governorate_id = $governorate or (governorate_id is null and not in_programme)"
_PLATFORMS = """
select platform_id, name_ar, name_en, purpose_ar, purpose_en
from serve_platform_owner
where governorate_id = $governorate
order by platform_id
"""
_READINESS = """
select entity_id, name_ar, name_en, indicator_id, indicator_ar, indicator_en, assessed_on, score_pct
from serve_assessment
where
    governorate_id = $governorate and kind = 'governorate_office' and assessed_on <= last_day($until::date)
order by entity_id, indicator_id, assessed_on
"""


@dataclass(frozen=True)
class ChannelValue:
    """Hold the completed transactions that came through one channel; share in percent of all channels."""

    channel: Named
    digital: bool
    value: float
    share_pct: float


@dataclass(frozen=True)
class ServiceVolume:
    """Hold the digital transactions of one service in one governorate."""

    service: Named
    entity: Named
    transactions: int


@dataclass(frozen=True)
class LocalService:
    """Hold one service that a body of the governorate delivers; a date None means not yet."""

    service: Named
    entity: Named
    digitised_on: date | None
    simplified_on: date | None
    is_priority: bool
    in_digitisation_scope: bool


@dataclass(frozen=True)
class LocalPlatform:
    """Hold a platform that a body of the governorate owns."""

    platform: Named
    purpose_ar: str | None
    purpose_en: str | None


@dataclass(frozen=True)
class IndicatorScores:
    """Hold the scores of one indicator in percent, one per date of assessment; None where it was not scored."""

    indicator: Named
    scores: tuple[float | None, ...]


@dataclass(frozen=True)
class OfficeReadiness:
    """Hold every assessment of one governor's office, dates in order of time."""

    office: Named
    assessed_on: tuple[date, ...]
    indicators: tuple[IndicatorScores, ...]


@dataclass(frozen=True)
class EntityRemainder:
    """Hold the transactions of one entity that name no governorate, and all of its transactions."""

    entity: Named
    not_allocated: int
    total: int

    @property
    def share_pct(self) -> float:
        """Return the share that names no governorate, in percent."""
        return 100 * self.not_allocated / self.total if self.total else 0.0


@dataclass(frozen=True)
class Scorecard:
    """Hold what a governorate has beside its KPIs; everything is empty where nothing is known.

    `facts` is None for what names no governorate, and only that has a `remainder`.
    """

    facts: GovernorateFacts | None
    remainder: tuple[EntityRemainder, ...]
    channels: tuple[ChannelValue, ...]
    top_services: tuple[ServiceVolume, ...]
    services: tuple[LocalService, ...]
    projects: tuple[Project, ...]
    platforms: tuple[LocalPlatform, ...]
    readiness: tuple[OfficeReadiness, ...]


def scorecard(warehouse: Warehouse, *, filters: Filters) -> Scorecard:
    """Answer for the governorate of the filters; the remainder has channels and services, but nothing of a place."""
    chosen = filters.snapped(freshness(warehouse).reporting_months)
    governorate = chosen.governorate_id or NOT_ALLOCATED
    placed = governorate != NOT_ALLOCATED
    here, until = {"governorate": governorate}, {"until": chosen.period.end}
    facts = {one.governorate.id: one for one in governorate_facts(warehouse, filters=chosen)}
    return Scorecard(
        facts=facts.get(governorate),
        remainder=() if placed else remainder_by_entity(warehouse, filters=chosen),
        channels=_channels(warehouse, chosen),
        top_services=_top_services(warehouse, replace(chosen, governorate_id=governorate)),
        services=tuple(
            LocalService(Named(*row[:3]), Named(*row[3:6]), *row[6:])
            for row in warehouse.query(_LOCAL_SERVICES, here | until, organisation=chosen.organisation).iter_rows()
        ),
        projects=projects_where(warehouse, period=chosen.period, condition=_PROJECTS, governorate=governorate)
        if placed
        else (),
        platforms=tuple(
            LocalPlatform(Named(*row[:3]), *row[3:]) for row in warehouse.query(_PLATFORMS, here).iter_rows()
        ),
        readiness=_readiness(warehouse, here | until),
    )


def remainder_by_entity(warehouse: Warehouse, *, filters: Filters) -> tuple[EntityRemainder, ...]:
    """Answer whose digital transactions name no governorate, the largest remainder first; entities that sent any."""
    chosen = filters.snapped(freshness(warehouse).reporting_months)
    request = Request("digital_transactions", chosen.period, by="entity")
    without, everywhere = (
        fetch(warehouse, (request,), replace(chosen, governorate_id=place))[request] for place in (NOT_ALLOCATED, None)
    )
    names = entity_names(warehouse)
    rows = (
        EntityRemainder(names[entity], _count(without.get(entity, ())), _count(cells))
        for entity, cells in everywhere.items()
    )
    return tuple(sorted(rows, key=lambda row: (-row.not_allocated, -row.total, row.entity.id)))


def _count(cells: tuple[PointValue, ...]) -> int:
    return round(cells[0].value or 0) if cells else 0


def _channels(warehouse: Warehouse, filters: Filters) -> tuple[ChannelValue, ...]:
    request = Request("transactions", filters.period, by="channel")
    values = {group: cells[0].value or 0 for group, cells in fetch(warehouse, (request,), filters)[request].items()}
    total = sum(values.values())
    rows = (*channel_names(warehouse), (Named(UNKNOWN_CHANNEL, "", ""), False))
    return tuple(
        ChannelValue(channel, digital, values[channel.id], 100 * values[channel.id] / total)
        for channel, digital in rows
        if values.get(channel.id)
    )


def _top_services(warehouse: Warehouse, filters: Filters) -> tuple[ServiceVolume, ...]:
    request = Request("digital_transactions", filters.period, by="service")
    amounts = {service: _count(cells) for service, cells in fetch(warehouse, (request,), filters)[request].items()}
    amounts.pop(NOT_BY_SERVICE, None)
    largest = sorted((service for service, amount in amounts.items() if amount), key=lambda one: (-amounts[one], one))
    shown = largest[:TOP_SERVICES]
    found = warehouse.query(_SERVICES, services=shown, organisation=filters.organisation)
    names = {row[0]: row for row in found.iter_rows()}
    return tuple(ServiceVolume(Named(*names[one][:3]), Named(*names[one][3:]), amounts[one]) for one in shown)


def _readiness(warehouse: Warehouse, params: Mapping[str, object]) -> tuple[OfficeReadiness, ...]:
    offices: dict[Named, dict[Named, dict[date, float]]] = defaultdict(lambda: defaultdict(dict))
    for *names, assessed_on, score in warehouse.query(_READINESS, params).iter_rows():
        offices[Named(*names[:3])][Named(*names[3:])][assessed_on] = score
    return tuple(_of_office(office, scores) for office, scores in offices.items())


def _of_office(office: Named, scores: Mapping[Named, Mapping[date, float]]) -> OfficeReadiness:
    dates = tuple(sorted({day for by_date in scores.values() for day in by_date}))
    indicators = (IndicatorScores(one, tuple(by_date.get(day) for day in dates)) for one, by_date in scores.items())
    return OfficeReadiness(office, dates, tuple(indicators))
