"""Entities side by side."""

from collections.abc import Mapping

from kpi.catalogue import Kpi
from kpi.queries.change import change_kind, difference, not_comparable
from kpi.queries.coverage import read_coverage
from kpi.queries.definitions import definition
from kpi.queries.filters import Filters, applies
from kpi.queries.freshness import freshness
from kpi.queries.points import Cell, Compared, compared, comparison_requests, fetch
from kpi.queries.results import Named, RankedEntity, Ranking
from kpi.queries.targets import read_entity_targets
from kpi.warehouse.connect import Warehouse

_ENTITIES = "select entity_id, name_ar, name_en from dim_entity"


def ranking(warehouse: Warehouse, *, kpi_id: str, filters: Filters) -> Ranking:
    """Answer how the entities compare, best first; expected ones that sent nothing come last, without a value.

    The share is of the sum over the entities shown; it exists for counts only. The change is on the filters' base, or
    on the entity's own target.
    """
    build = freshness(warehouse)
    kpi = definition(warehouse, kpi_id)
    snapped = filters.snapped(build.reporting_months)
    period = snapped.period
    against, base = snapped.compare.against, snapped.base
    if not applies(kpi, snapped, by="entity"):
        return Ranking(kpi, (), period, nothing="not_applicable", against=against, base=base)
    answers = fetch(warehouse, comparison_requests(kpi, snapped, by="entity"), snapped)
    cells = compared(kpi, snapped, answers, by="entity")
    months = read_coverage(warehouse, (period,), snapped.entity_id).months(period) if kpi.flow == "flow" else {}
    names = {entity_id: Named(entity_id, *names) for entity_id, *names in warehouse.query(_ENTITIES).iter_rows()}
    base_values = _base_values(warehouse, kpi, snapped, cells)
    rows = []
    for entity in {names[entity_id] for entity_id in cells.now} | set(months):
        base_value = base_values.get(entity.id)
        comparable = not_comparable(kpi, snapped, base_value, build) is None
        reported = months.get(entity, (0, 0))
        rows.append(_row(kpi, entity, cells.now, base_value if comparable else None, reported))
    return Ranking(
        kpi=kpi,
        rows=tuple(sorted(rows, key=lambda row: _place(kpi, row))),
        period=period,
        nothing=None if any(row.value is not None for row in rows) else "not_provided",
        against=against,
        base=base,
    )


def _base_values(warehouse: Warehouse, kpi: Kpi, filters: Filters, cells: Compared) -> dict[str, float | None]:
    if filters.base is not None:
        return {entity_id: cell.value for entity_id, cell in cells.base.items()}
    return {entity_id: target.value for entity_id, target in read_entity_targets(warehouse, kpi, filters).items()}


def _row(
    kpi: Kpi, entity: Named, cells: Mapping[str, Cell], base_value: float | None, months: tuple[int, int]
) -> RankedEntity:
    now = cells.get(entity.id)
    value = now.value if now else None
    kind = change_kind(kpi)
    change = difference(kind, value, base_value)
    return RankedEntity(
        entity=entity,
        value=value,
        numerator=now.numerator if now else None,
        denominator=now.denominator if now else None,
        share_pct=_share(kpi, now, cells),
        change_pct=change if kind == "percent" else None,
        reported_months=months[0],
        expected_months=months[1],
        change_points=change if kind == "points" else None,
    )


def _share(kpi: Kpi, cell: Cell | None, cells: Mapping[str, Cell]) -> float | None:
    total = sum(other.numerator or 0 for other in cells.values())
    if kpi.kind != "sum" or cell is None or cell.numerator is None or not total:
        return None
    return 100 * cell.numerator / total


def _place(kpi: Kpi, row: RankedEntity) -> tuple[bool, float, str]:
    value = row.value or 0.0
    return row.value is None, value if kpi.direction == "down" else -value, row.entity.id
