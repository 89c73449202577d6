"""The change on what the filters compare with, raw and like for like."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kpi.catalogue import Kpi
from kpi.periods import Period
from kpi.queries.coverage import Coverage
from kpi.queries.filters import Filters
from kpi.queries.points import PROGRAMME, Cell, Compared, slice_arguments
from kpi.queries.results import Change, ChangeKind, Contribution, EntityGap, Freshness, Named, Reason
from kpi.queries.targets import Target
from kpi.warehouse.connect import Warehouse

LIKE_FOR_LIKE_KPIS = frozenset({"digital_transactions", "transactions"})
CONTRIBUTIONS_NAMED = 5

_PAIRS = """
select '{measure}' as measure, entity_id, service_id, state, value, base_value
from like_for_like('{measure}', $from_month, $to_month, $base_from, $base_to, {arguments})
"""
# The largest services and the entities behind them are asked for at once: the pairs are what takes long.
_STATEMENT = """
with pairs as materialized (
    {pairs}
),

ranked as (
    select
        *,
        row_number() over (
            partition by measure, state order by value + base_value desc, entity_id, service_id
        ) as place,
        sum(value) over (partition by measure, state)::bigint as value_in_all,
        sum(base_value) over (partition by measure, state)::bigint as base_in_all,
        count(*) over (partition by measure, state)::bigint as services_in_all
    from pairs
    where value + base_value > 0
),

gaps as (
    select
        measure,
        state,
        entity_id,
        count(*)::bigint as services,
        sum(value - base_value)::bigint as change,
        row_number() over (partition by measure, state order by abs(sum(value - base_value)) desc, entity_id) as place
    from pairs
    where state <> 'both' and value + base_value > 0
    group by measure, state, entity_id
),

largest as (
    select
        measure, state, place, value_in_all, base_in_all, services_in_all as services,
        value - base_value as change, service_id, entity_id
    from ranked
    union all
    select measure, state, place, null, null, services, change, null, entity_id
    from gaps
)

select
    largest.measure, largest.state, largest.value_in_all, largest.base_in_all, largest.services, largest.change,
    largest.service_id, dim_service.name_ar, dim_service.name_en,
    largest.entity_id, dim_entity.name_ar, dim_entity.name_en
from largest
left join dim_service on largest.service_id = dim_service.service_id
inner join dim_entity on largest.entity_id = dim_entity.entity_id
where largest.place <= $named
order by largest.measure, largest.state, largest.service_id is null, largest.place
"""


@dataclass(frozen=True)
class State:
    """Hold the services that are in both periods, entered or left: their totals, the largest, and whose they are."""

    value: int = 0
    base_value: int = 0
    services: int = 0
    largest: tuple[Contribution, ...] = ()
    by_entity: tuple[EntityGap, ...] = ()


Pairs = Mapping[str, State]
"""States by name: both, entered, left."""


def change_kind(kpi: Kpi) -> ChangeKind:
    """Compare percentages in points and everything else in percent."""
    return "points" if kpi.unit == "percent" else "percent"


def difference(kind: ChangeKind, value: float | None, base_value: float | None) -> float | None:
    """Return the change in points, or in percent of the base; None when either is missing or the base is zero."""
    if value is None or base_value is None:
        return None
    if kind == "points":
        return value - base_value
    return 100 * (value - base_value) / base_value if base_value else None


def compare(kpi: Kpi, filters: Filters, cells: Compared, build: Freshness, target: Target | None) -> Change:
    """Compare the programme cells with the base or the target; the coverage is added by `with_like_for_like`."""
    now, base = cells.now.get(PROGRAMME), cells.base.get(PROGRAMME)
    kind = change_kind(kpi)
    if filters.base is None:
        base_value = target.value if target else None
    else:
        base_value = base.value if base else None
    reason = not_comparable(kpi, filters, base_value, build)
    raw = difference(kind, now.value if now else None, base_value) if reason is None else None
    return Change(
        base=filters.base or filters.period,
        base_value=base_value,
        raw=raw,
        kind=kind,
        reason=reason,
        against=filters.compare.against,
        base_as_of=cells.base_as_of,
    )


def not_comparable(kpi: Kpi, filters: Filters, base_value: float | None, build: Freshness) -> Reason | None:
    """Say why a period cannot be compared with its base or its target, if it cannot."""
    period, base = filters.period, filters.base
    if base is not None and _definition_changed(kpi, period, base):
        return "definition_changed"
    if kpi.flow == "flow" and build.last_month is not None and period.end > build.last_month:
        return "period_incomplete"
    if base is None and base_value is None:
        return "no_target"
    if base is not None and kpi.flow == "flow" and kpi.grows_with_time and base.months != period.months:
        return "length_differs"
    if base_value is None or (base is not None and kpi.flow == "flow" and not _covered(base, build)):
        return "base_not_covered"
    if base_value == 0 and change_kind(kpi) == "percent":
        return "base_zero"
    return None


def _covered(base: Period, build: Freshness) -> bool:
    starts_in_time = build.first_month is None or build.first_month <= base.start
    return starts_in_time and (build.last_month is None or base.end <= build.last_month)


def read_pairs(warehouse: Warehouse, measures: Iterable[str], filters: Filters) -> dict[str, Pairs]:
    """Read, for each measure, the services of the period and of its base, with whose they are."""
    wanted = sorted(LIKE_FOR_LIKE_KPIS & set(measures))
    base = filters.base
    if not wanted or base is None or base.months != filters.period.months:
        return {}
    arguments, params = slice_arguments(filters)
    pairs = " union all ".join(_PAIRS.format(measure=measure, arguments=arguments) for measure in wanted)
    params |= {
        "from_month": filters.period.start,
        "to_month": filters.period.end,
        "base_from": base.start,
        "base_to": base.end,
        "named": CONTRIBUTIONS_NAMED,
    }
    found: dict[str, dict[str, State]] = {measure: {} for measure in wanted}
    for measure, state, value, base_value, services, change, *names in warehouse.query(
        _STATEMENT.format(pairs=pairs), params
    ).iter_rows():
        service, entity = Named(*names[:3]), Named(*names[3:])
        if service.id is None:
            before = found[measure][state]
            gap = EntityGap(entity, services, change)
            found[measure][state] = replace(before, by_entity=(*before.by_entity, gap))
        else:
            before = found[measure].get(state, State(value, base_value, services))
            largest = Contribution(service, entity, change)
            found[measure][state] = replace(before, largest=(*before.largest, largest))
    return dict(found)


def with_like_for_like(
    change: Change, now: Cell, base: Cell, pairs: Pairs, coverage: Coverage, period: Period
) -> Change:
    """Add the like-for-like change where services entered or left, or an entity-month is missing on one side."""
    both, entered, left = (pairs.get(state, State()) for state in ("both", "entered", "left"))
    matched = both.value + entered.value == now.numerator and both.base_value + left.base_value == base.numerator
    if change.reason is not None or (matched and not entered.services and not left.services):
        return change
    return replace(
        change,
        like_for_like=difference("percent", both.value, both.base_value),
        entered=entered.largest,
        left=left.largest,
        entered_total=entered.value,
        left_total=left.base_value,
        entered_services=entered.services,
        left_services=left.services,
        entered_by_entity=entered.by_entity,
        left_by_entity=left.by_entity,
        silent_entities=coverage.fell_silent(period, change.base),
    )


def _definition_changed(kpi: Kpi, period: Period, base: Period) -> bool:
    # A chosen base may lie after the period; a stock counts at the end of either.
    ends = sorted((base.end, period.end))
    first = min(base.start, period.start) if kpi.flow == "flow" else ends[0]
    return any(first < version.valid_from <= ends[1] for version in kpi.versions[1:])
