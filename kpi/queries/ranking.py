"""Entities side by side."""

from collections.abc import Mapping

from kpi.catalogue import Kpi
from kpi.periods import Period
from kpi.queries.change import change_kind, difference, not_comparable
from kpi.queries.coverage import read_coverage
from kpi.queries.definitions import definition
from kpi.queries.filters import Filters, applies
from kpi.queries.freshness import freshness
from kpi.queries.points import Cell, Compared, compared, comparison_requests, fetch
from kpi.queries.results import Freshness, Named, RankedEntity, Ranking
from kpi.warehouse.connect import Warehouse

_ENTITIES = "select entity_id, name_ar, name_en from dim_entity"


def ranking(warehouse: Warehouse, *, kpi_id: str, filters: Filters) -> Ranking:
    """Answer how the entities compare, best first; expected ones that sent nothing come last, without a value.

    The share is of the sum over the entities shown; it exists for counts only.
    """
    build = freshness(warehouse)
    kpi = definition(warehouse, kpi_id)
    snapped = filters.snapped(build.reporting_months)
    period = snapped.period
    if not applies(kpi, snapped, by="entity"):
        return Ranking(kpi, (), period, nothing="not_applicable")
    answers = fetch(warehouse, comparison_requests(kpi, period, by="entity"), snapped)
    cells = compared(kpi, period, answers, by="entity")
    months = read_coverage(warehouse, (period,), snapped.entity_id).months(period) if kpi.flow == "flow" else {}
    names = {entity_id: Named(entity_id, *names) for entity_id, *names in warehouse.query(_ENTITIES).iter_rows()}
    shown = {names[entity_id] for entity_id in cells.now} | set(months)
    rows = [_row(kpi, entity, cells, months.get(entity, (0, 0)), period, build) for entity in shown]
    return Ranking(
        kpi=kpi,
        rows=tuple(sorted(rows, key=lambda row: _place(kpi, row))),
        period=period,
        nothing=None if any(row.value is not None for row in rows) else "not_provided",
    )


def _row(
    kpi: Kpi, entity: Named, cells: Compared, months: tuple[int, int], period: Period, build: Freshness
) -> RankedEntity:
    now, base = cells.now.get(entity.id), cells.base.get(entity.id)
    value, base_value = (cell.value if cell else None for cell in (now, base))
    kind = change_kind(kpi)
    comparable = not_comparable(kpi, period, base_value, build) is None
    change = difference(kind, value, base_value) if comparable else None
    return RankedEntity(
        entity=entity,
        value=value,
        numerator=now.numerator if now else None,
        denominator=now.denominator if now else None,
        share_pct=_share(kpi, now, cells.now),
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
