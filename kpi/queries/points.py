"""Read KPI values through `kpi_points`, several questions in one statement.

A flow is aggregated over its whole period. A stock is read month by month: its value is that of the last counted month
of the period, its base that of the month as far into the base, or of the last counted month of a base of other length.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kpi.catalogue import Kpi
from kpi.periods import Period, shift_months
from kpi.queries.filters import Filters
from kpi.warehouse.connect import Warehouse

PROGRAMME = "programme"
WHOLE_PERIOD_MONTHS = 1200
"""A step longer than any period: one point for all of it."""
By = Literal["programme", "entity", "governorate", "channel", "service", "level"]


@dataclass(frozen=True)
class PointValue:
    """Hold one value of one group at one point in time."""

    month: date
    numerator: int | None
    denominator: int | None
    value: float | None


@dataclass(frozen=True)
class Request:
    """Ask for a KPI's points in a period; `months_per_point` None means one point for the whole period."""

    kpi_id: str
    period: Period
    months_per_point: int | None = None
    by: By = PROGRAMME


Answer = Mapping[str, tuple[PointValue, ...]]
"""Cells by group, in order of time."""


@dataclass(frozen=True)
class Compared:
    """Hold the cells of a period and of its base by group, and the months that a stock was counted in."""

    now: Mapping[str, PointValue]
    base: Mapping[str, PointValue]
    as_of: date | None = None
    base_as_of: date | None = None


def fetch(warehouse: Warehouse, requests: Sequence[Request], filters: Filters) -> dict[Request, Answer]:
    """Answer every request within the filters' entity, governorate, channel and service, in one statement."""
    asked = list(dict.fromkeys(requests))
    answers: dict[Request, dict[str, tuple[PointValue, ...]]] = {request: {} for request in asked}
    if not asked:
        return dict(answers)
    arguments, params = slice_arguments(filters)
    for index, request in enumerate(asked):
        params |= _params(index, request)
    statement = _statement(arguments) if len(asked) == 1 else _lateral_statement(len(asked), arguments)
    for index, group_id, *cell in warehouse.query(statement, params).iter_rows():
        answer = answers[asked[index]]
        answer[group_id] = (*answer.get(group_id, ()), PointValue(*cell))
    return dict(answers)


def slice_arguments(filters: Filters) -> tuple[str, dict[str, object]]:
    """Return the named arguments of a macro for the slice, and the values bound to them."""
    arguments = "entity := $entity, governorate := $governorate, via := $channel"
    params: dict[str, object] = {
        "entity": filters.entity_of_slice,
        "governorate": filters.governorate_id,
        "channel": filters.channel,
    }
    # Left out where not asked for, so that an older build, whose macros know neither, still answers.
    if filters.service_id is not None:
        arguments, params["service"] = f"{arguments}, service := $service", filters.service_id
    if filters.organisation != "as_was":
        arguments, params["organisation"] = f"{arguments}, organisation := $organisation", filters.organisation
    return arguments, params


def comparison_requests(kpi: Kpi, filters: Filters, by: By = PROGRAMME) -> tuple[Request, ...]:
    """Ask for what `compared` needs; a stock's months reach back a year at least, as its sparkline does."""
    period, base = filters.period, filters.base
    if kpi.flow == "flow":
        return Request(kpi.id, period, by=by), *((Request(kpi.id, base, by=by),) if base is not None else ())
    spans = (period.year_before(), period, base or period)
    span = Period(min(one.start for one in spans), max(one.end for one in spans))
    return (Request(kpi.id, span, months_per_point=1, by=by),)


def compared(kpi: Kpi, filters: Filters, answers: Mapping[Request, Answer], by: By = PROGRAMME) -> Compared:
    """Pick the cells of the period and of its base from the answers to `comparison_requests`; no base for a target."""
    requests = comparison_requests(kpi, filters, by)
    if kpi.flow == "flow":
        now, base = (*(answers[request] for request in requests), {})[:2]
        return Compared(_only_cells(now), _only_cells(base))
    by_month = answers[requests[0]]
    as_of = _last_counted(by_month, filters.period)
    if as_of is None:
        return Compared({}, {})
    base_as_of = _base_month(by_month, filters, as_of)
    base_cells = _at(by_month, base_as_of) if base_as_of is not None else {}
    return Compared(_at(by_month, as_of), base_cells, as_of, base_as_of)


def _base_month(by_month: Answer, filters: Filters, as_of: date) -> date | None:
    if filters.base is None:
        return None
    if filters.base.months != filters.period.months:
        return _last_counted(by_month, filters.base)
    return shift_months(as_of, -filters.compare.months_back(filters.period))


def _last_counted(by_month: Answer, period: Period) -> date | None:
    return max((cell.month for cells in by_month.values() for cell in cells if cell.month in period), default=None)


def _statement(arguments: str) -> str:
    return f"""
select 0::integer as request, group_id, period_month, numerator, denominator, value
from kpi_points($kpi_0, $from_0, $to_0, months_per_point := $step_0, by := $by_0, {arguments})
order by group_id, period_month
"""


def _lateral_statement(requests: int, arguments: str) -> str:
    """Ask for all at once: the macro is planned a single time, which costs more than its answer does."""
    # Only the index enters the text; every value is a bound parameter.
    rows = ", ".join(
        f"({index}, $kpi_{index}, $from_{index}::date, $to_{index}::date, $step_{index}::integer, $by_{index})"
        for index in range(requests)
    )
    return f"""
with asked (request, kpi, from_month, to_month, step, group_by) as (
    values {rows}
)

select asked.request, points.group_id, points.period_month, points.numerator, points.denominator, points.value
from asked, lateral (
    select *
    from kpi_points(
        asked.kpi, asked.from_month, asked.to_month, months_per_point := asked.step, by := asked.group_by, {arguments}
    )
) as points
order by asked.request, points.group_id, points.period_month
"""


def _params(index: int, request: Request) -> dict[str, object]:
    return {
        f"kpi_{index}": request.kpi_id,
        f"from_{index}": request.period.start,
        f"to_{index}": request.period.end,
        f"step_{index}": request.months_per_point or WHOLE_PERIOD_MONTHS,
        f"by_{index}": request.by,
    }


def _only_cells(answer: Answer) -> dict[str, PointValue]:
    return {group: cells[0] for group, cells in answer.items()}


def _at(answer: Answer, month: date) -> dict[str, PointValue]:
    return {group: cell for group, cells in answer.items() for cell in cells if cell.month == month}
