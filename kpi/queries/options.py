"""What the filters offer."""

from dataclasses import dataclass
from datetime import date

from kpi.periods import Period
from kpi.queries.changes_of_hands import any_change_of_hands
from kpi.queries.freshness import freshness
from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

_STATEMENT = """
select dimension, group_id, name_ar, name_en
from serve_filter_option
order by dimension, sort_order, name_en, group_id
"""


@dataclass(frozen=True)
class Service(Named):
    """Hold a service with its names and the entity that offers it."""

    entity_id: str


@dataclass(frozen=True)
class FilterOptions:
    """List what the filters offer; the periods are None before any transaction is loaded.

    `services` are those of the chosen entity, none without one; `changed_hands` tells whether anything ever did.
    """

    entities: tuple[Named, ...]
    governorates: tuple[Named, ...]
    channels: tuple[Named, ...]
    first_month: date | None
    last_month: date | None
    reporting_months: int
    default_period: Period | None
    services: tuple[Service, ...] = ()
    changed_hands: bool = False


def filter_options(warehouse: Warehouse) -> FilterOptions:
    """List entities, governorates, the channels that occur, and the months that can be chosen."""
    lists: dict[str, list[Named]] = {"entity": [], "governorate": [], "channel": []}
    for kind, *names in warehouse.query(_STATEMENT).iter_rows():
        lists[kind].append(Named(*names))
    build = freshness(warehouse)
    first, last = build.default_from_month, build.default_to_month
    return FilterOptions(
        entities=tuple(lists["entity"]),
        governorates=tuple(lists["governorate"]),
        channels=tuple(lists["channel"]),
        first_month=build.first_month,
        last_month=build.last_month,
        reporting_months=build.reporting_months,
        default_period=Period(first, last) if first and last else None,
        changed_hands=any_change_of_hands(warehouse),
    )


_SERVICES = """
select service_id, name_ar, name_en, entity_id
from serve_service_names()
where entity_id = $entity or service_id = $service
order by name_en, service_id
"""


def services_of(warehouse: Warehouse, *, entity_id: str) -> tuple[Service, ...]:
    """List the services of one entity."""
    rows = warehouse.query(_SERVICES, entity=entity_id, service=None).iter_rows()
    return tuple(Service(*row) for row in rows)


def find_service(warehouse: Warehouse, *, service_id: str) -> Service | None:
    """Return one service; None when there is none with this identifier."""
    rows = warehouse.query(_SERVICES, entity=None, service=service_id).rows()
    return Service(*rows[0]) if rows else None
