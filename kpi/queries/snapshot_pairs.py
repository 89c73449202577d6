"""The services that entered or left between a period and the year before, for all entities or governorates at once."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from kpi.queries.change import CONTRIBUTIONS_NAMED, Pairs, State, read_pairs
from kpi.queries.filters import Filters
from kpi.queries.points import PROGRAMME, By
from kpi.queries.results import Contribution, EntityGap, Named
from kpi.warehouse.connect import Warehouse

PairsByGroup = Mapping[str, Pairs]
"""States of the services by group."""

_GOVERNORATES = "select governorate_id from dim_governorate order by governorate_id"
_BY_ENTITY = """
with pairs as (
    select entity_id, service_id, state, value, base_value
    from like_for_like($measure, $from_month, $to_month, $base_from, $base_to)
    where value + base_value > 0
),

ranked as (
    select
        *,
        row_number() over (partition by entity_id, state order by value + base_value desc, service_id) as place,
        sum(value) over (partition by entity_id, state)::bigint as value_in_all,
        sum(base_value) over (partition by entity_id, state)::bigint as base_in_all,
        count(*) over (partition by entity_id, state)::bigint as services_in_all
    from pairs
)

select
    ranked.state, ranked.value_in_all, ranked.base_in_all, ranked.services_in_all,
    ranked.value - ranked.base_value as change,
    ranked.service_id, dim_service.name_ar as service_ar, dim_service.name_en as service_en,
    ranked.entity_id, dim_entity.name_ar, dim_entity.name_en
from ranked
inner join dim_service on ranked.service_id = dim_service.service_id
inner join dim_entity on ranked.entity_id = dim_entity.entity_id
where ranked.place <= $named
order by ranked.entity_id, ranked.state, ranked.place
"""


def read_pairs_by_group(warehouse: Warehouse, measure: str, by: By, filters: Filters) -> PairsByGroup:
    """Read the states of the services of every group, as `read_pairs` gives them for one."""
    if by == "entity":
        return _by_entity(warehouse, measure, filters)
    if by == "governorate":
        ids = [row[0] for row in warehouse.query(_GOVERNORATES).iter_rows()]
        return {one: read_pairs(warehouse, (measure,), replace(filters, governorate_id=one))[measure] for one in ids}
    return {PROGRAMME: read_pairs(warehouse, (measure,), filters)[measure]}


def _by_entity(warehouse: Warehouse, measure: str, filters: Filters) -> PairsByGroup:
    base = filters.period.year_before()
    found: dict[str, dict[str, State]] = defaultdict(dict)
    for state, value, base_value, services, change, *names in warehouse.query(
        _BY_ENTITY,
        measure=measure,
        from_month=filters.period.start,
        to_month=filters.period.end,
        base_from=base.start,
        base_to=base.end,
        named=CONTRIBUTIONS_NAMED,
    ).iter_rows():
        entity = Named(*names[3:])
        before = found[entity.id].get(state, State(value, base_value, services))
        contribution = Contribution(Named(*names[:3]), entity, change)
        gaps = () if state == "both" else (EntityGap(entity, services, value - base_value),)
        found[entity.id][state] = replace(before, largest=(*before.largest, contribution), by_entity=gaps)
    return found
