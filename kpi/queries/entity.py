"""What is on record about one entity beside its indicators: services, projects, readiness, team and platforms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kpi.catalogue import codes
from kpi.language import prose
from kpi.periods import Period
from kpi.queries.definitions import shown_of_body
from kpi.queries.filters import NOT_BY_SERVICE, Filters, Organisation
from kpi.queries.points import Request, fetch
from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

TOP_SERVICES = 10
GOVERNORATE_OFFICE = "governorate_office"

_ENTITY = """
select
    dim_entity.entity_id, dim_entity.name_ar, dim_entity.name_en, dim_entity.kind, dim_entity.reports_transactions,
    dim_governorate.governorate_id, dim_governorate.name_ar as place_ar, dim_governorate.name_en as place_en,
    (
        select struct_pack(active_from := dim_change_team.active_from, active_to := dim_change_team.active_to)
        from dim_change_team
        where dim_change_team.entity_id = dim_entity.entity_id
        order by dim_change_team.active_from desc
        limit 1
    ) as team,
    exists(
        select 1 from dim_project where dim_project.owner_entity_id = dim_entity.entity_id and dim_project.in_programme
    ) as owns_programme_projects
from dim_entity
left join dim_governorate on dim_entity.governorate_id = dim_governorate.governorate_id
where dim_entity.entity_id = $entity
"""
_SERVICES = """
with last_month as (
    select max(month) as month from fct_service_month where month <= $last_month::date
)

select
    fct_service_month.month,
    sum(fct_service_month.registered)::bigint as registered,
    sum(fct_service_month.in_digitisation_scope)::bigint as in_scope,
    sum(fct_service_month.digitised)::bigint as digitised,
    sum(fct_service_month.priority)::bigint as priority,
    sum(fct_service_month.priority_simplified)::bigint as priority_simplified
from fct_service_month
inner join last_month on fct_service_month.month = last_month.month
where fct_service_month.entity_id = $entity
group by fct_service_month.month
"""
_NAMES = "select service_id, name_ar, name_en from dim_service where list_contains($services, service_id)"
_PROJECTS = """
with last_month as (
    select max(month) as month from fct_project_month where month <= $last_month::date
)

select
    dim_project.project_id, dim_project.name_ar, dim_project.name_en, dim_project.in_programme, dim_project.due_on,
    fct_project_month.reported_on,
    fct_project_month.progress_pct::double as progress_pct,
    fct_project_month.planned_pct::double as planned_pct,
    fct_project_month.status
from dim_project
cross join last_month
left join fct_project_month
    on dim_project.project_id = fct_project_month.project_id and last_month.month = fct_project_month.month
where dim_project.owner_entity_id = $entity
    or (dim_project.owner_entity_id is null and dim_project.governorate_id = $governorate)
order by
    fct_project_month.progress_pct - fct_project_month.planned_pct nulls last,
    fct_project_month.progress_pct, dim_project.project_id
"""
_READINESS = """
with dated as (
    select
        fct_assessment.*,
        dense_rank() over (partition by fct_assessment.entity_id order by fct_assessment.assessed_on desc) as age
    from fct_assessment
    where fct_assessment.assessed_on <= last_day($last_month::date)
),

peers as (
    select dated.indicator_id, avg(dated.score_pct)::double as kind_pct, count(*)::bigint as bodies
    from dated
    inner join dim_entity on dated.entity_id = dim_entity.entity_id
    where dated.age = 1 and dim_entity.kind = $kind
    group by dated.indicator_id
)

select
    dim_indicator.indicator_id, dim_indicator.name_ar, dim_indicator.name_en,
    latest.score_pct::double as score_pct, previous.score_pct::double as previous_pct, peers.kind_pct, peers.bodies,
    latest.assessed_on, previous.assessed_on as previous_on
from dated as latest
inner join dim_indicator on latest.indicator_id = dim_indicator.indicator_id
left join dated as previous
    on latest.entity_id = previous.entity_id and latest.indicator_id = previous.indicator_id and previous.age = 2
left join peers on latest.indicator_id = peers.indicator_id
where latest.entity_id = $entity and latest.age = 1
order by latest.score_pct, dim_indicator.indicator_id
"""
_LEVEL = """
select dim_level.level_id, dim_level.name_ar, dim_level.name_en
from fct_assessment_month
inner join dim_level on fct_assessment_month.level_id = dim_level.level_id
where fct_assessment_month.entity_id = $entity and fct_assessment_month.month <= $last_month::date
order by fct_assessment_month.month desc
limit 1
"""
_PLATFORMS = """
select platform_id, name_ar, name_en, purpose_ar, purpose_en
from dim_platform
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
class OwnedProject:
    """Hold one project with its latest report in the period; what was not reported is None."""

    project: Named
    in_programme: bool
    due_on: date | None
    reported_on: date | None
    progress_pct: float | None
    planned_pct: float | None
    status: Named | None


@dataclass(frozen=True)
class IndicatorScore:
    """Hold the score of one readiness indicator, the one before, and the mean of the bodies of the same kind."""

    indicator: Named
    score_pct: float
    previous_pct: float | None
    kind_pct: float | None
    bodies: int


@dataclass(frozen=True)
class Readiness:
    """Hold the latest assessment in force at the end of the period with its level, weakest indicator first."""

    assessed_on: date
    previous_on: date | None
    level: Named | None
    scores: tuple[IndicatorScore, ...]


@dataclass(frozen=True)
class Platform:
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
    projects: tuple[OwnedProject, ...]
    readiness: Readiness | None
    platforms: tuple[Platform, ...]
    kpi_ids: tuple[str, ...]

    @property
    def is_office(self) -> bool:
        """Tell whether it is the office of a governor."""
        return self.kind == GOVERNORATE_OFFICE

    def team_active(self, month: date) -> bool:
        """Tell whether the change-management team works in a month."""
        return (
            self.team_from is not None and self.team_from <= month and (self.team_to is None or month <= self.team_to)
        )


def entity_profile(
    warehouse: Warehouse, *, entity_id: str, period: Period, organisation: Organisation = "as_was"
) -> EntityProfile | None:
    """Answer what is on record about an entity up to the end of a period; None for an unknown one."""
    found = warehouse.query(_ENTITY, entity=entity_id)
    if found.is_empty():
        return None
    row = found.row(0, named=True)
    team = row["team"] or {}
    until = {"entity": entity_id, "last_month": period.end}
    counts = warehouse.query(_SERVICES, until)
    place = Named(row["governorate_id"], row["place_ar"], row["place_en"]) if row["governorate_id"] else None
    projects = warehouse.query(_PROJECTS, until, governorate=place.id if place else None)
    services = ServiceCounts(*counts.row(0)) if not counts.is_empty() else None
    sends = {
        "transactions": row["reports_transactions"],
        "services": services is not None,
        "projects": row["owns_programme_projects"],
    }
    return EntityProfile(
        entity=Named(entity_id, row["name_ar"], row["name_en"]),
        kind=row["kind"] or "other",
        governorate=place,
        reports_transactions=row["reports_transactions"],
        owns_programme_projects=row["owns_programme_projects"],
        team_from=team.get("active_from"),
        team_to=team.get("active_to"),
        services=services,
        top_services=_top_services(warehouse, Filters(period, entity_id=entity_id, organisation=organisation)),
        projects=tuple(_project(one) for one in projects.iter_rows(named=True)),
        readiness=_readiness(warehouse, until | {"kind": row["kind"]}),
        platforms=tuple(
            Platform(Named(*names), purpose_ar, purpose_en)
            for *names, purpose_ar, purpose_en in warehouse.query(_PLATFORMS, entity=entity_id).iter_rows()
        ),
        kpi_ids=shown_of_body(warehouse, "entity", sends, is_office=row["kind"] == GOVERNORATE_OFFICE),
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
    names = {one: Named(one, *names) for one, *names in warehouse.query(_NAMES, services=first).iter_rows()}
    return tuple(TopService(names[one], online.get(one, 0), completed[one]) for one in first if one in names)


def _project(row: dict[str, Any]) -> OwnedProject:
    known = {code.id: Named(code.id, code.name_ar, code.name_en) for code in codes()["project_status"]}
    return OwnedProject(
        project=Named(row["project_id"], row["name_ar"], row["name_en"]),
        in_programme=row["in_programme"],
        due_on=row["due_on"],
        reported_on=row["reported_on"],
        progress_pct=row["progress_pct"],
        planned_pct=row["planned_pct"],
        status=known.get(row["status"]),
    )


def _readiness(warehouse: Warehouse, params: Mapping[str, object]) -> Readiness | None:
    rows = list(warehouse.query(_READINESS, params).iter_rows())
    if not rows:
        return None
    level = list(warehouse.query(_LEVEL, entity=params["entity"], last_month=params["last_month"]).iter_rows())
    assessed_on, previous_on = rows[0][-2:]
    scores = tuple(
        IndicatorScore(Named(*names), score, previous, kind, bodies or 0)
        for *names, score, previous, kind, bodies, _, _ in rows
    )
    return Readiness(assessed_on, previous_on, Named(*level[0]) if level else None, scores)
