"""What is on record about one entity beside its indicators: services, projects, readiness, team and platforms."""

from dataclasses import dataclass
from datetime import date

from kpi.language import prose
from kpi.periods import Period
from kpi.queries.applicable import shown_of_body
from kpi.queries.assessments import IndicatorScore, entity_levels, readiness_scores
from kpi.queries.filters import NOT_BY_SERVICE, Filters, Organisation
from kpi.queries.names import service_names
from kpi.queries.points import Request, fetch
from kpi.queries.projects import OWNED, Project, projects_where
from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

TOP_SERVICES = 10
GOVERNORATE_OFFICE = "governorate_office"

_ENTITY = "select * from serve_entity where entity_id = $entity"
_SERVICES = """
select month, registered, in_scope, digitised, priority, priority_simplified
from serve_entity_services($until)
where entity_id = $entity
"""
_PROJECTS = f"{OWNED} or (owner_entity_id is null and governorate_id = $governorate)"
_PLATFORMS = """
select platform_id, name_ar, name_en, purpose_ar, purpose_en
from serve_platform_owner
where owner_entity_id = $entity
order by name_en, platform_id
"""


@dataclass(frozen=True)
class ServiceCounts:
    """Count the entity's services at the end of a month by what was done with them; retired ones are left out."""

    as_of: date
    registered: int
    in_scope: int
    digitised: int
    priority: int
    priority_simplified: int


@dataclass(frozen=True)
class TopService:
    """Hold one service with its completed transactions in the period, digital and in all."""

    service: Named
    digital_transactions: int
    transactions: int


@dataclass(frozen=True)
class EntityReadiness:
    """Hold the latest assessment in force at the end of the period with its level, weakest indicator first."""

    assessed_on: date
    previous_on: date | None
    level: Named | None
    scores: tuple[IndicatorScore, ...]


@dataclass(frozen=True)
class UsedPlatform:
    """Hold a shared platform with what it is for."""

    platform: Named
    purpose_ar: str | None
    purpose_en: str | None

    def purpose(self, language: str) -> str:
        """Say what the platform is for."""
        return prose((self.purpose_ar if language == "ar" else self.purpose_en) or "", language)


@dataclass(frozen=True)
class EntityProfile:
    """Hold what the registries and logs say of one entity up to the end of a period.

    `kpi_ids` are the KPIs of its page that apply to it: made of what it sends, and of bodies of its kind.
    """

    entity: Named
    kind: str
    governorate: Named | None
    reports_transactions: bool
    owns_programme_projects: bool
    team_from: date | None
    team_to: date | None
    services: ServiceCounts | None
    top_services: tuple[TopService, ...]
    projects: tuple[Project, ...]
    readiness: EntityReadiness | None
    platforms: tuple[UsedPlatform, ...]
    kpi_ids: tuple[str, ...]

    @property
    def is_office(self) -> bool:
        """Tell whether it is the office of a governor."""
        return self.kind == GOVERNORATE_OFFICE


def entity_profile(
    warehouse: Warehouse, *, entity_id: str, period: Period, organisation: Organisation = "as_was"
) -> EntityProfile | None:
    """Answer what is on record about an entity up to the end of a period; None for an unknown one."""
    found = warehouse.query(_ENTITY, entity=entity_id)
    if found.is_empty():
        return None
    row = found.row(0, named=True)
    place = (
        Named(row["governorate_id"], row["governorate_ar"], row["governorate_en"]) if row["governorate_id"] else None
    )
    until = {"entity": entity_id, "until": period.end}
    counts = warehouse.query(_SERVICES, until)
    return EntityProfile(
        entity=Named(entity_id, row["name_ar"], row["name_en"]),
        kind=row["kind"] or "other",
        governorate=place,
        reports_transactions=row["reports_transactions"],
        owns_programme_projects=row["owns_programme_projects"],
        team_from=row["team_from"],
        team_to=row["team_to"],
        services=ServiceCounts(*counts.row(0)) if not counts.is_empty() else None,
        top_services=_top_services(warehouse, Filters(period, entity_id=entity_id, organisation=organisation)),
        projects=projects_where(
            warehouse, period=period, condition=_PROJECTS, entity=entity_id, governorate=place.id if place else None
        ),
        readiness=_readiness(warehouse, entity_id, period.end),
        platforms=tuple(
            UsedPlatform(Named(*names), purpose_ar, purpose_en)
            for *names, purpose_ar, purpose_en in warehouse.query(_PLATFORMS, entity=entity_id).iter_rows()
        ),
        kpi_ids=shown_of_body(warehouse, "entity", entity_id, is_office=row["kind"] == GOVERNORATE_OFFICE),
    )


def _top_services(warehouse: Warehouse, filters: Filters) -> tuple[TopService, ...]:
    digital, every = (
        Request(kpi_id, filters.period, by="service") for kpi_id in ("digital_transactions", "transactions")
    )
    answers = fetch(warehouse, (digital, every), filters)
    completed = {service_id: cells[0].numerator or 0 for service_id, cells in answers[every].items()}
    online = {service_id: cells[0].numerator or 0 for service_id, cells in answers[digital].items()}
    completed.pop(NOT_BY_SERVICE, None)
    first = sorted(completed, key=lambda one: (-online.get(one, 0), -completed[one], one))[:TOP_SERVICES]
    names = service_names(warehouse, first)
    return tuple(TopService(names[one], online.get(one, 0), completed[one]) for one in first if one in names)


def _readiness(warehouse: Warehouse, entity_id: str, until: date) -> EntityReadiness | None:
    scores = readiness_scores(warehouse, until, entity_id).get(entity_id)
    if not scores:
        return None
    return EntityReadiness(
        scores[0].assessed_on, scores[0].previous_on, entity_levels(warehouse, until).get(entity_id), scores
    )
