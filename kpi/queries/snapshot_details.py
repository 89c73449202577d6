"""What a snapshot lists beside the KPIs: services, readiness by indicator, excellence levels."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kpi.periods import Period
from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

SERVICES_LISTED = 20

_SERVICES = """
with counted as (
    select
        cube.{group} as group_id,
        cube.service_id,
        sum(cube.transactions) filter (where cube.month between $from_month and $to_month) as transactions,
        sum(cube.transactions) filter (where cube.month between $base_from and $base_to) as base_transactions
    from fct_transaction_service_month as cube
    inner join dim_channel on cube.channel = dim_channel.channel
    where
        cube.outcome = 'completed' and dim_channel.digital and cube.{group} is not null
        and (cube.month between $from_month and $to_month or cube.month between $base_from and $base_to)
    group by all
),

life as (
    select
        service_id,
        min(event_on) filter (where event = 'digitised') as digitised_on,
        min(event_on) filter (where event = 'simplified') as simplified_on
    from fct_service_event
    where event_on <= last_day($to_month::date)
    group by service_id
)

select
    counted.group_id, dim_service.service_id, dim_service.name_ar, dim_service.name_en,
    dim_entity.entity_id, dim_entity.name_ar as entity_ar, dim_entity.name_en as entity_en,
    coalesce(counted.transactions, 0)::bigint as transactions,
    coalesce(counted.base_transactions, 0)::bigint as base_transactions,
    life.digitised_on, life.simplified_on,
    count(*) over (partition by counted.group_id)::bigint as services
from counted
inner join dim_service on counted.service_id = dim_service.service_id
inner join dim_entity on dim_service.entity_id = dim_entity.entity_id
left join life on counted.service_id = life.service_id
qualify row_number() over (
    partition by counted.group_id
    order by coalesce(counted.transactions, 0) desc, coalesce(counted.base_transactions, 0) desc, counted.service_id
) <= $listed
order by counted.group_id, transactions desc, base_transactions desc, counted.service_id
"""
_READINESS = """
with dated as (
    select
        entity_id, indicator_id, assessed_on, score_pct::double as score_pct,
        dense_rank() over (partition by entity_id order by assessed_on desc) as turn
    from fct_assessment
    where assessed_on <= last_day($month::date)
)

select
    latest.entity_id, dim_indicator.indicator_id, dim_indicator.name_ar, dim_indicator.name_en,
    latest.assessed_on, latest.score_pct, earlier.score_pct as score_before_pct, earlier.assessed_on as before_on
from dated as latest
inner join dim_indicator on latest.indicator_id = dim_indicator.indicator_id
left join dated as earlier
    on latest.entity_id = earlier.entity_id and latest.indicator_id = earlier.indicator_id and earlier.turn = 2
where latest.turn = 1
order by latest.entity_id, latest.score_pct, dim_indicator.indicator_id
"""
_LEVELS = """
with points as (
    select group_id, value::bigint as entities, as_of_month
    from kpi_points('excellence_level', $from_month, $to_month, by := 'level')
)

select
    dim_level.level_id, dim_level.name_ar, dim_level.name_en, coalesce(points.entities, 0)::bigint,
    points.as_of_month
from dim_level
left join points on dim_level.level_id = points.group_id
order by dim_level.sort_order
"""
_ENTITY_LEVELS = """
select fct_assessment_month.entity_id, dim_level.level_id, dim_level.name_ar, dim_level.name_en
from fct_assessment_month
inner join dim_level on fct_assessment_month.level_id = dim_level.level_id
where fct_assessment_month.month = (
    select max(fct_assessment_month.month) from fct_assessment_month
    where fct_assessment_month.month <= $month
)
order by fct_assessment_month.entity_id
"""


@dataclass(frozen=True)
class ServiceCount:
    """Hold the completed digital transactions of a service in the period and in the same months a year earlier."""

    service: Named
    entity: Named
    transactions: int
    base_transactions: int
    digitised_on: date | None
    simplified_on: date | None


@dataclass(frozen=True)
class Services:
    """Hold the largest services of a group, and how many it has with transactions in either period."""

    listed: tuple[ServiceCount, ...] = ()
    services: int = 0


@dataclass(frozen=True)
class IndicatorScore:
    """Hold the score of one indicator in the last assessment (0–100), and in the one before."""

    indicator: Named
    assessed_on: date
    score_pct: float | None
    score_before_pct: float | None
    before_on: date | None


@dataclass(frozen=True)
class LevelCount:
    """Count the entities of one excellence level; `as_of` is the month counted."""

    level: Named
    entities: int
    as_of: date | None


def services_by_group(warehouse: Warehouse, period: Period, by: str, listed: int = SERVICES_LISTED) -> dict:
    """Read the largest services of every entity or governorate: group to `Services`."""
    base = period.year_before()
    lists: dict[str, list[ServiceCount]] = defaultdict(list)
    totals: dict[str, int] = {}
    statement = _SERVICES.format(group="entity_id" if by == "entity" else "governorate_id")
    rows = warehouse.query(
        statement, from_month=period.start, to_month=period.end, base_from=base.start, base_to=base.end, listed=listed
    )
    for group, *names, now, before, digitised_on, simplified_on, services in rows.iter_rows():
        service = ServiceCount(Named(*names[:3]), Named(*names[3:]), now, before, digitised_on, simplified_on)
        lists[group].append(service)
        totals[group] = services
    return {group: Services(tuple(rows), totals[group]) for group, rows in lists.items()}


def readiness_by_entity(warehouse: Warehouse, month: date) -> Mapping[str, tuple[IndicatorScore, ...]]:
    """Read the last assessment of every entity by the end of the month, the lowest score first."""
    found: dict[str, list[IndicatorScore]] = defaultdict(list)
    for entity_id, *names, assessed_on, score, before, before_on in warehouse.query(
        _READINESS, month=month
    ).iter_rows():
        found[entity_id].append(IndicatorScore(Named(*names), assessed_on, score, before, before_on))
    return {entity_id: tuple(scores) for entity_id, scores in found.items()}


def excellence_levels(warehouse: Warehouse, period: Period) -> tuple[LevelCount, ...]:
    """Count the entities of every level at the last count in the period; empty when none was assessed."""
    rows = warehouse.query(_LEVELS, from_month=period.start, to_month=period.end).rows()
    counted = next((as_of for *_, as_of in rows if as_of is not None), None)
    if counted is None:
        return ()
    return tuple(LevelCount(Named(*names), entities, counted) for *names, entities, _ in rows)


def entity_levels(warehouse: Warehouse, month: date) -> dict[str, Named]:
    """Read the excellence level of every assessed entity at the end of the month."""
    return {entity_id: Named(*names) for entity_id, *names in warehouse.query(_ENTITY_LEVELS, month=month).iter_rows()}
