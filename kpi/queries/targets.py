"""What value was aimed at, and whether it was reached."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kpi.catalogue import Kpi
from kpi.queries.filters import Filters
from kpi.queries.results import Status
from kpi.rounding import as_shown
from kpi.warehouse.connect import Warehouse

NEAR_POINTS = 5.0
NEAR_SHARE = 0.05

_STATEMENT = """
select kpi_id, entity_id, target, valid_from, valid_to
from serve_targets($from_month, $to_month)
where list_contains($kpis, kpi_id)
"""


@dataclass(frozen=True)
class Target:
    """Hold the value aimed at and the time it is meant for."""

    value: float
    valid_from: date
    valid_to: date | None


def read_targets(warehouse: Warehouse, kpis: Iterable[Kpi], filters: Filters) -> Mapping[str, Target]:
    """Read the targets in force in the last month of the period, by KPI.

    A target is set for the programme or for an entity: a governorate, a channel or a service has none. A target for a
    sum over time holds for exactly the months it was set for, so it is left out for any other period.
    """
    every = read_every_target(warehouse, kpis, filters)
    of_entity = {kpi_id: by_entity.get(filters.entity_id) for kpi_id, by_entity in every.items()}
    return {kpi_id: target for kpi_id, target in of_entity.items() if target is not None}


def read_every_target(
    warehouse: Warehouse, kpis: Iterable[Kpi], filters: Filters
) -> dict[str, dict[str | None, Target]]:
    """Read the targets that entities have of their own, and under None that of the programme, by KPI and entity."""
    if (filters.governorate_id, filters.channel, filters.service_id) != (None, None, None):
        return {}
    span = {"from_month": filters.period.start, "to_month": filters.period.end}
    found: dict[str, dict[str | None, Target]] = {}
    for kpi_id, entity_id, *facts in warehouse.query(_STATEMENT, span, kpis=[kpi.id for kpi in kpis]).iter_rows():
        found.setdefault(kpi_id, {})[entity_id] = Target(*facts)
    return found


def status(kpi: Kpi, value: float | None, target: Target | None) -> Status:
    """Judge a value: near is within 5 points of a percentage, or within 5 % of another target.

    The value is judged as it is shown: what reads 80.0 has met a target of 80. Without a value there is nothing to
    judge: a target is neither met nor missed without evidence.
    """
    if target is None or value is None:
        return "no_target"
    shown = as_shown(value, kpi.unit, kpi.decimals)
    short = Decimal(str(target.value)) - shown if kpi.direction == "up" else shown - Decimal(str(target.value))
    if short <= 0:
        return "met"
    near = NEAR_POINTS if kpi.unit == "percent" else NEAR_SHARE * abs(target.value)
    return "near" if short <= near else "missed"
