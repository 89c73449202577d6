"""The value of a KPI in a period, with everything needed to read it rightly."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kpi.catalogue import Kpi
from kpi.periods import MONTHS_PER_YEAR, Period, shift_months
from kpi.queries.applicable import inapplicable_within
from kpi.queries.change import Pairs, compare, read_pairs, with_base_told, with_like_for_like
from kpi.queries.coverage import Coverage, read_coverage_within
from kpi.queries.definitions import definitions
from kpi.queries.filters import NOT_ALLOCATED, Filters, applies
from kpi.queries.freshness import freshness
from kpi.queries.naming import read_naming
from kpi.queries.overlaps import is_hidden, overlaps
from kpi.queries.points import PROGRAMME, Answer, Compared, Request, compared, comparison_requests, fetch
from kpi.queries.results import Change, Freshness, Headline, Named, Naming, Point
from kpi.queries.series import points_of
from kpi.queries.targets import Target, read_targets, status
from kpi.warehouse.connect import Warehouse

SPARKLINE_YEARS = {1: 1, 3: 2}
"""Years of recent points by months per point; the same point of the year before is always among them."""


@dataclass(frozen=True)
class _HeadlineFacts:
    """Hold what the headlines of one page share."""

    build: Freshness
    filters: Filters
    answers: Mapping[Request, Answer]
    coverage: Coverage
    targets: Mapping[str, Target]
    pairs: Mapping[str, Pairs]
    naming: Naming | None
    overlapping: Mapping[str, tuple[Named, ...]]


def headline(warehouse: Warehouse, *, kpi_id: str, filters: Filters) -> Headline:
    """Answer for one KPI."""
    return headlines(warehouse, kpi_ids=(kpi_id,), filters=filters)[0]


def headlines(warehouse: Warehouse, *, kpi_ids: Iterable[str], filters: Filters) -> tuple[Headline, ...]:
    """Answer for several KPIs at once, in the order asked; the number of statements does not grow with them.

    The period is widened to whole reporting periods (quarters, where entities report by quarter).
    """
    build = freshness(warehouse)
    snapped = filters.snapped(build.reporting_months)
    kpis = definitions(warehouse, kpi_ids)
    never = inapplicable_within(warehouse, snapped)
    asked = [kpi for kpi in kpis.values() if applies(kpi, snapped) and kpi.id not in never]
    answers = fetch(warehouse, [request for kpi in asked for request in _requests(kpi, snapped, build)], snapped)
    hidden = [kpi.id for kpi in asked if is_hidden(compared(kpi, snapped, answers).now.get(PROGRAMME))]
    facts = _HeadlineFacts(
        build=build,
        filters=snapped,
        answers=answers,
        coverage=read_coverage_within(warehouse, _periods(snapped, build), snapped),
        targets=read_targets(warehouse, asked, snapped),
        pairs=read_pairs(warehouse, asked, snapped).get(PROGRAMME, {}),
        naming=_naming(warehouse, snapped),
        overlapping=overlaps(warehouse, hidden, snapped.period),
    )
    return tuple(_headline(kpi, facts) if kpi in asked else _not_applicable(kpi, facts) for kpi in kpis.values())


def _naming(warehouse: Warehouse, filters: Filters) -> Naming | None:
    """Count whose transactions name the governorate of the filters; None without one and for what names none."""
    if filters.governorate_id in (None, NOT_ALLOCATED) or filters.entity_id is not None:
        return None
    return read_naming(warehouse, filters.period, filters.organisation).get(filters.governorate_id)


def _headline(kpi: Kpi, facts: _HeadlineFacts) -> Headline:
    period, everywhere = facts.filters.period, facts.filters.governorate_id is None
    cells = compared(kpi, facts.filters, facts.answers)
    now = cells.now.get(PROGRAMME)
    value = now.value if now else None
    target = facts.targets.get(kpi.id)
    return Headline(
        kpi=kpi,
        period=period,
        value=value,
        numerator=now.numerator if now else None,
        denominator=now.denominator if now else None,
        target=target.value if target else None,
        target_by=target.valid_to if target else None,
        status=status(kpi, value, target),
        change=_change(kpi, cells, facts) if value is not None else None,
        reported=facts.coverage.reported(period) if kpi.flow == "flow" and everywhere else None,
        sparkline=_sparkline(kpi, facts),
        nothing=None if value is not None else "not_shown" if is_hidden(now) else "not_provided",
        as_of=cells.as_of,
        months_per_point=facts.build.reporting_months if kpi.flow == "flow" else 1,
        naming=facts.naming if kpi.flow == "flow" else None,
        overlapping=facts.overlapping.get(kpi.id, ()),
        told=facts.coverage.told(period) if kpi.flow == "flow" and value is not None else None,
    )


def _not_applicable(kpi: Kpi, facts: _HeadlineFacts) -> Headline:
    return Headline(
        kpi=kpi,
        period=facts.filters.period,
        value=None,
        numerator=None,
        denominator=None,
        target=None,
        status="no_target",
        change=None,
        reported=None,
        sparkline=(),
        nothing="not_applicable",
    )


def _change(kpi: Kpi, cells: Compared, facts: _HeadlineFacts) -> Change:
    change = compare(kpi, facts.filters, cells, facts.build, facts.targets.get(kpi.id))
    change = with_base_told(kpi, change, facts.coverage)
    now, base = cells.now.get(PROGRAMME), cells.base.get(PROGRAMME)
    if kpi.id not in facts.pairs or now is None or base is None:
        return change
    return with_like_for_like(kpi, change, now, base, facts.pairs[kpi.id], facts.coverage, facts.filters.period)


def _requests(kpi: Kpi, filters: Filters, build: Freshness) -> tuple[Request, ...]:
    return *comparison_requests(kpi, filters), _sparkline_request(kpi, filters, build)


def _periods(filters: Filters, build: Freshness) -> tuple[Period, ...]:
    return filters.period, filters.base or filters.period, _recent(filters.period, build)


def _sparkline_request(kpi: Kpi, filters: Filters, build: Freshness) -> Request:
    # A stock is counted at the end of every month, whatever the rhythm in which transactions are reported.
    if kpi.flow == "stock":
        return comparison_requests(kpi, filters)[0]
    return Request(kpi.id, _recent(filters.period, build), months_per_point=build.reporting_months)


def _sparkline(kpi: Kpi, facts: _HeadlineFacts) -> tuple[Point, ...]:
    request = _sparkline_request(kpi, facts.filters, facts.build)
    points = points_of(kpi, request, facts.answers[request], facts.coverage)
    first, last = facts.build.first_month, facts.build.last_month
    if kpi.flow == "flow" and first is not None and last is not None:
        return tuple(point for point in points if first <= point.month <= last)
    return tuple(point for point in points if point.month in _recent(facts.filters.period, facts.build))


def _recent(period: Period, build: Freshness) -> Period:
    grain = build.reporting_months
    months = MONTHS_PER_YEAR * SPARKLINE_YEARS.get(grain, 1) + grain
    return Period(shift_months(period.end, 1 - months), period.end)
