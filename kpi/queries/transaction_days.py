"""Transactions day by day, where entities send rows with days."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from kpi.language import Nothing
from kpi.periods import Period, shift_months
from kpi.queries.as_is import DAYS_OF_TODAY, services_moved
from kpi.queries.coverage import Coverage, read_coverage_within
from kpi.queries.filters import Filters
from kpi.queries.freshness import Week, freshness
from kpi.queries.overlaps import overlaps, overlaps_as_is
from kpi.queries.points import PROGRAMME, Request, fetch
from kpi.queries.results import Reported
from kpi.queries.transactions import KPI, slice_of
from kpi.warehouse.connect import Warehouse

SHOWN_MONTHS = 12
"""Months that the calendar shows at most: the latest ones."""
LACKING_SHARE = 0.1
"""Share of a month's transactions whose senders have to be absent on a day for it to count as partial."""

RHYTHM_DAYS = 28
"""Complete days from which it is said what a working day and a day of the weekend are like."""

DayStatus = Literal["known", "partial", "missing"]

_DAYS = """
with sent as (
    select
        day,
        entity_id,
        coalesce(sum(transactions) filter (
            where $governorate is null or coalesce(governorate_id, 'not_allocated') = $governorate
        ), 0) as of_place,
        coalesce(sum(transactions) filter (
            where
            outcome = 'completed'
            and ($governorate is null or coalesce(governorate_id, 'not_allocated') = $governorate)
            and ($channel is null or channel = $channel)
        ), 0) as transactions
    from {cells}
    where day between $from_day and last_day($to_month::date) and ($entity is null or entity_id = $entity)
    group by day, entity_id
),

-- Of a governorate, the entities that ever name it: the absence of the others is none of it.
weighed as (
    select *, sum(of_place) over (partition by entity_id, date_trunc('month', day)) as weight
    from sent
    qualify sum(of_place) over (partition by entity_id) > 0 or sum(of_place) over () = 0
),

months as (
    select date_trunc('month', day) as month, sum(of_place) as weight from weighed group by all
)

select
    weighed.day,
    sum(weighed.transactions)::bigint as transactions,
    count(*)::bigint as entities,
    (sum(weighed.weight) / nullif(any_value(months.weight), 0))::double as present
from weighed
inner join months on date_trunc('month', weighed.day) = months.month
group by weighed.day
order by weighed.day
"""


@dataclass(frozen=True)
class Day:
    """Hold the completed transactions submitted on a day, and how many entities sent rows of it.

    `missing` (transactions None): no row of that day arrived at all. `partial`: those absent make up a tenth or more of
    the month.
    """

    day: date
    transactions: int | None
    entities: int
    status: DayStatus


@dataclass(frozen=True)
class DayMonth:
    """Hold the days of a month in order, and which entities reported it: of a governorate, those that name it."""

    month: date
    days: tuple[Day, ...]
    reported: Reported | None


@dataclass(frozen=True)
class Rhythm:
    """Hold the mean of a complete working day and of a complete day of the weekend, and the busiest day.

    A mean is None where there is no such day.
    """

    working_day: float | None
    weekend_day: float | None
    busiest: Day


@dataclass(frozen=True)
class Days:
    """Hold the months of which days are known, at most the latest `SHOWN_MONTHS` of the period.

    Days are not applicable to reports by quarter, and not counted by service. `known_share_pct` is the part of the
    shown months' completed transactions that carry a day of their own. With `governorate_id` only the entities whose
    transactions name it are counted. `moved`: days are not counted by service, so that they cannot follow the services
    that moved to the body, or from it, by themselves.
    """

    period: Period
    months: tuple[DayMonth, ...]
    known_share_pct: float | None
    months_per_report: int
    week: Week
    nothing: Nothing | None = None
    governorate_id: str | None = None
    moved: bool = False

    @property
    def all(self) -> tuple[Day, ...]:
        """Return every day shown."""
        return tuple(day for month in self.months for day in month.days)

    @property
    def rhythm(self) -> Rhythm | None:
        """Return what complete days have in common; None for too few of them."""
        known = [day for day in self.all if day.status == "known"]
        if len(known) < RHYTHM_DAYS:
            return None
        groups = [[day.transactions or 0 for day in known if (day.day.weekday() in self.week.weekend) == is_weekend]
                  for is_weekend in (False, True)]  # fmt: skip
        working, weekend = (sum(group) / len(group) if group else None for group in groups)
        return Rhythm(working, weekend, max(known, key=lambda day: day.transactions or 0))


def days(warehouse: Warehouse, *, filters: Filters) -> Days:
    """Answer how many completed transactions were submitted on each day, where entities send rows with days."""
    build = freshness(warehouse)
    grain = build.reporting_months
    period, week = filters.snapped(grain).period, Week.named(build.week_first_day, build.weekend)
    if filters.service_id is None and _overlap(warehouse, filters, period):
        return Days(period, (), None, grain, week, nothing="not_shown")
    if grain > 1 or filters.service_id is not None:
        return Days(period, (), None, grain, week, nothing="not_applicable")
    shown = Period(max(period.start, shift_months(period.end, 1 - SHOWN_MONTHS)), period.end)
    if services_moved(warehouse, filters, shown):
        return Days(period, (), None, grain, week, nothing="not_applicable", moved=True)
    # As it was, what an older build does not have is not read.
    statement = _DAYS.format(cells=DAYS_OF_TODAY if filters.organisation == "as_is" else "fct_transaction_day")
    rows = warehouse.query(statement, slice_of(filters), from_day=shown.start, to_month=shown.end)
    by_day = {day: Day(day, transactions, entities, _status(present))
              for day, transactions, entities, present in rows.iter_rows()}  # fmt: skip
    known = [month for month in shown if any(day.replace(day=1) == month for day in by_day)]
    if not known:
        return Days(period, (), None, grain, week, nothing="not_provided")
    coverage = read_coverage_within(warehouse, (Period(known[0], known[-1]),), filters)
    months = tuple(_month(month, by_day, coverage) for month in known)
    share = _known_share(warehouse, months, filters)
    return Days(period, months, share, grain, week, governorate_id=filters.governorate_id)


def _overlap(warehouse: Warehouse, filters: Filters, period: Period) -> bool:
    if filters.entity_id is None:
        return bool(overlaps(warehouse, (KPI,), period))
    return filters.organisation == "as_is" and overlaps_as_is(warehouse, KPI, filters.entity_id, period)


def _known_share(warehouse: Warehouse, months: tuple[DayMonth, ...], filters: Filters) -> float | None:
    """Return the percentage of the months' KPI that their days add up to."""
    request = Request(KPI, Period(months[0].month, months[-1].month), months_per_point=1)
    shown = {month.month for month in months}
    cells = fetch(warehouse, (request,), filters)[request].get(PROGRAMME, ())
    completed = sum(cell.numerator or 0 for cell in cells if cell.month in shown)
    with_day = sum(day.transactions or 0 for month in months for day in month.days)
    return 100 * with_day / completed if completed else None


def _month(month: date, by_day: dict[date, Day], coverage: Coverage) -> DayMonth:
    last = (shift_months(month, 1) - month).days
    listed = (month.replace(day=number) for number in range(1, last + 1))
    every = tuple(by_day.get(day, Day(day, None, 0, "missing")) for day in listed)
    return DayMonth(month, every, coverage.reported(Period(month, month)))


def _status(present: float | None) -> DayStatus:
    return "partial" if present is not None and present <= 1 - LACKING_SHARE else "known"
