"""Which entities' figures overlap with those of others, so that a total that would hold them is not shown."""

from collections import defaultdict
from collections.abc import Collection

from kpi.periods import Period
from kpi.queries.points import PointValue
from kpi.queries.results import Named
from kpi.warehouse.connect import Warehouse

_STATEMENT = """
select distinct kpi_id, entity_id, name_ar, name_en
from serve_overlap
where "month" between $from_month and $to_month and list_contains($kpi_ids, kpi_id)
order by 1, 2
"""
# A build of an older form has no such table, and most builds have no row in it: then nothing more is asked.
_IS_KNOWN = "select coalesce(max(estimated_size), 0) from duckdb_tables() where table_name = 'meta_overlap'"

_AS_IS = """
select count(*)::bigint
from meta_overlap_as_is
where kpi_id = $kpi and entity_id = $entity and month between $from_month and $to_month
"""
_HAS_AS_IS = "select coalesce(max(estimated_size), 0) from duckdb_tables() where table_name = 'meta_overlap_as_is'"


def is_hidden(cell: PointValue | None) -> bool:
    """Tell whether there is a figure that is not shown, which is no gap."""
    return cell is not None and cell.value is None and cell.numerator is None


def overlaps(warehouse: Warehouse, kpi_ids: Collection[str], period: Period) -> dict[str, tuple[Named, ...]]:
    """Name the entities whose figures overlap in a period, by KPI; asks nothing for no KPI."""
    found: dict[str, list[Named]] = defaultdict(list)
    if kpi_ids and warehouse.query(_IS_KNOWN).item():
        rows = warehouse.query(
            _STATEMENT, from_month=period.start, to_month=period.end, kpi_ids=sorted(kpi_ids)
        )  # fmt: skip
        for kpi_id, *names in rows.iter_rows():
            found[kpi_id].append(Named(*names))
    return {kpi_id: tuple(names) for kpi_id, names in found.items()}


def overlaps_as_is(warehouse: Warehouse, kpi_id: str, entity_id: str, period: Period) -> bool:
    """Tell whether a body of today would add up several bodies of the time whose figures overlap."""
    asked = {"kpi": kpi_id, "entity": entity_id, "from_month": period.start, "to_month": period.end}
    return bool(warehouse.query(_HAS_AS_IS).item()) and bool(warehouse.query(_AS_IS, asked).item())
