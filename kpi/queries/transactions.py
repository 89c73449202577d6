"""Transactions over time split by channel, outcome or beneficiary."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, get_args

from kpi.periods import Period, shift_months
from kpi.queries.as_is import CELLS_OF_TODAY, by_service
from kpi.queries.filters import Filters
from kpi.queries.results import Named, Series
from kpi.queries.series import series
from kpi.warehouse.connect import Warehouse

KPI = "transactions"
NOT_STATED = "not_stated"
"""The id of the part whose rows leave the channel or the beneficiary open."""
SplitBy = Literal["channel", "outcome", "beneficiary"]
SPLITS: tuple[SplitBy, ...] = get_args(SplitBy)

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


@dataclass(frozen=True)
class SplitPart:
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
    parts: tuple[SplitPart, ...]

    @property
    def inside(self) -> tuple[bool, ...]:
        """Tell of each point whether it lies in the chosen period."""
        return tuple(point.month in self.period for point in self.series.points)

    def totals(self) -> tuple[int | None, ...]:
        """Add up the parts of each point; None where nothing was provided."""
        columns = zip(*(part.values for part in self.parts), strict=True)
        return tuple(None if all(value is None for value in column) else sum(value or 0 for value in column)
                     for column in columns)  # fmt: skip


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
    elif by_service(snapped):
        table = CELLS_OF_TODAY
    sql = _SPLIT.format(by=by, not_stated=NOT_STATED, digital=digital, table=table, of_service=of_service)
    cells = warehouse.query(
        sql, slice_of(snapped) | service, from_month=months[0], to_month=last, step=course.months_per_point
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
        SplitPart(name, digital, _laid(months, values[part], provided if part == NOT_STATED else stated))
        for part, (name, digital) in found.items()
    )
    # Where entities' figures overlap the series has no total, and the parts would be its parts.
    hidden = frozenset(point.month for point in course.points if point.value is None)
    shown = tuple(replace(part, values=_without(months, part.values, hidden)) for part in parts)
    return Split(by, snapped.period, course, shown)


def _without(
    months: Sequence[date], values: tuple[int | None, ...], hidden: Collection[date]
) -> tuple[int | None, ...]:
    return tuple(None if month in hidden else value for month, value in zip(months, values, strict=True))


def _laid(months: Sequence[date], values: Mapping[date, int], known: Collection[date]) -> tuple[int | None, ...]:
    return tuple(values.get(month, 0) if month in known else None for month in months)


def slice_of(filters: Filters) -> dict[str, object]:
    """Return the parameters of a statement within the filters' entity, governorate and channel."""
    return {"entity": filters.entity_of_slice, "governorate": filters.governorate_id, "channel": filters.channel}
