"""What a snapshot lists beside the KPIs: the largest services, and how many bodies each excellence level has."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kpi.periods import Period
from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

SERVICES_LISTED = 20

_SERVICES = """
select
    group_id, among, service_id, name_ar, name_en, entity_id, entity_ar, entity_en, transactions, base_transactions,
    change_pct, digitised_on, simplified_on
from serve_top_services($from_month, $to_month, $base_from, $base_to, "by" := $by)
where place <= $listed
order by group_id, place
"""
_LEVELS = """
select level_id, name_ar, name_en, bodies, as_of_month
from serve_levels($from_month, $to_month)
where as_of_month is not null
order by sort_order
"""


@dataclass(frozen=True)
class ServiceCount:
    """Hold the completed digital transactions of a service in the period and in the same months a year earlier."""

    service: Named
    entity: Named
    transactions: int
    base_transactions: int
    change_pct: float | None
    digitised_on: date | None
    simplified_on: date | None


@dataclass(frozen=True)
class Services:
    """Hold the largest services of a group, and how many it has with transactions in either period."""

    listed: tuple[ServiceCount, ...] = ()
    services: int = 0


@dataclass(frozen=True)
class LevelCount:
    """Count the entities of one excellence level; `as_of` is the month counted."""

    level: Named
    entities: int
    as_of: date | None


def services_by_group(
    warehouse: Warehouse, period: Period, by: Literal["entity", "governorate"], listed: int = SERVICES_LISTED
) -> Mapping[str, Services]:
    """Read the largest services of every entity or governorate: group to `Services`."""
    base = period.year_before()
    months = {"from_month": period.start, "to_month": period.end, "base_from": base.start, "base_to": base.end}
    found: dict[str, Services] = {}
    for group, services, *cells in warehouse.query(_SERVICES, months, by=by, listed=listed).iter_rows():
        service = ServiceCount(Named(*cells[:3]), Named(*cells[3:6]), *cells[6:])
        found[group] = Services((*found.get(group, Services()).listed, service), services)
    return found


def excellence_levels(warehouse: Warehouse, period: Period) -> tuple[LevelCount, ...]:
    """Count the entities of every level at the last count in the period; empty when none was assessed."""
    rows = warehouse.query(_LEVELS, from_month=period.start, to_month=period.end).iter_rows()
    return tuple(LevelCount(Named(*names), entities, counted) for *names, entities, counted in rows)
