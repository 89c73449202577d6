"""A KPI over time."""

from collections.abc import Iterable, Mapping

from kpi.catalogue import Kpi
from kpi.language import Nothing
from kpi.periods import Period, shift_months
from kpi.queries.coverage import Coverage, read_coverage_within
from kpi.queries.definitions import definitions
from kpi.queries.filters import Filters, applies
from kpi.queries.freshness import freshness
from kpi.queries.overlaps import is_hidden
from kpi.queries.points import PROGRAMME, Answer, Request, fetch
from kpi.queries.results import Break, Freshness, Point, Series
from kpi.queries.targets import read_targets
from kpi.warehouse.connect import Warehouse

LEAST_MONTHS = 24


def series(
    warehouse: Warehouse, *, kpi_id: str, filters: Filters, compare: bool = True, at_least_months: int = LEAST_MONTHS
) -> Series:
    """Answer how a KPI moved up to the end of the period, over the period or the latest `at_least_months` if longer.

    Points have the grain at which entities report (months or quarters); a point without data has value None and shows
    as a gap. With `compare`, every point is accompanied by the one as far into the base, or all by the target.
    """
    return several_series(
        warehouse, kpi_ids=(kpi_id,), filters=filters, compare=compare, at_least_months=at_least_months
    )[0]


def several_series(
    warehouse: Warehouse,
    *,
    kpi_ids: Iterable[str],
    filters: Filters,
    compare: bool = True,
    at_least_months: int = LEAST_MONTHS,
) -> tuple[Series, ...]:
    """Answer what `series` does of several KPIs, in the order asked, in one statement for all of them."""
    build = freshness(warehouse)
    snapped = filters.snapped(build.reporting_months)
    kpis = definitions(warehouse, kpi_ids).values()
    asked = {
        kpi.id: series_requests(kpi, snapped, build, at_least_months, compare=compare)
        for kpi in kpis
        if applies(kpi, snapped)
    }
    requests = [request for of_kpi in asked.values() for request in of_kpi]
    answers = fetch(warehouse, requests, snapped)
    coverage = read_coverage_within(warehouse, [request.period for request in requests], snapped)
    targets = _targets(warehouse, kpis, snapped) if compare else {}
    found = []
    for kpi in kpis:
        if kpi.id in asked:
            found.append(series_from(kpi, asked[kpi.id], answers, coverage, snapped, targets.get(kpi.id)))
        else:
            grain = build.reporting_months if kpi.flow == "flow" else 1
            found.append(Series(kpi, grain, (), (), nothing="not_applicable"))
    return tuple(found)


def series_requests(
    kpi: Kpi, filters: Filters, build: Freshness, at_least_months: int = LEAST_MONTHS, *, compare: bool = True
) -> tuple[Request, ...]:
    """Ask for the points of a series, and with `compare` for those as far into the base, if there is one."""
    grain = build.reporting_months if kpi.flow == "flow" else 1
    span = _span(kpi, filters.period, at_least_months, build)
    request = Request(kpi.id, span, months_per_point=grain)
    if not compare or filters.base is None:
        return (request,)
    back = filters.compare.months_back(filters.period)
    return request, Request(kpi.id, span.shift(-back), months_per_point=grain)


def series_from(
    kpi: Kpi,
    asked: tuple[Request, ...],
    answers: Mapping[Request, Answer],
    coverage: Coverage,
    filters: Filters,
    target: float | None = None,
) -> Series:
    """Lay the answers to `series_requests` on the points."""
    points, *base_points = (points_of(kpi, request, answers[request], coverage) for request in asked)
    points = _from_first_value(points, filters.period)
    base = base_points[0] if base_points else ()
    return Series(
        kpi=kpi,
        months_per_point=asked[0].months_per_point or 1,
        points=points,
        breaks=_breaks(kpi, points),
        base_points=base[len(base) - len(points) :] if base else (),
        nothing=_nothing(points, answers[asked[0]]),
        coverage_breaks=coverage.breaks(asked[0].period) if kpi.flow == "flow" else (),
        target=target,
    )


def _nothing(points: tuple[Point, ...], answer: Answer) -> Nothing | None:
    if any(point.value is not None for point in points):
        return None
    return "not_shown" if any(map(is_hidden, answer.get(PROGRAMME, ()))) else "not_provided"


def _targets(warehouse: Warehouse, kpis: Iterable[Kpi], filters: Filters) -> dict[str, float]:
    if filters.base is not None:
        return {}
    with_one = [kpi for kpi in kpis if kpi.flow != "flow" or not kpi.grows_with_time]
    return {kpi_id: target.value for kpi_id, target in read_targets(warehouse, with_one, filters).items()}


def points_of(kpi: Kpi, request: Request, answer: Answer, coverage: Coverage) -> tuple[Point, ...]:
    """Lay the programme cells of an answer on every point asked for: what is missing is None, never zero."""
    grain = request.months_per_point or request.period.months
    cells = {cell.month: cell for cell in answer.get(PROGRAMME, ())}
    incomplete = coverage.incomplete_months() if kpi.flow == "flow" else frozenset()
    points = []
    for month in request.period.points(grain):
        cell = cells.get(month)
        partial = not incomplete.isdisjoint(Period.of_month(month, grain))
        if cell is None:
            points.append(Point(month, None, None, None, partial))
        else:
            points.append(Point(month, cell.value, cell.numerator, cell.denominator, partial))
    return tuple(points)


def _span(kpi: Kpi, period: Period, at_least_months: int, build: Freshness) -> Period:
    start = min(period.start, shift_months(period.end, 1 - at_least_months))
    end = period.end
    if kpi.flow == "flow" and build.first_month is not None and build.last_month is not None:
        start, end = max(start, build.first_month), min(end, build.last_month)
        if start > end:
            start, end = period.start, period.end
    return Period(start, end).snap(build.reporting_months)


def _from_first_value(points: Iterable[Point], period: Period) -> tuple[Point, ...]:
    listed = list(points)
    while listed and listed[0].value is None and listed[0].month not in period:
        del listed[0]
    return tuple(listed)


def _breaks(kpi: Kpi, points: tuple[Point, ...]) -> tuple[Break, ...]:
    if not points:
        return ()
    first, last = points[0].month, points[-1].month
    return tuple(
        Break(version.valid_from.replace(day=1), version.note_ar, version.note_en)
        for version in kpi.versions[1:]
        if first < version.valid_from.replace(day=1) <= last
    )
