"""Which services moved to another body, and which bodies were succeeded, where it bears on the values shown."""

from dataclasses import dataclass
from datetime import date

from kpi.queries.filters import Filters
from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

_ANY = "select 1 from changes_of_hands('1900-01', '2199-12') limit 1"
_LAST_MONTH = date(2199, 12, 1)
_STATEMENT = """
select
    changed_on, service_id, service_ar, service_en, from_entity_id, from_entity_ar, from_entity_en, to_entity_id,
    to_entity_ar, to_entity_en
from serve_changes_of_hands($from_month, $to_month, entity := $entity, service := $service)
order by changed_on desc, service_id nulls first, from_entity_id
"""


@dataclass(frozen=True)
class ChangeOfHands:
    """Hold a service that moved from one body to another, or, without a service, a body that another succeeded."""

    day: date
    service: Named | None
    before: Named
    after: Named


def any_change_of_hands(warehouse: Warehouse) -> bool:
    """Tell whether anything ever changed hands."""
    return not warehouse.query(_ANY).is_empty()


def changes_of_hands(warehouse: Warehouse, *, filters: Filters) -> tuple[ChangeOfHands, ...]:
    """List what changed hands between the first and the last month of the period and its base, the latest first.

    As it is today, all that changed since then is told: any of it gives values of the period to another body.
    """
    if not any_change_of_hands(warehouse):
        return ()
    spans = (filters.period, filters.base or filters.period)
    last = max(span.end for span in spans) if filters.organisation == "as_was" else _LAST_MONTH
    rows = warehouse.query(
        _STATEMENT,
        from_month=min(span.start for span in spans),
        to_month=last,
        entity=filters.entity_of_slice,
        service=filters.service_id,
    ).iter_rows()
    return tuple(
        ChangeOfHands(day, Named(*names[:3]) if names[0] else None, Named(*names[3:6]), Named(*names[6:]))
        for day, *names in rows
    )
