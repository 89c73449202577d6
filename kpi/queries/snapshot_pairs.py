"""How much came from services that entered or left since the year before, for all entities or governorates at once."""

from collections import defaultdict
from collections.abc import Mapping

from kpi.queries.change import Pairs, State
from kpi.queries.filters import Filters
from kpi.queries.points import PROGRAMME, By
from kpi.warehouse.connect import Warehouse

PairsByGroup = Mapping[str, Pairs]
"""States of the services by group; only their totals, without names."""

_GOVERNORATES = "select governorate_id from dim_governorate order by governorate_id"
_STATES = """
select
    {group} as group_id, state, sum(value)::bigint as value, sum(base_value)::bigint as base_value,
    count(*)::bigint as services
from like_for_like($measure, $from_month, $to_month, $base_from, $base_to, governorate := $governorate)
where value + base_value > 0
group by all
order by all
"""


def read_pairs_by_group(warehouse: Warehouse, measure: str, by: By, filters: Filters) -> PairsByGroup:
    """Read the totals of the services present in both periods, entered and left, of every group."""
    if by == "entity":
        return _states(warehouse, measure, filters, "entity_id")
    if by == "governorate":
        found: dict[str, Pairs] = {}
        for row in warehouse.query(_GOVERNORATES).iter_rows():
            found |= _states(warehouse, measure, filters, "$governorate", row[0])
        return found
    return _states(warehouse, measure, filters, f"'{PROGRAMME}'")


def _states(
    warehouse: Warehouse, measure: str, filters: Filters, group: str, governorate_id: str | None = None
) -> PairsByGroup:
    base = filters.period.year_before()
    found: dict[str, dict[str, State]] = defaultdict(dict)
    for group_id, state, *totals in warehouse.query(
        _STATES.format(group=group),
        measure=measure,
        from_month=filters.period.start,
        to_month=filters.period.end,
        base_from=base.start,
        base_to=base.end,
        governorate=governorate_id,
    ).iter_rows():
        found[group_id][state] = State(*totals)
    return found
