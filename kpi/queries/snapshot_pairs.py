"""What the period of a snapshot and that of the year before have in common, for all groups at once."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kpi.catalogue import Kpi
from kpi.queries.change import Pairs, read_pairs
from kpi.queries.filters import Filters
from kpi.queries.names import governorate_names
from kpi.queries.points import PROGRAMME, By
from kpi.warehouse.connect import Warehouse

PairsByGroup = Mapping[str, Mapping[str, Pairs]]
"""What is matched, by group and KPI."""


def read_pairs_by_group(warehouse: Warehouse, kpis: Iterable[Kpi], by: By, filters: Filters) -> PairsByGroup:
    """Read what both periods have in common of every group, for the KPIs that have values by it."""
    wanted = [kpi for kpi in kpis if by in kpi.scopes]
    if by == "entity":
        return read_pairs(warehouse, wanted, filters, by)
    if by == "governorate":
        found: dict[str, Mapping[str, Pairs]] = {}
        for governorate_id in sorted(governorate_names(warehouse)):
            pairs = read_pairs(warehouse, wanted, replace(filters, governorate_id=governorate_id))
            found[governorate_id] = pairs.get(PROGRAMME, {})
        return found
    return read_pairs(warehouse, wanted, filters)
