"""From how many entities the transactions of a governorate come, out of those that name governorates at all."""

from collections.abc import Mapping
from datetime import date

from kpi.periods import Period
from kpi.queries.as_is import CELLS_OF_TODAY
from kpi.queries.filters import Organisation
from kpi.queries.results import Naming
from kpi.warehouse.connect import Warehouse

_NAMING = """
with named as (
    select distinct governorate_id, entity_id
    from {cells}
    where month between $from_month and $to_month and governorate_id is not null and transactions > 0
)

select
    dim_governorate.governorate_id,
    count(named.entity_id)::bigint as here,
    (select count(distinct entity_id) from named)::bigint as anywhere
from dim_governorate
left join named on dim_governorate.governorate_id = named.governorate_id
group by dim_governorate.governorate_id
"""

_ENTITIES = """
select
    coalesce(governorate_id, 'not_allocated') as governorate_id,
    list(distinct entity_id) as entities
from {cells}
where month <= $until and transactions > 0
group by 1
"""


def entities_naming(
    warehouse: Warehouse, until: date, organisation: Organisation = "as_was"
) -> Mapping[str, frozenset[str]]:
    """Return for every governorate the entities whose transactions ever named it up to a month.

    Under `not_allocated` are those with transactions that name none.
    """
    rows = warehouse.query(_ENTITIES.format(cells=_cells(organisation)), until=until).iter_rows()
    return {governorate: frozenset(entities) for governorate, entities in rows}


def read_naming(warehouse: Warehouse, period: Period, organisation: Organisation = "as_was") -> Mapping[str, Naming]:
    """Count, for every governorate, the entities whose transactions of the period name it."""
    statement = _NAMING.format(cells=_cells(organisation))
    rows = warehouse.query(statement, from_month=period.start, to_month=period.end).iter_rows()
    return {governorate: Naming(here, anywhere) for governorate, here, anywhere in rows}


def _cells(organisation: Organisation) -> str:
    return CELLS_OF_TODAY if organisation == "as_is" else "fct_transaction_month"
