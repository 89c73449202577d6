"""Projects and initiatives: where each stands against its plan, and what slipped in the last month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kpi.periods import Period, shift_months
from kpi.queries.filters import Filters
from kpi.queries.points import PROGRAMME, Request, fetch
from kpi.queries.registry_items import RegistryItem, named, registry_item
from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

PERFORMANCE = "programme_performance"
COMPLETED, BEHIND, ON_PLAN = "completed", "behind", "on_plan"
"""Standings that are told apart by more than their name; codes of `dim_project_standing`."""
DELAYED = "delayed"
"""What a body may report of its project: shown as such, and no judgement on the plan."""
OWNED = "owner_entity_id = $entity"
"""A project counts with the body that owns it, on every page and in every document."""

# What asks for attention first; in each standing the furthest below its plan.
_PROJECTS = """
select * from serve_projects($from_month, $to_month)
where {condition}
order by standing_order, variance_points, project_id
"""
_PLANNED = "select * from serve_planned_progress(entity := $entity) where month <= $as_of order by month"
_UPDATES = """
select * exclude (project_id) from serve_project_updates
where project_id = $project and reported_on < $before
order by reported_on desc
"""
_MARGIN = "select behind_plan_points()::double"


@dataclass(frozen=True)
class Project:
    """Hold a project and its row of `serve_project_status` at the end of a month; what was not reported is None.

    `standing` is what it has reached against its plan, `reported` what its body calls it. `variance_points` is progress
    less plan, in percentage points; `slipped_points` by how much further below its plan it fell since the month before.
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
    standing: Named
    reported: Named | None
    reported_on: date | None
    is_overdue: bool | None
    slipped_points: float | None
    is_newly_delayed: bool
    has_slipped: bool

    @property
    def id(self) -> str:
        """Return the identifier."""
        return self.facts.item.id

    @property
    def behind(self) -> bool:
        """Tell whether it stands behind its plan."""
        return self.standing.id == BEHIND


@dataclass(frozen=True)
class CurvePoint:
    """Hold mean progress and mean plan at the end of a month, in percent; None where not every project gives it."""

    month: date
    progress_pct: float | None
    planned_pct: float | None


@dataclass(frozen=True)
class Projects:
    """Hold every project as of a month: the programme's own, then the others; `previous` is the month compared with.

    `as_of` is None when nobody reported in the period; `previous` is None when there is no earlier month. Below its
    plan by more than `margin_points` a project is behind it.
    """

    as_of: date | None
    previous: date | None
    margin_points: float
    programme: tuple[Project, ...]
    others: tuple[Project, ...]
    curve: tuple[CurvePoint, ...]

    @property
    def every(self) -> tuple[Project, ...]:
        """Return all projects, the programme's first."""
        return self.programme + self.others

    @property
    def counted(self) -> tuple[Project, ...]:
        """Return those that are counted together: the programme's own, the others where there are none."""
        return self.programme or self.others


@dataclass(frozen=True)
class Update:
    """Hold one progress report as it was sent."""

    reported_on: date
    progress_pct: float | None
    planned_pct: float | None
    variance_points: float | None
    reported: Named | None
    note: str | None


@dataclass(frozen=True)
class ProjectLog:
    """Hold one project as of a month with its reports up to then, the latest first."""

    project: Project
    as_of: date | None
    margin_points: float
    updates: tuple[Update, ...]


def projects(warehouse: Warehouse, *, filters: Filters) -> Projects:
    """Answer where every project stands at the last reported month of the period, within the filters' owner."""
    rows = _rows(warehouse, filters.period, "$entity is null or " + OWNED, entity=filters.entity_id)
    found = tuple(_project(row) for row in rows)
    as_of = _as_of(rows)
    return Projects(
        as_of=as_of,
        previous=max((row["month_before"] for row in rows if row["month_before"]), default=None),
        margin_points=warehouse.query(_MARGIN).item(),
        programme=tuple(project for project in found if project.in_programme),
        others=tuple(project for project in found if not project.in_programme),
        curve=_curve(warehouse, as_of, filters) if as_of else (),
    )


def projects_where(warehouse: Warehouse, *, period: Period, condition: str, **facts: str | None) -> tuple[Project, ...]:
    """Answer where the projects that meet a condition on `serve_projects` stand, in the order of their standing."""
    return tuple(_project(row) for row in _rows(warehouse, period, condition, **facts))


def project_log(warehouse: Warehouse, *, project_id: str, period: Period) -> ProjectLog | None:
    """Answer where one project stands and how it got there; None for one that no registry knows."""
    rows = _rows(warehouse, period, "project_id = $project", project=project_id)
    if not rows:
        return None
    updates = warehouse.query(_UPDATES, project=project_id, before=shift_months(period.end, 1))
    return ProjectLog(
        project=_project(rows[0]),
        as_of=_as_of(rows),
        margin_points=warehouse.query(_MARGIN).item(),
        updates=tuple(
            Update(*row[:4], reported=named(*row[4:7]) if row[4] else None, note=row[7]) for row in updates.iter_rows()
        ),
    )


def common_due(projects: Sequence[Project]) -> date | None:
    """Return the day on which all of several projects are due, so that it need not stand in every row."""
    days = {project.due_on for project in projects}
    return next(iter(days)) if len(days) == 1 and len(projects) > 1 else None


def _rows(warehouse: Warehouse, period: Period, condition: str, **facts: str | None) -> list[dict[str, Any]]:
    # Fixed text only: what the reader asks for is bound.
    statement = _PROJECTS.format(condition=condition)
    return warehouse.query(statement, facts, from_month=period.start, to_month=period.end).rows(named=True)


def _as_of(rows: Sequence[Mapping[str, Any]]) -> date | None:
    """Return the month of the states; None where none of the projects had been reported on by then."""
    return max((row["month"] for row in rows if row["reported_on"]), default=None)


def _project(row: Mapping[str, Any]) -> Project:
    as_it_is = ("in_programme", "start_on", "due_on", "named_in_source", "shared_platform", "progress_pct",
                "planned_pct", "variance_points", "reported_on", "is_overdue", "slipped_points", "is_newly_delayed",
                "has_slipped")  # fmt: skip
    status = row["reported_status"]
    return Project(
        facts=registry_item(row, "project_id"),
        governorate=named(row["governorate_id"], row["governorate_ar"], row["governorate_en"]),
        standing=Named(row["standing"], row["standing_ar"], row["standing_en"]),
        reported=named(status, row["reported_status_ar"], row["reported_status_en"]) if status else None,
        **{name: row[name] for name in as_it_is},
    )


def _curve(warehouse: Warehouse, as_of: date, filters: Filters) -> tuple[CurvePoint, ...]:
    planned = warehouse.query(_PLANNED, as_of=as_of, entity=filters.entity_id).rows()
    if not planned:
        return ()
    request = Request(PERFORMANCE, Period(planned[0][0], as_of), months_per_point=1)
    within = Filters(request.period, entity_id=filters.entity_id)
    actual = {cell.month: cell.value for cell in fetch(warehouse, (request,), within)[request].get(PROGRAMME, ())}
    return tuple(CurvePoint(month, actual.get(month), plan) for month, plan in planned)
