"""Entities side by side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kpi.catalogue import Kpi
from kpi.queries.change import change_kind, difference, not_comparable
from kpi.queries.coverage import Coverage, read_coverage
from kpi.queries.definitions import definitions
from kpi.queries.filters import Filters, applies
from kpi.queries.freshness import freshness
from kpi.queries.names import entity_names
from kpi.queries.overlaps import overlaps
from kpi.queries.places import places
from kpi.queries.points import Answer, Compared, PointValue, Request, compared, comparison_requests, fetch
from kpi.queries.results import Freshness, Named, RankedEntity, Ranking
from kpi.queries.targets import Target, read_every_target
from kpi.warehouse.connect import Warehouse


@dataclass(frozen=True)
class _RankingFacts:
    """Hold what the rankings of one page share."""

    build: Freshness
    filters: Filters
    answers: Mapping[Request, Answer]
    months: Mapping[Named, tuple[int, int]]
    names: Mapping[str, Named]
    targets: Mapping[str, Mapping[str | None, Target]]
    overlapping: Mapping[str, tuple[Named, ...]]


def ranking(warehouse: Warehouse, *, kpi_id: str, filters: Filters) -> Ranking:
    """Answer how the entities compare, best first; expected ones that sent nothing come last, without a value.

    The share is of the sum over the entities shown; it exists for counts only, and where
    no figures overlap. The change is on the filters' base, or
    on the entity's own target.
    """
    return rankings(warehouse, kpi_ids=(kpi_id,), filters=filters)[0]


def rankings(
    warehouse: Warehouse, *, kpi_ids: Iterable[str], filters: Filters, coverage: Coverage | None = None
) -> tuple[Ranking, ...]:
    """Answer `ranking` for several KPIs at once, in the order asked; the number of statements does not grow.

    `coverage` is that of the filters' period where it has been read already.
    """
    build = freshness(warehouse)
    snapped = filters.snapped(build.reporting_months)
    kpis = definitions(warehouse, kpi_ids)
    asked = [kpi for kpi in kpis.values() if applies(kpi, snapped, by="entity")]
    requests = [request for kpi in asked for request in comparison_requests(kpi, snapped, by="entity")]
    if coverage is None:
        coverage = read_coverage(warehouse, (snapped.period,), snapped.entity_id, snapped.organisation)
    facts = _RankingFacts(
        build=build,
        filters=snapped,
        answers=fetch(warehouse, requests, snapped),
        months=coverage.months(snapped.period),
        names=entity_names(warehouse),
        targets=read_every_target(warehouse, asked, snapped) if snapped.base is None else {},
        overlapping=overlaps(warehouse, [kpi.id for kpi in asked if kpi.kind == "sum"], snapped.period),
    )
    return tuple(_ranking(kpi, facts) if kpi in asked else _not_applicable(kpi, snapped) for kpi in kpis.values())


def _ranking(kpi: Kpi, facts: _RankingFacts) -> Ranking:
    filters = facts.filters
    cells = compared(kpi, filters, facts.answers, by="entity")
    months = facts.months if kpi.flow == "flow" else {}
    base_values = _base_values(kpi, cells, facts)
    has_total = kpi.id not in facts.overlapping
    rows = []
    for entity in {facts.names[entity_id] for entity_id in cells.now} | set(months):
        base_value = base_values.get(entity.id)
        comparable = not_comparable(kpi, filters, base_value, facts.build) is None
        reported = months.get(entity, (0, 0))
        rows.append(_row(kpi, entity, cells.now, base_value if comparable else None, reported, has_total=has_total))
    best_first = sorted(rows, key=lambda row: _order(kpi, row))
    stands = places(kpi, {row.entity.id: row.value for row in rows})
    return Ranking(
        kpi=kpi,
        rows=tuple(replace(row, place=stands.get(row.entity.id)) for row in best_first),
        period=filters.period,
        nothing=None if any(row.value is not None for row in rows) else "not_provided",
        against=filters.compare.against,
        base=filters.base,
        as_of=cells.as_of,
    )


def _not_applicable(kpi: Kpi, filters: Filters) -> Ranking:
    against, base = filters.compare.against, filters.base
    return Ranking(kpi, (), filters.period, nothing="not_applicable", against=against, base=base)


def _base_values(kpi: Kpi, cells: Compared, facts: _RankingFacts) -> dict[str, float | None]:
    if facts.filters.base is not None:
        return {entity_id: cell.value for entity_id, cell in cells.base.items()}
    return {entity: target.value for entity, target in facts.targets.get(kpi.id, {}).items() if entity is not None}


def _row(
    kpi: Kpi, entity: Named, cells: Mapping[str, PointValue], base_value: float | None, months: tuple[int, int],
    *, has_total: bool,
) -> RankedEntity:  # fmt: skip
    now = cells.get(entity.id)
    value = now.value if now else None
    kind = change_kind(kpi)
    change = difference(kind, value, base_value)
    return RankedEntity(
        entity=entity,
        value=value,
        numerator=now.numerator if now else None,
        denominator=now.denominator if now else None,
        share_pct=_share(kpi, now, cells) if has_total else None,
        change_pct=change if kind == "percent" else None,
        reported_months=months[0],
        expected_months=months[1],
        change_points=change if kind == "points" else None,
    )


def _share(kpi: Kpi, cell: PointValue | None, cells: Mapping[str, PointValue]) -> float | None:
    total = sum(other.numerator or 0 for other in cells.values())
    if kpi.kind != "sum" or cell is None or cell.numerator is None or not total:
        return None
    return 100 * cell.numerator / total


def _order(kpi: Kpi, row: RankedEntity) -> tuple[bool, float, str]:
    value = row.value or 0.0
    return row.value is None, value if kpi.direction == "down" else -value, row.entity.id
