"""Everything that one look at all governorates needs: a measure on the map, in order, with facts and the remainder."""

from dataclasses import dataclass, replace

from kpi.catalogue import Kpi
from kpi.queries.filters import Filters
from kpi.queries.freshness import freshness
from kpi.queries.governorate import remainder_by_entity
from kpi.queries.governorate_values import GovernorateMap
from kpi.queries.governorates import (
    Boundary,
    GovernorateFacts,
    GovernorateRanking,
    boundaries,
    governorate_facts,
    governorate_map,
    governorate_ranking,
    map_kpis,
)
from kpi.warehouse.connect import Warehouse

TOPIC = "digital_transactions"


@dataclass(frozen=True)
class NewlyAllocating:
    """Count the entities that name governorates now and named none in the base, and their allocated transactions."""

    entities: int
    transactions: int


@dataclass(frozen=True)
class GovernoratesOverview:
    """Hold the chosen measure and, as `topic`, the digital transactions, which have the remainder of every measure.

    `kpis` are the measures to choose from; `boundaries` are empty where the workspace has none.
    """

    kpis: tuple[Kpi, ...]
    boundaries: tuple[Boundary, ...]
    map: GovernorateMap
    topic: GovernorateMap
    ranking: GovernorateRanking
    facts: tuple[GovernorateFacts, ...]
    newly: NewlyAllocating


def governorates_overview(warehouse: Warehouse, *, kpi_id: str, filters: Filters) -> GovernoratesOverview:
    """Answer for a measure; for the digital transactions where it is none of those that can be chosen."""
    everywhere = replace(filters, governorate_id=None).snapped(freshness(warehouse).reporting_months)
    kpis = map_kpis(warehouse, everywhere)
    chosen = kpi_id if kpi_id in {kpi.id for kpi in kpis} else TOPIC
    return GovernoratesOverview(
        kpis=kpis,
        boundaries=boundaries(warehouse),
        map=governorate_map(warehouse, kpi_id=chosen, filters=everywhere),
        topic=governorate_map(warehouse, kpi_id=TOPIC, filters=everywhere),
        ranking=governorate_ranking(warehouse, kpi_id=chosen, filters=everywhere),
        facts=governorate_facts(warehouse, filters=everywhere),
        newly=_newly_allocating(warehouse, everywhere),
    )


def _newly_allocating(warehouse: Warehouse, filters: Filters) -> NewlyAllocating:
    base = filters.base
    if base is None or base.months != filters.period.months:
        return NewlyAllocating(0, 0)
    then, now = (
        {one.entity: one.total - one.not_allocated for one in remainder_by_entity(warehouse, filters=slice_)}
        for slice_ in (replace(filters, period=base), filters)
    )
    if not any(then.values()):
        return NewlyAllocating(0, 0)
    newly = [amount for entity, amount in now.items() if amount and not then.get(entity)]
    return NewlyAllocating(len(newly), sum(newly))
