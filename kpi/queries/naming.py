"""From how many entities the transactions of a governorate come, out of those that name governorates at all."""

from collections.abc import Mapping
from datetime import date

from kpi.periods import Period
from kpi.queries.filters import Organisation
from kpi.queries.results import Naming
from kpi.warehouse.connect import Warehouse

_NAMING = """
select governorate_id, entities_naming, entities_naming_any
from serve_naming($from_month, $to_month, organisation := $organisation)
"""
_ENTITIES = """
select governorate_id, list(entity_id) as entities
from serve_entities_naming('1900-01', $until, organisation := $organisation)
group by governorate_id
"""


def entities_naming(
    warehouse: Warehouse, until: date, organisation: Organisation = "as_was"
) -> Mapping[str, frozenset[str]]:
    """Return for every governorate the entities whose transactions ever named it up to a month.

    Under `not_allocated` are those with transactions that name none.
    """
    rows = warehouse.query(_ENTITIES, until=until, organisation=organisation).iter_rows()
    return {governorate: frozenset(entities) for governorate, entities in rows}


def read_naming(warehouse: Warehouse, period: Period, organisation: Organisation = "as_was") -> Mapping[str, Naming]:
    """Count, for every governorate, the entities whose transactions of the period name it."""
    span = {"from_month": period.start, "to_month": period.end}
    rows = warehouse.query(_NAMING, span, organisation=organisation).iter_rows()
    return {governorate: Naming(here, anywhere) for governorate, here, anywhere in rows}
