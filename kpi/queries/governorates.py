"""Governorates side by side, with what is not allocated to any of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from kpi.catalogue import Kpi
from kpi.language import Nothing
from kpi.periods import Period
from kpi.queries.change import change_kind, difference, not_comparable
from kpi.queries.coverage import read_coverage
from kpi.queries.definitions import definitions
from kpi.queries.filters import NOT_ALLOCATED, Against, Filters, applies
from kpi.queries.freshness import freshness
from kpi.queries.governorate_values import GovernorateMap, GovernorateValue
from kpi.queries.names import governorate_names, governorate_tiles
from kpi.queries.overlaps import is_hidden
from kpi.queries.points import PROGRAMME, Answer, Compared, Request, compared, comparison_requests, fetch
from kpi.queries.results import Freshness, Named
from kpi.queries.told import Told
from kpi.warehouse.connect import Warehouse

DENSITY_KPI = "transactions_per_1000"
_COUNTED_BY_DENSITY = frozenset({"digital_transactions", DENSITY_KPI})
_BOUNDARIES = "select governorate_id, corners from serve_governorate_outline order by governorate_id, ring"
_FACTS = """
select
    governorate_id, name_ar, name_en, seat_ar, seat_en, wilayats, area_km2, source, source_ar, population,
    population_as_of, population_source, population_source_ar
from serve_governorate_facts($until)
order by sort_order, governorate_id
"""


@dataclass(frozen=True)
class RankedGovernorate:
    """Hold one governorate's part: share of the whole for counts, change in percent, or in points for percentages.

    The remainder and the whole are rows of the same kind, named `not_allocated` and `programme`.
    """

    governorate: Named
    value: float | None
    numerator: int | None
    denominator: int | None
    share_pct: float | None
    change_pct: float | None
    change_points: float | None


@dataclass(frozen=True)
class GovernorateRanking:
    """Hold the governorates from best to worst, those without a value last, then the remainder and the whole.

    `as_of` is the month in which a stock was counted, None for a flow; `base` is None where the comparison is with a
    target, which governorates do not have.
    """

    kpi: Kpi
    period: Period
    rows: tuple[RankedGovernorate, ...]
    remainder: RankedGovernorate | None
    total: RankedGovernorate | None
    as_of: date | None
    against: Against
    base: Period | None
    nothing: Nothing | None = None


@dataclass(frozen=True)
class GovernorateFacts:
    """Hold what the registries say of a governorate, with sources; the population is that of the period's end."""

    governorate: Named
    seat_ar: str | None
    seat_en: str | None
    wilayats: int | None
    area_km2: int | None
    source: str | None
    source_ar: str | None
    population: int | None
    population_as_of: date | None
    population_source: str | None
    population_source_ar: str | None


@dataclass(frozen=True)
class Boundary:
    """Hold the outer rings of a governorate: corners as longitude and latitude in degrees, for drawing only."""

    governorate_id: str
    rings: tuple[tuple[tuple[float, float], ...], ...]


def map_kpis(warehouse: Warehouse, filters: Filters) -> tuple[Kpi, ...]:
    """List the KPIs that have a value per governorate in this slice, in the catalogue's order.

    A count of bodies by level is left out: it says nothing of a single place.
    """
    everywhere = replace(filters, governorate_id=None)
    kpis = definitions(warehouse).values()
    return tuple(kpi for kpi in kpis if applies(kpi, everywhere, by="governorate") and "level_id" not in kpi.dimensions)


def governorate_ranking(warehouse: Warehouse, *, kpi_id: str, filters: Filters) -> GovernorateRanking:
    """Answer how the governorates compare with each other and with the base, whichever of them the filters choose.

    The share is of the whole, so that the shares and the remainder's make up 100 %; it exists for counts only.
    """
    build = freshness(warehouse)
    everywhere = replace(filters, governorate_id=None).snapped(build.reporting_months)
    kpi, period = definitions(warehouse, (kpi_id,))[kpi_id], everywhere.period
    against, base = everywhere.compare.against, everywhere.base
    if not applies(kpi, everywhere, by="governorate"):
        return GovernorateRanking(kpi, period, (), None, None, None, against, base, nothing="not_applicable")
    has_whole = applies(kpi, everywhere)
    groupings = ("governorate", "programme") if has_whole else ("governorate",)
    requests = [request for by in groupings for request in comparison_requests(kpi, everywhere, by)]
    answers = fetch(warehouse, requests, everywhere)
    places = compared(kpi, everywhere, answers, by="governorate")
    whole = compared(kpi, everywhere, answers) if has_whole else Compared({}, {})
    rows = tuple(
        _ranked(kpi, place, places, whole, everywhere, build) for place in governorate_names(warehouse).values()
    )
    remainder = _ranked(kpi, Named(NOT_ALLOCATED, "", ""), places, whole, everywhere, build)
    return GovernorateRanking(
        kpi=kpi,
        period=period,
        rows=tuple(sorted(rows, key=lambda row: _order(kpi, row))),
        remainder=remainder if remainder.value is not None else None,
        total=_ranked(kpi, Named(PROGRAMME, "", ""), whole, whole, everywhere, build) if has_whole else None,
        as_of=places.as_of,
        against=against,
        base=base,
        nothing=None if any(row.value is not None for row in rows) else "not_provided",
    )


def governorate_facts(warehouse: Warehouse, *, filters: Filters) -> tuple[GovernorateFacts, ...]:
    """Read seat, wilayats, area and the population that the density at the end of the period is computed with."""
    last_month = filters.snapped(freshness(warehouse).reporting_months).period.end
    frame = warehouse.query(_FACTS, until=last_month)
    return tuple(GovernorateFacts(Named(*row[:3]), *row[3:]) for row in frame.iter_rows())


def boundaries(warehouse: Warehouse) -> tuple[Boundary, ...]:
    """Read the outlines of the governorates; empty where the workspace has none."""
    rings: dict[str, list[tuple[tuple[float, float], ...]]] = {}
    for governorate_id, corners in warehouse.query(_BOUNDARIES).iter_rows():
        rings.setdefault(governorate_id, []).append(tuple((one["longitude"], one["latitude"]) for one in corners))
    return tuple(Boundary(governorate_id, tuple(outlines)) for governorate_id, outlines in rings.items())


def _ranked(
    kpi: Kpi, place: Named, cells: Compared, whole: Compared, filters: Filters, build: Freshness
) -> RankedGovernorate:
    now, base, total = cells.now.get(place.id), cells.base.get(place.id), whole.now.get(PROGRAMME)
    value, base_value = (cell.value if cell else None for cell in (now, base))
    kind = change_kind(kpi)
    comparable = not_comparable(kpi, filters, base_value, build) is None
    change = difference(kind, value, base_value) if comparable else None
    has_share = kpi.kind == "sum" and value is not None and total is not None and bool(total.value)
    return RankedGovernorate(
        governorate=place,
        value=value,
        numerator=now.numerator if now else None,
        denominator=now.denominator if now else None,
        share_pct=100 * (value or 0) / (total.value or 1) if has_share and total else None,
        change_pct=change if kind == "percent" else None,
        change_points=change if kind == "points" else None,
    )


def _order(kpi: Kpi, row: RankedGovernorate) -> tuple[bool, float, str]:
    value = row.value or 0.0
    return row.value is None, value if kpi.direction == "down" else -value, row.governorate.id


def governorate_map(warehouse: Warehouse, *, kpi_id: str, filters: Filters) -> GovernorateMap:
    """Answer how the governorates compare, and how much is not allocated to any.

    All governorates are shown whatever governorate the filters choose, so that the parts and the remainder make up the
    total. The value per 1,000 residents is given for the digital transactions, which it is made of.
    """
    everywhere = replace(filters, governorate_id=None).snapped(freshness(warehouse).reporting_months)
    kpis = definitions(warehouse, {kpi_id: None, DENSITY_KPI: None})
    kpi = kpis[kpi_id]
    by_place, whole, density = (
        Request(kpi_id, everywhere.period, by="governorate"),
        Request(kpi_id, everywhere.period),
        Request(DENSITY_KPI, everywhere.period, by="governorate"),
    )
    has_places = applies(kpi, everywhere, by="governorate")
    has_density = kpi_id in _COUNTED_BY_DENSITY and applies(kpis[DENSITY_KPI], everywhere, by="governorate")
    wanted = ((by_place, has_places), (whole, applies(kpi, everywhere)), (density, has_density))
    answers = fetch(warehouse, [request for request, applicable in wanted if applicable], everywhere)
    values = tuple(
        GovernorateValue(
            governorate=tile.governorate,
            value=_value(answers, by_place, tile.governorate.id),
            per_1000=_value(answers, density, tile.governorate.id),
            tile_row=tile.row,
            tile_col=tile.column,
        )
        for tile in governorate_tiles(warehouse)
    )
    return GovernorateMap(
        kpi=kpi,
        period=everywhere.period,
        values=values,
        not_allocated=_value(answers, by_place, NOT_ALLOCATED),
        total=_value(answers, whole, PROGRAMME),
        nothing=_nothing(has_places, values, answers.get(by_place, {})),
        told=_told(warehouse, kpi, everywhere),
    )


def _told(warehouse: Warehouse, kpi: Kpi, filters: Filters) -> Told | None:
    if kpi.flow != "flow":
        return None
    found = read_coverage(warehouse, (filters.period,), filters.entity_id, filters.organisation)
    return found.told(filters.period)


def _value(answers: Mapping[Request, Answer], request: Request, group: str) -> float | None:
    cells = answers.get(request, {}).get(group, ())
    return cells[0].value if cells else None


def _nothing(has_places: bool, values: tuple[GovernorateValue, ...], answer: Answer) -> Nothing | None:
    if not has_places:
        return "not_applicable"
    if any(place.value is not None for place in values):
        return None
    return "not_shown" if any(is_hidden(cells[0]) for cells in answer.values()) else "not_provided"
