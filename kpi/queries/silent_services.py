"""The services that are silent now: their sender goes on to send, and their own past makes no row a surprise."""

from dataclasses import dataclass
from datetime import date

from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

_STATEMENT = """
select entity_id, service_id, name_ar, name_en, silent_since, silent_until
from serve_services_silent_now
order by entity_id, silent_since, service_id
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
