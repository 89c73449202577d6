"""Change management: teams, the strategy and its stories, and the guides and policies issued."""

from dataclasses import dataclass
from datetime import date

from kpi.periods import shift_months
from kpi.queries.filters import Filters
from kpi.queries.registry_items import RegistryItem, item_columns, item_joins, registry_item
from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

STRATEGY, STORIES, TEAMS, COMMUNITY = "strategy", "stories", "teams", "community"
STRATEGY_KINDS = ("strategy", "plan")

_TEAMS = """
with teams as (
    select
        entity_id,
        min(active_from) as active_from,
        max(active_from) as last_from,
        max_by(active_to, active_from) as active_to
    from dim_change_team
    where $before is null or active_from < $before
    group by entity_id
)

select
    dim_entity.entity_id, dim_entity.name_ar, dim_entity.name_en, teams.last_from,
    case when $before is null or teams.active_to < $before then teams.active_to end as ended_on
from dim_entity
left join teams on dim_entity.entity_id = teams.entity_id
where dim_entity.reports_transactions and ($entity is null or dim_entity.entity_id = $entity)
order by teams.last_from nulls last, dim_entity.entity_id
"""
_INITIATIVES = f"""
select {item_columns("dim_initiative", "initiative_id")}, dim_initiative.topic, dim_initiative.period
from dim_initiative
{item_joins("dim_initiative")}
where dim_initiative.topic is not null or dim_initiative.kind in ('strategy', 'plan')
order by dim_initiative.topic nulls last, dim_initiative.period nulls last, dim_initiative.initiative_id
"""
_STRATEGY_PROJECTS = f"""
select {item_columns("dim_project", "project_id")}
from dim_project
{item_joins("dim_project")}
where dim_project.kind = 'strategy'
order by dim_project.project_id
"""
_GUIDES = f"""
select {item_columns("dim_guide", "guide_id")}, dim_guide.issued_on
from dim_guide
{item_joins("dim_guide")}
order by dim_guide.issued_on nulls last, dim_published_status.sort_order, dim_guide.guide_id
"""


@dataclass(frozen=True)
class ChangeTeam:
    """Say since when an entity has had a change team, and when it ended; both None where there is none."""

    entity: Named
    active_from: date | None
    ended_on: date | None

    @property
    def active(self) -> bool:
        """Tell whether the team is at work."""
        return self.active_from is not None and self.ended_on is None


@dataclass(frozen=True)
class Milestone:
    """Hold a strategy, plan, story or community; `project_id` is set where the programme has a project for it."""

    facts: RegistryItem
    topic: str | None
    period: str | None
    project_id: str | None = None


@dataclass(frozen=True)
class Guide:
    """Hold a guide or policy; `issued_on` is None when the source gives no date."""

    facts: RegistryItem
    issued_on: date | None


@dataclass(frozen=True)
class ChangeManagement:
    """Hold what the registries know of change management; `teams_known` is False when none names any team."""

    as_of: date | None
    teams_known: bool
    teams: tuple[ChangeTeam, ...]
    milestones: tuple[Milestone, ...]
    guides: tuple[Guide, ...]

    def about(self, topic: str) -> tuple[Milestone, ...]:
        """Return the milestones of one topic."""
        return tuple(one for one in self.milestones if one.topic == topic)

    @property
    def strategies(self) -> tuple[Milestone, ...]:
        """Return the strategies and plans: change management's own first, then the others and the projects."""
        kinds = {*STRATEGY_KINDS}
        chosen = [one for one in self.milestones if one.topic in (STRATEGY, None)]
        return tuple(one for one in chosen if one.facts.kind and one.facts.kind.id in kinds)

    @property
    def empty(self) -> bool:
        """Tell whether the registries hold nothing at all."""
        return not (self.teams_known or self.milestones or self.guides)


def change_management(warehouse: Warehouse, *, filters: Filters | None) -> ChangeManagement:
    """Answer who has a change team by the end of the period, and which strategies, stories and guides there are."""
    before = shift_months(filters.period.end, 1) if filters else None
    teams = warehouse.query(_TEAMS, before=before, entity=filters.entity_id if filters else None)
    initiatives = [
        Milestone(registry_item(row), row["topic"], row["period"])
        for row in warehouse.query(_INITIATIVES).iter_rows(named=True)
    ]
    projects = [
        Milestone(registry_item(row), None, None, project_id=row["item_id"])
        for row in warehouse.query(_STRATEGY_PROJECTS).iter_rows(named=True)
    ]
    return ChangeManagement(
        as_of=filters.period.end if filters else None,
        teams_known=bool(warehouse.query("select count(*)::bigint from dim_change_team").item()),
        teams=tuple(ChangeTeam(Named(*names), since, ended) for *names, since, ended in teams.iter_rows()),
        milestones=(*initiatives, *projects),
        guides=tuple(
            Guide(registry_item(row), row["issued_on"]) for row in warehouse.query(_GUIDES).iter_rows(named=True)
        ),
    )
