"""Which published values of the programme changed since the build before."""

from dataclasses import dataclass
from datetime import date, datetime

from kpi.catalogue import Kpi
from kpi.periods import MONTHS_PER_YEAR, Period, shift_months
from kpi.queries.definitions import definitions
from kpi.queries.filters import Filters
from kpi.queries.freshness import freshness
from kpi.queries.points import PROGRAMME, Answer, Request, fetch
from kpi.warehouse.connect import Warehouse

_READABLE = (
    "select count(*) from duckdb_functions() where function_name = 'kpi_points' and list_contains(parameters, 'via')"
)


@dataclass(frozen=True)
class ChangedValue:
    """Hold a value of the whole programme in the build before and in this one; None means not provided."""

    kpi: Kpi
    month: date
    before: float | None
    after: float | None


@dataclass(frozen=True)
class BuildComparison:
    """Tell which values that were already published changed, and which months are new.

    `comparable` is False for a build so old that its values cannot be read with today's questions.
    """

    build_id: str
    built_at: datetime
    period: Period
    restated: tuple[ChangedValue, ...]
    new_months: tuple[date, ...]
    comparable: bool = True


def compare_builds(warehouse: Warehouse, previous: Warehouse | None) -> BuildComparison | None:
    """Compare every KPI of the programme over the last twelve months; None when there is no build before."""
    build = freshness(warehouse)
    if previous is None or build.last_month is None:
        return None
    period = Period(shift_months(build.last_month, 1 - MONTHS_PER_YEAR), build.last_month)
    built_at = datetime.fromisoformat(previous.manifest.built_at)
    if not previous.query(_READABLE).item():
        return BuildComparison(previous.build_id, built_at, period, (), (), comparable=False)
    kpis = definitions(warehouse)
    requests = {
        kpi.id: Request(kpi.id, period, months_per_point=build.reporting_months if kpi.flow == "flow" else 1)
        for kpi in kpis.values()
        if PROGRAMME in kpi.scopes
    }
    asked = list(requests.values())
    old, new = (fetch(one, asked, Filters(period)) for one in (previous, warehouse))
    changed = [
        ChangedValue(kpis[kpi_id], month, before, after)
        for kpi_id, request in requests.items()
        for month, before, after in _pairs(old[request], new[request])
        if before != after
    ]
    restated = [one for one in changed if one.before is not None]
    known = {
        month for request in asked for month, before, _ in _pairs(old[request], new[request]) if before is not None
    }
    added = {one.month for one in changed if one.before is None} - known
    restated += [one for one in changed if one.before is None and one.month in known]
    ordered = sorted(restated, key=lambda one: (-one.month.toordinal(), list(kpis).index(one.kpi.id)))
    return BuildComparison(previous.build_id, built_at, period, tuple(ordered), tuple(sorted(added)))


def _pairs(old: Answer, new: Answer) -> list[tuple[date, float | None, float | None]]:
    """Put the values of both builds side by side, month by month."""
    before, after = ({cell.month: cell.value for cell in answer.get(PROGRAMME, ())} for answer in (old, new))
    return [(month, before.get(month), after.get(month)) for month in sorted(before.keys() | after.keys())]
