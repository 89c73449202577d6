"""Projects and initiatives: where each stands against its plan, and what slipped in the last month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kpi.periods import Period, shift_months
from kpi.queries.filters import Filters
from kpi.queries.points import PROGRAMME, Request, fetch
from kpi.queries.registry_items import RegistryItem, item_columns, item_joins, named, registry_item
from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

PERFORMANCE = "programme_performance"
BEHIND_POINTS = 5.0
"""A project is behind its plan when its progress is below it by more than this; progress is not reported finer."""
NOTICEABLE_POINTS = 0.05
"""A smaller change of the variance rounds to nothing and is none."""
COMPLETED, DELAYED = "completed", "delayed"

_MONTHS = """
select
    min(month) as first_month,
    max(month) filter (where month between $from_month and $to_month) as as_of
from fct_project_month
where $entity is null or entity_id = $entity
"""
_STATES = f"""
select
    {item_columns("dim_project", "project_id")},
    dim_project.in_programme, dim_project.start_on, dim_project.due_on, dim_project.named_in_source,
    dim_project.shared_platform, dim_governorate.name_ar as place_ar, dim_governorate.name_en as place_en,
    dim_project.governorate_id,
    latest.progress_pct::double as progress_pct,
    latest.planned_pct::double as planned_pct,
    (latest.progress_pct - latest.planned_pct)::double as variance_points,
    (earlier.progress_pct - earlier.planned_pct)::double as variance_before,
    latest.status, dim_project_status.name_ar as status_ar, dim_project_status.name_en as status_en,
    dim_project_status.sort_order as status_order,
    earlier.status as status_before,
    latest.reported_on
from dim_project
{item_joins("dim_project")}
left join dim_governorate on dim_project.governorate_id = dim_governorate.governorate_id
left join fct_project_month as latest on dim_project.project_id = latest.project_id and latest.month = $as_of
left join fct_project_month as earlier on dim_project.project_id = earlier.project_id and earlier.month = $previous
left join dim_project_status on latest.status = dim_project_status.status
where
    ($entity is null or dim_project.owner_entity_id = $entity)
    and ($project is null or dim_project.project_id = $project)
order by dim_project.project_id
"""
_PLANNED = """
select
    month,
    case when count(planned_pct) = count(*) then (sum(planned_pct) / count(*))::double end as planned_pct
from fct_project_month
where in_programme and month <= $as_of and ($entity is null or entity_id = $entity)
group by month
order by month
"""
_UPDATES = """
select
    fct_project_update.reported_on,
    fct_project_update.progress_pct::double as progress_pct,
    fct_project_update.planned_pct::double as planned_pct,
    fct_project_update.status,
    dim_project_status.name_ar,
    dim_project_status.name_en,
    fct_project_update.note
from fct_project_update
left join dim_project_status on fct_project_update.status = dim_project_status.status
where fct_project_update.project_id = $project and fct_project_update.reported_on < $before
order by fct_project_update.reported_on desc
"""


@dataclass(frozen=True)
class Project:
    """Hold a project and its state at the end of a month; what was not reported is None.

    `variance_points` is progress less plan, in percentage points. `slipped_points` is by how much the variance got
    worse since the month before, None where it did not; `newly_delayed` says that its status turned to delayed.
    """

    facts: RegistryItem
    in_programme: bool
    governorate: Named | None
    start_on: date | None
    due_on: date | None
    named_in_source: bool
    shared_platform: bool
    progress_pct: float | None
    planned_pct: float | None
    variance_points: float | None
    status: Named | None
    status_order: int
    reported_on: date | None
    slipped_points: float | None
    newly_delayed: bool

    @property
    def id(self) -> str:
        """Return the identifier."""
        return self.facts.item.id

    @property
    def has(self) -> str | None:
        """Return the code of the state reported."""
        return self.status.id if self.status else None

    @property
    def behind(self) -> bool:
        """Tell whether progress is below the plan by more than the margin, `BEHIND_POINTS`."""
        return self.variance_points is not None and self.variance_points < -BEHIND_POINTS

    @property
    def slipped(self) -> bool:
        """Tell whether it fell further behind, or became delayed, since the month before."""
        return self.slipped_points is not None or self.newly_delayed


@dataclass(frozen=True)
class CurvePoint:
    """Hold mean progress and mean plan at the end of a month, in percent; None where not every project gives it."""

    month: date
    progress_pct: float | None
    planned_pct: float | None


@dataclass(frozen=True)
class Projects:
    """Hold every project as of a month: the programme's own, then the others; `previous` is the month compared with.

    `as_of` is None when nobody reported in the period; `previous` is None when there is no earlier month.
    """

    as_of: date | None
    previous: date | None
    programme: tuple[Project, ...]
    others: tuple[Project, ...]
    curve: tuple[CurvePoint, ...]

    @property
    def every(self) -> tuple[Project, ...]:
        """Return all projects, the programme's first."""
        return self.programme + self.others


@dataclass(frozen=True)
class Update:
    """Hold one progress report as it was sent."""

    reported_on: date
    progress_pct: float | None
    planned_pct: float | None
    status: Named | None
    note: str | None


@dataclass(frozen=True)
class ProjectLog:
    """Hold one project as of a month with its reports up to then, the latest first."""

    project: Project
    as_of: date | None
    updates: tuple[Update, ...]


def projects(warehouse: Warehouse, *, filters: Filters) -> Projects:
    """Answer where every project stands at the last reported month of the period, within the filters' owner."""
    first, as_of, previous = _months(warehouse, filters.period, filters.entity_id)
    found = _states(warehouse, as_of, previous, entity_id=filters.entity_id)
    in_order = tuple(sorted(found, key=_place))
    return Projects(
        as_of=as_of,
        previous=previous,
        programme=tuple(project for project in in_order if project.in_programme),
        others=tuple(project for project in in_order if not project.in_programme),
        curve=_curve(warehouse, first, as_of, filters) if first and as_of else (),
    )


def project_log(warehouse: Warehouse, *, project_id: str, period: Period) -> ProjectLog | None:
    """Answer where one project stands and how it got there; None for one that no registry knows."""
    _, as_of, previous = _months(warehouse, period, None)
    found = _states(warehouse, as_of, previous, project_id=project_id)
    if not found:
        return None
    before = shift_months(period.end, 1)
    updates = tuple(
        Update(reported_on, progress, planned, named(status, *names), note)
        for reported_on, progress, planned, status, *names, note in warehouse.query(
            _UPDATES, project=project_id, before=before
        ).iter_rows()
    )
    return ProjectLog(found[0], as_of, updates)


def _months(
    warehouse: Warehouse, period: Period, entity_id: str | None
) -> tuple[date | None, date | None, date | None]:
    row = warehouse.query(_MONTHS, from_month=period.start, to_month=period.end, entity=entity_id).row(0)
    first, as_of = row
    return first, as_of, shift_months(as_of, -1) if as_of is not None and first is not None and as_of > first else None


def _states(
    warehouse: Warehouse, as_of: date | None, previous: date | None, *, entity_id: str | None = None,
    project_id: str | None = None,
) -> list[Project]:  # fmt: skip
    frame = warehouse.query(_STATES, as_of=as_of, previous=previous, entity=entity_id, project=project_id)
    return [_project(row) for row in frame.iter_rows(named=True)]


def _project(row: Mapping) -> Project:
    worse = None
    if row["variance_points"] is not None and row["variance_before"] is not None:
        worse = row["variance_before"] - row["variance_points"]
    return Project(
        facts=registry_item(row),
        in_programme=row["in_programme"],
        governorate=named(row["governorate_id"], row["place_ar"], row["place_en"]),
        start_on=row["start_on"],
        due_on=row["due_on"],
        named_in_source=row["named_in_source"],
        shared_platform=row["shared_platform"],
        progress_pct=row["progress_pct"],
        planned_pct=row["planned_pct"],
        variance_points=row["variance_points"],
        status=named(row["status"], row["status_ar"], row["status_en"]) if row["status"] else None,
        status_order=row["status_order"] or 0,
        reported_on=row["reported_on"],
        slipped_points=worse if worse is not None and worse >= NOTICEABLE_POINTS else None,
        newly_delayed=row["status"] == DELAYED and row["status_before"] not in (None, DELAYED),
    )


def _curve(warehouse: Warehouse, first: date, as_of: date, filters: Filters) -> tuple[CurvePoint, ...]:
    request = Request(PERFORMANCE, Period(first, as_of), months_per_point=1)
    within = Filters(request.period, entity_id=filters.entity_id)
    actual = {cell.month: cell.value for cell in fetch(warehouse, (request,), within)[request].get(PROGRAMME, ())}
    planned = warehouse.query(_PLANNED, as_of=as_of, entity=filters.entity_id)
    return tuple(CurvePoint(month, actual.get(month), plan) for month, plan in planned.iter_rows())


def _place(project: Project) -> tuple[int, float, str]:
    """Put what needs attention first: delayed, under way, planned, completed; in each the furthest behind."""
    order = {DELAYED: 0, "in_progress": 1, "planned": 2, COMPLETED: 4}.get(project.has or "", 3)
    return order, project.variance_points or 0.0, project.id
