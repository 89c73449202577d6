"""The services that are silent now: their sender goes on to send, and their own past makes no row a surprise."""

from dataclasses import dataclass
from datetime import date

from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

# The last month that the sender sent decides: one that it still owes says nothing of its services.
_STATEMENT = """
with latest as (
    select
        service_id, name_ar, name_en,
        arg_max(entity_id, month) as entity_id,
        arg_max(state, month) filter (where state <> 'not_provided') as state,
        arg_max(silent_since, month) filter (where state <> 'not_provided') as since,
        max(month) filter (where state <> 'not_provided') as until
    from serve_service_coverage
    group by service_id, name_ar, name_en
)

select entity_id, service_id, coalesce(name_ar, service_id), coalesce(name_en, service_id), since, until
from latest
where state = 'silent'
order by entity_id, since, service_id
"""


@dataclass(frozen=True)
class Silence:
    """Name a service, the first month without a row of it, and the last month that its sender sent."""

    service: Named
    since: date
    until: date


def silent_services(warehouse: Warehouse) -> dict[str, list[Silence]]:
    """List the services that are silent in the last month sent, by entity; the longest silent first."""
    found: dict[str, list[Silence]] = {}
    for entity_id, *names, since, until in warehouse.query(_STATEMENT).iter_rows():
        found.setdefault(entity_id, []).append(Silence(Named(*names), since, until))
    return found
