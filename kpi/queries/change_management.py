"""Change management: teams, the strategy and its stories, and the guides and policies issued."""

from dataclasses import dataclass
from datetime import date

from kpi.queries.filters import Filters
from kpi.queries.registry_items import RegistryItem, registry_item
from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

STRATEGY, STORIES, TEAMS, COMMUNITY = "strategy", "stories", "teams", "community"
STRATEGY_KINDS = ("strategy", "plan")

_TEAMS = """
select entity_id, name_ar, name_en, active_from, ended_on
from serve_change_teams($until)
where $entity is null or entity_id = $entity
order by active_from nulls last, entity_id
"""
_TEAMS_KNOWN = "select count(*)::bigint from serve_entity where team_from is not null"
_MILESTONES = """
select * from serve_change_milestone
order by project_id is not null, topic nulls last, "period" nulls last, item_id
"""
_GUIDES = "select * from serve_guide order by issued_on nulls last, sort_order, item_id"


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
    until, entity = (filters.period.end, filters.entity_id) if filters else (None, None)
    teams = warehouse.query(_TEAMS, until=until, entity=entity)
    milestones = warehouse.query(_MILESTONES).iter_rows(named=True)
    return ChangeManagement(
        as_of=until,
        teams_known=bool(warehouse.query(_TEAMS_KNOWN).item()),
        teams=tuple(ChangeTeam(Named(*names), since, ended) for *names, since, ended in teams.iter_rows()),
        milestones=tuple(
            Milestone(registry_item(row), row["topic"], row["period"], row["project_id"]) for row in milestones
        ),
        guides=tuple(
            Guide(registry_item(row), row["issued_on"]) for row in warehouse.query(_GUIDES).iter_rows(named=True)
        ),
    )
