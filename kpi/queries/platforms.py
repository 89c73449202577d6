"""Shared systems and platforms: what each is for, who uses it, and the transactions that run on it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from kpi.periods import shift_months
from kpi.queries.filters import Filters
from kpi.queries.registry_items import RegistryItem, named, registry_item
from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

_PLATFORMS = "select * from serve_platforms($from_month, $to_month, entity := $entity) order by platform_id"
_ADOPTION = "select * from serve_platform_adoption order by platform_id, adopted_on, entity_id"
_ENTITIES = "select entity_id, name_ar, name_en from dim_entity where reports_transactions order by entity_id"
_EVER = date.min


@dataclass(frozen=True)
class Adopter:
    """Name an entity that uses a platform, and since when; None when that was not provided."""

    entity: Named
    adopted_on: date | None


@dataclass(frozen=True)
class Platform:
    """Hold a shared system or platform; `users` is None when nobody says who uses it, which is not zero.

    `project_id` names the project that delivers it; `transactions` counts the completed ones of the period, None
    when no service names the platform it runs on.
    """

    facts: RegistryItem
    purpose: Named | None
    status_year: int | None
    project_id: str | None
    users: tuple[Adopter, ...] | None
    transactions: int | None

    def used_by(self, entity_id: str) -> bool | None:
        """Tell whether an entity uses it; None when that was not provided."""
        return None if self.users is None else any(user.entity.id == entity_id for user in self.users)


@dataclass(frozen=True)
class Platforms:
    """Hold every platform, the most widely used first, and the entities that could use them."""

    platforms: tuple[Platform, ...]
    entities: tuple[Named, ...]
    as_of: date | None

    @property
    def counted(self) -> tuple[Platform, ...]:
        """Return the platforms whose users are known."""
        return tuple(platform for platform in self.platforms if platform.users is not None)


def platforms(warehouse: Warehouse, *, filters: Filters | None) -> Platforms:
    """Answer which shared platforms there are and who uses them by the end of the period; without one, up to now.

    The entity of the filters narrows the transactions only: who uses what is shown for all.
    """
    period = filters.period if filters else None
    frame = warehouse.query(
        _PLATFORMS,
        from_month=period.start if period else _EVER,
        to_month=period.end if period else _EVER,
        entity=filters.entity_id if filters else None,
    )
    users = _users(warehouse, shift_months(period.end, 1) if period else None)
    found = [
        Platform(
            facts=registry_item(row, "platform_id"),
            purpose=named("", row["purpose_ar"], row["purpose_en"]),
            status_year=row["status_year"],
            project_id=row["project_id"],
            users=users.get(row["platform_id"]),
            transactions=row["transactions"],
        )
        for row in frame.iter_rows(named=True)
    ]
    return Platforms(
        platforms=tuple(sorted(found, key=lambda one: (one.users is None, -len(one.users or ()), one.facts.item.id))),
        entities=tuple(Named(*names) for names in warehouse.query(_ENTITIES).iter_rows()),
        as_of=period.end if period else None,
    )


def _users(warehouse: Warehouse, before: date | None) -> dict[str, tuple[Adopter, ...]]:
    """Return the users by platform; one that nobody used yet on that day has none, and is known to have none."""
    found: dict[str, list[Adopter]] = defaultdict(list)
    for platform_id, *names, adopted_on in warehouse.query(_ADOPTION).iter_rows():
        users = found[platform_id]
        if before is None or adopted_on is None or adopted_on < before:
            users.append(Adopter(Named(*names), adopted_on))
    return {platform_id: tuple(users) for platform_id, users in found.items()}
