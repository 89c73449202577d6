"""Read KPI values through `kpi_points`, several questions in one statement.

A flow is aggregated over its whole period. A stock is read month by month: its value is that of the last counted month
of the period, its base that of the same month a year earlier.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kpi.catalogue import Kpi
from kpi.periods import MONTHS_PER_YEAR, Period, shift_months
from kpi.queries.filters import Filters
from kpi.warehouse.connect import Warehouse

PROGRAMME = "programme"
By = Literal["programme", "entity", "governorate", "channel"]
_SCALARS = "entity := $entity, governorate := $governorate, via := $channel"


@dataclass(frozen=True)
class Cell:
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


Answer = Mapping[str, tuple[Cell, ...]]
"""Cells by group, in order of time."""


@dataclass(frozen=True)
class Compared:
    """Hold the cells of a period and of its base by group; `as_of` is the month a stock was counted in."""

    now: Mapping[str, Cell]
    base: Mapping[str, Cell]
    as_of: date | None = None


def fetch(warehouse: Warehouse, requests: Sequence[Request], filters: Filters) -> dict[Request, Answer]:
    """Answer every request within the filters' entity, governorate and channel, in one statement."""
    asked = list(dict.fromkeys(requests))
    answers: dict[Request, dict[str, tuple[Cell, ...]]] = {request: {} for request in asked}
    if not asked:
        return dict(answers)
    statements, params = [], _slice(filters)
    for index, request in enumerate(asked):
        statements.append(_statement(index, request))
        params |= _params(index, request)
    frame = warehouse.query(" union all ".join(statements) + " order by request, group_id, period_month", params)
    for index, group_id, *cell in frame.iter_rows():
        answer = answers[asked[index]]
        answer[group_id] = (*answer.get(group_id, ()), Cell(*cell))
    return dict(answers)


def comparison_requests(kpi: Kpi, period: Period, by: By = PROGRAMME) -> tuple[Request, ...]:
    """Ask for what `compared` needs."""
    if kpi.flow == "flow":
        return Request(kpi.id, period, by=by), Request(kpi.id, period.year_before(), by=by)
    return (Request(kpi.id, Period(period.year_before().start, period.end), months_per_point=1, by=by),)


def compared(kpi: Kpi, period: Period, answers: Mapping[Request, Answer], by: By = PROGRAMME) -> Compared:
    """Pick the cells of the period and of its base from the answers to `comparison_requests`."""
    requests = comparison_requests(kpi, period, by)
    if kpi.flow == "flow":
        now, base = (answers[request] for request in requests)
        return Compared(_only_cells(now), _only_cells(base))
    by_month = answers[requests[0]]
    months = [cell.month for cells in by_month.values() for cell in cells if cell.month in period]
    if not months:
        return Compared({}, {})
    as_of = max(months)
    return Compared(_at(by_month, as_of), _at(by_month, shift_months(as_of, -MONTHS_PER_YEAR)), as_of)


def _statement(index: int, request: Request) -> str:
    # Only the index and the fixed names below enter the text; every value is a bound parameter.
    step = "" if request.months_per_point is None else f", months_per_point := $step_{index}"
    return (
        f"select {index}::integer as request, group_id, period_month, numerator, denominator, value "
        f"from kpi_points($kpi_{index}, $from_{index}, $to_{index}{step}, by := $by_{index}, {_SCALARS})"
    )


def _params(index: int, request: Request) -> dict[str, object]:
    params: dict[str, object] = {
        f"kpi_{index}": request.kpi_id,
        f"from_{index}": request.period.start,
        f"to_{index}": request.period.end,
        f"by_{index}": request.by,
    }
    if request.months_per_point is not None:
        params[f"step_{index}"] = request.months_per_point
    return params


def _slice(filters: Filters) -> dict[str, object]:
    return {"entity": filters.entity_id, "governorate": filters.governorate_id, "channel": filters.channel}


def _only_cells(answer: Answer) -> dict[str, Cell]:
    return {group: cells[0] for group, cells in answer.items()}


def _at(answer: Answer, month: date) -> dict[str, Cell]:
    return {group: cell for group, cells in answer.items() for cell in cells if cell.month == month}
