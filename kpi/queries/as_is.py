"""What statements that read the cubes themselves need to give every row to the body that answers for it today."""

from kpi.periods import Period
from kpi.queries.filters import Filters
from kpi.warehouse.connect import Warehouse

CELLS_OF_TODAY = """(
    select cells.* replace (coalesce(owner.current_entity_id, today.current_entity_id) as entity_id)
    from fct_transaction_service_month as cells
    inner join dim_entity_successor as today on cells.entity_id = today.entity_id
    left join dim_service_current_owner as owner on cells.service_id = owner.service_id
)"""
"""Monthly cells, each with the body that answers for its service today, or succeeded where it names none."""

DAYS_OF_TODAY = """(
    select cells.* replace (today.current_entity_id as entity_id)
    from fct_transaction_day as cells
    inner join dim_entity_successor as today on cells.entity_id = today.entity_id
)"""
"""Daily cells, each with the body that succeeded; right where no service moved by itself, as `services_moved` tells."""

_MOVED = """
select 1
from serve_service_move
where
    $entity in (from_entity_id, to_entity_id)
    and owned_from <= last_day($to_month::date) and owned_to >= $from_month::date
limit 1
"""


def by_service(filters: Filters) -> bool:
    """Tell whether values depend on who answers for each service today: only a chosen body makes a difference."""
    return filters.organisation == "as_is" and filters.entity_of_slice is not None


def services_moved(warehouse: Warehouse, filters: Filters, span: Period) -> bool:
    """Tell whether figures without service cannot say what the chosen body of today had in a span of months."""
    if not by_service(filters):
        return False
    asked = {"entity": filters.entity_id, "from_month": span.start, "to_month": span.end}
    return not warehouse.query(_MOVED, asked).is_empty()
