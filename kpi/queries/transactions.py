"""Transactions over time split by channel, outcome or beneficiary, and day by day."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from kpi.language import Nothing
from kpi.periods import Period, shift_months
from kpi.queries.coverage import Coverage, read_coverage
from kpi.queries.filters import Filters
from kpi.queries.freshness import Week, freshness
from kpi.queries.points import PROGRAMME, Request, fetch
from kpi.queries.results import Named, Reported, Series
from kpi.queries.series import series
from kpi.warehouse.connect import Warehouse

KPI = "transactions"
NOT_STATED = "not_stated"
"""The id of the part whose rows leave the channel or the beneficiary open."""
SHOWN_MONTHS = 12
"""Months that the calendar shows at most: the latest ones."""
LACKING_SHARE = 0.1
"""Share of a month's transactions whose senders have to be absent on a day for it to count as partial."""

RHYTHM_DAYS = 28
"""Complete days from which it is said what a working day and a day of the weekend are like."""

SplitBy = Literal["channel", "outcome", "beneficiary"]
SPLITS: tuple[SplitBy, ...] = get_args(SplitBy)
DayStatus = Literal["known", "partial", "missing"]

# Only the fixed names of SplitBy enter the text. By outcome every transaction counts, else the completed ones.
_SPLIT = """
with cells as (
    select
        (
            $from_month::date
            + to_months((date_diff('month', $from_month::date, month) // $step * $step)::integer)
        )::date as period_month,
        {by} as part,
        transactions
    from {table}
    where
        month between $from_month and $to_month
        and ('{by}' = 'outcome' or outcome = 'completed')
        and ($entity is null or entity_id = $entity)
        and ($governorate is null or coalesce(governorate_id, 'not_allocated') = $governorate)
        and ($channel is null or channel = $channel)
        and {of_service}
)

select
    cells.period_month,
    coalesce(cells.part, '{not_stated}') as part,
    names.name_ar,
    names.name_en,
    {digital} as digital,
    sum(cells.transactions)::bigint as transactions
from cells
left join dim_{by} as names on cells.part = names.{by}
group by cells.period_month, cells.part, names.name_ar, names.name_en, names.sort_order, digital
order by names.sort_order nulls last, part, cells.period_month
"""
_DAYS = """
with sent as (
    select
        day,
        entity_id,
        sum(transactions) as of_any_kind,
        coalesce(sum(transactions) filter (
            where
            outcome = 'completed'
            and ($governorate is null or coalesce(governorate_id, 'not_allocated') = $governorate)
            and ($channel is null or channel = $channel)
        ), 0) as transactions
    from fct_transaction_day
    where day between $from_day and last_day($to_month::date) and ($entity is null or entity_id = $entity)
    group by day, entity_id
),

weighed as (
    select *, sum(of_any_kind) over (partition by entity_id, date_trunc('month', day)) as weight from sent
),

months as (
    select date_trunc('month', day) as month, sum(of_any_kind) as weight from sent group by all
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
class Part:
    """Hold one part of a split at each point; None where nothing was provided or no row states its
    part at that point, 0 where none are of it.

    `digital` tells the kind of a channel: None for one not stated, and for anything that is not a channel.
    """

    name: Named | None
    digital: bool | None
    values: tuple[int | None, ...]

    def total(self, wanted: tuple[bool, ...]) -> int:
        """Add up the points wanted."""
        return sum(value or 0 for value, is_wanted in zip(self.values, wanted, strict=True) if is_wanted)


@dataclass(frozen=True)
class Split:
    """Hold the transactions over time in parts, in the order of the code list, what is not stated last.

    `series` are all completed transactions at the same points. By channel and by beneficiary the parts add up to it; by
    outcome they are all transactions that were started.
    """

    by: SplitBy
    period: Period
    series: Series
    parts: tuple[Part, ...]

    @property
    def inside(self) -> tuple[bool, ...]:
        """Tell of each point whether it lies in the chosen period."""
        return tuple(point.month in self.period for point in self.series.points)

    def totals(self) -> tuple[int | None, ...]:
        """Add up the parts of each point; None where nothing was provided."""
        columns = zip(*(part.values for part in self.parts), strict=True)
        return tuple(None if all(value is None for value in column) else sum(value or 0 for value in column)
                     for column in columns)  # fmt: skip


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
    """Hold the days of a month in order, and which entities reported the month."""

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
    shown months' completed transactions that carry a day of their own.
    """

    period: Period
    months: tuple[DayMonth, ...]
    known_share_pct: float | None
    months_per_report: int
    week: Week
    nothing: Nothing | None = None

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


def split(warehouse: Warehouse, *, by: SplitBy, filters: Filters) -> Split:
    """Answer how many transactions there were at each point of a series, by channel, outcome or beneficiary."""
    course = series(warehouse, kpi_id=KPI, filters=filters, compare=False)
    snapped = filters.snapped(course.months_per_point)
    if course.nothing is not None:
        return Split(by, snapped.period, course, ())
    months = [point.month for point in course.points]
    last = shift_months(months[-1], course.months_per_point - 1)
    digital = "names.digital" if by == "channel" else "null::boolean"
    table, of_service, service = "fct_transaction_month", "true", {}
    if snapped.service_id is not None:
        # Ten times the rows, so only where a service is asked for.
        table, of_service = "fct_transaction_service_month", "service_id = $service"
        service = {"service": snapped.service_id}
    sql = _SPLIT.format(by=by, not_stated=NOT_STATED, digital=digital, table=table, of_service=of_service)
    cells = warehouse.query(
        sql, _slice(snapped) | service, from_month=months[0], to_month=last, step=course.months_per_point
    )  # fmt: skip
    found: dict[str, tuple[Named | None, bool | None]] = {}
    values: dict[str, dict[date, int]] = defaultdict(dict)
    for month, part, name_ar, name_en, digital, transactions in cells.iter_rows():
        found[part] = (Named(part, name_ar, name_en) if name_ar else None, digital)
        values[part][month] = transactions
    provided = {month for by_month in values.values() for month in by_month}
    # Where no row states it, none of the named parts is known to be zero.
    stated = {month for part, by_month in values.items() if part != NOT_STATED for month in by_month}
    parts = tuple(
        Part(name, digital, _laid(months, values[part], provided if part == NOT_STATED else stated))
        for part, (name, digital) in found.items()
    )
    return Split(by, snapped.period, course, parts)


def days(warehouse: Warehouse, *, filters: Filters) -> Days:
    """Answer how many completed transactions were submitted on each day, where entities send rows with days."""
    build = freshness(warehouse)
    grain = build.reporting_months
    period, week = filters.snapped(grain).period, Week.named(build.week_first_day, build.weekend)
    if grain > 1 or filters.service_id is not None:
        return Days(period, (), None, grain, week, nothing="not_applicable")
    shown = Period(max(period.start, shift_months(period.end, 1 - SHOWN_MONTHS)), period.end)
    rows = warehouse.query(_DAYS, _slice(filters), from_day=shown.start, to_month=shown.end)
    by_day = {day: Day(day, transactions, entities, _status(present))
              for day, transactions, entities, present in rows.iter_rows()}  # fmt: skip
    known = [month for month in shown if any(day.replace(day=1) == month for day in by_day)]
    if not known:
        return Days(period, (), None, grain, week, nothing="not_provided")
    coverage = read_coverage(warehouse, (Period(known[0], known[-1]),), filters.entity_id)
    months = tuple(_month(month, by_day, coverage) for month in known)
    return Days(period, months, _known_share(warehouse, months, filters), grain, week)


def _laid(months: Sequence[date], values: Mapping[date, int], known: Collection[date]) -> tuple[int | None, ...]:
    return tuple(values.get(month, 0) if month in known else None for month in months)


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


def _slice(filters: Filters) -> dict[str, object]:
    return {"entity": filters.entity_id, "governorate": filters.governorate_id, "channel": filters.channel}
