"""Everything a monthly snapshot says of every KPI: for the programme, each entity and each governorate.

The values are the same as `headlines` and `series` give for one scope. Here each KPI is asked for all entities or all
governorates at once, so that the documents of a month cost a few dozen statements, not thousands.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from kpi.catalogue import Kpi
from kpi.language import Nothing
from kpi.periods import Period
from kpi.queries.applicable import inapplicable
from kpi.queries.change import compare, with_base_told, with_like_for_like
from kpi.queries.coverage import Coverage, read_coverage
from kpi.queries.definitions import definitions
from kpi.queries.filters import NOT_ALLOCATED, Filters
from kpi.queries.freshness import freshness
from kpi.queries.naming import entities_naming, read_naming
from kpi.queries.overlaps import is_hidden, overlaps
from kpi.queries.places import Place, places
from kpi.queries.points import (
    PROGRAMME,
    Answer,
    By,
    Compared,
    PointValue,
    Request,
    compared,
    comparison_requests,
    fetch,
)
from kpi.queries.results import Change, Freshness, Headline, Named, Naming, Reported, Series
from kpi.queries.series import series_from, series_requests
from kpi.queries.snapshot_pairs import PairsByGroup, read_pairs_by_group
from kpi.queries.targets import Target, read_targets, status
from kpi.queries.told import Told
from kpi.warehouse.connect import Warehouse

ALL_SCOPES: tuple[By, ...] = ("programme", "entity", "governorate")


@dataclass(frozen=True)
class Book:
    """Answer for any KPI, scope and group of one month's snapshot.

    `period` runs from January to the month, `month` is the month alone (the reporting period that holds it, where
    entities report by quarter).
    """

    build: Freshness
    period: Period
    month: Period
    kpis: Mapping[str, Kpi]
    coverage: Coverage
    answers: Mapping[Request, Answer]
    targets: Mapping[str | None, Mapping[str, Target]]
    pairs: Mapping[By, PairsByGroup]
    naming: Mapping[Period, Mapping[str, Naming]]
    named_by: Mapping[str, frozenset[str]]
    overlapping: Mapping[str, tuple[Named, ...]]
    inapplicable: frozenset[tuple[str, str]]
    _known: dict = field(default_factory=dict, compare=False, repr=False)

    def headline(self, kpi_id: str, by: By, group: str = PROGRAMME) -> Headline:
        """Answer what a KPI is in the period, as `headlines` does."""
        kpi = self.kpis[kpi_id]

        def answer() -> Headline:
            return self._headline(kpi, by, group, self.period, self._cells(kpi, by, group, self.period))

        return self._remembered(("headline", kpi_id, by, group), answer)

    def month_headline(self, kpi_id: str, by: By, group: str = PROGRAMME) -> Headline:
        """Answer what a flow is in the month alone; the change is on the same month of the year before."""
        kpi = self.kpis[kpi_id]
        asked = series_requests(kpi, Filters(self.period), self.build)
        points = {cell.month: cell for one in asked for cell in self._cells_of(replace(one, by=by), group)}
        now, base = points.get(self.month.start), points.get(self.month.year_before().start)
        cells = Compared({PROGRAMME: now} if now else {}, {PROGRAMME: base} if base else {})
        return self._headline(kpi, by, group, self.month, cells)

    def cell(self, kpi_id: str, by: By, group: str, period: Period) -> tuple[PointValue | None, date | None]:
        """Return the exact parts of a figure in a period that was read, and the month a stock was counted in."""
        cells = self._cells(self.kpis[kpi_id], by, group, period)
        return cells.now.get(PROGRAMME), cells.as_of

    def series(self, kpi_id: str, by: By, group: str = PROGRAMME) -> Series:
        """Answer how a KPI moved, as `series` does."""
        kpi = self.kpis[kpi_id]
        filters = Filters(self.period)

        def answer() -> Series:
            asked = series_requests(kpi, filters, self.build)
            answers = {request: self._alone(replace(request, by=by), group) for request in asked}
            return series_from(kpi, asked, answers, self._coverage(by, group), filters)

        # One group's at a time: both languages ask for it in turn, and all together would fill the memory.
        held = self._known.get("series")
        if held is None or held[0] != (by, group):
            held = self._known["series"] = ((by, group), {})
        if kpi_id not in held[1]:
            held[1][kpi_id] = answer()
        return held[1][kpi_id]

    def place(self, kpi_id: str, by: By, group: str) -> Place | None:
        """Tell where a group stands; None without a value, or where most read alike."""
        kpi = self.kpis[kpi_id]
        found = self._remembered(("places", kpi_id, by), lambda: places(kpi, self._values(kpi, by)))
        return found.get(group)

    def _values(self, kpi: Kpi, by: By) -> dict[str, float]:
        groups = self.answers.get(comparison_requests(kpi, Filters(self.period), by)[0], {})
        cells = {group: self._cells(kpi, by, group, self.period).now.get(PROGRAMME) for group in groups}
        return {
            group: cell.value
            for group, cell in cells.items()
            if group != NOT_ALLOCATED and cell is not None and cell.value is not None
        }

    def _headline(self, kpi: Kpi, by: By, group: str, period: Period, cells: Compared) -> Headline:
        now = cells.now.get(PROGRAMME)
        value = now.value if now else None
        target = self._target(kpi, by, group) if period == self.period else None
        is_flow = kpi.flow == "flow"
        return Headline(
            kpi=kpi,
            period=period,
            value=value,
            numerator=now.numerator if now else None,
            denominator=now.denominator if now else None,
            target=target.value if target else None,
            target_by=target.valid_to if target else None,
            status=status(kpi, value, target),
            change=self._change(kpi, by, group, period, cells) if value is not None else None,
            reported=self._reported(by, group, period) if is_flow and by != "governorate" else None,
            sparkline=(),
            nothing=self._nothing(kpi, by, group, now),
            as_of=cells.as_of,
            months_per_point=self.build.reporting_months if is_flow else 1,
            naming=self.naming[period].get(group) if is_flow and by == "governorate" else None,
            overlapping=self.overlapping.get(kpi.id, ()) if is_hidden(now) else (),
            told=self.told(by, group, period) if is_flow and value is not None else None,
        )

    def _change(self, kpi: Kpi, by: By, group: str, period: Period, cells: Compared) -> Change:
        change = with_base_told(kpi, compare(kpi, Filters(period), cells, self.build, None), self._coverage(by, group))
        now, base = cells.now.get(PROGRAMME), cells.base.get(PROGRAMME)
        pairs = self.pairs.get(by, {}).get(group, {}).get(kpi.id)
        if pairs is None or period != self.period or now is None or base is None:
            return change
        return with_like_for_like(kpi, change, now, base, pairs, self._coverage(by, group), period)

    def _cells(self, kpi: Kpi, by: By, group: str, period: Period) -> Compared:
        filters = Filters(period)
        asked = zip(comparison_requests(kpi, filters), comparison_requests(kpi, filters, by), strict=True)
        return compared(kpi, filters, {alone: self._alone(of_all, group) for alone, of_all in asked})

    def _alone(self, request: Request, group: str) -> Answer:
        """Take one group's cells out of an answer for all groups, as if it had been asked for alone."""
        cells = self._cells_of(request, group)
        return {PROGRAMME: cells} if cells else {}

    def _cells_of(self, request: Request, group: str) -> tuple[PointValue, ...]:
        return self.answers.get(request, {}).get(group, ())

    def _coverage(self, by: By, group: str) -> Coverage:
        if by == "programme":
            return self.coverage
        whose = {group} if by == "entity" else self.named_by.get(group, ())
        return self._remembered(("coverage", by, group), lambda: self.coverage.of(whose))

    def _reported(self, by: By, group: str, period: Period) -> Reported | None:
        whose = group if by == "entity" else None
        return self._remembered(("reported", whose, period), lambda: self._coverage(by, group).reported(period))

    def told(self, by: By, group: str, period: Period) -> Told | None:
        """Say of how much of a period the figures of a group are."""
        return self._remembered(("told", by, group, period), lambda: self._coverage(by, group).told(period))

    def _remembered(self, key: tuple, answer: Callable[[], Any]) -> Any:  # noqa: ANN401 - what the answer gives
        if key not in self._known:
            self._known[key] = answer()
        return self._known[key]

    def _target(self, kpi: Kpi, by: By, group: str) -> Target | None:
        return None if by == "governorate" else self.targets.get(group if by == "entity" else None, {}).get(kpi.id)

    def _nothing(self, kpi: Kpi, by: By, group: str, now: PointValue | None) -> Nothing | None:
        if by not in kpi.scopes or (by == "entity" and (kpi.id, group) in self.inapplicable):
            return "not_applicable"
        if now is not None and now.value is not None:
            return None
        return "not_shown" if is_hidden(now) else "not_provided"


def read_book(
    warehouse: Warehouse,
    month: date,
    scopes: Iterable[By] = ALL_SCOPES,
    entities: Iterable[str] = (),
    earlier: Period | None = None,
) -> Book:
    """Read every KPI of the snapshot of a month.

    `entities` are those whose own targets are wanted; `earlier` is the period of a snapshot to compare with.
    """
    build = freshness(warehouse)
    grain = build.reporting_months
    kpis = definitions(warehouse)
    alone, period = Period(month, month).snap(grain), snapshot_period(month, grain)
    answers: dict[Request, Answer] = {}
    for by in scopes:
        told = (kpi for kpi in kpis.values() if by in kpi.scopes)
        requests = [request for kpi in told for request in _requests(kpi, period, build, by, earlier)]
        answers |= fetch(warehouse, requests, Filters(period))
    span = min((request.period.start for request in answers), default=period.year_before().start)
    filters = Filters(period)
    wanted: list[str | None] = [None, *entities]
    return Book(
        build=build,
        period=period,
        month=alone,
        kpis=kpis,
        coverage=read_coverage(warehouse, (Period(span, period.end),)),
        answers=answers,
        targets={one: read_targets(warehouse, kpis.values(), replace(filters, entity_id=one)) for one in wanted},
        pairs={by: read_pairs_by_group(warehouse, kpis.values(), by, filters) for by in scopes},
        naming={one: read_naming(warehouse, one) for one in (alone, period)},
        named_by=entities_naming(warehouse, period.end),
        overlapping=overlaps(warehouse, kpis, Period(span, period.end)),
        inapplicable=inapplicable(warehouse),
    )


def snapshot_period(month: date, months_per_point: int) -> Period:
    """Return the period of a snapshot: January to its month, widened to whole reporting periods."""
    end = Period(month, month).snap(months_per_point).end
    return Period(date(end.year, 1, 1), end)


def _requests(kpi: Kpi, period: Period, build: Freshness, by: By, earlier: Period | None) -> tuple[Request, ...]:
    filters = Filters(period)
    shown = series_requests(kpi, filters, build)
    wanted = [*comparison_requests(kpi, filters, by), *(replace(request, by=by) for request in shown)]
    if earlier is not None:
        wanted.append(comparison_requests(kpi, Filters(earlier), by)[0])
    return tuple(dict.fromkeys(wanted))
